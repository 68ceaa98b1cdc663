//! The network half of the fault programme: every way a server can fail, and what becomes of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::string_slice, clippy::print_stderr)] // a test fails by panicking

#[path = "support/wire.rs"]
mod wire;

use jiff::Timestamp;
use newswatch::fetch::{CutBy, Deadlines, FetchError, Fetched, Fetcher, Kind, Request, Settings};
use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};
use url::Url;
use wire::{Server, all_names_at, answer, heard, path, redirect, reset, run, say};

const MIB: usize = 1024 * 1024;

fn now() -> Timestamp {
    "2026-11-24T10:00:00Z".parse().unwrap()
}

fn fetcher(settings: Settings) -> Fetcher {
    Fetcher::new(settings).unwrap()
}

/// Short enough for a test, long enough for a busy machine to answer within.
fn hasty() -> Settings {
    let ms = Duration::from_millis;
    Settings { deadlines: Deadlines { lookup: ms(1500), connect: ms(2000), read: ms(2000), total: ms(5000) }, ..Settings::new("0") }
}

fn get_with(settings: Settings, url: &Url) -> Result<Fetched, FetchError> {
    run(async { fetcher(settings).get(&Request { allow_private: true, ..Request::new(url, now()) }).await })
}

fn get(url: &Url) -> Result<Fetched, FetchError> {
    get_with(Settings::new("0"), url)
}

#[test]
fn refused() {
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = get(&Url::parse(&format!("http://{gone}/")).unwrap()).unwrap_err();
    assert_eq!((error.kind, error.reason.as_str()), (Kind::Connect, "connection refused"));
}

#[test]
fn connect_timeout() {
    // A listener that never accepts, its queue full: the kernel drops every further knock.
    let socket = rustix::net::socket(rustix::net::AddressFamily::INET, rustix::net::SocketType::STREAM, None).unwrap();
    rustix::net::bind(&socket, &"127.0.0.1:0".parse::<std::net::SocketAddr>().unwrap()).unwrap();
    rustix::net::listen(&socket, 0).unwrap();
    let address = TcpListener::from(socket.try_clone().unwrap()).local_addr().unwrap();
    let knock = || TcpStream::connect_timeout(&address, Duration::from_secs(1));
    let held: Vec<TcpStream> = std::iter::from_fn(|| knock().ok()).take(16).collect();
    assert!(held.len() < 16, "the queue never fills");
    let error = get_with(hasty(), &Url::parse(&format!("http://{address}/")).unwrap()).unwrap_err();
    assert_eq!(error.kind, Kind::Timeout);
    assert_eq!(error.reason, "127.0.0.1 did not accept a connection within 2 s");
}

#[test]
fn a_tls_handshake_that_hangs_is_a_connect_timeout() {
    let silent = Server::raw("127.0.0.1:0", |stream, _| drop(stream.read(&mut [0; 4096]).and_then(|_| stream.read(&mut [0; 4096]))));
    let error = get_with(hasty(), &silent.url_as("https", "127.0.0.1", "/")).unwrap_err();
    assert_eq!(error.kind, Kind::Timeout, "{error}");
}

#[test]
fn header_hang() {
    let server = Server::start(|_, stream| drop(stream.read(&mut [0])));
    let error = get_with(hasty(), &server.url("/")).unwrap_err();
    assert_eq!((error.kind, error.reason.as_str()), (Kind::Timeout, "no answer from 127.0.0.1 within 4 s"));
}

#[test]
fn headers_in_drips_end_too() {
    let server = Server::start(|_, stream| {
        say(stream, b"HTTP/1.1 200 OK\r\n");
        while heard(stream, b"X-More: and more\r\n") {
            sleep(Duration::from_millis(100));
        }
    });
    assert_eq!(get_with(hasty(), &server.url("/")).unwrap_err().kind, Kind::Timeout);
}

#[test]
fn slow_drip() {
    let server = Server::start(|_, stream| {
        say(stream, b"HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nContent-Length: 1000000\r\n\r\n");
        while heard(stream, b"x") {
            sleep(Duration::from_millis(100));
        }
    });
    let began = Instant::now();
    let drip = get_with(hasty(), &server.url("/")).unwrap();
    assert_eq!(drip.cut, Some(CutBy::Deadline(Duration::from_secs(5))), "a drip never trips the deadline for reading");
    assert!(!drip.body.is_empty() && drip.body.len() < 100);
    assert!(began.elapsed() < Duration::from_secs(25));
    assert_eq!(drip.cut.unwrap().to_string(), "cut off: too slow, 5 s passed");
}

#[test]
fn a_body_that_stalls() {
    let server = Server::start(|head, stream| {
        say(stream, b"HTTP/1.1 200 OK\r\nRetry-After: 77\r\nContent-Length: 1000\r\n\r\n");
        if path(head) == "/some" {
            say(stream, b"some");
        }
        let _ = stream.read(&mut [0]);
    });
    let some = get_with(hasty(), &server.url("/some")).unwrap();
    assert_eq!((some.body.as_slice(), some.cut), (b"some".as_slice(), Some(CutBy::Deadline(Duration::from_secs(2)))));
    let none = get_with(hasty(), &server.url("/none")).unwrap_err();
    assert_eq!((none.kind, none.retry_after), (Kind::Timeout, Some(Duration::from_secs(77))));
}

#[test]
fn reset_before_an_answer() {
    let server = Server::start(|head, stream| {
        if path(head) == "/reset" {
            reset(stream);
        }
    });
    let error = get(&server.url("/reset")).unwrap_err();
    assert_eq!((error.kind, error.reason.as_str()), (Kind::Reset, "connection reset"));
    let error = get(&server.url("/close")).unwrap_err();
    assert_eq!((error.kind, error.reason.as_str()), (Kind::Reset, "closed the connection without an answer"));
}

#[test]
fn reset_mid_body() {
    let server = Server::start(|head, stream| {
        say(stream, b"HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nContent-Length: 1000\r\n\r\n");
        if path(head) == "/some" {
            say(stream, b"<rss><item>one</item>");
        }
        sleep(Duration::from_millis(1500)); // a reset overtakes bytes that have not been read
        reset(stream);
    });
    let some = get(&server.url("/some")).unwrap();
    assert_eq!((some.body.as_slice(), some.cut), (b"<rss><item>one</item>".as_slice(), Some(CutBy::Connection)));
    assert_eq!(get(&server.url("/none")).unwrap_err().kind, Kind::Reset);
}

#[test]
fn truncated_body() {
    let document = b"<rss><channel><item>one</item><item>two</item>".repeat(50);
    let packed = gzip(&document);
    let server = Server::start(move |head, stream| {
        let (headers, body) = match path(head) {
            "/length" => ("Content-Length: 100000\r\n", document.clone()),
            "/chunked" => ("Transfer-Encoding: chunked\r\n", [b"8fc\r\n".as_slice(), &document, b"\r\n"].concat()),
            "/mid-chunk" => ("Transfer-Encoding: chunked\r\n", [b"ffff\r\n".as_slice(), &document].concat()),
            "/gzip" => ("Content-Encoding: gzip\r\n", packed[..packed.len() - 9].to_vec()),
            _ => ("Connection: close\r\n", document.clone()),
        };
        say(stream, format!("HTTP/1.1 200 OK\r\nETag: \"v1\"\r\n{headers}\r\n").as_bytes());
        say(stream, &body);
    });
    for way in ["/length", "/chunked", "/mid-chunk", "/gzip"] {
        let found = get(&server.url(way)).unwrap();
        assert_eq!(found.cut, Some(CutBy::Connection), "{way}");
        assert!(found.body.starts_with(b"<rss><channel><item>one"), "{way}");
    }
    // Nothing on the wire tells this one from a whole document; only its reader sees that <rss> is not closed.
    let found = get(&server.url("/close-delimited")).unwrap();
    assert_eq!((found.cut, found.body.len()), (None, 46 * 50));
}

#[test]
fn redirect_loop() {
    let server = Server::start(|head, stream| {
        let to = match path(head) {
            "/self" => "/self#again".to_owned(),
            "/a" => "/b".to_owned(),
            "/b" => "/a".to_owned(),
            "/0" => return say(stream, &answer("200 OK", "", b"arrived")),
            deeper => format!("/{}", deeper[1..].parse::<u32>().unwrap() - 1),
        };
        say(stream, &redirect(302, &to));
    });
    for (start, requests, words) in [("/self", 1, "circle"), ("/a", 2, "circle"), ("/6", 6, "more than 5 times")] {
        let before = server.heads().len();
        let error = get(&server.url(start)).unwrap_err();
        assert_eq!(error.kind, Kind::Redirects);
        assert!(error.reason.contains(words), "{error}");
        assert_eq!(server.heads().len() - before, requests, "{start}");
    }
    let found = get(&server.url("/5")).unwrap();
    assert_eq!((found.body.as_slice(), found.url.path(), found.moved_to), (b"arrived".as_slice(), "/0", None));
}

#[test]
fn a_redirect_takes_its_time_from_the_whole() {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    let server = Server::start(move |_, stream| {
        sleep(Duration::from_millis(1400));
        let next = counted.fetch_add(1, Ordering::Relaxed);
        say(stream, &redirect(302, &format!("/{next}")));
    });
    let error = get_with(hasty(), &server.url("/")).unwrap_err();
    assert_eq!(error.kind, Kind::Timeout, "{error}");
    assert!(count.load(Ordering::Relaxed) <= 4);
}

#[test]
fn a_redirect_says_how_long_to_stay_away() {
    let server = Server::saying(answer("302 Found", "Location: /\r\nRetry-After: 60\r\n", b""));
    assert_eq!(get(&server.url("/")).unwrap_err().retry_after, Some(Duration::from_secs(60)));
}

#[test]
fn moved_for_good() {
    let server = Server::start(|head, stream| {
        let bytes = match path(head) {
            "/old" => redirect(301, "/older"),
            "/older" => redirect(308, "/feed?x=1"),
            "/detour" => redirect(302, "/old"),
            "/dead" => redirect(301, "/nothing"),
            "/nowhere" => answer("301 Moved", "", b""),
            "/nothing" => answer("404 Not Found", "", b""),
            _ => answer("200 OK", "", b"<rss/>"),
        };
        say(stream, &bytes);
    });
    let moved = |from: &str| get(&server.url(from)).unwrap().moved_to.map(|url| url.to_string());
    assert_eq!(moved("/old"), Some(server.url("/feed?x=1").to_string()));
    assert_eq!(moved("/detour"), None, "a way with a step that is not permanent is not permanent");
    assert_eq!(moved("/dead"), None, "a way that leads to nothing is not worth remembering");
    assert_eq!(moved("/feed"), None);
    assert_eq!(get(&server.url("/nowhere")).unwrap().status, 301);
}

#[test]
fn gzip_bomb() {
    let packed = gzip(&vec![b' '; 64 * MIB]);
    let zst = zstd::encode_all(std::io::repeat(b' ').take(64 * MIB as u64), 3).unwrap();
    let server = Server::start(move |head, stream| {
        let (name, body) = if path(head) == "/zstd" { ("zstd", &zst) } else { ("gzip", &packed) };
        say(stream, &answer("200 OK", &format!("Content-Encoding: {name}\r\n"), body));
    });
    for way in ["/gzip", "/zstd"] {
        let found = get(&server.url(way)).unwrap();
        assert_eq!((found.body.len(), found.cut), (10 * MIB, Some(CutBy::Size(10 * MIB as u64))), "{way}");
        assert!(found.body.capacity() <= 11 * MIB, "{way}");
    }
}

#[test]
fn fifty_megabytes() {
    let sent = Arc::new(AtomicUsize::new(0));
    let counted = sent.clone();
    let server = Server::start(move |head, stream| {
        let length = if path(head) == "/length" { "Content-Length: 52428800\r\n" } else { "" };
        say(stream, format!("HTTP/1.1 200 OK\r\n{length}\r\n").as_bytes());
        let piece = [b'x'; 64 * 1024];
        while counted.load(Ordering::Relaxed) < 50 * MIB && heard(stream, &piece) {
            counted.fetch_add(piece.len(), Ordering::Relaxed);
        }
    });
    for way in ["/length", "/close"] {
        sent.store(0, Ordering::Relaxed);
        let found = get(&server.url(way)).unwrap();
        assert_eq!((found.body.len(), found.cut), (10 * MIB, Some(CutBy::Size(10 * MIB as u64))));
        assert_eq!(found.cut.unwrap().to_string(), "cut off at 10 MiB (max_body)");
        assert!(sent.load(Ordering::Relaxed) < 40 * MIB, "the rest was not fetched");
    }
}

#[test]
fn a_body_of_exactly_max_body_is_whole() {
    let server = Server::start(|head, stream| say(stream, &answer("200 OK", "", &vec![b'x'; path(head)[1..].parse().unwrap()])));
    let small = Settings { max_body: 1000, ..Settings::new("0") };
    for (bytes, kept, cut) in [(999, 999, None), (1000, 1000, None), (1001, 1000, Some(CutBy::Size(1000)))] {
        let found = get_with(small.clone(), &server.url(&format!("/{bytes}"))).unwrap();
        assert_eq!((found.body.len(), found.cut), (kept, cut));
    }
}

#[test]
fn wrong_content_type() {
    let server = Server::start(|head, stream| {
        let headers = if path(head) == "/none" { "" } else { "Content-Type: image/png\r\n" };
        say(stream, &answer("200 OK", headers, b"<rss/>"));
    });
    let found = get(&server.url("/png")).unwrap();
    assert_eq!(
        (found.content_type.as_deref(), found.body.as_slice()),
        (Some("image/png"), b"<rss/>".as_slice()),
        "the reader decides, not the header"
    );
    assert_eq!(get(&server.url("/none")).unwrap().content_type, None);
}

#[test]
fn told_to_stay_away() {
    let server = Server::start(|head, stream| {
        let bytes = match path(head) {
            "/seconds" => answer("429 Too Many Requests", "Retry-After: 3600\r\n", b"slow down"),
            "/date" => answer("503 Service Unavailable", "Retry-After: Tue, 24 Nov 2026 11:00:00 GMT\r\n", b""),
            "/their-clock" => answer("503 Nope", "Date: Sun, 01 Jan 2017 00:00:00 GMT\r\nRetry-After: Sun, 01 Jan 2017 00:01:00 GMT\r\n", b""),
            "/garbage" => answer("503 Nope", "Retry-After: tomorrow\r\n", b""),
            _ => answer("200 OK", "Retry-After: 5\r\nCache-Control: max-age=900\r\n", b"<rss/>"),
        };
        say(stream, &bytes);
    });
    let seconds = |from: &str| {
        let found = get(&server.url(from)).unwrap();
        (found.status, found.retry_after.map(|d| d.as_secs()), found.body.len())
    };
    assert_eq!(seconds("/seconds"), (429, Some(3600), 0), "the page around an error is not read");
    assert_eq!(seconds("/date"), (503, Some(3600), 0));
    assert_eq!(seconds("/their-clock"), (503, Some(60), 0));
    assert_eq!(seconds("/garbage"), (503, None, 0));
    assert_eq!(get(&server.url("/ok")).unwrap().max_age, Some(Duration::from_secs(900)));
}

#[test]
fn gone_and_other_statuses() {
    let server = Server::start(|head, stream| say(stream, &answer(&format!("{} Words", &path(head)[1..]), "ETag: \"x\"\r\n", b"a page")));
    for (status, words) in [(410, "HTTP 410: gone for good"), (404, "HTTP 404: nothing at this address"), (500, "HTTP 500: the server failed")] {
        let found = get(&server.url(&format!("/{status}"))).unwrap();
        assert_eq!((found.status, found.body.len()), (status, 0));
        assert_eq!(newswatch::fetch::status_reason(status), words);
    }
}

#[test]
fn dns_failure_and_hang() {
    let url = Url::parse("http://news.example/feed").unwrap();
    let fail = || async { Err(std::io::Error::other("failed to lookup address information: Name or service not known")) };
    let failing = Fetcher::with_lookup(hasty(), Arc::new(move |_| Box::pin(fail()))).unwrap();
    let error = run(async { failing.get(&Request::new(&url, now())).await }).unwrap_err();
    assert_eq!((error.kind, error.reason.as_str()), (Kind::Dns, "no address for news.example: Name or service not known"));

    let hanging = Fetcher::with_lookup(hasty(), Arc::new(|_| Box::pin(std::future::pending()))).unwrap();
    let error = run(async { hanging.get(&Request::new(&url, now())).await }).unwrap_err();
    assert_eq!((error.kind, error.reason.as_str()), (Kind::Dns, "no address for news.example: the name server did not answer within 1.5 s"));

    let empty = Fetcher::with_lookup(hasty(), Arc::new(|_| Box::pin(async { Ok(Vec::new()) }))).unwrap();
    let error = run(async { empty.get(&Request::new(&url, now())).await }).unwrap_err();
    assert_eq!((error.kind, error.reason.as_str()), (Kind::Dns, "no address for news.example: it has no address"));
}

#[test]
fn a_name_with_a_dead_address_is_reached_at_its_other_one() {
    let server = Server::saying(answer("200 OK", "", b"<rss/>"));
    let two = || async { Ok(vec!["127.0.0.2".parse().unwrap(), "127.0.0.1".parse().unwrap()]) };
    let fetcher = Fetcher::with_lookup(Settings::new("0"), Arc::new(move |_| Box::pin(two()))).unwrap();
    let url = server.url_as("http", "news.example", "/");
    let found = run(async { fetcher.get(&Request { allow_private: true, ..Request::new(&url, now()) }).await }).unwrap();
    assert_eq!(found.status, 200);
}

#[test]
fn names_inside_are_refused_where_they_are_resolved() {
    let server = Server::saying(answer("200 OK", "", b"secret"));
    for ip in ["127.0.0.1", "10.0.0.1", "169.254.169.254", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "0.0.0.0"] {
        let fetcher = Fetcher::with_lookup(Settings::new("0"), all_names_at(ip)).unwrap();
        let url = server.url_as("http", "inside.example", "/");
        let error = run(async { fetcher.get(&Request::new(&url, now())).await }).unwrap_err();
        assert_eq!(error.kind, Kind::Private, "{ip}");
        assert!(error.reason.starts_with(&format!("inside.example is at {ip}, which is private. ")), "{error}");
    }
    assert_eq!(server.connections(), 0);
}

#[test]
fn what_is_not_http() {
    let cases: [(&str, Vec<u8>, &str); 4] = [
        ("not http", b"220 ftp.example.org ready\r\n".to_vec(), "does not answer in HTTP"),
        ("too many headers", [b"HTTP/1.1 200 OK\r\n".to_vec(), b"X: y\r\n".repeat(200), b"\r\n".to_vec()].concat(), "more headers"),
        ("a large header", format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "y".repeat(70 * 1024)).into_bytes(), "more headers"),
        ("an endless header", format!("HTTP/1.1 200 OK\r\nX: {}", "y".repeat(4 * MIB)).into_bytes(), "more headers"),
    ];
    for (name, bytes, words) in cases {
        let error = get(&Server::saying(bytes).url("/")).unwrap_err();
        assert_eq!(error.kind, Kind::Protocol, "{name}: {error}");
        assert!(error.reason.contains(words), "{name}: {error}");
    }
}

#[test]
fn a_body_that_is_not_what_it_is_packed_as() {
    let server = Server::saying(answer("200 OK", "Content-Encoding: gzip\r\n", b"<rss>never packed</rss>"));
    let error = get(&server.url("/")).unwrap_err();
    assert_eq!(error.kind, Kind::Protocol);
    assert!(error.reason.contains("cannot be unpacked"), "{error}");
}

#[test]
fn large_documents_wait_for_one_of_four_slots_and_small_ones_do_not_wait() {
    let server = Server::start(|head, stream| say(stream, &answer("200 OK", "", &vec![b'x'; path(head)[1..].parse().unwrap()])));
    run(async {
        let fetcher = fetcher(Settings::new("0"));
        let (large, small) = (server.url("/2000000"), server.url("/200000"));
        let of = |url| fetcher.get(Box::leak(Box::new(Request { allow_private: true, ..Request::new(url, now()) })));
        let mut held = Vec::new();
        for _ in 0..4 {
            held.push(of(&large).await.unwrap());
        }
        let mut fifth = std::pin::pin!(of(&large));
        assert!(tokio::time::timeout(Duration::from_millis(500), &mut fifth).await.is_err(), "the fifth waits");
        assert_eq!(of(&small).await.unwrap().body.len(), 200_000, "others pass");
        held.pop();
        assert_eq!(fifth.await.unwrap().body.len(), 2_000_000, "until a slot is free");
    });
}

#[test]
fn bodies_between_small_and_large_share_a_budget_by_weight() {
    let server = Server::start(|head, stream| say(stream, &answer("200 OK", "", &vec![b'x'; path(head)[1..].parse().unwrap()])));
    run(async {
        let fetcher = fetcher(Settings::new("0"));
        let (million, half, free) = (server.url("/1048576"), server.url("/524288"), server.url("/65536"));
        let of = |url| fetcher.get(Box::leak(Box::new(Request { allow_private: true, ..Request::new(url, now()) })));
        let mut held = Vec::new();
        for _ in 0..7 {
            held.push(of(&million).await.unwrap());
        }
        held.push(of(&half).await.unwrap());
        let mut next = std::pin::pin!(of(&million));
        assert!(tokio::time::timeout(Duration::from_millis(500), &mut next).await.is_err(), "8 MiB less half a million are taken");
        assert_eq!(of(&free).await.unwrap().body.len(), 65_536, "64 KiB cost nothing");
        held.pop();
        assert_eq!(next.await.unwrap().body.len(), 1_048_576);
    });
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    flate2::read::GzEncoder::new(bytes, flate2::Compression::fast()).read_to_end(&mut packed).unwrap();
    packed
}
