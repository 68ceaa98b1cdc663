//! Where a redirect may lead, and what goes along. *Pure.*

use super::address;
use super::error::{FetchError, Kind};
use super::headers;
use reqwest::StatusCode;
use reqwest::header::{self, HeaderMap};
use url::Url;

/// Redirects followed at most.
pub(super) const MAX_HOPS: usize = 5;
/// Bytes of an address in `Location`.
const MAX_LOCATION: usize = 8 * 1024;

/// One request of a chain.
#[derive(Debug, Clone)]
pub(super) struct Hop {
    /// Where to; without name and password, so that they neither show nor end up in links resolved against it.
    pub url: Url,
    /// Still at the server that the configured headers and credentials are meant for. Once left, never again: a stranger chose the way back.
    pub at_home: bool,
    /// Every redirect so far was a permanent one.
    pub permanent: bool,
}

impl Hop {
    /// The first request, to `url`, with headers and credentials that are meant for the server of `home`.
    pub fn first(url: &Url, home: &Url) -> Self {
        Self { url: bare(url), at_home: same_server(home, url), permanent: true }
    }

    /// The address to send to: with the name and password of `home` while we are there.
    pub fn target(&self, home: &Url) -> Url {
        let mut url = self.url.clone();
        if self.at_home {
            // Cannot fail: `judge` has seen that there is a host.
            let _ = url.set_username(home.username());
            let _ = url.set_password(home.password());
        }
        url
    }

    /// The next request, if `status` and `headers` ask for one. `seen` holds every address so far, this one included.
    pub fn next(&self, status: StatusCode, headers: &HeaderMap, seen: &[Url], allow_private: bool) -> Result<Option<Self>, FetchError> {
        let permanent = match status.as_u16() {
            301 | 308 => true,
            302 | 303 | 307 => false,
            _ => return Ok(None),
        };
        let Some(location) = location(headers) else { return Ok(None) };
        let refused = |why: String| Err(FetchError::new(Kind::Redirects, why));
        let Ok(url) = self.url.join(location) else {
            return refused("redirects to something that is no address".to_owned());
        };
        address::judge(&url, allow_private, true)?;
        let host = url.host_str().unwrap_or_default();
        if self.url.scheme() == "https" && url.scheme() == "http" {
            return refused(format!("redirects from https to http ({host}), where anybody on the way could change it"));
        }
        let url = bare(&url);
        if seen.contains(&url) {
            return refused(format!("redirects in a circle ({host})"));
        }
        if seen.len() > MAX_HOPS {
            return refused(format!("redirects more than {MAX_HOPS} times"));
        }
        Ok(Some(Self { at_home: self.at_home && same_server(&self.url, &url), permanent: self.permanent && permanent, url }))
    }
}

/// Many servers write UTF-8 into `Location`, which browsers take.
fn location(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::LOCATION)?.as_bytes();
    std::str::from_utf8(value).ok().map(str::trim).filter(|text| !text.is_empty() && text.len() <= MAX_LOCATION)
}

/// The same host at the same port, or its step up from http to https at their usual ports.
fn same_server(from: &Url, to: &Url) -> bool {
    let port = |url: &Url| url.port_or_known_default();
    let step_up = (from.scheme(), port(from), to.scheme(), port(to)) == ("http", Some(80), "https", Some(443));
    from.host() == to.host() && ((from.scheme() == to.scheme() && port(from) == port(to)) || step_up)
}

fn bare(url: &Url) -> Url {
    let mut url = url.clone();
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_fragment(None);
    url
}

/// What the caller has to know of the way: the address that answered, and where to ask from now on.
pub(super) fn moved_to(first: &Hop, last: &Hop, home: &Url, status: StatusCode) -> Option<Url> {
    let arrived = status.is_success() || status == StatusCode::NOT_MODIFIED;
    (arrived && last.permanent && last.url != first.url).then(|| last.target(home))
}

/// Whether the headers of an answer are more than we accept.
pub(super) fn check_size(found: &HeaderMap) -> Result<(), FetchError> {
    if headers::too_large(found) { Err(FetchError::new(Kind::Protocol, "sends more headers than we accept")) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn go(from: &str, status: u16, to: &str) -> Result<Option<Hop>, FetchError> {
        let hop = Hop::first(&url(from), &url(from));
        let mut headers = HeaderMap::new();
        headers.insert(header::LOCATION, HeaderValue::from_bytes(to.as_bytes()).unwrap());
        hop.next(StatusCode::from_u16(status).unwrap(), &headers, std::slice::from_ref(&hop.url), false)
    }

    #[test]
    fn headers_and_credentials_stay_with_their_server() {
        for (from, to, at_home) in [
            ("http://u:p@a.example/x", "/y", true),
            ("http://u:p@a.example/x", "http://A.example:80/y", true),
            ("http://u:p@a.example/x", "https://a.example/y", true),
            ("https://u:p@a.example/x", "https://a.example/y", true),
            ("http://u:p@a.example/x", "http://www.a.example/y", false),
            ("http://u:p@a.example/x", "http://a.example:8080/y", false),
            ("http://u:p@a.example:8080/x", "https://a.example/y", false),
            ("http://u:p@a.example/x", "http://u:p@b.example/y", false),
            ("http://u:p@a.example/x", "//b.example/y", false),
        ] {
            let hop = go(from, 302, to).unwrap().unwrap();
            assert_eq!(hop.at_home, at_home, "{from} → {to}");
            assert_eq!(hop.target(&url(from)).username(), if at_home { "u" } else { "" }, "{from} → {to}");
            assert_eq!((hop.url.username(), hop.url.password()), ("", None));
        }
    }

    #[test]
    fn a_server_once_left_is_never_home_again() {
        let home = url("http://u:p@a.example/x");
        let away = go(home.as_str(), 302, "http://b.example/").unwrap().unwrap();
        let mut headers = HeaderMap::new();
        headers.insert(header::LOCATION, HeaderValue::from_static("http://a.example/z"));
        let back = away.next(StatusCode::FOUND, &headers, &[], false).unwrap().unwrap();
        assert!(!back.at_home);
        assert_eq!(back.target(&home).username(), "");
    }

    #[test]
    fn a_request_for_an_address_that_moved_is_not_at_home() {
        let hop = Hop::first(&url("https://b.example/x"), &url("https://u:p@a.example/x"));
        assert!(!hop.at_home);
        assert_eq!(hop.target(&url("https://u:p@a.example/x")).as_str(), "https://b.example/x");
    }

    #[test]
    fn what_is_not_followed_says_why() {
        let why = |from: &str, to: &str| go(from, 301, to).unwrap_err();
        assert_eq!(why("https://a.example/x", "http://a.example/x").kind, Kind::Redirects);
        assert!(why("https://a.example/x", "http://a.example/x").reason.contains("from https to http"));
        assert!(why("http://a.example/x", "/x#again").reason.contains("circle"));
        assert_eq!(why("http://a.example/x", "file:///etc/passwd").kind, Kind::Redirects);
        assert_eq!(why("http://a.example/x", "http://").kind, Kind::Redirects);
        for to in [
            "http://127.0.0.1/",
            "http://2130706433/",
            "//0x7f.1/",
            "http://[::ffff:10.0.0.1]/",
            "http://169.254.169.254/latest",
            "http://localhost/",
        ] {
            assert_eq!(why("http://a.example/x", to).kind, Kind::Private, "{to}");
        }
        assert!(go("http://a.example/x", 301, " ").unwrap().is_none(), "no Location: the status speaks for itself");
        assert!(go("http://a.example/x", 300, "/y").unwrap().is_none());
        assert!(go("http://a.example/x", 304, "/y").unwrap().is_none());
    }

    #[test]
    fn a_way_is_permanent_only_if_every_step_is() {
        assert!(go("http://a.example/x", 301, "/y").unwrap().unwrap().permanent);
        assert!(go("http://a.example/x", 308, "/y").unwrap().unwrap().permanent);
        for status in [302, 303, 307] {
            assert!(!go("http://a.example/x", status, "/y").unwrap().unwrap().permanent);
        }
    }

    #[test]
    fn an_address_in_the_letters_of_its_readers_is_followed() {
        assert_eq!(go("http://a.example/x", 301, "/xəbərlər").unwrap().unwrap().url.path(), "/x%C9%99b%C9%99rl%C9%99r");
    }
}
