//! The places of what the lexicon holds: worked out once an article, whoever asks.
//!
//! Must not know: operators, watches.

use super::place::{How, Place};
use super::scratch::{Occ, Range, Scratch};
use super::word::{one_edit, wild_fits};
use super::{Fuel, Spent, exact, phrase};
use crate::query::lexicon::{Finder, Lexicon, Matter, Unit, UnitId};
use crate::text::Document;

/// What is looked for, and in what.
pub(super) struct Look<'a> {
    pub lexicon: &'a Lexicon,
    pub doc: &'a Document,
    pub scratch: &'a mut Scratch,
    pub fuel: &'a mut Fuel,
    /// Fields (by number) in which acronyms do not count just now. While there are any, nothing is kept.
    pub no_acronyms: [bool; 3],
}

impl Look<'_> {
    pub(super) fn is_plain(&self) -> bool {
        self.no_acronyms == [false; 3]
    }

    pub(super) fn has(&self, unit: UnitId) -> bool {
        self.scratch.has(self.lexicon.slot(unit))
    }

    pub(super) fn occs(&self, unit: UnitId) -> impl Iterator<Item = Occ> + '_ {
        self.scratch.occs(self.lexicon.slot(unit))
    }

    /// The place of words `i..=j`.
    pub(super) fn place(&self, i: u32, j: u32, how: How) -> Option<Place> {
        let tokens = self.doc.tokens();
        Some(Place { i, j, start: tokens.get(i as usize)?.start, end: tokens.get(j as usize)?.end, how, label: 0 })
    }

    /// The places of a clause: each occurrence once.
    pub(super) fn matter(&mut self, matter: Matter) -> Result<Range, Spent> {
        self.fuel.burn(1)?;
        match matter {
            Matter::Unit(unit) => {
                let range = self.unit(unit)?;
                let places = self.scratch.places(range);
                let twice = matches!(self.lexicon.unit(unit), Some(Unit::Run(_))) && places.windows(2).any(|w| w[0].i == w[1].i);
                if !twice {
                    return Ok(range);
                }
                let longest: Vec<Place> = phrase::longest(places).collect();
                Ok(self.scratch.keep(&longest))
            }
            Matter::Finder(number) => {
                if let Some(range) = self.scratch.finder_places(number).filter(|_| self.is_plain()) {
                    return Ok(range);
                }
                let mut found = self.scratch.spare();
                if let Some(finder) = self.lexicon.finder(number) {
                    self.finder(finder, &mut found)?;
                }
                self.fuel.burn(found.len())?;
                let range = if self.is_plain() { self.scratch.keep_finder(number, &found) } else { self.scratch.keep(&found) };
                self.scratch.give_back(found);
                Ok(range)
            }
        }
    }

    /// The places of a unit: all that a phrase can go on from.
    pub(super) fn unit(&mut self, unit: UnitId) -> Result<Range, Spent> {
        let slot = self.lexicon.slot(unit);
        if let Some(range) = self.scratch.unit_places(slot).filter(|_| self.is_plain()) {
            return Ok(range);
        }
        let mut found = self.scratch.spare();
        match self.lexicon.unit(unit) {
            Some(Unit::Run(words)) => self.run(unit, words, &mut found),
            Some(Unit::Exact(_)) => exact::exact(self, &[unit.0], 0, &mut found)?,
            Some(Unit::Fuzzy(at)) => {
                let want = self.lexicon.fuzzy(at);
                self.single_or_pair(unit, How::of(How::EDIT), &mut found, |form, _| one_edit(form, want));
            }
            Some(Unit::Wild(at)) => {
                let pieces = self.lexicon.wild(at);
                self.single_or_pair(unit, How::of(How::WILDCARD), &mut found, |form, _| wild_fits(pieces, form));
            }
            None => {}
        }
        phrase::tidy(&mut found);
        self.fuel.burn(found.len())?;
        let range = if self.is_plain() { self.scratch.keep_unit(slot, &found) } else { self.scratch.keep(&found) };
        self.scratch.give_back(found);
        Ok(range)
    }

    fn finder(&mut self, finder: Finder, found: &mut Vec<Place>) -> Result<(), Spent> {
        match finder {
            Finder::Phrase { at, n, slop, joined } => {
                phrase::phrase(self, at, n.into(), joined, found)?;
                if let Some(slop) = slop.get() {
                    let words = self.lexicon.phrase(at, n.into());
                    let single = words.iter().map(|&w| self.unit(UnitId(w)).map(|r| self.scratch.places(r).to_vec())).collect::<Result<_, _>>()?;
                    phrase::slop(self, single, slop, found)?;
                }
            }
            Finder::Exact { at, n, anchor, slop } => {
                let units = self.lexicon.exact_units(at, n.into());
                exact::exact(self, units, anchor.into(), found)?;
                if let Some(slop) = slop.get() {
                    let single = units.iter().map(|&u| self.unit(UnitId(u)).map(|r| self.scratch.places(r).to_vec())).collect::<Result<_, _>>()?;
                    phrase::slop(self, single, slop, found)?;
                }
            }
        }
        phrase::tidy(found);
        Ok(())
    }
}
