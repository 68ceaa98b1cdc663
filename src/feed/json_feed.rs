//! JSON Feed of either version, and any JSON endpoint by paths, as drafts.
//!
//! Must not know: how JSON is read, how a draft becomes an article.

use super::draft::{Draft, File, Form, Link, push};
use super::json::Value;
use super::refs::escape;
use super::{Hints, JsonRules, MAX_ENTRIES};

/// What a document holds.
#[derive(Debug, Default)]
pub struct Document {
    /// The feed itself.
    pub feed: Draft,
    /// Its entries.
    pub entries: Vec<Draft>,
    /// Hints for the schedule.
    pub hints: Hints,
    /// There were more entries than are read.
    pub more: bool,
}

fn owned(value: Option<&Value<'_>>) -> Option<String> {
    value.and_then(Value::text).map(str::trim).filter(|text| !text.is_empty()).map(Into::into)
}

fn link(href: String, rel: &str) -> Link {
    Link { href, rel: rel.into(), r#type: None, base: None }
}

fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    escape(text, &mut out);
    out
}

/// Reads a JSON Feed; none if it is none.
pub fn feed(root: &Value<'_>) -> Option<Document> {
    let version = root.get("version").and_then(Value::text).unwrap_or("");
    let items = root.get("items");
    let looks_so = version.contains("jsonfeed")
        || items.is_some_and(|items| items.list().iter().any(|item| item.get("id").is_some() || item.get("url").is_some()));
    if !looks_so {
        return None;
    }
    let mut out = Document::default();
    if let Some(title) = owned(root.get("title")) {
        out.feed.title.offer(0, (title, Form::Unsaid));
    }
    if let Some(text) = owned(root.get("description")) {
        out.feed.summary.offer(0, text);
    }
    out.feed.lang = owned(root.get("language"));
    out.feed.links.extend(owned(root.get("home_page_url")).map(|href| link(href, "alternate")));
    out.hints.self_link = owned(root.get("feed_url"));
    out.hints.hub = root.get("hubs").and_then(|hubs| hubs.list().iter().find_map(|hub| owned(hub.get("url"))));
    people(root, &mut out.feed);
    let items = items.map(Value::list).unwrap_or(&[]);
    out.more = items.len() > MAX_ENTRIES;
    let objects = items.iter().filter(|item| matches!(item, Value::Object(_)));
    out.entries = objects.take(MAX_ENTRIES).map(item).collect();
    Some(out)
}

fn item(value: &Value<'_>) -> Draft {
    let mut draft = Draft { guid: owned(value.get("id")), lang: owned(value.get("language")), ..Draft::default() };
    if let Some(title) = owned(value.get("title")) {
        draft.title.offer(0, (title, Form::Unsaid));
    }
    draft.links.extend(owned(value.get("url")).or_else(|| owned(value.get("external_url"))).map(|href| link(href, "alternate")));
    if let Some(text) = owned(value.get("content_html")) {
        draft.content.offer(0, text);
    }
    if let Some(text) = owned(value.get("content_text")) {
        draft.content.offer(1, html(&text));
    }
    if let Some(text) = owned(value.get("summary")) {
        draft.summary.offer(0, html(&text));
    }
    draft.published.extend(owned(value.get("date_published")).map(|date| (0, date)));
    draft.updated.extend(owned(value.get("date_modified")).map(|date| (0, date)));
    people(value, &mut draft);
    for tag in value.get("tags").map(Value::list).unwrap_or(&[]) {
        draft.tag(tag.text().unwrap_or(""));
    }
    for file in value.get("attachments").map(Value::list).unwrap_or(&[]) {
        if let Some(href) = owned(file.get("url")) {
            push(&mut draft.files, File { href, r#type: owned(file.get("mime_type")), length: owned(file.get("size_in_bytes")), base: None });
        }
    }
    draft
}

fn people(value: &Value<'_>, draft: &mut Draft) {
    let several = value.get("authors").map(Value::list).unwrap_or(&[]);
    for person in several.iter().chain(value.get("author")) {
        if let Some(name) = owned(person.get("name")).or_else(|| owned(Some(person))) {
            draft.author(0, &name);
        }
    }
}

/// The steps of a path: `data.articles`, `$.data[0].items`.
fn steps(path: &str) -> Vec<String> {
    let path = path.replace('[', ".").replace([']', '"', '\''], "");
    path.split('.').map(str::trim).filter(|step| !step.is_empty() && *step != "$").map(Into::into).collect()
}

/// Reads an endpoint by paths; none if there is no list where `rules` say.
pub fn endpoint(root: &Value<'_>, rules: &JsonRules) -> Option<Document> {
    let items = root.at(&steps(&rules.items))?;
    let Value::List(items) = items else { return None };
    let path = |rule: &Option<String>| rule.as_deref().map(steps);
    let (title, address, date, summary) = (path(&rules.title), path(&rules.link), path(&rules.date), path(&rules.summary));
    let mut out = Document { more: items.len() > MAX_ENTRIES, ..Document::default() };
    for item in items.iter().take(MAX_ENTRIES) {
        let find = |path: &Option<Vec<String>>| path.as_ref().and_then(|path| owned(item.at(path)));
        let mut draft = Draft::default();
        if let Some(title) = find(&title) {
            draft.title.offer(0, (title, Form::Unsaid));
        }
        draft.links.extend(find(&address).map(|href| link(href, "alternate")));
        draft.published.extend(find(&date).map(|date| (0, date)));
        if let Some(summary) = find(&summary) {
            draft.summary.offer(0, summary);
        }
        if draft.title.get().is_some() || !draft.links.is_empty() {
            out.entries.push(draft);
        }
    }
    Some(out)
}
