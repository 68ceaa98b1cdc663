//! What the worker asks of a sink, and what it gets told.
//!
//! Must not know: the outbox, how one sink differs from another.

use crate::store::Delivery;
use jiff::Timestamp;
use std::future::Future;
use std::time::Duration;

/// One way out.
pub(super) trait Outlet: Send {
    /// Deliveries to claim at a time.
    fn most(&self) -> usize;

    /// Sends as many of `batch`, from its beginning, as it takes at once; at least one of them, unless there is trouble. `batch` is
    /// never empty.
    fn send(&mut self, batch: &[Delivery], now: Timestamp) -> impl Future<Output = Report> + Send;
}

/// How far it came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Report {
    /// One for each delivery that was dealt with, from the first on.
    pub verdicts: Vec<Verdict>,
    /// What stopped it at the next one.
    pub trouble: Option<Trouble>,
}

/// How one delivery went. Each of these shows that the sink is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It arrived.
    Sent,
    /// Refused, and why. It may be taken later.
    Refused(String),
    /// It can never be sent, and why.
    Unsendable(String),
}

/// Why nothing goes through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The sink is out: the same is tried again, by the sink's back-off.
    Down {
        /// In words.
        reason: String,
        /// How long it asks us to stay away.
        asked: Option<Duration>,
        /// It was there and broke over this delivery, perhaps *because* of it: an error or silence instead of an answer.
        broke: bool,
    },
    /// No space: the same is tried again every two seconds.
    Full(String),
    /// It will never take anything again (410).
    Gone(String),
}

impl Report {
    pub fn sent(n: usize) -> Self {
        Self { verdicts: vec![Verdict::Sent; n], trouble: None }
    }

    pub fn one(verdict: Verdict) -> Self {
        Self { verdicts: vec![verdict], trouble: None }
    }

    pub fn trouble(trouble: Trouble) -> Self {
        Self { verdicts: Vec::new(), trouble: Some(trouble) }
    }
}

impl Trouble {
    /// Out, without an answer.
    pub fn down(reason: impl Into<String>) -> Self {
        Self::Down { reason: reason.into(), asked: None, broke: false }
    }

    pub fn reason(&self) -> &str {
        match self {
            Self::Down { reason, .. } | Self::Full(reason) | Self::Gone(reason) => reason,
        }
    }
}
