//! The sink's own back-off: *the sink, not the alert, backs off* (an outage is nobody's fault but the sink's).
//!
//! Failures one and two are tried again after a second. The third in a row *opens* the sink: from then on one probe at a time,
//! 5 s … 5 min apart, doubling, ± 20 %. Probes use up no attempts, so nothing dies of an outage however long it lasts. Whatever
//! the sink answers, a refusal included, closes it again.
//!
//! Pure: time and chance are arguments. Must not know: sinks, the store, how anything is sent.

use jiff::Timestamp;
use std::time::Duration;

/// Retryable failures in a row that open a sink.
const OPENS_AT: u32 = 3;
/// Pause after failures one and two.
const FIRST: Duration = Duration::from_secs(1);
/// Pause before the first probe of an open sink; it doubles.
const PROBE: Duration = Duration::from_secs(5);
/// The longest pause between probes, before chance is added.
const PROBE_MOST: Duration = Duration::from_secs(300);
/// The longest pause that a receiver may ask for (`Retry-After`).
const ASKED_MOST: Duration = Duration::from_secs(3600);

/// What a failure led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Not open yet: send the same again after this pause.
    Again(Duration),
    /// This failure opened the sink; the first probe is due after this pause.
    Opened(Duration),
    /// It was open already: the next probe is due after this pause.
    StillOpen(Duration),
}

impl Step {
    /// The pause, whatever it stands for.
    pub const fn pause(self) -> Duration {
        match self {
            Self::Again(pause) | Self::Opened(pause) | Self::StillOpen(pause) => pause,
        }
    }
}

/// How a sink is doing. A new one is closed: it is tried at once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Backoff {
    failures: u32,
    since: Option<Timestamp>,
}

impl Backoff {
    /// A retryable failure at `now` (connect, timeout, 5xx, 429). `asked` is the receiver's `Retry-After`, honoured up to an hour
    /// when it is longer than our own pause; `roll` is chance, in `0.0..1.0`.
    pub fn failed(&mut self, now: Timestamp, asked: Option<Duration>, roll: f64) -> Step {
        self.failures = self.failures.saturating_add(1);
        let asked = asked.unwrap_or_default().min(ASKED_MOST);
        if self.failures < OPENS_AT {
            return Step::Again(FIRST.max(asked));
        }
        let doublings = (self.failures - OPENS_AT).min(16);
        let pause = jittered(PROBE.saturating_mul(1 << doublings).min(PROBE_MOST), roll).max(asked);
        if self.since.is_some() {
            Step::StillOpen(pause)
        } else {
            self.since = Some(now);
            Step::Opened(pause)
        }
    }

    /// The sink answered: it took an alert, or refused just that one. Says since when it was open, if it was.
    pub fn answered(&mut self) -> Option<Timestamp> {
        self.failures = 0;
        self.since.take()
    }

    /// Since when the sink is open; none while it is closed.
    pub const fn open_since(&self) -> Option<Timestamp> {
        self.since
    }

    /// Probes that an open sink has failed so far.
    pub const fn failed_probes(&self) -> u32 {
        self.failures.saturating_sub(OPENS_AT)
    }
}

/// `base` ± 20 %, by `roll` in `0.0..1.0`.
pub(super) fn jittered(base: Duration, roll: f64) -> Duration {
    base.mul_f64(0.4f64.mul_add(roll.clamp(0.0, 1.0), 0.8))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_764_000_000 + second).unwrap()
    }

    #[test]
    fn the_third_failure_in_a_row_opens_and_probes_double_to_five_minutes() {
        let mut sink = Backoff::default();
        let mut steps = Vec::new();
        for n in 0..11 {
            steps.push(sink.failed(at(n), None, 0.5));
        }
        let mut expected = vec![Step::Again(seconds(1)), Step::Again(seconds(1)), Step::Opened(seconds(5))];
        expected.extend([10, 20, 40, 80, 160, 300, 300, 300].map(|n| Step::StillOpen(seconds(n))));
        assert_eq!(steps, expected);
        assert_eq!(sink.open_since(), Some(at(2)));
        assert_eq!(sink.failed_probes(), 8);
        assert_eq!(sink.answered(), Some(at(2)));
        assert_eq!(sink, Backoff::default());
    }

    #[test]
    fn an_answer_between_failures_starts_the_count_anew() {
        let mut sink = Backoff::default();
        for n in 0..20 {
            assert_eq!(sink.failed(at(n), None, 0.0), Step::Again(seconds(1)));
            assert_eq!(sink.failed(at(n), None, 0.0), Step::Again(seconds(1)));
            assert_eq!(sink.answered(), None);
        }
    }

    #[test]
    fn a_receiver_may_ask_for_longer_but_not_for_a_day() {
        let mut sink = Backoff::default();
        assert_eq!(sink.failed(at(0), Some(seconds(30)), 0.5), Step::Again(seconds(30)));
        assert_eq!(sink.failed(at(0), Some(seconds(0)), 0.5), Step::Again(seconds(1)));
        assert_eq!(sink.failed(at(0), Some(seconds(86_400)), 0.5), Step::Opened(seconds(3600)));
        assert_eq!(sink.failed(at(0), Some(seconds(1)), 0.5), Step::StillOpen(seconds(10)), "a short wish does not shorten our own pause");
    }

    #[derive(Debug, Clone)]
    enum Event {
        Failed(Option<u16>, f64),
        Answered,
    }

    fn event() -> impl Strategy<Value = Event> {
        prop_oneof![
            4 => (proptest::option::of(0u16..10_000), 0.0f64..1.0).prop_map(|(asked, roll)| Event::Failed(asked, roll)),
            1 => Just(Event::Answered),
        ]
    }

    proptest! {
        /// Whatever happens: open exactly after three failures in a row until the next answer; pauses within their bounds; `since` is
        /// the time of the failure that opened it.
        #[test]
        fn the_rules_hold_for_any_history(events in proptest::collection::vec(event(), 0..200)) {
            let mut sink = Backoff::default();
            let mut row = 0u32;
            let mut opened = None;
            for (n, event) in events.into_iter().enumerate() {
                let now = at(i64::try_from(n).unwrap());
                match event {
                    Event::Answered => {
                        prop_assert_eq!(sink.answered(), opened);
                        (row, opened) = (0, None);
                    }
                    Event::Failed(asked, roll) => {
                        row += 1;
                        let step = sink.failed(now, asked.map(|s| seconds(s.into())), roll);
                        let least = asked.map_or(Duration::ZERO, |s| seconds(s.into()).min(ASKED_MOST));
                        prop_assert!(step.pause() >= least);
                        prop_assert!(step.pause() <= ASKED_MOST);
                        match step {
                            Step::Again(pause) => prop_assert!(row < 3 && pause >= FIRST),
                            Step::Opened(pause) => {
                                prop_assert!(row == 3 && pause >= seconds(4));
                                opened = Some(now);
                            }
                            Step::StillOpen(pause) => prop_assert!(row > 3 && pause >= seconds(8)),
                        }
                        if asked.is_none() {
                            prop_assert!(step.pause() <= PROBE_MOST.mul_f64(1.2));
                        }
                    }
                }
                prop_assert_eq!(sink.open_since(), opened);
                prop_assert_eq!(sink.failed_probes(), row.saturating_sub(3));
            }
        }

        #[test]
        fn chance_stays_within_a_fifth(base in 1u64..100_000, roll in 0.0f64..1.0) {
            let base = seconds(base);
            let got = jittered(base, roll);
            prop_assert!(got >= base.mul_f64(0.799) && got <= base.mul_f64(1.201));
        }
    }
}
