//! The face that commands read with: blocking, read-only, with or without a running daemon.

use super::sqlite::{self, read};
use super::{
    AlertFilter, AlertLine, ArticleInfo, Event, FeedLine, Found, OpenError, OutboxFilter, OutboxLine, SinkBacklog, StoreError, StoryInfo, Subject,
    Summary,
};
use crate::model::{AlertId, ArticleId, IdPrefix, StoryId};
use jiff::Timestamp;
use rusqlite::Connection;
use std::path::Path;

/// A read-only look into a store. Never creates one, never keeps the daemon from writing.
#[derive(Debug)]
pub struct Reader {
    db: Connection,
}

impl Reader {
    /// Looks into the store at `path`.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        Ok(Self { db: sqlite::open_reader(path)? })
    }

    fn ask<T>(&self, query: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        sqlite::ask(&self.db, query)
    }

    /// See [`super::Store::backlog`].
    pub fn backlog(&self) -> Result<Vec<SinkBacklog>, StoreError> {
        self.ask(read::backlog)
    }

    /// See [`super::Store::events`].
    pub fn events(&self, subject: &Subject) -> Result<Vec<Event>, StoreError> {
        self.ask(|db| read::events(db, subject))
    }

    /// See [`super::Store::by_prefix`].
    pub fn by_prefix(&self, prefix: &IdPrefix) -> Result<Vec<Found>, StoreError> {
        self.ask(|db| read::by_prefix(db, prefix))
    }

    /// See [`super::Store::by_url`].
    pub fn by_url(&self, url_key: [u8; 16]) -> Result<Vec<ArticleId>, StoreError> {
        self.ask(|db| read::by_url(db, &url_key))
    }

    /// See [`super::Store::article`].
    pub fn article(&self, id: ArticleId) -> Result<Option<ArticleInfo>, StoreError> {
        self.ask(|db| read::article(db, &id))
    }

    /// The archive, the latest first: at most `limit` articles fetched at `since` or later, stored before the one of the number `below`. Short
    /// reads in a row keep no old snapshot open.
    ///
    /// # Errors
    /// The database's.
    pub fn archive(&self, since: Timestamp, below: Option<i64>, limit: usize) -> Result<Vec<(i64, ArticleInfo)>, StoreError> {
        self.ask(|db| read::archive(db, since.as_microsecond(), below, limit))
    }

    /// See [`super::Store::story`].
    pub fn story(&self, id: StoryId) -> Result<Option<StoryInfo>, StoreError> {
        self.ask(|db| read::story(db, &id))
    }

    /// See [`super::Store::alert`].
    pub fn alert(&self, id: AlertId) -> Result<Option<AlertLine>, StoreError> {
        self.ask(|db| read::alert(db, &id))
    }

    /// See [`super::Store::alerts`].
    pub fn alerts(&self, filter: &AlertFilter) -> Result<Vec<AlertLine>, StoreError> {
        self.ask(|db| read::alerts(db, filter))
    }

    /// See [`super::Store::feeds`].
    pub fn feeds(&self, now: Timestamp) -> Result<Vec<FeedLine>, StoreError> {
        self.ask(|db| read::feeds(db, now))
    }

    /// See [`super::Store::outbox`].
    pub fn outbox(&self, filter: &OutboxFilter, now: Timestamp) -> Result<Vec<OutboxLine>, StoreError> {
        self.ask(|db| read::outbox(db, filter, now))
    }

    /// See [`super::Store::summary`].
    pub fn summary(&self, now: Timestamp) -> Result<Summary, StoreError> {
        self.ask(|db| read::summary(db, now))
    }
}
