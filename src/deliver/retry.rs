//! When a single alert that was refused is tried again, and when it is given up.
//!
//! A refusal (4xx other than 408 and 429) is about that alert, not about the sink: the queue moves on, the alert follows its own
//! schedule and then is *dead*: listed, told, retriable by hand.
//!
//! Pure. Must not know: sinks, the store.

use super::backoff::jittered;
use std::time::Duration;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

/// Pauses after the first, second, … refusal, in seconds: three days and a bit in all.
const SCHEDULE: [u64; 9] = [5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];

/// The pause (± 20 % by `roll` in `0.0..1.0`) after a refusal that `tries` earlier ones preceded; none when it was the last.
pub fn pause(tries: u32, roll: f64) -> Option<Duration> {
    let seconds = SCHEDULE.get(usize::try_from(tries).ok()?)?;
    Some(jittered(Duration::from_secs(*seconds), roll))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nine_retries_over_three_days_and_then_none() {
        let plain: Vec<u64> = (0..9).map(|n| pause(n, 0.5).unwrap().as_secs()).collect();
        assert_eq!(plain, [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]);
        assert_eq!(pause(9, 0.5), None);
        assert_eq!(pause(u32::MAX, 0.5), None);
    }

    #[test]
    fn chance_spreads_them() {
        assert_eq!(pause(0, 0.0), Some(Duration::from_secs(4)));
        assert_eq!(pause(0, 1.0), Some(Duration::from_secs(6)));
    }
}
