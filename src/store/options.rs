//! How a store is opened.

use std::path::PathBuf;
use std::time::Duration;

/// Where the store lies and how much it may keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The database file. Its directory is made (mode 0750) when it is missing.
    pub path: PathBuf,
    /// Articles without an alert go after this long.
    pub keep: Duration,
    /// Alerts, and the articles they tell, go after this long.
    pub keep_alerts: Duration,
    /// Bytes that the database may use; the oldest articles without an alert go first.
    pub max_size: u64,
    /// Bytes held back beside the database, given up when the disk is full so that what is stored can still be delivered. 0: none.
    pub ballast: u64,
    /// Undelivered rows that one sink may have; past it that sink alone overflows.
    pub outbox_cap: u64,
}

impl Options {
    /// A ballast that lets some thousand deliveries and a pruning pass through on a full disk.
    pub const BALLAST: u64 = 16 << 20;
    /// Undelivered rows a sink may have.
    pub const OUTBOX_CAP: u64 = 1_000_000;

    /// The store at `path` with the defaults of the register of keys.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        const DAY: u64 = 24 * 60 * 60;
        Self {
            path: path.into(),
            keep: Duration::from_secs(90 * DAY),
            keep_alerts: Duration::from_secs(365 * DAY),
            max_size: 2_000_000_000,
            ballast: Self::BALLAST,
            outbox_cap: Self::OUTBOX_CAP,
        }
    }
}
