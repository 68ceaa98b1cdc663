//! The face that the daemon works with.

use super::sqlite::Sqlite;
use super::{
    AlertFilter, AlertLine, ArticleInfo, Committed, Delivery, Event, FeedHealth, FeedLine, FeedRow, FeedState, Found, OpenError, Options,
    OutboxFilter, OutboxLine, PollOutcome, Pruned, Settled, SinkBacklog, SinkState, StoreError, StoryInfo, Subject, Summary,
};
use crate::alert::{Decision, Undecided};
use crate::model::{AlertId, ArticleId, EntryKey, IdPrefix, StoryId};
use jiff::Timestamp;
use std::path::Path;
use std::time::Duration;
use tokio::sync::watch;

/// The store of a running daemon. Cheap to clone: clones share one writer and its readers. Requests that write are answered after they are on the
/// disk. A future that is dropped before its answer may or may not have taken effect; what a dropped `claim` took is given back.
#[derive(Debug, Clone)]
pub struct Store(Backend);

#[derive(Debug, Clone)]
enum Backend {
    Sqlite(Sqlite),
}

impl Store {
    /// Takes possession of the store at `options.path`, making or upgrading it. Deliveries that an earlier owner held are free again.
    /// Everyone finds the owner's control socket through the lock file ([`super::lock_holder`]).
    pub fn open(options: &Options, control_socket: &Path) -> Result<Self, OpenError> {
        Sqlite::open(options, control_socket).map(|sqlite| Self(Backend::Sqlite(sqlite)))
    }

    const fn sqlite(&self) -> &Sqlite {
        match &self.0 {
            Backend::Sqlite(sqlite) => sqlite,
        }
    }

    /// Makes these the configured feeds, and says what is known of each, in their order. Feeds that are left out are retired: their history is
    /// kept, their polls are dropped. A feed whose `url` changed keeps its seen entries and loses its validators.
    pub async fn register(&self, feeds: Vec<FeedRow>, now: Timestamp) -> Result<Vec<FeedState>, StoreError> {
        self.sqlite().register(feeds, now).await
    }

    /// Makes these the configured sinks. Rows of the others wait as orphans.
    pub async fn register_sinks(&self, sinks: Vec<String>, now: Timestamp) -> Result<(), StoreError> {
        self.sqlite().register_sinks(sinks, now).await
    }

    /// A generation for the rules of a start or a reload: larger than every one before, over the life of the store.
    pub async fn next_generation(&self) -> Result<u64, StoreError> {
        self.sqlite().next_generation().await
    }

    /// Which entries of this feed have been seen already, in their order.
    pub async fn known(&self, feed: &str, keys: Vec<EntryKey>) -> Result<Vec<bool>, StoreError> {
        self.sqlite().known(feed, keys).await
    }

    /// Records a poll whole: the feed's state, validators and seen entries, new articles and their undecided hits. Polls that wait are joined into
    /// one transaction.
    pub async fn commit(&self, outcome: PollOutcome) -> Result<Committed, StoreError> {
        self.sqlite().commit(outcome).await
    }

    /// Says how a feed fares without a poll (silent, quarantined, paused).
    pub async fn feed_state(&self, feed: &str, state: FeedHealth, reason: Option<String>, now: Timestamp) -> Result<(), StoreError> {
        self.sqlite().feed_state(feed, state, reason, now).await
    }

    /// At most `limit` undecided hits, and the waits that are over at `now`, at most `limit`. (`Timestamp::MAX` counts every wait as over.)
    pub async fn undecided(&self, now: Timestamp, limit: usize) -> Result<Undecided, StoreError> {
        self.sqlite().undecided(now, limit).await
    }

    /// Records a decision whole: stories, hits' ends, waits, alerts and their outbox rows. Answers with the alerts' `seq`, in their order; that of
    /// an alert that is recorded already is the one it has, and it is not delivered again: recording a decision twice is recording it once.
    pub async fn decide(&self, decision: Decision) -> Result<Vec<i64>, StoreError> {
        self.sqlite().decide(decision).await
    }

    /// Takes at most `n` deliveries for `sink`: first attempts in order of `seq`, then retries that are due, in order of `seq`.
    pub async fn claim(&self, sink: &str, n: usize, now: Timestamp) -> Result<Vec<Delivery>, StoreError> {
        self.sqlite().claim(sink, n, now).await
    }

    /// Records how deliveries went. Settling what is settled changes nothing.
    pub async fn settle(&self, settled: Vec<Settled>) -> Result<(), StoreError> {
        self.sqlite().settle(settled).await
    }

    /// Says whether a sink takes anything.
    pub async fn sink_state(&self, sink: &str, state: SinkState, since: Timestamp, reason: Option<String>) -> Result<(), StoreError> {
        self.sqlite().sink_state(sink, state, since, reason).await
    }

    /// What every sink has before it.
    pub async fn backlog(&self) -> Result<Vec<SinkBacklog>, StoreError> {
        self.sqlite().read(super::sqlite::read::backlog).await
    }

    /// Everything that happened to one thing, in order; nothing if it is not stored.
    pub async fn events(&self, subject: Subject) -> Result<Vec<Event>, StoreError> {
        self.sqlite().read(move |db| super::sqlite::read::events(db, &subject)).await
    }

    /// What an id's beginning may stand for, at most ten.
    pub async fn by_prefix(&self, prefix: IdPrefix) -> Result<Vec<Found>, StoreError> {
        self.sqlite().read(move |db| super::sqlite::read::by_prefix(db, &prefix)).await
    }

    /// The articles of a canonical URL ([`crate::story::UrlKey`]): those with hits, then the others, the earliest stored first.
    pub async fn by_url(&self, url_key: [u8; 16]) -> Result<Vec<ArticleId>, StoreError> {
        self.sqlite().read(move |db| super::sqlite::read::by_url(db, &url_key)).await
    }

    /// One article.
    pub async fn article(&self, id: ArticleId) -> Result<Option<ArticleInfo>, StoreError> {
        self.sqlite().read(move |db| super::sqlite::read::article(db, &id)).await
    }

    /// One story.
    pub async fn story(&self, id: StoryId) -> Result<Option<StoryInfo>, StoreError> {
        self.sqlite().read(move |db| super::sqlite::read::story(db, &id)).await
    }

    /// One alert.
    pub async fn alert(&self, id: AlertId) -> Result<Option<AlertLine>, StoreError> {
        self.sqlite().read(move |db| super::sqlite::read::alert(db, &id)).await
    }

    /// The log of alerts, in order of `seq`.
    pub async fn alerts(&self, filter: AlertFilter) -> Result<Vec<AlertLine>, StoreError> {
        self.sqlite().read(move |db| super::sqlite::read::alerts(db, &filter)).await
    }

    /// The configured feeds, by name.
    pub async fn feeds(&self, now: Timestamp) -> Result<Vec<FeedLine>, StoreError> {
        self.sqlite().read(move |db| super::sqlite::read::feeds(db, now)).await
    }

    /// What is not delivered, by sink and `seq`.
    pub async fn outbox(&self, filter: OutboxFilter, now: Timestamp) -> Result<Vec<OutboxLine>, StoreError> {
        self.sqlite().read(move |db| super::sqlite::read::outbox(db, &filter, now)).await
    }

    /// The last 24 hours in figures.
    pub async fn summary(&self, now: Timestamp) -> Result<Summary, StoreError> {
        self.sqlite().read(move |db| super::sqlite::read::summary(db, now)).await
    }

    /// Takes away what is past its age, then the oldest until the database is within its size; in slices, so that others get their turn.
    pub async fn prune(&self, now: Timestamp) -> Result<Pruned, StoreError> {
        self.sqlite().prune(now).await
    }

    /// Changes how much is kept, from the next `prune` on.
    pub fn retain(&self, keep: Duration, keep_alerts: Duration, max_size: u64) {
        self.sqlite().retain(keep, keep_alerts, max_size);
    }

    /// Why the store waits; none while it does not. While it waits for space, polls' commits are not answered; what is stored is still decided and
    /// delivered as long as the ballast lasts. It tries every two seconds and goes on by itself.
    pub fn full(&self) -> watch::Receiver<Option<String>> {
        self.sqlite().full()
    }

    /// Answers what was asked before, writes the log back into the database, and gives up the lock. What waits for space is answered `Closed`.
    pub async fn close(&self) {
        self.sqlite().close().await;
    }
}
