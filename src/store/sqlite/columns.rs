//! Between the types of the face and the columns of the tables.

use crate::store::{FeedHealth, SinkState};
use jiff::Timestamp;

/// A time as a column holds it.
pub fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

/// A column's time. What lies beyond the ends of time is its end.
pub fn time(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or(if micros < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

/// The whole days since 1970.
pub fn day(at: Timestamp) -> i64 {
    at.as_second().div_euclid(86_400)
}

/// A state as a column holds it.
pub const fn health_number(state: FeedHealth) -> i64 {
    state as i64
}

/// A column's state.
pub fn health(number: i64) -> FeedHealth {
    usize::try_from(number).ok().and_then(|n| FeedHealth::ALL.get(n)).copied().unwrap_or_default()
}

/// A sink's state as a column holds it.
pub const fn sink_number(state: SinkState) -> i64 {
    state as i64
}

/// A column's sink state.
pub fn sink_state(number: i64) -> SinkState {
    usize::try_from(number).ok().and_then(|n| SinkState::ALL.get(n)).copied().unwrap_or_default()
}

/// A count as SQLite takes it.
pub fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// A column's count.
pub fn counted(n: i64) -> u64 {
    u64::try_from(n).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_comes_back_from_its_number() {
        for state in FeedHealth::ALL {
            assert_eq!(health(health_number(state)), state);
        }
        for state in SinkState::ALL {
            assert_eq!(sink_state(sink_number(state)), state);
        }
        assert_eq!(health(99), FeedHealth::New);
    }

    #[test]
    fn days_before_1970_are_whole_days_too() {
        assert_eq!(day(Timestamp::from_second(-1).unwrap()), -1);
        assert_eq!(day(Timestamp::from_second(86_400).unwrap()), 1);
    }

    #[test]
    fn the_ends_of_time_fit() {
        for at in [Timestamp::MIN, Timestamp::MAX] {
            assert_eq!(micros(time(micros(at))), micros(at));
        }
        assert_eq!((time(i64::MIN), time(i64::MAX)), (Timestamp::MIN, Timestamp::MAX));
    }
}
