//! Housekeeping: the watchdog is fed while every loop moves, and what has outlived its time is pruned.

use super::clock::now;
use super::tasks::unless;
use crate::store::Store;
use crate::telemetry::{Event, Progress, Systemd};
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Without a watchdog, loops that do not move are still told.
const LOOK: Duration = Duration::from_secs(10);
/// Between two prunings.
const PRUNE: Duration = Duration::from_secs(600);
/// At most one line a minute about a full disk, or loops that are stuck.
const SAY: Duration = Duration::from_secs(60);

/// Feeds the watchdog until `stop`.
pub async fn watch(progress: Progress, store: Store, systemd: Systemd, stop: CancellationToken) {
    let every = systemd.feed_every().map_or(LOOK, |limit| limit.min(LOOK));
    let mut full = store.full();
    let mut said: Option<Instant> = None;
    let mut was_full = false;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(every) => {}
            Ok(()) = full.changed() => {}
        }
        let stuck = progress.stuck();
        if stuck.is_empty() {
            systemd.feed_watchdog();
        }
        let reason = full.borrow_and_update().clone();
        let quiet = said.is_some_and(|at| at.elapsed() < SAY);
        match &reason {
            Some(reason) if !quiet || !was_full => {
                Event::DiskFull { reason }.emit();
                systemd.status("waiting for disk space");
                said = Some(Instant::now());
            }
            None if was_full => {
                Event::DiskBack.emit();
                systemd.status("running");
                said = None;
            }
            _ if !stuck.is_empty() && !quiet => {
                Event::Stuck { loops: &stuck }.emit();
                said = Some(Instant::now());
            }
            _ => {}
        }
        was_full = reason.is_some();
    }
}

/// Prunes now and then until `stop`.
pub async fn prune(store: Store, stop: CancellationToken) {
    loop {
        // Every slice is a transaction of its own: a stop loses nothing.
        let Some(pruned) = unless(&stop, store.prune(now())).await else { return };
        if let Err(error) = pruned {
            Event::TaskFailed { name: "pruning", error: &error.to_string() }.emit();
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PRUNE) => {}
        }
    }
}
