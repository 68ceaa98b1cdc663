//! Reads the main file and what it includes, table by table, and puts the values together.
//!
//! Must not know: where the files come from (`source`), what a single key means (one module a table).

use super::feeds::{FeedDraft, FeedKeys};
use super::include::{Included, includes};
use super::reader::{Doc, Report, Scope, Table};
use super::session::{Names, Session};
use super::source::{Files, Source, reason};
use super::syntax;
use super::watches::WatchDraft;
use super::{Config, Dirs, Format, SinkKind, SinkSpec, Vars, base, checks, feeds, sinks, watches};
use crate::model::{ListSpec, Origin, Problem};
use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use toml::de::DeTable;

/// Files that name files that name files.
const MAX_DEPTH: usize = 16;
/// No configuration has more files.
const MAX_FILES: usize = 10_000;

/// What the tables of all files say so far.
#[derive(Default)]
struct Draft {
    store: Once<super::StoreSpec>,
    fetch: Once<super::FetchSpec>,
    alerts: Once<super::AlertsSpec>,
    defaults: Once<FeedKeys>,
    feeds: Vec<FeedDraft>,
    watches: Vec<WatchDraft>,
    lists: Vec<ListSpec>,
    sinks: Vec<SinkSpec>,
}

/// The value of a table that may stand once in all files, and its place.
type Once<T> = Option<(T, Origin)>;

/// Reads the configuration `main` (absolute), which messages call `shown`.
///
/// # Errors
/// Every problem, in the order of files and lines.
pub(super) fn load(main: &Path, shown: &Path, files: &dyn Files, vars: Vars<'_>) -> Result<Config, Vec<Problem>> {
    let (config, report) = load_reporting(main, shown, files, vars, Report::default());
    if report.problems.is_empty() { Ok(config) } else { Err(report.problems) }
}

/// As [`load`], with all that there is to say, from a report at its beginning. Where there are problems, the configuration is what others can still
/// judge: watches that have none of their own.
pub(super) fn load_reporting(main: &Path, shown: &Path, files: &dyn Files, vars: Vars<'_>, report: Report) -> (Config, Report) {
    let dirs = Dirs::find(main, vars);
    let mut session = Session { report, vars, files, dirs, read: Vec::new(), unreadable: Vec::new(), names: Names::default() };
    let draft = read_all(&mut session, Included { path: main.into(), shown: shown.into(), at: None });
    let scopes = draft.watches.iter().flat_map(|watch| watch.feeds.clone()).collect();
    let suspect: Vec<bool> = draft.watches.iter().map(|watch| watch.suspect).collect();
    let config = assemble(&mut session, draft, main);
    let names = std::mem::take(&mut session.names);
    checks::whole(&mut session.report, &config, &names, &scopes);
    let mut report = session.report;
    in_order(&mut report.problems, &config);
    if report.more {
        report.problems.push(Problem::new(None, "there are more problems. Mend these first."));
    }
    in_order(&mut report.warnings, &config);
    let mut unreadable_secrets = config.unreadable_secrets.clone();
    in_order(&mut unreadable_secrets, &config);
    let mut config = Config { unreadable_secrets, warnings: report.warnings.clone(), ..config };
    if !report.problems.is_empty() {
        let mut suspect = suspect.into_iter();
        // What could not be read may define the lists that a query names.
        config.watches.retain(|watch| !(suspect.next().unwrap_or_default() || (report.incomplete && watch.query.is_some())));
    }
    (config, report)
}

fn read_all(session: &mut Session<'_>, main: Included) -> Draft {
    let mut draft = Draft::default();
    // Depth first, in the order of the patterns; with each file the ones that led to it.
    let mut waiting: Vec<(Included, Vec<PathBuf>)> = vec![(main, Vec::new())];
    let mut seen: HashSet<PathBuf> = HashSet::new();
    while let Some((next, ancestors)) = waiting.pop() {
        let identity = session.files.identity(&next.path);
        let name = next.shown.display();
        if ancestors.contains(&identity) {
            session.report.add(next.at, format!("{name} includes itself this way. Remove it here."));
            continue;
        }
        if ancestors.len() >= MAX_DEPTH {
            session.report.add(next.at, format!("files include each other {MAX_DEPTH} deep. Name {name} in the main file."));
            session.report.incomplete = true;
            continue;
        }
        if seen.contains(&identity) {
            session.report.warnings.push(Problem::new(next.at, format!("{name} is included for the second time; it is read once.")));
            continue;
        }
        if seen.len() >= MAX_FILES {
            session.report.add(next.at, format!("more than {MAX_FILES} files are included. Name fewer."));
            session.report.incomplete = true;
            break;
        }
        seen.insert(identity.clone());
        let mut chain = ancestors;
        chain.push(identity);
        let children = read_one(session, &mut draft, next);
        waiting.extend(children.into_iter().rev().map(|child| (child, chain.clone())));
    }
    draft
}

/// Reads one file into the draft; returns what it includes.
fn read_one(session: &mut Session<'_>, draft: &mut Draft, file: Included) -> Vec<Included> {
    let bytes = match session.open(&file.path, &file.shown) {
        Ok(bytes) => bytes,
        // What is included need not be there yet: `feeds.d/managed.toml` comes with the first `feeds add`.
        Err(error) if error.kind() == io::ErrorKind::NotFound && file.at.is_some() => {
            session.report.warnings.push(Problem::new(file.at, format!("{} is not there.", file.shown.display())));
            return Vec::new();
        }
        Err(error) => {
            session.report.incomplete = true;
            let cure = if file.at.is_none() { " Write one there, or name another with --config." } else { "" };
            session.report.add(file.at, format!("{} cannot be read: {}.{cure}", file.shown.display(), reason(&error)));
            return Vec::new();
        }
    };
    let source = match Source::new(file.path, &file.shown, bytes) {
        Ok(source) => source,
        Err(problem) => {
            session.report.incomplete = true;
            session.report.problems.push(problem);
            return Vec::new();
        }
    };
    let (tree, errors) = DeTable::parse_recoverable(&source.text);
    let (problems, damage) = syntax::problems(&source, tree.get_ref(), &errors);
    session.report.incomplete |= !damage.is_none();
    session.report.problems.extend(problems);
    let doc = Doc { source: &source, damage };
    tables(session, draft, Table::top(&doc, tree.get_ref()))
}

fn tables(session: &mut Session<'_>, draft: &mut Draft, mut top: Table<'_>) -> Vec<Included> {
    let children = includes(session, &mut top);
    once(session, &mut top, "store", base::STORE, &mut draft.store, base::store);
    once(session, &mut top, "fetch", base::FETCH, &mut draft.fetch, base::fetch);
    once(session, &mut top, "alerts", base::ALERTS, &mut draft.alerts, base::alerts);
    once(session, &mut top, "defaults", feeds::DEFAULTS, &mut draft.defaults, feeds::defaults);
    for table in top.sections(&mut session.report, "feed", feeds::FEED) {
        draft.feeds.extend(feeds::feed(session, table));
    }
    for table in top.sections(&mut session.report, "watch", watches::WATCH) {
        let before = session.report.problems.len();
        let damage = &table.doc.damage;
        let watch = watches::watch(session, table);
        let had_problems = session.report.problems.len() > before || session.report.more;
        draft.watches.extend(watch.map(|watch| WatchDraft { suspect: had_problems || watch.touches(damage), ..watch }));
    }
    for table in top.sections(&mut session.report, "list", watches::LIST) {
        draft.lists.extend(watches::list(session, table));
    }
    for table in top.sections(&mut session.report, "sink", sinks::SINK) {
        draft.sinks.extend(sinks::sink(session, table));
    }
    top.planned(&mut session.report, &["watch_files", "feed_list", "schedule", "web"]);
    top.finish(&mut session.report);
    children
}

/// A table that may stand once, in any of the files.
fn once<T>(
    session: &mut Session<'_>,
    top: &mut Table<'_>,
    key: &'static str,
    scope: Scope,
    slot: &mut Once<T>,
    read: impl FnOnce(&mut Session<'_>, Table<'_>) -> T,
) {
    let Some(table) = top.section(&mut session.report, key, scope) else { return };
    let at = table.origin();
    if let Some((_, first)) = slot {
        session.report.add(Some(at.clone()), format!("[{key}] stands at {first} already. Keep one."));
    }
    // Also the second one is read, for its problems.
    let value = read(session, table);
    slot.get_or_insert((value, at));
}

fn assemble(session: &mut Session<'_>, draft: Draft, main: &Path) -> Config {
    let defaults = draft.defaults.map(|(keys, _)| keys).unwrap_or_default();
    let feeds: Vec<_> = draft.feeds.into_iter().map(|feed| feed.finish(&defaults)).collect();
    let mut sinks = draft.sinks;
    let warnings = &mut session.report.warnings;
    if session.names.sinks.is_empty() && !session.report.incomplete {
        warnings.push(Problem::new(None, "there is no [[sink]]: alerts go to the standard output."));
    }
    if sinks.is_empty() {
        sinks.push(SinkSpec::new("stdout", SinkKind::Stdout { format: Format::Text }));
    }
    if feeds.is_empty() && !session.report.incomplete {
        warnings.push(Problem::new(None, "there is no [[feed]]: nothing is polled until one is added."));
    }
    let read = std::mem::take(&mut session.read);
    Config {
        main: main.into(),
        files: read.iter().map(|file| file.path.clone()).collect(),
        dirs: session.dirs.clone(),
        store: draft.store.map_or_else(|| base::default_store(session), |(spec, _)| spec),
        fetch: draft.fetch.map(|(spec, _)| spec).unwrap_or_default(),
        alerts: draft.alerts.map(|(spec, _)| spec).unwrap_or_default(),
        feeds,
        watches: draft.watches.into_iter().map(|watch| watch.spec).collect(),
        lists: draft.lists,
        sinks,
        warnings: Vec::new(),
        unreadable_secrets: std::mem::take(&mut session.unreadable),
        sources: read.into(),
    }
}

/// By file in the order of reading, then by line; the same words at the same place once.
fn in_order(problems: &mut Vec<Problem>, config: &Config) {
    let order: HashMap<&Path, usize> = config.sources.iter().enumerate().map(|(index, file)| (file.shown.as_path(), index)).collect();
    problems.sort_by_key(|problem| {
        let at = problem.at.as_ref();
        (at.and_then(|at| order.get(&*at.file).copied()), at.map(|at| (at.line, at.column)))
    });
    problems.dedup();
}
