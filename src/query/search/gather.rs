//! One walk over the words of an article: whatever a form, a stem, a beginning or an end of a word may stand for is noted.
//!
//! Must not know: phrases, operators, watches.

use super::scratch::{Made, Scratch, Seen};
use crate::query::lexicon::{Keys, Lexicon, Link, Relation, Unit};
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
    let mut g = Gather { lexicon, doc, scratch };
    let parts = !(lexicon.beginnings.is_empty() && lexicon.ends.is_empty() && lexicon.infixes.is_empty());
    for i in 0..doc.words() {
        g.word(i, parts);
        g.pairs(i, parts);
    }
    for (n, tag) in doc.hashtags().iter().enumerate() {
        let text = doc.text(&tag.form);
        let made = Made::Tag(n as u32);
        g.whole(tag.first, tag.last, made, tag.form.hash, |key| key == text);
        g.stems(text, &tag.form, tag.first, tag.last, made, 0);
    }
}

struct Gather<'a> {
    lexicon: &'a Lexicon,
    doc: &'a Document,
    scratch: &'a mut Scratch,
}

impl<'a> Gather<'a> {
    fn word(&mut self, i: usize, parts: bool) {
        let doc = self.doc;
        let forms = doc.forms(i);
        let at = i as u32;
        if forms.is_empty() {
            self.exact_piece(at, "", 0);
        }
        for (k, form) in forms.iter().enumerate() {
            let text = doc.text(form);
            let made = Made::Form(k as u8);
            self.whole(at, at, made, form.hash, |key| key == text);
            for cut in doc.cuts(i, form) {
                self.stem(text, form.script, cut, at, at, made, |_| true);
            }
            if parts {
                self.parts(text, form.letters as usize, form.hash, at, at, made);
            }
        }
        self.head(i);
        if doc.raw(i).contains(words::is_apostrophe) {
            self.pieces(i, parts);
        }
        if doc.is_spaced_plural(i + 1) {
            self.spaced_plural(i);
        }
    }

    fn links(&self, hash: u64, same: impl Fn(&str) -> bool) -> &'a [Link] {
        self.lexicon.keys.find(self.lexicon.arena(), hash, same)
    }

    fn whole(&mut self, i: u32, j: u32, made: Made, hash: u64, same: impl Fn(&str) -> bool) {
        for link in self.links(hash, same) {
            match link.relation {
                Relation::WHOLE => self.scratch.note(link.unit, i, j, made, Seen::Whole),
                Relation::EXACT if i == j => self.scratch.note(link.unit, i, j, made, Seen::Part),
                _ => {}
            }
        }
    }

    /// One place where letters may be cut before an ending.
    fn stem(&mut self, text: &str, script: Option<Script>, cut: endings::Cut, i: u32, j: u32, made: Made, good: impl Fn(&endings::Cut) -> bool) {
        let (Some((stem, ending)), true) = (text.split_at_checked(cut.stem), good(&cut)) else { return };
        let mut kinds = None;
        for link in self.links(cut.hash, |key| key == stem) {
            if self.lexicon.kinds(link.relation) & cut.kinds == 0 {
                continue;
            }
            let allowed = *kinds.get_or_insert_with(|| endings::as_written(cut.kinds, script, ending, &letters(self.doc, i, made)));
            if self.lexicon.kinds(link.relation) & allowed != 0 {
                self.scratch.note(link.unit, i, j, made, Seen::Stem(cut.letters as u16));
            }
        }
    }

    /// The stems of letters that are more than one word; those of fewer letters than `least` are none.
    fn stems(&mut self, text: &str, form: &Form, i: u32, j: u32, made: Made, least: usize) {
        for cut in endings::cuts(text, form.letters as usize, form.hash, form.script) {
            self.stem(text, form.script, cut, i, j, made, |cut| cut.letters >= least);
        }
    }

    /// Up to four small letters behind capitals: what stands before them may be an acronym.
    fn head(&mut self, i: usize) {
        let doc = self.doc;
        let raw = doc.raw(i);
        if raw.starts_with(char::is_lowercase) && !raw.contains(words::is_apostrophe) || doc.tokens().get(i).is_none_or(|t| t.is_cjk()) {
            return;
        }
        for (k, form) in doc.forms(i).iter().enumerate() {
            let text = doc.text(form);
            let total = form.letters as usize;
            let mut hash = 0;
            for (n, (at, c)) in text.char_indices().enumerate().take(ACRONYM.end() + 1) {
                if ACRONYM.contains(&n) && total <= n + SMALL_LETTERS {
                    let head = text.get(..at).unwrap_or_default();
                    for link in self.links(hash, |key| key == head) {
                        if link.relation == Relation::HEAD {
                            self.scratch.note(link.unit, i as u32, i as u32, Made::Form(k as u8), Seen::Head);
                        }
                    }
                }
                hash = hash::push(hash, c);
            }
        }
    }

    /// Whatever is looked up by its beginning, its end or letters inside.
    fn parts(&mut self, text: &str, letters: usize, whole: u64, i: u32, j: u32, made: Made) {
        let Lexicon { beginnings, ends, infixes, .. } = self.lexicon;
        let (mut hash, mut n) = (0, 0);
        for (at, c) in text.char_indices().map(|(at, c)| (at, Some(c))).chain([(text.len(), None)]) {
            if let Some((begin, end)) = text.split_at_checked(at) {
                if beginnings.has_length(n) {
                    self.part(beginnings, hash, begin, i, j, made);
                }
                if ends.has_length(letters - n) {
                    self.part(ends, hash::rest(whole, hash, (letters - n) as u32), end, i, j, made);
                }
            }
            if let Some(c) = c {
                hash = hash::push(hash, c);
                n += 1;
            }
        }
        for unit in infixes.find(text) {
            self.scratch.note(unit, i, j, made, Seen::Part);
        }
    }

    fn part(&mut self, keys: &'a Keys, hash: u64, text: &str, i: u32, j: u32, made: Made) {
        for link in keys.find(self.lexicon.arena(), hash, |key| key == text) {
            // Two words are one here only where a single word is asked for (`good` asks the rest).
            if i == j || link.relation == Relation::WHOLE && self.single(link.unit) {
                self.scratch.note(link.unit, i, j, made, Seen::Part);
            }
        }
    }

    fn single(&self, unit: u32) -> bool {
        !matches!(self.lexicon.unit(unit), Some(Unit::Run { n: 2.., .. }))
    }

    /// What stands between apostrophes, for `=`.
    fn pieces(&mut self, i: usize, parts: bool) {
        for piece in self.doc.raw(i).split(words::is_apostrophe).filter(|p| !p.is_empty()) {
            let folded = words::fold(piece).replace(['.', words::ZWNJ], "");
            self.exact_piece(i as u32, &folded, hash::hash(&folded));
            if parts {
                self.parts(&folded, folded.chars().count(), hash::hash(&folded), i as u32, i as u32, Made::Form(0));
            }
        }
    }

    fn exact_piece(&mut self, i: u32, folded: &str, hash: u64) {
        for link in self.links(hash, |key| key == folded) {
            if link.relation == Relation::EXACT {
                self.scratch.note(link.unit, i, i, Made::Form(0), Seen::Part);
            }
        }
    }

    /// همکاری های
    fn spaced_plural(&mut self, i: usize) {
        let doc = self.doc;
        let Some(ending) = doc.forms(i + 1).first() else { return };
        for (k, form) in doc.forms(i).iter().enumerate().filter(|(_, form)| form.kind != FormKind::Start) {
            let text = [doc.text(form), doc.text(ending)].concat();
            let script = form.script.filter(|_| form.script == ending.script);
            let letters = form.letters + ending.letters;
            for cut in endings::cuts(&text, letters as usize, hash::join(form.hash, ending.hash, ending.letters), script) {
                self.stem(&text, script, cut, i as u32, i as u32 + 1, Made::Plural(k as u8), |cut| cut.letters == form.letters as usize);
            }
        }
    }

    /// This word and the next, written together.
    fn pairs(&mut self, i: usize, parts: bool) {
        let doc = self.doc;
        let Some(next) = doc.tokens().get(i + 1) else { return };
        let close = matches!(next.gap(), Gap::Hyphen | Gap::Nothing);
        for pair in doc.pairs(i) {
            let made = Made::Pair { first: pair.first as u8, second: pair.second as u8, singular: pair.singular };
            let (a, b) = (i as u32, i as u32 + 1);
            let text = doc.pair_text(i, &pair);
            self.whole(a, b, made, pair.hash, |key| key == text);
            let script = endings::script(&text);
            for cut in endings::cuts(&text, pair.letters as usize, pair.hash, script) {
                self.stem(&text, script, cut, a, b, made, |cut| close || cut.letters >= SPACE_JOIN_MIN);
            }
            if close && parts {
                self.parts(&text, pair.letters as usize, pair.hash, a, b, made);
            }
        }
    }
}

/// The folded letters that an occurrence is made of.
pub(super) fn folded(doc: &Document, i: u32, made: Made) -> String {
    let i = i as usize;
    let part = |i: usize, k: u8| doc.forms(i).get(usize::from(k)).map_or("", |form| doc.text(form));
    match made {
        Made::Form(k) => part(i, k).into(),
        Made::Pair { .. } => pair(doc, i, made).map(|p| doc.pair_text(i, &p)).unwrap_or_default(),
        Made::Tag(n) => doc.hashtags().get(n as usize).map_or("", |tag| doc.text(&tag.form)).into(),
        Made::Plural(k) => [part(i, k), part(i + 1, 0)].concat(),
    }
}

/// The same letters as written.
pub(super) fn letters(doc: &Document, i: u32, made: Made) -> String {
    let i = i as usize;
    match made {
        Made::Form(k) => doc.letters(i, usize::from(k)),
        Made::Pair { .. } => pair(doc, i, made).map(|p| doc.pair_word(i, &p).letters).unwrap_or_default(),
        Made::Tag(n) => doc.hashtags().get(n as usize).map(|tag| doc.hashtag_letters(tag)).unwrap_or_default(),
        Made::Plural(k) => doc.letters(i, usize::from(k)) + &doc.letters(i + 1, 0),
    }
}

fn pair(doc: &Document, i: usize, made: Made) -> Option<Pair> {
    let Made::Pair { first, second, singular } = made else { return None };
    let (a, b) = (doc.forms(i).get(usize::from(first))?, doc.forms(i + 1).get(usize::from(second))?);
    let letters = a.letters + b.letters - u32::from(singular);
    Some(Pair { first: usize::from(first), second: usize::from(second), singular, hash: 0, letters })
}
