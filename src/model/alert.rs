//! The alert as everyone outside reads it: the same bytes in a JSONL file, a webhook's body, an exec's stdin.

use super::{AlertId, Article, Field, Severity, StoryId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One line of the alert stream, version 1. Frozen when it is decided; sinks render from these bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertBody {
    /// Version of this shape; within it, only additions.
    pub v: u32,
    /// `alert.created`, `test.sent`, …
    pub r#type: String,
    /// When it was decided.
    pub timestamp: Timestamp,
    /// Orders the stream. The store sets it in the transaction that records the alert.
    pub seq: i64,
    /// Identifies: deduplicate on it.
    pub alert_id: AlertId,
    /// The watch's name.
    pub watch: String,
    /// How loud.
    pub severity: Severity,
    /// 0 for the first word about a story.
    pub update: u32,
    /// The story.
    pub story_id: StoryId,
    /// The article told, `summary` in plain text, without `content` and `enclosures`.
    pub article: AlertArticle,
    /// At most five.
    pub hits: Vec<HitLine>,
    /// Other articles of the story, at most thirty.
    pub also_in: Vec<AlsoIn>,
    /// How many more there are; written only when there are any.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub also_in_more: u64,
}

// Serde hands a reference to this.
#[allow(clippy::trivially_copy_pass_by_ref)]
const fn is_zero(n: &u64) -> bool {
    *n == 0
}

/// An [`Article`] without `content` and `enclosures`, cut to what an alert may carry.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs)] // the members are those of `Article`
pub struct AlertArticle {
    pub id: Option<String>,
    pub guid: Option<String>,
    pub title: Option<String>,
    pub link: Option<String>,
    pub published: Option<Timestamp>,
    pub updated: Option<Timestamp>,
    pub fetched: Option<Timestamp>,
    pub lang: Option<String>,
    pub feed: Option<String>,
    pub source: super::Source,
    pub authors: Vec<String>,
    pub tags: Vec<String>,
    pub summary: Option<String>,
}

impl From<Article> for AlertArticle {
    fn from(a: Article) -> Self {
        Self {
            id: a.id,
            guid: a.guid,
            title: a.title,
            link: a.link,
            published: a.published,
            updated: a.updated,
            fetched: a.fetched,
            lang: a.lang,
            feed: a.feed,
            source: a.source,
            authors: a.authors,
            tags: a.tags,
            summary: a.summary,
        }
    }
}

/// A [`super::Span`] without offsets, and without the watch that the alert names already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)] // the members are those of `Span`
pub struct HitLine {
    pub field: Field,
    pub text: String,
    pub before: String,
    pub after: String,
    pub clause: String,
    pub form: String,
}

/// Another article that tells the same story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct AlsoIn {
    pub feed: Option<String>,
    pub title: Option<String>,
    pub link: Option<String>,
    pub published: Option<Timestamp>,
}
