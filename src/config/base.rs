//! `[store]`, `[fetch]` and `[alerts]`.
//!
//! Must not know: TOML, what these rooms do with it.

use super::reader::{Scope, Table, Value, planned};
use super::session::Session;
use super::values::{CENTURY, duration, header_text, quoted, size, spell_duration, spell_size};
use super::{AlertsSpec, FetchSpec, StoreSpec};
use crate::model::Located;
use std::time::Duration;

pub(super) const STORE: Scope = Scope { id: "store", shown: "[store]" };
pub(super) const FETCH: Scope = Scope { id: "fetch", shown: "[fetch]" };
pub(super) const ALERTS: Scope = Scope { id: "alerts", shown: "[alerts]" };

/// `[store]`
pub(super) fn store(session: &mut Session<'_>, mut table: Table<'_>) -> StoreSpec {
    let mut spec = default_store(session);
    let report = &mut session.report;
    if let Some(value) = table.take(report, "url")
        && let Some(url) = value.text(report, "\"newswatch.db\"")
    {
        if ["postgres://", "postgresql://"].iter().any(|scheme| url.value.starts_with(scheme)) {
            value.tell(report, format!("{} Write the name of a file, such as \"newswatch.db\".", planned("a PostgreSQL store")));
        } else if url.value.contains("://") {
            value.tell(report, "the store is a file. Write its name, such as \"newswatch.db\", without a scheme.");
        } else if url.value.is_empty() || url.value.ends_with('/') {
            value.tell(report, "this names no file. Write one, such as \"newswatch.db\".");
        } else {
            spec.path = Located { value: session.dirs.state.join(url.value), at: url.at };
        }
    }
    let least = Duration::from_secs(1);
    spec.keep = span(session, &mut table, "keep", "\"90d\"", least..=CENTURY).unwrap_or(spec.keep);
    spec.keep_alerts = span(session, &mut table, "keep_alerts", "\"365d\"", least..=CENTURY).unwrap_or(spec.keep_alerts);
    spec.max_size = bytes(session, &mut table, "max_size", "\"2GB\"", 1_000_000..=1 << 60).unwrap_or(spec.max_size);
    table.finish(&mut session.report);
    spec
}

/// Without a `[store]`.
pub(super) fn default_store(session: &Session<'_>) -> StoreSpec {
    StoreSpec::new(session.dirs.state.join("newswatch.db"))
}

/// `[fetch]`
pub(super) fn fetch(session: &mut Session<'_>, mut table: Table<'_>) -> FetchSpec {
    let mut spec = FetchSpec::default();
    spec.host_gap = span(session, &mut table, "host_gap", "\"1s\"", Duration::ZERO..=Duration::from_secs(3600)).unwrap_or(spec.host_gap);
    if let Some(value) = table.take(&mut session.report, "contact") {
        spec.contact = value.parsed(&mut session.report, "\"desk@example.org\"", header_text).map(|contact| contact.value);
    }
    spec.max_body = bytes(session, &mut table, "max_body", "\"10MiB\"", 1_000..=64 << 20).unwrap_or(spec.max_body);
    table.finish(&mut session.report);
    spec
}

/// `[alerts]`
pub(super) fn alerts(session: &mut Session<'_>, mut table: Table<'_>) -> AlertsSpec {
    let mut spec = AlertsSpec::default();
    spec.group_wait = span(session, &mut table, "group_wait", "\"60s\"", Duration::ZERO..=Duration::from_secs(24 * 3600)).unwrap_or(spec.group_wait);
    table.planned(&mut session.report, &["group_interval", "summary_at"]);
    table.finish(&mut session.report);
    spec
}

/// A duration within bounds.
pub(super) fn span(
    session: &mut Session<'_>,
    table: &mut Table<'_>,
    key: &'static str,
    example: &str,
    bounds: std::ops::RangeInclusive<Duration>,
) -> Option<Duration> {
    let value = table.take(&mut session.report, key)?;
    bounded_span(session, &value, example, bounds)
}

/// As [`span`], of a value at hand.
pub(super) fn bounded_span(
    session: &mut Session<'_>,
    value: &Value<'_>,
    example: &str,
    bounds: std::ops::RangeInclusive<Duration>,
) -> Option<Duration> {
    let found = value.parsed(&mut session.report, example, |text| {
        let found = duration(text)?;
        match (found < *bounds.start(), found > *bounds.end()) {
            (true, _) => Err(format!("{} is too short. The least is \"{}\".", quoted(text), spell_duration(*bounds.start()))),
            (_, true) => Err(format!("{} is too long. The most is \"{}\".", quoted(text), spell_duration(*bounds.end()))),
            _ => Ok(found),
        }
    })?;
    Some(found.value)
}

fn bytes(session: &mut Session<'_>, table: &mut Table<'_>, key: &'static str, example: &str, bounds: std::ops::RangeInclusive<u64>) -> Option<u64> {
    let value = table.take(&mut session.report, key)?;
    let found = value.parsed(&mut session.report, example, |text| {
        let found = size(text)?;
        match (found < *bounds.start(), found > *bounds.end()) {
            (true, _) => Err(format!("{} is too small. The least is \"{}\".", quoted(text), spell_size(*bounds.start()))),
            (_, true) => Err(format!("{} is too large. The most is \"{}\".", quoted(text), spell_size(*bounds.end()))),
            _ => Ok(found),
        }
    })?;
    Some(found.value)
}
