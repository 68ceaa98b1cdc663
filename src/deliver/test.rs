//! `sinks test`: one message through one sink, without the outbox.

use super::outlet::{Outlet, Verdict};
use super::sink::{Sink, Way};
use super::sinks::Opened;
use crate::fetch::Fetcher;
use crate::model::{AlertArticle, AlertBody, AlertId, Severity, StoryId, hash128};
use crate::store::Delivery;
use jiff::Timestamp;

/// Sends a `test.sent` through a sink and says what happened, without naming the sink.
///
/// # Errors
/// Why it did not go through, in words with the cure where there is one.
pub async fn test(sink: &Sink, fetcher: &Fetcher, now: Timestamp) -> Result<String, String> {
    let body = body(sink.name(), now);
    let delivery = Delivery {
        seq: body.seq,
        key: format!("test-{}", body.alert_id),
        alert_id: body.alert_id,
        watch: body.watch.clone(),
        kind: body.r#type.clone(),
        body: serde_json::to_vec(&body).map_err(|e| e.to_string())?,
        tries: 0,
        unknown: false,
    };
    let mut outlet = Opened::new(sink, fetcher.clone());
    let report = outlet.send(&[delivery], now).await;
    match (report.trouble, report.verdicts.first()) {
        (None, Some(Verdict::Sent)) => Ok(match &sink.way {
            Way::Webhook { .. } => format!("{} took it", sink.target()),
            Way::File { .. } | Way::Stdout { .. } => format!("one line written to {}", sink.target()),
        }),
        (_, Some(Verdict::Refused(reason) | Verdict::Unsendable(reason))) => Err(format!("refused: {reason}")),
        (Some(trouble), _) => Err(trouble.reason().to_string()),
        (None, _) => Err("nothing was sent".into()),
    }
}

fn body(sink: &str, now: Timestamp) -> AlertBody {
    let subject = hash128([sink.as_bytes(), now.to_string().as_bytes()]);
    AlertBody {
        v: 1,
        r#type: "test.sent".into(),
        timestamp: now,
        seq: 0,
        alert_id: AlertId::of("test.sent", sink, &subject, 0),
        watch: "test".into(),
        severity: Severity::Normal,
        update: 0,
        story_id: StoryId(subject),
        article: AlertArticle {
            title: Some(format!("A test of the sink {sink:?}: if you read this, alerts arrive here")),
            lang: Some("en".into()),
            feed: Some("newswatch".into()),
            ..AlertArticle::default()
        },
        hits: Vec::new(),
        also_in: Vec::new(),
        also_in_more: 0,
    }
}
