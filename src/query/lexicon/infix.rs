//! Pieces of wildcards that stand inside a word, all looked for at once.
//!
//! Must not know: articles.

use super::record::UnitId;
use aho_corasick::AhoCorasick;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Infixes {
    automaton: Option<AhoCorasick>,
    units: Vec<UnitId>,
}

impl Infixes {
    pub(super) fn new(pieces: Vec<(String, UnitId)>) -> Self {
        if pieces.is_empty() {
            return Self::default();
        }
        let (texts, units): (Vec<_>, Vec<_>) = pieces.into_iter().unzip();
        // It fails for more than two billion states only, and a query is at most 10 kB.
        Self { automaton: AhoCorasick::new(texts).ok(), units }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.automaton.is_none()
    }

    /// The units of the pieces that stand in a word.
    pub(crate) fn find<'a>(&'a self, word: &'a str) -> impl Iterator<Item = UnitId> + 'a {
        self.automaton.iter().flat_map(move |a| a.find_overlapping_iter(word)).filter_map(|m| self.units.get(m.pattern().as_usize()).copied())
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        self.automaton.as_ref().map_or(0, AhoCorasick::memory_usage) + self.units.capacity() * size_of::<UnitId>()
    }
}
