//! Does every loop still make progress? The watchdog is fed only while the answer is yes.
//!
//! Monotonic time (`tokio::time::Instant`), so that a change of the wall clock neither starves nor feeds the watchdog.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

#[derive(Debug)]
struct Loop {
    name: String,
    allowance: Duration,
    last: Option<Instant>,
}

/// All loops that have to move. Cheap to clone: clones share it.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<Mutex<Vec<Loop>>>);

impl Progress {
    /// Registers a loop that beats at least once in `allowance`, or is stuck. It counts as moving until the beat is dropped.
    pub fn register(&self, name: impl Into<String>, allowance: Duration) -> Beat {
        let mut loops = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        loops.push(Loop { name: name.into(), allowance, last: Some(Instant::now()) });
        Beat { progress: self.clone(), index: loops.len() - 1 }
    }

    /// The names of the loops that have not moved within their allowance; empty while all is well.
    pub fn stuck(&self) -> Vec<String> {
        let loops = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        loops.iter().filter(|l| l.last.is_some_and(|last| last.elapsed() > l.allowance)).map(|l| l.name.clone()).collect()
    }

    fn set(&self, index: usize, last: Option<Instant>) {
        let mut loops = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(one) = loops.get_mut(index) {
            one.last = last;
        }
    }
}

/// One loop's right to say that it moves. Dropping it ends the duty: a loop that has ended is not stuck.
#[derive(Debug)]
pub struct Beat {
    progress: Progress,
    index: usize,
}

impl Beat {
    /// The loop moved just now. Waiting for space on a full disk, told as such, is progress too.
    pub fn beat(&self) {
        self.progress.set(self.index, Some(Instant::now()));
    }
}

impl Drop for Beat {
    fn drop(&mut self) {
        self.progress.set(self.index, None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_loop_is_stuck_after_its_allowance_and_moves_again_with_a_beat() {
        let progress = Progress::default();
        let poll = progress.register("poll", Duration::from_secs(10));
        let decide = progress.register("decide", Duration::from_secs(60));
        assert!(progress.stuck().is_empty());
        tokio::time::advance(Duration::from_secs(11)).await;
        assert_eq!(progress.stuck(), ["poll"]);
        poll.beat();
        assert!(progress.stuck().is_empty());
        tokio::time::advance(Duration::from_secs(61)).await;
        assert_eq!(progress.stuck(), ["poll", "decide"]);
        drop((poll, decide));
        assert!(progress.stuck().is_empty(), "a loop that has ended is not stuck");
    }
}
