//! Where a site keeps its feeds: what its page links to, the customary places, what its robots.txt names.
//!
//! Must not know: whether anything answers there.

use super::address::absolute;
use super::notes::Notes;
use super::plain::one_line;
use super::refs::References;
use super::token::{Tag, Token, Tokens};
use super::{decode, draft::Form};
use url::Url;

/// A feed that a page names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedLink {
    /// Where.
    pub url: Url,
    /// What the page calls it.
    pub title: Option<String>,
    /// Named by `<link rel="alternate">`; else a plain link that looks like a feed's.
    pub declared: bool,
}

/// Links of a page that are looked at.
const MOST: usize = 100;

/// The feeds that a page names, declared ones first.
pub fn discover(bytes: &[u8], content_type: Option<&str>, url: &Url) -> Vec<FeedLink> {
    let decoded = decode::decode(bytes, content_type, &mut Notes::default());
    from_text(&decoded.text, url)
}

/// As [`discover`], of decoded text.
pub fn from_text(text: &str, url: &Url) -> Vec<FeedLink> {
    let mut base = url.clone();
    let mut found: Vec<FeedLink> = Vec::new();
    for token in Tokens::new(text) {
        let Token::Open(tag) = token else { continue };
        let lower = tag.name.to_ascii_lowercase();
        if lower == "base"
            && let Some(href) = value(&tag, "href")
            && let Ok(joined) = url.join(&href)
        {
            base = joined;
        }
        let declared = lower == "link" && is_declared(&tag);
        let looks_so = || lower == "a" && value(&tag, "href").is_some_and(|href| looks_like_feed(&href));
        if !declared && !looks_so() {
            continue;
        }
        let Some(address) = value(&tag, "href").and_then(|href| absolute(&href, &[Some(&base)])).and_then(|address| Url::parse(&address).ok()) else {
            continue;
        };
        if !matches!(address.scheme(), "http" | "https") || found.iter().any(|had| had.url == address) {
            continue;
        }
        let title = value(&tag, "title").map(|title| one_line(&title, Form::Text)).filter(|title| !title.is_empty());
        found.push(FeedLink { url: address, title, declared });
        if found.len() == MOST {
            break;
        }
    }
    found.sort_by_key(|link| !link.declared);
    found
}

fn value(tag: &Tag<'_>, name: &str) -> Option<String> {
    let mut out = String::new();
    References::default().resolve(tag.attribute(name)?.trim(), &mut out);
    Some(out).filter(|value| !value.is_empty())
}

fn is_declared(tag: &Tag<'_>) -> bool {
    let rel = tag.attribute("rel").unwrap_or("").to_ascii_lowercase();
    let kind = tag.attribute("type").unwrap_or("").to_ascii_lowercase();
    let feed = ["rss", "atom", "rdf", "feed+json"].iter().any(|part| kind.contains(part));
    rel.split_ascii_whitespace().any(|rel| rel == "feed") || (rel.split_ascii_whitespace().any(|rel| rel == "alternate") && feed)
}

fn looks_like_feed(href: &str) -> bool {
    let path = href.split(['?', '#']).next().unwrap_or("").to_ascii_lowercase();
    let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or("");
    matches!(last, "rss" | "feed" | "atom" | "feeds" | "rss.xml" | "feed.xml" | "atom.xml" | "index.rdf" | "feed.json")
        || last.ends_with(".rss")
        || last.ends_with(".atom")
}

/// The customary places of a site's feeds, best first.
pub fn well_known(url: &Url) -> Vec<Url> {
    ["/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feed/", "/rss/", "/feed.json", "/news-sitemap.xml", "/sitemap-news.xml"]
        .iter()
        .filter_map(|path| url.join(path).ok())
        .collect()
}

/// The sitemaps that a robots.txt names, those for news first.
pub fn sitemaps(robots: &str, url: &Url) -> Vec<Url> {
    let lines = robots.lines().filter_map(|line| line.split_once(':')).filter(|(key, _)| key.trim().eq_ignore_ascii_case("sitemap"));
    let mut found: Vec<Url> = Vec::new();
    for (_, address) in lines.take(MOST) {
        if let Ok(address) = url.join(address.trim())
            && !found.contains(&address)
        {
            found.push(address);
        }
    }
    found.sort_by_key(|address| !address.path().to_ascii_lowercase().contains("news"));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declared_feeds_come_first() {
        let url = Url::parse("https://example.org/az/").unwrap();
        let page = "<html><a href='/xeberler.rss'>RSS</a><a href='/about'>x</a><LINK REL='alternate' TYPE=application/rss+xml title='Bütün xəbərlər' href='../rss?a=1&amp;b=2'>
            <link rel=alternate hreflang=en href=/en><link rel=stylesheet type=text/css href=x.css>";
        let found = discover(page.as_bytes(), Some("text/html"), &url);
        assert_eq!(found.len(), 2);
        assert_eq!(
            (found[0].url.as_str(), found[0].title.as_deref(), found[0].declared),
            ("https://example.org/rss?a=1&b=2", Some("Bütün xəbərlər"), true)
        );
        assert_eq!(found[1].url.as_str(), "https://example.org/xeberler.rss");
    }

    #[test]
    fn robots_name_sitemaps() {
        let url = Url::parse("https://example.org/").unwrap();
        let found = sitemaps("User-agent: *\nSitemap: https://example.org/sitemap.xml\nsitemap: /news.xml\n", &url);
        assert_eq!(found.iter().map(Url::as_str).collect::<Vec<_>>(), ["https://example.org/news.xml", "https://example.org/sitemap.xml"]);
        assert_eq!(well_known(&url).first().map(Url::as_str), Some("https://example.org/feed"));
    }
}
