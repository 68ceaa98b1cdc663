//! The small pieces of a query as they stand in the text: operators, functions, quotes, terms, each recognised at a column.
//!
//! Must not know: the grammar that puts them together.

/// A place in a query; columns count characters.
pub(super) struct Cursor {
    pub chars: Vec<char>,
    pub at: usize,
}

/// An operator as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Operator {
    /// As written.
    pub text: String,
    pub kind: OperatorKind,
}

/// Which operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OperatorKind {
    And,
    Or,
    Not,
    NotIn,
    /// With its number; `forward` for the `f` of `NEAR/3f`.
    Near {
        name: NearName,
        number: Option<u64>,
        forward: bool,
    },
}

/// The operators that carry a number (none: `s`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NearName {
    Near,
    Pre,
    OrderedNear,
    NotNear,
}

/// The functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    AtLeast,
    First,
    Any,
    Score,
}

impl Function {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::AtLeast => "ATLEAST",
            Self::First => "FIRST",
            Self::Any => "ANY",
            Self::Score => "SCORE",
        }
    }
}

/// `="…"~n` or its kin.
pub(super) struct Quoted {
    pub exact: bool,
    pub text: String,
    pub slop: Option<u64>,
    pub end: usize,
}

/// White space as the watch language has it: Unicode's, and the four ASCII separators.
pub(crate) fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

/// A decimal digit in the scripts that the region types: `NEAR/۵` is `NEAR/5`.
pub(super) fn digit(c: char) -> Option<u64> {
    let zero = [0x30, 0x660, 0x6f0, 0x966, 0xff10].into_iter().find(|&z| (z..z + 10).contains(&(c as u32)))?;
    Some(u64::from(c as u32 - zero))
}

impl Cursor {
    pub(super) fn new(source: &str) -> Self {
        Self { chars: source.chars().collect(), at: 0 }
    }

    pub(super) fn get(&self, at: usize) -> Option<char> {
        self.chars.get(at).copied()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.get(self.at)
    }

    pub(super) fn text(&self, from: usize, to: usize) -> String {
        self.chars.get(from..to).map(|c| c.iter().collect()).unwrap_or_default()
    }

    /// Goes past white space and comments: `#` before a space to the end of the line.
    pub(super) fn skip_blank(&mut self) {
        while let Some(c) = self.peek() {
            if c == '#' && self.get(self.at + 1).is_none_or(is_space) {
                while self.peek().is_some_and(|c| c != '\n') {
                    self.at += 1;
                }
            } else if is_space(c) {
                self.at += 1;
            } else {
                return;
            }
        }
    }

    /// Goes past `c` if it stands here after blanks.
    pub(super) fn take_char(&mut self, c: char) -> bool {
        self.skip_blank();
        let here = self.peek() == Some(c);
        self.at += usize::from(here);
        here
    }

    /// The end of the run of characters from `at` that none of `stop` is in.
    fn run(&self, at: usize, stop: impl Fn(char) -> bool) -> usize {
        (at..).find(|&i| self.get(i).is_none_or(&stop)).unwrap_or(at)
    }

    /// A number at `at` and where it ends. Too large ones stay too large.
    pub(super) fn number(&self, at: usize) -> Option<(u64, usize)> {
        let end = self.run(at, |c| digit(c).is_none());
        let digits = self.chars.get(at..end).filter(|d| !d.is_empty())?;
        Some((digits.iter().filter_map(|&c| digit(c)).fold(0, |n: u64, d| n.saturating_mul(10).saturating_add(d)), end))
    }

    /// An operator at `at`, and where it ends: in capitals, before a space, a parenthesis, a quote or the end.
    pub(super) fn operator(&self, at: usize) -> Option<(Operator, usize)> {
        let end = self.run(at, |c| is_space(c) || matches!(c, '(' | '"' | '“' | '«'));
        let first = self.get(at)?;
        if !matches!(first, 'A' | 'O' | 'N' | 'P') || end - at > 400 {
            return None;
        }
        let text = self.text(at, end);
        let kind = match text.split_once('/') {
            None => match text.as_str() {
                "AND" => OperatorKind::And,
                "OR" => OperatorKind::Or,
                "NOT" => OperatorKind::Not,
                "NOTIN" => OperatorKind::NotIn,
                _ => return None,
            },
            Some((name, rest)) => {
                let name = match name {
                    "NEAR" => NearName::Near,
                    "PRE" => NearName::Pre,
                    "ONEAR" => NearName::OrderedNear,
                    "NOTNEAR" => NearName::NotNear,
                    _ => return None,
                };
                if rest == "s" {
                    OperatorKind::Near { name, number: None, forward: false }
                } else {
                    let (number, stop) = self.number(end - rest.chars().count())?;
                    let forward = self.get(stop) == Some('f') && stop < end;
                    if stop + usize::from(forward) != end {
                        return None;
                    }
                    OperatorKind::Near { name, number: Some(number), forward }
                }
            }
        };
        Some((Operator { text, kind }, end))
    }

    /// An operator of another language at `at`, or one of ours in small letters.
    pub(super) fn foreign(&self, at: usize) -> Option<String> {
        let end = self.run(at, |c| is_space(c) || matches!(c, '(' | ')' | '"'));
        if end - at > 400 {
            return None;
        }
        let text = self.text(at, end);
        let lower = text.to_ascii_lowercase();
        let digits = |s: &str| !s.is_empty() && s.chars().all(|c| digit(c).is_some());
        let known = match lower.split_once('/') {
            None => {
                matches!(lower.as_str(), "near" | "and" | "or" | "not" | "notin" | "&&" | "||")
                    || lower.strip_prefix("adj").is_some_and(|n| n.is_empty() || digits(n))
            }
            Some(("w", rest)) => digits(rest) || rest == "s" || rest == "p",
            Some(("near", rest)) => rest == "s" || digits(rest.strip_suffix('f').unwrap_or(rest)),
            Some(("pre" | "onear" | "notnear", rest)) => digits(rest),
            _ => false,
        };
        known.then_some(text)
    }

    /// `NAME/n (` at `at`: the function, its number (negative allowed) and where its parenthesis ends.
    pub(super) fn function(&self, at: usize) -> Option<(Function, i64, usize)> {
        let slash = self.run(at, |c| !c.is_ascii_uppercase());
        if slash - at > 7 || self.get(slash) != Some('/') {
            return None;
        }
        let function = match self.text(at, slash).as_str() {
            "ATLEAST" => Function::AtLeast,
            "FIRST" => Function::First,
            "ANY" => Function::Any,
            "SCORE" => Function::Score,
            _ => return None,
        };
        let (number, end) = self.signed(slash + 1)?;
        let open = self.run(end, |c| !is_space(c));
        (self.get(open) == Some('(')).then_some((function, number, open + 1))
    }

    /// A number with an optional minus.
    pub(super) fn signed(&self, at: usize) -> Option<(i64, usize)> {
        let minus = self.get(at) == Some('-');
        let (number, end) = self.number(at + usize::from(minus))?;
        let number = i64::try_from(number).unwrap_or(i64::MAX);
        Some((if minus { -number } else { number }, end))
    }

    /// A phrase in quotes of any kind, with its `=` and its `~n`.
    pub(super) fn quoted(&self, at: usize) -> Option<Quoted> {
        let exact = self.get(at) == Some('=');
        let open = at + usize::from(exact);
        let (close, other) = match self.get(open)? {
            '"' => ('"', '"'),
            '“' => ('”', '“'),
            '”' => ('”', '”'),
            '«' => ('»', '«'),
            _ => return None,
        };
        let end = self.run(open + 1, |c| c == close || c == other);
        if self.get(end) != Some(close) {
            return None;
        }
        let slop = (self.get(end + 1) == Some('~')).then(|| self.number(end + 2)).flatten();
        Some(Quoted { exact, text: self.text(open + 1, end), slop: slop.map(|(n, _)| n), end: slop.map_or(end + 1, |(_, e)| e) })
    }

    /// `/pattern/` at `at`: the pattern and where it ends.
    pub(super) fn regex(&self, at: usize) -> Option<(String, usize)> {
        if self.get(at) != Some('/') {
            return None;
        }
        let mut end = at + 1;
        loop {
            match self.get(end)? {
                '/' => break,
                '\n' => return None,
                '\\' if self.get(end + 1).is_none_or(|c| c == '\n') => return None,
                '\\' => end += 2,
                _ => end += 1,
            }
        }
        (end > at + 1).then(|| (self.text(at + 1, end), end + 1))
    }

    /// `name:` at `at`.
    pub(super) fn field(&self, at: usize) -> Option<(String, usize)> {
        let end = self.run(at, |c| !c.is_ascii_alphabetic());
        (end > at && self.get(end) == Some(':')).then(|| (self.text(at, end), end + 1))
    }

    /// `@name` at `at`.
    pub(super) fn list(&self, at: usize) -> Option<(String, usize)> {
        if self.get(at) != Some('@') {
            return None;
        }
        let end = self.run(at + 1, |c| !(c.is_alphanumeric() || c == '_' || c == '-'));
        (end > at + 1).then(|| (self.text(at + 1, end), end))
    }

    /// A bare word at `at`.
    pub(super) fn term(&self, at: usize) -> Option<(String, usize)> {
        let end = self.run(at, |c| is_space(c) || matches!(c, '(' | ')' | '"' | '“' | '”' | '«' | '»' | ',' | '^' | ':'));
        (end > at).then(|| (self.text(at, end), end))
    }

    /// The value of a `name:` at `at`: in quotes or bare, and whether it was bare.
    pub(super) fn value(&self, at: usize) -> Option<(String, bool, usize)> {
        if self.get(at) == Some('"') {
            let end = self.run(at + 1, |c| c == '"');
            if self.get(end) == Some('"') {
                return Some((self.text(at + 1, end), false, end + 1));
            }
        }
        let end = self.run(at, |c| is_space(c) || matches!(c, '(' | ')' | '"'));
        (end > at).then(|| (self.text(at, end), true, end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operator_ends_before_a_space_a_parenthesis_or_a_quote() {
        let kind = |s: &str| Cursor::new(s).operator(0).map(|(o, _)| o.kind);
        assert_eq!(kind("AND("), Some(OperatorKind::And));
        assert_eq!(kind("NOTIN x"), Some(OperatorKind::NotIn));
        assert_eq!(kind("ANDES"), None);
        assert_eq!(kind("NEAR/۵ x"), Some(OperatorKind::Near { name: NearName::Near, number: Some(5), forward: false }));
        assert_eq!(kind("NEAR/5f"), Some(OperatorKind::Near { name: NearName::Near, number: Some(5), forward: true }));
        assert_eq!(kind("PRE/s"), Some(OperatorKind::Near { name: NearName::Pre, number: None, forward: false }));
        assert_eq!(kind("NEAR/5x"), None);
        assert_eq!(kind("NEAR/f"), None);
        assert_eq!(kind("NEAR/99999999999999999999999"), Some(OperatorKind::Near { name: NearName::Near, number: Some(u64::MAX), forward: false }));
    }

    #[test]
    fn what_other_languages_write_is_known() {
        for text in ["w/5", "W/p", "adj", "ADJ3", "and", "Or", "near/3", "&&", "||", "NEAR", "notnear/2"] {
            assert_eq!(Cursor::new(text).foreign(0).as_deref(), Some(text));
        }
        for text in ["w/x", "adjective", "android", "near/", "pre/s"] {
            assert_eq!(Cursor::new(text).foreign(0), None, "{text}");
        }
    }

    #[test]
    fn comments_end_with_their_line() {
        let mut c = Cursor::new(" # the country\n#\n  #Iran");
        c.skip_blank();
        assert_eq!(c.peek(), Some('#'));
        assert_eq!(c.get(c.at + 1), Some('I'));
    }

    #[test]
    fn a_slash_inside_a_pattern_is_escaped() {
        assert_eq!(Cursor::new(r"/a\/b/ x").regex(0), Some((r"a\/b".into(), 6)));
        assert_eq!(Cursor::new("//").regex(0), None);
        assert_eq!(Cursor::new("/a\nb/").regex(0), None);
    }
}
