//! The fold: one spelling for all the ways a word is written, in every language alike (QUERY.md, "Words"). Here word by word, as queries
//! and rare words want it; the tokeniser does the same in its pass.
//!
//! Must not know: endings, fields, articles.

use super::chars::{Folded, entry, is_ignored};
use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;

/// A folded word and the letters it comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Word {
    /// The folded letters.
    pub text: String,
    /// For each folded letter the letter it comes from, case and marks kept: acronyms and endings want them.
    pub letters: String,
}

impl Word {
    /// The first `chars` letters.
    pub(super) fn start(&self, chars: usize) -> Self {
        Self { text: self.text.chars().take(chars).collect(), letters: self.letters.chars().take(chars).collect() }
    }

    /// The letters from `chars` on.
    pub(super) fn end(&self, chars: usize) -> Self {
        Self { text: self.text.chars().skip(chars).collect(), letters: self.letters.chars().skip(chars).collect() }
    }
}

/// The fold of a word: NFKC, case, marks, look-alike letters of one alphabet, digits.
pub fn fold(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    fold_into(word, |_, folded| out.push(folded));
    without_hamza(&mut out);
    out
}

/// The fold of a word, and the letters as written.
pub fn fold_letters(word: &str) -> Word {
    let mut out = Word::default();
    fold_into(word, |written, folded| {
        out.text.push(folded);
        out.letters.push(written);
    });
    if without_hamza(&mut out.text) {
        out.letters.pop();
    }
    out
}

/// What `=` compares: the fold is off, but NFKC and soft hyphens are still handled.
pub fn exact(word: &str) -> Cow<'_, str> {
    if word.is_ascii() { Cow::Borrowed(word) } else { Cow::Owned(word.chars().filter(|&c| !is_ignored(c)).nfkc().collect()) }
}

/// Calls `take` with each letter as written and what it folds to.
fn fold_into(word: &str, mut take: impl FnMut(char, char)) {
    for c in word.chars().filter(|&c| !is_ignored(c)).nfkc() {
        match entry(c).folded(c) {
            Folded::One(folded) => take(c, folded),
            Folded::None => {}
            Folded::Many(text) => text.chars().for_each(|folded| take(c, folded)),
            Folded::Hangul(two, third) => two.into_iter().chain(third).for_each(|folded| take(c, folded)),
        }
    }
}

/// A final ء is dropped, unless it is all there is.
fn without_hamza(text: &mut String) -> bool {
    let drop = text.ends_with('ء') && text.len() > 'ء'.len_utf8();
    if drop {
        text.pop();
    }
    drop
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_word_meet() {
        for (a, b) in [
            ("İRAN", "iran"),
            ("ırak", "Irak"),
            ("Straße", "STRASSE"),
            ("Иран", "ИРАН"),
            ("ещё", "еще"),
            ("ҳамкорӣ", "ҳамкори"),
            ("كتاب", "کتاب"),
            ("مسئول", "مسيول"),
            ("علماء", "علما"),
            ("１２", "12"),
            ("ﬁn", "fin"),
        ] {
            assert_eq!(fold(a), fold(b), "{a} {b}");
        }
        for (a, b) in [("Қазақ", "Казак"), ("й", "и"), ("ғ", "г")] {
            assert_ne!(fold(a), fold(b), "{a} {b}");
        }
        assert_eq!(fold("и\u{306}"), "й");
        assert_eq!(fold("ء"), "ء");
        assert_eq!(exact("ＥＣＯ\u{ad}"), "ECO");
    }

    #[test]
    fn letters_stand_beside_what_they_fold_to() {
        assert_eq!(fold_letters("Æbß"), Word { text: "aebss".into(), letters: "ÆÆbßß".into() });
    }
}
