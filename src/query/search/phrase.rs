//! The places of a phrase: its words at successive positions, any run of them written as one; or, with slop, in any order.
//!
//! Must not know: operators.

use super::Spent;
use super::look::Look;
use super::place::Place;
use crate::query::lexicon::UnitId;
use crate::text::Document;

/// Sorts places and keeps each once, the plainest way it was found.
pub(super) fn tidy(places: &mut Vec<Place>) {
    if places.len() > 1 {
        places.sort_unstable();
        places.dedup_by(|b, a| a.same(b));
    }
}

/// An occurrence is a place once: همکاری های, not also its first word. Of those that begin at one word the longest.
pub(super) fn longest(places: &[Place]) -> impl Iterator<Item = Place> + '_ {
    places.chunk_by(|a, b| a.i == b.i).flat_map(|of_one_start| {
        let j = of_one_start.last().map(|p| p.j);
        of_one_start.iter().filter(move |p| Some(p.j) == j).copied()
    })
}

/// In order and adjoining; added to `found`.
pub(super) fn phrase(look: &mut Look<'_>, at: u32, n: usize, joined: u32, found: &mut Vec<Place>) -> Result<(), Spent> {
    let lexicon = look.lexicon;
    if lexicon.joined(joined, n).any(|(.., unit)| look.has(unit)) {
        return phrase_with_runs(look, at, n, joined, found);
    }
    let words = lexicon.phrase(at, n);
    if words.is_empty() || words.iter().any(|&w| !look.has(UnitId(w))) {
        return Ok(());
    }
    let (mut so_far, mut next) = (look.scratch.spare(), look.scratch.spare());
    let mut sign = None;
    for (k, &word) in words.iter().enumerate() {
        let range = look.unit(UnitId(word))?;
        let places = look.scratch.places(range);
        if k == 0 {
            so_far.extend_from_slice(places);
        } else {
            go_on(look.doc, &so_far, places, sign, &mut next);
            std::mem::swap(&mut so_far, &mut next);
            next.clear();
            tidy(&mut so_far);
        }
        look.fuel.burn(so_far.len())?;
        if so_far.is_empty() {
            break;
        }
        sign = lexicon.touch(lexicon.word(word).touch).sign;
    }
    found.extend(longest(&so_far));
    look.scratch.give_back(so_far);
    look.scratch.give_back(next);
    Ok(())
}

/// Each of the first with each of the second that stands right behind it.
fn go_on(doc: &Document, first: &[Place], second: &[Place], sign: Option<char>, found: &mut Vec<Place>) {
    for a in first {
        let from = second.partition_point(|b| b.i <= a.j);
        for b in second.iter().skip(from).take_while(|b| b.i == a.j + 1) {
            if doc.goes_on(a.j as usize, sign) {
                found.push(a.merge(b));
            }
        }
    }
}

/// The same where some of its words stand written as one.
fn phrase_with_runs(look: &mut Look<'_>, at: u32, n: usize, joined: u32, found: &mut Vec<Place>) -> Result<(), Spent> {
    let lexicon = look.lexicon;
    let words = lexicon.phrase(at, n);
    let mut reached: Vec<Vec<Place>> = vec![Vec::new(); n + 1];
    let mut joined = lexicon.joined(joined, n).peekable();
    let mut sign = None;
    for (start, &word) in words.iter().enumerate() {
        let mut before = reached.get_mut(start).map(std::mem::take).unwrap_or_default();
        tidy(&mut before);
        let single = (start, start + 1, UnitId(word));
        let several = std::iter::from_fn(|| joined.next_if(|(from, ..)| *from == start));
        for (_, to, unit) in [single].into_iter().chain(several) {
            if start > 0 && before.is_empty() || !look.has(unit) {
                continue;
            }
            let range = look.unit(unit)?;
            let places = look.scratch.places(range);
            let Some(end) = reached.get_mut(to) else { continue };
            let old = end.len();
            if start == 0 {
                end.extend_from_slice(places);
            } else {
                go_on(look.doc, &before, places, sign, end);
            }
            look.fuel.burn(before.len() + end.len() - old)?;
        }
        sign = lexicon.touch(lexicon.word(word).touch).sign;
    }
    let mut all = reached.pop().unwrap_or_default();
    tidy(&mut all);
    found.extend(longest(&all));
    Ok(())
}

/// In any order, at most `slop` other words between, in one sentence; added to `found`. `places`: those of each word.
pub(super) fn slop(look: &mut Look<'_>, places: Vec<Vec<Place>>, slop: u32, found: &mut Vec<Place>) -> Result<(), Spent> {
    let longest: u32 = places.iter().map(|of_word| of_word.iter().map(|p| p.j - p.i + 1).max().unwrap_or(0)).sum();
    if places.iter().any(Vec::is_empty) {
        return Ok(());
    }
    let mut chooser = Chooser { places, window: longest + slop, slop, chosen: Vec::new() };
    chooser.choose(look, found)
}

/// Tries the places of each word beside those of the others.
struct Chooser {
    places: Vec<Vec<Place>>,
    /// Words that all may take up.
    window: u32,
    slop: u32,
    chosen: Vec<Place>,
}

impl Chooser {
    fn choose(&mut self, look: &mut Look<'_>, found: &mut Vec<Place>) -> Result<(), Spent> {
        let number = self.chosen.len();
        let Some(count) = self.places.get(number).map(Vec::len) else {
            let whole = self.chosen.iter().copied().reduce(|a, b| a.merge(&b));
            let words: u32 = self.chosen.iter().map(|p| p.j - p.i + 1).sum();
            found.extend(whole.filter(|w| w.j - w.i + 1 - words <= self.slop));
            return Ok(());
        };
        let (low, high) = self.chosen.iter().fold((u32::MAX, 0), |(low, high), p| (low.min(p.i), high.max(p.j)));
        let from = if number == 0 { 0 } else { self.places.get(number).map_or(0, |of| of.partition_point(|p| p.i + self.window <= high)) };
        for at in from..count {
            look.fuel.burn(1)?;
            let Some(&place) = self.places.get(number).and_then(|of_word| of_word.get(at)) else { break };
            if number > 0 && place.i >= low.saturating_add(self.window) {
                break;
            }
            if self.chosen.iter().all(|p| beside(look.doc, p, &place)) {
                self.chosen.push(place);
                self.choose(look, found)?;
                self.chosen.pop();
            }
        }
        Ok(())
    }
}

/// Two places that do not overlap, in one sentence.
fn beside(doc: &Document, a: &Place, b: &Place) -> bool {
    let (first, second) = if (a.i, a.j) <= (b.i, b.j) { (a, b) } else { (b, a) };
    second.i > first.j && doc.same_sentence(first.j as usize, second.i as usize)
}
