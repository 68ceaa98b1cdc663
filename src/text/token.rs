//! The small, flat records that a document keeps of each word.
//!
//! Must not know: how they are made.

use super::endings::Script;
use super::forms::FormKind;
use crate::model::Field;

/// What stands between a word and the one before it in its field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gap {
    /// Anything that keeps two words from being one: also the beginning of a field, and the end of a sentence.
    Far,
    /// White space, `_` or `/`.
    Space,
    /// One hyphen.
    Hyphen,
    /// Nothing: Han beside Han, parts of a hashtag.
    Nothing,
}

/// A word at its place. Offsets are bytes of its field's plain text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// The number of its sentence in its field.
    pub sentence: u32,
    /// Its first form in [`super::Document::all_forms`].
    pub(super) forms: u32,
    pub(super) flags: u16,
}

/// Bits of [`Token::flags`]: 0–1 field, 2–3 gap, 4–6 sign.
pub(super) const SPLIT: u16 = 1 << 7;
pub(super) const HARD: u16 = 1 << 8;
pub(super) const IS_CJK: u16 = 1 << 9;
pub(super) const ENDS_BEHIND_APOSTROPHE: u16 = 1 << 10;
const SIGNS: [char; 6] = ['.', '!', '?', '؟', '۔', '。'];

impl Token {
    /// The field it stands in.
    pub const fn field(&self) -> Field {
        match self.flags & 3 {
            0 => Field::Title,
            1 => Field::Summary,
            _ => Field::Content,
        }
    }

    /// What stands between it and the word before it.
    pub const fn gap(&self) -> Gap {
        match self.flags >> 2 & 3 {
            0 => Gap::Far,
            1 => Gap::Space,
            2 => Gap::Hyphen,
            _ => Gap::Nothing,
        }
    }

    /// The stop right after it: one of `. ! ? ؟ ۔ 。`
    pub fn sign(&self) -> Option<char> {
        SIGNS.get((self.flags >> 4 & 7).wrapping_sub(1) as usize).copied()
    }

    /// A part of a hashtag that was cut.
    pub const fn is_split(&self) -> bool {
        self.flags & SPLIT != 0
    }

    /// More than the sign of the word before it ends the sentence before it.
    pub const fn is_hard(&self) -> bool {
        self.flags & HARD != 0
    }

    /// One character of Han, Kana, Hangul.
    pub const fn is_cjk(&self) -> bool {
        self.flags & IS_CJK != 0
    }

    /// Its whole form takes no endings ([`super::endings::ends_behind_apostrophe`]).
    pub const fn ends_behind_apostrophe(&self) -> bool {
        self.flags & ENDS_BEHIND_APOSTROPHE != 0
    }

    pub(super) const fn field_bits(field: Field) -> u16 {
        match field {
            Field::Title => 0,
            Field::Summary => 1,
            Field::Content => 2,
        }
    }

    pub(super) const fn gap_bits(gap: Gap) -> u16 {
        match gap {
            Gap::Far => 0,
            Gap::Space => 1 << 2,
            Gap::Hyphen => 2 << 2,
            Gap::Nothing => 3 << 2,
        }
    }

    pub(super) fn sign_bits(sign: char) -> u16 {
        SIGNS.iter().position(|&s| s == sign).map_or(0, |at| (at as u16 + 1) << 4)
    }
}

/// One form of a word: folded letters in the document's arena.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// [`super::hash::hash`] of its letters.
    pub hash: u64,
    pub(super) at: u32,
    pub(super) len: u32,
    /// How many characters it has.
    pub letters: u32,
    /// How it came from its word.
    pub kind: FormKind,
    /// The alphabet that all its letters are of.
    pub script: Option<Script>,
}

/// A hashtag that was cut into three words or more, which also counts whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hashtag {
    /// Its first word.
    pub first: u32,
    /// Its last word.
    pub last: u32,
    /// All of it.
    pub form: Form,
}
