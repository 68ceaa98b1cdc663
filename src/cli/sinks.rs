//! `sinks`: where alerts go, a test through one of them, a fresh secret.

use super::args::Sinks;
use super::out::Table;
use super::place::Context;
use super::{Code, Exit, out};
use crate::app;
use crate::app::clock::now;
use crate::config::Config;
use crate::deliver;
use crate::fetch::Fetcher;
use crate::store::SinkBacklog;
use jiff::Timestamp;
use serde::Serialize;

/// One sink as JSON.
#[derive(Debug, Serialize)]
struct Line<'a> {
    name: &'a str,
    r#type: Option<&'a str>,
    state: &'static str,
    since: Option<Timestamp>,
    reason: Option<&'a str>,
    waiting: u64,
    dead: u64,
    oldest: Option<Timestamp>,
    next: Option<Timestamp>,
}

/// `sinks …`
pub async fn sinks(context: &Context, command: Sinks) -> Result<(), Exit> {
    match command {
        Sinks::Secret => Ok(out::line(&deliver::fresh_secret())?),
        Sinks::List => list(context, &context.reading()?),
        Sinks::Test { name } => test(context, &name).await,
    }
}

fn list(context: &Context, config: &Config) -> Result<(), Exit> {
    let backlog = Context::reader(config)?.backlog()?;
    let kind = |name: &str| config.sinks.iter().find(|sink| sink.name.value == name).map(|sink| sink.kind.name());
    if context.json {
        for sink in &backlog {
            out::json(&Line {
                name: &sink.sink,
                r#type: kind(&sink.sink),
                state: state(sink),
                since: sink.since,
                reason: sink.reason.as_deref(),
                waiting: sink.rows,
                dead: sink.dead,
                oldest: sink.oldest,
                next: sink.next,
            })?;
        }
        return Ok(());
    }
    let mut table = Table::new(&["STATE", "SINK", "TYPE", "WAITING", "DEAD", "NOTE"]);
    for sink in &backlog {
        table.row(&[
            state(sink).into(),
            sink.sink.clone(),
            kind(&sink.sink).unwrap_or("–").into(),
            sink.rows.to_string(),
            sink.dead.to_string(),
            sink.reason.clone().unwrap_or_default(),
        ]);
    }
    Ok(table.print()?)
}

/// A sink that takes deliveries is ok; the store's word for it is an electrician's.
const fn state(sink: &SinkBacklog) -> &'static str {
    use crate::store::SinkState;
    match sink.state {
        _ if sink.orphan => "orphan",
        SinkState::Closed => "ok",
        SinkState::Open => "failing",
        SinkState::Disabled => "disabled",
    }
}

async fn test(context: &Context, name: &str) -> Result<(), Exit> {
    let plan = context.plan()?;
    let Some(sink) = plan.sinks.iter().find(|sink| sink.name() == name) else {
        let names: Vec<&str> = plan.sinks.iter().map(|sink| sink.name()).collect();
        return Err(Exit::new(Code::NoInput, format!("no sink {name:?}; there are: {}", names.join(", "))));
    };
    let fetcher = Fetcher::new(app::settings(&plan.config)).map_err(|error| Exit::new(Code::Io, error))?;
    match deliver::test(sink, &fetcher, now()).await {
        Ok(done) => Ok(out::line(&format!("{name}: {done}"))?),
        Err(reason) => Err(Exit::new(Code::Io, format!("{name}: {reason}"))),
    }
}
