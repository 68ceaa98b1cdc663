//! A place in an article, and how it was found.
//!
//! Must not know: watches.

/// An occurrence: words `i..=j` of the document, bytes `start..end` of the field they stand in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Place {
    pub i: u32,
    pub j: u32,
    pub start: u32,
    pub end: u32,
    pub how: How,
    /// Number of the label of the clause that found it.
    pub label: u32,
}

impl Place {
    /// The same words and bytes?
    pub(crate) const fn same(&self, other: &Self) -> bool {
        self.i == other.i && self.j == other.j && self.start == other.start && self.end == other.end
    }

    /// From the first of two to the last.
    pub(crate) fn merge(&self, other: &Self) -> Self {
        Self {
            i: self.i.min(other.i),
            j: self.j.max(other.j),
            start: self.start.min(other.start),
            end: self.end.max(other.end),
            how: self.how.and(other.how),
            label: self.label,
        }
    }
}

/// How a text stands for a clause: bits, and the letters of its ending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) struct How {
    pub bits: u16,
    /// Letters of the ending, or of what follows the beginning that was asked for.
    pub tail: u16,
}

impl How {
    // Of two ways to the same place the one with the lower bits is told.
    pub(crate) const JOINED: u16 = 2;
    pub(crate) const ACRONYM: u16 = 4;
    pub(crate) const APOSTROPHE: u16 = 8;
    pub(crate) const HALF_SPACE: u16 = 16;
    pub(crate) const ARTICLE: u16 = 32;
    pub(crate) const EDIT: u16 = 64;
    pub(crate) const WILDCARD: u16 = 128;
    pub(crate) const EXACT: u16 = 256;
    pub(crate) const BEGINNING: u16 = 512;
    pub(crate) const NEAR: u16 = 1024;
    pub(crate) const PATTERN: u16 = 2048;
    pub(crate) const ELISION: u16 = 4096;
    pub(crate) const SPACED_PLURAL: u16 = 8192;
    pub(crate) const ENDING: u16 = 16384;

    pub(crate) const WHOLE: Self = Self { bits: 0, tail: 0 };

    pub(crate) const fn of(bits: u16) -> Self {
        Self { bits, tail: 0 }
    }

    /// Two parts of one phrase.
    pub(crate) const fn and(self, other: Self) -> Self {
        Self { bits: self.bits | other.bits, tail: if other.tail == 0 { self.tail } else { other.tail } }
    }

    /// In words; `text`: what matched, for its ending.
    pub(crate) fn describe(self, text: &str) -> String {
        let tail = || {
            let letters = text.chars().count().saturating_sub(usize::from(self.tail));
            text.chars().skip(letters).collect::<String>()
        };
        let named: [(u16, &str); 14] = [
            (Self::NEAR, "near"),
            (Self::PATTERN, "pattern"),
            (Self::EXACT, "exact"),
            (Self::EDIT, "edit"),
            (Self::WILDCARD, "wildcard"),
            (Self::ACRONYM, "acronym"),
            (Self::JOINED, "joined"),
            (Self::APOSTROPHE, "apostrophe"),
            (Self::HALF_SPACE, "half-space"),
            (Self::ARTICLE, "article"),
            (Self::ELISION, "elision"),
            (Self::SPACED_PLURAL, "spaced plural"),
            (Self::ENDING, "ending"),
            (Self::BEGINNING, "beginning"),
        ];
        let mut words: Vec<String> = Vec::new();
        for (_, name) in named.into_iter().filter(|(bit, _)| self.bits & bit != 0) {
            words.push(match name {
                "ending" | "beginning" if self.tail > 0 => format!("{name} -{}", tail()),
                name => name.into(),
            });
        }
        if words.is_empty() { "whole".into() } else { words.join(", ") }
    }
}
