//! An article's words as they are stored: zstd over JSON, encoded once, before the writer sees them.
//!
//! What lists, ages and finds an article stands in columns; everything else is here.

use crate::model::{Article, Enclosure, Source};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use zstd::bulk::{Compressor, Decompressor};
use zstd::zstd_safe::{CParameter, compress_bound, get_frame_content_size};

/// Higher levels save a few hundredths of the space for twice the time.
const LEVEL: i32 = 1;
/// Bytes that a repetition has at least. Shorter ones would save 4 % of the space for a third more time.
const MIN_MATCH: u32 = 7;
/// Bytes of space that a thread keeps for the next text.
const KEPT: usize = 256 << 10;
/// No article is larger: `feed` cuts them far below.
const LARGEST: u64 = 256 << 20;

/// Why stored words cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum TextError {
    #[error("{0}")]
    Zstd(#[from] std::io::Error),
    #[error("{0}")]
    Json(#[from] serde_json::Error),
    #[error("its length is not credible")]
    Length,
}

#[derive(Serialize)]
struct Written<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    guid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated: Option<Timestamp>,
    #[serde(skip_serializing_if = "is_default")]
    source: &'a Source,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    authors: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    tags: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    enclosures: &'a [Enclosure],
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Stored {
    title: Option<String>,
    summary: Option<String>,
    content: Option<String>,
    guid: Option<String>,
    updated: Option<Timestamp>,
    source: Source,
    authors: Vec<String>,
    tags: Vec<String>,
    enclosures: Vec<Enclosure>,
}

fn is_default(source: &&Source) -> bool {
    **source == Source::default()
}

/// A compressor and the space that one text after the other takes.
struct Encoder {
    compressor: Compressor<'static>,
    json: Vec<u8>,
    packed: Vec<u8>,
}

impl Encoder {
    fn new() -> Result<Self, TextError> {
        let mut compressor = Compressor::new(LEVEL)?;
        compressor.set_parameter(CParameter::MinMatch(MIN_MATCH))?;
        Ok(Self { compressor, json: Vec::new(), packed: Vec::new() })
    }

    fn encode(&mut self, words: &Written<'_>) -> Result<Vec<u8>, TextError> {
        self.json.clear();
        self.packed.clear();
        serde_json::to_writer(&mut self.json, words)?;
        self.packed.reserve(compress_bound(self.json.len()));
        self.compressor.compress_to_buffer(&self.json, &mut self.packed)?;
        let body = self.packed.as_slice().into();
        // One huge article does not hold its space for good.
        self.json.shrink_to(KEPT);
        self.packed.shrink_to(KEPT);
        Ok(body)
    }
}

thread_local! {
    // A compressor takes longer to make than an article to compress.
    static ENCODER: RefCell<Option<Encoder>> = const { RefCell::new(None) };
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// The words of `article`, to be stored.
pub fn encode(article: &Article) -> Result<Vec<u8>, TextError> {
    let written = Written {
        title: article.title.as_deref(),
        summary: article.summary.as_deref(),
        content: article.content.as_deref(),
        guid: article.guid.as_deref(),
        updated: article.updated,
        source: &article.source,
        authors: &article.authors,
        tags: &article.tags,
        enclosures: &article.enclosures,
    };
    ENCODER.with_borrow_mut(|slot| {
        let encoder = match slot {
            Some(encoder) => encoder,
            None => slot.insert(Encoder::new()?),
        };
        encoder.encode(&written)
    })
}

/// Stored words, put into `article`.
pub fn decode(bytes: &[u8], article: &mut Article) -> Result<(), TextError> {
    let length = get_frame_content_size(bytes).ok().flatten().filter(|n| *n <= LARGEST).ok_or(TextError::Length)?;
    let json = DECOMPRESSOR.with_borrow_mut(|slot| -> Result<_, TextError> {
        let decompressor = match slot {
            Some(decompressor) => decompressor,
            None => slot.insert(Decompressor::new()?),
        };
        Ok(decompressor.decompress(bytes, usize::try_from(length).unwrap_or_default())?)
    })?;
    let stored: Stored = serde_json::from_slice(&json)?;
    article.title = stored.title;
    article.summary = stored.summary;
    article.content = stored.content;
    article.guid = stored.guid;
    article.updated = stored.updated;
    article.source = stored.source;
    article.authors = stored.authors;
    article.tags = stored.tags;
    article.enclosures = stored.enclosures;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_back_as_they_were() {
        let article = Article {
            guid: Some("tag:example,2026:1".into()),
            title: Some("İran ilə «əməkdaşlıq»".into()),
            updated: Some("2026-11-24T10:00:00.123456789Z".parse().unwrap()),
            source: Source { title: Some("Outlet".into()), url: None },
            authors: vec!["A. B.".into()],
            tags: vec!["politics".into(), String::new()],
            summary: Some("line one\nline two \u{0} \u{2028}".into()),
            content: Some("همکاری‌های منطقه‌ای ".repeat(500)),
            enclosures: vec![Enclosure { url: Some("https://x.test/a.mp3".into()), r#type: None, length: Some(u64::MAX) }],
            ..Article::default()
        };
        let bytes = encode(&article).unwrap();
        assert!(bytes.len() < 2000, "{}", bytes.len());
        let mut back = Article::default();
        decode(&bytes, &mut back).unwrap();
        assert_eq!(back, article);
    }

    #[test]
    fn nothing_and_nonsense() {
        let mut back = Article::default();
        decode(&encode(&Article::default()).unwrap(), &mut back).unwrap();
        assert_eq!(back, Article::default());
        for bytes in [&b""[..], b"no zstd", &[0x28, 0xb5, 0x2f, 0xfd, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]] {
            assert!(decode(bytes, &mut back).is_err());
        }
    }
}
