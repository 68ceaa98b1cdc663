//! The way to the writer: bounded by bytes, polls apart from everything else, so that polls that wait for space keep no delivery out.

use super::super::StoreError;
use super::task::{Kind, Task};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

/// Bytes of one permit.
const UNIT: usize = 16 << 10;
/// Permits of polls: 16 MiB of compressed articles.
const POLLS: u32 = 1024;
/// Permits of everything else.
const OTHERS: u32 = 256;

/// What the writer takes from the queue.
pub enum Message {
    /// Something to do.
    Do(Box<dyn Task>),
    /// Finish, then say so.
    Stop(oneshot::Sender<()>),
}

/// The senders' end.
#[derive(Debug, Clone)]
pub struct Queue {
    polls: Arc<Semaphore>,
    others: Arc<Semaphore>,
    sender: SyncSender<Message>,
}

/// A queue and its end.
pub fn queue() -> (Queue, Receiver<Message>) {
    // A message holds a permit at least, so there is always room for it; the rest is for stops and for claims that are given back.
    let (sender, receiver) = sync_channel(POLLS as usize + OTHERS as usize + 1024);
    (Queue { polls: Arc::new(Semaphore::new(POLLS as usize)), others: Arc::new(Semaphore::new(OTHERS as usize)), sender }, receiver)
}

impl Queue {
    /// Waits for room for a task of so many bytes. One that is larger than all the room takes all of it.
    pub async fn room(&self, kind: Kind, bytes: usize) -> Result<OwnedSemaphorePermit, StoreError> {
        let (permits, all) = match kind {
            Kind::Poll => (&self.polls, POLLS),
            Kind::Other => (&self.others, OTHERS),
        };
        let units = u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(all).clamp(1, all);
        permits.clone().acquire_many_owned(units).await.map_err(|_| StoreError::Closed)
    }

    /// Hands a message to the writer.
    pub fn send(&self, message: Message) -> Result<(), StoreError> {
        self.sender.try_send(message).map_err(|_| StoreError::Closed)
    }
}
