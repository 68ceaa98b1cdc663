//! What the guarded client costs beside a bare socket: CPU of this process for a 304 and for an unchanged 200 of 54 KB, each on a new
//! connection. Prints the ratios of PERFORMANCE's table (a 304 ≤ 2 × raw).
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a program that prints figures")]

use jiff::Timestamp;
use newswatch::fetch::{Fetcher, Request, Settings};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use url::Url;

const ROUNDS: u32 = 2000;

fn main() {
    if std::env::args().any(|arg| arg == "--serve") {
        return serve();
    }
    let mut server = Command::new(std::env::current_exe().unwrap()).arg("--serve").stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let address: SocketAddr = line.trim().parse().unwrap();
    // One thread, so that its own CPU clock is the whole cost on our side.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let fetcher = Fetcher::new(Settings::new("0")).unwrap();
    for (name, path, bytes) in [("304", "/304", 0), ("200 of 54 KB", "/200", 54 * 1024)] {
        let url = Url::parse(&format!("http://{address}{path}")).unwrap();
        let raw = || {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nIf-None-Match: \"v1\"\r\n\r\n").as_bytes()).unwrap();
            let mut answer = Vec::with_capacity(64 * 1024);
            stream.read_to_end(&mut answer).unwrap();
            assert!(answer.len() > bytes);
        };
        let ours = || {
            let request = Request { etag: Some("\"v1\""), allow_private: true, ..Request::new(&url, Timestamp::UNIX_EPOCH) };
            let fetched = runtime.block_on(fetcher.get(&request)).unwrap();
            assert_eq!(fetched.body.len(), bytes);
        };
        (0..200).for_each(|_| ours());
        // In turns, so that both meet the same machine.
        let (mut raw_ns, mut our_ns) = (0, 0);
        for _ in 0..ROUNDS {
            raw_ns += cpu(raw);
            our_ns += cpu(ours);
        }
        let [raw, ours] = [raw_ns, our_ns].map(|ns| ns as f64 / f64::from(ROUNDS) / 1000.0);
        println!("{name}: raw {raw:.0} µs, guarded client {ours:.0} µs of CPU, ratio {:.2}", ours / raw);
    }
    server.kill().unwrap();
    server.wait().unwrap();
}

/// Nanoseconds this thread was on a processor while `work` ran.
fn cpu(work: impl FnOnce()) -> u64 {
    let clock = || std::fs::read_to_string("/proc/thread-self/schedstat").unwrap().split(' ').next().unwrap().parse::<u64>().unwrap();
    let before = clock();
    work();
    clock() - before
}

fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("{}", listener.local_addr().unwrap());
    let document = [b"HTTP/1.1 200 OK\r\nContent-Length: 55296\r\nConnection: close\r\n\r\n".as_slice(), &vec![b'x'; 54 * 1024]].concat();
    for stream in listener.incoming() {
        let mut stream = stream.unwrap();
        let mut head = [0; 4096];
        let length = stream.read(&mut head).unwrap();
        let unchanged = head.get(..length).is_some_and(|head| head.starts_with(b"GET /304"));
        let _ = stream.write_all(if unchanged { b"HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\nConnection: close\r\n\r\n" } else { &document });
    }
}
