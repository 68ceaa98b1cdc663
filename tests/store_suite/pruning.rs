//! What goes, and what stays.

use super::Site;
use super::world::*;
use newswatch::alert::Reason;
use newswatch::model::{Article, ArticleId};
use newswatch::store::{AlertFilter, Outcome, PolledEntry, Pruned, Store, What};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);

async fn stored(store: &Store, n: u64) -> bool {
    store.article(ArticleId::of("a", &key(n))).await.unwrap().is_some()
}

/// Entry `n`, first seen on this day.
fn entry_of(day: i64, n: u64, watches: &[&str]) -> PolledEntry {
    match entry(n, watches) {
        PolledEntry::New { key, article, url_key, hits, matched_gen } => {
            PolledEntry::New { key, article: Article { fetched: Some(days(day)), ..article }, url_key, hits, matched_gen }
        }
        known => known,
    }
}

pub async fn old_articles_go_and_stay_seen(site: &impl Site) {
    let store = site.open();
    register(&store, &["a"]).await;
    poll(&store, "a", (0..1200).map(|n| entry_of(0, n, &[])).collect()).await;
    let document = (0..1200).map(|n| PolledEntry::Known { key: key(n) }).chain([entry_of(5, 2000, &[])]);
    poll_at(&store, "a", days(5), document.collect()).await;
    assert_eq!(store.prune(days(90)).await.unwrap(), Pruned::default(), "not yet");
    let pruned = store.prune(days(91)).await.unwrap();
    assert_eq!((pruned.articles, pruned.seen), (1200, 0));
    assert!(!stored(&store, 0).await && stored(&store, 2000).await);
    assert_eq!(store.known("a", vec![key(0)]).await.unwrap(), [true]);
    assert_eq!(poll_at(&store, "a", days(91), vec![entry_of(91, 0, &["eco"])]).await.new_articles, 0, "what resurfaces alerts nothing");
    store.retain(DAY, DAY, u64::MAX);
    assert_eq!(store.prune(days(91)).await.unwrap().articles, 1, "from now on less is kept");
}

pub async fn an_alert_keeps_its_article(site: &impl Site) {
    let store = site.open();
    register(&store, &["a"]).await;
    tell(&store, "a", 0..1, &["log"]).await;
    poll(&store, "a", vec![entry(1, &["eco"])]).await;
    store.decide(ending(&hits(&store).await[0], Reason::StoryKnown)).await.unwrap();
    claim(&store, "log", 1).await;
    settle(&store, "log", 1, Outcome::Sent).await;
    let pruned = store.prune(days(100)).await.unwrap();
    assert_eq!((pruned.articles, pruned.alerts), (1, 0));
    assert!(stored(&store, 0).await && !stored(&store, 1).await);
    assert!(store.article(ArticleId::of("a", &key(0))).await.unwrap().unwrap().article.summary.is_some());
    // However long ago it left its document: as long as the article is there, its entry is known, and is not told again.
    poll_at(&store, "a", days(1), vec![]).await;
    store.prune(days(200)).await.unwrap();
    assert_eq!(store.known("a", vec![key(0), key(1)]).await.unwrap(), [true, false]);
    assert_eq!(poll_at(&store, "a", days(200), vec![entry_of(200, 0, &["eco"])]).await.new_articles, 0);
    let pruned = store.prune(days(366)).await.unwrap();
    assert_eq!((pruned.articles, pruned.alerts), (1, 1), "they go together");
    assert!(store.alerts(AlertFilter::default()).await.unwrap().is_empty());
    assert!(store.story(story_of("a", 0)).await.unwrap().is_none(), "and their story with them");
}

pub async fn an_undecided_hit_keeps_its_article(site: &impl Site) {
    let store = site.open();
    register(&store, &["a"]).await;
    poll(&store, "a", vec![entry(0, &["eco"]), entry(1, &["eco"])]).await;
    let found = hits(&store).await;
    store.decide(grouping(&found[1], days(1000))).await.unwrap();
    assert_eq!(store.prune(days(500)).await.unwrap().articles, 0);
    let rest = store.undecided(days(1000), 10).await.unwrap();
    assert_eq!((rest.hits.len(), rest.fired.len()), (1, 1), "whatever happens, somebody looks at it");
    for hit in &found {
        store.decide(ending(hit, Reason::TooOld)).await.unwrap();
    }
    assert_eq!(store.prune(days(500)).await.unwrap().articles, 2);
    assert_eq!(store.undecided(days(2000), 10).await.unwrap().fired.len(), 0);
}

pub async fn an_undelivered_alert_stays(site: &impl Site) {
    let store = site.open();
    register(&store, &["a"]).await;
    store.register_sinks(vec!["log".into()], at(0)).await.unwrap();
    tell(&store, "a", 0..3, &["log"]).await;
    claim(&store, "log", 3).await;
    settle(&store, "log", 1, Outcome::Sent).await;
    settle(&store, "log", 2, Outcome::Dead { reason: "404".into() }).await;
    settle(&store, "log", 3, Outcome::Released).await;
    let pruned = store.prune(days(400)).await.unwrap();
    assert_eq!((pruned.alerts, pruned.articles), (2, 2), "nobody sends what is dead");
    assert_eq!(store.alerts(AlertFilter::default()).await.unwrap().iter().map(|l| l.seq).collect::<Vec<_>>(), [3]);
    assert_eq!(seqs(&store.claim("log", 9, days(400)).await.unwrap()), [3]);
    settle(&store, "log", 3, Outcome::Released).await;
    store.register_sinks(vec![], days(400)).await.unwrap();
    assert_eq!(store.prune(days(400)).await.unwrap().alerts, 1, "nor what has no sink any more");
    assert!(store.backlog().await.unwrap().is_empty());
}

pub async fn what_left_its_document_is_forgotten_later(site: &impl Site) {
    let store = site.open();
    register(&store, &["a"]).await;
    poll(&store, "a", vec![entry(1, &[]), entry(2, &[])]).await;
    // Entry 1 stays until the 50th day.
    poll_at(&store, "a", days(50), vec![PolledEntry::Known { key: key(1) }, entry(3, &[])]).await;
    poll_at(&store, "a", days(60), vec![PolledEntry::Known { key: key(3) }]).await;
    let known = |store: &Store| {
        let store = store.clone();
        async move { store.known("a", vec![key(1), key(2), key(3)]).await.unwrap() }
    };
    assert_eq!(store.prune(days(90)).await.unwrap().seen, 0);
    assert_eq!(store.prune(days(91)).await.unwrap().seen, 1);
    assert_eq!(known(&store).await, [true, false, true]);
    assert_eq!(store.prune(days(141)).await.unwrap().seen, 1);
    assert_eq!(known(&store).await, [false, false, true]);
    assert_eq!(store.prune(days(900)).await.unwrap().seen, 0, "what stands in the last document has not left");
}

pub async fn an_unchanged_document_is_not_forgotten(site: &impl Site) {
    let store = site.open();
    register(&store, &["a"]).await;
    poll(&store, "a", vec![entry(1, &[]), entry(2, &[])]).await;
    store.commit(outcome("a", days(200), What::Unchanged { validators: None, body_hash: None })).await.unwrap();
    assert_eq!(store.prune(days(201)).await.unwrap().seen, 0);
    // Now entry 2 leaves: it stood there until the 200th day.
    poll_at(&store, "a", days(202), vec![PolledEntry::Known { key: key(1) }]).await;
    assert_eq!(store.prune(days(203)).await.unwrap().seen, 0);
    assert_eq!(store.prune(days(290)).await.unwrap().seen, 0);
    assert_eq!(store.prune(days(291)).await.unwrap().seen, 1);
    assert_eq!(store.known("a", vec![key(1), key(2)]).await.unwrap(), [true, false]);
}

pub async fn a_database_over_its_size_loses_the_oldest(site: &impl Site) {
    const MAX: u64 = 2_000_000;
    let store = site.open_with(|options| options.max_size = MAX);
    register(&store, &["a"]).await;
    tell(&store, "a", 0..3, &[]).await;
    for n in 0..30 {
        let entries = (0..100).map(|m| {
            let n = 1000 + n * 100 + m;
            let noise: String = std::iter::repeat_with(fastrand::alphanumeric).take(1500).collect();
            match entry_of(1, n, &[]) {
                PolledEntry::New { key, article, url_key, hits, matched_gen } => {
                    let fetched = Some(at(86_400 + i64::try_from(n).unwrap()));
                    PolledEntry::New { key, article: Article { content: Some(noise), fetched, ..article }, url_key, hits, matched_gen }
                }
                known => known,
            }
        });
        poll_at(&store, "a", days(1), entries.collect()).await;
    }
    assert!(store.summary(days(1)).await.unwrap().database_bytes > 2 * MAX);
    let pruned = store.prune(days(2)).await.unwrap();
    assert!(pruned.articles > 1000 && !pruned.over, "{pruned:?}");
    assert!(!stored(&store, 1000).await && stored(&store, 3999).await, "the oldest first");
    assert!(stored(&store, 0).await, "not what an alert tells");
    store.close().await;
    let store = site.open_with(|options| options.max_size = MAX);
    let left = store.summary(days(2)).await.unwrap().database_bytes;
    assert!(left <= MAX * 11 / 10, "{left}");
    store.retain(90 * DAY, 365 * DAY, 1);
    let pruned = store.prune(days(2)).await.unwrap();
    assert!(pruned.over, "nothing is left that may go, and that is said");
    assert!(!stored(&store, 3999).await && stored(&store, 0).await);
}
