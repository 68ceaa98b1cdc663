//! A disk that fills up, as a small tmpfs of the test's own (root only; skipped loudly otherwise).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::string_slice, clippy::print_stderr, clippy::disallowed_methods)] // a test fails by panicking

mod store_suite;

use newswatch::store::{AlertFilter, Options, Outcome, Store, What};
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use store_suite::world::*;

/// A mounted tmpfs; unmounted when dropped.
struct Disk(tempfile::TempDir);

impl Disk {
    fn of(mib: u64) -> Option<Self> {
        if !rustix::process::geteuid().is_root() {
            eprintln!("SKIPPED: a full disk is made of a tmpfs, and only root may mount one");
            return None;
        }
        let dir = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &format!("size={mib}m"), "tmpfs"]).arg(dir.path()).status();
        if !mounted.as_ref().is_ok_and(std::process::ExitStatus::success) {
            assert!(std::env::var_os("CI").is_none(), "no tmpfs: {mounted:?}");
            eprintln!("SKIPPED: no tmpfs: {mounted:?}");
            return None;
        }
        Some(Self(dir))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn db(&self) -> PathBuf {
        self.path().join("newswatch.db")
    }

    /// Fills all but so many KiB.
    fn fill(&self, leave: u64) {
        let free = self.free();
        let mut file = OpenOptions::new().create(true).append(true).open(self.path().join("filler")).unwrap();
        let block = vec![0xa5; 4096];
        for _ in 0..free.saturating_sub(leave << 10) / 4096 {
            if file.write_all(&block).is_err() {
                break;
            }
        }
    }

    fn empty(&self) {
        std::fs::remove_file(self.path().join("filler")).unwrap();
    }

    fn free(&self) -> u64 {
        let disk = rustix::fs::statvfs(self.path()).unwrap();
        disk.f_bavail * disk.f_frsize
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

fn open(disk: &Disk, ballast: u64) -> Store {
    Store::open(&Options { ballast, ..Options::at(disk.db()) }, Path::new("/nowhere")).unwrap()
}

/// Until `true`, for at most a minute.
async fn until(what: &str, condition: impl Fn() -> bool) {
    for _ in 0..1200 {
        if condition() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{what}: not within a minute");
}

/// Texts that do not compress.
fn noise(n: u64) -> newswatch::store::PolledEntry {
    match entry(n, &["eco"]) {
        newswatch::store::PolledEntry::New { key, mut article, url_key, hits, matched_gen } => {
            article.content = Some(std::iter::repeat_with(fastrand::alphanumeric).take(3000).collect());
            newswatch::store::PolledEntry::New { key, article, url_key, hits, matched_gen }
        }
        known => known,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn polls_wait_and_nothing_is_lost_or_doubled() {
    let Some(disk) = Disk::of(24) else { return };
    let store = open(&disk, Options::BALLAST);
    assert!(!disk.path().join("newswatch.db.ballast").exists(), "it would take over a quarter of this disk");
    register(&store, &["a"]).await;
    disk.fill(600);
    let full = store.full();
    let polls: Vec<_> = (0..20)
        .map(|p| {
            let store = store.clone();
            tokio::spawn(async move { poll(&store, "a", (p * 50..p * 50 + 60).map(noise).collect()).await })
        })
        .collect();
    until("the disk is full", || full.borrow().is_some()).await;
    let reason = full.borrow().clone().unwrap();
    assert!(reason.contains(&disk.path().display().to_string()) && reason.contains("no space"), "{reason}");
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(full.borrow().is_some() && polls.iter().any(|poll| !poll.is_finished()), "it waits");
    assert!(!store.feeds(at(1)).await.unwrap().is_empty(), "readers read on");
    disk.empty();
    until("it goes on", || full.borrow().is_none()).await;
    let mut new = 0;
    for poll in polls {
        new += poll.await.unwrap().new_articles;
    }
    assert_eq!(new, 1010, "every entry once");
    assert_eq!(store.undecided(at(1), 5000).await.unwrap().hits.len(), 1010);
    store.close().await;
    let db = rusqlite::Connection::open(disk.db()).unwrap();
    let whole: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(whole, "ok");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_ballast_lets_deliveries_through() {
    let Some(disk) = Disk::of(40) else { return };
    let store = open(&disk, 8 << 20);
    let ballast = disk.path().join("newswatch.db.ballast");
    assert_eq!(std::fs::metadata(&ballast).unwrap().len(), 8 << 20);
    register(&store, &["a"]).await;
    poll(&store, "a", (0..200).map(|n| entry(n, &["eco"])).collect()).await;
    disk.fill(0);
    let full = store.full();
    let waiting = tokio::spawn({
        let store = store.clone();
        async move { poll(&store, "a", (1000..1400).map(noise).collect()).await }
    });
    until("the disk is full", || full.borrow().is_some()).await;
    assert!(!ballast.exists());
    // What is stored is decided and delivered meanwhile.
    for hit in store.undecided(at(1), 200).await.unwrap().hits {
        store.decide(telling(&hit, &["log"])).await.unwrap();
    }
    loop {
        let some = claim(&store, "log", 50).await;
        if some.is_empty() {
            break;
        }
        for delivery in some {
            settle(&store, "log", delivery.seq, Outcome::Sent).await;
        }
    }
    store.prune(days(1)).await.unwrap();
    assert_eq!(store.alerts(AlertFilter::default()).await.unwrap().len(), 200);
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(!waiting.is_finished(), "a poll takes nothing of it");
    disk.empty();
    until("it goes on", || full.borrow().is_none()).await;
    assert_eq!(waiting.await.unwrap().new_articles, 400);
    assert_eq!(std::fs::metadata(&ballast).unwrap().len(), 8 << 20, "and it is held back again");
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_does_not_keep_a_daemon_from_ending_or_starting() {
    let Some(disk) = Disk::of(40) else { return };
    let store = open(&disk, 8 << 20);
    register(&store, &["a"]).await;
    tell(&store, "a", 0..3, &["log"]).await;
    claim(&store, "log", 1).await;
    disk.fill(0);
    let full = store.full();
    let waiting = tokio::spawn({
        let store = store.clone();
        async move { store.commit(outcome("a", at(1), read((1000..1400).map(noise).collect()))).await }
    });
    until("the disk is full", || full.borrow().is_some()).await;
    disk.fill(0);
    tokio::time::timeout(Duration::from_secs(20), store.close()).await.expect("it ends");
    assert!(waiting.await.unwrap().is_err(), "what is not recorded is not said to be");
    // The disk is full, and there is nothing left to give up: it starts all the same, or says what is wrong.
    match Store::open(&Options { ballast: 8 << 20, ..Options::at(disk.db()) }, Path::new("/nowhere")) {
        Ok(store) => store.close().await,
        Err(error) => assert!(error.exit_code() == 74 && error.to_string().contains("space"), "{error}"),
    }
    disk.empty();
    let store = open(&disk, 8 << 20);
    assert_eq!(claim(&store, "log", 9).await.iter().map(|d| (d.seq, d.unknown)).collect::<Vec<_>>(), [(1, true), (2, false), (3, false)]);
    assert_eq!(store.known("a", vec![key(1000)]).await.unwrap(), [false]);
    assert_eq!(store.commit(outcome("a", at(1), What::Failed)).await.unwrap().new_articles, 0);
    store.close().await;
}
