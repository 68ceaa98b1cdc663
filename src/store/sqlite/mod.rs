//! The store in one SQLite file: one named thread owns the only connection that writes, two others read.
//!
//! From the outside in: `backend` (requests and their answers), `open` (taking possession: `files`, `lock`, `connect`, `migrate`, `ballast`),
//! `queue` and `task` (what reaches the writer), `writer` and `waiting` (one transaction after another, and what happens when the disk is full),
//! then one file per intent: `register`, `commit`, `decide`, `outbox`, `prune`, and `read` for every question.
//!
//! Must not know: anything beyond the store's face.

mod backend;
mod ballast;
mod columns;
mod commit;
mod connect;
mod decide;
mod failure;
mod files;
mod lock;
mod migrate;
mod open;
mod outbox;
mod prune;
mod queue;
pub(super) mod read;
mod readers;
mod register;
mod schema;
mod task;
mod text;
mod waiting;
mod writer;

pub use lock::{LockInfo, lock_holder};

pub(super) use backend::Sqlite;
pub(super) use failure::ask;
pub(super) use files::before as before_path;
pub(super) use open::open_reader;
