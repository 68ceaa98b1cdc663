//! A new configuration takes the place of the running one, or leaves it alone.

use super::clock::now;
use super::live::{Rules, Shared};
use super::plan::{Feed, Plan, plan, settings};
use super::poll::PollCommand;
use super::sinks::Sinks;
use super::tasks::{Tasks, blocking};
use crate::config::{self, Config};
use crate::control::Reply;
use crate::fetch::Fetcher;
use crate::model::Problem;
use crate::store::{FeedHealth, FeedRow, FeedState, Store, StoreError};
use crate::telemetry::Event;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// Why a good configuration is not taken.
const NO_SPACE: &str = "the store waits for disk space; free some, then reload again";
/// A commit in flight may hold the rules this long; only a full disk holds them longer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Loads and compiles the configuration whose main file is `main`.
///
/// # Errors
/// Every problem of every file.
pub fn load(main: &Path) -> Result<Plan, Vec<Problem>> {
    let (config, mut problems) = config::load_partly(main);
    if problems.is_empty() {
        return plan(config);
    }
    let lines: Vec<_> = problems.iter().filter_map(|p| p.at.clone()).map(|at| (at.file, at.line)).collect();
    let told = |p: &Problem| p.at.as_ref().is_some_and(|at| lines.contains(&(at.file.clone(), at.line)));
    problems.extend(plan(config).err().unwrap_or_default().into_iter().filter(|p| !told(p)));
    problems.sort_by(|a, b| a.at.cmp(&b.at));
    problems.dedup();
    Err(problems)
}

/// As [`load`], for a daemon: a secret that cannot be read is a problem, because nothing can be sent without it.
///
/// # Errors
/// Every problem of every file.
pub fn load_to_run(main: &Path) -> Result<Plan, Vec<Problem>> {
    let plan = load(main)?;
    if plan.config.unreadable_secrets.is_empty() { Ok(plan) } else { Err(plan.config.unreadable_secrets) }
}

/// The feeds of a plan with what the store knows of each; the store forgets none, but retires those that are not in it.
///
/// # Errors
/// When the store fails for good.
pub async fn register(store: &Store, plan: &Plan) -> Result<Vec<(Arc<Feed>, FeedState)>, StoreError> {
    let row = |feed: &Arc<Feed>| FeedRow { id: feed.id.clone(), name: feed.name.clone(), url: feed.spec.url.value.masked().to_string() };
    let mut states = store.register(plan.feeds.iter().map(row).collect(), now()).await?;
    for (feed, state) in plan.feeds.iter().zip(&mut states) {
        let reason = Some("paused by the configuration".to_string());
        if feed.spec.paused && (state.state, &state.reason) != (FeedHealth::Paused, &reason) {
            store.feed_state(&feed.id, FeedHealth::Paused, reason.clone(), now()).await?;
            (state.state, state.reason) = (FeedHealth::Paused, reason);
        }
    }
    store.register_sinks(plan.sinks.iter().map(|sink| sink.name().to_string()).collect(), now()).await?;
    Ok(plan.feeds.iter().cloned().zip(states).collect())
}

/// Everything a reload touches.
pub struct Reload<'a> {
    /// The rules in force.
    pub shared: &'a Shared,
    /// The store.
    pub store: &'a Store,
    /// Station 3.
    pub sinks: &'a mut Sinks,
    /// Where its workers run.
    pub tasks: &'a mut Tasks,
    /// Station 1.
    pub poll: &'a mpsc::Sender<PollCommand>,
}

impl Reload<'_> {
    /// Loads the configuration again. What can fail is done before anything live is touched; the answer says how it went.
    ///
    /// # Errors
    /// When the store fails for good.
    pub async fn run(self, running: &mut Config) -> Result<Reply, StoreError> {
        let main = running.main.clone();
        let loaded = match blocking(move || load_to_run(&main)).await {
            Ok(loaded) => loaded,
            Err(panic) => Err(vec![Problem::new(None, format!("loading it broke the program: {panic}. Please report this"))]),
        };
        let loaded = loaded.and_then(|plan| only_what_may_change(running, &plan.config).map(|()| plan));
        let plan = match loaded {
            Ok(plan) => plan,
            Err(problems) => {
                let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
                Event::ReloadRefused { problems: &problems }.emit();
                self.shared.note(|notes| notes.refused.clone_from(&problems));
                return Ok(Reply::Refused { problems });
            }
        };
        let fetcher = match Fetcher::new(settings(&plan.config)) {
            Ok(fetcher) => fetcher,
            Err(error) => return Ok(self.failed(error.to_string())),
        };
        let Ok(mut rules) = tokio::time::timeout(PATIENCE, self.shared.rules.write()).await else {
            return Ok(self.failed(NO_SPACE.into()));
        };
        // On a full disk the store answers late, and everybody waits for these rules.
        let Ok(generation) = tokio::time::timeout(PATIENCE, self.store.next_generation()).await else { return Ok(self.failed(NO_SPACE.into())) };
        let generation = generation?;
        let Ok(feeds) = tokio::time::timeout(PATIENCE, register(self.store, &plan)).await else { return Ok(self.failed(NO_SPACE.into())) };
        let feeds = feeds?;
        let next = Rules { generation, matcher: plan.matcher.clone(), policy: plan.policy.clone() };
        *rules = Arc::new(next);
        drop(rules);
        self.sinks.set(&plan.sinks, self.tasks).await;
        // The poll loop ends only when the program does.
        let _ = self.poll.send(PollCommand::Replace { feeds, host_gap: plan.config.fetch.host_gap, fetcher }).await;
        // Hits of watches that are gone are decided now.
        self.shared.undecided.notify_one();
        let limits = &plan.config.store;
        self.store.retain(limits.keep, limits.keep_alerts, limits.max_size);
        keep(&plan.config);
        let warnings: Vec<String> = plan.config.warnings.iter().map(ToString::to_string).collect();
        self.shared.note(|notes| {
            notes.loaded = Some(now());
            notes.refused.clear();
            notes.kept.clear();
        });
        warnings.iter().for_each(|text| Event::Warning { text }.emit());
        let (feeds, watches) = (plan.feeds.len(), plan.config.watches.len());
        Event::Reloaded { feeds, watches }.emit();
        *running = plan.config;
        Ok(Reply::Reloaded { feeds, watches, warnings })
    }
}

impl Reload<'_> {
    /// The configuration is good and cannot be taken just now: said in the log and by `status`, as a refusal is.
    fn failed(&self, message: String) -> Reply {
        let problems = [message];
        Event::ReloadRefused { problems: &problems }.emit();
        self.shared.note(|notes| notes.refused = problems.to_vec());
        let [message] = problems;
        Reply::Failed { message }
    }
}

/// Keeps the configuration as the last one that loaded.
pub fn keep(config: &Config) {
    if let Err(error) = config::keep(config, &config.dirs.state) {
        Event::Warning { text: &error.to_string() }.emit();
    }
}

/// The store and the client are opened once.
fn only_what_may_change(running: &Config, new: &Config) -> Result<(), Vec<Problem>> {
    let mut problems = Vec::new();
    if running.store.path.value != new.store.path.value {
        let message = format!("the database cannot move while the service runs (it is {}). Restart the service", running.store.path.value.display());
        problems.push(Problem::new(new.store.path.at.clone(), message));
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}
