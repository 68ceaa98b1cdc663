//! The few types that three rooms or more hold. Plain data, no logic beyond spelling and identity.
//!
//! Must not know: any other room, a clock, I/O.

mod alert;
mod article;
mod hit;
mod id;
mod problem;
mod watch;

pub use alert::{AlertArticle, AlertBody, AlsoIn, HitLine};
pub use article::{Article, Enclosure, EntryKey, Source};
pub use hit::{Field, Hit, Span};
pub use id::{AlertId, ArticleId, IdPrefix, ParseIdError, StoryId, hash128};
pub use problem::{Located, Origin, Problem};
pub use watch::{KeywordSpec, ListSpec, Severity, WatchSpec};
