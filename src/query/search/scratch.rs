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

#[derive(Debug, Clone, Copy, Default)]
struct Head {
    epoch: u32,
    first: u32,
}

#[derive(Debug, Clone, Copy, Default)]
struct Cached {
    epoch: u32,
    at: u32,
    len: u32,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    epoch: u32,
    heads: Vec<Head>,
    occs: Vec<Occ>,
    /// Units that were seen, each once.
    pub seen: Vec<u32>,
    finders: Vec<Cached>,
    pub places: Vec<Place>,
    facts: Vec<(u32, bool)>,
    watches: Vec<u32>,
    pub text: String,
}

impl Scratch {
    /// Begins a search.
    pub(crate) fn begin(&mut self, units: usize, finders: usize, facts: usize, watches: usize) {
        self.epoch = self.epoch.wrapping_add(1);
        if self.epoch == 0 {
            *self = Self { epoch: 1, ..Self::default() };
        }
        self.heads.resize(units, Head::default());
        self.finders.resize(finders, Cached::default());
        self.facts.resize(facts, (0, false));
        self.watches.resize(watches, 0);
        self.occs.clear();
        self.seen.clear();
        self.places.clear();
    }

    pub(crate) fn note(&mut self, unit: u32, i: u32, j: u32, made: Made, seen: Seen) {
        let Some(head) = self.heads.get_mut(unit as usize) else { return };
        if head.epoch != self.epoch {
            *head = Head { epoch: self.epoch, first: END };
            self.seen.push(unit);
        }
        let at = self.occs.len() as u32;
        self.occs.push(Occ { i, j, made, seen, next: head.first });
        head.first = at;
    }

    pub(crate) fn has(&self, unit: u32) -> bool {
        self.heads.get(unit as usize).is_some_and(|head| head.epoch == self.epoch)
    }

    /// Where a unit was seen, last first.
    pub(crate) fn occs(&self, unit: u32) -> impl Iterator<Item = Occ> + '_ {
        let mut next = self.heads.get(unit as usize).filter(|head| head.epoch == self.epoch).map_or(END, |head| head.first);
        std::iter::from_fn(move || {
            let occ = *self.occs.get(next as usize)?;
            next = occ.next;
            Some(occ)
        })
    }

    /// The places of a finder, if they were worked out already: a range of `places`.
    pub(crate) fn cached(&self, finder: u32) -> Option<(u32, u32)> {
        self.finders.get(finder as usize).filter(|c| c.epoch == self.epoch).map(|c| (c.at, c.len))
    }

    pub(crate) fn cache(&mut self, finder: u32, places: &[Place]) -> (u32, u32) {
        let (at, len) = (self.places.len() as u32, places.len() as u32);
        self.places.extend_from_slice(places);
        if let Some(cached) = self.finders.get_mut(finder as usize) {
            *cached = Cached { epoch: self.epoch, at, len };
        }
        (at, len)
    }

    pub(crate) fn places_of(&self, (at, len): (u32, u32)) -> &[Place] {
        self.places.get(at as usize..(at + len) as usize).unwrap_or_default()
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
}
