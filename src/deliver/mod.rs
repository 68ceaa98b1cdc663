//! The outbox worker and its sinks.
