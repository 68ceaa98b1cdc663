//! What the client is told once, whatever it fetches. The app fills it from the configuration.

use std::time::Duration;

/// What holds for every request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Whom a publisher may write to when we trouble them: an address or a URL, named in the user agent.
    pub contact: Option<String>,
    /// Bytes of a decoded body at most; what goes beyond is cut off.
    pub max_body: u64,
    /// Our own version, named in the user agent.
    pub version: String,
    /// How long each stage of a request may take.
    pub deadlines: Deadlines,
}

impl Settings {
    /// The defaults for this version: 10 MiB a body, no contact.
    pub fn new(version: impl Into<String>) -> Self {
        Self { contact: None, max_body: 10 * 1024 * 1024, version: version.into(), deadlines: Deadlines::default() }
    }

    /// `newswatch/0.1.0 (+contact)`: who we are, and where to complain.
    pub(super) fn user_agent(&self) -> String {
        match &self.contact {
            Some(contact) => format!("newswatch/{} (+{contact})", self.version),
            None => format!("newswatch/{}", self.version),
        }
    }
}

/// How long each stage may take. Only all of them together hold: a server that sends a byte a second never trips the
/// deadline for reading, and one that never accepts never trips the one for the whole until then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// Finding the address of a name.
    pub lookup: Duration,
    /// Lookup, TCP and TLS together.
    pub connect: Duration,
    /// From one byte to the next, and from the request to the headers.
    pub read: Duration,
    /// Everything, redirects included. Waiting for our own room for a large body is not counted.
    pub total: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { lookup: seconds(10), connect: seconds(15), read: seconds(20), total: seconds(60) }
    }
}
