//! `check --print`: the configuration as it takes effect.
//!
//! Must not know: where anything was written.

use super::values::{spell_duration, spell_rate, spell_size};
use super::{AlertAge, Config, EntryRules, FeedSpec, Format, OnUnknown, ProxySpec, Secret, SecretSource, SecretUrl, SinkKind, SinkSpec};
use crate::model::{KeywordSpec, Located, WatchSpec};
use std::fmt::Write;

/// The configuration as it takes effect, defaults written out, as TOML with every secret masked. What is absent has no default.
pub fn effective(config: &Config) -> String {
    let mut out = Out(String::new());
    out.remark(&format!("read from {}", config.main.display()));
    out.head("[store]");
    out.line("url", &text(&config.store.path.value.to_string_lossy()));
    out.line("keep", &text(&spell_duration(config.store.keep)));
    out.line("keep_alerts", &text(&spell_duration(config.store.keep_alerts)));
    out.line("max_size", &text(&spell_size(config.store.max_size)));
    out.head("[fetch]");
    out.line("host_gap", &text(&spell_duration(config.fetch.host_gap)));
    out.maybe("contact", config.fetch.contact.as_deref().map(text));
    out.line("max_body", &text(&spell_size(config.fetch.max_body)));
    out.head("[alerts]");
    out.line("group_wait", &text(&spell_duration(config.alerts.group_wait)));
    config.feeds.iter().for_each(|one| feed(&mut out, one));
    config.watches.iter().for_each(|one| watch(&mut out, one));
    for list in &config.lists {
        out.head("[[list]]");
        out.line("name", &text(&list.name.value));
        out.texts("items", &list.items);
    }
    config.sinks.iter().for_each(|one| sink(&mut out, one));
    out.0
}

struct Out(String);

impl Out {
    fn remark(&mut self, text: &str) {
        // A path may have a line break in it.
        let _ = writeln!(self.0, "# {}", text.replace(char::is_control, "?"));
    }

    fn head(&mut self, head: &str) {
        let _ = writeln!(self.0, "\n{head}");
    }

    fn line(&mut self, key: &str, value: &str) {
        let _ = writeln!(self.0, "{key} = {value}");
    }

    fn maybe(&mut self, key: &str, value: Option<String>) {
        if let Some(value) = value {
            self.line(key, &value);
        }
    }

    fn texts(&mut self, key: &str, values: &[Located<String>]) {
        self.list(key, values.iter().map(|value| value.value.as_str()));
    }

    fn list<'a>(&mut self, key: &str, values: impl IntoIterator<Item = &'a str>) {
        let values: Vec<String> = values.into_iter().map(text).collect();
        if !values.is_empty() {
            self.line(key, &format!("[{}]", values.join(", ")));
        }
    }
}

fn feed(out: &mut Out, feed: &FeedSpec) {
    out.head("[[feed]]");
    out.maybe("name", feed.name.as_ref().map(|name| text(&name.value)));
    out.line("url", &url(&feed.url.value));
    match feed.interval {
        Some(interval) => out.line("interval", &text(&spell_duration(interval))),
        None => out.remark("interval: adaptive"),
    }
    let age = match feed.first_poll_alert_age {
        AlertAge::Any => "any".into(),
        AlertAge::Within(age) => spell_duration(age),
    };
    out.line("first_poll_alert_age", &text(&age));
    out.line("max_alert_age", &text(&spell_duration(feed.max_alert_age)));
    out.line("allow_private", &feed.allow_private.to_string());
    out.maybe("timezone", feed.timezone.as_ref().and_then(|zone| zone.iana_name()).map(text));
    out.maybe("lang", feed.lang.as_deref().map(text));
    out.maybe("country", feed.country.as_deref().map(text));
    out.list("tags", feed.tags.iter().map(String::as_str));
    if !feed.headers.is_empty() {
        let headers: Vec<String> = feed.headers.iter().map(|(name, value)| format!("{} = {}", text(name), secret(value))).collect();
        out.line("headers", &format!("{{ {} }}", headers.join(", ")));
    }
    out.maybe("user_agent", feed.user_agent.as_deref().map(text));
    match &feed.proxy {
        ProxySpec::None => out.line("proxy", "\"none\""),
        ProxySpec::Url(proxy) => out.line("proxy", &url(proxy)),
    }
    out.maybe("ca_file", feed.ca_file.as_ref().map(|path| text(&path.to_string_lossy())));
    out.line("paused", &feed.paused.to_string());
    out.maybe("page", feed.page.as_ref().map(rules));
    out.maybe("json", feed.json.as_ref().map(rules));
}

fn rules(rules: &EntryRules) -> String {
    let optional = [("title", &rules.title), ("link", &rules.link), ("date", &rules.date), ("summary", &rules.summary)];
    let mut keys = vec![format!("items = {}", text(&rules.items.value))];
    keys.extend(optional.iter().filter_map(|(key, value)| value.as_ref().map(|value| format!("{key} = {}", text(&value.value)))));
    format!("{{ {} }}", keys.join(", "))
}

fn watch(out: &mut Out, watch: &WatchSpec) {
    out.head("[[watch]]");
    out.line("name", &text(&watch.name.value));
    if !watch.keywords.is_empty() {
        let keywords: Vec<String> = watch.keywords.iter().map(keyword).collect();
        out.line("keywords", &format!("[{}]", keywords.join(", ")));
    }
    out.maybe("query", watch.query.as_ref().map(|query| text(&query.value)));
    out.texts("except", &watch.except);
    out.texts("with", &watch.with);
    out.texts("without", &watch.without);
    out.line("endings", &watch.endings.to_string());
    out.texts("must_hit", &watch.must_hit);
    out.texts("must_miss", &watch.must_miss);
    out.list("feeds", watch.feeds.iter().map(String::as_str));
    out.list("tags", watch.tags.iter().map(String::as_str));
    out.list("langs", watch.langs.iter().map(String::as_str));
    out.texts("sinks", &watch.sinks);
    out.line("severity", &text(watch.severity.name()));
    out.line("allow_scan", &watch.allow_scan.to_string());
    out.line("paused", &watch.paused.to_string());
}

fn keyword(spec: &KeywordSpec) -> String {
    let mut parts = vec![format!("keyword = {}", text(&spec.keyword.value))];
    for (key, values) in [("with", &spec.with), ("without", &spec.without), ("except", &spec.except)] {
        if !values.is_empty() {
            let values: Vec<String> = values.iter().map(|value| text(&value.value)).collect();
            parts.push(format!("{key} = [{}]", values.join(", ")));
        }
    }
    parts.extend(spec.endings.map(|endings| format!("endings = {endings}")));
    if parts.len() == 1 { text(&spec.keyword.value) } else { format!("{{ {} }}", parts.join(", ")) }
}

fn sink(out: &mut Out, sink: &SinkSpec) {
    out.head("[[sink]]");
    out.line("type", &text(sink.kind.name()));
    out.line("name", &text(&sink.name.value));
    match &sink.kind {
        SinkKind::Stdout { format } => out.line("format", format_name(*format)),
        SinkKind::File { path, format } => {
            out.line("path", &text(&path.value.to_string_lossy()));
            out.line("format", format_name(*format));
        }
        SinkKind::Webhook { url: address, secrets } => {
            out.line("url", &url(&address.value));
            let secrets: Vec<String> = secrets.iter().map(secret).collect();
            match secrets.as_slice() {
                [] => out.remark("secret: none, unsigned"),
                [one] => out.line("secret", one),
                _ => out.line("secret", &format!("[{}]", secrets.join(", "))),
            }
        }
    }
    out.texts("watches", &sink.watches);
    out.maybe("severity", sink.severity.map(|severity| text(severity.name())));
    let kinds = [("alert", sink.kinds.alert), ("health", sink.kinds.health)];
    out.list("kinds", kinds.iter().filter(|(_, takes)| *takes).map(|(kind, _)| *kind));
    out.line("timeout", &text(&spell_duration(sink.timeout)));
    out.maybe("rate", sink.rate.map(|rate| text(&spell_rate(rate))));
    out.line("on_unknown", if sink.on_unknown == OnUnknown::Drop { "\"drop\"" } else { "\"resend\"" });
}

const fn format_name(format: Format) -> &'static str {
    match format {
        Format::Text => "\"text\"",
        Format::Jsonl => "\"jsonl\"",
    }
}

/// As TOML quotes it, on one line.
fn text(value: &str) -> String {
    let mut out = String::from("\"");
    for c in value.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => drop(write!(out, "\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn secret(value: &Secret) -> String {
    match value.source() {
        SecretSource::Literal => text("***"),
        SecretSource::Env(name) => format!("{{ env = {} }}", text(name)),
        SecretSource::File(path) => format!("{{ file = {} }}", text(&path.to_string_lossy())),
        SecretSource::Credential(name) => format!("{{ credential = {} }}", text(name)),
    }
}

fn url(value: &SecretUrl) -> String {
    match value.source() {
        SecretSource::Literal => text(value.masked()),
        source => secret(&Secret::new(None, source.clone(), None)),
    }
}
