//! One decision, whole: stories, the ends of hits, waits, alerts and their outbox rows. Recording it twice is recording it once.

use super::columns::micros;
use crate::alert::{Decision, NewAlert, Reason};
use crate::model::{AlertBody, AlertId, ArticleId, StoryId};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Result, params};

/// What `decide` works from.
pub struct Plan {
    /// What is decided.
    pub decision: Decision,
    /// The hour.
    pub at: Timestamp,
    /// Rows that one sink may have.
    pub outbox_cap: u64,
}

impl Plan {
    /// Rows it writes, about.
    pub fn rows(&self) -> usize {
        let d = &self.decision;
        d.stories.len() + d.members.len() + d.decided.len() + d.grouped.len() + d.waits.len() + d.fired.len() + d.alerts.len() * 4
    }

    /// Bytes it holds, about.
    pub fn bytes(&self) -> usize {
        self.rows() * 64 + self.decision.alerts.len() * 4096
    }
}

/// Records a decision. Answers with the alerts' `seq`.
pub fn decide(db: &Connection, plan: &Plan) -> Result<Vec<i64>> {
    let Plan { decision, at, outbox_cap } = plan;
    let at = micros(*at);
    for (story, first) in &decision.stories {
        db.prepare_cached("INSERT INTO story(id, first) VALUES(?1, ?2) ON CONFLICT DO NOTHING")?.execute(params![story.0, first.0])?;
        join(db, story, first)?;
    }
    for (story, article) in &decision.members {
        join(db, story, article)?;
    }
    let mut seqs = Vec::with_capacity(decision.alerts.len());
    for alert in &decision.alerts {
        let seq = match recorded(db, &alert.body.alert_id)? {
            Some(seq) => seq,
            None => record(db, alert, *outbox_cap)?,
        };
        for hit in &alert.hits {
            told(db, *hit, seq, at)?;
        }
        seqs.push(seq);
    }
    for (hit, reason) in &decision.decided {
        db.prepare_cached("UPDATE hit SET state = 2, reason = ?2, at = ?3 WHERE n = ?1 AND state < 2")?.execute(params![hit, reason.name(), at])?;
    }
    for (hit, story) in &decision.grouped {
        db.prepare_cached("UPDATE hit SET state = 1, story = ?2, at = ?3 WHERE n = ?1 AND state = 0")?.execute(params![hit, story.0, at])?;
    }
    for wait in &decision.waits {
        // Only a wait that somebody waits in: a decision recorded anew after its wait was over begins none.
        db.prepare_cached(
            "INSERT INTO wait(watch, story, fires_at) SELECT ?1, ?2, ?3
             WHERE EXISTS(SELECT 1 FROM hit WHERE state = 1 AND watch = ?1 AND story = ?2) ON CONFLICT DO NOTHING",
        )?
        .execute(params![wait.watch, wait.story.0, micros(wait.fires_at)])?;
    }
    for (watch, story) in &decision.fired {
        // Not while a hit is left in it that this decision does not know.
        db.prepare_cached(
            "DELETE FROM wait WHERE watch = ?1 AND story = ?2 AND NOT EXISTS(SELECT 1 FROM hit WHERE state = 1 AND watch = ?1 AND story = ?2)",
        )?
        .execute(params![watch, story.0])?;
    }
    for (hit, _) in &decision.grouped {
        // A grouped hit without a wait would never be looked at again.
        db.prepare_cached(
            "INSERT INTO wait(watch, story, fires_at) SELECT watch, story, ?2 FROM hit WHERE n = ?1 AND state = 1 ON CONFLICT DO NOTHING",
        )?
        .execute(params![hit, at])?;
    }
    Ok(seqs)
}

/// An article stays in the story it joined first.
fn join(db: &Connection, story: &StoryId, article: &ArticleId) -> Result<()> {
    db.prepare_cached("INSERT INTO story_article(article, story) SELECT n, ?2 FROM article WHERE id = ?1 AND matched = 1 ON CONFLICT DO NOTHING")?
        .execute(params![article.0, story.0])?;
    Ok(())
}

fn told(db: &Connection, hit: i64, seq: i64, at: i64) -> Result<()> {
    db.prepare_cached("UPDATE hit SET state = 2, reason = ?2, alert = ?3, at = ?4 WHERE n = ?1 AND state < 2")?.execute(params![
        hit,
        Reason::Told.name(),
        seq,
        at
    ])?;
    db.prepare_cached("UPDATE article SET kept = 1 WHERE kept = 0 AND n = (SELECT article FROM hit WHERE n = ?1 AND alert IS NOT NULL)")?
        .execute([hit])?;
    Ok(())
}

fn recorded(db: &Connection, id: &AlertId) -> Result<Option<i64>> {
    db.prepare_cached("SELECT seq FROM alert WHERE id = ?1")?.query_row([id.0], |row| row.get(0)).optional()
}

/// Records an alert and what is to be delivered of it. Its JSON is spelled here, once.
fn record(db: &Connection, alert: &NewAlert, outbox_cap: u64) -> Result<i64> {
    let last: Option<i64> = db.prepare_cached("SELECT seq FROM sqlite_sequence WHERE name = 'alert'")?.query_row([], |row| row.get(0)).optional()?;
    let seq = last.unwrap_or(0) + 1;
    let body = &AlertBody { seq, ..alert.body.clone() };
    let json = serde_json::to_vec(body).map_err(|e| rusqlite::Error::ToSqlConversionFailure(Box::new(e)))?;
    let article: Option<ArticleId> = body.article.id.as_deref().and_then(|id| id.parse().ok());
    db.prepare_cached("INSERT INTO alert(seq, id, kind, watch, story, article, at, published, body) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")?
        .execute(params![
            seq,
            body.alert_id.0,
            body.r#type,
            body.watch,
            body.story_id.0,
            article.map(|id| id.0),
            micros(body.timestamp),
            body.article.published.map(micros),
            json
        ])?;
    for sink in &alert.sinks {
        enqueue(db, sink, seq, &body.alert_id, alert.not_before, outbox_cap)?;
    }
    Ok(seq)
}

fn enqueue(db: &Connection, sink: &str, seq: i64, alert: &AlertId, not_before: Option<Timestamp>, outbox_cap: u64) -> Result<()> {
    db.prepare_cached("INSERT INTO sink(name) VALUES(?1) ON CONFLICT DO NOTHING")?.execute([sink])?;
    let full: bool = db
        .prepare_cached("UPDATE sink SET overflow_seq = coalesce(overflow_seq, ?2) WHERE name = ?1 AND backlog >= ?3")?
        .execute(params![sink, seq, i64::try_from(outbox_cap).unwrap_or(i64::MAX)])?
        > 0;
    if full {
        return Ok(());
    }
    let inserted = db
        .prepare_cached("INSERT INTO outbox(sink, seq, key, not_before) VALUES(?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING")?
        .execute(params![sink, seq, delivery_key(sink, alert), not_before.map(micros)])?;
    db.prepare_cached("UPDATE sink SET backlog = backlog + ?2 WHERE name = ?1")?.execute(params![sink, i64::from(inserted > 0)])?;
    Ok(())
}

/// The same for every attempt, another one for each sink: `d` and the 26 characters that spell a hash of both.
fn delivery_key(sink: &str, alert: &AlertId) -> String {
    let spelled = AlertId::of("delivery", sink, &alert.0, 0).to_string();
    std::iter::once('d').chain(spelled.chars().skip(1)).collect()
}
