//! The configurations and watches that the package ships.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, clippy::string_slice)] // a test says so by failing

mod support;

use serde_json::Value;
use std::fs;
use std::path::Path;
use support::{Place, lines, shared};

fn config(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("config").join(name).display().to_string()
}

#[test]
fn every_shipped_configuration_passes_its_own_check() {
    let place = Place::new("");
    let mut files = vec![config("newswatch.toml")];
    files.extend(fs::read_dir(config("desks")).unwrap().map(|entry| entry.unwrap().path().display().to_string()));
    assert!(files.len() >= 3);
    for file in files {
        let out = place.run(&["check", "--config", &file]);
        assert!(out.status.success(), "{file}: {}", String::from_utf8_lossy(&out.stderr));
    }
}

#[test]
fn the_shipped_watches_find_all_and_only_what_they_should() {
    let Some(path) = shared("eval/eco_dev.jsonl") else { return };
    let place = Place::new("");
    let out = place.run(&["match", "--config", &config("newswatch.toml"), path.to_str().unwrap()]);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let found = lines(&String::from_utf8(out.stdout).unwrap());
    let labelled = lines(&fs::read_to_string(path).unwrap());
    assert_eq!(found.len(), labelled.len());
    let mut wrong = Vec::new();
    for (line, label) in found.iter().zip(&labelled) {
        assert_eq!(line["id"], label["id"]);
        for (watch, expected) in label["expect"].as_object().unwrap() {
            let hit = line["hits"].as_array().unwrap().iter().any(|hit| hit["watch"] == Value::String(watch.clone()));
            if hit != expected.as_bool().unwrap() {
                wrong.push(format!("{} {watch}: found {hit}, should be {expected}: {} ({})", label["id"], label["title"], label["why"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
