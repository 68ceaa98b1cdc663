//! All watches at once: compiled together, asked one article at a time.
//!
//! Must not know: feeds, the store, where articles come from.

use super::explain::Miss;
use super::hit;
use super::index::{Entry, Index};
use super::lexicon::{Arena, Lexicon, LexiconBuilder, Matter};
use super::meta::Meta;
use super::near::{NearMiss, near};
use super::program::{Program, ProgramBuilder, Root};
use super::search::{Place, Scratch, Search, gather};
use super::syntax::{self, MetaName};
use super::watch::{self, Lists};
use crate::model::{Hit, ListSpec, Located, Problem, WatchSpec};
use crate::text::Document;
use hashbrown::HashSet;
use std::sync::{Mutex, PoisonError};

/// Work that one watch may cost on one article.
const WATCH_FUEL: u64 = 2_000_000;
/// Work that all watches may cost on one article, before each has only [`LEAST_FUEL`].
const ARTICLE_FUEL: u64 = 64_000_000;
const LEAST_FUEL: u64 = 2_000;

/// All watches, ready to be asked.
#[derive(Debug, Default)]
pub struct Matcher {
    lexicon: Lexicon,
    program: Program,
    watches: Vec<Watch>,
    hashes: Vec<[u8; 16]>,
    /// Names, behind one another in the order of the watches.
    names: Arena,
    /// Numbers of watches by name.
    by_name: Vec<u32>,
    index: Index,
    scratch: Mutex<Vec<Scratch>>,
}

#[derive(Debug, Clone, Copy)]
struct Watch {
    root: Root,
    /// Where its name begins; it ends where the next one's begins.
    name: u32,
    paused: bool,
    /// Does it ask for acronyms?
    acronyms: bool,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Found {
    /// In the order of the watches.
    pub hits: Vec<Hit>,
    /// Names of watches that would have cost too much on this article: nobody knows whether they match.
    pub spent: Vec<String>,
}

impl Matcher {
    /// Compiles all watches, or tells every problem at its place.
    pub fn compile(watches: &[WatchSpec], lists: &[ListSpec]) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let lists = Lists::new(lists, &mut problems);
        let (mut lexicon, mut program) = (LexiconBuilder::default(), ProgramBuilder::default());
        let mut matcher = Self { watches: Vec::with_capacity(watches.len()), hashes: Vec::with_capacity(watches.len()), ..Self::default() };
        let mut names = HashSet::with_capacity(watches.len());
        for spec in watches {
            if !names.insert(spec.name.value.as_str()) {
                let message = format!("a second watch is named \"{}\": names are unique", spec.name.value);
                problems.push(Problem::new(spec.name.at.clone(), message));
            }
            let root = match watch::tree(spec, &lists) {
                Ok(node) => {
                    let scopes = [(MetaName::Feed, &spec.feeds[..]), (MetaName::Lang, &spec.langs[..]), (MetaName::Tag, &spec.tags[..])];
                    program.add(&node, &scopes, &mut lexicon)
                }
                Err(mut new) => {
                    problems.append(&mut new);
                    continue;
                }
            };
            let name = matcher.names.push(&spec.name.value);
            matcher.watches.push(Watch { root, name, paused: spec.paused, acronyms: false });
            matcher.hashes.push(watch::hash(spec, &lists));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        matcher.names.shrink();
        (matcher.lexicon, matcher.program) = (lexicon.build(), program.build());
        for watch in &mut matcher.watches {
            watch.acronyms = matcher.program.has_acronyms(matcher.program.root(watch.root), &matcher.lexicon);
        }
        matcher.by_name = (0..matcher.watches.len() as u32).collect();
        let mut by_name = std::mem::take(&mut matcher.by_name);
        by_name.sort_unstable_by(|&a, &b| matcher.name(a).cmp(matcher.name(b)));
        matcher.by_name = by_name;
        let entries = (0..).zip(&matcher.watches).filter(|(_, w)| !w.paused);
        let entries = entries.map(|(watch, w)| Entry { watch, root: w.root, acronyms: w.acronyms });
        matcher.index = Index::new(&matcher.program, &matcher.lexicon, entries);
        matcher.check_examples(watches, &mut problems);
        if problems.is_empty() { Ok(matcher) } else { Err(problems) }
    }

    fn name(&self, watch: u32) -> &str {
        let watch = watch as usize;
        let Some(start) = self.watches.get(watch).map(|w| w.name) else { return "" };
        let end = self.watches.get(watch + 1).map_or(self.names.end(), |next| next.name);
        self.names.get(start, (end - start) as usize)
    }

    // ---- asking

    /// What the watches find in an article, in their order; paused ones are left out.
    pub fn find(&self, doc: &Document, meta: &Meta) -> Vec<Hit> {
        self.search(doc, meta).hits
    }

    /// As [`Matcher::find`], and which watches would have cost too much.
    pub fn search(&self, doc: &Document, meta: &Meta) -> Found {
        self.with_search(doc, meta, |search| {
            let (mut matching, mut spent) = (Vec::new(), Vec::new());
            self.decide(search, &mut matching, &mut spent);
            let mut found = Found::default();
            for number in matching {
                search.fuel.0 = WATCH_FUEL;
                match self.hit(number, search) {
                    Some(hit) => found.hits.push(hit),
                    None => spent.push(number),
                }
            }
            spent.sort_unstable();
            found.spent = spent.into_iter().map(|n| self.name(n).into()).collect();
            found
        })
    }

    /// The numbers of the watches that match, in their order, without telling where: what [`Matcher::find`] does before it writes hits.
    pub fn matching(&self, doc: &Document, meta: &Meta) -> Vec<u32> {
        self.with_search(doc, meta, |search| {
            let (mut matching, mut spent) = (Vec::new(), Vec::new());
            self.decide(search, &mut matching, &mut spent);
            matching
        })
    }

    /// The watches that match, in their order, and those that cost too much.
    fn decide(&self, search: &mut Search<'_>, matching: &mut Vec<u32>, spent: &mut Vec<u32>) {
        let mut candidates = std::mem::take(&mut search.scratch.candidates);
        candidates.clear();
        self.index.candidates(search, matching, &mut candidates);
        let mut left = ARTICLE_FUEL;
        for &number in &candidates {
            let Some(watch) = self.watches.get(number as usize) else { continue };
            let given = WATCH_FUEL.min(left).max(LEAST_FUEL);
            search.fuel.0 = given;
            match search.matches(watch.root, watch.acronyms) {
                Ok(true) => matching.push(number),
                Ok(false) => {}
                Err(_) => spent.push(number),
            }
            left = left.saturating_sub(given - search.fuel.0.min(given));
        }
        search.scratch.candidates = candidates;
        matching.sort_unstable();
        matching.dedup();
    }

    fn hit(&self, number: u32, search: &mut Search<'_>) -> Option<Hit> {
        let watch = self.watches.get(number as usize)?;
        let (places, score) = search.places(watch.root).ok()?;
        let spans = places.iter().map(|p| hit::span(p, search.doc, watch.root, &self.program, &self.lexicon)).collect();
        Some(Hit { watch: self.name(number).into(), score, spans })
    }

    fn with_search<T>(&self, doc: &Document, meta: &Meta, work: impl FnOnce(&mut Search<'_>) -> T) -> T {
        let pool = || self.scratch.lock().unwrap_or_else(PoisonError::into_inner);
        let mut scratch = pool().pop().unwrap_or_default();
        scratch.begin(self.lexicon.slots(), self.lexicon.finders(), self.program.tests(), self.watches.len());
        gather(&self.lexicon, doc, &mut scratch);
        let answer = work(&mut Search::new(&self.lexicon, &self.program, doc, meta, &mut scratch));
        pool().push(scratch);
        answer
    }

    // ---- looking at a watch

    /// Why watches that are not paused do not match, in their order: costs much more than [`Matcher::find`].
    pub fn explain(&self, doc: &Document, meta: &Meta) -> Vec<Miss> {
        self.with_search(doc, meta, |search| {
            let mut misses = Vec::new();
            for (number, watch) in (0..).zip(&self.watches).filter(|(_, w)| !w.paused) {
                search.fuel.0 = WATCH_FUEL;
                let why = match search.matches(watch.root, watch.acronyms) {
                    Ok(true) => continue,
                    Ok(false) => search.why(watch.root),
                    Err(spent) => Err(spent),
                };
                let (clause, reason) = why.unwrap_or_else(|_| (String::new(), "the watch would cost too much on this article".into()));
                misses.push(Miss { watch: self.name(number).into(), clause, reason });
            }
            misses
        })
    }

    /// What watches that are not paused just missed in an article, whether or not they match; what a watch finds by another clause is none.
    pub fn near_misses(&self, doc: &Document) -> Vec<NearMiss> {
        let meta = Meta::default();
        self.with_search(doc, &meta, |search| {
            let mut found = Vec::new();
            for (number, watch) in (0..).zip(&self.watches).filter(|(_, w)| !w.paused) {
                search.fuel.0 = WATCH_FUEL;
                let places = search.places(watch.root).map(|(places, _)| places).unwrap_or_default();
                for node in self.program.wanted(self.program.root(watch.root)) {
                    for n in near(&self.lexicon, Matter::unpack(node.1.arg), doc) {
                        let field = |p: &Place| doc.tokens().get(p.i as usize).map(|t| t.field());
                        if places.iter().any(|p| field(p) == Some(n.field) && p.start < n.end && n.start < p.end) {
                            continue;
                        }
                        found.push(NearMiss {
                            watch: self.name(number).into(),
                            clause: self.program.label(node, &self.lexicon),
                            field: n.field,
                            text: n.text,
                            kind: n.kind,
                            advice: n.advice,
                            byte_start: n.start as usize,
                            byte_end: n.end as usize,
                        });
                    }
                }
            }
            found
        })
    }

    /// `must_hit` and `must_miss`, each text as a title.
    fn check_examples(&self, specs: &[WatchSpec], problems: &mut Vec<Problem>) {
        for (number, spec) in (0..).zip(specs) {
            let name = &spec.name.value;
            for text in &spec.must_hit {
                if let Err(why) = self.try_one(number, &text.value) {
                    problems.push(Problem::new(text.at.clone(), format!("must_hit: watch \"{name}\" does not find this text: {why}")));
                }
            }
            for text in &spec.must_miss {
                if let Ok(hit) = self.try_one(number, &text.value) {
                    let by = hit.spans.first().map_or(String::new(), |s| format!(" by \"{}\": «{}»", s.clause, s.text));
                    problems.push(Problem::new(text.at.clone(), format!("must_miss: watch \"{name}\" finds this text{by}")));
                }
            }
        }
    }

    /// What one watch, paused or not, finds in a text, or why it does not.
    fn try_one(&self, number: u32, text: &str) -> Result<Hit, String> {
        let (doc, meta) = (Document::new(text, "", ""), Meta::default());
        let Some(watch) = self.watches.get(number as usize) else { return Err(String::new()) };
        self.with_search(&doc, &meta, |search| {
            search.fuel.0 = WATCH_FUEL;
            let hit = match search.matches(watch.root, watch.acronyms) {
                Ok(true) => self.hit(number, search),
                _ => None,
            };
            hit.ok_or_else(|| search.why(watch.root).map_or(String::new(), |(clause, reason)| format!("\"{clause}\" {reason}")))
        })
    }

    /// A hash of what a watch asks for: it changes when the watch may find something else.
    pub fn watch_hash(&self, name: &str) -> Option<[u8; 16]> {
        let at = self.by_name.binary_search_by(|&n| self.name(n).cmp(name)).ok()?;
        self.by_name.get(at).and_then(|&n| self.hashes.get(n as usize)).copied()
    }

    /// In the order of the watches.
    pub fn watch_names(&self) -> Vec<&str> {
        (0..self.watches.len() as u32).map(|n| self.name(n)).collect()
    }

    /// Bytes that the watches take, without what a search writes down.
    pub fn heap_bytes(&self) -> usize {
        self.lexicon.heap_bytes()
            + self.program.heap_bytes()
            + self.index.heap_bytes()
            + self.watches.capacity() * size_of::<Watch>()
            + self.hashes.capacity() * 16
            + self.names.heap_bytes()
            + self.by_name.capacity() * 4
    }
}

/// One query as a watch named "query". A problem begins with its column.
pub fn single(query: &str) -> Result<Matcher, Problem> {
    let spec =
        WatchSpec { name: Located::nowhere("query".into()), query: Some(Located::nowhere(query.into())), endings: true, ..WatchSpec::default() };
    Matcher::compile(&[spec], &[]).map_err(|problems| problems.into_iter().next().unwrap_or_else(|| Problem::new(None, "col 1: no query")))
}

/// The canonical form of a query. Lists are not looked up.
pub fn fmt(query: &str) -> Result<String, Problem> {
    let any_list: &syntax::Lists<'_> = &|name, habit| Ok(Some(vec![syntax::keyword(&format!("={name}"), habit)?]));
    syntax::parse(query, syntax::Habit { endings: true, loose: false }, true, any_list)
        .map(|node| syntax::canonical(&node))
        .map_err(|refusal| Problem::new(None, refusal.to_string()))
}
