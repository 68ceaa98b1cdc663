//! `feeds discover`: the feeds of a site, tried before they are named.

use super::out::Table;
use super::place::Context;
use super::{Code, Exit, out};
use crate::app::blocking;
use crate::app::clock::now;
use crate::feed::{self, Input, Reading};
use crate::fetch::{Fetched, Fetcher, Kind, Request, Settings, status_reason};
use serde::Serialize;
use url::Url;

/// Candidates that are tried.
const TRIES: usize = 20;

/// A feed that was found and read.
#[derive(Debug, Serialize)]
struct Found {
    url: String,
    title: Option<String>,
    format: String,
    lang: Option<String>,
    entries: usize,
}

/// Looks at the page itself, the feeds it names, the customary places, and the news sitemaps of robots.txt; the first of these that has
/// readable feeds counts.
pub async fn discover(context: &Context, site: &str, allow_private: bool) -> Result<(), Exit> {
    let text = if site.contains("://") { site.to_string() } else { format!("https://{site}") };
    let url = Url::parse(&text).map_err(|error| Exit::new(Code::Usage, format!("{site}: {error}")))?;
    let fetcher = Fetcher::new(Settings::new(env!("CARGO_PKG_VERSION"))).map_err(|error| Exit::new(Code::Io, error))?;
    let look = Look { fetcher, allow_private };
    let page = look.get(&url).await?;
    let mut found = Vec::new();
    if let Some(reading) = read(&page).await {
        found.push(describe(&page.url, reading));
    } else {
        let named = feed::discover(&page.body, page.content_type.as_deref(), &page.url).into_iter().map(|link| link.url).collect();
        found.extend(look.try_all(named).await);
        if found.is_empty() {
            found.extend(look.try_all(feed::well_known(&page.url)).await);
        }
        if found.is_empty()
            && let Ok(robots) = page.url.join("/robots.txt")
            && let Ok(robots) = look.get(&robots).await
        {
            found.extend(look.try_all(feed::sitemaps(&String::from_utf8_lossy(&robots.body), &page.url)).await);
        }
    }
    if found.is_empty() {
        return Err(Exit::new(Code::NoInput, format!("{site} names no feed that can be read; [feed.page] reads a page by CSS selectors")));
    }
    if context.json {
        found.iter().try_for_each(out::json)?;
        return Ok(());
    }
    let mut table = Table::new(&["URL", "FORMAT", "ENTRIES", "TITLE"]);
    for feed in found {
        table.row(&[feed.url, feed.format, feed.entries.to_string(), feed.title.unwrap_or_default()]);
    }
    Ok(table.print()?)
}

struct Look {
    fetcher: Fetcher,
    allow_private: bool,
}

impl Look {
    async fn get(&self, url: &Url) -> Result<Fetched, Exit> {
        let request = Request { allow_private: self.allow_private, ..Request::new(url, now()) };
        let fetched = self.fetcher.get(&request).await.map_err(|error| match error.kind {
            Kind::Private => Exit::new(Code::Permission, format!("{} --allow-private lifts this", error.fact())),
            _ => Exit::new(Code::NoInput, format!("{url}: {error}")),
        })?;
        if (200..300).contains(&fetched.status) {
            Ok(fetched)
        } else {
            Err(Exit::new(Code::NoInput, format!("{url}: {}", status_reason(fetched.status))))
        }
    }

    async fn try_all(&self, candidates: Vec<Url>) -> Vec<Found> {
        let mut found: Vec<Found> = Vec::new();
        for url in candidates.iter().take(TRIES) {
            let Ok(fetched) = self.get(url).await else { continue };
            if let Some(reading) = read(&fetched).await
                && !found.iter().any(|known| known.url == fetched.url.as_str())
            {
                found.push(describe(&fetched.url, reading));
            }
        }
        found
    }
}

async fn read(fetched: &Fetched) -> Option<Reading> {
    let (bytes, content_type, url, time) = (fetched.body.clone(), fetched.content_type.clone(), fetched.url.clone(), now());
    let reading = blocking(move || {
        let cut = false;
        feed::read(&Input {
            bytes: &bytes,
            content_type: content_type.as_deref(),
            url: Some(&url),
            cut,
            timezone: None,
            now: time,
            page: None,
            json: None,
        })
    });
    reading.await.ok()?.ok()
}

fn describe(url: &Url, reading: Reading) -> Found {
    Found { url: url.to_string(), title: reading.feed.title, format: reading.feed.format, lang: reading.feed.lang, entries: reading.entries.len() }
}
