//! A server that does what it is told, byte by byte: plain threads on loopback, no HTTP library that would mend its faults.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::future::Future;
use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;
use url::Url;

/// A test that takes this long has hung.
pub const BOUND: Duration = Duration::from_secs(60);

/// Every request's head, in the order of arrival; a connection that sent nothing leaves an empty one.
#[derive(Clone)]
pub struct Server {
    pub address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
    open: Arc<Mutex<usize>>,
}

impl Server {
    /// Listens on 127.0.0.1 and lets `answer` speak to each connection after its request's head has come.
    pub fn start(answer: impl Fn(&str, &mut TcpStream) + Send + Sync + 'static) -> Self {
        Self::at("127.0.0.1:0", answer)
    }

    pub fn at(address: &str, answer: impl Fn(&str, &mut TcpStream) + Send + Sync + 'static) -> Self {
        Self::raw(address, move |stream, heads| {
            let head = read_head(stream);
            heads.lock().unwrap().push(head.clone());
            if !head.is_empty() {
                answer(&head, stream);
            }
        })
    }

    /// The same with the bare connection.
    pub fn raw(address: &str, serve: impl Fn(&mut TcpStream, &Mutex<Vec<String>>) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let server = Self { address: listener.local_addr().unwrap(), heads: Arc::default(), open: Arc::default() };
        let (serve, (heads, open)) = (Arc::new(serve), (server.heads.clone(), server.open.clone()));
        thread::Builder::new()
            .spawn(move || {
                for stream in listener.incoming() {
                    let Ok(mut stream) = stream else { continue };
                    let (serve, heads, open) = (serve.clone(), heads.clone(), open.clone());
                    *open.lock().unwrap() += 1;
                    let work = move || {
                        stream.set_read_timeout(Some(BOUND)).unwrap();
                        serve(&mut stream, &heads);
                        drop(stream);
                        *open.lock().unwrap() -= 1;
                    };
                    thread::Builder::new().spawn(work).unwrap();
                }
            })
            .unwrap();
        server
    }

    /// Answers every request with the same bytes.
    pub fn saying(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        Self::start(move |_, stream| say(stream, &bytes))
    }

    pub fn url(&self, path: &str) -> Url {
        Url::parse(&format!("http://{}{path}", self.address)).unwrap()
    }

    /// The same server under a name, which a lookup has to lead to it.
    pub fn url_as(&self, scheme: &str, name: &str, path: &str) -> Url {
        Url::parse(&format!("{scheme}://{name}:{}{path}", self.address.port())).unwrap()
    }

    pub fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }

    /// Connections that came, whether or not they said anything.
    pub fn connections(&self) -> usize {
        self.heads.lock().unwrap().len() + *self.open.lock().unwrap()
    }
}

/// Up to the empty line; what is there if the other side stops before.
pub fn read_head(stream: &mut impl Read) -> String {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && matches!(stream.read(&mut byte), Ok(1)) {
        head.push(byte[0]);
    }
    String::from_utf8_lossy(&head).into_owned()
}

/// Writes; a client that has gone away is its own affair.
pub fn say(stream: &mut impl Write, bytes: &[u8]) {
    heard(stream, bytes);
}

/// Writes, and says whether anybody is still there.
pub fn heard(stream: &mut impl Write, bytes: &[u8]) -> bool {
    stream.write_all(bytes).and_then(|()| stream.flush()).is_ok()
}

/// A whole answer with a length.
pub fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n", body.len()).into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

pub fn redirect(status: u16, to: &str) -> Vec<u8> {
    answer(&format!("{status} Elsewhere"), &format!("Location: {to}\r\n"), b"<p>over there</p>")
}

/// Ends the connection with a reset instead of an orderly close.
pub fn reset(stream: &TcpStream) {
    rustix::net::sockopt::set_socket_linger(stream, Some(Duration::ZERO)).unwrap();
}

/// The path a request asks for.
pub fn path(head: &str) -> &str {
    head.split(' ').nth(1).unwrap_or_default()
}

/// A lookup that leads every name to one address.
pub fn all_names_at(ip: &str) -> newswatch::fetch::Lookup {
    let ip: IpAddr = ip.parse().unwrap();
    Arc::new(move |_| Box::pin(async move { Ok(vec![ip]) }))
}

/// Runs to the end or fails: no test waits for ever.
pub fn run<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let result = runtime.block_on(async { tokio::time::timeout(BOUND, work).await.expect("the test hangs") });
    // A lookup that hangs would hold the runtime back.
    runtime.shutdown_timeout(Duration::from_millis(100));
    result
}

/// Runs this test once more in a process of its own, started as `command` says (its last argument is this program) and with `INSIDE_TEST` set.
pub fn again(mut command: std::process::Command, test: &str) {
    let output = command.args(["--exact", test, "--nocapture", "--test-threads=1"]).env(INSIDE, "1").output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.contains("1 passed"), "inside:\n{said}");
}

const INSIDE: &str = "INSIDE_TEST";

/// Whether this process was started by [`again`].
pub fn inside() -> bool {
    std::env::var_os(INSIDE).is_some()
}
