//! What an error of SQLite means here: wait for space, try again, end the process, or refuse one request.

use super::super::StoreError;
use rusqlite::{Connection, ErrorCode};

/// `SQLITE_IOERR_SHMSIZE`: the index of the log could not grow, which happens when the disk is full.
const IOERR_SHMSIZE: i32 = 10 | (19 << 8);

/// Why a transaction was rolled back.
#[derive(Debug)]
pub enum Failure {
    /// No space: it can be tried again as it is.
    Full,
    /// Another process holds the lock: likewise.
    Busy,
    /// The disk or the file fails: the process ends.
    Fatal(String),
    /// A rule of the tables forbids it: a defect of whoever asked.
    Refused(String),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        let Some(sqlite) = error.sqlite_error() else { return Self::Refused(error.to_string()) };
        if sqlite.extended_code == IOERR_SHMSIZE {
            return Self::Full;
        }
        match sqlite.code {
            ErrorCode::DiskFull => Self::Full,
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Busy,
            ErrorCode::SystemIoFailure
            | ErrorCode::DatabaseCorrupt
            | ErrorCode::NotADatabase
            | ErrorCode::CannotOpen
            | ErrorCode::ReadOnly
            | ErrorCode::PermissionDenied
            | ErrorCode::FileLockingProtocolFailed
            | ErrorCode::NoLargeFileSupport
            | ErrorCode::OutOfMemory => Self::Fatal(format!("{error} (SQLite error {})", sqlite.extended_code)),
            _ => Self::Refused(format!("{error} (SQLite error {})", sqlite.extended_code)),
        }
    }
}

/// Asks a question on a connection that reads.
pub fn ask<T>(db: &Connection, query: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
    // One snapshot for the whole question. It ends with it: a reader that stays keeps the log from being written back.
    let snapshot = db.unchecked_transaction().map_err(read_failure)?;
    query(&snapshot).map_err(read_failure)
}

fn read_failure(error: rusqlite::Error) -> StoreError {
    match Failure::from(error) {
        Failure::Full => StoreError::Io("no space left for the index of the database's log".into()),
        Failure::Busy => StoreError::Io("another process holds the database locked".into()),
        Failure::Fatal(message) => StoreError::Io(message),
        Failure::Refused(message) => StoreError::Refused(message),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(code: i32) -> Failure {
        rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None).into()
    }

    #[test]
    fn a_full_disk_waits_and_a_failing_one_ends_the_process() {
        assert!(matches!(failure(rusqlite::ffi::SQLITE_FULL), Failure::Full));
        assert!(matches!(failure(IOERR_SHMSIZE), Failure::Full));
        for code in
            [rusqlite::ffi::SQLITE_IOERR_WRITE, rusqlite::ffi::SQLITE_IOERR_FSYNC, rusqlite::ffi::SQLITE_CORRUPT, rusqlite::ffi::SQLITE_READONLY]
        {
            assert!(matches!(failure(code), Failure::Fatal(_)), "{code}");
        }
        assert!(matches!(failure(rusqlite::ffi::SQLITE_BUSY), Failure::Busy));
        assert!(matches!(failure(rusqlite::ffi::SQLITE_CONSTRAINT), Failure::Refused(_)));
    }
}
