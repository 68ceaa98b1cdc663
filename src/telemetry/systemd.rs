//! The word to the service manager: sd_notify(3). Outside a service every call does nothing.

use sd_notify::NotifyState;
use std::time::Duration;

/// The service manager, if one started us.
#[derive(Debug, Clone, Copy)]
pub struct Systemd {
    watchdog: Option<Duration>,
}

impl Systemd {
    /// Reads `$NOTIFY_SOCKET` and `$WATCHDOG_USEC`.
    pub fn from_env() -> Self {
        Self { watchdog: sd_notify::watchdog_enabled() }
    }

    /// How often the watchdog wants to be fed: half of what the unit allows. None: there is no watchdog.
    pub fn feed_every(&self) -> Option<Duration> {
        self.watchdog.map(|limit| limit / 2)
    }

    /// The daemon serves: the store is open, the loops run.
    pub fn ready(&self, status: &str) {
        say(&[NotifyState::Ready, NotifyState::Status(status)]);
    }

    /// One line for `systemctl status`.
    pub fn status(&self, status: &str) {
        say(&[NotifyState::Status(status)]);
    }

    /// Every loop moves.
    pub fn feed_watchdog(&self) {
        say(&[NotifyState::Watchdog]);
    }

    /// The drain has begun.
    pub fn stopping(&self) {
        say(&[NotifyState::Stopping]);
    }
}

fn say(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::debug!("sd_notify: {error}");
    }
}
