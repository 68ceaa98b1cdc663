//! A sink's `rate`: at most so many deliveries in any stretch of so long.
//!
//! Pure: time is an argument. Must not know: sinks.

use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::Instant;

/// Beyond so many, deliveries are spaced evenly rather than remembered one by one.
const REMEMBERED: u32 = 10_000;

/// When deliveries went out lately.
#[derive(Debug)]
pub(super) struct Pace {
    count: usize,
    per: Duration,
    sent: VecDeque<Instant>,
}

impl Pace {
    pub fn new(count: u32, per: Duration) -> Self {
        let (count, per) = if count > REMEMBERED { (1, per / count) } else { (count.max(1), per) };
        Self { count: usize::try_from(count).unwrap_or(1), per, sent: VecDeque::new() }
    }

    /// How many may go now, or how long to wait for the next.
    pub fn free(&mut self, now: Instant) -> Result<usize, Duration> {
        while self.sent.front().is_some_and(|&at| now.duration_since(at) >= self.per) {
            self.sent.pop_front();
        }
        match self.sent.front() {
            Some(&oldest) if self.sent.len() >= self.count => Err(self.per.saturating_sub(now.duration_since(oldest))),
            _ => Ok(self.count - self.sent.len()),
        }
    }

    /// So many were tried just now.
    pub fn took(&mut self, n: usize, now: Instant) {
        self.sent.extend(std::iter::repeat_n(now, n));
        while self.sent.len() > self.count {
            self.sent.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn no_stretch_has_more_than_its_count() {
        let mut pace = Pace::new(3, Duration::from_secs(60));
        let start = Instant::now();
        let second = |n| start + Duration::from_secs(n);
        assert_eq!(pace.free(second(0)), Ok(3));
        pace.took(2, second(0));
        pace.took(1, second(50));
        assert_eq!(pace.free(second(55)), Err(Duration::from_secs(5)));
        assert_eq!(pace.free(second(60)), Ok(2), "the one at 50 still counts");
        assert_eq!(pace.free(second(110)), Ok(3));
    }

    #[tokio::test(start_paused = true)]
    async fn large_counts_are_spaced_evenly() {
        let mut pace = Pace::new(86_400, Duration::from_secs(86_400));
        let now = Instant::now();
        assert_eq!(pace.free(now), Ok(1));
        pace.took(1, now);
        assert_eq!(pace.free(now), Err(Duration::from_secs(1)));
    }
}
