//! Three hundred feeds that others wrote, served at once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, clippy::string_slice)] // a test says so by failing

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use support::{Page, Place, Site, shared, wait_for};

const FEEDS: usize = 300;
const RSS_LIMIT: u64 = 80 << 20;

/// What stands in the place of the first feeds, and a word of the reason that a person is told.
const BAD: [(u16, &str, &str); 6] = [
    (404, "", "404"),
    (410, "", "410"),
    (503, "", "503"),
    (200, "", "empty"),
    (
        200,
        "<!DOCTYPE html><html><head><title>Sign in</title></head><body><form action=\"/login\"><input type=\"password\"></form></body></html>",
        "login",
    ),
    (200, "%PDF-1.7 not a feed at all", "feed"),
];

fn collect(folder: &Path, into: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() && !path.ends_with("hostile") {
            collect(&path, into);
        } else if path.extension().is_some_and(|e| ["xml", "rss", "atom", "rdf", "json"].iter().any(|x| e == *x)) {
            into.push(path);
        }
    }
}

#[test]
fn every_feed_is_polled_bad_ones_are_told_and_memory_stays_small() {
    let Some(corpus) = shared("corpus") else { return };
    let mut files = Vec::new();
    for folder in ["feedparser", "feedvalidator", "gofeed"] {
        collect(&corpus.join(folder), &mut files);
    }
    let step = files.len() / FEEDS;
    let files: Vec<PathBuf> = files.into_iter().step_by(step.max(1)).take(FEEDS).collect();
    assert_eq!(files.len(), FEEDS);
    let served = files;
    let site = Site::new(move |request| {
        let number: usize = request.path.trim_start_matches('/').parse().unwrap();
        match BAD.get(number) {
            Some((status, body, _)) => Page { status: *status, ..Page::ok(*body) },
            None => Page::ok(fs::read(&served[number]).unwrap()),
        }
    });
    let mut config =
        String::from("[store]\nurl = \"newswatch.db\"\n[fetch]\nhost_gap = \"0s\"\n[defaults]\nallow_private = true\ninterval = \"10m\"\n");
    config += "[[watch]]\nname = \"w\"\nkeywords = [\"ECO\", \"feed\"]\n[[sink]]\ntype = \"file\"\npath = \"{dir}/alerts.log\"\n";
    for number in 0..FEEDS {
        config += &format!("[[feed]]\nname = \"f{number}\"\nurl = \"{}\"\n", site.url(&format!("/{number}")));
    }
    let place = Place::new(&config);
    let daemon = place.start();
    wait_for("the daemon", Duration::from_secs(20), || place.run(&["status"]).status.success());
    assert!(place.run(&["feeds", "poll", "--all"]).status.success());
    let polled = || place.json(&["feeds", "list", "--json"]).iter().filter(|feed| feed["polls"].as_u64() > Some(0)).count();
    wait_for("every feed's first poll", Duration::from_secs(120), || polled() == FEEDS);
    let peak = daemon.peak_rss();
    daemon.stop();
    eprintln!("peak memory {:.1} MB", peak as f64 / 1e6);
    assert!(peak <= RSS_LIMIT, "peak memory {peak}");
    let feeds = place.json(&["feeds", "list", "--json"]);
    let mut bad = 0;
    for (number, (_, _, word)) in BAD.iter().enumerate() {
        let feed = feeds.iter().find(|feed| feed["name"] == format!("f{number}")).unwrap();
        assert!(feed["reason"].as_str().is_some_and(|reason| reason.contains(word)), "{feed} should say {word}");
    }
    for feed in &feeds {
        let (state, reason) = (feed["state"].as_str().unwrap(), feed["reason"].as_str());
        if state == "ok" {
            assert_eq!(reason, None);
        } else {
            let reason = reason.unwrap_or_else(|| panic!("{feed} has no reason"));
            assert!(reason.len() > 10 && !reason.contains("Error(") && !reason.contains("Err("), "{reason}");
            bad += usize::from(state == "failing");
        }
        assert_ne!(state, "quarantined", "{feed}");
    }
    eprintln!("{bad} of {FEEDS} could not be read");
    assert!(bad >= BAD.len() - 1 && bad < FEEDS / 3, "{bad} bad feeds");
}
