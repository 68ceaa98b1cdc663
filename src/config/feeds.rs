//! `[defaults]` and `[[feed]]`: the same keys, of all feeds and of one.
//!
//! Must not know: how a feed is polled or read.

use super::base::{bounded_span, span};
use super::reader::{Scope, Table, Value};
use super::session::{Session, beside};
use super::source::reason;
use super::suggest::nearest;
use super::values::{CENTURY, country, header_text, language, name, quoted};
use super::vault::{Literal, secret};
use super::{AlertAge, EntryRules, FeedSpec, ProxySpec, Secret, SecretSource, SecretUrl};
use crate::model::{Located, Origin};
use jiff::tz::TimeZone;
use std::path::PathBuf;
use std::time::Duration;
use url::Url;

pub(super) const DEFAULTS: Scope = Scope { id: "defaults", shown: "[defaults]" };
pub(super) const FEED: Scope = Scope { id: "feed", shown: "[[feed]]" };
const HEADERS: Scope = Scope { id: "headers", shown: "headers" };
const PAGE: Scope = Scope { id: "feed.page", shown: "[feed.page]" };
const JSON: Scope = Scope { id: "feed.json", shown: "[feed.json]" };

/// Headers that the client sets itself: another value would break what it does.
const OWN_HEADERS: [&str; 11] = [
    "accept-encoding",
    "connection",
    "content-length",
    "expect",
    "host",
    "if-modified-since",
    "if-none-match",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// What both tables may say.
#[derive(Debug, Clone, Default)]
pub(super) struct FeedKeys {
    interval: Option<Duration>,
    first_poll_alert_age: Option<AlertAge>,
    max_alert_age: Option<Duration>,
    allow_private: Option<bool>,
    timezone: Option<TimeZone>,
    lang: Option<String>,
    country: Option<String>,
    tags: Option<Vec<String>>,
    headers: Option<Vec<(String, Secret)>>,
    user_agent: Option<String>,
    proxy: Option<ProxySpec>,
    ca_file: Option<PathBuf>,
    paused: Option<bool>,
}

/// A `[[feed]]` before `[defaults]` is applied.
#[derive(Debug)]
pub(super) struct FeedDraft {
    at: Origin,
    name: Option<Located<String>>,
    url: Located<SecretUrl>,
    page: Option<EntryRules>,
    json: Option<EntryRules>,
    keys: FeedKeys,
}

impl FeedDraft {
    /// With what the feed does not say taken from `defaults`, and what those do not say from ours.
    pub fn finish(self, defaults: &FeedKeys) -> FeedSpec {
        let ours = FeedSpec::new(self.url.value.url().clone());
        let (keys, defaults) = (self.keys, defaults.clone());
        FeedSpec {
            at: Some(self.at),
            name: self.name,
            url: self.url,
            page: self.page,
            json: self.json,
            interval: keys.interval.or(defaults.interval),
            first_poll_alert_age: keys.first_poll_alert_age.or(defaults.first_poll_alert_age).unwrap_or(ours.first_poll_alert_age),
            max_alert_age: keys.max_alert_age.or(defaults.max_alert_age).unwrap_or(ours.max_alert_age),
            allow_private: keys.allow_private.or(defaults.allow_private).unwrap_or(ours.allow_private),
            timezone: keys.timezone.or(defaults.timezone),
            lang: keys.lang.or(defaults.lang),
            country: keys.country.or(defaults.country),
            tags: keys.tags.or(defaults.tags).unwrap_or_default(),
            headers: keys.headers.or(defaults.headers).unwrap_or_default(),
            user_agent: keys.user_agent.or(defaults.user_agent),
            proxy: keys.proxy.or(defaults.proxy).unwrap_or_default(),
            ca_file: keys.ca_file.or(defaults.ca_file),
            paused: keys.paused.or(defaults.paused).unwrap_or_default(),
        }
    }
}

/// `[defaults]`
pub(super) fn defaults(session: &mut Session<'_>, mut table: Table<'_>) -> FeedKeys {
    let keys = shared(session, &mut table);
    table.finish(&mut session.report);
    keys
}

/// `[[feed]]`
pub(super) fn feed(session: &mut Session<'_>, mut table: Table<'_>) -> Option<FeedDraft> {
    let name = table.take(&mut session.report, "name").and_then(|value| value.parsed(&mut session.report, "\"report-az\"", name));
    session.names.feeds.extend(name.clone());
    let url = match table.take(&mut session.report, "url") {
        Some(value) => address(session, &value).map(|url| Located { value: url, at: Some(value.origin()) }),
        None => {
            session.report.miss(table.doc, table.start, "[[feed]] has no `url`. Write url = \"https://…\".");
            None
        }
    };
    let keys = shared(session, &mut table);
    let page = table.section(&mut session.report, "page", PAGE).and_then(|table| rules(session, table));
    let json = table.section(&mut session.report, "json", JSON).and_then(|table| rules(session, table));
    let at = table.origin();
    table.finish(&mut session.report);
    if page.is_some() && json.is_some() {
        session.report.add(Some(at.clone()), "a feed is read by [feed.page] or by [feed.json], not by both. Remove one.");
    }
    Some(FeedDraft { at, name, url: url?, page, json, keys })
}

/// `[feed.page]` or `[feed.json]`. What selectors and paths mean is the feed room's business.
fn rules(session: &mut Session<'_>, mut table: Table<'_>) -> Option<EntryRules> {
    let report = &mut session.report;
    let mut text = |key: &'static str, example: &str| table.take(report, key).and_then(|value| value.text(report, example));
    let items = text("items", "\"article\"");
    let (title, link) = (text("title", "\"h2\""), text("link", "\"a\""));
    let (date, summary) = (text("date", "\"time\""), text("summary", "\"p\""));
    if items.is_none() {
        report.miss(table.doc, table.start, format!("{} has no `items`. Write which elements are the entries.", table.scope.shown));
    }
    table.finish(report);
    Some(EntryRules { items: items?, title, link, date, summary })
}

fn shared(session: &mut Session<'_>, table: &mut Table<'_>) -> FeedKeys {
    let second = Duration::from_secs(1);
    let year = Duration::from_secs(366 * 24 * 3600);
    let mut keys = FeedKeys { interval: span(session, table, "interval", "\"15m\"", second..=year), ..FeedKeys::default() };
    keys.first_poll_alert_age = table.take(&mut session.report, "first_poll_alert_age").and_then(|value| match value.as_text() {
        Some("any") => Some(AlertAge::Any),
        _ => bounded_span(session, &value, "\"6h\" or \"any\"", Duration::ZERO..=CENTURY).map(AlertAge::Within),
    });
    keys.max_alert_age = span(session, table, "max_alert_age", "\"30d\"", second..=CENTURY);
    let report = &mut session.report;
    keys.allow_private = table.take(report, "allow_private").and_then(|value| value.flag(report));
    keys.timezone = table.take(report, "timezone").and_then(|value| value.parsed(report, "\"Asia/Baku\"", zone)).map(|zone| zone.value);
    keys.lang = table.take(report, "lang").and_then(|value| value.parsed(report, "\"az\"", language)).map(|lang| lang.value);
    keys.country = table.take(report, "country").and_then(|value| value.parsed(report, "\"AZ\"", country)).map(|country| country.value);
    keys.tags = table.take(report, "tags").map(|value| value.texts(report).into_iter().map(|tag| tag.value).collect());
    table.planned(report, &["full_text"]);
    keys.headers = table.take(report, "headers").and_then(|value| headers(session, &value));
    let report = &mut session.report;
    keys.user_agent = table.take(report, "user_agent").and_then(|value| value.parsed(report, "\"…\"", header_text)).map(|agent| agent.value);
    keys.proxy = table.take(report, "proxy").and_then(|value| proxy(session, &value));
    keys.ca_file = table.take(&mut session.report, "ca_file").and_then(|value| ca_file(session, &value));
    let report = &mut session.report;
    keys.paused = table.take(report, "paused").and_then(|value| value.flag(report));
    keys
}

/// An address that may be a secret. Messages never quote it.
pub(super) fn address(session: &mut Session<'_>, value: &Value<'_>) -> Option<SecretUrl> {
    if value.as_text().is_none() && !value.is_table() {
        value.text(&mut session.report, "\"https://…\"")?;
    }
    let secret = secret(session, value, Literal::Allowed)?;
    if !secret.is_known() {
        return Url::parse("https://unreadable-secret.invalid/").ok().map(|url| SecretUrl::unknown(url, secret.source().clone()));
    }
    let text = secret.reveal().trim();
    let literal = secret.source() == &SecretSource::Literal;
    let message = match Url::parse(text) {
        _ if !literal && !["http://", "https://"].iter().any(|scheme| text.starts_with(scheme)) => {
            "what this secret holds is no web address: it begins with http:// or https://.".into()
        }
        Ok(url) if !matches!(url.scheme(), "http" | "https") => {
            // `report.az:443/rss` reads as an address of the scheme `report.az`.
            if text.contains("://") { "only http:// and https:// addresses can be reached.".to_string() } else { missing_scheme() }
        }
        Ok(url) if literal => return Some(SecretUrl::literal(url)),
        Ok(url) => return Some(SecretUrl::kept(&url, secret.source().clone())),
        Err(url::ParseError::RelativeUrlWithoutBase) => missing_scheme(),
        Err(error) => format!("this is no web address: {error}. Write one such as \"https://report.az/en/rss\"."),
    };
    value.tell(&mut session.report, message);
    None
}

fn missing_scheme() -> String {
    "this is no web address. Write https:// before it.".into()
}

fn proxy(session: &mut Session<'_>, value: &Value<'_>) -> Option<ProxySpec> {
    if value.as_text() == Some("none") { Some(ProxySpec::None) } else { address(session, value).map(ProxySpec::Url) }
}

fn zone(text: &str) -> Result<TimeZone, String> {
    TimeZone::get(text).map_err(|_| {
        let known: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
        match nearest(text, known.iter().map(String::as_str)) {
            Some((_, right)) if right != text => format!("there is no timezone {}. Did you mean \"{right}\"?", quoted(text)),
            _ if known.is_empty() => "this machine has no timezones. Install its tzdata package.".into(),
            _ => format!("there is no timezone {}. Write one such as \"Asia/Baku\".", quoted(text)),
        }
    })
}

fn headers(session: &mut Session<'_>, value: &Value<'_>) -> Option<Vec<(String, Secret)>> {
    let table = value.table(&mut session.report, HEADERS, "{ \"Authorization\" = { env = \"NAME\" } }")?;
    let mut found: Vec<(String, Secret)> = Vec::new();
    for (name, at, value) in table.rest() {
        let lower = name.to_ascii_lowercase();
        let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
        let wrong = if name.is_empty() || !name.bytes().all(token) {
            Some(format!("{} is no name of a header. Write one such as \"Authorization\".", quoted(name)))
        } else if lower == "user-agent" {
            Some("this header has a key of its own. Write user_agent = \"…\".".into())
        } else if OWN_HEADERS.contains(&lower.as_str()) {
            Some(format!("the header {name} is set by Newswatch itself. Remove it."))
        } else if found.iter().any(|(other, _)| other.eq_ignore_ascii_case(name)) {
            Some(format!("the header {name} stands here for the second time. Keep one."))
        } else {
            None
        };
        if let Some(message) = wrong {
            session.report.tell(value.doc, at, message);
            continue;
        }
        if value.as_text().is_none() && !value.is_table() {
            value.text(&mut session.report, "\"…\" or { env = \"NAME\" }");
            continue;
        }
        let Some(secret) = secret(session, &value, Literal::Allowed) else { continue };
        if secret.reveal().chars().any(char::is_control) {
            value.tell(&mut session.report, "the value of a header has no line breaks or other control characters. Remove them.");
        } else {
            found.push((name.to_string(), secret));
        }
    }
    Some(found)
}

/// Only its absence is noticed here; `fetch` reads it.
fn ca_file(session: &mut Session<'_>, value: &Value<'_>) -> Option<PathBuf> {
    let named = value.text(&mut session.report, "\"ca.pem\"")?;
    let (path, shown) = beside(value.doc, &named.value);
    match std::fs::File::open(&path).and_then(|file| file.metadata()) {
        Ok(meta) if meta.is_file() => Some(path),
        Ok(_) => {
            value.tell(&mut session.report, format!("{} is not a file. Name a file of certificates (PEM).", shown.display()));
            None
        }
        Err(error) => {
            value.tell(&mut session.report, format!("{} cannot be read: {}. Name a file of certificates (PEM).", shown.display(), reason(&error)));
            None
        }
    }
}
