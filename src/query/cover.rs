//! By which of its clauses a watch is found: the cheapest set of which one must be in every article that it matches.
//!
//! AND, NEAR, a phrase: the rarest part; OR: all parts; ANY and SCORE: without the light parts that cannot reach the threshold. Must not know:
//! articles.

use super::lexicon::{Finder, Lexicon, Matter, Unit, UnitId};
use super::program::{Numbered, Op, Program, Root, Step};

/// What an article must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Anchor {
    /// A unit; and, unless it is [`UnitId::NONE`], another one as well.
    Unit(UnitId, UnitId),
    /// A fact.
    Fact(u32),
}

/// Anchors, and how many articles they may be expected to bring.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cover {
    pub anchors: Vec<Anchor>,
    cost: f32,
}

/// Words of a phrase that are tried as its rarest.
const WORDS_TRIED: usize = 8;
/// Words that are seldom written as one.
const JOINED_COST: f32 = 0.1;
/// What a fact about an article is taken to cost: an outlet, a feed.
const FACT_COST: f32 = 50.0;

/// The cover of a watch; none if there is nothing to look up.
pub(crate) fn cover(program: &Program, lexicon: &Lexicon, root: Root) -> Option<Cover> {
    Planner { program, lexicon }.step(program.root(root))
}

/// The cover of one clause.
pub(crate) fn cover_of_matter(program: &Program, lexicon: &Lexicon, matter: Matter) -> Cover {
    Planner { program, lexicon }.matter(matter).unwrap_or_default()
}

struct Planner<'a> {
    program: &'a Program,
    lexicon: &'a Lexicon,
}

impl Planner<'_> {
    fn step(&self, node: Numbered) -> Option<Cover> {
        let step = node.1;
        let parts = || self.program.parts(node).map(|part| self.step(part));
        match step.op {
            Op::Clause => self.matter(Matter::unpack(step.arg)),
            Op::Meta => {
                self.program.test(step.arg).filter(|t| t.name().indexed()).map(|_| Cover { anchors: vec![Anchor::Fact(step.arg)], cost: FACT_COST })
            }
            Op::Scope | Op::Regex | Op::Label => None,
            Op::And => self.both(node),
            Op::Chain => {
                // What follows NOTIN and NOTNEAR need not be there.
                let needed = self.program.parts(node).filter(|(_, s)| !matches!(s.op, Op::NotIn | Op::NotNear));
                cheapest(needed.filter_map(|part| self.step(part)))
            }
            Op::Or | Op::OneOf => together(parts()),
            Op::Any | Op::Score => self.threshold(node),
            Op::Near | Op::Pre => parts().nth(1)?,
            Op::NotIn | Op::NotNear | Op::AndNot | Op::AtLeast | Op::First | Op::Weight | Op::Title | Op::Lead | Op::Body => parts().next()?,
        }
    }

    /// The cheapest part; and of the others, one that is a single unit is asked for beside it.
    fn both(&self, node: Numbered) -> Option<Cover> {
        let mut best = cheapest(self.program.parts(node).filter_map(|part| self.step(part)))?;
        let other = self.program.parts(node).find_map(|(_, step)| {
            let unit = self.single(step)?;
            (!best.anchors.iter().any(|a| matches!(a, Anchor::Unit(u, _) if *u == unit))).then_some(unit)
        });
        if let Some(other) = other {
            for anchor in &mut best.anchors {
                match anchor {
                    Anchor::Unit(_, second) if *second == UnitId::NONE => *second = other,
                    _ => {}
                }
            }
        }
        Some(best)
    }

    /// The one unit that a clause is.
    fn single(&self, step: Step) -> Option<UnitId> {
        match (step.op, Matter::unpack(step.arg)) {
            (Op::Clause, Matter::Unit(unit)) => Some(unit),
            _ => None,
        }
    }

    fn threshold(&self, node: Numbered) -> Option<Cover> {
        let number = i128::from(self.program.number(node.1.arg));
        let mut weighed: Vec<(i128, Option<Cover>)> = self
            .program
            .parts(node)
            .map(|part| (if part.1.op == Op::Weight { i128::from(self.program.number(part.1.arg)) } else { 1 }, self.step(part)))
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

    fn matter(&self, matter: Matter) -> Option<Cover> {
        let lexicon = self.lexicon;
        let number = match matter {
            Matter::Unit(unit) => return Some(self.one(unit)),
            Matter::Finder(number) => number,
        };
        match lexicon.finder(number)? {
            Finder::Exact { at, n, anchor, .. } => lexicon.exact_units(at, n.into()).get(usize::from(anchor)).map(|&unit| self.one(UnitId(unit))),
            Finder::Phrase { at, n, slop, joined } => {
                let words = lexicon.phrase(at, n.into());
                let single = |k: usize| words.get(k).map_or(UnitId::NONE, |&w| UnitId(w));
                // The words that are rarest by themselves.
                let mut rarest: Vec<usize> = (0..words.len()).collect();
                rarest.sort_by(|&a, &b| self.cost(single(a)).total_cmp(&self.cost(single(b))));
                rarest.truncate(WORDS_TRIED);
                let around = |k: usize| {
                    // Beside word k by itself stands the first or the last word by itself.
                    let other = match (k, slop.get()) {
                        (_, Some(_)) => UnitId::NONE,
                        (1, None) => single(0),
                        (k, None) if k + 2 == words.len() => single(k + 1),
                        _ => UnitId::NONE,
                    };
                    let mut cover = Cover { anchors: vec![Anchor::Unit(single(k), other)], cost: self.cost(single(k)) };
                    for (.., unit) in lexicon.joined(joined, words.len()).filter(|(from, to, _)| *from <= k && k < *to) {
                        cover.anchors.push(Anchor::Unit(unit, UnitId::NONE));
                        cover.cost += JOINED_COST * self.cost(unit);
                    }
                    cover
                };
                cheapest(rarest.into_iter().map(around))
            }
        }
    }

    fn one(&self, unit: UnitId) -> Cover {
        Cover { anchors: vec![Anchor::Unit(unit, UnitId::NONE)], cost: self.cost(unit) }
    }

    /// Long words are rarer.
    fn cost(&self, unit: UnitId) -> f32 {
        let letters = match self.lexicon.unit(unit) {
            Some(Unit::Run(run)) => self.lexicon.run(run).map(|w| self.lexicon.text(w).chars().count()).sum(),
            Some(Unit::Exact(_)) => self.lexicon.exact(unit).map_or(1, |e| e.folded.chars().count()),
            _ => 1,
        };
        1.0 / letters.max(1) as f32
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
