//! What the loop asks of the store, for one sink.

use crate::store::{Delivery, Outcome, Settled, SinkState, Store, StoreError};
use jiff::Timestamp;
use std::future::Future;

/// One sink's rows.
pub(super) trait Outbox: Send + Sync {
    /// Takes at most `n`, in order.
    fn claim(&self, n: usize, now: Timestamp) -> impl Future<Output = Result<Vec<Delivery>, StoreError>> + Send;
    /// Records how they went.
    fn settle(&self, settled: Vec<(i64, Outcome)>) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// Records how the sink is doing.
    fn state(&self, state: SinkState, since: Timestamp, reason: Option<String>) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// Is the store itself waiting for disk space, and telling so?
    fn waits(&self) -> bool;
}

/// In the store.
#[derive(Debug)]
pub(super) struct StoreOutbox {
    store: Store,
    sink: String,
    full: tokio::sync::watch::Receiver<Option<String>>,
}

impl StoreOutbox {
    pub fn new(store: Store, sink: String) -> Self {
        Self { full: store.full(), store, sink }
    }
}

impl Outbox for StoreOutbox {
    async fn claim(&self, n: usize, now: Timestamp) -> Result<Vec<Delivery>, StoreError> {
        self.store.claim(&self.sink, n, now).await
    }

    async fn settle(&self, settled: Vec<(i64, Outcome)>) -> Result<(), StoreError> {
        let settled = settled.into_iter().map(|(seq, outcome)| Settled { sink: self.sink.clone(), seq, outcome }).collect();
        self.store.settle(settled).await
    }

    async fn state(&self, state: SinkState, since: Timestamp, reason: Option<String>) -> Result<(), StoreError> {
        self.store.sink_state(&self.sink, state, since, reason).await
    }

    fn waits(&self) -> bool {
        self.full.borrow().is_some()
    }
}
