//! What a watch found in an article.

use serde::{Deserialize, Serialize};

/// A part of an article that words stand in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Field {
    /// The headline.
    Title,
    /// The teaser.
    Summary,
    /// The body.
    Content,
}

impl Field {
    /// As JSON spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Summary => "summary",
            Self::Content => "content",
        }
    }
}

/// One occurrence: where, what, and how it was found. Offsets are bytes of UTF-8 into the field's plain text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The field it stands in.
    pub field: Field,
    /// The matched text as published.
    pub text: String,
    /// Up to 40 characters before it, cut at a word.
    pub before: String,
    /// Up to 40 characters after it, cut at a word.
    pub after: String,
    /// The keyword or clause, as the analyst wrote it.
    pub clause: String,
    /// How the text matched: `whole`, `ending -ın`, `joined`, `acronym`, … (`query` names them).
    pub form: String,
    /// First byte.
    pub byte_start: usize,
    /// One past the last byte.
    pub byte_end: usize,
}

/// A watch's find in one article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// The watch's name.
    pub watch: String,
    /// SCORE's sum, else the number of occurrences.
    pub score: i64,
    /// In order of field and place; never empty for a watch that names words.
    pub spans: Vec<Span>,
}
