//! What the decision reads and what it says. The store hands over the first half and records the second in one transaction.

use crate::model::{AlertBody, AlertId, Article, ArticleId, Hit, StoryId};
use jiff::Timestamp;

/// A hit that nobody has decided yet, with what is recorded about its article.
#[derive(Debug, Clone)]
pub struct UndecidedHit {
    /// The hit's row.
    pub id: i64,
    /// The article, `summary` and `content` in plain text.
    pub article: Article,
    /// Its id.
    pub article_id: ArticleId,
    /// The identity of its feed.
    pub feed: String,
    /// It came with the feed's first poll.
    pub baseline: bool,
    /// What was found; names the watch.
    pub hit: Hit,
    /// The story of the article, or of another article with the same canonical URL.
    pub story: Option<StoryId>,
    /// The alert by which this watch was told that story.
    pub told: Option<AlertId>,
    /// A wait of this watch for that story runs.
    pub waiting: bool,
}

/// A wait that is over: everything this watch found of this story since the first hit.
#[derive(Debug, Clone)]
pub struct FiredWait {
    /// The watch.
    pub watch: String,
    /// The story.
    pub story: StoryId,
    /// The hits grouped under it; never empty.
    pub hits: Vec<UndecidedHit>,
}

/// What there is to decide.
#[derive(Debug, Clone, Default)]
pub struct Undecided {
    /// In the order they were found.
    pub hits: Vec<UndecidedHit>,
    /// Waits that are over.
    pub fired: Vec<FiredWait>,
    /// When the next wait is over.
    pub next_wait: Option<Timestamp>,
}

/// A hit with the story it was given.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The hit.
    pub hit: UndecidedHit,
    /// Its story.
    pub story: StoryId,
}

/// Why a hit was decided as it was. Every decided hit carries one; `why` prints it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// It is in an alert.
    Told,
    /// This watch was told this story already.
    StoryKnown,
    /// It came with the feed's first poll and is older than `first_poll_alert_age`.
    Baseline,
    /// It is older than `max_alert_age`.
    TooOld,
    /// The watch is no longer in the configuration.
    WatchRemoved,
}

impl Reason {
    /// As `why`, `status` and the store spell it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Told => "told",
            Self::StoryKnown => "story-known",
            Self::Baseline => "baseline",
            Self::TooOld => "too-old",
            Self::WatchRemoved => "watch-removed",
        }
    }

    /// The reason spelled so.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Told, Self::StoryKnown, Self::Baseline, Self::TooOld, Self::WatchRemoved].into_iter().find(|r| r.name() == name)
    }
}

/// A durable wait for copies of a story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// The watch.
    pub watch: String,
    /// The story.
    pub story: StoryId,
    /// When it is over.
    pub fires_at: Timestamp,
}

/// An alert to record, with its way out.
#[derive(Debug, Clone, PartialEq)]
pub struct NewAlert {
    /// `seq` is 0: the store sets it.
    pub body: AlertBody,
    /// The hits it tells.
    pub hits: Vec<i64>,
    /// Names of the sinks that get it.
    pub sinks: Vec<String>,
    /// Not to be sent earlier.
    pub not_before: Option<Timestamp>,
}

/// One decision; recorded in one transaction.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Decision {
    /// Stories that begin, with their first article.
    pub stories: Vec<(StoryId, ArticleId)>,
    /// Articles of stories, also of those that begin.
    pub members: Vec<(StoryId, ArticleId)>,
    /// Hits decided without an alert.
    pub decided: Vec<(i64, Reason)>,
    /// Hits that wait with their story.
    pub grouped: Vec<(i64, StoryId)>,
    /// Waits that begin.
    pub waits: Vec<Wait>,
    /// Alerts; the hits they name are decided [`Reason::Told`].
    pub alerts: Vec<NewAlert>,
    /// Waits that are over.
    pub fired: Vec<(String, StoryId)>,
}

impl Decision {
    /// Nothing to record.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
