//! The daemon's side of the control socket.

use super::{Command, Reply};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode, header};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::fs::Permissions;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::net::{UnixListener, UnixStream};
use tokio_util::sync::CancellationToken;

/// Commands in hand at once; more wait in the kernel's queue.
const CONNECTIONS: usize = 16;
/// Bytes of one command.
const BODY: usize = 64 * 1024;
/// A client that says nothing for this long is cut off.
const PATIENCE: Duration = Duration::from_secs(5);

/// A bound control socket. Dropping it removes the socket file.
#[derive(Debug)]
pub struct Server {
    listener: UnixListener,
    path: PathBuf,
}

impl Server {
    /// Binds `path` with mode 0660. The caller holds the store's lock, so a file left over there is nobody's.
    ///
    /// # Errors
    /// When the socket cannot be made there: no such folder, no permission, a path too long for a socket (107 bytes).
    pub fn bind(path: &Path) -> io::Result<Self> {
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(path)?;
        std::fs::set_permissions(path, Permissions::from_mode(0o660))?;
        Ok(Self { listener, path: path.to_path_buf() })
    }

    /// Answers commands with `handle` until `stop`; commands in hand are answered first.
    pub async fn run<H, F>(self, handle: H, stop: CancellationToken)
    where
        H: Fn(Command) -> F,
        F: Future<Output = Reply>,
    {
        let mut open = FuturesUnordered::new();
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                Some(()) = open.next(), if !open.is_empty() => {}
                accepted = self.listener.accept(), if open.len() < CONNECTIONS => match accepted {
                    Ok((stream, _)) => open.push(serve(stream, &handle)),
                    Err(error) => {
                        tracing::warn!("control socket {}: {error}", self.path.display());
                        tokio::time::sleep(Duration::from_millis(200)).await;
                    }
                },
            }
        }
        let _ = tokio::time::timeout(PATIENCE, async { while open.next().await.is_some() {} }).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

async fn serve<H, F>(stream: UnixStream, handle: &H)
where
    H: Fn(Command) -> F,
    F: Future<Output = Reply>,
{
    let service = service_fn(|request: Request<Incoming>| async {
        let (status, body) = match command(request).await {
            Ok(command) => (StatusCode::OK, serde_json::to_vec(&handle(command).await).unwrap_or_default()),
            Err((status, reason)) => (status, serde_json::to_vec(&Reply::Failed { message: reason }).unwrap_or_default()),
        };
        Response::builder().status(status).header(header::CONTENT_TYPE, "application/json").body(Full::new(Bytes::from(body)))
    });
    let mut http = hyper::server::conn::http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(PATIENCE).keep_alive(false);
    if let Err(error) = http.serve_connection(TokioIo::new(stream), service).await {
        tracing::debug!("control socket: {error}");
    }
}

async fn command(request: Request<Incoming>) -> Result<Command, (StatusCode, String)> {
    if request.method() != Method::POST {
        return Err((StatusCode::METHOD_NOT_ALLOWED, "POST a command".into()));
    }
    let body = tokio::time::timeout(PATIENCE, Limited::new(request.into_body(), BODY).collect())
        .await
        .map_err(|_| (StatusCode::REQUEST_TIMEOUT, "the command did not arrive".to_string()))?
        .map_err(|error| (StatusCode::PAYLOAD_TOO_LARGE, error.to_string()))?
        .to_bytes();
    serde_json::from_slice(&body).map_err(|error| (StatusCode::BAD_REQUEST, format!("not a command of this version: {error}")))
}
