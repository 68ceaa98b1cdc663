//! An entry, or the feed itself, as its document tells it: every candidate with its rank, nothing decided yet.
//!
//! Must not know: XML, JSON or HTML; what a reader of any of them found goes in here, `finish` decides.

use std::rc::Rc;
use url::Url;

/// Links, authors, categories and enclosures kept of one entry, each.
pub const MAX_PER_ENTRY: usize = 200;

/// How a text is to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Form {
    /// Plain text: `<` is a less-than sign.
    Text,
    /// HTML.
    Html,
    /// Nobody says: HTML if it looks so.
    #[default]
    Unsaid,
}

/// The best of the values that say the same, the first of equals.
#[derive(Debug, Clone)]
pub struct Best<T> {
    /// Rank (0 is best) and value.
    pub found: Option<(u8, T)>,
}

impl<T> Default for Best<T> {
    fn default() -> Self {
        Self { found: None }
    }
}

impl<T> Best<T> {
    /// Would a value of this rank be taken?
    pub fn wants(&self, rank: u8) -> bool {
        self.found.as_ref().is_none_or(|(had, _)| rank < *had)
    }

    /// Takes the value if it is better.
    pub fn offer(&mut self, rank: u8, value: T) {
        if self.wants(rank) {
            self.found = Some((rank, value));
        }
    }

    /// The value.
    pub fn get(&self) -> Option<&T> {
        self.found.as_ref().map(|(_, value)| value)
    }

    /// The value, out of it.
    pub fn into_inner(self) -> Option<T> {
        self.found.map(|(_, value)| value)
    }
}

/// A link as written.
#[derive(Debug, Clone)]
pub struct Link {
    /// Absolute or not.
    pub href: String,
    /// `alternate`, `self`, `enclosure`, `hub`, …
    pub rel: String,
    /// Media type, if said.
    pub r#type: Option<String>,
    /// The `xml:base` in force.
    pub base: Option<Rc<Url>>,
}

/// An attached file as written.
#[derive(Debug, Clone)]
pub struct File {
    /// Where.
    pub href: String,
    /// Media type.
    pub r#type: Option<String>,
    /// Bytes, as written.
    pub length: Option<String>,
    /// The `xml:base` in force.
    pub base: Option<Rc<Url>>,
}

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// `guid`, `id`, a JSON feed's `id`.
    pub guid: Option<String>,
    /// What the guid says of itself: it is an address.
    pub permalink: Option<bool>,
    /// `rdf:about`.
    pub about: Option<String>,
    /// Title and how to take it.
    pub title: Best<(String, Form)>,
    /// In the document's order.
    pub links: Vec<Link>,
    /// HTML.
    pub summary: Best<String>,
    /// HTML.
    pub content: Best<String>,
    /// Ranks and texts.
    pub published: Vec<(u8, String)>,
    /// Ranks and texts.
    pub updated: Vec<(u8, String)>,
    /// Ranks and names.
    pub authors: Vec<(u8, String)>,
    /// Categories.
    pub tags: Vec<String>,
    /// Enclosures.
    pub files: Vec<File>,
    /// Files of `media:content`, which count where there is no enclosure.
    pub media: Vec<File>,
    /// Name and address of the outlet.
    pub source: (Option<String>, Option<String>),
    /// As declared by itself.
    pub lang: Option<String>,
    /// The `xml:base` in force.
    pub base: Option<Rc<Url>>,
}

/// Puts `value` into `list` unless it is full.
pub fn push<T>(list: &mut Vec<T>, value: T) {
    if list.len() < MAX_PER_ENTRY {
        list.push(value);
    }
}

impl Draft {
    /// Adds a category unless it is there already.
    pub fn tag(&mut self, tag: &str) {
        let tag = tag.trim();
        // A full list is not looked through: there may be millions more.
        if self.tags.len() < MAX_PER_ENTRY && !tag.is_empty() && !self.tags.iter().any(|had| had == tag) {
            push(&mut self.tags, tag.into());
        }
    }

    /// Adds an author's name, the address in it left out.
    pub fn author(&mut self, rank: u8, text: &str) {
        if self.authors.len() >= MAX_PER_ENTRY {
            return;
        }
        let name = person(text);
        if !name.is_empty() && !self.authors.iter().any(|(_, had)| *had == name) {
            push(&mut self.authors, (rank, name));
        }
    }
}

/// The name in `a@b.c (Name)`, `Name <a@b.c>`; the address if there is no name.
fn person(text: &str) -> String {
    let is_address = |word: &str| word.contains('@') && !word.contains(char::is_whitespace);
    let tidy = |name: &str| name.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = text.trim();
    if !text.contains('@') {
        return tidy(text);
    }
    for (open, close) in [('(', ')'), ('<', '>')] {
        let Some((before, rest)) = text.split_once(open) else { continue };
        let Some((inside, _)) = rest.rsplit_once(close) else { continue };
        let (before, inside) = (before.trim(), inside.trim());
        if is_address(before) && !inside.is_empty() && !is_address(inside) {
            return tidy(inside);
        }
        if is_address(inside.trim_start_matches("mailto:")) && !before.is_empty() {
            return tidy(before.trim_matches('"'));
        }
    }
    let without = text.split_whitespace().filter(|word| !is_address(word.trim_matches(['<', '>', '(', ')', ',']))).collect::<Vec<_>>().join(" ");
    let without = without.trim_matches(['(', ')', '<', '>', ',', '-', ' ']);
    if without.is_empty() { tidy(text.trim_start_matches("mailto:")) } else { without.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_author_is_a_name_where_there_is_one() {
        for (text, want) in [
            ("desk@example.org (The Desk)", "The Desk"),
            ("The Desk <desk@example.org>", "The Desk"),
            ("The Desk (desk@example.org)", "The Desk"),
            ("desk@example.org", "desk@example.org"),
            ("  The\n Desk ", "The Desk"),
            ("desk@example.org\u{a0}میز", "میز"),
            ("@", "@"),
        ] {
            assert_eq!(person(text), want, "{text}");
        }
    }

    #[test]
    fn the_first_of_the_best_rank_is_kept() {
        let mut best = Best::default();
        best.offer(2, "two");
        best.offer(0, "zero");
        best.offer(0, "other");
        assert_eq!(best.get(), Some(&"zero"));
    }
}
