//! What the running daemon does about a command.

use super::live::Shared;
use super::poll::PollCommand;
use crate::control::{Command, FeedCounts, Live, Reply};
use crate::store::Store;
use crate::telemetry::Progress;
use jiff::Timestamp;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::sync::{mpsc, oneshot};

/// A reload somebody waits for.
pub type ReloadRequest = oneshot::Sender<Reply>;

/// Answers commands.
#[derive(Debug, Clone)]
pub struct Handler {
    /// The rules and the figures.
    pub shared: Arc<Shared>,
    /// The store.
    pub store: Store,
    /// Whether loops move.
    pub progress: Progress,
    /// To the poll loop.
    pub poll: mpsc::Sender<PollCommand>,
    /// To whoever reloads.
    pub reload: mpsc::Sender<ReloadRequest>,
    /// When the program started.
    pub started: Timestamp,
    /// The main file.
    pub config: PathBuf,
    /// The database.
    pub database: PathBuf,
}

impl Handler {
    /// Does what `command` asks.
    pub async fn handle(self, command: Command) -> Reply {
        let ending = || Reply::Failed { message: "newswatch is stopping".into() };
        match command {
            Command::Status => Reply::Live(Box::new(self.live().await)),
            Command::Reload => {
                let (reply, answer) = oneshot::channel();
                if self.reload.send(reply).await.is_err() {
                    return ending();
                }
                answer.await.unwrap_or_else(|_| ending())
            }
            Command::Poll { feed, force } => {
                let (reply, answer) = oneshot::channel();
                if self.poll.send(PollCommand::Now { feed: feed.clone(), force, reply }).await.is_err() {
                    return ending();
                }
                match answer.await {
                    Ok(Some(feeds)) => Reply::Polling { feeds },
                    Ok(None) => Reply::Unknown { message: format!("no feed {:?}; `newswatch feeds list` shows them", feed.unwrap_or_default()) },
                    Err(_) => ending(),
                }
            }
        }
    }

    async fn live(&self) -> Live {
        let notes = self.shared.notes();
        let figures = &self.shared.figures;
        Live {
            version: env!("CARGO_PKG_VERSION").into(),
            pid: std::process::id(),
            started: self.started,
            config: self.config.clone(),
            loaded: notes.loaded.unwrap_or(self.started),
            kept: notes.kept,
            refused: notes.refused,
            store: self.database.clone(),
            feeds: FeedCounts { configured: figures.feeds.load(Ordering::Relaxed), polling: figures.polling.load(Ordering::Relaxed) },
            watches: self.shared.rules.read().await.matcher.watch_names().len(),
            polls: figures.polls.load(Ordering::Relaxed),
            late: figures.late.load(Ordering::Relaxed),
            disk_full: self.store.full().borrow().clone(),
            stuck: self.progress.stuck(),
        }
    }
}
