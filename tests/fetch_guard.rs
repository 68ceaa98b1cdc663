//! The private-address guard on real addresses: a network of the test's own, in which a public-looking address redirects inwards.
//!
//! "Refused before a byte is sent" means that the listener inside saw no connection at all; and to be sure that it would have seen one, the
//! same requests with `allow_private` are seen by it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::string_slice, clippy::print_stderr)] // a test fails by panicking

#[path = "support/wire.rs"]
mod wire;

use jiff::Timestamp;
use newswatch::fetch::{FetchError, Fetched, Fetcher, Kind, Lookup, Request, Settings};
use std::net::IpAddr;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use url::Url;
use wire::{Server, answer, path, redirect, run, say};

const TEST: &str = "no_way_leads_inside";

/// The program that gives a test a network of its own.
fn unshare(program: &Path) -> Command {
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--net", "--mount"]).arg(program);
    if rustix::process::geteuid().is_root() {
        command = Command::new("unshare");
        command.args(["--net", "--mount"]).arg(program);
    }
    command
}

fn works(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

fn must(line: &str) {
    let words: Vec<&str> = line.split(' ').collect();
    let output = Command::new(words[0]).args(&words[1..]).output().unwrap();
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn no_way_leads_inside() {
    if wire::inside() {
        return inside();
    }
    let possible = works(Command::new("ip").arg("-V")) && works(&mut unshare(Path::new("true")));
    if !possible {
        assert!(std::env::var_os("CI").is_none(), "this test needs `unshare`, `ip` (iproute2) and the right to use them");
        eprintln!("SKIPPED {TEST}: no network namespace (needs root or user namespaces, and iproute2)");
        return;
    }
    wire::again(unshare(&std::env::current_exe().unwrap()), TEST);
}

fn inside() {
    must("ip link set lo up");
    for address in ["203.0.113.7/32", "10.0.0.1/32", "169.254.169.254/32", "100.64.0.1/32", "192.168.1.1/32"] {
        must(&format!("ip addr add {address} dev lo"));
    }
    let v6 = works(Command::new("ip").args(["addr", "add", "fd00::1/128", "dev", "lo"]));
    let folder = tempfile::tempdir().unwrap();
    let hosts = folder.path().join("hosts");
    let names = "203.0.113.7 news.example\n127.0.0.1 loop.example\n10.0.0.1 intra.example\n169.254.169.254 meta.example\nfd00::1 ula.example\n10.0.0.1 both.example\n203.0.113.7 both.example\n";
    std::fs::write(&hosts, names).unwrap();
    must("mount --make-rprivate /");
    must(&format!("mount --bind {} /etc/hosts", hosts.display()));

    let secret = Server::at(if v6 { "[::]:0" } else { "0.0.0.0:0" }, |_, stream| say(stream, &answer("200 OK", "", b"secret")));
    let port = secret.address.port();
    let public = Server::at("203.0.113.7:0", move |head, stream| {
        let bytes = match path(head) {
            "/feed" => answer("200 OK", "", b"<rss/>"),
            "/twice" => redirect(302, "/to/127.0.0.1"),
            to => redirect(301, &format!("http://{}:{port}/latest/meta-data", &to["/to/".len()..])),
        };
        say(stream, &bytes);
    });

    // The guard takes 203.0.113.7 for public, by number and by name; a name with an address inside as well is reached at the other one.
    for host in ["203.0.113.7", "news.example", "both.example"] {
        let url = Url::parse(&format!("http://{host}:{}/feed", public.address.port())).unwrap();
        assert_eq!(get(&url, false).unwrap().body, b"<rss/>", "{host}");
    }

    let mut hosts =
        vec!["127.0.0.1", "2130706433", "0x7f.1", "0x7f000001", "127.1", "0", "0.0.0.0", "[::ffff:10.0.0.1]", "[::ffff:127.0.0.1]", "10.0.0.1"];
    hosts.extend([
        "169.254.169.254",
        "2852039166",
        "100.64.0.1",
        "192.168.1.1",
        "localhost",
        "localhost.",
        "a.localhost",
        "loop.example",
        "intra.example",
        "meta.example",
    ]);
    if v6 {
        hosts.extend(["[::1]", "[::]", "[fd00::1]", "ula.example"]);
    }
    for host in &hosts {
        let direct = Url::parse(&format!("http://{host}:{port}/latest/meta-data")).unwrap();
        let redirected = public.url(&format!("/to/{host}"));
        for url in [&direct, &redirected] {
            let error = get(url, false).unwrap_err();
            assert_eq!(error.kind, Kind::Private, "{url}: {error}");
            assert!(
                error.reason.contains("is private. If you run it yourself") || error.reason.contains("which is private. If you run it yourself"),
                "{error}"
            );
        }
    }
    assert_eq!(
        get(&public.url("/twice"), false).unwrap_err().reason,
        "redirects to 127.0.0.1, which is private. If you run it yourself, add allow_private = true under this [[feed]]."
    );
    assert_eq!(secret.connections(), 0, "refused before a byte is sent");

    // A name server that gives a public address first and one inside the next time.
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = asked.clone();
    let rebinding: Lookup = Arc::new(move |_| {
        let first = counted.fetch_add(1, Ordering::Relaxed) == 0;
        let found: IpAddr = if first { "203.0.113.7" } else { "127.0.0.1" }.parse().unwrap();
        Box::pin(async move { Ok(vec![found]) })
    });
    let fetcher = Fetcher::with_lookup(Settings::new("0"), rebinding).unwrap();
    let url = Url::parse(&format!("http://rebind.example:{}/to/rebind.example", public.address.port())).unwrap();
    let error = run(async { fetcher.get(&Request::new(&url, now())).await }).unwrap_err();
    assert_eq!((error.kind, asked.load(Ordering::Relaxed), secret.connections()), (Kind::Private, 2, 0));

    // Would it have been seen? With allow_private every one of these ways leads to it.
    let mut seen = 0;
    for host in hosts.iter().filter(|host| !host.contains("localhost")) {
        let found = get(&public.url(&format!("/to/{host}")), true).unwrap();
        assert_eq!(found.body, b"secret", "{host}");
        seen += 1;
    }
    assert_eq!(secret.heads().len(), seen);

    // The system's own resolver, with no name server to be reached.
    let error = get(&Url::parse("http://nowhere.invalid/").unwrap(), false).unwrap_err();
    assert_eq!(error.kind, Kind::Dns, "{error}");
    assert!(error.reason.starts_with("no address for nowhere.invalid: "), "{error}");
}

fn get(url: &Url, allow_private: bool) -> Result<Fetched, FetchError> {
    run(async { Fetcher::new(Settings::new("0")).unwrap().get(&Request { allow_private, ..Request::new(url, now()) }).await })
}

fn now() -> Timestamp {
    "2026-11-24T10:00:00Z".parse().unwrap()
}
