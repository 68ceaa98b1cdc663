//! `include`: the files that a pattern names, in one folder.
//!
//! Must not know: what stands in them.

use super::reader::{Table, Value};
use super::session::{Session, beside};
use super::source::reason;
use crate::model::Origin;
use std::io;
use std::path::PathBuf;

/// A file to be read, and the `include` that names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Included {
    /// Absolute.
    pub path: PathBuf,
    /// How messages name it.
    pub shown: PathBuf,
    /// The pattern; none for the main file.
    pub at: Option<Origin>,
}

/// Takes `include` from the top of a file: what it names, in order.
pub(super) fn includes(session: &mut Session<'_>, top: &mut Table<'_>) -> Vec<Included> {
    let Some(value) = top.take(&mut session.report, "include") else { return Vec::new() };
    let patterns = value.items(&mut session.report, "[\"feeds.d/*.toml\"]");
    let before = session.report.problems.len();
    let found = patterns.iter().flat_map(|pattern| expand(session, pattern)).collect();
    session.report.incomplete |= !value.is_list() || session.report.problems.len() > before;
    found
}

fn expand(session: &mut Session<'_>, value: &Value<'_>) -> Vec<Included> {
    let Some(pattern) = value.text(&mut session.report, "\"feeds.d/*.toml\"") else { return Vec::new() };
    if value.doc.damage.covers(value.doc.source.line_number(value.start())) {
        return Vec::new();
    }
    let (folder, last) =
        pattern.value.rsplit_once('/').map_or(("", pattern.value.as_str()), |(folder, last)| (if folder.is_empty() { "/" } else { folder }, last));
    if last.is_empty() {
        value.tell(&mut session.report, format!("this names a folder. Write \"{}*.toml\".", pattern.value));
        return Vec::new();
    }
    if folder.contains(['*', '?']) || last.contains("**") {
        value.tell(&mut session.report, "* and ? stand in the last part only: one folder at a time. Write such as \"feeds.d/*.toml\".");
        return Vec::new();
    }
    let (base, shown) = if folder.is_empty() { beside(value.doc, "") } else { beside(value.doc, folder) };
    let included = |name: &str| Included { path: base.join(name), shown: shown.join(name), at: Some(value.origin()) };
    if !last.contains(['*', '?']) {
        return vec![included(last)];
    }
    match session.files.list(&base) {
        Ok(names) => names.iter().filter(|name| fits(last, name)).map(|name| included(name)).collect(),
        // A folder that is not there has no files.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => {
            value.tell(&mut session.report, format!("the folder {} cannot be read: {}.", shown.display(), reason(&error)));
            Vec::new()
        }
    }
}

/// `*` stands for any run of characters, `?` for one.
fn fits(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut p, mut n) = (0, 0);
    // Where to go on when the last star has to take one character more.
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p + 1, n));
                p += 1;
            }
            Some('?') => (p, n) = (p + 1, n + 1),
            Some(c) if name.get(n) == Some(c) => (p, n) = (p + 1, n + 1),
            _ => match star {
                Some((after, taken)) => {
                    star = Some((after, taken + 1));
                    (p, n) = (after, taken + 1);
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(p).all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_takes_any_run_and_a_question_mark_one() {
        for (pattern, name, expected) in [
            ("*.toml", "eco.toml", true),
            ("*.toml", ".toml", true),
            ("*.toml", "eco.toml.bak", false),
            ("*.toml", "eco.tom", false),
            ("e?o.toml", "eco.toml", true),
            ("e?o.toml", "eo.toml", false),
            ("?.toml", "ə.toml", true),
            ("*a*b", "xaaxb", true),
            ("*a*b", "xaax", false),
            ("*", "", true),
            ("a", "b", false),
            ("a*", "a", true),
        ] {
            assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        }
    }
}
