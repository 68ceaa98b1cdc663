//! How long until the next poll, for whatever a server says and however often it fails.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::string_slice, clippy::print_stderr)] // a test fails by panicking

use jiff::Timestamp;
use newswatch::schedule::{Outcome, Timing, every, next_due, restored, spread};
use proptest::prelude::*;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86400);
const OK: Outcome = Outcome::Ok { max_age: None, ttl: None, retry_after: None };

fn now() -> Timestamp {
    "2026-11-24T10:00:00Z".parse().unwrap()
}

fn fixed(interval: Duration) -> Timing {
    Timing { interval: Some(interval) }
}

/// Seconds until the next poll, with the chance of the draw.
fn wait(timing: Timing, outcome: Outcome, chance: f64) -> Duration {
    next_due(now(), &timing, outcome, || chance).duration_since(now()).try_into().unwrap()
}

fn failed(failures: u32) -> Outcome {
    Outcome::Failed { failures, retry_after: None }
}

#[test]
fn a_rhythm_without_interval_is_half_an_hour_and_a_fixed_one_is_kept() {
    assert_eq!(every(&Timing::default()), 30 * MINUTE);
    assert_eq!(wait(Timing::default(), OK, 0.5), 30 * MINUTE);
    assert_eq!(wait(fixed(15 * MINUTE), OK, 0.5), 15 * MINUTE);
    assert_eq!(wait(fixed(Duration::ZERO), OK, 0.5), Duration::from_secs(1), "at least a second");
    assert_eq!((wait(fixed(HOUR), OK, 0.0), wait(fixed(HOUR), OK, 1.0)), (57 * MINUTE, 63 * MINUTE), "a twentieth to and fro");
}

#[test]
fn what_a_server_says_of_freshness_stretches_a_free_rhythm_and_no_fixed_one() {
    let fresh = Outcome::Ok { max_age: Some(2 * HOUR), ttl: Some(HOUR), retry_after: None };
    assert_eq!(wait(Timing::default(), fresh, 0.0), 2 * HOUR);
    assert_eq!(wait(fixed(15 * MINUTE), fresh, 0.5), 15 * MINUTE);
    let slow = Outcome::Ok { max_age: None, ttl: Some(400 * DAY), retry_after: None };
    assert_eq!(wait(Timing::default(), slow, 1.0), DAY, "up to a day");
    let brief = Outcome::Ok { max_age: Some(MINUTE), ttl: None, retry_after: None };
    assert_eq!(wait(Timing::default(), brief, 0.5), 30 * MINUTE, "never shorter");
}

#[test]
fn retry_after_is_obeyed_by_every_rhythm_up_to_a_day() {
    for timing in [Timing::default(), fixed(Duration::from_secs(1))] {
        for chance in [0.0, 0.5, 1.0] {
            let asked = |hours| Some(hours * HOUR);
            assert_eq!(wait(timing, Outcome::Failed { failures: 1, retry_after: asked(5) }, chance), 5 * HOUR);
            assert_eq!(wait(timing, Outcome::Failed { failures: 9, retry_after: asked(500) }, chance), DAY);
            assert_eq!(wait(timing, Outcome::Ok { max_age: None, ttl: None, retry_after: asked(5) }, chance), 5 * HOUR);
        }
    }
}

#[test]
fn failures_back_off_from_a_minute_to_hours_with_full_jitter() {
    let ceiling = |failures| wait(Timing::default(), failed(failures), 1.0);
    assert_eq!(
        [ceiling(0), ceiling(1), ceiling(2), ceiling(3), ceiling(4), ceiling(5)],
        [30 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 4 * HOUR]
    );
    assert_eq!(ceiling(u32::MAX), 4 * HOUR);
    for failures in [1, 5, 100] {
        assert_eq!(wait(Timing::default(), failed(failures), 0.0), MINUTE, "full jitter reaches down to the floor");
        assert_eq!(wait(fixed(12 * HOUR), failed(failures), 1.0), 12 * HOUR, "a slow feed is not asked less often because it failed");
    }
    let second = fixed(Duration::from_secs(1));
    assert_eq!((wait(second, failed(1), 0.0), wait(second, failed(4), 1.0)), (Duration::from_secs(1), Duration::from_secs(8)));
    assert_eq!(wait(second, failed(1000), 1.0), 15 * MINUTE, "who asks for seconds hears of the recovery in minutes");
}

#[test]
fn gone_is_asked_again_once_a_week() {
    assert_eq!(wait(Timing::default(), Outcome::Gone, 0.5), 7 * DAY);
    assert_eq!(wait(fixed(Duration::from_secs(1)), Outcome::Gone, 0.5), 7 * DAY);
}

#[test]
fn the_start_is_spread() {
    let at_most = |interval, feeds| spread(&Timing { interval }, feeds, || 1.0);
    assert_eq!(at_most(None, 34), Duration::from_secs(2));
    assert_eq!(at_most(None, 1000), Duration::from_secs(20));
    assert_eq!(at_most(None, 1_000_000), 30 * MINUTE, "never beyond the interval");
    assert_eq!(at_most(Some(Duration::from_secs(1)), 1_000_000), Duration::from_secs(1), "a fixed interval is first polled within it");
    assert_eq!(spread(&Timing::default(), 1000, || 0.0), Duration::ZERO);
    assert!(at_most(None, usize::MAX) <= 30 * MINUTE);
}

#[test]
fn a_time_saved_under_a_wrong_clock_is_no_longer_than_any_wait_of_ours() {
    let saved = |text: &str| restored(text.parse().unwrap(), now(), &Timing::default()).to_string();
    assert_eq!(saved("2026-11-24T10:10:00Z"), "2026-11-24T10:10:00Z");
    assert_eq!(saved("2020-01-01T00:00:00Z"), "2020-01-01T00:00:00Z");
    assert_eq!(saved("2031-01-01T00:00:00Z"), "2026-12-01T18:24:00Z");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 5000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_wait_is_within_its_bounds(
        interval in prop::option::of(0..=u64::MAX / 2),
        seconds in prop::array::uniform3(prop::option::of(0..=u64::from(u32::MAX) * 4)),
        failures in any::<u32>(),
        chance in -1.0..2.0f64,
        kind in 0..3,
    ) {
        let timing = Timing { interval: interval.map(Duration::from_secs) };
        let [max_age, ttl, retry_after] = seconds.map(|s| s.map(Duration::from_secs));
        let outcome = match kind {
            0 => Outcome::Ok { max_age, ttl, retry_after },
            1 => Outcome::Failed { failures, retry_after },
            _ => Outcome::Gone,
        };
        let due = next_due(now(), &timing, outcome, || chance);
        let wait: Duration = due.duration_since(now()).try_into().unwrap();
        prop_assert!(wait >= Duration::from_millis(950));
        prop_assert!(wait <= every(&timing).max(7 * DAY).mul_f64(1.0501));
        if kind != 2 {
            prop_assert!(wait >= retry_after.unwrap_or_default().min(DAY));
            prop_assert!(wait <= every(&timing).mul_f64(1.0501).max(DAY));
        }
        prop_assert!(restored(due, now(), &timing) == due, "what we chose ourselves is left alone");
        prop_assert!(spread(&timing, failures as usize, || chance) <= every(&timing));
    }
}
