//! The words and phrases of all watches, each kept once, and the letters by which an article's words find them.
//!
//! Must not know: operators, watches, articles.

mod arena;
mod builder;
mod filter;
mod infix;
mod keys;
mod links;
mod record;

pub(crate) use arena::{Arena, Interner};
pub(crate) use builder::LexiconBuilder;
pub(crate) use filter::{Filter, first_letters};
pub(crate) use keys::Keys;
pub(crate) use links::Link;

pub(crate) use record::{ExactRec, Finder, Matter, RunWords, Touch, Unit, UnitId, WordRec};

use super::syntax::Piece;
use infix::Infixes;
use links::Links;
use record::Other;

/// Marks the last run that begins at a word (see [`Lexicon::joined`]). All units there are no single words, so that the bit is free.
const JOINED_END: u32 = UnitId::OTHER;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Lexicon {
    arena: Arena,
    words: Vec<WordRec>,
    touches: Vec<Touch>,
    /// Numbers of words: those of each phrase behind one another.
    pool: Vec<u32>,
    /// Units of the runs of each phrase.
    joined: Vec<u32>,
    others: Vec<Other>,
    exacts: Vec<ExactRec>,
    /// Units of the words of each phrase after `=`.
    exact_units: Vec<u32>,
    fuzzies: Vec<Box<str>>,
    wilds: Vec<Box<[Piece]>>,
    finders: Vec<Finder>,
    /// What is looked up by all its letters.
    pub links: Links,
    /// By its first letters.
    pub beginnings: Keys,
    /// By its last.
    pub ends: Keys,
    /// By letters inside.
    pub infixes: Infixes,
}

impl Lexicon {
    pub(crate) fn unit(&self, unit: UnitId) -> Option<Unit> {
        if unit.is_word() {
            return Some(Unit::Run(RunWords::One(unit.0)));
        }
        Some(match *self.others.get((unit.0 & !UnitId::OTHER) as usize)? {
            Other::Joined { at, n } => Unit::Run(RunWords::Many { at, n }),
            Other::Exact(at) => Unit::Exact(at),
            Other::Fuzzy(at) => Unit::Fuzzy(at),
            Other::Wild(at) => Unit::Wild(at),
        })
    }

    /// Units have numbers below this.
    pub(crate) const fn slots(&self) -> usize {
        self.words.len() + self.others.len()
    }

    /// The number of a unit.
    #[inline]
    pub(crate) const fn slot(&self, unit: UnitId) -> usize {
        if unit.is_word() { unit.0 as usize } else { self.words.len() + (unit.0 & !UnitId::OTHER) as usize }
    }

    /// The unit with this number.
    #[inline]
    pub(crate) const fn unit_of_slot(&self, slot: usize) -> UnitId {
        if slot < self.words.len() { UnitId(slot as u32) } else { UnitId((slot - self.words.len()) as u32 | UnitId::OTHER) }
    }

    pub(crate) fn finder(&self, finder: u32) -> Option<Finder> {
        self.finders.get(finder as usize).copied()
    }

    pub(crate) const fn finders(&self) -> usize {
        self.finders.len()
    }

    pub(crate) fn word(&self, number: u32) -> &WordRec {
        self.words.get(number as usize).unwrap_or(const { &WordRec::NONE })
    }

    /// The folded letters of a word.
    #[inline]
    pub(crate) fn text(&self, word: &WordRec) -> &str {
        self.arena.get(word.at, word.text.into())
    }

    /// The same letters as written.
    pub(crate) fn letters(&self, word: &WordRec) -> &str {
        if word.letters == 0 { self.text(word) } else { self.arena.get(word.at + u32::from(word.text), word.letters.into()) }
    }

    /// The words of a matter as the analyst wrote them.
    pub(crate) fn written(&self, matter: Matter) -> String {
        self.words_of(matter).map(|w| self.letters(w)).collect::<Vec<_>>().join(" ")
    }

    /// Is one of the words of a matter an acronym whose capitals count?
    pub(crate) fn has_acronyms(&self, matter: Matter) -> bool {
        self.words_of(matter).any(WordRec::strict)
    }

    /// The words of a word or phrase; none of anything else.
    fn words_of(&self, matter: Matter) -> impl Iterator<Item = &WordRec> {
        let (one, many) = match matter {
            Matter::Unit(unit) if unit.is_word() => (Some(unit.0), &[][..]),
            Matter::Unit(_) => (None, &[][..]),
            Matter::Finder(number) => match self.finder(number) {
                Some(Finder::Phrase { at, n, .. }) => (None, self.phrase(at, n.into())),
                _ => (None, &[][..]),
            },
        };
        WordNumbers { one, many: many.iter() }.map(|n| self.word(n))
    }

    /// The words of a phrase.
    pub(crate) fn phrase(&self, at: u32, n: usize) -> &[u32] {
        self.pool.get(at as usize..at as usize + n).unwrap_or_default()
    }

    /// The words of a run.
    pub(crate) fn run(&self, run: RunWords) -> impl DoubleEndedIterator<Item = &WordRec> + ExactSizeIterator + Clone {
        let (one, many) = match run {
            RunWords::One(number) => (Some(number), &[][..]),
            RunWords::Many { at, n } => (None, self.phrase(at, n.into())),
        };
        WordNumbers { one, many: many.iter() }.map(|n| self.word(n))
    }

    /// The runs of several words in a phrase of `n`: (first word, one past the last, unit), in their order.
    pub(crate) fn joined(&self, joined: u32, n: usize) -> impl Iterator<Item = (usize, usize, UnitId)> + '_ {
        let entries = if joined == u32::MAX { &[][..] } else { self.joined.get(joined as usize..).unwrap_or_default() };
        let (mut from, mut to) = (0, 2);
        entries
            .iter()
            .map_while(move |entry| {
                if from + 1 >= n {
                    return None;
                }
                let found = (from, to, UnitId(entry | UnitId::OTHER));
                (from, to) = if entry & JOINED_END == 0 { (from, to + 1) } else { (from + 1, from + 3) };
                Some(found)
            })
            .filter(|(.., unit)| *unit != UnitId::NONE)
    }

    pub(crate) fn exact_units(&self, at: u32, n: usize) -> &[u32] {
        self.exact_units.get(at as usize..at as usize + n).unwrap_or_default()
    }

    pub(crate) fn exact(&self, unit: UnitId) -> Option<&ExactRec> {
        match self.unit(unit)? {
            Unit::Exact(at) => self.exacts.get(at as usize),
            _ => None,
        }
    }

    pub(crate) fn fuzzy(&self, at: u32) -> &str {
        self.fuzzies.get(at as usize).map_or("", |text| text)
    }

    pub(crate) fn wild(&self, at: u32) -> &[Piece] {
        self.wilds.get(at as usize).map_or(&[], |pieces| pieces)
    }

    pub(crate) fn touch(&self, touch: u16) -> &Touch {
        static NONE: Touch = Touch { before: String::new(), after: String::new(), sign: None };
        self.touches.get(usize::from(touch)).unwrap_or(&NONE)
    }

    /// The letters by which a unit is looked up whole, in pieces.
    fn spelling(&self, unit: UnitId) -> impl Iterator<Item = &str> {
        let (run, other) = match self.unit(unit) {
            Some(Unit::Run(run)) => (Some(run), None),
            Some(Unit::Exact(at)) => (None, self.exacts.get(at as usize).map(|e| &*e.folded)),
            _ => (None, None),
        };
        run.into_iter().flat_map(|run| self.run(run)).map(|w| self.text(w)).chain(other)
    }

    fn shrink(&mut self) {
        self.arena.shrink();
        self.words.shrink_to_fit();
        self.pool.shrink_to_fit();
        self.joined.shrink_to_fit();
        self.others.shrink_to_fit();
        self.exacts.shrink_to_fit();
        self.exact_units.shrink_to_fit();
        self.finders.shrink_to_fit();
    }

    /// Bytes that it holds.
    pub(crate) fn heap_bytes(&self) -> usize {
        let boxed = 16; // what an allocator keeps of a small text beside it
        let exacts: usize = self.exacts.iter().map(|e| size_of::<ExactRec>() + e.text.len() + e.folded.len() + 2 * boxed).sum();
        let fuzzies: usize = self.fuzzies.iter().map(|f| size_of::<Box<str>>() + f.len() + boxed).sum();
        let wilds: usize = self.wilds.iter().map(|w| size_of::<Box<[Piece]>>() + w.len() * (size_of::<Piece>() + 2 * boxed)).sum();
        self.arena.heap_bytes()
            + self.words.capacity() * size_of::<WordRec>()
            + self.touches.capacity() * size_of::<Touch>()
            + (self.pool.capacity() + self.joined.capacity() + self.exact_units.capacity()) * size_of::<u32>()
            + self.others.capacity() * size_of::<Other>()
            + exacts
            + fuzzies
            + wilds
            + self.finders.capacity() * size_of::<Finder>()
            + self.links.heap_bytes()
            + self.beginnings.heap_bytes()
            + self.ends.heap_bytes()
            + self.infixes.heap_bytes()
    }
}

/// The numbers of a run's words.
#[derive(Clone)]
struct WordNumbers<'a> {
    one: Option<u32>,
    many: std::slice::Iter<'a, u32>,
}

impl Iterator for WordNumbers<'_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        self.one.take().or_else(|| self.many.next().copied())
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let n = usize::from(self.one.is_some()) + self.many.len();
        (n, Some(n))
    }
}

impl DoubleEndedIterator for WordNumbers<'_> {
    fn next_back(&mut self) -> Option<u32> {
        self.many.next_back().copied().or_else(|| self.one.take())
    }
}

impl ExactSizeIterator for WordNumbers<'_> {}
