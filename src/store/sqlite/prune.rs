//! Taking away what is past its age, then the oldest until the database is within its size.
//!
//! In slices: each is one short transaction, so that polls and deliveries have their turn in between.

use super::columns::{counted, day, micros};
use crate::model::{ArticleId, EntryKey};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Result, params};
use std::time::Duration;

/// Rows of one slice.
pub const SLICE: i64 = 500;
/// An entry is remembered this long after it left its document, or as long as articles are kept.
const SEEN: Duration = Duration::from_secs(90 * 86_400);
/// Once over its size, the database is brought this far below, so that not every article takes another one's place at once.
const BELOW: u64 = 20;

/// How much is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep {
    /// Articles without an alert.
    pub articles: Duration,
    /// Alerts and the articles they tell.
    pub alerts: Duration,
    /// Bytes of the database.
    pub bytes: u64,
}

/// What a slice of pruning works from.
pub struct Age {
    /// What was before goes.
    pub before: Timestamp,
}

/// `now` less an age.
pub fn before(now: Timestamp, age: Duration) -> Timestamp {
    SignedDuration::try_from(age).ok().and_then(|age| now.checked_sub(age).ok()).unwrap_or(Timestamp::MIN)
}

/// How long entries are remembered: never less than their articles are kept, or one that resurfaces would be stored a second time.
pub fn seen_for(keep: &Keep) -> Duration {
    SEEN.max(keep.articles)
}

/// Alerts that are past their age and wait for no sink that takes them. Their articles age like others from then on.
pub fn alerts(db: &Connection, age: &Age) -> Result<i64> {
    let before = micros(age.before);
    // Nobody will send what is dead or orphaned and as old as that.
    let stale = "SELECT o.sink, o.seq FROM outbox o JOIN alert a ON a.seq = o.seq JOIN sink s ON s.name = o.sink
                 WHERE a.at < ?1 AND (o.state = 2 OR s.configured = 0) LIMIT ?2";
    let stale: Vec<(String, i64)> =
        db.prepare_cached(stale)?.query_map(params![before, SLICE], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_>>()?;
    for (sink, seq) in stale {
        db.prepare_cached("DELETE FROM outbox WHERE sink = ?1 AND seq = ?2")?.execute(params![sink, seq])?;
        db.prepare_cached("UPDATE sink SET backlog = backlog - 1 WHERE name = ?1")?.execute([sink])?;
    }
    let old: Vec<i64> = db
        .prepare_cached("SELECT seq FROM alert WHERE at < ?1 AND NOT EXISTS(SELECT 1 FROM outbox WHERE outbox.seq = alert.seq) ORDER BY at LIMIT ?2")?
        .query_map(params![before, SLICE], |row| row.get(0))?
        .collect::<Result<_>>()?;
    for seq in &old {
        let articles: Vec<i64> =
            db.prepare_cached("SELECT article FROM hit WHERE alert = ?1")?.query_map([seq], |row| row.get(0))?.collect::<Result<_>>()?;
        db.prepare_cached("UPDATE hit SET alert = NULL WHERE alert = ?1")?.execute([seq])?;
        for article in articles {
            db.prepare_cached("UPDATE article SET kept = 0 WHERE n = ?1 AND NOT EXISTS(SELECT 1 FROM hit WHERE article = ?1 AND alert IS NOT NULL)")?
                .execute([article])?;
        }
        db.prepare_cached("DELETE FROM delivered WHERE seq = ?1")?.execute([seq])?;
        db.prepare_cached("DELETE FROM alert WHERE seq = ?1")?.execute([seq])?;
    }
    Ok(old.len().try_into().unwrap_or(i64::MAX))
}

/// Articles that are past their age, that no alert tells and no decision waits for.
pub fn articles(db: &Connection, age: &Age) -> Result<i64> {
    let old: Vec<i64> = db
        .prepare_cached(
            "SELECT n FROM article WHERE kept = 0 AND fetched < ?1 AND NOT EXISTS(SELECT 1 FROM hit WHERE article = article.n AND state < 2)
             ORDER BY fetched LIMIT ?2",
        )?
        .query_map(params![micros(age.before), SLICE], |row| row.get(0))?
        .collect::<Result<_>>()?;
    for article in &old {
        let story: Option<[u8; 16]> =
            db.prepare_cached("DELETE FROM story_article WHERE article = ?1 RETURNING story")?.query_row([article], |row| row.get(0)).optional()?;
        for table in ["DELETE FROM hit WHERE article = ?1", "DELETE FROM article_text WHERE article = ?1", "DELETE FROM article WHERE n = ?1"] {
            db.prepare_cached(table)?.execute([article])?;
        }
        if let Some(story) = story {
            db.prepare_cached(
                "DELETE FROM story WHERE id = ?1 AND NOT EXISTS(SELECT 1 FROM story_article WHERE story = ?1)
                 AND NOT EXISTS(SELECT 1 FROM alert WHERE story = ?1)",
            )?
            .execute([story])?;
        }
    }
    Ok(old.len().try_into().unwrap_or(i64::MAX))
}

/// What a slice of forgetting works from.
pub struct Forget {
    /// Feeds after this one.
    pub after: i64,
    /// Days before this one.
    pub before: i64,
}

/// Entries that left their document long ago, of the next feed: how many, and which feed that was (none: it was the last).
pub fn seen(db: &Connection, forget: &Forget) -> Result<(i64, Option<i64>)> {
    let next: Option<(i64, String, Option<i64>)> = db
        .prepare_cached("SELECT n, id, read_day FROM feed WHERE n > ?1 ORDER BY n LIMIT 1")?
        .query_row([forget.after], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((feed, id, read_day)) = next else { return Ok((0, None)) };
    // What stood in the last document that was read has not left, however long ago that was.
    let limit = forget.before.min(read_day.unwrap_or(i64::MIN));
    let old: Vec<EntryKey> = db
        .prepare_cached("SELECT key FROM seen WHERE feed = ?1 AND last_in < ?2")?
        .query_map([feed, limit], |row| row.get(0).map(EntryKey))?
        .collect::<Result<_>>()?;
    let mut is_stored = db.prepare_cached("SELECT 1 FROM article WHERE id = ?1 AND matched = 1")?;
    let mut remove = db.prepare_cached("DELETE FROM seen WHERE feed = ?1 AND key = ?2")?;
    let mut gone = 0;
    for key in old {
        // An article that an alert keeps is remembered as long: it would be stored a second time.
        if !is_stored.exists([ArticleId::of(&id, &key).0])? {
            gone += remove.execute(params![feed, key.0])?;
        }
    }
    Ok((gone.try_into().unwrap_or(i64::MAX), Some(feed)))
}

/// What changed in feeds long ago, and waits that nobody waits in.
pub fn leftovers(db: &Connection, age: &Age) -> Result<()> {
    db.prepare_cached("DELETE FROM feed_event WHERE at < ?1")?.execute([micros(age.before)])?;
    db.prepare_cached("DELETE FROM wait WHERE NOT EXISTS(SELECT 1 FROM hit WHERE state = 1 AND hit.watch = wait.watch AND hit.story = wait.story)")?
        .execute([])?;
    db.prepare_cached("DELETE FROM sink WHERE configured = 0 AND backlog = 0")?.execute([])?;
    Ok(())
}

/// What a slice of shrinking works from.
pub struct Shrink {
    /// Bytes the database may use.
    pub max: u64,
    /// It was found to be over.
    pub over: bool,
}

/// What a slice of shrinking came to.
pub enum Shrunk {
    /// It is within its size.
    Within,
    /// So many articles went; there is more to do.
    By(i64),
    /// It is over its size, and nothing is left that may go.
    Stuck,
}

/// Over its size, the oldest articles go that may go.
pub fn shrink(db: &Connection, shrink: &Shrink) -> Result<Shrunk> {
    let pragma = |name: &str| db.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).map(counted);
    let (pages, free, size) = (pragma("page_count")?, pragma("freelist_count")?, pragma("page_size")?);
    let used = pages.saturating_sub(free).saturating_mul(size);
    let goal = if shrink.over { shrink.max - shrink.max / BELOW } else { shrink.max };
    if used <= goal {
        // What is free is used again; only a file over its size gives it back to the disk.
        let shorter = pages.saturating_mul(size) > shrink.max && free > 0 && give_back(db)? < pages;
        return Ok(if shorter { Shrunk::By(0) } else { Shrunk::Within });
    }
    let gone = articles(db, &Age { before: Timestamp::MAX })?;
    Ok(if gone == 0 { Shrunk::Stuck } else { Shrunk::By(gone) })
}

/// Gives some free pages back to the disk. Says how many pages there are then.
fn give_back(db: &Connection) -> Result<u64> {
    let mut vacuum = db.prepare_cached("PRAGMA incremental_vacuum(500)")?;
    let mut steps = vacuum.query([])?;
    while steps.next()?.is_some() {}
    db.pragma_query_value(None, "page_count", |row| row.get::<_, i64>(0)).map(counted)
}

/// The day before which entries are forgotten.
pub fn forget_before(now: Timestamp, keep: &Keep) -> i64 {
    day(before(now, seen_for(keep)))
}

/// Is a pass over all seen entries due? Once a day is enough. Notes that it is made.
pub fn seen_is_due(db: &Connection, today: &i64) -> Result<bool> {
    let done: Option<i64> = db.prepare_cached("SELECT value FROM meta WHERE key = 'seen_pruned'")?.query_row([], |row| row.get(0)).optional()?;
    if done == Some(*today) {
        return Ok(false);
    }
    db.prepare_cached("INSERT INTO meta(key, value) VALUES('seen_pruned', ?1) ON CONFLICT(key) DO UPDATE SET value = ?1")?.execute([*today])?;
    Ok(true)
}
