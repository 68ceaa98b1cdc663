//! A small world to store: feeds, entries, hits, decisions.

use jiff::{SignedDuration, Timestamp};
use newswatch::alert::{Decision, NewAlert, Reason, UndecidedHit, Wait};
use newswatch::model::{AlertArticle, AlertBody, AlertId, Article, ArticleId, EntryKey, Field, Hit, Severity, Span, StoryId};
use newswatch::store::{Committed, Delivery, FeedHealth, FeedRow, MatchedHit, Outcome, PollOutcome, PolledEntry, Settled, Store, Validators, What};
use newswatch::story::UrlKey;

/// Seconds after the beginning.
pub fn at(seconds: i64) -> Timestamp {
    "2026-11-24T10:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(seconds)
}

/// Days after the beginning.
pub fn days(n: i64) -> Timestamp {
    at(n * 86_400)
}

pub fn feed(id: &str) -> FeedRow {
    FeedRow { id: id.into(), name: format!("{id}.test"), url: format!("https://{id}.test/rss") }
}

pub async fn register(store: &Store, ids: &[&str]) {
    store.register(ids.iter().map(|id| feed(id)).collect(), at(0)).await.unwrap();
}

pub fn key(n: u64) -> EntryKey {
    let mut bytes = [0; 16];
    // The first bytes differ, as those of a hash do.
    bytes[..8].copy_from_slice(&n.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    bytes[8..].copy_from_slice(&n.to_be_bytes());
    EntryKey(bytes)
}

pub fn article(n: u64) -> Article {
    Article {
        guid: Some(format!("tag:{n}")),
        title: Some(format!("Title {n}")),
        link: Some(format!("https://outlet.test/{n}")),
        published: Some(at(-60)),
        fetched: Some(at(0)),
        lang: Some("en".into()),
        summary: Some(format!("The Economic Cooperation Organization met, part {n}.")),
        ..Article::default()
    }
}

pub fn hit(watch: &str) -> MatchedHit {
    let span = Span {
        field: Field::Summary,
        text: "Economic Cooperation Organization".into(),
        before: "The ".into(),
        after: " met".into(),
        clause: "ECO".into(),
        form: "whole".into(),
        byte_start: 4,
        byte_end: 37,
    };
    MatchedHit { watch: watch.into(), watch_hash: [7; 16], hit: Hit { watch: watch.into(), score: 1, spans: vec![span] } }
}

/// Entry `n`, hit by these watches; its URL is its own.
pub fn entry(n: u64, watches: &[&str]) -> PolledEntry {
    PolledEntry::New {
        key: key(n),
        article: article(n),
        url_key: Some(UrlKey::of(&format!("https://outlet.test/{n}")).0),
        hits: watches.iter().map(|watch| hit(watch)).collect(),
        matched_gen: 1,
    }
}

pub fn with_url(entry: PolledEntry, url: &str) -> PolledEntry {
    match entry {
        PolledEntry::New { key, article, hits, matched_gen, .. } => {
            PolledEntry::New { key, article: Article { link: Some(url.into()), ..article }, url_key: Some(UrlKey::of(url).0), hits, matched_gen }
        }
        known => known,
    }
}

pub fn validators(etag: &str) -> Option<Validators> {
    Some(Validators { etag: Some(etag.into()), last_modified: None })
}

pub fn outcome(feed: &str, when: Timestamp, what: What) -> PollOutcome {
    let state = if matches!(what, What::Failed) { FeedHealth::Failing } else { FeedHealth::Ok };
    PollOutcome {
        feed: feed.into(),
        at: when,
        next_due: when + SignedDuration::from_mins(30),
        state,
        reason: None,
        failures: 0,
        moved_to: None,
        what,
    }
}

pub fn read(entries: Vec<PolledEntry>) -> What {
    What::Read { validators: validators("\"1\""), body_hash: Some([1; 16]), meaning: Some([2; 16]), first: false, entries }
}

pub async fn poll(store: &Store, feed: &str, entries: Vec<PolledEntry>) -> Committed {
    poll_at(store, feed, at(0), entries).await
}

pub async fn poll_at(store: &Store, feed: &str, when: Timestamp, entries: Vec<PolledEntry>) -> Committed {
    store.commit(outcome(feed, when, read(entries))).await.unwrap()
}

pub async fn hits(store: &Store) -> Vec<UndecidedHit> {
    store.undecided(at(1), 1000).await.unwrap().hits
}

pub fn story_of(feed: &str, n: u64) -> StoryId {
    StoryId::of(&ArticleId::of(feed, &key(n)))
}

pub fn alert_for(hit: &UndecidedHit, story: StoryId, sinks: &[&str]) -> NewAlert {
    let mut body = AlertArticle::from(hit.article.clone());
    body.summary = body.summary.map(|text| text.chars().take(2000).collect());
    NewAlert {
        body: AlertBody {
            v: 1,
            r#type: "alert.created".into(),
            timestamp: at(10),
            seq: 0,
            alert_id: AlertId::of("alert.created", &hit.hit.watch, &story.0, 0),
            watch: hit.hit.watch.clone(),
            severity: Severity::Normal,
            update: 0,
            story_id: story,
            article: body,
            hits: vec![],
            also_in: vec![],
            also_in_more: 0,
        },
        hits: vec![hit.id],
        sinks: sinks.iter().map(ToString::to_string).collect(),
        not_before: None,
    }
}

/// Tells a hit as a story of its own.
pub fn telling(hit: &UndecidedHit, sinks: &[&str]) -> Decision {
    let story = hit.story.unwrap_or_else(|| StoryId::of(&hit.article_id));
    Decision {
        stories: if hit.story.is_none() { vec![(story, hit.article_id)] } else { vec![] },
        members: vec![(story, hit.article_id)],
        alerts: vec![alert_for(hit, story, sinks)],
        ..Decision::default()
    }
}

/// Lets a hit wait with its story until then.
pub fn grouping(hit: &UndecidedHit, fires_at: Timestamp) -> Decision {
    let story = hit.story.unwrap_or_else(|| StoryId::of(&hit.article_id));
    Decision {
        stories: if hit.story.is_none() { vec![(story, hit.article_id)] } else { vec![] },
        members: vec![(story, hit.article_id)],
        grouped: vec![(hit.id, story)],
        waits: vec![Wait { watch: hit.hit.watch.clone(), story, fires_at }],
        ..Decision::default()
    }
}

pub fn ending(hit: &UndecidedHit, reason: Reason) -> Decision {
    Decision { decided: vec![(hit.id, reason)], ..Decision::default() }
}

/// Stores entries `from..to` of `feed` and tells each to `sinks`.
pub async fn tell(store: &Store, feed: &str, range: std::ops::Range<u64>, sinks: &[&str]) -> Vec<i64> {
    poll(store, feed, range.map(|n| entry(n, &["eco"])).collect()).await;
    let mut seqs = Vec::new();
    for hit in hits(store).await {
        seqs.extend(store.decide(telling(&hit, sinks)).await.unwrap());
    }
    seqs
}

pub async fn claim(store: &Store, sink: &str, n: usize) -> Vec<Delivery> {
    store.claim(sink, n, at(20)).await.unwrap()
}

pub async fn settle(store: &Store, sink: &str, seq: i64, outcome: Outcome) {
    store.settle(vec![Settled { sink: sink.into(), seq, outcome }]).await.unwrap();
}

pub fn seqs(deliveries: &[Delivery]) -> Vec<i64> {
    deliveries.iter().map(|d| d.seq).collect()
}
