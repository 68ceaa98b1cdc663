//! What is not delivered.

use super::super::columns::{count, counted, micros, sink_state, time};
use crate::model::AlertId;
use crate::store::{OutboxFilter, OutboxLine, RowState, SinkBacklog};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Result, Row, params};

/// What every sink has before it.
pub fn backlog(db: &Connection) -> Result<Vec<SinkBacklog>> {
    let mut select = db.prepare_cached("SELECT name, configured, state, since, reason, backlog, overflow_seq FROM sink ORDER BY name")?;
    let sinks = select.query_map([], |row| {
        let sink: String = row.get("name")?;
        let dead = counted(one(db, "SELECT count(*) FROM outbox WHERE state <> 0 AND sink = ?1 AND state = 2", &sink)?.unwrap_or_default());
        let oldest =
            one(db, "SELECT a.at FROM outbox o JOIN alert a ON a.seq = o.seq WHERE o.sink = ?1 AND o.state < 2 ORDER BY o.seq LIMIT 1", &sink)?;
        let next = match one(db, "SELECT seq FROM outbox WHERE sink = ?1 AND state = 0 AND next IS NULL AND not_before IS NULL LIMIT 1", &sink)? {
            Some(_) => None,
            None => {
                one(db, "SELECT min(max(coalesce(next, not_before), coalesce(not_before, next))) FROM outbox WHERE sink = ?1 AND state = 0", &sink)?
            }
        };
        Ok(SinkBacklog {
            rows: counted(row.get("backlog")?).saturating_sub(dead),
            oldest: oldest.map(time),
            dead,
            next: next.map(time),
            state: sink_state(row.get("state")?),
            since: row.get::<_, Option<i64>>("since")?.map(time),
            reason: row.get("reason")?,
            overflow: row.get("overflow_seq")?,
            orphan: !row.get::<_, bool>("configured")?,
            sink,
        })
    })?;
    sinks.collect()
}

fn one(db: &Connection, sql: &str, sink: &str) -> Result<Option<i64>> {
    db.prepare_cached(sql)?.query_row([sink], |row| row.get(0)).optional().map(Option::flatten)
}

/// Undelivered rows, by sink and `seq`.
pub fn outbox(db: &Connection, filter: &OutboxFilter, now: Timestamp) -> Result<Vec<OutboxLine>> {
    let mut select = db.prepare_cached(
        "SELECT o.sink, o.seq, a.id, o.state, o.tries, o.next, o.not_before, o.reason, coalesce(s.configured, 1) AS configured
         FROM outbox o JOIN alert a ON a.seq = o.seq LEFT JOIN sink s ON s.name = o.sink
         WHERE (?1 IS NULL OR o.sink = ?1) AND o.seq > ?2 ORDER BY o.sink, o.seq LIMIT ?3",
    )?;
    let limit = filter.limit.map_or(-1, count);
    let lines = select.query_map(params![filter.sink, filter.after.unwrap_or(i64::MIN), limit], |row| line(row, now))?;
    lines.collect()
}

fn line(row: &Row<'_>, now: Timestamp) -> Result<OutboxLine> {
    let (next, not_before): (Option<i64>, Option<i64>) = (row.get("next")?, row.get("not_before")?);
    let state = match row.get("state")? {
        2 => RowState::Dead,
        _ if !row.get::<_, bool>("configured")? => RowState::Orphan,
        1 => RowState::Sending,
        _ if not_before.is_some_and(|at| at > micros(now)) => RowState::Held,
        _ => RowState::Waiting,
    };
    Ok(OutboxLine {
        sink: row.get("sink")?,
        seq: row.get("seq")?,
        alert_id: AlertId(row.get("id")?),
        state,
        tries: row.get("tries")?,
        next: next.max(not_before).map(time),
        reason: row.get("reason")?,
    })
}
