//! From what a person types to what is stored.

use crate::model::{AlertId, ArticleId, IdPrefix, StoryId};
use crate::store::{Found, StoryInfo};
use rusqlite::{Connection, OptionalExtension, Result, ToSql, params};

/// What an id's beginning may stand for, at most ten.
pub fn by_prefix(db: &Connection, prefix: &IdPrefix) -> Result<Vec<Found>> {
    if prefix.letter == ArticleId::LETTER {
        return articles(db, "id BETWEEN ?1 AND ?2", params![prefix.low, prefix.high], "id", 10)
            .map(|ids| ids.into_iter().map(Found::Article).collect());
    }
    let (table, kind): (_, fn([u8; 16]) -> Found) = match prefix.letter {
        StoryId::LETTER => ("story", |id| Found::Story(StoryId(id))),
        AlertId::LETTER => ("alert", |id| Found::Alert(AlertId(id))),
        _ => return Ok(vec![]),
    };
    let sql = format!("SELECT id FROM {table} WHERE id BETWEEN ?1 AND ?2 ORDER BY id LIMIT 10");
    db.prepare_cached(&sql)?.query_map(params![prefix.low, prefix.high], |row| row.get(0).map(kind))?.collect()
}

/// The articles of a canonical URL, those with hits first.
pub fn by_url(db: &Connection, url_key: &[u8; 16]) -> Result<Vec<ArticleId>> {
    articles(db, "url_key = ?1", params![url_key], "n", 1000)
}

/// Articles with hits are found by an index, the others by reading the table through: only `why` asks for those.
fn articles(db: &Connection, which: &str, values: &[&dyn ToSql], order: &str, limit: usize) -> Result<Vec<ArticleId>> {
    let mut found = Vec::new();
    for matched in [1, 0] {
        let left = limit - found.len();
        let sql = format!("SELECT id FROM article WHERE matched = {matched} AND {which} ORDER BY {order} LIMIT {left}");
        let mut select = db.prepare(&sql)?;
        for id in select.query_map(values, |row| row.get(0).map(ArticleId))? {
            found.push(id?);
        }
    }
    Ok(found)
}

/// The row of an article.
pub fn article_row(db: &Connection, id: &ArticleId) -> Result<Option<i64>> {
    for sql in ["SELECT n FROM article WHERE matched = 1 AND id = ?1", "SELECT n FROM article WHERE matched = 0 AND id = ?1 LIMIT 1"] {
        if let Some(n) = db.prepare_cached(sql)?.query_row([id.0], |row| row.get(0)).optional()? {
            return Ok(Some(n));
        }
    }
    Ok(None)
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
