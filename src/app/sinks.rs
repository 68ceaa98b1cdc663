//! Station 3's workers: one task a sink, so that a slow or dead one delays no other; changed by a reload.

use super::clock::now;
use super::tasks::{Ended, Failure, Tasks};
use crate::deliver::{self, Sink, Worker};
use crate::fetch::Fetcher;
use crate::store::Store;
use crate::telemetry::{Event, Progress};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// A send in flight may take this long beyond its own timeout before its loop counts as stuck.
const ALLOWANCE: Duration = Duration::from_secs(120);

/// The running workers.
#[derive(Debug)]
pub struct Sinks {
    store: Store,
    fetcher: Fetcher,
    wake: Arc<Notify>,
    progress: Progress,
    failure: Failure,
    running: HashMap<String, Running>,
}

#[derive(Debug)]
struct Running {
    sink: Arc<Sink>,
    stop: CancellationToken,
    ended: CancellationToken,
}

impl Sinks {
    /// None yet. `wake` is rung when there is something to deliver.
    pub fn new(store: Store, fetcher: Fetcher, wake: Arc<Notify>, progress: Progress, failure: Failure) -> Self {
        Self { store, fetcher, wake, progress, failure, running: HashMap::new() }
    }

    /// Starts what is new or changed, ends what is gone; a worker ends with its send in flight.
    pub async fn set(&mut self, sinks: &[Arc<Sink>], tasks: &mut Tasks) {
        let kept = |running: &Running| sinks.iter().any(|sink| **sink == *running.sink);
        let gone: Vec<Running> = {
            let names: Vec<String> = self.running.iter().filter(|(_, r)| !kept(r)).map(|(name, _)| name.clone()).collect();
            names.iter().filter_map(|name| self.running.remove(name)).collect()
        };
        gone.iter().for_each(|running| running.stop.cancel());
        for running in gone {
            running.ended.cancelled().await;
        }
        for sink in sinks {
            if !self.running.contains_key(sink.name()) {
                self.start(sink.clone(), tasks);
            }
        }
    }

    /// Ends every worker; their sends in flight are finished.
    pub async fn stop(&mut self) {
        self.running.values().for_each(|running| running.stop.cancel());
        for (_, running) in self.running.drain() {
            running.ended.cancelled().await;
        }
    }

    /// `run --once`: delivers until each sink is empty or has failed once. Gives back a worker that panicked, if one did.
    pub async fn once(&self, sinks: &[Arc<Sink>], stop: &CancellationToken) -> Option<Ended> {
        let mut tasks = Tasks::default();
        for sink in sinks {
            let (worker, name) = (deliver::worker(self.worker(sink.clone(), stop.clone(), true)), sink.name().to_string());
            let work = self.failure.clone().watch(async move {
                let ended = worker.await?;
                if let Some(trouble) = ended.trouble {
                    Event::Warning { text: &format!("sink {name:?}: {trouble}. What it did not take waits in the outbox") }.emit();
                }
                Ok(())
            });
            tasks.spawn(format!("sink {}", sink.name()), work);
        }
        let mut broken = None;
        while let Some(ended) = tasks.next().await {
            broken = broken.or_else(|| ended.panic.is_some().then_some(ended));
        }
        broken
    }

    fn start(&mut self, sink: Arc<Sink>, tasks: &mut Tasks) {
        let (stop, ended) = (CancellationToken::new(), CancellationToken::new());
        let worker = self.failure.clone().watch(deliver::worker(self.worker(sink.clone(), stop.clone(), false)));
        let guard = ended.clone().drop_guard();
        let name = sink.name().to_string();
        tasks.spawn(format!("sink {name}"), async move {
            let _guard = guard;
            worker.await;
        });
        self.running.insert(name, Running { sink, stop, ended });
    }

    fn worker(&self, sink: Arc<Sink>, stop: CancellationToken, once: bool) -> Worker {
        Worker {
            beat: self.progress.register(format!("sink {}", sink.name()), ALLOWANCE),
            sink,
            store: self.store.clone(),
            fetcher: self.fetcher.clone(),
            wake: self.wake.clone(),
            stop,
            clock: now,
            once,
        }
    }
}
