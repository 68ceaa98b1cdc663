//! Takes the clauses of all watches and keeps each word, phrase and key once.
//!
//! Must not know: articles, operators.

use super::Lexicon;
use super::arena::{ArenaBuilder, Text};
use super::keys::KeysBuilder;
use super::record::{ExactRec, Finder, Masks, MoreRec, Range32, Relation, RunRec, Slop, Touch, Unit, WordRec};
use crate::query::syntax::{ClauseKind, ExactWord, More, Piece, Word};
use crate::query::words;
use crate::text::endings;
use hashbrown::HashMap;

/// Words of a phrase that may be written as one, and letters that they may have then. (No hashtag is longer.)
const RUN_WORDS: usize = 12;
const RUN_LETTERS: usize = 128;

/// Fills a [`Lexicon`].
#[derive(Debug, Default)]
pub(crate) struct LexiconBuilder {
    pub(super) texts: ArenaBuilder,
    words: Vec<WordRec>,
    word_numbers: HashMap<WordRec, u32>,
    touches: Vec<Touch>,
    touch_numbers: HashMap<Touch, u16>,
    pool: Vec<u32>,
    exacts: Vec<ExactRec>,
    wilds: Vec<Vec<Piece>>,
    units: Vec<Unit>,
    /// What is known already, so that it is kept once: units by what they are, finders too.
    run_units: HashMap<Vec<u32>, u32>,
    other_units: HashMap<UnitKey, u32>,
    runs: Vec<RunRec>,
    exact_units: Vec<u32>,
    finders: Vec<Finder>,
    finder_numbers: HashMap<FinderKey, u32>,
    masks: Masks,
    keys: KeysBuilder,
    beginnings: KeysBuilder,
    ends: KeysBuilder,
    infixes: Vec<(String, u32)>,
}

#[derive(Debug, PartialEq, Eq, Hash)]
enum UnitKey {
    Exact(ExactRec),
    Fuzzy(Text),
    Wild(String),
}

#[derive(Debug, PartialEq, Eq, Hash)]
enum FinderKey {
    Phrase(Vec<u32>, Slop),
    Exact(Vec<u32>, Slop),
    Unit(u32),
}

impl LexiconBuilder {
    /// The finder of a clause.
    pub(crate) fn finder(&mut self, clause: &ClauseKind) -> u32 {
        match clause {
            ClauseKind::Words { words, slop } => self.phrase(words, Slop::new(*slop)),
            ClauseKind::Exact { words, edit, slop } => self.exact(words, *edit, Slop::new(*slop)),
            ClauseKind::Fuzzy { text } => {
                let text = self.texts.intern(text);
                let unit = self.other(UnitKey::Fuzzy(text), Unit::Fuzzy(text));
                self.number(FinderKey::Unit(unit), |_| Finder::Unit(unit))
            }
            ClauseKind::Wild { pieces } => {
                let wild = self.wilds.len() as u32;
                let unit = self.other(UnitKey::Wild(format!("{pieces:?}")), Unit::Wild(wild));
                if self.units.get(unit as usize) == Some(&Unit::Wild(wild)) {
                    self.wild_keys(pieces, unit);
                    self.wilds.push(pieces.clone());
                }
                self.number(FinderKey::Unit(unit), |_| Finder::Unit(unit))
            }
        }
    }

    fn number(&mut self, key: FinderKey, make: impl FnOnce(&mut Self) -> Finder) -> u32 {
        if let Some(&known) = self.finder_numbers.get(&key) {
            return known;
        }
        let finder = make(self);
        let number = self.finders.len() as u32;
        self.finders.push(finder);
        self.finder_numbers.insert(key, number);
        number
    }

    // ---- words and phrases

    fn phrase(&mut self, words: &[Word], slop: Slop) -> u32 {
        let numbers: Vec<u32> = words.iter().map(|w| self.word(w)).collect();
        self.number(FinderKey::Phrase(numbers.clone(), slop), |b| {
            let at = b.pool.len() as u32;
            b.pool.extend(&numbers);
            let first_run = b.runs.len() as u32;
            for from in 0..words.len() {
                let mut letters = 0;
                for to in from + 1..=words.len().min(from + RUN_WORDS) {
                    letters += words.get(to - 1).map_or(0, |w| w.text.chars().count());
                    if to - from > 1 && (letters > RUN_LETTERS || !joins(words.get(to - 2), words.get(to - 1))) {
                        break;
                    }
                    let unit = b.run(at + from as u32, words.get(from..to).unwrap_or_default(), numbers.get(from..to).unwrap_or_default());
                    b.runs.push(RunRec { from: from as u16, to: to as u16, unit });
                }
            }
            let runs = Range32 { at: first_run, len: (b.runs.len() - first_run as usize) as u16 };
            Finder::Phrase { words: Range32 { at, len: words.len() as u16 }, runs, slop }
        })
    }

    fn word(&mut self, w: &Word) -> u32 {
        let flag = |on: bool, flag: u8| if on { flag } else { 0 };
        let rec = WordRec {
            text: self.texts.intern(&w.text),
            letters: self.texts.intern(&w.letters),
            more: MoreRec::new(w.more),
            flags: flag(w.acronym, WordRec::ACRONYM)
                | flag(w.endings, WordRec::ENDINGS)
                | flag(w.alone, WordRec::ALONE)
                | flag(w.loose, WordRec::LOOSE),
            touch: self.touch(Touch { before: w.before.clone(), after: w.after.clone(), sign: w.sign }),
        };
        *self.word_numbers.entry(rec).or_insert_with(|| {
            self.words.push(rec);
            self.words.len() as u32 - 1
        })
    }

    fn touch(&mut self, touch: Touch) -> u16 {
        if touch == Touch::default() {
            return 0;
        }
        if self.touches.is_empty() {
            self.touches.push(Touch::default());
        }
        let next = u16::try_from(self.touches.len()).unwrap_or(u16::MAX);
        *self.touch_numbers.entry(touch.clone()).or_insert_with(|| {
            self.touches.push(touch);
            next
        })
    }

    /// The unit of words that are written as one; `at`: where they stand in the pool.
    fn run(&mut self, at: u32, words: &[Word], numbers: &[u32]) -> u32 {
        if let Some(&known) = self.run_units.get(numbers) {
            return known;
        }
        let unit = self.units.len() as u32;
        self.units.push(Unit::Run { at, n: words.len() as u8 });
        self.run_units.insert(numbers.to_vec(), unit);
        let Some(last) = words.last() else { return unit };
        let text: String = words.iter().map(|w| w.text.as_str()).collect();
        if last.more != More::No {
            self.beginnings.add(&mut self.texts, &text, unit, Relation::WHOLE);
            return unit;
        }
        self.keys.add(&mut self.texts, &text, unit, Relation::WHOLE);
        let acronym = last.acronym && words.len() == 1;
        if acronym {
            self.keys.add(&mut self.texts, &text, unit, Relation::HEAD);
        }
        let lowered = acronym && !last.loose && text.chars().nth(3).is_some();
        if last.endings && (last.loose || !last.acronym || lowered) {
            let letters: String = words.iter().map(|w| w.letters.as_str()).collect();
            for key in endings::word_keys(&text, &letters) {
                let mask = self.masks.number(key.kinds);
                self.keys.add(&mut self.texts, &key.stem, unit, Relation::stem(mask));
            }
        }
        unit
    }

    // ---- `=`

    fn exact(&mut self, words: &[ExactWord], edit: bool, slop: Slop) -> u32 {
        let recs: Vec<ExactRec> = words
            .iter()
            .map(|w| ExactRec {
                text: self.texts.intern(&w.text),
                more: MoreRec::new(w.more),
                edit,
                touch: self.touch(Touch { before: w.before.clone(), after: w.after.clone(), sign: w.sign }),
            })
            .collect();
        // The rarest word is looked up, or with slop every word.
        let longest = words.iter().enumerate().max_by_key(|(k, w)| (w.folded.chars().count(), usize::MAX - k)).map_or(0, |(k, _)| k);
        let units: Vec<u32> = words.iter().zip(&recs).map(|(w, rec)| self.exact_unit(w, *rec)).collect();
        self.number(FinderKey::Exact(units.clone(), slop), |b| {
            let at = b.exact_units.len() as u32;
            b.exact_units.extend(&units);
            let range = Range32 { at, len: units.len() as u16 };
            Finder::Exact { words: range, anchor: longest as u16, slop }
        })
    }

    fn exact_unit(&mut self, word: &ExactWord, rec: ExactRec) -> u32 {
        let next = self.exacts.len() as u32;
        let unit = self.other(UnitKey::Exact(rec), Unit::Exact(next));
        if self.units.get(unit as usize) != Some(&Unit::Exact(next)) {
            return unit;
        }
        self.exacts.push(rec);
        if rec.edit {
            let (first, second) = halves(&word.text);
            let bare = |half: &str| words::fold(half).replace(|c| words::is_apostrophe(c) || c == '.' || c == words::ZWNJ, "");
            self.beginnings.add(&mut self.texts, &bare(first), unit, Relation::EXACT);
            self.ends.add(&mut self.texts, &bare(second), unit, Relation::EXACT);
        } else if rec.more.is_some() {
            self.beginnings.add(&mut self.texts, &word.folded, unit, Relation::EXACT);
        } else {
            self.keys.add(&mut self.texts, &word.folded, unit, Relation::EXACT);
        }
        unit
    }

    // ---- `~1` and wildcards

    fn other(&mut self, key: UnitKey, unit: Unit) -> u32 {
        if let Some(&known) = self.other_units.get(&key) {
            return known;
        }
        let number = self.units.len() as u32;
        self.units.push(unit);
        self.other_units.insert(key, number);
        if let Unit::Fuzzy(text) = unit {
            // One edit leaves one half whole.
            let text = self.texts.arena.get(text).to_string();
            let (first, second) = halves(&text);
            self.beginnings.add(&mut self.texts, first, number, Relation::WHOLE);
            self.ends.add(&mut self.texts, second, number, Relation::WHOLE);
        }
        number
    }

    /// The longest of its runs, at an end where there is a choice.
    fn wild_keys(&mut self, pieces: &[Piece], unit: u32) {
        let run = |p: Option<&Piece>| if let Some(Piece::Run(run)) = p { Some(run.clone()) } else { None };
        let letters = |run: &Option<String>| run.as_ref().map_or(0, |r| r.chars().count());
        let (first, last) = (run(pieces.first()), run(pieces.last()));
        let inner = pieces.iter().map(|p| run(Some(p))).max_by_key(letters).flatten();
        match (first, last, inner) {
            (Some(first), last, _) if letters(&Some(first.clone())) >= 3 && letters(&Some(first.clone())) >= letters(&last) => {
                self.beginnings.add(&mut self.texts, &first, unit, Relation::WHOLE);
            }
            (_, Some(last), _) if letters(&Some(last.clone())) >= 3 => self.ends.add(&mut self.texts, &last, unit, Relation::WHOLE),
            (_, _, Some(inner)) => self.infixes.push((inner, unit)),
            _ => {}
        }
    }

    pub(crate) fn build(self) -> Lexicon {
        let mut arena = self.texts.arena;
        arena.shrink();
        let mut lexicon = Lexicon {
            keys: self.keys.build(&arena),
            beginnings: self.beginnings.build(&arena),
            ends: self.ends.build(&arena),
            arena,
            words: self.words,
            touches: self.touches,
            pool: self.pool,
            exacts: self.exacts,
            wilds: self.wilds,
            units: self.units,
            runs: self.runs,
            exact_units: self.exact_units,
            finders: self.finders,
            masks: self.masks,
            infixes: super::infix::Infixes::new(self.infixes),
        };
        lexicon.shrink();
        lexicon
    }
}

/// Can these two be written as one word: no ending and no touching sign between them.
fn joins(a: Option<&Word>, b: Option<&Word>) -> bool {
    matches!((a, b), (Some(a), Some(b)) if a.more == More::No && a.after.is_empty() && b.before.is_empty())
}

/// The first half of a word's letters and the second.
pub(crate) fn halves(text: &str) -> (&str, &str) {
    let middle = text.char_indices().nth(text.chars().count() / 2).map_or(0, |(at, _)| at);
    text.split_at_checked(middle).unwrap_or((text, ""))
}
