//! Standard Webhooks: the frozen JSON as the whole body of a POST, its id the delivery's key, signed.
//!
//! Must not know: the outbox, when an attempt is repeated.

use crate::deliver::outlet::{Outlet, Report, Trouble, Verdict};
use crate::deliver::sign::{SigningKey, signature};
use crate::fetch::{Fetcher, Kind, Post, Posted};
use crate::store::Delivery;
use jiff::Timestamp;
use std::time::Duration;
use url::Url;

/// A receiver of webhooks.
pub(in crate::deliver) struct WebhookSink {
    url: Url,
    keys: Vec<SigningKey>,
    timeout: Duration,
    fetcher: Fetcher,
}

impl std::fmt::Debug for WebhookSink {
    /// The address may be a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WebhookSink")
    }
}

impl WebhookSink {
    pub const fn new(url: Url, keys: Vec<SigningKey>, timeout: Duration, fetcher: Fetcher) -> Self {
        Self { url, keys, timeout, fetcher }
    }

    async fn post(&self, delivery: &Delivery, now: Timestamp) -> Report {
        let seconds = now.as_second();
        let mut headers = vec![
            ("content-type".to_string(), "application/json".to_string()),
            ("webhook-id".to_string(), delivery.key.clone()),
            ("webhook-timestamp".to_string(), seconds.to_string()),
        ];
        headers.extend(signature(&self.keys, &delivery.key, seconds, &delivery.body).map(|signed| ("webhook-signature".to_string(), signed)));
        let post = Post { url: &self.url, headers: &headers, body: &delivery.body, timeout: self.timeout, proxy: None, ca_file: None, now };
        match self.fetcher.post(&post).await {
            Ok(posted) => judge(&posted),
            Err(error) => {
                let broke = matches!(error.kind, Kind::Timeout | Kind::Reset | Kind::Protocol);
                Report::trouble(Trouble::Down { reason: error.fact().to_string(), asked: error.retry_after, broke })
            }
        }
    }
}

/// What an answer means for the delivery and for the sink.
fn judge(posted: &Posted) -> Report {
    let reason = reason(posted);
    match posted.status {
        200..=299 => Report::sent(1),
        410 => Report::trouble(Trouble::Gone(format!("{reason} (gone for good: write its new address as `url`)"))),
        408 | 429 | 500..=599 => Report::trouble(Trouble::Down { reason, asked: posted.retry_after, broke: posted.status >= 500 }),
        300..=399 => Report::one(Verdict::Refused(format!("{reason} (a redirect, and none is followed: write the final address as `url`)"))),
        _ => Report::one(Verdict::Refused(reason)),
    }
}

fn reason(posted: &Posted) -> String {
    if posted.excerpt.is_empty() { format!("HTTP {}", posted.status) } else { format!("HTTP {}: {}", posted.status, posted.excerpt) }
}

impl Outlet for WebhookSink {
    fn most(&self) -> usize {
        20
    }

    async fn send(&mut self, batch: &[Delivery], now: Timestamp) -> Report {
        let Some(first) = batch.first() else { return Report::default() };
        self.post(first, now).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(status: u16) -> Report {
        judge(&Posted { status, retry_after: Some(Duration::from_secs(7)), excerpt: "no".into() })
    }

    #[test]
    fn each_status_has_its_class() {
        for status in [200, 202, 204] {
            assert_eq!(judged(status), Report::sent(1));
        }
        for status in [301, 308, 400, 401, 403, 404, 409, 413, 422] {
            assert!(
                matches!(&judged(status).verdicts[..], [Verdict::Refused(reason)] if reason.starts_with(&format!("HTTP {status}: no"))),
                "{status}"
            );
        }
        for status in [408, 429] {
            let expected = Trouble::Down { reason: format!("HTTP {status}: no"), asked: Some(Duration::from_secs(7)), broke: false };
            assert_eq!(judged(status), Report::trouble(expected));
        }
        for status in [500, 502, 503, 504, 507] {
            assert!(matches!(judged(status).trouble, Some(Trouble::Down { broke: true, .. })), "{status}");
        }
        assert!(matches!(judged(410).trouble, Some(Trouble::Gone(_))));
    }
}
