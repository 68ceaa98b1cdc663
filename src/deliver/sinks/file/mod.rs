//! A file: text lines for people, or JSON Lines.
//!
//! Must not know: the outbox.

mod append;
mod tail;
#[cfg(test)]
mod tests;
mod trouble;

use super::render::Render;
use crate::deliver::outlet::{Outlet, Report, Trouble, Verdict};
use crate::store::Delivery;
use append::AppendFile;
use jiff::Timestamp;
use std::path::PathBuf;
use trouble::FileTrouble;

pub(in crate::deliver) use trouble::check_folder;

/// Lines of one batch.
const MOST: usize = 200;
/// Bytes after which a batch is written: well under what [`append`] looks back on after a crash.
const BATCH_BYTES: usize = 1 << 20;

/// A file that alerts are appended to.
#[derive(Debug)]
pub(in crate::deliver) struct FileSink {
    file: AppendFile,
    render: Render,
}

impl FileSink {
    pub(super) const fn new(path: PathBuf, render: Render) -> Self {
        Self { file: AppendFile::new(path), render }
    }
}

impl Outlet for FileSink {
    fn most(&self) -> usize {
        MOST
    }

    async fn send(&mut self, batch: &[Delivery], _now: Timestamp) -> Report {
        let mut lines = Vec::new();
        let mut bytes = 0;
        for delivery in batch {
            match self.render.line(&delivery.body) {
                Ok(line) => {
                    bytes += line.len();
                    lines.push(line);
                }
                Err(reason) if lines.is_empty() => return Report::one(Verdict::Unsendable(reason)),
                // First the lines before it.
                Err(_) => break,
            }
            if bytes >= BATCH_BYTES {
                break;
            }
        }
        match self.file.append(&lines).await {
            Ok(_) => Report::sent(lines.len()),
            Err(FileTrouble::Full(reason)) => Report::trouble(Trouble::Full(reason)),
            Err(FileTrouble::Failed(reason)) => Report::trouble(Trouble::down(reason)),
        }
    }
}
