//! What the loop remembers of a feed between two polls, and the memory that readings may take.

use super::life::Rhythm;
use crate::schedule::{self, Timing};
use crate::store::{FeedHealth, FeedState, Validators};
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;
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
    /// When it is to be polled; none for one that never was. A time further away than anybody would have chosen was written under a wrong
    /// clock: it is due.
    pub fn due(&self, now: Timestamp, timing: &Timing) -> Option<Timestamp> {
        let every = schedule::every(timing);
        let longest = match self.state {
            FeedHealth::Gone | FeedHealth::Quarantined => RARELY.max(every),
            FeedHealth::Failing => BACKED_OFF.max(every),
            _ => every.max(ASKED_FOR),
        };
        let believable = now.checked_add(longest.mul_f64(1.25)).unwrap_or(Timestamp::MAX);
        self.next_due.map(|due| if due > believable { now } else { due })
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

/// The longest pauses: of feeds that are asked rarely, of those that fail, and what a publisher's hints may stretch.
const RARELY: Duration = Duration::from_secs(7 * 86_400);
const BACKED_OFF: Duration = Duration::from_secs(4 * 3_600);
const ASKED_FOR: Duration = Duration::from_secs(3_600);

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_that_nobody_would_have_chosen_is_due() {
        let now: Timestamp = "2026-11-24T10:00:00Z".parse().unwrap();
        let timing = Timing { interval: Some(Duration::from_secs(60)) };
        let in_hours = |hours: i64| now.checked_add(jiff::SignedDuration::from_hours(hours)).unwrap();
        let memory = |state, hours| Memory::from(FeedState { state, next_due: Some(in_hours(hours)), ..FeedState::default() });
        assert_eq!(memory(FeedHealth::Ok, 24 * 400).due(now, &timing), Some(now), "written under a wrong clock");
        assert_eq!(memory(FeedHealth::Ok, 1).due(now, &timing), Some(in_hours(1)));
        assert_eq!(memory(FeedHealth::Gone, 24 * 6).due(now, &timing), Some(in_hours(24 * 6)));
        assert_eq!(memory(FeedHealth::Failing, 30).due(now, &timing), Some(now));
        assert_eq!(Memory::from(FeedState::default()).due(now, &timing), None);
    }
}
