//! The store in one SQLite file.

pub(super) mod read;

use super::*;
use crate::alert::{Decision, Undecided};
use crate::model::EntryKey;
use jiff::Timestamp;
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::watch;

#[derive(Debug, Clone)]
pub(super) struct Sqlite;

#[allow(clippy::unused_async)]
impl Sqlite {
    pub fn open(o: &Options, _: &Path) -> Result<Self, OpenError> {
        Err(OpenError::NoDatabase { path: o.path.clone() })
    }
    pub async fn register(&self, _: Vec<FeedRow>, _: Timestamp) -> Result<Vec<FeedState>, StoreError> {
        Err(StoreError::Closed)
    }
    pub async fn register_sinks(&self, _: Vec<String>, _: Timestamp) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }
    pub async fn next_generation(&self) -> Result<u64, StoreError> {
        Err(StoreError::Closed)
    }
    pub async fn known(&self, _: &str, _: Vec<EntryKey>) -> Result<Vec<bool>, StoreError> {
        Err(StoreError::Closed)
    }
    pub async fn commit(&self, _: PollOutcome) -> Result<Committed, StoreError> {
        Err(StoreError::Closed)
    }
    pub async fn feed_state(&self, _: &str, _: FeedHealth, _: Option<String>, _: Timestamp) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }
    pub async fn undecided(&self, _: Timestamp, _: usize) -> Result<Undecided, StoreError> {
        Err(StoreError::Closed)
    }
    pub async fn decide(&self, _: Decision) -> Result<Vec<i64>, StoreError> {
        Err(StoreError::Closed)
    }
    pub async fn claim(&self, _: &str, _: usize, _: Timestamp) -> Result<Vec<Delivery>, StoreError> {
        Err(StoreError::Closed)
    }
    pub async fn settle(&self, _: Vec<Settled>) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }
    pub async fn sink_state(&self, _: &str, _: SinkState, _: Timestamp, _: Option<String>) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }
    pub async fn read<T>(&self, _: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        Err(StoreError::Closed)
    }
    pub async fn prune(&self, _: Timestamp) -> Result<Pruned, StoreError> {
        Err(StoreError::Closed)
    }
    pub fn retain(&self, _: Duration, _: Duration, _: u64) {}
    pub fn full(&self) -> watch::Receiver<Option<String>> {
        watch::channel(None).1
    }
    pub async fn close(&self) {}
}

/// Who owns a store.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct LockInfo {
    /// Its process.
    pub pid: u32,
    /// Its control socket.
    pub socket: PathBuf,
}

/// Who owns the store at `path` right now; none if nobody does, or the lock file cannot be read.
pub fn lock_holder(_path: &Path) -> Option<LockInfo> {
    None
}

pub(super) fn before_path(path: &Path, n: i64) -> PathBuf {
    PathBuf::from(format!("{}.before-{n}", path.display()))
}

pub(super) fn open_reader(path: &Path) -> Result<Connection, OpenError> {
    Err(OpenError::NoDatabase { path: path.into() })
}

pub(super) fn ask<T>(db: &Connection, query: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
    query(db).map_err(|e| StoreError::Io(e.to_string()))
}
