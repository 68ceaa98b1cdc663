//! The places of one word, or of several written as one: capitals, endings, signs (QUERY.md, "Words").
//!
//! Must not know: phrases.

use super::letters::{folded, letters};
use super::look::Look;
use super::place::{How, Place};
use super::scratch::{Made, Occ, Seen};
use crate::query::lexicon::{Lexicon, RunWords, UnitId, WordRec};
use crate::query::syntax::{More, Piece};
use crate::query::words;
use crate::text::FormKind;
use crate::text::endings::{self, Kinds};
use std::borrow::Cow;

/// Letters from which on an acronym is also found as a name: NATO, Nato.
const LOWERED: usize = 4;

impl Look<'_> {
    /// Words that fit; a hyphen pair where neither half fits alone.
    pub(super) fn single_or_pair(&self, unit: UnitId, how: How, found: &mut Vec<Place>, good: impl Fn(&str, Occ) -> bool) {
        let fitting: Vec<Occ> = self.occs(unit).filter(|occ| good(&folded(self.doc, occ.i, occ.made), *occ)).collect();
        let alone = Halves::new(fitting.iter());
        found.extend(fitting.iter().filter(|occ| alone.allow(occ)).filter_map(|occ| self.place(occ.i, occ.j, how)));
    }

    /// The places of a run.
    pub(super) fn run(&self, unit: UnitId, words: RunWords, found: &mut Vec<Place>) {
        let run = Run::new(self.lexicon, words);
        match run.last.more() {
            More::No => self.plain(unit, &run, found),
            more => self.longer(unit, &run, more, found),
        }
        if run.first.touch != 0 || run.last.touch != 0 {
            let (first, last) = (self.lexicon.touch(run.first.touch), self.lexicon.touch(run.last.touch));
            found.retain(|p| self.doc.before(p.i as usize).ends_with(&first.before) && self.doc.after(p.j as usize).starts_with(&last.after));
        }
        if run.strict && !self.is_plain() {
            found.retain(|p| !self.doc.tokens().get(p.i as usize).is_some_and(|t| self.no_acronyms[t.field() as usize]));
        }
    }

    /// `$n` and `*`.
    fn longer(&self, unit: UnitId, run: &Run<'_>, more: More, found: &mut Vec<Place>) {
        let text = run.text();
        let length = text.chars().count();
        let good = |form: &str, occ: Occ| {
            let Some(rest) = form.strip_prefix(&*text) else { return false };
            let fits = match more {
                More::Letters(n) => rest.is_empty() || rest.chars().count() <= n as usize && rest.chars().all(words::is_letter),
                _ => true,
            };
            fits && (!run.strict || run.capitals(&letters(self.doc, occ.i, occ.made)))
        };
        self.single_or_pair(unit, How::of(How::BEGINNING), found, good);
        if run.several() {
            found.retain(|p| p.i == p.j);
        }
        for place in found {
            let form = self.doc.forms(place.i as usize).iter().find(|form| self.doc.text(form).starts_with(&*text));
            place.how.tail = form.map_or(0, |form| (form.letters as usize).saturating_sub(length) as u16);
            if place.how.tail == 0 {
                place.how = How::WHOLE;
            }
        }
    }

    /// Whole words, acronyms with what may follow them, ordinary endings.
    fn plain(&self, unit: UnitId, run: &Run<'_>, found: &mut Vec<Place>) {
        let acronym = run.last.is(WordRec::ACRONYM) && !run.several();
        let mut ended: Vec<(Occ, How)> = Vec::new();
        let mut alone: Vec<u32> = Vec::new();
        for occ in self.occs(unit) {
            let written = || letters(self.doc, occ.i, occ.made);
            let how = match occ.seen {
                Seen::Whole if self.is_all(unit, occ) && (!run.strict || run.capitals(&written())) => self.how(occ, acronym),
                Seen::Head if acronym => match self.head(run, occ).and_then(|()| run.head(&written())) {
                    Some(tail) => How { bits: self.how(occ, true).bits | How::ENDING, tail },
                    None => continue,
                },
                Seen::Stem { letters, kinds } => match self.ending(unit, run, occ, (letters, kinds), acronym) {
                    Some((how, Kept::Always)) => how,
                    Some((how, Kept::UnlessHalf)) => {
                        ended.push((occ, how));
                        continue;
                    }
                    None => continue,
                },
                _ => continue,
            };
            if occ.i == occ.j {
                alone.push(occ.i);
            }
            found.extend(self.place(occ.i, occ.j, how));
        }
        if ended.is_empty() {
            return;
        }
        // An ending on two words that are one: only where neither half is found already.
        alone.extend(ended.iter().filter(|(occ, _)| occ.i == occ.j).map(|(occ, _)| occ.i));
        let alone = Halves::of(alone);
        let plural = |occ: &Occ| occ.j == occ.i + 1 && self.doc.is_spaced_plural(occ.j as usize);
        found.extend(ended.iter().filter(|(occ, _)| alone.allow(occ) || plural(occ)).filter_map(|(occ, how)| self.place(occ.i, occ.j, *how)));
    }

    /// Are the letters those of the unit? A hash alone proves nothing.
    fn is_all(&self, unit: UnitId, occ: Occ) -> bool {
        let relation = self.lexicon.links.relation(occ.relation);
        relation.is_some_and(|relation| self.lexicon.is_spelled(unit, relation, &folded(self.doc, occ.i, occ.made)))
    }

    /// Do the letters begin with those of an acronym?
    fn head(&self, run: &Run<'_>, occ: Occ) -> Option<()> {
        folded(self.doc, occ.i, occ.made).starts_with(&*run.text()).then_some(())
    }

    /// Does a stem of so many letters, with an ending of these kinds, stand for the run?
    fn ending(&self, unit: UnitId, run: &Run<'_>, occ: Occ, (stem, kinds): (u16, Kinds), acronym: bool) -> Option<(How, Kept)> {
        let form = folded(self.doc, occ.i, occ.made);
        let (stem, tail) = split(&form, stem)?;
        let relation = self.lexicon.links.relation(occ.relation)?;
        let ending = form.get(stem.len()..)?;
        let kinds = endings::as_written(kinds & relation.kinds, endings::script(&form), ending, &letters(self.doc, occ.i, occ.made));
        if kinds == 0 || !self.lexicon.is_spelled(unit, relation, stem) {
            return None;
        }
        let bits = self.how(occ, acronym).bits | if tail > 0 { How::ENDING } else { 0 };
        let how = How { bits, tail };
        if run.last.is(WordRec::LOOSE) {
            return Some((how, Kept::UnlessHalf));
        }
        let (text, mine, written) = (run.text(), run.letters(), letters(self.doc, occ.i, occ.made));
        if run.last.is(WordRec::ALONE) && !endings::capitals(&mine, &written) {
            return None;
        }
        // Marks are a matter of letters beyond ASCII; without any on either side there is nothing to compare.
        let same_marks = mine.is_ascii() && written.is_ascii() || endings::marks(&text, &mine, &written, stem);
        if !same_marks {
            return None;
        }
        if run.last.is(WordRec::ACRONYM) {
            return (acronym && lowered(&mine, &written, Some(common(stem, &text)))).then_some((how, Kept::Always));
        }
        (!run.strict || run.capitals(&written)).then_some((how, Kept::UnlessHalf))
    }

    /// How a form comes from its word.
    fn how(&self, occ: Occ, acronym: bool) -> How {
        let bits = match occ.made {
            Made::Pair { .. } | Made::Tag(_) => How::JOINED,
            Made::Plural(_) => How::SPACED_PLURAL,
            Made::Form(k) => {
                let raw = || self.doc.raw(occ.i as usize);
                match self.doc.forms(occ.i as usize).get(usize::from(k)).map(|form| form.kind) {
                    Some(FormKind::Start) if raw().contains(words::is_apostrophe) => How::APOSTROPHE,
                    Some(FormKind::Start) if raw().contains(words::ZWNJ) => How::HALF_SPACE,
                    Some(FormKind::Start) => How::ENDING,
                    Some(FormKind::End) if raw().contains(words::is_apostrophe) => How::ELISION,
                    Some(FormKind::End) => How::ARTICLE,
                    _ => 0,
                }
            }
        };
        How::of(bits | if acronym { How::ACRONYM } else { 0 })
    }
}

/// When an occurrence with an ending counts.
enum Kept {
    Always,
    /// Two words that are one: only where neither half is found.
    UnlessHalf,
}

/// Words that are found by themselves.
struct Halves(Vec<u32>);

impl Halves {
    fn of(mut alone: Vec<u32>) -> Self {
        alone.sort_unstable();
        Self(alone)
    }

    fn new<'a>(occs: impl Iterator<Item = &'a Occ>) -> Self {
        Self::of(occs.filter(|occ| occ.i == occ.j).map(|occ| occ.i).collect())
    }

    /// One word; or two of which neither is found by itself.
    fn allow(&self, occ: &Occ) -> bool {
        let alone = |i: u32| self.0.binary_search(&i).is_ok();
        occ.i == occ.j || !alone(occ.i) && !alone(occ.j)
    }
}

/// Words of a phrase written as one.
struct Run<'a> {
    lexicon: &'a Lexicon,
    words: RunWords,
    first: &'a WordRec,
    last: &'a WordRec,
    /// Is one of them an acronym whose capitals count?
    strict: bool,
}

impl<'a> Run<'a> {
    fn new(lexicon: &'a Lexicon, words: RunWords) -> Self {
        let none = const { &WordRec::NONE };
        let mut all = lexicon.run(words);
        let strict = all.clone().any(WordRec::strict);
        let first = all.next().unwrap_or(none);
        Self { lexicon, words, first, last: all.next_back().unwrap_or(first), strict }
    }

    const fn several(&self) -> bool {
        matches!(self.words, RunWords::Many { .. })
    }

    fn text(&self) -> Cow<'a, str> {
        if self.several() { self.lexicon.run(self.words).map(|w| self.lexicon.text(w)).collect() } else { self.lexicon.text(self.first).into() }
    }

    fn letters(&self) -> Cow<'a, str> {
        if self.several() { self.lexicon.run(self.words).map(|w| self.lexicon.letters(w)).collect() } else { self.lexicon.letters(self.first).into() }
    }

    /// Have the letters of a text the capitals that the acronyms in the run want?
    fn capitals(&self, written: &str) -> bool {
        let mut from = 0;
        self.lexicon.run(self.words).all(|word| {
            let want = self.lexicon.letters(word);
            let length = want.chars().count();
            let good = !word.strict() || {
                let part = between(written, from, from + length);
                part == want || lowered(want, part, None)
            };
            from += length;
            good
        })
    }

    /// The acronym, and up to four small letters: how many.
    fn head(&self, written: &str) -> Option<u16> {
        let want = self.lexicon.letters(self.first);
        let n = want.chars().count();
        let (head, tail) = (between(written, 0, n), between(written, n, usize::MAX));
        let same = if self.first.is(WordRec::LOOSE) { is_upper(head) } else { head == want };
        let count = tail.chars().count();
        (same && count <= 4 && is_lower(tail) && tail.chars().all(words::is_letter)).then_some(count as u16)
    }
}

/// Characters `from..to` of a text.
fn between(text: &str, from: usize, to: usize) -> &str {
    let at = |n: usize| text.char_indices().nth(n).map_or(text.len(), |(at, _)| at);
    text.get(at(from)..at(to)).unwrap_or_default()
}

fn is_upper(text: &str) -> bool {
    text.chars().any(char::is_uppercase) && !text.chars().any(char::is_lowercase)
}

fn is_lower(text: &str) -> bool {
    text.chars().any(char::is_lowercase) && !text.chars().any(char::is_uppercase)
}

/// The first letters of a form, and how many follow.
fn split(form: &str, letters: u16) -> Option<(&str, u16)> {
    let stem = between(form, 0, letters.into());
    Some((stem, form.get(stem.len()..)?.chars().count() as u16))
}

/// NATO = Nato, TİKA = Tika: from four letters on one capital followed by small letters is enough. `compared`: so many letters.
pub(crate) fn lowered(capitals: &str, letters: &str, compared: Option<usize>) -> bool {
    let length = capitals.chars().count();
    let n = compared.unwrap_or(length);
    let small = |c: char, q: char| c.is_lowercase() && (c.to_uppercase().eq([q]) || c == 'i' && q == 'İ');
    length >= LOWERED
        && capitals.chars().next() == letters.chars().next()
        && letters.chars().count() >= n
        && letters.chars().skip(1).all(char::is_lowercase)
        && letters.chars().take(n).zip(capitals.chars().take(n)).skip(1).all(|(c, q)| small(c, q))
}

/// Letters that two words begin with in common.
fn common(a: &str, b: &str) -> usize {
    a.chars().zip(b.chars()).take_while(|(x, y)| x == y).count()
}

/// At most one letter inserted, dropped or replaced.
pub(crate) fn one_edit(a: &str, b: &str) -> bool {
    let (mut x, mut y) = (a.chars(), b.chars());
    loop {
        let (before_x, before_y) = (x.as_str(), y.as_str());
        match (x.next(), y.next()) {
            (None, None) => return true,
            (Some(p), Some(q)) if p == q => {}
            (p, q) => {
                let (rest_x, rest_y) = (x.as_str(), y.as_str());
                return match (p, q) {
                    (Some(_), Some(_)) => rest_x == rest_y || before_x == rest_y || rest_x == before_y,
                    (Some(_), None) => rest_x.is_empty(),
                    _ => rest_y.is_empty(),
                };
            }
        }
    }
}

/// Does a wildcard stand for all of a form?
pub(crate) fn wild_fits(pieces: &[Piece], form: &str) -> bool {
    // The classic walk: remember the last `*` and try one letter more of it. At most pieces × letters.
    let (mut at, mut rest) = (0, form);
    let mut star: Option<(usize, &str)> = None;
    loop {
        let step = match pieces.get(at) {
            Some(Piece::Any) => {
                star = Some((at + 1, rest));
                Some(rest)
            }
            Some(Piece::One) => {
                let mut chars = rest.chars();
                chars.next().map(|_| chars.as_str())
            }
            Some(Piece::Run(run)) => rest.strip_prefix(run.as_str()),
            None if rest.is_empty() => return true,
            None => None,
        };
        if let Some(next) = step {
            (at, rest) = (at + 1, next);
            continue;
        }
        let Some((after, from)) = star else { return false };
        let mut chars = from.chars();
        if chars.next().is_none() {
            return false;
        }
        star = Some((after, chars.as_str()));
        (at, rest) = (after, chars.as_str());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_edit_is_one_letter_more_less_or_other() {
        for (a, b, want) in [
            ("abc", "abc", true),
            ("abc", "abcd", true),
            ("abc", "xabc", true),
            ("abc", "axc", true),
            ("abc", "ab", true),
            ("abc", "acb", false),
            ("abc", "abcde", false),
            ("", "a", true),
            ("", "ab", false),
        ] {
            assert_eq!((one_edit(a, b), one_edit(b, a)), (want, want), "{a} {b}");
        }
    }

    #[test]
    fn a_wildcard_stands_for_all_of_a_word() {
        let run = |s: &str| Piece::Run(s.into());
        let pieces = [run("org"), Piece::Any, run("tion")];
        assert!(wild_fits(&pieces, "organization") && wild_fits(&pieces, "orgtion") && wild_fits(&pieces, "orgtiontion"));
        assert!(!wild_fits(&pieces, "organizations") && !wild_fits(&pieces, "anorgtion"));
        assert!(wild_fits(&[Piece::Any, run("kistan")], "tajikistan"));
        assert!(wild_fits(&[run("organi"), Piece::One, run("ation")], "organisation"));
        assert!(!wild_fits(&[run("organi"), Piece::One, run("ation")], "organiation"));
    }
}
