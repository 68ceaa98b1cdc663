//! `feeds`: each feed with its health; poll one now.

use super::args::Feeds;
use super::out::{Table, ago};
use super::place::Context;
use super::{Code, Exit, out};
use crate::app;
use crate::app::clock::now;
use crate::config::Config;
use crate::control::{Command, Reply};
use crate::schedule;
use crate::store::{FeedHealth, FeedLine};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::HashMap;
use std::time::Duration;

/// One feed as JSON.
#[derive(Debug, Serialize)]
struct Line<'a> {
    name: &'a str,
    url: &'a str,
    state: &'static str,
    reason: Option<&'a str>,
    last_new: Option<Timestamp>,
    every: Option<u64>,
    next: Option<Timestamp>,
    polls: u64,
    entries_24h: u64,
}

/// `feeds …`
pub async fn feeds(context: &Context, command: Feeds) -> Result<(), Exit> {
    if let Feeds::Discover { url, allow_private } = command {
        return super::discover::discover(context, &url, allow_private).await;
    }
    let config = context.reading()?;
    match command {
        Feeds::Discover { .. } => Ok(()),
        Feeds::List => list(context, &config),
        Feeds::Poll { name, force, .. } => poll(&config, name, force).await,
    }
}

fn list(context: &Context, config: &Config) -> Result<(), Exit> {
    let reader = Context::reader(config)?;
    let time = now();
    let lines = reader.feeds(time)?;
    let every = intervals(config);
    if context.json {
        for feed in &lines {
            out::json(&Line {
                name: &feed.name,
                url: &feed.url,
                state: feed.state.name(),
                reason: feed.reason.as_deref(),
                last_new: feed.last_new,
                every: every.get(&feed.id).map(Duration::as_secs),
                next: feed.next,
                polls: feed.polls,
                entries_24h: feed.entries_24h,
            })?;
        }
        return Ok(());
    }
    let mut table = Table::new(&["STATE", "FEED", "LAST NEW", "EVERY", "NEXT", "24H", "NOTE"]);
    for feed in &lines {
        let dash = || "–".to_string();
        table.row(&[
            feed.state.name().into(),
            feed.name.clone(),
            feed.last_new.map_or_else(dash, |at| ago(time.duration_since(at).as_secs())),
            every.get(&feed.id).map_or_else(dash, |every| ago(i64::try_from(every.as_secs()).unwrap_or(i64::MAX))),
            feed.next.map_or_else(dash, |at| at.to_zoned_datetime(jiff::tz::TimeZone::system()).strftime("%H:%M").to_string()),
            if matches!(feed.state, FeedHealth::New) { dash() } else { feed.entries_24h.to_string() },
            note(feed),
        ]);
    }
    Ok(table.print()?)
}

fn note(feed: &FeedLine) -> String {
    match (&feed.reason, feed.failures) {
        (Some(reason), tries @ 1..) => format!("{reason}; {tries} {}", if tries == 1 { "try" } else { "tries" }),
        (Some(reason), 0) => reason.clone(),
        (None, _) => String::new(),
    }
}

/// How often each feed is polled, by identity.
fn intervals(config: &Config) -> HashMap<String, Duration> {
    let plan = app::feeds_of(config);
    plan.iter().filter(|feed| !feed.spec.paused).map(|feed| (feed.id.clone(), schedule::every(&feed.timing()))).collect()
}

async fn poll(config: &Config, name: Option<String>, force: bool) -> Result<(), Exit> {
    match Context::ask(config, &Command::Poll { feed: name, force }, Duration::from_secs(10)).await? {
        Reply::Polling { feeds } => Ok(out::line(&format!("polling {feeds} {}", if feeds == 1 { "feed" } else { "feeds" }))?),
        Reply::Unknown { message } => Err(Exit::new(Code::NoInput, message)),
        Reply::Failed { message } => Err(Exit::new(Code::Unavailable, message)),
        other => Err(Exit::new(Code::Internal, format!("unexpected answer {other:?}"))),
    }
}
