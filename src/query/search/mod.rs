//! Looks for what the lexicon holds in one article.
//!
//! [`gather`] walks over the article's words once and notes which units each may stand for; [`finder`] works out the places of a phrase
//! from those notes when a watch asks for them; [`eval`] puts places together as the steps of a watch say. Must not know: names of watches.

mod eval;
mod exact;
mod finder;
mod gather;
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
