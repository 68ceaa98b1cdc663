//! Many short texts in one allocation.
//!
//! Must not know: what the texts are.

use hashbrown::HashTable;
use xxhash_rust::xxh3::xxh3_64;

/// A text of an [`Arena`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Text {
    at: u32,
    len: u32,
}

impl Text {
    pub(crate) const EMPTY: Self = Self { at: 0, len: 0 };
}

/// Texts, each stored once.
#[derive(Debug, Default)]
pub(crate) struct Arena {
    bytes: String,
}

impl Arena {
    pub(crate) fn get(&self, text: Text) -> &str {
        self.bytes.get(text.at as usize..(text.at + text.len) as usize).unwrap_or_default()
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        self.bytes.capacity()
    }

    pub(crate) fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
    }
}

/// Fills an [`Arena`].
#[derive(Debug, Default)]
pub(crate) struct ArenaBuilder {
    pub(crate) arena: Arena,
    known: HashTable<Text>,
}

impl ArenaBuilder {
    pub(crate) fn intern(&mut self, text: &str) -> Text {
        let Self { arena, known } = self;
        let hash = xxh3_64(text.as_bytes());
        if let Some(found) = known.find(hash, |t| arena.get(*t) == text) {
            return *found;
        }
        // Four billion bytes of watches do not fit any machine this runs on; the last text would then be read as empty.
        let new = Text { at: u32::try_from(arena.bytes.len()).unwrap_or(u32::MAX), len: text.len() as u32 };
        arena.bytes.push_str(text);
        known.insert_unique(hash, new, |t| xxh3_64(arena.get(*t).as_bytes()));
        new
    }
}
