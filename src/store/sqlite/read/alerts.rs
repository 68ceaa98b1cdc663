//! The log of alerts.

use super::super::columns::{count, counted, micros};
use super::articles::{COLUMNS, JOINS, row};
use crate::model::{AlertId, AlsoIn};
use crate::store::{AlertFilter, AlertLine};
use rusqlite::{Connection, OptionalExtension, Result, Row, params};

/// Other articles of the story that a line names.
const ALSO_IN: usize = 30;

struct Logged {
    line: AlertLine,
    story: [u8; 16],
    article: Option<[u8; 16]>,
}

const SELECT: &str = "SELECT seq, id, watch, body, story, article FROM alert";

/// Alerts in order of `seq`.
pub fn alerts(db: &Connection, filter: &AlertFilter) -> Result<Vec<AlertLine>> {
    // The last so many are read from the end.
    let order = if filter.last.is_some() { "DESC" } else { "ASC" };
    let sql = format!("{SELECT} WHERE (?1 IS NULL OR watch = ?1) AND at >= ?2 AND seq > ?3 ORDER BY seq {order} LIMIT ?4");
    let since = filter.since.map_or(i64::MIN, micros);
    let limit = filter.last.map_or(-1, count);
    let mut select = db.prepare_cached(&sql)?;
    let mut found: Vec<Logged> =
        select.query_map(params![filter.watch, since, filter.after.unwrap_or(i64::MIN), limit], logged)?.collect::<Result<_>>()?;
    if filter.last.is_some() {
        found.reverse();
    }
    found.into_iter().map(|logged| with_also_in(db, logged)).collect()
}

/// One alert.
pub fn alert(db: &Connection, id: &AlertId) -> Result<Option<AlertLine>> {
    let found = db.prepare_cached(&format!("{SELECT} WHERE id = ?1"))?.query_row([id.0], logged).optional()?;
    found.map(|logged| with_also_in(db, logged)).transpose()
}

fn logged(row: &Row<'_>) -> Result<Logged> {
    let line =
        AlertLine { seq: row.get(0)?, alert_id: AlertId(row.get(1)?), watch: row.get(2)?, body: row.get(3)?, also_in: vec![], also_in_more: 0 };
    Ok(Logged { line, story: row.get(4)?, article: row.get(5)? })
}

fn with_also_in(db: &Connection, logged: Logged) -> Result<AlertLine> {
    let Logged { mut line, story, article } = logged;
    let others = "FROM story_article m JOIN article a ON a.n = m.article";
    let which = "m.story = ?1 AND a.id IS NOT ?2";
    let sql = format!("SELECT {COLUMNS} {others} {JOINS} WHERE {which} ORDER BY coalesce(a.published, a.fetched), a.n LIMIT ?3");
    let mut select = db.prepare_cached(&sql)?;
    line.also_in = select
        .query_map(params![story, article, count(ALSO_IN)], |r| {
            let article = row(r)?.info.article;
            Ok(AlsoIn { feed: article.feed, title: article.title, link: article.link, published: article.published })
        })?
        .collect::<Result<_>>()?;
    if line.also_in.len() == ALSO_IN {
        let all: i64 = db.prepare_cached(&format!("SELECT count(*) {others} WHERE {which}"))?.query_row(params![story, article], |row| row.get(0))?;
        line.also_in_more = counted(all).saturating_sub(ALSO_IN as u64);
    }
    Ok(line)
}
