//! What is asked and answered.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// What a command asks of the daemon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case")]
pub enum Command {
    /// How is it going? Answered by [`Reply::Live`].
    Status,
    /// Load the configuration again. Answered by [`Reply::Reloaded`] or [`Reply::Refused`].
    Reload,
    /// Poll now. Answered by [`Reply::Polling`] or [`Reply::Unknown`].
    Poll {
        /// A feed's name, short name, identity or URL; none: every feed.
        feed: Option<String>,
        /// Also a feed that backs off, and without the validators of the last poll.
        force: bool,
    },
}

/// What the daemon answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reply", rename_all = "kebab-case")]
pub enum Reply {
    /// The answer to [`Command::Status`].
    Live(Box<Live>),
    /// The new configuration is in force.
    Reloaded {
        /// Feeds in it.
        feeds: usize,
        /// Watches in it.
        watches: usize,
        /// What works but deserves a look.
        warnings: Vec<String>,
    },
    /// The new configuration is broken; the old one stays in force.
    Refused {
        /// Every problem, as `file:line:col: …`.
        problems: Vec<String>,
    },
    /// Polls are on their way.
    Polling {
        /// How many.
        feeds: usize,
    },
    /// There is no such thing.
    Unknown {
        /// What was asked for, and what there is.
        message: String,
    },
    /// The daemon could not do it just now.
    Failed {
        /// Why.
        message: String,
    },
}

/// What only the running daemon knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Live {
    /// Of the program.
    pub version: String,
    /// Its process.
    pub pid: u32,
    /// When it started.
    pub started: Timestamp,
    /// The configuration's main file.
    pub config: PathBuf,
    /// When the running configuration was loaded.
    pub loaded: Timestamp,
    /// The problems of the configuration it should have started with, while it runs on the last one that loaded.
    pub kept: Vec<String>,
    /// The problems of the last reload, if it was refused.
    pub refused: Vec<String>,
    /// The database.
    pub store: PathBuf,
    /// Feeds by state, as the schedule has them.
    pub feeds: FeedCounts,
    /// Watches in force.
    pub watches: usize,
    /// Polls since the start.
    pub polls: u64,
    /// Seconds that the latest due poll is late.
    pub late: u64,
    /// Why it waits for disk space, if it does.
    pub disk_full: Option<String>,
    /// Loops that make no progress.
    pub stuck: Vec<String>,
}

/// How many feeds are configured, and how many are being polled this moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedCounts {
    /// Scheduled.
    pub configured: usize,
    /// Being polled.
    pub polling: usize,
}
