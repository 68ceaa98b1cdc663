//! Which watches an article's words and facts bring.
//!
//! Most watches are a few words or pairs of words: their postings say all that there is to ask, so that such a watch costs nothing of its own.
//! Any other is registered under its cover, and asked when that is there. Must not know: what watches ask beside that.

use super::cover::{Anchor, cover, cover_of_matter};
use super::lexicon::{Finder, Lexicon, Matter, UnitId};
use super::program::{Numbered, Op, Program, Root};
use super::search::Search;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// Where the postings of each unit's slot begin; one more than there are slots.
    starts: Vec<u32>,
    /// A watch and one of the kinds below; after some of them the slot of another unit.
    postings: Vec<u32>,
    /// Facts that bring watches, and these, sorted.
    facts: Vec<(u32, u32)>,
    /// Watches that must be tried on every article.
    scans: Vec<u32>,
}

/// The watch may match.
const MAY: u32 = 0;
/// It matches if the unit has a place.
const MATCHES: u32 = 1 << 30;
/// It may match if the unit in the next number is there too.
const MAY_WITH: u32 = 2 << 30;
/// It matches if the unit in the next number stands right behind this one, or before it ([`BEFORE`]).
const MATCHES_BESIDE: u32 = 3 << 30;
const KIND: u32 = 3 << 30;
const BEFORE: u32 = 1 << 31;

/// A watch as the index wants it: where it begins, and whether its capitals prove nothing in a field set in capitals.
pub(crate) struct Entry {
    pub watch: u32,
    pub root: Root,
    pub acronyms: bool,
}

impl Index {
    /// Registers watches; one that is not among them is never found.
    pub(crate) fn new(program: &Program, lexicon: &Lexicon, entries: impl Iterator<Item = Entry>) -> Self {
        let mut index = Self::default();
        let mut builder = Builder { program, lexicon, list: Vec::new(), facts: Vec::new() };
        for entry in entries {
            if !builder.add(&entry) {
                index.scans.push(entry.watch);
            }
        }
        let Builder { mut list, facts, .. } = builder;
        list.sort_unstable();
        list.dedup();
        index.facts = facts;
        index.facts.sort_unstable();
        index.facts.dedup();
        index.starts = Vec::with_capacity(lexicon.slots() + 1);
        index.postings = Vec::with_capacity(list.iter().map(|p| if p.other == NONE { 1 } else { 2 }).sum());
        let mut list = list.into_iter().peekable();
        for slot in 0..lexicon.slots() as u32 {
            index.starts.push(index.postings.len() as u32);
            while let Some(posting) = list.next_if(|p| p.slot == slot) {
                index.postings.push(posting.watch);
                if posting.other != NONE {
                    index.postings.push(posting.other);
                }
            }
        }
        index.starts.push(index.postings.len() as u32);
        index.facts.shrink_to_fit();
        index.scans.shrink_to_fit();
        index
    }

    /// Watches that match, and those that may: the first may be named twice, the others once, in no order.
    pub(crate) fn candidates(&self, search: &mut Search<'_>, matching: &mut Vec<u32>, found: &mut Vec<u32>) {
        let mut number = 0;
        while let Some(slot) = search.scratch.seen_slot(number) {
            number += 1;
            let (Some(&start), Some(&end)) = (self.starts.get(slot), self.starts.get(slot + 1)) else { continue };
            let mut postings = self.postings.get(start as usize..end as usize).unwrap_or_default().iter();
            while let Some(&posting) = postings.next() {
                let watch = posting & !KIND;
                let may = match posting & KIND {
                    MAY => true,
                    MAY_WITH => postings.next().is_some_and(|&other| search.scratch.has(other as usize)),
                    MATCHES => {
                        if search.stands(slot) {
                            matching.push(watch);
                        }
                        false
                    }
                    _ => {
                        let other = postings.next().copied().unwrap_or(NONE);
                        let there = (other & !BEFORE) as usize;
                        let (first, second) = if other & BEFORE == 0 { (slot, there) } else { (there, slot) };
                        if search.scratch.has(there) && search.stand_beside(first, second) {
                            matching.push(watch);
                        }
                        false
                    }
                };
                if may && search.scratch.first_time(watch) {
                    found.push(watch);
                }
            }
        }
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

const NONE: u32 = u32::MAX;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Posting {
    slot: u32,
    watch: u32,
    other: u32,
}

struct Builder<'a> {
    program: &'a Program,
    lexicon: &'a Lexicon,
    list: Vec<Posting>,
    facts: Vec<(u32, u32)>,
}

impl Builder<'_> {
    /// Registers a watch; false if there is nothing to look it up by.
    fn add(&mut self, entry: &Entry) -> bool {
        let node = self.program.root(entry.root);
        if let Some(clauses) = self.clauses(node).filter(|_| !entry.acronyms) {
            clauses.into_iter().for_each(|matter| self.clause(matter, entry.watch));
            return true;
        }
        let Some(cover) = cover(self.program, self.lexicon, entry.root) else { return false };
        cover.anchors.into_iter().for_each(|anchor| self.anchor(anchor, entry.watch));
        true
    }

    /// The clauses of a watch that asks for one of them anywhere.
    fn clauses(&self, node: Numbered) -> Option<Vec<Matter>> {
        let matter = |(_, step): Numbered| (step.op == Op::Clause).then(|| Matter::unpack(step.arg));
        match node.1.op {
            Op::OneOf | Op::Or => self.program.parts(node).map(matter).collect(),
            _ => matter(node).map(|one| vec![one]),
        }
    }

    fn push(&mut self, unit: UnitId, watch: u32, other: u32) {
        self.list.push(Posting { slot: self.lexicon.slot(unit) as u32, watch, other });
    }

    fn anchor(&mut self, anchor: Anchor, watch: u32) {
        match anchor {
            Anchor::Unit(unit, UnitId::NONE) => self.push(unit, watch | MAY, NONE),
            Anchor::Unit(unit, other) => self.push(unit, watch | MAY_WITH, self.lexicon.slot(other) as u32),
            Anchor::Fact(fact) => self.facts.push((fact, watch)),
        }
    }

    /// A clause that is enough by itself.
    fn clause(&mut self, matter: Matter, watch: u32) {
        let number = match matter {
            Matter::Unit(unit) => return self.push(unit, watch | MATCHES, NONE),
            Matter::Finder(number) => number,
        };
        let cover = cover_of_matter(self.program, self.lexicon, matter);
        let Some(Finder::Phrase { at, n: 2, slop, .. }) = self.lexicon.finder(number) else {
            return cover.anchors.into_iter().for_each(|anchor| self.anchor(anchor, watch));
        };
        let first = self.lexicon.phrase(at, 2).first().map_or(UnitId::NONE, |&w| UnitId(w));
        let stop = self.lexicon.touch(self.lexicon.word(first.0).touch).sign.is_some();
        for anchor in cover.anchors {
            match anchor {
                Anchor::Unit(unit, UnitId::NONE) if slop.get().is_none() => self.push(unit, watch | MATCHES, NONE),
                Anchor::Unit(unit, other) if slop.get().is_none() && !stop => {
                    let before = if unit == first { 0 } else { BEFORE };
                    self.push(unit, watch | MATCHES_BESIDE, self.lexicon.slot(other) as u32 | before);
                }
                anchor => self.anchor(anchor, watch),
            }
        }
    }
}
