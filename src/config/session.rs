//! One reading of a configuration: where files and variables come from, what was read, and what there is to say.
//!
//! Must not know: what any key means.

use super::reader::{Doc, Report};
use super::source::Files;
use super::spec::SourceFile;
use super::{Dirs, Vars};
use crate::model::{Located, Problem};
use std::io;
use std::path::{Path, PathBuf};

/// See the module.
pub(super) struct Session<'e> {
    /// What there is to say.
    pub report: Report,
    /// The environment.
    pub vars: Vars<'e>,
    /// The disk, or what stands in for it.
    pub files: &'e dyn Files,
    /// Where what is written goes.
    pub dirs: Dirs,
    /// Every file read so far.
    pub read: Vec<SourceFile>,
    /// Secrets that could not be read outside the service.
    pub unreadable: Vec<Problem>,
    /// Every name that was given, also to what has a problem elsewhere.
    pub names: Names,
}

/// Names by what they name, in the order of the files.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Of `[[feed]]`.
    pub feeds: Vec<Located<String>>,
    /// Of `[[watch]]`.
    pub watches: Vec<Located<String>>,
    /// Of `[[list]]`.
    pub lists: Vec<Located<String>>,
    /// Of `[[sink]]`.
    pub sinks: Vec<Located<String>>,
}

impl Session<'_> {
    /// Reads a file and remembers that.
    ///
    /// # Errors
    /// As the place it comes from.
    pub fn open(&mut self, path: &Path, shown: &Path) -> io::Result<Vec<u8>> {
        let bytes = self.files.read(path)?;
        if !self.read.iter().any(|file| file.path == path) {
            self.read.push(SourceFile { path: path.into(), shown: shown.into(), bytes: bytes.as_slice().into() });
        }
        Ok(bytes)
    }

    /// systemd runs us: what is missing here is missing for good.
    pub fn in_service(&self) -> bool {
        ["STATE_DIRECTORY", "NOTIFY_SOCKET"].iter().any(|name| (self.vars)(name).is_some())
    }
}

/// What is read is relative to the file that names it: its path, and how messages name it.
pub(super) fn beside(doc: &Doc<'_>, named: &str) -> (PathBuf, PathBuf) {
    let join = |file: &Path| file.parent().unwrap_or(Path::new("")).join(named);
    (join(&doc.source.path), join(&doc.source.shown))
}
