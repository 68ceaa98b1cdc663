//! The feed room on documents written by hand: one of each kind, and what identity, meaning and bounds promise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use jiff::Timestamp;
use jiff::tz::TimeZone;
use newswatch::feed::{Input, JsonRules, PageRules, Reading, Unreadable, memory_cost, read};
use newswatch::model::Article;
use std::path::Path;
use url::Url;

fn input<'a>(bytes: &'a [u8], url: &'a Url) -> Input<'a> {
    let now: Timestamp = "2026-11-24T12:00:00Z".parse().unwrap();
    Input { bytes, content_type: None, url: Some(url), cut: false, timezone: None, now, page: None, json: None }
}

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/feed").join(name)).unwrap()
}

fn try_read(bytes: &[u8]) -> Result<Reading, Unreadable> {
    read(&input(bytes, &Url::parse("https://fetched.example/dir/f.xml").unwrap()))
}

fn read_text(text: &str) -> Reading {
    try_read(text.as_bytes()).unwrap()
}

fn read_fixture(name: &str) -> Reading {
    try_read(&fixture(name)).unwrap()
}

fn rss(items: &str) -> String {
    format!("<rss version=\"2.0\"><channel><title>t</title>{items}</channel></rss>")
}

fn at(text: &str) -> Option<Timestamp> {
    Some(text.parse().unwrap())
}

fn articles(reading: &Reading) -> Vec<&Article> {
    reading.articles().collect()
}

#[test]
fn rss_in_full() {
    let reading = read_fixture("rss.xml");
    assert_eq!(reading.warnings, Vec::<String>::new());
    assert!(reading.complete);
    let feed = &reading.feed;
    assert_eq!(
        (feed.title.as_deref(), feed.link.as_deref(), feed.lang.as_deref()),
        (Some("Xəbər & şərh"), Some("https://xeber.example/az/"), Some("az-az"))
    );
    assert_eq!((feed.format.as_str(), feed.updated), ("rss", at("2026-11-24T08:00:00Z")));
    let hints = &reading.hints;
    assert_eq!(hints.ttl.map(|ttl| ttl.as_secs()), Some(900));
    assert_eq!(hints.update_period.map(|period| period.as_secs()), Some(900));
    assert_eq!((hints.skip_hours.as_slice(), hints.skip_days.as_slice()), ([1, 0].as_slice(), [7].as_slice()));
    assert_eq!((hints.hub.as_deref(), hints.self_link.as_deref()), (Some("https://hub.example/"), Some("https://xeber.example/rss")));
    let all = articles(&reading);
    let first = all[0];
    assert_eq!(first.title.as_deref(), Some("Bakıda görüş keçirildi: «AT&T»"));
    assert_eq!(first.link.as_deref(), Some("https://xeber.example/az/xeberler/1?utm_source=rss&a=1"));
    assert_eq!((first.guid.as_deref(), first.published), (Some("x-1"), at("2026-11-24T06:15:04Z")));
    assert_eq!(
        (first.authors.as_slice(), first.tags.as_slice()),
        (["Mətbuat xidməti", "Redaksiya"].map(String::from).as_slice(), ["Region", "İqtisadiyyat"].map(String::from).as_slice())
    );
    assert_eq!((first.summary.as_deref(), first.content.as_deref()), (Some("<p>Qısa mətn</p>"), Some("<p>Tam mətn & davamı</p>")));
    assert_eq!((first.source.title.as_deref(), first.source.url.as_deref()), (Some("Agentlik"), Some("https://agentlik.example/rss")));
    let file = &first.enclosures[0];
    assert_eq!((file.url.as_deref(), file.r#type.as_deref(), file.length), (Some("https://xeber.example/1.mp3"), Some("audio/mpeg"), Some(12345)));
    assert_eq!((all[1].link.as_deref(), all[1].published), (Some("https://xeber.example/az/2"), at("2026-11-24T08:00:00Z")));
}

#[test]
fn atom_in_full() {
    let reading = read_fixture("atom.xml");
    assert_eq!(reading.warnings, Vec::<String>::new());
    assert_eq!(
        (reading.feed.title.as_deref(), reading.feed.link.as_deref(), reading.feed.lang.as_deref()),
        (Some("خبر <و> تحلیل"), Some("https://khabar.example/news/"), Some("fa"))
    );
    let all = articles(&reading);
    let first = all[0];
    assert_eq!(first.title.as_deref(), Some("Ministers & envoys meet"));
    assert_eq!(first.link.as_deref(), Some("https://khabar.example/news/1405/1.html"));
    assert_eq!((first.published, first.updated), (at("2026-11-24T05:30:00Z"), at("2026-11-24T06:00:00Z")));
    assert_eq!(
        (first.lang.as_deref(), first.authors.as_slice(), first.tags.as_slice()),
        (Some("en"), ["تحریریه".to_string()].as_slice(), ["region".to_string(), "Region".to_string()].as_slice())
    );
    assert_eq!(first.summary.as_deref(), Some("Short < long"));
    assert!(first.content.as_deref().unwrap().contains("<p>One &amp; <b>two</b></p>"));
    assert_eq!((first.source.title.as_deref(), first.source.url.as_deref()), (Some("Agency"), Some("https://agency.example/")));
    assert_eq!(first.enclosures[0].url.as_deref(), Some("https://khabar.example/news/1405/1.jpg"));
    assert_eq!((all[1].link.as_deref(), all[1].authors.as_slice()), (Some("tag:khabar.example,2026:2"), ["خبرنگار".to_string()].as_slice()));
}

#[test]
fn rdf_in_full() {
    let reading = read_fixture("rdf.xml");
    let all = articles(&reading);
    assert_eq!((reading.feed.format.as_str(), reading.feed.title.as_deref(), all.len()), ("rdf", Some("Новости"), 1));
    let first = all[0];
    assert_eq!(
        (first.guid.as_deref(), first.link.as_deref(), first.title.as_deref()),
        (Some("https://novosti.example/1"), Some("https://novosti.example/1"), Some("Встреча министров"))
    );
    assert_eq!((first.published, first.lang.as_deref(), first.tags.len()), (at("2026-11-24T07:00:00Z"), Some("ru"), 1));
}

#[test]
fn a_broken_document_is_read_as_it_was_meant() {
    let reading = read_fixture("broken.xml");
    let all = articles(&reading);
    assert_eq!((reading.feed.format.as_str(), all.len()), ("rss", 2));
    let first = all[0];
    assert_eq!(first.title.as_deref(), Some("1 < 2 & AT&T say so"));
    assert_eq!(first.link.as_deref(), Some("https://broken.example/?a=1&b=2"));
    assert_eq!(first.summary.as_deref(), Some("Hello <b>bold</b> and <br> more <p>text"));
    assert_eq!((first.enclosures[0].url.as_deref(), first.enclosures[0].length), (Some("https://broken.example/a.mp3"), Some(1)));
    assert_eq!(first.published, at("2026-11-24T10:15:00Z"));
    assert_eq!((all[1].title.as_deref(), all[1].guid.as_deref(), all[1].published), (Some("Second & last"), Some("2"), at("2026-11-24T00:00:00Z")));
    for part in ["bare `&`", "stray `<`", "missing end tag", "stray end tag", "undeclared namespace prefix"] {
        assert!(reading.warnings.iter().any(|warning| warning.contains(part)), "{part}: {:?}", reading.warnings);
    }
}

#[test]
fn a_cut_document_gives_its_whole_entries_and_saves_no_validators() {
    let reading = read_fixture("cut.xml");
    assert_eq!(articles(&reading).iter().filter_map(|article| article.title.as_deref()).collect::<Vec<_>>(), ["Whole", "Also whole"]);
    assert!(!reading.complete);
    let whole = rss("<item><title>a</title></item>");
    assert!(read_text(&whole).complete);
    let url = Url::parse("https://fetched.example/").unwrap();
    assert!(!read(&Input { cut: true, ..input(whole.as_bytes(), &url) }).unwrap().complete);
}

#[test]
fn a_video_s_description_stands_in_its_group() {
    let reading = read_fixture("youtube.xml");
    let first = articles(&reading)[0];
    assert_eq!((first.title.as_deref(), first.summary.as_deref()), (Some("The video"), Some("What is said in it")));
}

#[test]
fn json_feeds() {
    let reading = read_fixture("feed.json");
    assert_eq!(
        (reading.feed.format.as_str(), reading.feed.lang.as_deref(), reading.hints.hub.as_deref()),
        ("json-feed", Some("tr"), Some("https://hub.example/"))
    );
    let all = articles(&reading);
    assert_eq!(
        (all[0].guid.as_deref(), all[0].link.as_deref(), all[0].title.as_deref()),
        (Some("17"), Some("https://haber.example/17"), Some("Toplantı yapıldı & bitti"))
    );
    assert_eq!(
        (all[0].published, all[0].summary.as_deref(), all[0].enclosures[0].length),
        (at("2026-11-24T07:00:00Z"), Some("1 &lt; 2"), Some(1024))
    );
    assert_eq!(
        (all[1].link.as_deref(), all[1].content.as_deref(), all[1].authors.len()),
        (Some("https://baska.example/18"), Some("Düz &lt;metin&gt;"), 2)
    );
    assert_eq!(all.len(), 3);
}

#[test]
fn sitemaps() {
    let reading = read_fixture("news-sitemap.xml");
    let first = articles(&reading)[0];
    assert_eq!(
        (reading.feed.format.as_str(), first.title.as_deref(), first.link.as_deref()),
        ("sitemap", Some("Toplantı yapıldı"), Some("https://haber.example/17"))
    );
    assert_eq!((first.published, first.updated, first.lang.as_deref()), (at("2026-11-24T07:00:00Z"), at("2026-11-24T08:00:00Z"), Some("tr")));
    assert_eq!((first.tags.len(), first.source.title.as_deref(), reading.entries.len()), (2, Some("Haber"), 1));
    let index = read_fixture("sitemap-index.xml");
    assert_eq!(
        index.follow.iter().map(Url::as_str).collect::<Vec<_>>(),
        ["https://fetched.example/news.xml", "https://haber.example/sitemap-2.xml", "https://haber.example/sitemap-1.xml"]
    );
    assert!(index.entries.is_empty());
}

#[test]
fn pages_by_selectors() {
    let url = Url::parse("https://zhanalyk.example/kk").unwrap();
    let rules = PageRules { items: "article.n".into(), date: Some("time, .d".into()), summary: Some("p".into()), ..PageRules::default() };
    let bytes = fixture("page.html");
    let reading = read(&Input { page: Some(&rules), ..input(&bytes, &url) }).unwrap();
    assert_eq!((reading.feed.format.as_str(), reading.feed.title.as_deref(), reading.feed.lang.as_deref()), ("page", Some("Жаңалықтар"), Some("kk")));
    let all = articles(&reading);
    assert_eq!(all.len(), 2);
    assert_eq!(
        (all[0].title.as_deref(), all[0].link.as_deref(), all[0].published),
        (Some("Министрлер кездесті"), Some("https://zhanalyk.example/1"), at("2026-11-24T10:15:00Z"))
    );
    assert_eq!((all[0].summary.as_deref(), all[1].published), (Some("Қысқаша"), at("2026-11-24T04:00:00Z")));
    let login = b"<html><form><input type=password></form></html>";
    assert_eq!(read(&Input { page: Some(&rules), ..input(login, &url) }).unwrap_err().reason, "login page instead of the page");
}

#[test]
fn endpoints_by_paths() {
    let url = Url::parse("https://kabar.example/api").unwrap();
    let text = |text: &str| Some(text.to_string());
    let rules = JsonRules {
        items: "data.articles".into(),
        title: text("headline.main"),
        link: text("urls.0.href"),
        date: text("when"),
        summary: text("lead"),
    };
    let bytes = fixture("endpoint.json");
    let reading = read(&Input { json: Some(&rules), ..input(&bytes, &url) }).unwrap();
    let all = articles(&reading);
    assert_eq!((reading.feed.format.as_str(), all.len()), ("json", 2));
    assert_eq!(
        (all[0].title.as_deref(), all[0].link.as_deref(), all[0].published.is_some()),
        (Some("Бакуда жыйын өттү"), Some("https://kabar.example/ky/1"), true)
    );
    let wrong = JsonRules { items: "data.posts".into(), ..rules };
    assert_eq!(read(&Input { json: Some(&wrong), ..input(&bytes, &url) }).unwrap_err().reason, "JSON without a list at `data.posts`");
}

#[test]
fn what_is_no_feed_is_named() {
    for (text, part) in [
        ("", "empty document"),
        (" \n\u{feff} ", "empty document"),
        ("<!DOCTYPE html><title>Just a moment...</title><p>Checking", "challenge page"),
        ("<html><form><input name=p type=\"password\"></form></html>", "login page instead of a feed"),
        (
            "<html><head><title>Xəbər</title><link rel=alternate type='application/rss+xml' href='/rss'></head>",
            "web page (\"Xəbər\") instead of a feed; it names the feed https://fetched.example/rss",
        ),
        ("<opml version='1.0'><body><outline xmlUrl='x'/></body></opml>", "OPML"),
        ("<soap:Envelope/>", "error message"),
        ("{\"error\":\"not found\"}", "no JSON Feed"),
        ("Internal Server Error", "it begins with \"Internal Server Error\""),
    ] {
        let reason = try_read(text.as_bytes()).unwrap_err().reason;
        assert!(reason.contains(part), "{text}: {reason}");
    }
    assert!(try_read(b"<rss><channel></channel></rss>").unwrap().entries.is_empty());
}

#[test]
fn without_guid_and_link_the_keys_are_the_same_on_every_reading() {
    let one = rss(
        "<item><title>a</title><description>x</description></item><item><title>b</title><pubDate>24 Nov 2026</pubDate></item><item><description>only text</description></item>",
    );
    let other = rss(
        "<item><title>new</title></item><item><description>only  text</description></item><item><title> b </title><pubDate>24 Nov 2026</pubDate></item><item><title>a</title><description>y</description></item>",
    );
    let keys = |text: &str| read_text(text).entries.into_iter().map(|entry| entry.key).collect::<Vec<_>>();
    let (one, other) = (keys(&one), keys(&other));
    assert_eq!((one.len(), other.len()), (3, 4));
    assert!(one.iter().all(|key| other.contains(key)));
    assert!(!one.contains(&other[0]));
}

#[test]
fn one_guid_on_several_entries_is_no_identity() {
    let item = |guid: &str, link: &str, title: &str| {
        format!("<item><guid isPermaLink='false'>{guid}</guid><link>https://x.example/{link}</link><title>{title}</title></item>")
    };
    let reading =
        read_text(&rss(&[item("0", "1", "a"), item("0", "2", "b"), item("0", "2", "c"), item("0", "1", "a"), item("7", "3", "d")].concat()));
    assert_eq!((reading.entries.len(), reading.copies.len()), (4, 1));
    assert_eq!(reading.articles().filter_map(|article| article.title.as_deref()).collect::<Vec<_>>(), ["a", "b", "c", "a", "d"]);
    let mut keys: Vec<_> = reading.entries.iter().map(|entry| entry.key).collect();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 4);
    let alone = read_text(&rss(&item("7", "other", "other title")));
    assert_eq!(alone.entries[0].key, reading.entries[3].key, "a guid of its own is the identity, whatever else changes");
}

#[test]
fn a_link_is_an_identity_in_any_spelling() {
    let key = |link: &str| read_text(&rss(&format!("<item><title>t</title><link>{link}</link></item>"))).entries[0].key;
    assert_eq!(key("http://www.x.example/a?utm_source=rss"), key("https://x.example/a/#top"));
    assert_ne!(key("https://x.example/a"), key("https://x.example/b"));
}

#[test]
fn meaning_is_what_the_entries_say() {
    let document = |built: &str, space: &str, text: &str| {
        format!(
            "<rss><channel><lastBuildDate>{built}</lastBuildDate>{space}<item><title>a{space}b</title><guid>1</guid>{space}<description>one{space}two {text}</description></item></channel></rss>"
        )
    };
    let meaning = |built, space, text| read_text(&document(built, space, text)).meaning;
    let first = meaning("Tue, 24 Nov 2026 10:00:00 GMT", " ", "three");
    assert_eq!(first, meaning("Tue, 24 Nov 2026 11:00:00 GMT", " ", "three"));
    assert_eq!(first, meaning("Tue, 24 Nov 2026 10:00:00 GMT", "\n\t  ", "three"));
    assert_ne!(first, meaning("Tue, 24 Nov 2026 10:00:00 GMT", " ", "four"));
    let two = |a: &str, b: &str| read_text(&rss(&format!("<item><title>{a}</title></item><item><title>{b}</title></item>"))).meaning;
    assert_eq!(two("a", "b"), two("b", "a"));
    assert_ne!(two("a", "b"), two("a", "c"));
}

#[test]
fn a_date_without_a_zone_is_in_the_feed_s() {
    let url = Url::parse("https://x.example/").unwrap();
    let document = rss("<item><title>a</title><pubDate>24.11.2026 10:15</pubDate></item>");
    let zone = TimeZone::get("Asia/Baku").unwrap();
    let reading = read(&Input { timezone: Some(&zone), ..input(document.as_bytes(), &url) }).unwrap();
    assert_eq!(reading.entries[0].article.published, at("2026-11-24T06:15:00Z"));
}

#[test]
fn links_have_a_base() {
    let link = |channel: &str, item: &str| {
        read_text(&format!("<rss {channel}<item><title>t</title>{item}</item></channel></rss>")).entries[0].article.link.clone().unwrap_or_default()
    };
    assert_eq!(link("><channel>", "<link>a</link>"), "https://fetched.example/dir/a");
    assert_eq!(link("><channel><link>https://home.example/x/</link>", "<link>a</link>"), "https://home.example/x/a");
    assert_eq!(link("xml:base='https://base.example/y/'><channel><link>https://home.example/</link>", "<link>a</link>"), "https://base.example/y/a");
    assert_eq!(link("><channel>", "<link>javascript:alert(1)</link>"), "");
    assert_eq!(link("><channel>", "<link/>https://late.example/"), "");
}

#[test]
fn memory_is_priced_by_items_and_bytes() {
    let document = rss(&"<item/>".repeat(100));
    assert_eq!(memory_cost(document.as_bytes()), 100 * 1024 + 6 * document.len());
    assert!(memory_cost(&[0x1f, 0x8b, 8, 0]) > 60 << 20);
    assert_eq!(memory_cost(b""), 0);
}
