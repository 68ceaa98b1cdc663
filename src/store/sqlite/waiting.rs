//! What waits while the disk is full, and what is said about it.

use super::super::say;
use super::task::{Kind, Task};
use std::collections::VecDeque;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// Between two tries.
const RETRY: Duration = Duration::from_secs(2);
/// It is said anew this often.
const SAY: Duration = Duration::from_secs(30);

/// The tasks that wait, in the order they came.
pub struct Waiting {
    /// They wait until the ballast stands again.
    pub polls: VecDeque<Box<dyn Task>>,
    /// They wait until anything can be written at all.
    pub others: VecDeque<Box<dyn Task>>,
    since: Instant,
    said: Option<Instant>,
    next_try: Instant,
}

impl Waiting {
    /// Nothing waits yet; the first try is due after a while.
    pub fn new() -> Self {
        let now = Instant::now();
        Self { polls: VecDeque::new(), others: VecDeque::new(), since: now, said: None, next_try: now + RETRY }
    }

    /// Lets a task wait, behind those that wait already.
    pub fn push(&mut self, task: Box<dyn Task>) {
        match task.kind() {
            Kind::Poll => self.polls.push_back(task),
            Kind::Other => self.others.push_back(task),
        }
    }

    /// Until the next try.
    pub fn left(&self) -> Duration {
        self.next_try.saturating_duration_since(Instant::now())
    }

    /// A try failed.
    pub fn postpone(&mut self) {
        self.next_try = Instant::now() + RETRY;
    }

    /// How long it has waited.
    pub fn waited(&self) -> Duration {
        self.since.elapsed()
    }

    /// Says why, in the log once in a while and on the board whenever it changes.
    pub fn say(&mut self, board: &watch::Sender<Option<String>>, db: &Path, ballast_spent: bool) {
        let reason = reason(db, ballast_spent, self.others.is_empty());
        if self.said.is_none_or(|said| said.elapsed() >= SAY) {
            say::waiting(&reason);
            self.said = Some(Instant::now());
        }
        board.send_if_modified(|shown| {
            let changed = shown.as_ref() != Some(&reason);
            *shown = Some(reason);
            changed
        });
    }
}

fn reason(db: &Path, ballast_spent: bool, delivering: bool) -> String {
    let dir = super::files::directory(db).display();
    let consequence = match (ballast_spent, delivering) {
        (true, true) => "polling waits, alerts go out from the reserve",
        _ => "polling and alerts wait",
    };
    format!("no space left in {dir}: {consequence}. Free some space there; it goes on by itself")
}
