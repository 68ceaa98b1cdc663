//! The places of one word, or of several written as one: capitals, endings, signs (QUERY.md, "Words").
//!
//! Must not know: phrases.

use super::gather::{folded, letters};
use super::place::{How, Place};
use super::scratch::{Made, Occ, Scratch, Seen};
use crate::query::lexicon::{Lexicon, Unit, WordRec};
use crate::query::syntax::{More, Piece};
use crate::query::words;
use crate::text::{Document, FormKind, endings};

/// Letters from which on an acronym is also found as a name: NATO, Nato.
const LOWERED: usize = 4;

/// What words are looked for in.
#[derive(Clone, Copy)]
pub(super) struct Look<'a> {
    pub lexicon: &'a Lexicon,
    pub doc: &'a Document,
    pub scratch: &'a Scratch,
    /// Fields (by number) in which acronyms do not count just now.
    pub no_acronyms: [bool; 3],
}

impl<'a> Look<'a> {
    /// The place of words `i..=j`.
    pub(super) fn place(&self, i: u32, j: u32, how: How) -> Option<Place> {
        let tokens = self.doc.tokens();
        Some(Place { i, j, start: tokens.get(i as usize)?.start, end: tokens.get(j as usize)?.end, how, label: 0 })
    }

    /// The places of a unit that is no word after `=`.
    pub(super) fn unit(&self, unit: u32) -> Vec<Place> {
        match self.lexicon.unit(unit) {
            Some(Unit::Run { at, n }) => self.run(unit, at, usize::from(n)),
            Some(Unit::Fuzzy(text)) => {
                let want = self.lexicon.text(text);
                self.single_or_pair(unit, How::of(How::EDIT), |form, _| one_edit(form, want))
            }
            Some(Unit::Wild(at)) => {
                let pieces = self.lexicon.wild(at);
                self.single_or_pair(unit, How::of(How::WILDCARD), |form, _| wild_fits(pieces, form))
            }
            _ => Vec::new(),
        }
    }

    /// Words that fit; a hyphen pair where neither half fits alone.
    fn single_or_pair(&self, unit: u32, how: How, good: impl Fn(&str, Occ) -> bool) -> Vec<Place> {
        let fitting: Vec<Occ> = self.scratch.occs(unit).filter(|occ| good(&folded(self.doc, occ.i, occ.made), *occ)).collect();
        let mut halves: Vec<u32> = fitting.iter().filter(|occ| occ.i == occ.j).map(|occ| occ.i).collect();
        halves.sort_unstable();
        let alone = |i: u32| halves.binary_search(&i).is_ok();
        fitting.iter().filter(|occ| occ.i == occ.j || !alone(occ.i) && !alone(occ.j)).filter_map(|occ| self.place(occ.i, occ.j, how)).collect()
    }

    fn run(&self, unit: u32, at: u32, n: usize) -> Vec<Place> {
        let run = Run::new(self.lexicon, at, n);
        let mut found = match run.last.more.get() {
            More::No => self.plain(unit, &run),
            more => self.longer(unit, &run, more),
        };
        let (first, last) = (self.lexicon.touch(run.first.touch), self.lexicon.touch(run.last.touch));
        if !first.before.is_empty() || !last.after.is_empty() {
            found.retain(|p| self.doc.before(p.i as usize).ends_with(&first.before) && self.doc.after(p.j as usize).starts_with(&last.after));
        }
        if !run.must.is_empty() && self.no_acronyms != [false; 3] {
            found.retain(|p| !self.doc.tokens().get(p.i as usize).is_some_and(|t| self.no_acronyms[t.field() as usize]));
        }
        found
    }

    /// `$n` and `*`.
    fn longer(&self, unit: u32, run: &Run<'_>, more: More) -> Vec<Place> {
        let text = run.text();
        let length = text.chars().count();
        let good = |form: &str, occ: Occ| {
            let Some(rest) = form.strip_prefix(text.as_str()) else { return false };
            let fits = match more {
                More::Letters(n) => rest.is_empty() || rest.chars().count() <= n as usize && rest.chars().all(words::is_letter),
                _ => true,
            };
            fits && (run.must.is_empty() || run.capitals(&letters(self.doc, occ.i, occ.made)))
        };
        let mut places = self.single_or_pair(unit, How::of(How::BEGINNING), good);
        if run.several {
            places.retain(|p| p.i == p.j);
        }
        for place in &mut places {
            let form = self.doc.forms(place.i as usize).iter().find(|form| self.doc.text(form).starts_with(&text));
            place.how.tail = form.map_or(0, |form| (form.letters as usize).saturating_sub(length) as u16);
            if place.how.tail == 0 {
                place.how = How::WHOLE;
            }
        }
        places
    }

    /// Whole words, acronyms with what may follow them, ordinary endings.
    fn plain(&self, unit: u32, run: &Run<'_>) -> Vec<Place> {
        let (mut found, mut more) = (Vec::new(), Vec::new());
        let acronym = run.last.is(WordRec::ACRONYM) && !run.several;
        let takes_endings = run.last.is(WordRec::ENDINGS) && (run.last.is(WordRec::LOOSE) || !run.last.is(WordRec::ACRONYM));
        let mut text = None;
        for occ in self.scratch.occs(unit) {
            let written = || letters(self.doc, occ.i, occ.made);
            match occ.seen {
                Seen::Whole => {
                    if run.must.is_empty() || run.capitals(&written()) {
                        found.push((occ, self.how_whole(occ, acronym)));
                    }
                }
                Seen::Head if acronym => {
                    let written = written();
                    if run.head(&written) {
                        let tail = written.chars().count() - run.letters_of_first().chars().count();
                        found.push((occ, How { bits: self.how_whole(occ, true).bits | How::ENDING, tail: tail as u16 }));
                    }
                }
                Seen::Stem(stem) => {
                    let text = text.get_or_insert_with(|| run.text());
                    let form = folded(self.doc, occ.i, occ.made);
                    let (Some(stem), tail) = split(&form, stem) else { continue };
                    let bits = self.how_whole(occ, acronym).bits | if tail > 0 { How::ENDING } else { 0 };
                    let how = How { bits, tail };
                    if run.last.is(WordRec::LOOSE) {
                        if takes_endings {
                            more.push((occ, how));
                        }
                        continue;
                    }
                    let written = written();
                    let mine = run.letters();
                    let fits = (!run.last.is(WordRec::ALONE) || endings::capitals(&mine, &written)) && endings::marks(text, &mine, &written, stem);
                    if !fits {
                        continue;
                    }
                    if takes_endings && run.capitals(&written) {
                        more.push((occ, how));
                    } else if acronym && run.last.is(WordRec::ENDINGS) && lowered(&mine, &written, Some(common(stem, text))) {
                        found.push((occ, how));
                    }
                }
                _ => {}
            }
        }
        // An ending on two words that are one: only where neither half is found already.
        let mut halves: Vec<u32> = found.iter().chain(&more).filter(|(occ, _)| occ.i == occ.j).map(|(occ, _)| occ.i).collect();
        halves.sort_unstable();
        let alone = |i: u32| halves.binary_search(&i).is_ok();
        more.retain(|(occ, _)| occ.i == occ.j || !alone(occ.i) && !alone(occ.j) || occ.j == occ.i + 1 && self.doc.is_spaced_plural(occ.j as usize));
        found.extend(more);
        found.into_iter().filter_map(|(occ, how)| self.place(occ.i, occ.j, how)).collect()
    }

    /// How a form comes from its word.
    fn how_whole(&self, occ: Occ, acronym: bool) -> How {
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

/// Words of a phrase written as one.
struct Run<'a> {
    lexicon: &'a Lexicon,
    at: u32,
    n: usize,
    several: bool,
    first: &'a WordRec,
    last: &'a WordRec,
    /// The acronyms whose capitals count: where their letters begin, and they.
    must: Vec<(usize, &'a str)>,
}

impl<'a> Run<'a> {
    fn new(lexicon: &'a Lexicon, at: u32, n: usize) -> Self {
        let words = lexicon.pool_words(at, n);
        let (mut must, mut letters) = (Vec::new(), 0);
        for word in words.clone() {
            if word.strict() {
                must.push((letters, lexicon.text(word.letters)));
            }
            if n > 1 {
                letters += lexicon.text(word.text).chars().count();
            }
        }
        let none = const { &WordRec::NONE };
        Self { lexicon, at, n, several: n > 1, first: words.clone().next().unwrap_or(none), last: words.last().unwrap_or(none), must }
    }

    fn text(&self) -> String {
        self.lexicon.pool_words(self.at, self.n).map(|w| self.lexicon.text(w.text)).collect()
    }

    fn letters(&self) -> String {
        self.lexicon.pool_words(self.at, self.n).map(|w| self.lexicon.text(w.letters)).collect()
    }

    fn letters_of_first(&self) -> &'a str {
        self.lexicon.text(self.first.letters)
    }

    /// Have the letters of a text the capitals that the acronyms in the run want?
    fn capitals(&self, written: &str) -> bool {
        self.must.iter().all(|(from, want)| {
            let part: String = written.chars().skip(*from).take(want.chars().count()).collect();
            part == *want || lowered(want, &part, None)
        })
    }

    /// The acronym, and up to four small letters.
    fn head(&self, written: &str) -> bool {
        let want = self.letters_of_first();
        let n = want.chars().count();
        let head: String = written.chars().take(n).collect();
        let tail: String = written.chars().skip(n).collect();
        let same = if self.first.is(WordRec::LOOSE) { is_upper(&head) } else { head == want };
        same && is_lower(&tail) && tail.chars().all(words::is_letter) && tail.chars().count() <= 4
    }
}

fn is_upper(text: &str) -> bool {
    text.chars().any(char::is_uppercase) && !text.chars().any(char::is_lowercase)
}

fn is_lower(text: &str) -> bool {
    text.chars().any(char::is_lowercase) && !text.chars().any(char::is_uppercase)
}

/// The first letters of a form, and how many follow.
fn split(form: &str, letters: u16) -> (Option<&str>, u16) {
    let mut rest = form.chars();
    for _ in 0..letters {
        rest.next();
    }
    let tail = rest.as_str();
    (form.get(..form.len() - tail.len()), tail.chars().count() as u16)
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
pub(super) fn wild_fits(pieces: &[Piece], form: &str) -> bool {
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
