//! From folded letters to the units that they may stand for.
//!
//! No letters are stored a second time: an entry of the table is a unit and how its letters are changed. Anyone can make two words of one hash,
//! so whoever uses a link compares the letters ([`Lexicon::is_spelled`]) before it counts. Must not know: articles.

use super::record::{Relation, UnitId};
use super::{Filter, Lexicon, first_letters};
use crate::text::endings::Script;
use crate::text::hash;
use hashbrown::{HashMap, HashTable};

/// A unit that is looked up, in eight bytes: `tag` = bits of the hash that the table does not look at.
#[derive(Debug, Clone, Copy)]
struct Entry {
    unit: UnitId,
    relation: u16,
    tag: u16,
}

const fn tag(spread: u64) -> u16 {
    (spread >> 40) as u16
}

/// Units and how what is looked up stands for them.
#[derive(Debug, Default)]
pub(crate) struct Links {
    table: HashTable<Entry>,
    relations: Vec<Relation>,
    /// Hashes of all that is looked up.
    all: Filter,
    /// First letters of what takes endings: four, and of stems of three letters three.
    pub(crate) stems: Filter,
    pub(crate) short_stems: Option<Filter>,
    /// Beginnings of whatever may be found in two words: what a pair's first word may be.
    pub(crate) halves: Filter,
    /// Is there anything after `=`, any acronym?
    pub(crate) any_exact: bool,
    pub(crate) any_head: bool,
}

/// A unit that letters with a certain hash may stand for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Link<'a> {
    pub unit: UnitId,
    pub relation: &'a Relation,
    /// The number of the relation.
    pub number: u16,
}

impl Links {
    /// Units for which letters with this [`hash::hash`] may stand; their letters are still to be compared.
    #[inline]
    pub(crate) fn with_hash(&self, polynomial: u64) -> impl Iterator<Item = Link<'_>> {
        let spread = hash::spread(polynomial);
        let may = self.all.may_contain(spread);
        may.then(|| self.table.iter_hash(spread)).into_iter().flatten().filter(move |e| e.tag == tag(spread)).filter_map(|e| {
            let relation = self.relations.get(usize::from(e.relation))?;
            Some(Link { unit: e.unit, relation, number: e.relation })
        })
    }

    pub(crate) fn relation(&self, number: u16) -> Option<&Relation> {
        self.relations.get(usize::from(number))
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        self.table.allocation_size()
            + self.relations.capacity() * size_of::<Relation>()
            + self.all.heap_bytes()
            + self.stems.heap_bytes()
            + self.short_stems.as_ref().map_or(0, Filter::heap_bytes)
            + self.halves.heap_bytes()
    }
}

impl Lexicon {
    /// Are these the letters by which a unit is looked up in this relation?
    pub(crate) fn is_spelled(&self, unit: UnitId, relation: &Relation, letters: &str) -> bool {
        let Some(mut rest) = relation.append.map_or(Some(letters), |c| letters.strip_suffix(c)) else { return false };
        if unit.is_word() && relation.drop == 0 {
            return self.text(self.word(unit.0)) == rest;
        }
        let mut missing = 0;
        for piece in self.spelling(unit) {
            if let Some(after) = rest.strip_prefix(piece) {
                rest = after;
            } else {
                let Some(left) = piece.strip_prefix(rest) else { return false };
                missing += left.chars().count();
                rest = "";
            }
        }
        rest.is_empty() && missing == usize::from(relation.drop)
    }
}

/// Collects links.
#[derive(Debug, Default)]
pub(super) struct LinksBuilder {
    entries: Vec<(u64, Entry)>,
    relations: Vec<Relation>,
    numbers: HashMap<Relation, u16>,
    /// Beginnings that pairs may have; first letters of stems.
    halves: Vec<u64>,
    stems: Vec<u64>,
    short_stems: Vec<u64>,
}

impl LinksBuilder {
    /// `letters`: those that are looked up.
    pub(super) fn add(&mut self, letters: &str, unit: UnitId, relation: Relation) {
        let next = self.relations.len() as u16;
        let number = *self.numbers.entry(relation).or_insert_with(|| {
            self.relations.push(relation);
            next
        });
        let pairs = relation.whole || relation.kinds != 0;
        let mut hash = 0;
        for (at, c) in letters.char_indices() {
            if pairs && at > 0 {
                self.halves.push(hash::spread(hash));
            }
            hash = hash::push(hash, c);
        }
        if relation.kinds != 0 && letters.chars().next().and_then(Script::of).is_some() {
            match first_letters(letters, 4) {
                Some(first) => self.stems.push(first),
                None => self.short_stems.extend(first_letters(letters, 3)),
            }
        }
        let spread = hash::spread(hash);
        self.entries.push((spread, Entry { unit, relation: number, tag: tag(spread) }));
    }

    pub(super) fn build(mut self) -> Links {
        let mut table = HashTable::with_capacity(self.entries.len());
        let mut all = Filter::with_room(self.entries.len());
        for (spread, entry) in &self.entries {
            all.insert(*spread);
            // There is room for all of them: nothing is ever hashed again.
            table.insert_unique(*spread, *entry, |_| 0);
        }
        let filter = |entries: &mut Vec<u64>| {
            let mut filter = Filter::with_room(entries.len());
            entries.iter().for_each(|e| filter.insert(*e));
            filter
        };
        self.relations.shrink_to_fit();
        Links {
            table,
            all,
            stems: filter(&mut self.stems),
            short_stems: (!self.short_stems.is_empty()).then(|| filter(&mut self.short_stems)),
            halves: filter(&mut self.halves),
            any_exact: self.relations.iter().any(|r| r.exact),
            any_head: self.relations.iter().any(|r| r.head),
            relations: self.relations,
        }
    }
}
