//! From folded letters to the units that they may stand for.
//!
//! No letters are stored a second time: an entry of the table is a unit and how its letters are changed, and the letters are compared on
//! every hit, since anyone can make two words of one hash. Must not know: articles.

use super::record::{Relation, UnitId};
use super::{Filter, Lexicon, first_letters};
use crate::text::endings::Script;
use crate::text::hash;
use hashbrown::{HashMap, HashTable};

/// Units and how what is looked up stands for them.
#[derive(Debug, Default)]
pub(crate) struct Links {
    table: HashTable<u32>,
    units: Vec<UnitId>,
    relations: Vec<u16>,
    kinds_of_relation: Vec<Relation>,
    /// First letters of what takes endings: four, and of stems of three letters three.
    pub(crate) stems: Filter,
    pub(crate) short_stems: Option<Filter>,
    /// Beginnings of whatever may be found in two words: what a pair's first word may be.
    pub(crate) halves: Filter,
    /// Is there anything after `=`, any acronym?
    pub(crate) any_exact: bool,
    pub(crate) any_head: bool,
}

/// A unit that was looked up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Link<'a> {
    pub unit: UnitId,
    pub relation: &'a Relation,
}

impl Lexicon {
    /// Units for which letters with this [`hash::hash`] may stand; their letters are still to be compared.
    #[inline]
    pub(crate) fn links_with_hash(&self, polynomial: u64) -> impl Iterator<Item = Link<'_>> {
        let links = &self.links;
        links.table.iter_hash(hash::spread(polynomial)).filter_map(move |&n| {
            let relation = links.kinds_of_relation.get(usize::from(*links.relations.get(n as usize)?))?;
            Some(Link { unit: *links.units.get(n as usize)?, relation })
        })
    }

    /// The units for which letters with this [`hash::hash`] stand; `letters` are asked for only if there may be one.
    #[inline]
    pub(crate) fn links<'a>(&'a self, polynomial: u64, letters: impl Fn() -> &'a str + 'a) -> impl Iterator<Item = Link<'a>> + 'a {
        self.links_with_hash(polynomial).filter(move |link| self.is_spelled(link.unit, link.relation, letters()))
    }

    /// Are these the letters by which a unit is looked up in this relation?
    pub(crate) fn is_spelled(&self, unit: UnitId, relation: &Relation, letters: &str) -> bool {
        let Some(mut rest) = relation.append.map_or(Some(letters), |c| letters.strip_suffix(c)) else { return false };
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

impl Links {
    pub(crate) fn heap_bytes(&self) -> usize {
        self.table.allocation_size()
            + self.units.capacity() * size_of::<UnitId>()
            + self.relations.capacity() * 2
            + self.kinds_of_relation.capacity() * size_of::<Relation>()
            + self.stems.heap_bytes()
            + self.short_stems.as_ref().map_or(0, Filter::heap_bytes)
            + self.halves.heap_bytes()
    }
}

/// Collects links.
#[derive(Debug, Default)]
pub(super) struct LinksBuilder {
    hashes: Vec<u64>,
    units: Vec<UnitId>,
    relations: Vec<u16>,
    kinds_of_relation: Vec<Relation>,
    numbers: HashMap<Relation, u16>,
    /// Beginnings that pairs may have; first letters of stems.
    halves: Vec<u64>,
    stems: Vec<u64>,
    short_stems: Vec<u64>,
}

impl LinksBuilder {
    /// `letters`: those that are looked up.
    pub(super) fn add(&mut self, letters: &str, unit: UnitId, relation: Relation) {
        let next = self.kinds_of_relation.len() as u16;
        let number = *self.numbers.entry(relation).or_insert_with(|| {
            self.kinds_of_relation.push(relation);
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
        self.hashes.push(hash::spread(hash));
        self.units.push(unit);
        self.relations.push(number);
    }

    pub(super) fn build(mut self) -> Links {
        let mut table = HashTable::with_capacity(self.units.len());
        for (n, hash) in self.hashes.iter().enumerate() {
            table.insert_unique(*hash, n as u32, |n: &u32| self.hashes.get(*n as usize).copied().unwrap_or(0));
        }
        let filter = |entries: &mut Vec<u64>| {
            let mut filter = Filter::with_room(entries.len());
            entries.iter().for_each(|e| filter.insert(*e));
            filter
        };
        self.units.shrink_to_fit();
        self.relations.shrink_to_fit();
        Links {
            table,
            stems: filter(&mut self.stems),
            short_stems: (!self.short_stems.is_empty()).then(|| filter(&mut self.short_stems)),
            halves: filter(&mut self.halves),
            any_exact: self.kinds_of_relation.iter().any(|r| r.exact),
            any_head: self.kinds_of_relation.iter().any(|r| r.head),
            units: self.units,
            relations: self.relations,
            kinds_of_relation: self.kinds_of_relation,
        }
    }
}
