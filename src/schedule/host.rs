//! The hosts behind the feeds: one request at a time, and a pause after each.

use super::clock::Moment;
use std::collections::{HashMap, VecDeque};

/// A host by number.
pub(super) type HostId = u32;

/// A feed's turn: stale once the feed has been scheduled anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Turn {
    pub feed: u32,
    pub turn: u32,
}

#[derive(Debug, Default)]
pub(super) struct Host {
    name: Box<str>,
    /// Feeds that belong to it, a running one that has been removed included.
    feeds: u32,
    pub running: bool,
    /// The pause after the last request is over.
    pub free_at: Moment,
    /// Feeds that are due and wait for the host, in the order in which they became due.
    pub queue: VecDeque<Turn>,
    /// The moment at which the schedule has promised to look at the queue.
    pub promised: Option<Moment>,
}

/// All hosts, by number and by name. A host without feeds is forgotten once its pause does not matter any more.
#[derive(Debug, Default)]
pub(super) struct Hosts {
    all: Vec<Host>,
    by_name: HashMap<Box<str>, HostId>,
    spare: Vec<HostId>,
}

impl Hosts {
    /// The host of that name, with one feed more.
    pub fn join(&mut self, name: &str) -> HostId {
        let id = self.by_name.get(name).copied().unwrap_or_else(|| self.new_host(name));
        if let Some(host) = self.get(id) {
            host.feeds += 1;
        }
        id
    }

    /// One feed less.
    pub fn leave(&mut self, id: HostId) {
        let Some(host) = self.get(id) else { return };
        host.feeds = host.feeds.saturating_sub(1);
        if host.feeds == 0 {
            let name = std::mem::take(host).name;
            self.by_name.remove(&name);
            self.spare.push(id);
        }
    }

    pub fn get(&mut self, id: HostId) -> Option<&mut Host> {
        self.all.get_mut(id as usize)
    }

    /// Hosts that feeds belong to.
    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.by_name.len()
    }

    fn new_host(&mut self, name: &str) -> HostId {
        let id = self.spare.pop().unwrap_or_else(|| {
            self.all.push(Host::default());
            u32::try_from(self.all.len() - 1).unwrap_or(u32::MAX)
        });
        if let Some(host) = self.get(id) {
            *host = Host { name: name.into(), free_at: Moment::MIN, ..Host::default() };
        }
        self.by_name.insert(name.into(), id);
        id
    }
}
