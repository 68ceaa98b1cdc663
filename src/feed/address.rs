//! Addresses: made absolute, made canonical for identity, made short for lists.
//!
//! Must not know: whether anything answers there.

use url::{Host, Url};

/// Query parameters that say how a reader came, not what is read. A trailing `*` stands for any ending.
const TRACKING: [&str; 34] = [
    "utm_*",
    "fbclid",
    "gclid",
    "gclsrc",
    "dclid",
    "gbraid",
    "wbraid",
    "msclkid",
    "yclid",
    "ysclid",
    "_openstat",
    "twclid",
    "igshid",
    "igsh",
    "mc_cid",
    "mc_eid",
    "mkt_tok",
    "_hsenc",
    "_hsmi",
    "hsctatracking",
    "oly_anon_id",
    "oly_enc_id",
    "vero_id",
    "wickedid",
    "_ga",
    "_gl",
    "at_medium",
    "at_campaign",
    "cmpid",
    "ncid",
    "ref_src",
    "spm",
    "s_cid",
    "__twitter_impression",
];

fn is_tracking(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    TRACKING.iter().any(|known| known.strip_suffix('*').map_or(key == *known, |start| key.starts_with(start)))
}

fn is_amp(key: &str, value: &str) -> bool {
    matches!(key, "amp" | "outputType") && matches!(value, "" | "1" | "amp" | "true")
}

/// The address that stands for all spellings of it, for identity only: scheme and host folded (`http` is `https`, `www.` and a mobile or AMP host
/// are the plain host), default port, fragment, tracking parameters and a trailing slash dropped, the query sorted, AMP's path and parameter
/// dropped. None for what is no web address.
pub fn canonical_url(address: &str) -> Option<String> {
    let mut url = Url::parse(address.trim()).ok()?;
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    url.set_fragment(None);
    if let Some(Host::Domain(host)) = url.host() {
        let host = host.trim_end_matches('.');
        let plain =
            ["www.", "m.", "mobile.", "amp."].iter().find_map(|prefix| host.strip_prefix(prefix)).filter(|rest| rest.contains('.')).unwrap_or(host);
        let plain = plain.to_string();
        url.set_host(Some(&plain)).ok()?;
    }
    if url.scheme() == "http" && url.port().is_none() {
        url.set_scheme("https").ok()?;
    }
    let _ = url.set_username("");
    let _ = url.set_password(None);
    if url.query().is_some() {
        let mut pairs: Vec<(String, String)> =
            url.query_pairs().filter(|(key, value)| !is_tracking(key) && !is_amp(key, value)).map(|(k, v)| (k.into(), v.into())).collect();
        pairs.sort();
        url.set_query(None);
        if !pairs.is_empty() {
            url.query_pairs_mut().extend_pairs(pairs);
        }
    }
    let path = url.path();
    let path = path.strip_suffix('/').unwrap_or(path);
    let path = path.strip_suffix("/amp").or_else(|| path.strip_suffix(".amp")).unwrap_or(path);
    let path = path.strip_prefix("/amp/").map_or_else(|| path.to_string(), |rest| format!("/{rest}"));
    url.set_path(&path);
    let canonical = String::from(url);
    Some(canonical.strip_suffix('/').map(Into::into).unwrap_or(canonical))
}

/// What lists show for a feed without a name: its host without `www.`, `rss.` and the like.
pub fn short_name(url: &Url) -> String {
    let host = url.host_str().unwrap_or_else(|| url.as_str());
    let short = ["www.", "rss.", "feeds.", "feed.", "m.", "news."]
        .iter()
        .fold(host, |host, prefix| host.strip_prefix(prefix).filter(|rest| rest.contains('.')).unwrap_or(host));
    short.into()
}

/// A written address made absolute against the first base that there is. White space inside is mended; nothing that a reader can't open is given.
pub fn absolute(written: &str, bases: &[Option<&Url>]) -> Option<String> {
    let written: String = if written.contains(|c: char| c.is_whitespace() || c.is_control()) {
        let line: String = written.trim().chars().filter(|c| !c.is_control()).collect();
        line.replace(char::is_whitespace, "%20")
    } else {
        written.into()
    };
    if written.is_empty() {
        return None;
    }
    let scheme = written.split_once(':').map(|(scheme, _)| scheme).filter(|scheme| {
        scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
            && scheme.bytes().next().is_some_and(|b| b.is_ascii_alphabetic())
    });
    if let Some(scheme) = scheme {
        let scheme = scheme.to_ascii_lowercase();
        return match scheme.as_str() {
            "javascript" | "data" | "vbscript" | "about" | "file" | "blob" => None,
            _ => Some(written),
        };
    }
    let Some(base) = bases.iter().flatten().next() else {
        return written.starts_with("//").then(|| format!("https:{written}"));
    };
    if written.starts_with("www.") {
        return Some(format!("{}://{written}", base.scheme()));
    }
    base.join(&written).ok().map(String::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_address_are_one() {
        let one = "https://example.org/a?b=1&c=2";
        for spelling in [
            "http://EXAMPLE.org:80/a?c=2&b=1#top",
            "https://www.example.org/a/?b=1&c=2&utm_source=rss&fbclid=x",
            "https://m.example.org/a/amp?b=1&c=2",
            "https://example.org/amp/a?b=1&c=2&amp=1",
            " https://example.org/a?b=1&c=2 ",
        ] {
            assert_eq!(canonical_url(spelling).as_deref(), Some(one), "{spelling}");
        }
        assert_eq!(canonical_url("https://example.org/").as_deref(), Some("https://example.org"));
        assert_eq!(canonical_url("http://example.org:8080/A").as_deref(), Some("http://example.org:8080/A"));
        assert_eq!(canonical_url("tag:example.org,2026:1"), None);
    }

    #[test]
    fn a_short_name_is_the_outlet() {
        for (url, want) in [
            ("https://report.az/en/rss", "report.az"),
            ("https://www.trend.az/feeds", "trend.az"),
            ("http://rss.example.com/x", "example.com"),
            ("http://127.0.0.1:80/", "127.0.0.1"),
        ] {
            assert_eq!(short_name(&Url::parse(url).unwrap()), want);
        }
    }

    #[test]
    fn links_are_absolute_and_harmless() {
        let base = Url::parse("http://example.org/news/").unwrap();
        let absolute = |written| absolute(written, &[None, Some(&base)]);
        assert_eq!(absolute("/a b").as_deref(), Some("http://example.org/a%20b"));
        assert_eq!(absolute(" https://example.org/a\n\u{a0}b").as_deref(), Some("https://example.org/a%20b"));
        assert_eq!(absolute("//cdn.example.org/x").as_deref(), Some("http://cdn.example.org/x"));
        assert_eq!(absolute("https://пример.example/ы").as_deref(), Some("https://пример.example/ы"));
        assert_eq!(absolute("javascript:alert(1)"), None);
        assert_eq!(absolute("?p=1:2").as_deref(), Some("http://example.org/news/?p=1:2"));
    }
}
