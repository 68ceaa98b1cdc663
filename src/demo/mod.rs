//! An invented press on loopback.
