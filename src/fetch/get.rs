//! Fetching: one conditional GET, its redirects walked by hand so that every step is judged before anything is sent.

use super::body::{Body, BodyPermit, CutBy, Limits};
use super::client::{Client, Fetcher, Line};
use super::error::{self, FetchError, Kind, seconds};
use super::headers;
use super::hop::{self, Hop};
use jiff::Timestamp;
use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::{Response, StatusCode};
use std::path::Path;
use std::time::Duration;
use tokio::time::Instant;
use url::Url;
use xxhash_rust::xxh3::xxh3_128;

/// What we like to get, best first; a server that knows none of it may send what it has.
const ACCEPT: &str =
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5";

/// One document to fetch. [`Request::new`] has the defaults; everything else is what the feed is configured with.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Where to ask: the configured address, or the one it has permanently moved to.
    pub url: &'a Url,
    /// The configured address, where `url` is not it. Configured headers and the name and password in the address go to this server only.
    pub home: Option<&'a Url>,
    /// Validators of the last good reading. None: the document is wanted whatever it is.
    pub etag: Option<&'a str>,
    /// The same, as the server wrote it.
    pub last_modified: Option<&'a str>,
    /// Configured headers.
    pub headers: &'a [(String, String)],
    /// Instead of our own.
    pub user_agent: Option<&'a str>,
    /// Addresses inside this machine and its network may be reached.
    pub allow_private: bool,
    /// An http or https proxy; it is trusted, and its own address may be private.
    pub proxy: Option<&'a Url>,
    /// Certificates trusted besides the system's.
    pub ca_file: Option<&'a Path>,
    /// The wall clock, for a `Retry-After` that is a date.
    pub now: Timestamp,
}

impl<'a> Request<'a> {
    /// An unconditional request to a public address.
    pub const fn new(url: &'a Url, now: Timestamp) -> Self {
        let (headers, allow_private) = (&[], false);
        Self { url, home: None, etag: None, last_modified: None, headers, user_agent: None, allow_private, proxy: None, ca_file: None, now }
    }
}

/// An answer, whatever its status. Only a 2xx has a body.
#[derive(Debug)]
pub struct Fetched {
    /// The status of the last answer. 304 only where validators were sent.
    pub status: u16,
    /// The address that answered, without name and password: what links are resolved against.
    pub url: Url,
    /// Where to ask from now on, if every redirect on the way was permanent and led to a document.
    pub moved_to: Option<Url>,
    /// Validator of this answer.
    pub etag: Option<String>,
    /// Validator of this answer, as the server wrote it.
    pub last_modified: Option<String>,
    /// As the server wrote it, and not to be believed.
    pub content_type: Option<String>,
    /// How long the server asks us to stay away, from now.
    pub retry_after: Option<Duration>,
    /// How long the answer is fresh, from now.
    pub max_age: Option<Duration>,
    /// The document, unpacked.
    pub body: Vec<u8>,
    /// The body is not whole: no validators may be saved. (A plain body that only the end of the connection ends can be cut without anybody
    /// noticing; its reader sees that the document is not closed.)
    pub cut: Option<CutBy>,
    /// XXH3 of the body: the same bytes need not be read again.
    pub body_hash: [u8; 16],
    /// The body's share of memory: drop it with the body.
    pub permit: BodyPermit,
}

impl Fetcher {
    /// Fetches one document. Every answer, also a 404, is `Ok`; an error means that there was none we could use.
    ///
    /// # Errors
    /// [`FetchError`], whose reason is meant for people. Nothing was sent to an address of kind [`Kind::Private`].
    pub async fn get(&self, request: &Request<'_>) -> Result<Fetched, FetchError> {
        let deadlines = self.inner().settings.deadlines;
        let until = Instant::now() + deadlines.total;
        let home = request.home.unwrap_or(request.url);
        super::address::judge(request.url, request.allow_private, false)?;
        let line = Line::new(request.ca_file, request.allow_private, request.proxy);
        let client = self.inner().client(&line)?;
        let common = self.headers(request)?;
        let own = headers::configured(request.headers)?;

        let first = Hop::first(request.url, home);
        let mut hop = first.clone();
        let mut seen = vec![hop.url.clone()];
        loop {
            let mut sent = common.clone();
            if hop.at_home {
                sent.extend(own.clone());
            }
            let (response, head) = self.exchange(&client, &line, hop.target(home), sent, until, request.now).await?;
            let staying_away = |error: FetchError| error.staying_away(head.retry_after);
            if let Some(next) = hop.next(response.status(), response.headers(), &seen, request.allow_private).map_err(staying_away)? {
                seen.push(next.url.clone());
                hop = next;
                continue;
            }
            if response.status() == StatusCode::NOT_MODIFIED && request.etag.is_none() && request.last_modified.is_none() {
                return Err(staying_away(FetchError::new(Kind::Protocol, "says that nothing has changed (304), though nothing was compared")));
            }
            let moved_to = hop::moved_to(&first, &hop, home, response.status());
            let status = response.status().as_u16();
            let limits = Limits {
                max: usize::try_from(self.inner().settings.max_body).unwrap_or(usize::MAX),
                read: deadlines.read,
                total: deadlines.total,
                until,
            };
            let wanted = response.status().is_success();
            let body = if wanted { self.inner().room.read(response, limits).await.map_err(staying_away)? } else { Body::default() };
            return Ok(head.with(status, hop.url, moved_to, body));
        }
    }

    /// What is sent on every hop.
    fn headers(&self, request: &Request<'_>) -> Result<HeaderMap, FetchError> {
        let mut sent = HeaderMap::new();
        let unusable = |what: &str| FetchError::new(Kind::Protocol, format!("{what} cannot stand in a header"));
        sent.insert(header::ACCEPT, HeaderValue::from_static(ACCEPT));
        let agent = request.user_agent.map(|own| HeaderValue::from_str(own).map_err(|_| unusable("`user_agent`"))).transpose()?;
        sent.insert(header::USER_AGENT, agent.unwrap_or_else(|| self.inner().user_agent.clone()));
        // A stored validator that cannot be sent is none.
        for (name, value) in [(header::IF_NONE_MATCH, request.etag), (header::IF_MODIFIED_SINCE, request.last_modified)] {
            if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok()) {
                sent.insert(name, value);
            }
        }
        Ok(sent)
    }

    /// One request and the headers of its answer, from an address that was allowed to answer.
    async fn exchange(
        &self,
        client: &Client,
        line: &Line,
        to: Url,
        sent: HeaderMap,
        until: Instant,
        now: Timestamp,
    ) -> Result<(Response, Head), FetchError> {
        let deadlines = self.inner().settings.deadlines;
        let host = to.host_str().unwrap_or_default().to_owned();
        let patience = deadlines.connect + deadlines.read;
        let answer = tokio::time::timeout_at(until.min(Instant::now() + patience), client.http.get(to).headers(sent).send()).await;
        let response = match answer {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Err(error::explain(&error, &host, deadlines.connect, client.rootless)),
            Err(_) => return Err(FetchError::new(Kind::Timeout, format!("no answer from {host} within {}", seconds(patience.min(deadlines.total))))),
        };
        // The resolver has judged this already; if it ever were not so, nothing of the answer is used.
        if let Some(address) = response.remote_addr().filter(|address| line.guarded() && !super::address::is_public_resolved(address.ip())) {
            return Err(FetchError::private_name(&host, address.ip()));
        }
        hop::check_size(response.headers())?;
        let head = Head::of(response.headers(), now);
        Ok((response, head))
    }
}

/// What the headers of an answer say.
#[derive(Debug)]
struct Head {
    etag: Option<String>,
    last_modified: Option<String>,
    content_type: Option<String>,
    retry_after: Option<Duration>,
    max_age: Option<Duration>,
}

impl Head {
    fn of(found: &HeaderMap, now: Timestamp) -> Self {
        Self {
            etag: headers::validator(found, &header::ETAG),
            last_modified: headers::validator(found, &header::LAST_MODIFIED),
            content_type: headers::validator(found, &header::CONTENT_TYPE),
            retry_after: headers::retry_after(found, now),
            max_age: headers::cache_max_age(found),
        }
    }

    fn with(self, status: u16, url: Url, moved_to: Option<Url>, body: Body) -> Fetched {
        let Self { etag, last_modified, content_type, retry_after, max_age } = self;
        let body_hash = xxh3_128(&body.bytes).to_be_bytes();
        let Body { bytes: body, cut, permit } = body;
        Fetched { status, url, moved_to, etag, last_modified, content_type, retry_after, max_age, body, cut, body_hash, permit }
    }
}
