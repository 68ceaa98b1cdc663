//! Character references: `&amp;`, `&nbsp;`, `&#1575;`, what a document's own DOCTYPE declares, and what only looks like one.
//!
//! Must not know: where a text stands. A reference is resolved once; what is no reference stays as it is.

use memchr::memchr;
use std::collections::HashMap;
use std::fmt::Write as _;

/// Bytes that a document's own entities may add to it.
const MAX_OWN: usize = 1 << 20;

/// References resolved and not.
#[derive(Debug, Default)]
pub struct References {
    /// `<!ENTITY name "text">` of the document's own DOCTYPE, at most a thousand, each at most 1,000 bytes and taken as it is.
    own: HashMap<String, String>,
    /// Bytes that they have added.
    added: usize,
    /// `&` that begins no reference.
    pub bare: usize,
    /// Names that nobody knows.
    pub unknown: usize,
}

impl References {
    /// Takes the plain declarations of a DOCTYPE; external ones are never fetched, references inside a value never resolved twice.
    pub fn declare(&mut self, doctype: &str) {
        for part in doctype.split("<!ENTITY").skip(1).take(1000) {
            let Some((name, value)) = part.trim_ascii_start().split_once(|c: char| c.is_ascii_whitespace()) else { continue };
            let value = value.trim_ascii_start();
            let Some(quote) = value.chars().next().filter(|q| matches!(q, '"' | '\'')) else { continue };
            let Some((value, _)) = value.get(1..).and_then(|inner| inner.split_once(quote)) else { continue };
            if value.len() > 1000 || name.len() > 64 {
                continue;
            }
            let mut text = String::new();
            Self::default().resolve(value, &mut text);
            self.own.entry(name.into()).or_insert(text);
        }
    }

    /// Appends `text` with its references resolved.
    pub fn resolve(&mut self, text: &str, out: &mut String) {
        let mut rest = text;
        while let Some((before, from)) = memchr(b'&', rest.as_bytes()).and_then(|at| rest.split_at_checked(at)) {
            out.push_str(before);
            rest = self.one(from, out);
        }
        out.push_str(rest);
    }

    /// Appends what the reference at the beginning of `from` stands for, and gives what follows it.
    fn one<'a>(&mut self, from: &'a str, out: &mut String) -> &'a str {
        let inner = from.get(1..).unwrap_or("");
        if let Some(digits) = inner.strip_prefix('#') {
            if let Some((code, rest)) = number(digits) {
                return push_code(code, rest, out);
            }
        } else {
            let end = inner.bytes().take(40).position(|b| !b.is_ascii_alphanumeric() && !matches!(b, b'_' | b'.' | b'-')).unwrap_or(0);
            let (name, rest) = inner.split_at_checked(end).unwrap_or(("", inner));
            if let Some(rest) = rest.strip_prefix(';').filter(|_| !name.is_empty()) {
                let table = |name: &[u8]| htmlize::ENTITIES.get(name).and_then(|meant| std::str::from_utf8(meant).ok());
                let written = from.get(..end + 2).unwrap_or("").as_bytes();
                // Upper-cased documents: `&NBSP;`.
                let meant = table(written)
                    .or_else(|| self.own.get(name).filter(|text| self.added + text.len() <= MAX_OWN).map(String::as_str))
                    .or_else(|| table(&written.to_ascii_lowercase()));
                if let Some(meant) = meant {
                    self.added += if self.own.is_empty() { 0 } else { meant.len() };
                    out.push_str(meant);
                    return rest;
                }
                self.unknown += 1;
                out.push('&');
                return inner;
            }
        }
        self.bare += 1;
        out.push('&');
        inner
    }
}

/// The code point that `digits` (after `&#`) begins with, and what follows the `;`.
fn number(digits: &str) -> Option<(u32, &str)> {
    let (radix, digits) = match digits.strip_prefix(['x', 'X']) {
        Some(hex) => (16, hex),
        None => (10, digits),
    };
    let end = digits.bytes().position(|b| !(b as char).is_digit(radix)).unwrap_or(digits.len());
    let (number, rest) = digits.split_at_checked(end)?;
    if number.is_empty() {
        return None;
    }
    let code = number.bytes().fold(0u32, |n, b| n.saturating_mul(radix).saturating_add((b as char).to_digit(radix).unwrap_or(0)));
    match rest.strip_prefix(';') {
        Some(rest) => Some((code, rest)),
        // Without its end it must at least name a letter.
        None => (code >= 0x20).then_some((code, rest)),
    }
}

/// Appends a code point as publishers mean it: 128–159 are windows-1252, halves of a surrogate pair are joined, controls are dropped.
fn push_code<'a>(code: u32, rest: &'a str, out: &mut String) -> &'a str {
    match code {
        0x80..=0x9f => {
            let byte = [u8::try_from(code).unwrap_or(b' ')];
            out.push_str(&encoding_rs::WINDOWS_1252.decode_without_bom_handling(&byte).0);
        }
        0xd800..=0xdbff => {
            let low = rest.strip_prefix("&#").and_then(number).filter(|(low, _)| (0xdc00..=0xdfff).contains(low));
            if let Some((low, rest)) = low {
                out.extend(char::from_u32(0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00)));
                return rest;
            }
            out.push(char::REPLACEMENT_CHARACTER);
        }
        0..=0x1f if !matches!(code, 9 | 10 | 13) => {}
        0x7f => {}
        _ => out.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)),
    }
    rest
}

/// `text` with `<`, `>` and `&` as references: plain text as HTML.
pub fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            _ => out.push(c),
        }
    }
}

/// How many of something, in words: `1 tag`, `3 tags`.
pub fn count(n: usize, thing: &str) -> String {
    let mut text = String::new();
    let _ = write!(text, "{n} {thing}{}", if n == 1 { "" } else { "s" });
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(text: &str) -> String {
        let mut out = String::new();
        References::default().resolve(text, &mut out);
        out
    }

    #[test]
    fn references_are_resolved_once() {
        assert_eq!(resolved("a &amp;lt; b &quot;&apos;&nbsp;&eacute;&#1575;&#x410;"), "a &lt; b \"'\u{a0}éاА");
    }

    #[test]
    fn what_is_no_reference_stays() {
        assert_eq!(resolved("AT&T, R&D & co &; &unknown; &#; &#x; ?a=1&b=2"), "AT&T, R&D & co &; &unknown; &#; &#x; ?a=1&b=2");
    }

    #[test]
    fn numbers_mean_what_publishers_mean() {
        assert_eq!(resolved("&#150;&#55357;&#56832;&#xD83D;&#xDE00;&#0;&#x1f;&#xD83D;&#99999999999;"), "–😀😀\u{fffd}\u{fffd}");
    }

    #[test]
    fn a_doctype_may_declare_its_own() {
        let mut references = References::default();
        references.declare(" rss [<!ENTITY copy2 \"&#169;\"><!ENTITY lol '&lol1;'><!ENTITY x SYSTEM 'file:///etc/passwd'>]");
        let mut out = String::new();
        references.resolve("&copy2; &lol; &x;", &mut out);
        assert_eq!(out, "© &lol1; &x;");
    }

    #[test]
    fn a_document_s_own_references_are_no_bomb() {
        let mut references = References::default();
        references.declare(&format!("rss [<!ENTITY a '{}'>]", "x".repeat(1000)));
        let mut out = String::new();
        references.resolve(&"&a;".repeat(100_000), &mut out);
        assert!(out.len() < 2 << 20, "{}", out.len());
    }
}
