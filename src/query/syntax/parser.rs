//! Recursive descent over the text of a query, so that every refusal knows its column. One method per line of the grammar.
//!
//! Must not know: how anything is found.

use super::lexer::{Cursor, Function, NearName, OperatorKind};
use super::phrase::{Habit, exact_words, minimum, phrase_words};
use super::tree::{Clause, ClauseKind, Distance, MetaClause, MetaName, Node, Piece, ProxOp, RegexClause, Scope, Word};
use crate::query::refusal::{Refusal, quoted};
use crate::query::words;

/// Bytes of a query or a keyword.
pub(crate) const MAX_BYTES: usize = 10_000;
/// Parentheses, functions and fields inside one another.
const MAX_DEPTH: u32 = 32;
/// Words between, for NEAR, PRE, NOTNEAR and the slop of a phrase.
const MAX_DISTANCE: u64 = 100;
/// Bytes that one compiled regular expression may take.
const REGEX_BYTES: usize = 256 << 10;

const ALTERNATIVES: &str = "means different things elsewhere: write AND, OR, NOT, NEAR/n (any order) or PRE/n (in order)";

/// What `@name` stands for. None: no such list, or nothing in it.
pub(crate) type Lists<'a> = dyn Fn(&str, Habit) -> Result<Option<Vec<Node>>, Refusal> + 'a;

/// Parses a whole query.
pub(crate) fn parse(source: &str, habit: Habit, allow_scan: bool, lists: &Lists<'_>) -> Result<Node, Refusal> {
    if source.len() > MAX_BYTES {
        return Err(Refusal::new(0, "longer than 10 kB"));
    }
    let mut parser = Parser { c: Cursor::new(source), depth: 0, habit, lists };
    let node = parser.expr()?;
    parser.c.skip_blank();
    if let Some(rest) = parser.c.peek() {
        return Err(parser.here(format!("unexpected {}", quoted(&rest.to_string()))));
    }
    if !allow_scan && !node.anchored() {
        return Err(Refusal::new(0, "no index could find this: AND it with a word, a phrase, a source, a feed, an author, a tag or a url"));
    }
    Ok(node)
}

struct Parser<'a> {
    c: Cursor,
    depth: u32,
    habit: Habit,
    lists: &'a Lists<'a>,
}

impl Parser<'_> {
    fn here(&self, message: impl Into<String>) -> Refusal {
        Refusal::new(self.c.at, message)
    }

    /// The operator that stands here, not taken yet.
    fn operator(&mut self) -> Option<OperatorKind> {
        self.c.skip_blank();
        self.c.operator(self.c.at).map(|(o, _)| o.kind)
    }

    /// Takes the operator that stands here.
    fn take_operator(&mut self) -> String {
        self.c.skip_blank();
        let Some((operator, end)) = self.c.operator(self.c.at) else { return String::new() };
        self.c.at = end;
        operator.text
    }

    fn deeper(&mut self) -> Result<(), Refusal> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.here("nested deeper than 32"));
        }
        Ok(())
    }

    /// `and_list | or_list`: AND/NOT and OR never mix without ( ).
    fn expr(&mut self) -> Result<Node, Refusal> {
        self.deeper()?;
        if self.operator() == Some(OperatorKind::Not) {
            return Err(self.here("a purely negative query matches almost everything: write WORD NOT ..."));
        }
        let (mut or, mut yes, mut no) = (None, vec![self.prox()?], Vec::new());
        while let Some(kind @ (OperatorKind::And | OperatorKind::Or | OperatorKind::Not)) = self.operator() {
            let column = self.c.at;
            let mut text = self.take_operator();
            let mut negative = kind == OperatorKind::Not;
            if kind == OperatorKind::And && self.operator() == Some(OperatorKind::Not) {
                text = self.take_operator();
                negative = true;
            }
            let is_or = kind == OperatorKind::Or;
            if or.is_some_and(|or| or != is_or) {
                return Err(Refusal::new(column, "AND/NOT and OR mixed (Lexis binds OR first, Lucene AND): add ( )"));
            }
            or = Some(is_or);
            if self.operator() == Some(OperatorKind::Not) {
                return Err(self.here(format!("NOT cannot follow {text}: a purely negative part matches almost everything")));
            }
            let node = self.prox()?;
            if negative { no.push(node) } else { yes.push(node) }
        }
        self.c.skip_blank();
        if let Some(foreign) = self.c.foreign(self.c.at) {
            return Err(self.here(format!("{} {ALTERNATIVES}", quoted(&foreign))));
        }
        if self.c.peek().is_some_and(|c| !matches!(c, ')' | ',' | '^')) {
            return Err(self.here("two terms side by side: write AND, OR, NEAR/n or put a phrase in \"quotes\""));
        }
        self.depth -= 1;
        let mut node = match (yes.pop(), yes.is_empty()) {
            (Some(one), true) => one,
            (last, _) => {
                yes.extend(last);
                if or == Some(true) { Node::Or(yes) } else { Node::And(yes) }
            }
        };
        if !no.is_empty() {
            no.insert(0, node);
            node = Node::AndNot(no);
        }
        Ok(node)
    }

    /// NEAR, PRE, NOTIN, NOTNEAR between positional expressions.
    fn prox(&mut self) -> Result<Node, Refusal> {
        self.c.skip_blank();
        let start = self.c.at;
        let mut left = self.atom()?;
        loop {
            let kind = match self.operator() {
                None | Some(OperatorKind::And | OperatorKind::Or | OperatorKind::Not) => return Ok(left),
                Some(kind) => kind,
            };
            let column = self.c.at;
            let text = self.take_operator();
            let right = self.atom()?;
            if !(left.positional() && right.positional()) {
                return Err(Refusal::new(column, format!("{text} stands between words, phrases or OR-groups of them")));
            }
            let op = prox_op(kind).map_err(|message| Refusal::new(column, message))?;
            let source = self.c.text(start, self.c.at);
            left = Node::Prox { op, left: Box::new(left), right: Box::new(right), source };
        }
    }

    /// One group, function, field, phrase, regex, list or term.
    fn atom(&mut self) -> Result<Node, Refusal> {
        if self.c.take_char('(') {
            let node = self.expr()?;
            self.close()?;
            return Ok(node);
        }
        let column = self.c.at;
        if self.c.operator(column).is_some() {
            return Err(self.here("an operator without a word before it"));
        }
        if let Some(foreign) = self.c.foreign(column) {
            return Err(self.here(format!("{} {ALTERNATIVES}", quoted(&foreign))));
        }
        if let Some((function, number, end)) = self.c.function(column) {
            self.c.at = end;
            return self.function(function, number, column);
        }
        if let Some((name, end)) = self.c.field(column) {
            self.c.at = end;
            return self.field(&name, column);
        }
        if let Some(q) = self.c.quoted(column) {
            self.c.at = q.end;
            let source = self.c.text(column, q.end);
            return self.phrase(&q.text, q.exact, q.slop, column, source);
        }
        if let Some((pattern, end)) = self.c.regex(column) {
            self.c.at = end;
            return regex(&pattern).map_err(|message| Refusal::new(column, message));
        }
        if let Some((name, end)) = self.c.list(column) {
            self.c.at = end;
            return match (self.lists)(&name, self.habit)? {
                Some(items) if !items.is_empty() => Ok(Node::List { name, items }),
                _ => Err(Refusal::new(column, format!("no list @{name}"))),
            };
        }
        if let Some((term, end)) = self.c.term(column) {
            self.c.at = end;
            return self.term(term, column);
        }
        Err(self.here(if matches!(self.c.peek(), Some('"' | '“' | '«')) { "unclosed quote" } else { "a word is missing here" }))
    }

    fn close(&mut self) -> Result<(), Refusal> {
        if self.c.take_char(')') { Ok(()) } else { Err(self.here("expected )")) }
    }

    /// ATLEAST, FIRST, ANY, SCORE; the cursor stands after the parenthesis.
    fn function(&mut self, function: Function, number: i64, column: usize) -> Result<Node, Refusal> {
        let score = function == Function::Score;
        let mut kids: Vec<(Node, i64)> = Vec::new();
        loop {
            let node = self.expr()?;
            self.c.skip_blank();
            let weight = (self.c.peek() == Some('^')).then(|| self.c.signed(self.c.at + 1)).flatten();
            if let Some((_, end)) = weight {
                self.c.at = end;
            }
            if weight.is_some() != score {
                return Err(self.here(if score { "SCORE wants a weight after every clause: clause^10" } else { "^ belongs in SCORE/n( )" }));
            }
            kids.push((node, weight.map_or(1, |(w, _)| w)));
            if matches!(function, Function::AtLeast | Function::First) || !self.c.take_char(',') {
                break;
            }
        }
        self.close()?;
        let name = function.name();
        let refuse = |what: String| Err(Refusal::new(column, what));
        if number < 1 {
            return refuse(format!("{name}/{number} is always true"));
        }
        match function {
            Function::AtLeast | Function::First => {
                let Some((kid, _)) = kids.pop().filter(|(kid, _)| kid.positional()) else {
                    return refuse(format!("{name} counts words, phrases or OR-groups of them"));
                };
                let (n, kid) = (number.unsigned_abs(), Box::new(kid));
                Ok(if function == Function::AtLeast { Node::AtLeast(n, kid) } else { Node::First(n, kid) })
            }
            Function::Any | Function::Score => {
                if number > kids.iter().filter(|(_, w)| *w > 0).fold(0, |sum: i64, (_, w)| sum.saturating_add(*w)) {
                    return refuse(format!("{name}/{number} can never be reached"));
                }
                Ok(if score { Node::Score(number, kids) } else { Node::Any(number, kids.into_iter().map(|(kid, _)| kid).collect()) })
            }
        }
    }

    /// `field : atom` and `meta : ( value | ( value { OR value } ) )`; the cursor stands after the colon.
    fn field(&mut self, name: &str, column: usize) -> Result<Node, Refusal> {
        if let Some((_, scope)) = Scope::ALL.iter().find(|(n, _)| *n == name) {
            self.deeper()?;
            let node = self.atom()?;
            self.depth -= 1;
            return Ok(Node::Field(*scope, Box::new(node)));
        }
        let Some((_, meta)) = MetaName::ALL.iter().find(|(n, _)| *n == name) else {
            let known: Vec<_> = Scope::ALL.iter().map(|(n, _)| *n).chain(MetaName::ALL.iter().map(|(n, _)| *n)).collect();
            return Err(Refusal::new(column, format!("unknown field {} (known: {})", quoted(name), known.join(", "))));
        };
        let mut values = Vec::new();
        self.c.skip_blank();
        if let Some((value, _, end)) = self.c.value(self.c.at) {
            self.c.at = end;
            values.push(value);
        } else {
            let wanted = |parser: &Self| parser.here(format!("{name}: wants a value"));
            if !self.c.take_char('(') {
                return Err(wanted(self));
            }
            loop {
                self.c.skip_blank();
                let Some((value, bare, end)) = self.c.value(self.c.at) else { return Err(wanted(self)) };
                self.c.at = end;
                if bare && matches!(value.as_str(), "AND" | "OR" | "NOT") {
                    return Err(wanted(self));
                }
                values.push(value);
                self.c.skip_blank();
                let or = self.c.get(self.c.at) == Some('O') && self.c.get(self.c.at + 1) == Some('R');
                if !or || !self.c.get(self.c.at + 2).is_some_and(super::lexer::is_space) {
                    break;
                }
                self.c.at += 3;
            }
            self.close()?;
        }
        if !values.iter().all(|v| meta_shape(*meta, v)) {
            let wants = match meta {
                MetaName::Words => "a number, as in words:>300",
                MetaName::Published => "a day, as in published:>=2026-01-31",
                _ => "a value",
            };
            return Err(Refusal::new(column, format!("{name}: wants {wants}")));
        }
        Ok(Node::Meta(MetaClause { source: self.c.text(column, self.c.at), name: *meta, values }))
    }

    /// `["="] '"' words '"' ["~" n]`
    fn phrase(&mut self, text: &str, exact: bool, slop: Option<u64>, column: usize, source: String) -> Result<Node, Refusal> {
        if slop.is_some_and(|n| n > MAX_DISTANCE) {
            return Err(Refusal::new(column, "slop above 100: use AND"));
        }
        let slop = slop.map(|n| n as u32);
        if exact {
            return exact_clause(text, column, source, false, slop);
        }
        let words = phrase_words(text, column + 1, self.habit)?;
        check_words(&words, text, column)?;
        Ok(Node::Clause(Clause { source, kind: ClauseKind::Words { words, slop } }))
    }

    /// `["="] word [ "$" n | "~1" ] | wildcard`
    fn term(&mut self, source: String, column: usize) -> Result<Node, Refusal> {
        let exact = source.strip_prefix('=');
        let text = exact.unwrap_or(&source);
        if let (Some(sign @ ('-' | '+' | '!')), None) = (text.chars().next(), exact) {
            return Err(Refusal::new(column, format!("a leading {sign} means different things elsewhere: write AND or NOT")));
        }
        if let Some((word, number)) = edits(text) {
            let letters = words::fold(word).chars().filter(|c| words::is_letter(*c)).count();
            if number != "1" || letters < 5 || word.contains(['*', '?', '$']) {
                return Err(Refusal::new(column, "only ~1, on a word of five letters or more"));
            }
            if words::tokens(word).len() != 1 {
                return Err(Refusal::new(column, "~1 stands on one word"));
            }
            if exact.is_some() {
                return exact_clause(word, column, source.clone(), true, None);
            }
            let text = words::form(word).map(|(text, _)| text).unwrap_or_default();
            return Ok(Node::Clause(Clause { kind: ClauseKind::Fuzzy { text }, source }));
        }
        if exact.is_some() {
            return exact_clause(text, column, source.clone(), false, None);
        }
        if text.contains(['*', '?']) {
            return self.wildcard(text, column);
        }
        let words = phrase_words(text, column, self.habit)?;
        check_words(&words, text, column)?;
        Ok(Node::Clause(Clause { kind: ClauseKind::Words { words, slop: None }, source }))
    }

    /// A word with `*` or `?`.
    fn wildcard(&self, text: &str, column: usize) -> Result<Node, Refusal> {
        let source = text.to_string();
        let mut text = text;
        if text.contains(words::is_cjk) {
            text = text.trim_matches('*'); // one token per character: * at either end changes nothing
            if text.contains(['*', '?']) {
                return Err(Refusal::new(column, "inside Han, Kana or Hangul write NEAR/n or PRE/n for *"));
            }
        }
        let runs: Vec<String> = text.split(['*', '?']).map(words::fold).collect();
        if !runs.iter().any(|run| run.chars().count() >= minimum(run)) {
            return Err(Refusal::new(column, "a wildcard needs 3 letters in a row (2 in Arabic script, Han, Kana, Hangul)"));
        }
        if !text.trim_end_matches('*').contains(['*', '?']) {
            let words = phrase_words(text, column, self.habit)?; // a mere ending: the same as in a phrase
            return Ok(Node::Clause(Clause { source, kind: ClauseKind::Words { words, slop: None } }));
        }
        let mut pieces = Vec::new();
        let signs = text.chars().filter(|c| matches!(c, '*' | '?')).map(|c| if c == '*' { Piece::Any } else { Piece::One });
        for (run, sign) in runs.into_iter().zip(signs.map(Some).chain([None])) {
            if !run.is_empty() {
                pieces.push(Piece::Run(run));
            }
            pieces.extend(sign);
        }
        Ok(Node::Clause(Clause { source, kind: ClauseKind::Wild { pieces } }))
    }
}

/// The last `~` of a term with digits or nothing after it.
fn edits(text: &str) -> Option<(&str, &str)> {
    let (word, number) = text.rsplit_once('~')?;
    (!word.is_empty() && number.chars().all(|c| super::lexer::digit(c).is_some())).then_some((word, number))
}

fn prox_op(kind: OperatorKind) -> Result<ProxOp, String> {
    let OperatorKind::Near { name, number, forward } = kind else { return Ok(ProxOp::NotIn) };
    let name = match name {
        NearName::OrderedNear => NearName::Pre,
        NearName::Near if forward => NearName::Pre,
        _ if forward => return Err("write PRE/n".into()),
        name => name,
    };
    if number.is_none() && !matches!(kind, OperatorKind::Near { name: NearName::Near | NearName::Pre | NearName::OrderedNear, .. }) {
        return Err("write NOTNEAR/n with a number".into());
    }
    let distance = match number {
        None => Distance::Sentence,
        Some(n) if n > MAX_DISTANCE => return Err("distance above 100: use AND".into()),
        Some(n) => Distance::Words(n as u32),
    };
    Ok(match (name, distance) {
        (NearName::Near, d) => ProxOp::Near(d),
        (NearName::NotNear, Distance::Words(n)) => ProxOp::NotNear(n),
        (_, d) => ProxOp::Pre(d),
    })
}

fn exact_clause(text: &str, column: usize, source: String, edit: bool, slop: Option<u32>) -> Result<Node, Refusal> {
    let words = exact_words(text, column)?;
    if words.is_empty() {
        return Err(Refusal::new(column, format!("no word in {}", quoted(text))));
    }
    Ok(Node::Clause(Clause { source, kind: ClauseKind::Exact { words, edit, slop } }))
}

fn check_words(words: &[Word], text: &str, column: usize) -> Result<(), Refusal> {
    match words {
        [] => Err(Refusal::new(column, format!("no word in {}", quoted(text)))),
        [w] if w.text.chars().count() == 1 && w.before.is_empty() && w.after.is_empty() && !w.text.starts_with(words::is_cjk) => {
            Err(Refusal::new(column, format!("\"{text}\" is one letter, and in every article. Write \"={text}\" to mean exactly that.")))
        }
        _ => Ok(()),
    }
}

/// Has the value of a `words:` or `published:` the shape it needs?
fn meta_shape(name: MetaName, value: &str) -> bool {
    let bare = |ops: &[&str]| ops.iter().find_map(|op| value.strip_prefix(op)).unwrap_or(value).to_string();
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    match name {
        MetaName::Words => digits(&bare(&[">=", "<=", ">", "<"])),
        MetaName::Published => {
            let age = value.strip_prefix(['<', '>']).and_then(|v| v.strip_suffix(['s', 'm', 'h', 'd'])).is_some_and(digits);
            let lengths: Vec<usize> = bare(&[">=", "<=", ">", "<"]).split('-').map(|part| if digits(part) { part.len() } else { 0 }).collect();
            age || matches!(lengths.as_slice(), [4] | [4, 2] | [4, 2, 2])
        }
        _ => !value.is_empty(),
    }
}

/// Over the field's plain text; linear time, so no look-around and no back-references.
fn regex(pattern: &str) -> Result<Node, String> {
    let chars: Vec<char> = pattern.chars().collect();
    let look = |at: usize| {
        let rest = chars.get(at..).unwrap_or_default();
        matches!(rest, ['(', '?', '=' | '!', ..] | ['(', '?', '<', '=' | '!', ..]) || matches!(rest, ['\\', '1'..='9', ..])
    };
    if (0..chars.len()).any(look) {
        return Err("look-around and back-references are not linear".into());
    }
    let regex = regex::RegexBuilder::new(pattern)
        .size_limit(REGEX_BYTES)
        .dfa_size_limit(REGEX_BYTES)
        .nest_limit(MAX_DEPTH)
        .build()
        .map_err(|e| format!("bad regular expression: {}", regex_fault(&e)))?;
    if regex.is_match("") {
        return Err("bad regular expression: it also stands for nothing at all, and that is in every article".into());
    }
    Ok(Node::Regex(RegexClause { source: format!("/{pattern}/"), regex }))
}

/// The last line of what the engine says: the others draw the pattern.
fn regex_fault(e: &regex::Error) -> String {
    match e {
        regex::Error::CompiledTooBig(_) => "too large once compiled: write fewer or smaller repetitions".into(),
        e => e.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").into(),
    }
}
