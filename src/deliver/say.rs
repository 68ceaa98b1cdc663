//! What this room says in the log.

use std::time::Duration;

/// The sink takes nothing for now.
pub(super) fn opened(sink: &str, reason: &str, next: Duration) {
    tracing::warn!(sink, "sink {sink:?}: {reason}. Its alerts wait, none is lost; next try in {}", seconds(next));
}

/// It takes alerts again.
pub(super) fn back(sink: &str, out: Duration) {
    tracing::info!(sink, "sink {sink:?} takes alerts again, after {}", seconds(out));
}

/// There is no space under it.
pub(super) fn full(sink: &str, reason: &str) {
    tracing::error!(sink, "sink {sink:?}: waiting for disk space: {reason}. Its alerts wait, none is lost");
}

/// It said that it is no more.
pub(super) fn disabled(sink: &str, reason: &str) {
    tracing::error!(
        sink,
        "sink {sink:?}: {reason}. It is switched off and its alerts wait until it is changed (newswatch reload) or newswatch restarts"
    );
}

/// It refused an alert after it had taken the ones before.
pub(super) fn refused(sink: &str, alert: &str, reason: &str, next: Duration) {
    tracing::warn!(sink, "sink {sink:?} refused alert {alert}: {reason}. Others go on; this one is tried again in {}", seconds(next));
}

/// An alert is given up.
pub(super) fn dead(sink: &str, alert: &str, reason: &str) {
    tracing::error!(
        sink,
        "sink {sink:?}: alert {alert} is given up: {reason}. newswatch outbox list shows it, newswatch outbox retry sends it again"
    );
}

/// A write does not come back.
pub(super) fn hangs(sink: &str, since: Duration) {
    tracing::warn!(sink, "sink {sink:?} has not answered for {}; its alerts wait", seconds(since));
}

/// Whole seconds, minutes or hours: what a person wants to know.
fn seconds(duration: Duration) -> String {
    match duration.as_secs() {
        0 => format!("{} ms", duration.as_millis()),
        s @ 1..=119 => format!("{s} s"),
        s @ 120..=7_199 => format!("{} min", s / 60),
        s => format!("{} h", s / 3_600),
    }
}
