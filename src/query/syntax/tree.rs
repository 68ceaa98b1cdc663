//! The tree of a query, as `parser` builds it and `compile` lowers it.
//!
//! Must not know: how anything is found.

/// One word of a phrase, a term or a keyword, folded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Word {
    /// Its fold.
    pub text: String,
    /// For each folded letter the letter it comes from, case and marks kept: as many characters as `text`.
    pub letters: String,
    /// Two to six letters, all capitals.
    pub acronym: bool,
    /// `$n` or `*` at its end.
    pub more: More,
    /// May it carry an ordinary ending.
    pub endings: bool,
    /// It is all of its keyword, phrase or term.
    pub alone: bool,
    /// Of an `except` or a `without`: case and marks never matter.
    pub loose: bool,
    /// Signs that touch it on the left: `+ # & .`
    pub before: String,
    /// Signs that touch it on the right: `+ # &`
    pub after: String,
    /// The stop right after it.
    pub sign: Option<char>,
}

/// One word after `=`, as written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct ExactWord {
    /// As written, ignorable characters and compatibility forms removed, without a stop at its end.
    pub text: String,
    /// Its fold, apostrophes, dots and ZWNJ left out: what it is looked up by.
    pub folded: String,
    /// `$n` or `*` at its end.
    pub more: More,
    /// Symbols that adjoin it on the left.
    pub before: String,
    /// Symbols that adjoin it on the right.
    pub after: String,
    /// The stop right after it.
    pub sign: Option<char>,
}

/// How a word may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) enum More {
    /// Not at all (but for ordinary endings).
    #[default]
    No,
    /// `*`: in any way.
    Any,
    /// `$n`: by at most n letters.
    Letters(u32),
}

/// A piece of a wildcard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Folded letters.
    Run(String),
    /// `?`: one letter.
    One,
    /// `*`: any number of letters.
    Any,
}

/// What stands at one place in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ClauseKind {
    /// A word or a phrase under the fold; `slop` = unordered, with at most so many other words between.
    Words { words: Vec<Word>, slop: Option<u32> },
    /// The same after `=`; `edit` = one edit in its one word.
    Exact { words: Vec<ExactWord>, edit: bool, slop: Option<u32> },
    /// `~1`: a folded word with at most one edit.
    Fuzzy { text: String },
    /// A wildcard that is more than a word's beginning.
    Wild { pieces: Vec<Piece> },
}

/// A word, phrase or wildcard, with the text the analyst wrote for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Clause {
    pub source: String,
    pub kind: ClauseKind,
}

/// How far apart, for NEAR and PRE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Distance {
    /// Words between.
    Words(u32),
    /// In the same sentence.
    Sentence,
}

/// What stands between two positional expressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProxOp {
    Near(Distance),
    Pre(Distance),
    NotIn,
    NotNear(u32),
}

/// A range of the article's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    Title,
    Lead,
    Body,
    Any,
}

impl Scope {
    pub(crate) const ALL: [(&'static str, Self); 4] = [("title", Self::Title), ("lead", Self::Lead), ("body", Self::Body), ("any", Self::Any)];

    pub(crate) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, s)| *s == self).map_or("any", |(n, _)| n)
    }
}

/// What is known of an article beside its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum MetaName {
    Source,
    Feed,
    Lang,
    Country,
    Author,
    Tag,
    Url,
    Published,
    Words,
}

impl MetaName {
    pub(crate) const ALL: [(&'static str, Self); 9] = [
        ("source", Self::Source),
        ("feed", Self::Feed),
        ("lang", Self::Lang),
        ("country", Self::Country),
        ("author", Self::Author),
        ("tag", Self::Tag),
        ("url", Self::Url),
        ("published", Self::Published),
        ("words", Self::Words),
    ];

    pub(crate) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, s)| *s == self).map_or("words", |(n, _)| n)
    }

    /// Can an index find articles by it? The others are known of almost every article.
    pub(crate) const fn indexed(self) -> bool {
        matches!(self, Self::Source | Self::Feed | Self::Author | Self::Tag | Self::Url)
    }
}

/// `name:value` or `name:(value OR value)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MetaClause {
    pub source: String,
    pub name: MetaName,
    pub values: Vec<String>,
}

/// `/pattern/`.
#[derive(Debug, Clone)]
pub(crate) struct RegexClause {
    pub source: String,
    pub regex: regex::Regex,
}

impl PartialEq for RegexClause {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

/// A part of a query.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    Clause(Clause),
    Prox {
        op: ProxOp,
        left: Box<Node>,
        right: Box<Node>,
        source: String,
    },
    /// `@name`: the keywords of a list.
    List {
        name: String,
        items: Vec<Node>,
    },
    Or(Vec<Node>),
    And(Vec<Node>),
    /// The first, and none of the others.
    AndNot(Vec<Node>),
    AtLeast(u64, Box<Node>),
    First(u64, Box<Node>),
    Any(i64, Vec<Node>),
    Score(i64, Vec<(Node, i64)>),
    Field(Scope, Box<Node>),
    Meta(MetaClause),
    Regex(RegexClause),
}

impl Node {
    /// Words, phrases, OR-groups of them and what NEAR, PRE, NOTIN, NOTNEAR make of them.
    pub(crate) fn positional(&self) -> bool {
        match self {
            Self::Clause(_) | Self::Prox { .. } | Self::List { .. } => true,
            Self::Or(kids) => kids.iter().all(Self::positional),
            _ => false,
        }
    }

    /// Is there anything that an index can look up, so that it need not be tried on every article?
    pub(crate) fn anchored(&self) -> bool {
        match self {
            Self::Clause(_) | Self::Prox { .. } | Self::List { .. } => true,
            Self::Meta(m) => m.name.indexed(),
            Self::Regex(_) => false,
            Self::And(kids) => kids.iter().any(Self::anchored),
            Self::Or(kids) => kids.iter().all(Self::anchored),
            Self::AndNot(kids) => kids.first().is_some_and(Self::anchored),
            Self::AtLeast(_, kid) | Self::First(_, kid) | Self::Field(_, kid) => kid.anchored(),
            Self::Any(n, kids) => covering(*n, kids.iter().map(|k| (1, k.anchored()))),
            Self::Score(n, kids) => covering(*n, kids.iter().map(|(k, w)| (*w, k.anchored()))),
        }
    }
}

/// Of a SCORE: are all clauses anchored but for light ones that together cannot reach the threshold? Those without an anchor are left out last among equals.
fn covering(threshold: i64, kids: impl Iterator<Item = (i64, bool)>) -> bool {
    let mut kids: Vec<_> = kids.filter(|(w, _)| *w > 0).collect();
    kids.sort();
    let mut light: i64 = 0;
    kids.into_iter().all(|(weight, anchored)| {
        if light.saturating_add(weight) < threshold {
            light = light.saturating_add(weight);
            true
        } else {
            anchored
        }
    })
}
