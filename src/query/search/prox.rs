//! NEAR, PRE, NOTIN, NOTNEAR: what two sets of places make of each other. Places are sorted by where they begin.
//!
//! Must not know: words.

use super::phrase::tidy;
use super::place::{How, Place};
use super::{Fuel, Spent};
use crate::query::program::SENTENCE;
use crate::text::Document;

/// Words between two places; negative where they overlap.
fn gap(a: &Place, b: &Place) -> i64 {
    (i64::from(b.i) - i64::from(a.j)).max(i64::from(a.i) - i64::from(b.j)) - 1
}

/// Pairs at most `distance` words apart, or in one sentence; `ordered`: the left one first.
pub(super) fn near(
    doc: &Document,
    left: &[Place],
    right: &[Place],
    distance: u32,
    ordered: bool,
    label: u32,
    fuel: &mut Fuel,
) -> Result<Vec<Place>, Spent> {
    let mut found = Vec::new();
    let longest = right.iter().map(|b| b.j - b.i).max().unwrap_or(0);
    for a in left {
        let (low, high) = reach(doc, a, distance);
        let first = if ordered { a.i } else { low.saturating_sub(longest) };
        let from = right.partition_point(|b| b.i < first);
        for b in right.iter().skip(from).take_while(|b| b.i <= high) {
            fuel.burn(1)?;
            if gap(a, b) < 0 || b.j < low {
                continue;
            }
            let (x, y) = if (a.i, a.j) <= (b.i, b.j) { (a, b) } else { (b, a) };
            if distance == SENTENCE && !doc.same_sentence(x.j as usize, y.i as usize) {
                continue;
            }
            let mut whole = a.merge(b);
            whole.label = label;
            whole.how = How::of(How::NEAR);
            found.push(whole);
        }
    }
    tidy(&mut found);
    Ok(found)
}

/// The words that a place near `a` may touch: at most so far, and in the same field.
fn reach(doc: &Document, a: &Place, distance: u32) -> (u32, u32) {
    let field = doc.tokens().get(a.i as usize).map_or(0..0, |t| doc.field_words(t.field()));
    if distance == SENTENCE {
        let tokens = doc.tokens().get(field.clone()).unwrap_or_default();
        let sentence = |i: u32| doc.tokens().get(i as usize).map_or(0, |t| t.sentence);
        let (first, last) = (sentence(a.i), sentence(a.j));
        let low = field.start + tokens.partition_point(|t| t.sentence < first);
        let end = field.start + tokens.partition_point(|t| t.sentence <= last);
        return (low as u32, (end as u32).saturating_sub(1));
    }
    let (start, end) = (field.start as u32, (field.end as u32).saturating_sub(1));
    (a.i.saturating_sub(distance + 1).max(start), (a.j + distance + 1).min(end))
}

/// Those of the left that stand in none of the right.
pub(super) fn not_in(left: &[Place], right: &[Place]) -> Vec<Place> {
    let furthest = furthest(right);
    let inside = |a: &&Place| {
        let before = right.partition_point(|b| b.i <= a.i);
        before.checked_sub(1).and_then(|at| furthest.get(at)).is_some_and(|&j| j >= a.j)
    };
    left.iter().filter(|a| !inside(a)).copied().collect()
}

/// Those of the left that have none of the right within `distance` words.
pub(super) fn not_near(doc: &Document, left: &[Place], right: &[Place], distance: u32) -> Vec<Place> {
    let furthest = furthest(right);
    let close = |a: &&Place| {
        let (low, high) = reach(doc, a, distance);
        let before = right.partition_point(|b| b.i <= high);
        before.checked_sub(1).and_then(|at| furthest.get(at)).is_some_and(|&j| j >= low)
    };
    left.iter().filter(|a| !close(a)).copied().collect()
}

/// For each place the last word that it or one before it reaches.
fn furthest(places: &[Place]) -> Vec<u32> {
    places
        .iter()
        .scan(0, |furthest, p| {
            *furthest = p.j.max(*furthest);
            Some(*furthest)
        })
        .collect()
}
