//! What waits for a decision.

use super::super::columns::{count, micros, time};
use super::articles::{COLUMNS, Found, JOINS, row};
use crate::alert::{FiredWait, Undecided, UndecidedHit};
use crate::model::{AlertId, Hit, Span, StoryId};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Params, Result, Row, params};

/// Bytes of text that one answer may hold, about; there is always one hit.
const BYTES: usize = 8 << 20;

/// Undecided hits and waits that are over, at most `limit` of each, and when the next wait is over.
pub fn undecided(db: &Connection, now: Timestamp, limit: usize) -> Result<Undecided> {
    let mut room = BYTES;
    let hits = hits(db, "h.state = 0", "LIMIT ?1", params![count(limit)], &mut room)?;
    let mut fired = Vec::new();
    let mut over = db.prepare_cached(
        "SELECT watch, story FROM wait w WHERE fires_at <= ?1 AND EXISTS(SELECT 1 FROM hit h WHERE h.state = 1 AND h.watch = w.watch AND h.story = w.story)
         ORDER BY fires_at, watch, story LIMIT ?2",
    )?;
    let over: Vec<(String, [u8; 16])> =
        over.query_map(params![micros(now), count(limit)], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_>>()?;
    for (watch, story) in over {
        if room == 0 {
            break;
        }
        // A wait goes over with all its hits, or what is left would be told again.
        let mut all = usize::MAX;
        let hits = self::hits(db, "h.state = 1 AND h.watch = ?1 AND h.story = ?2", "", params![watch, story], &mut all)?;
        room = room.saturating_sub(usize::MAX - all);
        fired.push(FiredWait { watch, story: StoryId(story), hits });
    }
    let next: Option<i64> =
        db.prepare_cached("SELECT min(fires_at) FROM wait WHERE fires_at > ?1")?.query_row([micros(now)], |row| row.get(0)).optional()?.flatten();
    Ok(Undecided { hits, fired, next_wait: next.map(time) })
}

/// The hits that `which` names, the oldest first, until `room` is used up.
fn hits(db: &Connection, which: &str, limit: &str, values: impl Params, room: &mut usize) -> Result<Vec<UndecidedHit>> {
    let sql = format!(
        "SELECT h.n, h.watch, h.score, h.spans, h.story AS grouped, {COLUMNS} FROM hit h JOIN article a ON a.n = h.article {JOINS} WHERE {which} ORDER BY h.n {limit}"
    );
    let mut select = db.prepare_cached(&sql)?;
    let mut rows = select.query(values)?;
    let mut hits = Vec::new();
    // Hits of one article stand together: its text is unpacked once.
    let mut last: Option<Found> = None;
    while let Some(next) = rows.next()? {
        let n: i64 = next.get("a_n")?;
        let found = match last.take() {
            Some(found) if found.n == n => found,
            _ => row(next)?,
        };
        let bytes = weight(&found);
        hits.push(hit(db, next, &found)?);
        last = Some(found);
        *room = room.saturating_sub(bytes);
        if *room == 0 {
            break;
        }
    }
    Ok(hits)
}

fn weight(found: &Found) -> usize {
    let length = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    let article = &found.info.article;
    1024 + length(&article.title) + length(&article.summary) + length(&article.content)
}

fn hit(db: &Connection, row: &Row<'_>, found: &Found) -> Result<UndecidedHit> {
    let watch: String = row.get("watch")?;
    let spans: Vec<Span> = serde_json::from_str(row.get_ref("spans")?.as_str()?)
        .map_err(|e| rusqlite::Error::FromSqlConversionFailure(3, rusqlite::types::Type::Text, Box::new(e)))?;
    let grouped = row.get::<_, Option<[u8; 16]>>("grouped")?.map(StoryId);
    let story = match (grouped.or(found.info.story), found.url_key) {
        (Some(story), _) => Some(story),
        (None, Some(key)) => db
            .prepare_cached("SELECT sa.story FROM article b JOIN story_article sa ON sa.article = b.n WHERE b.url_key = ?1 AND b.matched = 1 ORDER BY b.n LIMIT 1")?
            .query_row([key], |row| row.get(0).map(StoryId))
            .optional()?,
        (None, None) => None,
    };
    let (told, waiting) = match story {
        None => (None, false),
        Some(story) => (
            db.prepare_cached("SELECT id FROM alert WHERE story = ?1 AND watch = ?2 ORDER BY seq LIMIT 1")?
                .query_row(params![story.0, watch], |row| row.get(0).map(AlertId))
                .optional()?,
            db.prepare_cached("SELECT 1 FROM wait WHERE watch = ?1 AND story = ?2")?.exists(params![watch, story.0])?,
        ),
    };
    Ok(UndecidedHit {
        id: row.get("n")?,
        article: found.info.article.clone(),
        article_id: found.info.id,
        feed: found.info.feed.clone(),
        baseline: found.info.baseline,
        hit: Hit { watch, score: row.get("score")?, spans },
        story,
        told,
        waiting,
    })
}
