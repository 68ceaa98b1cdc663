//! The clients behind the face: one for each distinct set of what a connection trusts and where it goes through.

use super::body::Room;
use super::error::{FetchError, Kind};
use super::resolve::{self, Guarded, Lookup};
use super::settings::Settings;
use super::tls;
use reqwest::header::HeaderValue;
use rustls::RootCertStore;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use url::Url;

/// The guarded client. Cheap to clone; clones share it, its memory for bodies included.
///
/// A `ca_file` is read when it is first needed and kept: a new one counts after the next reload, which makes a new `Fetcher`.
#[derive(Clone)]
pub struct Fetcher(Arc<Inner>);

impl std::fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fetcher").field("settings", &self.0.settings).finish_non_exhaustive()
    }
}

pub(super) struct Inner {
    pub settings: Settings,
    pub user_agent: HeaderValue,
    pub room: Room,
    lookup: Lookup,
    system_roots: RootCertStore,
    clients: Mutex<HashMap<Line, Client>>,
}

/// What makes one client differ from another.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Line {
    ca_file: Option<PathBuf>,
    allow_private: bool,
    proxy: Option<Url>,
}

impl Line {
    pub fn new(ca_file: Option<&Path>, allow_private: bool, proxy: Option<&Url>) -> Self {
        Self { ca_file: ca_file.map(Path::to_owned), allow_private, proxy: proxy.cloned() }
    }

    /// Names and connected addresses are judged. Behind a proxy only the proxy sees them, and it is trusted.
    pub fn guarded(&self) -> bool {
        !self.allow_private && self.proxy.is_none()
    }
}

#[derive(Clone)]
pub(super) struct Client {
    pub http: reqwest::Client,
    pub rootless: bool,
}

impl Fetcher {
    /// A client with the system's resolver and certificates. Works on a machine that has none of the latter.
    pub fn new(settings: Settings) -> Result<Self, FetchError> {
        Self::with_lookup(settings, resolve::system())
    }

    /// The same, finding the addresses of names by `lookup`; what it finds is judged all the same.
    pub fn with_lookup(settings: Settings, lookup: Lookup) -> Result<Self, FetchError> {
        let user_agent = HeaderValue::from_str(&settings.user_agent()).map_err(|_| {
            FetchError::new(Kind::Protocol, "[fetch] contact cannot stand in a header: write an address in one line, in Latin letters")
        })?;
        let inner = Inner { settings, user_agent, room: Room::default(), lookup, system_roots: tls::system_roots(), clients: Mutex::default() };
        Ok(Self(Arc::new(inner)))
    }

    pub(super) fn inner(&self) -> &Inner {
        &self.0
    }
}

impl Inner {
    pub fn client(&self, line: &Line) -> Result<Client, FetchError> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(line) {
            return Ok(client.clone());
        }
        let client = self.build(line)?;
        clients.insert(line.clone(), client.clone());
        Ok(client)
    }

    fn build(&self, line: &Line) -> Result<Client, FetchError> {
        let trust = tls::trust(&self.system_roots, line.ca_file.as_deref())?;
        let guard = Guarded { lookup: self.lookup.clone(), allow_private: !line.guarded(), deadline: self.settings.deadlines.lookup };
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(trust.config)
            .dns_resolver(guard)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .retry(reqwest::retry::never())
            .connect_timeout(self.settings.deadlines.connect)
            // An idle connection costs 24–32 KB, and the next poll is minutes away.
            .pool_max_idle_per_host(0)
            .tcp_keepalive(None)
            .tcp_user_timeout(None)
            // What a server may make us hold before we have looked at it.
            .http2_initial_stream_window_size(256 * 1024)
            .http2_initial_connection_window_size(256 * 1024)
            .http2_max_header_list_size(64 * 1024)
            // Old servers that browsers read all the same.
            .http1_allow_obsolete_multiline_headers_in_responses(true)
            .http1_allow_spaces_after_header_name_in_responses(true)
            .http1_ignore_invalid_headers_in_responses(true);
        if let Some(proxy) = &line.proxy {
            let unusable = || FetchError::new(Kind::Protocol, "`proxy` has to be an address such as http://proxy.example:3128");
            if !matches!(proxy.scheme(), "http" | "https") {
                return Err(unusable());
            }
            builder = builder.proxy(reqwest::Proxy::all(proxy.clone()).map_err(|_| unusable())?);
        }
        let http = builder.build().map_err(|error| FetchError::internal(error.without_url()))?;
        Ok(Client { http, rootless: trust.rootless })
    }
}
