//! A body read piece by piece: decoded bytes under a cap, under every deadline, and in memory that was asked for first.
//!
//! Up to 64 KiB a body is paid for by the number of requests under way. Beyond that it takes its weight from a common budget, and beyond 1 MiB
//! one of four large slots. Nobody who holds a large slot waits for anything, so the order always empties.

use super::error::{FetchError, Kind, seconds};
use reqwest::Response;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

const KIB: usize = 1024;
/// Free of charge.
const SMALL: usize = 64 * KIB;
/// More than this needs a large slot.
const MEDIUM: usize = 1024 * KIB;
/// KiB that all bodies between [`SMALL`] and [`MEDIUM`] may take together.
const BUDGET: usize = 8 * KIB;
/// Bodies over [`MEDIUM`] at once.
const LARGE_SLOTS: usize = 4;

/// The memory a body was given, held for as long as the body lives. Let it go before fetching the next: whoever holds large bodies and waits for
/// another one may wait for himself.
#[derive(Debug, Default)]
pub struct BodyPermit(Option<OwnedSemaphorePermit>);

/// Why a body is not whole. What was read of it is there; no validators may be saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CutBy {
    /// It is larger than `max_body` (bytes).
    Size(u64),
    /// The connection broke off, or the compression ended before its end.
    Connection,
    /// It did not come within this time.
    Deadline(Duration),
}

impl fmt::Display for CutBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Size(bytes) if *bytes < 1024 * 1024 => write!(f, "cut off at {bytes} bytes (max_body)"),
            Self::Size(bytes) => write!(f, "cut off at {} MiB (max_body)", bytes / (1024 * 1024)),
            Self::Connection => f.write_str("cut off: the connection broke"),
            Self::Deadline(waited) => write!(f, "cut off: too slow, {} passed", seconds(*waited)),
        }
    }
}

/// Room for all bodies that are being read or still held.
#[derive(Debug)]
pub(super) struct Room {
    medium: Arc<Semaphore>,
    large: Arc<Semaphore>,
}

impl Default for Room {
    fn default() -> Self {
        Self { medium: Arc::new(Semaphore::new(BUDGET)), large: Arc::new(Semaphore::new(LARGE_SLOTS)) }
    }
}

/// What holds while one body is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Decoded bytes.
    pub max: usize,
    /// From one piece to the next.
    pub read: Duration,
    /// The whole request, and the moment it is over.
    pub total: Duration,
    pub until: Instant,
}

/// A body, whole or cut.
#[derive(Debug, Default)]
pub(super) struct Body {
    pub bytes: Vec<u8>,
    pub cut: Option<CutBy>,
    pub permit: BodyPermit,
}

impl Room {
    /// Reads what `response` has to give. An error only if there is not a single byte and there should have been.
    pub async fn read(&self, mut response: Response, limits: Limits) -> Result<Body, FetchError> {
        let announced = response.content_length().and_then(|length| usize::try_from(length).ok());
        let mut body = Body { bytes: Vec::with_capacity(announced.unwrap_or(16 * KIB).min(SMALL).min(limits.max)), ..Body::default() };
        let mut paid = SMALL;
        let mut until = limits.until;
        let failed = loop {
            let patience = (Instant::now() + limits.read).min(until);
            let piece = match tokio::time::timeout_at(patience, response.chunk()).await {
                Ok(Ok(Some(piece))) => piece,
                Ok(Ok(None)) => break None,
                Ok(Err(error)) => break Some((CutBy::Connection, Some(error))),
                Err(_) => break Some((CutBy::Deadline(if patience == until { limits.total } else { limits.read }), None)),
            };
            let left = limits.max.saturating_sub(body.bytes.len());
            let (piece, over) = piece.split_at_checked(left).map_or((piece.as_ref(), false), |(head, tail)| (head, !tail.is_empty()));
            let needed = body.bytes.len() + piece.len();
            if needed > paid {
                let began = Instant::now();
                paid = self.pay(&mut body.permit, needed, announced.unwrap_or(usize::MAX).min(limits.max), limits.total).await?;
                // The wait was ours, not the server's.
                until += began.elapsed();
                body.bytes.reserve_exact(paid.min(limits.max) - body.bytes.len());
            }
            body.bytes.extend_from_slice(piece);
            if over {
                body.cut = Some(CutBy::Size(limits.max as u64));
                return Ok(body);
            }
        };
        match failed {
            None => Ok(body),
            Some((cut, _)) if !body.bytes.is_empty() => Ok(Body { cut: Some(cut), ..body }),
            Some((CutBy::Deadline(waited), _)) => {
                Err(FetchError::new(Kind::Timeout, format!("sent headers, but nothing more within {}", seconds(waited))))
            }
            Some((_, error)) if error.as_ref().is_some_and(is_packing) => {
                Err(FetchError::new(Kind::Protocol, "says that the document is compressed, but it cannot be unpacked"))
            }
            Some(_) => Err(FetchError::new(Kind::Reset, "the connection broke before the document came")),
        }
    }

    /// Takes room for a body that has grown to `needed` bytes and may become `expected`; returns how far that reaches.
    async fn pay(&self, permit: &mut BodyPermit, needed: usize, expected: usize, patience: Duration) -> Result<usize, FetchError> {
        let (room, weight, reach) = if needed <= MEDIUM {
            let reach = expected.clamp(needed, MEDIUM);
            (&self.medium, reach.div_ceil(KIB), reach)
        } else {
            (&self.large, 1, usize::MAX)
        };
        let asked = room.clone().acquire_many_owned(u32::try_from(weight).unwrap_or(u32::MAX));
        match tokio::time::timeout(patience, asked).await {
            Ok(Ok(got)) => {
                permit.0 = Some(got);
                Ok(reach)
            }
            Ok(Err(closed)) => Err(FetchError::internal(closed)),
            Err(_) => Err(FetchError::new(Kind::Timeout, format!("waited {} for room beside other large documents", seconds(patience)))),
        }
    }
}

/// The decoder's complaint, not the connection's (which the decoder passes on in a wrapper of its own).
fn is_packing(error: &reqwest::Error) -> bool {
    use std::io::ErrorKind as E;
    let mut causes = super::error::causes(error);
    let connection = |cause: &(dyn std::error::Error + 'static)| {
        cause.is::<hyper::Error>()
            || cause.downcast_ref::<std::io::Error>().is_some_and(|io| matches!(io.kind(), E::UnexpectedEof | E::ConnectionReset))
    };
    error.is_decode() && !causes.any(connection)
}
