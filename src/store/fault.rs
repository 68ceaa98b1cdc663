//! Ways to lose data on purpose, so that the tests of durability can be seen to fail. In no release (feature `fault-controls`).
//!
//! `NEWSWATCH_FAULT` chooses one by name; with `NEWSWATCH_FAULT_KILL=N` the process kills itself the N-th time it stands between that fault's
//! two halves.

use std::sync::atomic::{AtomicU64, Ordering};

/// Validators and seen entries are committed before the articles and their hits.
pub const VALIDATORS_FIRST: &str = "validators-first";
/// Hits are kept in memory only, until the next request.
pub const MEMORY_HITS: &str = "memory-hits";
/// A delivery is settled before it is sent.
pub const SETTLE_FIRST: &str = "settle-first";

/// Is this the fault of this run?
pub fn chosen(name: &str) -> bool {
    std::env::var("NEWSWATCH_FAULT").is_ok_and(|chosen| chosen == name)
}

/// Between the two halves of `name`: here the process dies by SIGKILL, the N-th time it comes by.
pub fn between_halves(name: &str) {
    static PASSED: AtomicU64 = AtomicU64::new(0);
    let Some(nth) = std::env::var("NEWSWATCH_FAULT_KILL").ok().and_then(|n| n.parse::<u64>().ok()) else { return };
    if chosen(name) && PASSED.fetch_add(1, Ordering::SeqCst) + 1 == nth.max(1) {
        let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
        std::thread::sleep(std::time::Duration::from_secs(60));
    }
}
