//! Articles, put together from their row, their feed's row and their text.

use super::super::columns::time;
use super::super::text;
use super::find::article_row;
use crate::model::{Article, ArticleId, StoryId};
use crate::store::{ArticleInfo, say};
use rusqlite::{Connection, OptionalExtension, Result, Row};

/// The columns that [`row`] reads, of `article a`, `feed f` and (left join) `article_text t` and `story_article sa`.
pub const COLUMNS: &str = "a.n AS a_n, a.id AS a_id, a.link, a.lang, a.published, a.fetched, a.baseline, a.url_key, f.id AS f_id, f.name AS f_name, t.body, sa.story AS own_story";
/// What to join `article a` with for them.
pub const JOINS: &str = "JOIN feed f ON f.n = a.feed LEFT JOIN article_text t ON t.article = a.n LEFT JOIN story_article sa ON sa.article = a.n";

/// An article's row.
#[derive(Debug, Clone)]
pub struct Found {
    /// Its number.
    pub n: i64,
    /// Under which articles of one URL find each other.
    pub url_key: Option<[u8; 16]>,
    /// All else.
    pub info: ArticleInfo,
}

/// Reads the columns. Words that cannot be read are left out, and that is said: the rest of the article still tells what happened to it.
pub fn row(row: &Row<'_>) -> Result<Found> {
    let n = row.get("a_n")?;
    let id = ArticleId(row.get("a_id")?);
    let mut article = Article::default();
    let body =
        row.get_ref("body")?.as_blob_or_null().map_err(|e| rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Blob, Box::new(e)))?;
    if let Some(body) = body
        && let Err(error) = text::decode(body, &mut article)
    {
        say::damaged_text(n, &error.to_string());
    }
    article.id = Some(id.to_string());
    article.feed = Some(row.get("f_name")?);
    article.link = row.get("link")?;
    article.lang = row.get("lang")?;
    article.published = row.get::<_, Option<i64>>("published")?.map(time);
    article.fetched = Some(time(row.get("fetched")?));
    let story = row.get::<_, Option<[u8; 16]>>("own_story")?.map(StoryId);
    let info = ArticleInfo { id, article, feed: row.get("f_id")?, story, baseline: row.get("baseline")? };
    Ok(Found { n, url_key: row.get("url_key")?, info })
}

/// One article.
pub fn article(db: &Connection, id: &ArticleId) -> Result<Option<ArticleInfo>> {
    let Some(n) = article_row(db, id)? else { return Ok(None) };
    let sql = format!("SELECT {COLUMNS} FROM article a {JOINS} WHERE a.n = ?1");
    Ok(db.prepare_cached(&sql)?.query_row([n], row).optional()?.map(|found| found.info))
}

/// At most `limit` articles fetched at `since` or later, the latest stored first, beginning below the number `below` (none: the latest of all).
/// Each with its number, for the next call.
pub fn archive(db: &Connection, since: i64, below: Option<i64>, limit: usize) -> Result<Vec<(i64, ArticleInfo)>> {
    let sql = format!("SELECT {COLUMNS} FROM article a {JOINS} WHERE a.n < ?1 AND a.fetched >= ?2 ORDER BY a.n DESC LIMIT ?3");
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut select = db.prepare_cached(&sql)?;
    let found = select.query_map([below.unwrap_or(i64::MAX), since, limit], row)?;
    found.map(|found| found.map(|found| (found.n, found.info))).collect()
}
