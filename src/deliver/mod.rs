//! The way out: claim from the outbox, send, settle. The sink, not the alert, backs off; what one sink refuses becomes a dead letter;
//! no sink waits for another.
//!
//! Must not know: feeds, matching, stories, SQL, the wall clock (it is handed one).

mod backoff;
mod line;
mod outlet;
mod pace;
mod retry;
mod say;
mod sign;
mod sink;
mod sinks;
mod suspects;
mod test;
mod worker;

pub use line::{Columns, Style, line, outlets};
pub use sign::fresh_secret;
pub use sink::{Sink, check, compile};
pub use test::test;
pub use worker::{Ended, Worker, worker};
