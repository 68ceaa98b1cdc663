//! The places of `=`: case, marks and adjoining symbols count; apostrophe and hyphen end a word.
//!
//! Must not know: operators.

use super::Spent;
use super::look::Look;
use super::place::{How, Place};
use super::word::one_edit;
use crate::query::lexicon::{ExactRec, UnitId};
use crate::query::syntax::More;
use crate::query::words;
use crate::text::{Gap, Token};

/// The places of words after `=` in order, added to `found`; word `anchor` is the one that was looked up.
pub(super) fn exact(look: &mut Look<'_>, units: &[u32], anchor: usize, found: &mut Vec<Place>) -> Result<(), Spent> {
    let lexicon = look.lexicon;
    let recs: Vec<&ExactRec> = units.iter().filter_map(|&unit| lexicon.exact(UnitId(unit))).collect();
    let mut starts: Vec<usize> = match units.get(anchor) {
        Some(&unit) => look.occs(UnitId(unit)).filter_map(|occ| (occ.i as usize).checked_sub(anchor)).collect(),
        None => Vec::new(),
    };
    starts.sort_unstable();
    starts.dedup();
    for i in starts {
        look.fuel.burn(1)?;
        found.extend(at(look, &recs, i));
    }
    Ok(())
}

/// The place of the words that begins at word `i` of the document.
fn at(look: &Look<'_>, recs: &[&ExactRec], i: usize) -> Option<Place> {
    let tokens = look.doc.tokens();
    let last = (i + recs.len()).checked_sub(1)?;
    let (first, _) = (tokens.get(i)?, tokens.get(last)?);
    let inside = |t: &Token| t.is_split() && t.gap() == Gap::Nothing;
    if inside(first) || tokens.get(last + 1).is_some_and(inside) {
        return None; // `=` finds a cut hashtag whole or not at all
    }
    let goes_on = |(k, rec): (usize, &&ExactRec)| k + 1 == recs.len() || look.doc.goes_on(i + k, look.lexicon.touch(rec.touch).sign);
    if !recs.iter().enumerate().all(goes_on) {
        return None;
    }
    let mut bounds = None;
    for (k, rec) in recs.iter().enumerate() {
        let (start, end) = stretch(look, rec, i + k)?;
        bounds = Some((bounds.map_or(start, |(first, _)| first), end));
    }
    let (start, end) = bounds?;
    Some(Place { i: i as u32, j: last as u32, start, end, how: How::of(How::EXACT), label: 0 })
}

/// The bytes of the word that are the wanted one.
fn stretch(look: &Look<'_>, want: &ExactRec, i: usize) -> Option<(u32, u32)> {
    let raw = look.doc.raw(i);
    let wanted = &*want.text;
    let touch = look.lexicon.touch(want.touch);
    let start = look.doc.tokens().get(i)?.start;
    let mut piece_at = 0;
    let pieces = raw.split(words::is_apostrophe).map(|piece| {
        // `split` answers slices of `raw` in their order
        let at = raw.get(piece_at..).and_then(|rest| rest.find(piece)).map_or(piece_at, |found| piece_at + found);
        piece_at = at + piece.len();
        (at, piece)
    });
    let all = [(0, raw)].into_iter().chain(pieces.filter(|(_, piece)| !piece.is_empty() && piece.len() < raw.len()));
    for (at, piece) in all {
        let text = words::exact(piece);
        if !same(want, text.trim_end_matches('.'), wanted) {
            continue;
        }
        let before = if at == 0 { look.doc.before(i) } else { "".into() };
        let before = if touch.before.contains('.') { &*before } else { before.rsplit('.').next().unwrap_or_default() };
        let after = if at + piece.len() == raw.len() { look.doc.after(i) } else { "" };
        if before == touch.before && after == touch.after {
            return Some((start + at as u32 - before.len() as u32, start + (at + piece.len() + after.len()) as u32));
        }
    }
    None
}

fn same(want: &ExactRec, text: &str, wanted: &str) -> bool {
    if want.edit {
        return one_edit(text, wanted);
    }
    match (want.more, text.strip_prefix(wanted)) {
        (More::No, Some(rest)) => rest.is_empty(),
        (More::Any, Some(_)) => true,
        (More::Letters(n), Some(rest)) => rest.chars().count() <= n as usize && rest.chars().all(words::is_letter),
        (_, None) => false,
    }
}
