//! `check`: the configuration, the watches and what they must hit and miss; every problem at once.

use super::place::Context;
use super::{Exit, out};
use crate::config;

/// Checks, and with `print` shows what takes effect.
pub fn check(context: &Context, print: bool) -> Result<(), Exit> {
    let plan = context.plan()?;
    plan.config.warnings.iter().for_each(|warning| out::note(&format!("warning: {warning}")));
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
