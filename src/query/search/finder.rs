//! The places of a finder: a phrase, words after `=`, or one unit; and what finding them may cost.
//!
//! Must not know: operators, watches.

use super::place::Place;
use super::word::Look;
use super::{Spent, exact, phrase};
use crate::query::lexicon::Finder;

/// Work that may still be done.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fuel(pub u64);

impl Fuel {
    #[inline]
    pub(crate) fn burn(&mut self, steps: usize) -> Result<(), Spent> {
        self.0 = self.0.checked_sub(steps as u64).ok_or(Spent)?;
        Ok(())
    }
}

/// All places of a finder, in order, each once.
pub(super) fn places(look: Look<'_>, finder: Finder, fuel: &mut Fuel) -> Result<Vec<Place>, Spent> {
    fuel.burn(1)?;
    let mut found = match finder {
        Finder::Unit(unit) => look.unit(unit),
        Finder::Phrase { words, runs, slop } => {
            let mut together = phrase::phrase(look, words, runs, fuel)?;
            if let Some(slop) = slop.get() {
                let single = look.lexicon.runs(runs).iter().filter(|run| run.to == run.from + 1).map(|run| look.unit(run.unit)).collect();
                together.extend(phrase::slop(look, single, slop, fuel)?);
            }
            together
        }
        Finder::Exact { words, anchor, slop } => {
            let units = look.lexicon.exact_units(words);
            let mut together = exact::exact(look, units, usize::from(anchor), fuel)?;
            if let Some(slop) = slop.get() {
                let mut single = Vec::new();
                for unit in units {
                    single.push(exact::exact(look, &[*unit], 0, fuel)?);
                }
                together.extend(phrase::slop(look, single, slop, fuel)?);
            }
            together
        }
    };
    fuel.burn(found.len())?;
    phrase::tidy(&mut found);
    Ok(found)
}
