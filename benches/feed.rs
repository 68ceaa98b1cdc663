//! Bytes to entries beside a bare quick-xml scan and feed-rs over the same documents, in CPU time of this thread: figures of one run, as MB/s and
//! as ratios.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use newswatch::feed::{Input, read};
use quick_xml::events::Event;
use std::hint::black_box;
use url::Url;

/// Sentences of made-up news, one a language.
const NEWS: [(&str, &str, &str); 5] = [
    (
        "az",
        "Bakıda regional əməkdaşlıq üzrə görüş keçirildi",
        "Görüşdə nəqliyyat dəhlizlərinin inkişafı, gömrük qaydalarının sadələşdirilməsi və birgə layihələr müzakirə olunub.",
    ),
    ("fa", "نشست همکاری‌های منطقه‌ای در باکو برگزار شد", "در این نشست توسعه راهروهای حمل و نقل، ساده‌سازی مقررات گمرکی و طرح‌های مشترک بررسی شد."),
    (
        "ru",
        "В Баку прошла встреча по региональному сотрудничеству",
        "На встрече обсудили развитие транспортных коридоров, упрощение таможенных правил и совместные проекты.",
    ),
    (
        "tr",
        "Bakü'de bölgesel iş birliği toplantısı yapıldı",
        "Toplantıda ulaştırma koridorlarının geliştirilmesi, gümrük kurallarının sadeleştirilmesi ve ortak projeler ele alındı.",
    ),
    (
        "en",
        "Meeting on regional cooperation held in Baku",
        "The meeting discussed the development of transport corridors, simpler customs rules & joint projects.",
    ),
];

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// RSS as most publishers write it: a teaser with escaped HTML, every other item with its body in CDATA.
fn rss() -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
         xmlns:atom=\"http://www.w3.org/2005/Atom\" xmlns:media=\"http://search.yahoo.com/mrss/\">\n<channel>\n<title>News</title>\n<link>https://news.example/</link>\n\
         <atom:link href=\"https://news.example/rss\" rel=\"self\" type=\"application/rss+xml\"/>\n<description>All news</description>\n<language>az</language>\n",
    );
    for n in 0..400 {
        let (lang, title, text) = NEWS[n % NEWS.len()];
        let teaser = escaped(&format!("<p><img src=\"https://news.example/{n}.jpg\" alt=\"\"/>{text}</p>"));
        out.push_str(&format!(
            "<item>\n  <title>{} {n}</title>\n  <link>https://news.example/{lang}/{n}?utm_source=rss&amp;utm_medium=feed</link>\n  <guid isPermaLink=\"false\">https://news.example/?p={n}</guid>\n  \
             <pubDate>Tue, 24 Nov 2026 {:02}:{:02}:04 +0400</pubDate>\n  <dc:creator><![CDATA[Desk {}]]></dc:creator>\n  <category>Region</category><category>Economy</category>\n  \
             <media:thumbnail url=\"https://news.example/{n}.jpg\"/>\n  <description>{teaser}</description>\n",
            escaped(title),
            n % 24,
            n % 60,
            n % 7
        ));
        if n % 2 == 0 {
            let body = format!("<p>{text}</p>\n").repeat(12);
            out.push_str(&format!("  <content:encoded><![CDATA[{body}]]></content:encoded>\n"));
        }
        out.push_str("</item>\n");
    }
    out.push_str("</channel>\n</rss>\n");
    out
}

/// Atom with XHTML inside.
fn atom() -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en\">\n<title>News</title>\n<id>tag:news.example,2026:f</id>\n<updated>2026-11-24T10:00:00Z</updated>\n",
    );
    for n in 0..400 {
        let (lang, title, text) = NEWS[n % NEWS.len()];
        let body = format!("<p class=\"text\">{}</p>", escaped(text)).repeat(6);
        out.push_str(&format!(
            "<entry xml:lang=\"{lang}\">\n<title type=\"text\">{} {n}</title>\n<link rel=\"alternate\" type=\"text/html\" href=\"https://news.example/{n}\"/>\n<id>tag:news.example,2026:{n}</id>\n\
             <published>2026-11-24T{:02}:{:02}:00+04:00</published>\n<updated>2026-11-24T12:00:00Z</updated>\n<author><name>Desk</name></author>\n<category term=\"region\"/>\n\
             <content type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/xhtml\">{body}</div></content>\n</entry>\n",
            escaped(title),
            n % 24,
            n % 60
        ));
    }
    out.push_str("</feed>\n");
    out
}

/// Nanoseconds of CPU that this thread has used; where the system does not tell, wall-clock time.
fn cpu(start: std::time::Instant) -> u64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    stat.and_then(|stat| stat.split(' ').next().and_then(|ns| ns.parse().ok()))
        .unwrap_or_else(|| u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX))
}

/// Readings in one measurement: the system counts CPU time in steps of some milliseconds.
const ROUNDS: usize = 20;

/// MB/s, the best of several measurements.
fn speed(documents: &[String], mut run: impl FnMut(&str)) -> f64 {
    let start = std::time::Instant::now();
    let bytes: usize = documents.iter().map(String::len).sum();
    let mut best = f64::MAX;
    for _ in 0..7 {
        let before = cpu(start);
        for _ in 0..ROUNDS {
            documents.iter().for_each(|document| run(document));
        }
        best = best.min((cpu(start) - before) as f64 / ROUNDS as f64);
    }
    bytes as f64 * 1000.0 / best
}

fn main() {
    let url = Url::parse("https://news.example/rss").expect("an address");
    let now = "2026-11-24T12:00:00Z".parse().expect("a moment");
    println!("{:<10} {:>7} {:>12} {:>12} {:>12}   ours/scan  ours/feed-rs", "document", "MB", "scan MB/s", "feed-rs MB/s", "ours MB/s");
    for (name, documents) in [("rss", vec![rss()]), ("atom", vec![atom()]), ("both", vec![rss(), atom()])] {
        let ours = speed(&documents, |text| {
            let input =
                Input { bytes: text.as_bytes(), content_type: None, url: Some(&url), cut: false, timezone: None, now, page: None, json: None };
            assert_eq!(black_box(read(&input)).expect("a feed").entries.len(), 400);
        });
        let scan = speed(&documents, |text| {
            let mut reader = quick_xml::Reader::from_str(text);
            let mut events = 0usize;
            while !matches!(reader.read_event().expect("well-formed"), Event::Eof) {
                events += 1;
            }
            black_box(events);
        });
        let peer = speed(&documents, |text| {
            assert_eq!(black_box(feed_rs::parser::parse(text.as_bytes())).expect("a feed").entries.len(), 400);
        });
        let megabytes = documents.iter().map(String::len).sum::<usize>() as f64 / 1e6;
        println!("{name:<10} {megabytes:>7.2} {scan:>12.0} {peer:>12.0} {ours:>12.0}   {:>9.2}  {:>12.2}", ours / scan, ours / peer);
    }
}
