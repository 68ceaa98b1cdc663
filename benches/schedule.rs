//! A step of the schedule (a feed given out, done, scheduled anew) with 100,000 feeds on 20,000 hosts: CPU beside a bare binary heap, and
//! memory a feed.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a program that prints figures")]

use jiff::{SignedDuration, Timestamp};
use newswatch::schedule::{Outcome, Schedule, Timing, next_due};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

const FEEDS: usize = 100_000;
const STEPS: usize = 1_000_000;

fn main() {
    let start = Timestamp::UNIX_EPOCH;
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut chance = move || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 40) as f64 / (1u64 << 24) as f64
    };
    let before = rss();
    let mut schedule = Schedule::new(Duration::from_secs(1));
    let mut heap = BinaryHeap::new();
    for feed in 0..FEEDS {
        let offset = SignedDuration::from_millis((chance() * 1_800_000.0) as i64);
        schedule.add(feed, &format!("host{}.example", feed / 5), start + offset);
    }
    let memory = rss() - before;
    (0..FEEDS).for_each(|feed| heap.push(Reverse(((chance() * 1_800_000.0) as i64, feed as u64))));

    let timing = Timing::default();
    let outcome = Outcome::Ok { max_age: None, ttl: None, retry_after: None };
    let mut now = start;
    let ours = cpu(|| {
        for _ in 0..STEPS {
            let feed = loop {
                match schedule.pop(now) {
                    Some(feed) => break feed,
                    None => now = schedule.next_wake().unwrap(),
                }
            };
            schedule.done(feed, next_due(now, &timing, outcome, &mut chance), now);
        }
    });
    let bare = cpu(|| {
        for _ in 0..STEPS {
            let Some(Reverse((at, feed))) = heap.pop() else { return };
            heap.push(Reverse((at + 1_710_000 + (chance() * 180_000.0) as i64, feed)));
        }
    });
    let each = |ns: u64| ns as f64 / STEPS as f64;
    println!(
        "a step at {FEEDS} feeds: {:.0} ns of CPU, a bare binary heap {:.0} ns, ratio {:.1}; {} B of RSS a feed",
        each(ours),
        each(bare),
        each(ours) / each(bare),
        memory / FEEDS
    );
}

/// Nanoseconds this thread was on a processor while `work` ran.
fn cpu(work: impl FnOnce()) -> u64 {
    let clock = || std::fs::read_to_string("/proc/thread-self/schedstat").unwrap().split(' ').next().unwrap().parse::<u64>().unwrap();
    let before = clock();
    work();
    clock() - before
}

fn rss() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    statm.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}
