//! From what a person types to what is stored.

use crate::model::{AlertId, ArticleId, IdPrefix, StoryId};
use crate::store::{Found, StoryInfo};
use rusqlite::{Connection, Result, params};

/// What an id's beginning may stand for, at most ten.
pub fn by_prefix(db: &Connection, prefix: &IdPrefix) -> Result<Vec<Found>> {
    let (table, kind): (_, fn([u8; 16]) -> Found) = match prefix.letter {
        ArticleId::LETTER => ("article", |id| Found::Article(ArticleId(id))),
        StoryId::LETTER => ("story", |id| Found::Story(StoryId(id))),
        AlertId::LETTER => ("alert", |id| Found::Alert(AlertId(id))),
        _ => return Ok(vec![]),
    };
    let sql = format!("SELECT id FROM {table} WHERE id BETWEEN ?1 AND ?2 ORDER BY id LIMIT 10");
    db.prepare_cached(&sql)?.query_map(params![prefix.low, prefix.high], |row| row.get(0).map(kind))?.collect()
}

/// The articles of a canonical URL, the earliest stored first.
pub fn by_url(db: &Connection, url_key: &[u8; 16]) -> Result<Vec<ArticleId>> {
    db.prepare_cached("SELECT id FROM article WHERE url_key = ?1 ORDER BY n")?.query_map([url_key], |row| row.get(0).map(ArticleId))?.collect()
}

/// One story.
pub fn story(db: &Connection, id: &StoryId) -> Result<Option<StoryInfo>> {
    let articles: Vec<ArticleId> = db
        .prepare_cached("SELECT a.id FROM story_article m JOIN article a ON a.n = m.article WHERE m.story = ?1 ORDER BY a.n")?
        .query_map([id.0], |row| row.get(0).map(ArticleId))?
        .collect::<Result<_>>()?;
    let alerts: Vec<AlertId> = db
        .prepare_cached("SELECT id FROM alert WHERE story = ?1 ORDER BY seq")?
        .query_map([id.0], |row| row.get(0).map(AlertId))?
        .collect::<Result<_>>()?;
    let known = db.prepare_cached("SELECT 1 FROM story WHERE id = ?1")?.exists([id.0])?;
    Ok((known || !alerts.is_empty()).then_some(StoryInfo { id: *id, articles, alerts }))
}
