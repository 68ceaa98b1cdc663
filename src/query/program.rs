//! The trees of all watches, written flat: a step, then the steps of its parts. Equal clauses, facts and labels are kept once.
//!
//! Must not know: articles, files.

use super::lexicon::{Arena, ArenaBuilder, LexiconBuilder, Text};
use super::meta::MetaTest;
use super::syntax::{Distance, MetaName, Node, ProxOp, Scope};
use hashbrown::HashMap;
use regex::Regex;

/// What a step asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    /// Places of finder `arg`; `label` = what the analyst wrote.
    Clause,
    /// Any of the parts; all of them have places.
    OneOf,
    /// The first part; then, each with one part of its own, what stands beside it: [`Op::Near`] to [`Op::NotNear`].
    Chain,
    /// `arg` = words between, or [`SENTENCE`]; `label` = all of the chain so far.
    Near,
    /// As `Near`, in order.
    Pre,
    /// Not inside.
    NotIn,
    /// Not within `arg` words.
    NotNear,
    Or,
    And,
    /// The first part, and none of the others.
    AndNot,
    /// `arg` occurrences of its part.
    AtLeast,
    /// Its part, within the first `arg` words.
    First,
    /// Parts with the weight 1 each; `arg` = the number of the threshold.
    Any,
    /// Parts, each a [`Op::Weight`]; `arg` = the number of the threshold.
    Score,
    /// `arg` = the number of the weight.
    Weight,
    Title,
    Lead,
    Body,
    /// Fact `arg`.
    Meta,
    /// Fact `arg`, if anything is known of it: the scope of a watch.
    Scope,
    /// Regular expression `arg`.
    Regex,
}

/// `arg` of NEAR/s and PRE/s.
pub(crate) const SENTENCE: u32 = u32::MAX;

/// See [`Op`]. Parts stand right behind it, up to `end`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    pub op: Op,
    pub arg: u32,
    pub end: u32,
    pub label: u32,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Program {
    steps: Vec<Step>,
    numbers: Vec<i64>,
    tests: Vec<MetaTest>,
    regexes: Vec<Regex>,
    labels: Vec<Text>,
    arena: Arena,
}

impl Program {
    pub(crate) fn step(&self, at: u32) -> Option<Step> {
        self.steps.get(at as usize).copied()
    }

    /// Where the parts of a step begin.
    pub(crate) fn parts(&self, at: u32) -> Parts<'_> {
        Parts { program: self, next: at + 1, end: self.step(at).map_or(0, |s| s.end) }
    }

    /// The clauses that a step asks for, without those that it forbids.
    pub(crate) fn wanted(&self, at: u32) -> Vec<Step> {
        let mut found = Vec::new();
        let mut next = at;
        let end = self.step(at).map_or(at, |s| s.end);
        // Where the part begins that an AND NOT asks for: its other parts are left out.
        let mut forbidden: Vec<std::ops::Range<u32>> = Vec::new();
        while let Some(step) = self.step(next).filter(|_| next < end) {
            if step.op == Op::AndNot {
                let wanted = self.step(next + 1).map_or(step.end, |s| s.end);
                forbidden.push(wanted..step.end);
            }
            if matches!(step.op, Op::NotIn | Op::NotNear) || forbidden.iter().any(|f| f.start == next) {
                next = forbidden.iter().find(|f| f.start == next).map_or(step.end, |f| f.end);
                continue;
            }
            if step.op == Op::Clause {
                found.push(step);
            }
            next += 1;
        }
        found
    }

    pub(crate) fn number(&self, at: u32) -> i64 {
        self.numbers.get(at as usize).copied().unwrap_or(0)
    }

    pub(crate) fn test(&self, at: u32) -> Option<&MetaTest> {
        self.tests.get(at as usize)
    }

    pub(crate) fn tests(&self) -> usize {
        self.tests.len()
    }

    pub(crate) fn regex(&self, at: u32) -> Option<&Regex> {
        self.regexes.get(at as usize)
    }

    pub(crate) fn label(&self, label: u32) -> &str {
        self.labels.get(label as usize).map_or("", |t| self.arena.get(*t))
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        self.steps.capacity() * size_of::<Step>()
            + self.numbers.capacity() * 8
            + self.tests.capacity() * (size_of::<MetaTest>() + 64)
            + self.regexes.capacity() * 64
            + self.labels.capacity() * size_of::<Text>()
            + self.arena.heap_bytes()
    }
}

/// The parts of a step, one after another.
#[derive(Debug, Clone)]
pub(crate) struct Parts<'a> {
    program: &'a Program,
    next: u32,
    end: u32,
}

impl Iterator for Parts<'_> {
    type Item = (u32, Step);

    fn next(&mut self) -> Option<(u32, Step)> {
        if self.next >= self.end {
            return None;
        }
        let (at, step) = (self.next, self.program.step(self.next)?);
        self.next = step.end;
        Some((at, step))
    }
}

/// Fills a [`Program`].
#[derive(Debug, Default)]
pub(crate) struct ProgramBuilder {
    program: Program,
    arena: ArenaBuilder,
    label_numbers: HashMap<Text, u32>,
    number_numbers: HashMap<i64, u32>,
    test_numbers: HashMap<MetaTest, u32>,
    regex_numbers: HashMap<String, u32>,
}

impl ProgramBuilder {
    /// Writes a tree, under its scopes; answers where it begins.
    pub(crate) fn add(&mut self, node: &Node, scopes: &[(MetaName, &[String])], lexicon: &mut LexiconBuilder) -> u32 {
        let start = self.here();
        let scopes: Vec<_> = scopes.iter().filter(|(_, values)| !values.is_empty()).map(|(name, values)| MetaTest::of(*name, values)).collect();
        if scopes.is_empty() {
            self.lower(node, lexicon);
            return start;
        }
        self.group(Op::And, 0, |b| {
            for test in scopes {
                let test = b.test(test);
                b.leaf(Op::Scope, test, 0);
            }
            b.lower(node, lexicon);
        });
        start
    }

    pub(crate) fn build(self) -> Program {
        let mut program = self.program;
        program.arena = self.arena.arena;
        program.arena.shrink();
        program.steps.shrink_to_fit();
        program.labels.shrink_to_fit();
        program.tests.shrink_to_fit();
        program.numbers.shrink_to_fit();
        program
    }

    fn here(&self) -> u32 {
        self.program.steps.len() as u32
    }

    fn leaf(&mut self, op: Op, arg: u32, label: u32) {
        let end = self.here() + 1;
        self.program.steps.push(Step { op, arg, end, label });
    }

    fn group(&mut self, op: Op, arg: u32, parts: impl FnOnce(&mut Self)) {
        let at = self.program.steps.len();
        self.leaf(op, arg, 0);
        parts(self);
        let end = self.here();
        if let Some(step) = self.program.steps.get_mut(at) {
            step.end = end;
        }
    }

    fn lower(&mut self, node: &Node, lexicon: &mut LexiconBuilder) {
        match node {
            Node::Clause(clause) => {
                let finder = lexicon.finder(&clause.kind);
                let label = self.label(&clause.source);
                self.leaf(Op::Clause, finder, label);
            }
            Node::Prox { .. } => self.chain(node, lexicon),
            Node::List { items, .. } => self.all(Op::OneOf, items, lexicon),
            Node::Or(kids) => self.all(if node.positional() { Op::OneOf } else { Op::Or }, kids, lexicon),
            Node::And(kids) => self.all(Op::And, kids, lexicon),
            Node::AndNot(kids) => self.all(Op::AndNot, kids, lexicon),
            Node::AtLeast(n, kid) => self.group(Op::AtLeast, clamp(*n), |b| b.lower(kid, lexicon)),
            Node::First(n, kid) => self.group(Op::First, clamp(*n), |b| b.lower(kid, lexicon)),
            Node::Any(n, kids) => {
                let n = self.number(*n);
                self.group(Op::Any, n, |b| kids.iter().for_each(|kid| b.lower(kid, lexicon)));
            }
            Node::Score(n, kids) => {
                let n = self.number(*n);
                self.group(Op::Score, n, |b| {
                    for (kid, weight) in kids {
                        let weight = b.number(*weight);
                        b.group(Op::Weight, weight, |b| b.lower(kid, lexicon));
                    }
                });
            }
            Node::Field(scope, kid) => match scope {
                Scope::Any => self.lower(kid, lexicon),
                Scope::Title => self.group(Op::Title, 0, |b| b.lower(kid, lexicon)),
                Scope::Lead => self.group(Op::Lead, 0, |b| b.lower(kid, lexicon)),
                Scope::Body => self.group(Op::Body, 0, |b| b.lower(kid, lexicon)),
            },
            Node::Meta(clause) => {
                let test = self.test(MetaTest::new(clause));
                let label = self.label(&clause.source);
                self.leaf(Op::Meta, test, label);
            }
            Node::Regex(clause) => {
                let next = self.program.regexes.len() as u32;
                let number = *self.regex_numbers.entry(clause.source.clone()).or_insert(next);
                if number == next {
                    self.program.regexes.push(clause.regex.clone());
                }
                let label = self.label(&clause.source);
                self.leaf(Op::Regex, number, label);
            }
        }
    }

    fn all(&mut self, op: Op, kids: &[Node], lexicon: &mut LexiconBuilder) {
        match kids {
            [one] => self.lower(one, lexicon),
            kids => self.group(op, 0, |b| kids.iter().for_each(|kid| b.lower(kid, lexicon))),
        }
    }

    /// `a NEAR/1 b PRE/2 c`, which a tree holds as ((a, b), c), as one group.
    fn chain(&mut self, node: &Node, lexicon: &mut LexiconBuilder) {
        let mut links = Vec::new();
        let mut first = node;
        while let Node::Prox { op, left, right, source } = first {
            links.push((*op, right, source));
            first = left;
        }
        self.group(Op::Chain, 0, |b| {
            b.lower(first, lexicon);
            for (op, right, source) in links.into_iter().rev() {
                let words = |d: Distance| if let Distance::Words(n) = d { n } else { SENTENCE };
                let (op, arg) = match op {
                    ProxOp::Near(d) => (Op::Near, words(d)),
                    ProxOp::Pre(d) => (Op::Pre, words(d)),
                    ProxOp::NotIn => (Op::NotIn, 0),
                    ProxOp::NotNear(n) => (Op::NotNear, n),
                };
                let label = b.label(source);
                let at = b.program.steps.len();
                b.group(op, arg, |b| b.lower(right, lexicon));
                if let Some(step) = b.program.steps.get_mut(at) {
                    step.label = label;
                }
            }
        });
    }

    fn label(&mut self, source: &str) -> u32 {
        let text = self.arena.intern(source);
        let labels = &mut self.program.labels;
        *self.label_numbers.entry(text).or_insert_with(|| {
            labels.push(text);
            labels.len() as u32 - 1
        })
    }

    fn number(&mut self, number: i64) -> u32 {
        let numbers = &mut self.program.numbers;
        *self.number_numbers.entry(number).or_insert_with(|| {
            numbers.push(number);
            numbers.len() as u32 - 1
        })
    }

    fn test(&mut self, test: MetaTest) -> u32 {
        if let Some(&known) = self.test_numbers.get(&test) {
            return known;
        }
        let number = self.program.tests.len() as u32;
        self.program.tests.push(test.clone());
        self.test_numbers.insert(test, number);
        number
    }
}

/// No article has more words.
fn clamp(n: u64) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX - 1)
}
