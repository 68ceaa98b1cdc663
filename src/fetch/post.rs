//! Sending to a sink. Its address stands in the operator's own file: it may be private, and it follows no redirect.

use super::address;
use super::client::{Fetcher, Line};
use super::error::{self, FetchError, Kind, seconds};
use super::headers;
use jiff::Timestamp;
use reqwest::Response;
use reqwest::header::{self, HeaderValue};
use std::path::Path;
use std::time::Duration;
use tokio::time::Instant;
use url::Url;

/// Bytes of an answer that are looked at.
const MAX_ANSWER: usize = 4 * 1024;
/// Characters of an answer that are shown.
const MAX_EXCERPT: usize = 200;

/// One message to a sink.
#[derive(Debug, Clone, Copy)]
pub struct Post<'a> {
    /// The sink's own address.
    pub url: &'a Url,
    /// Headers, `Content-Type` among them.
    pub headers: &'a [(String, String)],
    /// The bytes to send.
    pub body: &'a [u8],
    /// For everything together.
    pub timeout: Duration,
    /// An http or https proxy.
    pub proxy: Option<&'a Url>,
    /// Certificates trusted besides the system's.
    pub ca_file: Option<&'a Path>,
    /// The wall clock, for a `Retry-After` that is a date.
    pub now: Timestamp,
}

/// A sink's answer, whatever its status; a redirect is an answer like any other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// The status.
    pub status: u16,
    /// How long the sink asks us to stay away, from now.
    pub retry_after: Option<Duration>,
    /// The beginning of what it said, in one line, without control characters; empty if it said nothing.
    pub excerpt: String,
}

impl Fetcher {
    /// Sends one message and reads the answer's beginning.
    ///
    /// # Errors
    /// [`FetchError`] where there was no answer. Whether the sink got the message is then unknown, but for [`Kind::Dns`], [`Kind::Connect`] and
    /// [`Kind::Tls`], where it did not.
    pub async fn post(&self, post: &Post<'_>) -> Result<Posted, FetchError> {
        address::judge(post.url, true, false)?;
        let client = self.inner().client(&Line::new(post.ca_file, true, post.proxy))?;
        let host = post.url.host_str().unwrap_or_default();
        let mut sent = headers::configured(post.headers)?;
        sent.entry(header::USER_AGENT).or_insert_with(|| self.inner().user_agent.clone());
        sent.entry(header::CONTENT_TYPE).or_insert(HeaderValue::from_static("application/json"));
        let until = Instant::now() + post.timeout;
        let sending = client.http.post(post.url.clone()).headers(sent).body(post.body.to_vec()).send();
        let response = match tokio::time::timeout_at(until, sending).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Err(error::explain(&error, host, self.inner().settings.deadlines.connect, client.rootless)),
            Err(_) => return Err(FetchError::new(Kind::Timeout, format!("no answer from {host} within {}", seconds(post.timeout)))),
        };
        let status = response.status().as_u16();
        let retry_after = headers::retry_after(response.headers(), post.now);
        Ok(Posted { status, retry_after, excerpt: excerpt(response, until).await })
    }
}

/// The status has said what counts; the words are a courtesy, so whatever breaks here only ends them.
async fn excerpt(mut response: Response, until: Instant) -> String {
    let mut bytes = Vec::new();
    while bytes.len() < MAX_ANSWER {
        match tokio::time::timeout_at(until, response.chunk()).await {
            Ok(Ok(Some(piece))) => bytes.extend(piece.iter().take(MAX_ANSWER - bytes.len())),
            _ => break,
        }
    }
    let text = String::from_utf8_lossy(&bytes);
    let one_line = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    one_line.chars().take(MAX_EXCERPT).collect()
}
