//! Polls: recorded whole, each entry once.

use super::Site;
use super::world::*;
use newswatch::model::{Article, ArticleId, Enclosure, Source};
use newswatch::store::{Committed, FeedHealth, PolledEntry, What};

pub async fn a_feed_begins_new(site: &impl Site) {
    let store = site.open();
    let states = store.register(vec![feed("b"), feed("a")], at(0)).await.unwrap();
    assert_eq!(states.iter().map(|s| &s.id[..]).collect::<Vec<_>>(), ["b", "a"], "in the order they were given");
    let first = &states[0];
    assert_eq!((first.state, first.next_due, first.polls, first.baseline_done), (FeedHealth::New, None, 0, false));
    assert_eq!((&first.validators, first.body_hash, first.meaning), (&None, None, None));
}

pub async fn a_feed_that_is_left_out_is_retired(site: &impl Site) {
    let store = site.open();
    register(&store, &["a", "b"]).await;
    poll(&store, "a", vec![entry(1, &[])]).await;
    register(&store, &["b"]).await;
    assert_eq!(store.feeds(at(1)).await.unwrap().iter().map(|f| &f.id[..]).collect::<Vec<_>>(), ["b"]);
    assert_eq!(store.known("a", vec![key(1)]).await.unwrap(), [true], "its history is kept");
    let back = store.register(vec![feed("a")], at(1)).await.unwrap();
    assert!(back[0].baseline_done && back[0].polls == 1);
}

pub async fn another_address_keeps_what_was_seen(site: &impl Site) {
    let store = site.open();
    register(&store, &["a"]).await;
    poll(&store, "a", vec![entry(1, &[])]).await;
    let mut moved = feed("a");
    moved.name = "renamed".into();
    assert!(store.register(vec![moved.clone()], at(1)).await.unwrap()[0].validators.is_some(), "another name alone changes nothing");
    moved.url = "https://elsewhere.test/rss".into();
    let state = store.register(vec![moved], at(1)).await.unwrap().remove(0);
    assert_eq!((state.validators, state.body_hash, state.meaning), (None, None, None));
    assert!(state.baseline_done);
    assert_eq!(store.known("a", vec![key(1)]).await.unwrap(), [true]);
    assert_eq!(poll(&store, "a", vec![entry(1, &["eco"])]).await.new_articles, 0);
}

pub async fn a_poll_records_what_it_found(site: &impl Site) {
    let store = site.open();
    register(&store, &["a"]).await;
    let first = What::Read {
        validators: validators("\"x\""),
        body_hash: Some([3; 16]),
        meaning: Some([4; 16]),
        first: true,
        entries: vec![entry(1, &["eco", "regional"]), entry(2, &[])],
    };
    let committed = store.commit(outcome("a", at(5), first)).await.unwrap();
    assert_eq!(committed, Committed { new_articles: 2, new_hits: 2, dropped: false });
    let store = site.reopen(store).await;
    let state = store.register(vec![feed("a")], at(6)).await.unwrap().remove(0);
    assert_eq!((state.state, state.polls, state.last_poll, state.last_new), (FeedHealth::Ok, 1, Some(at(5)), Some(at(5))));
    assert_eq!((state.validators, state.body_hash, state.meaning, state.baseline_done), (validators("\"x\""), Some([3; 16]), Some([4; 16]), true));
    assert_eq!(state.next_due, Some(at(5 + 1800)));
    assert_eq!(store.known("a", vec![key(3), key(2), key(1)]).await.unwrap(), [false, true, true]);
    let found = hits(&store).await;
    assert_eq!(found.iter().map(|h| &h.hit.watch[..]).collect::<Vec<_>>(), ["eco", "regional"]);
    assert!(found.iter().all(|h| h.baseline && h.feed == "a" && h.article_id == ArticleId::of("a", &key(1))));
    assert_eq!(found[0].hit, hit("eco").hit);
    poll(&store, "a", vec![entry(3, &["eco"])]).await;
    assert!(!hits(&store).await[2].baseline, "what comes later is no baseline");
}

pub async fn an_entry_is_recorded_once(site: &impl Site) {
    let store = site.open();
    register(&store, &["a", "b"]).await;
    let twice = poll(&store, "a", vec![entry(1, &["eco"]), entry(1, &["eco"])]).await;
    assert_eq!((twice.new_articles, twice.new_hits), (1, 1));
    let again = poll(&store, "a", vec![entry(1, &["eco"]), entry(2, &["eco", "eco"])]).await;
    assert_eq!((again.new_articles, again.new_hits), (1, 1), "nor is a hit of one watch in one article recorded twice");
    let store = site.reopen(store).await;
    assert_eq!(poll(&store, "a", vec![entry(1, &["eco"]), entry(2, &["eco"])]).await.new_articles, 0);
    assert_eq!(poll(&store, "b", vec![entry(1, &["eco"])]).await.new_articles, 1, "an entry of another feed is another entry");
    assert_eq!(hits(&store).await.len(), 3);
}

pub async fn racing_polls_record_an_entry_once(site: &impl Site) {
    let store = site.open();
    register(&store, &["a"]).await;
    let polls: Vec<_> = (0..20)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { poll(&store, "a", (0..30).map(|n| entry(n, &["eco"])).collect()).await })
        })
        .collect();
    let mut all = Committed::default();
    for poll in polls {
        let one = poll.await.unwrap();
        all.new_articles += one.new_articles;
        all.new_hits += one.new_hits;
    }
    assert_eq!((all.new_articles, all.new_hits), (30, 30));
    assert_eq!(hits(&store).await.len(), 30);
    assert_eq!(store.register(vec![feed("a")], at(1)).await.unwrap()[0].polls, 20);
}

pub async fn only_what_is_stored_counts_as_known(site: &impl Site) {
    let store = site.open();
    register(&store, &["a"]).await;
    // Whoever calls an entry known that is not must not make it so: it would never be stored.
    let committed = poll(&store, "a", vec![PolledEntry::Known { key: key(1) }, entry(2, &[])]).await;
    assert_eq!(committed.new_articles, 1);
    assert_eq!(store.known("a", vec![key(1), key(2)]).await.unwrap(), [false, true]);
    assert_eq!(store.known("nobody", vec![key(1)]).await.unwrap(), [false]);
}

pub async fn validators_follow_the_document(site: &impl Site) {
    let store = site.open();
    register(&store, &["a"]).await;
    poll(&store, "a", vec![]).await;
    let now = |store: &newswatch::store::Store| {
        let store = store.clone();
        async move {
            let state = store.register(vec![feed("a")], at(1)).await.unwrap().remove(0);
            (state.validators, state.body_hash, state.meaning)
        }
    };
    assert_eq!(now(&store).await, (validators("\"1\""), Some([1; 16]), Some([2; 16])));
    store.commit(outcome("a", at(2), What::Failed)).await.unwrap();
    store.commit(outcome("a", at(3), What::Unchanged { validators: None, body_hash: None })).await.unwrap();
    assert_eq!(now(&store).await, (validators("\"1\""), Some([1; 16]), Some([2; 16])), "neither a failure nor a 304 takes them away");
    store.commit(outcome("a", at(4), What::Unchanged { validators: validators("\"2\""), body_hash: Some([5; 16]) })).await.unwrap();
    assert_eq!(now(&store).await, (validators("\"2\""), Some([5; 16]), Some([2; 16])));
    let cut = What::Read { validators: None, body_hash: None, meaning: None, first: false, entries: vec![] };
    store.commit(outcome("a", at(5), cut)).await.unwrap();
    assert_eq!(now(&store).await, (None, None, None), "a cut document leaves none");
}

pub async fn a_poll_of_a_feed_that_left_is_dropped(site: &impl Site) {
    let store = site.open();
    register(&store, &["a", "b"]).await;
    register(&store, &["b"]).await;
    for gone in ["a", "never"] {
        let committed = poll(&store, gone, vec![entry(1, &["eco"])]).await;
        assert_eq!(committed, Committed { dropped: true, ..Committed::default() });
    }
    assert!(hits(&store).await.is_empty());
    assert_eq!(store.known("a", vec![key(1)]).await.unwrap(), [false]);
}

pub async fn a_large_poll_is_whole(site: &impl Site) {
    let store = site.open();
    register(&store, &["a"]).await;
    let committed = poll(&store, "a", (0..5000).map(|n| entry(n, if n % 50 == 0 { &["eco"] } else { &[] })).collect()).await;
    assert_eq!((committed.new_articles, committed.new_hits), (5000, 100));
    assert_eq!(store.known("a", (0..5000).map(key).collect()).await.unwrap(), vec![true; 5000]);
}

pub async fn an_article_comes_back_as_it_was(site: &impl Site) {
    let store = site.open();
    register(&store, &["a"]).await;
    let whole = Article {
        id: Some("whatever".into()),
        guid: Some("g".into()),
        title: Some("نشست وزیران کشور اکو در تهران".into()),
        link: Some("https://outlet.test/x?y=ü".into()),
        published: Some("2026-11-24T09:00:00.123456Z".parse().unwrap()),
        updated: Some("2026-11-24T09:30:00.123456789Z".parse().unwrap()),
        fetched: Some(at(0)),
        lang: Some("fa".into()),
        feed: Some("whatever".into()),
        source: Source { title: Some("Outlet".into()), url: Some("https://outlet.test/".into()) },
        authors: vec!["A".into(), "B".into()],
        tags: vec!["politics".into()],
        summary: Some("s\0\u{2028}".into()),
        content: Some("Bakı. ".repeat(1000)),
        enclosures: vec![Enclosure { url: Some("https://outlet.test/a.mp3".into()), r#type: Some("audio/mpeg".into()), length: Some(1) }],
    };
    let bare = Article { title: Some("t".into()), fetched: Some(at(0)), ..Article::default() };
    let entries = [&whole, &bare].into_iter().zip(1..).map(|(article, n)| PolledEntry::New {
        key: key(n),
        article: article.clone(),
        url_key: None,
        hits: vec![hit("eco")],
        matched_gen: 1,
    });
    poll(&store, "a", entries.collect()).await;
    for (expected, n) in [whole, bare].into_iter().zip(1..) {
        let id = ArticleId::of("a", &key(n));
        let stored = store.article(id).await.unwrap().unwrap();
        let expected = Article { id: Some(id.to_string()), feed: Some("a.test".into()), ..expected };
        assert_eq!(stored.article, expected, "the id and the feed's name are the store's own");
        assert_eq!((stored.id, &stored.feed[..], stored.story), (id, "a", None));
        assert_eq!(hits(&store).await[n as usize - 1].article, expected);
    }
}

pub async fn states_are_kept(site: &impl Site) {
    let store = site.open();
    register(&store, &["a"]).await;
    let mut failing = outcome("a", at(1), What::Failed);
    (failing.reason, failing.failures, failing.moved_to) = (Some("connection refused".into()), 4, Some("https://new.test/rss".into()));
    store.commit(failing).await.unwrap();
    store.feed_state("a", FeedHealth::Silent, Some("usually every 20 min".into()), at(2)).await.unwrap();
    store.feed_state("nobody", FeedHealth::Silent, None, at(2)).await.unwrap();
    let store = site.reopen(store).await;
    let state = store.register(vec![feed("a")], at(3)).await.unwrap().remove(0);
    assert_eq!((state.state, state.reason.as_deref(), state.failures, state.polls), (FeedHealth::Silent, Some("usually every 20 min"), 4, 1));
    assert_eq!(state.moved_to.as_deref(), Some("https://new.test/rss"));
    assert!(!state.baseline_done && state.last_new.is_none());
    let line = store.feeds(at(3)).await.unwrap().remove(0);
    assert_eq!((line.since, line.failures), (Some(at(2)), 4));
}

pub async fn generations_rise(site: &impl Site) {
    let store = site.open();
    let first = store.next_generation().await.unwrap();
    assert!(store.next_generation().await.unwrap() > first);
    let store = site.reopen(store).await;
    assert!(store.next_generation().await.unwrap() > first + 1);
}
