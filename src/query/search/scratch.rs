//! What one search writes down, kept from article to article so that nothing is cleared or allocated again: an entry counts only if it
//! bears the number of the present search.
//!
//! Must not know: what the notes mean.

use super::place::Place;

/// Where a unit's letters were seen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Occ {
    /// First and last word.
    pub i: u32,
    pub j: u32,
    pub made: Made,
    pub seen: Seen,
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
    /// A stem of so many letters, with an ending of a right kind.
    Stem(u16),
    /// A part: whether the rest fits is still to be asked.
    Part,
}

const END: u32 = u32::MAX;

/// What is known of a unit: where it was seen last, and its places once they are worked out.
#[derive(Debug, Clone, Copy, Default)]
struct UnitNote {
    epoch: u32,
    last: u32,
    places_epoch: u32,
    places: Range,
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
    units: Vec<UnitNote>,
    occs: Vec<Occ>,
    /// Slots of units that were seen, each once.
    pub seen: Vec<u32>,
    finders: Vec<(u32, Range)>,
    places: Vec<Place>,
    facts: Vec<(u32, bool)>,
    watches: Vec<u32>,
    /// For whoever needs a list or a text for a moment.
    spare_places: Vec<Vec<Place>>,
    pub text: String,
    pub candidates: Vec<u32>,
}

impl Scratch {
    /// Begins a search.
    pub(crate) fn begin(&mut self, units: usize, finders: usize, facts: usize, watches: usize) {
        self.epoch = self.epoch.wrapping_add(1);
        if self.epoch == 0 {
            *self = Self { epoch: 1, ..Self::default() };
        }
        self.units.resize(units, UnitNote::default());
        self.finders.resize(finders, (0, Range::default()));
        self.facts.resize(facts, (0, false));
        self.watches.resize(watches, 0);
        self.occs.clear();
        self.seen.clear();
        self.places.clear();
    }

    pub(crate) fn note(&mut self, slot: usize, i: u32, j: u32, made: Made, seen: Seen) {
        let Some(note) = self.units.get_mut(slot) else { return };
        if note.epoch != self.epoch {
            (note.epoch, note.last) = (self.epoch, END);
            self.seen.push(slot as u32);
        }
        let at = self.occs.len() as u32;
        self.occs.push(Occ { i, j, made, seen, next: note.last });
        note.last = at;
    }

    #[inline]
    pub(crate) fn has(&self, slot: usize) -> bool {
        self.units.get(slot).is_some_and(|note| note.epoch == self.epoch)
    }

    /// Where a unit was seen, last first.
    pub(crate) fn occs(&self, slot: usize) -> impl Iterator<Item = Occ> + '_ {
        let mut next = self.units.get(slot).filter(|note| note.epoch == self.epoch).map_or(END, |note| note.last);
        std::iter::from_fn(move || {
            let occ = *self.occs.get(next as usize)?;
            next = occ.next;
            Some(occ)
        })
    }

    /// The places of a unit, if they were worked out already.
    pub(crate) fn unit_places(&self, slot: usize) -> Option<Range> {
        self.units.get(slot).filter(|note| note.places_epoch == self.epoch).map(|note| note.places)
    }

    /// Keeps the places of a unit.
    pub(crate) fn keep_unit(&mut self, slot: usize, places: &[Place]) -> Range {
        let range = self.keep(places);
        if let Some(note) = self.units.get_mut(slot) {
            (note.places_epoch, note.places) = (self.epoch, range);
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
