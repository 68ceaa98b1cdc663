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
mod discover;
mod draft;
mod finish;
mod json;
mod json_feed;
mod names;
mod notes;
mod page;
mod plain;
mod refs;
mod sniff;
mod token;
mod xml;

pub use address::{canonical_url, short_name};
pub use discover::{FeedLink, discover, sitemaps, well_known};
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
    /// How to read a page (`[feed.page]`).
    pub page: Option<&'a PageRules>,
    /// How to read a JSON endpoint (`[feed.json]`).
    pub json: Option<&'a JsonRules>,
}

/// CSS selectors: `items` on the page, the others inside an item. Left out: the title is the link's text, the link the first one, no date, no
/// summary. `problems()` checks them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct PageRules {
    pub items: String,
    pub title: Option<String>,
    pub link: Option<String>,
    pub date: Option<String>,
    pub summary: Option<String>,
}

/// Paths, names with dots between (`data.articles`, `headline.main`, `media.0.url`): `items` from the root (empty: the root is the list), the others
/// inside an item.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct JsonRules {
    pub items: String,
    pub title: Option<String>,
    pub link: Option<String>,
    pub date: Option<String>,
    pub summary: Option<String>,
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

/// An entry that says of itself what another one of the document says (guid, link and title, or all it has): nothing new, but for `parse`.
#[derive(Debug, Clone, PartialEq)]
pub struct Copy {
    /// The number of `entries` that stand before it.
    pub before: usize,
    /// What it says.
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
    /// Left out of `entries`.
    pub copies: Vec<Copy>,
    /// What was mended or left out, for an operator.
    pub warnings: Vec<String>,
    /// Addresses whose documents belong to this one (a sitemap index), the latest first.
    pub follow: Vec<Url>,
    /// False: the document was cut, save no validators.
    pub complete: bool,
    /// The same as long as the entries say the same, whatever their order and white space.
    pub meaning: [u8; 16],
}

impl Reading {
    /// Every entry of the document in its order, copies included: what `parse` shows.
    pub fn articles(&self) -> impl Iterator<Item = &Article> {
        let mut copies = self.copies.iter().peekable();
        let mut entries = self.entries.iter().enumerate().peekable();
        std::iter::from_fn(move || {
            let at = entries.peek().map_or(usize::MAX, |(at, _)| *at);
            match copies.next_if(|copy| copy.before <= at) {
                Some(copy) => Some(&copy.article),
                None => entries.next().map(|(_, entry)| &entry.article),
            }
        })
    }
}

/// Why a document can't be read, in words for an operator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Unreadable {
    /// "login page instead of a feed", "empty document", …
    pub reason: String,
}

/// What any of the readers found.
struct Found {
    format: &'static str,
    feed: draft::Draft,
    drafts: Vec<draft::Draft>,
    hints: Hints,
    follow: Vec<(String, Option<String>)>,
    cut: bool,
}

/// Reads a document.
///
/// # Errors
/// When there is nothing in it that a feed consists of; with at least a feed's outer element the answer is a `Reading` with no entries.
pub fn read(input: &Input<'_>) -> Result<Reading, Unreadable> {
    let mut notes = Notes::default();
    let decoded = decode::decode(input.bytes, input.content_type, &mut notes);
    let text = decoded.text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if text.is_empty() {
        return Err(Unreadable { reason: "empty document".into() });
    }
    let found = found(text, input, decoded.bounded, &mut notes)?;
    let dates = date::Reference { timezone: input.timezone, now: input.now };
    let context = finish::Context { url: input.url, dates, inherit_authors: matches!(found.format, "atom" | "json-feed") };
    let feed = finish::feed_info(&found.feed, found.format, &context);
    let (entries, copies) = finish::entries(&found.feed, &feed, found.drafts, &context);
    let meaning = finish::meaning(&entries);
    let complete = !(input.cut || decoded.cut || decoded.bounded || found.cut);
    if !complete {
        notes.say("cut: there may be more than was read".into());
    }
    if !copies.is_empty() {
        notes.say(format!("{} left out", refs::count(copies.len(), "repeated entry").replace("entrys", "entries")));
    }
    Ok(Reading {
        feed,
        hints: found.hints,
        entries,
        copies,
        warnings: notes.finish(),
        follow: finish::follow(found.follow, &context),
        complete,
        meaning,
    })
}

fn found(text: &str, input: &Input<'_>, bounded: bool, notes: &mut Notes) -> Result<Found, Unreadable> {
    if text.starts_with(['{', '[']) || input.json.is_some() {
        return json_document(text, input, notes);
    }
    if let Some(rules) = input.page {
        let (feed, drafts) = page::read(text, rules, notes).map_err(|reason| Unreadable { reason })?;
        if drafts.is_empty()
            && let Some(barrier) = sniff::barrier(text)
        {
            return Err(Unreadable { reason: barrier.replace("a feed", "the page") });
        }
        return Ok(Found { format: "page", feed, drafts, hints: Hints::default(), follow: Vec::new(), cut: false });
    }
    let document = xml::read(text, input.url, bounded, notes);
    let page = sniff::is_page(text, document.first.as_deref());
    let root = match document.root {
        None if !document.entries.is_empty() && !page => Root::Channel,
        Some(root) if !(page && document.entries.is_empty()) => root,
        _ => return Err(sniff::unreadable(text, document.first.as_deref(), input.url)),
    };
    let format = match root {
        Root::Rss | Root::Channel => "rss",
        Root::Rdf => "rdf",
        Root::Atom => "atom",
        Root::Sitemap => "sitemap",
        Root::SitemapIndex => "sitemap-index",
    };
    Ok(Found { format, feed: document.feed, drafts: document.entries, hints: document.hints, follow: document.follow, cut: document.cut })
}

fn json_document(text: &str, input: &Input<'_>, notes: &mut Notes) -> Result<Found, Unreadable> {
    let parsed = json::parse(text);
    let (format, document) = match input.json {
        Some(rules) => ("json", json_feed::endpoint(&parsed.value, rules)),
        None => ("json-feed", json_feed::feed(&parsed.value)),
    };
    let Some(document) = document else {
        let first = text.starts_with('<').then_some("html");
        return Err(match (input.json, first) {
            (Some(rules), None) => Unreadable { reason: format!("JSON without a list at `{}`", rules.items) },
            (None, None) => Unreadable { reason: "JSON that is no JSON Feed; [feed.json] tells how to read it".into() },
            (_, first) => sniff::unreadable(text, first, input.url),
        });
    };
    if document.more {
        notes.say(format!("more than {MAX_ENTRIES} entries: the first {MAX_ENTRIES} are read"));
    }
    Ok(Found { format, feed: document.feed, drafts: document.entries, hints: document.hints, follow: Vec::new(), cut: parsed.cut })
}

/// Bytes of memory that a reading of these bytes may take, by a count that costs next to nothing.
pub fn memory_cost(bytes: &[u8]) -> usize {
    let packed = bytes.starts_with(&[0x1f, 0x8b]);
    let length = if packed { MAX_BYTES } else { bytes.len().min(MAX_BYTES) };
    let count = |pattern: &[u8]| memchr::memmem::find_iter(bytes, pattern).take(MAX_ENTRIES).count();
    let items = if packed { MAX_ENTRIES } else { count(b"<item").max(count(b"<entry")).max(count(b"<url>")).max(count(b"\"id\"")) };
    items * 1024 + 6 * length
}
