//! `run`: the daemon in the foreground.

use super::place::{Context, code, refused};
use super::{Code, Exit, Signals, out};
use crate::app::{self, AppError, Plan, Run};
use crate::telemetry::Systemd;

/// Runs until a signal ends it.
pub async fn run(context: &Context, once: bool, strict: bool, signals: Signals) -> Result<(), Exit> {
    let (plan, kept) = plan(context)?;
    let run = Run { once, stop: signals.stop, reload: signals.reload, systemd: Systemd::from_env(), kept, quiet: false };
    let summary = app::run(plan, run).await.map_err(failed)?;
    if strict && summary.failed > 0 {
        return Err(Exit::new(Code::Unavailable, format!("{} of {} polls failed; `newswatch feeds list` says why", summary.failed, summary.polls)));
    }
    Ok(())
}

/// The configuration, or the last one that loaded with the problems of the present one.
fn plan(context: &Context) -> Result<(Plan, Vec<String>), Exit> {
    let problems = match app::load_to_run(&context.main_file()) {
        Ok(plan) => return Ok((plan, Vec::new())),
        Err(problems) => problems,
    };
    match context.kept().and_then(|kept| kept.map(app::plan).transpose()) {
        Ok(Some(plan)) => Ok((plan, problems.iter().map(ToString::to_string).collect())),
        Ok(None) => Err(refused(&problems)),
        Err(older) => {
            out::note("newswatch: the last configuration that loaded is of no use either:");
            older.iter().for_each(|problem| out::note(&problem.to_string()));
            Err(refused(&problems))
        }
    }
}

fn failed(error: AppError) -> Exit {
    let code = match &error {
        AppError::Open(error) => code(error.exit_code()),
        AppError::Store(error) => code(error.exit_code()),
        AppError::Fetch(_) => Code::Config,
        AppError::Task { .. } => Code::Internal,
    };
    Exit::new(code, error)
}
