mod bench;

use crate::config::{OnUnknown, Rate};
use crate::deliver::outlet::{Report, Trouble, Verdict};
use crate::store::SinkState;
use bench::{Bench, Memory};
use std::sync::atomic::Ordering;
use std::time::Duration;

const DAY: u64 = 86_400;

fn refused() -> Report {
    Report::one(Verdict::Refused("HTTP 422".into()))
}

fn down() -> Report {
    Report::trouble(Trouble::down("connection refused"))
}

fn broke() -> Report {
    Report::trouble(Trouble::Down { reason: "HTTP 500".into(), asked: None, broke: true })
}

fn one_to(n: i64) -> Vec<i64> {
    (1..=n).collect()
}

#[tokio::test(start_paused = true)]
async fn everything_is_delivered_in_order_and_settled() {
    let memory = Memory::with(50);
    let bench = Bench::new(&memory);
    let ended = bench.run_for(1, |_, _| Report::sent(1)).await;
    assert_eq!(memory.sent(), one_to(50));
    assert_eq!((ended.sent, ended.trouble), (50, None));
    assert_eq!(memory.0.lock().unwrap().states, [(SinkState::Closed, None)]);
}

#[tokio::test(start_paused = true)]
async fn nothing_dies_of_a_day_of_outage_and_the_backlog_drains_in_order() {
    let memory = Memory::with(50);
    let bench = Bench::new(&memory);
    bench.run_for(DAY + 600, |_, second| if second < DAY { down() } else { Report::sent(1) }).await;
    assert_eq!(memory.sent(), one_to(50));
    let tried = bench.attempts_on(1);
    assert_eq!(&tried[..3], [0, 1, 2], "failures one and two are tried again after a second");
    assert!((4..=6).contains(&(tried[3] - tried[2])), "the first probe: {tried:?}");
    assert!(tried.windows(2).all(|w| w[1] - w[0] <= 361), "probes go on");
    assert!(tried.len() < 400, "{}", tried.len());
    let claims = memory.0.lock().unwrap().claims.clone();
    assert!(claims[3..tried.len() - 1].iter().all(|&n| n <= 2), "an open sink holds no more than its probes: {claims:?}");
    let states = memory.0.lock().unwrap().states.clone();
    assert_eq!(states, [(SinkState::Closed, None), (SinkState::Open, Some("connection refused".into())), (SinkState::Closed, None)]);
}

#[tokio::test(start_paused = true)]
async fn an_outage_shows_its_reason_and_next_try_and_uses_up_nothing() {
    let memory = Memory::with(2);
    let bench = Bench::new(&memory);
    bench.run_for(1_000, |_, _| down()).await;
    let (first, second) = (memory.row(1), memory.row(2));
    assert_eq!((first.tries, first.reason.as_deref(), first.claimed), (0, Some("connection refused"), false));
    assert!(first.next.unwrap() > bench::at(1_000));
    assert_eq!((second.tries, second.next, second.claimed), (0, None, false));
}

#[tokio::test(start_paused = true)]
async fn a_refused_alert_follows_its_schedule_alone_then_dies() {
    let memory = Memory::with(5);
    let bench = Bench::new(&memory);
    bench.run_for(4 * DAY, |seq, _| if seq == 2 { refused() } else { Report::sent(1) }).await;
    assert_eq!(memory.sent(), [1, 3, 4, 5]);
    let tried = bench.attempts_on(2);
    assert_eq!(tried.len(), 10);
    for (gap, expected) in tried.windows(2).map(|w| w[1] - w[0]).zip([5u64, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]) {
        assert!(gap * 10 >= expected * 8 - 10 && gap * 10 <= expected * 12 + 70, "{gap} for {expected}");
    }
    let row = memory.row(2);
    assert!(row.dead && row.reason.as_deref() == Some("HTTP 422"), "{row:?}");
    assert_eq!(memory.0.lock().unwrap().states, [(SinkState::Closed, None)], "the sink is well");
}

#[tokio::test(start_paused = true)]
async fn what_can_never_be_sent_dies_at_once() {
    let memory = Memory::with(3);
    let bench = Bench::new(&memory);
    bench.run_for(10, |seq, _| if seq == 1 { Report::one(Verdict::Unsendable("no JSON".into())) } else { Report::sent(1) }).await;
    assert_eq!(memory.sent(), [2, 3]);
    assert!(memory.row(1).dead);
    assert_eq!(bench.attempts_on(1).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn gone_switches_the_sink_off_and_keeps_its_rows() {
    let memory = Memory::with(3);
    let bench = Bench::new(&memory);
    bench.run_for(DAY, |seq, _| if seq == 2 { Report::trouble(Trouble::Gone("HTTP 410".into())) } else { Report::sent(1) }).await;
    assert_eq!(memory.sent(), [1]);
    assert_eq!(bench.attempts.lock().unwrap().len(), 2, "nothing is tried any more");
    assert_eq!((memory.row(2), memory.row(3)), Default::default());
    assert_eq!(memory.0.lock().unwrap().states.last(), Some(&(SinkState::Disabled, Some("HTTP 410".into()))));
    assert!(bench.progress.stuck().is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_alert_that_breaks_the_receiver_is_told_from_an_outage() {
    let memory = Memory::with(30);
    let bench = Bench::new(&memory);
    bench.run_for(120, |seq, _| if seq == 3 { broke() } else { Report::sent(1) }).await;
    let others: Vec<i64> = one_to(30).into_iter().filter(|&seq| seq != 3).collect();
    assert_eq!(memory.sent(), others, "two minutes are enough to find out, and the order holds");
    assert!(memory.row(3).tries > 0);
}

#[tokio::test(start_paused = true)]
async fn an_alert_that_breaks_the_receiver_dies_while_others_go_on() {
    let memory = Memory::with(3);
    let bench = Bench::new(&memory);
    let feed = async {
        for seq in 4..=650 {
            tokio::time::sleep(Duration::from_secs(600)).await;
            memory.add(seq);
            bench.wake.notify_one();
        }
        bench.stop.cancel();
    };
    tokio::join!(bench.run(|seq, _| if seq == 2 { broke() } else { Report::sent(1) }), feed);
    assert!(memory.row(2).dead, "{:?}", memory.row(2));
    assert_eq!(memory.sent().len(), 648);
    for (seq, wait) in bench.attempts.lock().unwrap().iter().filter(|(_, seq)| *seq > 3).map(|(second, seq)| (*seq, second - (*seq as u64 - 3) * 600))
    {
        assert!(wait < 10, "{seq} waited for {wait} s");
    }
}

#[tokio::test(start_paused = true)]
async fn an_outage_that_answers_500_kills_nothing() {
    let memory = Memory::with(30);
    let bench = Bench::new(&memory);
    bench.run_for(DAY + 600, |_, second| if second < DAY { broke() } else { Report::sent(1) }).await;
    assert_eq!(memory.sent(), one_to(30));
}

#[tokio::test(start_paused = true)]
async fn a_full_disk_is_tried_every_two_seconds_without_a_word_to_the_store() {
    let memory = Memory::with(3);
    memory.0.lock().unwrap().state_hangs = true;
    let bench = Bench::new(&memory);
    let full = |_, second: u64| if second < 300 { Report::trouble(Trouble::Full("no space".into())) } else { Report::sent(1) };
    bench.run_for(310, full).await;
    assert_eq!(memory.sent(), [1, 2, 3]);
    let tried = bench.attempts_on(1);
    assert!(tried.windows(2).all(|w| w[1] - w[0] <= 4), "{tried:?}");
    assert_eq!(memory.0.lock().unwrap().settles, 3);
}

#[tokio::test(start_paused = true)]
async fn a_stop_finishes_the_send_in_flight() {
    let memory = Memory::with(3);
    let mut bench = Bench::new(&memory);
    bench.takes = Duration::from_secs(4);
    bench.run_for(1, |_, _| Report::sent(1)).await;
    assert_eq!(memory.sent(), [1]);
    assert_eq!(bench.start.elapsed().as_secs(), 4);
    assert_eq!((memory.row(2), memory.row(3)), Default::default(), "given back");
}

#[tokio::test(start_paused = true)]
async fn a_stop_waits_five_seconds_and_no_longer() {
    let memory = Memory::with(2);
    let mut bench = Bench::new(&memory);
    bench.takes = Duration::from_secs(14);
    bench.run_for(1, |_, _| Report::sent(1)).await;
    assert!(bench.start.elapsed() <= Duration::from_secs(6), "{:?}", bench.start.elapsed());
    assert_eq!(memory.row(1), Default::default(), "it is sent again");
}

#[tokio::test(start_paused = true)]
async fn drop_rather_than_send_twice_is_the_users_choice() {
    let memory = Memory::with(3);
    memory.0.lock().unwrap().rows.get_mut(&2).unwrap().unknown = true;
    let mut bench = Bench::new(&memory);
    bench.settings.on_unknown = OnUnknown::Drop;
    bench.run_for(10, |_, _| Report::sent(1)).await;
    assert_eq!(memory.sent(), [1, 3]);
    assert!(memory.row(2).dead && bench.attempts_on(2).is_empty());
}

#[tokio::test(start_paused = true)]
async fn once_ends_when_nothing_is_left_or_the_sink_has_failed_once() {
    let memory = Memory::with(45);
    let mut bench = Bench::new(&memory);
    bench.settings.once = true;
    let ended = bench.run(|seq, _| if seq == 2 { refused() } else { Report::sent(1) }).await;
    assert_eq!((ended.sent, ended.trouble), (44, None), "a refused alert waits for a later run");
    for fail in [down as fn() -> Report, || Report::trouble(Trouble::Full("no space".into())), || Report::trouble(Trouble::Gone("HTTP 410".into()))] {
        let memory = Memory::with(3);
        let mut bench = Bench::new(&memory);
        bench.settings.once = true;
        let ended = bench.run(|seq, _| if seq == 2 { fail() } else { Report::sent(1) }).await;
        assert_eq!(ended.sent, 1);
        assert!(ended.trouble.is_some());
        assert!(!memory.row(2).claimed && !memory.row(3).claimed);
        assert_eq!(bench.attempts_on(2).len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_wake_is_heard_at_once_and_a_lost_one_costs_fifteen_seconds() {
    let memory = Memory::default();
    let bench = Bench::new(&memory);
    let feed = async {
        tokio::time::sleep(Duration::from_secs(7)).await;
        memory.add(1);
        bench.wake.notify_waiters();
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(memory.sent(), [1]);
        memory.add(2);
        tokio::time::sleep(Duration::from_secs(16)).await;
        assert_eq!(memory.sent(), [1, 2]);
        bench.stop.cancel();
    };
    tokio::join!(bench.run(|_, _| Report::sent(1)), feed);
}

#[tokio::test(start_paused = true)]
async fn a_rate_is_kept_in_every_stretch() {
    let memory = Memory::with(25);
    let mut bench = Bench::new(&memory);
    bench.settings.rate = Some(Rate { count: 10, per: Duration::from_secs(60) });
    bench.run_for(125, |_, _| Report::sent(1)).await;
    let seconds: Vec<u64> = bench.attempts.lock().unwrap().iter().map(|(second, _)| *second).collect();
    assert_eq!(memory.sent(), one_to(25));
    assert!(seconds.windows(11).all(|w| w[10] - w[0] >= 60), "{seconds:?}");
}

#[tokio::test(start_paused = true)]
async fn a_clock_set_back_does_not_hold_up_a_probe() {
    let memory = Memory::with(3);
    let bench = Bench::new(&memory);
    let feed = async {
        tokio::time::sleep(Duration::from_secs(100)).await;
        bench.skew.store(-3_600, Ordering::SeqCst);
    };
    tokio::join!(bench.run_for(600, |_, second| if second < 150 { down() } else { Report::sent(1) }), feed);
    assert_eq!(memory.sent(), [1, 2, 3]);
}

#[tokio::test(start_paused = true)]
async fn a_sink_that_hangs_is_told_of_and_does_not_starve_the_watchdog() {
    let memory = Memory::with(1);
    let mut bench = Bench::new(&memory);
    bench.takes = Duration::from_secs(100_000);
    let watch = async {
        for _ in 0..100 {
            tokio::time::sleep(Duration::from_secs(10)).await;
            assert!(bench.progress.stuck().is_empty());
        }
        bench.stop.cancel();
    };
    tokio::join!(bench.run(|_, _| Report::sent(1)), watch);
}

#[tokio::test(start_paused = true)]
async fn an_alert_with_a_past_is_not_blamed_for_an_outage() {
    let memory = Memory::with(1);
    let bench = Bench::new(&memory);
    bench.run_for(DAY, |_, second| if second == 0 { refused() } else { broke() }).await;
    let row = memory.row(1);
    assert_eq!((row.tries, row.dead), (1, false), "{row:?}");
}

#[tokio::test(start_paused = true)]
async fn a_wake_between_claim_and_wait_is_not_lost() {
    let memory = Memory::default();
    memory.0.lock().unwrap().claim_takes = Duration::from_millis(1_000);
    let bench = Bench::new(&memory);
    let feed = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        memory.add(1);
        bench.wake.notify_waiters();
        tokio::time::sleep(Duration::from_millis(2_000)).await;
        assert_eq!(memory.sent(), [1]);
        bench.stop.cancel();
    };
    tokio::join!(bench.run(|_, _| Report::sent(1)), feed);
}
