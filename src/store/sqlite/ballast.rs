//! Space held back for the day the disk is full: then even DELETE needs some, and giving this up lets what is stored be delivered.

use super::super::say;
use super::files;
use rustix::fs::FallocateFlags;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// The file that takes up the space.
#[derive(Debug)]
pub struct Ballast {
    db: PathBuf,
    path: PathBuf,
    bytes: u64,
    stands: bool,
}

impl Ballast {
    /// Sets it up beside `db`, unless it would take over a quarter of what is free (which is said).
    pub fn set_up(db: &Path, bytes: u64) -> Self {
        let path = files::ballast(db);
        let stands = bytes > 0 && std::fs::metadata(&path).is_ok_and(|m| m.len() == bytes);
        let mut ballast = Self { db: db.into(), path, bytes, stands };
        if !stands {
            ballast.remove();
            ballast.settle_in();
        }
        ballast
    }

    /// Gives up what an earlier owner held back.
    pub fn give_up(db: &Path) {
        // What is not there takes no space.
        let _ = std::fs::remove_file(files::ballast(db));
    }

    /// Makes it if there is room to spare.
    fn settle_in(&mut self) {
        if self.bytes == 0 {
            return;
        }
        match files::free_space(&self.db) {
            Ok(free) if self.bytes > free / 4 => say::no_ballast(self.bytes, free),
            Ok(_) => {
                if let Err(error) = self.make() {
                    say::ballast_failed(&error);
                }
            }
            Err(error) => say::ballast_failed(&error),
        }
    }

    /// Is there anything to give up?
    pub const fn stands(&self) -> bool {
        self.stands
    }

    /// Gives the space up.
    pub fn release(&mut self) {
        self.remove();
        self.stands = false;
    }

    /// Takes the space back. False: there is none.
    pub fn take_back(&mut self) -> bool {
        self.stands || self.make().is_ok()
    }

    fn make(&mut self) -> io::Result<()> {
        let made = OpenOptions::new().write(true).create(true).truncate(true).mode(0o640).open(&self.path).and_then(|file| fill(&file, self.bytes));
        if made.is_err() {
            self.remove();
        }
        self.stands = made.is_ok();
        made
    }

    fn remove(&self) {
        // What is not there takes no space.
        let _ = std::fs::remove_file(&self.path);
    }
}

fn fill(mut file: &File, bytes: u64) -> io::Result<()> {
    match rustix::fs::fallocate(file, FallocateFlags::empty(), 0, bytes) {
        Err(rustix::io::Errno::OPNOTSUPP) => {
            let zeros = vec![0; 1 << 16];
            let mut left = bytes;
            while left > 0 {
                let some = left.min(zeros.len() as u64);
                file.write_all(zeros.get(..usize::try_from(some).unwrap_or_default()).unwrap_or_default())?;
                left -= some;
            }
            file.sync_all()
        }
        other => Ok(other?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_given_up_and_taken_back() {
        let dir = tempfile::tempdir().unwrap();
        let db = dir.path().join("a.db");
        let mut ballast = Ballast::set_up(&db, 1 << 20);
        assert!(ballast.stands());
        assert_eq!(std::fs::metadata(files::ballast(&db)).unwrap().len(), 1 << 20);
        ballast.release();
        assert!(!ballast.stands() && !files::ballast(&db).exists());
        assert!(ballast.take_back() && files::ballast(&db).exists());
        assert!(Ballast::set_up(&db, 1 << 20).stands(), "and is found by the next start");
    }

    #[test]
    fn it_is_left_out_where_it_would_take_too_much_or_is_not_wanted() {
        let dir = tempfile::tempdir().unwrap();
        let db = dir.path().join("a.db");
        let free = files::free_space(&db).unwrap();
        assert!(!Ballast::set_up(&db, free / 2).stands());
        assert!(!Ballast::set_up(&db, 0).stands());
        assert!(!files::ballast(&db).exists());
    }
}
