//! One real article, from its feed to its alert: told once, and never again.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, clippy::string_slice)] // a test says so by failing

mod support;

use std::collections::HashMap;
use std::fs;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use support::{Page, Place, Site, lines, shared, wait_for};

const WAIT: Duration = Duration::from_secs(20);

fn config(url: &str) -> String {
    let watches = concat!(env!("CARGO_MANIFEST_DIR"), "/config/watches.d/eco.toml");
    format!(
        "include = [{watches:?}]\n[store]\nurl = \"newswatch.db\"\n[alerts]\ngroup_wait = \"0s\"\n[fetch]\nhost_gap = \"0s\"\n\
         [[feed]]\nname = \"report\"\nurl = \"{url}\"\ninterval = \"1s\"\nallow_private = true\nfirst_poll_alert_age = \"any\"\n\
         [[sink]]\ntype = \"file\"\npath = \"{{dir}}/alerts.jsonl\"\n"
    )
}

fn polls(place: &Place) -> u64 {
    place.json(&["feeds", "list", "--json"]).first().and_then(|feed| feed["polls"].as_u64()).unwrap_or_default()
}

#[test]
fn a_real_article_is_told_once() {
    let Some(path) = shared("eval/report_az.xml") else { return };
    let document = fs::read_to_string(path).unwrap();
    let pages = Arc::new(Mutex::new(HashMap::from([("/rss".to_string(), Page::ok(document.clone()))])));
    let site = Site::pages(pages.clone());
    let place = Place::new(&config(&site.url("/rss")));

    let daemon = place.start();
    wait_for("the alert", WAIT, || !place.read("alerts.jsonl").is_empty());
    wait_for("two more polls", WAIT, || polls(&place) >= 3);
    daemon.stop();
    let alerts = lines(&place.read("alerts.jsonl"));
    assert_eq!(alerts.len(), 1, "{}", place.log());
    let alert = &alerts[0];
    assert_eq!(alert["hits"][0]["text"], "ECO", "the keyword before what only shows that it is meant");
    assert_eq!((alert["watch"].as_str(), alert["type"].as_str(), alert["seq"].as_i64()), (Some("eco"), Some("alert.created"), Some(1)));
    assert_eq!(alert["article"]["link"], "http://feeds.test/report/eco-interior-ministers");
    assert_eq!(alert["article"]["published"], "2025-10-28T06:15:00Z");
    assert!(alert["article"].get("content").is_none() && alert["article"].get("enclosures").is_none());
    assert!(alert["hits"].as_array().unwrap().len() <= 5 && alert["hits"][0].get("byte_start").is_none());

    // A restart forgets nothing.
    let before = polls(&place);
    let daemon = place.start();
    wait_for("a poll after the restart", WAIT, || polls(&place) > before);
    // New bytes, nothing new in them.
    let touched = document.replace("<language>", "<lastBuildDate>Wed, 29 Oct 2025 10:15:00 +0400</lastBuildDate>\n  <language>");
    assert_ne!(touched, document);
    pages.lock().unwrap().insert("/rss".into(), Page::ok(touched));
    let before = polls(&place);
    wait_for("polls of the touched feed", WAIT, || polls(&place) >= before + 2);
    daemon.stop();
    assert_eq!(lines(&place.read("alerts.jsonl")).len(), 1);
    assert_eq!(place.json(&["alerts", "--json"]).len(), 1);
}

#[test]
fn match_gives_exact_spans() {
    let Some(path) = shared("eval/report_az.xml") else { return };
    let place = Place::new(&config("http://feeds.test/rss"));
    let parsed = place.run(&["parse", "--entries", path.to_str().unwrap()]);
    assert!(parsed.status.success());
    place.write("entries.jsonl", &String::from_utf8(parsed.stdout).unwrap());
    let out = place.json(&["match", "--explain", "--watch", "eco", "entries.jsonl"]);
    assert_eq!(out.len(), 1);
    let spans = out[0]["hits"][0]["spans"].as_array().unwrap();
    assert!(spans.len() >= 3, "{spans:?}");
    for span in spans {
        let plain = out[0]["fields"][span["field"].as_str().unwrap()].as_str().unwrap();
        let (start, end) = (span["byte_start"].as_u64().unwrap() as usize, span["byte_end"].as_u64().unwrap() as usize);
        assert_eq!(&plain[start..end], span["text"].as_str().unwrap());
    }
    let keyword = spans.iter().find(|span| span["clause"] == "ECO").unwrap();
    assert_eq!((keyword["field"].as_str(), keyword["text"].as_str(), keyword["byte_start"].as_u64()), (Some("title"), Some("ECO"), Some(45)));
    assert!(keyword["before"].as_str().unwrap().ends_with("in ") || keyword["before"].as_str().unwrap().ends_with("in"), "{keyword}");
    assert!(spans.iter().any(|span| span["text"] == "Economic Cooperation Organization"), "{spans:?}");
}
