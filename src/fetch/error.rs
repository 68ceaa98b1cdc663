//! What went wrong, in words an operator understands. Addresses appear as hosts only: paths and queries may hold secrets.

use std::error::Error as StdError;
use std::io;
use std::net::IpAddr;
use std::time::Duration;

/// What an operator can do about a private address.
const ALLOW: &str = "If you run it yourself, add allow_private = true under this [[feed]].";

/// The stage at which a request failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The address is not one of the public internet, and nothing was sent.
    Private,
    /// The name has no address, or the name server does not answer.
    Dns,
    /// No connection: refused, or nobody there.
    Connect,
    /// The certificate or the handshake; also a `ca_file` that cannot be used.
    Tls,
    /// A deadline passed.
    Timeout,
    /// The connection broke before there was anything to read.
    Reset,
    /// A redirect that is not followed.
    Redirects,
    /// What came back is not HTTP as we accept it, or the request itself cannot be made.
    Protocol,
}

/// A request that brought nothing. [`FetchError::reason`] is a sentence or two for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct FetchError {
    /// What is wrong and, where there is a cure, what to do.
    pub reason: String,
    /// The stage.
    pub kind: Kind,
    /// How long the server asked us to stay away, if it got so far as to say so.
    pub retry_after: Option<Duration>,
    fact: usize,
}

impl FetchError {
    pub(super) fn new(kind: Kind, reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self { fact: reason.len(), reason, kind, retry_after: None }
    }

    fn advised(kind: Kind, fact: impl Into<String>, advice: &str) -> Self {
        let fact = fact.into();
        Self { fact: fact.len(), reason: format!("{fact}. {advice}"), kind, retry_after: None }
    }

    /// What is wrong, without what to do about it: for a command that has a cure of its own (`--allow-private`).
    pub fn fact(&self) -> &str {
        self.reason.get(..self.fact).unwrap_or(&self.reason)
    }

    /// The same, from a server that also said when to come back.
    pub(super) fn staying_away(self, retry_after: Option<Duration>) -> Self {
        Self { retry_after, ..self }
    }

    pub(super) fn private(host: &str) -> Self {
        Self::advised(Kind::Private, format!("{host} is private"), ALLOW)
    }

    pub(super) fn redirects_to_private(host: &str) -> Self {
        Self::advised(Kind::Private, format!("redirects to {host}, which is private"), ALLOW)
    }

    pub(super) fn private_name(name: &str, ip: IpAddr) -> Self {
        Self::advised(Kind::Private, format!("{name} is at {ip}, which is private"), ALLOW)
    }

    pub(super) fn dns(name: &str, error: &io::Error) -> Self {
        // libc's text, without Rust's preface, which says nothing to a person.
        let text = error.to_string();
        let why = text.strip_prefix("failed to lookup address information: ").unwrap_or(&text);
        Self::new(Kind::Dns, format!("no address for {name}: {why}"))
    }

    pub(super) fn dns_silent(name: &str, waited: Duration) -> Self {
        Self::new(Kind::Dns, format!("no address for {name}: the name server did not answer within {}", seconds(waited)))
    }

    /// Something of ours that should not fail did.
    pub(super) fn internal(error: impl std::fmt::Display) -> Self {
        Self::new(Kind::Protocol, format!("the request could not be made: {error}"))
    }
}

/// `20 s`, or `0.3 s` where it is short.
pub(super) fn seconds(duration: Duration) -> String {
    if duration.subsec_millis() == 0 { format!("{} s", duration.as_secs()) } else { format!("{:.1} s", duration.as_secs_f64()) }
}

/// What a failed exchange with `host` means. `rootless`: this client trusts no certificate at all.
pub(super) fn explain(error: &reqwest::Error, host: &str, connect: Duration, rootless: bool) -> FetchError {
    for cause in causes(error) {
        if let Some(ours) = cause.downcast_ref::<FetchError>() {
            return ours.clone();
        }
        if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
            return explain_tls(tls, host, rootless);
        }
    }
    if error.is_timeout() {
        return FetchError::new(Kind::Timeout, format!("{host} did not accept a connection within {}", seconds(connect)));
    }
    for cause in causes(error) {
        if let Some(found) = cause.downcast_ref::<io::Error>().and_then(|io| explain_io(io, error.is_connect())) {
            return found;
        }
        if let Some(found) = cause.downcast_ref::<hyper::Error>().and_then(explain_http) {
            return found;
        }
    }
    let deepest = causes(error).last().map_or_else(|| error.to_string(), |cause| cause.to_string());
    if error.is_connect() { FetchError::new(Kind::Connect, format!("no connection: {deepest}")) } else { FetchError::new(Kind::Protocol, deepest) }
}

/// An error and everything it was caused by. `io::Error::source` skips the error it was made of, which is the one that matters.
pub(super) fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    fn cause<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
        match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        }
    }
    std::iter::successors(Some(error), |error| cause(*error))
}

fn explain_io(error: &io::Error, connecting: bool) -> Option<FetchError> {
    use io::ErrorKind as E;
    let (kind, words) = match error.kind() {
        E::ConnectionRefused => (Kind::Connect, "connection refused"),
        E::HostUnreachable => (Kind::Connect, "no route to the host"),
        E::NetworkUnreachable | E::AddrNotAvailable => (Kind::Connect, "the network cannot be reached"),
        E::ConnectionReset | E::ConnectionAborted | E::BrokenPipe => (Kind::Reset, "connection reset"),
        E::UnexpectedEof if connecting => (Kind::Tls, "closed the connection during the TLS handshake"),
        E::UnexpectedEof => (Kind::Reset, "closed the connection without an answer"),
        _ => match error.raw_os_error() {
            // Not the feed's fault, and the operator has to hear it: too many open files.
            Some(23 | 24) => (Kind::Connect, "this machine is out of file descriptors (LimitNOFILE)"),
            _ => return None,
        },
    };
    Some(FetchError::new(kind, words))
}

fn explain_http(error: &hyper::Error) -> Option<FetchError> {
    if error.is_incomplete_message() || error.is_closed() || error.is_canceled() {
        return Some(FetchError::new(Kind::Reset, "closed the connection without an answer"));
    }
    if error.is_parse_too_large() {
        return Some(FetchError::new(Kind::Protocol, "sends more headers than we accept"));
    }
    error.is_parse().then(|| FetchError::new(Kind::Protocol, "does not answer in HTTP"))
}

fn explain_tls(error: &rustls::Error, host: &str, rootless: bool) -> FetchError {
    use rustls::CertificateError as C;
    let own = "If it is your own, name its authority with ca_file under this [[feed]].";
    match error {
        rustls::Error::InvalidCertificate(problem) => match problem {
            _ if rootless => {
                let advice = "Install the package ca-certificates and restart, or set ca_file.";
                FetchError::advised(Kind::Tls, "this machine trusts no certificates at all", advice)
            }
            C::UnknownIssuer => FetchError::advised(Kind::Tls, format!("the certificate of {host} is signed by an unknown authority"), own),
            C::Expired | C::ExpiredContext { .. } => FetchError::new(Kind::Tls, format!("the certificate of {host} has expired")),
            C::NotValidYet | C::NotValidYetContext { .. } => {
                FetchError::new(Kind::Tls, format!("the certificate of {host} is not valid yet; is this machine's clock right?"))
            }
            C::NotValidForName | C::NotValidForNameContext { .. } => FetchError::new(Kind::Tls, format!("the certificate is not one for {host}")),
            C::Revoked => FetchError::new(Kind::Tls, format!("the certificate of {host} is revoked")),
            other => FetchError::new(Kind::Tls, format!("the certificate of {host} cannot be used: {other}")),
        },
        rustls::Error::InvalidMessage(_) => FetchError::new(Kind::Tls, format!("{host} does not speak TLS at this port")),
        other => FetchError::new(Kind::Tls, format!("no TLS with {host}: {other}")),
    }
}

/// What a status that brings no document means, in a few words.
pub fn status_reason(status: u16) -> String {
    let words = match status {
        401 => "wants a name and a password",
        403 => "refuses us",
        404 => "nothing at this address",
        406 => "has no form that we asked for",
        410 => "gone for good",
        429 => "asks us to come less often",
        451 => "withheld for legal reasons",
        300..400 => "redirects to nowhere",
        500 => "the server failed",
        502 | 504 => "the server behind it does not answer",
        503 => "the server is overloaded or being mended",
        501 | 505..600 => "the server failed",
        400..500 => "refuses the request",
        _ => "not an answer we understand",
    };
    format!("HTTP {status}: {words}")
}
