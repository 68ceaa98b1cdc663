//! `parse`: one document to one JSON object, or its entries as the lines that `match` reads.

use super::args::Parse;
use super::place::{Context, code};
use super::{Code, Exit, out};
use crate::app::clock::now;
use crate::app::{Feed, blocking, settings};
use crate::config::ProxySpec;
use crate::feed::{self, FeedInfo, Input, Reading};
use crate::fetch::{Fetcher, Kind, Request, Settings, status_reason};
use crate::model::Article;
use serde::Serialize;
use std::io::Read;
use url::Url;

/// What `parse` prints.
#[derive(Debug, Serialize)]
struct Parsed {
    feed: FeedInfo,
    entries: Vec<Article>,
    warnings: Vec<String>,
}

/// A document and how it came.
struct Document {
    bytes: Vec<u8>,
    content_type: Option<String>,
    url: Option<Url>,
    cut: bool,
}

/// Reads one document.
pub async fn parse(context: &Context, args: &Parse) -> Result<(), Exit> {
    let (feed, settings) = match &args.feed {
        Some(name) => {
            let plan = context.plan()?;
            let found = plan.feeds.iter().find(|feed| feed.name == *name).cloned();
            let none = || Exit::new(Code::NoInput, format!("no feed {name:?} in {}", plan.config.main.display()));
            (Some(found.ok_or_else(none)?), settings(&plan.config))
        }
        None => (None, Settings::new(env!("CARGO_PKG_VERSION"))),
    };
    let document = load(args, feed.as_deref(), settings).await?;
    let (timezone, page, json) = feed.as_ref().map_or((None, None, None), |feed| (feed.spec.timezone.clone(), feed.page.clone(), feed.json.clone()));
    let time = now();
    let reading = blocking(move || {
        feed::read(&Input {
            bytes: &document.bytes,
            content_type: document.content_type.as_deref(),
            url: document.url.as_ref(),
            cut: document.cut,
            timezone: timezone.as_ref(),
            now: time,
            page: page.as_ref(),
            json: json.as_ref(),
        })
    })
    .await
    .map_err(|panic| Exit::new(Code::Internal, format!("reading the document broke the program: {panic}. Please report this")))?;
    match reading {
        Ok(reading) => print(reading, args.entries, feed.as_deref()),
        Err(unreadable) => {
            out::note(&format!("newswatch: {}: {}", args.input, unreadable.reason));
            if !args.entries {
                out::json(&Parsed { feed: FeedInfo::default(), entries: Vec::new(), warnings: vec![unreadable.reason] })?;
            }
            Err(Exit::silent(Code::Data))
        }
    }
}

fn print(reading: Reading, entries_only: bool, feed: Option<&Feed>) -> Result<(), Exit> {
    let name = |mut article: Article| {
        article.feed = feed.map(|feed| feed.name.clone());
        article.lang = article.lang.or_else(|| feed.and_then(|feed| feed.spec.lang.clone())).or_else(|| reading.feed.lang.clone());
        article
    };
    let entries: Vec<Article> = reading.articles().cloned().map(name).collect();
    if entries_only {
        reading.warnings.iter().for_each(|warning| out::note(&format!("warning: {warning}")));
        entries.iter().try_for_each(out::json)?;
    } else {
        out::json(&Parsed { feed: reading.feed, entries, warnings: reading.warnings })?;
    }
    Ok(())
}

async fn load(args: &Parse, feed: Option<&Feed>, settings: Settings) -> Result<Document, Exit> {
    let base = match &args.url {
        Some(text) => Some(Url::parse(text).map_err(|error| Exit::new(Code::Usage, format!("--url {text}: {error}")))?),
        None => feed.map(|feed| feed.spec.url.value.url().clone()),
    };
    if args.input == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes)?;
        return Ok(Document { bytes, content_type: args.content_type.clone(), url: base, cut: false });
    }
    if args.input.starts_with("http://") || args.input.starts_with("https://") {
        return fetch(args, feed, base, settings).await;
    }
    let bytes = std::fs::read(&args.input).map_err(|error| {
        let exit = Exit::from(error);
        Exit { message: format!("{}: {}", args.input, exit.message), ..exit }
    })?;
    Ok(Document { bytes, content_type: args.content_type.clone(), url: base, cut: false })
}

async fn fetch(args: &Parse, feed: Option<&Feed>, base: Option<Url>, settings: Settings) -> Result<Document, Exit> {
    let url = Url::parse(&args.input).map_err(|error| Exit::new(Code::Usage, format!("{}: {error}", args.input)))?;
    let fetcher = Fetcher::new(settings).map_err(|error| Exit::new(Code::Io, error))?;
    let headers: Vec<(String, String)> =
        feed.iter().flat_map(|feed| feed.spec.headers.iter()).map(|(name, value)| (name.clone(), value.reveal().to_string())).collect();
    let request = Request {
        home: feed.map(|feed| feed.spec.url.value.url()),
        now: now(),
        url: &url,
        etag: None,
        last_modified: None,
        headers: &headers,
        user_agent: feed.and_then(|feed| feed.spec.user_agent.as_deref()),
        allow_private: args.allow_private || feed.is_some_and(|feed| feed.spec.allow_private),
        proxy: feed.and_then(|feed| match &feed.spec.proxy {
            ProxySpec::None => None,
            ProxySpec::Url(proxy) => Some(proxy.url()),
        }),
        ca_file: feed.and_then(|feed| feed.spec.ca_file.as_deref()),
    };
    let fetched = fetcher.get(&request).await.map_err(|error| match error.kind {
        Kind::Private => Exit::new(Code::Permission, format!("{} --allow-private lifts this", error.fact())),
        _ => Exit::new(Code::NoInput, format!("{url}: {error}")),
    })?;
    if !(200..300).contains(&fetched.status) {
        return Err(Exit { code: code(66), message: format!("{url}: {}", status_reason(fetched.status)) });
    }
    let content_type = args.content_type.clone().or_else(|| fetched.content_type.clone());
    let cut = fetched.cut.is_some();
    Ok(Document { url: base.or_else(|| Some(fetched.url.clone())), content_type, cut, bytes: fetched.body })
}
