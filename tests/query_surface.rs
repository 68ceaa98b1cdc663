//! What people meet of the watch language: problems at their places, spans and their forms, reasons for misses, the canonical form.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test

use newswatch::model::{Hit, KeywordSpec, ListSpec, Located, Origin, WatchSpec};
use newswatch::query::{Matcher, Meta, NearKind, fmt, single};
use newswatch::text::Document;
use std::path::Path;

fn at(value: &str, line: u32, column: u32) -> Located<String> {
    Located { value: value.into(), at: Some(Origin { file: Path::new("eco.toml").into(), line, column }) }
}

fn nowhere(value: &str) -> Located<String> {
    Located::nowhere(value.into())
}

fn keywords(words: &[&str]) -> WatchSpec {
    let keyword = |w: &&str| KeywordSpec { keyword: nowhere(w), ..KeywordSpec::default() };
    WatchSpec { name: nowhere("eco"), keywords: words.iter().map(keyword).collect(), endings: true, ..WatchSpec::default() }
}

fn problems(specs: &[WatchSpec], lists: &[ListSpec]) -> Vec<String> {
    Matcher::compile(specs, lists).map(|_| ()).unwrap_err().iter().map(ToString::to_string).collect()
}

fn find(spec: &WatchSpec, title: &str) -> Vec<Hit> {
    Matcher::compile(std::slice::from_ref(spec), &[]).unwrap().find(&Document::new(title, "", ""), &Meta::default())
}

fn forms(spec: &WatchSpec, title: &str) -> Vec<String> {
    find(spec, title).iter().flat_map(|h| &h.spans).map(|s| format!("{}: {}", s.text, s.form)).collect()
}

#[test]
fn every_problem_is_told_at_its_place() {
    let mut one = keywords(&["ECO"]);
    one.name = at("one", 2, 9);
    one.keywords = vec![KeywordSpec { keyword: at("E", 4, 21), except: vec![at("oil, gas", 5, 14)], ..KeywordSpec::default() }];
    one.with = vec![at("  «x ab*»", 6, 10)];
    let mut two = WatchSpec { name: at("one", 9, 9), endings: true, ..WatchSpec::default() };
    two.query = Some(at("ECO AND\n  Iran summit", 11, 4));
    let three = WatchSpec { name: at("three", 13, 9), ..WatchSpec::default() };
    let mut four = keywords(&["ECO"]);
    four.name = at("four", 15, 9);
    four.query = Some(at("ECO", 16, 10));
    let list = ListSpec { name: at("l", 20, 9), items: vec![at("Iran", 21, 11), at("-x", 21, 19)] };
    assert_eq!(
        problems(&[one, two, three, four], &[list]),
        [
            "eco.toml:21:19: \"-x\": a leading - and /…/ belong in query = ...; a keyword is plain text",
            "eco.toml:4:21: \"E\" is one letter, and in every article. Write \"=E\" to mean exactly that.",
            "eco.toml:5:14: \"oil, gas\" is one phrase here. Write two keywords: \"oil\", \"gas\".",
            "eco.toml:6:15: the stem before * or $n needs 3 letters",
            "eco.toml:9:9: a second watch is named \"one\": names are unique",
            "eco.toml:12:8: two terms side by side: write AND, OR, NEAR/n or put a phrase in \"quotes\"",
            "eco.toml:13:9: no keywords",
            "eco.toml:15:9: a watch has keywords or query, not both",
        ]
    );
}

#[test]
fn a_query_of_the_command_line_tells_its_column() {
    assert_eq!(single("ECO Iran").unwrap_err().message, "col 5: two terms side by side: write AND, OR, NEAR/n or put a phrase in \"quotes\"");
    assert!(single("Iran AND /a(b/").unwrap_err().message.starts_with("col 10: bad regular expression: "));
    assert!(single("Iran AND /x*/").unwrap_err().message.starts_with("col 10: bad regular expression: "));
}

#[test]
fn examples_are_tried() {
    let mut spec = keywords(&["ECO"]);
    spec.except = vec![nowhere("ECO mode")];
    spec.must_hit = vec![at("The ECO met", 3, 5), at("Eco cars", 4, 5)];
    spec.must_miss = vec![at("How ECO mode saves", 5, 5), at("ECO summit", 6, 5)];
    assert_eq!(
        problems(&[spec], &[]),
        [
            "eco.toml:4:5: must_hit: watch \"eco\" does not find this text: \"ECO\" not found; just missed Eco (other capitals): write \"Eco\" for any case",
            "eco.toml:6:5: must_miss: watch \"eco\" finds this text by \"ECO\": «ECO»",
        ]
    );
}

#[test]
fn spans_tell_how_they_matched() {
    assert_eq!(
        forms(&keywords(&["İran", "ECO"]), "İranın, İran, İran'ın; ECO ECOnun E.C.O."),
        ["İranın: ending -ın", "İran: whole", "İran'ın: apostrophe", "ECO: acronym", "ECOnun: acronym, ending -nun", "E.C.O.: acronym"]
    );
    assert_eq!(
        forms(&keywords(&["işbirliği", "regional cooperation"]), "iş birliğinin #RegionalCooperation regionalcooperation"),
        ["iş birliğinin: joined, ending -nin", "RegionalCooperation: whole", "regionalcooperation: whole"]
    );
    assert_eq!(
        forms(&keywords(&["تعاون", "همکاری"]), "والتعاون همکاری‌های همکاری های"),
        ["والتعاون: article", "همکاری‌های: half-space", "همکاری های: spaced plural, ending -های"]
    );
    assert_eq!(forms(&keywords(&["=ECO", "cooperat*"]), "ECO's cooperating"), ["ECO: exact", "cooperating: beginning -ing"]);
}

#[test]
fn spans_carry_the_clause_and_what_stands_around() {
    let mut spec = keywords(&[]);
    spec.query = Some(nowhere("title:(\"regional cooperation\" OR Iran NEAR/3 summit) AND SCORE/5(Baku^7, ECO^2)"));
    let hits = find(&spec, "Before the regional co-operation that Iran seeks at the summit in Baku");
    assert_eq!((hits.len(), hits[0].score), (1, 7));
    let spans: Vec<_> = hits[0].spans.iter().map(|s| (s.clause.as_str(), s.text.as_str(), s.before.as_str(), s.after.as_str())).collect();
    assert_eq!(
        spans,
        [
            ("\"regional cooperation\"", "regional co-operation", "Before the ", " that Iran seeks at the summit in Baku"),
            ("Iran NEAR/3 summit", "Iran seeks at the summit", "Before the regional co-operation that ", " in Baku"),
            ("Baku", "Baku", "that Iran seeks at the summit in ", "")
        ]
    );
    assert_eq!(find(&keywords(&["ECO", "Iran"]), "ECO and Iran and ECO")[0].score, 3);
}

fn reason(spec: &WatchSpec, title: &str) -> String {
    let misses = Matcher::compile(std::slice::from_ref(spec), &[]).unwrap().explain(&Document::new(title, "", ""), &Meta::default());
    assert_eq!(misses.len(), 1);
    format!("{} | {}", misses[0].clause, misses[0].reason)
}

fn query(text: &str) -> WatchSpec {
    WatchSpec { name: nowhere("q"), query: Some(nowhere(text)), endings: true, ..WatchSpec::default() }
}

#[test]
fn a_miss_tells_the_first_clause_that_failed() {
    assert_eq!(reason(&keywords(&["ECO"]), "the Eco car"), "ECO | not found; just missed Eco (other capitals): write \"Eco\" for any case");
    assert_eq!(reason(&keywords(&["ХДР"]), "XДР"), "ХДР | not found; just missed XДР (Latin X): add \"XДР\"");
    assert_eq!(reason(&keywords(&["Əliyev"]), "Aliyev"), "Əliyev | not found; just missed Aliyev (one letter): add \"Aliyev\"");
    assert_eq!(reason(&keywords(&["İran"]), "İranlı"), "İran | not found; just missed İranlı (another ending): add \"İranlı\"");
    assert_eq!(reason(&keywords(&["بانکها"]), "بانک ها"), "بانکها | not found; just missed بانک ها (an ending after a space): add \"بانک ها\"");
    assert_eq!(reason(&query("Iran AND Baku"), "Iran"), "Baku | not found");
    assert_eq!(reason(&query("Iran NOT Baku"), "Iran in Baku"), "Baku | it stands in the article («Baku»), and must not");
    assert_eq!(
        reason(&query("Iran NEAR/1 Baku"), "Iran is not in Baku"),
        "Iran NEAR/1 Baku | \"Baku\" stands in the article, but not within 1 words"
    );
    assert_eq!(reason(&query("body:Iran"), "Iran"), "Iran | it stands in the article, but not in its body");
    assert_eq!(reason(&query("ATLEAST/2(Iran)"), "Iran"), "Iran | it stands there 1 times, 2 are asked for");
    assert_eq!(reason(&query("Iran AND lang:fa"), "Iran"), "lang:fa | lang of the article is unknown");
    assert_eq!(reason(&query("ECO NOTIN \"ECO mode\""), "ECO mode"), "ECO NOTIN \"ECO mode\" | it only stands inside \"\"ECO mode\"\"");
}

#[test]
fn near_misses_leave_out_what_is_found_by_another_keyword() {
    let matcher = Matcher::compile(&[keywords(&["ECO", "Eco car"])], &[]).unwrap();
    let near = matcher.near_misses(&Document::new("Eco car, Eco bus", "", ""));
    assert_eq!(
        near.iter().map(|n| (n.clause.as_str(), n.text.as_str(), n.byte_start, &n.kind)).collect::<Vec<_>>(),
        [("ECO", "Eco", 9, &NearKind::Case)]
    );
}

#[test]
fn the_canonical_form_means_the_same_and_stays() {
    for (query, want) in [
        ("Iran   AND\tNOT Iraq # a comment", "Iran NOT Iraq"),
        ("a1 ONEAR/3 b1 NEAR/2f c1", "a1 PRE/3 b1 PRE/2 c1"),
        ("((Iran OR (Iraq)) AND “regional cooperation”)", "(Iran OR Iraq) AND \"regional cooperation\""),
        ("title:( ECO ) AND lang:( fa OR en )", "title:ECO AND lang:(fa OR en)"),
        ("SCORE/3( ECO ^2,(Iran AND Baku)^ 1)", ""),
        ("SCORE/3( ECO ^2,(Iran AND Baku)^1)", "SCORE/3(ECO^2, Iran AND Baku^1)"),
        ("ANY/2(a1, b1 OR c1, @members)", "ANY/2(a1, b1 OR c1, @members)"),
        ("ECO NOTIN (x1 OR y1) NEAR/3 z1", "ECO NOTIN (x1 OR y1) NEAR/3 z1"),
        ("ECO NEAR/2 (x1 NEAR/3 y1)", "ECO NEAR/2 (x1 NEAR/3 y1)"),
        ("body:(a1 NEAR/3 b1)", "body:(a1 NEAR/3 b1)"),
        ("Iran AND /a b/ AND author:\"ali rezaei\"", "Iran AND /a b/ AND author:\"ali rezaei\""),
    ] {
        match fmt(query) {
            Ok(canonical) => {
                assert_eq!(canonical, want);
                assert_eq!(fmt(&canonical).unwrap(), canonical);
            }
            Err(problem) => assert!(want.is_empty(), "{query}: {problem}"),
        }
    }
}

#[test]
fn a_hash_changes_with_the_meaning_only() {
    let hash =
        |spec: &WatchSpec, lists: &[ListSpec]| Matcher::compile(std::slice::from_ref(spec), lists).unwrap().watch_hash(&spec.name.value).unwrap();
    let plain = keywords(&["ECO"]);
    let mut same = plain.clone();
    same.must_hit = vec![nowhere("ECO")];
    same.sinks = vec![nowhere("log")];
    assert_eq!(hash(&plain, &[]), hash(&same, &[]));
    for change in [
        |s: &mut WatchSpec| s.endings = false,
        |s: &mut WatchSpec| s.except = vec![nowhere("ECO mode")],
        |s: &mut WatchSpec| s.without = vec![nowhere("ECO mode")],
        |s: &mut WatchSpec| s.langs = vec!["fa".into()],
        |s: &mut WatchSpec| s.keywords[0].endings = Some(false),
        |s: &mut WatchSpec| s.keywords.push(s.keywords[0].clone()),
    ] {
        let mut other = plain.clone();
        change(&mut other);
        assert_ne!(hash(&plain, &[]), hash(&other, &[]));
    }
    let list = |item: &str| [ListSpec { name: nowhere("l"), items: vec![nowhere(item)] }];
    assert_ne!(hash(&query("@l"), &list("Iran")), hash(&query("@l"), &list("Iraq")));
}

#[test]
fn conditions_hold_for_queries_too() {
    let mut spec = query("ECO AND Iran AND Baku");
    spec.except = vec![nowhere("ECO mode")];
    spec.without = vec![nowhere("OSCE")];
    assert_eq!(find(&spec, "ECO and Iran in Baku").len(), 1);
    assert_eq!(find(&spec, "ECO mode and Iran in Baku").len(), 0);
    assert_eq!(find(&spec, "ECO and Iran in Baku with the osce").len(), 0);
}

#[test]
fn paused_watches_find_nothing_and_the_order_is_kept() {
    let named = |name: &str, word: &str| WatchSpec { name: nowhere(name), ..keywords(&[word]) };
    let mut specs = vec![named("b", "Iran"), named("a", "ECO"), named("c", "Baku")];
    specs[1].paused = true;
    let matcher = Matcher::compile(&specs, &[]).unwrap();
    let hits = matcher.find(&Document::new("Baku, ECO, Iran", "", ""), &Meta::default());
    assert_eq!(hits.iter().map(|h| h.watch.as_str()).collect::<Vec<_>>(), ["b", "c"]);
    assert_eq!(matcher.watch_names(), ["b", "a", "c"]);
    assert!(Matcher::compile(&[], &[]).unwrap().find(&Document::new("x", "", ""), &Meta::default()).is_empty());
}
