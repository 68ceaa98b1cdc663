//! What the configuration says about alerts, in this room's own terms.

use crate::model::Severity;
use jiff::{SignedDuration, Timestamp};
use std::collections::{HashMap, HashSet};
use std::time::Duration;

/// How old an entry of a feed's first poll may be and still be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlertAge {
    /// Whatever its date, or none.
    Any,
    /// Dated, and younger than this.
    Within(Duration),
}

/// One feed's limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeedPolicy {
    /// For entries of the first poll.
    pub first_poll_alert_age: AlertAge,
    /// For all entries.
    pub max_alert_age: Duration,
}

/// One watch's routing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WatchPolicy {
    /// Of its alerts.
    pub severity: Severity,
    /// Sinks that get its alerts; empty: all that want them.
    pub sinks: Vec<String>,
    /// Clauses of `with`: they show that the article is meant, but are not what was looked for. An alert shows them last.
    pub context: HashSet<String>,
}

/// What one sink takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SinkPolicy {
    /// Its name.
    pub name: String,
    /// Watches it takes; empty: all.
    pub watches: Vec<String>,
    /// At least this loud.
    pub severity: Option<Severity>,
    /// It takes alerts at all.
    pub alerts: bool,
}

/// Everything a decision needs to know of the configuration.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// How long copies of a story are collected before the first word goes out.
    pub group_wait: Duration,
    /// By identity of the feed.
    pub feeds: HashMap<String, FeedPolicy>,
    /// By name; a watch that is not here was removed.
    pub watches: HashMap<String, WatchPolicy>,
    /// In the order of the configuration.
    pub sinks: Vec<SinkPolicy>,
}

impl Policy {
    /// The sinks that get an alert of `watch` at `severity`.
    pub fn route(&self, watch: &str, severity: Severity) -> Vec<String> {
        let wanted = self.watches.get(watch).map(|w| w.sinks.as_slice()).unwrap_or_default();
        self.sinks
            .iter()
            .filter(|sink| sink.alerts && sink.severity.is_none_or(|least| severity >= least))
            .filter(|sink| sink.watches.is_empty() || sink.watches.iter().any(|w| w == watch))
            .filter(|sink| wanted.is_empty() || wanted.contains(&sink.name))
            .map(|sink| sink.name.clone())
            .collect()
    }
}

/// Is `published` at most `limit` before `seen`? What is dated in the future is young.
pub(super) fn younger(published: Timestamp, seen: Timestamp, limit: Duration) -> bool {
    SignedDuration::try_from(limit).is_ok_and(|limit| seen.duration_since(published) <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alert_goes_where_both_sides_want_it() {
        let sink = |name: &str, watches: &[&str], severity| SinkPolicy {
            name: name.into(),
            watches: watches.iter().map(|w| (*w).to_string()).collect(),
            severity,
            alerts: true,
        };
        let policy = Policy {
            watches: [
                ("eco".to_string(), WatchPolicy::default()),
                ("cve".to_string(), WatchPolicy { severity: Severity::High, sinks: vec!["hook".into()], ..WatchPolicy::default() }),
            ]
            .into(),
            sinks: vec![
                sink("log", &[], None),
                sink("hook", &["cve"], None),
                sink("loud", &[], Some(Severity::High)),
                SinkPolicy { alerts: false, ..sink("health", &[], None) },
            ],
            ..Policy::default()
        };
        assert_eq!(policy.route("eco", Severity::Normal), ["log"]);
        assert_eq!(policy.route("eco", Severity::Flash), ["log", "loud"]);
        assert_eq!(policy.route("cve", Severity::High), ["hook"]);
    }
}
