//! What is kept: feeds and what they published, what watches found in it, what was decided, and what is still to be delivered.
//!
//! `Store` speaks intents, not SQL: no transaction, driver type or clock crosses its face, so that another backend can stand behind it
//! and pass the same suite (`tests/store_conformance.rs`). Three promises carry the whole daemon: a poll is one transaction, a decision
//! is one transaction, and nothing is visible outside before it is on the disk.
//!
//! Must not know: HTTP, feeds' formats, how a hit is found or an alert decided, which sinks exist.

mod delivery;
mod error;
#[cfg(feature = "fault-controls")]
pub mod fault;
mod feed;
mod handle;
mod options;
mod reader;
mod report;
mod say;
mod sqlite;

pub use delivery::{Delivery, OutboxFilter, OutboxLine, Outcome, RowState, Settled, SinkBacklog, SinkState};
pub use error::{OpenError, StoreError};
pub use feed::{Committed, FeedHealth, FeedRow, FeedState, MatchedHit, PollOutcome, PolledEntry, Validators, What};
pub use handle::Store;
pub use options::Options;
pub use reader::Reader;
pub use report::{AlertFilter, AlertLine, ArticleInfo, Event, FeedLine, Found, Pruned, StoryInfo, Subject, Summary};
pub use sqlite::{LockInfo, lock_holder};
