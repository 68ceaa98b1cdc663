//! All watches at once: compiled together, asked one article at a time.
//!
//! Must not know: feeds, the store, where articles come from.

use super::cover::{Anchor, NO_OTHER, cover};
use super::explain::Miss;
use super::hit;
use super::lexicon::{Lexicon, LexiconBuilder};
use super::meta::Meta;
use super::near::{NearMiss, near};
use super::program::{Program, ProgramBuilder};
use super::search::{Place, Scratch, Search, gather};
use super::syntax::{self, MetaName};
use super::watch::{self, Lists};
use crate::model::{Hit, ListSpec, Located, Problem, WatchSpec};
use crate::text::Document;
use hashbrown::HashMap;
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
    names: HashMap<String, u32>,
    /// For each unit the watches that it may bring, and the other unit they need.
    postings: Postings,
    /// Facts that bring watches.
    facts: Vec<(u32, u32)>,
    /// Watches that must be tried on every article.
    scans: Vec<u32>,
    scratch: Mutex<Vec<Scratch>>,
}

#[derive(Debug)]
struct Watch {
    name: String,
    hash: [u8; 16],
    root: u32,
    paused: bool,
}

#[derive(Debug, Default)]
struct Postings {
    /// Where the postings of each unit begin; one more than there are units.
    starts: Vec<u32>,
    list: Vec<(u32, u32)>,
}

impl Postings {
    fn of(&self, unit: u32) -> &[(u32, u32)] {
        let unit = unit as usize;
        let (Some(&start), Some(&end)) = (self.starts.get(unit), self.starts.get(unit + 1)) else { return &[] };
        self.list.get(start as usize..end as usize).unwrap_or_default()
    }
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
        let (mut lexicon, mut program, mut compiled) = (LexiconBuilder::default(), ProgramBuilder::default(), Vec::with_capacity(watches.len()));
        let mut names: HashMap<String, u32> = HashMap::with_capacity(watches.len());
        for spec in watches {
            if names.insert(spec.name.value.clone(), compiled.len() as u32).is_some() {
                problems.push(Problem::new(spec.name.at.clone(), format!("a second watch is named \"{}\": names are unique", spec.name.value)));
            }
            match watch::tree(spec, &lists) {
                Err(mut new) => problems.append(&mut new),
                Ok(node) => {
                    let scopes = [(MetaName::Feed, &spec.feeds[..]), (MetaName::Lang, &spec.langs[..]), (MetaName::Tag, &spec.tags[..])];
                    let root = program.add(&node, &scopes, &mut lexicon);
                    compiled.push(Watch { name: spec.name.value.clone(), hash: watch::hash(spec, &lists), root, paused: spec.paused });
                }
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let mut matcher = Self { lexicon: lexicon.build(), program: program.build(), watches: compiled, names, ..Self::default() };
        matcher.index();
        matcher.check_examples(watches, &mut problems);
        if problems.is_empty() { Ok(matcher) } else { Err(problems) }
    }

    /// Registers each watch under its cover.
    fn index(&mut self) {
        let mut list = Vec::new();
        for (number, watch) in (0..).zip(&self.watches) {
            match cover(&self.program, &self.lexicon, watch.root) {
                None => self.scans.push(number),
                Some(cover) => {
                    for anchor in cover.anchors {
                        match anchor {
                            Anchor::Unit(unit, other) => list.push((unit, number, other)),
                            Anchor::Fact(fact) => self.facts.push((fact, number)),
                        }
                    }
                }
            }
        }
        list.sort_unstable();
        list.dedup();
        let mut starts = vec![0u32; self.lexicon.units() + 1];
        for (unit, ..) in &list {
            if let Some(count) = starts.get_mut(*unit as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        self.postings = Postings { starts, list: list.into_iter().map(|(_, watch, other)| (watch, other)).collect() };
    }

    /// `must_hit` and `must_miss`.
    fn check_examples(&self, specs: &[WatchSpec], problems: &mut Vec<Problem>) {
        for (spec, watch) in specs.iter().zip(&self.watches) {
            for text in &spec.must_hit {
                if self.try_one(watch, &text.value).is_none() {
                    let why = self.why_one(watch, &text.value);
                    problems.push(Problem::new(text.at.clone(), format!("must_hit: watch \"{}\" does not find this text: {why}", watch.name)));
                }
            }
            for text in &spec.must_miss {
                if let Some(hit) = self.try_one(watch, &text.value) {
                    let by = hit.spans.first().map_or(String::new(), |s| format!(" by \"{}\": «{}»", s.clause, s.text));
                    problems.push(Problem::new(text.at.clone(), format!("must_miss: watch \"{}\" finds this text{by}", watch.name)));
                }
            }
        }
    }

    fn why_one(&self, watch: &Watch, text: &str) -> String {
        let (doc, meta) = (Document::new(text, "", ""), Meta::default());
        self.with_search(&doc, &meta, |search| {
            search.fuel.0 = WATCH_FUEL;
            search.why(watch.root).map_or(String::new(), |(clause, reason)| format!("\"{clause}\" {reason}"))
        })
    }

    fn try_one(&self, watch: &Watch, text: &str) -> Option<Hit> {
        let (doc, meta) = (Document::new(text, "", ""), Meta::default());
        self.with_search(&doc, &meta, |search| {
            search.fuel.0 = WATCH_FUEL;
            let matches = search.matches(watch.root).unwrap_or(false);
            matches.then(|| self.hit(watch, search)).flatten()
        })
    }

    /// What the watches find in an article, in their order; paused ones are left out.
    pub fn find(&self, doc: &Document, meta: &Meta) -> Vec<Hit> {
        self.search(doc, meta).hits
    }

    /// As [`Matcher::find`], and which watches would have cost too much.
    pub fn search(&self, doc: &Document, meta: &Meta) -> Found {
        self.with_search(doc, meta, |search| {
            let (mut found, mut left) = (Found::default(), ARTICLE_FUEL);
            for number in self.candidates(search) {
                let Some(watch) = self.watches.get(number as usize).filter(|w| !w.paused) else { continue };
                let given = WATCH_FUEL.min(left).max(LEAST_FUEL);
                search.fuel.0 = given;
                match search.matches(watch.root) {
                    Ok(true) => match self.hit(watch, search) {
                        Some(hit) => found.hits.push(hit),
                        None => found.spent.push(watch.name.clone()),
                    },
                    Ok(false) => {}
                    Err(_) => found.spent.push(watch.name.clone()),
                }
                left = left.saturating_sub(given - search.fuel.0.min(given));
            }
            found
        })
    }

    /// The numbers of the watches that match, in their order, without telling where: what [`Matcher::find`] does before it writes hits.
    pub fn matching(&self, doc: &Document, meta: &Meta) -> Vec<u32> {
        self.with_search(doc, meta, |search| {
            let candidates = self.candidates(search);
            let matches = |number: &u32| {
                let Some(watch) = self.watches.get(*number as usize).filter(|w| !w.paused) else { return false };
                search.fuel.0 = WATCH_FUEL;
                search.matches(watch.root).unwrap_or(false)
            };
            candidates.into_iter().filter(matches).collect()
        })
    }

    /// Watches that may match, each once, in their order.
    fn candidates(&self, search: &mut Search<'_>) -> Vec<u32> {
        let mut found = self.scans.clone();
        let seen = std::mem::take(&mut search.scratch.seen);
        for &unit in &seen {
            for &(watch, other) in self.postings.of(unit) {
                if (other == NO_OTHER || search.scratch.has(other)) && search.scratch.first_time(watch) {
                    found.push(watch);
                }
            }
        }
        search.scratch.seen = seen;
        let words = search.doc.words();
        for &(fact, watch) in &self.facts {
            let (meta, test) = (search.meta, self.program.test(fact));
            if search.scratch.fact(fact, || test.is_some_and(|t| t.holds(meta, words))) && search.scratch.first_time(watch) {
                found.push(watch);
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Why watches that are not paused do not match, in their order: costs much more than [`Matcher::find`].
    pub fn explain(&self, doc: &Document, meta: &Meta) -> Vec<Miss> {
        self.with_search(doc, meta, |search| {
            let mut misses = Vec::new();
            for watch in self.watches.iter().filter(|w| !w.paused) {
                search.fuel.0 = WATCH_FUEL;
                let why = match search.matches(watch.root) {
                    Ok(true) => continue,
                    Ok(false) => search.why(watch.root),
                    Err(spent) => Err(spent),
                };
                let (clause, reason) = why.unwrap_or_else(|_| (String::new(), "the watch would cost too much on this article".into()));
                misses.push(Miss { watch: watch.name.clone(), clause, reason });
            }
            misses
        })
    }

    /// What watches that are not paused just missed in an article, whether or not they match; what a watch finds by another clause is none.
    pub fn near_misses(&self, doc: &Document) -> Vec<NearMiss> {
        let meta = Meta::default();
        self.with_search(doc, &meta, |search| {
            let mut found = Vec::new();
            for watch in self.watches.iter().filter(|w| !w.paused) {
                search.fuel.0 = WATCH_FUEL;
                let places = search.places(watch.root).map(|(places, _)| places).unwrap_or_default();
                for step in self.program.wanted(watch.root) {
                    for n in near(&self.lexicon, step.arg, doc) {
                        let here =
                            |p: &Place| doc.tokens().get(p.i as usize).is_some_and(|t| t.field() == n.field) && p.start < n.end && n.start < p.end;
                        if !places.iter().any(here) {
                            found.push(NearMiss {
                                watch: watch.name.clone(),
                                clause: self.program.label(step.label).into(),
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
            }
            found
        })
    }

    fn hit(&self, watch: &Watch, search: &mut Search<'_>) -> Option<Hit> {
        let (places, score) = search.places(watch.root).ok()?;
        let spans = places.iter().map(|p| hit::span(p, search.doc, &self.program)).collect();
        Some(Hit { watch: watch.name.clone(), score, spans })
    }

    fn with_search<T>(&self, doc: &Document, meta: &Meta, work: impl FnOnce(&mut Search<'_>) -> T) -> T {
        let pool = || self.scratch.lock().unwrap_or_else(PoisonError::into_inner);
        let mut scratch = pool().pop().unwrap_or_default();
        scratch.begin(self.lexicon.units(), self.lexicon.finders(), self.program.tests(), self.watches.len());
        gather(&self.lexicon, doc, &mut scratch);
        let answer = work(&mut Search::new(&self.lexicon, &self.program, doc, meta, &mut scratch));
        pool().push(scratch);
        answer
    }

    /// A hash of what a watch asks for: it changes when the watch may find something else.
    pub fn watch_hash(&self, name: &str) -> Option<[u8; 16]> {
        self.names.get(name).and_then(|&n| self.watches.get(n as usize)).map(|w| w.hash)
    }

    /// In the order of the watches.
    pub fn watch_names(&self) -> Vec<&str> {
        self.watches.iter().map(|w| w.name.as_str()).collect()
    }

    /// Bytes that the watches take.
    pub fn heap_bytes(&self) -> usize {
        self.lexicon.heap_bytes() + self.program.heap_bytes()
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
