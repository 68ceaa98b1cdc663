//! What the loop remembers of a feed between two polls, and the memory that readings may take.

use super::life::Rhythm;
use crate::store::{FeedHealth, FeedState, Validators};
use jiff::Timestamp;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use url::Url;

/// One feed's last poll, as the store has it.
#[derive(Debug, Clone)]
pub struct Memory {
    /// For the next conditional request.
    pub validators: Option<Validators>,
    /// Of the last body.
    pub body_hash: Option<[u8; 16]>,
    /// Of what the last document said.
    pub meaning: Option<[u8; 16]>,
    /// Failures in a row.
    pub failures: u32,
    /// As lists show it.
    pub state: FeedHealth,
    /// Why it is not ok.
    pub reason: Option<String>,
    /// The first successful poll is behind it.
    pub baseline_done: bool,
    /// None: it was never polled.
    pub next_due: Option<Timestamp>,
    /// When an unseen entry came last.
    pub last_new: Option<Timestamp>,
    /// Of the last document that was read since the start.
    pub rhythm: Option<Rhythm>,
    /// Where a permanent redirect leads that is remembered.
    pub moved_to: Option<Url>,
    /// Where the last polls were redirected for good, and how many in a row.
    pub redirected: Option<(Url, u32)>,
}

impl Memory {
    /// Is it to be polled by `now`?
    pub fn due(&self, now: Timestamp) -> bool {
        self.next_due.is_none_or(|due| due <= now)
    }
}

impl From<FeedState> for Memory {
    fn from(state: FeedState) -> Self {
        Self {
            validators: state.validators,
            body_hash: state.body_hash,
            meaning: state.meaning,
            failures: state.failures,
            state: state.state,
            reason: state.reason,
            baseline_done: state.baseline_done,
            next_due: state.next_due,
            last_new: state.last_new,
            rhythm: None,
            moved_to: state.moved_to.as_deref().and_then(|url| Url::parse(url).ok()),
            redirected: None,
        }
    }
}

/// Memory that readings may take, all together.
#[derive(Debug, Clone)]
pub struct Permits(Arc<Semaphore>);

/// Bytes of one permit.
const UNIT: usize = 64 * 1024;
/// Units there are: 128 MiB.
const UNITS: u32 = 2048;

impl Default for Permits {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(UNITS as usize)))
    }
}

impl Permits {
    /// Waits until `bytes` may be taken (at most all there is). None once the program ends.
    pub async fn take(&self, bytes: usize) -> Option<OwnedSemaphorePermit> {
        let units = u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(UNITS).clamp(1, UNITS);
        self.0.clone().acquire_many_owned(units).await.ok()
    }
}
