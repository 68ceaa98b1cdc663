//! Why a watch did not match: the first clause that failed, and what was just missed.
//!
//! Must not know: how candidates are found.

use super::near::{Near, near};
use super::program::{Op, SENTENCE, Step};
use super::search::{Scope, Search, Spent};
use super::syntax::MetaName;

/// Why a watch did not match an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Miss {
    /// The watch's name.
    pub watch: String,
    /// The first clause that failed, as the analyst wrote it.
    pub clause: String,
    /// Why, and what was just missed.
    pub reason: String,
}

/// A clause and why it failed.
pub(crate) type Why = (String, String);

impl Search<'_> {
    /// Why the steps from `root` on do not match.
    pub(crate) fn why(&mut self, root: u32) -> Result<Why, Spent> {
        let everywhere = (0, self.doc.words() as u32);
        if self.holds(root, everywhere)? {
            let clause = self.any_label(root);
            return Ok((clause, "only in a field set in capitals, where an acronym proves nothing".into()));
        }
        self.why_not(root, everywhere)
    }

    fn why_not(&mut self, at: u32, scope: Scope) -> Result<Why, Spent> {
        let Some(step) = self.program.step(at) else { return Ok(Why::default()) };
        let program = self.program;
        match step.op {
            Op::And => {
                for (part, _) in program.parts(at) {
                    if !self.holds(part, scope)? {
                        return self.why_not(part, scope);
                    }
                }
                Ok(Why::default())
            }
            Op::AndNot => {
                for (n, (part, _)) in program.parts(at).enumerate() {
                    if self.holds(part, scope)? == (n == 0) {
                        continue;
                    }
                    if n == 0 {
                        return self.why_not(part, scope);
                    }
                    let text = self.found(part, scope)?;
                    return Ok((self.any_label(part), format!("it stands in the article{text}, and must not")));
                }
                Ok(Why::default())
            }
            Op::Or | Op::OneOf | Op::Any | Op::Score => self.none_of(at, step, scope),
            Op::Clause => self.clause_failed(step, scope),
            Op::Chain => self.chain_failed(at, scope),
            Op::AtLeast => {
                let have = self.positional(at + 1)?.iter().filter(|p| scope.0 <= p.i && p.j < scope.1).count();
                if have == 0 {
                    return self.why_not(at + 1, scope);
                }
                Ok((self.any_label(at + 1), format!("it stands there {have} times, {} are asked for", step.arg)))
            }
            Op::Title | Op::Lead | Op::Body | Op::First => {
                let narrow = self.narrow(step, scope);
                if !self.holds(at + 1, scope)? {
                    return self.why_not(at + 1, narrow);
                }
                let part = match step.op {
                    Op::Title => "title".to_string(),
                    Op::Lead => "lead".to_string(),
                    Op::Body => "body".to_string(),
                    _ => format!("first {} words", step.arg),
                };
                Ok((self.any_label(at + 1), format!("it stands in the article, but not in its {part}")))
            }
            Op::Weight => self.why_not(at + 1, scope),
            Op::Meta | Op::Scope => Ok((self.fact_label(step), self.fact_failed(step))),
            Op::Regex => Ok((program.label(step.label).into(), "the pattern matches nowhere".into())),
            Op::Near | Op::Pre | Op::NotIn | Op::NotNear => Ok(Why::default()),
        }
    }

    /// Of several parts the first with a near miss, else the first that fails.
    fn none_of(&mut self, at: u32, step: Step, scope: Scope) -> Result<Why, Spent> {
        let program = self.program;
        let mut first: Option<Why> = None;
        let mut near: Option<Why> = None;
        for (part, _) in program.parts(at) {
            if self.holds(part, scope)? {
                continue;
            }
            let why = self.why_not(part, scope)?;
            if near.is_none() && why.1.contains(JUST_MISSED) {
                near = Some(why.clone());
            }
            first.get_or_insert(why);
        }
        let (clause, mut reason) = near.or(first).unwrap_or_default();
        if matches!(step.op, Op::Any | Op::Score) {
            let (sum, number) = (self.sum(at, scope)?, program.number(step.arg));
            reason = format!("{sum} of {number} reached; {reason}");
        }
        Ok((clause, reason))
    }

    fn clause_failed(&mut self, step: Step, scope: Scope) -> Result<Why, Spent> {
        let label = self.program.label(step.label).to_string();
        if !self.clause(step, <[_]>::is_empty)? {
            let everywhere = scope == (0, self.doc.words() as u32);
            return Ok((label, if everywhere { "not found".into() } else { "it stands in the article, but not there".into() }));
        }
        let mut texts: Vec<String> = Vec::new();
        let mut advice = String::new();
        for Near { text, kind, advice: cure, .. } in near(self.lexicon, step.arg, self.doc) {
            let shown = format!("{text} ({})", kind.name());
            if !texts.contains(&shown) && texts.len() < 3 {
                texts.push(shown);
                advice = if advice.is_empty() { cure } else { advice };
            }
        }
        let reason = if texts.is_empty() { "not found".into() } else { format!("not found; {JUST_MISSED}{}: {advice}", texts.join(", ")) };
        Ok((label, reason))
    }

    fn chain_failed(&mut self, at: u32, scope: Scope) -> Result<Why, Spent> {
        let program = self.program;
        let mut so_far = String::new();
        for (n, (part, link)) in program.parts(at).enumerate() {
            let operand = if n == 0 { part } else { part + 1 };
            let needed = !matches!(link.op, Op::NotIn | Op::NotNear) || n == 0;
            if needed && self.positional(operand)?.is_empty() {
                return self.why_not(operand, scope);
            }
            let label = self.any_label(operand);
            if n > 0 && self.chain(at, n + 1)?.iter().all(|p| p.i < scope.0 || p.j >= scope.1) {
                let reason = match link.op {
                    Op::NotIn => format!("it only stands inside \"{label}\""),
                    Op::NotNear => format!("it only stands within {} words of \"{label}\"", link.arg),
                    _ if link.arg == SENTENCE => format!("\"{label}\" stands in no sentence with it"),
                    op => format!(
                        "\"{label}\" stands in the article, but not within {} words{}",
                        link.arg,
                        if op == Op::Pre { " after it" } else { "" }
                    ),
                };
                let clause = program.label(link.label);
                return Ok((if clause.is_empty() { so_far } else { clause.into() }, reason));
            }
            if n == 0 {
                so_far = label;
            }
        }
        Ok((so_far, "not found there".into()))
    }

    /// The text of the first place of a part.
    fn found(&mut self, at: u32, scope: Scope) -> Result<String, Spent> {
        let mut places = Vec::new();
        self.collect(at, scope, &mut places)?;
        let text = places.first().and_then(|p| {
            let field = self.doc.tokens().get(p.i as usize)?.field();
            self.doc.plain(field).get(p.start as usize..p.end as usize)
        });
        Ok(text.map_or(String::new(), |t| format!(" («{t}»)")))
    }

    /// What the analyst wrote for the first clause of a step.
    fn any_label(&self, at: u32) -> String {
        let end = self.program.step(at).map_or(at, |s| s.end);
        let steps = (at..end).filter_map(|at| self.program.step(at));
        steps
            .map(|s| if matches!(s.op, Op::Meta | Op::Scope) { self.fact_label(s) } else { self.program.label(s.label).to_string() })
            .find(|l| !l.is_empty())
            .unwrap_or_default()
    }

    fn fact_label(&self, step: Step) -> String {
        let label = self.program.label(step.label);
        if label.is_empty() { self.program.test(step.arg).map_or(String::new(), |t| t.name().name().into()) } else { label.into() }
    }

    fn fact_failed(&self, step: Step) -> String {
        let Some(test) = self.program.test(step.arg) else { return String::new() };
        let name = test.name().name();
        match test.name() {
            MetaName::Words => format!("the article has {} words", self.doc.words()),
            _ if !test.known(self.meta) => format!("{name} of the article is unknown"),
            _ => format!("{name} of the article is {}", test.value(self.meta)),
        }
    }
}

/// What a reason with a near miss says.
const JUST_MISSED: &str = "just missed ";
