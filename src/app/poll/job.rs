//! One poll: fetch, read, match, commit.

use super::super::clock::now;
use super::super::live::Figures;
use super::super::plan::Feed;
use super::super::tasks::{blocking, unless};
use super::life::{Poll, Rhythm, SIGHTINGS};
use super::matching::match_entries;
use super::{Memory, Tools};
use crate::feed::{self, Input, Reading};
use crate::fetch::{FetchError, Fetched, Request, status_reason};
use crate::schedule::{self, Outcome};
use crate::store::{FeedHealth, PollOutcome, PolledEntry, StoreError, Validators, What};
use crate::telemetry::Event;
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Documents that one document may point to, at most, in one poll.
const FOLLOW: usize = 5;

/// Why entries that were read are not recorded.
const MATCHING_BROKE: &str = "matching its entries broke the program: please report this";

/// One poll of one feed.
#[derive(Debug)]
pub struct Job {
    /// The station's means.
    pub tools: Tools,
    /// The feed.
    pub feed: Arc<Feed>,
    /// Of its last poll.
    pub memory: Memory,
    /// Unconditionally.
    pub force: bool,
    /// The feed has left the configuration: drop the result.
    pub removed: CancellationToken,
    /// The program ends: drop the fetch.
    pub aborted: CancellationToken,
}

/// A job's end. No memory: nothing was recorded.
#[derive(Debug)]
pub struct Done {
    /// What is remembered from now on.
    pub memory: Option<Memory>,
}

/// What came of the way from the network to the entries.
struct Verdict {
    /// Set where something is wrong; else [`Poll::state`] finds it.
    trouble: Option<(FeedHealth, String)>,
    /// Where every hop was permanent.
    redirected: Option<url::Url>,
    /// The configured address answers, and the one it had moved to does not.
    moved_back: bool,
    /// Not one entry of the document is known.
    nothing_shared: bool,
    rhythm: Option<Rhythm>,
    next: Outcome,
    what: What,
    generation: u64,
    /// Kept so that a reload in the meantime can have it matched again.
    reading: Option<Arc<Reading>>,
}

impl Verdict {
    fn of(what: What, next: Outcome) -> Self {
        Self { trouble: None, redirected: None, moved_back: false, nothing_shared: false, rhythm: None, next, what, generation: 0, reading: None }
    }
}

impl Job {
    /// The whole poll.
    ///
    /// # Errors
    /// When the store fails for good.
    pub async fn run(self) -> Result<Done, StoreError> {
        Figures::count(&self.tools.shared.figures.polls);
        let began = now();
        let Some((fetched, moved_back)) = unless(&self.aborted, self.fetch()).await else { return Ok(Done { memory: None }) };
        let at = now();
        let mut verdict = match fetched {
            Ok(fetched) => self.judge(fetched, at).await?,
            Err(error) => self.failed(error.to_string(), error.retry_after),
        };
        verdict.moved_back = moved_back;
        self.commit(verdict, began, at).await
    }

    /// Asks where the feed has moved to, else where it is configured; says whether the latter answered instead of the former.
    async fn fetch(&self) -> (Result<Fetched, FetchError>, bool) {
        let validators = self.memory.validators.as_ref().filter(|_| !self.force);
        let configured = self.feed.spec.url.value.url();
        match &self.memory.moved_to {
            Some(moved) => match self.get(moved, validators).await {
                // What moved may move back, or vanish: the configured address has the last word.
                Ok(fetched) if fetched.status < 400 => (Ok(fetched), false),
                _ => {
                    let fetched = self.get(configured, None).await;
                    let back = fetched.as_ref().is_ok_and(|fetched| fetched.status < 400);
                    (fetched, back)
                }
            },
            None => (self.get(configured, validators).await, false),
        }
    }

    async fn get(&self, url: &url::Url, validators: Option<&Validators>) -> Result<Fetched, FetchError> {
        let spec = &self.feed.spec;
        let headers: Vec<(String, String)> = spec.headers.iter().map(|(name, value)| (name.clone(), value.reveal().to_string())).collect();
        let request = Request {
            home: Some(spec.url.value.url()),
            now: now(),
            url,
            etag: validators.and_then(|v| v.etag.as_deref()),
            last_modified: validators.and_then(|v| v.last_modified.as_deref()),
            headers: &headers,
            user_agent: spec.user_agent.as_deref(),
            allow_private: spec.allow_private,
            proxy: match &spec.proxy {
                crate::config::ProxySpec::None => None,
                crate::config::ProxySpec::Url(proxy) => Some(proxy.url()),
            },
            ca_file: spec.ca_file.as_deref(),
        };
        self.tools.fetcher.get(&request).await
    }

    fn failed(&self, reason: String, retry_after: Option<Duration>) -> Verdict {
        Figures::count(&self.tools.shared.figures.failed);
        let next = Outcome::Failed { failures: self.memory.failures + 1, retry_after };
        Verdict { trouble: Some((FeedHealth::Failing, reason)), ..Verdict::of(What::Failed, next) }
    }

    async fn judge(&self, fetched: Fetched, at: Timestamp) -> Result<Verdict, StoreError> {
        let validators = |fetched: &Fetched| {
            let found = Validators { etag: fetched.etag.clone(), last_modified: fetched.last_modified.clone() };
            (found.etag.is_some() || found.last_modified.is_some()).then_some(found)
        };
        let redirected = fetched.moved_to.clone();
        let settled = Outcome::Ok { max_age: fetched.max_age, ttl: None, retry_after: fetched.retry_after };
        match fetched.status {
            304 => return Ok(Verdict { redirected, ..unchanged(validators(&fetched), None, settled) }),
            410 => {
                let mut verdict = self.failed("410 Gone: the publisher has ended this feed; asked once a week from now on".into(), None);
                verdict.trouble = verdict.trouble.map(|(_, reason)| (FeedHealth::Gone, reason));
                verdict.next = Outcome::Gone;
                return Ok(verdict);
            }
            200..=299 => {}
            status => return Ok(self.failed(status_reason(status), fetched.retry_after)),
        }
        if fetched.cut.is_none() && !self.force && self.memory.body_hash == Some(fetched.body_hash) && self.memory.baseline_done {
            return Ok(Verdict { redirected, ..unchanged(validators(&fetched), Some(fetched.body_hash), settled) });
        }
        let Some(permit) = self.tools.permits.take(feed::memory_cost(&fetched.body)).await else {
            return Ok(self.failed("the program is ending".into(), None));
        };
        let fetched = Arc::new(fetched);
        let reading = self.read(fetched.clone(), at).await;
        let reading = match reading {
            Ok(Ok(reading)) => reading,
            Ok(Err(unreadable)) => return Ok(self.failed(unreadable.reason, None)),
            Err(panic) => return Ok(self.quarantine(&fetched, &panic)),
        };
        let whole = reading.complete && reading.follow.is_empty() && fetched.cut.is_none();
        let validators = validators(&fetched).filter(|_| whole);
        let body_hash = whole.then_some(fetched.body_hash);
        let settled =
            Outcome::Ok { max_age: fetched.max_age, ttl: reading.hints.ttl.or(reading.hints.update_period), retry_after: fetched.retry_after };
        // Its room is free for the documents that it points to.
        drop(fetched);
        let reading = Arc::new(self.follow(reading, at).await);
        if whole && self.memory.baseline_done && self.memory.meaning == Some(reading.meaning) {
            return Ok(Verdict { redirected, ..unchanged(validators, body_hash, settled) });
        }
        let known = self.tools.store.known(&self.feed.id, reading.entries.iter().map(|entry| entry.key).collect()).await?;
        let nothing_shared = self.memory.baseline_done && !known.is_empty() && !known.contains(&true);
        let rules = self.tools.shared.rules.read().await.clone();
        let entries = {
            let (feed, reading) = (self.feed.clone(), reading.clone());
            blocking(move || match_entries(&feed, &reading, &known, &rules, at)).await
        };
        drop(permit);
        let Ok(entries) = entries else {
            return Ok(self.failed(MATCHING_BROKE.into(), None));
        };
        let what = What::Read {
            validators,
            body_hash,
            meaning: whole.then_some(reading.meaning),
            first: !self.memory.baseline_done,
            entries: entries.entries,
        };
        Ok(Verdict {
            redirected,
            nothing_shared,
            rhythm: Rhythm::of(&reading.entries),
            generation: entries.generation,
            reading: Some(reading),
            ..Verdict::of(what, settled)
        })
    }

    async fn read(&self, fetched: Arc<Fetched>, at: Timestamp) -> Result<Result<Reading, feed::Unreadable>, String> {
        let feed = self.feed.clone();
        blocking(move || {
            feed::read(&Input {
                bytes: &fetched.body,
                content_type: fetched.content_type.as_deref(),
                url: Some(&fetched.url),
                cut: fetched.cut.is_some(),
                timezone: feed.spec.timezone.as_ref(),
                now: at,
                page: feed.page.as_ref(),
                json: feed.json.as_ref(),
            })
        })
        .await
    }

    /// Reads what a document only points to (the sitemaps of an index, the newest first), and adds its entries. Such a document is never
    /// taken for unchanged: it stays the same while what it points to grows.
    async fn follow(&self, mut reading: Reading, at: Timestamp) -> Reading {
        for url in reading.follow.clone().iter().take(FOLLOW) {
            let Some(fetched) = unless(&self.aborted, self.get(url, None)).await else { break };
            let further = match fetched {
                Ok(fetched) if (200..300).contains(&fetched.status) => self.read(Arc::new(fetched), at).await,
                Ok(fetched) => Ok(Err(feed::Unreadable { reason: status_reason(fetched.status).to_string() })),
                Err(error) => Ok(Err(feed::Unreadable { reason: error.to_string() })),
            };
            match further {
                Ok(Ok(further)) => {
                    reading.entries.extend(further.entries);
                    reading.warnings.extend(further.warnings);
                }
                Ok(Err(unreadable)) => reading.warnings.push(format!("{url}: {}", unreadable.reason)),
                Err(panic) => reading.warnings.push(format!("{url}: reading it broke the program: {panic}")),
            }
        }
        reading
    }

    /// A document that breaks the reader is kept for the report, and its feed asked rarely.
    fn quarantine(&self, fetched: &Fetched, panic: &str) -> Verdict {
        Event::Quarantined { name: &self.feed.name, panic }.emit();
        let name: String = self.feed.name.chars().map(|c| if c.is_alphanumeric() || c == '.' { c } else { '-' }).take(80).collect();
        let path = self.tools.quarantine.join(format!("{name}.bytes"));
        let kept = std::fs::create_dir_all(&self.tools.quarantine).and_then(|()| std::fs::write(&path, &fetched.body));
        let place = kept.map_or_else(|error| format!("its bytes could not be kept: {error}"), |()| format!("its bytes are in {}", path.display()));
        let mut verdict = self.failed(format!("reading it broke the program; {place}. Please report this"), None);
        verdict.trouble = verdict.trouble.map(|(_, reason)| (FeedHealth::Quarantined, reason));
        verdict.next = Outcome::Gone;
        verdict
    }

    async fn commit(self, mut verdict: Verdict, began: Timestamp, at: Timestamp) -> Result<Done, StoreError> {
        let next_due = schedule::next_due(began, &self.feed.timing(), verdict.next, fastrand::f64);
        let rules = self.tools.shared.rules.read().await;
        if self.removed.is_cancelled() {
            return Ok(Done { memory: None });
        }
        if let (Some(reading), What::Read { entries, .. }) = (&verdict.reading, &mut verdict.what)
            && rules.generation != verdict.generation
        {
            // A reload came between matching and here: what the old watches found is stale.
            let known: Vec<bool> = self.tools.store.known(&self.feed.id, reading.entries.iter().map(|entry| entry.key).collect()).await?;
            let (feed, reading, rules) = (self.feed.clone(), reading.clone(), rules.clone());
            match blocking(move || match_entries(&feed, &reading, &known, &rules, at)).await {
                Ok(again) => *entries = again.entries,
                Err(_) => verdict = self.failed(MATCHING_BROKE.into(), None),
            }
        }
        let memory = self.remember(&verdict, next_due, at);
        self.tell_change(&memory);
        let outcome = PollOutcome {
            feed: self.feed.id.clone(),
            at,
            next_due,
            state: memory.state,
            reason: memory.reason.clone(),
            failures: memory.failures,
            moved_to: memory.moved_to.as_ref().map(ToString::to_string),
            what: verdict.what,
        };
        let committed = self.tools.store.commit(outcome).await?;
        drop(rules);
        if committed.new_hits > 0 {
            self.tools.shared.undecided.notify_one();
        }
        Ok(Done { memory: Some(memory) })
    }

    fn remember(&self, verdict: &Verdict, next_due: Timestamp, at: Timestamp) -> Memory {
        let mut memory = self.memory.clone();
        memory.next_due = Some(next_due);
        memory.rhythm = verdict.rhythm.or(memory.rhythm);
        match &verdict.what {
            What::Failed => memory.failures += 1,
            What::Unchanged { validators, body_hash } => {
                memory.failures = 0;
                memory.validators = validators.clone().or(memory.validators);
                memory.body_hash = body_hash.or(memory.body_hash);
            }
            What::Read { validators, body_hash, meaning, entries, .. } => {
                memory.failures = 0;
                memory.baseline_done = true;
                memory.validators.clone_from(validators);
                memory.body_hash = *body_hash;
                memory.meaning = *meaning;
                if entries.iter().any(|entry| matches!(entry, PolledEntry::New { .. })) {
                    memory.last_new = Some(at);
                }
            }
        }
        if verdict.moved_back {
            (memory.moved_to, memory.redirected) = (None, None);
        }
        if verdict.trouble.is_none() {
            memory.redirected = verdict.redirected.clone().map(|url| {
                let before = memory.redirected.as_ref().filter(|(known, _)| *known == url).map_or(0, |(_, times)| *times);
                (url, before + 1)
            });
            if let Some((url, SIGHTINGS..)) = &memory.redirected {
                memory.moved_to = Some(url.clone());
            }
        }
        (memory.state, memory.reason) = match &verdict.trouble {
            Some((state, reason)) => (*state, Some(reason.clone())),
            None => self.state(verdict, &memory, at),
        };
        memory
    }

    fn state(&self, verdict: &Verdict, memory: &Memory, now: Timestamp) -> (FeedHealth, Option<String>) {
        let unchanged = matches!(verdict.what, What::Unchanged { .. });
        // The same document again neither heals a gap nor says anything of a rhythm that a restart has forgotten.
        if unchanged && (self.memory.state == FeedHealth::Gap || (self.memory.state == FeedHealth::Silent && memory.rhythm.is_none())) {
            return (self.memory.state, self.memory.reason.clone());
        }
        let first = (!self.memory.baseline_done).then(|| verdict.reading.as_ref().map_or(0, |reading| reading.entries.len()));
        let moved_to = memory.moved_to.as_ref().map(url::Url::as_str);
        Poll { now, first, nothing_shared: verdict.nothing_shared, last_new: memory.last_new, rhythm: memory.rhythm, moved_to }.state()
    }

    /// A healthy day is quiet: only what changed is said.
    fn tell_change(&self, memory: &Memory) {
        let healthy = |state| matches!(state, FeedHealth::Ok | FeedHealth::Baseline | FeedHealth::New);
        let (before, after) = (healthy(self.memory.state), healthy(memory.state));
        let other_trouble = self.memory.state != memory.state || (memory.state == FeedHealth::Failing && self.memory.reason != memory.reason);
        if before != after || (!after && other_trouble) {
            Event::Feed { name: &self.feed.name, state: memory.state.name(), reason: memory.reason.as_deref() }.emit();
        }
    }
}

fn unchanged(validators: Option<Validators>, body_hash: Option<[u8; 16]>, next: Outcome) -> Verdict {
    Verdict::of(What::Unchanged { validators, body_hash }, next)
}

#[cfg(test)]
mod tests {
    use super::super::{Memory, Permits, Tools};
    use super::*;
    use crate::app::live::{Notes, Rules, Shared};
    use crate::app::plan::plan;
    use crate::app::reload::register;
    use crate::config;
    use crate::fetch::{Fetcher, Settings};
    use crate::store::{Options, Store};
    use std::io::{Read, Write};
    use std::net::TcpListener;

    /// Serves one document to whoever asks, until the listener's thread ends with the test.
    fn serve(body: &'static str) -> std::net::SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = std::thread::Builder::new().name("outlet".into());
        server
            .spawn(move || {
                for mut stream in listener.incoming().flatten() {
                    let _ = stream.read(&mut [0; 4096]);
                    let _ = write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
                }
            })
            .unwrap();
        address
    }

    fn compiled(dir: &std::path::Path, feed: std::net::SocketAddr, keyword: &str) -> crate::app::Plan {
        let text = format!(
            "[[feed]]\nname = \"f\"\nurl = \"http://{feed}/\"\nallow_private = true\n[[watch]]\nname = \"w\"\nkeywords = [\"{keyword}\"]\n\
             [[sink]]\ntype = \"stdout\"\n"
        );
        let main = dir.join("newswatch.toml");
        std::fs::write(&main, text).unwrap();
        plan(config::load(&main).unwrap()).unwrap()
    }

    /// A poll is matched by the old watches, a reload puts new ones in their place and has passed, and only then the poll commits: it must
    /// not bring what the old ones found, nor miss what the new ones want.
    #[tokio::test]
    async fn a_poll_that_a_reload_overtakes_is_matched_again() {
        let feed =
            serve("<rss version=\"2.0\"><channel><title>t</title><item><title>ECO meets in Tehran</title><guid>1</guid></item></channel></rss>");
        let dir = tempfile::tempdir().unwrap();
        let old = compiled(dir.path(), feed, "meets");
        let new = compiled(dir.path(), feed, "Tehran");
        let store = Store::open(&Options { ballast: 0, ..Options::at(dir.path().join("db")) }, &dir.path().join("s")).unwrap();
        let (feed, state) = register(&store, &old).await.unwrap().remove(0);
        let shared = Arc::new(Shared::new(&old, store.next_generation().await.unwrap(), Notes::default()));
        let tools = Tools {
            shared: shared.clone(),
            store: store.clone(),
            fetcher: Fetcher::new(Settings::new("test")).unwrap(),
            permits: Permits::default(),
            quarantine: dir.path().join("quarantine"),
        };
        let (removed, aborted) = (CancellationToken::new(), CancellationToken::new());
        let job = Job { tools, feed, memory: Memory::from(state), force: false, removed, aborted };
        let fetched = job.fetch().await.0.unwrap();
        let at = now();
        let verdict = job.judge(fetched, at).await.unwrap();
        let generation = store.next_generation().await.unwrap();
        *shared.rules.write().await = Arc::new(Rules { generation, matcher: new.matcher.clone(), policy: new.policy.clone() });
        job.commit(verdict, at, at).await.unwrap();
        let undecided = store.undecided(now(), 10).await.unwrap();
        let found: Vec<&str> = undecided.hits.iter().flat_map(|hit| &hit.hit.spans).map(|span| span.text.as_str()).collect();
        assert_eq!(found, ["Tehran"]);
        store.close().await;
    }
}
