//! The real binary, a site that serves feeds, a receiver of webhooks: what the end-to-end tests stand on. Loopback only.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, clippy::disallowed_methods)] // each test file uses its part of it

use serde_json::Value;
use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Shared test material, beside the project. Its absence fails in CI and is a loud skip elsewhere.
pub fn shared(path: &str) -> Option<PathBuf> {
    let full = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(path);
    if full.exists() {
        return Some(full);
    }
    assert!(std::env::var_os("CI").is_none(), "{} is not there", full.display());
    eprintln!("SKIPPED: {} is not there", full.display());
    None
}

/// Is the test run as root? Else a loud skip of `what`.
pub fn root(what: &str) -> bool {
    let root = Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout.trim_ascii() == b"0");
    if !root {
        eprintln!("SKIPPED: {what} needs root");
    }
    root
}

/// Waits until `condition` holds.
pub fn wait_for(what: &str, limit: Duration, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < limit, "{what} did not come within {limit:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// One answer of a [`Site`].
#[derive(Clone, Default)]
pub struct Page {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Seconds before it answers.
    pub delay: Duration,
}

impl Page {
    pub fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self { status: 200, body: body.into(), ..Self::default() }
    }

    pub fn status(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
}

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
}

type Answer = dyn Fn(&Request) -> Page + Send + Sync;

/// A server on loopback, one thread a connection.
pub struct Site {
    pub address: SocketAddr,
    requests: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
}

impl Site {
    /// Answers every request with `answer`.
    pub fn new(answer: impl Fn(&Request) -> Page + Send + Sync + 'static) -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").unwrap(), answer)
    }

    /// The same on a listener of the caller's.
    pub fn on(listener: TcpListener, answer: impl Fn(&Request) -> Page + Send + Sync + 'static) -> Self {
        let address = listener.local_addr().unwrap();
        let (requests, stop) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let answer: Arc<Answer> = Arc::new(answer);
        let (counter, stopped) = (requests.clone(), stop.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if stopped.load(Ordering::Relaxed) {
                    break;
                }
                let Ok(stream) = stream else { continue };
                let (answer, counter) = (answer.clone(), counter.clone());
                std::thread::spawn(move || {
                    let _ = serve(stream, &*answer, &counter);
                });
            }
        });
        Self { address, requests, stop }
    }

    /// Pages by path; anything else is 404. The map may change while it serves.
    pub fn pages(pages: Arc<Mutex<HashMap<String, Page>>>) -> Self {
        Self::new(move |request| pages.lock().unwrap().get(&request.path).cloned().unwrap_or_else(|| Page::status(404)))
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::Relaxed)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.address);
    }
}

fn serve(stream: TcpStream, answer: &Answer, counter: &AtomicUsize) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split_whitespace();
    let (method, path) = (words.next().unwrap_or_default().to_string(), words.next().unwrap_or_default().to_string());
    if path.is_empty() {
        return Ok(());
    }
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':') {
            headers.insert(name.trim().to_ascii_lowercase(), value.trim().to_string());
        }
    }
    let length: usize = headers.get("content-length").and_then(|v| v.parse().ok()).unwrap_or_default();
    let mut body = vec![0; length.min(1 << 20)];
    reader.read_exact(&mut body)?;
    counter.fetch_add(1, Ordering::Relaxed);
    let page = answer(&Request { method, path, headers, body });
    std::thread::sleep(page.delay);
    let mut out = stream;
    let mut head = format!("HTTP/1.1 {} x\r\ncontent-length: {}\r\nconnection: close\r\n", page.status, page.body.len());
    for (name, value) in &page.headers {
        head += &format!("{name}: {value}\r\n");
    }
    out.write_all(head.as_bytes())?;
    out.write_all(b"\r\n")?;
    out.write_all(&page.body)?;
    out.flush()
}

/// One RSS item.
pub fn item(guid: &str, title: &str, date: &str) -> String {
    let date = if date.is_empty() { String::new() } else { format!("<pubDate>{date}</pubDate>") };
    format!("<item><title>{title}</title><link>https://outlet.invalid/{guid}</link><guid isPermaLink=\"false\">{guid}</guid>{date}</item>\n")
}

/// An RSS document.
pub fn rss(items: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n<rss version=\"2.0\"><channel><title>Outlet</title><link>https://outlet.invalid/</link>\n{items}</channel></rss>\n"
    )
}

/// A folder with a configuration, and the binary run in it.
pub struct Place {
    pub dir: tempfile::TempDir,
    env: Vec<(String, String)>,
}

impl Place {
    /// With this `newswatch.toml`; `{dir}` in it stands for the folder.
    pub fn new(config: &str) -> Self {
        let place = Self { dir: tempfile::Builder::new().prefix("nw").tempdir().unwrap(), env: Vec::new() };
        place.write("newswatch.toml", config);
        place
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text.replace("{dir}", &self.dir.path().display().to_string())).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    /// The binary with its state in this folder; nothing of the machine's own configuration reaches it.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_newswatch"));
        command.args(args).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", self.dir.path()).env("NEWSWATCH_CONFIG", self.path("newswatch.toml")).env("XDG_STATE_HOME", self.path("state"));
        command.envs(self.env.iter().cloned());
        command.current_dir(self.dir.path());
        command
    }

    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).stdin(Stdio::null()).output().unwrap()
    }

    /// Runs it and reads its stdout as JSON Lines.
    pub fn json(&self, args: &[&str]) -> Vec<Value> {
        let out = self.run(args);
        lines(&String::from_utf8_lossy(&out.stdout))
    }

    /// Starts the daemon; its log goes to `daemon.log`.
    pub fn start(&self) -> Daemon {
        self.start_with(&["run"])
    }

    pub fn start_with(&self, args: &[&str]) -> Daemon {
        let log = fs::OpenOptions::new().create(true).append(true).open(self.path("daemon.log")).unwrap();
        let child = self.command(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap();
        Daemon { child }
    }

    pub fn log(&self) -> String {
        self.read("daemon.log")
    }
}

/// JSON Lines as values.
pub fn lines(text: &str) -> Vec<Value> {
    text.lines().filter(|line| !line.is_empty()).map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect()
}

/// A running daemon; killed when dropped.
pub struct Daemon {
    pub child: Child,
}

impl Daemon {
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status().unwrap();
        assert!(status.success());
    }

    /// Waits for it to end and says its exit code (none: a signal).
    pub fn wait(&mut self, limit: Duration) -> Option<i32> {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(start.elapsed() < limit, "the daemon did not end within {limit:?}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// SIGTERM, and a clean end.
    pub fn stop(mut self) {
        self.signal("TERM");
        assert_eq!(self.wait(Duration::from_secs(10)), Some(0));
    }

    /// Peak memory so far, in bytes.
    pub fn peak_rss(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
