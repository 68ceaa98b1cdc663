//! A refusal of the watch language: where and why, in the words the analyst reads.
//!
//! Must not know: files and their lines (`compile` adds those).

use std::fmt;

/// What is wrong with a query or a keyword, and what to write instead. The column counts characters from 0 here, from 1 when shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Refusal {
    /// Characters before the place.
    pub column: usize,
    /// What is wrong and what to write.
    pub message: String,
}

impl Refusal {
    pub(crate) fn new(column: usize, message: impl Into<String>) -> Self {
        Self { column, message: message.into() }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "col {}: {}", self.column + 1, self.message)
    }
}

/// A piece of the query in quotes, with what cannot be seen spelled out.
pub(crate) fn quoted(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if c == quote => out.extend(['\\', c]),
            // After a letter `escape_debug` spells out exactly what has no visible shape of its own.
            _ if c == '\'' || c == '"' || ['a', c].iter().collect::<String>().escape_debug().nth(2).is_none() => out.push(c),
            _ if (c as u32) < 0x100 => out.push_str(&format!("\\x{:02x}", c as u32)),
            _ if (c as u32) < 0x10000 => out.push_str(&format!("\\u{:04x}", c as u32)),
            _ => out.push_str(&format!("\\U{:08x}", c as u32)),
        }
    }
    out.push(quote);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quoted_piece_shows_what_cannot_be_seen() {
        assert_eq!(quoted("and"), "'and'");
        assert_eq!(quoted("d'or"), "\"d'or\"");
        assert_eq!(quoted("a\u{200c}b\u{a0}\n"), "'a\\u200cb\\xa0\\n'");
        assert_eq!(quoted("'\""), "'\\'\"'");
        assert_eq!(quoted("که\u{301}"), "'که\u{301}'");
    }
}
