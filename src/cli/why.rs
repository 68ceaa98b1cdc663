//! `why`: everything that happened to an article, an alert or a story.

use super::out::Table;
use super::place::{Context, refused};
use super::{Code, Exit, out};
use crate::app::clock::now;
use crate::app::feeds_of;
use crate::config::Config;
use crate::feed::canonical_url;
use crate::model::{ArticleId, IdPrefix, StoryId};
use crate::query::{Matcher, Meta, Miss};
use crate::store::{Event, Found, Reader, Subject};
use crate::story::UrlKey;
use crate::text::Document;
use jiff::Timestamp;
use serde::Serialize;

/// The answer as JSON.
#[derive(Debug, Serialize)]
struct Answer {
    kind: &'static str,
    id: String,
    link: Option<String>,
    story_id: Option<StoryId>,
    events: Vec<Line>,
}

#[derive(Debug, Serialize)]
struct Line {
    at: Option<Timestamp>,
    what: String,
    reason: Option<String>,
    watch: Option<String>,
}

/// Tells what happened to `what`: an id, the beginning of one, or an article's URL.
pub fn why(context: &Context, what: &str) -> Result<(), Exit> {
    let config = context.reading()?;
    let reader = Context::reader(&config)?;
    let found = find(&reader, what)?;
    for one in &found {
        let mut answer = answer(&reader, one)?;
        if let Found::Article(id) = one {
            answer.events.extend(missed(&config, &reader, *id)?);
        }
        if context.json {
            out::json(&answer)?;
        } else {
            print(&reader, one, &answer)?;
        }
    }
    Ok(())
}

fn find(reader: &Reader, what: &str) -> Result<Vec<Found>, Exit> {
    let nothing = || Exit::new(Code::NoInput, format!("nothing is known of {what:?} (it may have been pruned)"));
    if what.contains("://") {
        let key = canonical_url(what).map(|url| UrlKey::of(&url)).ok_or_else(nothing)?;
        let found: Vec<Found> = reader.by_url(key.0)?.into_iter().map(Found::Article).collect();
        return if found.is_empty() { Err(nothing()) } else { Ok(found) };
    }
    let prefix: IdPrefix = what.parse().map_err(|error| Exit::new(Code::NoInput, error))?;
    let found = reader.by_prefix(&prefix)?;
    match found.as_slice() {
        [] => Err(nothing()),
        [one] => Ok(vec![*one]),
        several => {
            let ids: Vec<String> = several.iter().map(id).collect();
            Err(Exit::new(Code::NoInput, format!("{what:?} begins several ids: {}", ids.join(", "))))
        }
    }
}

fn id(found: &Found) -> String {
    match found {
        Found::Article(id) => id.to_string(),
        Found::Story(id) => id.to_string(),
        Found::Alert(id) => id.to_string(),
    }
}

fn answer(reader: &Reader, found: &Found) -> Result<Answer, Exit> {
    let (kind, subject) = match found {
        Found::Article(id) => ("article", Subject::Article(*id)),
        Found::Story(id) => ("story", Subject::Story(*id)),
        Found::Alert(id) => ("alert", Subject::Alert(*id)),
    };
    let (link, story_id) = match found {
        Found::Article(id) => reader.article(*id)?.map_or((None, None), |info| (info.article.link, info.story)),
        Found::Story(id) => (None, Some(*id)),
        Found::Alert(id) => {
            let body = reader.alert(*id)?.and_then(|line| serde_json::from_slice::<crate::model::AlertBody>(&line.body).ok());
            body.map_or((None, None), |body| (body.article.link, Some(body.story_id)))
        }
    };
    let line = |event: Event| Line { at: event.at, what: event.what, reason: event.reason, watch: event.watch };
    Ok(Answer { kind, id: id(found), link, story_id, events: reader.events(&subject)?.into_iter().map(line).collect() })
}

/// Why watches did not match, worked out with those of today: what was asked when it came is not kept.
fn missed(config: &Config, reader: &Reader, id: ArticleId) -> Result<Vec<Line>, Exit> {
    let Some(info) = reader.article(id)? else { return Ok(Vec::new()) };
    let matcher = Matcher::compile(&config.watches, &config.lists).map_err(|problems| refused(&problems))?;
    let article = &info.article;
    let text = |part: &Option<String>| part.clone().unwrap_or_default();
    let doc = Document::new(&text(&article.title), &text(&article.summary), &text(&article.content));
    let mut meta = Meta::of(article, None, now());
    if let Some(feed) = feeds_of(config).iter().find(|feed| feed.id == info.feed) {
        meta.country.clone_from(&feed.spec.country);
        meta.tags.extend(feed.spec.tags.iter().cloned());
    }
    let line = |miss: Miss| Line {
        at: None,
        what: "missed".into(),
        reason: Some(format!("{:?}: {} (worked out with today's watches)", miss.clause, miss.reason)),
        watch: Some(miss.watch),
    };
    Ok(matcher.explain(&doc, &meta).into_iter().map(line).collect())
}

fn print(reader: &Reader, found: &Found, answer: &Answer) -> Result<(), Exit> {
    out::line(&format!("{} {}", answer.kind, answer.id))?;
    if let Found::Article(id) = found
        && let Some(title) = reader.article(*id)?.and_then(|info| info.article.title)
    {
        out::line(&out::plain(&title))?;
    }
    if let Some(link) = &answer.link {
        out::line(&out::plain(link))?;
    }
    if let Some(story) = answer.story_id.filter(|_| answer.kind != "story") {
        out::line(&format!("story {story}"))?;
    }
    let mut table = Table::new(&["AT", "WHAT", "WATCH", "REASON"]);
    for event in &answer.events {
        let text = |part: &Option<String>| part.clone().unwrap_or_else(|| "–".into());
        let at = event.at.map_or_else(|| "–".into(), |at| at.strftime("%Y-%m-%d %H:%M:%SZ").to_string());
        table.row(&[at, event.what.clone(), text(&event.watch), text(&event.reason)]);
    }
    Ok(table.print()?)
}
