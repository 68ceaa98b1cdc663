//! The watch language against the oracle (`../shared/oracle`), an executable model written for clarity.

mod case;

use serde_json::Value;
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
