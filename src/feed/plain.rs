//! Titles and names as plain text on one line; an article as it is stored.
//!
//! Must not know: where a text comes from.

use super::draft::Form;
use super::refs::References;
use super::token::{Token, Tokens};
use crate::model::Article;
use crate::text::html_to_text;
use memchr::memchr2;

/// Elements of HTML that occur in titles. What is in angle brackets and not listed is text: `List<String>`.
const INLINE: [&str; 34] = [
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "del", "em", "font", "i", "img", "ins", "kbd", "mark", "nobr", "q", "s",
    "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "blink", "svg",
];
/// Elements that part words.
const BLOCK: [&str; 26] = [
    "br",
    "p",
    "div",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "li",
    "ul",
    "ol",
    "table",
    "tr",
    "td",
    "th",
    "tbody",
    "hr",
    "pre",
    "section",
    "center",
    "blockquote",
    "iframe",
    "figure",
    "body",
    "html",
];
/// Elements whose content is no text.
const HIDDEN: [&str; 2] = ["script", "style"];

fn listed(list: &[&str], name: &str) -> bool {
    list.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// The text on one line: markup away (where `form` allows markup), references resolved, white space single.
pub fn one_line(text: &str, form: Form) -> String {
    let text = text.trim();
    if form == Form::Text || memchr2(b'<', b'&', text.as_bytes()).is_none() {
        return single_spaced(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut references = References::default();
    let mut tokens = Tokens::new(text);
    let mut hidden: Option<&str> = None;
    let mut from = 0;
    while let Some(token) = tokens.next() {
        let raw = tokens.between(from, tokens.position());
        from = tokens.position();
        let name = match token {
            Token::Open(tag) => tag.name,
            Token::Close(name) => name,
            Token::Text(text) => {
                if hidden.is_none() {
                    references.resolve(text, &mut out);
                }
                continue;
            }
            Token::CData(text) => {
                out.push_str(text);
                continue;
            }
            Token::Doctype(_) | Token::Instruction(_) => continue,
        };
        if listed(&HIDDEN, name) {
            hidden = matches!(token, Token::Open(_)).then_some(name);
        } else if hidden.is_some() {
        } else if listed(&BLOCK, name) {
            out.push(' ');
        } else if form != Form::Html && !listed(&INLINE, name) {
            references.resolve(raw, &mut out);
        }
    }
    if tokens.odd.cut && from < text.len() {
        out.push_str(tokens.between(from, text.len()));
    }
    single_spaced(&out)
}

/// White space of any kind as single spaces, controls away.
pub fn single_spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// The article as it is stored: teaser and body as plain text, empty ones away.
pub fn plain_article(article: &Article) -> Article {
    let plain = |html: &Option<String>| html.as_deref().map(html_to_text).filter(|text| !text.trim().is_empty());
    Article { summary: plain(&article.summary), content: plain(&article.content), ..article.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_plain_text_on_one_line() {
        for (text, form, want) in [
            ("  Big\n\t<i>news</i> &amp; more<br>today ", Form::Unsaid, "Big news & more today"),
            ("1 < 2 & List<String>", Form::Unsaid, "1 < 2 & List<String>"),
            ("<b> is a tag", Form::Text, "<b> is a tag"),
            ("AT&amp;amp;T", Form::Unsaid, "AT&amp;T"),
            ("&lt;b&gt;", Form::Html, "<b>"),
            ("a<script>alert(1)</script>b", Form::Html, "ab"),
            ("می\u{200c}شود", Form::Unsaid, "می\u{200c}شود"),
        ] {
            assert_eq!(one_line(text, form), want, "{text}");
        }
    }
}
