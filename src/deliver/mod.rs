//! The way out: claim from the outbox, send, settle. One file per sink; the sink's own back-off; dead letters.
//!
//! Must not know: feeds, matching, stories, SQL.

mod backoff;
mod line;
mod retry;
mod sign;

pub use line::{Columns, Style, line};
pub use sign::fresh_secret;
