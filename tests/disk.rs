//! A full disk: the daemon waits, says why, and goes on once there is room; every article is told exactly once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, clippy::string_slice)] // a test says so by failing

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use support::{Daemon, Page, Place, Site, item, lines, root, rss, wait_for};

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

/// A feed whose length the test sets, and a daemon's folder that lies on a small disk.
struct Scene {
    place: Place,
    small: PathBuf,
    published: Arc<AtomicUsize>,
    _site: Site,
    _tmpfs: Tmpfs,
}

impl Scene {
    fn new() -> Self {
        let published = Arc::new(AtomicUsize::new(5));
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
        let tmpfs = Tmpfs::mount(&small, "24m");
        // Everything it writes lies on the small disk: the state directory too.
        let place = place.env("STATE_DIRECTORY", small.to_str().unwrap());
        Self { place, small, published, _site: site, _tmpfs: tmpfs }
    }

    fn told(&self) -> usize {
        lines(&self.place.read("small/alerts.jsonl")).len()
    }

    /// Fills the disk to the last byte, then publishes 400.
    fn fill(&self) {
        wait_for("the first alerts", WAIT, || self.told() == 5);
        let _ = Command::new("dd").args(["if=/dev/zero", "bs=4k", &format!("of={}", self.small.join("filler").display())]).output().unwrap();
        self.published.store(400, Ordering::SeqCst);
        wait_for("the word about the disk", WAIT, || self.place.log().contains("waiting for disk space"));
    }

    fn free(&self) {
        fs::remove_file(self.small.join("filler")).unwrap();
    }

    /// All 400 arrive, each exactly once.
    fn finish(&self, daemon: Daemon) {
        wait_for("the rest", Duration::from_secs(30), || self.told() == 400);
        wait_for("an empty outbox", WAIT, || self.place.json(&["outbox", "list", "--json"]).is_empty());
        daemon.stop();
        let alerts = lines(&self.place.read("small/alerts.jsonl"));
        let unique: BTreeSet<String> = alerts.iter().map(|a| a["alert_id"].to_string()).collect();
        assert_eq!((alerts.len(), unique.len()), (400, 400), "each exactly once");
        assert_eq!(self.place.json(&["alerts", "--json", "--after", "0"]).len(), 400);
    }
}

#[test]
fn a_full_disk_stops_polling_and_loses_nothing() {
    if !root("a tmpfs of its own") {
        return;
    }
    let scene = Scene::new();
    let daemon = scene.place.start();
    scene.fill();
    let status = String::from_utf8(scene.place.run(&["status"]).stdout).unwrap();
    assert!(status.contains("waiting for disk space"), "{status}");
    std::thread::sleep(Duration::from_secs(5));
    assert!(scene.told() < 400);
    let start = std::time::Instant::now();
    scene.free();
    wait_for("the rest", Duration::from_secs(30), || scene.told() == 400);
    eprintln!("went on {:?} after there was space", start.elapsed());
    scene.finish(daemon);
}

#[test]
fn a_daemon_that_waits_for_space_stops_when_told_and_goes_on_later() {
    if !root("a tmpfs of its own") {
        return;
    }
    let scene = Scene::new();
    let mut daemon = scene.place.start();
    scene.fill();
    daemon.signal("TERM");
    assert_eq!(daemon.wait(Duration::from_secs(10)), Some(0), "{}", scene.place.log());
    scene.free();
    scene.finish(scene.place.start());
}
