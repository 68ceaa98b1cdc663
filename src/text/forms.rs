//! The forms of one word: "several forms stand at one position" (QUERY.md, "Words"). This is the whole rule, told plainly; the tokeniser
//! has the ordinary words' share of it in its pass and calls this for the others.
//!
//! Must not know: sentences, fields, articles.

use super::chars::{self, CJK, DIGIT, LETTER, LETTER_APOSTROPHE, NON_JOINER, entry, is_apostrophe, is_ignored};
use super::endings;
use super::fold::{Word, fold, fold_letters};

/// How a form came from its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FormKind {
    /// All of the word's letters.
    Whole,
    /// Its ending is cut: nothing can be joined behind it.
    Start,
    /// Its beginning is cut: nothing can be joined before it.
    End,
}

/// One form of a word of a query, or of any other text outside a [`super::Document`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordForm {
    /// Folded, and as written.
    pub word: Word,
    /// Where it comes from.
    pub kind: FormKind,
}

/// Arabic conjunctions and prepositions that are written as one with the next word, the article, and both (folded).
pub(super) const PROCLITICS: [&str; 11] = ["و", "ب", "ل", "ک", "ف", "ال", "وال", "بال", "کال", "فال", "لل"];
/// Letters that must stay behind a proclitic.
pub(super) const AFTER_PROCLITIC: usize = 4;

/// All forms of a word, the whole one first. None for a word that folds to nothing.
pub fn forms(raw: &str) -> Vec<WordForm> {
    let raw: String = raw.chars().filter(|&c| !is_ignored(c)).collect();
    if is_dotted(&raw) {
        let letters: String = raw.chars().filter(|&c| !is_dot(c)).collect();
        return vec![WordForm { word: fold_letters(&letters), kind: FormKind::Whole }];
    }
    let mut found = Found(Vec::with_capacity(2));
    let joined: String = raw.chars().filter(|&c| !is_apostrophe(c)).collect();
    found.add(&joined, FormKind::Whole);
    if let Some((first, rest)) = raw.split_once(is_apostrophe) {
        let letters = fold(first).chars().count();
        if letters >= 2 {
            found.add(first, FormKind::Start); // İran'ın, Iran’s
        }
        if letters <= 2 {
            found.add(&rest.replace(is_apostrophe, ""), FormKind::End); // l'Iran
        }
    }
    if let Some(stem) = before_half_spaced_ending(&joined) {
        found.add(&stem, FormKind::Start); // همکاری‌های, while می‌شود stays whole
    }
    for i in 0..found.0.len() {
        let Some(WordForm { word, .. }) = found.0.get(i).cloned() else { break };
        for letters in cut_proclitics(&word.text) {
            found.keep(word.end(letters), FormKind::End);
        }
        if has_plural_s(&word.text) {
            found.keep(word.start(word.text.chars().count() - 1), FormKind::Start);
        }
    }
    found.0.retain(|form| !form.word.text.is_empty());
    found.0
}

struct Found(Vec<WordForm>);

impl Found {
    fn add(&mut self, raw: &str, kind: FormKind) {
        self.keep(fold_letters(&raw.replace(NON_JOINER, "")), kind);
    }

    fn keep(&mut self, word: Word, kind: FormKind) {
        if self.0.iter().all(|form| form.word != word) {
            self.0.push(WordForm { word, kind });
        }
    }
}

/// What stands before the endings after a half-space, if there are any.
fn before_half_spaced_ending(word: &str) -> Option<String> {
    word.contains(NON_JOINER).then_some(())?;
    let pieces: Vec<&str> = word.split(NON_JOINER).filter(|piece| !piece.is_empty()).collect();
    let endings = pieces.iter().skip(1).rev().take_while(|piece| endings::after_half_space(&fold(piece))).count();
    (endings > 0).then(|| pieces.iter().take(pieces.len() - endings).copied().collect())
}

/// How many letters each proclitic of a folded word takes.
fn cut_proclitics(text: &str) -> impl Iterator<Item = usize> {
    let arabic = text.starts_with(|c| ('\u{600}'..='\u{6ff}').contains(&c));
    let count = if arabic { text.chars().count() } else { 0 };
    PROCLITICS.into_iter().filter(move |p| text.starts_with(p)).map(|p| p.chars().count()).filter(move |n| count >= n + AFTER_PROCLITIC)
}

/// "B-52s": letters, digits, s.
pub(super) fn has_plural_s(text: &str) -> bool {
    let Some(rest) = text.strip_suffix('s') else { return false };
    let letters = rest.trim_end_matches(|c| entry(c).class() == DIGIT);
    letters.len() < rest.len() && !letters.is_empty() && letters.chars().all(|c| matches!(entry(c).class(), LETTER | LETTER_APOSTROPHE | CJK))
}

/// E.C.O., О.Э.С
fn is_dotted(raw: &str) -> bool {
    let (mut pairs, mut chars) = (0, raw.chars());
    loop {
        match (chars.next(), chars.next()) {
            (None, _) => return pairs >= 2,
            (Some(c), None) => return pairs >= 1 && is_initial(c),
            (Some(c), Some(dot)) if is_initial(c) && is_dot(dot) => pairs += 1,
            _ => return false,
        }
    }
}

/// A letter that a dot may follow.
pub(super) fn is_initial(c: char) -> bool {
    matches!(chars::entry(c).class(), LETTER | LETTER_APOSTROPHE)
}

/// The dot of an acronym.
pub(super) const fn is_dot(c: char) -> bool {
    matches!(c, '.' | '．')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(raw: &str) -> Vec<String> {
        forms(raw).into_iter().map(|form| format!("{}/{:?}", form.word.text, form.kind)).collect()
    }

    #[test]
    fn several_forms_stand_at_one_position() {
        assert_eq!(of("Iran"), ["iran/Whole"]);
        assert_eq!(of("İran'ın"), ["iranin/Whole", "iran/Start"]);
        assert_eq!(of("l’Iran"), ["liran/Whole", "iran/End"]);
        assert_eq!(of("oʻzbek"), ["ozbek/Whole", "zbek/End"]);
        assert_eq!(of("E.C.O."), ["eco/Whole"]);
        assert_eq!(of("همکاری\u{200c}های"), ["همکاریهای/Whole", "همکاری/Start"]);
        assert_eq!(of("می\u{200c}شود"), ["میشود/Whole"]);
        assert_eq!(of("والتعاون"), ["والتعاون/Whole", "التعاون/End", "تعاون/End"]);
        assert_eq!(of("B52s"), ["b52s/Whole", "b52/Start"]);
        assert!(of("ـ").is_empty());
    }
}
