//! Arguments, logging, the runtime, signals, the exit code.

use clap::Parser;
use newswatch::cli::{self, Cli, Code, Exit, Signals};
use newswatch::telemetry::{self, Event};
use std::io::Write;
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and the version are answers, anything else is a usage error.
            let code = if error.use_stderr() { ExitCode::from(Code::Usage as u8) } else { ExitCode::SUCCESS };
            let _ = error.print();
            return code;
        }
    };
    if cli.logs() {
        telemetry::init();
    }
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(exit) => {
            if !exit.message.is_empty() {
                tell(&exit.message);
            }
            ExitCode::from(exit.code as u8)
        }
    }
}

/// The last word of a command that failed; nobody may be there to read it.
fn tell(message: &str) {
    let _ = writeln!(std::io::stderr(), "newswatch: {message}");
}

fn run(cli: Cli) -> Result<(), Exit> {
    let threads = std::thread::available_parallelism().map_or(2, |n| n.get().min(8));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).max_blocking_threads(16).enable_all().build()?;
    let ended = runtime.block_on(async {
        let signals = listen(cli.logs())?;
        cli::execute(cli, signals).await
    });
    // A read of standard input cannot be interrupted: nobody waits for it.
    runtime.shutdown_background();
    ended
}

/// SIGTERM and SIGINT end what runs, SIGHUP reloads. A command that is no daemon ends at once.
#[allow(clippy::disallowed_methods)] // the one task outside `app`: signals live here
fn listen(daemon: bool) -> std::io::Result<Signals> {
    let stop = CancellationToken::new();
    let (reload, reloads) = mpsc::channel(1);
    let (mut term, mut int, mut hup) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?, signal(SignalKind::hangup())?);
    let stopped = stop.clone();
    tokio::spawn(async move {
        loop {
            let why = tokio::select! {
                _ = term.recv() => "SIGTERM",
                _ = int.recv() => "SIGINT",
                _ = hup.recv() => {
                    // One that waits already will see this change too.
                    let _ = reload.try_send(());
                    continue;
                }
            };
            if !daemon || stopped.is_cancelled() {
                std::process::exit(130);
            }
            stopped.cancel();
            Event::Stopping { why }.emit();
        }
    });
    Ok(Signals { stop, reload: reloads })
}
