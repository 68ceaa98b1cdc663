//! Pure: bytes to entries. What publishers really write, read as they meant it: charset, mending, bounds, dates, addresses, identities.
//!
//! `read` is the face. The way of a document: `decode` (bytes to text) → `xml`, `json` or `page` (text to drafts; `token`, `refs` and `names` serve
//! `xml`) → `finish` (drafts to entries; `date`, `address` and `plain` serve it). Nothing here recurses on its input, and whatever the
//! bytes are, there is an answer.
//!
//! Must not know: a clock (`now` is an argument), I/O, how a feed is configured or fetched, what is done with its entries.

mod address;
mod date;
mod decode;
mod draft;
mod finish;
mod names;
mod notes;
mod plain;
mod refs;
mod token;
mod xml;

pub use address::{canonical_url, short_name};
pub use plain::plain_article;

use crate::model::{Article, EntryKey};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use names::Root;
use notes::Notes;
use serde::Serialize;
use std::time::Duration;
use url::Url;

/// Bytes of text that are read of a document.
pub const MAX_BYTES: usize = 10 << 20;
/// Entries that are read of a document.
pub const MAX_ENTRIES: usize = 5_000;
/// Elements within elements that are read.
pub const MAX_DEPTH: usize = 64;

/// A document and what is known about it.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The body.
    pub bytes: &'a [u8],
    /// The HTTP header.
    pub content_type: Option<&'a str>,
    /// Where it was fetched from, after redirects.
    pub url: Option<&'a Url>,
    /// The body was cut, by size or by the connection.
    pub cut: bool,
    /// For dates that name no zone; none: UTC.
    pub timezone: Option<&'a TimeZone>,
    /// The moment of the fetch.
    pub now: Timestamp,
}

/// The `feed` object of `parse`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FeedInfo {
    /// Plain text.
    pub title: Option<String>,
    /// Absolute.
    pub link: Option<String>,
    /// Plain text.
    pub description: Option<String>,
    /// BCP 47, lower case.
    pub lang: Option<String>,
    /// As the publisher dates it.
    pub updated: Option<Timestamp>,
    /// `rss`, `atom`, `rdf`, `json-feed`, `sitemap`, `sitemap-index`, `page`, `json`.
    pub format: String,
}

/// What a document says about when to come again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hints {
    /// RSS's `ttl`.
    pub ttl: Option<Duration>,
    /// `sy:updatePeriod` divided by `sy:updateFrequency`.
    pub update_period: Option<Duration>,
    /// Hours of the day in GMT, 0 to 23.
    pub skip_hours: Vec<u8>,
    /// Days of the week, Monday is 1, Sunday is 7.
    pub skip_days: Vec<u8>,
    /// WebSub hub.
    pub hub: Option<String>,
    /// Its own address, as it says.
    pub self_link: Option<String>,
}

/// One entry. `article` has no `id`, `feed` and `fetched` yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The same in every document of the feed; no two entries of a document share it.
    pub key: EntryKey,
    /// What the entry says.
    pub article: Article,
}

/// What a document says.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// About the feed.
    pub feed: FeedInfo,
    /// About when to come again.
    pub hints: Hints,
    /// In the document's order.
    pub entries: Vec<Entry>,
    /// What was mended or left out, for an operator.
    pub warnings: Vec<String>,
    /// Addresses whose documents belong to this one (a sitemap index), the latest first.
    pub follow: Vec<Url>,
    /// False: the document was cut, save no validators.
    pub complete: bool,
    /// The same as long as the entries say the same, whatever their order and white space.
    pub meaning: [u8; 16],
}

/// Why a document can't be read, in words for an operator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Unreadable {
    /// "login page instead of a feed", "empty document", …
    pub reason: String,
}

/// Reads a document.
///
/// # Errors
/// When there is nothing in it that a feed consists of; with at least a feed's outer element the answer is a `Reading` with no entries.
pub fn read(input: &Input<'_>) -> Result<Reading, Unreadable> {
    let mut notes = Notes::default();
    let decoded = decode::decode(input.bytes, input.content_type, &mut notes);
    let text = decoded.text.trim_start();
    if text.trim().is_empty() {
        return Err(Unreadable { reason: "empty document".into() });
    }
    let document = xml::read(text, input.url, &mut notes);
    let Some(root) = document.root.or_else(|| (!document.entries.is_empty()).then_some(Root::Channel)) else {
        return Err(Unreadable { reason: "not a feed".into() });
    };
    let format = match root {
        Root::Rss | Root::Channel => "rss",
        Root::Rdf => "rdf",
        Root::Atom => "atom",
        Root::Sitemap => "sitemap",
        Root::SitemapIndex => "sitemap-index",
    };
    let context = finish::Context {
        url: input.url,
        dates: date::Reference { timezone: input.timezone, now: input.now },
        inherit_authors: root == Root::Atom,
    };
    let feed = finish::feed_info(&document.feed, format, &context);
    let entries = finish::entries(&document.feed, &feed, document.entries, &context);
    let meaning = finish::meaning(&entries);
    Ok(Reading {
        feed,
        hints: document.hints,
        entries,
        warnings: notes.finish(),
        follow: Vec::new(),
        complete: !(input.cut || decoded.cut || document.cut),
        meaning,
    })
}
