//! What `docs/` says of the alert is what the program writes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)] // a test says so by failing

mod support;

use newswatch::model::AlertBody;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use support::{Page, Place, Site, item, lines, rss};

fn docs(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name)).unwrap()
}

fn names(value: &Value) -> BTreeSet<String> {
    value.as_object().unwrap().keys().cloned().collect()
}

/// Every key that stands there is in the schema, and every key that the schema asks for stands there.
fn fits(schema: &Value, value: &Value, place: &str) {
    if let Some(properties) = schema.get("properties") {
        let (written, known) = (names(value), names(properties));
        assert!(written.is_subset(&known), "{place}: {written:?} are not all in the schema");
        for key in schema["required"].as_array().unwrap() {
            assert!(written.contains(key.as_str().unwrap()), "{place} lacks {key}");
        }
        for (key, inner) in value.as_object().unwrap() {
            fits(&properties[key], inner, &format!("{place}.{key}"));
        }
    }
    if let (Some(items), Some(list)) = (schema.get("items"), value.as_array()) {
        list.iter().for_each(|one| fits(items, one, place));
    }
}

#[test]
fn the_sample_and_a_real_alert_fit_the_schema() {
    let schema: Value = serde_json::from_str(&docs("alert.schema.json")).unwrap();
    let samples = docs("alert.sample.jsonl");
    assert!(!samples.trim().is_empty());
    for line in samples.lines() {
        let body: AlertBody = serde_json::from_str(line).unwrap();
        assert_eq!(serde_json::to_string(&body).unwrap(), line, "the sample is spelled as the program spells it");
        fits(&schema, &serde_json::from_str(line).unwrap(), "sample");
    }
    let site = Site::new(|_| Page::ok(rss(&item("1", "ECO meets", "Tue, 24 Nov 2026 10:00:00 GMT"))));
    let place = Place::new(&format!(
        "[store]\nurl = \"newswatch.db\"\n[[feed]]\nname = \"f\"\nurl = \"{}\"\nallow_private = true\nfirst_poll_alert_age = \"any\"\n\
         [[watch]]\nname = \"w\"\nkeywords = [\"ECO\"]\n[[sink]]\ntype = \"file\"\npath = \"{{dir}}/a.jsonl\"\n",
        site.url("/")
    ));
    assert!(place.run(&["run", "--once"]).status.success());
    let alerts = lines(&place.read("a.jsonl"));
    assert_eq!(alerts.len(), 1);
    fits(&schema, &alerts[0], "alert");
}
