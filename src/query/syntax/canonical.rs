//! The canonical form of a query: one space between words, straight quotes, `NOT` for `AND NOT`, `PRE/n` for `ONEAR/n` and `NEAR/nf`,
//! parentheses only where they say something. Comments are left out.
//!
//! Must not know: how anything is found.

use super::tree::{Clause, ClauseKind, Distance, MetaClause, Node, ProxOp};

/// Writes a tree as a query that means the same.
pub(crate) fn canonical(node: &Node) -> String {
    match node {
        Node::Clause(c) => clause(c),
        Node::Prox { op, left, right, .. } => {
            let left = if matches!(**left, Node::Prox { .. }) { canonical(left) } else { atom(left) };
            format!("{left} {} {}", prox(*op), atom(right))
        }
        Node::List { name, .. } => format!("@{name}"),
        Node::Or(kids) => join(kids, " OR "),
        Node::And(kids) => join(kids, " AND "),
        Node::AndNot(kids) => match kids.split_first() {
            Some((yes @ Node::And(_), no)) => format!("{} NOT {}", canonical(yes), join(no, " NOT ")),
            _ => join(kids, " NOT "),
        },
        Node::AtLeast(n, kid) => format!("ATLEAST/{n}({})", canonical(kid)),
        Node::First(n, kid) => format!("FIRST/{n}({})", canonical(kid)),
        Node::Any(n, kids) => format!("ANY/{n}({})", kids.iter().map(canonical).collect::<Vec<_>>().join(", ")),
        Node::Score(n, kids) => {
            let kids: Vec<_> = kids.iter().map(|(kid, weight)| format!("{}^{weight}", canonical(kid))).collect();
            format!("SCORE/{n}({})", kids.join(", "))
        }
        Node::Field(scope, kid) => {
            format!("{}:{}", scope.name(), if let Node::Prox { .. } = **kid { format!("({})", canonical(kid)) } else { atom(kid) })
        }
        Node::Meta(m) => meta(m),
        Node::Regex(r) => r.source.clone(),
    }
}

/// A part that stands between operators: in parentheses unless NEAR and its kin already bind it.
fn part(node: &Node) -> String {
    match node {
        Node::Or(_) | Node::And(_) | Node::AndNot(_) => format!("({})", canonical(node)),
        _ => canonical(node),
    }
}

/// A part that stands beside NEAR or after a field.
fn atom(node: &Node) -> String {
    if let Node::Prox { .. } = node { format!("({})", canonical(node)) } else { part(node) }
}

fn join(kids: &[Node], between: &str) -> String {
    kids.iter().map(part).collect::<Vec<_>>().join(between)
}

fn prox(op: ProxOp) -> String {
    match op {
        ProxOp::Near(Distance::Words(n)) => format!("NEAR/{n}"),
        ProxOp::Near(Distance::Sentence) => "NEAR/s".into(),
        ProxOp::Pre(Distance::Words(n)) => format!("PRE/{n}"),
        ProxOp::Pre(Distance::Sentence) => "PRE/s".into(),
        ProxOp::NotIn => "NOTIN".into(),
        ProxOp::NotNear(n) => format!("NOTNEAR/{n}"),
    }
}

fn clause(clause: &Clause) -> String {
    let curly = matches!(clause.kind, ClauseKind::Words { .. } | ClauseKind::Exact { .. }) && clause.source.contains(['“', '”', '«', '»']);
    if curly && !clause.source.contains('"') { clause.source.replace(['“', '”', '«', '»'], "\"") } else { clause.source.clone() }
}

fn meta(meta: &MetaClause) -> String {
    let value = |v: &String| if v.contains(|c: char| super::is_space(c) || matches!(c, '(' | ')')) { format!("\"{v}\"") } else { v.clone() };
    match meta.values.as_slice() {
        [one] => format!("{}:{}", meta.name.name(), value(one)),
        many => format!("{}:({})", meta.name.name(), many.iter().map(value).collect::<Vec<_>>().join(" OR ")),
    }
}
