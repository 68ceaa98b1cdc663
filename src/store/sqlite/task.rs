//! What the writer does: a piece of a transaction, and somebody who waits for it to be on the disk.

use super::super::StoreError;
use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, oneshot};

/// What a full disk means to a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It brings something new: it waits until the ballast stands again.
    Poll,
    /// It works off what is stored: it may use what the ballast gave up.
    Other,
}

/// Which part of a task to do: always the whole, but for the controls that lose data on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    Whole,
    /// What a faulty store would commit first.
    #[cfg(feature = "fault-controls")]
    First,
    /// What it would commit afterwards.
    #[cfg(feature = "fault-controls")]
    Second,
}

/// A piece of a transaction. It may be done more than once: a transaction that is rolled back is tried again.
pub trait Task: Send {
    /// What a full disk means to it.
    fn kind(&self) -> Kind;
    /// Rows it writes, about.
    fn rows(&self) -> usize;
    /// Does it, within a transaction.
    fn apply(&mut self, db: &Connection, part: Part) -> rusqlite::Result<()>;
    /// Tells who waits for it. What is answered `Ok` is on the disk. Gives back what is to be done because nobody waits any more.
    fn answer(self: Box<Self>, end: Result<(), StoreError>) -> Option<Box<dyn Task>>;
}

/// The work of a request.
pub type Work<I, O> = fn(&Connection, &I) -> rusqlite::Result<O>;

/// What undoes a request, given what was asked and answered.
pub type Undo<I, O> = fn(&I, O) -> Box<dyn Task>;

/// A request whose work is one function.
pub struct Request<I, O> {
    /// What was asked.
    pub input: I,
    /// Rows it writes, about.
    pub rows: usize,
    /// How it is done.
    pub work: Work<I, O>,
    /// What undoes it when nobody waits for the answer any more.
    pub undo: Option<Undo<I, O>>,
    /// Its place in the queue.
    pub _permit: Option<OwnedSemaphorePermit>,
    /// Who waits.
    pub reply: Option<oneshot::Sender<Result<O, StoreError>>>,
    /// The answer of the last run.
    pub output: Option<O>,
}

impl<I, O> Request<I, O> {
    /// One that nobody waits for.
    pub const fn unasked(input: I, rows: usize, work: Work<I, O>) -> Self {
        Self { input, rows, work, undo: None, _permit: None, reply: None, output: None }
    }
}

impl<I: Send + 'static, O: Send + 'static> Task for Request<I, O> {
    fn kind(&self) -> Kind {
        Kind::Other
    }

    fn rows(&self) -> usize {
        self.rows
    }

    fn apply(&mut self, db: &Connection, _: Part) -> rusqlite::Result<()> {
        self.output = Some((self.work)(db, &self.input)?);
        Ok(())
    }

    fn answer(self: Box<Self>, end: Result<(), StoreError>) -> Option<Box<dyn Task>> {
        let Self { input, undo, reply, output, .. } = *self;
        let answer = end.and_then(|()| output.ok_or(StoreError::Closed));
        let unheard = reply?.send(answer).err()?.ok()?;
        undo.map(|undo| undo(&input, unheard))
    }
}
