//! Pure: when to poll next.
