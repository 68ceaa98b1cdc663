//! One event type that both logs and counts; the word to systemd.
