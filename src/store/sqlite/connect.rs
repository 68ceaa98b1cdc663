//! Connections, each with the settings that its promises rest on.

use super::super::OpenError;
use super::failure::Failure;
use super::{files, schema};
use rusqlite::{Connection, OpenFlags, config::DbConfig};
use std::path::Path;
use std::time::Duration;

/// Older ones can lose a committed transaction when a log is reset while it is written back.
const OLDEST_SQLITE: i32 = 3_051_003;
/// How long a request waits for another process that holds the lock.
const BUSY: Duration = Duration::from_secs(10);
/// Every statement of this store is prepared once.
const STATEMENTS: usize = 128;

/// Refuses a SQLite with a known way to lose data.
pub fn check_version() -> Result<(), OpenError> {
    if rusqlite::version_number() < OLDEST_SQLITE {
        return Err(OpenError::OldSqlite { found: rusqlite::version().into() });
    }
    Ok(())
}

/// The connection that writes. The file exists; one of no length becomes a database.
pub fn writer(path: &Path) -> Result<Connection, OpenError> {
    let db = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let set = || -> rusqlite::Result<()> {
        // Only a new file takes these two.
        db.pragma_update(None, "page_size", schema::PAGE_SIZE)?;
        db.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
        db.pragma_update(None, "journal_mode", "WAL")?;
        db.pragma_update(None, "synchronous", "FULL")?;
        db.pragma_update(None, "foreign_keys", false)?;
        db.pragma_update(None, "temp_store", "MEMORY")?;
        db.pragma_update(None, "cache_size", -8192)?;
        // A big poll's log is cut again; 16 MiB are reused for good.
        db.pragma_update(None, "journal_size_limit", 16 << 20)?;
        // Whoever may only read cannot make the log: it stays after a clean stop.
        db.file_control(None::<&str>, rusqlite::FileControl::PersistWal(&mut 1))?;
        Ok(())
    };
    set().map_err(|e| refusal(path, e))?;
    Ok(db)
}

/// A connection that reads.
pub fn reader(path: &Path) -> Result<Connection, OpenError> {
    let db = open(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let set = || -> rusqlite::Result<()> {
        db.pragma_update(None, "query_only", true)?;
        db.pragma_update(None, "temp_store", "MEMORY")?;
        db.pragma_update(None, "cache_size", -2048)?;
        db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        Ok(())
    };
    set().map_err(|e| refusal(path, e))?;
    Ok(db)
}

fn open(path: &Path, how: OpenFlags) -> Result<Connection, OpenError> {
    // Each connection belongs to one thread at a time, and a path is a path, not a URI.
    let db = Connection::open_with_flags(path, how | OpenFlags::SQLITE_OPEN_NO_MUTEX).map_err(|e| refusal(path, e))?;
    db.busy_timeout(BUSY).map_err(|e| refusal(path, e))?;
    db.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(db)
}

/// What SQLite's no at the door means to a person.
pub fn refusal(path: &Path, error: rusqlite::Error) -> OpenError {
    use rusqlite::ErrorCode;
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            OpenError::Corrupt { path: path.into(), detail: error.to_string(), backup: files::newest_copy(path) }
        }
        Some(ErrorCode::PermissionDenied | ErrorCode::ReadOnly) => files::not_permitted(path),
        Some(ErrorCode::CannotOpen) => match std::fs::File::open(path) {
            Err(e) => files::refusal(path, &e),
            Ok(_) => files::not_permitted(path),
        },
        _ => {
            let detail = match Failure::from(error) {
                Failure::Full => "no space left on its disk. Free some".into(),
                Failure::Busy => "another process holds it locked. Stop that one".into(),
                Failure::Fatal(detail) | Failure::Refused(detail) => detail,
            };
            OpenError::Io { path: path.into(), detail }
        }
    }
}
