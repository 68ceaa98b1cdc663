//! Every backend, one suite.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::string_slice, clippy::print_stderr, clippy::disallowed_methods)] // a test fails by panicking

mod store_suite;

use newswatch::store::{Options, Store};
use std::path::Path;
use store_suite::Site;

/// A file in a directory of its own.
struct SqliteFile(tempfile::TempDir);

impl Site for SqliteFile {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn open_with(&self, change: impl FnOnce(&mut Options)) -> Store {
        let mut options = Options { ballast: 0, ..Options::at(self.0.path().join("state/newswatch.db")) };
        change(&mut options);
        Store::open(&options, Path::new("/run/newswatch/control.sock")).unwrap()
    }
}

store_suite!(SqliteFile);
