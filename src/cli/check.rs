//! `check`: the configuration, the watches and what they must hit and miss; every problem at once.

use super::place::Context;
use super::{Exit, out};
use crate::config;
use crate::deliver;

/// Checks, and with `print` shows what takes effect.
pub fn check(context: &Context, print: bool) -> Result<(), Exit> {
    let plan = context.plan()?;
    // The folder for logs may be made by the first start.
    let sinks = plan.sinks.iter().filter_map(|sink| deliver::check(sink)).filter(|_| plan.config.dirs.logs.exists());
    plan.config.warnings.iter().cloned().chain(sinks).for_each(|warning| out::note(&format!("warning: {warning}")));
    if print {
        out::line(config::effective(&plan.config).trim_end())?;
    } else {
        let sinks: Vec<&str> = plan.sinks.iter().map(|sink| sink.name()).collect();
        out::line(&format!(
            "{}: {} feeds, {} watches, alerts go to {}",
            plan.config.main.display(),
            plan.feeds.len(),
            plan.config.watches.len(),
            sinks.join(", ")
        ))?;
    }
    Ok(())
}
