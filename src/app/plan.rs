//! From a configuration to everything that runs by it. All the fallible work of a start, a reload and `check` happens here, before anything
//! live is touched.

use crate::alert::{self, FeedPolicy, Policy, SinkPolicy, WatchPolicy};
use crate::config::{self, Config, EntryRules, FeedSpec};
use crate::deliver::{self, Sink};
use crate::feed::{JsonRules, PageRules, canonical_url, short_name};
use crate::fetch::Settings;
use crate::model::{Located, Problem, WatchSpec};
use crate::query::Matcher;
use crate::schedule::Timing;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// A feed as it is polled.
#[derive(Debug, Clone, PartialEq)]
pub struct Feed {
    /// What makes it the same feed tomorrow: its configured name, else its canonical URL.
    pub id: String,
    /// What lists show: its configured name, else a short one made from its URL. Unique, never stored as identity.
    pub name: String,
    /// Whose polls it takes turns with.
    pub host: String,
    /// How a page or a JSON document has its entries.
    pub page: Option<PageRules>,
    /// The same for a JSON document.
    pub json: Option<JsonRules>,
    /// As configured.
    pub spec: FeedSpec,
}

impl Feed {
    /// How often it is polled.
    pub const fn timing(&self) -> Timing {
        Timing { interval: self.spec.interval }
    }
}

/// A configuration, compiled.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What it was made from.
    pub config: Config,
    /// In the order of the configuration.
    pub feeds: Vec<Arc<Feed>>,
    /// All watches.
    pub matcher: Arc<Matcher>,
    /// Whom to tell.
    pub policy: Arc<Policy>,
    /// Where alerts go.
    pub sinks: Vec<Arc<Sink>>,
}

/// Compiles a configuration; every room has its say about its own part.
///
/// # Errors
/// Every problem of every room, in the order of files and lines.
pub fn plan(config: Config) -> Result<Plan, Vec<Problem>> {
    let mut problems = Vec::new();
    let feeds = feeds(&config, &mut problems);
    let matcher = Matcher::compile(&config.watches, &config.lists).map_err(|found| problems.extend(found)).ok();
    let sinks: Vec<Arc<Sink>> =
        config.sinks.iter().filter_map(|spec| deliver::compile(spec).map_err(|found| problems.extend(found)).ok()).map(Arc::new).collect();
    match matcher {
        Some(matcher) if problems.is_empty() => {
            let policy = Arc::new(policy(&config, &feeds));
            Ok(Plan { feeds, matcher: Arc::new(matcher), policy, sinks, config })
        }
        _ => {
            problems.sort_by(|a, b| a.at.cmp(&b.at));
            problems.dedup();
            Err(problems)
        }
    }
}

/// The feeds of a configuration, problems left aside.
pub fn feeds_of(config: &Config) -> Vec<Arc<Feed>> {
    feeds(config, &mut Vec::new())
}

fn feeds(config: &Config, problems: &mut Vec<Problem>) -> Vec<Arc<Feed>> {
    let mut seen: HashMap<String, Option<crate::model::Origin>> = HashMap::new();
    let taken: HashSet<&str> = config.feeds.iter().filter_map(|spec| spec.name.as_ref()).map(|name| name.value.as_str()).collect();
    let mut short: HashMap<String, usize> = HashMap::new();
    let mut feeds = Vec::with_capacity(config.feeds.len());
    for spec in &config.feeds {
        let url = spec.url.value.url();
        let id = spec.name.as_ref().map_or_else(|| canonical_url(url.as_str()).unwrap_or_else(|| url.to_string()), |name| name.value.clone());
        if let Some(first) = seen.insert(id.clone(), spec.at.clone()) {
            let place = first.map_or_else(String::new, |at| format!(" at {at}"));
            problems.push(Problem::new(
                spec.url.at.clone(),
                format!("this feed stands{place} already. Remove one of the two, or give one of them a `name` of its own"),
            ));
            continue;
        }
        let name = match &spec.name {
            Some(name) => name.value.clone(),
            None => {
                let base = short_name(url);
                let count = short.entry(base.clone()).or_default();
                *count += 1;
                if *count == 1 && !taken.contains(base.as_str()) { base } else { format!("{base}#{count}") }
            }
        };
        let (page, json) = (spec.page.as_ref().map(|rules| page(rules, problems)), spec.json.as_ref().map(json));
        feeds.push(Arc::new(Feed { id, name, host: host(url), page, json, spec: spec.clone() }));
    }
    feeds
}

/// Compiles `[feed.page]`; a selector that is none is told at its place.
fn page(spec: &EntryRules, problems: &mut Vec<Problem>) -> PageRules {
    let value = |part: &Option<Located<String>>| part.as_ref().map(|part| part.value.clone());
    let rules = PageRules {
        items: spec.items.value.clone(),
        title: value(&spec.title),
        link: value(&spec.link),
        date: value(&spec.date),
        summary: value(&spec.summary),
    };
    for (key, message) in rules.problems() {
        let at = match key {
            "title" => spec.title.as_ref(),
            "link" => spec.link.as_ref(),
            "date" => spec.date.as_ref(),
            "summary" => spec.summary.as_ref(),
            _ => Some(&spec.items),
        };
        problems.push(Problem::new(at.and_then(|located| located.at.clone()), message));
    }
    rules
}

fn json(spec: &EntryRules) -> JsonRules {
    let value = |part: &Option<Located<String>>| part.as_ref().map(|part| part.value.clone());
    JsonRules {
        items: spec.items.value.clone(),
        title: value(&spec.title),
        link: value(&spec.link),
        date: value(&spec.date),
        summary: value(&spec.summary),
    }
}

/// What the client is told.
pub fn settings(config: &Config) -> Settings {
    let spec = &config.fetch;
    Settings { contact: spec.contact.clone(), max_body: spec.max_body, ..Settings::new(env!("CARGO_PKG_VERSION")) }
}

/// Whose polls it takes turns with: a server, by name and port.
fn host(url: &url::Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}{port}", url.host_str().unwrap_or_default())
}

/// What only shows that an article is meant: clauses of `with` that are no keyword.
fn context(spec: &WatchSpec) -> HashSet<String> {
    let with = spec.with.iter().chain(spec.keywords.iter().flat_map(|keyword| &keyword.with));
    with.map(|with| with.value.clone()).filter(|with| !spec.keywords.iter().any(|keyword| keyword.keyword.value == *with)).collect()
}

fn policy(config: &Config, feeds: &[Arc<Feed>]) -> Policy {
    let age = |age| match age {
        config::AlertAge::Any => alert::AlertAge::Any,
        config::AlertAge::Within(limit) => alert::AlertAge::Within(limit),
    };
    let feed = |feed: &Arc<Feed>| {
        let limits = FeedPolicy { first_poll_alert_age: age(feed.spec.first_poll_alert_age), max_alert_age: feed.spec.max_alert_age };
        (feed.id.clone(), limits)
    };
    let values = |located: &[Located<String>]| located.iter().map(|l| l.value.clone()).collect::<Vec<_>>();
    let watch = |spec: &WatchSpec| WatchPolicy { severity: spec.severity, sinks: values(&spec.sinks), context: context(spec) };
    Policy {
        group_wait: config.alerts.group_wait,
        feeds: feeds.iter().map(feed).collect(),
        watches: config.watches.iter().map(|w| (w.name.value.clone(), watch(w))).collect(),
        sinks: config
            .sinks
            .iter()
            .map(|sink| SinkPolicy {
                name: sink.name.value.clone(),
                watches: values(&sink.watches),
                severity: sink.severity,
                alerts: sink.kinds.alert,
            })
            .collect(),
    }
}
