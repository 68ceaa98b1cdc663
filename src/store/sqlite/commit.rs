//! One poll, whole: the feed's state, validators and seen entries, new articles, their hits.

use super::super::{Committed, FeedHealth, PollOutcome, PolledEntry, StoreError, Validators, What, say};
use super::columns::{day, health, health_number, micros};
use super::register::event;
use super::task::{Kind, Part, Task};
use super::text;
use crate::model::{ArticleId, EntryKey, Span};
use jiff::Timestamp;
use rusqlite::{CachedStatement, Connection, OptionalExtension, Result, params};
use tokio::sync::{OwnedSemaphorePermit, oneshot};

/// A poll ready to be written: texts compressed, spans spelled, nothing left to work out on the writer's thread.
#[derive(Debug)]
pub struct Poll {
    feed: String,
    at: Timestamp,
    next_due: Timestamp,
    state: FeedHealth,
    reason: Option<String>,
    failures: u32,
    moved_to: Option<String>,
    what: Encoded,
}

#[derive(Debug)]
enum Encoded {
    Failed,
    Unchanged { validators: Option<Validators>, body_hash: Option<[u8; 16]> },
    Read { validators: Validators, body_hash: Option<[u8; 16]>, meaning: Option<[u8; 16]>, first: bool, entries: Vec<Entry> },
}

#[derive(Debug)]
struct Entry {
    key: EntryKey,
    new: Option<Box<New>>,
}

#[derive(Debug)]
struct New {
    id: ArticleId,
    link: Option<String>,
    url_key: Option<[u8; 16]>,
    lang: Option<String>,
    published: Option<i64>,
    fetched: i64,
    matched_gen: i64,
    body: Vec<u8>,
    hits: Vec<EncodedHit>,
    /// Only for the controls: the first half found it unseen.
    #[cfg(feature = "fault-controls")]
    unseen: bool,
}

#[derive(Debug)]
struct EncodedHit {
    watch: String,
    watch_hash: [u8; 16],
    score: i64,
    spans: String,
}

impl Poll {
    /// Encodes an outcome. Long ones let others have their turn in between.
    pub async fn encode(outcome: PollOutcome) -> std::result::Result<Self, StoreError> {
        let PollOutcome { feed, at, next_due, state, reason, failures, moved_to, what } = outcome;
        let what = match what {
            What::Failed => Encoded::Failed,
            What::Unchanged { validators, body_hash } => Encoded::Unchanged { validators, body_hash },
            What::Read { validators, body_hash, meaning, first, entries } => {
                let mut encoded = Vec::with_capacity(entries.len());
                for (n, entry) in entries.into_iter().enumerate() {
                    encoded.push(Entry::encode(&feed, at, entry)?);
                    if n % 64 == 63 {
                        tokio::task::yield_now().await;
                    }
                }
                Encoded::Read { validators: validators.unwrap_or_default(), body_hash, meaning, first, entries: encoded }
            }
        };
        Ok(Self { feed, at, next_due, state, reason, failures, moved_to, what })
    }

    /// Bytes it holds, about.
    pub fn bytes(&self) -> usize {
        let Encoded::Read { entries, .. } = &self.what else { return 0 };
        entries.iter().map(Entry::bytes).sum()
    }

    fn rows(&self) -> usize {
        match &self.what {
            Encoded::Read { entries, .. } => 1 + entries.iter().filter(|entry| entry.new.is_some()).count(),
            _ => 1,
        }
    }
}

impl Entry {
    fn encode(feed: &str, at: Timestamp, entry: PolledEntry) -> std::result::Result<Self, StoreError> {
        let (key, article, url_key, hits, matched_gen) = match entry {
            PolledEntry::Known { key } => return Ok(Self { key, new: None }),
            PolledEntry::New { key, article, url_key, hits, matched_gen } => (key, article, url_key, hits, matched_gen),
        };
        let refused = |error: String| StoreError::Refused(error);
        let body = text::encode(&article).map_err(|e| refused(e.to_string()))?;
        let hits = hits
            .into_iter()
            .map(|hit| {
                let spans = spell(&hit.hit.spans).map_err(|e| refused(e.to_string()))?;
                Ok(EncodedHit { watch: hit.watch, watch_hash: hit.watch_hash, score: hit.hit.score, spans })
            })
            .collect::<std::result::Result<_, StoreError>>()?;
        let new = New {
            id: ArticleId::of(feed, &key),
            link: article.link,
            url_key,
            lang: article.lang,
            published: article.published.map(micros),
            fetched: micros(article.fetched.unwrap_or(at)),
            matched_gen: i64::try_from(matched_gen).unwrap_or(i64::MAX),
            body,
            hits,
            #[cfg(feature = "fault-controls")]
            unseen: false,
        };
        Ok(Self { key, new: Some(Box::new(new)) })
    }

    fn bytes(&self) -> usize {
        let new = self.new.as_ref().map_or(0, |new| {
            let hits: usize = new.hits.iter().map(|hit| hit.watch.len() + hit.spans.len() + 64).sum();
            new.body.len() + new.link.as_ref().map_or(0, String::len) + hits + 160
        });
        new + 32
    }
}

fn spell(spans: &[Span]) -> serde_json::Result<String> {
    serde_json::to_string(spans)
}

/// A poll on its way through the writer.
#[derive(Debug)]
pub struct Commit {
    /// What is to be recorded.
    pub poll: Poll,
    /// Its place in the queue.
    pub _permit: OwnedSemaphorePermit,
    /// Who waits.
    pub reply: oneshot::Sender<std::result::Result<Committed, StoreError>>,
    /// What the last run added.
    pub added: Committed,
}

impl Task for Commit {
    fn kind(&self) -> Kind {
        Kind::Poll
    }

    fn rows(&self) -> usize {
        self.poll.rows()
    }

    fn apply(&mut self, db: &Connection, part: Part) -> Result<()> {
        let added = record(db, &mut self.poll, part)?;
        match part {
            Part::Whole => self.added = added,
            #[cfg(feature = "fault-controls")]
            Part::First => self.added = added,
            #[cfg(feature = "fault-controls")]
            Part::Second => {
                self.added.new_articles += added.new_articles;
                self.added.new_hits += added.new_hits;
            }
        }
        Ok(())
    }

    fn answer(self: Box<Self>, end: std::result::Result<(), StoreError>) -> Option<Box<dyn Task>> {
        // Nobody may be waiting any more: it is recorded all the same.
        let _ = self.reply.send(end.map(|()| self.added));
        None
    }
}

/// What a part of a poll writes.
#[derive(Clone, Copy)]
struct Scope {
    state: bool,
    articles: bool,
    hits: bool,
}

impl Scope {
    fn of(part: Part) -> Self {
        match part {
            Part::Whole => Self { state: true, articles: true, hits: true },
            #[cfg(feature = "fault-controls")]
            Part::First => Self { state: true, articles: !crate::store::fault::chosen(crate::store::fault::VALIDATORS_FIRST), hits: false },
            #[cfg(feature = "fault-controls")]
            Part::Second => Self { state: false, articles: crate::store::fault::chosen(crate::store::fault::VALIDATORS_FIRST), hits: true },
        }
    }
}

struct Row {
    n: i64,
    state: FeedHealth,
    read_day: Option<i64>,
    confirmed_day: Option<i64>,
}

fn record(db: &Connection, poll: &mut Poll, part: Part) -> Result<Committed> {
    let feed = db
        .prepare_cached("SELECT n, state, read_day, confirmed_day FROM feed WHERE id = ?1 AND retired = 0")?
        .query_row([&poll.feed], |row| Ok(Row { n: row.get(0)?, state: health(row.get(1)?), read_day: row.get(2)?, confirmed_day: row.get(3)? }))
        .optional()?;
    let Some(feed) = feed else {
        say::dropped(&poll.feed);
        return Ok(Committed { dropped: true, ..Committed::default() });
    };
    let scope = Scope::of(part);
    if scope.state {
        record_state(db, &feed, poll)?;
    }
    match &mut poll.what {
        Encoded::Read { first, entries, .. } => record_entries(db, &feed, poll.at, *first, entries, scope),
        _ => Ok(Committed::default()),
    }
}

fn record_state(db: &Connection, feed: &Row, poll: &Poll) -> Result<()> {
    db.prepare_cached(
        "UPDATE feed SET state = ?2, reason = ?3, failures = ?4, next_due = ?5, last_poll = ?6, moved_to = ?7, polls = polls + 1
         WHERE n = ?1",
    )?
    .execute(params![feed.n, health_number(poll.state), poll.reason, poll.failures, micros(poll.next_due), micros(poll.at), poll.moved_to])?;
    event(db, feed.n, feed.state, poll.state, poll.reason.as_deref(), poll.at)?;
    let today = day(poll.at);
    match &poll.what {
        Encoded::Failed => {}
        Encoded::Unchanged { validators, body_hash } => {
            if let Some(Validators { etag, last_modified }) = validators {
                db.prepare_cached("UPDATE feed SET etag = ?2, last_modified = ?3 WHERE n = ?1")?.execute(params![feed.n, etag, last_modified])?;
            }
            if body_hash.is_some() || feed.confirmed_day != Some(today) {
                db.prepare_cached("UPDATE feed SET body_hash = coalesce(?2, body_hash), confirmed_day = ?3 WHERE n = ?1")?
                    .execute(params![feed.n, body_hash, today])?;
            }
        }
        Encoded::Read { validators, body_hash, meaning, .. } => {
            db.prepare_cached(
                "UPDATE feed SET etag = ?2, last_modified = ?3, body_hash = ?4, meaning = ?5, baseline_done = 1, read_day = ?6, confirmed_day = ?6 WHERE n = ?1",
            )?
            .execute(params![feed.n, validators.etag, validators.last_modified, body_hash, meaning, today])?;
            // The last document stood until it was last confirmed, and so did its entries: only then did those leave that are not in this one.
            if let (Some(read), Some(confirmed)) = (feed.read_day, feed.confirmed_day)
                && confirmed > read
            {
                db.prepare_cached("UPDATE seen SET last_in = ?3 WHERE feed = ?1 AND last_in = ?2")?.execute([feed.n, read, confirmed])?;
            }
        }
    }
    Ok(())
}

fn record_entries(db: &Connection, feed: &Row, at: Timestamp, first: bool, entries: &mut [Entry], scope: Scope) -> Result<Committed> {
    let today = day(at);
    let mut added = Committed::default();
    let mut see = db.prepare_cached("INSERT INTO seen(feed, key, last_in) VALUES(?1, ?2, ?3) ON CONFLICT DO NOTHING")?;
    // Once a day: a document that changes every minute does not rewrite its entries every minute.
    let mut still_there = db.prepare_cached("UPDATE seen SET last_in = ?3 WHERE feed = ?1 AND key = ?2 AND last_in < ?3")?;
    let mut articles = Articles::prepare(db)?;
    for entry in entries {
        let Some(new) = &mut entry.new else {
            if scope.state {
                still_there.execute(params![feed.n, entry.key.0, today])?;
            }
            continue;
        };
        if scope.state {
            let unseen = see.execute(params![feed.n, entry.key.0, today])? == 1;
            #[cfg(feature = "fault-controls")]
            {
                new.unseen = unseen;
            }
            if !unseen {
                still_there.execute(params![feed.n, entry.key.0, today])?;
                continue;
            }
        }
        #[cfg(feature = "fault-controls")]
        if !new.unseen {
            continue;
        }
        let row = if scope.articles { articles.insert(feed.n, first, new)? } else { find_article(db, &new.id)? };
        let Some(row) = row else { continue };
        if scope.articles {
            added.new_articles += 1;
        }
        if scope.hits {
            added.new_hits += insert_hits(db, row, new)?;
        }
    }
    if added.new_articles > 0 {
        db.prepare_cached("UPDATE feed SET last_new = ?2 WHERE n = ?1")?.execute([feed.n, micros(at)])?;
    }
    Ok(added)
}

/// The statements that every new article takes.
struct Articles<'a> {
    db: &'a Connection,
    row: CachedStatement<'a>,
    text: CachedStatement<'a>,
}

impl<'a> Articles<'a> {
    fn prepare(db: &'a Connection) -> Result<Self> {
        let row = db.prepare_cached(
            "INSERT INTO article(id, feed, link, url_key, lang, published, fetched, matched_gen, baseline, matched)
             VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT DO NOTHING",
        )?;
        let text = db.prepare_cached("INSERT INTO article_text(article, body) VALUES(?1, ?2)")?;
        Ok(Self { db, row, text })
    }

    /// None: it is there already.
    fn insert(&mut self, feed: i64, first: bool, new: &New) -> Result<Option<i64>> {
        let matched = !new.hits.is_empty();
        let row = params![new.id.0, feed, new.link, new.url_key, new.lang, new.published, new.fetched, new.matched_gen, first, matched];
        if self.row.execute(row)? == 0 {
            return Ok(None);
        }
        let row = self.db.last_insert_rowid();
        self.text.execute(params![row, new.body])?;
        Ok(Some(row))
    }
}

fn find_article(db: &Connection, id: &ArticleId) -> Result<Option<i64>> {
    db.prepare_cached("SELECT n FROM article WHERE id = ?1 AND matched = 1")?.query_row([id.0], |row| row.get(0)).optional()
}

fn insert_hits(db: &Connection, article: i64, new: &New) -> Result<usize> {
    if new.hits.is_empty() {
        return Ok(0);
    }
    let mut insert = db.prepare_cached(
        "INSERT INTO hit(article, watch, watch_hash, score, spans) VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT(article, watch) DO NOTHING",
    )?;
    let mut inserted = 0;
    for hit in &new.hits {
        inserted += insert.execute(params![article, hit.watch, hit.watch_hash, hit.score, hit.spans])?;
    }
    Ok(inserted)
}

/// Which of these entries have been seen.
pub fn known(db: &Connection, feed: &str, keys: &[EntryKey]) -> Result<Vec<bool>> {
    let feed: Option<i64> = db.prepare_cached("SELECT n FROM feed WHERE id = ?1")?.query_row([feed], |row| row.get(0)).optional()?;
    let Some(feed) = feed else { return Ok(vec![false; keys.len()]) };
    let mut select = db.prepare_cached("SELECT 1 FROM seen WHERE feed = ?1 AND key = ?2")?;
    keys.iter().map(|key| select.exists(params![feed, key.0])).collect()
}
