//! Two threads that answer questions, each with a connection of its own.

use super::super::{OpenError, StoreError};
use super::{connect, failure, files};
use rusqlite::Connection;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{mpsc, oneshot};

/// Threads.
const READERS: usize = 2;
/// Questions that may wait.
const QUESTIONS: usize = 64;

type Question = Box<dyn FnOnce(&Connection) + Send>;

enum Message {
    Ask(Question),
    Stop(oneshot::Sender<()>),
}

/// The askers' end. The threads end when it is dropped.
#[derive(Debug, Clone)]
pub struct Readers(mpsc::Sender<Message>);

impl Readers {
    /// Opens the connections and starts the threads.
    pub fn start(path: &Path) -> Result<Self, OpenError> {
        let (sender, receiver) = mpsc::channel(QUESTIONS);
        let receiver = Arc::new(Mutex::new(receiver));
        for n in 1..=READERS {
            let db = connect::reader(path)?;
            let receiver = receiver.clone();
            std::thread::Builder::new()
                .name(format!("store-reader-{n}"))
                .spawn(move || serve(db, &receiver))
                .map_err(|e| files::refusal(path, &e))?;
        }
        Ok(Self(sender))
    }

    /// Asks one question.
    pub async fn ask<T: Send + 'static>(&self, query: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        let question: Question = Box::new(move |db| {
            // Whoever asked may have gone meanwhile.
            let _ = reply.send(failure::ask(db, query));
        });
        self.0.send(Message::Ask(question)).await.map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Ends the threads after the questions that wait; their connections are closed when this returns.
    pub async fn stop(&self) {
        for _ in 0..READERS {
            let (reply, ended) = oneshot::channel();
            if self.0.send(Message::Stop(reply)).await.is_ok() {
                // An error says that it has ended, too.
                let _ = ended.await;
            }
        }
    }
}

fn serve(db: Connection, receiver: &Mutex<mpsc::Receiver<Message>>) {
    loop {
        let message = receiver.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv();
        match message {
            Some(Message::Ask(question)) => question(&db),
            Some(Message::Stop(ended)) => {
                drop(db);
                let _ = ended.send(());
                return;
            }
            None => return,
        }
    }
}
