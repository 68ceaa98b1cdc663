//! The files beside a database: their names, their rights, and what to say when the rights are missing.

use super::super::OpenError;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// `<db><suffix>`: SQLite and we name what belongs to a database by its whole name.
fn beside(db: &Path, suffix: &str) -> PathBuf {
    let mut name = db.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// The lock file.
pub fn lock(db: &Path) -> PathBuf {
    beside(db, ".lock")
}

/// The ballast.
pub fn ballast(db: &Path) -> PathBuf {
    beside(db, ".ballast")
}

/// SQLite's log.
pub fn wal(db: &Path) -> PathBuf {
    beside(db, "-wal")
}

/// The copy from before the step to version `n`.
pub fn before(db: &Path, n: i64) -> PathBuf {
    beside(db, &format!(".before-{n}"))
}

/// The directory that a database lies in.
pub fn directory(db: &Path) -> &Path {
    db.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes the directory if it is missing, for owner and group only.
pub fn make_directory(db: &Path) -> Result<(), OpenError> {
    let dir = directory(db);
    if dir.is_dir() {
        return Ok(());
    }
    DirBuilder::new().recursive(true).mode(0o750).create(dir).map_err(|e| refusal(dir, &e))
}

/// Opens a file for writing and makes it if it is missing, for owner to write and group to read.
pub fn open_or_make(path: &Path) -> Result<File, OpenError> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o640).open(path).map_err(|e| refusal(path, &e))
}

/// An entry that a power cut takes away was never made.
pub fn sync_directory(db: &Path) -> Result<(), OpenError> {
    let dir = directory(db);
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(|e| refusal(dir, &e))
}

/// Bytes that we may still write to the disk that `db` lies on.
pub fn free_space(db: &Path) -> io::Result<u64> {
    let disk = rustix::fs::statvfs(directory(db))?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// What a system's no means to a person.
pub fn refusal(path: &Path, error: &io::Error) -> OpenError {
    match error.kind() {
        ErrorKind::NotFound => OpenError::NoDatabase { path: path.into() },
        ErrorKind::PermissionDenied => not_permitted(path),
        _ => OpenError::Io { path: path.into(), detail: error.to_string() },
    }
}

/// Names what is in the way, the directory if that is closed already, and the group that would help.
pub fn not_permitted(path: &Path) -> OpenError {
    let dir = directory(path);
    let shown = if std::fs::read_dir(dir).is_err() { dir } else { path };
    let group = std::fs::metadata(shown).ok().and_then(|metadata| group_that_helps(&metadata));
    OpenError::NotPermitted { path: shown.into(), group }
}

fn group_that_helps(of: &std::fs::Metadata) -> Option<String> {
    let readable = of.mode() & 0o040 != 0;
    let ours = rustix::process::getgroups().ok()?.iter().any(|g| g.as_raw() == of.gid()) || rustix::process::getegid().as_raw() == of.gid();
    if !readable || ours || of.gid() == 0 {
        return None;
    }
    group_name(&std::fs::read_to_string("/etc/group").ok()?, of.gid())
}

fn group_name(groups: &str, gid: u32) -> Option<String> {
    groups.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(gid)).then(|| name.to_string())
    })
}

/// The newest file beside `db` that is a copy of it: `<db>.before-N`, `<db>.backup`, …
pub fn newest_copy(db: &Path) -> Option<PathBuf> {
    let name = db.file_name()?.to_str()?;
    let mut copies: Vec<(SystemTime, PathBuf)> = std::fs::read_dir(directory(db))
        .ok()?
        .flatten()
        .filter(|entry| entry.file_name().to_str().is_some_and(|other| other.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'))))
        .filter(|entry| is_sqlite(&entry.path()))
        .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
        .collect();
    copies.sort();
    copies.pop().map(|(_, path)| path)
}

fn is_sqlite(path: &Path) -> bool {
    let mut magic = [0; 16];
    File::open(path).is_ok_and(|mut file| io::Read::read_exact(&mut file, &mut magic).is_ok()) && &magic == b"SQLite format 3\0"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_found_by_its_number() {
        let groups = "root:x:0:\nnewswatch:x:998:alice\nbroken\n";
        assert_eq!(group_name(groups, 998).as_deref(), Some("newswatch"));
        assert_eq!(group_name(groups, 7), None);
    }

    #[test]
    fn what_lies_beside_a_database_keeps_its_whole_name() {
        assert_eq!(lock(Path::new("/s/a.db")), Path::new("/s/a.db.lock"));
        assert_eq!(before(Path::new("a.db"), 3), Path::new("a.db.before-3"));
        assert_eq!(directory(Path::new("a.db")), Path::new("."));
    }

    #[test]
    fn only_a_database_counts_as_a_copy() {
        let dir = tempfile::tempdir().unwrap();
        let db = dir.path().join("a.db");
        std::fs::write(dir.path().join("a.db.lock"), "{}").unwrap();
        assert_eq!(newest_copy(&db), None);
        let copy = before(&db, 2);
        rusqlite::Connection::open(&copy).unwrap().execute_batch("CREATE TABLE t(x)").unwrap();
        assert_eq!(newest_copy(&db), Some(copy));
    }
}
