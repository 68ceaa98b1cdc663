//! "X never knows Y", checked: which room names which, against the table of ARCHITECTURE.md.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, clippy::string_slice)] // a test says so by failing

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A room and the rooms it may name. A room may always name itself.
const MAY_USE: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("text", &["model"]),
    ("query", &["model", "text"]),
    ("feed", &["model", "text"]),
    ("story", &["model", "text"]),
    ("alert", &["model"]),
    ("schedule", &["model"]),
    ("config", &["model"]),
    ("telemetry", &[]),
    ("fetch", &["model", "config", "telemetry"]),
    ("store", &["model", "query", "story", "alert", "telemetry"]),
    ("deliver", &["model", "config", "fetch", "store", "telemetry"]),
    ("control", &["model", "config"]),
    ("app", &["model", "text", "query", "feed", "story", "alert", "schedule", "config", "telemetry", "fetch", "store", "deliver", "control"]),
    ("demo", &["model", "app"]),
    (
        "cli",
        &[
            "model",
            "text",
            "query",
            "feed",
            "story",
            "alert",
            "schedule",
            "config",
            "telemetry",
            "fetch",
            "store",
            "deliver",
            "control",
            "app",
            "demo",
        ],
    ),
];

/// Rooms that know no clock, no I/O and no async.
const PURE: &[&str] = &["model", "text", "query", "feed", "story", "alert", "schedule"];

/// What a pure room must not name.
const IMPURE: &[&str] =
    &["tokio::", "std::fs", "std::net", "std::process", "std::time::SystemTime", "std::time::Instant", "async fn", "reqwest", "rusqlite"];

fn source_files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            source_files(&path, into);
        } else if path.extension().is_some_and(|e| e == "rs") {
            into.push(path);
        }
    }
}

/// The code of a file without comments, strings' contents left in, and without its tests (they may use anything).
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default().to_string();
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// Every room named as `crate::room`, also inside `use crate::{a, b::c}`.
fn named(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(list) => {
                let (mut depth, mut word) = (0, String::new());
                for c in list.chars() {
                    match c {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => found.extend([std::mem::take(&mut word)]),
                        c if depth == 0 && !c.is_whitespace() => word.push(c),
                        _ => {}
                    }
                }
                found.insert(word);
            }
            None => {
                found.insert(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
            }
        }
    }
    found.into_iter().map(|word| word.split("::").next().unwrap_or_default().to_string()).collect()
}

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

#[test]
fn every_room_names_only_the_rooms_it_may_use() {
    let rooms: BTreeSet<&str> = MAY_USE.iter().map(|(room, _)| *room).collect();
    let mut wrong = Vec::new();
    for (room, may) in MAY_USE {
        let mut files = Vec::new();
        source_files(&src().join(room), &mut files);
        assert!(!files.is_empty(), "room {room} is not there");
        for file in files {
            for other in named(&code(&file)) {
                if rooms.contains(other.as_str()) && other != *room && !may.contains(&other.as_str()) {
                    wrong.push(format!("{} names {other}", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "ARCHITECTURE.md says otherwise:\n{}", wrong.join("\n"));
}

#[test]
fn every_folder_is_a_room_of_the_table() {
    for entry in fs::read_dir(src()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().to_string();
        assert!(!path.is_dir() || MAY_USE.iter().any(|(room, _)| *room == name), "{name} has no line in the table");
    }
}

#[test]
fn pure_rooms_know_no_clock_no_files_no_network() {
    let mut wrong = Vec::new();
    for room in PURE {
        let mut files = Vec::new();
        source_files(&src().join(room), &mut files);
        for file in files {
            let code = code(&file);
            wrong.extend(IMPURE.iter().filter(|word| code.contains(**word)).map(|word| format!("{} says {word}", file.display())));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn main_stays_short() {
    let lines = fs::read_to_string(src().join("main.rs")).unwrap().lines().count();
    assert!(lines <= 80, "main.rs has {lines} lines");
}

#[test]
fn the_reader_of_names_sees_lists_and_paths() {
    let names = named("use crate::{model::Article, text};\nlet x = crate::feed::read(y); use crate::store::{A, B};");
    assert_eq!(names.into_iter().collect::<Vec<_>>(), ["feed", "model", "store", "text"]);
}
