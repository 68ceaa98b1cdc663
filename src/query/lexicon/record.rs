//! The small, flat records that stand for the words and phrases of all watches, each kept once however many watches have it.
//!
//! Must not know: how they are found, watches.

use crate::query::syntax::More;
use crate::text::endings::Kinds;

/// A word of a phrase: its fold and its letters as written stand behind one another in the arena.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct WordRec {
    pub(super) at: u32,
    pub(super) text: u16,
    /// Bytes of the letters; 0: they are the fold.
    pub(super) letters: u16,
    /// Its signs; 0: none.
    pub touch: u16,
    /// Four flags, and how it may go on.
    bits: u16,
}

impl WordRec {
    /// What stands for no word.
    pub(crate) const NONE: Self = Self { at: 0, text: 0, letters: 0, touch: 0, bits: 0 };
    pub(crate) const ACRONYM: u16 = 1;
    pub(crate) const ENDINGS: u16 = 2;
    pub(crate) const ALONE: u16 = 4;
    pub(crate) const LOOSE: u16 = 8;

    pub(super) fn new(at: u32, text: usize, letters: usize, touch: u16, flags: u16, more: More) -> Self {
        let more = match more {
            More::No => 0,
            More::Any => 1,
            More::Letters(n) => n.saturating_add(2).min(0xfff) as u16, // no word goes on for longer
        };
        // A word of 64 kB of fold is cut: no article holds it.
        let short = |n: usize| u16::try_from(n).unwrap_or(0);
        Self { at, text: short(text), letters: short(letters), touch, bits: flags | more << 4 }
    }

    pub(crate) const fn is(&self, flag: u16) -> bool {
        self.bits & flag != 0
    }

    /// An acronym whose capitals count.
    pub(crate) const fn strict(&self) -> bool {
        self.bits & (Self::ACRONYM | Self::LOOSE) == Self::ACRONYM
    }

    pub(crate) const fn more(&self) -> More {
        match self.bits >> 4 {
            0 => More::No,
            1 => More::Any,
            n => More::Letters(n as u32 - 2),
        }
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

/// A word after `=`: its text as written.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct ExactRec {
    pub text: Box<str>,
    /// Its fold, without what the fold leaves out.
    pub folded: Box<str>,
    pub more: More,
    /// One edit allowed.
    pub edit: bool,
    pub touch: u16,
}

/// The smallest thing that has places in an article: what a lookup finds. Words of phrases have their own numbers; all others the bit
/// [`UnitId::OTHER`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct UnitId(pub u32);

impl UnitId {
    pub(crate) const NONE: Self = Self(u32::MAX);
    pub(super) const OTHER: u32 = 1 << 31;

    /// Is it one word of phrases?
    pub(crate) const fn is_word(self) -> bool {
        self.0 & Self::OTHER == 0
    }

    pub(super) const fn other(number: usize) -> Self {
        Self(number as u32 | Self::OTHER)
    }
}

/// A unit that is not one word of a phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Other {
    /// `n` words of the pool from `at` on, written as one.
    Joined { at: u32, n: u8 },
    /// A word after `=`.
    Exact(u32),
    /// A word with one edit.
    Fuzzy(u32),
    /// A wildcard.
    Wild(u32),
}

/// A unit, as it is evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Words of the pool, or one word, written as one.
    Run(RunWords),
    Exact(u32),
    Fuzzy(u32),
    Wild(u32),
}

/// Which words a run has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RunWords {
    One(u32),
    Many { at: u32, n: u8 },
}

/// What a clause looks for: one unit, or a finder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Matter {
    Unit(UnitId),
    Finder(u32),
}

impl Matter {
    const FINDER: u32 = 1 << 30;

    /// In four bytes.
    pub(crate) const fn pack(self) -> u32 {
        match self {
            Self::Unit(unit) => unit.0,
            Self::Finder(n) => n | Self::FINDER,
        }
    }

    pub(crate) const fn unpack(packed: u32) -> Self {
        if packed & Self::FINDER == 0 { Self::Unit(UnitId(packed)) } else { Self::Finder(packed & !Self::FINDER) }
    }
}

/// Something with places in an article that is made of several units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Finder {
    /// `n` words of the pool from `at` on, and its runs of several words from `joined` on.
    Phrase { at: u32, n: u16, slop: Slop, joined: u32 },
    /// `n` words after `=`. Without slop the place of one of them, `anchor`, is looked up.
    Exact { at: u32, n: u16, anchor: u16, slop: Slop },
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

/// How the letters that were looked up stand for a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Relation {
    /// A form is all of it.
    pub whole: bool,
    /// A form or a piece between apostrophes is all of it, as far as the fold sees.
    pub exact: bool,
    /// The capitals that a form begins with are all of it.
    pub head: bool,
    /// A stem of a form is a stem of it, for endings of these kinds.
    pub kinds: Kinds,
    /// The stem: the unit's letters without the last so many,
    pub drop: u8,
    /// and with this one.
    pub append: Option<char>,
}
