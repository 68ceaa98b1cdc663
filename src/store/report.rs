//! What readers ask for: lists, the story of one thing, the day in figures.

use super::FeedHealth;
use crate::alert::Reason;
use crate::model::{AlertId, AlsoIn, Article, ArticleId, StoryId};
use jiff::Timestamp;
use std::time::Duration;

/// Which alerts to show, in order of `seq`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AlertFilter {
    /// Of one watch.
    pub watch: Option<String>,
    /// Decided then or later.
    pub since: Option<Timestamp>,
    /// Only after this `seq`.
    pub after: Option<i64>,
    /// Only the last so many.
    pub last: Option<usize>,
}

/// One alert of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertLine {
    /// Orders the stream.
    pub seq: i64,
    /// Identifies.
    pub alert_id: AlertId,
    /// For whom.
    pub watch: String,
    /// The frozen JSON.
    pub body: Vec<u8>,
    /// The other articles of its story as they stand now, the earliest first, at most thirty.
    pub also_in: Vec<AlsoIn>,
    /// How many more there are.
    pub also_in_more: u64,
}

/// One feed as a list shows it. Retired feeds are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedLine {
    /// Its identity.
    pub id: String,
    /// What lists show.
    pub name: String,
    /// As configured, secrets masked.
    pub url: String,
    /// How it fares.
    pub state: FeedHealth,
    /// In words; none while all is well.
    pub reason: Option<String>,
    /// Since when it is in this state.
    pub since: Option<Timestamp>,
    /// When an unseen entry came last.
    pub last_new: Option<Timestamp>,
    /// When it was polled last.
    pub last_poll: Option<Timestamp>,
    /// When the next poll is due.
    pub next: Option<Timestamp>,
    /// Polls in all.
    pub polls: u64,
    /// Failures in a row.
    pub failures: u32,
    /// Articles that came in the last 24 hours.
    pub entries_24h: u64,
    /// Where a permanent redirect leads.
    pub moved_to: Option<String>,
}

/// What somebody asks `why` about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A feed, by its identity: how its state changed.
    Feed(String),
    /// An article: fetched, hit, grouped, decided, told, delivered.
    Article(ArticleId),
    /// A story: its articles, waits and alerts.
    Story(StoryId),
    /// An alert: decided, delivered.
    Alert(AlertId),
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When; none where it is not kept.
    pub at: Option<Timestamp>,
    /// `fetched`, `hit`, `grouped`, `decided`, `alert`, `waiting`, `sent`, …
    pub what: String,
    /// In words: a reason, an outlet, a sink.
    pub reason: Option<String>,
    /// The watch it is about.
    pub watch: Option<String>,
}

/// What an id's beginning may stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// An article.
    Article(ArticleId),
    /// A story.
    Story(StoryId),
    /// An alert.
    Alert(AlertId),
}

/// A stored article.
#[derive(Debug, Clone, PartialEq)]
pub struct ArticleInfo {
    /// Its identity.
    pub id: ArticleId,
    /// As stored.
    pub article: Article,
    /// The feed's identity.
    pub feed: String,
    /// The story it belongs to.
    pub story: Option<StoryId>,
    /// It came with the feed's first document.
    pub baseline: bool,
}

/// A stored story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoryInfo {
    /// Its identity.
    pub id: StoryId,
    /// Its articles, the earliest stored first.
    pub articles: Vec<ArticleId>,
    /// Its alerts, in order of `seq`.
    pub alerts: Vec<AlertId>,
}

/// The last 24 hours in figures.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Feeds by state, without the retired ones.
    pub feeds: Vec<(FeedHealth, u64)>,
    /// Feeds that had a gap.
    pub gaps_24h: u64,
    /// Articles stored.
    pub articles_24h: u64,
    /// Alerts per watch, the busiest first.
    pub alerts_24h: Vec<(String, u64)>,
    /// Hits that were not told, per reason, the commonest first.
    pub suppressed_24h: Vec<(Reason, u64)>,
    /// Between publication and alert, in the middle; undated and future ones left out.
    pub delay_median: Option<Duration>,
    /// The same, 95 of 100 are faster.
    pub delay_p95: Option<Duration>,
    /// Bytes of the database and its log.
    pub database_bytes: u64,
    /// The last alert's `seq`; 0 when there is none.
    pub last_seq: i64,
}

/// What pruning took away.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Articles.
    pub articles: u64,
    /// Alerts.
    pub alerts: u64,
    /// Entries remembered as seen.
    pub seen: u64,
    /// The database is still over its size: everything left is held by an alert or an undecided hit.
    pub over: bool,
}
