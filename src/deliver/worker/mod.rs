//! One sink's loop: claim → send → settle.
//!
//! Each sink has its own, so that none waits for another. The store is the only hand-over: whatever happens between claim and settle,
//! the row is still there, and is sent again with the same key (at least once).
//!
//! Must not know: how a sink sends, SQL.

mod outbox;
mod run;
#[cfg(test)]
mod tests;

use super::Sink;
use super::sinks::Opened;
use crate::fetch::Fetcher;
use crate::store::{Store, StoreError};
use crate::telemetry::Beat;
use jiff::Timestamp;
use outbox::StoreOutbox;
use run::{Course, Settings};
use std::sync::Arc;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// What a sink's loop needs.
#[allow(missing_debug_implementations)] // a client and a clock show nothing
pub struct Worker<C = fn() -> Timestamp> {
    /// The sink.
    pub sink: Arc<Sink>,
    /// Where its rows wait.
    pub store: Store,
    /// For webhooks.
    pub fetcher: Fetcher,
    /// There may be new rows. A lost wake costs fifteen seconds at most.
    pub wake: Arc<Notify>,
    /// Finish the send in flight (at most five seconds) and return. What is not sent stays in the outbox.
    pub stop: CancellationToken,
    /// The wall clock.
    pub clock: C,
    /// Says that the loop moves, every ten seconds; waiting for an outage to end or for disk space counts.
    pub beat: Beat,
    /// Return once nothing is due or the sink has failed once; rows stay.
    pub once: bool,
}

/// How a loop ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ended {
    /// Deliveries made.
    pub sent: u64,
    /// Why the sink took no more, when it failed (`once`).
    pub trouble: Option<String>,
}

/// Delivers one sink's rows until `stop` (or, with `once`, until there is nothing more to do).
///
/// # Errors
/// The store's, when it works no more: the daemon has to end. Nothing is lost by it.
pub async fn worker<C>(worker: Worker<C>) -> Result<Ended, StoreError>
where
    C: Fn() -> Timestamp + Send + Sync,
{
    let Worker { sink, store, fetcher, wake, stop, clock, beat, once } = worker;
    let outlet = Opened::new(&sink, fetcher);
    let outbox = StoreOutbox::new(store, sink.name.clone());
    let settings = Settings { name: sink.name.clone(), timeout: sink.timeout, rate: sink.rate, on_unknown: sink.on_unknown, once };
    Course::new(settings, outbox, outlet, wake, stop, clock, beat).run().await
}
