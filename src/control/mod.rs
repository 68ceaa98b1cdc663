//! How a command reaches the running daemon: JSON over HTTP/1 on a Unix socket beside the store (`POST /`, one [`Command`] in, one [`Reply`]
//! out). `app` hands the server a handler and does what the command asks.
//!
//! Must not know: what a command does.

mod client;
mod message;
mod server;

pub use client::{ControlError, send};
pub use message::{Command, FeedCounts, Live, Reply};
pub use server::Server;
