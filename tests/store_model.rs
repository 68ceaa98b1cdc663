//! Random histories against a simple model: nothing is lost, nothing happens twice, whatever the order, and over clean and unclean ends.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::string_slice, clippy::print_stderr, clippy::disallowed_methods)] // a test fails by panicking

mod store_suite;

use jiff::Timestamp;
use newswatch::alert::{Decision, NewAlert, Reason, Undecided, UndecidedHit, Wait};
use newswatch::model::{AlertId, ArticleId, StoryId};
use newswatch::store::{AlertFilter, Delivery, OutboxFilter, OutboxLine, Outcome, PolledEntry, RowState, Settled, Store};
use proptest::prelude::*;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use store_suite::world::*;

const FEEDS: [&str; 2] = ["a", "b"];
const WATCHES: [&str; 2] = ["eco", "regional"];
const SINKS: [&str; 2] = ["hook", "log"];
/// Pages that entries of both feeds may stand for.
const URLS: u64 = 5;

#[derive(Debug, Clone)]
enum Op {
    /// A poll of a feed with entries, each hit by the watches of a bit mask.
    Poll(usize, Vec<(u64, u8)>),
    /// Only these feeds are configured.
    Register(u8),
    /// Decides at most so many hits, by these fates in turn.
    Decide(usize, Vec<Fate>),
    /// Records a decision of the past once more.
    Again(usize),
    /// Some seconds pass.
    Wait(i64),
    /// A sink takes some.
    Claim(usize, usize),
    /// What was claimed ends somehow.
    Settle(usize, End),
    /// Another owner takes over, after a clean end or a lost one.
    Reopen(bool),
}

#[derive(Debug, Clone, Copy)]
enum Fate {
    Tell(u8),
    Group(i64),
    End,
    Leave,
}

#[derive(Debug, Clone, Copy)]
enum End {
    Sent,
    Retry(i64, bool),
    Dead,
    Released,
}

fn op() -> impl Strategy<Value = Op> {
    let fate = prop_oneof![(0..4u8).prop_map(Fate::Tell), (1..50i64).prop_map(Fate::Group), Just(Fate::End), Just(Fate::Leave)];
    let end = prop_oneof![
        3 => Just(End::Sent),
        2 => (1..60i64, any::<bool>()).prop_map(|(after, counts)| End::Retry(after, counts)),
        1 => Just(End::Dead),
        1 => Just(End::Released),
    ];
    prop_oneof![
        6 => (0..2usize, prop::collection::vec((0..12u64, 0..4u8), 0..6)).prop_map(|(feed, entries)| Op::Poll(feed, entries)),
        1 => (0..4u8).prop_map(Op::Register),
        6 => (1..6usize, prop::collection::vec(fate, 1..5)).prop_map(|(n, fates)| Op::Decide(n, fates)),
        2 => any::<usize>().prop_map(Op::Again),
        2 => (1..40i64).prop_map(Op::Wait),
        4 => (0..2usize, 0..4usize).prop_map(|(sink, n)| Op::Claim(sink, n)),
        4 => (any::<usize>(), end).prop_map(|(n, end)| Op::Settle(n, end)),
        2 => any::<bool>().prop_map(Op::Reopen),
    ]
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum HitState {
    Undecided,
    Grouped(StoryId),
    Decided,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    alert: AlertId,
    state: RowState,
    tries: u32,
    next: Option<Timestamp>,
    unknown: bool,
}

/// What the store should hold.
#[derive(Debug, Default)]
struct Model {
    configured: u8,
    now: i64,
    /// In the order they were stored.
    articles: Vec<(usize, u64)>,
    /// In the order they were found: article's place, watch, state.
    hits: Vec<(usize, usize, HitState)>,
    /// Of an article's place.
    stories: BTreeMap<usize, StoryId>,
    waits: BTreeMap<(usize, StoryId), i64>,
    /// In order of `seq`.
    alerts: Vec<(AlertId, usize, StoryId)>,
    outbox: BTreeMap<(usize, i64), Row>,
    claimed: Vec<(usize, i64)>,
}

impl Model {
    fn id(&self, place: usize) -> ArticleId {
        let (feed, n) = self.articles[place];
        ArticleId::of(FEEDS[feed], &key(n))
    }

    fn poll(&mut self, feed: usize, entries: &[(u64, u8)]) -> Option<(usize, usize)> {
        if self.configured >> feed & 1 == 0 {
            return None;
        }
        let (mut new, mut hits) = (0, 0);
        for (n, watches) in entries {
            if self.articles.contains(&(feed, *n)) {
                continue;
            }
            self.articles.push((feed, *n));
            new += 1;
            for watch in 0..2 {
                if watches >> watch & 1 == 1 {
                    self.hits.push((self.articles.len() - 1, watch, HitState::Undecided));
                    hits += 1;
                }
            }
        }
        Some((new, hits))
    }

    /// The story of an article, or of the earliest stored one of the same page.
    fn story(&self, place: usize) -> Option<StoryId> {
        let page = self.articles[place].1 % URLS;
        self.stories
            .get(&place)
            .copied()
            .or_else(|| self.stories.iter().find(|(other, _)| self.articles[**other].1 % URLS == page).map(|(_, story)| *story))
    }

    fn told(&self, watch: usize, story: StoryId) -> Option<AlertId> {
        self.alerts.iter().find(|(_, w, s)| (*w, *s) == (watch, story)).map(|(id, ..)| *id)
    }

    fn matches(&self, hit: &UndecidedHit, expected: usize) -> bool {
        let (place, watch, state) = self.hits[expected];
        let story = match state {
            HitState::Grouped(story) => Some(story),
            _ => self.story(place),
        };
        hit.article_id == self.id(place)
            && hit.hit.watch == WATCHES[watch]
            && hit.story == story
            && hit.told == story.and_then(|story| self.told(watch, story))
            && hit.waiting == story.is_some_and(|story| self.waits.contains_key(&(watch, story)))
    }

    fn undecided(&self) -> Vec<usize> {
        (0..self.hits.len()).filter(|n| self.hits[*n].2 == HitState::Undecided).collect()
    }

    fn grouped(&self, watch: usize, story: StoryId) -> Vec<usize> {
        (0..self.hits.len()).filter(|n| self.hits[*n].1 == watch && self.hits[*n].2 == HitState::Grouped(story)).collect()
    }

    fn check_undecided(&self, found: &Undecided, limit: usize) {
        let expected: Vec<usize> = self.undecided().into_iter().take(limit).collect();
        assert_eq!(found.hits.len(), expected.len(), "undecided");
        for (hit, expected) in found.hits.iter().zip(expected) {
            assert!(self.matches(hit, expected), "{hit:#?}\nis not {:?}", self.hits[expected]);
        }
        let mut over: Vec<_> =
            self.waits.iter().filter(|(_, fires_at)| **fires_at <= self.now).map(|((w, s), at)| (*at, WATCHES[*w], s.0, *w)).collect();
        over.sort_unstable();
        over.truncate(limit);
        assert_eq!(found.fired.len(), over.len(), "waits that are over");
        for (fired, (_, name, story, watch)) in found.fired.iter().zip(over) {
            assert_eq!((&fired.watch[..], fired.story), (name, StoryId(story)));
            let expected = self.grouped(watch, fired.story);
            assert!(!expected.is_empty() && fired.hits.len() == expected.len(), "hits that waited");
            assert!(fired.hits.iter().zip(expected).all(|(hit, expected)| self.matches(hit, expected)));
        }
        assert_eq!(found.next_wait, self.waits.values().filter(|at| **at > self.now).min().map(|n| at(*n)), "the next wait");
    }

    fn claim(&mut self, sink: usize, n: usize) -> Vec<i64> {
        let now = at(self.now);
        let due = |row: &Row| row.state == RowState::Waiting && row.next.is_none_or(|next| next <= now);
        let rows = self.outbox.iter().filter(|((s, _), row)| *s == sink && due(row));
        let (fresh, retries): (Vec<_>, Vec<_>) = rows.map(|((_, seq), row)| (*seq, row.tries)).partition(|(_, tries)| *tries == 0);
        let taken: Vec<i64> = fresh.into_iter().chain(retries).map(|(seq, _)| seq).take(n).collect();
        for seq in &taken {
            self.outbox.get_mut(&(sink, *seq)).unwrap().state = RowState::Sending;
            self.claimed.push((sink, *seq));
        }
        taken
    }

    fn settle(&mut self, (sink, seq): (usize, i64), end: End) {
        let Some(row) = self.outbox.get_mut(&(sink, seq)) else { return };
        match end {
            End::Sent => {
                self.outbox.remove(&(sink, seq));
            }
            End::Retry(after, counts) => {
                (row.state, row.next, row.unknown) = (RowState::Waiting, Some(at(self.now + after)), false);
                row.tries += u32::from(counts);
            }
            End::Dead => {
                (row.state, row.next, row.unknown) = (RowState::Dead, None, false);
                row.tries += 1;
            }
            End::Released => row.state = RowState::Waiting,
        }
    }

    fn reopen(&mut self) {
        for row in self.outbox.values_mut().filter(|row| row.state == RowState::Sending) {
            (row.state, row.unknown) = (RowState::Waiting, true);
        }
        self.claimed.clear();
    }
}

/// The store, its model, and the decisions of the past.
struct World {
    dirs: Vec<tempfile::TempDir>,
    store: Store,
    model: Model,
    past: Vec<(Decision, Vec<i64>)>,
}

fn directory() -> tempfile::TempDir {
    // Memory, if there is any: what is tested is the order of things, not the disk.
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

fn open(dir: &tempfile::TempDir) -> Store {
    let options = newswatch::store::Options { ballast: 0, ..newswatch::store::Options::at(dir.path().join("a.db")) };
    Store::open(&options, Path::new("/nowhere")).unwrap()
}

impl World {
    async fn new() -> Self {
        let dir = directory();
        let store = open(&dir);
        register(&store, &FEEDS).await;
        Self { dirs: vec![dir], store, model: Model { configured: 3, ..Model::default() }, past: vec![] }
    }

    async fn run(&mut self, op: Op) {
        match op {
            Op::Poll(feed, entries) => self.poll(feed, &entries).await,
            Op::Register(mask) => {
                self.model.configured = mask;
                let configured: Vec<&str> = (0..2).filter(|n| mask >> n & 1 == 1).map(|n| FEEDS[n]).collect();
                register(&self.store, &configured).await;
            }
            Op::Decide(limit, fates) => self.decide(limit, &fates).await,
            Op::Again(n) => {
                if !self.past.is_empty() {
                    let (decision, seqs) = &self.past[n % self.past.len()];
                    assert_eq!(&self.store.decide(decision.clone()).await.unwrap(), seqs, "a decision twice is a decision once");
                }
            }
            Op::Wait(seconds) => self.model.now += seconds,
            Op::Claim(sink, n) => {
                let found = self.store.claim(SINKS[sink], n, at(self.model.now)).await.unwrap();
                let before = self.model.outbox.clone();
                assert_eq!(seqs(&found), self.model.claim(sink, n), "claimed");
                for Delivery { seq, tries, unknown, alert_id, .. } in found {
                    let row = &before[&(sink, seq)];
                    assert_eq!((tries, unknown, alert_id), (row.tries, row.unknown, row.alert));
                }
            }
            Op::Settle(n, end) => {
                if !self.model.claimed.is_empty() {
                    let claim = self.model.claimed.swap_remove(n % self.model.claimed.len());
                    let now = self.model.now;
                    self.model.settle(claim, end);
                    let outcome = match end {
                        End::Sent => Outcome::Sent,
                        End::Retry(after, counts) => Outcome::Retry { next: at(now + after), reason: "no".into(), counts },
                        End::Dead => Outcome::Dead { reason: "no".into() },
                        End::Released => Outcome::Released,
                    };
                    self.store.settle(vec![Settled { sink: SINKS[claim.0].into(), seq: claim.1, outcome }]).await.unwrap();
                }
            }
            Op::Reopen(clean) => self.reopen(clean).await,
        }
        self.check().await;
    }

    async fn poll(&mut self, feed: usize, entries: &[(u64, u8)]) {
        let keys: Vec<_> = entries.iter().map(|(n, _)| key(*n)).collect();
        let known = self.store.known(FEEDS[feed], keys.clone()).await.unwrap();
        let expected: Vec<bool> = entries.iter().map(|(n, _)| self.model.articles.contains(&(feed, *n))).collect();
        assert_eq!(known, expected, "known");
        let entries_of = entries.iter().enumerate().map(|(place, (n, mask))| {
            // Now and then a known one is sent whole.
            if known[place] && n % 3 != 0 {
                return PolledEntry::Known { key: keys[place] };
            }
            let watches: Vec<&str> = (0..2).filter(|w| mask >> w & 1 == 1).map(|w| WATCHES[w]).collect();
            with_url(entry(*n, &watches), &format!("https://outlet.test/{}", n % URLS))
        });
        let committed = self.store.commit(outcome(FEEDS[feed], at(self.model.now), read(entries_of.collect()))).await.unwrap();
        let counts = self.model.poll(feed, entries);
        assert_eq!((!committed.dropped).then_some((committed.new_articles, committed.new_hits)), counts, "new");
    }

    async fn decide(&mut self, limit: usize, fates: &[Fate]) {
        let found = self.store.undecided(at(self.model.now), limit).await.unwrap();
        self.model.check_undecided(&found, limit);
        let mut decision = Decision::default();
        let expected = self.model.undecided();
        let model = &mut self.model;
        let mut batch: HashMap<u64, StoryId> = HashMap::new();
        for ((hit, n), fate) in found.hits.iter().zip(expected).zip(fates.iter().cycle()) {
            let (place, watch, _) = model.hits[n];
            let page = model.articles[place].1 % URLS;
            let story = hit.story.or_else(|| batch.get(&page).copied()).unwrap_or_else(|| StoryId::of(&hit.article_id));
            if matches!(fate, Fate::Leave) {
                continue;
            }
            if !matches!(fate, Fate::End) {
                batch.insert(page, story);
                if hit.story.is_none() {
                    decision.stories.push((story, hit.article_id));
                }
                decision.members.push((story, hit.article_id));
                model.stories.entry(place).or_insert(story);
            }
            match fate {
                Fate::Tell(sinks) => {
                    decision.alerts.push(told(hit, story, *sinks));
                    tell_model(model, watch, story, *sinks);
                    model.hits[n].2 = HitState::Decided;
                }
                Fate::Group(after) => {
                    decision.grouped.push((hit.id, story));
                    let fires_at = model.now + after;
                    decision.waits.push(Wait { watch: WATCHES[watch].into(), story, fires_at: at(fires_at) });
                    model.waits.entry((watch, story)).or_insert(fires_at);
                    model.hits[n].2 = HitState::Grouped(story);
                }
                Fate::End => {
                    decision.decided.push((hit.id, Reason::TooOld));
                    model.hits[n].2 = HitState::Decided;
                }
                Fate::Leave => {}
            }
        }
        for fired in &found.fired {
            let watch = WATCHES.iter().position(|w| *w == fired.watch).unwrap();
            decision.fired.push((fired.watch.clone(), fired.story));
            let mut alert = told(&fired.hits[0], fired.story, 3);
            alert.hits = fired.hits.iter().map(|hit| hit.id).collect();
            decision.alerts.push(alert);
            let waited = model.grouped(watch, fired.story);
            tell_model(model, watch, fired.story, 3);
            // A hit that joined in this very decision stays, and so does its wait.
            for n in waited.iter().take(fired.hits.len()) {
                model.hits[*n].2 = HitState::Decided;
            }
            if model.grouped(watch, fired.story).is_empty() {
                model.waits.remove(&(watch, fired.story));
            }
        }
        let seqs = self.store.decide(decision.clone()).await.unwrap();
        let expected: Vec<i64> = decision
            .alerts
            .iter()
            .map(|alert| 1 + i64::try_from(self.model.alerts.iter().position(|(id, ..)| *id == alert.body.alert_id).unwrap()).unwrap())
            .collect();
        assert_eq!(seqs, expected, "numbers");
        self.past.push((decision, seqs));
    }

    async fn reopen(&mut self, clean: bool) {
        if clean {
            self.store.close().await;
            self.store = open(self.dirs.last().unwrap());
        } else {
            // What a kill leaves: the database and its log as they are.
            let dir = directory();
            for name in ["a.db", "a.db-wal"] {
                let from: PathBuf = self.dirs.last().unwrap().path().join(name);
                std::fs::copy(from, dir.path().join(name)).unwrap();
            }
            self.store.close().await;
            self.store = open(&dir);
            self.dirs.push(dir);
        }
        self.model.reopen();
    }

    async fn check(&self) {
        let found = self.store.undecided(at(self.model.now), 1000).await.unwrap();
        self.model.check_undecided(&found, 1000);
        let alerts = self.store.alerts(AlertFilter::default()).await.unwrap();
        let alerts: Vec<_> = alerts.iter().map(|line| (line.seq, line.alert_id)).collect();
        let expected: Vec<_> = self.model.alerts.iter().zip(1..).map(|((id, ..), seq)| (seq, *id)).collect();
        assert_eq!(alerts, expected, "the log");
        let rows: Vec<OutboxLine> = self.store.outbox(OutboxFilter::default(), at(self.model.now)).await.unwrap();
        let rows: Vec<_> = rows.into_iter().map(|r| (r.sink, r.seq, r.alert_id, r.state, r.tries, r.next)).collect();
        let expected: Vec<_> =
            self.model.outbox.iter().map(|((sink, seq), r)| (SINKS[*sink].to_string(), *seq, r.alert, r.state, r.tries, r.next)).collect();
        assert_eq!(rows, expected, "the outbox");
        for backlog in self.store.backlog().await.unwrap() {
            let of = |dead: bool| {
                self.model.outbox.iter().filter(|((sink, _), r)| SINKS[*sink] == backlog.sink && (r.state == RowState::Dead) == dead).count() as u64
            };
            assert_eq!((backlog.rows, backlog.dead), (of(false), of(true)), "the backlog of {}", backlog.sink);
        }
    }
}

fn told(hit: &UndecidedHit, story: StoryId, sinks: u8) -> NewAlert {
    let names: Vec<&str> = (0..2).filter(|n| sinks >> n & 1 == 1).map(|n| SINKS[n]).collect();
    alert_for(hit, story, &names)
}

fn tell_model(model: &mut Model, watch: usize, story: StoryId, sinks: u8) {
    if model.told(watch, story).is_some() {
        return;
    }
    let id = AlertId::of("alert.created", WATCHES[watch], &story.0, 0);
    model.alerts.push((id, watch, story));
    let seq = i64::try_from(model.alerts.len()).unwrap();
    for sink in (0..2).filter(|n| sinks >> n & 1 == 1) {
        model.outbox.insert((sink, seq), Row { alert: id, state: RowState::Waiting, tries: 0, next: None, unknown: false });
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, max_shrink_iters: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_history_is_the_models(ops in prop::collection::vec(op(), 1..50)) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(async {
            let mut world = World::new().await;
            for op in ops {
                world.run(op).await;
            }
            world.store.close().await;
        });
    }
}
