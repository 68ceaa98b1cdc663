//! What a configuration says, as values: defaults filled in, paths absolute, secrets read.
//!
//! Must not know: TOML, files.

use super::{Dirs, Secret, SecretUrl, SinkSpec};
use crate::model::{ListSpec, Located, Origin, Problem, WatchSpec};
use jiff::tz::TimeZone;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// Seconds of a day.
const DAY: u64 = 24 * 60 * 60;

/// A whole configuration without a problem.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The main file, absolute.
    pub main: PathBuf,
    /// Everything that was read, absolute, the main file first, then includes and keyword files. Never a file that holds a secret.
    pub files: Vec<PathBuf>,
    /// Where state and logs are written.
    pub dirs: Dirs,
    /// `[store]`
    pub store: StoreSpec,
    /// `[fetch]`
    pub fetch: FetchSpec,
    /// `[alerts]`
    pub alerts: AlertsSpec,
    /// `[[feed]]`, with `[defaults]` applied.
    pub feeds: Vec<FeedSpec>,
    /// `[[watch]]`
    pub watches: Vec<WatchSpec>,
    /// `[[list]]`
    pub lists: Vec<ListSpec>,
    /// `[[sink]]`; without one, the standard output.
    pub sinks: Vec<SinkSpec>,
    /// What is worth a word and stops nothing.
    pub warnings: Vec<Problem>,
    /// Secrets that could not be read outside the service. They are among `warnings`; whoever means to use the secrets treats them as errors.
    pub unreadable_secrets: Vec<Problem>,
    /// The bytes of `files`, for [`super::keep`].
    pub(super) sources: Arc<[SourceFile]>,
}

/// A file as it was read.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct SourceFile {
    /// Where it stands, absolute.
    pub path: PathBuf,
    /// How messages name it.
    pub shown: PathBuf,
    /// What it said.
    pub bytes: Arc<[u8]>,
}

impl std::fmt::Debug for SourceFile {
    /// A URL in it may carry a password: no bytes.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({} bytes)", self.path.display(), self.bytes.len())
    }
}

/// `[store]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreSpec {
    /// The database's file, absolute.
    pub path: Located<PathBuf>,
    /// How long articles are kept.
    pub keep: Duration,
    /// How long alerts are kept, with their articles.
    pub keep_alerts: Duration,
    /// Bytes the database may take.
    pub max_size: u64,
}

impl StoreSpec {
    /// The defaults, for a database at `path`.
    pub fn new(path: PathBuf) -> Self {
        Self {
            path: Located::nowhere(path),
            keep: Duration::from_secs(90 * DAY),
            keep_alerts: Duration::from_secs(365 * DAY),
            max_size: 2_000_000_000,
        }
    }
}

/// `[fetch]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchSpec {
    /// Between two polls of one host.
    pub host_gap: Duration,
    /// An address in the user agent, for a publisher who wants a word with the operator.
    pub contact: Option<String>,
    /// Decoded bytes of one document that are read.
    pub max_body: u64,
}

impl Default for FetchSpec {
    fn default() -> Self {
        Self { host_gap: Duration::from_secs(1), contact: None, max_body: 10 << 20 }
    }
}

/// `[alerts]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertsSpec {
    /// How long a story collects copies before its first word goes out; zero: none.
    pub group_wait: Duration,
}

impl Default for AlertsSpec {
    fn default() -> Self {
        Self { group_wait: Duration::from_secs(60) }
    }
}

/// What the first poll of a feed alerts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlertAge {
    /// All that it finds, whatever its date.
    Any,
    /// Entries dated younger than this; undated ones count as old.
    Within(Duration),
}

/// How a feed's host is reached.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ProxySpec {
    /// Directly.
    #[default]
    None,
    /// Through this proxy (`http` or `https`), which is trusted.
    Url(SecretUrl),
}

/// Where a document that is no feed has its entries: selectors or paths, as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryRules {
    /// Each entry.
    pub items: Located<String>,
    /// In an entry.
    pub title: Option<Located<String>>,
    /// In an entry.
    pub link: Option<Located<String>>,
    /// In an entry.
    pub date: Option<Located<String>>,
    /// In an entry.
    pub summary: Option<Located<String>>,
}

/// One `[[feed]]`.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedSpec {
    /// Its `[[feed]]`.
    pub at: Option<Origin>,
    /// Its identity if set, else the canonical spelling of `url`.
    pub name: Option<Located<String>>,
    /// `http` or `https`.
    pub url: Located<SecretUrl>,
    /// `[feed.page]`: where a page has its entries, as CSS selectors.
    pub page: Option<EntryRules>,
    /// `[feed.json]`: where a JSON document has its entries.
    pub json: Option<EntryRules>,
    /// Fixed, at least a second; none: adaptive.
    pub interval: Option<Duration>,
    /// What the first poll alerts.
    pub first_poll_alert_age: AlertAge,
    /// What is older than this alerts nothing.
    pub max_alert_age: Duration,
    /// The feed may stand in a private network, or on this machine.
    pub allow_private: bool,
    /// Of dates that name no zone.
    pub timezone: Option<TimeZone>,
    /// BCP 47, lower case: of entries that do not say.
    pub lang: Option<String>,
    /// ISO 3166, two capitals.
    pub country: Option<String>,
    /// For `tags` of a watch and `tag:` of a query.
    pub tags: Vec<String>,
    /// Sent with every request, never to another host.
    pub headers: Vec<(String, Secret)>,
    /// Instead of our own.
    pub user_agent: Option<String>,
    /// How the host is reached.
    pub proxy: ProxySpec,
    /// Certificates (PEM) trusted for this feed in addition to the system's, absolute.
    pub ca_file: Option<PathBuf>,
    /// Never polled while true.
    pub paused: bool,
}

impl FeedSpec {
    /// The defaults, for a feed at `url`: for commands that know no configuration.
    pub fn new(url: Url) -> Self {
        Self {
            at: None,
            name: None,
            url: Located::nowhere(SecretUrl::literal(url)),
            page: None,
            json: None,
            interval: None,
            first_poll_alert_age: AlertAge::Within(Duration::from_secs(6 * 60 * 60)),
            max_alert_age: Duration::from_secs(30 * DAY),
            allow_private: false,
            timezone: None,
            lang: None,
            country: None,
            tags: Vec::new(),
            headers: Vec::new(),
            user_agent: None,
            proxy: ProxySpec::None,
            ca_file: None,
            paused: false,
        }
    }
}
