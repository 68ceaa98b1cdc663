//! What a document is that is no feed, in words for an operator.
//!
//! Must not know: how feeds are read.

use super::Unreadable;
use super::discover;
use super::draft::Form;
use super::plain::one_line;
use super::token::{Token, Tokens};
use url::Url;

/// Words of pages that keep machines out.
const CHALLENGES: [&str; 14] = [
    "just a moment",
    "attention required",
    "checking your browser",
    "cf-chl",
    "cf-browser-verification",
    "_cf_chl_opt",
    "captcha",
    "ddos-guard",
    "verify you are human",
    "are you a robot",
    "access denied",
    "incapsula",
    "unusual traffic",
    "bot verification",
];

/// Is the document's first element that of a web page? `first` is its name.
pub fn is_page(text: &str, first: Option<&str>) -> bool {
    let html = |name: &str| {
        ["html", "head", "body", "title", "meta", "script", "div", "h1", "p", "center", "table", "br", "a", "link", "style"]
            .contains(&name.to_ascii_lowercase().as_str())
    };
    let head = text.get(..15).unwrap_or(text);
    head.to_ascii_lowercase().starts_with("<!doctype html") || first.is_some_and(html)
}

/// Why a document that is no feed can't be read.
pub fn unreadable(text: &str, first: Option<&str>, url: Option<&Url>) -> Unreadable {
    let reason = if is_page(text, first) {
        page(text, url)
    } else if let Some(first) = first {
        match first.to_ascii_lowercase().as_str() {
            "opml" => "a list of feeds (OPML) instead of a feed: `newswatch feeds import` takes it".into(),
            "soap:envelope" | "error" | "exception" => format!("an error message (<{first}>) instead of a feed"),
            _ => format!("an XML document (<{first}>) that is no feed"),
        }
    } else {
        let start: String = one_line(text.get(..400).unwrap_or(text), Form::Text).chars().take(60).collect();
        format!("no feed: it begins with \"{start}\"")
    };
    Unreadable { reason }
}

/// What is looked at of a page: its beginning.
fn head(text: &str) -> &str {
    let end = (0..=text.len().min(200_000)).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    text.get(..end).unwrap_or("")
}

/// The login page or challenge page that stands where something else should, in words.
pub fn barrier(text: &str) -> Option<&'static str> {
    let lower = head(text).to_lowercase();
    if ["type=\"password\"", "type='password'", "type=password"].iter().any(|field| lower.contains(field)) {
        return Some("login page instead of a feed");
    }
    CHALLENGES.iter().any(|words| lower.contains(words)).then_some("a page that checks for browsers (challenge page) instead of a feed")
}

fn page(text: &str, url: Option<&Url>) -> String {
    if let Some(barrier) = barrier(text) {
        return barrier.into();
    }
    let head = head(text);
    let title = title(head).map(|title| format!(" (\"{title}\")")).unwrap_or_default();
    let feeds = url.map(|url| discover::from_text(head, url)).unwrap_or_default();
    match feeds.iter().find(|feed| feed.declared) {
        Some(feed) => format!("web page{title} instead of a feed; it names the feed {}", feed.url),
        None => format!("web page{title} instead of a feed"),
    }
}

fn title(text: &str) -> Option<String> {
    let mut tokens = Tokens::new(text);
    while let Some(token) = tokens.next() {
        if matches!(token, Token::Open(tag) if tag.name.eq_ignore_ascii_case("title")) {
            let Some(Token::Text(title)) = tokens.next() else { return None };
            return Some(one_line(title, Form::Unsaid).chars().take(80).collect()).filter(|title: &String| !title.is_empty());
        }
    }
    None
}
