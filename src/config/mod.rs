//! TOML to typed values with spans; every problem of every file at once; secrets; the last configuration that loaded.
//!
//! `load` reads what `locate` names and yields plain values; each room compiles its own part of them. `config/newswatch.toml` is the register of
//! every key: none enters here before it stands there.
//!
//! Must not know: what a keyword, a feed or a delivery means, the network, the store.

mod base;
mod checks;
mod effective;
mod feeds;
mod include;
mod kept;
mod keys;
mod load;
mod place;
mod reader;
mod secret;
mod session;
mod sink;
mod sinks;
mod source;
mod spec;
mod suggest;
mod syntax;
mod values;
mod vault;
mod watches;

pub use effective::effective;
pub use kept::{KeepError, keep, load_kept, load_kept_with};
pub use place::{Dirs, Vars, locate, process_env};
pub use secret::{Secret, SecretSource, SecretUrl};
pub use sink::{Format, Kinds, OnUnknown, Rate, SinkKind, SinkSpec};
pub use spec::{AlertAge, AlertsSpec, Config, EntryRules, FeedSpec, FetchSpec, ProxySpec, StoreSpec};

use crate::model::Problem;
use std::path::Path;

/// Reads the configuration whose main file is `main`, with everything it includes, as this process sees its environment.
///
/// # Errors
/// Every problem of every file, in the order of files and lines. Never empty.
pub fn load(main: &Path) -> Result<Config, Vec<Problem>> {
    load_with(main, &process_env)
}

/// What can be read of a configuration, and every problem. For whoever looks for further problems in it, never to run by: where there are problems,
/// watches that have one are left out, so that what is found in the others is not its echo.
pub fn load_partly(main: &Path) -> (Config, Vec<Problem>) {
    load_partly_with(main, &process_env)
}

/// As [`load_partly`], with the environment as an argument.
pub fn load_partly_with(main: &Path, vars: Vars<'_>) -> (Config, Vec<Problem>) {
    let (config, report) = load::load_reporting(&place::absolute(main), main, &source::Disk, vars, reader::Report::default());
    (config, report.problems)
}

/// As [`load()`], with the environment as an argument.
///
/// # Errors
/// As [`load()`].
pub fn load_with(main: &Path, vars: Vars<'_>) -> Result<Config, Vec<Problem>> {
    load::load(&place::absolute(main), main, &source::Disk, vars)
}

#[cfg(test)]
mod register_test;
