//! Holds `config/newswatch.toml`, the register of every key, and the loader to each other: a key enters neither without the other.

use super::load::load;
use super::source::Held;
use super::{Config, Format, SinkKind, effective, keys};
use crate::model::Problem;
use std::collections::BTreeMap;
use std::path::Path;

const REGISTER: &str = include_str!("../../config/newswatch.toml");

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Default,
    Example,
    Planned,
}

/// A key's line.
#[derive(Debug)]
struct Entry {
    /// `watch.keywords`, empty at the top.
    table: &'static str,
    key: &'static str,
    /// Without its `# `.
    line: &'static str,
    kind: Kind,
}

#[derive(Debug, Default)]
struct Register {
    /// Each with whether it is planned.
    tables: Vec<(&'static str, bool)>,
    entries: Vec<Entry>,
}

fn register() -> Register {
    let mut found = Register::default();
    for written in REGISTER.lines() {
        let line = written.strip_prefix("# ").unwrap_or(written);
        if line.starts_with('[') {
            let name = line.split(']').next().unwrap().trim_start_matches('[');
            found.tables.push((name, line.contains("(planned)")));
        } else if let Some((key, _)) = line.split_once(" = ")
            && key.chars().all(|c| c.is_ascii_lowercase() || c == '_')
        {
            let remark = line.rsplit_once(" # ").map_or("", |(_, remark)| remark.trim());
            let kind = match remark {
                _ if remark.contains("(planned)") => Kind::Planned,
                _ if remark.contains("(example)") => Kind::Example,
                _ => Kind::Default,
            };
            let meaning = remark.replace("(planned)", "").replace("(example)", "");
            assert!(meaning.trim().len() > 3, "`{key}` needs a word about what it means: {written}");
            found.entries.push(Entry { table: found.tables.last().map_or("", |(table, _)| table), key, line, kind });
        }
    }
    found
}

fn read(files: &[(&str, &str)]) -> Result<Config, Vec<Problem>> {
    let held = Held(files.iter().map(|(path, text)| (Path::new("/c").join(path), text.as_bytes().to_vec())).collect());
    load(Path::new("/c/n.toml"), Path::new("n.toml"), &held, &|_| None)
}

fn read_one(text: &str) -> Result<Config, Vec<Problem>> {
    read(&[("n.toml", text), ("eco.txt", "ECO")])
}

fn complaints(text: &str) -> String {
    read_one(text).err().unwrap_or_default().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn loader_and_register_know_exactly_the_same_keys() {
    let register = register();
    let mut expected: BTreeMap<String, bool> = BTreeMap::new();
    for (table, planned) in &register.tables {
        if *table != "sink.secret" {
            expected.insert((*table).to_string(), *planned);
        }
    }
    for entry in &register.entries {
        let planned_table = register.tables.iter().any(|(table, planned)| *table == entry.table && *planned);
        if planned_table {
            assert_eq!(entry.kind, Kind::Planned, "{entry:?} stands under a planned table");
            continue;
        }
        let planned = entry.kind == Kind::Planned;
        // What holds for every feed may be said of one.
        let tables = if entry.table == "defaults" { vec!["defaults", "feed"] } else { vec![entry.table] };
        for table in tables {
            let table = if table == "sink.secret" { "secret" } else { table };
            let id = if table.is_empty() { entry.key.to_string() } else { format!("{table}.{}", entry.key) };
            expected.insert(id, planned);
        }
    }
    let joined = |(table, key): (&str, &str)| if table.is_empty() { key.to_string() } else { format!("{table}.{key}") };
    let known: BTreeMap<String, bool> = keys::all().iter().map(|(key, planned)| (joined(*key), *planned)).collect();
    let unregistered: Vec<_> = known.iter().filter(|(key, planned)| expected.get(*key) != Some(planned)).collect();
    let unknown: Vec<_> = expected.iter().filter(|(key, planned)| known.get(*key) != Some(planned)).collect();
    assert_eq!(
        (unregistered, unknown),
        (vec![], vec![]),
        "(in the code and not so in config/newswatch.toml, in the register and not so in the code)"
    );
    assert!(expected.len() > 80, "the register was not read: {}", expected.len());
}

#[test]
fn no_key_stands_twice() {
    let mut seen = std::collections::BTreeSet::new();
    for entry in register().entries {
        assert!(seen.insert((entry.table, entry.key)), "{entry:?} stands twice");
    }
}

#[test]
fn the_defaults_in_the_register_are_the_loaders() {
    let base = [
        ("", ""),
        ("store", "[store]\n"),
        ("fetch", "[fetch]\n"),
        ("alerts", "[alerts]\n"),
        ("defaults", "[defaults]\n"),
        ("feed", "[[feed]]\nurl = \"https://report.az/rss\"\n"),
        ("watch", "[[watch]]\nname = \"eco\"\nkeywords = [\"ECO\"]\n"),
        ("sink", "[[sink]]\n"),
    ];
    let (mut without, mut with, mut lines) = (String::new(), String::new(), 0);
    for (table, head) in base {
        without.push_str(head);
        with.push_str(head);
        for entry in register().entries.iter().filter(|entry| entry.table == table && entry.kind == Kind::Default && entry.key != "include") {
            lines += 1;
            with.push_str(entry.line);
            with.push('\n');
            if ["type", "path"].contains(&entry.key) {
                without.push_str(entry.line);
                without.push('\n');
            }
        }
    }
    let print = |text: &str| effective(&read_one(text).unwrap());
    assert_eq!(print(&with).replace("severity = \"low\"\n", ""), print(&without));
    assert!(lines > 20, "{lines}");
}

#[test]
fn every_example_in_the_register_loads() {
    let mut tried = 0;
    for entry in register().entries.iter().filter(|entry| entry.kind == Kind::Example) {
        let base: &[&str] = match entry.table {
            "feed" | "defaults" => &["[[feed]]", "url = \"https://report.az/rss\""],
            "watch" => &[
                "[[feed]]",
                "name = \"report-az\"",
                "url = \"https://report.az/rss\"",
                "[[sink]]",
                "type = \"file\"",
                "path = \"a.log\"",
                "[[watch]]",
                "name = \"eco\"",
                "keywords = [\"ECO\"]",
            ],
            "watch.keywords" if entry.key == "file" => &["[[watch]]", "name = \"eco\"", "[watch.keywords]"],
            "watch.keywords" => &["[[watch]]", "name = \"eco\"", "[[watch.keywords]]", "keyword = \"ECO\""],
            "feed.page" => &["[[feed]]", "url = \"https://report.az/\"", "[feed.page]", "items = \"article\""],
            "feed.json" => &["[[feed]]", "url = \"https://report.az/\"", "[feed.json]", "items = \"data.items\""],
            "list" => &["[[list]]", "name = \"n\"", "items = [\"a\"]"],
            "sink.secret" => &["[[sink]]", "type = \"webhook\"", "url = \"https://example.org/\"", "[sink.secret]"],
            "sink" if ["url", "secret"].contains(&entry.key) => &["[[sink]]", "type = \"webhook\"", "url = \"https://example.org/\""],
            "sink" => &["[[watch]]", "name = \"eco\"", "keywords = [\"ECO\"]", "[[sink]]", "type = \"stdout\""],
            "fetch" => &["[fetch]"],
            other => panic!("no base for [{other}]"),
        };
        let last = base.iter().rposition(|line| line.starts_with('[')).unwrap();
        let replaced = |index: usize, line: &str| {
            index > last && (line.starts_with(&format!("{} = ", entry.key)) || (entry.key == "query" && line.starts_with("keywords")))
        };
        let mut text: Vec<&str> = base.iter().enumerate().filter(|(index, line)| !replaced(*index, line)).map(|(_, line)| *line).collect();
        text.push(entry.line);
        // Its file is not there: the one complaint that an example may earn.
        let complaint = complaints(&text.join("\n"));
        let missing = entry.key == "ca_file" && complaint.lines().count() == 1 && complaint.contains("desk.pem cannot be read: no such file");
        assert!(complaint.is_empty() || missing, "{entry:?}: {complaint}");
        tried += 1;
    }
    assert!(tried > 30, "{tried}");
}

#[test]
fn planned_keys_are_refused_as_planned() {
    let register = register();
    let top = ["schedule", "web"].map(|table| (format!("[{table}]\n"), table.to_string()));
    let lists = [("[[feed_list]]\nfile = \"a.opml\"\n".to_string(), "feed_list".to_string())];
    let keys = register.entries.iter().filter(|entry| entry.kind == Kind::Planned).filter_map(|entry| {
        let head = match entry.table {
            "" => "",
            "alerts" => "[alerts]\n",
            "defaults" => "[defaults]\n",
            "watch" => "[[watch]]\nname = \"eco\"\nkeywords = [\"ECO\"]\n",
            "sink" => "[[sink]]\ntype = \"stdout\"\n",
            _ => return None,
        };
        Some((format!("{head}{}\n", entry.line), entry.key.to_string()))
    });
    let mut tried = 0;
    for (text, key) in keys.chain(top).chain(lists) {
        let complaint = complaints(&text);
        assert!(complaint.contains(&format!("`{key}` is planned, this version does not have it yet. Remove it.")), "{text}{complaint}");
        assert_eq!(complaint.lines().count(), 1, "{text}{complaint}");
        tried += 1;
    }
    assert!(tried > 20, "{tried}");
}

#[test]
fn the_register_as_it_is_shipped_has_its_include_line_and_one_sink() {
    let config =
        read(&[("n.toml", REGISTER), ("watches.d/eco.toml", "[[watch]]\nname = \"eco\"\nkeywords = [\"ECO\"]\n"), ("feeds.d/x.txt", "")]).unwrap();
    assert_eq!(config.watches.len(), 1, "included");
    let [sink] = config.sinks.as_slice() else { panic!("{:?}", config.sinks) };
    let SinkKind::File { path, format } = &sink.kind else { panic!("{sink:?}") };
    assert_eq!((path.value.as_path(), *format), (Path::new("/var/log/newswatch/alerts.log"), Format::Text));
    let plain = read(&[("n.toml", "[[sink]]\ntype = \"file\"\npath = \"alerts.log\"\n")]).unwrap();
    let rest = |config: &Config| (config.store.clone(), config.fetch.clone(), config.alerts.clone(), config.feeds.clone(), config.lists.clone());
    assert_eq!(rest(&config), rest(&plain), "nothing else is live");
}
