//! Which configuration and which database a command works with, and the errors that say so.

use super::out;
use super::{Code, Exit};
use crate::app::{self, Plan};
use crate::config::{self, Config, Dirs, process_env};
use crate::control::{self, ControlError, Reply};
use crate::model::Problem;
use crate::store::{OpenError, Reader, StoreError, lock_holder};
use jiff::{SignedDuration, Timestamp};
use std::path::PathBuf;
use std::time::Duration;

/// The global options.
#[derive(Debug, Clone)]
pub struct Context {
    /// `-c`
    pub config: Option<PathBuf>,
    /// `--json`
    pub json: bool,
}

impl Context {
    /// The configuration's main file.
    pub fn main_file(&self) -> PathBuf {
        config::locate(self.config.as_deref(), &process_env)
    }

    /// The configuration, whole and compiled.
    pub fn plan(&self) -> Result<Plan, Exit> {
        app::load(&self.main_file()).map_err(|problems| refused(&problems))
    }

    /// The last configuration of this main file that loaded, from the state directory.
    pub fn kept(&self) -> Result<Option<Config>, Vec<Problem>> {
        let main = self.main_file();
        let kept = config::load_kept(&Dirs::find(&main, &process_env).state)?;
        Ok(kept.filter(|kept| kept.main == std::path::absolute(&main).unwrap_or(main)))
    }

    /// The configuration for a command that only reads: while it is broken, the last one that loaded serves, and that is said.
    pub fn reading(&self) -> Result<Config, Exit> {
        let main = self.main_file();
        config::load(&main).or_else(|problems| match self.kept() {
            Ok(Some(kept)) => {
                out::note(&format!("newswatch: {} is broken (`newswatch check`); reading with the last one that loaded", main.display()));
                Ok(kept)
            }
            _ => Err(refused(&problems)),
        })
    }

    /// The store of a configuration, for reading.
    pub fn reader(config: &Config) -> Result<Reader, Exit> {
        let path = &config.store.path;
        Reader::open(&path.value).map_err(|error| {
            let place = match (&error, &path.at) {
                (OpenError::NoDatabase { path }, Some(at)) => {
                    format!("no database at {} (set by {}:{}). Is newswatch.service running?", path.display(), at.file.display(), at.line)
                }
                _ => error.to_string(),
            };
            Exit { code: code(error.exit_code()), message: place }
        })
    }

    /// Asks the daemon that owns the store of `config`.
    pub async fn ask(config: &Config, command: &control::Command, patience: Duration) -> Result<Reply, Exit> {
        let path = &config.store.path.value;
        let mut lock = path.clone().into_os_string();
        lock.push(".lock");
        if std::fs::File::open(&lock).is_err_and(|error| error.kind() == std::io::ErrorKind::PermissionDenied) {
            let message = format!("{} belongs to group newswatch and you are not in it: sudo usermod -aG newswatch $USER", path.display());
            return Err(Exit::new(Code::Permission, message));
        }
        let holder = lock_holder(path).ok_or_else(|| {
            Exit::new(
                Code::Unavailable,
                format!("no newswatch runs on {}. Is newswatch.service running? (systemctl status newswatch)", path.display()),
            )
        })?;
        control::send(&holder.socket, command, patience).await.map_err(|error| {
            let code = if matches!(error, ControlError::NotPermitted { .. }) { Code::Permission } else { Code::Unavailable };
            Exit::new(code, error)
        })
    }
}

/// A broken configuration: every problem told, exit 78.
pub fn refused(problems: &[Problem]) -> Exit {
    problems.iter().for_each(|problem| out::note(&problem.to_string()));
    Exit::silent(Code::Config)
}

/// The exit code that another room names by its number.
pub const fn code(number: u8) -> Code {
    match number {
        64 => Code::Usage,
        65 => Code::Data,
        66 => Code::NoInput,
        69 => Code::Unavailable,
        74 => Code::Io,
        77 => Code::Permission,
        78 => Code::Config,
        _ => Code::Internal,
    }
}

impl From<StoreError> for Exit {
    fn from(error: StoreError) -> Self {
        Self { code: code(error.exit_code()), message: error.to_string() }
    }
}

/// "90s", "15m", "6h", "30d".
pub fn span(text: &str) -> Result<Duration, Exit> {
    let wrong = || Exit::new(Code::Usage, format!("{text:?} is no span of time: write 90s, 15m, 6h or 30d"));
    let unit = text.chars().last().ok_or_else(wrong)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return Err(wrong()),
    };
    let number: u64 = text.strip_suffix(unit).unwrap_or_default().parse().map_err(|_| wrong())?;
    number.checked_mul(seconds).map(Duration::from_secs).ok_or_else(wrong)
}

/// A span before now, or a time.
pub fn since(text: &str, now: Timestamp) -> Result<Timestamp, Exit> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time);
    }
    let wrong = || Exit::new(Code::Usage, format!("{text:?} is neither a span (2d, 6h) nor a time (2026-11-24T10:00:00Z)"));
    let back = SignedDuration::try_from(span(text).map_err(|_| wrong())?).map_err(|_| wrong())?;
    now.checked_sub(back).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_of_time_are_read_or_refused_in_words() {
        assert_eq!(span("15m").unwrap(), Duration::from_secs(900));
        for bad in ["", "15", "m", "-3d", "3 days", "99999999999999999999d", "é"] {
            assert_eq!(span(bad).unwrap_err().code, Code::Usage, "{bad}");
        }
        let now = "2026-11-24T10:00:00Z".parse().unwrap();
        assert_eq!(since("2d", now).unwrap().to_string(), "2026-11-22T10:00:00Z");
        assert_eq!(since("2026-01-01T00:00:00Z", now).unwrap().to_string(), "2026-01-01T00:00:00Z");
    }
}
