//! What is kept: one intent-level face over SQLite.
