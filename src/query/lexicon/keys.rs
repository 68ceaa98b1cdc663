//! What is looked up by its first or its last letters: `$n`, `*`, `~1`, wildcards.
//!
//! Must not know: articles. Anyone can make two words of one hash, so the letters are compared on every hit.

use super::arena::{Arena, Interner};
use super::record::UnitId;
use crate::text::hash;
use hashbrown::HashTable;

#[derive(Debug, Clone, Copy)]
struct Key {
    at: u32,
    len: u32,
    /// Its first unit; those of the next key begin where its own end.
    units: u32,
}

/// Keys and the units they are looked up for.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    arena: Arena,
    table: HashTable<u32>,
    keys: Vec<Key>,
    units: Vec<UnitId>,
    /// Bit n: a key of n letters (bit 63: of 63 or more).
    lengths: u64,
}

/// The number of letters as a bit of [`Keys::lengths`].
const fn length_bit(letters: usize) -> u64 {
    1 << if letters < 63 { letters } else { 63 }
}

impl Keys {
    pub(crate) const fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    pub(crate) const fn has_length(&self, letters: usize) -> bool {
        self.lengths & length_bit(letters) != 0
    }

    /// The units of the key that is `letters`, whose [`hash::hash`] this is.
    pub(crate) fn find(&self, polynomial: u64, letters: &str) -> &[UnitId] {
        let same = |n: &u32| self.keys.get(*n as usize).is_some_and(|key| self.arena.get(key.at, key.len as usize) == letters);
        match self.table.find(hash::spread(polynomial), same) {
            Some(&n) => {
                let end = self.keys.get(n as usize + 1).map_or(self.units.len(), |next| next.units as usize);
                self.keys.get(n as usize).and_then(|key| self.units.get(key.units as usize..end)).unwrap_or_default()
            }
            None => &[],
        }
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        self.arena.heap_bytes() + self.table.allocation_size() + self.keys.capacity() * size_of::<Key>() + self.units.capacity() * size_of::<UnitId>()
    }
}

/// Collects [`Keys`].
#[derive(Debug, Default)]
pub(super) struct KeysBuilder {
    texts: Interner,
    /// (where the key's letters begin, their bytes, unit)
    entries: Vec<(u32, u32, UnitId)>,
    lengths: u64,
}

impl KeysBuilder {
    pub(super) fn add(&mut self, letters: &str, unit: UnitId) {
        let at = self.texts.intern(letters);
        self.lengths |= length_bit(letters.chars().count());
        self.entries.push((at, letters.len() as u32, unit));
    }

    pub(super) fn build(mut self) -> Keys {
        self.entries.sort_unstable();
        self.entries.dedup();
        let arena = self.texts.arena;
        let mut keys: Vec<Key> = Vec::new();
        let mut units = Vec::with_capacity(self.entries.len());
        for (at, len, unit) in self.entries {
            if keys.last().is_none_or(|key| (key.at, key.len) != (at, len)) {
                keys.push(Key { at, len, units: units.len() as u32 });
            }
            units.push(unit);
        }
        let hash_of = |n: &u32| hash::spread(hash::hash(keys.get(*n as usize).map_or("", |key| arena.get(key.at, key.len as usize))));
        let mut table = HashTable::with_capacity(keys.len());
        for n in 0..keys.len() as u32 {
            table.insert_unique(hash_of(&n), n, hash_of);
        }
        Keys { arena, table, keys, units, lengths: self.lengths }
    }
}
