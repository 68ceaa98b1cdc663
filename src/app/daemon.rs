//! The daemon: opens what it needs, starts the stations, reloads when told, drains at the end.

use super::clock::now;
use super::decide;
use super::handler::{Handler, ReloadRequest};
use super::live::{Notes, Shared};
use super::plan::{Plan, settings};
use super::poll::{Permits, Poller, Tools};
use super::reload::{Reload, keep, register};
use super::sinks::Sinks;
use super::tasks::{Ended, Failure, Tasks, blocking, unless};
use super::watchdog;
use crate::config::Config;
use crate::control::Server;
use crate::fetch::{FetchError, Fetcher};
use crate::store::{OpenError, Options, Store, StoreError};
use crate::telemetry::{Event, Progress, Systemd};
use jiff::Timestamp;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

/// A loop that has not moved for this long is stuck.
const ALLOWANCE: Duration = Duration::from_secs(30);
/// Bytes of a Unix socket's path, without its final zero.
const SOCKET_PATH: usize = 107;

/// How a daemon is run.
#[derive(Debug)]
pub struct Run {
    /// Polls what is due once, decides, delivers, ends.
    pub once: bool,
    /// Ends it.
    pub stop: CancellationToken,
    /// Asks for a reload: SIGHUP.
    pub reload: mpsc::Receiver<()>,
    /// The service manager.
    pub systemd: Systemd,
    /// The problems of the configuration it should have run, when `plan` is the last one that loaded.
    pub kept: Vec<String>,
    /// It is a demonstration: no word about itself, and its configuration is not kept.
    pub quiet: bool,
}

impl Run {
    /// A demonstration or a test, ended by `stop`.
    pub fn quiet(stop: CancellationToken) -> Self {
        let (_, reload) = mpsc::channel(1);
        Self { once: false, stop, reload, systemd: Systemd::from_env(), kept: Vec::new(), quiet: true }
    }
}

/// How a run went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Polls.
    pub polls: u64,
    /// Polls that failed.
    pub failed: u64,
    /// Alerts decided.
    pub alerts: u64,
}

/// Why the daemon did not start, or had to end.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The store did not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The store failed while it ran.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The client could not be made.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// A task ended that should not have.
    #[error("{name} failed: {error}. Please report this")]
    Task {
        /// Its name.
        name: String,
        /// What it panicked with.
        error: String,
    },
}

/// Runs the daemon until it is told to stop, and drains.
///
/// # Errors
/// When the store cannot be opened or fails for good, when a named task panics. A feed, a watch or a sink never ends it.
pub async fn run(plan: Plan, mut run: Run) -> Result<Summary, AppError> {
    let started = now();
    let config = &plan.config;
    let socket = socket_path(config);
    let fetcher = Fetcher::new(settings(config))?;
    let (options, place) = (options(config), socket.clone());
    let store =
        blocking(move || Store::open(&options, &place)).await.map_err(|error| AppError::Task { name: "opening the store".into(), error })??;
    // On a full disk these wait, and a stop must not.
    let Some(known) = unless(&run.stop, async { Ok::<_, StoreError>((register(&store, &plan).await?, store.next_generation().await?)) }).await else {
        store.close().await;
        return Ok(Summary::default());
    };
    let (feeds, generation) = known?;
    let notes = Notes { loaded: Some(started), kept: run.kept.clone(), refused: Vec::new() };
    let shared = Arc::new(Shared::new(&plan, generation, notes));
    // The package makes it; on a desk's own machine nobody has.
    let _ = std::fs::create_dir_all(&config.dirs.logs);
    announce(&plan, &run);
    if !run.quiet && run.kept.is_empty() {
        keep(config);
    }
    let progress = Progress::default();
    let wake = Arc::new(Notify::new());
    let tools = Tools {
        shared: shared.clone(),
        store: store.clone(),
        fetcher: fetcher.clone(),
        permits: Permits::default(),
        quarantine: config.dirs.state.join("quarantine"),
    };
    let poller = Poller::new(tools, feeds, config.fetch.host_gap, run.once);
    let failure = Failure::default();
    let mut sinks = Sinks::new(store.clone(), fetcher, wake.clone(), progress.clone(), failure.clone());
    let ended = if run.once {
        once(&plan, poller, &shared, &store, &sinks, &run).await
    } else {
        let stations = Stations { started, socket, shared: shared.clone(), store: store.clone(), progress, wake, failure: failure.clone() };
        stations.serve(plan, poller, &mut sinks, &mut run).await
    };
    store.close().await;
    ended?;
    if let Some(error) = failure.take() {
        return Err(error.into());
    }
    let count = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
    let figures = &shared.figures;
    let summary = Summary { polls: count(&figures.polls), failed: count(&figures.failed), alerts: count(&figures.alerts) };
    if !run.quiet {
        Event::Stopped { polls: summary.polls, alerts: summary.alerts }.emit();
    }
    Ok(summary)
}

async fn once(plan: &Plan, poller: Poller, shared: &Shared, store: &Store, sinks: &Sinks, run: &Run) -> Result<(), AppError> {
    let way = async {
        poller.once(run.stop.clone()).await?;
        // Waits count as over.
        let wake = Notify::new();
        if let Some(decided) = unless(&run.stop, decide::decide_all(shared, store, &wake, Timestamp::MAX, None)).await {
            decided?;
        }
        sinks.once(&plan.sinks, &run.stop).await.map_or(Ok(()), whole)
    };
    tokio::select! {
        done = way => done,
        // Says so while the disk is full.
        () = watchdog::watch(Progress::default(), store.clone(), run.systemd, CancellationToken::new()) => Ok(()),
    }
}

/// What the loops share.
struct Stations {
    started: Timestamp,
    socket: PathBuf,
    shared: Arc<Shared>,
    store: Store,
    progress: Progress,
    wake: Arc<Notify>,
    failure: Failure,
}

impl Stations {
    async fn serve(self, plan: Plan, poller: Poller, sinks: &mut Sinks, run: &mut Run) -> Result<(), AppError> {
        let mut tasks = Tasks::default();
        let mut workers = Tasks::default();
        let failure = self.failure.clone();
        let (poll_sender, poll_commands) = mpsc::channel(8);
        let (reload_sender, mut reloads) = mpsc::channel::<ReloadRequest>(4);
        let stop = CancellationToken::new();

        sinks.set(&plan.sinks, &mut workers).await;
        let beat = self.progress.register("decide", ALLOWANCE);
        let task = decide::run(self.shared.clone(), self.store.clone(), self.wake.clone(), beat, stop.clone());
        tasks.spawn("decide", failure.clone().watch(task));
        let beat = self.progress.register("poll", ALLOWANCE);
        let task = poller.run(poll_commands, beat, stop.clone());
        tasks.spawn("poll", failure.clone().watch(task));
        match Server::bind(&self.socket) {
            Ok(server) => {
                let handler = Handler {
                    shared: self.shared.clone(),
                    store: self.store.clone(),
                    progress: self.progress.clone(),
                    poll: poll_sender.clone(),
                    reload: reload_sender,
                    started: self.started,
                    config: plan.config.main.clone(),
                    database: plan.config.store.path.value.clone(),
                };
                let stop = stop.clone();
                tasks.spawn("control", async move { server.run(|command| handler.clone().handle(command), stop).await });
            }
            Err(error) => {
                let text = format!("no control socket at {}: {error}. status, reload and feeds poll will not work", self.socket.display());
                Event::Warning { text: &text }.emit();
            }
        }
        tasks.spawn("prune", watchdog::prune(self.store.clone(), stop.clone()));
        tasks.spawn("watchdog", watchdog::watch(self.progress.clone(), self.store.clone(), run.systemd, stop.clone()));
        run.systemd.ready(&format!("{} feeds, {} watches", plan.feeds.len(), plan.config.watches.len()));

        let mut config = plan.config;
        let outcome = loop {
            let asked = tokio::select! {
                () = run.stop.cancelled() => break Ok(()),
                Some(()) = run.reload.recv() => None,
                Some(request) = reloads.recv() => Some(request),
                Some(ended) = tasks.next() => break Err(self.unexpected(ended)),
                // A worker ends without a word when a reload takes its sink away.
                Some(ended) = workers.next() => match self.failure.take() {
                    Some(error) => break Err(error.into()),
                    None if ended.panic.is_some() => break Err(self.unexpected(ended)),
                    None => continue,
                },
            };
            let reload = Reload { shared: &self.shared, store: &self.store, sinks, tasks: &mut workers, poll: &poll_sender };
            match unless(&run.stop, reload.run(&mut config)).await {
                Some(Ok(reply)) => drop(asked.map(|asked| asked.send(reply))),
                Some(Err(error)) => break Err(error.into()),
                None => break Ok(()),
            }
        };

        // All at once: what a station leaves behind is a row that the next start finds. Each has five seconds for what it has in hand.
        run.systemd.stopping();
        stop.cancel();
        sinks.stop().await;
        let mut outcome = outcome;
        while let Some(ended) = tasks.next().await {
            outcome = outcome.and_then(|()| whole(ended));
        }
        while let Some(ended) = workers.next().await {
            outcome = outcome.and_then(|()| whole(ended));
        }
        outcome
    }

    fn unexpected(&self, ended: Ended) -> AppError {
        match self.failure.take() {
            Some(error) => error.into(),
            None => AppError::Task { error: ended.panic.unwrap_or_else(|| "it ended".into()), name: ended.name },
        }
    }
}

/// A task that ended because it was told to, or one that panicked.
fn whole(ended: Ended) -> Result<(), AppError> {
    ended.panic.map_or(Ok(()), |error| Err(AppError::Task { name: ended.name, error }))
}

fn announce(plan: &Plan, run: &Run) {
    if run.quiet {
        return;
    }
    Event::Started { feeds: plan.feeds.len(), watches: plan.config.watches.len() }.emit();
    let sinks: Vec<&str> = plan.sinks.iter().map(|sink| sink.name()).collect();
    Event::Using { config: plan.config.main.clone(), store: plan.config.store.path.value.clone(), sinks: sinks.join(", ") }.emit();
    if !run.kept.is_empty() {
        Event::KeptConfiguration { problems: &run.kept }.emit();
    }
    let sinks = plan.sinks.iter().filter_map(|sink| crate::deliver::check(sink));
    plan.config.warnings.iter().cloned().chain(sinks).for_each(|problem| Event::Warning { text: &problem.to_string() }.emit());
}

fn options(config: &Config) -> Options {
    let store = &config.store;
    Options { keep: store.keep, keep_alerts: store.keep_alerts, max_size: store.max_size, ..Options::at(&store.path.value) }
}

/// `$RUNTIME_DIRECTORY/control.sock` for the service's own store, else beside the store; in the folder for temporary files where that path is too long for a socket
/// (whoever looks for it finds it named in the store's lock file).
fn socket_path(config: &Config) -> PathBuf {
    let own = config.store.path.value.starts_with(&config.dirs.state);
    if let Some(folder) = std::env::var_os("RUNTIME_DIRECTORY").filter(|v| !v.is_empty() && own) {
        return Path::new(&folder).join("control.sock");
    }
    let mut beside = config.store.path.value.clone().into_os_string();
    beside.push(".sock");
    if beside.len() <= SOCKET_PATH {
        return beside.into();
    }
    let name = crate::model::hash128([beside.as_encoded_bytes()]).iter().take(6).map(|byte| format!("{byte:02x}")).collect::<String>();
    std::env::temp_dir().join(format!("newswatch-{name}.sock"))
}
