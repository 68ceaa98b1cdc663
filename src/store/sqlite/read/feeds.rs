//! The configured feeds and how they fare.

use super::super::columns::{counted, health, micros, time};
use crate::store::FeedLine;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, Result};
use std::collections::HashMap;

/// A day before `now`.
pub fn day_before(now: Timestamp) -> Timestamp {
    now.checked_sub(SignedDuration::from_hours(24)).unwrap_or(Timestamp::MIN)
}

/// The configured feeds, by name.
pub fn feeds(db: &Connection, now: Timestamp) -> Result<Vec<FeedLine>> {
    // From the index alone.
    let entries: HashMap<i64, i64> = db
        .prepare_cached("SELECT feed, count(*) FROM article WHERE kept IN (0, 1) AND fetched > ?1 GROUP BY feed")?
        .query_map([micros(day_before(now))], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_>>()?;
    let mut select = db.prepare_cached(
        "SELECT n, id, name, url, state, reason, since, last_new, last_poll, next_due, polls, failures, moved_to FROM feed WHERE retired = 0
         ORDER BY name COLLATE NOCASE, id",
    )?;
    let lines = select.query_map([], |row| {
        let at = |column: &str| row.get::<_, Option<i64>>(column).map(|at| at.map(time));
        Ok(FeedLine {
            id: row.get("id")?,
            name: row.get("name")?,
            url: row.get("url")?,
            state: health(row.get("state")?),
            reason: row.get("reason")?,
            since: at("since")?,
            last_new: at("last_new")?,
            last_poll: at("last_poll")?,
            next: at("next_due")?,
            polls: counted(row.get("polls")?),
            failures: row.get("failures")?,
            entries_24h: counted(entries.get(&row.get("n")?).copied().unwrap_or_default()),
            moved_to: row.get("moved_to")?,
        })
    })?;
    lines.collect()
}
