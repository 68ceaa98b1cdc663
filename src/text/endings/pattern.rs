//! What a keyword's word must end as: the few regular expressions of `endings.toml`, as lists of letters to be compared from the end.
//!
//! Must not know: endings.

/// `(.*` and then letters, classes, alternatives; brackets hold what stays.
#[derive(Debug, Default)]
pub(super) struct Pattern {
    /// The shortest first; none in a pattern that was not understood.
    ends: Vec<Vec<Letter>>,
}

#[derive(Debug, Clone)]
struct Letter {
    set: Vec<char>,
    negated: bool,
    stays: bool,
}

impl Letter {
    fn is(&self, c: char) -> bool {
        self.set.contains(&c) != self.negated
    }
}

impl Pattern {
    /// A pattern that is not understood matches nothing (a test asks `Pattern::is_valid` of each in the list).
    pub(super) fn new(source: &str) -> Self {
        let mut ends = source.strip_prefix("(.*").and_then(|rest| {
            let mut reader = Reader { rest, stays: true };
            let ends = reader.sequence(true)?;
            reader.rest.is_empty().then_some(ends)
        });
        if let Some(ends) = &mut ends {
            ends.sort_by_key(Vec::len);
        }
        Self { ends: ends.unwrap_or_default() }
    }

    #[cfg(test)]
    pub(super) const fn is_valid(&self) -> bool {
        !self.ends.is_empty()
    }

    /// What stays of the word, if it ends so.
    pub(super) fn stem(&self, word: &[char]) -> Option<String> {
        self.parts(word).map(|(start, kept)| start.iter().chain(&kept).collect())
    }

    /// What stays of the word: what stood before its end, and what is kept of that.
    pub(super) fn parts<'a>(&self, word: &'a [char]) -> Option<(&'a [char], Vec<char>)> {
        self.ends.iter().find_map(|end| {
            let (start, tail) = word.split_at_checked(word.len().checked_sub(end.len())?)?;
            tail.iter()
                .zip(end)
                .all(|(&c, letter)| letter.is(c))
                .then(|| (start, tail.iter().zip(end).filter(|(_, l)| l.stays).map(|(&c, _)| c).collect()))
        })
    }
}

struct Reader<'a> {
    rest: &'a str,
    stays: bool,
}

impl Reader<'_> {
    fn take(&mut self, prefix: &str) -> bool {
        let rest = self.rest.strip_prefix(prefix);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// Up to the end, or the `|` or `)` of the alternative that it is part of.
    fn sequence(&mut self, outermost: bool) -> Option<Vec<Vec<Letter>>> {
        let mut found = vec![Vec::new()];
        while let Some(c) = self.rest.chars().next() {
            let next = if self.take("(?:") {
                self.alternatives()?
            } else if outermost && self.take("(") {
                self.stays = true;
                continue;
            } else if outermost && self.take(")") {
                self.stays = false;
                continue;
            } else if matches!(c, '|' | ')') {
                return Some(found);
            } else {
                vec![vec![self.letter()?]]
            };
            found = found.iter().flat_map(|a: &Vec<Letter>| next.iter().map(|b| [a.as_slice(), b].concat())).collect();
        }
        Some(found)
    }

    fn alternatives(&mut self) -> Option<Vec<Vec<Letter>>> {
        let mut found = self.sequence(false)?;
        while self.take("|") {
            found.extend(self.sequence(false)?);
        }
        self.take(")").then_some(found)
    }

    fn letter(&mut self) -> Option<Letter> {
        let stays = self.stays;
        if self.take("[") {
            let negated = self.take("^");
            let (set, rest) = self.rest.split_once(']')?;
            self.rest = rest;
            return Some(Letter { set: set.chars().collect(), negated, stays });
        }
        let mut chars = self.rest.chars();
        let c = chars.next().filter(|c| c.is_alphabetic())?;
        self.rest = chars.as_str();
        Some(Letter { set: vec![c], negated: false, stays })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_keeps_what_its_brackets_hold() {
        let stem = |pattern: &str, word: &str| Pattern::new(pattern).stem(&word.chars().collect::<Vec<_>>());
        assert_eq!(stem("(.*[^sxz])", "iran").as_deref(), Some("iran"));
        assert_eq!(stem("(.*[^sxz])", "kars"), None);
        assert_eq!(stem("(.*(?:[sxzo]|[cs]h))", "church").as_deref(), Some("church"));
        assert_eq!(stem("(.*[бк])[ое]([кц])", "кубок").as_deref(), Some("кубк"));
        assert_eq!(stem("(.*)(?:ый|ий)", "новый").as_deref(), Some("нов"));
        assert_eq!(stem("(.*[ая]н)ин", "гражданин").as_deref(), Some("граждан"));
        assert_eq!(stem("(.*)", "a").as_deref(), Some("a"));
        assert!(!Pattern::new("(.*x+)").is_valid());
    }
}
