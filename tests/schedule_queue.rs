//! The schedule against a slow and obvious one, under any order of events, a clock that jumps included.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::string_slice, clippy::print_stderr)] // a test fails by panicking

use jiff::{SignedDuration, Timestamp};
use newswatch::schedule::Schedule;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

const FEEDS: usize = 12;
const HOSTS: usize = 4;
const GAP: i64 = 5;

/// What can happen. Times are seconds from the wall clock's now.
#[derive(Debug, Clone)]
enum Event {
    Add {
        feed: usize,
        host: usize,
        due: i64,
    },
    Remove {
        feed: usize,
    },
    Pop,
    /// The n-th running feed is done.
    Done {
        nth: usize,
        due: i64,
    },
    Pass {
        seconds: i64,
    },
    /// The wall clock is set back: no time passes.
    SetBack {
        seconds: i64,
    },
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        3 => (0..FEEDS, 0..HOSTS, -3..30i64).prop_map(|(feed, host, due)| Event::Add { feed, host, due }),
        1 => (0..FEEDS).prop_map(|feed| Event::Remove { feed }),
        6 => Just(Event::Pop),
        5 => (0..FEEDS, -3..30i64).prop_map(|(nth, due)| Event::Done { nth, due }),
        4 => (0..12i64).prop_map(|seconds| Event::Pass { seconds }),
        1 => (1..1000i64).prop_map(|seconds| Event::SetBack { seconds }),
    ]
}

/// What comes after a running feed: None as `done` says, Some(None) nothing, Some(Some) its new host and seconds until due.
type After = Option<Option<(usize, i64)>>;

/// The obvious schedule: lists, and time as what is left of it.
#[derive(Debug, Default)]
struct Model {
    /// Host and seconds until due.
    waiting: BTreeMap<usize, (usize, i64)>,
    /// Host, and what comes after.
    running: BTreeMap<usize, (usize, After)>,
    /// Seconds until the host's pause is over.
    pause: BTreeMap<usize, i64>,
}

impl Model {
    fn members(&self, host: usize) -> bool {
        let after = |after: &After| after.flatten().is_some_and(|(h, _)| h == host);
        self.waiting.values().any(|(h, _)| *h == host) || self.running.values().any(|(h, next)| *h == host || after(next))
    }

    fn busy(&self, host: usize) -> bool {
        self.running.values().any(|(h, _)| *h == host)
    }

    /// Feeds that may be given out now.
    fn ready(&self) -> BTreeSet<usize> {
        let free = |host: &usize| !self.busy(*host) && self.pause.get(host).is_none_or(|left| *left <= 0);
        self.waiting.iter().filter(|(_, (host, due))| *due <= 0 && free(host)).map(|(feed, _)| *feed).collect()
    }

    fn pass(&mut self, seconds: i64) {
        self.waiting.values_mut().for_each(|(_, due)| *due -= seconds);
        self.running.values_mut().for_each(|(_, next)| {
            if let Some(Some((_, due))) = next {
                *due -= seconds;
            }
        });
        self.pause.values_mut().for_each(|left| *left -= seconds);
    }

    /// A host that nobody belongs to is forgotten, its pause included.
    fn forget(&mut self) {
        let gone: Vec<usize> = self.pause.keys().copied().filter(|host| !self.members(*host)).collect();
        self.pause.retain(|host, _| !gone.contains(host));
    }

    /// Seconds until something can be given out, if nothing ends in between.
    fn wake(&self) -> Option<i64> {
        let free = self.waiting.values().filter(|(host, _)| !self.busy(*host));
        free.map(|(host, due)| (*due).max(self.pause.get(host).copied().unwrap_or(i64::MIN))).min()
    }
}

fn later(now: Timestamp, seconds: i64) -> Timestamp {
    now + SignedDuration::from_secs(seconds)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn agrees_with_the_obvious_schedule(events in prop::collection::vec(event(), 1..150)) {
        let mut now: Timestamp = "2026-11-24T10:00:00Z".parse().unwrap();
        let mut schedule = Schedule::new(Duration::from_secs(GAP.unsigned_abs()));
        let mut model = Model::default();
        for event in events {
            match event {
                Event::Add { feed, host, due } => {
                    schedule.add(feed, &format!("h{host}.example"), later(now, due));
                    match model.running.get_mut(&feed) {
                        Some((_, after)) => *after = Some(Some((host, due))),
                        None => drop(model.waiting.insert(feed, (host, due))),
                    }
                    model.forget();
                }
                Event::Remove { feed } => {
                    schedule.remove(feed);
                    model.waiting.remove(&feed);
                    if let Some((_, after)) = model.running.get_mut(&feed) {
                        *after = Some(None);
                    }
                    model.forget();
                }
                Event::Pop => {
                    let ready = model.ready();
                    let given = schedule.pop(now);
                    prop_assert_eq!(given.is_some(), !ready.is_empty(), "given {:?}, ready {:?}", given, ready);
                    if let Some(feed) = given {
                        prop_assert!(ready.contains(&feed), "{} is not due, or its host not free: {:?}", feed, ready);
                        let (host, _) = model.waiting.remove(&feed).unwrap();
                        model.running.insert(feed, (host, None));
                    }
                }
                Event::Done { nth, due } => {
                    let Some(feed) = model.running.keys().nth(nth).copied() else {
                        let idle = (0..=FEEDS).find(|feed| !model.running.contains_key(feed)).unwrap();
                        schedule.done(idle, later(now, due), now); // ignored
                        continue;
                    };
                    schedule.done(feed, later(now, due), now);
                    let (host, after) = model.running.remove(&feed).unwrap();
                    model.pause.insert(host, GAP);
                    if let Some(next) = after.unwrap_or(Some((host, due))) {
                        model.waiting.insert(feed, next);
                    }
                    model.forget();
                }
                Event::Pass { seconds } => {
                    now = later(now, seconds);
                    model.pass(seconds);
                }
                Event::SetBack { seconds } => {
                    // A step is the difference between two looks at the clock: one right before it, one right after.
                    if !model.ready().is_empty() {
                        continue;
                    }
                    prop_assert_eq!(schedule.pop(now), None);
                    now = later(now, -seconds);
                    prop_assert_eq!(schedule.pop(now), None);
                }
            }
            prop_assert_eq!(schedule.len(), model.waiting.len() + model.running.values().filter(|(_, next)| *next != Some(None)).count());
            prop_assert_eq!(schedule.running(), model.running.len());
        }
        // The alarm clock: at the latest when something can be given out, and not again and again for nothing.
        while schedule.pop(now).is_some() {}
        let mut looks = 0;
        while let Some(wake) = schedule.next_wake() {
            prop_assert!(wake > now, "nothing to give, yet woken at once");
            now = wake;
            while let Some(feed) = schedule.pop(now) {
                schedule.remove(feed);
                schedule.done(feed, now, now);
            }
            looks += 1;
            prop_assert!(looks <= 4 * FEEDS, "woken for nothing");
        }
    }

    #[test]
    fn the_alarm_is_never_late_and_never_for_the_past(
        feeds in prop::collection::vec((0..HOSTS, -3..30i64), 1..FEEDS),
        polls in 0..6usize,
    ) {
        let mut now: Timestamp = "2026-11-24T10:00:00Z".parse().unwrap();
        let mut schedule = Schedule::new(Duration::from_secs(GAP.unsigned_abs()));
        let mut model = Model::default();
        for (feed, (host, due)) in feeds.into_iter().enumerate() {
            schedule.add(feed, &format!("h{host}.example"), later(now, due));
            model.waiting.insert(feed, (host, due));
        }
        for _ in 0..polls {
            while let Some(feed) = schedule.pop(now) {
                let (host, _) = model.waiting.remove(&feed).unwrap();
                model.running.insert(feed, (host, None));
            }
            let (alarm, needed) = (schedule.next_wake(), model.wake().map(|seconds| later(now, seconds)));
            prop_assert!(needed.is_none_or(|needed| alarm.is_some_and(|alarm| alarm <= needed)), "{alarm:?} is late for {needed:?}");
            prop_assert!(alarm.is_none_or(|alarm| alarm > now), "{alarm:?} has passed");
            let Some((feed, (host, _))) = model.running.pop_first() else { break };
            schedule.done(feed, later(now, 20), now);
            model.pause.insert(host, GAP);
            model.waiting.insert(feed, (host, 20));
            let step = model.wake().unwrap_or(1).max(0);
            now = later(now, step);
            model.pass(step);
        }
    }
}

fn at(text: &str) -> Timestamp {
    format!("2026-11-24T{text}Z").parse().unwrap()
}

#[test]
fn a_clock_set_forward_polls_each_feed_that_is_due_once() {
    let mut schedule = Schedule::new(Duration::ZERO);
    for feed in 0..100 {
        schedule.add(feed, &format!("{feed}.example"), later(at("10:00:00"), 60 * i64::try_from(feed).unwrap()));
    }
    let year = later(at("10:00:00"), 365 * 24 * 3600);
    let mut polled = Vec::new();
    while let Some(feed) = schedule.pop(year) {
        polled.push(feed);
        schedule.done(feed, later(year, 1800), year);
    }
    assert_eq!(polled, (0..100).collect::<Vec<_>>(), "once each, in order");
    assert_eq!(schedule.next_wake(), Some(later(year, 1800)));
}

#[test]
fn a_clock_set_back_shifts_what_is_to_come() {
    let mut schedule = Schedule::new(Duration::from_secs(1));
    schedule.add(0, "a.example", at("10:05:00"));
    assert_eq!(schedule.pop(at("10:00:00")), None);
    let yesterday = later(at("10:00:00"), -24 * 3600);
    assert_eq!(schedule.pop(yesterday), None);
    assert_eq!(schedule.next_wake(), Some(later(yesterday, 300)), "still in five minutes");
    assert_eq!(schedule.pop(later(yesterday, 299)), None);
    assert_eq!(schedule.pop(later(yesterday, 300)), Some(0));
    schedule.done(0, later(yesterday, 600), later(yesterday, 301));
    assert_eq!(schedule.next_wake(), Some(later(yesterday, 600)));
}

#[test]
fn one_request_per_host_and_a_gap_after_each() {
    let mut schedule = Schedule::new(Duration::from_secs(10));
    for feed in 0..3 {
        schedule.add(feed, "a.example", at("10:00:00"));
    }
    schedule.add(3, "b.example", at("10:00:01"));
    assert_eq!(schedule.pop(at("10:00:02")), Some(0));
    assert_eq!(schedule.pop(at("10:00:02")), Some(3), "another host does not wait");
    assert_eq!(schedule.pop(at("10:00:02")), None);
    assert_eq!(schedule.next_wake(), None, "only the end of a request changes anything");
    schedule.done(0, at("10:30:00"), at("10:00:05"));
    assert_eq!(schedule.pop(at("10:00:05")), None);
    assert_eq!(schedule.next_wake(), Some(at("10:00:15")));
    assert_eq!(schedule.pop(at("10:00:14")), None);
    assert_eq!(schedule.pop(at("10:00:15")), Some(1));
}

#[test]
fn another_gap_counts_from_the_next_request_on() {
    let mut schedule = Schedule::new(Duration::from_secs(10));
    schedule.add(0, "a.example", at("10:00:00"));
    schedule.add(1, "a.example", at("10:00:00"));
    assert_eq!(schedule.pop(at("10:00:00")), Some(0));
    schedule.set_host_gap(Duration::from_secs(2));
    schedule.done(0, at("11:00:00"), at("10:00:01"));
    assert_eq!((schedule.pop(at("10:00:02")), schedule.pop(at("10:00:03"))), (None, Some(1)));
}

#[test]
fn a_busy_host_serves_its_feeds_in_turn_however_overdue_one_claims_to_be() {
    let mut schedule = Schedule::new(Duration::from_secs(1));
    for feed in 0..3 {
        schedule.add(feed, "a.example", later(at("10:00:00"), i64::try_from(feed).unwrap()));
    }
    let order: Vec<usize> = (0..9)
        .map(|second| {
            let now = later(at("10:01:00"), second);
            let feed = schedule.pop(now).unwrap();
            assert_eq!(schedule.pop(now), None);
            schedule.done(feed, Timestamp::MIN, now);
            feed
        })
        .collect();
    assert_eq!(order, [0, 1, 2, 0, 1, 2, 0, 1, 2]);
}

#[test]
fn a_feed_removed_while_it_runs_holds_its_host_until_it_is_done() {
    let mut schedule = Schedule::new(Duration::from_secs(10));
    schedule.add(0, "a.example", at("10:00:00"));
    schedule.add(1, "a.example", at("10:00:00"));
    assert_eq!(schedule.pop(at("10:00:00")), Some(0));
    schedule.remove(0);
    assert_eq!((schedule.len(), schedule.running()), (1, 1));
    assert_eq!(schedule.pop(at("10:00:20")), None);
    schedule.done(0, at("10:30:00"), at("10:00:20"));
    assert_eq!(schedule.pop(at("10:00:30")), Some(1));
    schedule.done(1, at("10:30:00"), at("10:00:30"));
    assert_eq!(schedule.next_wake(), Some(at("10:30:00")));
    assert_eq!((schedule.pop(at("10:30:00")), schedule.pop(at("11:00:00"))), (Some(1), None), "it does not come back");
}

#[test]
fn a_poll_asked_for_comes_before_its_time_and_once() {
    let mut schedule = Schedule::new(Duration::from_secs(1));
    schedule.add(0, "a.example", at("11:00:00"));
    schedule.add(0, "a.example", at("10:00:00"));
    assert_eq!(schedule.pop(at("10:00:00")), Some(0));
    schedule.done(0, at("12:00:00"), at("10:00:01"));
    assert_eq!(schedule.pop(at("11:00:00")), None, "the earlier time is stale");
    assert_eq!(schedule.next_wake(), Some(at("12:00:00")));
}

#[test]
fn times_beyond_all_calendars_do_not_overflow() {
    let mut schedule = Schedule::new(Duration::MAX);
    schedule.add(0, "a.example", Timestamp::MAX);
    schedule.add(1, "b.example", Timestamp::MIN);
    assert_eq!(schedule.pop(at("10:00:00")), Some(1));
    schedule.done(1, Timestamp::MAX, at("10:00:00"));
    assert_eq!(schedule.pop(Timestamp::MIN), None);
    assert!(schedule.next_wake().is_some());
    schedule.done(7, at("10:00:00"), at("10:00:00"));
    schedule.remove(99);
}
