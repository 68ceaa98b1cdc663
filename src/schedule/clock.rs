//! Time that never goes back, made of a wall clock that may.

use jiff::Timestamp;

/// A moment of the schedule, in milliseconds. Differs from the wall clock by all the steps that one has gone back.
pub(super) type Moment = i64;

/// Turns the wall clock's `now` into moments. When the wall clock is set back, everything that was to come stays as far away as it was: what
/// was due in five minutes still is. When it is set forward, what has become due is due, once.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Clock {
    offset: i64,
    last: Option<Moment>,
}

impl Clock {
    /// The moment that is now.
    pub fn observe(&mut self, now: Timestamp) -> Moment {
        let mut moment = self.moment(now);
        if let Some(last) = self.last.filter(|last| *last > moment) {
            self.offset = self.offset.saturating_add(last.saturating_sub(moment));
            moment = last;
        }
        self.last = Some(moment);
        moment
    }

    /// The moment of a time on the wall clock as it goes now.
    pub fn moment(&self, wall: Timestamp) -> Moment {
        wall.as_millisecond().saturating_add(self.offset)
    }

    /// The time on the wall clock at which `moment` comes; the latest there is for one that never comes.
    pub fn wall(&self, moment: Moment) -> Timestamp {
        Timestamp::from_millisecond(moment.saturating_sub(self.offset)).unwrap_or(Timestamp::MAX)
    }
}
