//! A file that is not TOML: what is wrong, in words for people who do not know TOML, and how much of the rest can still be believed.
//!
//! The parser mends what it can and goes on, so that one missing quote hides no other mistake. What it made up on the way must not be
//! reported as the author's: [`Damage`] says where that is.
//!
//! Must not know: what any key means.

use super::source::Source;
use crate::model::Problem;
use std::collections::BTreeSet;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Error};

/// Mistakes of one file that are told at once.
const MOST: usize = 500;

/// Which parts of a mended file say nothing.
#[derive(Debug, Default)]
pub(super) struct Damage {
    lines: BTreeSet<usize>,
    /// First line from which on nothing can be believed.
    from: Option<usize>,
}

impl Damage {
    /// The whole file said what it says.
    pub fn is_none(&self) -> bool {
        self.lines.is_empty() && self.from.is_none()
    }

    /// What stands on this line may be the mender's.
    pub fn covers(&self, line: usize) -> bool {
        self.from.is_some_and(|from| line >= from) || self.lines.contains(&line)
    }
}

/// Quotes that word processors put in place of `"` and `'`.
const CURLY: [(char, char); 15] = [
    ('“', '"'),
    ('”', '"'),
    ('„', '"'),
    ('‟', '"'),
    ('«', '"'),
    ('»', '"'),
    ('″', '"'),
    ('＂', '"'),
    ('‹', '"'),
    ('›', '"'),
    ('‘', '\''),
    ('’', '\''),
    ('‚', '\''),
    ('‛', '\''),
    ('＇', '\''),
];

/// The problems of a text that the parser found wrong, one a line, and what they leave to believe.
pub(super) fn problems(source: &Source, table: &DeTable<'_>, errors: &[Error]) -> (Vec<Problem>, Damage) {
    let mut damage = Damage::default();
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut spans: Vec<(Range<usize>, &str)> =
        errors.iter().map(|error| (error.span().unwrap_or(source.text.len()..source.text.len()), error.message())).collect();
    spans.sort_by_key(|(span, _)| span.start);
    // What opens and never closes swallows the rest: only its beginning is worth a word.
    let swallowed = spans.iter().filter(|(_, message)| is_open(message)).filter_map(|(span, _)| opening(table, span.start, source)).min();
    for (span, message) in spans {
        let line = source.line_number(span.start);
        if swallowed.is_some_and(|(start, _)| span.start > start) || damage.lines.contains(&line) {
            continue;
        }
        damage.lines.insert(line);
        if !is_local(message) {
            damage.from.get_or_insert(line);
        }
        let backslash = message.contains("escape") && source.text.get(..span.start).is_some_and(|before| before.ends_with('\\'));
        let span = if backslash { span.start - 1..span.end } else { span };
        found.push(curly(source, span.start).unwrap_or_else(|| (span.start, words(source, &span, message))));
        if (damage.from.is_some() && swallowed.is_none()) || found.len() >= MOST {
            break;
        }
    }
    if let Some((start, what)) = swallowed {
        let line = source.line_number(start);
        let (at, message) = curly(source, start)
            .unwrap_or_else(|| (start, format!("the {} that begins here never ends. Write {} where it does.", what.name(), what.end())));
        found.push((at, message));
        damage.from = Some(damage.from.map_or(line, |from| from.min(line)));
    }
    found.sort();
    (found.into_iter().map(|(offset, message)| Problem::new(Some(source.origin(offset)), message)).collect(), damage)
}

/// The rest of the file is as its author meant it.
fn is_local(message: &str) -> bool {
    [
        "string values must be quoted",
        "duplicate key",
        "missing comma",
        "missing escaped value",
        "cannot extend",
        "invalid basic string",
        "invalid literal string",
        "unexpected key or value",
    ]
    .iter()
    .any(|known| message.starts_with(known))
        || message.contains("escape")
        || message.contains("integer")
        || message.contains("number")
        || message.contains("date")
        || message.contains("boolean")
}

/// Something opened and the file ended.
fn is_open(message: &str) -> bool {
    message.starts_with("unclosed array,") || message.starts_with("unclosed inline table") || message.starts_with("invalid multi-line")
}

/// What can be left open over many lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Open {
    Text(char),
    List,
    Table,
}

impl Open {
    const fn name(self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::List => "list",
            Self::Table => "{ table }",
        }
    }

    const fn end(self) -> &'static str {
        match self {
            Self::Text('\'') => "'''",
            Self::Text(_) => "\"\"\"",
            Self::List => "]",
            Self::Table => "}",
        }
    }
}

/// The first value that runs up to where the parser gave up.
fn opening(table: &DeTable<'_>, end: usize, source: &Source) -> Option<(usize, Open)> {
    table.iter().filter_map(|(_, value)| opening_in(value, end, source)).min()
}

fn opening_in(value: &Spanned<DeValue<'_>>, end: usize, source: &Source) -> Option<(usize, Open)> {
    let span = value.span();
    let here = source.text.get(span.start..).unwrap_or_default();
    let runs = span.end >= end && span.start < end;
    match value.get_ref() {
        DeValue::String(_) if runs && here.starts_with("'''") => Some((span.start, Open::Text('\''))),
        DeValue::String(_) if runs && here.starts_with("\"\"\"") => Some((span.start, Open::Text('"'))),
        DeValue::Array(_) if runs && here.starts_with('[') && !here.starts_with("[[") => Some((span.start, Open::List)),
        DeValue::Table(_) if runs && here.starts_with('{') => Some((span.start, Open::Table)),
        DeValue::Array(items) => items.iter().filter_map(|item| opening_in(item, end, source)).min(),
        DeValue::Table(table) => opening(table, end, source),
        _ => None,
    }
}

/// A typographic quote on the line of a mistake is the mistake: outside straight quotes, or where those do not pair.
fn curly(source: &Source, offset: usize) -> Option<(usize, String)> {
    let (start, line) = source.line(offset);
    let mut inside: Option<char> = None;
    let mut escaped = false;
    let mut outer = None;
    let mut any = None;
    for (index, c) in line.char_indices() {
        let straight = CURLY.iter().find(|(curly, _)| *curly == c).map(|(_, straight)| (index, c, *straight));
        any = any.or(straight);
        match inside {
            Some('"') if c == '\\' && !escaped => escaped = true,
            Some(quote) => {
                if c == quote && !escaped {
                    inside = None;
                }
                escaped = false;
            }
            None if c == '#' => break,
            None if c == '"' || c == '\'' => inside = Some(c),
            None => outer = outer.or(straight),
        }
    }
    let (index, curly, straight) = outer.or(if inside.is_some() { any } else { None })?;
    Some((start + index, format!("{curly} is a typographic quote. Write the straight one: {straight}")))
}

/// What the parser says, for people.
fn words(source: &Source, span: &Range<usize>, message: &str) -> String {
    let here = source.text.get(span.clone()).unwrap_or_default();
    let next = source.text.get(span.start..).and_then(|rest| rest.chars().next());
    let first = message.split(", expected").next().unwrap_or(message);
    match first {
        "string values must be quoted" if here.is_empty() => "the value is missing. Write one after the =.".into(),
        "string values must be quoted" if ["yes", "no", "on", "off"].iter().any(|word| here.eq_ignore_ascii_case(word)) => {
            "write true or false here.".into()
        }
        "string values must be quoted" => "a text stands in quotes. Write \" before and after it.".into(),
        "invalid boolean" => "write true or false here, in small letters and without quotes.".into(),
        "duplicate key" => format!("`{here}` stands here for the second time. Keep one."),
        "missing comma between array elements" => "a comma is missing before this one. Write \"first\", \"second\".".into(),
        "key with no value" | "invalid unquoted key"
            if next == Some(':') || source.line(span.start).1.trim_start().split(['=', '"']).next().is_some_and(|key| key.contains(':')) =>
        {
            "a key and its value are joined by =, not by a colon. Write key = \"value\".".into()
        }
        "key with no value" => "there is no = after the key. Write key = \"value\".".into(),
        "invalid unquoted key" => "a key has no such character: it is one word, such as max_size. Write key = \"value\".".into(),
        "unexpected key or value" if next == Some(',') => "no comma stands between lines. Remove it.".into(),
        "unexpected key or value" => "the value has ended before this. Write one key a line; a quote inside '…' needs \"…\" around the text.".into(),
        "missing escaped value" | "invalid escape sequence" => {
            "a backslash in \"…\" begins an escape. Write \\\\ for one, or put the text in '…'.".into()
        }
        "invalid basic string" | "invalid literal string" if here.chars().any(char::is_control) => {
            "a control character stands in this text. Remove it.".into()
        }
        "invalid literal string" if !source.line(span.start).1.contains('\'') => "the value is missing. Write one after the =.".into(),
        "invalid basic string" => "the text does not end on this line. Write \" at its end.".into(),
        "invalid literal string" => "the text does not end on this line. Write ' at its end.".into(),
        "unclosed table" => "the heading does not end. Write ] after it.".into(),
        "unclosed array table" => "the heading does not end. Write ]] after it.".into(),
        _ => format!("this is not TOML: {message}."),
    }
}
