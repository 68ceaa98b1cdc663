//! How a line should look.

use super::Columns;
use super::cells::Cells;
use crate::model::AlertBody;
use jiff::tz::TimeZone;
use std::io::IsTerminal;

/// How a line should look.
#[derive(Debug, Clone)]
pub struct Style {
    /// Aligned columns, the title last and linked (OSC 8); else tab-separated with the link.
    pub terminal: bool,
    /// Colours (SGR). Only looked at on a terminal.
    pub colour: bool,
    /// Columns of the terminal; a longer title is cut with `…`. None: never cut for width.
    pub width: Option<usize>,
    /// The zone that times are shown in.
    pub tz: TimeZone,
    /// How wide the columns are on a terminal.
    pub columns: Columns,
}

impl Style {
    /// Tab-separated with the link, as in a file or a pipe.
    pub fn plain(tz: TimeZone) -> Self {
        Self { terminal: false, colour: false, width: None, tz, columns: Columns::default() }
    }

    /// Aligned columns on a terminal `width` columns wide.
    pub fn terminal(tz: TimeZone, width: Option<usize>, colour: bool) -> Self {
        Self { terminal: true, colour, width, tz, columns: Columns::default() }
    }

    /// For our own standard output: columns and links on a `terminal`, as wide as it is; else tab-separated. Times in the system's zone.
    pub fn stdout(terminal: bool, colour: bool) -> Self {
        let tz = TimeZone::system();
        if !terminal {
            return Self::plain(tz);
        }
        let width = rustix::termios::tcgetwinsize(std::io::stdout()).ok().map(|size| usize::from(size.ws_col)).filter(|&width| width > 0);
        Self::terminal(tz, width, colour)
    }

    /// The same, found out: colours unless `NO_COLOR` is set, nothing but text for a terminal that knows no more.
    pub(in crate::deliver) fn of_stdout() -> Self {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let terminal = std::io::stdout().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb");
        Self::stdout(terminal, !set("NO_COLOR"))
    }

    /// Widens the columns so that this alert stands aligned with those that come after it. Lists call it for every alert before the
    /// first line, streams before each.
    pub fn fit(&mut self, alert: &AlertBody) {
        if self.terminal {
            self.columns.widen(&Cells::of(alert, &self.tz));
        }
    }
}
