//! Tolerant XML tokens: what a publisher meant, where an XML parser would stop. Never fails, never recurses, looks at each byte a bounded
//! number of times.
//!
//! Must not know: what an element means, how deep it stands. It borrows from the decoded text and decodes no references (`refs`).

use memchr::{memchr, memchr_iter, memchr2, memchr3_iter, memmem};

/// Attributes read of one element; what follows is not looked at.
pub const MAX_ATTRIBUTES: usize = 256;

/// A piece of the document, as it stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token<'a> {
    /// `<name …>` or `<name …/>`.
    Open(Tag<'a>),
    /// `</name>`.
    Close(&'a str),
    /// Text with its references.
    Text(&'a str),
    /// What stands in a CDATA section, as it is.
    CData(&'a str),
    /// The inside of `<!DOCTYPE …>`.
    Doctype(&'a str),
    /// The inside of `<?…?>`.
    Instruction(&'a str),
}

/// A start tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tag<'a> {
    /// The qualified name as written.
    pub name: &'a str,
    /// What stands between the name and the end.
    pub attributes: &'a str,
    /// It is its own end tag.
    pub empty: bool,
}

impl<'a> Tag<'a> {
    /// Its attributes in order, at most [`MAX_ATTRIBUTES`], values with their references.
    pub fn attributes(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        Attributes { rest: self.attributes }.take(MAX_ATTRIBUTES)
    }

    /// The first attribute of this name, whatever its case and prefix (but `xml:` and `xmlns:` names are only found in full).
    pub fn attribute(&self, name: &str) -> Option<&'a str> {
        if self.attributes.is_empty() {
            return None;
        }
        self.attributes().find(|(key, _)| is_attribute(key, name)).map(|(_, value)| value)
    }
}

fn is_attribute(key: &str, name: &str) -> bool {
    if key.eq_ignore_ascii_case(name) {
        return true;
    }
    match key.rsplit_once(':') {
        Some((prefix, local)) => local.eq_ignore_ascii_case(name) && !prefix.eq_ignore_ascii_case("xml") && !prefix.eq_ignore_ascii_case("xmlns"),
        None => false,
    }
}

struct Attributes<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '=' | '"' | '\'' | ','));
        if rest.is_empty() {
            self.rest = rest;
            return None;
        }
        let end = rest.bytes().position(|b| b.is_ascii_whitespace() || b == b'=' || b == b'/').unwrap_or(rest.len());
        let (key, after) = rest.split_at_checked(end)?;
        let trimmed = after.trim_ascii_start();
        let Some(value) = trimmed.strip_prefix('=').map(str::trim_ascii_start) else {
            self.rest = after;
            return Some((key, ""));
        };
        let quote = value.bytes().next().filter(|q| matches!(q, b'"' | b'\''));
        let quoted = quote.and_then(|q| {
            let inner = value.get(1..)?;
            inner.split_at_checked(memchr(q, inner.as_bytes())?)
        });
        let (value, after) = match quoted {
            Some((value, after)) => (value, after.get(1..).unwrap_or("")),
            None => {
                let end = value.bytes().position(|b| b.is_ascii_whitespace()).unwrap_or(value.len());
                value.split_at_checked(end)?
            }
        };
        self.rest = after;
        Some((key, value))
    }
}

/// What had to be read differently from how it is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Oddities {
    /// `<` that begins no markup, taken as text.
    pub stray_lt: usize,
    /// Tags without their end or with a quote left open.
    pub broken_tags: usize,
    /// The document ends inside a tag, a comment or a CDATA section.
    pub cut: bool,
}

/// The tokens of a document.
#[derive(Debug, Clone)]
pub struct Tokens<'a> {
    text: &'a str,
    at: usize,
    /// No terminator of this kind at or after this offset: searched for once, not once a tag.
    no_double: usize,
    no_single: usize,
    no_comment_end: usize,
    no_cdata_end: usize,
    no_subset_end: usize,
    /// What was mended so far.
    pub odd: Oddities,
}

impl<'a> Tokens<'a> {
    /// Reads from the beginning.
    pub const fn new(text: &'a str) -> Self {
        let never = usize::MAX;
        Self {
            text,
            at: 0,
            no_double: never,
            no_single: never,
            no_comment_end: never,
            no_cdata_end: never,
            no_subset_end: never,
            odd: Oddities { stray_lt: 0, broken_tags: 0, cut: false },
        }
    }

    /// Where the next token begins.
    pub const fn position(&self) -> usize {
        self.at
    }

    /// Reads on from a place that [`Self::position`] gave.
    pub const fn rewind(&mut self, at: usize) {
        self.at = at;
    }

    /// The text from one place to another.
    pub fn between(&self, from: usize, to: usize) -> &'a str {
        self.text.get(from..to).unwrap_or("")
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    /// Text up to the next `<` that begins markup.
    fn text(&mut self, rest: &'a str) -> Token<'a> {
        let bytes = rest.as_bytes();
        let mut end = usize::from(bytes.first() == Some(&b'<'));
        self.odd.stray_lt += end;
        while let Some(found) = bytes.get(end..).and_then(|tail| memchr(b'<', tail)) {
            end += found;
            if begins_markup(bytes.get(end + 1..).unwrap_or(&[])) {
                self.at += end;
                return Token::Text(rest.get(..end).unwrap_or(""));
            }
            self.odd.stray_lt += 1;
            end += 1;
        }
        self.at = self.text.len();
        Token::Text(rest)
    }

    /// `<!…` and `<?…`: the rest after the opening characters, its terminator, and a fallback terminator.
    fn until(&mut self, rest: &'a str, skip: usize, end: &str, no_end: usize) -> (&'a str, usize) {
        let inner = rest.get(skip..).unwrap_or("");
        let found = if self.at >= no_end { None } else { memmem::find(inner.as_bytes(), end.as_bytes()) };
        if let Some(found) = found {
            self.at += skip + found + end.len();
            return (inner.get(..found).unwrap_or(""), no_end);
        }
        let no_end = no_end.min(self.at);
        match memchr(b'>', inner.as_bytes()) {
            Some(found) if end != "]]>" => {
                self.odd.broken_tags += 1;
                self.at += skip + found + 1;
                (inner.get(..found).unwrap_or(""), no_end)
            }
            _ => {
                self.odd.cut = true;
                self.at = self.text.len();
                (inner, no_end)
            }
        }
    }

    fn declaration(&mut self, rest: &'a str) -> Option<Token<'a>> {
        if rest.starts_with("<!--") {
            let (_, no_end) = self.until(rest, 4, "-->", self.no_comment_end);
            self.no_comment_end = no_end;
            return None;
        }
        if rest.get(..9).is_some_and(|start| start.eq_ignore_ascii_case("<![CDATA[")) {
            let (inner, no_end) = self.until(rest, 9, "]]>", self.no_cdata_end);
            self.no_cdata_end = no_end;
            return Some(Token::CData(inner));
        }
        let bytes = rest.as_bytes();
        let end = match memchr2(b'>', b'[', bytes) {
            Some(found) if bytes.get(found) == Some(&b'[') && rest.get(..9).is_some_and(|s| s.eq_ignore_ascii_case("<!doctype")) => {
                let subset = if self.at >= self.no_subset_end { None } else { subset_end(bytes) };
                if subset.is_none() {
                    self.no_subset_end = self.no_subset_end.min(self.at);
                }
                subset.or_else(|| memchr(b'>', bytes))
            }
            _ => memchr(b'>', bytes),
        };
        let Some(end) = end else {
            self.odd.cut = true;
            self.at = self.text.len();
            return None;
        };
        self.at += end + 1;
        let inner = rest.get(2..end).unwrap_or("");
        inner.get(..7).filter(|s| s.eq_ignore_ascii_case("doctype")).map(|_| Token::Doctype(inner.get(7..).unwrap_or("")))
    }

    fn close(&mut self, rest: &'a str) -> Token<'a> {
        let bytes = rest.as_bytes();
        let end = match memchr2(b'<', b'>', bytes.get(1..).unwrap_or(&[])).map(|found| found + 1) {
            Some(end) => {
                let past = usize::from(bytes.get(end) == Some(&b'>'));
                self.odd.broken_tags += 1 - past;
                self.at += end + past;
                end
            }
            None => {
                self.odd.cut = true;
                self.at = self.text.len();
                rest.len()
            }
        };
        let name = rest.get(2..end).unwrap_or("").trim_ascii();
        let end = name.bytes().position(|b| b.is_ascii_whitespace() || b == b'/').unwrap_or(name.len());
        Token::Close(name.get(..end).unwrap_or(name))
    }

    /// Where the quoted value that begins at `from` ends, if what follows can follow a value.
    fn quoted(&mut self, bytes: &[u8], from: usize, quote: u8) -> Option<usize> {
        let absent = if quote == b'"' { &mut self.no_double } else { &mut self.no_single };
        if self.at + from >= *absent {
            return None;
        }
        let Some(found) = memchr(quote, bytes.get(from..)?) else {
            *absent = (*absent).min(self.at + from);
            return None;
        };
        let end = from + found;
        let value = bytes.get(from..end)?;
        let suspicious = memchr2(b'<', b'>', value).is_some();
        let follows = bytes.get(end + 1).copied().unwrap_or(b'>');
        (!suspicious || matches!(follows, b'>' | b'/' | b'?') || follows.is_ascii_whitespace()).then_some(end)
    }

    fn open(&mut self, rest: &'a str) -> Option<Token<'a>> {
        let bytes = rest.as_bytes();
        let name_end = bytes.iter().skip(1).position(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'/' | b'<')).map_or(bytes.len(), |n| n + 1);
        let mut from = name_end;
        let end = 'tag: loop {
            let tail = bytes.get(from..).unwrap_or(&[]);
            let mut jump = None;
            for found in memchr3_iter(b'>', b'=', b'<', tail).map(|n| from + n) {
                match bytes.get(found) {
                    Some(b'>') => break 'tag Some(found),
                    Some(b'=') => {
                        let value = bytes.get(found + 1..).unwrap_or(&[]);
                        let space = value.iter().take_while(|b| b.is_ascii_whitespace()).count();
                        let Some(&quote) = value.get(space).filter(|q| matches!(q, b'"' | b'\'')) else { continue };
                        let start = found + 1 + space + 1;
                        match self.quoted(bytes, start, quote) {
                            Some(end) => {
                                jump = Some(end + 1);
                                break;
                            }
                            None => self.odd.broken_tags += 1,
                        }
                    }
                    _ => break 'tag None,
                }
            }
            match jump {
                Some(at) => from = at,
                None => {
                    if memchr(b'<', tail).is_none() {
                        self.odd.cut = true;
                        self.at = self.text.len();
                    }
                    break None;
                }
            }
        };
        let Some(end) = end else {
            return (self.at < self.text.len()).then(|| self.text(rest));
        };
        self.at += end + 1;
        let empty = bytes.get(end - 1) == Some(&b'/');
        let attributes = rest.get(name_end..end - usize::from(empty)).unwrap_or("").trim_ascii();
        Some(Token::Open(Tag { name: rest.get(1..name_end).unwrap_or(""), attributes, empty }))
    }
}

/// The `>` of the first `]>` (white space between them allowed): the end of a DOCTYPE with declarations.
fn subset_end(bytes: &[u8]) -> Option<usize> {
    memchr_iter(b']', bytes).find_map(|at| {
        let space = bytes.get(at + 1..)?.iter().take(100).take_while(|b| b.is_ascii_whitespace()).count();
        (bytes.get(at + 1 + space) == Some(&b'>')).then_some(at + 1 + space)
    })
}

/// Can what follows a `<` be markup?
fn begins_markup(after: &[u8]) -> bool {
    let name = |b: &u8| b.is_ascii_alphabetic() || *b == b'_' || *b >= 0x80;
    match after.first() {
        Some(b'!' | b'?') => true,
        Some(b'/') => after.get(1).is_some_and(name),
        Some(b) => name(b),
        None => false,
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let rest = self.rest();
            let bytes = rest.as_bytes();
            let first = *bytes.first()?;
            let after = bytes.get(1..).unwrap_or(&[]);
            if first != b'<' || !begins_markup(after) {
                return Some(self.text(rest));
            }
            let token = match after.first() {
                Some(b'!') => self.declaration(rest),
                Some(b'?') => {
                    // `<?xml …>` without its second `?`: the end must be near and come before other markup, or it is not this one's.
                    let near = after.get(..1024).unwrap_or(after);
                    let near = near.get(..memchr(b'<', near).unwrap_or(near.len())).unwrap_or(near);
                    let end = if memmem::find(near, b"?>").is_some() { "?>" } else { ">" };
                    Some(Token::Instruction(self.until(rest, 2, end, usize::MAX).0))
                }
                Some(b'/') => Some(self.close(rest)),
                _ => self.open(rest),
            };
            if token.is_some() {
                return token;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<Token<'_>> {
        Tokens::new(text).collect()
    }

    fn open<'a>(name: &'a str, attributes: &'a str, empty: bool) -> Token<'a> {
        Token::Open(Tag { name, attributes, empty })
    }

    #[test]
    fn well_formed_markup_reads_as_it_stands() {
        assert_eq!(
            all("<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x \"y>\">]><a b='1'>t<!-- c > --><![CDATA[<d>]]></a>"),
            [
                Token::Instruction("xml version='1.0'"),
                Token::Doctype(" a [<!ENTITY x \"y>\">]"),
                open("a", "b='1'", false),
                Token::Text("t"),
                Token::CData("<d>"),
                Token::Close("a")
            ]
        );
    }

    #[test]
    fn a_less_than_sign_in_a_text_is_text() {
        assert_eq!(all("<t>1 < 2, a <b and c</t>"), [open("t", "", false), Token::Text("1 < 2, a "), Token::Text("<b and c"), Token::Close("t")]);
    }

    #[test]
    fn a_quote_left_open_ends_with_its_tag() {
        let tokens = all(r#"<a href="x>one</a><a href="y">two</a>"#);
        assert_eq!(tokens.len(), 6, "{tokens:?}");
        assert_eq!(tokens.get(3), Some(&open("a", "href=\"y\"", false)));
    }

    #[test]
    fn an_instruction_without_its_end_swallows_nothing() {
        assert_eq!(all("<?xml v='1'><a><?b?>"), [Token::Instruction("xml v='1'"), open("a", "", false), Token::Instruction("b")]);
    }

    #[test]
    fn attributes_need_no_quotes_and_the_first_of_a_name_counts() {
        let Some(Token::Open(tag)) = all("<e url=http://x/a.mp3 length=1 TYPE = 'a b' url='other' xml:lang=fa/>").first().copied() else { panic!() };
        assert_eq!(tag.attribute("url"), Some("http://x/a.mp3"));
        assert_eq!(tag.attribute("type"), Some("a b"));
        assert_eq!(tag.attribute("lang"), None);
        assert_eq!(tag.attribute("xml:lang"), Some("fa"));
        assert!(tag.empty);
    }

    #[test]
    fn a_greater_than_sign_in_a_quoted_value_is_part_of_it() {
        assert_eq!(all("<a t='x > y'>z"), [open("a", "t='x > y'", false), Token::Text("z")]);
    }

    #[test]
    fn the_end_may_come_anywhere() {
        for text in ["<", "<a", "<a b", "<a b=\"", "</", "</a", "<!", "<!-", "<!-- x", "<![CDATA[x", "<?", "<?x", "<!DOCTYPE [", "a<é"] {
            let _ = all(text);
        }
        let mut tokens = Tokens::new("<a>text</a");
        assert_eq!(tokens.by_ref().count(), 3);
        assert!(tokens.odd.cut);
    }
}
