//! Identities: a kind letter and 26 characters of Crockford base32 of a SHA-256 cut to 128 bits.
//!
//! An id is a hash of what makes the thing itself, so the same thing has the same id on every machine and every run.

use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

/// Crockford's base32 in lower case: no `i`, `l`, `o`, `u`.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Characters that spell 128 bits, five bits each.
const LENGTH: usize = 26;

/// Why a text is no id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no id: an id is a letter (a article, s story, w alert) and up to 26 letters and digits, such as `sa7k3f9q`")]
pub struct ParseIdError(pub String);

/// SHA-256 over length-prefixed parts, cut to 128 bits: no two lists of parts share their bytes.
pub fn hash128<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> [u8; 16] {
    let mut sha = Sha256::new();
    for part in parts {
        sha.update((part.len() as u64).to_be_bytes());
        sha.update(part);
    }
    let mut out = [0; 16];
    out.copy_from_slice(&sha.finalize()[..16]);
    out
}

fn spell(bytes: &[u8; 16]) -> [u8; LENGTH] {
    let mut value = u128::from_be_bytes(*bytes);
    let mut out = [b'0'; LENGTH];
    for slot in out.iter_mut().rev() {
        *slot = ALPHABET[(value & 31) as usize];
        value >>= 5;
    }
    out
}

fn unspell(text: &str) -> Option<u128> {
    text.bytes().try_fold(0u128, |value, byte| {
        let digit = ALPHABET.iter().position(|&c| c == byte.to_ascii_lowercase())?;
        if value >> 123 != 0 {
            return None;
        }
        Some(value << 5 | digit as u128)
    })
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $letter:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub [u8; 16]);

        impl $name {
            /// The letter that every id of this kind begins with.
            pub const LETTER: char = $letter;

            /// The first eight characters, as lists show them; commands take any unique prefix.
            pub fn short(&self) -> String {
                self.to_string().chars().take(8).collect()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let spelled = spell(&self.0);
                f.write_str(&format!("{}{}", $letter, String::from_utf8_lossy(&spelled)))
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                text.strip_prefix($letter)
                    .filter(|rest| rest.len() == LENGTH)
                    .and_then(unspell)
                    .map(|value| Self(value.to_be_bytes()))
                    .ok_or_else(|| ParseIdError(text.into()))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

id!(
    /// One entry of one feed: a hash of (feed identity, entry key).
    ArticleId, 'a');
id!(
    /// What several articles tell: a hash of its first article.
    StoryId, 's');
id!(
    /// One alert: a hash of (kind, watch, story, update).
    AlertId, 'w');

impl ArticleId {
    /// The id of the entry `key` of the feed whose identity (its name, else its canonical configured URL) is `feed`.
    pub fn of(feed: &str, key: &super::EntryKey) -> Self {
        Self(hash128([b"article".as_slice(), feed.as_bytes(), &key.0]))
    }
}

impl StoryId {
    /// The id of the story that begins with this article.
    pub fn of(first: &ArticleId) -> Self {
        Self(hash128([b"story".as_slice(), &first.0]))
    }
}

impl AlertId {
    /// The id of the `update`-th alert of `kind` ("alert.created", …) about `subject` (a story's id, or what else it is about) for a watch.
    pub fn of(kind: &str, watch: &str, subject: &[u8], update: u32) -> Self {
        Self(hash128([kind.as_bytes(), watch.as_bytes(), subject, &update.to_be_bytes()]))
    }
}

/// The beginning of an id as a person types it: a kind letter and at least one more character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdPrefix {
    /// `a`, `s` or `w`.
    pub letter: char,
    /// The smallest id that begins so.
    pub low: [u8; 16],
    /// The largest id that begins so.
    pub high: [u8; 16],
}

impl FromStr for IdPrefix {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        let wrong = || ParseIdError(text.into());
        let mut chars = text.chars();
        let letter = chars.next().filter(|c| "asw".contains(*c)).ok_or_else(wrong)?;
        let rest = chars.as_str();
        if rest.is_empty() || rest.len() > LENGTH {
            return Err(wrong());
        }
        let bound = |fill: char| -> Option<[u8; 16]> {
            let mut padded = rest.to_string();
            padded.extend(std::iter::repeat_n(fill, LENGTH - rest.len()));
            unspell(&padded).map(u128::to_be_bytes)
        };
        Ok(Self { letter, low: bound('0').ok_or_else(wrong)?, high: bound('z').ok_or_else(wrong)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::EntryKey;

    #[test]
    fn an_id_reads_back_as_it_was_spelled() {
        let id = ArticleId::of("report.az", &EntryKey([7; 16]));
        let text = id.to_string();
        assert_eq!(text.len(), 27);
        assert!(text.starts_with('a'));
        assert_eq!(text.parse(), Ok(id));
        assert!(text.parse::<StoryId>().is_err());
    }

    #[test]
    fn a_prefix_bounds_the_ids_that_begin_so() {
        let id = ArticleId([0xff; 16]);
        let prefix: IdPrefix = id.short().parse().unwrap();
        assert!(prefix.low <= id.0 && id.0 <= prefix.high);
        assert!("x123".parse::<IdPrefix>().is_err());
        assert!("a".parse::<IdPrefix>().is_err());
        assert!("aé".parse::<IdPrefix>().is_err());
    }

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(hash128([b"ab".as_slice(), b"c"]), hash128([b"a".as_slice(), b"bc"]));
    }
}
