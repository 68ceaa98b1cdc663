//! Why a store cannot be opened, or stopped working, in words that say what to do.

use std::path::PathBuf;

/// Why a store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another daemon owns it.
    #[error("{} is in use by {}. Stop that one first, or give this one another [store] url.", path.display(), holder(*pid))]
    Locked {
        /// The database.
        path: PathBuf,
        /// Of the owner, if its lock file says.
        pid: Option<u32>,
    },
    /// A later version wrote it.
    #[error("{} was written by a newer newswatch (database version {found}, this one knows {known}). Install that version, or put back {} from before the upgrade.", path.display(), before(path, *known))]
    Newer {
        /// The database.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// The newest version that this program knows.
        known: i64,
    },
    /// A reader's: the running daemon has not brought it up to date yet.
    #[error("{} is of database version {found}, this newswatch reads {known}. Restart newswatch.service: it brings the database up to date.", path.display())]
    Older {
        /// The database.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// The version that this program reads.
        known: i64,
    },
    /// A SQLite database, but not ours.
    #[error("{} is a database of another program. Give [store] url another file name.", path.display())]
    Foreign {
        /// The database.
        path: PathBuf,
    },
    /// Damaged.
    #[error("{} is damaged ({detail}). {}", path.display(), cure(path, backup.as_ref()))]
    Corrupt {
        /// The database.
        path: PathBuf,
        /// What SQLite says.
        detail: String,
        /// The newest copy that lies beside it.
        backup: Option<PathBuf>,
    },
    /// Reading commands do not create a database.
    #[error("no database at {}. Is newswatch.service running?", path.display())]
    NoDatabase {
        /// Where it was expected.
        path: PathBuf,
    },
    /// The file system says no.
    #[error("{}", not_permitted(path, group.as_deref()))]
    NotPermitted {
        /// What cannot be read or written.
        path: PathBuf,
        /// The group that may, if it is another than the caller's.
        group: Option<String>,
    },
    /// The file system fails.
    #[error("{}: {detail}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What it says.
        detail: String,
    },
    /// The SQLite that was linked has a known way to lose data.
    #[error("SQLite {found} is linked, 3.51.3 or later is needed. Build newswatch with its bundled SQLite.")]
    OldSqlite {
        /// Its version.
        found: String,
    },
}

impl OpenError {
    /// The exit code of a command that fails with it (sysexits).
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Locked { .. } | Self::NoDatabase { .. } | Self::Older { .. } => 69,
            Self::Newer { .. } | Self::Foreign { .. } => 78,
            Self::Corrupt { .. } | Self::Io { .. } => 74,
            Self::NotPermitted { .. } => 77,
            Self::OldSqlite { .. } => 70,
        }
    }
}

/// Why the store did not do what it was asked. A full disk is no error: the store waits for space, and says so ([`super::Store::full`]).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The disk or the database fails. Nothing of the request is recorded; the store takes no more requests: end the process (74) and start anew.
    #[error("{0}")]
    Io(String),
    /// A defect: this request breaks a rule of the database. Nothing of it is recorded; others go on.
    #[error("the store refuses what it was asked: {0}")]
    Refused(String),
    /// The store is closed, or was before it came to this request.
    #[error("the store is closed")]
    Closed,
}

impl StoreError {
    /// The exit code of a daemon that ends because of it (sysexits).
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Io(_) => 74,
            Self::Refused(_) | Self::Closed => 70,
        }
    }
}

fn holder(pid: Option<u32>) -> String {
    pid.map_or_else(|| "another newswatch".into(), |pid| format!("another newswatch (pid {pid})"))
}

fn before(path: &std::path::Path, known: i64) -> String {
    super::sqlite::before_path(path, known + 1).display().to_string()
}

fn cure(path: &std::path::Path, backup: Option<&PathBuf>) -> String {
    let db = path.display();
    match backup {
        Some(copy) => format!(
            "Keep it aside and put the newest copy in its place: mv {db} {db}.damaged && rm -f {db}-wal {db}-shm && cp {} {db}",
            copy.display()
        ),
        None => format!("No copy lies beside it. Keep it aside and start anew: mv {db} {db}.damaged && rm -f {db}-wal {db}-shm"),
    }
}

fn not_permitted(path: &std::path::Path, group: Option<&str>) -> String {
    match group {
        Some(group) => format!("{} belongs to group {group} and you are not in it: sudo usermod -aG {group} $USER", path.display()),
        None => format!("no permission for {}", path.display()),
    }
}
