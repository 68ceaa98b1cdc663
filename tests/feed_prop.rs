//! Whatever the bytes are, there is an answer, the same each time, that keeps its promises; and on well-formed documents it is feed-rs's.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use jiff::Timestamp;
use newswatch::feed::{Input, JsonRules, PageRules, Reading, Unreadable, canonical_url, discover, memory_cost, read};
use proptest::prelude::*;
use std::path::Path;
use url::Url;

const FIXTURES: [&str; 11] = [
    "rss.xml",
    "atom.xml",
    "rdf.xml",
    "broken.xml",
    "cut.xml",
    "youtube.xml",
    "feed.json",
    "news-sitemap.xml",
    "sitemap-index.xml",
    "page.html",
    "endpoint.json",
];

/// Pieces that documents are made of, whole and broken.
const PIECES: [&str; 60] = [
    "<rss>",
    "</rss>",
    "<channel>",
    "</channel>",
    "<item>",
    "</item>",
    "<item/>",
    "<feed>",
    "</feed>",
    "<entry>",
    "</entry>",
    "<title>",
    "</title>",
    "<title",
    "<link>",
    "</link>",
    "<link href='a'/>",
    "<guid>",
    "</guid>",
    "<description>",
    "</description>",
    "<content type='xhtml'>",
    "<content type='application/x' mode='base64'>",
    "</content>",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<!DOCTYPE [",
    "]>",
    "<?xml encoding='utf-16'?>",
    "<?",
    "?>",
    "&amp;",
    "&#x41;",
    "&#55357;",
    "&#0;",
    "&",
    "&unknown;",
    "\"",
    "'",
    "=",
    "<a b=\"",
    "<a b='c'>",
    "<media:group>",
    "</media:group>",
    "<dc:date>",
    "۱۴۰۵/۰۹/۰۳ ۱۰:۱۵",
    "24 Nov 2026",
    "</dc:date>",
    "<author>",
    "a@b.c\u{a0}،»",
    "<name>",
    "</author>",
    "<source url='x'>",
    "</source>",
    "<ns:x xmlns:ns='y'>",
    "متن",
    "\0",
    "\u{7f}",
];

fn now() -> Timestamp {
    "2026-11-24T12:00:00Z".parse().unwrap()
}

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/feed").join(name)).unwrap()
}

fn reading(bytes: &[u8]) -> Result<Reading, Unreadable> {
    let url = Url::parse("https://fetched.example/f.xml").unwrap();
    read(&Input { bytes, content_type: None, url: Some(&url), cut: false, timezone: None, now: now(), page: None, json: None })
}

/// Reads in every way and checks what is promised of any answer.
fn promises(bytes: &[u8]) {
    let url = Url::parse("https://fetched.example/f.xml").unwrap();
    let page = PageRules {
        items: "item, li, div, a".into(),
        title: Some("title".into()),
        date: Some("time".into()),
        summary: Some("p".into()),
        ..PageRules::default()
    };
    let json = JsonRules { items: "items".into(), title: Some("title".into()), link: Some("url".into()), ..JsonRules::default() };
    let plain = Input { bytes, content_type: None, url: Some(&url), cut: false, timezone: None, now: now(), page: None, json: None };
    for input in [
        plain,
        Input { content_type: Some("text/xml; charset=windows-1251"), url: None, ..plain },
        Input { page: Some(&page), ..plain },
        Input { json: Some(&json), ..plain },
    ] {
        let Ok(one) = read(&input) else { continue };
        let mut keys: Vec<_> = one.entries.iter().map(|entry| entry.key).collect();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), one.entries.len(), "two entries share a key");
        assert_eq!(one.articles().count(), one.entries.len() + one.copies.len());
        for article in one.articles() {
            let title = article.title.as_deref().unwrap_or("x");
            assert!(!title.is_empty() && !title.chars().any(char::is_control) && title.trim() == title, "{title:?}");
            if let Some(link) = &article.link {
                assert!(link.contains(':') && !link.contains(char::is_whitespace), "{link:?}");
                let canonical = canonical_url(link);
                assert_eq!(canonical.as_deref().and_then(canonical_url), canonical, "canonical is canonical");
            }
            assert!(article.published.is_none_or(|moment| moment < now().saturating_add(jiff::SignedDuration::from_hours(200)).unwrap()));
        }
        assert_eq!(read(&input), Ok(one), "the same answer each time");
    }
    let _ = discover(bytes, None, &url);
    assert!(memory_cost(bytes) <= 6 * (10 << 20) + 5_000 * 1024);
}

/// A fixture with some bytes moved, dropped, doubled or replaced.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let change = (any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0u8..4, prop::sample::select(PIECES.as_slice()));
    (prop::sample::select(FIXTURES.as_slice()), prop::collection::vec(change, 1..12)).prop_map(|(name, changes)| {
        let mut bytes = fixture(name);
        for (a, b, kind, piece) in changes {
            let (a, b) = (a.index(bytes.len() + 1), b.index(bytes.len() + 1));
            let (from, to) = (a.min(b), a.max(b).min(a.min(b) + 200));
            match kind {
                0 => drop(bytes.drain(from..to)),
                1 => drop(bytes.splice(from..from, piece.bytes())),
                2 => drop(bytes.splice(from..to, piece.bytes())),
                _ => {
                    let copy = bytes[from..to].to_vec();
                    drop(bytes.splice(to..to, copy));
                }
            }
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_have_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..1500)) {
        promises(&bytes);
    }

    #[test]
    fn arbitrary_pieces_have_an_answer(pieces in prop::collection::vec(prop::sample::select(PIECES.as_slice()), 0..120)) {
        promises(pieces.concat().as_bytes());
    }

    #[test]
    fn mutated_documents_have_an_answer(bytes in mutated()) {
        promises(&bytes);
    }

    #[test]
    fn arbitrary_dates_have_an_answer(date in "[0-9۰-۹ :./+TZ,-]{0,40}|\\PC{0,60}") {
        promises(format!("<rss><item><title>t</title><pubDate><![CDATA[{date}]]></pubDate></item></rss>").as_bytes());
    }

    #[test]
    fn arbitrary_addresses_have_an_answer(link in "\\PC{0,60}", base in "\\PC{0,30}") {
        promises(format!("<feed xml:base=\"{base}\"><entry><link href=\"{link}\"/><id>{link}</id></entry></feed>").as_bytes());
    }
}

#[test]
fn every_prefix_of_every_fixture_has_an_answer() {
    for name in FIXTURES {
        let bytes = fixture(name);
        for end in (0..bytes.len()).step_by(7) {
            let _ = reading(&bytes[..end]);
        }
    }
}

/// feed-rs has the last word where a document is well-formed and says nothing that we take differently on purpose.
#[test]
fn well_formed_documents_read_as_feed_rs_reads_them() {
    let item = |n: usize, more: &str| {
        format!(
            "<item><title>Title {n} &amp; more</title><link>https://x.example/{n}</link><guid>https://x.example/{n}</guid><description>Text {n}</description><pubDate>Tue, 24 Nov 2026 10:0{n}:00 +0400</pubDate>{more}</item>"
        )
    };
    let rss = format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>F</title><link>https://x.example/</link><description>d</description>{}{}</channel></rss>",
        item(1, "<category>c</category>"),
        item(2, "")
    );
    let entry = |n: usize| {
        format!(
            "<entry><id>tag:x.example,2026:{n}</id><title type=\"html\">T &amp;lt; {n}</title><link rel=\"alternate\" href=\"https://x.example/{n}\"/><published>2026-11-24T10:0{n}:00Z</published><updated>2026-11-24T11:00:00Z</updated><summary>S {n}</summary><author><name>A</name></author></entry>"
        )
    };
    let atom = format!(
        "<feed xmlns=\"http://www.w3.org/2005/Atom\"><id>f</id><title>F</title><updated>2026-11-24T11:00:00Z</updated>{}{}</feed>",
        entry(1),
        entry(2)
    );
    let video = String::from_utf8(fixture("youtube.xml")).unwrap();
    for document in [video, rss, atom] {
        let ours = reading(document.as_bytes()).unwrap();
        let theirs = feed_rs::parser::parse(document.as_bytes()).unwrap();
        assert_eq!(ours.feed.title, theirs.title.as_ref().map(|title| title.content.clone()));
        assert_eq!(ours.entries.len(), theirs.entries.len());
        for (ours, theirs) in ours.articles().zip(&theirs.entries) {
            assert_eq!(ours.guid.as_deref(), Some(theirs.id.as_str()));
            assert_eq!(ours.link.as_deref(), theirs.links.iter().find(|link| link.rel.as_deref() != Some("self")).map(|link| link.href.as_str()));
            assert_eq!(ours.title.as_deref(), theirs.title.as_ref().map(|title| title.content.as_str().replace("&lt;", "<")).as_deref());
            let date = ours.published.or(ours.updated).map(Timestamp::as_second);
            assert_eq!(date, theirs.published.or(theirs.updated).map(|date| date.timestamp()));
            let names: Vec<_> = theirs.authors.iter().filter_map(|author| author.name.clone()).collect();
            assert_eq!(ours.authors, names);
        }
    }
}
