//! The only composer, and the only place that spawns.
