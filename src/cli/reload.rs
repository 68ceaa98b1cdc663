//! `reload`: the running daemon's verdict about its configuration.

use super::place::Context;
use super::{Code, Exit, out};
use crate::control::{Command, Reply};
use std::time::Duration;

/// A reload compiles every watch; a hundred thousand take a while.
const PATIENCE: Duration = Duration::from_secs(60);

/// Asks for a reload and prints the verdict.
pub async fn reload(context: &Context) -> Result<(), Exit> {
    // The new configuration may be broken, and then does not say where the store is: the kept one does.
    let config = match context.kept() {
        Ok(Some(kept)) => kept,
        _ => context.reading()?,
    };
    match Context::ask(&config, &Command::Reload, PATIENCE).await? {
        Reply::Reloaded { feeds, watches, warnings } => {
            warnings.iter().for_each(|warning| out::note(&format!("warning: {warning}")));
            out::note(&format!("reloaded: {feeds} feeds, {watches} watches"));
            Ok(())
        }
        Reply::Refused { problems } => {
            problems.iter().for_each(|problem| out::note(&format!("reload refused: {problem}")));
            Err(Exit::silent(Code::Config))
        }
        Reply::Failed { message } => Err(Exit::new(Code::Unavailable, message)),
        other => Err(Exit::new(Code::Internal, format!("unexpected answer {other:?}"))),
    }
}
