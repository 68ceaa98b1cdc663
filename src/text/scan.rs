//! The pass over a field's plain text: words, their places, their folded forms and hashes.
//!
//! Must not know: what is looked for; which fields an article has.

use super::chars::{
    APOSTROPHE, CJK, CJK_SIGN, DIGIT, Folded, IGNORED, LETTER, LETTER_APOSTROPHE, MARK, ZWNJ, entry, is_alpha, is_mark, is_symbol, is_word,
};
use super::endings::{self, Script};
use super::fold::exact;
use super::forms::{self, AFTER_PROCLITIC, FormKind, PROCLITICS, is_dot, is_initial};
use super::gap::{self, Between};
use super::hash;
use super::hashtag;
use super::html::Plain;
use super::token::{ENDS_BEHIND_APOSTROPHE, Form, Gap, HARD, IS_CJK, SPLIT, Token};
use crate::model::Field;
use std::borrow::Cow;

/// Words are read of this many bytes of a field, so that every offset and every folded letter can be numbered with 32 bits.
const LONGEST: usize = 1 << 26;

/// The words of some fields, and their forms.
#[derive(Debug, Clone, Default)]
pub(super) struct Words {
    pub(super) tokens: Vec<Token>,
    /// Of each token in order; a token's begin where its record says and end where the next one's begin.
    pub(super) forms: Vec<Form>,
    /// What the forms are pieces of.
    pub(super) arena: String,
}

impl Words {
    /// Reads one field more.
    pub(super) fn read(&mut self, plain: &Plain, field: Field) {
        let mut end = plain.text.len().min(LONGEST);
        while !plain.text.is_char_boundary(end) {
            end -= 1;
        }
        let text = plain.text.get(..end).unwrap_or("");
        self.tokens.reserve(text.len() / 6);
        self.forms.reserve(text.len() / 6);
        self.arena.reserve(text.len());
        Scan { text, breaks: &plain.breaks, field: Token::field_bits(field), sentence: 0, last: 0, first: true, words: self }.run();
    }

    /// Takes the words away that stand in this range, and their forms.
    pub(super) fn remove(&mut self, range: std::ops::Range<usize>) {
        let at = |i: usize| self.tokens.get(i).map_or(self.forms.len(), |t| t.forms as usize);
        let (from, to) = (at(range.start), at(range.end));
        self.forms.drain(from..to);
        self.tokens.drain(range.clone());
        for token in self.tokens.iter_mut().skip(range.start) {
            token.forms -= (to - from) as u32;
        }
    }

    /// The forms of a token.
    pub(super) fn forms(&self, token: usize) -> &[Form] {
        let at = |i: usize| self.tokens.get(i).map_or(self.forms.len(), |t| t.forms as usize);
        self.forms.get(at(token)..at(token + 1)).unwrap_or_default()
    }

    /// The letters of a form.
    pub(super) fn text(&self, form: &Form) -> &str {
        self.arena.get(form.at as usize..(form.at + form.len) as usize).unwrap_or("")
    }

    /// Are the first forms of two tokens the same word?
    pub(super) fn same(&self, a: usize, b: usize) -> bool {
        match (self.forms(a).first(), self.forms(b).first()) {
            (Some(a), Some(b)) => a.hash == b.hash && self.text(a) == self.text(b),
            _ => false,
        }
    }

    /// Adds text that a form will be made of: where it begins.
    pub(super) fn add_text(&mut self, text: &str) -> u32 {
        let at = self.arena.len() as u32;
        self.arena.push_str(text);
        at
    }

    /// A form that is `len` bytes of the arena.
    pub(super) fn form(&self, at: u32, len: u32, kind: FormKind) -> Form {
        let text = self.arena.get(at as usize..(at + len) as usize).unwrap_or("");
        Form { hash: hash::hash(text), at, len, letters: text.chars().count() as u32, kind, script: endings::script(text) }
    }
}

/// The symbols before a word, of what stands between it and the word before (or the beginning of the field: `first`).
pub(super) fn symbols_before(between: &str, first: bool) -> Cow<'_, str> {
    let start = between.trim_end_matches(|c| is_symbol(c) || c == '.').len();
    let symbols = between.get(start..).unwrap_or("");
    // The dot of ASP.NET is not the dot of .NET.
    if start == 0 && !first && symbols.contains('.') { Cow::Owned(symbols.replace('.', "")) } else { Cow::Borrowed(symbols) }
}

struct Scan<'a> {
    text: &'a str,
    breaks: &'a [(usize, super::html::Break)],
    field: u16,
    sentence: u32,
    /// Where the last word ended.
    last: usize,
    /// No word yet.
    first: bool,
    words: &'a mut Words,
}

/// A word as it was read.
struct Read {
    start: usize,
    end: usize,
    flags: u16,
    dotted: bool,
    /// Its only form's folded letters are already at the end of the arena, from here.
    folded: Option<Letters>,
}

struct Letters {
    at: usize,
    hash: u64,
    count: u32,
    script: Option<Script>,
}

impl Scan<'_> {
    fn run(&mut self) {
        let mut at = 0;
        let mut after_han = usize::MAX;
        while let Some(c) = self.char(at) {
            let class = entry(c).class();
            let end = at + c.len_utf8();
            let read = if is_word(class) {
                match self.dotted(at, c).filter(|_| after_han != at) {
                    Some(end) => Read { start: at, end, flags: 0, dotted: true, folded: None },
                    None => self.word(at),
                }
            } else if matches!(class, CJK | CJK_SIGN) {
                if class == CJK {
                    after_han = end;
                }
                Read { start: at, end, flags: IS_CJK, dotted: false, folded: None }
            } else {
                at = end;
                continue;
            };
            at = read.end;
            self.take(read);
        }
        if !self.first {
            let between = gap::read(self.text.get(self.last..).unwrap_or(""), |_| None);
            self.sign(between.sign);
        }
    }

    #[inline]
    fn char(&self, at: usize) -> Option<char> {
        self.text.get(at..)?.chars().next()
    }

    /// Where the acronym with dots ends that begins here: E.C.O. (E.C.O without its last dot is E.C. and O; U.S is one.)
    fn dotted(&self, start: usize, c: char) -> Option<usize> {
        let mut chars = self.text.get(start + c.len_utf8()..)?.chars();
        let mut end = start;
        let mut letter = c;
        let mut pairs = 0;
        while is_initial(letter) {
            let Some(dot) = chars.next().filter(|&d| is_dot(d)) else { break };
            pairs += 1;
            end += letter.len_utf8() + dot.len_utf8();
            let Some(next) = chars.next() else { break };
            letter = next;
        }
        if pairs == 1 {
            let last = self.char(end).filter(|&c| is_initial(c))?;
            end += last.len_utf8();
            return self.char(end).is_none_or(|c| c != '_' && !matches!(entry(c).class(), LETTER | DIGIT | LETTER_APOSTROPHE | CJK)).then_some(end);
        }
        (pairs >= 2).then_some(end)
    }

    /// Reads the word that begins here and folds it.
    fn word(&mut self, start: usize) -> Read {
        let arena = &mut self.words.arena;
        let begin = arena.len();
        let (mut at, mut hash, mut count, mut rare, mut composes) = (start, 0, 0, false, false);
        let mut script = None;
        let mut one_script = true;
        let mut last = '\0';
        while let Some(c) = self.text.get(at..).and_then(|t| t.chars().next()) {
            let e = entry(c);
            match e.class() {
                LETTER | DIGIT => composes = e.composes(),
                LETTER_APOSTROPHE => rare = true,
                MARK => rare |= composes,
                IGNORED => {
                    at += c.len_utf8();
                    continue;
                }
                APOSTROPHE | ZWNJ => {
                    let rest = self.text.get(at..).unwrap_or("");
                    let next = rest.trim_start_matches(|c| matches!(entry(c).class(), APOSTROPHE | ZWNJ | IGNORED));
                    if !next.starts_with(|c| is_word(entry(c).class())) {
                        break;
                    }
                    rare = true;
                    at += rest.len() - next.len();
                    continue;
                }
                _ => break,
            }
            at += c.len_utf8();
            let mut push = |folded: char| {
                arena.push(folded);
                hash = hash::push(hash, folded);
                count += 1;
                let of = Script::of(folded);
                one_script &= of.is_some() && (count == 1 || of == script);
                script = of;
                last = folded;
            };
            match e.folded(c) {
                Folded::One(folded) => push(folded),
                Folded::None => {}
                Folded::Many(text) => text.chars().for_each(push),
                Folded::Hangul(two, third) => two.into_iter().chain(third).for_each(push),
            }
        }
        if rare {
            arena.truncate(begin);
            return Read { start, end: at, flags: 0, dotted: false, folded: None };
        }
        if last == 'ء' && count > 1 {
            arena.pop();
            hash = hash::pop(hash, last);
            count -= 1;
            script = endings::script(arena.get(begin..).unwrap_or(""));
            one_script = true;
        }
        let script = script.filter(|_| one_script);
        Read { start, end: at, flags: 0, dotted: false, folded: Some(Letters { at: begin, hash, count, script }) }
    }

    /// Records a word and what stands before it.
    fn take(&mut self, read: Read) {
        let text = self.text;
        let between = text.get(self.last..read.start).unwrap_or("");
        let gap =
            if between == " " && !self.first { Between { ended: false, hard: false, gap: Gap::Space, sign: None } } else { self.between(between) };
        self.sentence += u32::from(gap.ended);
        self.sign(gap.sign);
        let mut flags = self.field | read.flags | if gap.hard { HARD } else { 0 } | Token::gap_bits(if self.first { Gap::Far } else { gap.gap });
        let tag = !read.dotted && between.ends_with(['#', '.']) && symbols_before(between, self.first).ends_with('#');
        let cuts = if tag { hashtag::cuts(text.get(read.start..read.end).unwrap_or("")) } else { Vec::new() };
        self.first = false;
        self.last = read.end;
        if cuts.is_empty() {
            self.token(read.start, read.end, flags, read.folded);
            return;
        }
        if let Some(folded) = read.folded {
            self.words.arena.truncate(folded.at);
        }
        let mut start = read.start;
        for end in cuts.into_iter().map(|cut| read.start + cut).chain([read.end]) {
            self.token(start, end, flags | SPLIT, None);
            flags = self.field | Token::gap_bits(Gap::Nothing);
            start = end;
        }
    }

    /// What stands between the last word and the next.
    fn between(&mut self, between: &str) -> Between {
        let last = self.last;
        let found = gap::read(between, |at| {
            let next = self.breaks.partition_point(|&(b, _)| b < last + at);
            self.breaks.get(next).filter(|(b, _)| *b == last + at).map(|b| b.1)
        });
        if found.sign == Some('.') && !self.first && self.is_initial() { gap::after_initial(found) } else { found }
    }

    /// Is the last word one letter (Ş. Mirziyoyev)?
    fn is_initial(&self) -> bool {
        let Some(token) = self.words.tokens.last().filter(|t| !t.is_cjk() && !t.is_split()) else { return false };
        let raw = self.text.get(token.start as usize..token.end as usize).unwrap_or("");
        let raw = exact(raw);
        let mut letters = raw.chars().filter(|&c| !is_mark(c));
        letters.next().is_some_and(is_alpha) && letters.next().is_none()
    }

    fn sign(&mut self, sign: Option<char>) {
        if let (false, Some(sign), Some(token)) = (self.first, sign, self.words.tokens.last_mut()) {
            token.flags |= Token::sign_bits(sign);
        }
    }

    fn token(&mut self, start: usize, end: usize, flags: u16, folded: Option<Letters>) {
        let forms = self.words.forms.len() as u32;
        let mut token = Token { start: start as u32, end: end as u32, sentence: self.sentence, forms, flags };
        match folded {
            Some(letters) => self.plain_forms(&letters),
            None => {
                let raw = self.text.get(start..end).unwrap_or("");
                let all = forms::forms(raw);
                for form in &all {
                    let at = self.words.add_text(&form.word.text);
                    let form = self.words.form(at, form.word.text.len() as u32, form.kind);
                    self.words.forms.push(form);
                }
                if all.first().is_some_and(|form| form.kind == FormKind::Whole && endings::ends_behind_apostrophe(raw, &form.word.text)) {
                    token.flags |= ENDS_BEHIND_APOSTROPHE;
                }
            }
        }
        self.words.tokens.push(token);
    }

    /// The forms of a word without apostrophes and half-spaces, whose letters stand at the end of the arena.
    fn plain_forms(&mut self, letters: &Letters) {
        if letters.count == 0 {
            return;
        }
        let Words { forms, arena, .. } = &mut *self.words;
        let text = arena.get(letters.at..).unwrap_or("");
        let (at, len) = (letters.at as u32, text.len() as u32);
        let whole = Form { hash: letters.hash, at, len, letters: letters.count, kind: FormKind::Whole, script: letters.script };
        forms.push(whole);
        if text.starts_with(|c| ('\u{600}'..='\u{6ff}').contains(&c)) && letters.count as usize > AFTER_PROCLITIC {
            for (p, rest) in PROCLITICS.iter().filter_map(|p| Some((p, text.strip_prefix(p)?))) {
                let left = letters.count - p.chars().count() as u32;
                if left as usize >= AFTER_PROCLITIC {
                    let hash = hash::rest(letters.hash, hash::hash(p), left);
                    let script = if letters.script.is_some() { letters.script } else { endings::script(rest) };
                    forms.push(Form { hash, at: at + p.len() as u32, len: rest.len() as u32, letters: left, kind: FormKind::End, script });
                }
            }
        }
        if text.ends_with('s') && forms::has_plural_s(text) {
            forms.push(Form {
                hash: hash::pop(letters.hash, 's'),
                len: len - 1,
                letters: letters.count - 1,
                kind: FormKind::Start,
                script: None,
                ..whole
            });
        }
    }
}
