//! The word to the service manager, heard on a socket that stands in for systemd's.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, clippy::string_slice)] // a test says so by failing

mod support;

use std::os::unix::net::UnixDatagram;
use std::time::{Duration, Instant};
use support::{Page, Place, Site, rss};

/// Hears messages until one has all of `words`, and gives back all that came.
fn hear(socket: &UnixDatagram, words: &[&str]) -> Vec<String> {
    let mut heard = Vec::new();
    let start = Instant::now();
    loop {
        let mut buffer = [0; 4096];
        let length = socket.recv(&mut buffer).unwrap_or_else(|e| panic!("no {words:?} ({e}); heard {heard:?}"));
        let message = String::from_utf8_lossy(&buffer[..length]).to_string();
        let found = words.iter().all(|word| message.lines().any(|line| line.starts_with(word)));
        heard.push(message);
        if found {
            return heard;
        }
        assert!(start.elapsed() < Duration::from_secs(20), "no {words:?}; heard {heard:?}");
    }
}

#[test]
fn ready_when_it_serves_alive_while_it_moves_stopping_when_told() {
    let site = Site::new(|_| Page::ok(rss("")));
    let place = Place::new(&format!(
        "[store]\nurl = \"newswatch.db\"\n[[feed]]\nname = \"f\"\nurl = \"{}\"\ninterval = \"1s\"\nallow_private = true\n[[sink]]\ntype = \"stdout\"\n",
        site.url("/rss")
    ));
    let path = place.path("notify.sock");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let place = place.env("NOTIFY_SOCKET", path.to_str().unwrap()).env("WATCHDOG_USEC", "600000");
    let mut daemon = place.start();
    let heard = hear(&socket, &["READY=1", "STATUS=1 feeds, 0 watches"]);
    assert_eq!(heard.len(), 1, "ready comes first: {heard:?}");
    assert!(place.run(&["status"]).status.success(), "whoever is ready answers");
    hear(&socket, &["WATCHDOG=1"]);
    hear(&socket, &["WATCHDOG=1"]);
    daemon.signal("TERM");
    hear(&socket, &["STOPPING=1"]);
    assert_eq!(daemon.wait(Duration::from_secs(10)), Some(0));
}

#[test]
fn a_daemon_that_is_frozen_does_not_feed_the_watchdog() {
    let place = Place::new("[store]\nurl = \"newswatch.db\"\n[[sink]]\ntype = \"stdout\"\n");
    let path = place.path("notify.sock");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let place = place.env("NOTIFY_SOCKET", path.to_str().unwrap()).env("WATCHDOG_USEC", "400000");
    let daemon = place.start();
    hear(&socket, &["WATCHDOG=1"]);
    daemon.signal("STOP");
    socket.set_read_timeout(Some(Duration::from_millis(1500))).unwrap();
    let mut buffer = [0; 4096];
    // What was on its way still comes; then it is quiet for longer than the watchdog waits.
    let late = (0..10).take_while(|_| socket.recv(&mut buffer).is_ok()).count();
    assert!(late < 10, "a frozen daemon feeds the watchdog");
    daemon.signal("CONT");
    hear(&socket, &["WATCHDOG=1"]);
    daemon.stop();
}
