//! Deliveries: claimed in order, settled for good, never lost.

use super::Site;
use super::world::*;
use jiff::SignedDuration;
use newswatch::store::{AlertFilter, OutboxFilter, Outcome, RowState, SinkState, Store};

async fn states(store: &Store) -> Vec<(i64, RowState)> {
    store.outbox(OutboxFilter::default(), at(20)).await.unwrap().into_iter().map(|line| (line.seq, line.state)).collect()
}

pub async fn deliveries_are_claimed_in_order_and_once(site: &impl Site) {
    let store = site.open();
    register(&store, &["a"]).await;
    tell(&store, "a", 0..5, &["log", "hook"]).await;
    assert_eq!(seqs(&claim(&store, "log", 3).await), [1, 2, 3]);
    assert_eq!(seqs(&claim(&store, "log", 3).await), [4, 5]);
    assert!(claim(&store, "log", 3).await.is_empty());
    assert_eq!(seqs(&claim(&store, "hook", 9).await), [1, 2, 3, 4, 5], "one sink takes nothing from another");
    assert!(claim(&store, "nobody", 9).await.is_empty());
    assert!(states(&store).await.iter().all(|(_, state)| *state == RowState::Sending));
}

pub async fn a_settled_delivery_is_gone(site: &impl Site) {
    let store = site.open();
    register(&store, &["a"]).await;
    tell(&store, "a", 0..2, &["log", "hook"]).await;
    claim(&store, "log", 9).await;
    settle(&store, "log", 1, Outcome::Sent).await;
    settle(&store, "log", 1, Outcome::Sent).await;
    settle(&store, "log", 1, Outcome::Retry { next: at(30), reason: "late".into(), counts: true }).await;
    settle(&store, "nobody", 1, Outcome::Sent).await;
    let store = site.reopen(store).await;
    assert_eq!(seqs(&claim(&store, "log", 9).await), [2]);
    let backlog = store.backlog().await.unwrap();
    assert_eq!(backlog.iter().map(|b| (&b.sink[..], b.rows)).collect::<Vec<_>>(), [("hook", 2), ("log", 1)]);
    assert_eq!(backlog[0].oldest, Some(at(10)));
    assert_eq!(store.alerts(AlertFilter::default()).await.unwrap().len(), 2, "the log of alerts is untouched");
}

pub async fn a_retry_comes_when_it_is_due(site: &impl Site) {
    let store = site.open();
    register(&store, &["a"]).await;
    tell(&store, "a", 0..3, &["hook"]).await;
    claim(&store, "hook", 2).await;
    settle(&store, "hook", 1, Outcome::Retry { next: at(100), reason: "500".into(), counts: true }).await;
    settle(&store, "hook", 2, Outcome::Retry { next: at(100), reason: "refused".into(), counts: false }).await;
    assert_eq!(seqs(&claim(&store, "hook", 9).await), [3], "what failed is not in its way");
    settle(&store, "hook", 3, Outcome::Released).await;
    let line = store.outbox(OutboxFilter { limit: Some(1), ..OutboxFilter::default() }, at(20)).await.unwrap().remove(0);
    assert_eq!((line.state, line.tries, line.next, line.reason.as_deref()), (RowState::Waiting, 1, Some(at(100)), Some("500")));
    let store = site.reopen(store).await;
    assert_eq!(store.backlog().await.unwrap()[0].next, None, "one may be sent now");
    let due = store.claim("hook", 9, at(100)).await.unwrap();
    assert_eq!(due.iter().map(|d| (d.seq, d.tries)).collect::<Vec<_>>(), [(2, 0), (3, 0), (1, 1)], "first attempts before retries");
}

pub async fn a_dead_delivery_is_left_alone(site: &impl Site) {
    let store = site.open();
    register(&store, &["a"]).await;
    tell(&store, "a", 0..2, &["hook"]).await;
    claim(&store, "hook", 9).await;
    settle(&store, "hook", 1, Outcome::Dead { reason: "404".into() }).await;
    settle(&store, "hook", 2, Outcome::Retry { next: at(100), reason: "429".into(), counts: true }).await;
    let store = site.reopen(store).await;
    assert_eq!(seqs(&store.claim("hook", 9, days(1)).await.unwrap()), [2]);
    settle(&store, "hook", 2, Outcome::Released).await;
    let backlog = store.backlog().await.unwrap().remove(0);
    assert_eq!((backlog.rows, backlog.dead, backlog.next), (1, 1, Some(at(100))));
    assert_eq!(states(&store).await, [(1, RowState::Dead), (2, RowState::Waiting)]);
}

pub async fn nothing_goes_before_its_hour(site: &impl Site) {
    let store = site.open();
    register(&store, &["a"]).await;
    poll(&store, "a", vec![entry(1, &["eco"])]).await;
    let mut decision = telling(&hits(&store).await[0], &["mail"]);
    decision.alerts[0].not_before = Some(at(3600));
    store.decide(decision).await.unwrap();
    assert!(claim(&store, "mail", 9).await.is_empty());
    let line = store.outbox(OutboxFilter::default(), at(20)).await.unwrap().remove(0);
    assert_eq!((line.state, line.next), (RowState::Held, Some(at(3600))));
    assert_eq!(store.backlog().await.unwrap()[0].next, Some(at(3600)));
    assert_eq!(store.claim("mail", 9, at(3600)).await.unwrap().len(), 1);
}

pub async fn a_new_owner_takes_claims_back(site: &impl Site) {
    let store = site.open();
    register(&store, &["a"]).await;
    tell(&store, "a", 0..2, &["log"]).await;
    let first = claim(&store, "log", 1).await.remove(0);
    assert!(!first.unknown);
    let store = site.reopen(store).await;
    let again = claim(&store, "log", 9).await;
    assert_eq!(again.iter().map(|d| (d.seq, d.unknown)).collect::<Vec<_>>(), [(1, true), (2, false)], "the first may have been sent");
    assert_eq!((&again[0].key, &again[0].body, again[0].tries), (&first.key, &first.body, 0));
    settle(&store, "log", 1, Outcome::Retry { next: at(20), reason: "500".into(), counts: false }).await;
    assert!(!claim(&store, "log", 9).await[0].unknown, "how this attempt went is known");
}

pub async fn a_claim_that_nobody_waits_for_is_given_back(site: &impl Site) {
    let store = site.open();
    register(&store, &["a"]).await;
    tell(&store, "a", 0..3, &["log"]).await;
    let give_back = |taken: Vec<newswatch::store::Delivery>| {
        let store = &store;
        async move {
            for delivery in taken {
                settle(store, "log", delivery.seq, Outcome::Released).await;
            }
        }
    };
    for _ in 0..50 {
        // Dropped at any stage: before it is sent, while it is under way, when it is answered but not taken.
        let claim = store.claim("log", 9, at(20));
        if let Ok(taken) = tokio::time::timeout(std::time::Duration::from_micros(fastrand::u64(0..800)), claim).await {
            give_back(taken.unwrap()).await;
        }
        give_back(store.claim("log", 9, at(20)).await.unwrap()).await;
    }
    for answered in [false, true] {
        let mut dropped = Box::pin(store.claim("log", 9, at(20)));
        tokio::select! {
            biased;
            _ = &mut dropped => panic!("answered at once"),
            () = std::future::ready(()) => {}
        }
        if answered {
            // This one was asked later, so that one has its answer by now.
            store.next_generation().await.unwrap();
            store.next_generation().await.unwrap();
        }
        drop(dropped);
        // And by now what was left behind is done.
        store.next_generation().await.unwrap();
        store.next_generation().await.unwrap();
        let all = store.claim("log", 9, at(20)).await.unwrap();
        assert_eq!(seqs(&all), [1, 2, 3], "answered: {answered}");
        give_back(all).await;
    }
}

pub async fn keys_are_fixed_and_differ_by_sink(site: &impl Site) {
    let store = site.open();
    register(&store, &["a"]).await;
    tell(&store, "a", 0..2, &["log", "журнал"]).await;
    let log = claim(&store, "log", 9).await;
    let other = claim(&store, "журнал", 9).await;
    let mut keys: Vec<String> = log.iter().chain(&other).map(|d| d.key.clone()).collect();
    assert!(keys.iter().all(|key| key.len() == 27 && key.starts_with('d') && key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())));
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 4);
    let store = site.reopen(store).await;
    assert_eq!(claim(&store, "log", 9).await.iter().map(|d| &d.key).collect::<Vec<_>>(), log.iter().map(|d| &d.key).collect::<Vec<_>>());
}

pub async fn a_sink_at_its_cap_overflows_alone(site: &impl Site) {
    let store = site.open_with(|options| options.outbox_cap = 2);
    register(&store, &["a"]).await;
    tell(&store, "a", 0..2, &["slow"]).await;
    tell(&store, "a", 2..4, &["slow", "log"]).await;
    let backlog = store.backlog().await.unwrap();
    assert_eq!(backlog.iter().map(|b| (&b.sink[..], b.rows, b.overflow)).collect::<Vec<_>>(), [("log", 2, None), ("slow", 2, Some(3))]);
    assert_eq!(seqs(&claim(&store, "slow", 9).await), [1, 2]);
    assert_eq!(seqs(&claim(&store, "log", 9).await), [3, 4]);
    assert_eq!(store.alerts(AlertFilter::default()).await.unwrap().len(), 4, "the log has them all");
}

pub async fn rows_of_a_removed_sink_are_orphans(site: &impl Site) {
    let store = site.open();
    register(&store, &["a"]).await;
    store.register_sinks(vec!["log".into(), "hook".into(), "idle".into()], at(0)).await.unwrap();
    tell(&store, "a", 0..1, &["log", "hook"]).await;
    store.register_sinks(vec!["log".into()], at(1)).await.unwrap();
    let rows = store.outbox(OutboxFilter::default(), at(20)).await.unwrap();
    assert_eq!(rows.iter().map(|r| (&r.sink[..], r.state)).collect::<Vec<_>>(), [("hook", RowState::Orphan), ("log", RowState::Waiting)]);
    let backlog = store.backlog().await.unwrap();
    assert_eq!(
        backlog.iter().map(|b| (&b.sink[..], b.orphan)).collect::<Vec<_>>(),
        [("hook", true), ("log", false)],
        "one that has nothing before it is gone"
    );
    store.register_sinks(vec!["hook".into()], at(2)).await.unwrap();
    assert_eq!(claim(&store, "hook", 9).await.len(), 1, "its rows waited for it");
}

pub async fn a_sinks_state_is_kept(site: &impl Site) {
    let store = site.open();
    store.sink_state("hook", SinkState::Open, at(5), Some("connection refused".into())).await.unwrap();
    let store = site.reopen(store).await;
    let hook = store.backlog().await.unwrap().remove(0);
    assert_eq!((hook.state, hook.since, hook.reason.as_deref(), hook.rows), (SinkState::Open, Some(at(5)), Some("connection refused"), 0));
    store.sink_state("hook", SinkState::Closed, at(5) + SignedDuration::from_secs(1), None).await.unwrap();
    assert_eq!(store.backlog().await.unwrap()[0].state, SinkState::Closed);
}
