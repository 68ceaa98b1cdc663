//! A date's text as numbers, words and marks.
//!
//! Must not know: what any of them means, but for what `words` says about a single word.

use super::calendar::Calendar;
use super::words;
use std::ops::Range;

/// Characters of a date that are looked at.
const LONGEST: usize = 160;
/// Pieces of a date that are looked at.
const MOST: usize = 48;

/// A number, a word or a mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Digits of any script.
    Number { value: u64, digits: usize, spaced: bool },
    /// Letters, folded.
    Word { word: String, spaced: bool },
    /// Anything else but white space.
    Mark { mark: char, spaced: bool },
}

/// The pieces of a date, and which of them were understood.
#[derive(Debug)]
pub struct Pieces {
    /// In order.
    pub all: Vec<Piece>,
    taken: Vec<bool>,
    /// The first piece after the time.
    pub after_clock: usize,
}

/// The value of a digit in any script that feeds write numbers in.
fn digit(c: char) -> Option<u64> {
    const ZEROS: [char; 8] = ['0', '٠', '۰', '०', '০', '๐', '０', '߀'];
    if c.is_ascii_digit() {
        return c.to_digit(10).map(u64::from);
    }
    ZEROS.iter().find_map(|&zero| (c as u32).checked_sub(zero as u32).filter(|value| *value < 10)).map(u64::from)
}

fn in_word(c: char) -> bool {
    c.is_alphabetic() || c == '_' || unicode_normalization::char::is_combining_mark(c) || c == '\u{200c}' || matches!(c, 'ʻ' | 'ʼ')
}

impl Pieces {
    /// None for a text without a number or too long to be a date.
    pub fn of(text: &str) -> Option<Self> {
        let mut all: Vec<Piece> = Vec::new();
        let mut spaced = false;
        let mut chars = text.trim().chars().take(LONGEST).peekable();
        let mut numbers = false;
        while let Some(c) = chars.next() {
            if all.len() == MOST {
                break;
            }
            if c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{61c}')
            {
                spaced = true;
                continue;
            }
            if let Some(first) = digit(c) {
                let (mut value, mut digits) = (first, 1);
                while let Some(next) = chars.peek().copied().and_then(digit) {
                    value = value.saturating_mul(10).saturating_add(next);
                    digits += 1;
                    chars.next();
                }
                numbers = true;
                all.push(Piece::Number { value, digits, spaced });
            } else if in_word(c) {
                let mut word = String::from(c);
                while let Some(next) =
                    chars.peek().copied().filter(|&next| digit(next).is_none() && (in_word(next) || matches!(next, '\'' | '’' | '‘')))
                {
                    word.push(next);
                    chars.next();
                }
                // One letter for what follows a day of Chinese and Japanese dates, so that it can stand between numbers.
                all.push(Piece::Word { word: words::fold(&word), spaced });
            } else {
                let mark = match c {
                    '−' | '–' | '—' | '‐' | '‑' => '-',
                    '：' | '∶' => ':',
                    '／' | '⁄' => '/',
                    '،' => ',',
                    c => c,
                };
                all.push(Piece::Mark { mark, spaced });
            }
            spaced = false;
        }
        let taken = vec![false; all.len()];
        numbers.then_some(Self { all, taken, after_clock: 0 })
    }

    /// The number at a place and how many digits it has.
    pub fn number(&self, at: usize) -> Option<(u64, usize)> {
        match self.all.get(at)? {
            Piece::Number { value, digits, .. } => Some((*value, *digits)),
            _ => None,
        }
    }

    /// As [`Self::number`].
    pub fn number_i64(&self, at: usize) -> Option<(i64, usize)> {
        self.number(at).and_then(|(value, digits)| Some((i64::try_from(value).ok()?, digits)))
    }

    /// The number at a place, unless something has taken it.
    pub fn free(&self, at: usize) -> Option<(i64, usize)> {
        if self.taken(at) { None } else { self.number_i64(at) }
    }

    /// The folded word at a place.
    pub fn word(&self, at: usize) -> Option<&str> {
        match self.all.get(at)? {
            Piece::Word { word, .. } => Some(word),
            _ => None,
        }
    }

    /// The mark at a place.
    pub fn mark(&self, at: usize) -> Option<char> {
        match self.all.get(at)? {
            Piece::Mark { mark, .. } => Some(*mark),
            _ => None,
        }
    }

    /// White space stands before it.
    pub fn spaced(&self, at: usize) -> bool {
        match self.all.get(at) {
            Some(Piece::Number { spaced, .. } | Piece::Word { spaced, .. } | Piece::Mark { spaced, .. }) => *spaced,
            None => true,
        }
    }

    /// Was it understood?
    pub fn taken(&self, at: usize) -> bool {
        self.taken.get(at).copied().unwrap_or(false)
    }

    /// Notes that these are understood.
    pub fn take(&mut self, range: Range<usize>) {
        for slot in self.taken.get_mut(range.start..range.end.min(self.all.len())).into_iter().flatten() {
            *slot = true;
        }
    }

    /// Is the afternoon named at this place (`PM`, `p.m.`, `ب.ظ`)? And how many pieces say so.
    pub fn half(&self, at: usize) -> Option<(bool, usize)> {
        let word = self.word(at)?;
        if self.mark(at + 1) == Some('.')
            && let Some(second) = self.word(at + 2)
            && let Some(afternoon) = words::afternoon(&format!("{word}{second}"))
        {
            return Some((afternoon, 3 + usize::from(self.mark(at + 3) == Some('.'))));
        }
        words::afternoon(word).map(|afternoon| (afternoon, 1))
    }

    /// The month that is named: its place, how many pieces name it, its calendar and number. Of several the one among the most numbers: weekdays
    /// can look like months (`mar` is both in three languages).
    pub fn month(&self) -> Option<(usize, usize, Calendar, u8)> {
        let mut best: Option<(u8, usize, usize, Calendar, u8)> = None;
        for at in 0..self.all.len() {
            let Some(word) = self.word(at).filter(|_| !self.taken(at)) else { continue };
            let two = if words::two_words(word) { self.word(at + 1).map(|next| format!("{word} {next}")) } else { None };
            let Some((length, (calendar, month))) =
                two.and_then(|two| words::month(&two).map(|found| (2, found))).or_else(|| words::month(word).map(|found| (1, found)))
            else {
                continue;
            };
            let beside = |step: &dyn Fn(usize) -> Option<usize>, from: Option<usize>| {
                let mut at = from;
                while let Some(here) =
                    at.filter(|&here| matches!(self.mark(here), Some('-' | '.' | '/' | ',')) || self.word(here).is_some_and(words::joins))
                {
                    at = step(here);
                }
                at.is_some_and(|here| self.number(here).is_some())
            };
            let before = beside(&|here| here.checked_sub(1), at.checked_sub(1));
            let after = beside(&|here| Some(here + 1), Some(at + length));
            let score = u8::from(before) + u8::from(after);
            if score > 0 && best.is_none_or(|(had, ..)| score >= had) {
                best = Some((score, at, length, calendar, month));
            }
        }
        best.map(|(_, at, length, calendar, month)| (at, length, calendar, month))
    }
}
