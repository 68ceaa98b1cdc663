//! Rows a second through the store, as a ratio to plain rusqlite in the same run.
//!
//! Both write articles of some 3.2 KB in batches of 100, WAL, `synchronous=FULL`. Raw: one table, one prepared INSERT, the text as it is. The store:
//! the whole poll (feed state, validators, seen entries, articles, compressed texts), its undecided hits where one in fifty has one.
//! Rounds alternate, so that a slow moment of the disk hits both. `cargo bench --bench store [-- ROUNDS [DIRECTORY]]`
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use jiff::{SignedDuration, Timestamp};
use newswatch::model::{Article, EntryKey, Field, Hit, Span, hash128};
use newswatch::store::{FeedHealth, FeedRow, MatchedHit, Options, PollOutcome, PolledEntry, Store, What};
use newswatch::story::UrlKey;
use rusqlite::{Connection, TransactionBehavior, params};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const BATCH: usize = 100;
/// Batches of one round.
const BATCHES: usize = 50;
/// Feeds that take turns.
const FEEDS: usize = 20;

fn main() {
    let mut args = std::env::args().skip(1).filter(|arg| !arg.starts_with("--"));
    let rounds: usize = args.next().and_then(|n| n.parse().ok()).unwrap_or(6);
    let dir = args.next().map_or_else(|| tempfile::tempdir().unwrap(), |dir| tempfile::tempdir_in(dir).unwrap());
    let texts = texts();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let mut raw = Raw::open(&dir.path().join("raw.db"));
    let store = runtime.block_on(open(&dir.path().join("store.db")));
    let mut times = [vec![], vec![], vec![]];
    let mut made = 0;
    for round in 0..=rounds {
        let batches: Vec<Vec<Article>> = (0..BATCHES).map(|_| (0..BATCH).map(|_| article(&texts, post_increment(&mut made))).collect()).collect();
        let one = measure(|| batches.iter().for_each(|batch| raw.write(batch)));
        let polls = |offset: usize| -> Vec<PollOutcome> { batches.iter().enumerate().map(|(n, batch)| poll(n % FEEDS, offset + n, batch)).collect() };
        let (single, double) = (polls(2 * round * BATCHES), polls((2 * round + 1) * BATCHES));
        let two = measure(|| runtime.block_on(one_at_a_time(&store, single)));
        let three = measure(|| runtime.block_on(four_at_a_time(&store, double)));
        // The first round warms caches up.
        if round > 0 {
            times.iter_mut().zip([one, two, three]).for_each(|(all, time)| all.push(time));
        }
    }
    println!("median of {rounds} rounds of {} rows      rows a second   ratio    CPU µs a row   ratio", BATCH * BATCHES);
    let mut first = None;
    for (name, times) in ["raw rusqlite", "store, one poll at once", "store, four at once"].iter().zip(times) {
        let mut clock: Vec<Duration> = times.iter().map(|(clock, _)| *clock).collect();
        clock.sort();
        let rows = (BATCH * BATCHES) as f64 / clock[clock.len() / 2].as_secs_f64();
        let cpu = times.iter().map(|(_, cpu)| cpu.as_secs_f64() * 1e6).sum::<f64>() / (BATCH * BATCHES * rounds) as f64;
        let (rows_raw, cpu_raw) = *first.get_or_insert((rows, cpu));
        println!("{name:<38} {rows:>12.0} {:>9.2} {cpu:>13.1} {:>9.2}", rows / rows_raw, cpu_raw / cpu);
    }
    println!("to reach: 0.70");
    runtime.block_on(store.close());
    for name in ["raw.db", "store.db"] {
        println!(
            "{name} {} bytes a row",
            std::fs::metadata(dir.path().join(name)).unwrap().len() / made as u64 / if name == "raw.db" { 1 } else { 2 }
        );
    }
}

fn post_increment(n: &mut usize) -> usize {
    *n += 1;
    *n - 1
}

/// By the clock, and CPU of the whole process.
fn measure(work: impl FnOnce()) -> (Duration, Duration) {
    let (start, cpu) = (Instant::now(), cpu());
    work();
    (start.elapsed(), self::cpu() - cpu)
}

/// User and system time, in steps of 10 ms.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields = stat.rsplit_once(')').unwrap().1.split_whitespace();
    Duration::from_millis(fields.skip(11).take(2).map(|ticks| ticks.parse::<u64>().unwrap() * 10).sum())
}

/// Articles of many languages, or made-up words where the shared ones are missing.
fn texts() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/bench/articles.tsv");
    match std::fs::read_to_string(&path) {
        Ok(tsv) => tsv.lines().filter_map(|line| Some(line.split_once('\t')?.1.to_string())).collect(),
        Err(error) => {
            println!("{}: {error}; made-up words instead", path.display());
            let word = || std::iter::repeat_with(fastrand::lowercase).take(fastrand::usize(2..9)).collect::<String>();
            let words: Vec<String> = std::iter::repeat_with(word).take(2000).collect();
            let text = || std::iter::repeat_with(|| words[fastrand::usize(..words.len())].as_str()).take(500).collect::<Vec<_>>().join(" ");
            std::iter::repeat_with(text).take(500).collect()
        }
    }
}

fn article(texts: &[String], n: usize) -> Article {
    // Cut at another place each time: no two articles are the same.
    let text = &texts[n % texts.len()];
    let cut = text.char_indices().map(|(i, _)| i).nth(n / texts.len() % 50).unwrap_or(0);
    let (before, after) = text.split_at(cut);
    Article {
        guid: Some(format!("https://outlet.test/news/{n}")),
        title: Some(after.chars().take(80).collect()),
        link: Some(format!("https://outlet.test/news/{n}")),
        published: Some(now()),
        fetched: Some(now()),
        lang: Some("en".into()),
        content: Some(format!("{after} {before}")),
        ..Article::default()
    }
}

fn now() -> Timestamp {
    "2026-11-24T10:00:00Z".parse().unwrap()
}

struct Raw(Connection);

impl Raw {
    fn open(path: &PathBuf) -> Self {
        let db = Connection::open(path).unwrap();
        db.execute_batch(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
             CREATE TABLE article(n INTEGER PRIMARY KEY, title TEXT, link TEXT, published INTEGER, fetched INTEGER, lang TEXT, content TEXT)",
        )
        .unwrap();
        Self(db)
    }

    fn write(&mut self, batch: &[Article]) {
        let transaction = self.0.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
        {
            let mut insert = transaction
                .prepare_cached("INSERT INTO article(title, link, published, fetched, lang, content) VALUES(?1, ?2, ?3, ?4, ?5, ?6)")
                .unwrap();
            for a in batch {
                let published = a.published.map(|t| t.as_microsecond());
                insert.execute(params![a.title, a.link, published, published, a.lang, a.content]).unwrap();
            }
        }
        transaction.commit().unwrap();
    }
}

async fn open(path: &Path) -> Store {
    let store = Store::open(&Options { max_size: u64::MAX, ..Options::at(path) }, Path::new("/nowhere")).unwrap();
    let feeds = (0..FEEDS).map(|n| FeedRow { id: format!("feed {n}"), name: format!("feed {n}"), url: format!("https://feed{n}.test/") });
    store.register(feeds.collect(), now()).await.unwrap();
    store
}

fn poll(feed: usize, poll: usize, batch: &[Article]) -> PollOutcome {
    let entries = batch.iter().enumerate().map(|(n, article)| {
        let url = format!("{}?{poll}", article.link.as_deref().unwrap());
        let span = Span {
            field: Field::Title,
            text: "ECO".into(),
            before: String::new(),
            after: String::new(),
            clause: "ECO".into(),
            form: "whole".into(),
            byte_start: 0,
            byte_end: 3,
        };
        let hit = MatchedHit { watch: "eco".into(), watch_hash: [0; 16], hit: Hit { watch: "eco".into(), score: 1, spans: vec![span] } };
        PolledEntry::New {
            key: EntryKey(hash128([url.as_bytes()])),
            article: article.clone(),
            url_key: Some(UrlKey::of(&url).0),
            hits: if n % 50 == 0 { vec![hit] } else { vec![] },
            matched_gen: 1,
        }
    });
    PollOutcome {
        feed: format!("feed {feed}"),
        at: now(),
        next_due: now() + SignedDuration::from_mins(30),
        state: FeedHealth::Ok,
        reason: None,
        failures: 0,
        moved_to: None,
        what: What::Read { validators: None, body_hash: Some([1; 16]), meaning: Some([2; 16]), first: false, entries: entries.collect() },
    }
}

async fn one_at_a_time(store: &Store, polls: Vec<PollOutcome>) {
    for poll in polls {
        assert_eq!(store.commit(poll).await.unwrap().new_articles, BATCH);
    }
}

/// As a daemon does it: while one poll is written, others are read.
async fn four_at_a_time(store: &Store, polls: Vec<PollOutcome>) {
    let mut running = tokio::task::JoinSet::new();
    for poll in polls {
        while running.len() >= 4 {
            running.join_next().await.unwrap().unwrap();
        }
        let store = store.clone();
        running.spawn(async move { assert_eq!(store.commit(poll).await.unwrap().new_articles, BATCH) });
    }
    while let Some(done) = running.join_next().await {
        done.unwrap();
    }
}
