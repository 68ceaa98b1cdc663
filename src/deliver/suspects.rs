//! Is it the alert or the sink? A receiver that breaks over one alert (answers 500 or nothing to it, and to no other) looks like an outage, and an
//! outage lasts as long as it lasts: one such alert would hold up all the others for ever. It is the alert if the sink takes another one
//! in the meantime.
//!
//! Pure. Must not know: sinks, the store.

use std::collections::HashMap;

/// Failed probes after which the next alert in line is tried beside the first one.
const PATIENCE: u32 = 3;
/// Alerts that are remembered; more than that is no alert's fault.
const MOST: usize = 10_000;

/// Alerts that a sink broke over.
#[derive(Debug, Default)]
pub(super) struct Suspects {
    /// Deliveries that the sink took.
    taken: u64,
    /// By `seq`: how many it had taken when it broke over this one last.
    broke: HashMap<i64, u64>,
}

impl Suspects {
    /// The sink took this one.
    pub fn took(&mut self, seq: i64) {
        self.taken += 1;
        self.broke.remove(&seq);
    }

    /// The sink broke over this one (again). Says whether it has taken others since the last time it did: then it is this alert's fault.
    pub fn broke_over(&mut self, seq: i64) -> bool {
        if self.broke.len() >= MOST && !self.broke.contains_key(&seq) {
            return false;
        }
        self.broke.insert(seq, self.taken).is_some_and(|then| self.taken > then)
    }

    /// Should the next one in line be tried, to find out? `tries` are the counted attempts of the first.
    pub const fn worth_a_second(tries: u32, failed_probes: u32) -> bool {
        tries == 0 && failed_probes >= PATIENCE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_alert_if_others_went_through_in_between() {
        let mut suspects = Suspects::default();
        assert!(!suspects.broke_over(7), "once proves nothing");
        assert!(!suspects.broke_over(7), "twice in a row is an outage");
        suspects.took(8);
        assert!(suspects.broke_over(7));
        assert!(!suspects.broke_over(7), "each proof counts once");
        suspects.took(7);
        assert!(!suspects.broke_over(7));
    }
}
