//! TOML to typed values with spans; every problem of every file at once; secrets; the last configuration that loaded.
//!
//! `load` reads what `locate` names and yields plain values; each room compiles its own part of them. `config/newswatch.toml` is the register of
//! every key: none enters here before it stands there.
//!
//! Must not know: what a keyword, a feed or a delivery means, the network, the store.

mod kept;
mod place;
#[allow(dead_code)]
mod secret;
mod sink;
mod spec;

pub use kept::{KeepError, keep, load_kept, load_kept_with};
pub use place::{Dirs, Vars, locate, process_env};
pub use secret::{Secret, SecretSource, SecretUrl};
pub use sink::{Format, Kinds, OnUnknown, Rate, SinkKind, SinkSpec};
pub use spec::{AlertAge, AlertsSpec, Config, FeedSpec, FetchSpec, ProxySpec, StoreSpec};

use crate::model::Problem;
use std::path::Path;

/// Reads the configuration whose main file is `main`, with everything it includes, as this process sees its environment.
///
/// # Errors
/// Every problem of every file, in the order of files and lines. Never empty.
pub fn load(main: &Path) -> Result<Config, Vec<Problem>> {
    load_with(main, &process_env)
}

/// As [`load`], with the environment as an argument.
///
/// # Errors
/// As [`load`].
pub fn load_with(main: &Path, _vars: Vars<'_>) -> Result<Config, Vec<Problem>> {
    Err(vec![Problem::new(None, format!("{}: cannot be read yet", main.display()))])
}

/// The configuration as it takes effect, defaults written out, as TOML with every secret masked: `check --print`.
pub fn effective(_config: &Config) -> String {
    String::new()
}
