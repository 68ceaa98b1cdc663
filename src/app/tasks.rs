//! Tasks with a name, a token and a joiner: the only place that spawns.

use crate::store::StoreError;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::task::{Id, JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

/// A set of named tasks of one kind; dropping it aborts them.
#[derive(Debug, Default)]
pub struct Tasks {
    set: JoinSet<()>,
    names: std::collections::HashMap<Id, String>,
}

/// How a named task ended.
#[derive(Debug)]
pub struct Ended {
    /// Its name.
    pub name: String,
    /// What it panicked with, if it did.
    pub panic: Option<String>,
}

impl Tasks {
    /// Starts `task` under `name`.
    pub fn spawn(&mut self, name: impl Into<String>, task: impl Future<Output = ()> + Send + 'static) {
        let handle = self.set.spawn(task);
        self.names.insert(handle.id(), name.into());
    }

    /// Waits for the next task to end; none once there are none.
    pub async fn next(&mut self) -> Option<Ended> {
        let ended = self.set.join_next_with_id().await?;
        let (id, panic) = match ended {
            Ok((id, ())) => (id, None),
            Err(error) => (error.id(), error.is_panic().then(|| panic_text(error))),
        };
        Some(Ended { name: self.names.remove(&id).unwrap_or_default(), panic })
    }
}

/// The store's failure that ended a task: the first one counts.
#[derive(Debug, Clone, Default)]
pub struct Failure(Arc<Mutex<Option<StoreError>>>);

impl Failure {
    /// Runs a task and remembers the failure that ends it.
    pub async fn watch<T>(self, task: impl Future<Output = Result<T, StoreError>>) {
        if let Err(error) = task.await {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        }
    }

    /// The failure, if there is one.
    pub fn take(&self) -> Option<StoreError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Runs `work` on a thread that may block.
///
/// # Errors
/// The panic's text, when it panics.
#[allow(clippy::disallowed_methods)] // this is the place the rule names
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, String> {
    tokio::task::spawn_blocking(work).await.map_err(panic_text)
}

/// Runs `work`, unless `stop` comes first.
pub async fn unless<T>(stop: &CancellationToken, work: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        biased;
        () = stop.cancelled() => None,
        done = work => Some(done),
    }
}

/// What a task panicked with.
pub fn panic_text(error: JoinError) -> String {
    match error.try_into_panic() {
        Ok(panic) => panic
            .downcast_ref::<&str>()
            .map(|s| (*s).to_string())
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "a panic without words".into()),
        Err(error) => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_ends_its_task_alone_and_is_told_by_name() {
        let mut tasks = Tasks::default();
        tasks.spawn("good", async {});
        tasks.spawn("bad", async { panic!("broke at 7") });
        let mut ended = [tasks.next().await.unwrap(), tasks.next().await.unwrap()];
        ended.sort_by(|a, b| a.name.cmp(&b.name));
        assert_eq!((ended[0].name.as_str(), ended[0].panic.as_deref()), ("bad", Some("broke at 7")));
        assert_eq!((ended[1].name.as_str(), ended[1].panic.as_deref()), ("good", None));
        assert!(tasks.next().await.is_none());
    }
}
