//! The one guarded HTTP client: feeds, articles and webhooks are all fetched and sent through it.
//!
//! It knows addresses it must not reach (`address`, `resolve`), deadlines and sizes (`body`), what redirects may do (`get`), and how a
//! failure is said to a person (`error`). Must not know: what a feed is, what is stored, who is alerted, the wall clock (`now` is an
//! argument; deadlines are monotonic).

mod address;
mod body;
mod client;
mod error;
mod get;
mod headers;
mod hop;
mod post;
mod resolve;
mod settings;
mod tls;

pub use address::is_public;
pub use body::{BodyPermit, CutBy};
pub use client::Fetcher;
pub use error::{FetchError, Kind, status_reason};
pub use get::{Fetched, Request};
pub use headers::{cache_max_age, retry_after};
pub use post::{Post, Posted};
pub use resolve::{Lookup, LookupFuture};
pub use settings::{Deadlines, Settings};
