//! The feed room against the material beside the repository: dates, hostile documents, the corpus. Missing material is a failure in CI and a loud
//! skip elsewhere.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

use jiff::Timestamp;
use newswatch::feed::{Input, MAX_ENTRIES, Reading, Unreadable, read};
use std::path::{Path, PathBuf};
use url::Url;

fn now() -> Timestamp {
    "2026-11-24T12:00:00Z".parse().unwrap()
}

fn reading(bytes: &[u8]) -> Result<Reading, Unreadable> {
    let url = Url::parse("http://feeds.example/f.xml").unwrap();
    read(&Input { bytes, content_type: None, url: Some(&url), cut: false, timezone: None, now: now(), page: None, json: None })
}

/// The folder of shared material, if it is there.
fn shared(path: &str) -> Option<PathBuf> {
    let at = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(path);
    if at.exists() {
        return Some(at);
    }
    assert!(std::env::var_os("CI").is_none(), "{} is missing, and CI must have it", at.display());
    eprintln!("SKIPPED: {} is missing", at.display());
    None
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[test]
fn dates_read_as_the_list_says() {
    let Some(file) = shared("eval/dates_dev.tsv") else { return };
    let text = std::fs::read_to_string(file).unwrap();
    let mut wrong = Vec::new();
    let mut lines = 0;
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (want, date) = line.split_once('\t').unwrap();
        let document = format!("<rss><channel><item><title>t</title><pubDate>{}</pubDate></item></channel></rss>", escaped(date));
        let got = reading(document.as_bytes()).unwrap().entries[0].article.published.map(|moment| moment.as_second());
        lines += 1;
        if got != want.parse().ok() {
            wrong.push(format!("{date}: {got:?}, not {want}"));
        }
    }
    assert!(lines > 50);
    assert!(wrong.len() <= 1, "{}", wrong.join("\n"));
}

#[test]
fn hostile_documents_have_an_answer() {
    let Some(folder) = shared("corpus/hostile") else { return };
    let mut files = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        files += 1;
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        match (name.as_str(), reading(&bytes)) {
            ("z_empty.xml", Err(error)) => assert_eq!(error.reason, "empty document"),
            ("z_html.xml", Err(error)) => assert!(error.reason.contains("challenge page"), "{error}"),
            // Only a channel, and the end comes before its first item.
            (_, Ok(reading)) => assert!(reading.entries.len() <= MAX_ENTRIES, "{name}"),
            (_, Err(error)) => panic!("{name}: {error}"),
        }
    }
    assert!(files > 50);
}

/// As `make_hostile.py` writes them, a hundredth of the size.
#[test]
fn hostile_shapes_have_an_answer() {
    let rss = |inside: &str| format!("<rss version=\"2.0\"><channel><title>t</title><link>http://x/</link>{inside}</channel></rss>");
    let item = "<item><title>a</title><link>http://x/1</link><guid>1</guid></item>";
    let nest = |tag: &str, n: usize| format!("{}{}", format!("<{tag}>").repeat(n), format!("</{}>", tag.split(' ').next().unwrap()).repeat(n));
    let attributes = |n: usize, prefix: &str| (0..n).map(|i| format!("{prefix}{i}=\"x\"")).collect::<Vec<_>>().join(" ");
    let many = |n: usize| (0..n).map(|i| format!("<item><title>a{i}</title><guid>{i}</guid></item>")).collect::<String>();
    for (document, at_least) in [
        (rss(&format!("{item}<item><title>b</title>{}</item>", nest("x", 20_000))), 2),
        (rss(&format!("<item><title>a</title>{}</item>", nest("media:group", 20_000))), 1),
        (rss(&format!("{item}<item><title>b</title>{}</item>", nest("x xml:base=\"http://x/y/\"", 20_000))), 2),
        (rss(&format!("{item}{}", (0..2_000).map(|i| format!("<item><title>b{i}")).collect::<String>())), 2_000),
        (
            format!(
                "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>t</title><entry><id>1</id><title>a</title><content type=\"xhtml\">{}</content></entry></feed>",
                nest("div", 20_000)
            ),
            1,
        ),
        (format!("<feed><entry><id>1</id><title>a</title>{}</entry></feed>", "<link href=\"u\"/>".repeat(20_000)), 1),
        (rss(&format!("<item><title>{}</title></item>", "abcdefghi ".repeat(100_000))), 1),
        (rss(&format!("<item><title>{}</title></item>", "&amp;".repeat(100_000))), 1),
        (rss(&format!("<item {}><title>a</title></item>", attributes(20_000, "a"))), 1),
        (rss(&format!("<item {}><title>a</title></item>", attributes(2_000, "xmlns:a"))), 1),
        (rss(&format!("<item x=\"{}\"><title>a</title></item>", "y".repeat(1_000_000))), 1),
        (rss(&many(6_000)), MAX_ENTRIES),
        (rss(&"<item/>".repeat(30_000)), 1),
        (rss(&format!("{item}<item><title>{}", "<![CDATA[".repeat(20_000))), 1),
        (rss(&format!("{item}{}", "<!--".repeat(20_000))), 1),
        (format!("{}{}", "<!DOCTYPE [".repeat(5_000), rss(item)), 1),
        (rss(&format!("{item}{}", "<a b=\"".repeat(20_000))), 1),
        (
            format!(
                "{{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"t\",\"items\":[{{\"id\":1,\"content_text\":\"x\"}},{}{}]}}",
                "[".repeat(20_000),
                "]".repeat(20_000)
            ),
            1,
        ),
    ] {
        let start: String = document.chars().take(120).collect();
        let reading = reading(document.as_bytes()).unwrap_or_else(|error| panic!("{start}: {error}"));
        assert!(reading.entries.len() >= at_least, "{start}: {} entries", reading.entries.len());
        assert!(reading.entries.len() <= MAX_ENTRIES);
    }
}

#[test]
fn the_corpus_is_read_and_counted_as_the_reference_counts() {
    let Some(folder) = shared("corpus") else { return };
    let expected = std::fs::read_to_string(folder.join("expected.jsonl")).unwrap();
    let (mut files, mut agree) = (0u32, 0u32);
    for line in expected.lines() {
        let wanted: serde_json::Value = serde_json::from_str(line).unwrap();
        let bytes = std::fs::read(folder.join(wanted["path"].as_str().unwrap())).unwrap();
        let url = Url::parse(wanted["url"].as_str().unwrap()).unwrap();
        let got = read(&Input { bytes: &bytes, content_type: None, url: Some(&url), cut: false, timezone: None, now: now(), page: None, json: None });
        let count = got.map_or(0, |reading| reading.articles().count() as u64);
        if wanted["n"] != 0 {
            files += 1;
            agree += u32::from(wanted["n"] == count);
        }
    }
    assert!(files > 2_000);
    assert!(agree * 1000 >= files * 995, "{agree} of {files}");
}
