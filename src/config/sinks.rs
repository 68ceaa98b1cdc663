//! `[[sink]]`.
//!
//! Must not know: how anything is delivered; `deliver` judges what a secret looks like.

use super::base::span;
use super::feeds::address;
use super::reader::{Scope, Table, Value};
use super::session::Session;
use super::values::{name, rate};
use super::vault::{Literal, secret};
use super::watches::SEVERITIES;
use super::{Format, Kinds, OnUnknown, Secret, SinkKind, SinkSpec};
use crate::model::{Located, Problem};
use std::path::Path;
use std::time::Duration;

pub(super) const SINK: Scope = Scope { id: "sink", shown: "[[sink]]" };

#[derive(Debug, Clone, Copy)]
enum Type {
    File,
    Stdout,
    Webhook,
}

const TYPES: [(&str, Type); 3] = [("file", Type::File), ("stdout", Type::Stdout), ("webhook", Type::Webhook)];
const LATER_TYPES: [&str; 5] = ["journal", "email", "http", "exec", "nats"];
const FORMATS: [(&str, Format); 2] = [("text", Format::Text), ("jsonl", Format::Jsonl)];

/// `[[sink]]`
pub(super) fn sink(session: &mut Session<'_>, mut table: Table<'_>) -> Option<SinkSpec> {
    let report = &mut session.report;
    let Some(written) = table.take(report, "type") else {
        report.miss(table.doc, table.start, "[[sink]] has no `type`. Write type = \"file\", \"stdout\" or \"webhook\".");
        report.incomplete = true;
        return None;
    };
    let kind = written.one_of(report, &TYPES, &LATER_TYPES);
    let named = match table.take(report, "name") {
        Some(value) => value.parsed(report, "\"…\"", name),
        None => kind.and(written.as_text()).map(|text| Located { value: text.to_string(), at: Some(written.origin()) }),
    };
    match &named {
        Some(name) => session.names.sinks.push(name.clone()),
        None => report.incomplete = true,
    }
    // Without a type that we know, its other keys cannot be judged.
    let kind = kind?;
    let kind = match kind {
        Type::File => file(session, &mut table),
        Type::Stdout => Some(SinkKind::Stdout { format: format(session, &mut table, None) }),
        Type::Webhook => webhook(session, &mut table),
    };
    let report = &mut session.report;
    for (keys, owner) in [(["path", "format"].as_slice(), "file"), (&["url", "secret"], "webhook")] {
        let other = written.as_text().unwrap_or_default();
        // A key that was asked for is not foreign; `finish` would not look at it again either way.
        let foreign: Vec<&'static str> = keys.iter().copied().filter(|key| !table.was_asked(key)).collect();
        table.foreign(report, &foreign, |key| format!("`{key}` belongs to a sink of the type \"{owner}\", and this is \"{other}\". Remove it."));
    }
    let watches = table.take(report, "watches").map(|value| value.texts(report)).unwrap_or_default();
    let severity = table.take(report, "severity").and_then(|value| value.one_of(report, &SEVERITIES, &[]));
    let kinds = table.take(report, "kinds").map(|value| kinds(session, &value)).unwrap_or_default();
    let timeout = span(session, &mut table, "timeout", "\"15s\"", Duration::from_secs(1)..=Duration::from_secs(600));
    let report = &mut session.report;
    let rate = table.take(report, "rate").and_then(|value| value.parsed(report, "\"30/m\"", rate)).map(|rate| rate.value);
    let unknown = [("resend", OnUnknown::Resend), ("drop", OnUnknown::Drop)];
    let on_unknown = table.take(report, "on_unknown").and_then(|value| value.one_of(report, &unknown, &[])).unwrap_or_default();
    table.planned(report, &["quiet", "digest", "proxy", "template"]);
    table.planned(report, &["to", "from", "smtp", "password", "preset", "method", "headers", "body", "command", "subject"]);
    let at = Some(table.origin());
    table.finish(report);
    let ours = SinkSpec::new("", kind?);
    Some(SinkSpec { at, name: named?, watches, severity, kinds, timeout: timeout.unwrap_or(ours.timeout), rate, on_unknown, kind: ours.kind })
}

fn kinds(session: &mut Session<'_>, value: &Value<'_>) -> Kinds {
    let mut found = Kinds { alert: false, health: false };
    let items = value.items(&mut session.report, "[\"alert\", \"health\"]");
    if items.is_empty() && value.is_list() {
        value.tell(&mut session.report, "this sink would take nothing. Write kinds = [\"alert\", \"health\"] or one of them.");
    }
    for item in items {
        match item.one_of(&mut session.report, &[("alert", true), ("health", false)], &[]) {
            Some(true) => found.alert = true,
            Some(false) => found.health = true,
            None => {}
        }
    }
    found
}

fn file(session: &mut Session<'_>, table: &mut Table<'_>) -> Option<SinkKind> {
    let path = match table.take(&mut session.report, "path") {
        Some(value) => path(session, &value),
        None => {
            session.report.miss(table.doc, table.start, "this sink has no `path`. Write path = \"alerts.log\".");
            None
        }
    };
    let format = format(session, table, path.as_ref());
    let path = path?;
    Some(SinkKind::File { path: Located { value: session.dirs.logs.join(path.value), at: path.at }, format })
}

fn path(session: &mut Session<'_>, value: &Value<'_>) -> Option<Located<String>> {
    let path = value.text(&mut session.report, "\"alerts.log\"")?;
    if path.value.is_empty() || path.value.ends_with('/') {
        value.tell(&mut session.report, "this names no file. Write one, such as \"alerts.log\".");
        return None;
    }
    Some(path)
}

/// What `format` says, else the extension.
fn format(session: &mut Session<'_>, table: &mut Table<'_>, path: Option<&Located<String>>) -> Format {
    let report = &mut session.report;
    if let Some(value) = table.take(report, "format") {
        return value.one_of(report, &FORMATS, &["csv"]).unwrap_or_default();
    }
    let extension = path.and_then(|path| Path::new(&path.value).extension()).and_then(|extension| extension.to_str()).unwrap_or_default();
    match extension.to_ascii_lowercase().as_str() {
        "jsonl" | "ndjson" | "json" => Format::Jsonl,
        "csv" => {
            let at = path.and_then(|path| path.at.clone());
            report.add(at, "CSV is planned, this version does not have it yet. Write a name that ends in .log (text) or .jsonl (JSON Lines).");
            Format::Text
        }
        _ => Format::Text,
    }
}

fn webhook(session: &mut Session<'_>, table: &mut Table<'_>) -> Option<SinkKind> {
    let url = match table.take(&mut session.report, "url") {
        Some(value) => address(session, &value).map(|url| Located { value: url, at: Some(value.origin()) }),
        None => {
            session.report.miss(table.doc, table.start, "this sink has no `url`. Write url = \"https://…\".");
            None
        }
    };
    let secrets = match table.take(&mut session.report, "secret") {
        Some(value) => secrets(session, &value),
        None => {
            let message = "this webhook is not signed: whoever receives it cannot know that it is ours. Write secret = { file = \"…\" }; `newswatch sinks secret` makes one.";
            session.report.warnings.push(Problem::new(Some(table.origin()), message));
            Vec::new()
        }
    };
    Some(SinkKind::Webhook { url: url?, secrets })
}

/// One, or two while the receiver changes from one to the other.
fn secrets(session: &mut Session<'_>, value: &Value<'_>) -> Vec<Secret> {
    if !value.is_list() {
        return secret(session, value, Literal::Refused).into_iter().collect();
    }
    let items = value.items(&mut session.report, "");
    if items.is_empty() || items.len() > 2 {
        value.tell(&mut session.report, "a webhook has one secret, or two during a change, the new one first. Write secret = [{ … }, { … }].");
        return Vec::new();
    }
    items.iter().filter_map(|item| secret(session, item, Literal::Refused)).collect()
}
