//! The last 24 hours in figures.

use super::super::columns::{counted, health, health_number, micros};
use super::super::files;
use super::feeds::day_before;
use crate::alert::Reason;
use crate::store::{FeedHealth, Summary};
use jiff::Timestamp;
use rusqlite::{Connection, Result, params};
use std::path::Path;
use std::time::Duration;

/// The last 24 hours in figures.
pub fn summary(db: &Connection, now: Timestamp) -> Result<Summary> {
    let since = micros(day_before(now));
    let count = |sql: &str| db.prepare_cached(sql)?.query_row([since], |row| row.get::<_, i64>(0)).map(counted);
    let pairs = |sql: &str| -> Result<Vec<(String, u64)>> {
        db.prepare_cached(sql)?.query_map([since], |row| Ok((row.get(0)?, counted(row.get(1)?))))?.collect()
    };
    let suppressed = pairs("SELECT reason, count(*) FROM hit WHERE state = 2 AND at > ?1 AND reason <> 'told' GROUP BY reason ORDER BY 2 DESC, 1")?;
    let delays = delays(db, since)?;
    Ok(Summary {
        feeds: db
            .prepare_cached("SELECT state, count(*) FROM feed WHERE retired = 0 GROUP BY state ORDER BY state")?
            .query_map([], |row| Ok((health(row.get(0)?), counted(row.get(1)?))))?
            .collect::<Result<_>>()?,
        gaps_24h: counted(
            db.prepare_cached("SELECT count(DISTINCT feed) FROM feed_event WHERE at > ?1 AND state = ?2")?
                .query_row(params![since, health_number(FeedHealth::Gap)], |row| row.get(0))?,
        ),
        articles_24h: count("SELECT count(*) FROM article WHERE kept IN (0, 1) AND fetched > ?1")?,
        alerts_24h: pairs("SELECT watch, count(*) FROM alert WHERE at > ?1 GROUP BY watch ORDER BY 2 DESC, 1")?,
        suppressed_24h: suppressed.into_iter().filter_map(|(reason, n)| Some((Reason::parse(&reason)?, n))).collect(),
        delay_median: at_rank(&delays, 50),
        delay_p95: at_rank(&delays, 95),
        database_bytes: bytes(db)?,
        last_seq: db.prepare_cached("SELECT coalesce(max(seq), 0) FROM alert")?.query_row([], |row| row.get(0))?,
    })
}

/// Microseconds from publication to alert, in order. Undated and future ones say nothing about us.
fn delays(db: &Connection, since: i64) -> Result<Vec<i64>> {
    db.prepare_cached("SELECT at - published FROM alert WHERE at > ?1 AND published <= at ORDER BY 1")?
        .query_map([since], |row| row.get(0))?
        .collect()
}

/// The smallest that `percent` of them do not exceed.
fn at_rank(sorted: &[i64], percent: usize) -> Option<Duration> {
    let rank = (sorted.len() * percent).div_ceil(100).checked_sub(1)?;
    sorted.get(rank).map(|&micros| Duration::from_micros(counted(micros)))
}

fn bytes(db: &Connection) -> Result<u64> {
    let pragma = |name: &str| db.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).map(counted);
    let log = db.path().and_then(|path| std::fs::metadata(files::wal(Path::new(path))).ok()).map_or(0, |log| log.len());
    Ok(pragma("page_count")? * pragma("page_size")? + log)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks() {
        let micros = |n| Some(Duration::from_micros(n));
        assert_eq!(at_rank(&[], 50), None);
        assert_eq!(at_rank(&[7], 50), micros(7));
        assert_eq!(at_rank(&[1, 2, 3, 4], 50), micros(2));
        assert_eq!(at_rank(&(1..=100).collect::<Vec<_>>(), 95), micros(95));
    }
}
