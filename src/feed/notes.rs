//! What was mended, counted while reading and told to an operator in words.
//!
//! Must not know: how it was mended.

use super::refs::{References, count};
use super::token::Oddities;

/// Warnings of one document.
#[derive(Debug, Default)]
pub struct Notes {
    said: Vec<String>,
    /// Elements that end with what is around them.
    pub missing_end: usize,
    /// End tags of nothing.
    pub stray_end: usize,
    /// Elements deeper than is read.
    pub too_deep: usize,
    prefixes: Vec<String>,
}

impl Notes {
    /// A warning in its own words.
    pub fn say(&mut self, warning: String) {
        if self.said.len() < 50 && !self.said.contains(&warning) {
            self.said.push(warning);
        }
    }

    /// A prefix that nobody declared, taken for what it means by custom.
    pub fn undeclared_prefix(&mut self, prefix: &str) {
        if self.prefixes.len() < 8 && !self.prefixes.iter().any(|had| had == prefix) {
            self.prefixes.push(prefix.into());
        }
    }

    /// What the tokens and references tell.
    pub fn tokens(&mut self, odd: Oddities, references: &References) {
        for (n, thing, told) in [
            (odd.stray_lt, "stray `<`", "taken as text"),
            (odd.broken_tags, "broken tag", "mended"),
            (references.bare, "bare `&`", "taken as text"),
            (references.unknown, "unknown entity reference", "left as text"),
        ] {
            if n > 0 {
                self.say(format!("{} {told}", count(n, thing)));
            }
        }
    }

    /// Every warning.
    pub fn finish(mut self) -> Vec<String> {
        if self.missing_end > 0 {
            self.say(format!("{} added", count(self.missing_end, "missing end tag")));
        }
        if self.stray_end > 0 {
            self.say(format!("{} passed over", count(self.stray_end, "stray end tag")));
        }
        if self.too_deep > 0 {
            self.say(format!("{} deeper than {} levels passed over", count(self.too_deep, "element"), super::MAX_DEPTH));
        }
        if !self.prefixes.is_empty() {
            let prefixes = self.prefixes.join(", ");
            self.say(format!("undeclared namespace prefix taken by custom: {prefixes}"));
        }
        self.said
    }
}
