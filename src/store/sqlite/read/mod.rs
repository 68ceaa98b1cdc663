//! Every question, one function each: the daemon's readers and the commands ask the same ones.
//!
//! Each is asked within one snapshot (`failure::ask`).

mod alerts;
mod articles;
mod events;
mod feeds;
mod find;
mod outbox;
mod summary;
mod undecided;

pub use alerts::{alert, alerts};
pub use articles::{archive, article};
pub use events::events;
pub use feeds::feeds;
pub use find::{by_prefix, by_url, story};
pub use outbox::{backlog, outbox};
pub use summary::summary;
pub use undecided::undecided;
