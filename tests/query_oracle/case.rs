//! One line of the oracle's protocol, answered by the engine.

use jiff::Timestamp;
use newswatch::model::{Field, KeywordSpec, ListSpec, Located, Origin, WatchSpec};
use newswatch::query::{Matcher, Meta, single};
use newswatch::text::Document;
use serde_json::{Value, json};
use std::path::Path;

/// A value with a place, so that problems are worded as in a file.
fn located(text: &str) -> Located<String> {
    Located { value: text.into(), at: Some(Origin { file: Path::new("w.toml").into(), line: 1, column: 1 }) }
}

fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::String(one) => vec![one.clone()],
        Value::Array(many) => many.iter().filter_map(|v| v.as_str().map(str::to_string)).collect(),
        _ => Vec::new(),
    }
}

fn all_located(value: &Value) -> Vec<Located<String>> {
    strings(value).iter().map(|s| located(s)).collect()
}

fn keyword(value: &Value) -> KeywordSpec {
    match value {
        Value::String(text) => KeywordSpec { keyword: located(text), ..KeywordSpec::default() },
        table => KeywordSpec {
            keyword: located(table["keyword"].as_str().unwrap()),
            with: all_located(&table["with"]),
            without: all_located(&table["without"]),
            except: all_located(&table["except"]),
            endings: table["endings"].as_bool(),
        },
    }
}

/// The watch of a case.
pub fn watch(case: &Value, name: &str) -> WatchSpec {
    let w = match case.get("watch") {
        Some(w) => w.clone(),
        None => json!({"query": case["query"]}),
    };
    WatchSpec {
        name: located(name),
        keywords: w["keywords"].as_array().map(|all| all.iter().map(keyword).collect()).unwrap_or_default(),
        query: w["query"].as_str().map(located),
        allow_scan: w["allow_scan"].as_bool().unwrap_or(false),
        except: all_located(&w["except"]),
        with: all_located(&w["with"]),
        without: all_located(&w["without"]),
        endings: w["endings"].as_bool().unwrap_or(true),
        feeds: strings(&w["feeds"]),
        tags: strings(&w["tags"]),
        langs: strings(&w["langs"]),
        ..WatchSpec::default()
    }
}

/// The lists of a case.
pub fn lists(case: &Value) -> Vec<ListSpec> {
    let object = case["lists"].as_object().cloned().unwrap_or_default();
    object.iter().map(|(name, items)| ListSpec { name: located(name), items: all_located(items) }).collect()
}

pub fn document(case: &Value) -> Document {
    let text = |key: &str| case[key].as_str().unwrap_or_default();
    Document::new(text("title"), text("summary"), text("content"))
}

pub fn meta(case: &Value) -> Meta {
    let text = |key: &str| case[key].as_str().map(str::to_string);
    // The oracle takes a time or a day.
    let time = |key: &str| case[key].as_str().and_then(|t| t.parse::<Timestamp>().or_else(|_| format!("{t}T00:00:00Z").parse()).ok());
    Meta {
        source: text("source"),
        feed: text("feed"),
        lang: text("lang"),
        country: text("country"),
        authors: strings(&case["author"]),
        tags: strings(&case["tag"]),
        url: text("url"),
        published: time("published"),
        now: time("now").unwrap_or_default(),
    }
}

/// The answer in the oracle's shape. Of a refusal of a keyword only the wording is comparable: its column counts in the keyword here.
pub fn answer(case: &Value) -> Value {
    if case.get("watch").is_none() && case.get("lists").is_none() {
        return match single(case["query"].as_str().unwrap_or_default()) {
            Ok(matcher) => found(&matcher, case),
            Err(problem) => json!({"error": problem.message}),
        };
    }
    match Matcher::compile(&[watch(case, "w")], &lists(case)) {
        Ok(matcher) => found(&matcher, case),
        // The oracle stops at the first; here every problem is told.
        Err(problems) => json!({"error": problems[0].message, "errors": problems.iter().map(|p| p.message.clone()).collect::<Vec<_>>()}),
    }
}

fn found(matcher: &Matcher, case: &Value) -> Value {
    let (doc, meta) = (document(case), meta(case));
    let found = matcher.search(&doc, &meta);
    assert!(found.spent.is_empty(), "too dear: {case}");
    let spans: Vec<Value> = found.hits.iter().flat_map(|hit| &hit.spans).map(|s| json!([s.field.name(), s.byte_start, s.byte_end, s.text])).collect();
    for span in found.hits.iter().flat_map(|hit| &hit.spans) {
        check_span(span, &doc);
    }
    json!({"match": !found.hits.is_empty(), "spans": spans})
}

/// What every span must be, whatever was asked.
fn check_span(span: &newswatch::model::Span, doc: &Document) {
    let plain = doc.plain(span.field);
    assert_eq!(&plain[span.byte_start..span.byte_end], span.text);
    assert!(plain[..span.byte_start].ends_with(&span.before) && plain[span.byte_end..].starts_with(&span.after), "context of {span:?}");
    assert!(span.before.chars().count() <= 40 && span.after.chars().count() <= 40);
    assert!(!span.clause.is_empty() && !span.form.is_empty(), "{span:?}");
    assert!(matches!(span.field, Field::Title | Field::Summary | Field::Content));
}

/// Do two answers say the same?
pub fn agree(ours: &Value, theirs: &Value) -> bool {
    match (ours["error"].as_str(), theirs["error"].as_str()) {
        (Some(first), Some(theirs)) => {
            same_refusal(first, theirs)
                || ours["errors"].as_array().into_iter().flatten().any(|e| e.as_str().is_some_and(|e| same_refusal(e, theirs)))
        }
        (None, None) => ours["match"] == theirs["match"] && ours["spans"] == theirs["spans"],
        _ => false,
    }
}

fn same_refusal(ours: &str, theirs: &str) -> bool {
    let bare = |s: &str| s.strip_prefix("col ").and_then(|s| s.split_once(": ")).map_or(s.to_string(), |(_, rest)| rest.to_string());
    // The two engines of regular expressions word their faults each in its own way; an absent key and an empty one are one thing here.
    let regex = |s: &str| bare(s).starts_with("bad regular expression");
    let empty = |s: &str| matches!(bare(s).as_str(), "no keywords" | "a watch has keywords or query, not both");
    ours == theirs || bare(ours) == bare(theirs) && !ours.starts_with("col ") || regex(ours) && regex(theirs) || empty(ours) && empty(theirs)
}
