//! One article, in the one shape that `parse --entries`, `match`, alerts and the API share.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What makes an entry the same entry in the next document of its feed: a 128-bit hash, made by `feed`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryKey(pub [u8; 16]);

/// The article object of the surface. Every key is always written, `null` where unknown; on input only `title` is needed,
/// unknown keys are ignored and missing ones are taken for null. Times are RFC 3339 in UTC.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Article {
    /// Spelled [`super::ArticleId`]; from outside any text, echoed as given.
    pub id: Option<String>,
    /// The publisher's own identity of the entry.
    pub guid: Option<String>,
    /// Plain text, one line.
    pub title: Option<String>,
    /// Absolute.
    pub link: Option<String>,
    /// As the publisher dates it; none where it does not say.
    pub published: Option<Timestamp>,
    /// As the publisher dates its last change.
    pub updated: Option<Timestamp>,
    /// When we first saw it.
    pub fetched: Option<Timestamp>,
    /// BCP 47, lower case, as declared by the entry, else guessed.
    pub lang: Option<String>,
    /// The feed's short name.
    pub feed: Option<String>,
    /// The outlet an aggregator took it from.
    #[serde(deserialize_with = "null_is_default")]
    pub source: Source,
    /// Names.
    #[serde(deserialize_with = "null_is_default")]
    pub authors: Vec<String>,
    /// The publisher's categories.
    #[serde(deserialize_with = "null_is_default")]
    pub tags: Vec<String>,
    /// As published (HTML allowed) from `parse` and into `match`; plain text once stored.
    pub summary: Option<String>,
    /// As `summary`.
    pub content: Option<String>,
    /// Attached files.
    #[serde(deserialize_with = "null_is_default")]
    pub enclosures: Vec<Enclosure>,
}

/// An outlet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Source {
    /// Its name.
    pub title: Option<String>,
    /// Its site.
    pub url: Option<String>,
}

/// An attached file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Enclosure {
    /// Absolute.
    pub url: Option<String>,
    /// Media type.
    pub r#type: Option<String>,
    /// Bytes.
    pub length: Option<u64>,
}

fn null_is_default<'de, T, D>(d: D) -> Result<T, D::Error>
where
    T: Default + Deserialize<'de>,
    D: serde::Deserializer<'de>,
{
    Ok(Option::<T>::deserialize(d)?.unwrap_or_default())
}
