//! What one search writes down, kept from article to article so that nothing is cleared or allocated again: an entry counts only if it
//! bears the number of the present search.
//!
//! Must not know: what the notes mean.

use super::place::Place;
use crate::text::endings::Kinds;

/// Where a unit's letters were seen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Occ {
    /// First and last word.
    pub i: u32,
    pub j: u32,
    pub made: Made,
    pub seen: Seen,
    /// In which relation to the unit.
    pub relation: u16,
    next: u32,
}

/// Of what the letters are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Made {
    /// A form of word `i`.
    Form(u8),
    /// A form of word `i` and one of the next.
    Pair { first: u8, second: u8, singular: bool },
    /// A hashtag that was cut.
    Tag(u32),
    /// A form of word `i` and a plural ending after a space.
    Plural(u8),
}

/// What was seen of the unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seen {
    /// All letters.
    Whole,
    /// The letters that stand before up to four small ones.
    Head,
    /// A stem of so many letters, with an ending of these kinds.
    Stem { letters: u16, kinds: Kinds },
    /// A part: whether the rest fits is still to be asked.
    Part,
}

const END: u32 = u32::MAX;

/// A unit that may have been seen.
#[derive(Debug, Clone, Copy)]
struct SeenUnit {
    slot: u32,
    last: u32,
    /// Its places, once they are worked out.
    places: Option<Range>,
}

/// A range of [`Scratch::places`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Range {
    at: u32,
    len: u32,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    epoch: u32,
    /// For each slot the search that last saw its unit, and where in `seen` it stands.
    units: Vec<(u32, u32)>,
    occs: Vec<Occ>,
    seen: Vec<SeenUnit>,
    finders: Vec<(u32, Range)>,
    places: Vec<Place>,
    facts: Vec<(u32, bool)>,
    watches: Vec<u32>,
    /// For whoever needs a list or a text for a moment.
    spare_places: Vec<Vec<Place>>,
    pub text: String,
    pub candidates: Vec<u32>,
}

impl Occ {
    pub(crate) const fn new(i: u32, j: u32, made: Made, seen: Seen, relation: u16) -> Self {
        Self { i, j, made, seen, relation, next: END }
    }
}

impl Range {
    pub(crate) const fn is_empty(self) -> bool {
        self.len == 0
    }
}

impl Scratch {
    /// Begins a search.
    pub(crate) fn begin(&mut self, units: usize, finders: usize, facts: usize, watches: usize) {
        self.epoch = self.epoch.wrapping_add(1);
        if self.epoch == 0 {
            *self = Self { epoch: 1, ..Self::default() };
        }
        self.units.resize(units, (0, 0));
        self.finders.resize(finders, (0, Range::default()));
        self.facts.resize(facts, (0, false));
        self.watches.resize(watches, 0);
        self.occs.clear();
        self.seen.clear();
        self.places.clear();
    }

    pub(crate) fn note(&mut self, slot: usize, mut occ: Occ) {
        let Some((epoch, at)) = self.units.get_mut(slot) else { return };
        if *epoch != self.epoch {
            (*epoch, *at) = (self.epoch, self.seen.len() as u32);
            self.seen.push(SeenUnit { slot: slot as u32, last: END, places: None });
        }
        let Some(unit) = self.seen.get_mut(*at as usize) else { return };
        (occ.next, unit.last) = (unit.last, self.occs.len() as u32);
        self.occs.push(occ);
    }

    fn seen_unit(&self, slot: usize) -> Option<usize> {
        self.units.get(slot).filter(|(epoch, _)| *epoch == self.epoch).map(|(_, at)| *at as usize)
    }

    /// May the unit stand in the article?
    #[inline]
    pub(crate) fn has(&self, slot: usize) -> bool {
        self.units.get(slot).is_some_and(|(epoch, _)| *epoch == self.epoch)
    }

    /// The slots of the units that may stand in the article, by number from 0.
    pub(crate) fn seen_slot(&self, number: usize) -> Option<usize> {
        self.seen.get(number).map(|unit| unit.slot as usize)
    }

    /// Where a unit may have been seen, last first.
    pub(crate) fn occs(&self, slot: usize) -> impl Iterator<Item = Occ> + '_ {
        let mut next = self.seen_unit(slot).and_then(|at| self.seen.get(at)).map_or(END, |unit| unit.last);
        std::iter::from_fn(move || {
            let occ = *self.occs.get(next as usize)?;
            next = occ.next;
            Some(occ)
        })
    }

    /// The places of a unit, if they were worked out already.
    pub(crate) fn unit_places(&self, slot: usize) -> Option<Range> {
        match self.seen_unit(slot) {
            Some(at) => self.seen.get(at).and_then(|unit| unit.places),
            None => Some(Range::default()),
        }
    }

    /// Keeps the places of a unit.
    pub(crate) fn keep_unit(&mut self, slot: usize, places: &[Place]) -> Range {
        let range = self.keep(places);
        if let Some(unit) = self.seen_unit(slot).and_then(|at| self.seen.get_mut(at)) {
            unit.places = Some(range);
        }
        range
    }

    /// The places of a finder, if they were worked out already.
    pub(crate) fn finder_places(&self, finder: u32) -> Option<Range> {
        self.finders.get(finder as usize).filter(|(epoch, _)| *epoch == self.epoch).map(|(_, range)| *range)
    }

    /// Keeps the places of a finder.
    pub(crate) fn keep_finder(&mut self, finder: u32, places: &[Place]) -> Range {
        let range = self.keep(places);
        if let Some(kept) = self.finders.get_mut(finder as usize) {
            *kept = (self.epoch, range);
        }
        range
    }

    /// Keeps places for this search.
    pub(crate) fn keep(&mut self, places: &[Place]) -> Range {
        let range = Range { at: self.places.len() as u32, len: places.len() as u32 };
        self.places.extend_from_slice(places);
        range
    }

    #[inline]
    pub(crate) fn places(&self, range: Range) -> &[Place] {
        self.places.get(range.at as usize..(range.at + range.len) as usize).unwrap_or_default()
    }

    /// A fact about the article, asked once.
    pub(crate) fn fact(&mut self, number: u32, ask: impl FnOnce() -> bool) -> bool {
        match self.facts.get_mut(number as usize) {
            Some((epoch, answer)) => {
                if *epoch != self.epoch {
                    (*epoch, *answer) = (self.epoch, ask());
                }
                *answer
            }
            None => ask(),
        }
    }

    /// Is this the first time that the watch comes up in this search?
    #[inline]
    pub(crate) fn first_time(&mut self, watch: u32) -> bool {
        match self.watches.get_mut(watch as usize) {
            Some(epoch) if *epoch == self.epoch => false,
            Some(epoch) => {
                *epoch = self.epoch;
                true
            }
            None => false,
        }
    }

    /// An empty list to write places into; give it back with [`Scratch::give_back`].
    pub(crate) fn spare(&mut self) -> Vec<Place> {
        self.spare_places.pop().unwrap_or_default()
    }

    pub(crate) fn give_back(&mut self, mut places: Vec<Place>) {
        places.clear();
        self.spare_places.push(places);
    }
}
