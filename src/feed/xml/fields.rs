//! The fields of a feed or an entry: read to their end where they begin, and put into the draft.
//!
//! Must not know: what stands around them, but for what `Reader` tells.

use super::{Place, Reader, split};
use crate::feed::draft::{File, Form, Link, push};
use crate::feed::names::{Element, Root, Space};
use crate::feed::plain::{one_line, single_spaced};
use crate::feed::refs::{References, escape};
use crate::feed::token::{Tag, Token, Tokens};
use base64::Engine as _;
use std::time::Duration;

/// A field's text, and whether markup stands in it.
struct Captured {
    text: String,
    markup: bool,
}

/// How a field's inside is taken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    /// References resolved, inline elements as they stand.
    Decoded,
    /// It is markup: references stay.
    Markup,
}

impl<'a> Reader<'a, '_> {
    /// The inside of a field, to its end tag or to what shows that there is none.
    fn capture(&mut self, tag: &Tag<'a>, inside: Inside) -> Captured {
        let mut out = Captured { text: String::new(), markup: false };
        if tag.empty {
            return out;
        }
        let mut depth = 0usize;
        loop {
            let at = self.tokens.position();
            match self.tokens.next() {
                None => {
                    self.cut_in_field = true;
                    return out;
                }
                Some(Token::Text(text)) if inside == Inside::Decoded => self.references.resolve(text, &mut out.text),
                Some(Token::Text(text)) => out.text.push_str(text),
                Some(Token::CData(text)) if inside == Inside::Markup => escape(text, &mut out.text),
                Some(Token::CData(text)) => out.text.push_str(text),
                Some(Token::Open(inner)) => {
                    if inner.name == tag.name {
                        depth += usize::from(!inner.empty);
                    } else if inside == Inside::Decoded && self.ends_field(inner.name) {
                        self.notes.missing_end += 1;
                        self.tokens.rewind(at);
                        return out;
                    }
                    out.markup = true;
                    out.text.push('<');
                    out.text.push_str(split(inner.name).1);
                    if !inner.attributes.is_empty() {
                        out.text.push(' ');
                        out.text.push_str(inner.attributes);
                    }
                    out.text.push_str(if inner.empty { "/>" } else { ">" });
                }
                Some(Token::Close(name)) => {
                    if name.eq_ignore_ascii_case(tag.name) {
                        if depth == 0 {
                            return out;
                        }
                        depth -= 1;
                    } else if self.frames.iter().any(|frame| frame.name == name) {
                        self.notes.missing_end += 1;
                        self.tokens.rewind(at);
                        return out;
                    }
                    out.text.push_str("</");
                    out.text.push_str(split(name).1);
                    out.text.push('>');
                }
                Some(Token::Doctype(_) | Token::Instruction(_)) => {}
            }
        }
    }

    /// Can an element of this name not stand inside a field, so that the field's end tag must be missing?
    fn ends_field(&mut self, name: &str) -> bool {
        matches!(name, "item" | "pubDate" | "guid" | "dc:date" | "dc:creator" | "content:encoded")
            || (matches!(name, "entry" | "updated" | "published") && self.out.root == Some(Root::Atom))
    }

    fn text_of(&mut self, tag: &Tag<'a>) -> String {
        let captured = self.capture(tag, Inside::Decoded);
        if captured.markup { one_line(&captured.text, Form::Html) } else { captured.text.trim().into() }
    }

    pub(super) fn field(&mut self, tag: &Tag<'a>, element: Element, space: Space) {
        match element {
            Element::Title(rank) => {
                let (text, form) = self.construct(tag, space);
                if !text.trim().is_empty() {
                    self.current().title.offer(rank, (text, form));
                }
            }
            Element::Summary(rank) => {
                let text = self.construct(tag, space).0;
                self.body(rank, &text, true);
            }
            Element::Content(rank) => {
                let text = self.construct(tag, space).0;
                self.body(rank, &text, false);
            }
            Element::Link => self.link(tag),
            Element::Guid => {
                let permalink = tag.attribute("isPermaLink").map(|value| !value.trim().eq_ignore_ascii_case("false"));
                let text = self.text_of(tag);
                let draft = self.current();
                if !text.is_empty() && draft.guid.is_none() {
                    draft.guid = Some(text);
                    draft.permalink = permalink;
                }
            }
            Element::Author(rank) => self.author(tag, rank),
            Element::Category => self.category(tag),
            Element::Enclosure => self.enclosure(tag),
            Element::Location => {
                let text = self.text_of(tag);
                if self.place() == Place::SitemapRef {
                    self.sitemap.0 = Some(text);
                } else {
                    push(&mut self.current().links, Link { href: text, rel: "alternate".into(), r#type: None, base: None });
                }
            }
            _ => {
                let text = self.text_of(tag);
                if !text.is_empty() {
                    self.simple(element, text);
                }
            }
        }
    }

    /// Fields that are a word or a number.
    fn simple(&mut self, element: Element, text: String) {
        let place = self.place();
        let number = || text.parse::<u64>().ok();
        let hints = &mut self.out.hints;
        match element {
            Element::Updated(_) if place == Place::SitemapRef => self.sitemap.1 = Some(text),
            Element::Published(rank) => push(&mut self.current().published, (rank, text)),
            Element::Updated(rank) => push(&mut self.current().updated, (rank, text)),
            Element::Keywords => text.split(',').for_each(|word| self.current().tag(word)),
            Element::Language => {
                self.current().lang.get_or_insert(text);
            }
            Element::NewsName => {
                if let Some(entry) = &mut self.entry {
                    entry.source.0 = Some(single_spaced(&text));
                }
            }
            Element::Ttl => hints.ttl = number().map(|minutes| Duration::from_secs(minutes.saturating_mul(60))),
            Element::UpdatePeriod => {
                self.update_period = match text.to_ascii_lowercase().as_str() {
                    "hourly" => Some(3600),
                    "daily" => Some(86_400),
                    "weekly" => Some(7 * 86_400),
                    "monthly" => Some(30 * 86_400),
                    "yearly" => Some(365 * 86_400),
                    _ => None,
                };
                hints.update_period = self.update_period.map(Duration::from_secs);
            }
            Element::UpdateFrequency => {
                if let (Some(period), Some(times)) = (self.update_period.or(Some(86_400)), number().filter(|times| *times > 0)) {
                    hints.update_period = Some(Duration::from_secs((period / times).max(1)));
                }
            }
            Element::SkipHour if hints.skip_hours.len() < 24 => hints.skip_hours.extend(number().and_then(|hour| u8::try_from(hour % 24).ok())),
            Element::SkipDay if hints.skip_days.len() < 7 => {
                let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
                let day = days.iter().zip(1u8..).find(|(day, _)| day.eq_ignore_ascii_case(&text)).map(|(_, number)| number);
                hints.skip_days.extend(day);
            }
            _ => {}
        }
    }

    /// A text that says of what form it is (Atom), or does not.
    fn construct(&mut self, tag: &Tag<'a>, space: Space) -> (String, Form) {
        let kind = tag.attribute("type").map(|kind| kind.trim().to_ascii_lowercase());
        let mode = tag.attribute("mode").map(|mode| mode.trim().to_ascii_lowercase());
        let kind = kind.as_deref();
        let xml = matches!(kind, Some("xhtml")) || kind.is_some_and(|kind| kind.ends_with("/xml") || kind.ends_with("+xml"));
        let inside = if (xml && mode.as_deref() != Some("escaped")) || space == Space::Xhtml { Inside::Markup } else { Inside::Decoded };
        let captured = self.capture(tag, inside);
        let form = match kind {
            _ if captured.markup || inside == Inside::Markup => Form::Html,
            Some("html" | "text/html") => Form::Html,
            Some("text" | "text/plain" | "plain") => Form::Text,
            _ => Form::Unsaid,
        };
        let other_type = kind.is_some_and(|kind| kind.contains('/') && !kind.starts_with("text/") && !xml);
        let encoded = mode.as_deref() == Some("base64") || other_type;
        match encoded.then(|| unbase64(&captured.text)).flatten() {
            Some(text) => (text, Form::Unsaid),
            None => (captured.text, form),
        }
    }

    fn body(&mut self, rank: u8, text: &str, teaser: bool) {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        let in_feed = self.entry.is_none();
        let draft = self.current();
        if teaser && draft.summary.wants(rank) {
            draft.summary.offer(rank, text.into());
        } else if !teaser && draft.content.wants(rank) {
            draft.content.offer(rank, text.into());
        } else if !in_feed {
            // A second body that says something else is still text of the article.
            draft.content.offer(8 + rank, text.into());
        }
    }

    fn link(&mut self, tag: &Tag<'a>) {
        let base = self.base(tag);
        let href = self.value(tag, "href").or_else(|| self.value(tag, "url")).or_else(|| self.value(tag, "uri"));
        let rel = self.value(tag, "rel").unwrap_or_else(|| "alternate".into()).to_ascii_lowercase();
        let rel = rel.strip_prefix("http://www.iana.org/assignments/relation/").map(Into::into).unwrap_or(rel);
        let r#type = self.value(tag, "type").map(|kind| kind.to_ascii_lowercase());
        let length = self.value(tag, "length");
        let text = self.text_of(tag);
        let Some(href) = href.or_else(|| Some(text).filter(|text| !text.is_empty())) else { return };
        let feed = self.place() == Place::Feed;
        if rel == "enclosure" {
            push(&mut self.current().files, File { href, r#type, length, base });
            return;
        }
        if feed && rel.split_whitespace().any(|rel| rel == "hub") {
            self.out.hints.hub.get_or_insert(href);
        } else if feed && rel == "self" {
            self.out.hints.self_link.get_or_insert(href);
        } else {
            push(&mut self.current().links, Link { href, rel, r#type, base });
        }
    }

    fn author(&mut self, tag: &Tag<'a>, rank: u8) {
        let captured = self.capture(tag, Inside::Markup);
        let mut text = String::new();
        if captured.markup {
            let child = |name: &str| {
                between(&captured.text, name).map(|raw| {
                    let mut out = String::new();
                    References::default().resolve(raw, &mut out);
                    out
                })
            };
            match child("name").filter(|name| !name.trim().is_empty()).or_else(|| child("email")) {
                Some(name) => text = name,
                None => text = one_line(&captured.text, Form::Html),
            }
        } else {
            self.references.resolve(&captured.text, &mut text);
        }
        let text = one_line(&text, Form::Unsaid);
        self.current().author(rank, &text);
    }

    fn category(&mut self, tag: &Tag<'a>) {
        let (term, label) = (self.value(tag, "term").or_else(|| self.value(tag, "text")), self.value(tag, "label"));
        let text = self.text_of(tag);
        let draft = self.current();
        for tag in [term, label, Some(text)].into_iter().flatten() {
            draft.tag(&one_line(&tag, Form::Unsaid));
        }
    }

    fn enclosure(&mut self, tag: &Tag<'a>) {
        let base = self.base(tag);
        let href = self.value(tag, "url").or_else(|| self.value(tag, "href"));
        let (r#type, length) = (self.value(tag, "type"), self.value(tag, "length"));
        let text = self.text_of(tag);
        if let Some(href) = href.or_else(|| Some(text).filter(|text| text.contains("://"))) {
            push(&mut self.current().files, File { href, r#type, length, base });
        }
    }

    pub(super) fn media(&mut self, tag: &Tag<'a>) {
        let base = self.base(tag);
        if let Some(href) = self.value(tag, "url") {
            let (r#type, length) = (self.value(tag, "type"), self.value(tag, "fileSize"));
            push(&mut self.current().media, File { href, r#type, length, base });
        }
    }
}

/// The inside of the first `<name>` in markup of our own writing (prefixes are off already).
fn between<'t>(markup: &'t str, name: &str) -> Option<&'t str> {
    let mut tokens = Tokens::new(markup);
    while let Some(token) = tokens.next() {
        if matches!(token, Token::Open(tag) if !tag.empty && tag.name.eq_ignore_ascii_case(name)) {
            return match tokens.next() {
                Some(Token::Text(text)) => Some(text),
                _ => None,
            };
        }
    }
    None
}

fn unbase64(text: &str) -> Option<String> {
    let packed: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let bytes = base64::engine::general_purpose::STANDARD.decode(packed).ok()?;
    String::from_utf8(bytes).ok()
}
