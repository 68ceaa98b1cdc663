//! What readers are told.

use super::Site;
use super::world::*;
use newswatch::alert::{Decision, Reason};
use newswatch::model::{ArticleId, IdPrefix, StoryId};
use newswatch::store::{AlertFilter, Event, FeedHealth, Found, Outcome, StoreError, Subject, What};
use newswatch::story::UrlKey;
use std::time::Duration;

pub async fn the_log_is_filtered(site: &impl Site) {
    let store = site.open();
    register(&store, &["a"]).await;
    poll(&store, "a", (0..6).map(|n| entry(n, if n % 2 == 0 { &["eco"] } else { &["regional"] })).collect()).await;
    for (hit, n) in hits(&store).await.iter().zip(0..) {
        let mut decision = telling(hit, &[]);
        decision.alerts[0].body.timestamp = at(n * 100);
        store.decide(decision).await.unwrap();
    }
    let seqs = |filter: AlertFilter| {
        let store = store.clone();
        async move { store.alerts(filter).await.unwrap().iter().map(|line| line.seq).collect::<Vec<_>>() }
    };
    let all = AlertFilter::default();
    assert_eq!(seqs(all.clone()).await, [1, 2, 3, 4, 5, 6]);
    assert_eq!(seqs(AlertFilter { watch: Some("regional".into()), ..all.clone() }).await, [2, 4, 6]);
    assert_eq!(seqs(AlertFilter { since: Some(at(300)), ..all.clone() }).await, [4, 5, 6]);
    assert_eq!(seqs(AlertFilter { after: Some(4), ..all.clone() }).await, [5, 6]);
    assert_eq!(seqs(AlertFilter { last: Some(2), ..all.clone() }).await, [5, 6], "the last ones, in order");
    assert_eq!(seqs(AlertFilter { watch: Some("eco".into()), after: Some(1), last: Some(1), since: Some(at(0)) }).await, [5]);
    assert_eq!(seqs(AlertFilter { last: Some(0), ..all }).await, [0; 0]);
}

pub async fn the_log_shows_the_story_as_it_stands(site: &impl Site) {
    let store = site.open();
    register(&store, &["a", "b"]).await;
    poll(&store, "a", vec![entry(0, &["eco"])]).await;
    let first = hits(&store).await.remove(0);
    store.decide(telling(&first, &[])).await.unwrap();
    assert!(store.alerts(AlertFilter::default()).await.unwrap()[0].also_in.is_empty());
    poll(&store, "b", (1..=35).map(|n| entry(n, &["eco"])).collect()).await;
    let story = StoryId::of(&first.article_id);
    let members = (1..=35).map(|n| (story, ArticleId::of("b", &key(n)))).collect();
    store.decide(Decision { members, ..Decision::default() }).await.unwrap();
    let line = store.alerts(AlertFilter::default()).await.unwrap().remove(0);
    assert_eq!((line.also_in.len(), line.also_in_more), (30, 5));
    assert_eq!(line.also_in[0].title.as_deref(), Some("Title 1"));
    assert_eq!((line.also_in[0].feed.as_deref(), line.also_in[0].published), (Some("b.test"), Some(at(-60))));
    assert_eq!(store.alert(line.alert_id).await.unwrap().unwrap(), line);
}

pub async fn ids_are_found_by_their_beginning(site: &impl Site) {
    let store = site.open();
    register(&store, &["a"]).await;
    tell(&store, "a", 0..3, &[]).await;
    let line = store.alerts(AlertFilter::default()).await.unwrap().remove(0);
    let (article, story) = (ArticleId::of("a", &key(0)), story_of("a", 0));
    let find = |text: String| {
        let store = store.clone();
        async move { store.by_prefix(text.parse::<IdPrefix>().unwrap()).await.unwrap() }
    };
    assert_eq!(find(article.short()).await, [Found::Article(article)]);
    assert_eq!(find(story.to_string()).await, [Found::Story(story)]);
    assert_eq!(find(line.alert_id.short()).await, [Found::Alert(line.alert_id)]);
    assert!(find("s00000000".into()).await.is_empty());
    poll(&store, "a", (10..400).map(|n| entry(n, &[])).collect()).await;
    assert_eq!(find("a0".into()).await.len(), 10, "at most ten");
}

pub async fn articles_are_found_by_url(site: &impl Site) {
    let store = site.open();
    register(&store, &["a", "b"]).await;
    let url = "https://outlet.test/same";
    poll(&store, "b", vec![with_url(entry(1, &[]), url)]).await;
    poll(&store, "a", vec![with_url(entry(1, &[]), url), entry(2, &[])]).await;
    assert_eq!(store.by_url(UrlKey::of(url).0).await.unwrap(), [ArticleId::of("b", &key(1)), ArticleId::of("a", &key(1))]);
    assert!(store.by_url(UrlKey::of("https://outlet.test/none").0).await.unwrap().is_empty());
    assert_eq!(store.article(ArticleId([9; 16])).await.unwrap(), None);
    assert_eq!(store.story(StoryId([9; 16])).await.unwrap(), None);
}

fn short(events: &[Event]) -> Vec<(&str, Option<&str>, Option<&str>)> {
    events.iter().map(|e| (&e.what[..], e.reason.as_deref(), e.watch.as_deref())).collect()
}

pub async fn the_chain_of_an_article(site: &impl Site) {
    let store = site.open();
    register(&store, &["a"]).await;
    poll(&store, "a", vec![entry(1, &["eco", "regional", "later"])]).await;
    let found = hits(&store).await;
    store.decide(telling(&found[0], &["log", "hook"])).await.unwrap();
    store.decide(ending(&found[1], Reason::TooOld)).await.unwrap();
    store.decide(grouping(&found[2], at(60))).await.unwrap();
    claim(&store, "log", 1).await;
    settle(&store, "log", 1, Outcome::Sent).await;
    let events = store.events(Subject::Article(found[0].article_id)).await.unwrap();
    let alert = store.alerts(AlertFilter::default()).await.unwrap()[0].alert_id;
    let (id, story) = (alert.to_string(), story_of("a", 1).to_string());
    let chain = short(&events);
    for expected in [
        ("fetched", Some("a.test"), None),
        ("hit", Some("ECO"), Some("eco")),
        ("decided", Some("told"), Some("eco")),
        ("alert", Some(&id[..]), Some("eco")),
        ("sent", Some("log"), Some("eco")),
        ("undelivered", Some("hook"), Some("eco")),
        ("decided", Some("too-old"), Some("regional")),
        ("grouped", Some(&story[..]), Some("later")),
    ] {
        assert!(chain.contains(&expected), "{expected:?} in {chain:#?}");
    }
    assert_eq!(chain[0].0, "fetched");
    assert!(events.iter().rev().skip_while(|e| e.at.is_none()).all(|e| e.at.is_some()), "what is still to come stands last");
    let told = store.events(Subject::Alert(alert)).await.unwrap();
    assert_eq!(short(&told), [("alert", Some(&id[..]), Some("eco")), ("sent", Some("log"), Some("eco")), ("undelivered", Some("hook"), Some("eco"))]);
    assert_eq!((told[0].at, told[1].at), (Some(at(10)), Some(at(20))));
    assert!(store.events(Subject::Article(ArticleId([9; 16]))).await.unwrap().is_empty());
}

pub async fn the_chain_of_a_story_and_a_feed(site: &impl Site) {
    let store = site.open();
    register(&store, &["a"]).await;
    poll(&store, "a", vec![entry(1, &["eco", "regional"])]).await;
    let found = hits(&store).await;
    store.decide(telling(&found[0], &[])).await.unwrap();
    store.decide(grouping(&found[1], at(60))).await.unwrap();
    let events = store.events(Subject::Story(story_of("a", 1))).await.unwrap();
    assert_eq!(events.iter().map(|e| &e.what[..]).collect::<Vec<_>>(), ["article", "alert", "waits"]);
    let mut failing = outcome("a", at(100), What::Failed);
    failing.reason = Some("timeout".into());
    store.commit(failing.clone()).await.unwrap();
    failing.at = at(200);
    store.commit(failing).await.unwrap();
    store.feed_state("a", FeedHealth::Gap, None, at(300)).await.unwrap();
    let events = store.events(Subject::Feed("a".into())).await.unwrap();
    assert_eq!(short(&events), [("ok", None, None), ("failing", Some("timeout"), None), ("gap", None, None)], "only what changed");
    assert_eq!(store.feeds(at(300)).await.unwrap()[0].since, Some(at(300)));
    assert_eq!(store.summary(at(300)).await.unwrap().gaps_24h, 1);
}

pub async fn feeds_are_listed(site: &impl Site) {
    let store = site.open();
    register(&store, &["b", "a"]).await;
    poll_at(&store, "a", at(50), vec![entry(1, &["eco"]), entry(2, &[])]).await;
    let lines = store.feeds(at(60)).await.unwrap();
    assert_eq!(lines.iter().map(|l| &l.name[..]).collect::<Vec<_>>(), ["a.test", "b.test"]);
    let a = &lines[0];
    assert_eq!((a.state, a.polls, a.entries_24h, a.last_new, a.last_poll), (FeedHealth::Ok, 1, 2, Some(at(50)), Some(at(50))));
    assert_eq!((&a.url[..], a.next, a.reason.as_deref()), ("https://a.test/rss", Some(at(50 + 1800)), None));
    assert_eq!((lines[1].state, lines[1].polls, lines[1].next), (FeedHealth::New, 0, None));
    assert_eq!(store.feeds(days(2)).await.unwrap()[0].entries_24h, 0);
}

pub async fn the_day_in_figures(site: &impl Site) {
    let store = site.open();
    register(&store, &["a", "b"]).await;
    poll(&store, "a", (0..10).map(|n| entry(n, if n < 4 { &["eco"] } else { &["regional"] })).collect()).await;
    let found = hits(&store).await;
    for hit in &found[..4] {
        store.decide(telling(hit, &[])).await.unwrap();
    }
    store.decide(telling(&found[4], &[])).await.unwrap();
    let decided = vec![(found[5].id, Reason::StoryKnown), (found[6].id, Reason::StoryKnown), (found[7].id, Reason::Baseline)];
    store.decide(Decision { decided, ..Decision::default() }).await.unwrap();
    let summary = store.summary(at(20)).await.unwrap();
    assert_eq!(summary.feeds, [(FeedHealth::New, 1), (FeedHealth::Ok, 1)]);
    assert_eq!((summary.articles_24h, summary.last_seq, summary.gaps_24h), (10, 5, 0));
    assert_eq!(summary.alerts_24h, [("eco".to_string(), 4), ("regional".to_string(), 1)]);
    assert_eq!(summary.suppressed_24h, [(Reason::StoryKnown, 2), (Reason::Baseline, 1)]);
    assert_eq!((summary.delay_median, summary.delay_p95), (Some(Duration::from_secs(70)), Some(Duration::from_secs(70))));
    assert!(summary.database_bytes > 0);
    let later = store.summary(days(3)).await.unwrap();
    assert_eq!((later.articles_24h, later.alerts_24h.len(), later.suppressed_24h.len(), later.delay_median), (0, 0, 0, None));
}

pub async fn a_closed_store_says_so(site: &impl Site) {
    let store = site.open();
    register(&store, &["a"]).await;
    store.close().await;
    store.close().await;
    assert_eq!(store.claim("log", 1, at(0)).await, Err(StoreError::Closed));
    assert_eq!(store.commit(outcome("a", at(0), What::Failed)).await, Err(StoreError::Closed));
    assert_eq!(store.feeds(at(0)).await, Err(StoreError::Closed));
}
