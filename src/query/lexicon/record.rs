//! The small, flat records that stand for the words and phrases of all watches, each kept once however many watches have it.
//!
//! Must not know: how they are found, watches.

use super::arena::Text;
use crate::query::syntax::More;
use crate::text::endings::Kinds;

/// A word of a phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct WordRec {
    /// Folded.
    pub text: Text,
    /// As written, letter for letter.
    pub letters: Text,
    pub more: MoreRec,
    pub flags: u8,
    /// Its signs; 0: none.
    pub touch: u16,
}

impl WordRec {
    /// What stands for no word.
    pub(crate) const NONE: Self = Self { text: Text::EMPTY, letters: Text::EMPTY, more: MoreRec(0), flags: 0, touch: 0 };
    pub(crate) const ACRONYM: u8 = 1;
    pub(crate) const ENDINGS: u8 = 2;
    pub(crate) const ALONE: u8 = 4;
    pub(crate) const LOOSE: u8 = 8;

    pub(crate) const fn is(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// An acronym whose capitals count.
    pub(crate) const fn strict(&self) -> bool {
        self.is(Self::ACRONYM) && !self.is(Self::LOOSE)
    }
}

/// [`More`] in four bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct MoreRec(u16);

impl MoreRec {
    pub(crate) fn new(more: More) -> Self {
        Self(match more {
            More::No => 0,
            More::Any => 1,
            // No word is longer than the text that it stands in.
            More::Letters(n) => u16::try_from(n.saturating_add(2)).unwrap_or(u16::MAX),
        })
    }

    pub(crate) const fn get(self) -> More {
        match self.0 {
            0 => More::No,
            1 => More::Any,
            n => More::Letters(n as u32 - 2),
        }
    }

    pub(crate) const fn is_some(self) -> bool {
        self.0 != 0
    }
}

/// The signs of a word.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct Touch {
    /// That touch it on the left.
    pub before: String,
    /// That touch it on the right.
    pub after: String,
    /// The stop right after it.
    pub sign: Option<char>,
}

/// A word after `=`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ExactRec {
    /// As written.
    pub text: Text,
    pub more: MoreRec,
    /// One edit allowed.
    pub edit: bool,
    pub touch: u16,
}

/// What one lookup can find: the smallest thing that has places in an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Unit {
    /// `n` words of the pool from `at` on, written as one.
    Run { at: u32, n: u8 },
    /// A word after `=`.
    Exact(u32),
    /// A word with one edit.
    Fuzzy(Text),
    /// A wildcard: its pieces in the pool of pieces.
    Wild(u32),
}

/// Words `from..to` of a phrase, and the unit that they are when written as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RunRec {
    pub from: u16,
    pub to: u16,
    pub unit: u32,
}

/// Something with places in an article, whose places are worked out once an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Finder {
    /// Words of the pool; its runs, sorted.
    Phrase { words: Range32, runs: Range32, slop: Slop },
    /// Words after `=`. Without slop the place of one of them, `anchor`, is looked up.
    Exact { words: Range32, anchor: u16, slop: Slop },
    /// One unit by itself: `~1`, wildcards.
    Unit(u32),
}

/// A range of a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Range32 {
    pub at: u32,
    pub len: u16,
}

impl Range32 {
    pub(crate) fn of<T>(self, pool: &[T]) -> &[T] {
        let at = self.at as usize;
        pool.get(at..at + usize::from(self.len)).unwrap_or_default()
    }
}

/// `~n`; 255: in order and adjoining.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Slop(u8);

impl Slop {
    pub(crate) fn new(slop: Option<u32>) -> Self {
        Self(slop.map_or(u8::MAX, |n| n.min(100) as u8))
    }

    pub(crate) const fn get(self) -> Option<u32> {
        if self.0 == u8::MAX { None } else { Some(self.0 as u32) }
    }
}

/// How a lookup stands for a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Relation(u16);

impl Relation {
    /// A form is all of it.
    pub(crate) const WHOLE: Self = Self(0);
    /// A form or a piece between apostrophes is all of it, as far as the fold sees.
    pub(crate) const EXACT: Self = Self(1);
    /// The capitals that a form begins with are all of it.
    pub(crate) const HEAD: Self = Self(2);
    const STEMS: u16 = 3;

    /// A stem of a form is one of its stems; `mask` = the number of a set of kinds.
    pub(crate) const fn stem(mask: u16) -> Self {
        Self(Self::STEMS + mask)
    }

    /// The number of the set of kinds.
    pub(crate) const fn mask(self) -> Option<u16> {
        self.0.checked_sub(Self::STEMS)
    }
}

/// Sets of kinds, numbered.
#[derive(Debug, Default)]
pub(crate) struct Masks(pub Vec<Kinds>);

impl Masks {
    pub(crate) fn number(&mut self, kinds: Kinds) -> u16 {
        let at = self.0.iter().position(|&k| k == kinds).unwrap_or_else(|| {
            self.0.push(kinds);
            self.0.len() - 1
        });
        u16::try_from(at).unwrap_or(u16::MAX - Relation::STEMS)
    }

    pub(crate) fn get(&self, number: u16) -> Kinds {
        self.0.get(usize::from(number)).copied().unwrap_or(0)
    }
}
