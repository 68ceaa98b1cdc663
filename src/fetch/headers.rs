//! The few headers we read, and which of ours a feed may set. *Pure.*

use super::error::{FetchError, Kind};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use std::time::Duration;

/// Bytes of all response headers together.
const MAX_HEADERS: usize = 64 * 1024;
/// Bytes of a validator. It is stored and sent back with every poll.
const MAX_VALIDATOR: usize = 1024;

/// `Retry-After`: seconds, or a date counted from the server's own `Date`, else from `now`. What has passed is zero.
pub fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Some(seconds) = whole_seconds(value) {
        return Some(seconds);
    }
    let date = http_date(value)?;
    let from = text(headers, &header::DATE).and_then(http_date).unwrap_or(now);
    Some(Duration::try_from(date.duration_since(from)).unwrap_or_default())
}

/// How long the answer is fresh: `Cache-Control: max-age` less `Age`. None where the server wants to be asked every time.
pub fn cache_max_age(headers: &HeaderMap) -> Option<Duration> {
    let mut age = None;
    for value in headers.get_all(header::CACHE_CONTROL) {
        for directive in value.to_str().ok()?.split(',') {
            let (name, argument) = directive.split_once('=').unwrap_or((directive, ""));
            match name.trim().to_ascii_lowercase().as_str() {
                "no-cache" | "no-store" => return None,
                "max-age" => age = age.or_else(|| whole_seconds(argument.trim().trim_matches('"'))),
                _ => {}
            }
        }
    }
    let spent = text(headers, &header::AGE).and_then(whole_seconds).unwrap_or_default();
    age.map(|age| age.saturating_sub(spent)).filter(|age| !age.is_zero())
}

/// A number of seconds, however large.
fn whole_seconds(text: &str) -> Option<Duration> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| Duration::from_secs(text.parse().unwrap_or(u64::from(u32::MAX)).min(u64::from(u32::MAX))))
}

/// A date of HTTP in its three forms (RFC 9110, 5.6.7).
fn http_date(text: &str) -> Option<Timestamp> {
    let civil = |format| DateTime::strptime(format, text).ok();
    let imf = || civil("%a, %d %b %Y %H:%M:%S GMT");
    let rfc850 = || civil("%A, %d-%b-%y %H:%M:%S GMT");
    let asctime = || civil("%a %b %e %H:%M:%S %Y");
    let written = imf().or_else(rfc850).or_else(asctime)?;
    TimeZone::UTC.to_timestamp(written).ok()
}

/// The value of a header that is plain ASCII.
pub(super) fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim).filter(|text| !text.is_empty())
}

/// A validator that can be kept and sent back.
pub(super) fn validator(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    text(headers, name).filter(|text| text.len() <= MAX_VALIDATOR).map(str::to_owned)
}

/// More bytes of headers than any feed needs. (Their number is bounded while they are read: 100, hyper's own limit.)
pub(super) fn too_large(headers: &HeaderMap) -> bool {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum::<usize>() > MAX_HEADERS
}

/// The headers a feed or a sink is configured with. What frames the message is ours to say.
pub(super) fn configured(pairs: &[(String, String)]) -> Result<HeaderMap, FetchError> {
    let mut map = HeaderMap::new();
    for (name, value) in pairs {
        let unusable = |why: &str| FetchError::new(Kind::Protocol, format!("the header {name:?} under `headers` {why}"));
        let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unusable("has a name that HTTP does not allow"))?;
        if ["host", "connection", "content-length", "transfer-encoding", "te", "trailer", "upgrade", "keep-alive", "expect"].contains(&key.as_str()) {
            return Err(unusable("cannot be set: it belongs to the connection"));
        }
        let mut value = HeaderValue::from_str(value).map_err(|_| unusable("has a value that HTTP does not allow (a line break?)"))?;
        value.set_sensitive(true);
        map.append(key, value);
    }
    Ok(map)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_bytes(value.as_bytes()).unwrap())).collect()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn retry_after_in_seconds_and_in_every_form_of_date() {
        let now = at("2026-11-24T10:00:00Z");
        let after = |value: &str| retry_after(&map(&[("retry-after", value)]), now).map(|d| d.as_secs());
        assert_eq!(after("120"), Some(120));
        assert_eq!(after(" 0 "), Some(0));
        assert_eq!(after("99999999999999999999999"), Some(u64::from(u32::MAX)));
        assert_eq!(after("Tue, 24 Nov 2026 10:05:00 GMT"), Some(300));
        assert_eq!(after("Tuesday, 24-Nov-26 10:05:00 GMT"), Some(300));
        assert_eq!(after("Tue Nov 24 10:05:00 2026"), Some(300));
        assert_eq!(after("Mon, 23 Nov 2026 10:05:00 GMT"), Some(0), "the past is now");
        for bad in ["", "soon", "-5", "+5", "1.5", "Tue, 31 Feb 2026 10:05:00 GMT", "2026-11-24T10:05:00Z", "١٢٠"] {
            assert_eq!(after(bad), None, "{bad}");
        }
        assert_eq!(retry_after(&map(&[]), now), None);
    }

    #[test]
    fn a_retry_date_is_counted_from_the_servers_own_clock() {
        let headers = map(&[("retry-after", "Sun, 01 Jan 2017 00:10:00 GMT"), ("date", "Sun, 01 Jan 2017 00:00:00 GMT")]);
        assert_eq!(retry_after(&headers, at("2026-11-24T10:00:00Z")), Some(Duration::from_secs(600)));
    }

    #[test]
    fn freshness_is_max_age_less_age() {
        let fresh = |pairs: &[(&'static str, &str)]| cache_max_age(&map(pairs)).map(|d| d.as_secs());
        assert_eq!(fresh(&[("cache-control", "public, max-age=900")]), Some(900));
        assert_eq!(fresh(&[("cache-control", "public"), ("cache-control", "Max-Age=\"60\"")]), Some(60));
        assert_eq!(fresh(&[("cache-control", "max-age=900"), ("age", "300")]), Some(600));
        assert_eq!(fresh(&[("cache-control", "max-age=900"), ("age", "901")]), None);
        assert_eq!(fresh(&[("cache-control", "max-age=900, no-cache")]), None);
        assert_eq!(fresh(&[("cache-control", "max-age=x, s-maxage=9")]), None);
        assert_eq!(fresh(&[]), None);
    }

    #[test]
    fn headers_that_frame_the_message_or_cannot_be_sent_are_refused_by_name() {
        let one = |name: &str, value: &str| configured(&[(name.to_owned(), value.to_owned())]);
        assert_eq!(one("X-Api-Key", "s3cret").unwrap().len(), 1);
        for (name, value) in [("Host", "a"), ("content-length", "1"), ("Transfer-Encoding", "chunked"), ("X\r\nY", "1"), ("X", "1\r\nY: 2")] {
            let error = one(name, value).unwrap_err();
            assert_eq!(error.kind, Kind::Protocol);
            assert!(!error.reason.contains('\n') && !error.reason.contains("Y: 2"), "{}", error.reason);
        }
    }

    #[test]
    fn validators_that_cannot_be_sent_back_are_not_kept() {
        let long = "x".repeat(MAX_VALIDATOR + 1);
        let etag = |value: &str| validator(&map(&[("etag", value)]), &header::ETAG);
        assert_eq!(etag("W/\"abc\""), Some("W/\"abc\"".to_owned()));
        assert_eq!(etag(&long), None);
        assert_eq!(etag("\"é\""), None);
        assert_eq!(etag("  "), None);
    }
}
