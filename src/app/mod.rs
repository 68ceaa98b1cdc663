//! The only composer, and the only place that spawns: a plan from a configuration, and the daemon that runs it.
//!
//! The three stations of an article stand in [`poll`], [`decide`] and [`sinks`]; the store is the only hand-over between them. Must not know:
//! the command line.

pub mod clock;
mod daemon;
mod decide;
mod handler;
mod live;
mod plan;
mod poll;
mod reload;
mod sinks;
mod tasks;
mod watchdog;

pub use daemon::{AppError, Run, Summary, run};
pub use plan::{Feed, Plan, feeds_of, plan, settings};
pub use reload::{load, load_to_run};
pub use tasks::blocking;
