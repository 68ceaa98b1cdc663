//! Station 1: whatever is due is fetched, read, matched and committed; one job a feed, one request a host at a time.

mod job;
mod life;
mod matching;
mod memory;

use super::clock::now;
use super::live::Shared;
use super::plan::Feed;
use super::tasks::panic_text;
use crate::fetch::Fetcher;
use crate::schedule::{self, Schedule};
use crate::store::{FeedState, Store, StoreError};
use crate::telemetry::{Beat, Event};
use jiff::Timestamp;
use job::{Done, Job};
use memory::Memory;
pub use memory::Permits;
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Polls in hand at once.
const IN_FLIGHT: usize = 32;
/// Covers a wake that was lost.
const TICK: Duration = Duration::from_secs(5);
/// Fetches in hand at a stop are aborted; what is parsed has this long to commit.
const DRAIN: Duration = Duration::from_secs(5);

/// What others ask of the poll loop.
#[derive(Debug)]
pub enum PollCommand {
    /// A reload: these are the feeds now.
    Replace {
        /// With what the store knows of each.
        feeds: Vec<(Arc<Feed>, FeedState)>,
        /// Between two requests to one host.
        host_gap: Duration,
        /// A fresh client: it reads the files of certificates again.
        fetcher: Fetcher,
    },
    /// `feeds poll`.
    Now {
        /// A name, an identity or a URL; none: every feed.
        feed: Option<String>,
        /// Without validators, also one that backs off.
        force: bool,
        /// How many polls are on their way (a paused feed is not polled); none: there is no such feed.
        reply: oneshot::Sender<Option<usize>>,
    },
}

/// What every job needs.
#[derive(Debug, Clone)]
pub struct Tools {
    /// The rules and the figures.
    pub shared: Arc<Shared>,
    /// Where it is recorded.
    pub store: Store,
    /// The guarded client.
    pub fetcher: Fetcher,
    /// Memory for readings.
    pub permits: Permits,
    /// Where the bytes of a feed go that broke the reader.
    pub quarantine: PathBuf,
}

/// The poll loop.
#[derive(Debug)]
pub struct Poller {
    tools: Tools,
    slots: HashMap<usize, Slot>,
    next_key: usize,
    schedule: Schedule,
    jobs: JoinSet<Result<Done, StoreError>>,
    running: HashMap<tokio::task::Id, usize>,
    aborted: CancellationToken,
}

#[derive(Debug)]
struct Slot {
    feed: Arc<Feed>,
    memory: Memory,
    force: bool,
    stop: CancellationToken,
}

impl Poller {
    /// Puts the feeds into the schedule: each where the store says, new ones spread over their interval (not with `at_once`).
    pub fn new(tools: Tools, feeds: Vec<(Arc<Feed>, FeedState)>, host_gap: Duration, at_once: bool) -> Self {
        let mut poller = Self {
            tools,
            slots: HashMap::new(),
            next_key: 0,
            schedule: Schedule::new(host_gap),
            jobs: JoinSet::new(),
            running: HashMap::new(),
            aborted: CancellationToken::new(),
        };
        let count = feeds.len();
        feeds.into_iter().for_each(|(feed, state)| {
            poller.add(feed, state, count, at_once);
        });
        poller.tools.shared.figures.feeds.store(poller.slots.len(), Ordering::Relaxed);
        poller
    }

    /// Polls what is due until `stop`, then drains: no new poll, fetches aborted, what is parsed committed.
    ///
    /// # Errors
    /// When the store fails for good.
    pub async fn run(mut self, mut commands: mpsc::Receiver<PollCommand>, beat: Beat, stop: CancellationToken) -> Result<(), StoreError> {
        while !stop.is_cancelled() {
            beat.beat();
            self.start_due();
            let wake = self.schedule.next_wake().map_or(TICK, |at| Duration::try_from(at.duration_since(now())).unwrap_or_default().min(TICK));
            // With every place taken only the end of a job lets another one start.
            let wake = if self.jobs.len() >= IN_FLIGHT { TICK } else { wake.max(Duration::from_millis(1)) };
            tokio::select! {
                () = stop.cancelled() => {}
                Some(ended) = self.jobs.join_next_with_id() => self.ended(ended)?,
                Some(command) = commands.recv() => self.obey(command),
                () = tokio::time::sleep(wake) => {}
            }
        }
        self.aborted.cancel();
        self.finish(DRAIN).await
    }

    /// `run --once`: polls every feed that is due, all at once, and ends when the last is committed.
    ///
    /// # Errors
    /// When the store fails for good.
    pub async fn once(mut self, stop: CancellationToken) -> Result<(), StoreError> {
        let mut left: HashSet<usize> = self
            .slots
            .iter()
            .filter(|(_, slot)| !slot.feed.spec.paused && slot.memory.due(now(), &slot.feed.timing()).is_none_or(|due| due <= now()))
            .map(|(key, _)| *key)
            .collect();
        self.slots.retain(|key, _| {
            left.contains(key) || {
                self.schedule.remove(*key);
                false
            }
        });
        while !left.is_empty() && !stop.is_cancelled() {
            self.start_due();
            let wake = self.schedule.next_wake().map_or(TICK, |at| Duration::try_from(at.duration_since(now())).unwrap_or_default().min(TICK));
            tokio::select! {
                () = stop.cancelled() => {}
                Some(ended) = self.jobs.join_next_with_id() => {
                    if let Some(key) = self.key_of(&ended) {
                        left.remove(&key);
                        self.ended(ended)?;
                        self.schedule.remove(key);
                    }
                }
                () = tokio::time::sleep(wake.max(Duration::from_millis(1))) => {}
            }
        }
        self.aborted.cancel();
        self.finish(DRAIN).await
    }

    fn add(&mut self, feed: Arc<Feed>, state: FeedState, feeds: usize, at_once: bool) -> usize {
        let key = self.next_key;
        self.next_key += 1;
        let memory = Memory::from(state);
        if !feed.spec.paused {
            let due = match memory.due(now(), &feed.timing()) {
                Some(due) => due,
                None if at_once => now(),
                None => now().checked_add(schedule::spread(&feed.timing(), feeds, fastrand::f64)).unwrap_or_else(|_| now()),
            };
            self.schedule.add(key, &feed.host, due);
        }
        self.slots.insert(key, Slot { feed, memory, force: false, stop: CancellationToken::new() });
        key
    }

    fn start_due(&mut self) {
        let time = now();
        let late = self.schedule.next_wake().map_or(0, |due| time.duration_since(due).as_secs().max(0));
        self.tools.shared.figures.late.store(u64::try_from(late).unwrap_or_default(), Ordering::Relaxed);
        while self.jobs.len() < IN_FLIGHT {
            let Some(key) = self.schedule.pop(time) else { break };
            let Some(slot) = self.slots.get_mut(&key) else { continue };
            let job = Job {
                tools: self.tools.clone(),
                feed: slot.feed.clone(),
                memory: slot.memory.clone(),
                force: std::mem::take(&mut slot.force),
                removed: slot.stop.clone(),
                aborted: self.aborted.clone(),
            };
            let handle = self.jobs.spawn(job.run());
            self.running.insert(handle.id(), key);
        }
        self.tools.shared.figures.polling.store(self.jobs.len(), Ordering::Relaxed);
    }

    fn key_of(&self, ended: &JobEnd) -> Option<usize> {
        let id = match ended {
            Ok((id, _)) => *id,
            Err(error) => error.id(),
        };
        self.running.get(&id).copied()
    }

    fn ended(&mut self, ended: JobEnd) -> Result<(), StoreError> {
        let Some(key) = self.key_of(&ended) else { return Ok(()) };
        let time = now();
        match ended {
            Ok((id, done)) => {
                self.running.remove(&id);
                let Some(slot) = self.slots.get_mut(&key) else { return Ok(()) };
                let done = match done {
                    // The store could not take this one poll: its feed alone is set aside.
                    Err(StoreError::Refused(reason)) => {
                        self.set_aside(key, &reason, time);
                        return Ok(());
                    }
                    done => done?,
                };
                if let Some(memory) = done.memory {
                    slot.memory = memory;
                }
                self.schedule.done(key, slot.memory.next_due.unwrap_or(time), time);
            }
            Err(error) => {
                self.running.remove(&error.id());
                self.set_aside(key, &panic_text(error), time);
            }
        }
        Ok(())
    }

    /// A feed whose job broke is asked rarely from now on; the others go on.
    fn set_aside(&mut self, key: usize, reason: &str, time: Timestamp) {
        let Some(slot) = self.slots.get_mut(&key) else { return };
        Event::Quarantined { name: &slot.feed.name, panic: reason }.emit();
        let due = schedule::next_due(time, &slot.feed.timing(), schedule::Outcome::Gone, fastrand::f64);
        slot.memory.next_due = Some(due);
        self.schedule.done(key, due, time);
    }

    fn obey(&mut self, command: PollCommand) {
        match command {
            PollCommand::Replace { feeds, host_gap, fetcher } => self.replace(feeds, host_gap, fetcher),
            PollCommand::Now { feed, force, reply } => {
                let (mut known, mut polling) = (feed.is_none(), 0);
                for (key, slot) in self.slots.iter_mut().filter(|(_, slot)| feed.as_ref().is_none_or(|f| names(&slot.feed, f))) {
                    known = true;
                    if !slot.feed.spec.paused {
                        polling += 1;
                        slot.force |= force;
                        self.schedule.add(*key, &slot.feed.host, now());
                    }
                }
                // Whoever asked may have gone meanwhile.
                let _ = reply.send(known.then_some(polling));
            }
        }
    }

    /// Feeds that are still there keep what is remembered of them; the job of one that is gone is dropped at its commit.
    fn replace(&mut self, feeds: Vec<(Arc<Feed>, FeedState)>, host_gap: Duration, fetcher: Fetcher) {
        let mut old: HashMap<String, (usize, Slot)> = self.slots.drain().map(|(key, slot)| (slot.feed.id.clone(), (key, slot))).collect();
        self.schedule.set_host_gap(host_gap);
        self.tools.fetcher = fetcher;
        let count = feeds.len();
        for (feed, state) in feeds {
            match old.remove(&feed.id) {
                Some((key, slot)) if *slot.feed == *feed => {
                    self.slots.insert(key, slot);
                }
                Some((key, slot)) => {
                    self.schedule.remove(key);
                    slot.stop.cancel();
                    let same = slot.feed.spec.url == feed.spec.url;
                    let added = self.add(feed, state, count, false);
                    // What the store said may be older than what a poll has learnt since.
                    if let (true, Some(new)) = (same, self.slots.get_mut(&added)) {
                        new.memory = slot.memory;
                    }
                }
                None => {
                    self.add(feed, state, count, false);
                }
            }
        }
        for (key, slot) in old.into_values() {
            self.schedule.remove(key);
            slot.stop.cancel();
        }
        self.tools.shared.figures.feeds.store(self.slots.len(), Ordering::Relaxed);
    }

    async fn finish(&mut self, patience: Duration) -> Result<(), StoreError> {
        let rest = async {
            while let Some(ended) = self.jobs.join_next_with_id().await {
                self.ended(ended)?;
            }
            Ok(())
        };
        tokio::time::timeout(patience, rest).await.unwrap_or(Ok(()))
    }
}

type JobEnd = Result<(tokio::task::Id, Result<Done, StoreError>), tokio::task::JoinError>;

fn names(feed: &Feed, asked: &str) -> bool {
    feed.name == asked || feed.id == asked || feed.spec.url.value.url().as_str() == asked || feed.spec.url.value.masked() == asked
}
