//! Whom to tell, when, and why not. Pure: hits and waits that are over go in, a [`Decision`] comes out, nothing is changed.
//!
//! Must not know: a clock (`now` is an argument), the store, feeds, sinks' transports.

mod body;
mod decide;
mod policy;
mod types;

pub use body::{ALSO_IN, BODY_BYTES, also_in, created};
pub use decide::decide;
pub use policy::{AlertAge, FeedPolicy, Policy, SinkPolicy, WatchPolicy};
pub use types::{Candidate, Decision, FiredWait, NewAlert, Reason, Undecided, UndecidedHit, Wait};
