//! RSS of every version, RDF, Atom, sitemaps: tolerant tokens to drafts. One pass, one list of open elements, no recursion.
//!
//! Only elements that can hold others stand in the list; a field is read to its end where it begins. A missing end tag ends with what is around
//! it, an end tag without a beginning is passed over.
//!
//! Must not know: how a draft becomes an article.

mod fields;

use super::draft::{Draft, Form, Link, push};
use super::names::{Element, Root, Space, element, space_of_prefix, space_of_uri};
use super::notes::Notes;
use super::refs::References;
use super::token::{Tag, Token, Tokens};
use super::{Hints, MAX_DEPTH, MAX_ENTRIES};
use memchr::memmem;
use std::rc::Rc;
use url::Url;

/// Namespaces in force at a time that are looked through.
const MAX_NAMESPACES: usize = 100;

/// What a document holds.
#[derive(Debug, Default)]
pub struct Document {
    /// The first root that was met.
    pub root: Option<Root>,
    /// The first element of any name.
    pub first: Option<String>,
    /// The feed itself.
    pub feed: Draft,
    /// Its entries.
    pub entries: Vec<Draft>,
    /// Addresses of a sitemap index, with their dates.
    pub follow: Vec<(String, Option<String>)>,
    /// Hints for the schedule.
    pub hints: Hints,
    /// It ends before its end.
    pub cut: bool,
}

/// Where an element stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Outside,
    Feed,
    Entry,
    Source,
    SitemapRef,
}

#[derive(Debug)]
struct Frame<'a> {
    name: &'a str,
    local: &'a str,
    element: Element,
    place: Place,
    base: Option<Rc<Url>>,
    /// Namespaces in force outside of it.
    bindings: usize,
}

struct Reader<'a, 'n> {
    tokens: Tokens<'a>,
    frames: Vec<Frame<'a>>,
    bindings: Vec<(&'a str, Option<Space>)>,
    references: References,
    notes: &'n mut Notes,
    url: Option<&'a Url>,
    out: Document,
    entry: Option<Draft>,
    source: Draft,
    sitemap: (Option<String>, Option<String>),
    update_period: Option<u64>,
    cut_in_field: bool,
    /// The text ends where our bound is.
    bounded: bool,
    full: bool,
}

/// Reads a document (`bounded`: its beginning, as far as we read). Whatever it is, there is an answer.
pub fn read<'a>(text: &'a str, url: Option<&'a Url>, bounded: bool, notes: &mut Notes) -> Document {
    let mut reader = Reader {
        tokens: Tokens::new(text),
        frames: Vec::new(),
        bindings: Vec::new(),
        references: References::default(),
        notes,
        url,
        out: Document::default(),
        entry: None,
        source: Draft::default(),
        sitemap: (None, None),
        update_period: None,
        cut_in_field: false,
        bounded,
        full: false,
    };
    reader.run();
    reader.out
}

fn split(name: &str) -> (&str, &str) {
    name.split_once(':').unwrap_or(("", name))
}

impl<'a> Reader<'a, '_> {
    fn run(&mut self) {
        while let Some(token) = self.tokens.next() {
            match token {
                Token::Open(tag) => self.open(tag),
                Token::Close(name) => self.close(name),
                Token::Doctype(inner) => self.references.declare(inner),
                Token::Text(text) => self.loose_text(text, true),
                Token::CData(text) => self.loose_text(text, false),
                Token::Instruction(_) => {}
            }
            if self.full {
                break;
            }
        }
        self.end();
    }

    fn place(&self) -> Place {
        self.frames.last().map_or(Place::Outside, |frame| frame.place)
    }

    fn current(&mut self) -> &mut Draft {
        match (self.place(), &mut self.entry) {
            (Place::Source, _) => &mut self.source,
            (_, Some(entry)) => entry,
            _ => &mut self.out.feed,
        }
    }

    /// Text between elements says something only in RSS's `source`.
    fn loose_text(&mut self, text: &str, references: bool) {
        if self.place() != Place::Source || text.trim_ascii().is_empty() {
            return;
        }
        let mut out = String::new();
        if references {
            self.references.resolve(text, &mut out);
        } else {
            out.push_str(text);
        }
        self.source.title.offer(1, (out, Form::Unsaid));
    }

    /// Notes the namespaces that a tag declares.
    fn declare(&mut self, tag: &Tag<'a>) {
        if memmem::find(tag.attributes.as_bytes(), b"xmlns").is_none() {
            return;
        }
        for (key, value) in tag.attributes() {
            let prefix = match key.split_once(':') {
                Some((xmlns, prefix)) if xmlns.eq_ignore_ascii_case("xmlns") => prefix,
                None if key.eq_ignore_ascii_case("xmlns") => "",
                _ => continue,
            };
            if self.bindings.len() < MAX_NAMESPACES {
                self.bindings.push((prefix, space_of_uri(value)));
            }
        }
    }

    fn space(&mut self, prefix: &str) -> Space {
        let bound = self.bindings.iter().rev().find(|(bound, _)| bound.eq_ignore_ascii_case(prefix));
        match bound {
            Some((_, Some(space))) => *space,
            found => {
                let space = space_of_prefix(prefix);
                if found.is_none() && !prefix.is_empty() && space != Space::Other {
                    self.notes.undeclared_prefix(prefix);
                }
                space
            }
        }
    }

    fn base(&self, tag: &Tag<'_>) -> Option<Rc<Url>> {
        let outer = self.frames.last().and_then(|frame| frame.base.clone());
        if memmem::find(tag.attributes.as_bytes(), b":base").is_none() {
            return outer;
        }
        let Some(written) = tag.attribute("xml:base") else { return outer };
        let joined = match (&outer, self.url) {
            (Some(outer), _) => outer.join(written.trim()),
            (None, Some(url)) => url.join(written.trim()),
            (None, None) => Url::parse(written.trim()),
        };
        joined.map(Rc::new).ok().or(outer)
    }

    fn value(&mut self, tag: &Tag<'a>, name: &str) -> Option<String> {
        let raw = tag.attribute(name)?.trim();
        if raw.is_empty() {
            return None;
        }
        let mut out = String::with_capacity(raw.len());
        self.references.resolve(raw, &mut out);
        Some(out)
    }

    fn open(&mut self, tag: Tag<'a>) {
        let (prefix, local) = split(tag.name);
        let bindings = self.bindings.len();
        self.declare(&tag);
        let space = self.space(prefix);
        let known = element(space, local);
        if self.out.first.is_none() {
            self.out.first = Some(tag.name.chars().take(60).collect());
        }
        let container = match (self.place(), known) {
            (Place::Outside, Some(Element::Feed(_) | Element::Item)) => true,
            (Place::Outside, _) => {
                self.bindings.truncate(bindings);
                return;
            }
            (Place::Feed, Some(Element::Feed(_) | Element::Item | Element::Group)) => true,
            (Place::Feed, Some(Element::SitemapUrl | Element::SitemapRef)) => matches!(self.out.root, Some(Root::Sitemap | Root::SitemapIndex)),
            (Place::Entry | Place::Source, Some(Element::Feed(Root::Rss | Root::Atom))) => {
                self.notes.missing_end += 1;
                self.leave(0);
                true
            }
            (Place::Entry | Place::Source, Some(Element::Item)) => {
                self.notes.missing_end += 1;
                if let Some(at) = self.frames.iter().position(|frame| frame.element == Element::Item) {
                    self.leave(at);
                }
                true
            }
            (Place::Entry, Some(Element::Group | Element::Source | Element::News)) => true,
            (Place::Entry, Some(Element::MediaContent)) => {
                self.media(&tag);
                true
            }
            _ => false,
        };
        match known {
            Some(element) if container => self.enter(&tag, element, bindings),
            Some(element) if is_field(element) => {
                self.field(&tag, element, space);
                self.bindings.truncate(bindings);
            }
            _ => {
                self.bindings.truncate(bindings);
                self.skip(&tag);
            }
        }
    }

    /// Opens an element that holds others.
    fn enter(&mut self, tag: &Tag<'a>, element: Element, bindings: usize) {
        if self.frames.len() >= MAX_DEPTH {
            self.notes.too_deep += 1;
            self.bindings.truncate(bindings);
            self.skip(tag);
            return;
        }
        let base = self.base(tag);
        let place = match element {
            Element::Feed(root) => {
                self.out.root.get_or_insert(root);
                if self.out.feed.lang.is_none() {
                    self.out.feed.lang = self.value(tag, "xml:lang").or_else(|| self.value(tag, "lang"));
                }
                if root == Root::Channel {
                    self.channel_attributes(tag, &base);
                }
                Place::Feed
            }
            Element::Item | Element::SitemapUrl => {
                if self.out.entries.len() >= MAX_ENTRIES {
                    self.full = true;
                    return;
                }
                self.begin_entry(tag, &base);
                Place::Entry
            }
            Element::SitemapRef => Place::SitemapRef,
            Element::Source => {
                self.source = Draft { base: base.clone(), ..Draft::default() };
                self.source.source.1 = self.value(tag, "url");
                Place::Source
            }
            _ => self.place(),
        };
        self.frames.push(Frame { name: tag.name, local: split(tag.name).1, element, place, base, bindings });
        if tag.empty {
            self.leave(self.frames.len().saturating_sub(1));
        }
    }

    fn begin_entry(&mut self, tag: &Tag<'a>, base: &Option<Rc<Url>>) {
        let mut entry = Draft { base: base.clone(), ..Draft::default() };
        if !tag.attributes.is_empty() {
            entry.about = self.value(tag, "about");
            entry.lang = self.value(tag, "xml:lang");
        }
        self.entry = Some(entry);
        self.channel_attributes(tag, base);
    }

    /// Channel Definition Format writes address and date as attributes.
    fn channel_attributes(&mut self, tag: &Tag<'a>, base: &Option<Rc<Url>>) {
        if tag.attributes.is_empty() {
            return;
        }
        let (href, modified) = (self.value(tag, "href"), self.value(tag, "lastmod"));
        let draft = match &mut self.entry {
            Some(entry) => entry,
            None => &mut self.out.feed,
        };
        if let Some(href) = href {
            push(&mut draft.links, Link { href, rel: "alternate".into(), r#type: None, base: base.clone() });
        }
        if let Some(modified) = modified {
            push(&mut draft.updated, (2, modified));
        }
    }

    /// Closes the open elements from `at` on.
    fn leave(&mut self, at: usize) {
        while self.frames.len() > at {
            let Some(frame) = self.frames.pop() else { break };
            self.bindings.truncate(frame.bindings);
            match frame.element {
                Element::Item | Element::SitemapUrl => self.out.entries.extend(self.entry.take()),
                Element::Source => self.end_source(),
                Element::SitemapRef => {
                    if let (Some(address), date) = std::mem::take(&mut self.sitemap) {
                        self.out.follow.push((address, date));
                    }
                }
                _ => {}
            }
        }
    }

    fn end_source(&mut self) {
        let source = std::mem::take(&mut self.source);
        let link = source
            .source
            .1
            .or_else(|| source.links.iter().find(|link| link.rel == "alternate").or(source.links.first()).map(|link| link.href.clone()));
        let authors = source.authors;
        if let Some(entry) = &mut self.entry {
            let title = source.title.into_inner().map(|(title, form)| super::plain::one_line(&title, form)).filter(|title| !title.is_empty());
            entry.source = (title, link);
            if entry.authors.is_empty() {
                entry.authors = authors.into_iter().map(|(rank, name)| (rank.max(1), name)).collect();
            }
        }
    }

    fn close(&mut self, name: &str) {
        let exact = self.frames.iter().rposition(|frame| frame.name == name);
        let local = split(name).1;
        let found = exact.or_else(|| self.frames.iter().rposition(|frame| frame.local.eq_ignore_ascii_case(local)));
        match found {
            Some(at) => {
                self.notes.missing_end += self.frames.len() - 1 - at;
                self.leave(at);
            }
            None if self.frames.is_empty() => {}
            None => self.notes.stray_end += 1,
        }
    }

    /// Passes over an element that nobody knows, to its end tag or to what shows that there is none.
    fn skip(&mut self, tag: &Tag<'a>) {
        if tag.empty {
            return;
        }
        let in_feed = self.place() == Place::Feed;
        // Elements inside of the same name, and elements inside named as one around (an `item` in a `conflicts` in an `item`).
        let (mut depth, mut around) = (0usize, 0usize);
        loop {
            let at = self.tokens.position();
            match self.tokens.next() {
                None => {
                    self.cut_in_field = true;
                    return;
                }
                Some(Token::Open(inner)) => {
                    if inner.name == tag.name {
                        depth += usize::from(!inner.empty);
                    } else if !in_feed && self.frames.iter().any(|frame| frame.name == inner.name) {
                        around += usize::from(!inner.empty);
                    } else if in_feed && matches!(split(inner.name).1, "item" | "entry") {
                        self.tokens.rewind(at);
                        return;
                    }
                }
                Some(Token::Close(name)) => {
                    if name.eq_ignore_ascii_case(tag.name) {
                        if depth == 0 {
                            return;
                        }
                        depth -= 1;
                    } else if self.frames.iter().any(|frame| frame.name == name) {
                        if around == 0 {
                            self.notes.missing_end += 1;
                            self.tokens.rewind(at);
                            return;
                        }
                        around -= 1;
                    }
                }
                Some(_) => {}
            }
        }
    }

    /// What is still open at the end. An entry that lacks nothing but its end tag is kept; one that breaks off inside is left out, because the next
    /// document has it whole, unless it is our own bound that breaks it off.
    fn end(&mut self) {
        let cut = self.tokens.odd.cut || self.cut_in_field;
        self.out.cut = !self.full && (cut || self.frames.iter().any(|frame| matches!(frame.element, Element::Feed(_) | Element::Item)));
        if self.full {
            self.notes.say(format!("more than {MAX_ENTRIES} entries: the first {MAX_ENTRIES} are read"));
        }
        let kept = self.bounded && self.entry.as_ref().is_some_and(|entry| entry.title.get().is_some());
        if self.entry.is_some() && cut && !kept {
            self.entry = None;
            self.notes.say("breaks off inside an entry, which is left out".into());
        }
        self.leave(0);
        self.notes.tokens(self.tokens.odd, &self.references);
    }
}

const fn is_field(element: Element) -> bool {
    !matches!(
        element,
        Element::Feed(_)
            | Element::Item
            | Element::Group
            | Element::MediaContent
            | Element::Source
            | Element::SitemapUrl
            | Element::SitemapRef
            | Element::News
    )
}
