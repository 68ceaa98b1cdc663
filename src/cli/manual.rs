//! Completions and manual pages, from the same definitions as the command line.

use super::args::Cli;
use super::{Code, Exit, out};
use clap::CommandFactory;
use std::path::Path;

/// Prints completions for a shell.
pub fn completions(shell: clap_complete::Shell) -> Result<(), Exit> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "newswatch", &mut text);
    Ok(out::line(String::from_utf8_lossy(&text).trim_end())?)
}

/// Writes a manual page for each command.
pub fn pages(dir: &Path) -> Result<(), Exit> {
    let failed = |error| Exit::new(Code::Io, format!("{}: {error}", dir.display()));
    std::fs::create_dir_all(dir).map_err(failed)?;
    clap_mangen::generate_to(Cli::command(), dir).map_err(failed)
}
