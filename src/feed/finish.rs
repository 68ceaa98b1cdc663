//! Drafts to entries: links, dates, identities; and what makes a reading the same reading.
//!
//! Must not know: what kind of document a draft came from, but for `Kind`.

use super::address::{absolute, canonical_url};
use super::date::{self, Reference};
use super::draft::{Draft, File, Link};
use super::plain::{one_line, single_spaced};
use super::{Copy, Entry, FeedInfo};
use crate::model::{Article, Enclosure, EntryKey, Source, hash128};
use jiff::Timestamp;
use std::collections::{HashMap, HashSet};
use url::Url;
use xxhash_rust::xxh3::Xxh3;

/// What the drafts of one document have in common.
pub struct Context<'a> {
    /// Where it was fetched from.
    pub url: Option<&'a Url>,
    /// How to read dates.
    pub dates: Reference<'a>,
    /// Entries without an author have the feed's (Atom).
    pub inherit_authors: bool,
}

fn text(text: Option<&String>) -> Option<String> {
    text.map(|text| single_spaced(text)).filter(|text| !text.is_empty())
}

/// The best-ranked date that can be read.
fn moment(mut texts: Vec<(u8, String)>, dates: Reference<'_>) -> Option<Timestamp> {
    texts.sort_by_key(|(rank, _)| *rank);
    texts.iter().take(8).find_map(|(_, text)| date::parse(text, dates))
}

/// Of the alternates the last page, then any, then what else an entry links to as itself.
fn main_link(links: &[Link]) -> Option<&Link> {
    let alternate = |link: &&Link| link.rel == "alternate" || link.rel.is_empty();
    let page = |link: &&Link| link.r#type.as_deref().is_none_or(|kind| kind.contains("html") || !kind.contains('/'));
    links.iter().filter(alternate).rfind(page).or_else(|| links.iter().find(alternate)).or_else(|| links.iter().find(|link| link.rel == "self"))
}

/// A language tag as BCP 47 has it, in lower case.
fn language(tag: &str) -> Option<String> {
    let tag = tag.trim().replace('_', "-").to_ascii_lowercase();
    let tag = tag.split(['.', ',', ';', ' ']).next().unwrap_or("");
    let fits = (2..=35).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    (fits && tag != "und").then(|| tag.into())
}

/// The feed as `parse` tells it.
pub fn feed_info(draft: &Draft, format: &'static str, context: &Context<'_>) -> FeedInfo {
    let link = main_link(&draft.links).and_then(|link| absolute(&link.href, &[link.base.as_deref(), context.url]));
    FeedInfo {
        title: draft.title.get().map(|(title, form)| one_line(title, *form)).filter(|title| !title.is_empty()),
        link,
        description: draft.summary.get().map(|text| one_line(text, super::draft::Form::Unsaid)).filter(|text| !text.is_empty()),
        lang: draft.lang.as_deref().and_then(language),
        updated: moment(draft.updated.clone(), context.dates).or_else(|| moment(draft.published.clone(), context.dates)),
        format: format.into(),
    }
}

/// Everything that follows from a document's drafts: its entries with keys that no two of them share, and apart from them the copies.
pub fn entries(feed: &Draft, info: &FeedInfo, drafts: Vec<Draft>, context: &Context<'_>) -> (Vec<Entry>, Vec<Copy>) {
    let home = info.link.as_deref().and_then(|link| Url::parse(link).ok()).filter(|link| link.has_host());
    let articles: Vec<(Article, String)> = drafts.into_iter().map(|draft| article(draft, feed, home.as_ref(), context)).collect();
    keyed(articles)
}

fn article(draft: Draft, feed: &Draft, home: Option<&Url>, context: &Context<'_>) -> (Article, String) {
    let bases = |own: &'_ Option<std::rc::Rc<Url>>, written: &str| {
        let own = own.as_deref().or(draft.base.as_deref());
        absolute(written, &[own, home, context.url])
    };
    let guid = text(draft.guid.as_ref()).or_else(|| text(draft.about.as_ref()));
    let linked = main_link(&draft.links).and_then(|link| bases(&link.base, &link.href));
    // Of an entry that links nowhere the identifier is the address, if it is one.
    let is_address = |guid: &&String| {
        let scheme = guid.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
        let absolute = scheme.is_some_and(|scheme| matches!(scheme.as_str(), "http" | "https" | "tag" | "urn"));
        draft.permalink == Some(true) || absolute || guid.contains(['/', '?'])
    };
    let permalink = guid.as_ref().filter(|_| draft.permalink != Some(false)).filter(is_address);
    let link = linked.or_else(|| permalink.and_then(|guid| bases(&None, guid)));
    let title = draft.title.get().map(|(title, form)| one_line(title, *form)).filter(|title| !title.is_empty());
    let source_url = draft.source.1.as_ref().and_then(|link| bases(&None, link));
    let files = if draft.files.is_empty() { &draft.media } else { &draft.files };
    let enclosures = enclosures(files, &bases);
    let mut authors = if draft.authors.is_empty() && context.inherit_authors { feed.authors.clone() } else { draft.authors };
    if authors.iter().any(|(rank, _)| *rank < 2) {
        authors.retain(|(rank, _)| *rank < 2);
    }
    let mut dates: Vec<String> = draft.published.iter().chain(&draft.updated).map(|(_, date)| date.clone()).collect();
    dates.truncate(1);
    let article = Article {
        id: None,
        guid,
        title,
        link,
        published: moment(draft.published, context.dates),
        updated: moment(draft.updated, context.dates),
        fetched: None,
        lang: draft.lang.as_deref().and_then(language),
        feed: None,
        source: Source { title: draft.source.0.filter(|title| !title.is_empty()), url: source_url },
        authors: authors.into_iter().map(|(_, name)| name).collect(),
        tags: draft.tags,
        summary: draft.summary.into_inner(),
        content: draft.content.into_inner(),
        enclosures,
    };
    (article, dates.pop().unwrap_or_default())
}

fn enclosures(files: &[File], bases: &impl Fn(&Option<std::rc::Rc<Url>>, &str) -> Option<String>) -> Vec<Enclosure> {
    let mut out: Vec<Enclosure> = Vec::new();
    for file in files {
        let Some(url) = bases(&file.base, &file.href) else { continue };
        if !out.iter().any(|had| had.url.as_deref() == Some(&url)) {
            let length = file.length.as_ref().and_then(|length| length.trim().parse().ok());
            out.push(Enclosure { url: Some(url), r#type: file.r#type.clone().filter(|kind| !kind.is_empty()), length });
        }
    }
    out
}

/// Identity: the guid; else the canonical link; else title and date; else the text. A guid or link that several entries of the document
/// share is no identity alone: there it is guid, link and title. What shares even that is a copy.
fn keyed(articles: Vec<(Article, String)>) -> (Vec<Entry>, Vec<Copy>) {
    let links: Vec<Option<String>> =
        articles.iter().map(|(article, _)| article.link.as_deref().map(|link| canonical_url(link).unwrap_or_else(|| link.into()))).collect();
    let mut uses: HashMap<(bool, &str), usize> = HashMap::new();
    for ((article, _), link) in articles.iter().zip(&links) {
        match (&article.guid, link) {
            (Some(guid), _) => *uses.entry((true, guid)).or_default() += 1,
            (None, Some(link)) => *uses.entry((false, link)).or_default() += 1,
            (None, None) => {}
        }
    }
    let keys: Vec<EntryKey> = articles
        .iter()
        .zip(&links)
        .map(|((article, date), link)| {
            let (guid, link, title) = (article.guid.as_deref(), link.as_deref(), article.title.as_deref().unwrap_or(""));
            let shared = |is_guid: bool, id: &str| uses.get(&(is_guid, id)).is_some_and(|n| *n > 1);
            EntryKey(match (guid, link) {
                (Some(guid), _) if !shared(true, guid) => key("guid", &[guid]),
                (Some(guid), link) => key("guid+", &[guid, link.unwrap_or(""), title]),
                (None, Some(link)) if !shared(false, link) => key("link", &[link]),
                (None, Some(link)) => key("link+", &[link, title]),
                (None, None) if !title.is_empty() => key("title", &[title, date.trim()]),
                (None, None) => {
                    let body = article.summary.as_deref().or(article.content.as_deref()).unwrap_or("");
                    let file = article.enclosures.first().and_then(|file| file.url.as_deref()).unwrap_or("");
                    key("body", &[&single_spaced(body), date.trim(), file])
                }
            })
        })
        .collect();
    let mut seen = HashSet::new();
    let (mut entries, mut copies) = (Vec::with_capacity(articles.len()), Vec::new());
    for ((article, _), key) in articles.into_iter().zip(keys) {
        if seen.insert(key) {
            entries.push(Entry { key, article });
        } else {
            copies.push(Copy { before: entries.len(), article });
        }
    }
    (entries, copies)
}

fn key(kind: &str, parts: &[&str]) -> [u8; 16] {
    hash128(std::iter::once(kind.as_bytes()).chain(parts.iter().map(|part| part.as_bytes())))
}

/// Addresses of a sitemap index: those for news first, then the latest.
pub fn follow(found: Vec<(String, Option<String>)>, context: &Context<'_>) -> Vec<Url> {
    let mut found: Vec<(bool, Option<Timestamp>, Url)> = found
        .into_iter()
        .filter_map(|(address, date)| {
            let url = Url::parse(&absolute(&address, &[context.url])?).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
            Some((!url.path().to_ascii_lowercase().contains("news"), date.and_then(|date| date::parse(&date, context.dates)), url))
        })
        .collect();
    found.sort_by_key(|(other, date, _)| (*other, std::cmp::Reverse(*date)));
    found.into_iter().map(|(_, _, url)| url).collect()
}

/// A hash over what the entries say, whatever their order and white space.
pub fn meaning(entries: &[Entry]) -> [u8; 16] {
    let sum = entries.iter().fold(0u128, |sum, entry| sum.wrapping_add(said(entry)));
    sum.wrapping_add(entries.len() as u128).to_be_bytes()
}

fn said(entry: &Entry) -> u128 {
    let mut hash = Xxh3::new();
    hash.update(&entry.key.0);
    let mut field = |text: Option<&str>| {
        for word in text.unwrap_or("").split_ascii_whitespace() {
            hash.update(word.as_bytes());
            hash.update(b" ");
        }
        hash.update(b"\0");
    };
    let article = &entry.article;
    for text in [&article.title, &article.link, &article.lang, &article.source.title, &article.source.url, &article.summary, &article.content] {
        field(text.as_deref());
    }
    for list in [&article.authors, &article.tags] {
        list.iter().for_each(|text| field(Some(text)));
        field(None);
    }
    article.enclosures.iter().for_each(|file| field(file.url.as_deref()));
    for moment in [article.published, article.updated] {
        hash.update(&moment.map_or(0, Timestamp::as_second).to_be_bytes());
    }
    hash.digest128()
}
