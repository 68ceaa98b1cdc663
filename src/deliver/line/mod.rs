//! An alert as one line that a person reads: tab-separated in a file, in aligned columns on a terminal.
//!
//! Columns: time, watch, severity, new / +update / correction, language, outlet, outlets so far, story, keyword, title, and in a file
//! the link (on a terminal the title *is* the link). Whatever a publisher writes, it stays one line and cannot steer the terminal.
//!
//! Pure but for [`Style::stdout`]. Must not know: sinks, configuration.

mod cells;
mod clean;
mod columns;
mod style;

use crate::model::{AlertBody, Severity};
use cells::Cells;

pub use cells::outlets;
pub use columns::Columns;
pub use style::Style;

/// The alert as one line, without its end.
pub fn line(alert: &AlertBody, style: &Style) -> String {
    let cells = Cells::of(alert, &style.tz);
    if style.terminal { on_a_terminal(&cells, style, alert.severity) } else { in_a_file(&cells) }
}

fn in_a_file(cells: &Cells) -> String {
    let mut parts: Vec<String> = cells.leading().iter().map(|cell| clean::isolated(cell)).collect();
    parts.push(clean::isolated(&cells.title));
    parts.push(cells.link.clone().unwrap_or_default());
    parts.join("\t")
}

fn on_a_terminal(cells: &Cells, style: &Style, severity: Severity) -> String {
    let mut line = String::new();
    let mut used = 0;
    for (index, (cell, width)) in cells.leading().into_iter().zip(style.columns.widths()).enumerate() {
        let shown = clean::cut_to_width(cell, width);
        let padding = width.saturating_sub(clean::width(&shown)) + 2;
        used += width + 2;
        paint(&mut line, &clean::isolated(&shown), style.colour.then(|| colour_of(index, severity)).flatten());
        line.extend(std::iter::repeat_n(' ', padding));
    }
    // A terminal narrower than the columns still shows some of the title, on its next row.
    let title = style.width.map_or_else(|| cells.title.clone(), |width| clean::cut_to_width(&cells.title, width.saturating_sub(used).max(20)));
    let title = clean::isolated(&title);
    match cells.link.as_deref().and_then(clean::terminal_link) {
        Some(link) => line.push_str(&format!("\x1b]8;;{link}\x1b\\{title}\x1b]8;;\x1b\\")),
        None => line.push_str(&title),
    }
    line
}

/// The SGR code of a column.
const fn colour_of(column: usize, severity: Severity) -> Option<&'static str> {
    match (column, severity) {
        (0 | 7, _) | (2, Severity::Low) => Some("2"),
        (1, _) => Some("1"),
        (2, Severity::High) => Some("33"),
        (2, Severity::Flash) => Some("1;31"),
        (8, _) => Some("36"),
        _ => None,
    }
}

fn paint(line: &mut String, text: &str, code: Option<&str>) {
    match code {
        Some(code) => line.push_str(&format!("\x1b[{code}m{text}\x1b[0m")),
        None => line.push_str(text),
    }
}

#[cfg(test)]
mod tests;
