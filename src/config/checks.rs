//! What no single table can tell: names given twice, and names that lead nowhere.
//!
//! Must not know: files, TOML.

use super::reader::Report;
use super::session::Names;
use super::suggest::nearest;
use super::values::quoted;
use super::{Config, FeedSpec, SinkKind, SinkSpec};
use crate::model::Located;
use std::collections::{HashMap, HashSet};
use std::path::Path;
use url::Url;

/// Names that watches give of feeds.
pub(super) type FeedScopes = Vec<Located<String>>;

/// Every check over the whole. `scopes` are the feeds that watches name.
pub(super) fn whole(report: &mut Report, config: &Config, names: &Names, scopes: &FeedScopes) {
    for (what, given) in [("feed", &names.feeds), ("watch", &names.watches), ("list", &names.lists), ("sink", &names.sinks)] {
        twice(report, what, given);
    }
    same_feed(report, &config.feeds);
    same_file(report, &config.sinks);
    // In what could not be read may stand what is missed.
    if report.incomplete {
        return;
    }
    let implied = config.sinks.iter().filter(|sink| sink.at.is_none()).map(|sink| &sink.name);
    let sinks = Known::of("sink", names.sinks.iter().chain(implied));
    for sink in config.watches.iter().flat_map(|watch| &watch.sinks) {
        sinks.lead(report, sink);
    }
    let watches = Known::of("watch", &names.watches);
    for watch in config.sinks.iter().flat_map(|sink| &sink.watches) {
        watches.lead(report, watch);
    }
    let feeds = Known::of("feed", &names.feeds);
    for feed in scopes {
        if !feeds.has(feed) && !config.feeds.iter().any(|one| one.name.is_none() && may_be_called(one, &feed.value)) {
            feeds.lead(report, feed);
        }
    }
}

/// The names that lead somewhere.
struct Known<'a> {
    what: &'static str,
    list: Vec<&'a str>,
    set: HashSet<&'a str>,
}

impl<'a> Known<'a> {
    fn of(what: &'static str, names: impl IntoIterator<Item = &'a Located<String>>) -> Self {
        let list: Vec<&str> = names.into_iter().map(|name| name.value.as_str()).collect();
        Self { what, set: list.iter().copied().collect(), list }
    }

    fn has(&self, name: &Located<String>) -> bool {
        self.set.contains(name.value.as_str())
    }

    /// A problem unless the name leads somewhere.
    fn lead(&self, report: &mut Report, name: &Located<String>) {
        if self.has(name) || report.is_full() {
            return;
        }
        let what = self.what;
        // Who has a hundred mistakes needs no hints to find the first.
        let hint = (report.problems.len() < 100).then(|| nearest(&name.value, self.list.iter().copied())).flatten();
        let message = match hint {
            Some((_, right)) => format!("no {what} is called {}. Did you mean \"{right}\"?", quoted(&name.value)),
            None if self.list.is_empty() => format!("no {what} is called {}: no {what} has a `name`.", quoted(&name.value)),
            None => {
                let mut list: Vec<String> = self.list.iter().take(10).map(|name| quoted(name)).collect();
                if self.list.len() > 10 {
                    list.push("…".into());
                }
                format!("no {what} is called {}. There are {}.", quoted(&name.value), list.join(", "))
            }
        };
        report.add(name.at.clone(), message);
    }
}

fn twice(report: &mut Report, what: &str, names: &[Located<String>]) {
    let mut seen: HashMap<&str, &Located<String>> = HashMap::new();
    for name in names {
        match seen.get(name.value.as_str()) {
            Some(first) => {
                let place = first.at.as_ref().map(|at| format!(" at {at}")).unwrap_or_default();
                let message = format!("another {what} is called {} already{place}. Give this one a name of its own.", quoted(&name.value));
                report.add(name.at.clone(), message);
            }
            None => {
                seen.insert(&name.value, name);
            }
        }
    }
}

/// Two feeds without names and with one address would be one feed.
fn same_feed(report: &mut Report, feeds: &[FeedSpec]) {
    let mut seen: HashMap<Url, &FeedSpec> = HashMap::new();
    for feed in feeds.iter().filter(|feed| feed.name.is_none() && feed.url.value.is_known()) {
        let mut url = feed.url.value.url().clone();
        url.set_fragment(None);
        match seen.get(&url) {
            Some(first) => {
                let place = first.url.at.as_ref().map(|at| format!(" at {at}")).unwrap_or_default();
                report.add(feed.url.at.clone(), format!("this feed stands already{place}. Keep one, or give each a `name`."));
            }
            None => {
                seen.insert(url, feed);
            }
        }
    }
}

/// Two sinks would write over each other.
fn same_file(report: &mut Report, sinks: &[SinkSpec]) {
    let mut seen: HashMap<&Path, &SinkSpec> = HashMap::new();
    for sink in sinks {
        let SinkKind::File { path, .. } = &sink.kind else { continue };
        match seen.get(path.value.as_path()) {
            Some(first) => {
                let message = format!("the sink {} writes into this file already. Name another one.", quoted(&first.name.value));
                report.add(path.at.clone(), message);
            }
            None => {
                seen.insert(&path.value, sink);
            }
        }
    }
}

/// A feed without a name is shown under a short one that `feed` derives from its address (`report.az`). Whether it is this one, `query` finds out;
/// here it is enough that it can be.
fn may_be_called(feed: &FeedSpec, name: &str) -> bool {
    let Some(host) = feed.url.value.url().host_str() else { return false };
    let bare = host.strip_prefix("www.").unwrap_or(host);
    let first = bare.split('.').next().unwrap_or(bare);
    !feed.url.value.is_known() || name.starts_with(bare) || name.starts_with(host) || name.starts_with(first)
}
