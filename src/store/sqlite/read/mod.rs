//! Queries.
use crate::model::*;
use crate::store::*;
use jiff::Timestamp;
use rusqlite::{Connection, Result};

pub fn backlog(_: &Connection) -> Result<Vec<SinkBacklog>> {
    Ok(vec![])
}
pub fn events(_: &Connection, _: &Subject) -> Result<Vec<Event>> {
    Ok(vec![])
}
pub fn by_prefix(_: &Connection, _: &IdPrefix) -> Result<Vec<Found>> {
    Ok(vec![])
}
pub fn by_url(_: &Connection, _: &[u8; 16]) -> Result<Vec<ArticleId>> {
    Ok(vec![])
}
pub fn article(_: &Connection, _: &ArticleId) -> Result<Option<ArticleInfo>> {
    Ok(None)
}
pub fn story(_: &Connection, _: &StoryId) -> Result<Option<StoryInfo>> {
    Ok(None)
}
pub fn alert(_: &Connection, _: &AlertId) -> Result<Option<AlertLine>> {
    Ok(None)
}
pub fn alerts(_: &Connection, _: &AlertFilter) -> Result<Vec<AlertLine>> {
    Ok(vec![])
}
pub fn feeds(_: &Connection, _: Timestamp) -> Result<Vec<FeedLine>> {
    Ok(vec![])
}
pub fn outbox(_: &Connection, _: &OutboxFilter, _: Timestamp) -> Result<Vec<OutboxLine>> {
    Ok(vec![])
}
pub fn summary(_: &Connection, _: Timestamp) -> Result<Summary> {
    Ok(Summary::default())
}
