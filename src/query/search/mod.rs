//! Looks for what the lexicon holds in one article.
//!
//! `gather` walks over the article's words once and notes which units each may stand for; [`look`] works out the places of a word or a
//! phrase from those notes when a watch asks for them; [`eval`] puts places together as the steps of a watch say. Must not know: names of
//! watches.

mod eval;
mod exact;
mod gather;
mod letters;
mod look;
mod phrase;
mod place;
mod prox;
mod scratch;
mod word;

pub(crate) use eval::{Scope, Search};
pub(crate) use gather::gather;
pub(crate) use place::Place;
pub(crate) use scratch::Scratch;
pub(crate) use word::{lowered, one_edit};

/// The work that one watch, or one article, may cost is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spent;

/// Work that may still be done.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fuel(pub u64);

impl Fuel {
    #[inline]
    pub(crate) fn burn(&mut self, steps: usize) -> Result<(), Spent> {
        self.0 = self.0.checked_sub(steps as u64).ok_or(Spent)?;
        Ok(())
    }
}
