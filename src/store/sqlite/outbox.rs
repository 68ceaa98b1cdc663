//! Claiming and settling deliveries.

use super::super::{Delivery, Outcome, Settled, SinkState};
use super::columns::{count, micros, sink_number};
use super::task::{Request, Task};
use crate::model::AlertId;
use jiff::Timestamp;
use rusqlite::{Connection, Result, Row, params};

/// What `claim` works from.
pub struct Claim {
    /// For whom.
    pub sink: String,
    /// At most so many.
    pub n: usize,
    /// The hour.
    pub now: Timestamp,
}

const FRESH: &str = "
    SELECT o.seq, o.key, a.id, a.watch, a.kind, a.body, o.tries, o.unknown FROM outbox o JOIN alert a ON a.seq = o.seq
    WHERE o.sink = ?1 AND o.state = 0 AND o.tries = 0 AND coalesce(o.next, ?2) <= ?2 AND coalesce(o.not_before, ?2) <= ?2
    ORDER BY o.seq LIMIT ?3";
const RETRIES: &str = "
    SELECT o.seq, o.key, a.id, a.watch, a.kind, a.body, o.tries, o.unknown FROM outbox o JOIN alert a ON a.seq = o.seq
    WHERE o.sink = ?1 AND o.state = 0 AND o.tries > 0 AND coalesce(o.next, ?2) <= ?2 AND coalesce(o.not_before, ?2) <= ?2
    ORDER BY o.seq LIMIT ?3";

/// Takes deliveries: first attempts in order, then retries that are due.
pub fn claim(db: &Connection, claim: &Claim) -> Result<Vec<Delivery>> {
    let now = micros(claim.now);
    let mut taken: Vec<Delivery> = Vec::new();
    for sql in [FRESH, RETRIES] {
        let left = claim.n.saturating_sub(taken.len());
        let mut select = db.prepare_cached(sql)?;
        for delivery in select.query_map(params![claim.sink, now, count(left)], delivery)? {
            taken.push(delivery?);
        }
    }
    let mut hold = db.prepare_cached("UPDATE outbox SET state = 1, claimed = ?3 WHERE sink = ?1 AND seq = ?2")?;
    for delivery in &taken {
        hold.execute(params![claim.sink, delivery.seq, now])?;
    }
    Ok(taken)
}

fn delivery(row: &Row<'_>) -> Result<Delivery> {
    Ok(Delivery {
        seq: row.get(0)?,
        key: row.get(1)?,
        alert_id: AlertId(row.get(2)?),
        watch: row.get(3)?,
        kind: row.get(4)?,
        body: row.get(5)?,
        tries: row.get(6)?,
        unknown: row.get(7)?,
    })
}

/// Gives back what was claimed for somebody who has gone.
pub fn unclaim(sink: &str, taken: Vec<Delivery>) -> Box<dyn Task> {
    let settled: Vec<_> = taken.into_iter().map(|d| Settled { sink: sink.into(), seq: d.seq, outcome: Outcome::Released }).collect();
    let rows = settled.len();
    Box::new(Request::unasked(Settling { settled }, rows, settle))
}

/// What `settle` works from.
pub struct Settling {
    /// How each went.
    pub settled: Vec<Settled>,
}

/// Records how deliveries went.
pub fn settle(db: &Connection, settling: &Settling) -> Result<()> {
    for Settled { sink, seq, outcome } in &settling.settled {
        match outcome {
            Outcome::Sent => sent(db, sink, *seq)?,
            Outcome::Retry { next, reason, counts } => {
                db.prepare_cached(
                    "UPDATE outbox SET state = 0, unknown = 0, next = ?3, reason = ?4, tries = tries + ?5 WHERE sink = ?1 AND seq = ?2 AND state < 2",
                )?
                .execute(params![sink, seq, micros(*next), reason, i64::from(*counts)])?;
            }
            Outcome::Dead { reason } => {
                db.prepare_cached("UPDATE outbox SET state = 2, unknown = 0, next = NULL, reason = ?3, tries = tries + 1 WHERE sink = ?1 AND seq = ?2 AND state < 2")?
                    .execute(params![sink, seq, reason])?;
            }
            Outcome::Released => {
                db.prepare_cached("UPDATE outbox SET state = 0 WHERE sink = ?1 AND seq = ?2 AND state = 1")?.execute(params![sink, seq])?;
            }
        }
    }
    Ok(())
}

/// The row goes; that it went, and when, is kept as long as the alert.
fn sent(db: &Connection, sink: &str, seq: i64) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO delivered(seq, sink, at) SELECT seq, sink, claimed FROM outbox WHERE sink = ?1 AND seq = ?2 ON CONFLICT DO NOTHING",
    )?
    .execute(params![sink, seq])?;
    let gone = db.prepare_cached("DELETE FROM outbox WHERE sink = ?1 AND seq = ?2")?.execute(params![sink, seq])?;
    if gone > 0 {
        db.prepare_cached("UPDATE sink SET backlog = backlog - 1 WHERE name = ?1")?.execute([sink])?;
    }
    Ok(())
}

/// What `sink_state` works from.
pub struct SinkNote {
    /// Its name.
    pub sink: String,
    /// Does it take anything?
    pub state: SinkState,
    /// Since when.
    pub since: Timestamp,
    /// Why not.
    pub reason: Option<String>,
}

/// Records whether a sink takes anything.
pub fn note_sink(db: &Connection, note: &SinkNote) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO sink(name, state, since, reason) VALUES(?1, ?2, ?3, ?4) ON CONFLICT(name) DO UPDATE SET state = ?2, since = ?3, reason = ?4",
    )?
    .execute(params![note.sink, sink_number(note.state), micros(note.since), note.reason])?;
    Ok(())
}

/// At the start of an owner: what an earlier one held is free again, and marked as possibly sent.
pub fn take_back(db: &Connection) -> Result<()> {
    db.execute("UPDATE outbox SET state = 0, unknown = 1 WHERE state = 1", [])?;
    // A grouped hit always has a wait, and a backlog its rows; a database that was edited by hand is put right.
    db.execute(
        "INSERT INTO wait(watch, story, fires_at) SELECT DISTINCT watch, story, 0 FROM hit WHERE state = 1 AND story IS NOT NULL ON CONFLICT DO NOTHING",
        [],
    )?;
    db.execute("INSERT INTO sink(name) SELECT DISTINCT sink FROM outbox WHERE true ON CONFLICT DO NOTHING", [])?;
    db.execute("UPDATE sink SET backlog = (SELECT count(*) FROM outbox WHERE sink = name)", [])?;
    Ok(())
}
