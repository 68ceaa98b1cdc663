//! The places of a phrase: its words at successive positions, any run of them written as one; or, with slop, in any order.
//!
//! Must not know: operators.

use super::place::Place;
use super::word::Look;
use super::{Spent, finder::Fuel};
use crate::query::lexicon::{Range32, WordRec};

/// Sorts places and keeps each once, the plainest way it was found.
pub(super) fn tidy(places: &mut Vec<Place>) {
    places.sort_unstable();
    places.dedup_by(|b, a| a.same(b));
}

/// In order and adjoining.
pub(super) fn phrase(look: Look<'_>, words: Range32, runs: Range32, fuel: &mut Fuel) -> Result<Vec<Place>, Spent> {
    let count = usize::from(words.len);
    let mut reached: Vec<Vec<Place>> = vec![Vec::new(); count + 1];
    let mut sign = None;
    let mut words = look.lexicon.pool_words(words.at, count);
    let mut runs = look.lexicon.runs(runs).iter().peekable();
    for start in 0..count {
        let mut before = std::mem::take(reached.get_mut(start).ok_or(Spent)?);
        tidy(&mut before);
        while let Some(run) = runs.next_if(|run| usize::from(run.from) == start) {
            if start > 0 && before.is_empty() || !look.scratch.has(run.unit) {
                continue;
            }
            let mut places = look.unit(run.unit);
            fuel.burn(places.len() + before.len())?;
            let Some(end) = reached.get_mut(usize::from(run.to)) else { continue };
            if start == 0 {
                end.append(&mut places);
                continue;
            }
            places.sort_unstable();
            for a in &before {
                if !look.doc.goes_on(a.j as usize, sign) {
                    continue;
                }
                let first = places.partition_point(|b| b.i <= a.j);
                let next = places.iter().skip(first).take_while(|b| b.i == a.j + 1);
                let old = end.len();
                end.extend(next.map(|b| a.merge(b)));
                fuel.burn(end.len() - old)?;
            }
        }
        sign = words.next().and_then(|w: &WordRec| look.lexicon.touch(w.touch).sign);
    }
    let mut found = reached.pop().unwrap_or_default();
    tidy(&mut found);
    // An occurrence is a place once: همکاری های, not also its first word.
    let longest = |of_one_start: &[Place]| of_one_start.last().map(|p| p.j);
    Ok(found.chunk_by(|a, b| a.i == b.i).flat_map(|c| c.iter().filter(move |p| Some(p.j) == longest(c)).copied()).collect())
}

/// In any order, at most `slop` other words between, in one sentence. `places`: those of each word.
pub(super) fn slop(look: Look<'_>, mut places: Vec<Vec<Place>>, slop: u32, fuel: &mut Fuel) -> Result<Vec<Place>, Spent> {
    let mut longest = 0;
    for of_word in &mut places {
        tidy(of_word);
        longest += of_word.iter().map(|p| p.j - p.i + 1).max().unwrap_or(0);
    }
    let mut found = Vec::new();
    if places.iter().any(Vec::is_empty) {
        return Ok(found);
    }
    let mut chosen = Vec::with_capacity(places.len());
    choose(look, &places, longest + slop, slop, &mut chosen, &mut found, fuel)?;
    tidy(&mut found);
    Ok(found)
}

/// Tries every place of the next word that fits beside those chosen; `window`: words that all may take up.
fn choose(
    look: Look<'_>,
    places: &[Vec<Place>],
    window: u32,
    slop: u32,
    chosen: &mut Vec<Place>,
    found: &mut Vec<Place>,
    fuel: &mut Fuel,
) -> Result<(), Spent> {
    let Some(of_word) = places.get(chosen.len()) else {
        let whole = chosen.iter().copied().reduce(|a, b| a.merge(&b));
        let words: u32 = chosen.iter().map(|p| p.j - p.i + 1).sum();
        found.extend(whole.filter(|w| w.j - w.i + 1 - words <= slop));
        return Ok(());
    };
    let (low, high) = chosen.iter().fold((u32::MAX, 0), |(low, high), p| (low.min(p.i), high.max(p.j)));
    let from = if chosen.is_empty() { 0 } else { of_word.partition_point(|p| p.i + window <= high) };
    for place in of_word.iter().skip(from) {
        fuel.burn(1)?;
        if !chosen.is_empty() {
            if place.i >= low.saturating_add(window) {
                break;
            }
            let beside = |p: &Place| {
                let (first, second) = if (p.i, p.j) <= (place.i, place.j) { (p, place) } else { (place, p) };
                (place.i > p.j || place.j < p.i) && look.doc.same_sentence(first.j as usize, second.i as usize)
            };
            if !chosen.iter().all(beside) {
                continue;
            }
        }
        chosen.push(*place);
        choose(look, places, window, slop, chosen, found, fuel)?;
        chosen.pop();
    }
    Ok(())
}
