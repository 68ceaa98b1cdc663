//! The command line: one file per command, each thin. Exit codes are sysexits(3); people read text, programs `--json`.

mod alerts;
mod args;
mod check;
mod demo;
mod discover;
mod exit;
mod feeds;
mod manual;
mod matching;
mod out;
mod outbox;
mod parse;
mod place;
mod reload;
mod run;
mod sinks;
mod status;
mod watches;
mod why;

pub use args::Cli;
pub use exit::{Code, Exit};

use args::Command;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// What the process's signals ask for.
#[derive(Debug)]
pub struct Signals {
    /// SIGTERM or SIGINT.
    pub stop: CancellationToken,
    /// SIGHUP.
    pub reload: mpsc::Receiver<()>,
}

/// Does what the command line asks.
///
/// # Errors
/// The exit code and what to tell the person.
pub async fn execute(cli: Cli, signals: Signals) -> Result<(), Exit> {
    let context = place::Context { config: cli.config, json: cli.json };
    match cli.command {
        Command::Demo { span } => demo::demo(span.as_deref(), signals.stop).await,
        Command::Run { once, strict } => run::run(&context, once, strict, signals).await,
        Command::Check { print } => check::check(&context, print),
        Command::Reload => reload::reload(&context).await,
        Command::Parse(args) => parse::parse(&context, &args).await,
        Command::Match(args) => matching::matching(&context, &args),
        Command::Alerts(args) => alerts::alerts(&context, &args).await,
        Command::Why { what } => why::why(&context, &what),
        Command::Status => status::status(&context).await,
        Command::Watches(args) => watches::watches(&context, &args),
        Command::Feeds { command } => feeds::feeds(&context, command).await,
        Command::Sinks { command } => sinks::sinks(&context, command).await,
        Command::Outbox { command } => outbox::outbox(&context, command),
        Command::Fmt { query } => matching::format(&query),
        Command::Completions { shell } => manual::completions(shell),
        Command::Man { dir } => manual::pages(&dir),
    }
}

impl Cli {
    /// Does the command log what it does (a daemon), or only say how it ended?
    pub const fn logs(&self) -> bool {
        matches!(self.command, Command::Run { .. } | Command::Demo { .. })
    }
}
