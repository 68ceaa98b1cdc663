//! From folded letters to the units that they may stand for.
//!
//! Must not know: articles. Anyone can make two words of one hash, so the letters are compared on every hit.

use super::arena::{Arena, ArenaBuilder, Text};
use super::record::Relation;
use crate::text::hash;
use hashbrown::HashTable;

/// A unit that a key is looked up for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Link {
    pub unit: u32,
    pub relation: Relation,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    tag: u32,
    key: u32,
}

#[derive(Debug, Clone, Copy)]
struct Key {
    text: Text,
    /// Its first link; those of the next key begin where its own end.
    links: u32,
}

/// Keys and what they are looked up for.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    table: HashTable<Slot>,
    keys: Vec<Key>,
    links: Vec<Link>,
    /// Bit n: a key of n letters (bit 63: of 63 or more).
    lengths: u64,
}

/// The number of letters as a bit of [`Keys::lengths`].
pub(crate) fn length_bit(letters: usize) -> u64 {
    1 << letters.min(63)
}

const fn tag(spread: u64) -> u32 {
    (spread >> 16) as u32
}

impl Keys {
    pub(crate) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    pub(crate) fn has_length(&self, letters: usize) -> bool {
        self.lengths & length_bit(letters) != 0
    }

    /// The units of the key whose [`hash::hash`] this is and whose letters satisfy `same`.
    #[inline]
    pub(crate) fn find(&self, arena: &Arena, polynomial: u64, same: impl Fn(&str) -> bool) -> &[Link] {
        let spread = hash::spread(polynomial);
        let text = |slot: &Slot| self.keys.get(slot.key as usize).map_or("", |key| arena.get(key.text));
        match self.table.find(spread, |slot| slot.tag == tag(spread) && same(text(slot))) {
            Some(slot) => self.links_of(slot.key),
            None => &[],
        }
    }

    fn links_of(&self, key: u32) -> &[Link] {
        let end = self.keys.get(key as usize + 1).map_or(self.links.len(), |next| next.links as usize);
        self.keys.get(key as usize).and_then(|k| self.links.get(k.links as usize..end)).unwrap_or_default()
    }

    /// All keys, with their units.
    pub(crate) fn iter<'a>(&'a self, arena: &'a Arena) -> impl Iterator<Item = (&'a str, &'a [Link])> {
        self.keys.iter().zip(0..).map(|(key, n)| (arena.get(key.text), self.links_of(n)))
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        self.table.allocation_size() + self.keys.capacity() * size_of::<Key>() + self.links.capacity() * size_of::<Link>()
    }
}

/// Fills [`Keys`].
#[derive(Debug, Default)]
pub(crate) struct KeysBuilder {
    table: HashTable<Slot>,
    texts: Vec<Text>,
    links: Vec<(u32, Link)>,
    lengths: u64,
}

impl KeysBuilder {
    pub(crate) fn add(&mut self, texts: &mut ArenaBuilder, text: &str, unit: u32, relation: Relation) {
        let spread = hash::spread(hash::hash(text));
        let same = |slot: &Slot| slot.tag == tag(spread) && self.texts.get(slot.key as usize).is_some_and(|t| texts.arena.get(*t) == text);
        let key = match self.table.find(spread, same) {
            Some(slot) => slot.key,
            None => {
                let key = self.texts.len() as u32;
                self.texts.push(texts.intern(text));
                self.lengths |= length_bit(text.chars().count());
                let all = &self.texts;
                let rehash = |slot: &Slot| hash::spread(hash::hash(all.get(slot.key as usize).map_or("", |t| texts.arena.get(*t))));
                self.table.insert_unique(spread, Slot { tag: tag(spread), key }, rehash);
                key
            }
        };
        self.links.push((key, Link { unit, relation }));
    }

    pub(crate) fn build(mut self, arena: &Arena) -> Keys {
        self.links.sort_unstable();
        self.links.dedup();
        let mut links = self.links.iter().enumerate().peekable();
        let mut keys = Vec::with_capacity(self.texts.len());
        for (key, text) in self.texts.iter().enumerate() {
            let first = links.peek().map_or(self.links.len(), |(at, _)| *at) as u32;
            while links.next_if(|(_, (k, _))| *k as usize == key).is_some() {}
            keys.push(Key { text: *text, links: first });
        }
        let rehash = |slot: &Slot| hash::spread(hash::hash(keys.get(slot.key as usize).map_or("", |k| arena.get(k.text))));
        self.table.shrink_to_fit(rehash);
        Keys { table: self.table, links: self.links.into_iter().map(|(_, link)| link).collect(), keys, lengths: self.lengths }
    }
}
