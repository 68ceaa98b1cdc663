//! A sink as it is written, before `deliver` compiles it.
//!
//! Must not know: how anything is delivered.

use super::{Secret, SecretUrl};
use crate::model::{Located, Origin, Severity};
use std::path::PathBuf;
use std::time::Duration;

/// One `[[sink]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SinkSpec {
    /// Its `[[sink]]`; none for the standard output that takes the place of a missing one.
    pub at: Option<Origin>,
    /// Unique; default: the type.
    pub name: Located<String>,
    /// Names of the watches it takes; empty: all.
    pub watches: Vec<Located<String>>,
    /// The least loud that it takes; none: all.
    pub severity: Option<Severity>,
    /// Which kinds it takes.
    pub kinds: Kinds,
    /// Of one attempt.
    pub timeout: Duration,
    /// At most so many deliveries.
    pub rate: Option<Rate>,
    /// What happens to a delivery whose outcome a crash has made unknown.
    pub on_unknown: OnUnknown,
    /// Where it goes.
    pub kind: SinkKind,
}

impl SinkSpec {
    /// The defaults, for a sink named `name`.
    pub fn new(name: &str, kind: SinkKind) -> Self {
        Self {
            at: None,
            name: Located::nowhere(name.into()),
            watches: Vec::new(),
            severity: None,
            kinds: Kinds::default(),
            timeout: Duration::from_secs(15),
            rate: None,
            on_unknown: OnUnknown::default(),
            kind,
        }
    }
}

/// Which kinds a sink takes; `test.sent` goes to every one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kinds {
    /// `alert.*`, `digest.created`, `watch.spiked`
    pub alert: bool,
    /// `health.changed`
    pub health: bool,
}

impl Default for Kinds {
    fn default() -> Self {
        Self { alert: true, health: true }
    }
}

/// At most `count` deliveries in each `per`, written "30/m".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// At least one.
    pub count: u32,
    /// A second, a minute, an hour or a day.
    pub per: Duration,
}

/// What happens to a delivery whose outcome a crash has made unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnUnknown {
    /// It is sent again: perhaps twice, never not at all.
    #[default]
    Resend,
    /// It is dropped: never twice, perhaps not at all.
    Drop,
}

/// How a line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// One line for people.
    #[default]
    Text,
    /// JSON Lines: the alert as developers read it.
    Jsonl,
}

/// Where a sink's alerts go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SinkKind {
    /// Standard output.
    Stdout {
        /// How a line is written.
        format: Format,
    },
    /// Appended to a file.
    File {
        /// Absolute.
        path: Located<PathBuf>,
        /// By default what its extension says.
        format: Format,
    },
    /// Posted, signed by the Standard Webhooks specification.
    Webhook {
        /// `http` or `https`.
        url: Located<SecretUrl>,
        /// None (unsigned), one, or two during a rotation, the newer first. As written: `deliver` judges their form.
        secrets: Vec<Secret>,
    },
}

impl SinkKind {
    /// As `type` spells it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Stdout { .. } => "stdout",
            Self::File { .. } => "file",
            Self::Webhook { .. } => "webhook",
        }
    }
}
