//! JSON as a tree of borrowed values: tolerant, bounded, without recursion. What a cut or a slip ends, ends there; what was read is kept.
//!
//! Must not know: what the values mean.

use super::MAX_DEPTH;
use std::borrow::Cow;

/// Values of a document that are read.
const MAX_VALUES: usize = 1_000_000;

/// A value. Numbers stay as they are written.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// `null` and what is no JSON.
    Null,
    /// A number, `true` or `false`.
    Plain(&'a str),
    /// A string.
    Text(Cow<'a, str>),
    /// An array.
    List(Vec<Value<'a>>),
    /// An object in its order.
    Object(Vec<(Cow<'a, str>, Value<'a>)>),
}

impl<'a> Value<'a> {
    /// The member of this name.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The value at a path: names with dots between, a number for an element of a list. A name on a list is looked up in its first element.
    pub fn at(&self, path: &[String]) -> Option<&Self> {
        let mut here = self;
        for step in path {
            if let Self::List(list) = here {
                if let Ok(index) = step.parse::<usize>() {
                    here = list.get(index)?;
                    continue;
                }
                here = list.first()?;
            }
            here = here.get(step)?;
        }
        Some(here)
    }

    /// A string or a number as text.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Plain(text) => Some(text),
            Self::List(list) => list.first().and_then(|first| match first {
                Self::Text(text) => Some(&**text),
                _ => None,
            }),
            _ => None,
        }
    }

    /// The elements of a list; none for anything else.
    pub fn list(&self) -> &[Self] {
        match self {
            Self::List(list) => list,
            _ => &[],
        }
    }
}

/// A tree, and whether the document ended before its end or had a slip.
pub struct Parsed<'a> {
    /// The outermost value.
    pub value: Value<'a>,
    /// Something was missing at the end.
    pub cut: bool,
}

enum Open<'a> {
    List(Vec<Value<'a>>),
    Object(Vec<(Cow<'a, str>, Value<'a>)>, Option<Cow<'a, str>>),
}

impl<'a> Open<'a> {
    fn add(&mut self, value: Value<'a>) {
        match self {
            Self::List(list) => list.push(value),
            Self::Object(members, key) => {
                if let Some(key) = key.take() {
                    members.push((key, value));
                } else if let Value::Text(text) = value {
                    *key = Some(text);
                }
            }
        }
    }

    fn close(self) -> Value<'a> {
        match self {
            Self::List(list) => Value::List(list),
            Self::Object(members, _) => Value::Object(members),
        }
    }
}

/// Reads a document that begins with `{` or `[`.
pub fn parse(text: &str) -> Parsed<'_> {
    let bytes = text.as_bytes();
    let mut open: Vec<Open<'_>> = Vec::new();
    let (mut at, mut values, mut too_deep) = (0usize, 0usize, 0usize);
    while let Some(&byte) = bytes.get(at) {
        let from = at;
        at += 1;
        let value = match byte {
            b'{' | b'[' if open.len() >= MAX_DEPTH || too_deep > 0 => {
                too_deep += 1;
                continue;
            }
            b'{' => {
                open.push(Open::Object(Vec::new(), None));
                continue;
            }
            b'[' => {
                open.push(Open::List(Vec::new()));
                continue;
            }
            b'}' | b']' if too_deep > 0 => {
                too_deep -= 1;
                if too_deep > 0 {
                    continue;
                }
                Value::Null
            }
            b'}' | b']' => {
                let Some(done) = open.pop() else { break };
                if open.is_empty() {
                    return Parsed { value: done.close(), cut: false };
                }
                done.close()
            }
            b'"' => {
                let end = string_end(bytes, at);
                let Some(end) = end else { break };
                let inner = text.get(at..end).unwrap_or("");
                at = end + 1;
                Value::Text(unescape(inner))
            }
            b'-' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => {
                at += bytes.get(at..).unwrap_or(&[]).iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'+' | b'-')).count();
                match text.get(from..at).unwrap_or("") {
                    "null" | "" => Value::Null,
                    word => Value::Plain(word),
                }
            }
            _ => continue,
        };
        values += 1;
        if values > MAX_VALUES {
            break;
        }
        if too_deep == 0
            && let Some(inner) = open.last_mut()
        {
            inner.add(value);
        }
    }
    // What is still open was cut: an object that a cut ends inside is left out, lists keep what they have.
    let mut value = Value::Null;
    while let Some(mut inner) = open.pop() {
        if !open.is_empty() && matches!(inner, Open::Object(..)) && value == Value::Null {
            continue;
        }
        if value != Value::Null {
            inner.add(value);
        }
        value = inner.close();
    }
    Parsed { value, cut: true }
}

fn string_end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += memchr::memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes.get(at) == Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}

fn unescape(inner: &str) -> Cow<'_, str> {
    if memchr::memchr(b'\\', inner.as_bytes()).is_none() {
        return Cow::Borrowed(inner);
    }
    let mut out = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let mut chars = after.chars();
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some('b' | 'f') => out.push(' '),
            Some('u') => {
                let (c, rest) = unit(chars.as_str());
                out.extend(c.filter(|c| !c.is_control() || c.is_whitespace()));
                chars = rest.chars();
            }
            Some(c) => out.push(c),
            None => {}
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The character that `XXXX` (and `\uXXXX` of a pair) means, and what follows.
fn unit(text: &str) -> (Option<char>, &str) {
    let code = |text: &str| text.get(..4).and_then(|hex| u32::from_str_radix(hex, 16).ok());
    let Some(high) = code(text) else { return (Some(char::REPLACEMENT_CHARACTER), text) };
    let rest = text.get(4..).unwrap_or("");
    if (0xd800..0xdc00).contains(&high)
        && let Some(low) = rest.strip_prefix("\\u").and_then(code).filter(|low| (0xdc00..0xe000).contains(low))
    {
        return (char::from_u32(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00)), rest.get(6..).unwrap_or(""));
    }
    (char::from_u32(high).or(Some(char::REPLACEMENT_CHARACTER)), rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(path: &str) -> Vec<String> {
        path.split('.').map(Into::into).collect()
    }

    #[test]
    fn values_are_found_by_path() {
        let parsed = parse(r#"{"a":{"b":[{"c":"x\u0410\ud83d\ude00\n\"y"},{"c":12.5}]},"d":null,"e":true}"#);
        assert!(!parsed.cut);
        assert_eq!(parsed.value.at(&path("a.b.c")).and_then(Value::text), Some("xА😀\n\"y"));
        assert_eq!(parsed.value.at(&path("a.b.1.c")).and_then(Value::text), Some("12.5"));
        assert_eq!(parsed.value.at(&path("e")).and_then(Value::text), Some("true"));
        assert_eq!(parsed.value.at(&path("a.x")), None);
    }

    #[test]
    fn a_cut_keeps_what_is_whole() {
        let parsed = parse(r#"{"items":[{"id":1},{"id":2,"title":"cut of"#);
        assert!(parsed.cut);
        assert_eq!(parsed.value.get("items").map(|items| items.list().len()), Some(1));
        assert_eq!(parse("[1,2").value.list().len(), 2);
    }

    #[test]
    fn depth_is_bounded_and_nothing_recurses() {
        let deep = format!("{{\"a\":{}1{},\"b\":2}}", "[".repeat(200_000), "]".repeat(200_000));
        let parsed = parse(&deep);
        assert_eq!(parsed.value.get("b").and_then(Value::text), Some("2"));
        let _ = parse(&"[{\"a\":".repeat(100_000));
    }

    #[test]
    fn slips_are_passed_over() {
        assert_eq!(parse("{\"a\":1,,\"b\":2,}").value.get("b").and_then(Value::text), Some("2"));
        for text in ["{", "[", "{\"", "{\"a", "{\"a\"", "{\"a\":", "]", "{\"a\":\"\\", "{\"a\":\"\\u12", "{]"] {
            let _ = parse(text);
        }
    }
}
