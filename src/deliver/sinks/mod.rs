//! The ways out, one file each.

pub(super) mod file;
mod render;
mod stream;
mod webhook;

use super::Style;
use super::outlet::{Outlet, Report};
use super::sink::{Sink, Way};
use crate::fetch::Fetcher;
use crate::store::Delivery;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A sink in use.
#[derive(Debug)]
pub(super) enum Opened {
    File(file::FileSink),
    Stream(stream::StreamSink<tokio::io::Stdout>),
    Webhook(webhook::WebhookSink),
}

impl Opened {
    /// Opens nothing yet.
    pub fn new(sink: &Sink, fetcher: Fetcher) -> Self {
        match &sink.way {
            Way::File { path, format, .. } => {
                Self::File(file::FileSink::new(path.clone(), render::Render::new(*format, Style::plain(TimeZone::system()))))
            }
            Way::Stdout { format } => Self::Stream(stream::StreamSink::new(tokio::io::stdout(), render::Render::new(*format, Style::of_stdout()))),
            Way::Webhook { url, keys } => Self::Webhook(webhook::WebhookSink::new(url.url().clone(), keys.clone(), sink.timeout, fetcher)),
        }
    }
}

impl Outlet for Opened {
    fn most(&self) -> usize {
        match self {
            Self::File(sink) => sink.most(),
            Self::Stream(sink) => sink.most(),
            Self::Webhook(sink) => sink.most(),
        }
    }

    async fn send(&mut self, batch: &[Delivery], now: Timestamp) -> Report {
        match self {
            Self::File(sink) => sink.send(batch, now).await,
            Self::Stream(sink) => sink.send(batch, now).await,
            Self::Webhook(sink) => sink.send(batch, now).await,
        }
    }
}
