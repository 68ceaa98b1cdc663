//! One daemon a store: a locked file beside the database, which names its owner.

use super::super::OpenError;
use super::files;
use serde::{Deserialize, Serialize};
use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Who owns a store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockInfo {
    /// Its process.
    pub pid: u32,
    /// Its control socket.
    pub socket: PathBuf,
}

/// The lock. It is free again when this is dropped, and when the process ends in whatever way.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Somebody who only looks holds the lock for a moment; an owner holds it for good.
const LOOKS: u32 = 20;
const LOOK: Duration = Duration::from_millis(20);

/// Takes the lock and writes down who holds it.
pub fn take(db: &Path, socket: &Path) -> Result<Lock, OpenError> {
    let path = files::lock(db);
    let mut file = files::open_or_make(&path)?;
    let mut looks = 0;
    while let Err(refused) = file.try_lock() {
        match refused {
            TryLockError::WouldBlock if looks < LOOKS => std::thread::sleep(LOOK),
            TryLockError::WouldBlock => return Err(OpenError::Locked { path: db.into(), pid: read(&path).map(|info| info.pid) }),
            TryLockError::Error(e) => return Err(files::refusal(&path, &e)),
        }
        looks += 1;
    }
    let info = LockInfo { pid: std::process::id(), socket: socket.into() };
    // Overwritten in place, then cut: on a full disk a file that is there already needs no new space.
    let line = serde_json::to_vec(&info).unwrap_or_default();
    file.rewind().and_then(|()| file.write_all(&line)).and_then(|()| file.set_len(line.len() as u64)).map_err(|e| files::refusal(&path, &e))?;
    Ok(Lock { _file: file })
}

/// Who owns the store at `path` right now; none if nobody does, or the lock file cannot be read.
pub fn lock_holder(path: &Path) -> Option<LockInfo> {
    let path = files::lock(path);
    let file = File::open(&path).ok()?;
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => read(&path),
        _ => None,
    }
}

fn read(path: &Path) -> Option<LockInfo> {
    let mut text = String::new();
    File::open(path).ok()?.take(64 << 10).read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_owner_is_told_who_the_first_is() {
        let dir = tempfile::tempdir().unwrap();
        let db = dir.path().join("a.db");
        assert_eq!(lock_holder(&db), None, "no file");
        let lock = take(&db, Path::new("/run/a.sock")).unwrap();
        assert_eq!(lock_holder(&db), Some(LockInfo { pid: std::process::id(), socket: "/run/a.sock".into() }));
        let refused = take(&db, Path::new("/run/b.sock")).unwrap_err();
        assert!(matches!(refused, OpenError::Locked { pid: Some(pid), .. } if pid == std::process::id()));
        assert_eq!(refused.exit_code(), 69);
        drop(lock);
        assert_eq!(lock_holder(&db), None, "the file stays, the lock does not");
        take(&db, Path::new("/b")).unwrap();
    }

    #[test]
    fn a_shorter_line_leaves_nothing_of_a_longer_one() {
        let dir = tempfile::tempdir().unwrap();
        let db = dir.path().join("a.db");
        drop(take(&db, Path::new("/a/very/long/path/to/the/control.sock")).unwrap());
        let _lock = take(&db, Path::new("/s")).unwrap();
        assert_eq!(lock_holder(&db).unwrap().socket, Path::new("/s"));
    }
}
