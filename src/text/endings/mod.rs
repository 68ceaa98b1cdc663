//! Ordinary endings of nouns and names: which words of a text a keyword's word finds beside itself (QUERY.md, "Endings"). One closed list
//! per script, `endings.toml`, no language detection.
//!
//! A word of a text is cut wherever what follows is an ending of its script ([`cuts`]); each stem is one lookup. A keyword's word has one to
//! three stems ([`word_keys`]). Beside each stand *kinds* (bits): how the keyword may be continued, what the ending continues. They match when
//! stem and a kind agree and two rules about writing hold ([`fits`]). Must not know: queries, articles.

mod automaton;
mod keys;
mod pattern;
mod table;
mod written;

pub use keys::{WordKey, word_keys};
pub use written::{capitals, marks};

use super::chars::is_apostrophe;
use super::fold::fold;
use super::forms::{FormKind, forms};
use super::hash;
use table::{Rules, rules};

/// A set of kinds of ending.
pub type Kinds = u64;
/// Letters of its end that a keyword's word may lose or change before an ending (региональный, регионального).
pub const LOST: usize = 2;

/// An alphabet that has endings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Script {
    /// a–z: the fold has made all others these.
    Latin,
    /// Cyrillic.
    Cyrillic,
    /// Arabic.
    Arabic,
}

impl Script {
    /// The alphabet of one folded letter.
    #[inline]
    pub const fn of(c: char) -> Option<Self> {
        match c {
            'a'..='z' => Some(Self::Latin),
            '\u{400}'..='\u{52f}' => Some(Self::Cyrillic),
            '\u{600}'..='\u{6ff}' => Some(Self::Arabic),
            _ => None,
        }
    }
}

/// The script of a folded word; none for an empty word, or one with digits, other letters or two scripts.
pub fn script(word: &str) -> Option<Script> {
    let first = Script::of(word.chars().next()?)?;
    word.chars().all(|c| Script::of(c) == Some(first)).then_some(first)
}

/// Letters a keyword's word must have to take endings at all.
pub fn minimum() -> usize {
    rules().minimum
}

/// The kinds of an ending of a script, before what the letters as written forbid.
pub fn ending_kinds(script: Option<Script>, ending: &str) -> Kinds {
    script.map_or(0, |s| rules().automaton(s).of_ending(ending))
}

/// Does the part of a word before a half-space count alone when this (folded) follows it?
pub fn after_half_space(folded: &str) -> bool {
    rules().after_half_space.iter().any(|ending| ending == folded)
}

/// A plural ending (folded) that joins the word before it even over a space.
pub fn is_spaced_plural(folded: &str) -> bool {
    folded.starts_with("ها") && after_half_space(folded)
}

/// One place where a form may be cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// Bytes of the stem.
    pub stem: usize,
    /// Letters of the stem.
    pub letters: usize,
    /// [`hash::hash`] of the stem.
    pub hash: u64,
    /// What the ending continues, if [`as_written`] agrees.
    pub kinds: Kinds,
}

/// All places where a folded form can be cut, the whole form (with the ending "") first if it is one. `letters` = its characters, `hash` =
/// [`hash::hash`] of it. What the letters as written forbid is not taken away yet: [`as_written`].
pub fn cuts(form: &str, letters: usize, hash: u64, script: Option<Script>) -> Cuts<'_> {
    let rules = rules();
    Cuts {
        walk: script.filter(|_| letters >= rules.stem).map(|s| rules.automaton(s).walk(form)),
        rules,
        letters,
        hash,
        stem: form.len(),
        begun: false,
    }
}

/// See [`cuts`].
#[derive(Debug)]
pub struct Cuts<'a> {
    walk: Option<automaton::Walk<'a>>,
    rules: &'static Rules,
    letters: usize,
    hash: u64,
    stem: usize,
    begun: bool,
}

impl Iterator for Cuts<'_> {
    type Item = Cut;

    fn next(&mut self) -> Option<Cut> {
        let walk = self.walk.as_mut()?;
        loop {
            let kinds = if self.begun {
                if self.letters <= self.rules.stem {
                    return None;
                }
                let (c, kinds) = walk.step()?;
                self.letters -= 1;
                self.stem -= c.len_utf8();
                self.hash = hash::pop(self.hash, c);
                kinds
            } else {
                self.begun = true;
                if self.letters < self.rules.minimum { 0 } else { walk.kinds() }
            };
            if kinds != 0 {
                return Some(Cut { stem: self.stem, letters: self.letters, hash: self.hash, kinds });
            }
        }
    }
}

/// Of the kinds of an ending those that the form's letters as written allow: some endings are told by their last letter (Urdu ے), one only
/// counts in a word that shows a mark (Turkmen y).
pub fn as_written(kinds: Kinds, script: Option<Script>, ending: &str, letters: &str) -> Kinds {
    let rules = rules();
    let forbidden = rules.last_letters.iter().filter(|(_, letter)| !letters.ends_with(*letter)).fold(0, |all, (kind, _)| all | kind);
    let unmarked = script.is_some_and(|s| rules.marked(s, ending)) && !written::shows_marks(letters);
    if unmarked { 0 } else { kinds & !forbidden }
}

/// A stem of a form and what its ending continues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stem<'a> {
    /// The stem.
    pub stem: &'a str,
    /// What follows it.
    pub ending: &'a str,
    /// What the ending continues.
    pub kinds: Kinds,
}

/// The stems of a folded form; `letters` = the same letters as written.
pub fn form_stems<'a>(form: &'a str, letters: &str) -> Vec<Stem<'a>> {
    let script = script(form);
    cuts(form, form.chars().count(), hash::hash(form), script)
        .filter_map(|cut| {
            let (stem, ending) = form.split_at_checked(cut.stem)?;
            let kinds = as_written(cut.kinds, script, ending, letters);
            (kinds != 0).then_some(Stem { stem, ending, kinds })
        })
        .collect()
}

/// Has the word an apostrophe and behind the last one an ending? Then the whole form takes none: Roma'nın is Roma, not Roman. (The
/// apostrophes of Uzbek oʻ gʻ are none here.) To be asked of the whole form only.
pub fn ends_behind_apostrophe(raw: &str, whole: &str) -> bool {
    let Some(script) = script(whole).filter(|s| *s != Script::Arabic) else { return false };
    tail(raw).is_some_and(|tail| rules().automaton(script).of_ending(&fold(tail)) != 0)
}

/// What follows the last apostrophe that is none of oʻ gʻ.
fn tail(raw: &str) -> Option<&str> {
    let (mut start, mut last) = (None, None);
    for (at, c) in raw.char_indices() {
        if is_apostrophe(c) && (start == Some(at) || !matches!(last, Some('o' | 'O' | 'g' | 'G'))) {
            start = Some(at + c.len_utf8());
        }
        last = Some(c);
    }
    raw.get(start?..)
}

/// A stem of a word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextStem {
    /// The stem.
    pub stem: String,
    /// What follows it.
    pub ending: String,
    /// What the ending continues.
    pub kinds: Kinds,
    /// The form as written.
    pub letters: String,
}

/// All stems that a word of a text is looked up by.
pub fn text_stems(raw: &str) -> Vec<TextStem> {
    let mut found = Vec::new();
    for form in forms(raw) {
        if form.kind == FormKind::Whole && ends_behind_apostrophe(raw, &form.word.text) {
            continue;
        }
        found.extend(form_stems(&form.word.text, &form.word.letters).into_iter().map(|s| TextStem {
            stem: s.stem.into(),
            ending: s.ending.into(),
            kinds: s.kinds,
            letters: form.word.letters.clone(),
        }));
    }
    found
}

/// A keyword's word: folded, as written, and its stems.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyWord {
    /// Folded.
    pub plain: String,
    /// The same letters as written.
    pub written: String,
    /// See [`word_keys`].
    pub keys: Vec<WordKey>,
}

impl KeyWord {
    /// Of a folded word and its letters as written.
    pub fn new(plain: String, written: String) -> Self {
        let keys = word_keys(&plain, &written);
        Self { plain, written, keys }
    }

    /// Does this stem of a text's word, with these kinds and these letters as written, stand for the keyword's word? `alone` = the keyword is
    /// this one word, so that its capital asks for one.
    pub fn fits(&self, stem: &str, kinds: Kinds, letters: &str, alone: bool) -> bool {
        self.keys.iter().any(|key| key.stem == stem && key.kinds & kinds != 0)
            && (!alone || capitals(&self.written, letters))
            && marks(&self.plain, &self.written, letters, stem)
    }
}

/// See [`KeyWord::fits`].
pub fn fits(plain: &str, written: &str, stem: &str, kinds: Kinds, letters: &str, alone: bool) -> bool {
    KeyWord::new(plain.into(), written.into()).fits(stem, kinds, letters, alone)
}

/// The ending by which a text's word stands for a keyword's word: "" for the whole word, none where it does not.
pub fn matches(keyword: &str, raw: &str, alone: bool) -> Option<String> {
    let first = forms(keyword).into_iter().next()?;
    if forms(raw).iter().any(|form| form.word.text == first.word.text) {
        return Some(String::new());
    }
    let word = KeyWord::new(first.word.text, first.word.letters);
    text_stems(raw).into_iter().find(|s| word.fits(&s.stem, s.kinds, &s.letters, alone)).map(|s| s.ending)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_with_their_endings() {
        for (keyword, raw, ending) in [
            ("İran", "İranın", Some("in")),
            ("İran", "İranlı", None),
            ("İran", "iranın", None),
            ("İran", "İrandakilerden", Some("dakilerden")),
            ("ortaklık", "ortaklığı", Some("i")),
            ("şehir", "şehri", Some("i")),
            ("Kars", "karşı", None),
            ("Roman", "Roma'nın", None),
            ("Türkmenistan", "Türkmenistanyň", Some("yn")),
            ("part", "party", None),
            ("country", "countries", Some("ies")),
            ("Россия", "России", Some("и")),
            ("поставка", "поставок", Some("ок")),
            ("рынок", "рынка", Some("а")),
            ("Қазақстан", "Қазақстандағы", Some("дағы")),
            ("شركة", "شركات", Some("ات")),
            ("منصوبہ", "منصوبے", Some("ی")),
            ("منصوبہ", "منصوبی", None),
            ("ایران", "ایرانی", None),
        ] {
            let got = matches(keyword, raw, true);
            assert_eq!(got.as_deref(), ending, "{keyword} {raw}");
        }
    }

    #[test]
    fn cuts_know_the_hash_of_their_stem() {
        let form = "iranlilarindan";
        for cut in cuts(form, form.len(), hash::hash(form), script(form)) {
            assert_eq!((cut.hash, cut.letters), (hash::hash(form.get(..cut.stem).unwrap()), cut.stem));
        }
        assert!(cuts(form, form.len(), hash::hash(form), script(form)).count() >= 2);
    }
}
