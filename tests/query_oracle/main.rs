//! The watch language against the oracle (`../shared/oracle`), an executable model written for clarity.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, clippy::string_slice)] // a test

mod case;
mod generate;

use generate::Generator;
use serde_json::Value;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Cases in which QUERY.md says otherwise than the oracle, and QUERY.md is right.
const PAGE_IS_RIGHT: [(&str, &str); 1] = [
    // "lang:en also holds for en-US, not the other way"
    ("ECO AND lang:(fa OR en)", "en-US"),
];

fn oracle() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/oracle");
    if path.join("qlang.py").exists() {
        return Some(path);
    }
    assert!(std::env::var_os("CI").is_none(), "no oracle at {}", path.display());
    eprintln!("SKIPPED: no oracle at {}", path.display());
    None
}

fn page_is_right(case: &Value) -> bool {
    PAGE_IS_RIGHT.iter().any(|(query, lang)| case["query"] == *query && case["lang"] == *lang)
}

#[test]
fn all_cases_and_refusals_of_the_oracle() {
    let Some(oracle) = oracle() else { return };
    let driver = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/query_oracle/dump_cases.py");
    let dump = Command::new("python3").arg(driver).arg(&oracle).output().expect("python3");
    assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
    let (mut cases, mut wrong) = (0, Vec::new());
    for line in String::from_utf8(dump.stdout).unwrap().lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let case = &line["case"];
        cases += 1;
        if page_is_right(case) {
            assert_eq!(case::answer(case)["match"], true, "{case}");
            continue;
        }
        let ours = case::answer(case);
        let wanted = line.get("match").is_none_or(|want| ours["match"] == *want);
        let refused = line.get("refusal").is_none_or(|part| ours["error"].as_str().is_some_and(|e| e.contains(part.as_str().unwrap())));
        if !wanted || !refused || !case::agree(&ours, &line["oracle"]) {
            wrong.push(format!("{case}\n   oracle {}\n   ours   {ours}", line["oracle"]));
        }
    }
    assert!(cases > 2_000, "only {cases} cases");
    assert!(wrong.is_empty(), "{} of {cases} cases differ:\n{}", wrong.len(), wrong.iter().take(40).cloned().collect::<Vec<_>>().join("\n"));
}

/// How many random pairs: `NEWSWATCH_CASES=200000` tries more, `NEWSWATCH_SEED` others.
fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(default)
}

fn ask_oracle(oracle: &Path, cases: &[Value]) -> Vec<Value> {
    let lines: String = cases.iter().map(|case| format!("{case}\n")).collect();
    let mut file = tempfile();
    file.write_all(lines.as_bytes()).unwrap();
    file.seek(SeekFrom::Start(0)).unwrap();
    let out = Command::new("python3").arg("-B").arg(oracle.join("qlang.py")).arg("--jsonl").stdin(file).output().expect("python3");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn tempfile() -> std::fs::File {
    let path = std::env::temp_dir().join(format!("newswatch-oracle-{}-{}", std::process::id(), fastrand::u64(..)));
    let file = std::fs::File::options().read(true).write(true).create_new(true).open(&path).unwrap();
    std::fs::remove_file(path).unwrap();
    file
}

#[test]
fn random_watches_find_in_random_articles_what_the_oracle_finds() {
    let Some(oracle) = oracle() else { return };
    let (count, seed) = (setting("NEWSWATCH_CASES", 5_000), setting("NEWSWATCH_SEED", 1));
    let mut generator = Generator::new(seed, oracle.parent().unwrap()).expect("../shared/bench");
    let (mut wrong, mut matched, mut refused, mut done) = (Vec::new(), 0, 0, 0);
    while done < count && wrong.len() < 200 {
        let cases: Vec<Value> = (0..(count - done).min(10_000)).map(|_| generator.case()).collect();
        let answers = ask_oracle(&oracle, &cases);
        assert_eq!(cases.len(), answers.len());
        for (case, theirs) in cases.iter().zip(&answers) {
            let ours = case::answer(case);
            matched += u64::from(theirs["match"] == true);
            refused += u64::from(theirs.get("error").is_some());
            if !case::agree(&ours, theirs) {
                wrong.push(format!("{case}\n   oracle {theirs}\n   ours   {ours}"));
            }
        }
        done += cases.len() as u64;
    }
    eprintln!("{done} pairs, {matched} matches, {refused} refusals, {} differ", wrong.len());
    assert!(wrong.is_empty(), "{} of {done} differ:\n{}", wrong.len(), wrong.iter().take(20).cloned().collect::<Vec<_>>().join("\n"));
    assert!(matched * 5 > done && refused * 4 < done, "{matched} matches and {refused} refusals tell too little");
}
