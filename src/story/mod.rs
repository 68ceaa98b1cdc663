//! Which story an article belongs to. Pure: it proposes, and whoever asked applies the proposal once it is committed.
//!
//! Here a story is identity: the same entry of the same feed, or the same canonical URL in another one. Must not know: feeds' formats,
//! watches, the store, a clock.

mod identity;

pub use identity::{Batch, UrlKey};
