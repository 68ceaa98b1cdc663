//! The daemon over the press, in a throw-away folder.

use super::{OUTLETS, Press};
use crate::app::{self, AppError, Run};
use crate::model::Problem;
use jiff::Timestamp;
use std::fmt::Write;
use std::path::Path;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// The watches that the package ships.
const WATCHES: &str = include_str!("../../config/watches.d/eco.toml");

/// Why the demonstration did not run.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The folder or the press could not be made.
    #[error("the demonstration needs a folder for its state and a port of 127.0.0.1: {0}")]
    Io(#[from] std::io::Error),
    /// Its configuration does not load: a defect.
    #[error("the demonstration's own configuration is broken: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Configuration(Vec<Problem>),
    /// The daemon failed.
    #[error(transparent)]
    App(#[from] AppError),
}

/// Opens the press, starts the daemon over it with all its state in `folder`, and lets both run for `span` (none: until `stop`).
///
/// # Errors
/// When the folder cannot be written, when loopback has no free port, when the daemon fails.
pub async fn run(folder: &Path, now: Timestamp, span: Option<Duration>, stop: CancellationToken) -> Result<(), DemoError> {
    let press = Press::open(now).await?;
    let main = write_configuration(folder, &press)?;
    let plan = app::load(&main).map_err(DemoError::Configuration)?;
    let deadline = async {
        match span {
            Some(span) => tokio::time::sleep(span).await,
            None => std::future::pending().await,
        }
        stop.cancel();
        std::future::pending::<()>().await;
    };
    tokio::select! {
        done = app::run(plan, Run::quiet(stop.clone())) => done.map(drop).map_err(DemoError::from),
        () = press.serve() => Ok(()),
        () = deadline => Ok(()),
    }
}

fn write_configuration(folder: &Path, press: &Press) -> std::io::Result<std::path::PathBuf> {
    let mut text = format!(
        "include = [\"eco.toml\"]\n\n[store]\nurl = {:?}\n\n[fetch]\nhost_gap = \"0s\"\n\n[alerts]\ngroup_wait = \"0s\"\n\n\
         [defaults]\nallow_private = true\ninterval = \"1s\"\nfirst_poll_alert_age = \"any\"\n\n[[sink]]\ntype = \"stdout\"\n",
        folder.join("newswatch.db").display().to_string()
    );
    for outlet in &OUTLETS {
        let _ = write!(text, "\n[[feed]]\nname = {:?}\nurl = {:?}\nlang = {:?}\n", outlet.slug, press.url(outlet), outlet.lang);
    }
    std::fs::write(folder.join("eco.toml"), WATCHES)?;
    let main = folder.join("newswatch.toml");
    std::fs::write(&main, text)?;
    Ok(main)
}
