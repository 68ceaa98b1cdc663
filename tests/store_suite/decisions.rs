//! Decisions: recorded whole, and twice is once.

use super::Site;
use super::world::*;
use jiff::Timestamp;
use newswatch::alert::{Decision, Reason, Wait};
use newswatch::model::{AlertBody, ArticleId, StoryId};
use newswatch::store::{AlertFilter, OutboxFilter, Outcome, Store};

async fn log(store: &Store) -> Vec<AlertBody> {
    let lines = store.alerts(AlertFilter::default()).await.unwrap();
    lines.iter().map(|line| serde_json::from_slice(&line.body).unwrap()).collect()
}

async fn outbox(store: &Store) -> Vec<(String, i64)> {
    let lines = store.outbox(OutboxFilter::default(), at(20)).await.unwrap();
    lines.into_iter().map(|line| (line.sink, line.seq)).collect()
}

pub async fn a_told_hit_is_an_alert_and_its_deliveries(site: &impl Site) {
    let store = site.open();
    register(&store, &["a"]).await;
    poll(&store, "a", vec![entry(1, &["eco"])]).await;
    let hit = hits(&store).await.remove(0);
    let decision = telling(&hit, &["log", "hook"]);
    let seqs = store.decide(decision.clone()).await.unwrap();
    assert_eq!(seqs, [1]);
    let store = site.reopen(store).await;
    assert!(hits(&store).await.is_empty(), "it is decided");
    let body = log(&store).await.remove(0);
    assert_eq!(body, AlertBody { seq: 1, ..decision.alerts[0].body.clone() });
    assert_eq!(outbox(&store).await, [("hook".to_string(), 1), ("log".to_string(), 1)]);
    let delivery = claim(&store, "log", 10).await.remove(0);
    assert_eq!(delivery.body, store.alerts(AlertFilter::default()).await.unwrap()[0].body, "the very bytes");
    assert_eq!((delivery.alert_id, &delivery.watch[..], &delivery.kind[..], delivery.tries), (body.alert_id, "eco", "alert.created", 0));
    assert_eq!(store.article(hit.article_id).await.unwrap().unwrap().story, Some(body.story_id));
}

pub async fn a_decision_twice_is_a_decision_once(site: &impl Site) {
    let store = site.open();
    register(&store, &["a"]).await;
    poll(&store, "a", vec![entry(1, &["eco"]), entry(2, &["eco"])]).await;
    let found = hits(&store).await;
    let told = telling(&found[0], &["log"]);
    let ended = ending(&found[1], Reason::TooOld);
    for _ in 0..2 {
        assert_eq!(store.decide(told.clone()).await.unwrap(), [1]);
        store.decide(ended.clone()).await.unwrap();
    }
    assert_eq!(outbox(&store).await.len(), 1);
    let delivery = claim(&store, "log", 10).await.remove(0);
    settle(&store, "log", delivery.seq, Outcome::Sent).await;
    let store = site.reopen(store).await;
    assert_eq!(store.decide(told).await.unwrap(), [1], "after a crash, too, and after it was delivered");
    assert!(outbox(&store).await.is_empty(), "it is not delivered again");
    assert_eq!(log(&store).await.len(), 1);
}

pub async fn a_hit_waits_with_its_story(site: &impl Site) {
    let store = site.open();
    register(&store, &["a"]).await;
    poll(&store, "a", vec![entry(1, &["eco"]), entry(2, &["eco"])]).await;
    let found = hits(&store).await;
    let story = StoryId::of(&found[0].article_id);
    let mut decision = grouping(&found[0], at(60));
    decision.members.push((story, found[1].article_id));
    decision.grouped.push((found[1].id, story));
    store.decide(decision).await.unwrap();
    let store = site.reopen(store).await;
    let before = store.undecided(at(59), 10).await.unwrap();
    assert_eq!((before.hits.len(), before.fired.len(), before.next_wait), (0, 0, Some(at(60))));
    let after = store.undecided(at(60), 10).await.unwrap();
    assert_eq!((after.hits.len(), after.next_wait), (0, None));
    assert_eq!((&after.fired[0].watch[..], after.fired[0].story), ("eco", story));
    assert_eq!(after.fired[0].hits.iter().map(|h| h.id).collect::<Vec<_>>(), [found[0].id, found[1].id]);
    assert!(after.fired[0].hits.iter().all(|h| h.story == Some(story) && h.told.is_none() && h.waiting));
    assert_eq!(store.undecided(Timestamp::MAX, 10).await.unwrap().fired.len(), 1, "the last hour of all counts every wait as over");
    let mut told = telling(&after.fired[0].hits[0], &["log"]);
    told.alerts[0].hits = vec![found[0].id, found[1].id];
    told.fired = vec![("eco".into(), story)];
    store.decide(told).await.unwrap();
    let rest = store.undecided(at(1000), 10).await.unwrap();
    assert_eq!((rest.hits.len(), rest.fired.len(), rest.next_wait), (0, 0, None));
}

pub async fn a_wait_that_is_over_does_not_begin_again(site: &impl Site) {
    let store = site.open();
    register(&store, &["a"]).await;
    poll(&store, "a", vec![entry(1, &["eco"])]).await;
    let found = hits(&store).await.remove(0);
    let grouped = grouping(&found, at(60));
    store.decide(grouped.clone()).await.unwrap();
    let fired = store.undecided(at(60), 10).await.unwrap().fired.remove(0);
    let mut told = telling(&fired.hits[0], &["log"]);
    told.fired = vec![("eco".into(), fired.story)];
    store.decide(told).await.unwrap();
    store.decide(grouped).await.unwrap();
    let rest = store.undecided(at(1000), 10).await.unwrap();
    assert_eq!((rest.hits.len(), rest.fired.len(), rest.next_wait), (0, 0, None));
    let next = store.undecided(at(1), 10).await.unwrap();
    assert_eq!(next.next_wait, None);
}

pub async fn a_hit_never_waits_without_a_wait(site: &impl Site) {
    let store = site.open();
    register(&store, &["a"]).await;
    poll(&store, "a", vec![entry(1, &["eco"])]).await;
    let found = hits(&store).await.remove(0);
    let mut decision = grouping(&found, at(60));
    decision.waits.clear();
    store.decide(decision).await.unwrap();
    assert_eq!(store.undecided(at(60), 10).await.unwrap().fired.len(), 1, "or nobody would ever look at it again");
}

pub async fn a_wait_lasts_while_a_hit_is_left_in_it(site: &impl Site) {
    let store = site.open();
    register(&store, &["a"]).await;
    poll(&store, "a", vec![entry(1, &["eco"]), entry(2, &["eco"])]).await;
    let found = hits(&store).await;
    let story = StoryId::of(&found[0].article_id);
    let mut decision = grouping(&found[0], at(60));
    decision.grouped.push((found[1].id, story));
    store.decide(decision).await.unwrap();
    let mut told = telling(&found[0], &["log"]);
    told.fired = vec![("eco".into(), story)];
    store.decide(told).await.unwrap();
    let left = store.undecided(at(60), 10).await.unwrap().fired;
    assert_eq!(left[0].hits.iter().map(|h| h.id).collect::<Vec<_>>(), [found[1].id]);
    assert!(left[0].hits[0].told.is_some(), "and whoever looks at it sees that the story was told");
}

pub async fn a_wait_keeps_its_hour(site: &impl Site) {
    let store = site.open();
    register(&store, &["a", "b"]).await;
    poll(&store, "a", vec![with_url(entry(1, &["eco"]), "https://outlet.test/same")]).await;
    store.decide(grouping(&hits(&store).await[0], at(60))).await.unwrap();
    poll(&store, "b", vec![with_url(entry(2, &["eco"]), "https://outlet.test/same")]).await;
    let copy = hits(&store).await.remove(0);
    assert!(copy.waiting && copy.told.is_none());
    store.decide(grouping(&copy, at(600))).await.unwrap();
    let fired = store.undecided(at(60), 10).await.unwrap().fired;
    assert_eq!(fired[0].hits.len(), 2);
}

pub async fn copies_find_their_story(site: &impl Site) {
    let store = site.open();
    register(&store, &["a", "b"]).await;
    let url = "https://outlet.test/same";
    poll(&store, "a", vec![with_url(entry(1, &["eco", "regional"]), url)]).await;
    let found = hits(&store).await;
    assert!(found.iter().all(|h| h.story.is_none() && h.told.is_none() && !h.waiting));
    store.decide(telling(&found[0], &[])).await.unwrap();
    let story = StoryId::of(&found[0].article_id);
    let regional = hits(&store).await.remove(0);
    assert_eq!((regional.story, regional.told), (Some(story), None), "the story is told to the other watch only");
    poll(&store, "b", vec![with_url(entry(2, &["eco"]), url), entry(3, &["eco"])]).await;
    let copies = hits(&store).await;
    assert_eq!((copies[1].story, copies[1].told.is_some()), (Some(story), true), "another feed carries the same page");
    assert_eq!((copies[2].story, copies[2].told), (None, None));
}

pub async fn an_article_stays_in_its_story(site: &impl Site) {
    let store = site.open();
    register(&store, &["a"]).await;
    poll(&store, "a", vec![entry(1, &["eco"]), entry(2, &["eco"])]).await;
    let found = hits(&store).await;
    let (first, second) = (found[0].article_id, found[1].article_id);
    store.decide(Decision { stories: vec![(StoryId::of(&first), first)], ..Decision::default() }).await.unwrap();
    let other = StoryId::of(&second);
    let moving = Decision { stories: vec![(other, second)], members: vec![(other, first), (other, ArticleId([9; 16]))], ..Decision::default() };
    store.decide(moving).await.unwrap();
    assert_eq!(store.story(StoryId::of(&first)).await.unwrap().unwrap().articles, [first]);
    assert_eq!(store.story(other).await.unwrap().unwrap().articles, [second], "nor does one join that is not stored");
}

pub async fn an_answer_is_limited(site: &impl Site) {
    let store = site.open();
    register(&store, &["a"]).await;
    poll(&store, "a", (0..50).map(|n| entry(n, &["eco"])).collect()).await;
    let some = store.undecided(at(1), 7).await.unwrap().hits;
    assert_eq!(some.len(), 7);
    let all = hits(&store).await;
    assert!(some.iter().zip(&all).all(|(some, all)| some.id == all.id), "the oldest first");
    for hit in &all {
        let story = StoryId::of(&hit.article_id);
        let wait = Wait { watch: "eco".into(), story, fires_at: at(60 - hit.id) };
        store.decide(Decision { waits: vec![wait], ..grouping(hit, at(60)) }).await.unwrap();
    }
    let fired = store.undecided(at(100), 7).await.unwrap().fired;
    assert_eq!(
        fired.iter().map(|f| f.hits[0].id).collect::<Vec<_>>(),
        all[43..].iter().rev().map(|h| h.id).collect::<Vec<_>>(),
        "the longest over first"
    );
}

pub async fn an_end_is_final(site: &impl Site) {
    let store = site.open();
    register(&store, &["a"]).await;
    poll(&store, "a", vec![entry(1, &["eco"])]).await;
    let found = hits(&store).await.remove(0);
    store.decide(ending(&found, Reason::TooOld)).await.unwrap();
    store.decide(ending(&found, Reason::StoryKnown)).await.unwrap();
    store.decide(grouping(&found, at(60))).await.unwrap();
    let rest = store.undecided(at(100), 10).await.unwrap();
    assert_eq!((rest.hits.len(), rest.fired.len()), (0, 0));
    assert_eq!(store.summary(at(20)).await.unwrap().suppressed_24h, [(Reason::TooOld, 1)]);
}

pub async fn seq_goes_on(site: &impl Site) {
    let store = site.open();
    register(&store, &["a"]).await;
    assert_eq!(tell(&store, "a", 0..3, &[]).await, [1, 2, 3]);
    let far = days(4000);
    assert_eq!(store.prune(far).await.unwrap().alerts, 3);
    let store = site.reopen(store).await;
    assert_eq!(tell(&store, "a", 3..4, &[]).await, [4], "a number is never used again");
    let sorted = log(&store).await;
    assert_eq!(sorted.iter().map(|body| body.seq).collect::<Vec<_>>(), [4]);
}
