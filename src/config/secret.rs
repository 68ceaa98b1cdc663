//! Values that are never shown: header values, webhook secrets, URLs with a password or a token in them.
//!
//! Must not know: TOML.

use crate::model::Origin;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use url::Url;

/// Where a secret is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretSource {
    /// Written out in the configuration (a header value, a URL).
    Literal,
    /// `{ env = "NAME" }`
    Env(String),
    /// `{ file = "…" }`, absolute.
    File(PathBuf),
    /// `{ credential = "NAME" }`: a file in systemd's `$CREDENTIALS_DIRECTORY`.
    Credential(String),
}

/// A text that `Debug` and `Display` show as `***`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    value: Option<Arc<str>>,
    source: SecretSource,
    at: Option<Origin>,
}

impl Secret {
    /// A secret that stands in no file.
    pub fn literal(value: &str) -> Self {
        Self::new(Some(value), SecretSource::Literal, None)
    }

    /// None for a value that could not be read.
    pub(super) fn new(value: Option<&str>, source: SecretSource, at: Option<Origin>) -> Self {
        Self { value: value.map(Arc::from), source, at }
    }

    /// The value; empty if it could not be read ([`Secret::is_known`]).
    pub fn reveal(&self) -> &str {
        self.value.as_deref().unwrap_or_default()
    }

    /// False for one that could not be read outside the service.
    pub const fn is_known(&self) -> bool {
        self.value.is_some()
    }

    /// Where it is kept.
    pub const fn source(&self) -> &SecretSource {
        &self.source
    }

    /// Where it was written or named.
    pub const fn at(&self) -> Option<&Origin> {
        self.at.as_ref()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// An address, and how it may be shown.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretUrl {
    url: Url,
    masked: String,
    source: SecretSource,
    known: bool,
}

/// Names of query parameters that carry credentials.
const TELLING: [&str; 15] = [
    "access_token",
    "api-key",
    "api_key",
    "apikey",
    "auth",
    "authkey",
    "key",
    "pass",
    "passwd",
    "password",
    "pwd",
    "secret",
    "sig",
    "signature",
    "token",
];

impl SecretUrl {
    /// An address that is shown but for what looks like a credential in it.
    pub fn literal(url: Url) -> Self {
        Self { masked: mask(&url), url, source: SecretSource::Literal, known: true }
    }

    /// An address that is itself a secret: only its scheme and host are shown.
    pub(super) fn kept(url: &Url, source: SecretSource) -> Self {
        let host = url.host_str().unwrap_or_default();
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        Self { masked: format!("{}://{host}{port}/***", url.scheme()), url: url.clone(), source, known: true }
    }

    /// The stand-in for an address that could not be read; `placeholder` resolves nowhere.
    pub(super) fn unknown(placeholder: Url, source: SecretSource) -> Self {
        Self { masked: "***".into(), url: placeholder, source, known: false }
    }

    /// The address itself. Never show it.
    pub const fn url(&self) -> &Url {
        &self.url
    }

    /// The address as lists, logs and errors show it.
    pub fn masked(&self) -> &str {
        &self.masked
    }

    /// Where it is kept.
    pub const fn source(&self) -> &SecretSource {
        &self.source
    }

    /// False for one that could not be read outside the service; its `url` then leads nowhere.
    pub const fn is_known(&self) -> bool {
        self.known
    }
}

impl fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked)
    }
}

impl fmt::Display for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked)
    }
}

fn mask(url: &Url) -> String {
    let mut shown = url.clone();
    if !url.username().is_empty() || url.password().is_some() {
        // Both fail only for addresses without a host, which have no user either.
        let _ = shown.set_username("***");
        let _ = shown.set_password(None);
    }
    if let Some(query) = url.query() {
        let parts: Vec<String> = query
            .split('&')
            .map(|part| match part.split_once('=') {
                Some((name, _)) if TELLING.contains(&name.to_ascii_lowercase().as_str()) => format!("{name}=***"),
                _ => part.to_string(),
            })
            .collect();
        shown.set_query(Some(&parts.join("&")));
    }
    shown.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(url: &str) -> String {
        SecretUrl::literal(Url::parse(url).unwrap()).to_string()
    }

    #[test]
    fn an_address_is_shown_without_its_credentials() {
        assert_eq!(masked("https://report.az/en/rss?page=2"), "https://report.az/en/rss?page=2");
        assert_eq!(masked("https://user:pass@report.az/rss"), "https://***@report.az/rss");
        assert_eq!(masked("https://apitoken@report.az/rss"), "https://***@report.az/rss");
        assert_eq!(masked("https://report.az/rss?lang=az&Token=abc"), "https://report.az/rss?lang=az&Token=***");
    }

    #[test]
    fn an_address_that_is_a_secret_shows_its_host_only() {
        let url = Url::parse("https://hooks.example:8443/services/T0/B0/xyz").unwrap();
        let kept = SecretUrl::kept(&url, SecretSource::Env("HOOK".into()));
        assert_eq!(kept.masked(), "https://hooks.example:8443/***");
        assert_eq!(format!("{kept:?}"), "https://hooks.example:8443/***");
        assert_eq!(kept.url(), &url);
    }

    #[test]
    fn a_secret_shows_nothing() {
        let secret = Secret::literal("whsec_abc");
        assert_eq!(format!("{secret} {secret:?}"), "*** ***");
        assert_eq!(secret.reveal(), "whsec_abc");
    }
}
