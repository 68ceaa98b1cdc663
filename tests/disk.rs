//! A full disk: the daemon waits, says why, and goes on once there is room; every article is told exactly once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, clippy::string_slice)] // a test says so by failing

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use support::{Page, Place, Site, item, lines, root, rss, wait_for};

const WAIT: Duration = Duration::from_secs(60);

struct Tmpfs(std::path::PathBuf);

impl Tmpfs {
    fn mount(path: &Path, size: &str) -> Self {
        fs::create_dir_all(path).unwrap();
        let status = Command::new("mount").args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"]).arg(path).status().unwrap();
        assert!(status.success(), "mounting a tmpfs");
        Self(path.to_path_buf())
    }
}

impl Drop for Tmpfs {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_stops_polling_and_loses_nothing() {
    if !root("a tmpfs of its own") {
        return;
    }
    let published = Arc::new(AtomicUsize::new(0));
    let count = published.clone();
    let site = Site::new(move |_| {
        let now = count.load(Ordering::SeqCst);
        let items: String = (0..now).rev().map(|n| item(&format!("n{n}"), &format!("ECO news {n}"), "")).collect();
        Page::ok(rss(&items))
    });
    let place = Place::new(&format!(
        "[store]\nurl = \"small/newswatch.db\"\n[alerts]\ngroup_wait = \"0s\"\n[fetch]\nhost_gap = \"0s\"\n[[feed]]\nname = \"f\"\nurl = \"{}\"\n\
         interval = \"1s\"\nallow_private = true\nfirst_poll_alert_age = \"any\"\n[[watch]]\nname = \"w\"\nkeywords = [\"ECO\"]\n\
         [[sink]]\ntype = \"file\"\npath = \"{{dir}}/small/alerts.jsonl\"\n",
        site.url("/rss")
    ));
    let small = place.path("small");
    let _tmpfs = Tmpfs::mount(&small, "24m");
    // Everything it writes lies on the small disk: the state directory too.
    let place = place.env("STATE_DIRECTORY", small.to_str().unwrap());
    published.store(5, Ordering::SeqCst);
    let daemon = place.start();
    let told = || lines(&place.read("small/alerts.jsonl")).len();
    wait_for("the first alerts", WAIT, || told() == 5);
    // Fill it to the last byte.
    let filler = small.join("filler");
    let _ = Command::new("dd").args(["if=/dev/zero", "bs=4k", &format!("of={}", filler.display())]).output().unwrap();
    published.store(400, Ordering::SeqCst);
    wait_for("the word about the disk", WAIT, || place.log().contains("waiting for disk space"));
    let status = String::from_utf8(place.run(&["status"]).stdout).unwrap();
    assert!(status.contains("waiting for disk space"), "{status}");
    std::thread::sleep(Duration::from_secs(5));
    assert!(told() < 400);
    fs::remove_file(&filler).unwrap();
    let start = std::time::Instant::now();
    wait_for("the rest", Duration::from_secs(30), || told() == 400);
    eprintln!("went on {:?} after there was space", start.elapsed());
    wait_for("an empty outbox", WAIT, || place.json(&["outbox", "list", "--json"]).is_empty());
    daemon.stop();
    let alerts = lines(&place.read("small/alerts.jsonl"));
    let unique: BTreeSet<String> = alerts.iter().map(|a| a["alert_id"].to_string()).collect();
    assert_eq!((alerts.len(), unique.len()), (400, 400), "each exactly once");
    assert_eq!(place.json(&["alerts", "--json", "--after", "0"]).len(), 400);
}
