//! The chain of what happened to one thing, for `why`.

use super::super::columns::{health, time};
use super::find::article_row;
use crate::model::{AlertId, ArticleId, StoryId};
use crate::store::{Event, Subject};
use rusqlite::{Connection, OptionalExtension, Result, params};

/// Everything that happened to one thing, in order.
pub fn events(db: &Connection, subject: &Subject) -> Result<Vec<Event>> {
    let mut events = Vec::new();
    match subject {
        Subject::Feed(id) => feed(db, id, &mut events)?,
        Subject::Article(id) => article(db, id, &mut events)?,
        Subject::Story(id) => story(db, id, &mut events)?,
        Subject::Alert(id) => {
            let seq: Option<i64> = db.prepare_cached("SELECT seq FROM alert WHERE id = ?1")?.query_row([id.0], |row| row.get(0)).optional()?;
            if let Some(seq) = seq {
                alert(db, seq, &mut events)?;
            }
        }
    }
    // What is still to come has no hour, and stands last.
    events.sort_by_key(|event| (event.at.is_none(), event.at));
    Ok(events)
}

fn event(at: Option<i64>, what: impl Into<String>, reason: Option<String>, watch: Option<String>) -> Event {
    Event { at: at.map(time), what: what.into(), reason, watch }
}

fn feed(db: &Connection, id: &str, events: &mut Vec<Event>) -> Result<()> {
    let mut select =
        db.prepare_cached("SELECT e.at, e.state, e.reason FROM feed_event e JOIN feed f ON f.n = e.feed WHERE f.id = ?1 ORDER BY e.n")?;
    for found in select.query_map([id], |row| Ok(event(row.get(0)?, health(row.get(1)?).name(), row.get(2)?, None)))? {
        events.push(found?);
    }
    Ok(())
}

fn article(db: &Connection, id: &ArticleId, events: &mut Vec<Event>) -> Result<()> {
    let Some(n) = article_row(db, id)? else { return Ok(()) };
    let (fetched, feed, baseline): (i64, String, bool) = db
        .prepare_cached("SELECT a.fetched, f.name, a.baseline FROM article a JOIN feed f ON f.n = a.feed WHERE a.n = ?1")?
        .query_row([n], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let from = if baseline { format!("{feed}, with its first document") } else { feed };
    events.push(event(Some(fetched), "fetched", Some(from), None));
    let mut select = db.prepare_cached("SELECT watch, state, reason, story, alert, at, spans FROM hit WHERE article = ?1 ORDER BY n")?;
    let mut rows = select.query([n])?;
    while let Some(row) = rows.next()? {
        let watch: String = row.get(0)?;
        let at: Option<i64> = row.get(5)?;
        events.push(event(Some(fetched), "hit", clause(row.get_ref(6)?.as_str()?), Some(watch.clone())));
        let story = row.get::<_, Option<[u8; 16]>>(3)?.map(StoryId);
        match row.get(1)? {
            1 => events.push(event(at, "grouped", story.map(|id| id.to_string()), Some(watch))),
            2 => events.push(event(at, "decided", row.get(2)?, Some(watch))),
            _ => {}
        }
        if let Some(seq) = row.get::<_, Option<i64>>(4)? {
            alert(db, seq, events)?;
        }
    }
    Ok(())
}

/// The first keyword that was found.
fn clause(spans: &str) -> Option<String> {
    serde_json::from_str::<Vec<crate::model::Span>>(spans).ok()?.into_iter().next().map(|span| span.clause)
}

fn story(db: &Connection, id: &StoryId, events: &mut Vec<Event>) -> Result<()> {
    let mut members = db.prepare_cached(
        "SELECT a.fetched, a.id, f.name FROM story_article m JOIN article a ON a.n = m.article JOIN feed f ON f.n = a.feed WHERE m.story = ?1 ORDER BY a.n",
    )?;
    let found = members.query_map([id.0], |row| {
        let feed: String = row.get(2)?;
        Ok(event(row.get(0)?, "article", Some(format!("{} {feed}", ArticleId(row.get(1)?))), None))
    })?;
    for found in found {
        events.push(found?);
    }
    let mut waits = db.prepare_cached("SELECT fires_at, watch FROM wait WHERE story = ?1 ORDER BY watch")?;
    for found in waits.query_map([id.0], |row| Ok(event(row.get(0)?, "waits", None, row.get(1)?)))? {
        events.push(found?);
    }
    let mut alerts = db.prepare_cached("SELECT seq FROM alert WHERE story = ?1 ORDER BY seq")?;
    let seqs: Vec<i64> = alerts.query_map([id.0], |row| row.get(0))?.collect::<Result<_>>()?;
    seqs.into_iter().try_for_each(|seq| alert(db, seq, events))
}

fn alert(db: &Connection, seq: i64, events: &mut Vec<Event>) -> Result<()> {
    let found: Option<(i64, [u8; 16], String)> = db
        .prepare_cached("SELECT at, id, watch FROM alert WHERE seq = ?1")?
        .query_row([seq], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((at, id, watch)) = found else { return Ok(()) };
    events.push(event(Some(at), "alert", Some(AlertId(id).to_string()), Some(watch.clone())));
    let mut sent = db.prepare_cached("SELECT at, sink FROM delivered WHERE seq = ?1 ORDER BY sink")?;
    for found in sent.query_map([seq], |row| Ok(event(row.get(0)?, "sent", row.get(1)?, Some(watch.clone()))))? {
        events.push(found?);
    }
    let mut left = db.prepare_cached("SELECT sink, state, tries, reason FROM outbox WHERE seq = ?1 ORDER BY sink")?;
    let rows = left.query_map(params![seq], |row| {
        let (sink, state, tries, reason): (String, i64, i64, Option<String>) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
        let why = reason.map_or_else(|| sink.clone(), |reason| format!("{sink}: {reason} ({tries} tries)"));
        Ok(event(None, if state == 2 { "dead" } else { "undelivered" }, Some(why), Some(watch.clone())))
    })?;
    for found in rows {
        events.push(found?);
    }
    Ok(())
}
