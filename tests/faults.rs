//! SIGKILL at random moments while it polls and delivers: nothing lost, nothing recorded twice. And the controls: ways to lose data on
//! purpose (feature `fault-controls`) that this very check has to catch, every time.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, clippy::string_slice)] // a test says so by failing

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use support::{Page, Place, Site, item, rss, wait_for};

/// Kills of the short run; `scripts/long/kills` sets more.
const KILLS: usize = 100;
const WAIT: Duration = Duration::from_secs(60);

/// Feeds of the scene.
const FEEDS: usize = 8;

/// Feeds that grow with every look at them, and a webhook that remembers what it was told.
struct Scene {
    place: Place,
    published: Arc<Vec<AtomicUsize>>,
    received: Arc<Mutex<BTreeMap<String, usize>>>,
    growing: Arc<AtomicUsize>,
    _site: Site,
    _hook: Site,
}

impl Scene {
    fn new() -> Self {
        let published: Arc<Vec<AtomicUsize>> = Arc::new((0..FEEDS).map(|_| AtomicUsize::new(0)).collect());
        let growing = Arc::new(AtomicUsize::new(3));
        let (count, step) = (published.clone(), growing.clone());
        let site = Site::new(move |request| {
            let feed: usize = request.path.trim_start_matches('/').parse().unwrap();
            let now = count[feed].fetch_add(step.load(Ordering::SeqCst), Ordering::SeqCst) + step.load(Ordering::SeqCst);
            let tag = format!("\"{now}\"");
            if request.headers.get("if-none-match") == Some(&tag) {
                return Page::status(304);
            }
            let items: String = (0..now).rev().map(|n| item(&format!("f{feed}n{n}"), &format!("ECO news {feed} {n}"), "")).collect();
            Page::ok(rss(&items)).header("etag", &tag)
        });
        let received: Arc<Mutex<BTreeMap<String, usize>>> = Arc::default();
        let book = received.clone();
        let hook = Site::new(move |request| {
            let alert: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
            *book.lock().unwrap().entry(alert["article"]["guid"].as_str().unwrap().to_string()).or_default() += 1;
            Page::status(200)
        });
        let mut config = format!(
            "[store]\nurl = \"newswatch.db\"\n[alerts]\ngroup_wait = \"0s\"\n[fetch]\nhost_gap = \"0s\"\n[defaults]\ninterval = \"1s\"\n\
             allow_private = true\nfirst_poll_alert_age = \"any\"\n[[watch]]\nname = \"w\"\nkeywords = [\"ECO\"]\n\
             [[sink]]\ntype = \"webhook\"\nurl = \"{}\"\n",
            hook.url("/hook")
        );
        for feed in 0..FEEDS {
            config += &format!("[[feed]]\nname = \"f{feed}\"\nurl = \"{}\"\n", site.url(&format!("/{feed}")));
        }
        let place = Place::new(&config);
        Self { place, published, received, growing, _site: site, _hook: hook }
    }

    /// Lets a daemon without faults finish, and compares what was published with what was recorded and received.
    fn settle(&self) -> Verdict {
        self.growing.store(0, Ordering::SeqCst);
        let daemon = self.place.start();
        let published: Vec<usize> = self.published.iter().map(|count| count.load(Ordering::SeqCst)).collect();
        let polls = || self.place.json(&["feeds", "list", "--json"]).iter().filter_map(|f| f["polls"].as_u64()).min().unwrap_or_default();
        let before = polls();
        wait_for("polls after the kills", WAIT, || polls() >= before + 3);
        wait_for("an empty outbox", WAIT, || self.place.json(&["outbox", "list", "--json"]).is_empty());
        daemon.stop();
        let recorded: Vec<String> =
            self.place.json(&["alerts", "--json", "--after", "0"]).iter().map(|a| a["article"]["guid"].as_str().unwrap().to_string()).collect();
        let received = self.received.lock().unwrap().clone();
        let unique: BTreeSet<&String> = recorded.iter().collect();
        let expected: Vec<String> = published.iter().enumerate().flat_map(|(feed, count)| (0..*count).map(move |n| format!("f{feed}n{n}"))).collect();
        Verdict {
            published: expected.len(),
            lost: expected.iter().filter(|guid| !unique.contains(guid) || !received.contains_key(*guid)).count(),
            twice: recorded.len() - unique.len(),
            resent: received.values().sum::<usize>() - received.len(),
        }
    }
}

#[derive(Debug)]
struct Verdict {
    published: usize,
    lost: usize,
    twice: usize,
    resent: usize,
}

#[test]
fn kills_at_random_moments_lose_nothing_and_record_nothing_twice() {
    let kills = std::env::var("NEWSWATCH_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(KILLS);
    let scene = Scene::new();
    let mut random = 0x2545_f491_4f6c_dd1du64 ^ u64::from(std::process::id());
    for _ in 0..kills {
        let mut daemon = scene.place.start();
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        // From before the first poll to well into the deliveries.
        std::thread::sleep(Duration::from_millis(10 + random % 600));
        daemon.signal("KILL");
        daemon.wait(WAIT);
    }
    let verdict = scene.settle();
    eprintln!("{kills} kills: {verdict:?}, {} sent again", verdict.resent);
    assert!(verdict.published > kills / 10, "the kills came before any work: {verdict:?}");
    assert_eq!((verdict.lost, verdict.twice), (0, 0), "{verdict:?}\n{}", scene.place.log());
}

#[cfg(feature = "fault-controls")]
mod controls {
    use super::*;

    /// The same scene, with a way to lose data and a kill between its halves.
    fn loses(fault: &str) {
        for nth in 1..=3 {
            let mut scene = Scene::new();
            scene.place = scene.place.env("NEWSWATCH_FAULT", fault).env("NEWSWATCH_FAULT_KILL", &nth.to_string());
            let mut daemon = scene.place.start();
            assert_eq!(daemon.wait(WAIT), None, "{fault}: the kill point was not reached\n{}", scene.place.log());
            scene.place = scene.place.env("NEWSWATCH_FAULT", "none");
            let verdict = scene.settle();
            eprintln!("{fault}, kill {nth}: {verdict:?}");
            assert!(verdict.lost > 0, "{fault} was not caught: {verdict:?}");
        }
    }

    #[test]
    fn validators_before_hits_are_caught() {
        loses("validators-first");
    }

    #[test]
    fn hits_in_memory_are_caught() {
        loses("memory-hits");
    }

    #[test]
    fn settling_before_sending_is_caught() {
        loses("settle-first");
    }
}
