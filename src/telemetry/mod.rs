//! What the daemon says of itself: events that a person reads in the log, the word to systemd, and whether every loop still moves.
//!
//! Must not know: any other room. Rooms hand it values; it decides how they sound.

mod event;
mod log;
mod progress;
mod systemd;

pub use event::Event;
pub use log::init;
pub use progress::{Beat, Progress};
pub use systemd::Systemd;
