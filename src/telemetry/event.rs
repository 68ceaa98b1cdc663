//! Everything the daemon says of itself, as one enum: the sentence a person reads in the log stands here and nowhere else.

use std::path::PathBuf;

/// Something happened that an operator may want to know. [`Event::emit`] writes it to the log.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)] // the sentences below say what the members are
pub enum Event<'a> {
    /// The first line of a start.
    Started {
        feeds: usize,
        watches: usize,
    },
    /// What runs, and from where; said once at start.
    Using {
        config: PathBuf,
        store: PathBuf,
        sinks: String,
    },
    /// A start with a broken configuration went on with the last one that loaded.
    KeptConfiguration {
        problems: &'a [String],
    },
    /// Something in the configuration that works but deserves a look.
    Warning {
        text: &'a str,
    },
    Reloaded {
        feeds: usize,
        watches: usize,
    },
    ReloadRefused {
        problems: &'a [String],
    },
    /// A feed's state changed.
    Feed {
        name: &'a str,
        state: &'a str,
        reason: Option<&'a str>,
    },
    /// A feed's job panicked.
    Quarantined {
        name: &'a str,
        panic: &'a str,
    },
    /// A watch would have cost too much on an article: nobody knows whether it matches.
    TooDear {
        watch: &'a str,
        feed: &'a str,
        article: &'a str,
    },
    /// The store waits for space.
    DiskFull {
        reason: &'a str,
    },
    DiskBack,
    /// A loop does not move; the watchdog is not fed.
    Stuck {
        loops: &'a [String],
    },
    /// A loop ended that should not have.
    TaskFailed {
        name: &'a str,
        error: &'a str,
    },
    Stopping {
        why: &'a str,
    },
    Stopped {
        polls: u64,
        alerts: u64,
    },
}

impl Event<'_> {
    /// Writes one line (or one per problem) to the log.
    pub fn emit(&self) {
        match self {
            Self::Started { feeds, watches } => {
                tracing::info!("newswatch started: {feeds} feeds, {watches} watches");
                if *feeds == 0 {
                    tracing::info!("no feeds yet: write [[feed]] into the configuration, then `newswatch reload`");
                }
            }
            Self::Using { config, store, sinks } => {
                tracing::info!("configuration {}, database {}, alerts go to {sinks}", config.display(), store.display());
            }
            Self::KeptConfiguration { problems } => {
                tracing::error!("the configuration is broken; running on the last one that loaded. Mend this, then `newswatch reload`:");
                problems.iter().for_each(|p| tracing::error!("{p}"));
            }
            Self::Warning { text } => tracing::warn!("{text}"),
            Self::Reloaded { feeds, watches } => tracing::info!("reloaded: {feeds} feeds, {watches} watches"),
            Self::ReloadRefused { problems } => {
                problems.iter().for_each(|p| tracing::error!("reload refused: {p}"));
                tracing::error!("the running configuration stays in force");
            }
            Self::Feed { name, state, reason: Some(reason) } => tracing::warn!("feed {name}: {state}: {reason}"),
            Self::Feed { name, state, reason: None } => tracing::info!("feed {name}: {state}"),
            Self::Quarantined { name, panic } => tracing::error!("feed {name}: quarantined, reading it broke the program: {panic}"),
            Self::TooDear { watch, feed, article } => {
                tracing::error!(
                    "watch {watch}: an article of {feed} repeats its words so often that it was not matched; look at it yourself: {article}"
                );
            }
            Self::DiskFull { reason } => tracing::error!("waiting for disk space: {reason}. Nothing is lost; polling goes on once there is room."),
            Self::DiskBack => tracing::info!("there is disk space again; going on"),
            Self::Stuck { loops } => tracing::error!("no progress in {}; the watchdog is not fed", loops.join(", ")),
            Self::TaskFailed { name, error } => tracing::error!("{name} failed: {error}"),
            Self::Stopping { why } => tracing::info!("stopping: {why}"),
            Self::Stopped { polls, alerts } => tracing::info!("stopped after {polls} polls and {alerts} alerts"),
        }
    }
}
