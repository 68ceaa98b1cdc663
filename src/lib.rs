//! Newswatch watches the news: it polls feeds, finds the articles that a desk's watches ask for, tells each story once, and delivers
//! alerts that are never lost. `ARCHITECTURE.md` is the map; `tests/layering.rs` checks which room may use which.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod alert;
pub mod app;
pub mod cli;
pub mod config;
pub mod control;
pub mod deliver;
pub mod demo;
pub mod feed;
pub mod fetch;
pub mod model;
pub mod query;
pub mod schedule;
pub mod store;
pub mod story;
pub mod telemetry;
pub mod text;
