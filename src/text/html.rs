//! HTML to plain text: tags away, a newline for each tag of a block element, entities decoded once, script and style dropped, every other
//! byte kept.
//!
//! No parser: publishers' summaries are scraps, and a scrap must come out the same wherever it was cut. Must not know: words.

use super::chars::{entry, is_space};
use std::borrow::Cow;

/// Elements whose tags separate words and end sentences. (`br` separates words only.)
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "caption",
    "dd",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "ol",
    "option",
    "p",
    "pre",
    "section",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "title",
    "tr",
    "ul",
];
/// Stand for a block's tag and a `<br>` while a field is read: noncharacters, which are white space in a source.
const BLOCK: char = '\u{fdd0}';
const LINE: char = '\u{fdd1}';

/// Which tag a newline of the plain text stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Break {
    /// A block element begins or ends: a sentence does too.
    Block,
    /// `<br>`.
    Line,
}

/// A field as words are read from it.
#[derive(Debug, Default)]
pub(super) struct Plain {
    pub(super) text: String,
    /// Where in `text` the newlines stand that were tags, in order.
    pub(super) breaks: Vec<(usize, Break)>,
}

/// The plain text of a piece of HTML, or of a text that is none.
pub fn html_to_text(source: &str) -> String {
    read(source).text
}

/// The plain text, and which of its newlines were tags.
pub(super) fn read(source: &str) -> Plain {
    let mut text = Cow::Borrowed(source);
    if source.contains([BLOCK, LINE]) {
        text = Cow::Owned(source.replace([BLOCK, LINE], " "));
    }
    if text.contains('<') {
        let shown = without_hidden(&text);
        text = Cow::Owned(without_tags(&shown));
    }
    if text.contains('&') {
        text = Cow::Owned(super::entities::unescape(&text));
    }
    if !text.contains([BLOCK, LINE]) {
        return Plain { text: text.into_owned(), breaks: Vec::new() };
    }
    let mut plain = Plain { text: String::with_capacity(text.len()), breaks: Vec::new() };
    for c in text.chars() {
        let kind = match c {
            BLOCK => Some(Break::Block),
            LINE => Some(Break::Line),
            _ => None,
        };
        plain.breaks.extend(kind.map(|kind| (plain.text.len(), kind)));
        plain.text.push(if kind.is_some() { '\n' } else { c });
    }
    plain
}

/// Script, style and comments become a newline, to the end of the text where they are not closed.
fn without_hidden(source: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut rest = source;
    while let Some((before, after)) = rest.split_once("<") {
        match skip_hidden(after) {
            Some(next) => {
                out.push_str(before);
                out.push('\n');
                rest = next;
            }
            None => {
                out.push_str(before);
                out.push('<');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// What follows a hidden element, of the text behind its `<`.
fn skip_hidden(after: &str) -> Option<&str> {
    if let Some(comment) = after.strip_prefix("!--") {
        return Some(comment.split_once("-->").map_or("", |(_, next)| next));
    }
    let name = ["script", "style"].into_iter().find(|name| starts_with(after, name))?;
    let attributes = after.get(name.len()..)?;
    let c = attributes.chars().next()?;
    if c == '_' || is_word_char(c) {
        return None;
    }
    let close = attributes.find(['<', '>'])?;
    let mut rest = attributes.get(close..)?.strip_prefix('>')?;
    while let Some((_, end)) = rest.split_once("</") {
        rest = end;
        if starts_with(end, name)
            && let Some(next) = end.get(name.len()..).map(|e| e.trim_start_matches(is_space)).and_then(|e| e.strip_prefix('>'))
        {
            return Some(next);
        }
    }
    Some("")
}

fn starts_with(text: &str, name: &str) -> bool {
    text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
}

fn is_word_char(c: char) -> bool {
    matches!(entry(c).class(), 1..=3 | 8)
}

/// Tags become breaks or nothing; a `<` that begins none stays.
fn without_tags(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(before);
        match tag(after) {
            Some((name, next)) => {
                if name.eq_ignore_ascii_case("br") {
                    out.push(LINE);
                } else if BLOCKS.iter().any(|block| name.eq_ignore_ascii_case(block)) {
                    out.push(BLOCK);
                }
                rest = next;
            }
            None => {
                out.push('<');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// A tag's name ("" for a declaration) and what follows it, of the text behind its `<`.
fn tag(after: &str) -> Option<(&str, &str)> {
    let end = after.find(['<', '>'])?;
    let (inside, next) = (after.get(..end)?, after.get(end..)?.strip_prefix('>')?);
    if inside.starts_with(['!', '?']) {
        return Some(("", next));
    }
    let inside = inside.strip_prefix('/').unwrap_or(inside);
    let name = inside.split(|c: char| !c.is_ascii_alphanumeric()).next()?;
    let attributes = inside.get(name.len()..)?;
    let good =
        name.starts_with(|c: char| c.is_ascii_alphabetic()) && (attributes.is_empty() || attributes == "/" || attributes.starts_with(is_space));
    good.then_some((name, next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_go_and_everything_else_stays() {
        for (html, want) in [
            ("a<b>b</b>c", "abc"),
            ("a<p>b", "a\nb"),
            ("a<br/>b<br >c", "a\nb\nc"),
            ("1 < 2 <3 <x", "1 < 2 <3 <x"),
            ("a<script>x<b></SCRIPT >c", "a\nc"),
            ("a<script>b", "a\n"),
            ("a<!-- > -->b<!doctype x>c", "a\nbc"),
            ("a<scripty>b", "ab"),
            ("<a href='x'>b</a><a/>", "b"),
            ("a&amp;lt;b &nbsp;", "a&lt;b \u{a0}"),
            ("\u{fdd0}", " "),
        ] {
            assert_eq!(html_to_text(html), want, "{html}");
        }
    }

    #[test]
    fn breaks_are_told_from_newlines() {
        let plain = read("a\n<p>b<br>");
        assert_eq!((plain.text.as_str(), plain.breaks), ("a\n\nb\n", vec![(2, Break::Block), (4, Break::Line)]));
    }
}
