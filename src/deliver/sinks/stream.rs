//! Lines to a stream that somebody reads: the standard output.
//!
//! Must not know: the outbox.

use super::render::Render;
use crate::deliver::outlet::{Outlet, Report, Trouble, Verdict};
use crate::store::Delivery;
use jiff::Timestamp;
use std::io::ErrorKind;
use tokio::io::{AsyncWrite, AsyncWriteExt};

/// A stream that takes one line after the other. What is cut off in the middle of a line is ended before the next one.
#[derive(Debug)]
pub(in crate::deliver) struct StreamSink<W> {
    out: W,
    render: Render,
    torn: bool,
}

impl<W: AsyncWrite + Unpin + Send> StreamSink<W> {
    pub(super) const fn new(out: W, render: Render) -> Self {
        Self { out, render, torn: false }
    }

    async fn write(&mut self, mut line: Vec<u8>) -> std::io::Result<()> {
        line.push(b'\n');
        if self.torn {
            line.insert(0, b'\n');
        }
        self.torn = true;
        self.out.write_all(&line).await?;
        self.out.flush().await?;
        self.torn = false;
        Ok(())
    }
}

impl<W: AsyncWrite + Unpin + Send> Outlet for StreamSink<W> {
    fn most(&self) -> usize {
        200
    }

    async fn send(&mut self, batch: &[Delivery], _now: Timestamp) -> Report {
        let mut report = Report::default();
        for delivery in batch {
            let line = match self.render.line(&delivery.body) {
                Ok(line) => line,
                Err(reason) => {
                    report.verdicts.push(Verdict::Unsendable(reason));
                    continue;
                }
            };
            if let Err(error) = self.write(line).await {
                report.trouble = Some(match error.kind() {
                    ErrorKind::BrokenPipe => Trouble::Gone("nobody reads the standard output any more".into()),
                    ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Trouble::Full("no space left for the standard output".into()),
                    _ => Trouble::down(format!("standard output: {error}")),
                });
                return report;
            }
            report.verdicts.push(Verdict::Sent);
        }
        report
    }
}
