//! The one place that reads the wall clock; everyone else is told the time.

use jiff::Timestamp;

/// A reading of the wall clock, in UTC.
#[allow(clippy::disallowed_methods)] // this is the place the rule names
pub fn now() -> Timestamp {
    Timestamp::now()
}
