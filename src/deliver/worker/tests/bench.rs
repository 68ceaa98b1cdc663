//! A sink and an outbox that exist only in memory and in tokio's paused time.

use super::super::Ended;
use super::super::outbox::Outbox;
use super::super::run::{Course, Settings};
use crate::config::OnUnknown;
use crate::deliver::outlet::{Outlet, Report};
use crate::model::AlertId;
use crate::store::{Delivery, Outcome, SinkState, StoreError};
use crate::telemetry::Progress;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    pub tries: u32,
    pub next: Option<Timestamp>,
    pub reason: Option<String>,
    pub dead: bool,
    pub claimed: bool,
    pub unknown: bool,
}

#[derive(Debug, Default)]
pub struct Kept {
    pub rows: BTreeMap<i64, Row>,
    pub sent: Vec<i64>,
    pub settles: usize,
    pub states: Vec<(SinkState, Option<String>)>,
    pub state_hangs: bool,
    /// How many were asked for, each time.
    pub claims: Vec<usize>,
    pub claim_takes: Duration,
}

/// Claims as the store does: first attempts by `seq`, then due retries.
#[derive(Debug, Clone, Default)]
pub struct Memory(pub Arc<Mutex<Kept>>);

impl Memory {
    pub fn with(n: i64) -> Self {
        let memory = Self::default();
        (1..=n).for_each(|seq| memory.add(seq));
        memory
    }

    pub fn add(&self, seq: i64) {
        self.0.lock().unwrap().rows.insert(seq, Row::default());
    }

    pub fn sent(&self) -> Vec<i64> {
        self.0.lock().unwrap().sent.clone()
    }

    pub fn row(&self, seq: i64) -> Row {
        self.0.lock().unwrap().rows[&seq].clone()
    }

    fn take(&self, n: usize, now: Timestamp) -> Vec<Delivery> {
        let mut kept = self.0.lock().unwrap();
        kept.claims.push(n);
        let mut due: Vec<(bool, i64)> = kept
            .rows
            .iter()
            .filter(|(_, row)| !row.dead && !row.claimed && row.next.is_none_or(|next| next <= now))
            .map(|(seq, row)| (row.tries > 0, *seq))
            .collect();
        due.sort_unstable();
        due.truncate(n);
        due.into_iter()
            .map(|(_, seq)| {
                let row = kept.rows.get_mut(&seq).unwrap();
                row.claimed = true;
                Delivery {
                    seq,
                    key: format!("d{seq}"),
                    alert_id: AlertId([0; 16]),
                    watch: "eco".into(),
                    kind: "alert.created".into(),
                    body: seq.to_string().into_bytes(),
                    tries: row.tries,
                    unknown: row.unknown,
                }
            })
            .collect()
    }
}

impl Outbox for Memory {
    async fn claim(&self, n: usize, now: Timestamp) -> Result<Vec<Delivery>, StoreError> {
        let takes = self.0.lock().unwrap().claim_takes;
        let claimed = self.take(n, now);
        tokio::time::sleep(takes).await;
        Ok(claimed)
    }

    async fn settle(&self, settled: Vec<(i64, Outcome)>) -> Result<(), StoreError> {
        let mut kept = self.0.lock().unwrap();
        kept.settles += 1;
        for (seq, outcome) in settled {
            if outcome == Outcome::Sent {
                assert!(kept.rows.remove(&seq).unwrap().claimed);
                kept.sent.push(seq);
                continue;
            }
            let row = kept.rows.get_mut(&seq).unwrap();
            assert!(std::mem::take(&mut row.claimed), "{seq} was not claimed");
            match outcome {
                Outcome::Sent | Outcome::Released => {}
                Outcome::Retry { next, reason, counts } => {
                    row.next = Some(next);
                    row.reason = Some(reason);
                    row.tries += u32::from(counts);
                }
                Outcome::Dead { reason } => {
                    row.dead = true;
                    row.reason = Some(reason);
                }
            }
        }
        Ok(())
    }

    async fn state(&self, state: SinkState, _since: Timestamp, reason: Option<String>) -> Result<(), StoreError> {
        let hangs = {
            let mut kept = self.0.lock().unwrap();
            if !kept.state_hangs {
                kept.states.push((state, reason));
            }
            kept.state_hangs
        };
        if hangs {
            std::future::pending::<()>().await;
        }
        Ok(())
    }

    fn waits(&self) -> bool {
        false
    }
}

/// A sink that does what it is told; every attempt is noted with the second it came in.
pub struct Told<F> {
    pub answer: F,
    pub takes: Duration,
    pub most: usize,
    pub start: Instant,
    pub attempts: Arc<Mutex<Vec<(u64, i64)>>>,
}

impl<F: FnMut(i64, u64) -> Report + Send> Outlet for Told<F> {
    fn most(&self) -> usize {
        self.most
    }

    async fn send(&mut self, batch: &[Delivery], _now: Timestamp) -> Report {
        let second = self.start.elapsed().as_secs();
        self.attempts.lock().unwrap().push((second, batch[0].seq));
        tokio::time::sleep(self.takes).await;
        (self.answer)(batch[0].seq, self.start.elapsed().as_secs())
    }
}

/// Everything around one loop.
pub struct Bench {
    pub memory: Memory,
    pub wake: Arc<Notify>,
    pub stop: CancellationToken,
    pub settings: Settings,
    pub takes: Duration,
    pub progress: Progress,
    /// Seconds by which the wall clock was set forward or back.
    pub skew: Arc<AtomicI64>,
    pub attempts: Arc<Mutex<Vec<(u64, i64)>>>,
    pub start: Instant,
}

pub fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_764_000_000 + second).unwrap()
}

impl Bench {
    pub fn new(memory: &Memory) -> Self {
        Self {
            memory: memory.clone(),
            wake: Arc::default(),
            stop: CancellationToken::new(),
            settings: Settings { name: "hook".into(), timeout: Duration::from_secs(15), rate: None, on_unknown: OnUnknown::Resend, once: false },
            takes: Duration::ZERO,
            progress: Progress::default(),
            skew: Arc::default(),
            attempts: Arc::default(),
            start: Instant::now(),
        }
    }

    /// The loop, with a sink that answers `answer(seq, second)` to each.
    pub async fn run(&self, answer: impl FnMut(i64, u64) -> Report + Send) -> Ended {
        let (start, skew) = (self.start, self.skew.clone());
        let clock = move || {
            let passed = SignedDuration::try_from(start.elapsed()).unwrap();
            at(skew.load(Ordering::SeqCst)) + passed
        };
        let outlet = Told { answer, takes: self.takes, most: 20, start, attempts: self.attempts.clone() };
        let beat = self.progress.register("deliver", Duration::from_secs(30));
        Course::new(self.settings.clone(), self.memory.clone(), outlet, self.wake.clone(), self.stop.clone(), clock, beat).run().await.unwrap()
    }

    /// The same for `seconds`, then a stop.
    pub async fn run_for(&self, seconds: u64, answer: impl FnMut(i64, u64) -> Report + Send) -> Ended {
        let (ended, ()) = tokio::join!(self.run(answer), async {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            self.stop.cancel();
        });
        ended
    }

    pub fn attempts_on(&self, seq: i64) -> Vec<u64> {
        self.attempts.lock().unwrap().iter().filter(|(_, s)| *s == seq).map(|(second, _)| *second).collect()
    }
}
