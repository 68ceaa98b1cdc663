//! What the stations share while they run: the matcher and the policy in force, and what `status` asks about.

use super::plan::Plan;
use crate::alert::Policy;
use crate::query::Matcher;
use jiff::Timestamp;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{Notify, RwLock};

/// A matcher and the policy that goes with it. A reload puts the next one in its place.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Counts reloads over the life of the store; an article carries the generation that matched it.
    pub generation: u64,
    /// All watches.
    pub matcher: Arc<Matcher>,
    /// Whom to tell.
    pub policy: Arc<Policy>,
}

/// Shared by every station.
#[derive(Debug)]
pub struct Shared {
    /// The rules in force. A poll holds the read side from its last look at the generation until its commit is recorded, so that a reload
    /// (the write side) never slips between the two.
    pub rules: RwLock<Arc<Rules>>,
    /// Station 2 has work.
    pub undecided: Notify,
    /// Figures for `status`.
    pub figures: Figures,
    notes: Mutex<Notes>,
}

/// Counters for `status`.
#[derive(Debug, Default)]
pub struct Figures {
    /// Polls since the start.
    pub polls: AtomicU64,
    /// Polls since the start that failed.
    pub failed: AtomicU64,
    /// Alerts since the start.
    pub alerts: AtomicU64,
    /// Polls in hand.
    pub polling: AtomicUsize,
    /// Feeds in the schedule.
    pub feeds: AtomicUsize,
    /// Seconds that the latest due poll is late.
    pub late: AtomicU64,
}

/// What the last loads of the configuration said.
#[derive(Debug, Clone, Default)]
pub struct Notes {
    /// When the running configuration was loaded.
    pub loaded: Option<Timestamp>,
    /// Why a start had to use the last one that loaded.
    pub kept: Vec<String>,
    /// Why the last reload was refused.
    pub refused: Vec<String>,
}

impl Shared {
    /// For the plan a start begins with.
    pub fn new(plan: &Plan, generation: u64, notes: Notes) -> Self {
        let rules = Rules { generation, matcher: plan.matcher.clone(), policy: plan.policy.clone() };
        Self { rules: RwLock::new(Arc::new(rules)), undecided: Notify::new(), figures: Figures::default(), notes: Mutex::new(notes) }
    }

    /// What the last loads said.
    pub fn notes(&self) -> Notes {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes what the last loads said.
    pub fn note(&self, change: impl FnOnce(&mut Notes)) {
        change(&mut self.notes.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Figures {
    /// Adds one.
    pub fn count(counter: &AtomicU64) {
        counter.fetch_add(1, Ordering::Relaxed);
    }
}
