//! Which addresses a feed may be fetched from: those of the public internet, unless the feed says `allow_private = true`.
//!
//! A feed's address comes from a file, a redirect or a publisher's page; without this guard any of them could make the daemon speak to
//! the machine's own services or to a cloud's metadata. Everything here is judged without asking anybody.

use super::error::{FetchError, Kind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use url::{Host, Url};

/// May be reached without `allow_private`. An address that wraps another one (IPv4-mapped, NAT64, 6to4, Teredo) is not public,
/// whatever it wraps: nobody publishes a feed at one.
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

/// What a name may resolve to. Only here NAT64 counts as what it wraps: in a network without IPv4, the name server wraps every
/// outlet's address that way.
pub(super) fn is_public_resolved(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V6(v6) => nat64(v6).map_or_else(|| is_public_v6(v6), is_public_v4),
        IpAddr::V4(v4) => is_public_v4(v4),
    }
}

/// IANA's registry of special-purpose addresses, without the ranges for documentation, which lead nowhere.
fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let special = match (a, b) {
        (0 | 10 | 127, _) => true,    // this network (also unspecified), private, loopback
        (100, 64..=127) => true,      // carrier-grade NAT
        (169, 254) => true,           // link-local, and the clouds' metadata
        (172, 16..=31) => true,       // private
        (192, 168) => true,           // private
        (192, 0) if c == 0 => true,   // protocol assignments
        (192, 88) if c == 99 => true, // 6to4 relays
        (198, 18 | 19) => true,       // benchmarks inside a network
        (224.., _) => true,           // multicast, reserved, broadcast
        _ => false,
    };
    !special
}

/// Only global unicast (2000::/3), and of that nothing that wraps an IPv4 address or is handed out for use inside a network. This leaves
/// out ::, ::1, IPv4-compatible and -mapped, NAT64 (both prefixes), unique local, link- and site-local, multicast.
fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [a, b, ..] = ip.segments();
    let global_unicast = a & 0xe000 == 0x2000;
    let teredo = a == 0x2001 && b == 0;
    let benchmark_or_orchid = a == 0x2001 && (b == 2 || b & 0xfff0 == 0x10 || b & 0xfff0 == 0x20);
    let six_to_four = a == 0x2002;
    global_unicast && !teredo && !benchmark_or_orchid && !six_to_four
}

/// The IPv4 address inside 64:ff9b::/96.
fn nat64(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, c, d, e, f, g, h] = ip.segments();
    let [g1, g2] = g.to_be_bytes();
    let [h1, h2] = h.to_be_bytes();
    ((a, b, c, d, e, f) == (0x64, 0xff9b, 0, 0, 0, 0)).then(|| Ipv4Addr::new(g1, g2, h1, h2))
}

/// `localhost` and what ends in it are this machine by definition (RFC 6761), whatever a name server says.
fn is_local_name(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    name.eq_ignore_ascii_case("localhost") || name.rsplit('.').next().is_some_and(|last| last.eq_ignore_ascii_case("localhost"))
}

/// Judges an address before anything is sent: its scheme, and its host when that is a literal in any spelling (`Url` has turned
/// `2130706433` and `0x7f.1` into 127.0.0.1). Names are judged when they are resolved.
pub(super) fn judge(url: &Url, allow_private: bool, redirected: bool) -> Result<(), FetchError> {
    if !matches!(url.scheme(), "http" | "https") {
        let (kind, verb) = if redirected { (Kind::Redirects, "redirects to") } else { (Kind::Protocol, "is") };
        return Err(FetchError::new(kind, format!("the address {verb} {}:…; only http and https can be fetched", url.scheme())));
    }
    let (private, host) = match url.host() {
        None => return Err(FetchError::new(Kind::Protocol, "the address names no host")),
        Some(Host::Ipv4(ip)) => (!is_public(ip.into()), ip.to_string()),
        Some(Host::Ipv6(ip)) => (!is_public(ip.into()), ip.to_string()),
        Some(Host::Domain(name)) => (is_local_name(name), name.to_owned()),
    };
    match (private && !allow_private, redirected) {
        (false, _) => Ok(()),
        (true, false) => Err(FetchError::private(&host)),
        (true, true) => Err(FetchError::redirects_to_private(&host)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn addresses_of_the_internet_are_public() {
        for text in ["1.1.1.1", "8.8.8.8", "93.184.216.34", "100.63.0.1", "100.128.0.1", "172.15.0.1", "172.32.0.1", "192.167.1.1", "192.0.1.1"] {
            assert!(is_public(ip(text)), "{text}");
        }
        for text in ["198.17.0.1", "198.20.0.1", "203.0.113.7", "223.255.255.255", "2606:4700::1111", "2001:4860:4860::8888", "2a00:1450::1"] {
            assert!(is_public(ip(text)), "{text}");
        }
    }

    #[test]
    fn every_private_range_is_refused_at_both_its_ends() {
        let v4 = "0.0.0.0 0.255.255.255 10.0.0.0 10.255.255.255 100.64.0.0 100.127.255.255 127.0.0.1 127.255.255.255 169.254.0.0 \
                  169.254.169.254 172.16.0.0 172.31.255.255 192.0.0.1 192.0.0.255 192.88.99.1 192.168.0.0 192.168.255.255 198.18.0.0 \
                  198.19.255.255 224.0.0.0 239.255.255.255 240.0.0.1 255.255.255.255";
        let v6 = ":: ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:8.8.8.8 ::ffff:0:10.0.0.1 64:ff9b::10.0.0.1 64:ff9b::8.8.8.8 \
                  64:ff9b:1::1 100::1 2001::1 2001:0:4136:e378::1 2001:2::1 2001:10::1 2001:2f:: 2002:7f00:1:: 2002:a00:1::1 2002:808:808::1 \
                  fc00::1 fdff:ffff::1 fd00:ec2::254 fe80::1 febf::1 fec0::1 ff02::1 ff0e::1 4000::1 5f00::1";
        for text in v4.split_whitespace().chain(v6.split_whitespace()) {
            assert!(!is_public(ip(text)), "{text}");
        }
    }

    #[test]
    fn a_name_server_may_wrap_public_addresses_for_nat64_but_no_private_ones() {
        assert!(is_public_resolved(ip("64:ff9b::8.8.8.8")));
        assert!(is_public_resolved(ip("2606:4700::1111")));
        assert!(is_public_resolved(ip("8.8.8.8")));
        for text in
            ["64:ff9b::10.0.0.1", "64:ff9b::169.254.169.254", "64:ff9b::127.0.0.1", "64:ff9b:1::8.8.8.8", "::ffff:10.0.0.1", "10.0.0.1", "fd00::1"]
        {
            assert!(!is_public_resolved(ip(text)), "{text}");
        }
    }

    #[test]
    fn literals_are_judged_in_every_spelling() {
        let hosts = "127.0.0.1 2130706433 0x7f.1 0x7f000001 017700000001 127.1 0 [::1] [::] [::ffff:10.0.0.1] [::ffff:a00:1] [64:ff9b::a00:1] \
                     [2002:a00:1::] 169.254.169.254 2852039166 100.64.0.1 [fd00::1] [fe80::1] 224.0.0.1 localhost LOCALHOST localhost. \
                     a.localhost b.a.localhost. １２７.0.0.1 127。0。0。1";
        for host in hosts.split_whitespace() {
            for scheme in ["http", "https"] {
                let url = Url::parse(&format!("{scheme}://user:word@{host}:8080/feed")).unwrap();
                let error = judge(&url, false, false).unwrap_err();
                assert_eq!(error.kind, Kind::Private, "{host}");
                assert!(error.reason.contains("allow_private = true"), "{}", error.reason);
                assert!(!error.reason.contains("word"), "{}", error.reason);
                assert_eq!(judge(&url, true, false), Ok(()), "{host}");
            }
        }
        for host in ["report.az", "1.1.1.1", "16843009", "[2606:4700::1111]", "localhost.example.org", "mylocalhost"] {
            assert_eq!(judge(&Url::parse(&format!("http://{host}/")).unwrap(), false, true), Ok(()), "{host}");
        }
    }

    #[test]
    fn the_refusal_says_what_to_do() {
        let error = judge(&Url::parse("http://2130706433/feed").unwrap(), false, false).unwrap_err();
        assert_eq!(error.reason, "127.0.0.1 is private. If you run it yourself, add allow_private = true under this [[feed]].");
        let error = judge(&Url::parse("http://[::ffff:10.0.0.1]/feed").unwrap(), false, true).unwrap_err();
        assert_eq!(
            error.reason,
            "redirects to ::ffff:10.0.0.1, which is private. If you run it yourself, add allow_private = true under this [[feed]]."
        );
        assert_eq!(error.fact(), "redirects to ::ffff:10.0.0.1, which is private");
    }

    #[test]
    fn only_http_and_https_are_fetched() {
        for text in ["file:///etc/passwd", "ftp://example.org/feed", "data:text/xml,x", "gopher://example.org/"] {
            let url = Url::parse(text).unwrap();
            assert_eq!(judge(&url, true, false).unwrap_err().kind, Kind::Protocol);
            assert_eq!(judge(&url, true, true).unwrap_err().kind, Kind::Redirects);
        }
    }
}
