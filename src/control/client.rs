//! The command's side of the control socket.

use super::{Command, Reply};
use http_body_util::{BodyExt, Full, Limited};
use hyper::Request;
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::net::UnixStream;

/// Bytes of one reply.
const BODY: usize = 4 * 1024 * 1024;

/// Why the daemon was not reached.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// Nobody listens there.
    #[error("newswatch does not answer at {path} ({error}). Is newswatch.service running?")]
    NotRunning {
        /// The socket.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The socket is there and closed to us.
    #[error("{path} belongs to group newswatch and you are not in it: sudo usermod -aG newswatch $USER, then log in again")]
    NotPermitted {
        /// The socket.
        path: PathBuf,
    },
    /// It listens and does not answer as expected.
    #[error("newswatch at {path} gave no answer: {reason}")]
    NoAnswer {
        /// The socket.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

/// Sends one command to the daemon that listens at `socket` and waits at most `patience` for its reply.
///
/// # Errors
/// When nobody listens there, when it may not be opened, when no reply comes.
pub async fn send(socket: &Path, command: &Command, patience: Duration) -> Result<Reply, ControlError> {
    let path = || socket.to_path_buf();
    let stream = UnixStream::connect(socket).await.map_err(|error| match error.kind() {
        io::ErrorKind::PermissionDenied => ControlError::NotPermitted { path: path() },
        _ => ControlError::NotRunning { path: path(), error },
    })?;
    let no_answer = |reason: String| ControlError::NoAnswer { path: path(), reason };
    let exchange = async {
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        let body = serde_json::to_vec(command).unwrap_or_default();
        let request = Request::post("/").header("host", "newswatch").body(Full::new(Bytes::from(body)))?;
        let reply = async {
            let response = sender.send_request(request).await?;
            let bytes = Limited::new(response.into_body(), BODY).collect().await?.to_bytes();
            Ok::<Bytes, Box<dyn std::error::Error + Send + Sync>>(bytes)
        };
        tokio::pin!(reply);
        let bytes = tokio::select! {
            bytes = &mut reply => bytes?,
            ended = connection => {
                ended?;
                reply.await?
            }
        };
        Ok::<Reply, Box<dyn std::error::Error + Send + Sync>>(serde_json::from_slice(&bytes)?)
    };
    match tokio::time::timeout(patience, exchange).await {
        Ok(Ok(reply)) => Ok(reply),
        Ok(Err(error)) => Err(no_answer(error.to_string())),
        Err(_) => Err(no_answer(format!("nothing came within {} s", patience.as_secs()))),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Server;
    use super::*;
    use tokio_util::sync::CancellationToken;

    #[tokio::test]
    async fn a_command_goes_there_and_its_reply_comes_back() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("control.sock");
        let server = Server::bind(&path).unwrap();
        let stop = CancellationToken::new();
        let handle = |command| async move {
            match command {
                Command::Poll { feed: None, force: true } => Reply::Polling { feeds: 3 },
                other => Reply::Unknown { message: format!("{other:?}") },
            }
        };
        let client = async {
            let reply = send(&path, &Command::Poll { feed: None, force: true }, Duration::from_secs(5)).await.unwrap();
            assert_eq!(reply, Reply::Polling { feeds: 3 });
            stop.cancel();
        };
        tokio::join!(server.run(handle, stop.clone()), client);
        assert!(!path.exists(), "the socket goes with the server");
        let error = send(&path, &Command::Status, Duration::from_secs(1)).await.unwrap_err();
        assert!(error.to_string().contains("Is newswatch.service running?"), "{error}");
    }
}
