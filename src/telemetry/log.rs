//! Where log lines go: stderr, in the form that whoever reads it expects.

use std::io::{IsTerminal, stderr};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// Starts logging to stderr. `NEWSWATCH_LOG` filters as `tracing` spells it (`debug`, `newswatch::fetch=trace`); the default is `info`.
///
/// Under systemd (`$JOURNAL_STREAM`) lines carry a priority (`<4>…`, sd-daemon(3)) and no time: the journal has its own.
pub fn init() {
    let filter = EnvFilter::try_from_env("NEWSWATCH_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(|| Patient(stderr()));
    // A second start of the log (tests in one process) keeps the first.
    let _ = if std::env::var_os("JOURNAL_STREAM").is_some() {
        builder.event_format(Priority).try_init()
    } else {
        let colour = stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
        builder.with_target(false).with_ansi(colour).try_init()
    };
}

/// Standard error that a full disk or a reader who has gone cannot turn into a panic: a line that cannot be written is lost, the daemon is not.
struct Patient(std::io::Stderr);

impl std::io::Write for Patient {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let _ = self.0.write_all(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        let _ = self.0.flush();
        Ok(())
    }
}

/// `<priority>message`, as the journal reads it from a service's stderr.
struct Priority;

impl<S, N> FormatEvent<S, N> for Priority
where
    S: tracing::Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &tracing::Event<'_>) -> std::fmt::Result {
        let priority = match *event.metadata().level() {
            tracing::Level::ERROR => 3,
            tracing::Level::WARN => 4,
            tracing::Level::INFO => 6,
            _ => 7,
        };
        write!(writer, "<{priority}>")?;
        context.field_format().format_fields(writer.by_ref(), event)?;
        writeln!(writer)
    }
}
