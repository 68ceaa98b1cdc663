//! Any bytes as a feed: no panic, no hang, the same answer twice.
#![no_main]

use libfuzzer_sys::fuzz_target;
use newswatch::feed::{Input, JsonRules, PageRules, canonical_url, discover, memory_cost, plain_article, read};
use url::Url;

fuzz_target!(|bytes: &[u8]| {
    // The first byte chooses how the rest is read.
    let Some((how, bytes)) = bytes.split_first() else { return };
    let url = Url::parse("https://feeds.example/dir/f.xml").expect("an address");
    let now = jiff::Timestamp::from_second(1_795_521_600).expect("a moment");
    let page = PageRules { items: "li, article".into(), title: Some("h2".into()), date: Some("time".into()), ..PageRules::default() };
    let json = JsonRules { items: "data.items".into(), title: Some("t.0".into()), link: Some("l".into()), ..JsonRules::default() };
    let input = Input {
        bytes,
        content_type: (how & 1 != 0).then_some("text/xml; charset=windows-1251"),
        url: (how & 2 == 0).then_some(&url),
        cut: false,
        timezone: None,
        now,
        page: (how & 12 == 4).then_some(&page),
        json: (how & 12 == 8).then_some(&json),
    };
    let reading = read(&input);
    assert!(reading == read(&input));
    let _ = (memory_cost(bytes), discover(bytes, None, &url));
    for article in reading.iter().flat_map(|reading| reading.articles()) {
        let _ = (article.link.as_deref().map(canonical_url), plain_article(article));
    }
});
