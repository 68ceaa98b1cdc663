//! Near misses, the cure for silence: words of an article that a clause would have found in another spelling (PRODUCT.md, "Keywords").
//!
//! Reads words again and again: for looking at a watch, not for the stream. Must not know: watches' names, operators.

use super::lexicon::{ExactRec, Finder, Lexicon, Matter, RunWords, Unit, UnitId, WordRec};
use super::search::{lowered, one_edit};
use super::words;
use crate::model::Field;
use crate::text::{Document, Gap, endings};

/// Letters from which on one edit is a near miss.
const EDIT_LETTERS: usize = 6;
/// Letters from which on another ending is one, and letters that it may have.
const ENDING_LETTERS: usize = 4;
const ENDING: usize = 6;

/// In what a text is beside what was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NearKind {
    /// Other capitals.
    Case,
    /// Other marks.
    Marks,
    /// An ending that is not in the list.
    Ending,
    /// One letter more, less or other.
    Edit,
    /// Letters of another alphabet that look the same; which.
    LookAlike(String),
    /// An ending after a space that is too short to be joined.
    Spaced,
    /// `=` asked for exactly so.
    Exact,
}

impl NearKind {
    /// One or two words for it.
    pub fn name(&self) -> String {
        match self {
            Self::Case => "other capitals".into(),
            Self::Marks => "other marks".into(),
            Self::Ending => "another ending".into(),
            Self::Edit => "one letter".into(),
            Self::LookAlike(letters) => letters.clone(),
            Self::Spaced => "an ending after a space".into(),
            Self::Exact => "not exactly so".into(),
        }
    }
}

/// A text that was just missed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearMiss {
    /// The watch.
    pub watch: String,
    /// The clause as the analyst wrote it.
    pub clause: String,
    /// Where it stands.
    pub field: Field,
    /// The text as published.
    pub text: String,
    /// In what it differs.
    pub kind: NearKind,
    /// What to write to have it found.
    pub advice: String,
    /// First byte in the field's plain text.
    pub byte_start: usize,
    /// One past the last.
    pub byte_end: usize,
}

/// A near miss before it has a watch and a clause.
pub(crate) struct Near {
    pub field: Field,
    pub start: u32,
    pub end: u32,
    pub text: String,
    pub kind: NearKind,
    pub advice: String,
}

/// What was just missed of a clause.
pub(crate) fn near(lexicon: &Lexicon, matter: Matter, doc: &Document) -> Vec<Near> {
    let one;
    let (words, exact): (&[u32], &[u32]) = match matter {
        Matter::Unit(unit) => {
            one = [unit.0];
            match lexicon.unit(unit) {
                Some(Unit::Run(RunWords::One(_))) => (&one, &[]),
                Some(Unit::Exact(_)) => (&[], &one),
                _ => return Vec::new(),
            }
        }
        Matter::Finder(number) => match lexicon.finder(number) {
            Some(Finder::Phrase { at, n, .. }) => (lexicon.phrase(at, n.into()), &[]),
            Some(Finder::Exact { at, n, .. }) => (&[], lexicon.exact_units(at, n.into())),
            None => return Vec::new(),
        },
    };
    let mut wants: Vec<Want> = words.iter().map(|&w| Want::of_word(lexicon, lexicon.word(w))).collect();
    wants.extend(exact.iter().filter_map(|&unit| lexicon.exact(UnitId(unit))).map(Want::of_exact));
    if wants.is_empty() || wants.iter().any(|w| w.text.is_empty()) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for i in 0..doc.words() {
        found.extend(phrase_at(&wants, doc, i));
        if let [want] = wants.as_slice() {
            found.extend(spaced(want, doc, i));
        }
    }
    found
}

/// A word that is asked for.
struct Want {
    text: String,
    written: String,
    exact: bool,
    /// An acronym whose capitals count.
    strict: bool,
    alone: bool,
    endings: bool,
    keys: Vec<endings::WordKey>,
}

enum Fit {
    Good,
    Near(NearKind),
    No,
}

impl Want {
    fn of_word(lexicon: &Lexicon, word: &WordRec) -> Self {
        let (text, written) = (lexicon.text(word).to_string(), lexicon.letters(word).to_string());
        let keys = if word.is(WordRec::ENDINGS) { endings::word_keys(&text, &written) } else { Vec::new() };
        Self {
            exact: false,
            strict: word.strict(),
            alone: word.is(WordRec::ALONE),
            endings: word.is(WordRec::ENDINGS) && !word.is(WordRec::LOOSE),
            text,
            written,
            keys,
        }
    }

    fn of_exact(rec: &ExactRec) -> Self {
        let (text, written) = ((*rec.folded).into(), (*rec.text).into());
        Self { text, written, exact: true, strict: false, alone: false, endings: false, keys: Vec::new() }
    }

    fn letters(&self) -> usize {
        self.text.chars().count()
    }

    fn fit(&self, doc: &Document, i: usize) -> Fit {
        let mut best = Fit::No;
        for (k, form) in doc.forms(i).iter().enumerate() {
            let folded = doc.text(form);
            let fit = if folded == self.text {
                self.same(&doc.letters(i, k), doc.raw(i))
            } else if self.exact {
                Fit::No
            } else {
                self.stems(doc, i, k).or(|| self.beside(folded, &doc.letters(i, k)))
            };
            match fit {
                Fit::Good => return Fit::Good,
                Fit::Near(_) if matches!(best, Fit::No) => best = fit,
                _ => {}
            }
        }
        best
    }

    /// The same letters: have they the capitals and marks that are asked for?
    fn same(&self, letters: &str, raw: &str) -> Fit {
        if self.exact {
            return if words::exact(raw) == self.written { Fit::Good } else { Fit::Near(NearKind::Exact) };
        }
        if !self.strict || letters == self.written || lowered(&self.written, letters, None) {
            return Fit::Good;
        }
        Fit::Near(if letters.chars().all(char::is_uppercase) { NearKind::Marks } else { NearKind::Case })
    }

    fn stems(&self, doc: &Document, i: usize, k: usize) -> Fit {
        let Some(form) = doc.forms(i).get(k) else { return Fit::No };
        let folded = doc.text(form);
        for cut in doc.cuts(i, form) {
            let Some((stem, ending)) = folded.split_at_checked(cut.stem) else { continue };
            let letters = doc.letters(i, k);
            let kinds = endings::as_written(cut.kinds, form.script, ending, &letters);
            if !self.keys.iter().any(|key| key.stem == stem && key.kinds & kinds != 0) {
                continue;
            }
            if self.strict {
                return if letters.starts_with(&self.written) { Fit::Good } else { Fit::Near(NearKind::Case) };
            }
            if self.alone && !endings::capitals(&self.written, &letters) {
                return Fit::Near(NearKind::Case);
            }
            return if endings::marks(&self.text, &self.written, &letters, stem) { Fit::Good } else { Fit::Near(NearKind::Marks) };
        }
        Fit::No
    }

    /// Another ending, one edit, letters that look the same.
    fn beside(&self, folded: &str, letters: &str) -> Fit {
        let mine = self.letters();
        let count = folded.chars().count();
        if skeleton(folded) == skeleton(&self.text) {
            return Fit::Near(NearKind::LookAlike(foreign(&self.text, folded, letters)));
        }
        if self.strict && !letters.starts_with(&self.written) {
            return Fit::No;
        }
        if self.endings && mine >= ENDING_LETTERS || self.strict {
            let kept = if mine > EDIT_LETTERS && self.text.chars().next_back().is_some_and(is_soft) { mine - 1 } else { mine };
            let stem: String = self.text.chars().take(kept).collect();
            let rest = folded.strip_prefix(stem.as_str());
            if rest.is_some_and(|rest| count <= mine + ENDING && !rest.is_empty() && rest.chars().all(words::is_letter)) {
                return Fit::Near(NearKind::Ending);
            }
        }
        if mine >= EDIT_LETTERS && count >= EDIT_LETTERS && one_edit(folded, &self.text) { Fit::Near(NearKind::Edit) } else { Fit::No }
    }
}

impl Fit {
    fn or(self, other: impl FnOnce() -> Self) -> Self {
        if let Self::No = self { other() } else { self }
    }
}

/// A letter that words lose before other endings (Россия, российский).
const fn is_soft(c: char) -> bool {
    matches!(c, 'а' | 'е' | 'и' | 'о' | 'у' | 'ы' | 'я' | 'й' | 'ь' | 'y' | 'e' | 'a')
}

/// The words one after another from word `i` on, at least one of them just missed.
fn phrase_at(wants: &[Want], doc: &Document, i: usize) -> Option<Near> {
    let mut kind = None;
    for (k, want) in wants.iter().enumerate() {
        if k > 0 && !doc.goes_on(i + k - 1, None) {
            return None;
        }
        match want.fit(doc, i + k) {
            Fit::Good => {}
            Fit::No => return None,
            Fit::Near(near) => kind = kind.or(Some(near)),
        }
    }
    let kind = kind?;
    let (first, last) = (doc.tokens().get(i)?, doc.tokens().get(i + wants.len() - 1)?);
    let text = doc.plain(first.field()).get(first.start as usize..last.end as usize)?.to_string();
    let advice = advice(&kind, wants, &text);
    Some(Near { field: first.field(), start: first.start, end: last.end, text, kind, advice })
}

/// A Persian ending after a space where the two have fewer letters than joined words need.
fn spaced(want: &Want, doc: &Document, i: usize) -> Option<Near> {
    let (first, next) = (doc.tokens().get(i)?, doc.tokens().get(i + 1)?);
    let (a, b) = (doc.text(doc.forms(i).first()?), doc.text(doc.forms(i + 1).first()?));
    let joined = want.text.strip_prefix(a) == Some(b);
    if next.gap() != Gap::Space || !joined || want.letters() >= 7 || !endings::after_half_space(b) {
        return None;
    }
    let text = doc.plain(first.field()).get(first.start as usize..next.end as usize)?.to_string();
    let advice = format!("add \"{text}\"");
    Some(Near { field: first.field(), start: first.start, end: next.end, text, kind: NearKind::Spaced, advice })
}

fn advice(kind: &NearKind, wants: &[Want], text: &str) -> String {
    match (kind, wants) {
        (NearKind::Case, [want]) if want.strict => format!("write \"{}\" for any case", capitalised(text)),
        (NearKind::Case, [want]) => format!("write \"{}\" for any case", want.written.to_lowercase()),
        (NearKind::Exact, [want]) => format!("write \"{}\" without = for any case and marks", want.written),
        _ => format!("add \"{text}\""),
    }
}

/// As a name is written, so that it is no acronym.
fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    let rest: String = letters.map(|c| if c == 'İ' { "i".to_string() } else { c.to_lowercase().collect() }).collect();
    first + &rest
}

/// Latin and Cyrillic letters that look the same, small or capital.
const LOOK_ALIKES: [(char, char); 21] = [
    ('а', 'a'),
    ('в', 'b'),
    ('с', 'c'),
    ('е', 'e'),
    ('н', 'h'),
    ('һ', 'h'),
    ('і', 'i'),
    ('ј', 'j'),
    ('к', 'k'),
    ('м', 'm'),
    ('о', 'o'),
    ('р', 'p'),
    ('ԛ', 'q'),
    ('ѕ', 's'),
    ('т', 't'),
    ('у', 'y'),
    ('ү', 'y'),
    ('ԝ', 'w'),
    ('х', 'x'),
    ('ӏ', 'l'),
    ('ԁ', 'd'),
];

fn look(c: char) -> char {
    LOOK_ALIKES.iter().find(|(cyrillic, _)| *cyrillic == c).map_or(c, |(_, latin)| *latin)
}

fn skeleton(text: &str) -> String {
    text.chars().map(look).collect()
}

/// The letters that are not those that were asked for: "Latin X".
fn foreign(want: &str, folded: &str, letters: &str) -> String {
    let mut found: Vec<char> = Vec::new();
    let mut latin = true;
    for ((a, b), written) in want.chars().zip(folded.chars()).zip(letters.chars()) {
        if a != b && !found.contains(&written) {
            latin = b.is_ascii();
            found.push(written);
        }
    }
    format!("{} {}", if latin { "Latin" } else { "Cyrillic" }, found.iter().collect::<String>())
}
