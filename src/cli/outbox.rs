//! `outbox`: what is still to be delivered.

use super::args::Outbox;
use super::out::{Table, ago};
use super::place::Context;
use super::{Code, Exit, out};
use crate::app::clock::now;
use crate::model::AlertId;
use crate::store::OutboxFilter;
use jiff::Timestamp;
use serde::Serialize;

/// One row as JSON.
#[derive(Debug, Serialize)]
struct Line<'a> {
    sink: &'a str,
    seq: i64,
    alert_id: AlertId,
    state: &'static str,
    tries: u32,
    next: Option<Timestamp>,
    reason: Option<&'a str>,
}

/// `outbox list`
pub fn outbox(context: &Context, command: Outbox) -> Result<(), Exit> {
    let Outbox::List { sink, after } = command;
    let config = context.reading()?;
    let reader = Context::reader(&config)?;
    let time = now();
    if let Some(name) = &sink
        && !config.sinks.iter().any(|known| known.name.value == *name)
        && !reader.backlog()?.iter().any(|known| known.sink == *name)
    {
        return Err(Exit::new(Code::NoInput, format!("no sink {name:?}; `newswatch sinks list` shows them")));
    }
    let rows = reader.outbox(&OutboxFilter { sink, after, limit: None }, time)?;
    if context.json {
        for row in &rows {
            out::json(&Line {
                sink: &row.sink,
                seq: row.seq,
                alert_id: row.alert_id,
                state: row.state.name(),
                tries: row.tries,
                next: row.next,
                reason: row.reason.as_deref(),
            })?;
        }
        return Ok(());
    }
    if rows.is_empty() {
        out::note("everything is delivered");
        return Ok(());
    }
    let mut table = Table::new(&["STATE", "SINK", "SEQ", "ALERT", "TRIES", "NEXT", "REASON"]);
    for row in &rows {
        table.row(&[
            row.state.name().into(),
            row.sink.clone(),
            row.seq.to_string(),
            row.alert_id.short(),
            row.tries.to_string(),
            row.next.map_or_else(|| "–".into(), |at| format!("in {}", ago(at.duration_since(time).as_secs()))),
            row.reason.clone().unwrap_or_default(),
        ]);
    }
    Ok(table.print()?)
}
