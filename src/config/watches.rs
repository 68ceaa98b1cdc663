//! `[[watch]]`, its keywords, and `[[list]]`.
//!
//! Must not know: what a keyword or a query means; `query` judges both.

use super::reader::{Scope, Table, Value};
use super::session::{Session, beside};
use super::source::{Source, reason};
use super::syntax::Damage;
use super::values::{language, list_name, name, quoted};
use crate::model::{KeywordSpec, ListSpec, Located, Severity, WatchSpec};

pub(super) const WATCH: Scope = Scope { id: "watch", shown: "[[watch]]" };
pub(super) const LIST: Scope = Scope { id: "list", shown: "[[list]]" };
const KEYWORD: Scope = Scope { id: "watch.keywords", shown: "a keyword's table" };
const KEYWORD_FILE: Scope = Scope { id: "watch.keywords", shown: "keywords" };

/// The four ways to spell how loud.
pub(super) const SEVERITIES: [(&str, Severity); 4] =
    [("low", Severity::Low), ("normal", Severity::Normal), ("high", Severity::High), ("flash", Severity::Flash)];

/// A watch, and the places of what it names, which the spec does not keep.
pub(super) struct WatchDraft {
    /// The watch.
    pub spec: WatchSpec,
    /// Names of feeds.
    pub feeds: Vec<Located<String>>,
    /// It has a problem: whatever else is found in it may follow from that.
    pub suspect: bool,
}

impl WatchDraft {
    /// Something in it stands where the file was mended.
    pub fn touches(&self, damage: &Damage) -> bool {
        let spec = &self.spec;
        let lists = [&spec.except, &spec.with, &spec.without, &spec.must_hit, &spec.must_miss];
        let keywords = spec
            .keywords
            .iter()
            .flat_map(|keyword| std::iter::once(&keyword.keyword).chain(&keyword.with).chain(&keyword.without).chain(&keyword.except));
        let mut all = lists.into_iter().flatten().chain(keywords).chain(&spec.query).chain([&spec.name]);
        // A keyword file's lines are not this file's; to leave out such a watch hides no more than a second look shows.
        !damage.is_none() && all.any(|text| text.at.as_ref().is_none_or(|at| damage.covers(at.line as usize)))
    }
}

/// `[[watch]]`
pub(super) fn watch(session: &mut Session<'_>, mut table: Table<'_>) -> Option<WatchDraft> {
    let report = &mut session.report;
    let mut spec = WatchSpec { endings: true, ..WatchSpec::default() };
    let named = table.take(report, "name");
    match &named {
        Some(value) => spec.name = value.parsed(report, "\"eco\"", name).unwrap_or_default(),
        None => report.miss(table.doc, table.start, "[[watch]] has no `name`. Write name = \"…\"."),
    }
    let words = table.take(report, "keywords");
    let query = table.take(report, "query");
    match (&words, &query) {
        (Some(_), Some(query)) => query.tell(report, "this watch has `keywords` already. Keep one of the two."),
        (None, None) => report.miss(table.doc, table.start, "[[watch]] has no `keywords` and no `query`. Write keywords = [\"…\"]."),
        _ => {}
    }
    spec.keywords = words.map(|value| keywords(session, &value)).unwrap_or_default();
    let report = &mut session.report;
    spec.query = query.and_then(|value| value.text(report, "'''…'''"));
    if let (Some(text), Some(value)) = (&spec.query, &query)
        && text.value.trim().is_empty()
    {
        value.tell(report, "the query is empty. Write one, or keywords = [\"…\"].");
    }
    let mut texts = |key| table.take(report, key).map(|value| value.texts(report)).unwrap_or_default();
    spec.except = texts("except");
    spec.with = texts("with");
    spec.without = texts("without");
    spec.must_hit = texts("must_hit");
    spec.must_miss = texts("must_miss");
    let feeds = texts("feeds");
    spec.tags = texts("tags").into_iter().map(|tag| tag.value).collect();
    spec.sinks = texts("sinks");
    spec.feeds = feeds.iter().map(|feed| feed.value.clone()).collect();
    spec.langs = table.take(report, "langs").map(|value| languages(session, &value)).unwrap_or_default();
    let report = &mut session.report;
    let mut flag = |key| table.take(report, key).and_then(|value| value.flag(report));
    spec.endings = flag("endings").unwrap_or(true);
    spec.allow_scan = flag("allow_scan").unwrap_or_default();
    spec.paused = flag("paused").unwrap_or_default();
    let severity = table.take(report, "severity").and_then(|value| value.one_of(report, &SEVERITIES, &[]));
    spec.severity = severity.unwrap_or_default();
    table.planned(report, &["updates", "max_per_hour"]);
    table.finish(report);
    if spec.name.at.is_none() {
        report.incomplete = true;
        return None;
    }
    session.names.watches.push(spec.name.clone());
    Some(WatchDraft { spec, feeds, suspect: false })
}

fn languages(session: &mut Session<'_>, value: &Value<'_>) -> Vec<String> {
    let items = value.items(&mut session.report, "[\"az\", \"fa\"]");
    items.iter().filter_map(|item| item.parsed(&mut session.report, "\"az\"", language)).map(|lang| lang.value).collect()
}

/// A list of texts and tables, or `{ file = "…" }`.
fn keywords(session: &mut Session<'_>, value: &Value<'_>) -> Vec<KeywordSpec> {
    if value.is_table() {
        return keyword_file(session, value);
    }
    let items = value.items(&mut session.report, "[\"…\", \"…\"]");
    if items.is_empty() && value.is_list() {
        value.tell(&mut session.report, "no keyword stands here. Write keywords = [\"…\"].");
    }
    items.iter().filter_map(|item| keyword(session, item)).collect()
}

fn keyword(session: &mut Session<'_>, item: &Value<'_>) -> Option<KeywordSpec> {
    let report = &mut session.report;
    if !item.is_table() {
        let keyword = item.text(report, "\"…\"")?;
        return Some(KeywordSpec { keyword, ..KeywordSpec::default() });
    }
    let mut table = item.table(report, KEYWORD, "")?;
    let text = match table.take(report, "keyword") {
        Some(value) => value.text(report, "\"…\""),
        None => {
            table.foreign(report, &["file"], |_| "a file of keywords stands alone. Write keywords = { file = \"…\" }.".into());
            report.miss(table.doc, table.start, "this table has no `keyword`. Write { keyword = \"…\", with = [\"…\"] }.");
            None
        }
    };
    let mut texts = |key| table.take(report, key).map(|value| value.texts(report)).unwrap_or_default();
    let (with, without, except) = (texts("with"), texts("without"), texts("except"));
    let endings = table.take(report, "endings").and_then(|value| value.flag(report));
    table.finish(report);
    Some(KeywordSpec { keyword: text?, with, without, except, endings })
}

/// One keyword a line; a `#` before a space, or alone, begins a remark, while `#RegionalCooperation` is a keyword.
fn keyword_file(session: &mut Session<'_>, value: &Value<'_>) -> Vec<KeywordSpec> {
    let report = &mut session.report;
    let Some(mut table) = value.table(report, KEYWORD_FILE, "") else { return Vec::new() };
    let file = table.take(report, "file");
    if file.is_none() {
        table.foreign(report, &["keyword", "with", "without", "except", "endings"], |key| {
            format!("`{key}` belongs to one keyword. Write keywords = [{{ keyword = \"…\", {key} = … }}].")
        });
        report.miss(table.doc, table.start, "keywords are a list, or a file. Write keywords = [\"…\"] or keywords = { file = \"…\" }.");
    }
    table.finish(report);
    let Some(file) = file else { return Vec::new() };
    let Some(named) = file.text(report, "\"eco.txt\"") else { return Vec::new() };
    let (path, shown) = beside(file.doc, &named.value);
    let bytes = match session.open(&path, &shown) {
        Ok(bytes) => bytes,
        Err(error) => {
            file.tell(&mut session.report, format!("{} cannot be read: {}.", shown.display(), reason(&error)));
            return Vec::new();
        }
    };
    let source = match Source::new(path, &shown, bytes) {
        Ok(source) => source,
        Err(problem) => {
            session.report.problems.push(problem);
            return Vec::new();
        }
    };
    let found = lines(&source);
    if found.is_empty() {
        file.tell(&mut session.report, format!("no keyword stands in {}. Write one a line.", quoted(&named.value)));
    }
    found.into_iter().map(|keyword| KeywordSpec { keyword, ..KeywordSpec::default() }).collect()
}

fn lines(source: &Source) -> Vec<Located<String>> {
    let mut offset = 0;
    let mut found = Vec::new();
    for line in source.text.split('\n') {
        let text = without_remark(line);
        let inside = text.trim_start();
        if !inside.trim_end().is_empty() {
            let at = source.origin(offset + text.len() - inside.len());
            found.push(Located { value: inside.trim_end().to_string(), at: Some(at) });
        }
        offset += line.len() + 1;
    }
    found
}

fn without_remark(line: &str) -> &str {
    let mut before = ' ';
    let mut chars = line.char_indices().peekable();
    while let Some((index, c)) = chars.next() {
        let after = chars.peek().map_or(' ', |(_, next)| *next);
        if c == '#' && before.is_whitespace() && after.is_whitespace() {
            return line.split_at_checked(index).map_or(line, |(text, _)| text);
        }
        before = c;
    }
    line
}

/// `[[list]]`
pub(super) fn list(session: &mut Session<'_>, mut table: Table<'_>) -> Option<ListSpec> {
    let report = &mut session.report;
    let name = match table.take(report, "name") {
        Some(value) => value.parsed(report, "\"countries\"", list_name),
        None => {
            report.miss(table.doc, table.start, "[[list]] has no `name`. Write name = \"…\".");
            None
        }
    };
    let items = match table.take(report, "items") {
        Some(value) => {
            let items = value.texts(report);
            if items.is_empty() && value.is_list() {
                value.tell(report, "no item stands here. Write items = [\"…\"].");
            }
            items
        }
        None => {
            report.miss(table.doc, table.start, "[[list]] has no `items`. Write items = [\"…\"].");
            Vec::new()
        }
    };
    table.finish(report);
    let name = name?;
    session.names.lists.push(name.clone());
    Some(ListSpec { name, items })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn a_file_of_keywords_has_one_a_line() {
        let text = "# the bloc\r\nECO\r\n\n  İƏT  # in Azerbaijani\n#RegionalCooperation\nC#\n#\nC# and more\n";
        let source = Source::new("/x/eco.txt".into(), Path::new("eco.txt"), text.into()).unwrap();
        let found: Vec<_> = lines(&source).into_iter().map(|line| (line.value, line.at.unwrap().to_string())).collect();
        let expected = [
            ("ECO", "eco.txt:2:1"),
            ("İƏT", "eco.txt:4:3"),
            ("#RegionalCooperation", "eco.txt:5:1"),
            ("C#", "eco.txt:6:1"),
            ("C# and more", "eco.txt:8:1"),
        ];
        assert_eq!(found, expected.map(|(text, at)| (text.to_string(), at.to_string())));
    }
}
