//! The small table reader: hands out values by key, collects problems instead of stopping at one, notes which keys were asked for, and reports the rest.
//!
//! Asking is the only way to a value, so what is asked for *is* the list of keys: [`Report::keys`] holds it, and a test compares it with the register.
//!
//! Must not know: what any key means.

use super::keys::tables_with;
use super::source::Source;
use super::suggest::nearest;
use super::syntax::Damage;
use super::values::quoted;
use crate::model::{Located, Origin, Problem};
use std::collections::BTreeMap;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// One parsed file.
#[derive(Debug)]
pub(super) struct Doc<'s> {
    /// Its text.
    pub source: &'s Source,
    /// What of it was mended.
    pub damage: Damage,
}

/// A kind of table, for messages and for the register.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope {
    /// As the register heads it: `feed`, `watch.keywords`, empty at the top.
    pub id: &'static str,
    /// As messages name it: `[[feed]]`.
    pub shown: &'static str,
}

/// Errors that are told at once.
const MOST: usize = 1_000;

/// The top of a file.
pub(super) const TOP: Scope = Scope { id: "", shown: "the top of the file" };

/// Everything there is to say about a configuration.
#[derive(Debug, Default)]
pub(super) struct Report {
    /// Errors, in the order in which they were found.
    pub problems: Vec<Problem>,
    /// What stops nothing.
    pub warnings: Vec<Problem>,
    /// Something could not be read: names that seem to lead nowhere may be defined there.
    pub incomplete: bool,
    /// There are more errors than `problems` holds.
    pub more: bool,
    /// Only the keys are wanted: unknown ones are not explained.
    pub looking: bool,
    /// Every key that was asked for, by its scope's id, and whether it is planned.
    pub keys: BTreeMap<(&'static str, &'static str), bool>,
}

impl Report {
    /// An error. Nobody reads more than so many.
    pub fn add(&mut self, at: Option<Origin>, message: impl Into<String>) {
        if self.is_full() {
            self.more = true;
        } else {
            self.problems.push(Problem::new(at, message));
        }
    }

    /// More would not be read.
    pub const fn is_full(&self) -> bool {
        self.problems.len() >= MOST
    }

    /// An error, unless the mender made the value up.
    pub fn tell(&mut self, doc: &Doc<'_>, offset: usize, message: impl Into<String>) {
        if !doc.damage.covers(doc.source.line_number(offset)) {
            self.add(Some(doc.source.origin(offset)), message);
        }
    }

    /// Something is missing, unless it may have been lost in what was mended.
    pub fn miss(&mut self, doc: &Doc<'_>, offset: usize, message: impl Into<String>) {
        if doc.damage.is_none() {
            self.tell(doc, offset, message);
        }
    }
}

/// What a message says of a planned key or value.
pub(super) fn planned(what: &str) -> String {
    format!("{what} is planned, this version does not have it yet.")
}

/// A table on its way through the reader.
pub(super) struct Table<'t> {
    /// Its file.
    pub doc: &'t Doc<'t>,
    /// Its kind.
    pub scope: Scope,
    /// Its first byte: a heading's bracket, an inline table's brace.
    pub start: usize,
    entries: &'t DeTable<'t>,
    asked: Vec<&'static str>,
    planned: Vec<&'static str>,
}

impl<'t> Table<'t> {
    /// The table of a whole file.
    pub const fn top(doc: &'t Doc<'t>, entries: &'t DeTable<'t>) -> Self {
        Self { doc, scope: TOP, start: 0, entries, asked: Vec::new(), planned: Vec::new() }
    }

    /// The place of the table.
    pub fn origin(&self) -> Origin {
        self.doc.source.origin(self.start)
    }

    /// Takes the value of a key.
    pub fn take(&mut self, report: &mut Report, key: &'static str) -> Option<Value<'t>> {
        report.keys.insert((self.scope.id, key), false);
        self.asked.push(key);
        let (_, value) = self.entries.get_key_value(key)?;
        Some(Value { doc: self.doc, key, value })
    }

    /// Refuses keys of later versions.
    pub fn planned(&mut self, report: &mut Report, keys: &[&'static str]) {
        for key in keys {
            report.keys.insert((self.scope.id, key), true);
            self.planned.push(key);
            if let Some((written, _)) = self.entries.get_key_value(*key) {
                report.tell(self.doc, written.span().start, format!("{} Remove it.", planned(&format!("`{key}`"))));
            }
        }
    }

    /// The key was asked for.
    pub fn was_asked(&self, key: &str) -> bool {
        self.asked.contains(&key)
    }

    /// Refuses keys that belong to a table of another kind.
    pub fn foreign(&mut self, report: &mut Report, keys: &[&'static str], message: impl Fn(&str) -> String) {
        for key in keys {
            self.planned.push(key);
            if let Some((written, _)) = self.entries.get_key_value(*key) {
                report.tell(self.doc, written.span().start, message(key));
            }
        }
    }

    /// `[key]`: one table.
    pub fn section(&mut self, report: &mut Report, key: &'static str, scope: Scope) -> Option<Table<'t>> {
        let value = self.take(report, key)?;
        match value.value.get_ref() {
            DeValue::Array(items) if items.iter().any(|item| item.get_ref().is_table()) => {
                report.tell(value.doc, value.start(), format!("[[{key}]] has two brackets a side, and there is only one. Write [{key}]."));
                // What stands in it is looked at all the same.
                value.items(report, "").first()?.table(report, scope, "")
            }
            _ => value.table(report, scope, &format!("[{key}]")),
        }
    }

    /// `[[key]]`: any number of tables.
    pub fn sections(&mut self, report: &mut Report, key: &'static str, scope: Scope) -> Vec<Table<'t>> {
        let Some(value) = self.take(report, key) else { return Vec::new() };
        match value.value.get_ref() {
            DeValue::Array(_) => value.items(report, "").into_iter().filter_map(|item| item.table(report, scope, &format!("[[{key}]]"))).collect(),
            DeValue::Table(_) => {
                report.tell(value.doc, value.start(), format!("[{key}] has one bracket a side, and there may be several. Write [[{key}]]."));
                // What stands in it is looked at all the same.
                value.table(report, scope, "").into_iter().collect()
            }
            _ => {
                report.tell(value.doc, value.start(), format!("`{key}` is {}. Write a heading [[{key}]] and its keys below.", value.kind()));
                Vec::new()
            }
        }
    }

    /// Every key and value of a table whose keys are not ours, such as `headers`.
    pub fn rest(&self) -> impl Iterator<Item = (&'t str, usize, Value<'t>)> + use<'t> {
        let doc = self.doc;
        self.entries.iter().map(move |(key, value)| (key.get_ref().as_ref(), key.span().start, Value { doc, key: "", value }))
    }

    fn unknown(&self, report: &Report, name: &str, value: &DeValue<'_>) -> String {
        let is_table = value.is_table() || value.as_array().is_some_and(|items| items.iter().any(|item| item.get_ref().is_table()));
        let what = if self.scope.id.is_empty() && is_table {
            format!("there is no table {}", quoted(name))
        } else {
            format!("{} has no key {}", self.scope.shown, quoted(name))
        };
        let near = nearest(name, self.asked.iter().chain(&self.planned).copied());
        let elsewhere = if report.looking { Vec::new() } else { tables_with(name) };
        match near {
            // At the top stand tables: `sinks` of a watch is not `sink`.
            Some((1, right)) if !self.scope.id.is_empty() || is_table || elsewhere.is_empty() => format!("{what}. Did you mean `{right}`?"),
            _ if !elsewhere.is_empty() => format!("{what}; it belongs under {}.", elsewhere.join(" or ")),
            Some((_, right)) => format!("{what}. Did you mean `{right}`?"),
            None => {
                let known = self.asked.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
                format!("{what}. There are {known}.")
            }
        }
    }

    /// Reports every key that nobody asked for.
    pub fn finish(self, report: &mut Report) {
        for (key, value) in self.entries {
            let name = key.get_ref().as_ref();
            if self.asked.contains(&name) || self.planned.contains(&name) {
                continue;
            }
            if report.is_full() {
                report.more = true;
                return;
            }
            let message = if ["include", "watch_files"].contains(&name) && !self.scope.id.is_empty() {
                report.incomplete = true;
                format!("`{name}` stands inside {}. Move it above the first [table].", self.scope.shown)
            } else {
                self.unknown(report, name, value.get_ref())
            };
            report.tell(self.doc, key.span().start, message);
        }
    }
}

/// A value on its way through the reader.
#[derive(Clone, Copy)]
pub(super) struct Value<'t> {
    /// Its file.
    pub doc: &'t Doc<'t>,
    /// The key it was asked for by.
    pub key: &'static str,
    value: &'t Spanned<DeValue<'t>>,
}

impl<'t> Value<'t> {
    /// Its first byte; of a text, the first one inside the quotes.
    pub fn start(&self) -> usize {
        let start = self.value.span().start;
        if !self.value.get_ref().is_str() {
            return start;
        }
        let text = self.doc.source.text.get(start..).unwrap_or_default();
        let long = ["'''", "\"\"\""].iter().find_map(|quotes| text.strip_prefix(quotes));
        let inside = match long {
            // A line break right behind the opening quotes is none of the text.
            Some(rest) => rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n')).unwrap_or(rest),
            None => text.strip_prefix(['"', '\'']).unwrap_or(text),
        };
        start + text.len() - inside.len()
    }

    /// The place of [`Value::start`].
    pub fn origin(&self) -> Origin {
        self.doc.source.origin(self.start())
    }

    /// What it is, for messages.
    pub fn kind(&self) -> &'static str {
        match self.value.get_ref() {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        }
    }

    /// An error at this value.
    pub fn tell(&self, report: &mut Report, message: impl Into<String>) {
        report.tell(self.doc, self.start(), message);
    }

    fn mistyped(&self, report: &mut Report, wanted: &str, example: &str) {
        let key = self.key;
        let write = if key.is_empty() { example.to_string() } else { format!("{key} = {example}") };
        let what = if key.is_empty() { "this".to_string() } else { format!("`{key}`") };
        self.tell(report, format!("{what} is {}, and {wanted} is needed. Write {write}.", self.kind()));
    }

    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&'t str> {
        self.value.get_ref().as_str()
    }

    /// It is a table.
    pub fn is_table(&self) -> bool {
        self.value.get_ref().is_table()
    }

    /// It is a list.
    pub fn is_list(&self) -> bool {
        self.value.get_ref().is_array()
    }

    /// A text.
    pub fn text(&self, report: &mut Report, example: &str) -> Option<Located<String>> {
        let text = self.as_text();
        if text.is_none() {
            self.mistyped(report, "a text", example);
        }
        text.map(|text| self.located(text.to_string()))
    }

    /// A text that `read` understands.
    pub fn parsed<T>(&self, report: &mut Report, example: &str, read: impl FnOnce(&str) -> Result<T, String>) -> Option<Located<T>> {
        let text = self.text(report, example)?;
        match read(&text.value) {
            Ok(value) => Some(self.located(value)),
            Err(message) => {
                self.tell(report, message);
                None
            }
        }
    }

    /// One of a few words; some may be planned.
    pub fn one_of<T: Copy>(&self, report: &mut Report, words: &[(&'static str, T)], later: &[&str]) -> Option<T> {
        let list = || words.iter().map(|(word, _)| format!("\"{word}\"")).collect::<Vec<_>>().join(", ");
        let Some(text) = self.as_text() else {
            self.mistyped(report, "one word", &list());
            return None;
        };
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
            return Some(*value);
        }
        let what = if self.key.is_empty() { quoted(text) } else { format!("`{} = {}`", self.key, quoted(text)) };
        let message = if later.contains(&text) {
            format!("{} Write one of {}.", planned(&what), list())
        } else if let Some((_, right)) = nearest(text, words.iter().map(|(word, _)| *word).chain(later.iter().copied())) {
            format!("{what} is unknown. Did you mean \"{right}\"?")
        } else {
            format!("{what} is unknown. Write one of {}.", list())
        };
        self.tell(report, message);
        None
    }

    /// True or false.
    pub fn flag(&self, report: &mut Report) -> Option<bool> {
        let flag = self.value.get_ref().as_bool();
        if flag.is_none() {
            self.mistyped(report, "true or false", "true");
        }
        flag
    }

    /// The members of a list; they carry its key no more.
    pub fn items(&self, report: &mut Report, example: &str) -> Vec<Value<'t>> {
        match self.value.get_ref() {
            DeValue::Array(items) => items.iter().map(|value| Value { doc: self.doc, key: "", value }).collect(),
            _ => {
                self.mistyped(report, "a list", example);
                Vec::new()
            }
        }
    }

    /// A list of texts.
    pub fn texts(&self, report: &mut Report) -> Vec<Located<String>> {
        let items = self.items(report, "[\"…\", \"…\"]");
        items.iter().filter_map(|item| item.text(report, "\"…\"")).collect()
    }

    /// A table.
    pub fn table(&self, report: &mut Report, scope: Scope, example: &str) -> Option<Table<'t>> {
        match self.value.get_ref() {
            DeValue::Table(entries) => {
                Some(Table { doc: self.doc, scope, start: self.value.span().start, entries, asked: Vec::new(), planned: Vec::new() })
            }
            _ => {
                self.mistyped(report, "a table", example);
                None
            }
        }
    }

    fn located<T>(&self, value: T) -> Located<T> {
        Located { value, at: Some(self.origin()) }
    }
}
