//! Two words of a text that make one word of a query (QUERY.md, "Joining").
//!
//! Must not know: queries, endings.

use super::chars::{DIGIT, entry};
use super::forms::{FormKind, has_plural_s};
use super::hash;
use super::scan::Words;
use super::token::{Form, Gap};

/// Two words over a space are one only if together they have this many letters.
pub const SPACE_JOIN_MIN: u32 = 7;

/// A form of two words written together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// The first word's form: an index into that word's forms.
    pub first: usize,
    /// The second word's.
    pub second: usize,
    /// A plural s is cut (B-52s).
    pub singular: bool,
    /// [`hash::hash`] of the letters.
    pub hash: u64,
    /// How many.
    pub letters: u32,
}

/// The forms that two successive words make, of which the second stands `gap` behind the first.
pub(super) fn pairs<'a>(words: &'a Words, a: &'a [Form], b: &'a [Form], gap: Gap) -> impl Iterator<Item = Pair> + 'a {
    let near = matches!(gap, Gap::Hyphen | Gap::Nothing);
    let (a, b) = if gap == Gap::Far { (&[][..], &[][..]) } else { (a, b) };
    a.iter().enumerate().filter(|(_, fa)| fa.kind != FormKind::Start).flat_map(move |(first, fa)| {
        b.iter().enumerate().filter(|(_, fb)| fb.kind != FormKind::End).flat_map(move |(second, fb)| {
            let letters = fa.letters + fb.letters;
            let joins = near || letters >= SPACE_JOIN_MIN || is_number(words.text(fa)) || is_number(words.text(fb));
            let hash = hash::join(fa.hash, fb.hash, fb.letters);
            let whole = joins.then_some(Pair { first, second, singular: false, hash, letters });
            let singular = joins && ends_in_digit_s(words.text(fa), words.text(fb));
            whole.into_iter().chain(singular.then(|| Pair { singular: true, hash: hash::pop(hash, 's'), letters: letters - 1, first, second }))
        })
    })
}

fn ends_in_digit_s(a: &str, b: &str) -> bool {
    b.ends_with('s') && has_plural_s(&format!("{a}{b}"))
}

/// Digits only; so are the circled ones that no decimal stands for.
fn is_number(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || !c.is_ascii() && (entry(c).class() == DIGIT || is_sign_digit(c)))
}

const fn is_sign_digit(c: char) -> bool {
    matches!(c, '\u{1369}'..='\u{1371}' | '\u{19da}' | '\u{24f5}'..='\u{24fd}' | '\u{24ff}' | '\u{2776}'..='\u{277e}' | '\u{2780}'..='\u{2788}'
        | '\u{278a}'..='\u{2792}' | '\u{10a40}'..='\u{10a43}' | '\u{10e60}'..='\u{10e68}' | '\u{11052}'..='\u{1105a}' | '\u{1f10b}'..='\u{1f10c}')
}
