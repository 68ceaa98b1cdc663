//! Requests and their answers: what the face asks becomes a task for the writer or a question for a reader.

use super::super::{
    Committed, Delivery, FeedHealth, FeedRow, FeedState, OpenError, Options, PollOutcome, Pruned, Settled, SinkState, StoreError, say,
};
use super::columns::{counted, day, micros, time};
use super::commit::{Commit, Poll};
use super::prune::{Age, Forget, Keep, Shrink, Shrunk};
use super::queue::{Message, Queue};
use super::readers::Readers;
use super::task::{Kind, Request, Undo, Work};
use super::{commit, decide, open, outbox, prune, read, register};
use crate::alert::{Decision, Undecided};
use crate::model::EntryKey;
use jiff::Timestamp;
use rusqlite::Connection;
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{oneshot, watch};

/// The store, shared by its clones.
#[derive(Debug, Clone)]
pub struct Sqlite(Arc<Shared>);

/// What an opened store consists of.
pub struct Parts {
    pub queue: Queue,
    pub readers: Readers,
    pub full: watch::Receiver<Option<String>>,
    pub keep: Keep,
    pub outbox_cap: u64,
}

#[derive(Debug)]
struct Shared {
    queue: Queue,
    readers: Readers,
    full: watch::Receiver<Option<String>>,
    keep: Mutex<Keep>,
    outbox_cap: u64,
    /// The hour last told. The store has no clock; what comes without an hour of its own is dated by it.
    heard: AtomicI64,
}

type Answer<T> = Result<T, StoreError>;

impl Sqlite {
    pub fn new(parts: Parts) -> Self {
        let Parts { queue, readers, full, keep, outbox_cap } = parts;
        Self(Arc::new(Shared { queue, readers, full, keep: Mutex::new(keep), outbox_cap, heard: AtomicI64::new(0) }))
    }

    pub fn open(options: &Options, control_socket: &Path) -> Result<Self, OpenError> {
        open::open(options, control_socket)
    }

    fn hear(&self, now: Timestamp) {
        // Of all hours only the last one that there is stands for none.
        if now != Timestamp::MAX {
            self.0.heard.store(micros(now), Ordering::Relaxed);
        }
    }

    fn heard(&self) -> Timestamp {
        time(self.0.heard.load(Ordering::Relaxed))
    }

    async fn write<I: Send + 'static, O: Send + 'static>(&self, input: I, rows: usize, bytes: usize, work: Work<I, O>) -> Answer<O> {
        self.request(input, rows, bytes, work, None).await?.await.map_err(|_| StoreError::Closed)?
    }

    /// Hands a request to the writer; the answer comes by the receiver.
    async fn request<I: Send + 'static, O: Send + 'static>(
        &self,
        input: I,
        rows: usize,
        bytes: usize,
        work: Work<I, O>,
        undo: Option<Undo<I, O>>,
    ) -> Answer<oneshot::Receiver<Answer<O>>> {
        let permit = self.0.queue.room(Kind::Other, bytes).await?;
        let (reply, answer) = oneshot::channel();
        self.0.queue.send(Message::Do(Box::new(Request { input, rows, work, undo, _permit: Some(permit), reply: Some(reply), output: None })))?;
        Ok(answer)
    }

    pub async fn read<T: Send + 'static>(&self, query: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static) -> Answer<T> {
        self.0.readers.ask(query).await
    }

    pub async fn register(&self, rows: Vec<FeedRow>, now: Timestamp) -> Answer<Vec<FeedState>> {
        self.hear(now);
        let (n, bytes) = (rows.len(), rows.len() * 256);
        self.write(register::Feeds { rows }, n, bytes, register::feeds).await
    }

    pub async fn register_sinks(&self, names: Vec<String>, now: Timestamp) -> Answer<()> {
        self.hear(now);
        let n = names.len();
        self.write(register::Sinks { names }, n, 0, register::sinks).await
    }

    pub async fn next_generation(&self) -> Answer<u64> {
        self.write((), 1, 0, register::next_generation).await
    }

    pub async fn known(&self, feed: &str, keys: Vec<EntryKey>) -> Answer<Vec<bool>> {
        let feed = feed.to_string();
        self.read(move |db| commit::known(db, &feed, &keys)).await
    }

    pub async fn commit(&self, outcome: PollOutcome) -> Answer<Committed> {
        self.hear(outcome.at);
        let poll = Poll::encode(outcome).await?;
        let permit = self.0.queue.room(Kind::Poll, poll.bytes()).await?;
        let (reply, answer) = oneshot::channel();
        self.0.queue.send(Message::Do(Box::new(Commit { poll, _permit: permit, reply, added: Committed::default() })))?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    pub async fn feed_state(&self, feed: &str, state: FeedHealth, reason: Option<String>, now: Timestamp) -> Answer<()> {
        self.hear(now);
        self.write(register::FeedNote { feed: feed.into(), state, reason, at: now }, 1, 0, register::note_feed).await
    }

    pub async fn undecided(&self, now: Timestamp, limit: usize) -> Answer<Undecided> {
        self.hear(now);
        self.read(move |db| read::undecided(db, now, limit)).await
    }

    pub async fn decide(&self, decision: Decision) -> Answer<Vec<i64>> {
        let at = decision.alerts.first().map_or_else(|| self.heard(), |alert| alert.body.timestamp);
        let plan = decide::Plan { decision, at, outbox_cap: self.0.outbox_cap };
        let (rows, bytes) = (plan.rows(), plan.bytes());
        self.write(plan, rows, bytes, decide::decide).await
    }

    pub async fn claim(&self, sink: &str, n: usize, now: Timestamp) -> Answer<Vec<Delivery>> {
        self.hear(now);
        let answer = self
            .request(outbox::Claim { sink: sink.into(), n, now }, n, 0, outbox::claim, Some(|claim, taken| outbox::unclaim(&claim.sink, taken)))
            .await?;
        let mut claimed = Claimed { sink: sink.into(), answer, queue: &self.0.queue };
        (&mut claimed.answer).await.map_err(|_| StoreError::Closed)?
    }

    pub async fn settle(&self, settled: Vec<Settled>) -> Answer<()> {
        let (n, bytes) = (settled.len(), settled.len() * 128);
        self.write(outbox::Settling { settled }, n, bytes, outbox::settle).await
    }

    pub async fn sink_state(&self, sink: &str, state: SinkState, since: Timestamp, reason: Option<String>) -> Answer<()> {
        self.hear(since);
        self.write(outbox::SinkNote { sink: sink.into(), state, since, reason }, 1, 0, outbox::note_sink).await
    }

    pub async fn prune(&self, now: Timestamp) -> Answer<Pruned> {
        self.hear(now);
        let keep = *self.0.keep.lock().unwrap_or_else(PoisonError::into_inner);
        let mut pruned = Pruned::default();
        let slice = usize::try_from(prune::SLICE).unwrap_or_default();
        let age = |duration| Age { before: prune::before(now, duration) };
        // Alerts first: their articles may be past their age, too.
        loop {
            let gone = self.write(age(keep.alerts), slice, 0, prune::alerts).await?;
            pruned.alerts += counted(gone);
            if gone < prune::SLICE {
                break;
            }
        }
        loop {
            let gone = self.write(age(keep.articles), slice, 0, prune::articles).await?;
            pruned.articles += counted(gone);
            if gone < prune::SLICE {
                break;
            }
        }
        self.write(age(keep.articles), slice, 0, prune::leftovers).await?;
        if self.write(day(now), 1, 0, prune::seen_is_due).await? {
            let mut forget = Forget { after: 0, before: prune::forget_before(now, &keep) };
            while let (gone, Some(feed)) = self.write(forget, slice, 0, prune::seen).await? {
                pruned.seen += counted(gone);
                forget = Forget { after: feed, before: prune::forget_before(now, &keep) };
            }
        }
        let mut over = false;
        loop {
            match self.write(Shrink { max: keep.bytes, over }, slice, 0, prune::shrink).await? {
                Shrunk::Within => break,
                Shrunk::By(gone) => {
                    pruned.articles += counted(gone);
                    over = true;
                }
                Shrunk::Stuck => {
                    say::over_size(keep.bytes);
                    pruned.over = true;
                    break;
                }
            }
        }
        Ok(pruned)
    }

    pub fn retain(&self, articles: Duration, alerts: Duration, bytes: u64) {
        *self.0.keep.lock().unwrap_or_else(PoisonError::into_inner) = Keep { articles, alerts, bytes };
    }

    pub fn full(&self) -> watch::Receiver<Option<String>> {
        self.0.full.clone()
    }

    pub async fn close(&self) {
        self.0.readers.stop().await;
        let (reply, ended) = oneshot::channel();
        if self.0.queue.send(Message::Stop(reply)).is_ok() {
            // An error says that it has ended, too.
            let _ = ended.await;
        }
    }
}

/// A claim under way. Whoever stops waiting for it, even after it was answered, gives back what it took.
struct Claimed<'a> {
    sink: String,
    answer: oneshot::Receiver<Answer<Vec<Delivery>>>,
    queue: &'a Queue,
}

impl Drop for Claimed<'_> {
    fn drop(&mut self) {
        // From here on the writer sees that nobody waits; what it answered before lies in the channel.
        self.answer.close();
        if let Ok(Ok(taken)) = self.answer.try_recv() {
            // A store that is closed has nothing to give back to: its next owner takes all claims back.
            let _ = self.queue.send(Message::Do(outbox::unclaim(&self.sink, taken)));
        }
    }
}
