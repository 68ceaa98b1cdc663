//! The demonstration: an invented press on loopback and the real daemon with the shipped watches. No network, throw-away state.
//!
//! Tests use the press too. Must not know: how the daemon works inside.

mod press;
mod run;
mod stories;

pub use press::{Press, document};
pub use run::{DemoError, run};
pub use stories::{OUTLETS, Outlet, STORIES, Story};
