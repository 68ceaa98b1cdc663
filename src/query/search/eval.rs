//! Does an article do what the steps of a watch ask, and where?
//!
//! Must not know: names of watches, how candidates are found.

use super::look::Look;
use super::phrase::tidy;
use super::place::{How, Place};
use super::scratch::{Range, Scratch};
use super::{Fuel, Spent, prox};
use crate::model::Field;
use crate::query::lexicon::{Lexicon, Matter};
use crate::query::meta::Meta;
use crate::query::program::{Numbered, Op, Program, Root, Step};
use crate::text::Document;
use regex::Regex;

/// `lead` = title, then so many words of the body.
const LEAD_WORDS: u32 = 60;
/// Bytes that all matches of one regular expression in one field may be looked for in, each from its place on.
const REGEX_BYTES: usize = 16 << 20;

/// A range of the document's words.
pub(crate) type Scope = (u32, u32);

/// One article, and what was gathered of it.
pub(crate) struct Search<'a> {
    pub lexicon: &'a Lexicon,
    pub program: &'a Program,
    pub doc: &'a Document,
    pub meta: &'a Meta,
    pub scratch: &'a mut Scratch,
    /// What this watch may still cost.
    pub fuel: Fuel,
    no_acronyms: [bool; 3],
    score: Option<i64>,
}

impl<'a> Search<'a> {
    pub(crate) fn new(lexicon: &'a Lexicon, program: &'a Program, doc: &'a Document, meta: &'a Meta, scratch: &'a mut Scratch) -> Self {
        Self { lexicon, program, doc, meta, scratch, fuel: Fuel(0), no_acronyms: [false; 3], score: None }
    }

    pub(crate) fn everywhere(&self) -> Scope {
        (0, self.doc.words() as u32)
    }

    /// Does the article do what a watch asks? In a field set in capitals acronyms prove nothing: there they count only if the rest does
    /// without them. `acronyms`: does the watch ask for any?
    pub(crate) fn matches(&mut self, root: Root, acronyms: bool) -> Result<bool, Spent> {
        let node = self.program.root(root);
        if !self.holds(node, self.everywhere())? {
            return Ok(false);
        }
        if !acronyms {
            return Ok(true);
        }
        let capitals = [Field::Title, Field::Summary, Field::Content].map(|f| self.doc.is_set_in_capitals(f));
        if capitals == [false; 3] {
            return Ok(true);
        }
        self.no_acronyms = capitals;
        let elsewhere = self.holds(node, self.everywhere());
        self.no_acronyms = [false; 3];
        elsewhere
    }

    /// The places of a match, each once, by field and place; and its score: SCORE's sum, else the number of places.
    pub(crate) fn places(&mut self, root: Root) -> Result<(Vec<Place>, i64), Spent> {
        let mut found = Vec::new();
        self.score = None;
        self.collect(self.program.root(root), self.everywhere(), &mut found)?;
        let field = |p: &Place| self.doc.tokens().get(p.i as usize).map(|t| t.field());
        found.sort_by_key(|p| (field(p), p.start, p.end));
        found.dedup_by(|b, a| field(a) == field(b) && (a.start, a.end) == (b.start, b.end));
        let score = self.score.unwrap_or(found.len() as i64);
        Ok((found, score))
    }

    // ---- yes or no

    /// Does a step hold within the scope?
    pub(crate) fn holds(&mut self, node: Numbered, scope: Scope) -> Result<bool, Spent> {
        self.fuel.burn(1)?;
        let (program, step) = (self.program, node.1);
        Ok(match step.op {
            Op::Clause => {
                let everywhere = scope == self.everywhere();
                self.clause(step, |places| if everywhere { !places.is_empty() } else { places.iter().any(|p| within(p, scope)) })?
            }
            Op::Chain => self.positional(node)?.iter().any(|p| within(p, scope)),
            Op::AtLeast => self.positional_part(node)?.iter().filter(|p| within(p, scope)).count() >= step.arg as usize,
            Op::Title | Op::Lead | Op::Body | Op::First => self.part_holds(node, self.narrow(step, scope))?,
            Op::Weight => self.part_holds(node, scope)?,
            Op::Meta => {
                let (meta, words, test) = (self.meta, self.doc.words(), program.test(step.arg));
                self.scratch.fact(step.arg, || test.is_some_and(|t| t.holds(meta, words)))
            }
            Op::Scope => {
                let (meta, words, test) = (self.meta, self.doc.words(), program.test(step.arg));
                self.scratch.fact(step.arg, || test.is_some_and(|t| t.holds(meta, words))) || test.is_some_and(|t| !t.known(meta))
            }
            Op::Regex => !self.regex(step.arg, scope, true)?.is_empty(),
            Op::And | Op::Or | Op::OneOf => {
                let wanted = step.op != Op::And;
                for part in program.parts(node) {
                    if self.holds(part, scope)? == wanted {
                        return Ok(wanted);
                    }
                }
                !wanted
            }
            Op::AndNot => {
                for (n, part) in program.parts(node).enumerate() {
                    if self.holds(part, scope)? != (n == 0) {
                        return Ok(false);
                    }
                }
                true
            }
            Op::Any | Op::Score => self.sum(node, scope)? >= i128::from(program.number(step.arg)),
            Op::Near | Op::Pre | Op::NotIn | Op::NotNear | Op::Label => false, // only ever read by their chain
        })
    }

    fn part_holds(&mut self, node: Numbered, scope: Scope) -> Result<bool, Spent> {
        match self.program.part(node) {
            Some(part) => self.holds(part, scope),
            None => Ok(false),
        }
    }

    /// The weights of the parts that hold.
    pub(crate) fn sum(&mut self, node: Numbered, scope: Scope) -> Result<i128, Spent> {
        let mut sum = 0;
        for part in self.program.parts(node) {
            if self.holds(part, scope)? {
                sum += self.weight(part.1);
            }
        }
        Ok(sum)
    }

    fn weight(&self, step: Step) -> i128 {
        if step.op == Op::Weight { i128::from(self.program.number(step.arg)) } else { 1 }
    }

    pub(crate) fn narrow(&self, step: Step, (low, high): Scope) -> Scope {
        let title = self.doc.title_words() as u32;
        let (from, to) = match step.op {
            Op::Title => (0, title),
            Op::Body => (title, u32::MAX),
            Op::Lead => (0, title.saturating_add(LEAD_WORDS)),
            Op::First => (0, step.arg),
            _ => (0, u32::MAX),
        };
        (low.max(from), high.min(to))
    }

    // ---- places

    fn look(&mut self) -> Look<'_> {
        let Self { lexicon, doc, scratch, fuel, no_acronyms, .. } = self;
        Look { lexicon, doc, scratch, fuel, no_acronyms: *no_acronyms }
    }

    /// Has the unit in this slot a place?
    pub(crate) fn stands(&mut self, slot: usize) -> bool {
        self.unit_places(slot).is_some_and(|range| !range.is_empty())
    }

    fn unit_places(&mut self, slot: usize) -> Option<Range> {
        if let Some(range) = self.scratch.unit_places(slot) {
            return Some(range);
        }
        let unit = self.lexicon.unit_of_slot(slot);
        // A unit has no more places than the article has words: this cannot fail.
        self.fuel.0 = u64::MAX;
        self.look().unit(unit).ok()
    }

    /// Stands the second unit right behind the first, in one phrase?
    pub(crate) fn stand_beside(&mut self, first: usize, second: usize) -> bool {
        let (Some(first), Some(second)) = (self.unit_places(first), self.unit_places(second)) else { return false };
        let (first, second) = (self.scratch.places(first), self.scratch.places(second));
        first.iter().any(|a| {
            let from = second.partition_point(|b| b.i <= a.j);
            second.get(from).is_some_and(|b| b.i == a.j + 1) && self.doc.goes_on(a.j as usize, None)
        })
    }

    /// Asks the places of a clause.
    pub(crate) fn clause<T>(&mut self, step: Step, ask: impl FnOnce(&[Place]) -> T) -> Result<T, Spent> {
        let range = self.look().matter(Matter::unpack(step.arg))?;
        Ok(ask(self.scratch.places(range)))
    }

    /// The places of a step that has them by itself.
    pub(crate) fn positional(&mut self, node: Numbered) -> Result<Vec<Place>, Spent> {
        self.fuel.burn(1)?;
        let (at, step) = node;
        match step.op {
            Op::Clause => {
                let mut found = self.clause(step, <[Place]>::to_vec)?;
                self.fuel.burn(found.len())?;
                found.iter_mut().for_each(|p| p.label = at);
                Ok(found)
            }
            Op::OneOf => {
                let mut found = Vec::new();
                for part in self.program.parts(node) {
                    found.append(&mut self.positional(part)?);
                }
                tidy(&mut found);
                Ok(found)
            }
            Op::Chain => self.chain(node, usize::MAX),
            _ => Ok(Vec::new()),
        }
    }

    /// The places of the first part of a step.
    pub(crate) fn positional_part(&mut self, node: Numbered) -> Result<Vec<Place>, Spent> {
        self.program.part(node).map_or(Ok(Vec::new()), |part| self.positional(part))
    }

    /// The places of a chain, or of its first `links` parts.
    pub(crate) fn chain(&mut self, node: Numbered, links: usize) -> Result<Vec<Place>, Spent> {
        let (program, mut left) = (self.program, Vec::new());
        for (n, link) in program.parts(node).enumerate().take(links) {
            if n == 0 {
                left = self.positional(link)?;
                continue;
            }
            let mut parts = program.parts(link);
            let (Some((label, _)), Some(other), false) = (parts.next(), parts.next(), left.is_empty()) else { break };
            let right = self.positional(other)?;
            self.fuel.burn(left.len() + right.len())?;
            let step = link.1;
            left = match step.op {
                Op::NotIn => prox::not_in(&left, &right),
                Op::NotNear => prox::not_near(self.doc, &left, &right, step.arg),
                op => prox::near(self.doc, &left, &right, step.arg, op == Op::Pre, label, &mut self.fuel)?,
            };
        }
        Ok(left)
    }

    /// Adds the places of a step that holds.
    pub(crate) fn collect(&mut self, node: Numbered, scope: Scope, found: &mut Vec<Place>) -> Result<(), Spent> {
        let (program, (at, step)) = (self.program, node);
        match step.op {
            Op::Clause | Op::OneOf | Op::Chain => found.extend(self.positional(node)?.iter().filter(|p| within(p, scope))),
            Op::AtLeast | Op::Weight | Op::AndNot | Op::Title | Op::Lead | Op::Body | Op::First => {
                if let Some(part) = program.part(node) {
                    self.collect(part, self.narrow(step, scope), found)?;
                }
            }
            Op::Regex => found.extend(self.regex(step.arg, scope, false)?.into_iter().map(|p| Place { label: at, ..p })),
            Op::And => {
                for part in program.parts(node) {
                    self.collect(part, scope, found)?;
                }
            }
            Op::Or | Op::Any | Op::Score => {
                if step.op == Op::Score && self.score.is_none() {
                    self.score = Some(self.sum(node, scope)?.clamp(i64::MIN.into(), i64::MAX.into()) as i64);
                }
                for part in program.parts(node) {
                    if self.weight(part.1) > 0 && self.holds(part, scope)? {
                        self.collect(part, scope, found)?;
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Where a regular expression matches, in the fields of the scope; `first`: one place is enough.
    fn regex(&mut self, number: u32, (low, high): Scope, first: bool) -> Result<Vec<Place>, Spent> {
        let (doc, mut found) = (self.doc, Vec::new());
        let Some(regex) = self.program.regex(number) else { return Ok(found) };
        for field in [Field::Title, Field::Summary, Field::Content] {
            let words = doc.field_words(field);
            let inside = words.start.max(low as usize)..words.end.min(high as usize);
            let Some(last) = inside.clone().next_back().and_then(|i| doc.tokens().get(i)) else { continue };
            found.extend(self.regex_in(regex, doc.plain(field), last.end, first)?.into_iter().map(|(start, end)| {
                let i = inside.start as u32;
                Place { i, j: i, start, end, how: How::of(How::PATTERN), label: 0 }
            }));
            if first && !found.is_empty() {
                break;
            }
        }
        Ok(found)
    }

    /// Matches that begin before byte `limit`. Looking for all matches may take the square of the text's length; hence the bound, after which
    /// later ones stay unseen.
    fn regex_in(&mut self, regex: &Regex, text: &str, limit: u32, first: bool) -> Result<Vec<(u32, u32)>, Spent> {
        let (mut found, mut at, mut bytes) = (Vec::new(), 0, 0);
        while at <= text.len() && bytes <= REGEX_BYTES {
            bytes += text.len() - at;
            self.fuel.burn((text.len() - at) / 32 + 1)?;
            let Some(m) = regex.find_at(text, at).filter(|m| m.start() < limit as usize) else { break };
            if m.is_empty() {
                at = m.end() + text.get(m.end()..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
                continue;
            }
            found.push((m.start() as u32, m.end() as u32));
            if first {
                break;
            }
            at = m.end();
        }
        Ok(found)
    }
}

fn within(place: &Place, (low, high): Scope) -> bool {
    low <= place.i && place.j < high
}
