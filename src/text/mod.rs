//! Pure: HTML to text, the fold, words and their forms, ordinary endings, spans back to the plain text (QUERY.md, "Words", "Fields").
//!
//! [`Document`] is an article as words are looked for in it; `forms`, `fold` and [`endings`] are the same rules for one word, as queries
//! want them. Must not know: queries, feeds, a clock, I/O.

mod chars;
mod document;
pub mod endings;
mod entities;
mod fold;
mod forms;
mod gap;
pub mod hash;
mod hashtag;
mod html;
mod pairs;
mod scan;
mod teaser;
mod token;

pub use chars::{is_apostrophe, is_cjk};
pub use document::Document;
pub use fold::{Word, exact, fold, fold_letters};
pub use forms::{FormKind, WordForm, forms};
pub use html::html_to_text;
pub use pairs::Pair;
pub use token::{Form, Gap, Hashtag, Token};
