//! The trees of all watches, written flat: a step, then the steps of its parts. Equal clauses, facts and labels are kept once.
//!
//! Must not know: articles, files.

use super::lexicon::{Arena, Interner, Lexicon, LexiconBuilder, Matter};
use super::meta::MetaTest;
use super::syntax::{Clause, ClauseKind, Distance, MetaName, More, Node, ProxOp, Scope};
use hashbrown::HashMap;
use regex::Regex;

/// What a step asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    /// Places of the [`Matter`] `arg`.
    Clause,
    /// Any of the parts; all of them have places.
    OneOf,
    /// The first part; then what stands beside it: [`Op::Near`] to [`Op::NotNear`], each with two parts, an [`Op::Label`] and the other place.
    Chain,
    /// What the analyst wrote for all of a chain so far.
    Label,
    /// `arg` = words between, or [`SENTENCE`].
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

/// See [`Op`]. Parts stand right behind it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    pub op: Op,
    /// Of a leaf: bytes of what the analyst wrote, or [`Step::SPELLED`].
    len: u16,
    pub arg: u32,
    /// Where the parts of a group end; of a leaf, where in the arena stands what the analyst wrote.
    at: u32,
}

impl Step {
    /// The words of the matter are what the analyst wrote.
    const SPELLED: u16 = u16::MAX;

    const fn is_leaf(self) -> bool {
        matches!(self.op, Op::Clause | Op::Label | Op::Meta | Op::Scope | Op::Regex)
    }
}

/// Where a watch begins: most watches are one clause, and need no steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Root(u32);

impl Root {
    const DIRECT: u32 = 1 << 29;
}

/// A step and its number; [`DIRECT`] for a watch without steps.
pub(crate) type Numbered = (u32, Step);

/// The number of the one step of a watch without steps.
pub(crate) const DIRECT: u32 = u32::MAX;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Program {
    steps: Vec<Step>,
    numbers: Vec<i64>,
    tests: Vec<MetaTest>,
    regexes: Vec<Regex>,
    arena: Arena,
}

impl Program {
    /// The first step of a watch.
    pub(crate) fn root(&self, root: Root) -> Numbered {
        let direct = Step { op: Op::Clause, len: Step::SPELLED, arg: root.0 & !Root::DIRECT, at: 0 };
        if root.0 & Root::DIRECT != 0 { (DIRECT, direct) } else { (root.0, self.step(root.0).unwrap_or(direct)) }
    }

    /// One past the last step of a group or leaf.
    fn end(&self, (at, step): Numbered) -> u32 {
        if step.is_leaf() { at.saturating_add(1) } else { step.at }
    }

    pub(crate) fn step(&self, at: u32) -> Option<Step> {
        self.steps.get(at as usize).copied()
    }

    /// The parts of a step.
    pub(crate) fn parts(&self, node: Numbered) -> Parts<'_> {
        Parts { program: self, next: node.0.saturating_add(1), end: self.end(node) }
    }

    /// The first part of a step that has one.
    pub(crate) fn part(&self, node: Numbered) -> Option<Numbered> {
        self.parts(node).next()
    }

    /// Does any clause of a step ask for an acronym?
    pub(crate) fn has_acronyms(&self, node: Numbered, lexicon: &Lexicon) -> bool {
        match node.1.op {
            Op::Clause => lexicon.has_acronyms(Matter::unpack(node.1.arg)),
            _ => self.parts(node).any(|part| self.has_acronyms(part, lexicon)),
        }
    }

    /// The clauses that a step asks for, without those that it forbids.
    pub(crate) fn wanted(&self, node: Numbered) -> Vec<Numbered> {
        let (mut found, mut open) = (Vec::new(), vec![node]);
        while let Some((at, step)) = open.pop() {
            match step.op {
                Op::Clause => found.push((at, step)),
                Op::NotIn | Op::NotNear => {}
                Op::AndNot => open.extend(self.part((at, step))),
                _ => {
                    let first = open.len();
                    open.extend(self.parts((at, step)));
                    open.get_mut(first..).unwrap_or_default().reverse();
                }
            }
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

    /// What the analyst wrote for a step; empty if nothing was written.
    pub(crate) fn label(&self, (_, step): Numbered, lexicon: &Lexicon) -> String {
        if !step.is_leaf() {
            return String::new();
        }
        if step.len == Step::SPELLED { lexicon.written(Matter::unpack(step.arg)) } else { self.arena.get(step.at, step.len.into()).into() }
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        self.steps.capacity() * size_of::<Step>()
            + self.numbers.capacity() * 8
            + self.tests.capacity() * (size_of::<MetaTest>() + 64)
            + self.regexes.capacity() * 64
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
    type Item = Numbered;

    #[inline]
    fn next(&mut self) -> Option<Numbered> {
        if self.next >= self.end {
            return None;
        }
        let node = (self.next, self.program.step(self.next)?);
        self.next = self.program.end(node);
        Some(node)
    }
}

/// Fills a [`Program`].
#[derive(Debug, Default)]
pub(crate) struct ProgramBuilder {
    program: Program,
    texts: Interner,
    number_numbers: HashMap<i64, u32>,
    test_numbers: HashMap<MetaTest, u32>,
    regex_numbers: HashMap<String, u32>,
}

impl ProgramBuilder {
    /// Writes a tree, under its scopes; answers where it begins.
    pub(crate) fn add(&mut self, node: &Node, scopes: &[(MetaName, &[String])], lexicon: &mut LexiconBuilder) -> Root {
        let start = self.here();
        let scopes: Vec<_> = scopes.iter().filter(|(_, values)| !values.is_empty()).map(|(name, values)| MetaTest::of(*name, values)).collect();
        if scopes.is_empty() {
            if let Some(clause) = one_clause(node).filter(|c| is_spelled(c)) {
                return Root(lexicon.matter(&clause.kind).pack() | Root::DIRECT);
            }
            self.lower(node, lexicon);
            return Root(start);
        }
        self.group(Op::And, 0, |b| {
            for test in scopes {
                let test = b.test(test);
                b.leaf(Op::Scope, test, "");
            }
            b.lower(node, lexicon);
        });
        Root(start)
    }

    pub(crate) fn build(self) -> Program {
        let mut program = self.program;
        program.arena = self.texts.arena;
        program.arena.shrink();
        program.steps.shrink_to_fit();
        program.tests.shrink_to_fit();
        program.numbers.shrink_to_fit();
        program
    }

    fn here(&self) -> u32 {
        self.program.steps.len() as u32
    }

    fn leaf(&mut self, op: Op, arg: u32, label: &str) {
        let at = if label.is_empty() { 0 } else { self.texts.intern(label) };
        // A query is at most 10 kB, a keyword too.
        let len = u16::try_from(label.len()).unwrap_or(0);
        self.program.steps.push(Step { op, len, arg, at });
    }

    fn group(&mut self, op: Op, arg: u32, parts: impl FnOnce(&mut Self)) {
        let at = self.program.steps.len();
        self.program.steps.push(Step { op, len: 0, arg, at: 0 });
        parts(self);
        let end = self.here();
        if let Some(step) = self.program.steps.get_mut(at) {
            step.at = end;
        }
    }

    fn lower(&mut self, node: &Node, lexicon: &mut LexiconBuilder) {
        match node {
            Node::Clause(clause) => {
                let matter = lexicon.matter(&clause.kind).pack();
                if is_spelled(clause) {
                    self.program.steps.push(Step { op: Op::Clause, len: Step::SPELLED, arg: matter, at: 0 });
                } else {
                    self.leaf(Op::Clause, matter, &clause.source);
                }
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
                self.leaf(Op::Meta, test, &clause.source);
            }
            Node::Regex(clause) => {
                let next = self.program.regexes.len() as u32;
                let number = *self.regex_numbers.entry(clause.source.clone()).or_insert(next);
                if number == next {
                    self.program.regexes.push(clause.regex.clone());
                }
                self.leaf(Op::Regex, number, &clause.source);
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
                b.group(op, arg, |b| {
                    b.leaf(Op::Label, 0, source);
                    b.lower(right, lexicon);
                });
            }
        });
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

/// The one clause that a tree is.
fn one_clause(node: &Node) -> Option<&Clause> {
    match node {
        Node::Clause(clause) => Some(clause),
        Node::Or(kids) | Node::List { items: kids, .. } => match kids.as_slice() {
            [one] => one_clause(one),
            _ => None,
        },
        _ => None,
    }
}

/// Is what the analyst wrote no more than the words themselves? Then it need not be kept a second time.
fn is_spelled(clause: &Clause) -> bool {
    let ClauseKind::Words { words, slop: None } = &clause.kind else { return false };
    let mut rest = clause.source.as_str();
    for (k, word) in words.iter().enumerate() {
        let after = if k == 0 { Some(rest) } else { rest.strip_prefix(' ') };
        match after.and_then(|rest| rest.strip_prefix(word.letters.as_str())) {
            Some(after) if word.more == More::No => rest = after,
            _ => return false,
        }
    }
    rest.is_empty()
}

/// No article has more words.
fn clamp(n: u64) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX - 1)
}
