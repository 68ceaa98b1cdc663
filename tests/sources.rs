//! Sources that are no feeds: pages by selectors, JSON by paths, sitemaps behind an index; and the feeds that a site names.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, clippy::string_slice)] // a test says so by failing

mod support;

use std::collections::BTreeSet;
use support::{Page, Place, Site, item, lines, rss};

fn site() -> Site {
    Site::new(|request| match request.path.as_str() {
        "/" => Page::ok(
            "<html><head><title>Outlet</title><link rel=\"alternate\" type=\"application/rss+xml\" href=\"/feed\"></head><body></body></html>",
        )
        .header("content-type", "text/html; charset=utf-8"),
        "/feed" => Page::ok(rss(&item("1", "ECO from the feed", ""))),
        "/news" => Page::ok(
            "<html><body><ul class=\"list\"><li><a href=\"/a/1\">ECO from the page</a> <time datetime=\"2026-11-24T10:00:00Z\">today</time></li>\
             <li><a href=\"/a/2\">Nothing else</a></li></ul></body></html>",
        )
        .header("content-type", "text/html"),
        "/api" => Page::ok("{\"data\":{\"items\":[{\"headline\":\"ECO from the endpoint\",\"href\":\"/j/1\",\"at\":\"2026-11-24T10:00:00Z\"}]}}")
            .header("content-type", "application/json"),
        "/sitemap_index.xml" => Page::ok(format!(
            "<?xml version=\"1.0\"?><sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\"><sitemap><loc>http://{}/news.xml</loc></sitemap></sitemapindex>",
            request.headers["host"]
        )),
        "/news.xml" => Page::ok(
            "<?xml version=\"1.0\"?><urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" xmlns:news=\"http://www.google.com/schemas/sitemap-news/0.9\">\
             <url><loc>https://outlet.invalid/s/1</loc><news:news><news:publication><news:name>Outlet</news:name><news:language>en</news:language></news:publication>\
             <news:publication_date>2026-11-24T10:00:00Z</news:publication_date><news:title>ECO from the sitemap</news:title></news:news></url></urlset>",
        ),
        _ => Page::status(404),
    })
}

#[test]
fn pages_endpoints_and_sitemaps_are_told_like_feeds() {
    let site = site();
    let place = Place::new(&format!(
        "[store]\nurl = \"newswatch.db\"\n[fetch]\nhost_gap = \"0s\"\n[alerts]\ngroup_wait = \"0s\"\n\
         [defaults]\nallow_private = true\nfirst_poll_alert_age = \"any\"\n[[watch]]\nname = \"w\"\nkeywords = [\"ECO\"]\n\
         [[sink]]\ntype = \"file\"\npath = \"{{dir}}/alerts.jsonl\"\n\
         [[feed]]\nname = \"page\"\nurl = \"{0}/news\"\n[feed.page]\nitems = \"ul.list li\"\nlink = \"a\"\ndate = \"time\"\n\
         [[feed]]\nname = \"api\"\nurl = \"{0}/api\"\n[feed.json]\nitems = \"data.items\"\ntitle = \"headline\"\nlink = \"href\"\ndate = \"at\"\n\
         [[feed]]\nname = \"map\"\nurl = \"{0}/sitemap_index.xml\"\n",
        site.url("")
    ));
    let out = place.run(&["run", "--once", "--strict"]);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let told: BTreeSet<String> = lines(&place.read("alerts.jsonl")).iter().map(|a| a["article"]["title"].as_str().unwrap().to_string()).collect();
    assert_eq!(told.into_iter().collect::<Vec<_>>(), ["ECO from the endpoint", "ECO from the page", "ECO from the sitemap"]);
    // `parse` reads them with the feed's settings.
    let page = place.json(&["parse", "--feed", "page", &site.url("/news")]);
    assert_eq!(page[0]["entries"][0]["link"], site.url("/a/1"));
    // What is no selector is told at its place.
    place.write("bad.toml", "[[feed]]\nurl = \"https://x.invalid/\"\n[feed.page]\nitems = \"li[\"\n");
    let out = place.run(&["check", "-c", "bad.toml"]);
    assert_eq!(out.status.code(), Some(78));
    assert!(String::from_utf8_lossy(&out.stderr).contains("bad.toml:4:10: "), "{}", String::from_utf8_lossy(&out.stderr));
}

#[test]
fn the_feeds_of_a_site_are_found_and_tried() {
    let site = site();
    let place = Place::new("");
    let found = place.json(&["feeds", "discover", &site.url("/"), "--allow-private", "--json"]);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0]["url"].as_str(), found[0]["entries"].as_u64()), (Some(site.url("/feed").as_str()), Some(1)));
    assert_eq!(place.run(&["feeds", "discover", &site.url("/")]).status.code(), Some(77), "private without the word");
    assert_eq!(place.run(&["feeds", "discover", &site.url("/news"), "--allow-private"]).status.code(), Some(0), "by its customary place");
}

#[test]
fn a_feed_tells_its_life_gap_moved_and_back() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;
    use support::wait_for;
    let step = Arc::new(AtomicUsize::new(0));
    let now = step.clone();
    let site = Site::new(move |request| match (request.path.as_str(), now.load(Ordering::SeqCst)) {
        ("/rss", 0) => Page::ok(rss(&(item("1", "one", "") + &item("2", "two", "")))),
        ("/rss", 1) => Page::ok(rss(&(item("8", "eight", "") + &item("9", "nine", "")))),
        ("/rss", 2) => Page::ok(rss(&(item("9", "nine", "") + &item("10", "ten", "")))),
        ("/rss", 3) => Page::status(301).header("location", "/new"),
        ("/rss", 5) => Page::ok(rss(&(item("11", "eleven", "") + &item("12", "twelve", "")))),
        ("/new", 5) => Page::status(404),
        ("/new", _) => Page::ok(rss(&(item("10", "ten", "") + &item("11", "eleven", "")))),
        _ => Page::status(404),
    });
    let place = Place::new(&format!(
        "[store]\nurl = \"newswatch.db\"\n[fetch]\nhost_gap = \"0s\"\n[[feed]]\nname = \"f\"\nurl = \"{}\"\ninterval = \"1s\"\nallow_private = true\n\
         [[sink]]\ntype = \"stdout\"\n",
        site.url("/rss")
    ));
    let daemon = place.start();
    let state = || place.json(&["feeds", "list", "--json"]).first().map(|f| (f["state"].as_str().unwrap().to_string(), f["reason"].clone()));
    let becomes = |name: &str| wait_for(name, Duration::from_secs(20), || state().is_some_and(|(state, _)| state == name));
    becomes("ok");
    step.store(1, Ordering::SeqCst);
    becomes("gap");
    assert!(state().unwrap().1.as_str().unwrap().contains("were missed"));
    step.store(2, Ordering::SeqCst);
    becomes("ok");
    step.store(3, Ordering::SeqCst);
    becomes("moved");
    assert!(state().unwrap().1.as_str().unwrap().contains(&site.url("/new")));
    // It is polled where it moved, also after a restart: the old address may go.
    step.store(4, Ordering::SeqCst);
    daemon.stop();
    let daemon = place.start();
    let polls = || place.json(&["feeds", "list", "--json"])[0]["polls"].as_u64().unwrap();
    let before = polls();
    wait_for("more polls", Duration::from_secs(20), || polls() > before + 2);
    assert_eq!(state().unwrap().0, "moved");
    // And it may come back.
    step.store(5, Ordering::SeqCst);
    becomes("ok");
    daemon.stop();
}
