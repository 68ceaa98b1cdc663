//! By which of its clauses a watch is found: the cheapest set of which one must be in every article that it matches.
//!
//! AND, NEAR, a phrase: the rarest part; OR: all parts; ANY and SCORE: without the light parts that cannot reach the threshold. Must not know:
//! articles.

use super::lexicon::{Finder, Lexicon, Unit};
use super::program::{Op, Program, Step};

/// What an article must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Anchor {
    /// A unit; and, unless it is `u32::MAX`, another one as well.
    Unit(u32, u32),
    /// A fact.
    Fact(u32),
}

/// No other unit is needed.
pub(crate) const NO_OTHER: u32 = u32::MAX;

/// Anchors, and how many articles they may be expected to bring.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cover {
    pub anchors: Vec<Anchor>,
    cost: f32,
}

/// What a fact about an article is taken to cost: an outlet, a feed.
const FACT_COST: f32 = 50.0;

/// The cover of the steps from `at` on; none if there is nothing to look up.
pub(crate) fn cover(program: &Program, lexicon: &Lexicon, at: u32) -> Option<Cover> {
    Planner { program, lexicon }.step(at, program.step(at)?)
}

struct Planner<'a> {
    program: &'a Program,
    lexicon: &'a Lexicon,
}

impl Planner<'_> {
    fn step(&self, at: u32, step: Step) -> Option<Cover> {
        let parts = || self.program.parts(at).map(|(part, step)| self.step(part, step));
        match step.op {
            Op::Clause => self.finder(step.arg),
            Op::Meta => {
                self.program.test(step.arg).filter(|t| t.name().indexed()).map(|_| Cover { anchors: vec![Anchor::Fact(step.arg)], cost: FACT_COST })
            }
            Op::Scope | Op::Regex => None,
            Op::And => self.both(at),
            Op::Chain => {
                // What follows NOTIN and NOTNEAR need not be there.
                let needed = self.program.parts(at).filter(|(_, s)| !matches!(s.op, Op::NotIn | Op::NotNear));
                cheapest(needed.filter_map(|(part, step)| self.step(part, step)))
            }
            Op::Or | Op::OneOf => together(parts()),
            Op::Any | Op::Score => self.threshold(at, step),
            Op::Near | Op::Pre | Op::NotIn | Op::NotNear | Op::AndNot | Op::AtLeast | Op::First | Op::Weight | Op::Title | Op::Lead | Op::Body => {
                parts().next()?
            }
        }
    }

    /// The cheapest part; and of the others, one that is a single unit is asked for beside it.
    fn both(&self, at: u32) -> Option<Cover> {
        let mut best = cheapest(self.program.parts(at).filter_map(|(part, step)| self.step(part, step)))?;
        let other = self.program.parts(at).find_map(|(_, step)| {
            let unit = self.single(step)?;
            (!best.anchors.iter().any(|a| matches!(a, Anchor::Unit(u, _) if *u == unit))).then_some(unit)
        });
        if let Some(other) = other {
            for anchor in &mut best.anchors {
                match anchor {
                    Anchor::Unit(_, second) if *second == NO_OTHER => *second = other,
                    _ => {}
                }
            }
        }
        Some(best)
    }

    /// The one unit that a clause is.
    fn single(&self, step: Step) -> Option<u32> {
        match (step.op, self.lexicon.finder(step.arg)?) {
            (Op::Clause, Finder::Unit(unit)) => Some(unit),
            (Op::Clause, Finder::Phrase { runs, .. }) => match self.lexicon.runs(runs) {
                [one] => Some(one.unit),
                _ => None,
            },
            _ => None,
        }
    }

    fn threshold(&self, at: u32, step: Step) -> Option<Cover> {
        let number = i128::from(self.program.number(step.arg));
        let mut weighed: Vec<(i128, Option<Cover>)> = self
            .program
            .parts(at)
            .map(|(part, s)| (if s.op == Op::Weight { i128::from(self.program.number(s.arg)) } else { 1 }, self.step(part, s)))
            .filter(|(weight, _)| *weight > 0)
            .collect();
        // Of equal weights those without an anchor are left out first, then the dearest.
        weighed.sort_by(|(w1, a), (w2, b)| w1.cmp(w2).then_with(|| cost(b).total_cmp(&cost(a))));
        let mut light = 0;
        let kept = weighed.into_iter().filter_map(|(weight, cover)| {
            if light + weight < number {
                light += weight;
                return None;
            }
            Some(cover)
        });
        together(kept)
    }

    fn finder(&self, finder: u32) -> Option<Cover> {
        let lexicon = self.lexicon;
        match lexicon.finder(finder)? {
            Finder::Unit(unit) => Some(self.one(unit)),
            Finder::Exact { words, anchor, .. } => lexicon.exact_units(words).get(usize::from(anchor)).map(|&unit| self.one(unit)),
            Finder::Phrase { words, runs, slop } => {
                let (count, runs) = (words.len, lexicon.runs(runs));
                if let [one] = runs {
                    return Some(self.one(one.unit));
                }
                let single = |k: u16| runs.iter().find(|run| run.from == k && run.to == k + 1).map_or(NO_OTHER, |run| run.unit);
                let around = |k: u16| {
                    // Beside word k by itself stands the first or the last word by itself.
                    let other = match (k, count, slop.get()) {
                        (_, _, Some(_)) => NO_OTHER,
                        (1, _, None) => single(0),
                        (k, n, None) if k + 2 == n => single(n - 1),
                        _ => NO_OTHER,
                    };
                    let runs = runs.iter().filter(move |run| run.from <= k && k < run.to);
                    let cost = runs.clone().map(|run| self.cost(run.unit) * if run.to == run.from + 1 { 1.0 } else { 0.1 }).sum();
                    let anchors = runs.map(|run| Anchor::Unit(run.unit, if run.to == run.from + 1 { other } else { NO_OTHER })).collect();
                    Cover { anchors, cost }
                };
                cheapest((0..count).map(around))
            }
        }
    }

    fn one(&self, unit: u32) -> Cover {
        Cover { anchors: vec![Anchor::Unit(unit, NO_OTHER)], cost: self.cost(unit) }
    }

    /// Long words are rarer.
    fn cost(&self, unit: u32) -> f32 {
        let letters = |text: &str| 1.0 / (text.chars().count().max(1) as f32);
        match self.lexicon.unit(unit) {
            Some(Unit::Run { at, n }) => {
                let words = self.lexicon.pool_words(at, usize::from(n));
                1.0 / (words.map(|w| self.lexicon.text(w.text).chars().count()).sum::<usize>().max(1) as f32)
            }
            Some(Unit::Exact(_)) => self.lexicon.exact(unit).map_or(1.0, |e| letters(self.lexicon.text(e.text))),
            Some(Unit::Fuzzy(_) | Unit::Wild(_)) => 1.0,
            None => 1.0,
        }
    }
}

fn cost(cover: &Option<Cover>) -> f32 {
    cover.as_ref().map_or(f32::INFINITY, |c| c.cost)
}

fn cheapest(covers: impl Iterator<Item = Cover>) -> Option<Cover> {
    covers.min_by(|a, b| a.cost.total_cmp(&b.cost))
}

/// All of them; none if one has none.
fn together(covers: impl Iterator<Item = Option<Cover>>) -> Option<Cover> {
    covers.reduce(|a, b| {
        let (mut a, b) = (a?, b?);
        a.anchors.extend(b.anchors);
        a.cost += b.cost;
        Some(a)
    })?
}
