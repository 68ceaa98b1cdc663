//! What the store has to tell an operator, in one place.

use std::path::Path;

pub fn waiting(reason: &str) {
    tracing::error!("the store waits: {reason}");
}

pub fn resumed(waited: std::time::Duration) {
    tracing::info!("the store goes on after {} s", waited.as_secs());
}

pub fn busy() {
    tracing::warn!("another process holds the database locked; trying again. A backup? Use `newswatch backup`, it does not block");
}

pub fn failed(error: &str) {
    tracing::error!("the store fails: {error}");
}

pub fn refused(error: &str) {
    tracing::error!("the store refuses a request, which is a defect: {error}. Please report it");
}

pub fn dropped(feed: &str) {
    tracing::debug!("dropped a poll of {feed}, which is no longer configured");
}

pub fn migrated(path: &Path, from: i64, to: i64, copy: &Path) {
    tracing::info!("{} brought from database version {from} to {to}; {} is how it was", path.display(), copy.display());
}

pub fn no_ballast(bytes: u64, free: u64) {
    tracing::warn!(
        "no reserve for a full disk: {} MiB would be over a quarter of the {} MiB that are free. If the disk fills, deliveries wait too",
        bytes >> 20,
        free >> 20
    );
}

pub fn ballast_failed(error: &std::io::Error) {
    tracing::warn!("no reserve for a full disk: {error}. If the disk fills, deliveries wait too");
}

pub fn over_size(max: u64) {
    tracing::warn!(
        "the database is over [store] max_size ({} MB) and all that is left belongs to alerts: raise max_size or lower keep_alerts",
        max / 1_000_000
    );
}

pub fn damaged_text(article: i64, error: &str) {
    tracing::warn!("the stored text of article row {article} cannot be read: {error}");
}

pub fn log_stays(error: &rusqlite::Error) {
    tracing::debug!("the log stays beside the database: {error}");
}
