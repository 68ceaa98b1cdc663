//! From a reading's entries to what is recorded of them. Runs on a thread that may block.

use super::super::live::Rules;
use super::super::plan::Feed;
use crate::feed::{Entry, Reading, canonical_url};
use crate::model::{ArticleId, Field};
use crate::query::Meta;
use crate::store::{MatchedHit, PolledEntry};
use crate::story::UrlKey;
use crate::telemetry::Event;
use crate::text::Document;
use jiff::Timestamp;

/// Entries, and the generation of the rules that matched them.
#[derive(Debug)]
pub struct Matched {
    /// In the document's order.
    pub entries: Vec<PolledEntry>,
    /// Of the rules.
    pub generation: u64,
}

/// Matches the entries that are not `known` yet; the others are only noted as still there.
pub fn match_entries(feed: &Feed, reading: &Reading, known: &[bool], rules: &Rules, now: Timestamp) -> Matched {
    let entries = reading.entries.iter().enumerate().map(|(n, entry)| {
        if known.get(n).copied().unwrap_or_default() { PolledEntry::Known { key: entry.key } } else { new_entry(feed, reading, entry, rules, now) }
    });
    Matched { entries: entries.collect(), generation: rules.generation }
}

fn new_entry(feed: &Feed, reading: &Reading, entry: &Entry, rules: &Rules, now: Timestamp) -> PolledEntry {
    let mut article = entry.article.clone();
    let doc = Document::new(
        article.title.as_deref().unwrap_or_default(),
        article.summary.as_deref().unwrap_or_default(),
        article.content.as_deref().unwrap_or_default(),
    );
    article.id = Some(ArticleId::of(&feed.id, &entry.key).to_string());
    article.feed = Some(feed.name.clone());
    article.fetched = Some(now);
    let plain = |field| Some(doc.plain(field).to_string()).filter(|text| !text.trim().is_empty());
    article.summary = plain(Field::Summary);
    article.content = plain(Field::Content);
    article.lang = article.lang.take().or_else(|| feed.spec.lang.clone()).or_else(|| reading.feed.lang.clone());
    let mut meta = Meta::of(&article, feed.spec.country.as_deref(), now);
    meta.tags.extend(feed.spec.tags.iter().cloned());
    let found = rules.matcher.search(&doc, &meta);
    for watch in &found.spent {
        Event::TooDear { watch, feed: &feed.name, article: article.link.as_deref().unwrap_or_default() }.emit();
    }
    let hits = found.hits;
    let hits = hits
        .into_iter()
        .map(|hit| MatchedHit { watch: hit.watch.clone(), watch_hash: rules.matcher.watch_hash(&hit.watch).unwrap_or_default(), hit })
        .collect();
    let url_key = article.link.as_deref().and_then(canonical_url).map(|url| UrlKey::of(&url).0);
    PolledEntry::New { key: entry.key, article, url_key, hits, matched_gen: rules.generation }
}
