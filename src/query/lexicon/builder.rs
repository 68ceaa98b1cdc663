//! Takes the clauses of all watches and keeps each word and phrase once.
//!
//! Must not know: articles, operators.

use super::arena::Interner;
use super::infix::Infixes;
use super::keys::KeysBuilder;
use super::links::LinksBuilder;
use super::record::{ExactRec, Finder, Matter, Other, Relation, Slop, Touch, UnitId, WordRec};
use super::{JOINED_END, Lexicon};
use crate::query::syntax::{ClauseKind, ExactWord, More, Piece, Word};
use crate::query::words;
use crate::text::endings;
use hashbrown::{HashMap, HashTable};

/// Words of a phrase that may be written as one, and letters that they may have then. (No hashtag is longer.)
const RUN_WORDS: usize = 12;
const RUN_LETTERS: usize = 128;

/// Fills a [`Lexicon`].
#[derive(Debug, Default)]
pub(crate) struct LexiconBuilder {
    lexicon: Lexicon,
    texts: Interner,
    links: LinksBuilder,
    beginnings: KeysBuilder,
    ends: KeysBuilder,
    infixes: Vec<(String, UnitId)>,
    /// What is known already, so that it is kept once.
    words: HashMap<WordRec, u32>,
    touches: HashMap<Touch, u16>,
    joined: HashTable<UnitId>,
    others: HashMap<OtherKey, UnitId>,
    finders: HashTable<u32>,
    /// Reused.
    text: String,
    letters: String,
    numbers: Vec<u32>,
}

#[derive(Debug, PartialEq, Eq, Hash)]
enum OtherKey {
    Exact(ExactRec),
    Fuzzy(String),
    Wild(String),
}

fn hash_of(numbers: &[u32]) -> u64 {
    numbers.iter().fold(numbers.len() as u64, |hash, n| (hash ^ u64::from(*n)).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23))
}

impl LexiconBuilder {
    /// What a clause looks for.
    pub(crate) fn matter(&mut self, clause: &ClauseKind) -> Matter {
        match clause {
            ClauseKind::Words { words, slop } => self.phrase(words, Slop::new(*slop)),
            ClauseKind::Exact { words, edit, slop } => self.exact(words, *edit, Slop::new(*slop)),
            ClauseKind::Fuzzy { text } => Matter::Unit(self.fuzzy(text)),
            ClauseKind::Wild { pieces } => Matter::Unit(self.wild(pieces)),
        }
    }

    // ---- words and phrases

    fn phrase(&mut self, words: &[Word], slop: Slop) -> Matter {
        let mut numbers = std::mem::take(&mut self.numbers);
        numbers.clear();
        numbers.extend(words.iter().map(|w| self.word(w)));
        let matter = match numbers.as_slice() {
            [one] if slop.get().is_none() => Matter::Unit(UnitId(*one)),
            _ => Matter::Finder(self.finder(words, &numbers, slop)),
        };
        self.numbers = numbers;
        matter
    }

    fn finder(&mut self, words: &[Word], numbers: &[u32], slop: Slop) -> u32 {
        let hash = hash_of(numbers);
        let Lexicon { finders, pool, .. } = &self.lexicon;
        let same = |n: &u32| match finders.get(*n as usize) {
            Some(Finder::Phrase { at, n, slop: s, .. }) => *s == slop && pool.get(*at as usize..*at as usize + usize::from(*n)) == Some(numbers),
            _ => false,
        };
        if let Some(&known) = self.finders.find(hash, same) {
            return known;
        }
        let at = self.lexicon.pool.len() as u32;
        self.lexicon.pool.extend_from_slice(numbers);
        let joined = self.joined_runs(words, at);
        self.new_finder(hash, Finder::Phrase { at, n: words.len() as u16, slop, joined })
    }

    fn new_finder(&mut self, hash: u64, finder: Finder) -> u32 {
        let number = self.lexicon.finders.len() as u32;
        self.lexicon.finders.push(finder);
        let Lexicon { finders, pool, exact_units, .. } = &self.lexicon;
        let rehash = |n: &u32| match finders.get(*n as usize) {
            Some(Finder::Phrase { at, n, .. }) => hash_of(pool.get(*at as usize..*at as usize + usize::from(*n)).unwrap_or_default()),
            Some(Finder::Exact { at, n, .. }) => hash_of(exact_units.get(*at as usize..*at as usize + usize::from(*n)).unwrap_or_default()),
            None => 0,
        };
        self.finders.insert_unique(hash, number, rehash);
        number
    }

    /// For each word but the last the units of the runs of several words that begin there, the last one marked.
    fn joined_runs(&mut self, words: &[Word], at: u32) -> u32 {
        let start = self.lexicon.joined.len() as u32;
        let mut any = false;
        for from in 0..words.len().saturating_sub(1) {
            let first = self.lexicon.joined.len();
            let mut letters = words.get(from).map_or(0, |w| w.text.chars().count());
            for to in from + 2..=words.len().min(from + RUN_WORDS) {
                letters += words.get(to - 1).map_or(0, |w| w.text.chars().count());
                if letters > RUN_LETTERS || !joins(words.get(to - 2), words.get(to - 1)) {
                    break;
                }
                let unit = self.joined(at + from as u32, words.get(from..to).unwrap_or_default());
                self.lexicon.joined.push(unit.0 & !JOINED_END);
                any = true;
            }
            if self.lexicon.joined.len() == first {
                self.lexicon.joined.push(UnitId::NONE.0);
            }
            if let Some(last) = self.lexicon.joined.last_mut() {
                *last |= JOINED_END;
            }
        }
        if !any {
            self.lexicon.joined.truncate(start as usize);
            return u32::MAX;
        }
        start
    }

    fn word(&mut self, w: &Word) -> u32 {
        let flag = |on: bool, flag: u16| if on { flag } else { 0 };
        let flags =
            flag(w.acronym, WordRec::ACRONYM) | flag(w.endings, WordRec::ENDINGS) | flag(w.alone, WordRec::ALONE) | flag(w.loose, WordRec::LOOSE);
        let same = w.text == w.letters;
        let at = if same {
            self.texts.intern(&w.text)
        } else {
            self.text.clear();
            self.text.push_str(&w.text);
            self.text.push_str(&w.letters);
            self.texts.intern(&self.text)
        };
        let touch = self.touch(w.before.as_str(), w.after.as_str(), w.sign);
        let rec = WordRec::new(at, w.text.len(), if same { 0 } else { w.letters.len() }, touch, flags, w.more);
        if let Some(&known) = self.words.get(&rec) {
            return known;
        }
        let number = self.lexicon.words.len() as u32;
        self.lexicon.words.push(rec);
        self.words.insert(rec, number);
        self.look_up(UnitId(number), w, &w.text, &w.letters, true);
        number
    }

    fn touch(&mut self, before: &str, after: &str, sign: Option<char>) -> u16 {
        if before.is_empty() && after.is_empty() && sign.is_none() {
            return 0;
        }
        if self.lexicon.touches.is_empty() {
            self.lexicon.touches.push(Touch::default());
        }
        let touch = Touch { before: before.into(), after: after.into(), sign };
        let next = u16::try_from(self.lexicon.touches.len()).unwrap_or(u16::MAX);
        *self.touches.entry(touch).or_insert_with_key(|touch| {
            self.lexicon.touches.push(touch.clone());
            next
        })
    }

    /// The unit of several words that are written as one; `at`: where they stand in the pool.
    fn joined(&mut self, at: u32, words: &[Word]) -> UnitId {
        let Lexicon { pool, others, .. } = &self.lexicon;
        let run = |at: u32, n: usize| pool.get(at as usize..at as usize + n).unwrap_or_default();
        let of_unit = |unit: &UnitId| match others.get((unit.0 & !UnitId::OTHER) as usize) {
            Some(Other::Joined { at, n }) => run(*at, usize::from(*n)),
            _ => &[],
        };
        let mine = run(at, words.len());
        let hash = hash_of(mine);
        if let Some(&known) = self.joined.find(hash, |unit| of_unit(unit) == mine) {
            return known;
        }
        let unit = UnitId::other(others.len());
        self.lexicon.others.push(Other::Joined { at, n: words.len() as u8 });
        let Lexicon { pool, others, .. } = &self.lexicon;
        let rehash = |unit: &UnitId| match others.get((unit.0 & !UnitId::OTHER) as usize) {
            Some(Other::Joined { at, n }) => hash_of(pool.get(*at as usize..*at as usize + usize::from(*n)).unwrap_or_default()),
            _ => 0,
        };
        self.joined.insert_unique(hash, unit, rehash);
        let (mut text, mut letters) = (std::mem::take(&mut self.text), std::mem::take(&mut self.letters));
        text.clear();
        letters.clear();
        words.iter().for_each(|w| text.push_str(&w.text));
        words.iter().for_each(|w| letters.push_str(&w.letters));
        if let Some(last) = words.last() {
            self.look_up(unit, last, &text, &letters, false);
        }
        (self.text, self.letters) = (text, letters);
        unit
    }

    /// By what a run of words that ends in `last` is looked up; `text`, `letters`: of all its words.
    fn look_up(&mut self, unit: UnitId, last: &Word, text: &str, letters: &str, single: bool) {
        if last.more != More::No {
            self.beginnings.add(text, unit);
            return;
        }
        let mut whole = Relation { whole: true, ..Relation::default() };
        let acronym = last.acronym && single;
        whole.head = acronym;
        let lowered = acronym && !last.loose && text.chars().nth(3).is_some();
        if last.endings && (last.loose || !last.acronym || lowered) {
            for key in endings::word_keys(text, letters) {
                if key.stem == text {
                    whole.kinds = key.kinds;
                    continue;
                }
                let (drop, append) = changed(text, &key.stem);
                let relation = Relation { kinds: key.kinds, drop, append, ..Relation::default() };
                debug_assert!(stem_of(text, &relation) == key.stem, "{text} {}", key.stem);
                self.links.add(&key.stem, unit, relation);
            }
        }
        self.links.add(text, unit, whole);
    }

    // ---- `=`

    fn exact(&mut self, words: &[ExactWord], edit: bool, slop: Slop) -> Matter {
        let units: Vec<u32> = words.iter().map(|w| self.exact_word(w, edit).0).collect();
        if let ([one], None) = (units.as_slice(), slop.get()) {
            return Matter::Unit(UnitId(*one));
        }
        // The longest word is looked up.
        let longest = words.iter().enumerate().max_by_key(|(k, w)| (w.folded.chars().count(), usize::MAX - k)).map_or(0, |(k, _)| k);
        let hash = hash_of(&units);
        let Lexicon { finders, exact_units, .. } = &self.lexicon;
        let same = |n: &u32| match finders.get(*n as usize) {
            Some(Finder::Exact { at, n, slop: s, .. }) => {
                *s == slop && exact_units.get(*at as usize..*at as usize + usize::from(*n)) == Some(units.as_slice())
            }
            _ => false,
        };
        if let Some(&known) = self.finders.find(hash, same) {
            return Matter::Finder(known);
        }
        let at = self.lexicon.exact_units.len() as u32;
        self.lexicon.exact_units.extend_from_slice(&units);
        Matter::Finder(self.new_finder(hash, Finder::Exact { at, n: words.len() as u16, anchor: longest as u16, slop }))
    }

    fn exact_word(&mut self, w: &ExactWord, edit: bool) -> UnitId {
        let touch = self.touch(&w.before, &w.after, w.sign);
        let rec = ExactRec { text: w.text.as_str().into(), folded: w.folded.as_str().into(), more: w.more, edit, touch };
        let number = self.lexicon.exacts.len() as u32;
        let (unit, new) = self.other(OtherKey::Exact(rec.clone()), Other::Exact(number));
        if !new {
            return unit;
        }
        self.lexicon.exacts.push(rec);
        if edit {
            let (first, second) = halves(&w.text);
            let bare = |half: &str| words::fold(half).replace(|c| words::is_apostrophe(c) || c == '.' || c == words::ZWNJ, "");
            self.beginnings.add(&bare(first), unit);
            self.ends.add(&bare(second), unit);
        } else if w.more != More::No {
            self.beginnings.add(&w.folded, unit);
        } else {
            self.links.add(&w.folded, unit, Relation { exact: true, ..Relation::default() });
        }
        unit
    }

    // ---- `~1` and wildcards

    /// The unit of something that is no run, and whether it is new.
    fn other(&mut self, key: OtherKey, unit: Other) -> (UnitId, bool) {
        let next = UnitId::other(self.lexicon.others.len());
        let known = *self.others.entry(key).or_insert(next);
        if known == next {
            self.lexicon.others.push(unit);
        }
        (known, known == next)
    }

    fn fuzzy(&mut self, text: &str) -> UnitId {
        let (unit, new) = self.other(OtherKey::Fuzzy(text.into()), Other::Fuzzy(self.lexicon.fuzzies.len() as u32));
        if new {
            self.lexicon.fuzzies.push(text.into());
            // One edit leaves one half whole.
            let (first, second) = halves(text);
            self.beginnings.add(first, unit);
            self.ends.add(second, unit);
        }
        unit
    }

    fn wild(&mut self, pieces: &[Piece]) -> UnitId {
        let (unit, new) = self.other(OtherKey::Wild(format!("{pieces:?}")), Other::Wild(self.lexicon.wilds.len() as u32));
        if new {
            self.lexicon.wilds.push(pieces.into());
            self.wild_keys(pieces, unit);
        }
        unit
    }

    /// By its longest run; at an end where that has three letters.
    fn wild_keys(&mut self, pieces: &[Piece], unit: UnitId) {
        let run = |p: Option<&Piece>| if let Some(Piece::Run(run)) = p { run.clone() } else { String::new() };
        let letters = |run: &String| run.chars().count();
        let (first, last) = (run(pieces.first()), run(pieces.last()));
        let inner = pieces.iter().map(|p| run(Some(p))).max_by_key(letters).unwrap_or_default();
        if letters(&first) >= 3 && letters(&first) >= letters(&last) {
            self.beginnings.add(&first, unit);
        } else if letters(&last) >= 3 {
            self.ends.add(&last, unit);
        } else {
            self.infixes.push((inner, unit));
        }
    }

    /// Nothing more will come.
    pub(crate) fn build(self) -> Lexicon {
        let mut lexicon = self.lexicon;
        lexicon.arena = self.texts.arena;
        lexicon.links = self.links.build();
        lexicon.beginnings = self.beginnings.build();
        lexicon.ends = self.ends.build();
        lexicon.infixes = Infixes::new(self.infixes);
        lexicon.shrink();
        lexicon
    }
}

/// Can these two be written as one word: no ending and no touching sign between them.
fn joins(a: Option<&Word>, b: Option<&Word>) -> bool {
    matches!((a, b), (Some(a), Some(b)) if a.more == More::No && a.after.is_empty() && b.before.is_empty())
}

/// How a stem comes from its word: without so many letters, with another one.
fn changed(word: &str, stem: &str) -> (u8, Option<char>) {
    let (count, length) = (word.chars().count(), stem.chars().count());
    if word.starts_with(stem) {
        return ((count - length) as u8, None);
    }
    // An exchanged letter is the last one of the stem.
    ((count + 1 - length) as u8, stem.chars().next_back())
}

/// The stem that a relation tells of a word.
fn stem_of(word: &str, relation: &Relation) -> String {
    let kept = word.chars().count() - usize::from(relation.drop);
    word.chars().take(kept).chain(relation.append).collect()
}

/// The first half of a word's letters and the second.
fn halves(text: &str) -> (&str, &str) {
    let middle = text.char_indices().nth(text.chars().count() / 2).map_or(0, |(at, _)| at);
    text.split_at_checked(middle).unwrap_or((text, ""))
}
