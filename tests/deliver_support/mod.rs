//! A receiver of webhooks that judges signatures by itself, a store with alerts in it, and a loop per sink: what the delivery tests stand
//! on. Loopback only.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use base64::Engine as _;
use hmac::{Hmac, Mac};
use jiff::Timestamp;
use newswatch::alert::{Decision, NewAlert};
use newswatch::config::{Format, Secret, SecretUrl, SinkKind, SinkSpec};
use newswatch::deliver::{self, Ended, Sink, Worker};
use newswatch::fetch::{Fetcher, Settings};
use newswatch::model::{AlertArticle, AlertBody, AlertId, Field, HitLine, Located, Severity, StoryId};
use newswatch::store::{Options, OutboxFilter, OutboxLine, SinkBacklog, Store, StoreError};
use newswatch::telemetry::Progress;
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// The clock of the tests is the real one.
#[allow(clippy::disallowed_methods)]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// What a receiver was sent.
#[derive(Debug, Clone)]
pub struct Received {
    pub at: Instant,
    pub id: String,
    pub seq: i64,
    pub body: Vec<u8>,
    pub headers: HashMap<String, String>,
}

impl Received {
    /// Is it signed by this secret, and lately? By the letter of the specification, not by our own code.
    pub fn is_signed_by(&self, secret: &str) -> bool {
        let key = base64::engine::general_purpose::STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        let (id, time) = (&self.headers["webhook-id"], &self.headers["webhook-timestamp"]);
        if (now().as_second() - time.parse::<i64>().unwrap()).abs() > 300 {
            return false;
        }
        let content = [id.as_bytes(), b".", time.as_bytes(), b".", &self.body].concat();
        self.headers["webhook-signature"].split(' ').any(|signature| {
            let bytes = base64::engine::general_purpose::STANDARD.decode(signature.strip_prefix("v1,").unwrap()).unwrap();
            let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&key).unwrap();
            mac.update(&content);
            mac.verify_slice(&bytes).is_ok()
        })
    }
}

/// What a receiver answers: a status and headers, after a while.
pub struct Answer(pub u16, pub &'static str, pub Duration);

impl Answer {
    pub const fn status(status: u16) -> Self {
        Self(status, "", Duration::ZERO)
    }
}

/// A receiver of webhooks.
pub struct Receiver {
    pub address: SocketAddr,
    pub got: Arc<Mutex<Vec<Received>>>,
}

impl Receiver {
    /// `answer` is asked with what came and how many came before it.
    pub fn start(answer: impl Fn(&Received, usize) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let got: Arc<Mutex<Vec<Received>>> = Arc::default();
        let (noted, answer) = (got.clone(), Arc::new(answer));
        let accept = move || {
            for stream in listener.incoming().flatten() {
                let (noted, answer) = (noted.clone(), answer.clone());
                std::thread::Builder::new().spawn(move || serve(stream, &noted, answer.as_ref())).unwrap();
            }
        };
        std::thread::Builder::new().spawn(accept).unwrap();
        Self { address, got }
    }

    pub fn url(&self) -> SecretUrl {
        SecretUrl::literal(format!("http://{}/hook", self.address).parse().unwrap())
    }

    pub fn seqs(&self) -> Vec<i64> {
        self.got.lock().unwrap().iter().map(|r| r.seq).collect()
    }
}

fn serve(stream: TcpStream, noted: &Mutex<Vec<Received>>, answer: &dyn Fn(&Received, usize) -> Answer) {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    if reader.read_line(&mut line).unwrap_or(0) == 0 {
        return;
    }
    assert!(line.starts_with("POST /hook HTTP/1.1"), "{line}");
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.insert(name.to_ascii_lowercase(), value.to_string());
    }
    let mut body = vec![0; headers["content-length"].parse().unwrap()];
    reader.read_exact(&mut body).unwrap();
    let alert: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let received = Received { at: Instant::now(), id: headers["webhook-id"].clone(), seq: alert["seq"].as_i64().unwrap(), body, headers };
    let before = {
        let mut noted = noted.lock().unwrap();
        noted.push(received.clone());
        noted.len() - 1
    };
    let Answer(status, headers, delay) = answer(&received, before);
    std::thread::sleep(delay);
    let _ = write!(reader.get_mut(), "HTTP/1.1 {status} X\r\n{headers}Content-Length: 2\r\nConnection: close\r\n\r\nok");
}

/// Stores `n` alerts (from number `from` on) for these sinks.
pub async fn alerts(store: &Store, from: usize, n: usize, sinks: &[&str]) {
    let alert = |number: usize| NewAlert {
        body: AlertBody {
            v: 1,
            r#type: "alert.created".into(),
            timestamp: now(),
            seq: 0,
            alert_id: AlertId::of("alert.created", "eco", &number.to_be_bytes(), 0),
            watch: "eco".into(),
            severity: Severity::Normal,
            update: 0,
            story_id: StoryId::of(&newswatch::model::ArticleId(newswatch::model::hash128([number.to_be_bytes().as_slice()]))),
            article: AlertArticle {
                title: Some(format!("Ministers meet, round {number}")),
                link: Some(format!("https://news.example/{number}")),
                lang: Some("en".into()),
                feed: Some("news.example".into()),
                ..AlertArticle::default()
            },
            hits: vec![HitLine {
                field: Field::Title,
                text: "Ministers".into(),
                before: String::new(),
                after: "meet".into(),
                clause: "ministers".into(),
                form: "whole".into(),
            }],
            also_in: Vec::new(),
            also_in_more: 0,
        },
        hits: Vec::new(),
        sinks: sinks.iter().map(|s| (*s).to_string()).collect(),
        not_before: None,
    };
    let decision = Decision { alerts: (from..from + n).map(alert).collect(), ..Decision::default() };
    store.decide(decision).await.unwrap();
}

/// A store in `dir`.
pub fn open(dir: &Path) -> Store {
    let options = Options { ballast: 0, ..Options::at(dir.join("newswatch.db")) };
    Store::open(&options, &dir.join("control.sock")).unwrap()
}

pub fn file(name: &str, path: &Path, format: Format) -> SinkSpec {
    SinkSpec::new(name, SinkKind::File { path: Located::nowhere(path.into()), format })
}

pub fn webhook(name: &str, receiver: &Receiver, secrets: &[&str]) -> SinkSpec {
    let secrets = secrets.iter().map(|s| Secret::literal(s)).collect();
    SinkSpec::new(name, SinkKind::Webhook { url: Located::nowhere(receiver.url()), secrets })
}

/// Loops with one stop and one wake.
pub struct Loops {
    pub store: Store,
    pub stop: CancellationToken,
    pub wake: Arc<Notify>,
    pub progress: Progress,
}

impl Loops {
    pub fn new(store: &Store) -> Self {
        Self { store: store.clone(), stop: CancellationToken::new(), wake: Arc::default(), progress: Progress::default() }
    }

    pub fn worker(&self, spec: &SinkSpec, once: bool) -> impl Future<Output = Result<Ended, StoreError>> + Send + use<> {
        let sink: Arc<Sink> = Arc::new(deliver::compile(spec).unwrap());
        deliver::worker(Worker {
            sink,
            store: self.store.clone(),
            fetcher: fetcher(),
            wake: self.wake.clone(),
            stop: self.stop.clone(),
            clock: now,
            beat: self.progress.register("sink", Duration::from_secs(30)),
            once,
        })
    }

    pub async fn backlog(&self, sink: &str) -> SinkBacklog {
        self.store.backlog().await.unwrap().into_iter().find(|b| b.sink == sink).unwrap()
    }

    pub async fn outbox(&self) -> Vec<OutboxLine> {
        self.store.outbox(OutboxFilter::default(), now()).await.unwrap()
    }
}

pub fn fetcher() -> Fetcher {
    Fetcher::new(Settings::new("0")).unwrap()
}

/// Waits until `condition` holds.
pub async fn until(what: &str, limit: Duration, condition: impl AsyncFn() -> bool) {
    let start = Instant::now();
    while !condition().await {
        assert!(start.elapsed() < limit, "{what} did not come within {limit:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// The `seq` of every line of a JSON Lines file; every line must be whole.
pub fn seqs(path: &Path) -> Vec<i64> {
    // A reader may look while a batch is being written: a torn line is one that stays torn.
    let read = || std::fs::read_to_string(path).unwrap_or_default();
    let mut text = read();
    for _ in 0..200 {
        if text.is_empty() || text.ends_with('\n') {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
        text = read();
    }
    assert!(text.is_empty() || text.ends_with('\n'), "the last line is torn");
    let seq = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap_or_else(|e| panic!("{e}: {line}"))["seq"].as_i64().unwrap();
    text.lines().map(seq).collect()
}
