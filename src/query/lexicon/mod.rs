//! The words and phrases of all watches, each kept once, and the keys by which an article's words find them.
//!
//! Must not know: operators, watches, articles.

mod arena;
mod builder;
mod infix;
mod keys;
mod record;

pub(crate) use arena::{Arena, ArenaBuilder, Text};
pub(crate) use builder::LexiconBuilder;
pub(crate) use keys::{Keys, Link};
pub(crate) use record::{ExactRec, Finder, Range32, Relation, RunRec, Touch, Unit, WordRec};

use super::syntax::Piece;
use crate::text::endings::Kinds;
use infix::Infixes;
use record::Masks;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Lexicon {
    arena: Arena,
    words: Vec<WordRec>,
    touches: Vec<Touch>,
    pool: Vec<u32>,
    exacts: Vec<ExactRec>,
    wilds: Vec<Vec<Piece>>,
    units: Vec<Unit>,
    runs: Vec<RunRec>,
    exact_units: Vec<u32>,
    finders: Vec<Finder>,
    masks: Masks,
    /// What is looked up by all its letters.
    pub keys: Keys,
    /// By its first letters.
    pub beginnings: Keys,
    /// By its last.
    pub ends: Keys,
    /// By letters inside.
    pub infixes: Infixes,
}

impl Lexicon {
    pub(crate) fn text(&self, text: Text) -> &str {
        self.arena.get(text)
    }

    pub(crate) const fn arena(&self) -> &Arena {
        &self.arena
    }

    pub(crate) fn unit(&self, unit: u32) -> Option<Unit> {
        self.units.get(unit as usize).copied()
    }

    pub(crate) fn finder(&self, finder: u32) -> Option<Finder> {
        self.finders.get(finder as usize).copied()
    }

    pub(crate) fn units(&self) -> usize {
        self.units.len()
    }

    pub(crate) fn finders(&self) -> usize {
        self.finders.len()
    }

    /// `n` words of the pool.
    pub(crate) fn pool_words(&self, at: u32, n: usize) -> impl ExactSizeIterator<Item = &WordRec> + DoubleEndedIterator + Clone {
        let at = at as usize;
        self.pool.get(at..at + n).unwrap_or_default().iter().map(|&w| self.words.get(w as usize).unwrap_or(const { &WordRec::NONE }))
    }

    pub(crate) fn runs(&self, range: Range32) -> &[RunRec] {
        range.of(&self.runs)
    }

    pub(crate) fn exact_units(&self, range: Range32) -> &[u32] {
        range.of(&self.exact_units)
    }

    pub(crate) fn exact(&self, unit: u32) -> Option<&ExactRec> {
        match self.unit(unit)? {
            Unit::Exact(at) => self.exacts.get(at as usize),
            _ => None,
        }
    }

    pub(crate) fn wild(&self, at: u32) -> &[Piece] {
        self.wilds.get(at as usize).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn touch(&self, touch: u16) -> &Touch {
        static NONE: Touch = Touch { before: String::new(), after: String::new(), sign: None };
        self.touches.get(usize::from(touch)).unwrap_or(&NONE)
    }

    /// The set of kinds that a stem relation wants.
    pub(crate) fn kinds(&self, relation: Relation) -> Kinds {
        relation.mask().map_or(0, |m| self.masks.get(m))
    }

    fn shrink(&mut self) {
        self.words.shrink_to_fit();
        self.pool.shrink_to_fit();
        self.exacts.shrink_to_fit();
        self.units.shrink_to_fit();
        self.runs.shrink_to_fit();
        self.exact_units.shrink_to_fit();
        self.finders.shrink_to_fit();
    }

    /// Bytes that it holds.
    pub(crate) fn heap_bytes(&self) -> usize {
        let touches = self.touches.capacity() * size_of::<Touch>();
        let wilds: usize = self.wilds.iter().map(|w| size_of::<Vec<Piece>>() + w.capacity() * (size_of::<Piece>() + 8)).sum();
        self.arena.heap_bytes()
            + self.words.capacity() * size_of::<WordRec>()
            + touches
            + wilds
            + (self.pool.capacity() + self.exact_units.capacity()) * size_of::<u32>()
            + self.exacts.capacity() * size_of::<ExactRec>()
            + self.units.capacity() * size_of::<Unit>()
            + self.runs.capacity() * size_of::<RunRec>()
            + self.finders.capacity() * size_of::<Finder>()
            + self.keys.heap_bytes()
            + self.beginnings.heap_bytes()
            + self.ends.heap_bytes()
            + self.infixes.heap_bytes()
    }
}
