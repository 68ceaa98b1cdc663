//! *Pure*: when to poll next. [`Schedule`] says whose turn it is, [`next_due`] when a feed's next turn comes.
//!
//! Must not know: what a feed or a request is (a feed is a number, a host a name), any clock, I/O.

mod clock;
mod host;
mod queue;
mod rhythm;

pub use queue::Schedule;
pub use rhythm::{Outcome, Timing, every, next_due, restored, spread};
