//! The words of query text, as `text` reads words: one place that knows both.
//!
//! Must not know: grammar, articles.

use crate::text::{self, Document, FormKind};

pub(crate) use crate::text::{fold, is_apostrophe, is_cjk};

/// The zero-width non-joiner.
pub(crate) const ZWNJ: char = '\u{200c}';

/// A word of query text.
pub(crate) struct QueryToken {
    /// As written.
    pub raw: String,
    /// The symbols `# @ + & $ % .` that touch it on the left.
    pub before: String,
    /// The symbols `# @ + & $ %` that touch it on the right.
    pub after: String,
    /// The stop right after it.
    pub sign: Option<char>,
    /// One character of Han, Kana, Hangul.
    pub cjk: bool,
}

/// The words of a piece of query text.
pub(crate) fn tokens(text: &str) -> Vec<QueryToken> {
    let doc = Document::of_text(text);
    let token = |(i, t): (usize, &text::Token)| QueryToken {
        raw: doc.raw(i).into(),
        before: doc.before(i).into(),
        after: doc.after(i).into(),
        sign: t.sign(),
        cjk: t.is_cjk(),
    };
    doc.tokens().iter().enumerate().map(token).collect()
}

/// The first form of a word: folded, and its letters as written. None if it folds to nothing.
pub(crate) fn form(raw: &str) -> Option<(String, String)> {
    let first = text::forms(raw).into_iter().next()?;
    debug_assert_eq!(first.kind, FormKind::Whole);
    Some((first.word.text, first.word.letters))
}

/// The fold switched off: NFKC, and ignorable characters away.
pub(crate) fn exact(raw: &str) -> String {
    text::exact(raw).into_owned()
}

/// A letter, as general category L means it: no mark, no digit.
pub(crate) fn is_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || !c.is_ascii() && c.is_alphabetic() && !is_mark(c)
}

/// A combining mark.
pub(crate) fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}
