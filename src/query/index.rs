//! Which watches an article's words and facts bring: each watch is registered under its cover.
//!
//! Must not know: what watches ask beside their covers.

use super::cover::{Anchor, cover};
use super::lexicon::{Lexicon, UnitId};
use super::program::{Program, Root};
use super::search::Search;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// Where the postings of each unit's slot begin; one more than there are slots.
    starts: Vec<u32>,
    /// Watches; one with the bit [`OTHER`] is followed by the slot of another unit that it needs.
    postings: Vec<u32>,
    /// Facts that bring watches, and these, sorted.
    facts: Vec<(u32, u32)>,
    /// Watches that must be tried on every article.
    scans: Vec<u32>,
}

const OTHER: u32 = 1 << 31;

impl Index {
    pub(crate) fn new(program: &Program, lexicon: &Lexicon, roots: impl Iterator<Item = Root>) -> Self {
        let mut index = Self::default();
        let mut list: Vec<(u32, u32, UnitId)> = Vec::new();
        for (watch, root) in (0..).zip(roots) {
            match cover(program, lexicon, root) {
                None => index.scans.push(watch),
                Some(cover) => list.extend(cover.anchors.into_iter().filter_map(|anchor| match anchor {
                    Anchor::Unit(unit, other) => Some((lexicon.slot(unit) as u32, watch, other)),
                    Anchor::Fact(fact) => {
                        index.facts.push((fact, watch));
                        None
                    }
                })),
            }
        }
        list.sort_unstable();
        list.dedup();
        index.facts.sort_unstable();
        index.facts.dedup();
        index.starts = Vec::with_capacity(lexicon.slots() + 1);
        let mut list = list.into_iter().peekable();
        for slot in 0..lexicon.slots() as u32 {
            index.starts.push(index.postings.len() as u32);
            while let Some((_, watch, other)) = list.next_if(|(s, ..)| *s == slot) {
                if other == UnitId::NONE {
                    index.postings.push(watch);
                } else {
                    index.postings.extend([watch | OTHER, lexicon.slot(other) as u32]);
                }
            }
        }
        index.starts.push(index.postings.len() as u32);
        index.postings.shrink_to_fit();
        index.facts.shrink_to_fit();
        index.scans.shrink_to_fit();
        index
    }

    /// Watches that may match, each once, in no order.
    pub(crate) fn candidates(&self, search: &mut Search<'_>, found: &mut Vec<u32>) {
        let seen = std::mem::take(&mut search.scratch.seen);
        for &slot in &seen {
            let slot = slot as usize;
            let (Some(&start), Some(&end)) = (self.starts.get(slot), self.starts.get(slot + 1)) else { continue };
            let mut postings = self.postings.get(start as usize..end as usize).unwrap_or_default().iter();
            while let Some(&posting) = postings.next() {
                if posting & OTHER != 0 && !postings.next().is_some_and(|&other| search.scratch.has(other as usize)) {
                    continue;
                }
                let watch = posting & !OTHER;
                if search.scratch.first_time(watch) {
                    found.push(watch);
                }
            }
        }
        search.scratch.seen = seen;
        let (meta, words) = (search.meta, search.doc.words());
        for of_one in self.facts.chunk_by(|a, b| a.0 == b.0) {
            let Some(&(fact, _)) = of_one.first() else { continue };
            let test = search.program.test(fact);
            if search.scratch.fact(fact, || test.is_some_and(|t| t.holds(meta, words))) {
                found.extend(of_one.iter().map(|(_, watch)| *watch).filter(|&watch| search.scratch.first_time(watch)));
            }
        }
        found.extend(self.scans.iter().copied().filter(|&watch| search.scratch.first_time(watch)));
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        (self.starts.capacity() + self.postings.capacity() + self.scans.capacity()) * 4 + self.facts.capacity() * 8
    }
}
