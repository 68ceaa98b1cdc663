//! `demo`: see it work, without a configuration or a network.

use super::place::span;
use super::{Code, Exit, out};
use crate::app::clock::now;
use crate::demo;
use tokio_util::sync::CancellationToken;

/// Runs the demonstration until `stop`, or for a span.
pub async fn demo(length: Option<&str>, stop: CancellationToken) -> Result<(), Exit> {
    let length = length.map(span).transpose()?;
    let folder = Folder::make()?;
    out::note("An invented press publishes on loopback; Newswatch polls it with the shipped watches `eco` and `regional`. Ctrl-C ends it.");
    demo::run(&folder.0, now(), length, stop).await.map_err(|error| Exit::new(Code::Internal, error))
}

/// A folder that goes when the demonstration ends.
struct Folder(std::path::PathBuf);

impl Folder {
    fn make() -> Result<Self, Exit> {
        let path = std::env::temp_dir().join(format!("newswatch-demo-{}", std::process::id()));
        std::fs::create_dir_all(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
