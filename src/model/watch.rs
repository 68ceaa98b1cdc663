//! A watch as it is written, before `query` compiles it.

use super::Located;
use serde::{Deserialize, Serialize};

/// How loud an alert is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// For the record.
    Low,
    /// The default.
    #[default]
    Normal,
    /// Soon.
    High,
    /// At once: no group wait, no quiet hours.
    Flash,
}

impl Severity {
    /// As configuration and JSON spell it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Flash => "flash",
        }
    }
}

/// One keyword with the conditions that are its own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeywordSpec {
    /// The keyword as written.
    pub keyword: Located<String>,
    /// The article must also contain one of these.
    pub with: Vec<Located<String>>,
    /// The article must contain none of these.
    pub without: Vec<Located<String>>,
    /// An occurrence inside one of these does not count.
    pub except: Vec<Located<String>>,
    /// Its own `endings`, else the watch's.
    pub endings: Option<bool>,
}

/// One `[[watch]]`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WatchSpec {
    /// Unique.
    pub name: Located<String>,
    /// One rule an analyst can remember. Empty when there is a `query`.
    pub keywords: Vec<KeywordSpec>,
    /// The watch language, instead of keywords.
    pub query: Option<Located<String>>,
    /// The query may consist of what no index can find; it is then tried on every article.
    pub allow_scan: bool,
    /// An occurrence inside one of these does not count.
    pub except: Vec<Located<String>>,
    /// The article must also contain one of these.
    pub with: Vec<Located<String>>,
    /// The article must contain none of these.
    pub without: Vec<Located<String>>,
    /// Words match with their ordinary endings.
    pub endings: bool,
    /// Texts that it must hit.
    pub must_hit: Vec<Located<String>>,
    /// Texts that it must not hit.
    pub must_miss: Vec<Located<String>>,
    /// Only in feeds of these names.
    pub feeds: Vec<String>,
    /// Only in feeds or articles with one of these tags.
    pub tags: Vec<String>,
    /// Only in these languages; an article whose language is unknown passes.
    pub langs: Vec<String>,
    /// Sinks that get its alerts; empty: all that want them.
    pub sinks: Vec<Located<String>>,
    /// Of its alerts.
    pub severity: Severity,
    /// Finds nothing while true.
    pub paused: bool,
}

/// One `[[list]]`: what `@name` stands for in a query. Its items follow the keyword rule.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListSpec {
    /// Unique.
    pub name: Located<String>,
    /// Keywords.
    pub items: Vec<Located<String>>,
}
