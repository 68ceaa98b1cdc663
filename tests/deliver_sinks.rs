//! Delivery with a real store, real files and a receiver of webhooks on loopback.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod deliver_support;

use deliver_support::{Answer, Loops, Received, Receiver, alerts, fetcher, file, now, open, seqs, until, webhook};
use newswatch::config::Format;
use newswatch::deliver;
use newswatch::store::{RowState, SinkState};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const SOON: Duration = Duration::from_secs(20);

fn one_to(n: i64) -> Vec<i64> {
    (1..=n).collect()
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

#[tokio::test]
async fn every_sink_gets_every_alert_once_in_order_and_the_same_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let (old, new) = (deliver::fresh_secret(), deliver::fresh_secret());
    let receiver = Receiver::start(|_, _| Answer::status(204));
    let (text, json) = (dir.path().join("alerts.log"), dir.path().join("alerts.jsonl"));
    alerts(&store, 0, 450, &["log", "lines", "hook"]).await;
    let loops = Loops::new(&store);
    let (log, lines, hook) = tokio::join!(
        loops.worker(&file("log", &text, Format::Text), true),
        loops.worker(&file("lines", &json, Format::Jsonl), true),
        loops.worker(&webhook("hook", &receiver, &[&new, &old]), true),
    );
    assert_eq!([log.unwrap().sent, lines.unwrap().sent, hook.unwrap().sent], [450; 3]);
    assert_eq!(seqs(&json), one_to(450));
    assert_eq!(receiver.seqs(), one_to(450));
    let text = read(&text);
    assert_eq!(text.lines().count(), 450);
    for (number, line) in text.lines().enumerate() {
        let cells: Vec<&str> = line.split('\t').collect();
        assert_eq!(cells[1..4], ["eco", "normal", "new"]);
        assert_eq!(cells[9..], [format!("Ministers meet, round {number}"), format!("https://news.example/{number}")]);
    }
    let got: Vec<Received> = receiver.got.lock().unwrap().iter().cloned().collect();
    for (received, line) in got.iter().zip(read(&json).lines()) {
        assert!(received.is_signed_by(&new) && received.is_signed_by(&old), "both secrets sign during a rotation");
        assert!(!received.is_signed_by(&deliver::fresh_secret()));
        assert_eq!(received.body, line.as_bytes(), "the same bytes everywhere");
        assert_eq!(received.headers["content-type"], "application/json");
    }
    let ids: std::collections::HashSet<&str> = got.iter().map(|r| r.id.as_str()).collect();
    assert_eq!(ids.len(), 450);
    assert!(loops.outbox().await.is_empty());
}

#[tokio::test]
async fn a_slow_sink_delays_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let release = Arc::new(AtomicBool::new(false));
    let released = release.clone();
    let slow = Receiver::start(move |_, _| {
        while !released.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(5));
        }
        Answer::status(200)
    });
    let json = dir.path().join("alerts.jsonl");
    alerts(&store, 0, 300, &["hook", "lines"]).await;
    let loops = Loops::new(&store);
    let (mut hook, lines) = (webhook("hook", &slow, &[]), file("lines", &json, Format::Jsonl));
    hook.timeout = Duration::from_secs(600);
    let watch = async {
        until("the file", SOON, async || seqs(&json).len() == 300).await;
        until("the slow one", SOON, async || !slow.seqs().is_empty()).await;
        alerts(&store, 300, 1, &["lines"]).await;
        loops.wake.notify_waiters();
        until("one more", SOON, async || seqs(&json).len() == 301).await;
        assert_eq!(slow.seqs(), [1], "the slow one is still at its first");
        loops.stop.cancel();
        release.store(true, Ordering::SeqCst);
    };
    let (hook, lines, ()) = tokio::join!(loops.worker(&hook, false), loops.worker(&lines, false), watch);
    assert_eq!((hook.unwrap().sent, lines.unwrap().sent), (1, 301), "a stop finishes the send in flight, no more");
    assert_eq!(slow.seqs(), [1]);
    assert_eq!(loops.outbox().await.len(), 299);
    assert!(loops.outbox().await.iter().all(|row| row.state == RowState::Waiting), "the rest is given back");
}

#[tokio::test]
async fn an_outage_is_waited_out_and_nothing_counts() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let well = Arc::new(AtomicBool::new(false));
    let is_well = well.clone();
    let receiver = Receiver::start(move |_, _| Answer::status(if is_well.load(Ordering::SeqCst) { 200 } else { 503 }));
    alerts(&store, 0, 40, &["hook"]).await;
    let loops = Loops::new(&store);
    let watch = async {
        until("the sink's state", SOON, async || loops.backlog("hook").await.state == SinkState::Open).await;
        let open = loops.backlog("hook").await;
        assert_eq!((open.reason.as_deref(), open.rows, open.dead), (Some("HTTP 503: ok"), 40, 0));
        until("the row's reason", SOON, async || loops.outbox().await[0].next.is_some()).await;
        let rows = loops.outbox().await;
        assert_eq!((rows[0].tries, rows[0].reason.as_deref()), (0, Some("HTTP 503: ok")));
        well.store(true, Ordering::SeqCst);
        until("the backlog", 3 * SOON, async || loops.outbox().await.is_empty()).await;
        until("the sink's state", SOON, async || loops.backlog("hook").await.state == SinkState::Closed).await;
        loops.stop.cancel();
    };
    let (ended, ()) = tokio::join!(loops.worker(&webhook("hook", &receiver, &[]), false), watch);
    assert_eq!(ended.unwrap().sent, 40);
    let got = receiver.seqs();
    let failed = got.len() - 40;
    assert!(failed >= 3 && got[..failed].iter().all(|&seq| seq == 1), "the first one is the probe");
    assert_eq!(got[failed..], one_to(40), "the backlog drains in order");
    let got = receiver.got.lock().unwrap();
    assert!(got[..failed + 1].iter().all(|r| r.id == got[0].id && r.body == got[0].body), "the key and the bytes stay the same");
    assert!(got[3].at - got[2].at >= Duration::from_secs(4), "a probe is not hasty");
}

#[tokio::test]
async fn retry_after_is_honoured() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let receiver = Receiver::start(|_, before| if before == 0 { Answer(429, "Retry-After: 3\r\n", Duration::ZERO) } else { Answer::status(200) });
    alerts(&store, 0, 2, &["hook"]).await;
    let loops = Loops::new(&store);
    let watch = async {
        until("both", SOON, async || loops.outbox().await.is_empty()).await;
        loops.stop.cancel();
    };
    let (ended, ()) = tokio::join!(loops.worker(&webhook("hook", &receiver, &[]), false), watch);
    assert_eq!(ended.unwrap().sent, 2);
    let got = receiver.got.lock().unwrap();
    assert!(got[1].at - got[0].at >= Duration::from_millis(2_900));
}

#[tokio::test]
async fn a_refused_alert_waits_by_itself_and_a_redirect_is_a_refusal() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let elsewhere = Receiver::start(|_, _| Answer::status(200));
    let location: &'static str = Box::leak(format!("Location: http://{}/hook\r\n", elsewhere.address).into_boxed_str());
    let receiver = Receiver::start(move |received, _| match received.seq {
        2 => Answer::status(422),
        3 => Answer(307, location, Duration::ZERO),
        _ => Answer::status(200),
    });
    alerts(&store, 0, 5, &["hook"]).await;
    let loops = Loops::new(&store);
    let ended = loops.worker(&webhook("hook", &receiver, &[]), true).await.unwrap();
    assert_eq!((ended.sent, ended.trouble), (3, None));
    assert_eq!(receiver.seqs(), one_to(5));
    assert!(elsewhere.seqs().is_empty(), "no redirect is followed");
    let rows = loops.outbox().await;
    assert_eq!(rows.iter().map(|r| (r.seq, r.tries)).collect::<Vec<_>>(), [(2, 1), (3, 1)]);
    assert_eq!(rows[0].reason.as_deref(), Some("HTTP 422: ok"));
    assert!(rows[1].reason.as_deref().unwrap().contains("a redirect, and none is followed"), "{rows:?}");
    assert_eq!(loops.backlog("hook").await.state, SinkState::Closed);
    // A second later the refused one is not due yet, and others go on.
    alerts(&store, 5, 1, &["hook"]).await;
    assert_eq!(loops.worker(&webhook("hook", &receiver, &[]), true).await.unwrap().sent, 1);
}

#[tokio::test]
async fn gone_switches_the_sink_off() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let receiver = Receiver::start(|_, before| Answer::status(if before < 2 { 200 } else { 410 }));
    alerts(&store, 0, 5, &["hook"]).await;
    let loops = Loops::new(&store);
    let watch = async {
        until("the state", SOON, async || loops.backlog("hook").await.state == SinkState::Disabled).await;
        loops.wake.notify_waiters();
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(receiver.seqs(), one_to(3), "nothing more is tried");
        loops.stop.cancel();
    };
    let (ended, ()) = tokio::join!(loops.worker(&webhook("hook", &receiver, &[]), false), watch);
    assert_eq!(ended.unwrap().sent, 2);
    assert_eq!(loops.outbox().await.iter().map(|r| (r.seq, r.state, r.tries)).collect::<Vec<_>>(), [3, 4, 5].map(|n| (n, RowState::Waiting, 0)));
}

#[tokio::test]
async fn a_receiver_that_is_not_there_is_said_so() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let receiver = Receiver::start(|_, _| Answer::status(200));
    let mut spec = webhook("hook", &receiver, &[]);
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let newswatch::config::SinkKind::Webhook { url, .. } = &mut spec.kind else { panic!() };
    url.value = newswatch::config::SecretUrl::literal(format!("http://{nobody}/hook").parse().unwrap());
    alerts(&store, 0, 2, &["hook"]).await;
    let loops = Loops::new(&store);
    let ended = loops.worker(&spec, true).await.unwrap();
    assert_eq!((ended.sent, ended.trouble.as_deref()), (0, Some("connection refused")));
    assert_eq!(loops.outbox().await.len(), 2);
    let sink = deliver::compile(&spec).unwrap();
    assert_eq!(deliver::test(&sink, &fetcher(), now()).await, Err("connection refused".into()));
}

#[tokio::test]
async fn a_log_that_is_rotated_under_way_loses_and_doubles_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let json = dir.path().join("alerts.jsonl");
    let loops = Loops::new(&store);
    let watch = async {
        for round in 0..20 {
            alerts(&store, round * 20, 20, &["lines"]).await;
            loops.wake.notify_one();
            tokio::time::sleep(Duration::from_millis(round as u64 % 7)).await;
            let _ = std::fs::rename(&json, dir.path().join(format!("alerts.jsonl.{round}")));
        }
        until("all", SOON, async || loops.outbox().await.is_empty()).await;
        loops.stop.cancel();
    };
    let (ended, ()) = tokio::join!(loops.worker(&file("lines", &json, Format::Jsonl), false), watch);
    assert_eq!(ended.unwrap().sent, 400);
    let mut all: Vec<i64> = (0..20).flat_map(|round| seqs(&dir.path().join(format!("alerts.jsonl.{round}")))).chain(seqs(&json)).collect();
    all.sort_unstable();
    assert_eq!(all, one_to(400));
}

#[tokio::test]
async fn a_process_that_died_between_file_and_store_leaves_no_double_line() {
    for torn in [false, true] {
        let dir = tempfile::tempdir().unwrap();
        let json = dir.path().join("alerts.jsonl");
        let store = open(dir.path());
        alerts(&store, 0, 30, &["lines"]).await;
        let mut written = Vec::new();
        for delivery in store.claim("lines", 20, now()).await.unwrap() {
            written.extend_from_slice(&delivery.body);
            written.push(b'\n');
        }
        if torn {
            written.truncate(written.len() - 100);
        }
        std::fs::write(&json, &written).unwrap();
        store.close().await;
        drop(store);

        let store = open(dir.path());
        let loops = Loops::new(&store);
        let ended = loops.worker(&file("lines", &json, Format::Jsonl), true).await.unwrap();
        assert_eq!(ended.sent, 30);
        assert_eq!(seqs(&json), one_to(30), "torn: {torn}");
    }
}

#[tokio::test]
async fn a_full_disk_under_the_log_is_waited_out() {
    let dir = tempfile::tempdir().unwrap();
    let small = dir.path().join("small");
    std::fs::create_dir(&small).unwrap();
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"]).arg(&small).output().is_ok_and(|o| o.status.success());
    if !mounted {
        eprintln!("SKIPPED: only root can mount a tmpfs");
        return;
    }
    struct Mounted(std::path::PathBuf);
    impl Drop for Mounted {
        fn drop(&mut self) {
            let _ = Command::new("umount").arg(&self.0).status();
        }
    }
    let _mounted = Mounted(small.clone());
    let (json, ballast, other) = (small.join("alerts.jsonl"), small.join("ballast"), dir.path().join("other.jsonl"));
    std::fs::write(&ballast, vec![0; (1 << 20) - 8 * 4096]).unwrap();

    let store = open(dir.path());
    alerts(&store, 0, 300, &["lines", "other"]).await;
    let loops = Loops::new(&store);
    let watch = async {
        until("the reason", SOON, async || loops.backlog("lines").await.state == SinkState::Open).await;
        assert!(loops.backlog("lines").await.reason.unwrap().contains("no space left for"));
        until("the other sink", SOON, async || seqs(&other).len() == 300).await;
        tokio::time::sleep(Duration::from_secs(3)).await;
        let before = seqs(&json).len();
        assert!(before < 300);
        std::fs::remove_file(&ballast).unwrap();
        until("the rest", SOON, async || loops.outbox().await.is_empty()).await;
        until("the state", SOON, async || loops.backlog("lines").await.state == SinkState::Closed).await;
        loops.stop.cancel();
    };
    let (lines, others, ()) =
        tokio::join!(loops.worker(&file("lines", &json, Format::Jsonl), false), loops.worker(&file("other", &other, Format::Jsonl), false), watch);
    assert_eq!((lines.unwrap().sent, others.unwrap().sent), (300, 300));
    assert_eq!(seqs(&json), one_to(300), "every alert exactly once, no line torn");
}

#[tokio::test]
async fn a_test_message_shows_that_a_sink_works() {
    let dir = tempfile::tempdir().unwrap();
    let secret = deliver::fresh_secret();
    let receiver = Receiver::start(|_, _| Answer::status(200));
    let hook = deliver::compile(&webhook("hook", &receiver, &[&secret])).unwrap();
    assert!(deliver::test(&hook, &fetcher(), now()).await.unwrap().ends_with("took it"));
    let got = receiver.got.lock().unwrap().clone();
    assert!(got[0].is_signed_by(&secret));
    let body: newswatch::model::AlertBody = serde_json::from_slice(&got[0].body).unwrap();
    assert_eq!((body.r#type.as_str(), body.seq), ("test.sent", 0));

    let path = dir.path().join("alerts.log");
    let log = deliver::compile(&file("log", &path, Format::Text)).unwrap();
    assert_eq!(deliver::check(&log), None);
    assert_eq!(deliver::test(&log, &fetcher(), now()).await, Ok(format!("one line written to {}", path.display())));
    assert!(read(&path).contains("\ttest\t"), "{}", read(&path));

    let nowhere = deliver::compile(&file("log", &dir.path().join("no/alerts.log"), Format::Text)).unwrap();
    assert!(deliver::test(&nowhere, &fetcher(), now()).await.unwrap_err().contains("there is no folder"));
    assert!(deliver::check(&nowhere).unwrap().to_string().starts_with("sink \"log\": there is no folder"));
}
