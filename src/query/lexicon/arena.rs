//! Many short texts in one allocation.
//!
//! Must not know: what the texts are.

use hashbrown::HashTable;
use xxhash_rust::xxh3::xxh3_64;

/// Texts behind one another.
#[derive(Debug, Default)]
pub(crate) struct Arena {
    bytes: String,
}

impl Arena {
    #[inline]
    pub(crate) fn get(&self, at: u32, len: usize) -> &str {
        self.bytes.get(at as usize..at as usize + len).unwrap_or_default()
    }

    /// Adds a text; answers where it begins. Four billion bytes of watches fit no machine that this runs on.
    pub(crate) fn push(&mut self, text: &str) -> u32 {
        let at = u32::try_from(self.bytes.len()).unwrap_or(u32::MAX);
        self.bytes.push_str(text);
        at
    }

    /// Where the next text will begin.
    pub(crate) const fn end(&self) -> u32 {
        self.bytes.len() as u32
    }

    pub(crate) const fn heap_bytes(&self) -> usize {
        self.bytes.capacity()
    }

    pub(crate) fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
    }
}

/// Fills an [`Arena`], each text once.
#[derive(Debug, Default)]
pub(crate) struct Interner {
    pub(crate) arena: Arena,
    known: HashTable<(u32, u32)>,
}

impl Interner {
    /// Where the text begins.
    pub(crate) fn intern(&mut self, text: &str) -> u32 {
        let Self { arena, known } = self;
        let hash = xxh3_64(text.as_bytes());
        if let Some((at, _)) = known.find(hash, |&(at, len)| arena.get(at, len as usize) == text) {
            return *at;
        }
        let at = arena.push(text);
        known.insert_unique(hash, (at, text.len() as u32), |&(at, len)| xxh3_64(arena.get(at, len as usize).as_bytes()));
        at
    }
}
