//! Pure: the watch language. Keywords and queries are parsed ([`syntax`]) and written flat ([`program`]); their words and phrases are kept
//! once for all watches ([`lexicon`]) and looked for in articles ([`search`]); what is found is told with its place and its reason.
//!
//! Must not know: feeds, the store, a clock, I/O.

mod cover;
mod explain;
mod hit;
mod index;
mod lexicon;
mod matcher;
mod meta;
mod near;
mod program;
mod refusal;
mod search;
mod syntax;
mod watch;
mod words;

pub use explain::Miss;
pub use matcher::{Found, Matcher, fmt, single};
pub use meta::Meta;
pub use near::{NearKind, NearMiss};
