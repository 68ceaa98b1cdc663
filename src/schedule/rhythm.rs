//! How long until a feed's next turn: its rhythm, and what its server and its failures make of it.

use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const WEEK: Duration = Duration::from_secs(7 * 24 * 60 * 60);
const YEAR: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// The rhythm of a feed without an `interval`.
const STEADY: Duration = Duration::from_secs(30 * 60);
/// Part of a wait by which turns are moved to and fro, so that feeds of one interval do not come in step.
const JITTER: f64 = 0.05;
/// First polls a second after a start, at most, where the interval leaves room for that.
const STARTS_PER_SECOND: f64 = 50.0;

/// What a feed's rhythm is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Timing {
    /// `interval`: fixed, whatever the server would like, at least 1 s. None: we choose.
    pub interval: Option<Duration>,
}

/// How a poll ended, as far as the next one depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The server answered with a document, or that it has not changed.
    Ok {
        /// How long the answer is fresh (`Cache-Control`).
        max_age: Option<Duration>,
        /// How often the feed says it changes (`ttl`, `sy:updatePeriod`): the longer one.
        ttl: Option<Duration>,
        /// How long the server asked us to stay away.
        retry_after: Option<Duration>,
    },
    /// Nothing that could be read.
    Failed {
        /// Failures in a row, this one included: from 1.
        failures: u32,
        /// How long the server asked us to stay away.
        retry_after: Option<Duration>,
    },
    /// 410: asked again once a week.
    Gone,
}

/// The usual time from one poll to the next: what `feeds list` shows.
///
/// The one place where a rhythm is chosen. A feed's own rhythm (its rate by hour and weekday) is to be one more field of [`Timing`], and its
/// answer takes the place of `STEADY` here; all else stays.
pub fn every(timing: &Timing) -> Duration {
    timing.interval.map_or(STEADY, |fixed| fixed.clamp(Duration::from_secs(1), YEAR))
}

/// When to poll next, after a poll that began at `now` and ended as `outcome` says. `rng` gives numbers in `0.0..1.0`.
///
/// A fixed interval is kept whatever the server says of freshness; a free one is stretched by it. `Retry-After` is obeyed by both. What a
/// server asks for counts up to 24 h.
pub fn next_due(now: Timestamp, timing: &Timing, outcome: Outcome, mut rng: impl FnMut() -> f64) -> Timestamp {
    let usual = every(timing);
    let chance = rng().clamp(0.0, 1.0);
    let asked = |wish: Option<Duration>| wish.unwrap_or_default().min(DAY);
    let wait = match outcome {
        Outcome::Ok { max_age, ttl, retry_after } => {
            let wishes = if timing.interval.is_some() { Duration::ZERO } else { asked(max_age).max(asked(ttl)) };
            jittered(usual, chance).max(wishes).max(asked(retry_after))
        }
        Outcome::Failed { failures, retry_after } => back_off(usual, failures, chance).max(asked(retry_after)),
        Outcome::Gone => jittered(WEEK, chance),
    };
    later(now, wait)
}

/// The first poll of a feed after a start: within its interval, and all `feeds` of them spread so that they do not come at once. A handful of
/// feeds is polled within seconds.
pub fn spread(timing: &Timing, feeds: usize, mut rng: impl FnMut() -> f64) -> Duration {
    #[allow(clippy::cast_precision_loss, reason = "a number of feeds; nobody has 2^52")]
    let window = Duration::try_from_secs_f64((feeds as f64 / STARTS_PER_SECOND).max(2.0)).unwrap_or(STEADY);
    every(timing).min(window).mul_f64(rng().clamp(0.0, 1.0))
}

/// A due time that was kept over a restart: never further away than we would ever have chosen, should it have been written while the clock
/// was wrong.
pub fn restored(due: Timestamp, now: Timestamp, timing: &Timing) -> Timestamp {
    due.min(later(now, every(timing).max(WEEK).mul_f64(1.0 + JITTER)))
}

/// Full jitter: anything between a floor and a ceiling that doubles with every failure, so that a server that comes back is not met by
/// everybody at once. The ceiling stops at 4 h, for a short interval sooner: who asks for seconds wants to hear of the recovery in minutes.
fn back_off(usual: Duration, failures: u32, chance: f64) -> Duration {
    let floor = usual.min(MINUTE);
    let highest = usual.saturating_mul(16).clamp(15 * MINUTE, 4 * HOUR).max(usual);
    let doublings = failures.saturating_sub(1).min(20);
    let ceiling = usual.saturating_mul(1 << doublings).min(highest);
    floor + ceiling.saturating_sub(floor).mul_f64(chance)
}

fn jittered(wait: Duration, chance: f64) -> Duration {
    wait.mul_f64(1.0 - JITTER + 2.0 * JITTER * chance)
}

fn later(now: Timestamp, wait: Duration) -> Timestamp {
    SignedDuration::try_from(wait).ok().and_then(|wait| now.checked_add(wait).ok()).unwrap_or(Timestamp::MAX)
}
