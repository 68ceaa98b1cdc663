//! A watch as configured, made one tree: keywords with their conditions, or a query. Every problem at its own place.
//!
//! Must not know: how anything is found.

use super::refusal::Refusal;
use super::syntax::{self, Habit, Node, ProxOp};
use crate::model::{KeywordSpec, ListSpec, Located, Origin, Problem, WatchSpec, hash128};
use hashbrown::HashMap;

/// What `@name` stands for.
pub(crate) struct Lists<'a> {
    lists: HashMap<&'a str, &'a ListSpec>,
}

impl<'a> Lists<'a> {
    /// Reads all lists; what is wrong with one is told once, here.
    pub(crate) fn new(specs: &'a [ListSpec], problems: &mut Vec<Problem>) -> Self {
        let mut lists: HashMap<&str, &ListSpec> = HashMap::new();
        for spec in specs {
            for item in &spec.items {
                if let Err(refusal) = syntax::keyword(&item.value, Habit { endings: true, loose: false }) {
                    problems.push(problem(item, &refusal));
                }
            }
            if lists.insert(&spec.name.value, spec).is_some() {
                problems.push(Problem::new(spec.name.at.clone(), format!("a second list is named \"{}\": names are unique", spec.name.value)));
            }
        }
        Self { lists }
    }

    /// The keywords of a list; those that are refused have been told.
    pub(crate) fn get(&self, name: &str, habit: Habit) -> Option<Vec<Node>> {
        let spec = self.lists.get(name)?;
        Some(spec.items.iter().filter_map(|item| syntax::keyword(&item.value, habit).ok()).collect())
    }

    fn items(&self, name: &str) -> Vec<&'a str> {
        self.lists.get(name).map(|spec| spec.items.iter().map(|item| item.value.as_str()).collect()).unwrap_or_default()
    }
}

/// The place of a refusal in its file: on the line of the value's beginning, or so many lines below.
pub(crate) fn problem(value: &Located<String>, refusal: &Refusal) -> Problem {
    let at = value.at.as_ref().map(|origin| {
        let before: Vec<char> = value.value.chars().take(refusal.column).collect();
        let lines = before.iter().filter(|&&c| c == '\n').count() as u32;
        let in_line = before.iter().rev().take_while(|&&c| c != '\n').count() as u32;
        Origin { file: origin.file.clone(), line: origin.line + lines, column: if lines == 0 { origin.column + in_line } else { in_line + 1 } }
    });
    match at {
        Some(at) => Problem::new(Some(at), refusal.message.clone()),
        None => Problem::new(None, refusal.to_string()),
    }
}

/// The tree of a watch.
pub(crate) fn tree(spec: &WatchSpec, lists: &Lists<'_>) -> Result<Node, Vec<Problem>> {
    let mut reader = Reader { problems: Vec::new() };
    let habit = Habit { endings: spec.endings, loose: false };
    let node = match (&spec.query, spec.keywords.is_empty()) {
        (Some(_), false) => reader.refuse(&spec.name, "a watch has keywords or query, not both"),
        (None, true) => reader.refuse(&spec.name, "no keywords"),
        (Some(query), true) => match syntax::parse(&query.value, habit, spec.allow_scan, &|name, habit| Ok(lists.get(name, habit))) {
            Ok(node) => {
                let excepted = reader.keywords(&spec.except, habit, true);
                Some(if excepted.is_empty() { node } else { except(node, &Node::Or(excepted)) })
            }
            Err(refusal) => {
                reader.problems.push(problem(query, &refusal));
                reader.keywords(&spec.except, habit, true);
                None
            }
        },
        (None, false) => reader.all_keywords(spec, habit),
    };
    let node = reader.conditioned(node, &spec.with, &spec.without, habit);
    match node {
        Some(node) if reader.problems.is_empty() => Ok(node),
        _ => Err(reader.problems),
    }
}

struct Reader {
    problems: Vec<Problem>,
}

impl Reader {
    fn refuse(&mut self, at: &Located<String>, message: &str) -> Option<Node> {
        let message = if at.at.is_some() { message.to_string() } else { format!("watch \"{}\": {message}", at.value) };
        self.problems.push(Problem::new(at.at.clone(), message));
        None
    }

    fn keyword(&mut self, keyword: &Located<String>, habit: Habit) -> Option<Node> {
        syntax::keyword(&keyword.value, habit).map_err(|refusal| self.problems.push(problem(keyword, &refusal))).ok()
    }

    fn keywords(&mut self, keywords: &[Located<String>], habit: Habit, loose: bool) -> Vec<Node> {
        keywords.iter().filter_map(|k| self.keyword(k, Habit { loose, ..habit })).collect()
    }

    /// The keywords that share what they may not stand in are told together; one with a condition of its own stands alone.
    fn all_keywords(&mut self, spec: &WatchSpec, habit: Habit) -> Option<Node> {
        let excepted = self.keywords(&spec.except, habit, true);
        let (mut plain, mut all) = (Vec::new(), Vec::new());
        for keyword in &spec.keywords {
            let own = Habit { endings: keyword.endings.unwrap_or(habit.endings), loose: false };
            let node = self.keyword(&keyword.keyword, own);
            if own == habit && is_plain(keyword) {
                plain.extend(node);
                continue;
            }
            let mut inside = if own == habit { excepted.clone() } else { self.again(&spec.except, own) };
            inside.extend(self.keywords(&keyword.except, own, true));
            let node = node.map(|node| not_in(node, inside));
            all.extend(self.conditioned(node, &keyword.with, &keyword.without, own));
        }
        if !plain.is_empty() {
            all.insert(0, not_in(Node::Or(plain), excepted));
        }
        Some(Node::Or(all))
    }

    /// Keywords whose problems have been told.
    fn again(&mut self, keywords: &[Located<String>], habit: Habit) -> Vec<Node> {
        let told = self.problems.len();
        let nodes = self.keywords(keywords, habit, true);
        self.problems.truncate(told);
        nodes
    }

    /// `with` and `without`, of a watch or of one keyword.
    fn conditioned(&mut self, node: Option<Node>, with: &[Located<String>], without: &[Located<String>], habit: Habit) -> Option<Node> {
        let (with, without) = (self.keywords(with, habit, false), self.keywords(without, habit, true));
        let mut node = node?;
        if !with.is_empty() {
            node = Node::And(vec![node, Node::Or(with)]);
        }
        if !without.is_empty() {
            node = Node::AndNot(vec![node, Node::Or(without)]);
        }
        Some(node)
    }
}

fn is_plain(keyword: &KeywordSpec) -> bool {
    keyword.with.is_empty() && keyword.without.is_empty() && keyword.except.is_empty()
}

fn not_in(node: Node, excepted: Vec<Node>) -> Node {
    if excepted.is_empty() {
        return node;
    }
    Node::Prox { op: ProxOp::NotIn, left: Box::new(node), right: Box::new(Node::Or(excepted)), source: String::new() }
}

/// A query's occurrences inside one of the exceptions do not count: each part that has places gets a NOTIN. What the query forbids stays as it is.
fn except(node: Node, excepted: &Node) -> Node {
    if node.positional() {
        return Node::Prox { op: ProxOp::NotIn, left: Box::new(node), right: Box::new(excepted.clone()), source: String::new() };
    }
    let all = |kids: Vec<Node>| kids.into_iter().map(|kid| except(kid, excepted)).collect();
    let boxed = |kid: Box<Node>| Box::new(except(*kid, excepted));
    match node {
        Node::Or(kids) => Node::Or(all(kids)),
        Node::And(kids) => Node::And(all(kids)),
        Node::AndNot(mut kids) => {
            if let Some(first) = kids.first_mut() {
                *first = except(first.clone(), excepted);
            }
            Node::AndNot(kids)
        }
        Node::AtLeast(n, kid) => Node::AtLeast(n, boxed(kid)),
        Node::First(n, kid) => Node::First(n, boxed(kid)),
        Node::Any(n, kids) => Node::Any(n, all(kids)),
        Node::Score(n, kids) => {
            Node::Score(n, kids.into_iter().map(|(kid, weight)| (if weight > 0 { except(kid, excepted) } else { kid }, weight)).collect())
        }
        Node::Field(scope, kid) => Node::Field(scope, boxed(kid)),
        node => node,
    }
}

/// A hash of all that decides what a watch finds.
pub(crate) fn hash(spec: &WatchSpec, lists: &Lists<'_>) -> [u8; 16] {
    let mut parts: Vec<&str> = vec![MEANING, if spec.endings { "endings" } else { "" }];
    let texts =
        |kind: &'static str, texts: &'_ [Located<String>]| -> Vec<String> { texts.iter().map(|t| format!("{kind}{}", t.value.trim())).collect() };
    let mut owned = Vec::new();
    for k in &spec.keywords {
        owned.push(format!("k{}{:?}", k.keyword.value.trim(), k.endings));
        owned.extend([texts("kw", &k.with), texts("ko", &k.without), texts("ke", &k.except)].concat());
    }
    owned.extend([texts("w", &spec.with), texts("o", &spec.without), texts("e", &spec.except)].concat());
    for (kind, values) in [("f", &spec.feeds), ("t", &spec.tags), ("l", &spec.langs)] {
        owned.extend(values.iter().map(|v| format!("{kind}{v}")));
    }
    parts.extend(owned.iter().map(String::as_str));
    if let Some(query) = &spec.query {
        parts.push("query");
        parts.push(&query.value);
        for name in
            query.value.split('@').skip(1).map(|rest| rest.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-')).next().unwrap_or_default())
        {
            parts.extend(lists.items(name));
        }
    }
    hash128(parts.into_iter().map(str::as_bytes))
}

/// Changes whenever the same watch may find something else than before.
const MEANING: &str = "1";
