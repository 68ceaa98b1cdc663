//! Where a value was written, and what is wrong with it.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// A place in a configuration file. Lines and columns count from 1, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Origin {
    /// The file, as a person should see it named.
    pub file: Arc<Path>,
    /// Line from 1.
    pub line: u32,
    /// Column from 1, in characters.
    pub column: u32,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file.display(), self.line, self.column)
    }
}

/// A value and where it was written; none for one that came from elsewhere (a command line, a default).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Its first character (inside the quotes of a string).
    pub at: Option<Origin>,
}

impl<T> Located<T> {
    /// A value that stands in no file.
    pub const fn nowhere(value: T) -> Self {
        Self { value, at: None }
    }
}

/// Something a person wrote that cannot be used, in the words they read: what is wrong and what to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where, if it stands in a file.
    pub at: Option<Origin>,
    /// What is wrong, and what to write.
    pub message: String,
}

impl Problem {
    /// A problem with the value at `at`.
    pub fn new(at: Option<Origin>, message: impl Into<String>) -> Self {
        Self { at, message: message.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.at {
            Some(at) => write!(f, "{at}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}
