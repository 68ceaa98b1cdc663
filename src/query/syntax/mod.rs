//! From text to tree: the grammar of the watch language, its refusals, and the canonical form.
//!
//! Must not know: articles, and how anything is found in them.

mod canonical;
mod keyword;
mod lexer;
mod parser;
mod phrase;
mod tree;

pub(crate) use canonical::canonical;
pub(crate) use keyword::keyword;
pub(crate) use lexer::is_space;
pub(crate) use parser::{Lists, parse};
pub(crate) use phrase::Habit;
pub(crate) use tree::{Clause, ClauseKind, Distance, ExactWord, MetaClause, MetaName, More, Node, Piece, ProxOp, Scope, Word};
