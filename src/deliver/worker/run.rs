//! The loop itself.

use super::Ended;
use super::outbox::Outbox;
use crate::config::{OnUnknown, Rate};
use crate::deliver::backoff::{Backoff, Step};
use crate::deliver::outlet::{Outlet, Report, Trouble, Verdict};
use crate::deliver::pace::Pace;
use crate::deliver::suspects::Suspects;
use crate::deliver::{retry, say};
use crate::store::{Delivery, Outcome, SinkState, StoreError};
use crate::telemetry::Beat;
use jiff::{SignedDuration, Timestamp};
use std::collections::VecDeque;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Covers a lost wake, and rows of an earlier run that have become due.
const TICK: Duration = Duration::from_secs(15);
/// How often the loop says that it moves while it waits for something.
const BEAT: Duration = Duration::from_secs(10);
/// What a stop leaves to the send in flight.
const GRACE: Duration = Duration::from_secs(5);
/// Between two attempts while the disk is full.
const FULL: Duration = Duration::from_secs(2);
/// Between two words about the same wait.
const SAY: Duration = Duration::from_secs(60);
/// What a word to the store about the sink's state may take: it must not hold up anything on a full disk.
const STATE: Duration = Duration::from_secs(2);
/// How far ahead of a clock that was set back a probe's hour may lie and still be kept.
const AHEAD: SignedDuration = SignedDuration::from_hours(2);
/// Deliveries to claim while the sink is open: the probe, and one to tell whose fault it is.
const PROBES: usize = 2;

/// What stays the same.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub name: String,
    pub timeout: Duration,
    pub rate: Option<Rate>,
    pub on_unknown: OnUnknown,
    pub once: bool,
}

/// What to do after a batch.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    Claim,
    /// The sink is out: claim again after this pause.
    Pause(Duration, String),
    /// It takes nothing any more.
    Off(String),
    Stop,
}

/// One sink's loop.
#[derive(Debug)]
pub(super) struct Course<O, L, C> {
    settings: Settings,
    outbox: O,
    outlet: L,
    wake: Arc<Notify>,
    stop: CancellationToken,
    clock: C,
    beat: Beat,
    backoff: Backoff,
    suspects: Suspects,
    pace: Option<Pace>,
    /// The hour that a pause was to end at: rows retried then are due, whatever the wall clock did meanwhile.
    due: Option<Timestamp>,
    /// When the next refused alert of this run is due; later ones are found by the tick.
    soon: Option<Instant>,
    /// What the store should know of the sink, until it does.
    state: Option<(SinkState, Timestamp, Option<String>)>,
    /// The last alert was refused: one word about it is enough.
    refusing: bool,
    ended: Ended,
}

impl<O: Outbox, L: Outlet, C: Fn() -> Timestamp + Send + Sync> Course<O, L, C> {
    pub fn new(settings: Settings, outbox: O, outlet: L, wake: Arc<Notify>, stop: CancellationToken, clock: C, beat: Beat) -> Self {
        let pace = settings.rate.map(|rate| Pace::new(rate.count, rate.per));
        // Whatever an earlier run said of the sink: it is tried at once.
        let state = Some((SinkState::Closed, clock(), None));
        Self {
            settings,
            outbox,
            outlet,
            wake,
            stop,
            clock,
            beat,
            backoff: Backoff::default(),
            suspects: Suspects::default(),
            pace,
            due: None,
            soon: None,
            state,
            refusing: false,
            ended: Ended::default(),
        }
    }

    pub async fn run(mut self) -> Result<Ended, StoreError> {
        let wake = self.wake.clone();
        while !self.stop.is_cancelled() {
            self.beat.beat();
            self.tell_state().await?;
            // It hears from here on, so that no wake falls between the claim and the wait.
            let woken = wake.notified();
            let most = match self.allowance() {
                Ok(most) => most,
                Err(pause) => {
                    self.wait(pause, std::future::pending()).await;
                    continue;
                }
            };
            let Some(claimed) = self.claim(most).await? else { break };
            if claimed.is_empty() {
                if self.settings.once {
                    break;
                }
                let pause = self.until_due();
                self.wait(pause, woken).await;
                continue;
            }
            match self.deliver(claimed.into()).await? {
                Next::Claim => {}
                Next::Stop => break,
                Next::Pause(_, reason) | Next::Off(reason) if self.settings.once => {
                    self.ended.trouble = Some(reason);
                    break;
                }
                Next::Pause(pause, _) => self.wait(pause, std::future::pending()).await,
                Next::Off(_) => {
                    self.tell_state().await?;
                    self.wait(Duration::MAX, std::future::pending()).await;
                }
            }
        }
        self.tell_state().await?;
        Ok(self.ended)
    }

    /// How many to claim, or how long the sink's `rate` makes us wait.
    fn allowance(&mut self) -> Result<usize, Duration> {
        let most = if self.backoff.open_since().is_some() { PROBES } else { self.outlet.most() };
        match &mut self.pace {
            Some(pace) => pace.free(Instant::now()).map(|free| most.min(free)),
            None => Ok(most),
        }
    }

    /// How long to wait for a wake.
    fn until_due(&mut self) -> Duration {
        let now = Instant::now();
        self.soon = self.soon.filter(|&soon| soon > now);
        self.soon.map_or(TICK, |soon| TICK.min(soon - now))
    }

    /// None: stopped.
    async fn claim(&mut self, most: usize) -> Result<Option<Vec<Delivery>>, StoreError> {
        let now = (self.clock)();
        let now = self.due.take().filter(|due| due.duration_since(now) < AHEAD).map_or(now, |due| due.max(now));
        let claimed = self.unless_stopped(self.outbox.claim(most, now)).await.transpose()?;
        let Some(claimed) = claimed else { return Ok(None) };
        if self.settings.on_unknown == OnUnknown::Resend {
            return Ok(Some(claimed));
        }
        let (unknown, known): (Vec<_>, Vec<_>) = claimed.into_iter().partition(|delivery| delivery.unknown);
        if !unknown.is_empty() {
            let reason = "it may have been sent when the service died, and on_unknown is \"drop\"";
            let dead = |d: &Delivery| {
                say::dead(&self.settings.name, &d.alert_id.to_string(), reason);
                (d.seq, Outcome::Dead { reason: reason.into() })
            };
            self.settle(unknown.iter().map(dead).collect()).await?;
        }
        Ok(Some(known))
    }

    /// Sends a batch part by part and settles each part before the next one.
    async fn deliver(&mut self, mut waiting: VecDeque<Delivery>) -> Result<Next, StoreError> {
        let mut told_full: Option<Instant> = None;
        while !waiting.is_empty() {
            #[cfg(feature = "fault-controls")]
            if self.settle_first(&mut waiting).await? {
                continue;
            }
            if self.stop.is_cancelled() {
                self.settle(waiting.iter().map(|d| (d.seq, Outcome::Released)).collect()).await?;
                return Ok(Next::Stop);
            }
            let Some(report) = self.send(waiting.make_contiguous()).await else {
                self.settle_abandoned(&waiting).await?;
                return Ok(Next::Stop);
            };
            self.dealt_with(&mut waiting, report.verdicts).await?;
            match report.trouble {
                None => {}
                Some(Trouble::Full(reason)) => {
                    if self.settings.once {
                        self.settle(waiting.iter().map(|d| (d.seq, Outcome::Released)).collect()).await?;
                        return Ok(Next::Pause(FULL, reason));
                    }
                    self.hold_for_space(&reason, &mut told_full).await?;
                    continue;
                }
                Some(Trouble::Gone(reason)) => {
                    self.settle(waiting.iter().map(|d| (d.seq, Outcome::Released)).collect()).await?;
                    say::disabled(&self.settings.name, &reason);
                    self.state = Some((SinkState::Disabled, (self.clock)(), Some(reason.clone())));
                    return Ok(Next::Off(reason));
                }
                Some(Trouble::Down { reason, asked, broke }) => {
                    if broke && self.blame_the_alert(&mut waiting, &reason).await? {
                        continue;
                    }
                    return self.down(&waiting, reason, asked).await;
                }
            }
            if told_full.take().is_some() {
                self.is_back((self.clock)(), Duration::ZERO);
            }
        }
        Ok(Next::Claim)
    }

    /// Settles what the sink has dealt with. Any verdict shows that the sink is there.
    async fn dealt_with(&mut self, waiting: &mut VecDeque<Delivery>, verdicts: Vec<Verdict>) -> Result<(), StoreError> {
        if verdicts.is_empty() {
            return Ok(());
        }
        if let Some(pace) = &mut self.pace {
            pace.took(verdicts.len(), Instant::now());
        }
        let settled: Vec<_> = waiting.drain(..verdicts.len().min(waiting.len())).zip(verdicts).map(|(d, v)| self.outcome(&d, v)).collect();
        let now = (self.clock)();
        if let Some(since) = self.backoff.answered() {
            self.is_back(now, unsigned(now.duration_since(since)));
        }
        self.settle(settled).await
    }

    fn outcome(&mut self, delivery: &Delivery, verdict: Verdict) -> (i64, Outcome) {
        let outcome = match verdict {
            Verdict::Sent => {
                self.refusing = false;
                self.ended.sent += 1;
                self.suspects.took(delivery.seq);
                Outcome::Sent
            }
            Verdict::Refused(reason) => self.refused(delivery, reason),
            Verdict::Unsendable(reason) => self.dead(delivery, reason),
        };
        (delivery.seq, outcome)
    }

    /// This alert follows its own schedule, the others go on.
    fn refused(&mut self, delivery: &Delivery, reason: String) -> Outcome {
        let Some(pause) = retry::pause(delivery.tries, fastrand::f64()) else { return self.dead(delivery, reason) };
        if !std::mem::replace(&mut self.refusing, true) {
            say::refused(&self.settings.name, &delivery.alert_id.to_string(), &reason, pause);
        }
        let due = Instant::now() + pause;
        self.soon = Some(self.soon.map_or(due, |soon| soon.min(due)));
        Outcome::Retry { next: later((self.clock)(), pause), reason, counts: true }
    }

    fn dead(&self, delivery: &Delivery, reason: String) -> Outcome {
        say::dead(&self.settings.name, &delivery.alert_id.to_string(), &reason);
        Outcome::Dead { reason }
    }

    /// The receiver broke over the first one. If that is the alert's own fault, it goes its own way: settled, true.
    async fn blame_the_alert(&mut self, waiting: &mut VecDeque<Delivery>, reason: &str) -> Result<bool, StoreError> {
        let Some(first) = waiting.front() else { return Ok(false) };
        if first.tries > 0 && self.backoff.open_since().is_none() {
            // It has a past. It opens nothing; it counts if the sink took others since.
            let outcome = if self.suspects.broke_over(first.seq) {
                self.refused(&first.clone(), reason.into())
            } else {
                let pause = retry::pause(first.tries, fastrand::f64()).unwrap_or(Duration::from_secs(86_400));
                Outcome::Retry { next: later((self.clock)(), pause), reason: reason.into(), counts: false }
            };
            let seq = first.seq;
            waiting.pop_front();
            self.settle(vec![(seq, outcome)]).await?;
            return Ok(true);
        }
        if !Suspects::worth_a_second(first.tries, self.backoff.failed_probes()) || waiting.len() < 2 {
            return Ok(false);
        }
        let Some(report) = self.send(waiting.make_contiguous().get(1..2).unwrap_or_default()).await else { return Ok(false) };
        if report.verdicts.is_empty() {
            return Ok(false);
        }
        let (Some(first), Some(second)) = (waiting.pop_front(), waiting.pop_front()) else { return Ok(false) };
        self.suspects.broke_over(first.seq);
        let blamed = (first.seq, self.refused(&first, reason.into()));
        self.settle(vec![blamed]).await?;
        self.dealt_with(&mut VecDeque::from([second]), report.verdicts).await?;
        Ok(true)
    }

    /// The sink is out: nothing counts, everything waits.
    async fn down(&mut self, waiting: &VecDeque<Delivery>, reason: String, asked: Option<Duration>) -> Result<Next, StoreError> {
        if let Some(pace) = &mut self.pace {
            pace.took(1, Instant::now());
        }
        let now = (self.clock)();
        let step = self.backoff.failed(now, asked, fastrand::f64());
        let pause = step.pause();
        let next = later(now, pause);
        self.due = Some(next);
        if let Step::Opened(pause) = step {
            say::opened(&self.settings.name, &reason, pause);
            self.state = Some((SinkState::Open, now, Some(reason.clone())));
        }
        let settled = waiting.iter().enumerate().map(|(index, d)| match index {
            0 => (d.seq, Outcome::Retry { next, reason: reason.clone(), counts: false }),
            _ => (d.seq, Outcome::Released),
        });
        self.settle(settled.collect()).await?;
        Ok(Next::Pause(pause, reason))
    }

    /// Waits two seconds with the batch in hand: the store may stand on the same full disk and is not asked for anything.
    async fn hold_for_space(&mut self, reason: &str, told: &mut Option<Instant>) -> Result<(), StoreError> {
        if told.is_none_or(|at| at.elapsed() >= SAY) {
            say::full(&self.settings.name, reason);
            if told.is_none() {
                self.state = Some((SinkState::Open, (self.clock)(), Some(reason.to_string())));
                self.tell_state().await?;
            }
            *told = Some(Instant::now());
        }
        self.wait(FULL, std::future::pending()).await;
        Ok(())
    }

    fn is_back(&mut self, now: Timestamp, out: Duration) {
        say::back(&self.settings.name, out);
        self.state = Some((SinkState::Closed, now, None));
    }

    /// A stop could not wait any longer for these: they may or may not have arrived.
    async fn settle_abandoned(&mut self, waiting: &VecDeque<Delivery>) -> Result<(), StoreError> {
        let outcome = match self.settings.on_unknown {
            OnUnknown::Resend => Outcome::Released,
            OnUnknown::Drop => Outcome::Dead { reason: "it may have been sent when the service stopped, and on_unknown is \"drop\"".into() },
        };
        let others = waiting.iter().skip(1).map(|d| (d.seq, Outcome::Released));
        let settled = waiting.front().map(|d| (d.seq, outcome)).into_iter().chain(others);
        self.settle(settled.collect()).await
    }

    /// Sends, and says meanwhile that the loop moves: a webhook has its deadline, and a file that hangs is told of. None: a stop came and
    /// its grace is over.
    async fn send(&mut self, batch: &[Delivery]) -> Option<Report> {
        let now = (self.clock)();
        let started = Instant::now();
        let (outlet, beat, stop) = (&mut self.outlet, &self.beat, &self.stop);
        let mut sending = pin!(outlet.send(batch, now));
        let mut told = started;
        let mut grace: Option<Instant> = None;
        loop {
            tokio::select! {
                biased;
                report = &mut sending => return Some(report),
                () = stop.cancelled(), if grace.is_none() => grace = Some(Instant::now() + GRACE),
                () = tokio::time::sleep_until(grace.unwrap_or(started)), if grace.is_some() => return None,
                () = tokio::time::sleep(BEAT) => {
                    beat.beat();
                    if started.elapsed() > self.settings.timeout && told.elapsed() >= SAY {
                        say::hangs(&self.settings.name, started.elapsed());
                        told = Instant::now();
                    }
                }
            }
        }
    }

    async fn settle(&self, settled: Vec<(i64, Outcome)>) -> Result<(), StoreError> {
        if settled.is_empty() {
            return Ok(());
        }
        // What was sent must be known to be sent: a stop does not end it at once, only where the store itself waits for disk space. Then
        // the rows are found again at the next start.
        let over = async {
            self.stop.cancelled().await;
            tokio::time::sleep(GRACE).await;
        };
        tokio::select! {
            biased;
            done = self.beating(self.outbox.settle(settled)) => done,
            () = over => Ok(()),
        }
    }

    /// Tells the store how the sink is doing, if it does not know yet; at the latest at the next turn.
    async fn tell_state(&mut self) -> Result<(), StoreError> {
        let Some((state, since, reason)) = self.state.clone() else { return Ok(()) };
        match tokio::time::timeout(STATE, self.outbox.state(state, since, reason)).await {
            Ok(Ok(())) => self.state = None,
            Ok(Err(error)) => return Err(error),
            Err(_) => {}
        }
        Ok(())
    }

    async fn unless_stopped<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            done = self.beating(work) => Some(done),
            () = self.stop.cancelled() => None,
        }
    }

    /// Waits for the store. While it waits for disk space and says so, we move too; if it hangs for another reason, we don't.
    async fn beating<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return done,
                () = tokio::time::sleep(BEAT) => {
                    if self.outbox.waits() {
                        self.beat.beat();
                    }
                }
            }
        }
    }

    /// Waits for `pause`, for `woken`, or for a stop.
    async fn wait(&self, pause: Duration, woken: impl Future<Output = ()>) {
        let mut woken = pin!(woken);
        let started = Instant::now();
        loop {
            let left = pause.saturating_sub(started.elapsed());
            if left.is_zero() {
                return;
            }
            tokio::select! {
                biased;
                () = self.stop.cancelled() => return,
                () = &mut woken => return,
                () = tokio::time::sleep(left.min(BEAT)) => self.beat.beat(),
            }
        }
    }

    /// The way to lose alerts: settled before it is sent. True: it was done so.
    #[cfg(feature = "fault-controls")]
    async fn settle_first(&mut self, waiting: &mut VecDeque<Delivery>) -> Result<bool, StoreError> {
        use crate::store::fault;
        if !fault::chosen(fault::SETTLE_FIRST) {
            return Ok(false);
        }
        if let Some(delivery) = waiting.pop_front() {
            self.settle(vec![(delivery.seq, Outcome::Sent)]).await?;
            fault::between_halves(fault::SETTLE_FIRST);
            self.send(std::slice::from_ref(&delivery)).await;
        }
        Ok(true)
    }
}

fn later(now: Timestamp, pause: Duration) -> Timestamp {
    SignedDuration::try_from(pause).ok().and_then(|pause| now.checked_add(pause).ok()).unwrap_or(now)
}

fn unsigned(duration: SignedDuration) -> Duration {
    Duration::try_from(duration).unwrap_or_default()
}
