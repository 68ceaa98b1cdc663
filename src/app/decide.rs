//! Station 2: undecided hits and waits that are over become stories, alerts and reasons, one transaction a batch.

use super::clock::now;
use super::live::Shared;
use super::tasks::unless;
use crate::alert::{self, Candidate, Undecided};
use crate::feed::canonical_url;
use crate::store::{Store, StoreError};
use crate::story::{Batch, UrlKey};
use crate::telemetry::Beat;
use jiff::Timestamp;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// Hits of one transaction.
const BATCH: usize = 500;
/// Covers a wake that was lost.
const TICK: Duration = Duration::from_secs(5);

/// Decides whatever there is until `stop`.
///
/// # Errors
/// When the store fails for good.
pub async fn run(shared: Arc<Shared>, store: Store, wake_sinks: Arc<Notify>, beat: Beat, stop: CancellationToken) -> Result<(), StoreError> {
    while !stop.is_cancelled() {
        beat.beat();
        // A decision that a stop interrupts is recorded whole or not at all; on a full disk it would never end.
        let Some(next) = unless(&stop, while_waiting(&store, &beat, decide_all(&shared, &store, &wake_sinks, now(), Some(&beat)))).await else {
            break;
        };
        let next = next?;
        let sleep = next.map_or(TICK, |at| Duration::try_from(at.duration_since(now())).unwrap_or(Duration::ZERO).min(TICK));
        tokio::select! {
            () = stop.cancelled() => {}
            () = shared.undecided.notified() => {}
            () = tokio::time::sleep(sleep) => {}
        }
    }
    Ok(())
}

/// Decides everything that is undecided, and every wait that is over by `until`. Says when the next wait is over.
///
/// # Errors
/// When the store fails for good.
pub async fn decide_all(
    shared: &Shared,
    store: &Store,
    wake_sinks: &Notify,
    until: Timestamp,
    beat: Option<&Beat>,
) -> Result<Option<Timestamp>, StoreError> {
    loop {
        // A backlog takes many batches, each of them progress.
        beat.inspect(|beat| beat.beat());
        let undecided = store.undecided(until, BATCH).await?;
        let policy = shared.rules.read().await.policy.clone();
        if undecided.hits.is_empty() && undecided.fired.is_empty() {
            return Ok(undecided.next_wait);
        }
        let decision = decision(&policy, &undecided);
        let alerts = decision.alerts.len();
        store.decide(decision).await?;
        if alerts > 0 {
            shared.figures.alerts.fetch_add(alerts as u64, Ordering::Relaxed);
            wake_sinks.notify_waiters();
        }
    }
}

fn decision(policy: &alert::Policy, undecided: &Undecided) -> alert::Decision {
    let mut stories = Batch::default();
    let candidates: Vec<Candidate> = undecided
        .hits
        .iter()
        .map(|hit| {
            let url = hit.article.link.as_deref().and_then(canonical_url).map(|url| UrlKey::of(&url));
            Candidate { hit: hit.clone(), story: stories.propose(hit.article_id, url, hit.story) }
        })
        .collect();
    alert::decide(now(), policy, &candidates, &undecided.fired)
}

/// Runs `work`; while the store waits for disk space, waiting counts as progress.
pub async fn while_waiting<T>(store: &Store, beat: &Beat, work: impl Future<Output = T>) -> T {
    tokio::pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return done,
            () = tokio::time::sleep(TICK) => if store.full().borrow().is_some() { beat.beat() },
        }
    }
}
