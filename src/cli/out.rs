//! Output: lines on stdout, colour and aligned columns on a terminal, plain when piped.

use serde::Serialize;
use std::io::{self, IsTerminal, Write, stdout};
use unicode_width::UnicodeWidthStr;

/// Is stdout a terminal?
pub fn terminal() -> bool {
    stdout().is_terminal()
}

/// May stdout have colour? (`NO_COLOR`, no-color.org)
pub fn colour() -> bool {
    terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
}

/// Writes one line of text.
pub fn line(text: &str) -> io::Result<()> {
    let mut out = stdout().lock();
    out.write_all(text.as_bytes())?;
    out.write_all(b"\n")
}

/// Writes one value as a line of JSON.
pub fn json(value: &impl Serialize) -> io::Result<()> {
    let mut bytes = serde_json::to_vec(value)?;
    bytes.push(b'\n');
    stdout().lock().write_all(&bytes)
}

/// Writes one line for a person to stderr.
pub fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// What a publisher or an analyst wrote, safe for a terminal and for one line: no controls, no directions that reach beyond it, runs of
/// white space made one space.
pub fn plain(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{61c}' => {}
            c if c.is_whitespace() => {
                if !shown.ends_with(' ') {
                    shown.push(' ');
                }
            }
            c if c.is_control() => {}
            c => shown.push(c),
        }
    }
    shown
}

/// Rows under headings: aligned on a terminal, tab-separated when piped. The last column is never padded.
#[derive(Debug)]
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// With its headings.
    pub fn new(headings: &[&str]) -> Self {
        Self { rows: vec![headings.iter().map(|h| (*h).to_string()).collect()] }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: &[String]) {
        self.rows.push(cells.iter().map(|cell| plain(cell).trim().to_string()).collect());
    }

    /// Writes it.
    pub fn print(&self) -> io::Result<()> {
        let aligned = terminal();
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or_default();
        let width = |n: usize| self.rows.iter().filter_map(|row| row.get(n)).map(|cell| cell.width()).max().unwrap_or_default();
        let widths: Vec<usize> = (0..columns).map(width).collect();
        for (number, row) in self.rows.iter().enumerate() {
            let mut text = String::new();
            for (n, cell) in row.iter().enumerate() {
                text.push_str(cell);
                if n + 1 < row.len() {
                    match aligned {
                        true => text.extend(std::iter::repeat_n(' ', widths.get(n).copied().unwrap_or_default() - cell.width() + 2)),
                        false => text.push('\t'),
                    }
                }
            }
            line(&if number == 0 && colour() { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text })?;
        }
        Ok(())
    }
}

/// "4 min", "3 d": the largest unit that fits.
pub fn ago(seconds: i64) -> String {
    match seconds.max(0) {
        s @ 0..=119 => format!("{s} s"),
        s @ 120..=7_199 => format!("{} min", s / 60),
        s @ 7_200..=172_799 => format!("{} h", s / 3_600),
        s => format!("{} d", s / 86_400),
    }
}

/// "1.2 GB".
#[allow(clippy::cast_precision_loss)] // one decimal is shown
pub fn bytes(n: u64) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"];
    let mut value = n as f64;
    let mut unit = 0;
    while value >= 1_000.0 && unit + 1 < units.len() {
        value /= 1_000.0;
        unit += 1;
    }
    let name = units.get(unit).copied().unwrap_or_default();
    if unit == 0 { format!("{n} {name}") } else { format!("{value:.1} {name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_of_time_and_sizes_read_as_people_write_them() {
        assert_eq!((ago(5), ago(240), ago(3 * 86_400), ago(-1)), ("5 s".into(), "4 min".into(), "3 d".into(), "0 s".into()));
        assert_eq!((bytes(999), bytes(1_234_567_890)), ("999 B".into(), "1.2 GB".into()));
    }

    #[test]
    fn what_others_wrote_stays_on_its_line() {
        assert_eq!(plain("a\u{1b}[31m b\n \u{202e}c "), "a[31m b c ");
    }
}
