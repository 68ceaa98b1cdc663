//! Why a watch did not match: the first clause that failed, and what was just missed.
//!
//! Must not know: how candidates are found.

use super::lexicon::Matter;
use super::near::{Near, near};
use super::program::{Numbered, Op, Root, SENTENCE, Step};
use super::search::{Scope, Search, Spent};
use super::syntax::MetaName;

/// Why a watch did not match an article.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
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
    /// Why a watch does not match.
    pub(crate) fn why(&mut self, root: Root) -> Result<Why, Spent> {
        let node = self.program.root(root);
        if self.holds(node, self.everywhere())? {
            return Ok((self.any_label(node), "only in a field set in capitals, where an acronym proves nothing".into()));
        }
        self.why_not(node, self.everywhere())
    }

    fn why_not(&mut self, node: Numbered, scope: Scope) -> Result<Why, Spent> {
        let (program, step) = (self.program, node.1);
        match step.op {
            Op::And => {
                for part in program.parts(node) {
                    if !self.holds(part, scope)? {
                        return self.why_not(part, scope);
                    }
                }
                Ok(Why::default())
            }
            Op::AndNot => {
                for (n, part) in program.parts(node).enumerate() {
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
            Op::Or | Op::OneOf | Op::Any | Op::Score => self.none_of(node, scope),
            Op::Clause => self.clause_failed(node, scope),
            Op::Chain => self.chain_failed(node, scope),
            Op::AtLeast => {
                let have = self.positional_part(node)?.iter().filter(|p| scope.0 <= p.i && p.j < scope.1).count();
                if have == 0 {
                    return self.why_not_part(node, scope);
                }
                Ok((self.any_label(node), format!("it stands there {have} times, {} are asked for", step.arg)))
            }
            Op::Title | Op::Lead | Op::Body | Op::First => {
                let Some(part) = program.part(node) else { return Ok(Why::default()) };
                if !self.holds(part, scope)? {
                    return self.why_not(part, self.narrow(step, scope));
                }
                let name = match step.op {
                    Op::Title => "title".to_string(),
                    Op::Lead => "lead".to_string(),
                    Op::Body => "body".to_string(),
                    _ => format!("first {} words", step.arg),
                };
                Ok((self.any_label(part), format!("it stands in the article, but not in its {name}")))
            }
            Op::Weight => self.why_not_part(node, scope),
            Op::Meta | Op::Scope => Ok((self.label(node), self.fact_failed(step))),
            Op::Regex => Ok((self.label(node), "the pattern matches nowhere".into())),
            Op::Near | Op::Pre | Op::NotIn | Op::NotNear | Op::Label => Ok(Why::default()),
        }
    }

    fn why_not_part(&mut self, node: Numbered, scope: Scope) -> Result<Why, Spent> {
        self.program.part(node).map_or(Ok(Why::default()), |part| self.why_not(part, scope))
    }

    /// Of several parts the first with a near miss, else the first that fails.
    fn none_of(&mut self, node: Numbered, scope: Scope) -> Result<Why, Spent> {
        let (program, step) = (self.program, node.1);
        let mut first: Option<Why> = None;
        let mut near: Option<Why> = None;
        for part in program.parts(node) {
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
            let (sum, number) = (self.sum(node, scope)?, program.number(step.arg));
            reason = format!("{sum} of {number} reached; {reason}");
        }
        Ok((clause, reason))
    }

    fn clause_failed(&mut self, node: Numbered, scope: Scope) -> Result<Why, Spent> {
        let (label, step) = (self.label(node), node.1);
        if !self.clause(step, <[_]>::is_empty)? {
            return Ok((label, if scope == self.everywhere() { "not found".into() } else { "it stands in the article, but not there".into() }));
        }
        let mut texts: Vec<String> = Vec::new();
        let mut advice = String::new();
        for Near { text, kind, advice: cure, .. } in near(self.lexicon, Matter::unpack(step.arg), self.doc) {
            let shown = format!("{text} ({})", kind.name());
            if !texts.contains(&shown) && texts.len() < 3 {
                texts.push(shown);
                advice = if advice.is_empty() { cure } else { advice };
            }
        }
        let reason = if texts.is_empty() { "not found".into() } else { format!("not found; {JUST_MISSED}{}: {advice}", texts.join(", ")) };
        Ok((label, reason))
    }

    fn chain_failed(&mut self, node: Numbered, scope: Scope) -> Result<Why, Spent> {
        let program = self.program;
        let mut so_far = String::new();
        for (n, link) in program.parts(node).enumerate() {
            let other = if n == 0 { Some(link) } else { program.parts(link).nth(1) };
            let Some(other) = other else { break };
            let (op, words) = (link.1.op, link.1.arg);
            let needed = n == 0 || !matches!(op, Op::NotIn | Op::NotNear);
            if needed && self.positional(other)?.is_empty() {
                return self.why_not(other, scope);
            }
            let label = self.any_label(other);
            if n > 0 && self.chain(node, n + 1)?.iter().all(|p| p.i < scope.0 || p.j >= scope.1) {
                let reason = match op {
                    Op::NotIn => format!("it only stands inside \"{label}\""),
                    Op::NotNear => format!("it only stands within {words} words of \"{label}\""),
                    _ if words == SENTENCE => format!("\"{label}\" stands in no sentence with it"),
                    op => format!("\"{label}\" stands in the article, but not within {words} words{}", if op == Op::Pre { " after it" } else { "" }),
                };
                let whole = program.part(link).map(|node| self.label(node)).unwrap_or_default();
                return Ok((if whole.is_empty() { so_far } else { whole }, reason));
            }
            if n == 0 {
                so_far = label;
            }
        }
        Ok((so_far, "not found there".into()))
    }

    /// The text of the first place of a part.
    fn found(&mut self, node: Numbered, scope: Scope) -> Result<String, Spent> {
        let mut places = Vec::new();
        self.collect(node, scope, &mut places)?;
        let text = places.first().and_then(|p| {
            let field = self.doc.tokens().get(p.i as usize)?.field();
            self.doc.plain(field).get(p.start as usize..p.end as usize)
        });
        Ok(text.map_or(String::new(), |t| format!(" («{t}»)")))
    }

    /// What the analyst wrote for a step.
    fn label(&self, node: Numbered) -> String {
        let label = self.program.label(node, self.lexicon);
        match node.1.op {
            Op::Meta | Op::Scope if label.is_empty() => self.program.test(node.1.arg).map_or(label, |t| t.name().name().into()),
            _ => label,
        }
    }

    /// What the analyst wrote for the first clause of a step.
    fn any_label(&self, node: Numbered) -> String {
        let mine = self.label(node);
        if !mine.is_empty() {
            return mine;
        }
        self.program.parts(node).map(|part| self.any_label(part)).find(|label| !label.is_empty()).unwrap_or_default()
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
