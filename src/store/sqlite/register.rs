//! Which feeds and sinks are configured, and what is known of each feed.

use super::super::{FeedHealth, FeedRow, FeedState, Validators};
use super::columns::{counted, health, health_number, micros, time};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Result, Row, named_params, params};

/// What `register` works from.
pub struct Feeds {
    /// The configured ones.
    pub rows: Vec<FeedRow>,
}

/// Upserts the configured feeds and retires the others.
pub fn feeds(db: &Connection, input: &Feeds) -> Result<Vec<FeedState>> {
    db.prepare_cached("UPDATE feed SET retired = 1 WHERE retired = 0")?.execute([])?;
    // Another address under the same name: what was seen stays seen, what was said about the old document does not hold.
    let mut upsert = db.prepare_cached(
        "INSERT INTO feed(id, name, url) VALUES(:id, :name, :url)
         ON CONFLICT(id) DO UPDATE SET
            retired = 0,
            name = :name,
            etag = CASE WHEN url = :url THEN etag END,
            last_modified = CASE WHEN url = :url THEN last_modified END,
            body_hash = CASE WHEN url = :url THEN body_hash END,
            meaning = CASE WHEN url = :url THEN meaning END,
            moved_to = CASE WHEN url = :url THEN moved_to END,
            url = :url",
    )?;
    let mut select = db.prepare_cached(
        "SELECT id, state, reason, etag, last_modified, body_hash, meaning, next_due, polls, failures, last_new, last_poll, moved_to, baseline_done
         FROM feed WHERE id = ?1",
    )?;
    let mut states = Vec::with_capacity(input.rows.len());
    for feed in &input.rows {
        upsert.execute(named_params! {":id": feed.id, ":name": feed.name, ":url": feed.url})?;
        states.push(select.query_row([&feed.id], feed_state)?);
    }
    Ok(states)
}

fn feed_state(row: &Row<'_>) -> Result<FeedState> {
    let validators = Validators { etag: row.get("etag")?, last_modified: row.get("last_modified")? };
    Ok(FeedState {
        id: row.get("id")?,
        state: health(row.get("state")?),
        reason: row.get("reason")?,
        validators: (validators != Validators::default()).then_some(validators),
        body_hash: row.get("body_hash")?,
        meaning: row.get("meaning")?,
        next_due: row.get::<_, Option<i64>>("next_due")?.map(time),
        polls: counted(row.get("polls")?),
        failures: row.get("failures")?,
        last_new: row.get::<_, Option<i64>>("last_new")?.map(time),
        last_poll: row.get::<_, Option<i64>>("last_poll")?.map(time),
        moved_to: row.get("moved_to")?,
        baseline_done: row.get("baseline_done")?,
    })
}

/// What `feed_state` works from.
pub struct FeedNote {
    /// The feed's identity.
    pub feed: String,
    /// How it fares.
    pub state: FeedHealth,
    /// In words.
    pub reason: Option<String>,
    /// When it became so.
    pub at: Timestamp,
}

/// Records a state that no poll brought.
pub fn note_feed(db: &Connection, note: &FeedNote) -> Result<()> {
    let found: Option<(i64, i64)> =
        db.prepare_cached("SELECT n, state FROM feed WHERE id = ?1")?.query_row([&note.feed], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let Some((feed, before)) = found else { return Ok(()) };
    db.prepare_cached("UPDATE feed SET state = ?2, reason = ?3 WHERE n = ?1")?.execute(params![feed, health_number(note.state), note.reason])?;
    event(db, feed, health(before), note.state, note.reason.as_deref(), note.at)
}

/// Keeps that a feed's state changed. A gap is an event of its own each time.
pub fn event(db: &Connection, feed: i64, before: FeedHealth, state: FeedHealth, reason: Option<&str>, at: Timestamp) -> Result<()> {
    if before != state {
        db.prepare_cached("UPDATE feed SET since = ?2 WHERE n = ?1")?.execute([feed, micros(at)])?;
    }
    if before != state || state == FeedHealth::Gap {
        db.prepare_cached("INSERT INTO feed_event(feed, at, state, reason) VALUES(?1, ?2, ?3, ?4)")?.execute(params![
            feed,
            micros(at),
            health_number(state),
            reason
        ])?;
    }
    Ok(())
}

/// What `register_sinks` works from.
pub struct Sinks {
    /// The configured ones.
    pub names: Vec<String>,
}

/// Makes these the configured sinks. One that is no longer configured and has nothing before it is forgotten.
pub fn sinks(db: &Connection, input: &Sinks) -> Result<()> {
    db.prepare_cached("UPDATE sink SET configured = 0")?.execute([])?;
    let mut upsert = db.prepare_cached("INSERT INTO sink(name) VALUES(?1) ON CONFLICT(name) DO UPDATE SET configured = 1")?;
    for name in &input.names {
        upsert.execute([name])?;
    }
    db.prepare_cached("DELETE FROM sink WHERE configured = 0 AND backlog = 0")?.execute([])?;
    Ok(())
}

/// A number larger than every one before.
pub fn next_generation(db: &Connection, _: &()) -> Result<u64> {
    let next: i64 = db
        .prepare_cached("INSERT INTO meta(key, value) VALUES('generation', 1) ON CONFLICT(key) DO UPDATE SET value = value + 1 RETURNING value")?
        .query_row([], |row| row.get(0))?;
    Ok(counted(next))
}
