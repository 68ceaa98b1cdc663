//! Whose turn it is: a binary heap of feeds by when they are due, and behind each busy host the feeds that wait for it.

use super::clock::{Clock, Moment};
use super::host::{HostId, Hosts, Turn};
use jiff::Timestamp;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::time::Duration;

/// All feeds and when they are due. A feed is a small number of the caller's choice (an index).
#[derive(Debug, Default)]
pub struct Schedule {
    gap: i64,
    clock: Clock,
    feeds: Vec<Feed>,
    live: usize,
    running: usize,
    hosts: Hosts,
    /// Feeds that wait for their time: 16 bytes each. Entries of an older turn are stale and skipped.
    due: BinaryHeap<Reverse<(Moment, Turn)>>,
    /// Hosts that feeds wait for, by when their pause is over.
    free: BinaryHeap<Reverse<(Moment, HostId)>>,
    /// What is to become of a running feed that was added anew or removed in the meantime.
    changed: HashMap<u32, Option<(HostId, Moment)>>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Feed {
    host: HostId,
    turn: u32,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum State {
    #[default]
    Absent,
    /// For its time.
    Waiting,
    /// Due, and waiting for its host.
    Queued,
    Running,
}

impl Schedule {
    /// An empty schedule that leaves a host alone for `host_gap` after each request.
    pub fn new(host_gap: Duration) -> Self {
        let mut schedule = Self::default();
        schedule.set_host_gap(host_gap);
        schedule
    }

    /// Leaves a host alone for `host_gap` after each request that ends from now on.
    pub fn set_host_gap(&mut self, host_gap: Duration) {
        self.gap = i64::try_from(host_gap.as_millis()).unwrap_or(i64::MAX);
    }

    /// Feeds in the schedule, running ones included.
    pub const fn len(&self) -> usize {
        self.live
    }

    /// No feeds.
    pub const fn is_empty(&self) -> bool {
        self.live == 0
    }

    /// Feeds given out by [`Schedule::pop`] and not yet [`Schedule::done`].
    pub const fn running(&self) -> usize {
        self.running
    }

    /// Adds a feed, or gives it another host or time. For a running one that counts once it is done, instead of its `next_due`.
    pub fn add(&mut self, feed: usize, host: &str, due: Timestamp) {
        let Ok(number) = u32::try_from(feed) else { return };
        let due = self.clock.moment(due);
        let host = self.hosts.join(host);
        if self.feeds.len() <= feed {
            self.feeds.resize(feed + 1, Feed::default());
        }
        let Some(slot) = self.feeds.get_mut(feed) else { return };
        match slot.state {
            State::Running => {
                let was_removed = match self.changed.insert(number, Some((host, due))) {
                    Some(Some((replaced, _))) => {
                        self.hosts.leave(replaced);
                        false
                    }
                    Some(None) => true,
                    None => false,
                };
                self.live += usize::from(was_removed);
                return;
            }
            State::Absent => self.live += 1,
            State::Waiting | State::Queued => self.hosts.leave(slot.host),
        }
        slot.host = host;
        self.wait(number, due);
    }

    /// Takes a feed out. A running one still holds its host until it is done.
    pub fn remove(&mut self, feed: usize) {
        let (Ok(number), Some(slot)) = (u32::try_from(feed), self.feeds.get_mut(feed)) else { return };
        match slot.state {
            State::Absent => return,
            State::Running => match self.changed.insert(number, None) {
                Some(Some((replaced, _))) => self.hosts.leave(replaced),
                Some(None) => return,
                None => {}
            },
            State::Waiting | State::Queued => {
                slot.state = State::Absent;
                slot.turn = slot.turn.wrapping_add(1);
                self.hosts.leave(slot.host);
            }
        }
        self.live -= 1;
    }

    /// A feed that is due and whose host is free; it is running from now on. Call it until it says no.
    pub fn pop(&mut self, now: Timestamp) -> Option<usize> {
        let now = self.clock.observe(now);
        loop {
            // Who waits for a host has been due for longer than who becomes due now.
            if let Some(turn) = self.next_of_a_free_host(now) {
                return Some(self.start(turn));
            }
            let turn = match self.due.peek() {
                Some(Reverse((at, turn))) if *at <= now => *turn,
                _ => return None,
            };
            self.due.pop();
            if !self.stands(turn, State::Waiting) {
                continue;
            }
            let Some(slot) = self.feeds.get_mut(turn.feed as usize) else { continue };
            let id = slot.host;
            let Some(host) = self.hosts.get(id) else { continue };
            if !host.running && host.free_at <= now {
                return Some(self.start(turn));
            }
            slot.state = State::Queued;
            host.queue.push_back(turn);
            self.promise(id);
        }
    }

    /// A running feed has been polled: its host rests for the gap, and its own next turn comes at `next_due`. Anything else is ignored.
    pub fn done(&mut self, feed: usize, next_due: Timestamp, now: Timestamp) {
        let now = self.clock.observe(now);
        let (Ok(number), Some(slot)) = (u32::try_from(feed), self.feeds.get_mut(feed)) else { return };
        if slot.state != State::Running {
            return;
        }
        self.running -= 1;
        let id = slot.host;
        if let Some(host) = self.hosts.get(id) {
            host.running = false;
            host.free_at = now.saturating_add(self.gap);
        }
        let change = self.changed.remove(&number);
        if change.is_some() {
            // What was changed has joined its host already, so the old membership ends even where both are the same host.
            self.hosts.leave(id);
        }
        match change {
            None => self.wait(number, self.clock.moment(next_due)),
            Some(Some((host, due))) => {
                slot.host = host;
                self.wait(number, due);
            }
            Some(None) => {
                slot.state = State::Absent;
                slot.turn = slot.turn.wrapping_add(1);
            }
        }
        self.promise(id);
    }

    /// When [`Schedule::pop`] may have something to give again; none while only running feeds can change that. A feed that is due and not yet
    /// taken gives a time that has passed.
    pub fn next_wake(&mut self) -> Option<Timestamp> {
        while self.due.peek().is_some_and(|Reverse((_, turn))| !self.stands(*turn, State::Waiting)) {
            self.due.pop();
        }
        while self.free.peek().copied().is_some_and(|Reverse((at, id))| !self.promised(at, id)) {
            self.free.pop();
        }
        let due = self.due.peek().map(|Reverse((at, _))| *at);
        let free = self.free.peek().map(|Reverse((at, _))| *at);
        due.into_iter().chain(free).min().map(|moment| self.clock.wall(moment))
    }

    /// The feed waits for `due`; whatever it waited for before is stale.
    fn wait(&mut self, feed: u32, due: Moment) {
        let Some(slot) = self.feeds.get_mut(feed as usize) else { return };
        slot.state = State::Waiting;
        slot.turn = slot.turn.wrapping_add(1);
        self.due.push(Reverse((due, Turn { feed, turn: slot.turn })));
        // Feeds that are scheduled anew again and again must not grow the heap: at most half of it is stale.
        if self.due.len() > 2 * self.live + 64 {
            let feeds = &self.feeds;
            self.due.retain(|Reverse((_, turn))| {
                feeds.get(turn.feed as usize).is_some_and(|slot| slot.turn == turn.turn && slot.state == State::Waiting)
            });
        }
    }

    fn start(&mut self, turn: Turn) -> usize {
        let feed = turn.feed as usize;
        if let Some(slot) = self.feeds.get_mut(feed) {
            slot.state = State::Running;
            if let Some(host) = self.hosts.get(slot.host) {
                host.running = true;
            }
        }
        self.running += 1;
        feed
    }

    fn stands(&self, turn: Turn, state: State) -> bool {
        self.feeds.get(turn.feed as usize).is_some_and(|slot| slot.turn == turn.turn && slot.state == state)
    }

    /// Makes sure that somebody looks at the host's queue when its pause is over. While a request is under way that is done's business.
    fn promise(&mut self, id: HostId) {
        let Some(host) = self.hosts.get(id) else { return };
        if !host.running && !host.queue.is_empty() && host.promised != Some(host.free_at) {
            host.promised = Some(host.free_at);
            self.free.push(Reverse((host.free_at, id)));
        }
    }

    fn promised(&mut self, at: Moment, id: HostId) -> bool {
        self.hosts.get(id).is_some_and(|host| host.promised == Some(at))
    }

    fn next_of_a_free_host(&mut self, now: Moment) -> Option<Turn> {
        while let Some(Reverse((at, id))) = self.free.peek().copied().filter(|Reverse((at, _))| *at <= now) {
            self.free.pop();
            if !self.promised(at, id) {
                continue;
            }
            if let Some(host) = self.hosts.get(id) {
                host.promised = None;
            }
            while let Some(turn) = self.hosts.get(id).and_then(|host| host.queue.pop_front()) {
                if self.stands(turn, State::Queued) {
                    return Some(turn);
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    #[test]
    fn a_feed_that_waits_takes_sixteen_bytes_of_heap() {
        assert_eq!(size_of::<Reverse<(Moment, Turn)>>(), 16);
        assert!(size_of::<Feed>() <= 12);
    }

    #[test]
    fn scheduling_anew_again_and_again_grows_nothing_and_loses_nothing() {
        let mut schedule = Schedule::new(Duration::ZERO);
        (0..3).for_each(|feed| schedule.add(feed, "a.example", at(500)));
        for round in 0..10_000 {
            schedule.add(0, "a.example", at(1000 + round));
            schedule.add(0, "b.example", at(1000 + round));
        }
        assert!(schedule.due.len() <= 70, "{}", schedule.due.len());
        assert_eq!(schedule.hosts.len(), 2);
        assert_eq!(schedule.next_wake(), Some(at(500)));
        assert_eq!((schedule.pop(at(499)), schedule.pop(at(500)), schedule.len()), (None, Some(1), 3));
        schedule.add(2, "a.example", at(900));
        assert_eq!(schedule.next_wake(), Some(at(900)), "not at the time it was first to come");
    }

    #[test]
    fn hosts_without_feeds_are_forgotten() {
        let mut schedule = Schedule::new(Duration::from_secs(1));
        for feed in 0..100 {
            schedule.add(feed, &format!("{feed}.example"), at(0));
        }
        while let Some(feed) = schedule.pop(at(1)) {
            match feed % 4 {
                0 => schedule.remove(feed),
                1 => schedule.add(feed, &format!("{feed}.example"), at(50)),
                2 => schedule.add(feed, "moved.example", at(50)),
                _ => schedule.add(feed, "never.example", at(50)),
            }
            schedule.add(if feed % 4 == 3 { feed } else { 1000 }, "last.example", at(50));
            schedule.done(feed, at(50), at(1));
        }
        assert_eq!(schedule.hosts.len(), 25 + 1 + 1, "those of feeds that came back, moved.example, last.example");
        (0..=1000).for_each(|feed| schedule.remove(feed));
        assert_eq!((schedule.hosts.len(), schedule.len(), schedule.running()), (0, 0, 0));
    }

    #[test]
    fn a_crowd_that_waits_for_one_host_is_promised_one_look() {
        let mut schedule = Schedule::new(Duration::from_secs(10));
        (0..1000).for_each(|feed| schedule.add(feed, "a.example", at(0)));
        assert_eq!(schedule.pop(at(0)), Some(0));
        schedule.done(0, at(5), at(1));
        assert_eq!(schedule.pop(at(6)), None);
        assert_eq!((schedule.free.len(), schedule.next_wake()), (1, Some(at(11))));
    }
}
