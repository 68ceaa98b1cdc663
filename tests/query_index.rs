//! Many watches at once find what each of them finds alone: the index never misses what full evaluation finds.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, clippy::string_slice)] // a test

#[path = "query_oracle/case.rs"]
#[allow(dead_code)] // the other test that shares this file wants the rest
mod case;
#[path = "query_oracle/generate.rs"]
mod generate;

use generate::Generator;
use newswatch::query::Matcher;
use std::path::Path;

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(default)
}

#[test]
fn all_watches_together_find_what_each_finds_alone() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let Some(generator) = Generator::new(setting("NEWSWATCH_SEED", 5), &shared) else {
        assert!(std::env::var_os("CI").is_none(), "no texts at {}", shared.display());
        eprintln!("SKIPPED: no texts at {}", shared.display());
        return;
    };
    let mut generator = generator.narrow(6);
    let (mut pairs, mut matches) = (0u64, 0u64);
    while pairs < setting("NEWSWATCH_CASES", 20_000) {
        let cases: Vec<_> = (0..60).map(|_| generator.case()).collect();
        let (mut specs, mut alone) = (Vec::new(), Vec::new());
        for (n, case) in cases.iter().enumerate().filter(|(_, case)| case.get("lists").is_none()) {
            let spec = case::watch(case, &format!("w{n}"));
            if let Ok(matcher) = Matcher::compile(std::slice::from_ref(&spec), &[]) {
                specs.push(spec);
                alone.push(matcher);
            }
        }
        let together = Matcher::compile(&specs, &[]).unwrap();
        for case in &cases {
            let (doc, meta) = (case::document(case), case::meta(case));
            let found = together.search(&doc, &meta);
            let each: Vec<_> = alone.iter().flat_map(|m| m.find(&doc, &meta)).collect();
            assert_eq!(found.hits, each, "{case}");
            assert!(found.spent.is_empty());
            pairs += specs.len() as u64;
            matches += each.len() as u64;
        }
    }
    eprintln!("{pairs} pairs, {matches} matches");
    assert!(matches * 50 > pairs, "too few matches to tell anything: {matches} of {pairs}");
}
