//! Whatever stands in a configuration: no panic, and a place for each complaint.
// A test fails by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use newswatch::config::{effective, keep, load_kept_with, load_with};
use proptest::prelude::*;
use std::ffi::OsString;
use std::fs;

/// A configuration with every kind of table and value.
const GOOD: &str = r#"include = ["feeds.d/*.toml", "watches.d/*.toml"]
[store]
url = "newswatch.db"
keep = "90d"
max_size = "2GB"
[fetch]
host_gap = "1s"
contact = "desk@example.org"
[alerts]
group_wait = "60s"
[defaults]
interval = "15m"
first_poll_alert_age = "any"
timezone = "Asia/Baku"
headers = { "X-Desk" = "caspian", Authorization = { env = "TOKEN" } }
[[feed]]
name = "report"
url = "https://report.az/en/rss"
[[watch]]
name = "eco"
keywords = ["ECO", { keyword = "İƏT", without = ["İslam Əməkdaşlıq Təşkilatı"] }]
except = ["ECO-friendly", 'ECO mode']
sinks = ["file"]
[[watch]]
name = "trade"
query = '''
(tariff OR customs)
  NEAR/5 Iran'''
[[list]]
name = "neighbours"
items = ["Iran", "Türkiye"]
[[sink]]
type = "file"
path = "alerts.log"
kinds = ["alert", "health"]
[[sink]]
type = "webhook"
url = { credential = "hook" }
secret = [{ env = "A" }, { file = "b" }]
rate = "30/m"
"#;

/// Pieces that a slip of the hand or of an editor puts somewhere.
const SLIPS: &[&str] = &[
    "\"",
    "'",
    "'''",
    "\"\"\"",
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    ",",
    "=",
    "#",
    "\n",
    "\r",
    "\\",
    ".",
    "“",
    "”",
    "«",
    "ə",
    "\u{feff}",
    "\u{0}",
    "\u{202e}",
    "[[feed]]\n",
    "[store]\n",
    "include = [\"*\"]\n",
    "= =",
    "a.b.c = 1\n",
    "99999999999999999999",
    "1e999",
    "nan",
    "1979-05-27",
    "true",
    "[[a]]\n[a.b]\n",
    "\\u0000",
    "{ env = \"X\", file = \"/dev/zero\" }",
    "0s",
    "-1",
    "[[[[[[[[[[[[[[[[",
];

fn nothing(_: &str) -> Option<OsString> {
    None
}

/// Reads it; a good one is also printed.
fn survive(bytes: &[u8]) -> Result<(), TestCaseError> {
    let dir = tempfile::tempdir().unwrap();
    let main = dir.path().join("n.toml");
    fs::write(&main, bytes).unwrap();
    match load_with(&main, &nothing) {
        Ok(config) => {
            let printed = effective(&config);
            prop_assert!(toml::from_str::<toml::Table>(&printed).is_ok(), "{printed}");
        }
        Err(problems) => {
            prop_assert!(!problems.is_empty());
            let lines = bytes.iter().filter(|byte| **byte == b'\n').count() + 1;
            for problem in problems.iter().filter(|problem| !problem.message.starts_with("there are more")) {
                let at = problem.at.as_ref().ok_or_else(|| TestCaseError::fail(format!("no place: {problem}")))?;
                prop_assert!(at.line >= 1 && at.line as usize <= lines && at.column >= 1, "{}", problem);
                prop_assert!(
                    !problem.message.contains('\n') && problem.message.ends_with(['.', '?', '"', '\'', ')']) || problem.message.contains("iconv"),
                    "{}",
                    problem
                );
            }
        }
    }
    Ok(())
}

/// More for a long run.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(120)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        survive(&bytes)?;
    }

    #[test]
    fn any_pieces(pieces in proptest::collection::vec(proptest::sample::select(SLIPS), 0..40)) {
        survive(pieces.concat().as_bytes())?;
    }

    #[test]
    fn a_good_one_with_a_few_slips(slips in proptest::collection::vec((any::<proptest::sample::Index>(), 0usize..12, proptest::sample::select(SLIPS)), 1..5)) {
        let mut chars: Vec<char> = GOOD.chars().collect();
        for (place, taken, slip) in slips {
            let start = place.index(chars.len());
            let end = (start + taken).min(chars.len());
            chars.splice(start..end, slip.chars());
        }
        survive(chars.into_iter().collect::<String>().as_bytes())?;
    }

    #[test]
    fn a_good_one_with_its_lines_moved(order in proptest::collection::vec(any::<proptest::sample::Index>(), 1..30)) {
        let lines: Vec<&str> = GOOD.lines().collect();
        survive(order.iter().map(|index| index.get(&lines).to_string() + "\n").collect::<String>().as_bytes())?;
    }

    #[test]
    fn a_good_one_cut_anywhere(at in any::<proptest::sample::Index>()) {
        survive(&GOOD.as_bytes()[..at.index(GOOD.len())])?;
    }
}

#[test]
fn the_good_one_is_good() {
    let dir = tempfile::tempdir().unwrap();
    let main = dir.path().join("n.toml");
    fs::write(&main, GOOD).unwrap();
    let config = load_with(&main, &nothing).unwrap();
    let state = dir.path().join("state");
    keep(&config, &state).unwrap();
    assert_eq!(load_kept_with(&state, &nothing).unwrap().unwrap(), config);
}

#[test]
fn large_nonsense_is_told_in_a_few_words() {
    let many = |piece: &str, times: usize| piece.repeat(times);
    let numbered = |piece: &str| (0..2_000).map(|n| piece.replace('N', &n.to_string())).collect::<String>();
    for text in [
        many("[", 30_000),
        format!("a = {}", many("[", 30_000)),
        format!("a = {}", many("{a=", 30_000)),
        format!("{}a = 1", many("a.", 3_000)),
        format!("{} = 1", many("k", 100_000)),
        format!("[[feed]]\nurl = \"https://report.az/\"\ntags = [{}]", many("1, ", 30_000)),
        format!("a = [{}", many("x ", 30_000)),
        many("= ", 30_000),
        many("a\n", 30_000),
        many("[[feed]]\n", 3_000),
        numbered("keN = 1\n"),
        format!("[[sink]]\ntype = \"stdout\"\nwatches = [{}]\n{}", numbered("\"aN\", "), numbered("[[watch]]\nname = \"bN\"\nkeywords = [\"x\"]\n")),
        many("[[watch]]\nname = \"a\"\nkeywords = [\"x\"]\n", 3_000),
        "“".repeat(30_000),
        "\"".repeat(100_000),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let main = dir.path().join("n.toml");
        fs::write(&main, &text).unwrap();
        let start: String = text.chars().take(40).collect();
        let problems = load_with(&main, &nothing).unwrap_err();
        assert!(problems.len() <= 1_502, "{start}: {} problems", problems.len());
        assert!(problems.iter().all(|problem| problem.message.chars().count() < 1_000), "{start}");
    }
}
