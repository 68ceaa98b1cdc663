//! One walk over the words of an article: whatever a form, a stem, a beginning or an end of a word may stand for is noted.
//!
//! What nobody can want is not even looked up: filters know the first letters of whatever takes endings, and the beginnings of whatever may be
//! written as two words. Must not know: phrases, operators, watches.

use super::scratch::{Made, Occ, Scratch, Seen};
use crate::query::lexicon::{Keys, Lexicon, Link, RunWords, Unit, UnitId, first_letters};
use crate::query::words;
use crate::text::endings::{self, Script};
use crate::text::{Document, Form, FormKind, Gap, Pair, hash};

/// Letters that may follow the capitals of an acronym.
const SMALL_LETTERS: usize = 4;
/// Letters of an acronym.
const ACRONYM: std::ops::RangeInclusive<usize> = 2..=6;
/// Letters that two words over a space must have together, before an ending too.
const SPACE_JOIN_MIN: usize = 7;

/// Notes in `scratch` what every word of `doc` may stand for.
pub(crate) fn gather(lexicon: &Lexicon, doc: &Document, scratch: &mut Scratch) {
    let parts = !(lexicon.beginnings.is_empty() && lexicon.ends.is_empty() && lexicon.infixes.is_empty());
    let buffer = std::mem::take(&mut scratch.text);
    let mut g = Gather { lexicon, doc, scratch, parts, buffer };
    for i in 0..doc.words() {
        g.word(i);
    }
    for (n, tag) in doc.hashtags().iter().enumerate() {
        let text = doc.text(&tag.form);
        let at = Spot { i: tag.first, j: tag.last, made: Made::Tag(n as u32) };
        g.whole(at, tag.form.hash);
        g.stems(at, text, &tag.form, 0);
    }
    let buffer = std::mem::take(&mut g.buffer);
    scratch.text = buffer;
}

/// Which words, and what is made of them.
#[derive(Clone, Copy)]
struct Spot {
    i: u32,
    j: u32,
    made: Made,
}

struct Gather<'a> {
    lexicon: &'a Lexicon,
    doc: &'a Document,
    scratch: &'a mut Scratch,
    /// Is anything looked up by parts of words?
    parts: bool,
    buffer: String,
}

impl<'a> Gather<'a> {
    #[inline]
    fn note(&mut self, link: &Link<'_>, at: Spot, seen: Seen) {
        self.scratch.note(self.lexicon.slot(link.unit), Occ::new(at.i, at.j, at.made, seen, link.number));
    }

    fn note_part(&mut self, unit: UnitId, at: Spot) {
        self.scratch.note(self.lexicon.slot(unit), Occ::new(at.i, at.j, at.made, Seen::Part, 0));
    }

    fn word(&mut self, i: usize) {
        let doc = self.doc;
        let Some(token) = doc.tokens().get(i) else { return };
        let forms = doc.forms(i);
        let links = &self.lexicon.links;
        if forms.is_empty() && links.any_exact {
            self.exact_piece(i as u32, 0);
        }
        let mut first_of_pair = false;
        for (k, form) in forms.iter().enumerate() {
            let at = Spot { i: i as u32, j: i as u32, made: Made::Form(k as u8) };
            self.whole(at, form.hash);
            let may_begin = !token.is_cjk() && form.script.is_some() && self.may_begin_stem(doc.text(form));
            if may_begin {
                for cut in doc.cuts(i, form) {
                    self.stem(at, cut);
                }
            }
            first_of_pair |= form.kind != FormKind::Start && (may_begin || links.halves.may_contain(hash::spread(form.hash)));
            if self.parts {
                self.parts_of(at, doc.text(form), form.letters as usize, form.hash);
            }
        }
        if links.any_head && !token.is_cjk() {
            self.heads(i);
        }
        if (links.any_exact || self.parts) && doc.raw(i).contains(words::is_apostrophe) {
            self.pieces(i);
        }
        let Some(next) = doc.tokens().get(i + 1) else { return };
        let close = matches!(next.gap(), Gap::Hyphen | Gap::Nothing);
        if first_of_pair || close && self.parts {
            self.pairs(i, close);
        }
        if doc.forms(i + 1).first().is_some_and(|form| form.script == Some(Script::Arabic)) && doc.is_spaced_plural(i + 1) {
            self.spaced_plural(i);
        }
    }

    /// May a folded word, or what it begins, have a stem that is asked for?
    fn may_begin_stem(&self, folded: &str) -> bool {
        let links = &self.lexicon.links;
        let four = first_letters(folded, 4).is_some_and(|first| links.stems.may_contain(first));
        four || links.short_stems.as_ref().is_some_and(|short| first_letters(folded, 3).is_some_and(|first| short.may_contain(first)))
    }

    /// Letters with this hash: their units' letters are compared when somebody asks for them.
    #[inline]
    fn whole(&mut self, at: Spot, hash: u64) {
        let links = &self.lexicon.links;
        for link in links.with_hash(hash) {
            if link.relation.whole {
                self.note(&link, at, Seen::Whole);
            }
            if link.relation.exact && at.i == at.j {
                self.note(&link, at, Seen::Part);
            }
        }
    }

    /// One place where letters may be cut before an ending.
    #[inline]
    fn stem(&mut self, at: Spot, cut: endings::Cut) {
        let links = &self.lexicon.links;
        for link in links.with_hash(cut.hash) {
            if link.relation.kinds & cut.kinds != 0 {
                self.note(&link, at, Seen::Stem { letters: cut.letters as u16, kinds: cut.kinds });
            }
        }
    }

    /// The stems of letters that are more than one word; those of fewer letters than `least` are none.
    fn stems(&mut self, at: Spot, text: &'a str, form: &Form, least: usize) {
        if self.may_begin_stem(text) {
            for cut in endings::cuts(text, form.letters as usize, form.hash, form.script).filter(|cut| cut.letters >= least) {
                self.stem(at, cut);
            }
        }
    }

    /// Up to four small letters behind capitals: what stands before them may be an acronym.
    fn heads(&mut self, i: usize) {
        let (doc, links) = (self.doc, &self.lexicon.links);
        let raw = doc.raw(i);
        if raw.starts_with(char::is_lowercase) && !raw.contains(words::is_apostrophe) {
            return;
        }
        for (k, form) in doc.forms(i).iter().enumerate() {
            let (text, total) = (doc.text(form), form.letters as usize);
            let at = Spot { i: i as u32, j: i as u32, made: Made::Form(k as u8) };
            let mut hash = 0;
            for (n, c) in text.chars().enumerate().take(ACRONYM.end() + 1) {
                if ACRONYM.contains(&n) && total <= n + SMALL_LETTERS {
                    for link in links.with_hash(hash).filter(|link| link.relation.head) {
                        self.note(&link, at, Seen::Head);
                    }
                }
                hash = hash::push(hash, c);
            }
        }
    }

    /// Whatever is looked up by its beginning, its end or letters inside.
    fn parts_of(&mut self, at: Spot, text: &str, letters: usize, whole: u64) {
        let Lexicon { beginnings, ends, infixes, .. } = self.lexicon;
        let (mut hash, mut n) = (0, 0);
        for (byte, c) in text.char_indices().map(|(byte, c)| (byte, Some(c))).chain([(text.len(), None)]) {
            if let Some((begin, end)) = text.split_at_checked(byte) {
                if beginnings.has_length(n) {
                    self.part(at, beginnings, hash, begin);
                }
                if ends.has_length(letters - n) {
                    self.part(at, ends, hash::rest(whole, hash, (letters - n) as u32), end);
                }
            }
            if let Some(c) = c {
                hash = hash::push(hash, c);
                n += 1;
            }
        }
        for unit in infixes.find(text) {
            self.note_part(unit, at);
        }
    }

    fn part(&mut self, at: Spot, keys: &'a Keys, hash: u64, text: &str) {
        for &unit in keys.find(hash, text) {
            // Two words are one only where a single word is asked for; whether the rest fits is asked later.
            let single = !matches!(self.lexicon.unit(unit), Some(Unit::Run(RunWords::Many { .. }) | Unit::Exact(_)));
            if at.i == at.j || single {
                self.note_part(unit, at);
            }
        }
    }

    /// What stands between apostrophes, for `=`.
    fn pieces(&mut self, i: usize) {
        let at = Spot { i: i as u32, j: i as u32, made: Made::Form(0) };
        for piece in self.doc.raw(i).split(words::is_apostrophe).filter(|p| !p.is_empty()) {
            let folded = words::fold(piece).replace(['.', words::ZWNJ], "");
            let hash = hash::hash(&folded);
            self.exact_piece(i as u32, hash);
            if self.parts {
                self.parts_of(at, &folded, folded.chars().count(), hash);
            }
        }
    }

    /// What was written is compared anyway.
    fn exact_piece(&mut self, i: u32, hash: u64) {
        let at = Spot { i, j: i, made: Made::Form(0) };
        let links = &self.lexicon.links;
        for link in links.with_hash(hash).filter(|link| link.relation.exact) {
            self.note(&link, at, Seen::Part);
        }
    }

    /// همکاری های
    fn spaced_plural(&mut self, i: usize) {
        let doc = self.doc;
        let Some(ending) = doc.forms(i + 1).first() else { return };
        for (k, form) in doc.forms(i).iter().enumerate().filter(|(_, form)| form.kind != FormKind::Start) {
            let at = Spot { i: i as u32, j: i as u32 + 1, made: Made::Plural(k as u8) };
            let script = form.script.filter(|_| form.script == ending.script);
            let letters = form.letters + ending.letters;
            self.together([doc.text(form), doc.text(ending)], |g, text| {
                for cut in endings::cuts(text, letters as usize, hash::join(form.hash, ending.hash, ending.letters), script) {
                    if cut.letters == form.letters as usize {
                        g.stem(at, cut);
                    }
                }
            });
        }
    }

    /// Writes letters together for a moment.
    fn together(&mut self, parts: [&str; 2], work: impl FnOnce(&mut Self, &str)) {
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.clear();
        parts.into_iter().for_each(|part| buffer.push_str(part));
        work(self, &buffer);
        self.buffer = buffer;
    }

    /// This word and the next, written together.
    fn pairs(&mut self, i: usize, close: bool) {
        let doc = self.doc;
        for pair in doc.pairs(i) {
            self.pair(i, pair, close);
        }
    }

    fn pair(&mut self, i: usize, pair: Pair, close: bool) {
        let (doc, lexicon) = (self.doc, self.lexicon);
        let (Some(a), Some(b)) = (doc.forms(i).get(pair.first), doc.forms(i + 1).get(pair.second)) else { return };
        let half = lexicon.links.halves.may_contain(hash::spread(a.hash));
        let script = a.script.filter(|_| a.script == b.script);
        // A stem that the first word holds whole needs an ending that the second word is the end of.
        let inner = script.is_some() && (half || self.may_begin_stem(doc.text(a)));
        if !(half || inner || close && self.parts) {
            return;
        }
        let made = Made::Pair { first: pair.first as u8, second: pair.second as u8, singular: pair.singular };
        let at = Spot { i: i as u32, j: i as u32 + 1, made };
        if half {
            self.whole(at, pair.hash);
        }
        if !(inner || close && self.parts) {
            return;
        }
        let second = doc.text(b);
        let second = if pair.singular { second.strip_suffix('s').unwrap_or(second) } else { second };
        self.together([doc.text(a), second], |g, text| {
            if inner && g.may_begin_stem(text) {
                for cut in endings::cuts(text, pair.letters as usize, pair.hash, script) {
                    if close || cut.letters >= SPACE_JOIN_MIN {
                        g.stem(at, cut);
                    }
                }
            }
            if close && g.parts {
                g.parts_of(at, text, pair.letters as usize, pair.hash);
            }
        });
    }
}
