//! The words of query text, as `text` reads words: one place that knows both.
//!
//! Must not know: grammar, articles.

use crate::text;

pub(crate) use crate::text::{fold, is_apostrophe, is_cjk};

/// The zero-width non-joiner.
pub(crate) const ZWNJ: char = '\u{200c}';
