//! What is known of an article beside its words, and the tests that a query makes of it.
//!
//! Must not know: feeds, fetching, the clock (`now` is a member).

use super::syntax::{MetaClause, MetaName};
use super::words;
use crate::model::Article;
use jiff::{SignedDuration, Timestamp};

/// What is known of an article beside its words. None or empty: unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meta {
    /// Host of the outlet.
    pub source: Option<String>,
    /// The feed's short name.
    pub feed: Option<String>,
    /// BCP 47.
    pub lang: Option<String>,
    /// The feed's country.
    pub country: Option<String>,
    /// Names.
    pub authors: Vec<String>,
    /// Categories.
    pub tags: Vec<String>,
    /// The article's address.
    pub url: Option<String>,
    /// As the publisher dates it.
    pub published: Option<Timestamp>,
    /// The time that `published:<2d` counts from.
    pub now: Timestamp,
}

impl Default for Meta {
    fn default() -> Self {
        Self {
            source: None,
            feed: None,
            lang: None,
            country: None,
            authors: Vec::new(),
            tags: Vec::new(),
            url: None,
            published: None,
            now: Timestamp::UNIX_EPOCH,
        }
    }
}

impl Meta {
    /// What an article says of itself. The outlet is the one an aggregator names, else the host of the article's address.
    pub fn of(article: &Article, country: Option<&str>, now: Timestamp) -> Self {
        let host = |url: &Option<String>| url.as_deref().and_then(host).map(str::to_string);
        Self {
            source: host(&article.source.url).or_else(|| host(&article.link)),
            feed: article.feed.clone(),
            lang: article.lang.clone(),
            country: country.map(str::to_string),
            authors: article.authors.clone(),
            tags: article.tags.clone(),
            url: article.link.clone(),
            published: article.published,
            now,
        }
    }

    fn texts(&self, name: MetaName) -> impl Iterator<Item = &str> {
        let (one, many): (Option<&str>, &[String]) = match name {
            MetaName::Source => (self.source.as_deref(), &[]),
            MetaName::Feed => (self.feed.as_deref(), &[]),
            MetaName::Lang => (self.lang.as_deref(), &[]),
            MetaName::Country => (self.country.as_deref(), &[]),
            MetaName::Url => (self.url.as_deref(), &[]),
            MetaName::Author => (None, &self.authors),
            MetaName::Tag => (None, &self.tags),
            MetaName::Published | MetaName::Words => (None, &[]),
        };
        one.into_iter().chain(many.iter().map(String::as_str))
    }
}

/// `https://user@host:port/…` → host.
fn host(url: &str) -> Option<&str> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?.split(':').next()?;
    (!host.is_empty()).then_some(host)
}

/// A `name:(value OR value)`, ready to be asked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct MetaTest {
    name: MetaName,
    values: Vec<Value>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Value {
    /// What stands between the `*`, folded.
    Glob(Vec<String>),
    /// A day, month or year, compared as text.
    Day(Compare, String),
    /// Younger than so many seconds; false: at least so old.
    Age(bool, i64),
    /// A number of words.
    Count(Compare, u64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Compare {
    Equal,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

impl Compare {
    fn split(value: &str) -> (Self, &str) {
        [(">=", Self::GreaterEqual), ("<=", Self::LessEqual), (">", Self::Greater), ("<", Self::Less)]
            .into_iter()
            .find_map(|(sign, op)| value.strip_prefix(sign).map(|rest| (op, rest)))
            .unwrap_or((Self::Equal, value))
    }

    fn holds<T: PartialOrd>(self, a: &T, b: &T) -> bool {
        match self {
            Self::Equal => a == b,
            Self::Less => a < b,
            Self::LessEqual => a <= b,
            Self::Greater => a > b,
            Self::GreaterEqual => a >= b,
        }
    }
}

impl MetaTest {
    pub(crate) fn new(clause: &MetaClause) -> Self {
        Self::of(clause.name, &clause.values)
    }

    /// One of the values, as in a query.
    pub(crate) fn of(name: MetaName, values: &[String]) -> Self {
        let value = |text: &String| match name {
            MetaName::Words => {
                let (op, number) = Compare::split(text);
                Value::Count(op, number.parse().unwrap_or(u64::MAX))
            }
            MetaName::Published => {
                let (op, want) = Compare::split(text);
                match want.strip_suffix(['s', 'm', 'h', 'd']) {
                    None => Value::Day(op, want.to_string()),
                    Some(number) => {
                        let unit = match want.bytes().last() {
                            Some(b's') => 1,
                            Some(b'm') => 60,
                            Some(b'h') => 3600,
                            _ => 86400,
                        };
                        Value::Age(op == Compare::Less, number.parse::<i64>().unwrap_or(i64::MAX).saturating_mul(unit))
                    }
                }
            }
            _ => Value::Glob(text.split('*').map(words::fold).collect()),
        };
        Self { name, values: values.iter().map(value).collect() }
    }

    pub(crate) const fn name(&self) -> MetaName {
        self.name
    }

    /// What is known of the article, for people.
    pub(crate) fn value(&self, meta: &Meta) -> String {
        match self.name {
            MetaName::Published => meta.published.map(|t| t.to_string()).unwrap_or_default(),
            name => meta.texts(name).collect::<Vec<_>>().join(", "),
        }
    }

    /// Is anything known of the article that this asks about?
    pub(crate) fn known(&self, meta: &Meta) -> bool {
        match self.name {
            MetaName::Words => true,
            MetaName::Published => meta.published.is_some(),
            name => meta.texts(name).next().is_some(),
        }
    }

    /// Does the article, `count` words long, have one of the values?
    pub(crate) fn holds(&self, meta: &Meta, count: usize) -> bool {
        match self.name {
            MetaName::Words => self.values.iter().any(|v| matches!(v, Value::Count(op, n) if op.holds(&(count as u64), n))),
            MetaName::Published => meta.published.is_some_and(|when| self.values.iter().any(|v| v.holds_at(when, meta.now))),
            name => meta.texts(name).any(|text| {
                let mut text = words::fold(text);
                if name == MetaName::Lang {
                    text = text.replace('_', "-");
                }
                self.values.iter().any(|v| matches!(v, Value::Glob(parts) if glob_holds(name, parts, &text)))
            }),
        }
    }
}

impl Value {
    fn holds_at(&self, published: Timestamp, now: Timestamp) -> bool {
        match self {
            Self::Age(younger, seconds) => (now.duration_since(published) < SignedDuration::from_secs(*seconds)) == *younger,
            Self::Day(op, want) => {
                let day: String = published.to_string().chars().take(want.chars().count()).collect();
                op.holds(&day.as_str(), &want.as_str())
            }
            _ => false,
        }
    }
}

/// Equal after the fold, but for what `*` stands for. A host also stands for its subdomains, a language for its regions.
fn glob_holds(name: MetaName, parts: &[String], text: &str) -> bool {
    let from_any = |sign: char| text.match_indices(sign);
    match name {
        MetaName::Source => glob(parts, text) || from_any('.').any(|(at, _)| text.get(at + 1..).is_some_and(|rest| glob(parts, rest))),
        MetaName::Lang => glob(parts, text) || from_any('-').any(|(at, _)| text.get(..at).is_some_and(|rest| glob(parts, rest))),
        _ => glob(parts, text),
    }
}

fn glob(parts: &[String], text: &str) -> bool {
    let Some((first, rest)) = parts.split_first() else { return false };
    let Some(mut left) = text.strip_prefix(first.as_str()) else { return false };
    let Some((last, middle)) = rest.split_last() else { return left.is_empty() };
    for part in middle {
        let Some(after) = left.find(part.as_str()).and_then(|at| left.get(at + part.len()..)) else { return false };
        left = after;
    }
    left.ends_with(last.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(name: MetaName, value: &str, meta: &Meta) -> bool {
        MetaTest::of(name, &[value.to_string()]).holds(meta, 10)
    }

    #[test]
    fn a_host_stands_for_its_subdomains_only() {
        let meta = |host: &str| Meta { source: Some(host.into()), ..Meta::default() };
        assert!(holds(MetaName::Source, "example.org", &meta("Example.org")));
        assert!(holds(MetaName::Source, "example.org", &meta("en.example.org")));
        assert!(!holds(MetaName::Source, "example.org", &meta("notexample.org")));
        assert!(holds(MetaName::Source, "*.org", &meta("example.org")));
    }

    #[test]
    fn a_language_stands_for_its_regions_and_not_the_other_way() {
        let meta = |lang: &str| Meta { lang: Some(lang.into()), ..Meta::default() };
        assert!(holds(MetaName::Lang, "en", &meta("en-US")));
        assert!(holds(MetaName::Lang, "uz-cyrl", &meta("uz_Cyrl_UZ")));
        assert!(!holds(MetaName::Lang, "en-US", &meta("en")));
        assert!(!holds(MetaName::Lang, "e", &meta("en-US")));
    }

    #[test]
    fn days_are_those_of_utc_and_ages_count_from_now() {
        let meta = Meta { published: "2026-11-23T09:00:00Z".parse().ok(), now: "2026-11-24T12:00:00Z".parse().unwrap(), ..Meta::default() };
        for (value, want) in [
            ("2026-11-23", true),
            ("2026", true),
            (">=2026-12", false),
            ("<2026-11-24", true),
            ("<27h", false),
            ("<28h", true),
            (">27h", true),
            (">27d", false),
        ] {
            assert_eq!(holds(MetaName::Published, value, &meta), want, "{value}");
        }
        assert!(!holds(MetaName::Published, ">2d", &Meta::default()));
    }

    #[test]
    fn the_host_of_an_address() {
        assert_eq!(host("https://user@www.example.org:8080/a?b"), Some("www.example.org"));
        assert_eq!(host("example.org/x"), Some("example.org"));
        assert_eq!(host("https:///x"), None);
    }
}
