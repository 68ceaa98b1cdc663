//! Pure: the watch language. Keywords and queries are parsed ([`syntax`]), kept once for all watches ([`lexicon`]) and looked for in
//! articles; what is found is told with its place and its reason.
//!
//! Must not know: feeds, the store, a clock, I/O.

mod lexicon;
mod meta;
mod refusal;
mod syntax;
mod words;

pub use meta::Meta;
pub use refusal::Refusal;
