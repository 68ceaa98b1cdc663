//! The letters of a word of the article, folded and as written.
//!
//! Must not know: what is looked for.

use super::scratch::Made;
use crate::text::{Document, Form, FormKind, Pair};
use std::borrow::Cow;

/// The folded letters that an occurrence at word `i` is made of.
pub(super) fn folded(doc: &Document, i: u32, made: Made) -> Cow<'_, str> {
    let i = i as usize;
    let part = |i: usize, k: u8| doc.forms(i).get(usize::from(k)).map_or("", |form| doc.text(form));
    match made {
        Made::Form(k) => part(i, k).into(),
        Made::Pair { .. } => pair(doc, i, made).map(|p| doc.pair_text(i, &p)).unwrap_or_default().into(),
        Made::Tag(n) => doc.hashtags().get(n as usize).map_or("", |tag| doc.text(&tag.form)).into(),
        Made::Plural(k) => [part(i, k), part(i + 1, 0)].concat().into(),
    }
}

/// The same letters as written.
pub(super) fn letters(doc: &Document, i: u32, made: Made) -> Cow<'_, str> {
    let i = i as usize;
    match made {
        Made::Form(k) => word_letters(doc, i, usize::from(k)),
        Made::Pair { .. } => pair(doc, i, made).map(|p| doc.pair_word(i, &p).letters).unwrap_or_default().into(),
        Made::Tag(n) => doc.hashtags().get(n as usize).map(|tag| doc.hashtag_letters(tag)).unwrap_or_default().into(),
        Made::Plural(k) => (word_letters(doc, i, usize::from(k)) + word_letters(doc, i + 1, 0)).into_owned().into(),
    }
}

/// The letters of a form as written. Those of an ordinary word are the word: it need not be read again.
pub(super) fn word_letters(doc: &Document, i: usize, k: usize) -> Cow<'_, str> {
    let raw = doc.raw(i);
    let plain = |form: &Form| form.kind == FormKind::Whole && raw.chars().all(is_ordinary) && raw.chars().count() == form.letters as usize;
    if k == 0 && doc.forms(i).first().is_some_and(plain) { Cow::Borrowed(raw) } else { doc.letters(i, k).into() }
}

/// A letter or digit that NFKC leaves alone and that the fold never drops: in a word of such letters only, as many folded letters as letters
/// means that each has its own.
const fn is_ordinary(c: char) -> bool {
    match c {
        '\u{132}' | '\u{133}' | '\u{13f}' | '\u{140}' | '\u{149}' | '\u{17f}' | '\u{1c4}'..='\u{1cc}' | '\u{1f1}'..='\u{1f3}' => false,
        '\u{640}' | '\u{621}' => false,
        'a'..='z' | 'A'..='Z' | '0'..='9' => true,
        '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{24f}' => true,
        '\u{400}'..='\u{481}' | '\u{48a}'..='\u{52f}' => true,
        '\u{620}'..='\u{64a}' | '\u{660}'..='\u{669}' | '\u{671}'..='\u{674}' | '\u{679}'..='\u{6d3}' | '\u{6f0}'..='\u{6f9}' => true,
        _ => false,
    }
}

fn pair(doc: &Document, i: usize, made: Made) -> Option<Pair> {
    let Made::Pair { first, second, singular } = made else { return None };
    let (a, b) = (doc.forms(i).get(usize::from(first))?, doc.forms(i + 1).get(usize::from(second))?);
    let letters = a.letters + b.letters - u32::from(singular);
    Some(Pair { first: usize::from(first), second: usize::from(second), singular, hash: 0, letters })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_read_the_short_way_are_those_of_the_long_way() {
        let text = "Iran İRAN Straße Æon ſo ǆ Қазақ ещё همکاری مؤتمر وزراء اکـو ـ ۲۰۲۵ G20 İran'ın همکاری‌های Ira\u{301}n ﬁn E.C.O. ŀa ʼa aʻb ٱ ۀ Иіı ŉ ẞx\u{301}";
        let doc = Document::of_text(text);
        for i in 0..doc.words() {
            for k in 0..doc.forms(i).len() {
                assert_eq!(word_letters(&doc, i, k), doc.letters(i, k), "{}", doc.raw(i));
            }
        }
        // Every letter by itself and beside others.
        for c in (0..0x3000).filter_map(char::from_u32).filter(|&c| is_ordinary(c)) {
            let doc = Document::of_text(&format!("{c} a{c}b {c}{c}"));
            for i in 0..doc.words() {
                assert_eq!(word_letters(&doc, i, 0), doc.letters(i, 0), "{c:?} {:?}", doc.raw(i));
            }
        }
    }
}
