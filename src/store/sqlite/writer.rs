//! The one thread that writes: it joins what waits into one transaction, answers when that is on the disk, and waits when the disk is full.

use super::super::{StoreError, say};
use super::ballast::Ballast;
use super::failure::Failure;
use super::lock::Lock;
use super::queue::Message;
use super::task::{Kind, Part, Task};
use super::waiting::Waiting;
use rusqlite::{Connection, TransactionBehavior};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};
use tokio::sync::{oneshot, watch};

/// Rows of one transaction; a poll is never split, so there may be more.
const ROWS: usize = 100;
/// How long a poll waits for company.
const COMPANY: Duration = Duration::from_millis(5);

/// The writer's belongings.
pub struct Writer {
    /// The only connection that writes.
    pub db: Connection,
    /// The database.
    pub path: PathBuf,
    /// What reaches it.
    pub queue: Receiver<Message>,
    /// Where it says why it waits.
    pub board: watch::Sender<Option<String>>,
    /// What it gives up when the disk is full.
    pub ballast: Ballast,
    /// Given up last.
    pub lock: Lock,
}

/// A writer that runs.
struct Running {
    db: Connection,
    path: PathBuf,
    queue: Receiver<Message>,
    board: watch::Sender<Option<String>>,
    ballast: Ballast,
    /// The ballast stood when the disk filled: polls wait until it stands again.
    spent: bool,
    waiting: Option<Waiting>,
    /// Why it does nothing any more.
    failed: Option<StoreError>,
    stopping: Option<oneshot::Sender<()>>,
}

type Tasks = Vec<Box<dyn Task>>;

impl Writer {
    /// Works until it is told to stop, or nobody is left who could tell it anything.
    pub fn run(self) {
        let Self { db, path, queue, board, ballast, lock } = self;
        let mut running = Running { db, path, queue, board, ballast, spent: false, waiting: None, failed: None, stopping: None };
        running.work();
        let Running { db, stopping, queue, .. } = running;
        close(db);
        drop((lock, queue));
        if let Some(reply) = stopping {
            // Whoever asked may have gone.
            let _ = reply.send(());
        }
    }
}

/// The log goes back into the database, so that a copy of the one file is whole.
fn close(db: Connection) {
    let written_back = db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    if let Err(error) = written_back {
        // It is done at the next start.
        say::log_stays(&error);
    }
    drop(db);
}

impl Running {
    fn work(&mut self) {
        while self.stopping.is_none() {
            match self.next() {
                Ok(Some(batch)) => self.write(batch),
                Ok(None) => {}
                Err(RecvTimeoutError::Timeout) => self.try_again(),
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if self.waiting.as_ref().is_some_and(|waiting| waiting.left().is_zero()) {
                self.try_again();
            }
        }
        // The last chance of what waits for space.
        if self.waiting.is_some() {
            self.try_again();
        }
        if let Some(waiting) = self.waiting.take() {
            for task in waiting.others.into_iter().chain(waiting.polls) {
                task.answer(Err(StoreError::Closed));
            }
        }
        while let Ok(Message::Do(task)) = self.queue.try_recv() {
            task.answer(Err(StoreError::Closed));
        }
    }

    /// What to do in the next transaction.
    fn next(&mut self) -> Result<Option<Tasks>, RecvTimeoutError> {
        let first = match &self.waiting {
            Some(waiting) => self.queue.recv_timeout(waiting.left())?,
            None => self.queue.recv().map_err(|_| RecvTimeoutError::Disconnected)?,
        };
        let Some(first) = self.task(first) else { return Ok(None) };
        if let Some(waiting) = &mut self.waiting {
            // Others pass while they can; what cannot be written keeps its order.
            if first.kind() == Kind::Poll || !waiting.others.is_empty() {
                waiting.push(first);
                return Ok(None);
            }
            return Ok(Some(vec![first]));
        }
        Ok(Some(self.gather(first)))
    }

    fn task(&mut self, message: Message) -> Option<Box<dyn Task>> {
        match message {
            Message::Do(task) => Some(task),
            Message::Stop(reply) => {
                self.stopping = Some(reply);
                None
            }
        }
    }

    /// Joins what is there already; a poll also waits a moment for others.
    fn gather(&mut self, first: Box<dyn Task>) -> Tasks {
        let deadline = Instant::now() + COMPANY;
        let mut rows = first.rows();
        let mut polls_only = first.kind() == Kind::Poll;
        let mut batch = vec![first];
        while rows < ROWS {
            let left = if polls_only { deadline.saturating_duration_since(Instant::now()) } else { Duration::ZERO };
            let Ok(message) = self.queue.recv_timeout(left) else { break };
            let Some(task) = self.task(message) else { break };
            rows += task.rows();
            polls_only &= task.kind() == Kind::Poll;
            batch.push(task);
        }
        batch
    }

    fn write(&mut self, mut batch: Tasks) {
        if let Some(error) = &self.failed {
            answer(batch, &Err(error.clone()));
            return;
        }
        loop {
            match self.attempt(&mut batch) {
                Ok(()) => {
                    let orphaned = answer(batch, &Ok(()));
                    if !orphaned.is_empty() {
                        self.write(orphaned);
                    }
                    return;
                }
                Err(Failure::Busy) => say::busy(),
                Err(Failure::Full) => return self.disk_is_full(batch),
                Err(Failure::Fatal(message)) => {
                    say::failed(&message);
                    let error = StoreError::Io(message);
                    self.failed = Some(error.clone());
                    self.give_up_waiting(&error);
                    answer(batch, &Err(error));
                    return;
                }
                Err(Failure::Refused(message)) if batch.len() == 1 => {
                    say::refused(&message);
                    answer(batch, &Err(StoreError::Refused(message)));
                    return;
                }
                // One of them is at fault; the others are not to suffer for it.
                Err(Failure::Refused(_)) => return batch.into_iter().for_each(|task| self.write(vec![task])),
            }
        }
    }

    /// One transaction, or none.
    #[cfg(not(feature = "fault-controls"))]
    fn attempt(&mut self, batch: &mut Tasks) -> Result<(), Failure> {
        transaction(&mut self.db, batch, Part::Whole)
    }

    /// One transaction, or two with a gap between them where something can be lost.
    #[cfg(feature = "fault-controls")]
    fn attempt(&mut self, batch: &mut Tasks) -> Result<(), Failure> {
        use crate::store::fault;
        for name in [fault::VALIDATORS_FIRST, fault::MEMORY_HITS] {
            if fault::chosen(name) && batch.iter().all(|task| task.kind() == Kind::Poll) {
                transaction(&mut self.db, batch, Part::First)?;
                fault::between_halves(name);
                return transaction(&mut self.db, batch, Part::Second);
            }
        }
        transaction(&mut self.db, batch, Part::Whole)
    }

    /// Gives the ballast up, lets polls wait, and does the rest if that helps.
    fn disk_is_full(&mut self, batch: Tasks) {
        if self.ballast.stands() {
            self.ballast.release();
            self.spent = true;
        }
        let (polls, others): (Tasks, Tasks) = batch.into_iter().partition(|task| task.kind() == Kind::Poll);
        // Behind those that wait already: a feed has one poll at a time, so that no order between two of them is lost.
        self.waiting.get_or_insert_with(Waiting::new).polls.extend(polls);
        self.say();
        if let Some(waiting) = &mut self.waiting {
            waiting.others.extend(others);
        }
        if !self.try_others() {
            self.say();
        }
    }

    fn try_again(&mut self) {
        if self.try_others() && (!self.spent || self.ballast.take_back()) && self.try_polls() {
            self.spent = false;
            if let Some(waiting) = self.waiting.take() {
                say::resumed(waiting.waited());
            }
            self.board.send_replace(None);
            return;
        }
        if let Some(waiting) = &mut self.waiting {
            waiting.postpone();
        }
        self.say();
    }

    /// True: none of them waits any more.
    fn try_others(&mut self) -> bool {
        while let Some(task) = self.waiting.as_mut().and_then(|waiting| waiting.others.pop_front()) {
            if let Err(task) = self.try_one(task) {
                if let Some(waiting) = &mut self.waiting {
                    waiting.others.push_front(task);
                }
                return false;
            }
        }
        true
    }

    /// True: none of them waits any more.
    fn try_polls(&mut self) -> bool {
        while let Some(task) = self.waiting.as_mut().and_then(|waiting| waiting.polls.pop_front()) {
            if let Err(task) = self.try_one(task) {
                if let Some(waiting) = &mut self.waiting {
                    waiting.polls.push_front(task);
                }
                if self.ballast.stands() {
                    self.ballast.release();
                    self.spent = true;
                }
                return false;
            }
        }
        true
    }

    /// Gives the task back if the disk is still full.
    fn try_one(&mut self, task: Box<dyn Task>) -> Result<(), Box<dyn Task>> {
        let mut batch = vec![task];
        match self.attempt(&mut batch) {
            Err(Failure::Full | Failure::Busy) => match batch.pop() {
                Some(task) => Err(task),
                None => Ok(()),
            },
            Ok(()) => {
                for orphaned in answer(batch, &Ok(())) {
                    if let Some(waiting) = &mut self.waiting {
                        waiting.push(orphaned);
                    }
                }
                Ok(())
            }
            Err(Failure::Refused(message)) => {
                say::refused(&message);
                answer(batch, &Err(StoreError::Refused(message)));
                Ok(())
            }
            Err(Failure::Fatal(message)) => {
                say::failed(&message);
                let error = StoreError::Io(message);
                self.failed = Some(error.clone());
                answer(batch, &Err(error.clone()));
                self.give_up_waiting(&error);
                Ok(())
            }
        }
    }

    fn give_up_waiting(&mut self, error: &StoreError) {
        if let Some(waiting) = self.waiting.take() {
            answer(waiting.others.into_iter().chain(waiting.polls).collect(), &Err(error.clone()));
        }
    }

    fn say(&mut self) {
        if let Some(waiting) = &mut self.waiting {
            waiting.say(&self.board, &self.path, self.spent);
        }
    }
}

fn transaction(db: &mut Connection, batch: &mut Tasks, part: Part) -> Result<(), Failure> {
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for task in batch {
        task.apply(&transaction, part)?;
    }
    Ok(transaction.commit()?)
}

/// What is to be done because nobody waits for the answer any more.
fn answer(batch: Tasks, end: &Result<(), StoreError>) -> Tasks {
    batch.into_iter().filter_map(|task| task.answer(end.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::super::queue::{Queue, queue};
    use super::super::task::Request;
    use super::super::{files, lock};
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicI32, Ordering::SeqCst};

    /// A disk that answers as it is told.
    #[derive(Default)]
    struct Disk {
        error: AtomicI32,
        ballast_helps: AtomicBool,
    }

    struct Probe {
        kind: Kind,
        disk: Arc<Disk>,
        reply: oneshot::Sender<Result<(), StoreError>>,
    }

    impl Task for Probe {
        fn kind(&self) -> Kind {
            self.kind
        }
        fn rows(&self) -> usize {
            1
        }
        fn apply(&mut self, db: &Connection, _: Part) -> rusqlite::Result<()> {
            db.execute("INSERT INTO t VALUES(1)", [])?;
            match self.disk.error.load(SeqCst) {
                0 => Ok(()),
                _ if self.kind == Kind::Other && self.disk.ballast_helps.load(SeqCst) => Ok(()),
                code => Err(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None)),
            }
        }
        fn answer(self: Box<Self>, end: Result<(), StoreError>) -> Option<Box<dyn Task>> {
            let _ = self.reply.send(end);
            None
        }
    }

    struct Bench {
        _dir: tempfile::TempDir,
        queue: Queue,
        disk: Arc<Disk>,
        board: watch::Receiver<Option<String>>,
        ballast: PathBuf,
    }

    impl Bench {
        fn new() -> Self {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("a.db");
            let db = Connection::open(&path).unwrap();
            db.execute_batch("CREATE TABLE t(x)").unwrap();
            let (queue, end) = queue();
            let (board, seen) = watch::channel(None);
            let lock = lock::take(&path, &path).unwrap();
            let ballast = Ballast::set_up(&path, 4096);
            let writer = Writer { db, path: path.clone(), queue: end, board, ballast, lock };
            std::thread::Builder::new().spawn(move || writer.run()).unwrap();
            Self { _dir: dir, queue, disk: Arc::default(), board: seen, ballast: files::ballast(&path) }
        }

        fn ask(&self, kind: Kind) -> oneshot::Receiver<Result<(), StoreError>> {
            let (reply, answer) = oneshot::channel();
            self.queue.send(Message::Do(Box::new(Probe { kind, disk: self.disk.clone(), reply }))).unwrap();
            answer
        }

        async fn rows(&self) -> i64 {
            let (reply, answer) = oneshot::channel();
            let count: super::super::task::Work<(), i64> = |db, ()| db.query_row("SELECT count(*) FROM t", [], |row| row.get(0));
            let request = Request { reply: Some(reply), ..Request::unasked((), 1, count) };
            self.queue.send(Message::Do(Box::new(request))).unwrap();
            answer.await.unwrap().unwrap()
        }
    }

    #[tokio::test]
    async fn on_a_full_disk_polls_wait_and_the_rest_goes_on() {
        let bench = Bench::new();
        assert!(bench.ballast.exists());
        bench.disk.error.store(rusqlite::ffi::SQLITE_FULL, SeqCst);
        bench.disk.ballast_helps.store(true, SeqCst);
        let mut poll = bench.ask(Kind::Poll);
        assert_eq!(bench.ask(Kind::Other).await.unwrap(), Ok(()));
        assert!(bench.board.borrow().as_ref().unwrap().contains("reserve") && !bench.ballast.exists());
        bench.disk.ballast_helps.store(false, SeqCst);
        let mut other = bench.ask(Kind::Other);
        tokio::time::sleep(Duration::from_millis(2500)).await;
        assert!(poll.try_recv().is_err() && other.try_recv().is_err(), "one try was in vain");
        bench.disk.error.store(0, SeqCst);
        assert_eq!((other.await.unwrap(), poll.await.unwrap()), (Ok(()), Ok(())));
        assert_eq!(bench.rows().await, 3, "what was rolled back is there once");
        assert!(bench.board.borrow().is_none() && bench.ballast.exists());
    }

    #[tokio::test]
    async fn a_stop_does_not_wait_for_space() {
        let bench = Bench::new();
        bench.disk.error.store(rusqlite::ffi::SQLITE_FULL, SeqCst);
        let (poll, other) = (bench.ask(Kind::Poll), bench.ask(Kind::Other));
        let (reply, stopped) = oneshot::channel();
        bench.queue.send(Message::Stop(reply)).unwrap();
        stopped.await.unwrap();
        assert_eq!((poll.await.unwrap(), other.await.unwrap()), (Err(StoreError::Closed), Err(StoreError::Closed)));
    }

    #[tokio::test]
    async fn after_an_error_of_the_disk_nothing_is_done_any_more() {
        let bench = Bench::new();
        bench.disk.error.store(rusqlite::ffi::SQLITE_IOERR_FSYNC, SeqCst);
        let first = bench.ask(Kind::Poll).await.unwrap();
        assert!(matches!(&first, Err(StoreError::Io(_))));
        bench.disk.error.store(0, SeqCst);
        assert_eq!(bench.ask(Kind::Other).await.unwrap(), first, "not even when the disk is well again");
    }

    #[tokio::test]
    async fn one_that_is_refused_takes_no_other_along() {
        let bench = Bench::new();
        let well = Arc::<Disk>::default();
        let ask = |disk: Arc<Disk>| {
            let (reply, answer) = oneshot::channel();
            bench.queue.send(Message::Do(Box::new(Probe { kind: Kind::Poll, disk, reply }))).unwrap();
            answer
        };
        bench.disk.error.store(rusqlite::ffi::SQLITE_CONSTRAINT, SeqCst);
        let (before, wrong, after) = (ask(well.clone()), ask(bench.disk.clone()), ask(well.clone()));
        assert!(matches!(wrong.await.unwrap(), Err(StoreError::Refused(_))));
        assert_eq!((before.await.unwrap(), after.await.unwrap()), (Ok(()), Ok(())));
        assert_eq!(bench.rows().await, 2);
    }
}
