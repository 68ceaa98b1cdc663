//! A file that alerts are appended to, whole lines only.
//!
//! The file is opened for every batch: a log that was rotated, removed or moved is thus a new file at once, and none is held open
//! behind logrotate's back. A batch is written, synced, and only then settled. What could not be written whole is cut off again, so a
//! full disk leaves neither half a line nor a line that comes twice. What a killed process left behind is looked for in the file's last
//! lines before the same alerts are appended again.
//!
//! Must not know: the outbox, when a batch is tried again.

use super::tail;
use super::trouble::{self, FileTrouble};
use rustix::fs::{FlockOperation, OFlags};
use std::io::SeekFrom;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::time::Duration;
use tokio::fs::{File, OpenOptions};
use tokio::io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt};

/// Another process may hold the file's lock for as long as it writes a batch.
const LOCK_TRIES: u32 = 250;
const LOCK_PAUSE: Duration = Duration::from_millis(20);
/// Bytes at the end of the file in which lines of an earlier attempt are looked for: more than a batch has.
const TAIL: u64 = 2 << 20;

/// A file that lines are appended to.
#[derive(Debug)]
pub struct AppendFile {
    path: PathBuf,
    /// Lines of an attempt whose outcome nobody knows may stand in the file: after a start, or when a failed batch could not be cut off.
    doubt: bool,
}

/// What happened to a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// Lines that stood there already and were not written again.
    pub already_there: usize,
}

impl AppendFile {
    /// Nothing is opened before the first batch.
    pub const fn new(path: PathBuf) -> Self {
        Self { path, doubt: true }
    }

    /// Appends lines (each without its end) and syncs them; all of them, or none.
    ///
    /// # Errors
    /// In words for people, with the cure where there is one. Nothing of the batch then stands in the file, or its lines are found
    /// there when the same batch comes again.
    pub async fn append(&mut self, lines: &[Vec<u8>]) -> Result<Appended, FileTrouble> {
        if lines.is_empty() {
            return Ok(Appended { already_there: 0 });
        }
        // Set first: a future that is dropped half-way leaves a doubt behind.
        let doubt = std::mem::replace(&mut self.doubt, true);
        let (mut file, created) = self.open().await?;
        let length = self.length(&file).await?;
        let end = self.tail(&mut file, length, doubt).await?;
        let plan = tail::plan(&end, lines, doubt);
        let written = self.write(&mut file, &plan.bytes, created).await;
        if let Err(error) = written {
            // Cut off what was written of it. If that fails too, the doubt stays and the next batch looks for its lines.
            let cut = async { file.set_len(length).await.and(file.sync_data().await) };
            self.doubt = cut.await.is_err() || doubt;
            return Err(trouble::of(&self.path, &error));
        }
        self.doubt = false;
        Ok(Appended { already_there: plan.already_there })
    }

    /// Opens the file that stands at the path now, locked against other writers of ours, and says whether it is a new one.
    async fn open(&self) -> Result<(File, bool), FileTrouble> {
        for _ in 0..3 {
            let created = tokio::fs::symlink_metadata(&self.path).await.is_err();
            let file = OpenOptions::new()
                .append(true)
                .read(true)
                .create(true)
                .mode(0o640)
                // A pipe without a reader would hold us for ever.
                .custom_flags(i32::try_from(OFlags::NONBLOCK.bits() | OFlags::NOCTTY.bits()).unwrap_or(0))
                .open(&self.path)
                .await
                .map_err(|e| trouble::of(&self.path, &e))?;
            self.lock(&file).await?;
            // Rotated while we waited for the lock? Then the lines belong into the new one.
            if self.still_there(&file).await {
                return Ok((file, created));
            }
        }
        Err(FileTrouble::Failed(format!("{} is replaced again and again while it is written", self.path.display())))
    }

    async fn lock(&self, file: &File) -> Result<(), FileTrouble> {
        for _ in 0..LOCK_TRIES {
            match rustix::fs::flock(file, FlockOperation::NonBlockingLockExclusive) {
                Err(rustix::io::Errno::WOULDBLOCK) => tokio::time::sleep(LOCK_PAUSE).await,
                // File systems without locks have nobody to keep out.
                Ok(()) | Err(_) => return Ok(()),
            }
        }
        Err(FileTrouble::Failed(format!("another program holds a lock on {}", self.path.display())))
    }

    async fn still_there(&self, file: &File) -> bool {
        match (file.metadata().await, tokio::fs::metadata(&self.path).await) {
            (Ok(open), Ok(there)) => (open.dev(), open.ino()) == (there.dev(), there.ino()),
            _ => false,
        }
    }

    async fn length(&self, file: &File) -> Result<u64, FileTrouble> {
        let meta = file.metadata().await.map_err(|e| trouble::of(&self.path, &e))?;
        if meta.is_file() {
            Ok(meta.len())
        } else {
            Err(FileTrouble::Failed(format!("{} is no regular file. Name a file, or use type = \"stdout\" for a pipe", self.path.display())))
        }
    }

    /// The end of the file: as much as an earlier batch may take when there is a doubt, else as much as tells whether its last line is
    /// whole.
    async fn tail(&self, file: &mut File, length: u64, doubt: bool) -> Result<Vec<u8>, FileTrouble> {
        let wanted = if doubt { TAIL } else { 1 };
        let mut end = read_end(file, length, wanted).await.map_err(|e| trouble::of(&self.path, &e))?;
        if !doubt && end.last().is_some_and(|&b| b != b'\n') {
            end = read_end(file, length, TAIL).await.map_err(|e| trouble::of(&self.path, &e))?;
        }
        Ok(end)
    }

    async fn write(&self, file: &mut File, bytes: &[u8], created: bool) -> std::io::Result<()> {
        if !bytes.is_empty() {
            file.write_all(bytes).await?;
            file.flush().await?;
        }
        // Lines that stand there already may not be on the disk yet.
        file.sync_data().await?;
        if created && let Some(folder) = self.path.parent() {
            // So that the new file's name is on the disk too. Not every file system lets a folder be synced.
            if let Ok(folder) = File::open(folder).await {
                let _ = folder.sync_all().await;
            }
        }
        Ok(())
    }
}

async fn read_end(file: &mut File, length: u64, wanted: u64) -> std::io::Result<Vec<u8>> {
    let from = length.saturating_sub(wanted);
    file.seek(SeekFrom::Start(from)).await?;
    let mut end = Vec::new();
    (&mut *file).take(length - from).read_to_end(&mut end).await?;
    Ok(end)
}
