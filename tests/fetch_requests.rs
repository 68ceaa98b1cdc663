//! What is asked for, what is sent along and to whom, and whom we believe.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::string_slice, clippy::print_stderr)] // a test fails by panicking

#[path = "support/wire.rs"]
mod wire;

use jiff::Timestamp;
use newswatch::fetch::{FetchError, Fetched, Fetcher, Kind, Post, Posted, Request, Settings};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, Stream};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, mpsc};
use std::thread::sleep;
use std::time::Duration;
use url::Url;
use wire::{Server, all_names_at, answer, path, read_head, redirect, run, say};

fn now() -> Timestamp {
    "2026-11-24T10:00:00Z".parse().unwrap()
}

fn at_home() -> Fetcher {
    let settings = Settings { contact: Some("https://desk.example/bot".to_owned()), ..Settings::new("0.1.0") };
    Fetcher::with_lookup(settings, all_names_at("127.0.0.1")).unwrap()
}

fn get(request: Request<'_>) -> Result<Fetched, FetchError> {
    run(async { at_home().get(&Request { allow_private: true, ..request }).await })
}

/// The value of a header, by its name in lower case.
fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| line.split_once(':').filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()))
}

#[test]
fn an_honest_request() {
    let server = Server::saying(answer("200 OK", "Set-Cookie: a=b\r\n", b"<rss/>"));
    get(Request::new(&server.url("/feed?x=1"), now())).unwrap();
    let head = server.heads().remove(0);
    assert!(head.starts_with("GET /feed?x=1 HTTP/1.1\r\n"));
    assert_eq!(header(&head, "user-agent"), Some("newswatch/0.1.0 (+https://desk.example/bot)"));
    for packing in ["gzip", "br", "zstd"] {
        assert!(header(&head, "accept-encoding").unwrap().contains(packing));
    }
    assert!(header(&head, "accept").unwrap().contains("application/rss+xml"));
    for name in ["if-none-match", "if-modified-since", "referer", "cookie", "authorization"] {
        assert_eq!(header(&head, name), None);
    }
    get(Request { user_agent: Some("Mozilla/5.0"), ..Request::new(&server.url("/"), now()) }).unwrap();
    assert_eq!(header(&server.heads()[1], "user-agent"), Some("Mozilla/5.0"));
}

#[test]
fn a_contact_that_cannot_be_sent_is_told_at_the_start() {
    let broken = Settings { contact: Some("a\nb".to_owned()), ..Settings::new("0") };
    assert!(Fetcher::new(broken).err().unwrap().reason.contains("contact"));
    let silent = Settings::new("0.1.0");
    let server = Server::saying(answer("200 OK", "", b""));
    run(async { Fetcher::new(silent).unwrap().get(&Request { allow_private: true, ..Request::new(&server.url("/"), now()) }).await }).unwrap();
    assert_eq!(header(&server.heads()[0], "user-agent"), Some("newswatch/0.1.0"));
}

#[test]
fn not_modified() {
    let server = Server::start(|head, stream| {
        let bytes = match (path(head), header(head, "if-none-match"), header(head, "if-modified-since")) {
            ("/moved", ..) => redirect(302, "/feed"),
            ("/liar", ..) | (_, Some("W/\"v1\""), Some("Tue, 24 Nov 2026 09:00:00 GMT")) => {
                b"HTTP/1.1 304 Not Modified\r\nETag: \"v2\"\r\n\r\n".to_vec()
            }
            _ => answer("200 OK", "ETag: W/\"v1\"\r\nLast-Modified: Tue, 24 Nov 2026 09:00:00 GMT\r\n", b"<rss/>"),
        };
        say(stream, &bytes);
    });
    let url = server.url("/feed");
    let first = get(Request::new(&url, now())).unwrap();
    assert_eq!((first.status, first.body.as_slice()), (200, b"<rss/>".as_slice()));
    assert_ne!(first.body_hash, [0; 16]);
    for path in ["/feed", "/moved"] {
        let url = server.url(path);
        let again = Request { etag: first.etag.as_deref(), last_modified: first.last_modified.as_deref(), ..Request::new(&url, now()) };
        let again = get(again).unwrap();
        assert_eq!((again.status, again.body.len(), again.etag.as_deref()), (304, 0, Some("\"v2\"")), "{path}");
    }
    let error = get(Request::new(&server.url("/liar"), now())).unwrap_err();
    assert_eq!(error.kind, Kind::Protocol, "a 304 that nobody asked for is no answer");
    let unsendable = Request { etag: Some("\"a\nb\""), ..Request::new(&url, now()) };
    assert_eq!(get(unsendable).unwrap().status, 200, "a validator that cannot be sent is none");
}

#[test]
fn the_same_bytes_have_the_same_hash_however_they_come() {
    let text = b"<rss>hello</rss>";
    let mut gz = Vec::new();
    flate2::read::GzEncoder::new(text.as_slice(), flate2::Compression::default()).read_to_end(&mut gz).unwrap();
    let zst = zstd::encode_all(text.as_slice(), 3).unwrap();
    // Brotli by hand: a window of 64 KB, a metablock of 16 bytes as they are, the last and empty one.
    let br = [[0xf0, 0x00, 0x10].as_slice(), text, &[0x03]].concat();
    let server = Server::start(move |head, stream| {
        let (name, body): (&str, &[u8]) = match path(head) {
            "/gzip" => ("gzip", &gz),
            "/zstd" => ("zstd", &zst),
            "/br" => ("br", &br),
            _ => ("identity", text),
        };
        say(stream, &answer("200 OK", &format!("Content-Encoding: {name}\r\n"), body));
    });
    let plain = get(Request::new(&server.url("/plain"), now())).unwrap();
    for way in ["/gzip", "/zstd", "/br"] {
        let packed = get(Request::new(&server.url(way), now())).unwrap();
        assert_eq!((packed.body.as_slice(), packed.body_hash, packed.cut), (text.as_slice(), plain.body_hash, None), "{way}");
    }
}

#[test]
fn credentials_and_headers_stay_with_the_host_they_are_for() {
    let stranger = Server::saying(answer("200 OK", "", b"<rss/>"));
    let port = stranger.address.port();
    let home = Server::start(move |head, stream| {
        let bytes = match path(head) {
            "/same" => redirect(301, "/end"),
            "/other-name" => redirect(301, &format!("http://other.example:{}/end", header(head, "host").unwrap().rsplit(':').next().unwrap())),
            "/other-port" => redirect(301, &format!("http://home.example:{port}/end")),
            "/named" => redirect(301, &format!("http://home:owner@stranger.example:{port}/end")),
            _ => answer("200 OK", "", b"<rss/>"),
        };
        say(stream, &bytes);
    });
    let headers = [("X-Api-Key".to_owned(), "s3cret".to_owned()), ("Accept".to_owned(), "text/xml".to_owned())];
    let secrets = |head: &str| (header(head, "authorization").map(str::to_owned), header(head, "x-api-key").map(str::to_owned));
    let own = (Some("Basic dXNlcjpwQHNz".to_owned()), Some("s3cret".to_owned()));
    let go = |path: &str| {
        let mut url = home.url_as("http", "home.example", path);
        url.set_username("user").unwrap();
        url.set_password(Some("p%40ss")).unwrap();
        let found = get(Request { headers: &headers, ..Request::new(&url, now()) }).unwrap();
        assert_eq!((found.url.username(), found.url.password()), ("", None), "links are resolved against this");
        found
    };
    go("/end");
    assert_eq!(header(&home.heads()[0], "accept"), Some("text/xml"), "a configured header replaces ours");
    let kept = go("/same").moved_to.unwrap();
    assert_eq!((kept.username(), kept.path()), ("user", "/end"), "the next poll needs them");
    assert_eq!(home.heads().iter().map(|head| secrets(head)).collect::<Vec<_>>(), [own.clone(), own.clone(), own]);
    let lost = go("/other-name").moved_to.unwrap();
    assert_eq!(lost.username(), "");
    assert_eq!(secrets(home.heads().last().unwrap()), (None, None));
    go("/other-port");
    go("/named");
    assert_eq!(stranger.heads().iter().map(|head| secrets(head)).collect::<Vec<_>>(), [(None, None), (None, None)]);
    assert!(header(&stranger.heads()[0], "accept").unwrap().contains("rss"), "ours again");

    // The address a feed has moved to is not the one its secrets were written for.
    let (url, configured) = (stranger.url_as("http", "stranger.example", "/end"), home.url_as("http", "home.example", "/"));
    get(Request { home: Some(&configured), headers: &headers, ..Request::new(&url, now()) }).unwrap();
    assert_eq!(secrets(stranger.heads().last().unwrap()), (None, None));
}

#[test]
fn errors_show_no_secrets() {
    let closed = Server::start(|_, _| ());
    for (path, name) in [("/feed?token=t0ken", "home.example"), ("/p4th", "home.example")] {
        let mut url = closed.url_as("http", name, path);
        url.set_password(Some("passw0rd")).unwrap();
        let shown = format!("{:?}", get(Request::new(&url, now())).unwrap_err());
        for secret in ["t0ken", "p4th", "passw0rd"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}

#[test]
fn no_connection_is_kept_for_the_next_poll() {
    let (ended, end) = mpsc::sync_channel(8);
    let server = Server::start(move |_, stream| {
        say(stream, &answer("200 OK", "Connection: keep-alive\r\n", b"<rss/>"));
        let _ = ended.send(stream.read(&mut [0]).unwrap_or(9));
    });
    run(async {
        let fetcher = at_home();
        for _ in 0..2 {
            fetcher.get(&Request { allow_private: true, ..Request::new(&server.url("/"), now()) }).await.unwrap();
            assert_eq!(end.recv_timeout(Duration::from_secs(10)), Ok(0), "closed by us, at once");
        }
    });
    assert_eq!(server.heads().len(), 2);
}

#[test]
fn a_proxy_is_used_only_where_one_is_set_and_then_it_is_trusted() {
    let proxy = Server::saying(answer("200 OK", "", b"by proxy"));
    let through = proxy.url("/");
    let url = Url::parse("http://inside.example/feed").unwrap();
    let got = run(async { at_home().get(&Request { proxy: Some(&through), ..Request::new(&url, now()) }).await }).unwrap();
    assert_eq!(got.body, b"by proxy", "the proxy's own address is private, and the name is the proxy's to resolve");
    assert!(proxy.heads()[0].starts_with("GET http://inside.example/feed HTTP/1.1"));
    for literal in ["http://127.0.0.1/", "http://2130706433/", "http://localhost/"] {
        let url = Url::parse(literal).unwrap();
        let error = run(async { at_home().get(&Request { proxy: Some(&through), ..Request::new(&url, now()) }).await }).unwrap_err();
        assert_eq!(error.kind, Kind::Private, "{literal}");
    }
    let odd = Url::parse("socks5://127.0.0.1:1").unwrap();
    let error = run(async { at_home().get(&Request { proxy: Some(&odd), ..Request::new(&url, now()) }).await }).unwrap_err();
    assert!(error.reason.contains("`proxy`"), "{error}");
    assert_eq!(proxy.heads().len(), 1);
}

#[test]
fn a_proxy_in_the_environment_is_not_ours() {
    if !wire::inside() {
        let mut command = Command::new(std::env::current_exe().unwrap());
        for name in ["http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"] {
            command.env(name, "http://127.0.0.1:9");
        }
        return wire::again(command, "a_proxy_in_the_environment_is_not_ours");
    }
    let server = Server::saying(answer("200 OK", "", b"<rss/>"));
    assert_eq!(get(Request::new(&server.url_as("http", "news.example", "/"), now())).unwrap().status, 200);
}

fn pem(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tls").join(name)
}

/// A TLS server with the certificate of that name.
fn tls(name: &str, said: Vec<u8>) -> Server {
    let chain = CertificateDer::pem_file_iter(pem(&format!("{name}.pem"))).unwrap().collect::<Result<Vec<_>, _>>().unwrap();
    let key = PrivateKeyDer::from_pem_file(pem(&format!("{name}.key"))).unwrap();
    let config =
        ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider())).with_safe_default_protocol_versions().unwrap();
    let config = Arc::new(config.with_no_client_auth().with_single_cert(chain, key).unwrap());
    Server::raw("127.0.0.1:0", move |stream, heads| {
        let mut connection = ServerConnection::new(config.clone()).unwrap();
        let mut secure = Stream::new(&mut connection, stream);
        let head = read_head(&mut secure);
        heads.lock().unwrap().push(head.clone());
        if !head.is_empty() {
            let _ = secure.write_all(&said);
            secure.conn.send_close_notify();
            let _ = secure.flush();
        }
    })
}

#[test]
fn whom_we_believe() {
    let good = tls("good", answer("200 OK", "", b"<rss/>"));
    let expired = tls("expired", answer("200 OK", "", b"<rss/>"));
    let plain = Server::raw("127.0.0.1:0", |stream, _| {
        let _ = stream.read(&mut [0; 4096]);
        say(stream, &answer("400 Bad Request", "", b"plain HTTP only"));
    });
    let ca = pem("ca.pem");
    let ask =
        |server: &Server, name: &str, ca_file: Option<&Path>| get(Request { ca_file, ..Request::new(&server.url_as("https", name, "/"), now()) });
    assert_eq!(ask(&good, "news.example", Some(&ca)).unwrap().body, b"<rss/>");
    for (error, words) in [
        (
            ask(&good, "news.example", None),
            "the certificate of news.example is signed by an unknown authority. If it is your own, name its authority with ca_file under this [[feed]].",
        ),
        (ask(&good, "other.example", Some(&ca)), "the certificate is not one for other.example"),
        (ask(&expired, "news.example", Some(&ca)), "the certificate of news.example has expired"),
        (ask(&plain, "news.example", Some(&ca)), "news.example does not speak TLS at this port"),
    ] {
        let error = error.unwrap_err();
        assert_eq!((error.kind, error.reason.as_str()), (Kind::Tls, words));
    }
    assert!(good.heads().iter().skip(1).all(String::is_empty), "nothing was sent to whom we do not believe");
}

#[test]
fn a_machine_without_certificates_fetches_what_needs_none() {
    if !wire::inside() {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.env("SSL_CERT_FILE", "/nonexistent/ca.pem").env("SSL_CERT_DIR", "/nonexistent");
        return wire::again(command, "a_machine_without_certificates_fetches_what_needs_none");
    }
    let plain = Server::saying(answer("200 OK", "", b"<rss/>"));
    assert_eq!(get(Request::new(&plain.url("/"), now())).unwrap().status, 200);
    let good = tls("good", answer("200 OK", "", b"<rss/>"));
    let url = good.url_as("https", "news.example", "/");
    let error = get(Request::new(&url, now())).unwrap_err();
    assert_eq!(error.reason, "this machine trusts no certificates at all. Install the package ca-certificates and restart, or set ca_file.");
    assert_eq!(get(Request { ca_file: Some(&pem("ca.pem")), ..Request::new(&url, now()) }).unwrap().status, 200);
}

#[test]
fn from_https_to_http_is_refused() {
    let plain = Server::saying(answer("200 OK", "", b"<rss/>"));
    let secure = tls("good", redirect(301, plain.url_as("http", "news.example", "/feed").as_str()));
    let ca = pem("ca.pem");
    let error = get(Request { ca_file: Some(&ca), ..Request::new(&secure.url_as("https", "news.example", "/feed"), now()) }).unwrap_err();
    assert_eq!(
        (error.kind, error.reason.as_str()),
        (Kind::Redirects, "redirects from https to http (news.example), where anybody on the way could change it")
    );
    assert_eq!((secure.heads().len(), plain.connections()), (1, 0));
    let up = Server::saying(redirect(301, tls("good", answer("200 OK", "", b"<rss/>")).url_as("https", "news.example", "/").as_str()));
    assert_eq!(get(Request { ca_file: Some(&ca), ..Request::new(&up.url_as("http", "news.example", "/"), now()) }).unwrap().status, 200);
}

fn post(post: Post<'_>) -> Result<Posted, FetchError> {
    run(async { at_home().post(&post).await })
}

#[test]
fn a_sink_is_sent_what_it_is_to_get() {
    let server = Server::start(|head, stream| {
        let mut body = vec![0; header(head, "content-length").unwrap().parse().unwrap()];
        stream.read_exact(&mut body).unwrap();
        let said = format!("got {}\n\x1b[31mthanks\x1b[0m", String::from_utf8(body).unwrap());
        let bytes = match path(head) {
            "/elsewhere" => redirect(307, "/hook"),
            "/busy" => answer("429 Slow", "Retry-After: 30\r\n", "x".repeat(100_000).as_bytes()),
            _ => answer("200 OK", "", said.as_bytes()),
        };
        say(stream, &bytes);
    });
    let headers = [("webhook-id".to_owned(), "w1".to_owned())];
    let to = |path: &str| {
        post(Post {
            url: &server.url(path),
            headers: &headers,
            body: b"{}",
            timeout: Duration::from_secs(10),
            proxy: None,
            ca_file: None,
            now: now(),
        })
    };
    let sent = to("/hook").unwrap();
    assert_eq!(
        (sent.status, sent.excerpt.as_str()),
        (200, "got {} [31mthanks [0m"),
        "private, and that is allowed; one line, nothing that moves a cursor"
    );
    let head = server.heads().remove(0);
    assert!(head.starts_with("POST /hook HTTP/1.1"));
    assert_eq!((header(&head, "webhook-id"), header(&head, "content-type")), (Some("w1"), Some("application/json")));
    assert!(header(&head, "user-agent").unwrap().starts_with("newswatch/0.1.0"));
    let busy = to("/busy").unwrap();
    assert_eq!((busy.status, busy.retry_after, busy.excerpt.len()), (429, Some(Duration::from_secs(30)), 200));
    assert_eq!(to("/elsewhere").unwrap().status, 307, "a sink follows no redirect");
    assert_eq!(server.heads().len(), 3);
}

#[test]
fn a_sink_that_does_not_answer() {
    let slow = Server::start(|_, stream| {
        sleep(Duration::from_secs(20));
        say(stream, &answer("200 OK", "", b""));
    });
    let ask = |url: &Url| {
        post(Post { url, headers: &[], body: b"{}", timeout: Duration::from_millis(2500), proxy: None, ca_file: None, now: now() }).unwrap_err()
    };
    assert_eq!(ask(&slow.url("/")).reason, "no answer from 127.0.0.1 within 2.5 s");
    let gone = Url::parse("http://127.0.0.1:9/").unwrap();
    assert_eq!((ask(&gone).kind, ask(&gone).reason.as_str()), (Kind::Connect, "connection refused"));
    assert_eq!(slow.heads().len(), 1, "sent once, never again by itself");
}
