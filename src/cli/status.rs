//! `status`: one screen.

use super::out::{ago, bytes};
use super::place::Context;
use super::{Code, Exit, out};
use crate::app::clock::now;
use crate::control::{Command, Live, Reply};
use crate::store::{FeedHealth, FeedLine, Reader, SinkBacklog, Summary};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use std::time::Duration;

/// Shows how the daemon is doing; 69 when it does not answer.
pub async fn status(context: &Context) -> Result<(), Exit> {
    let config = context.reading()?;
    let live = match Context::ask(&config, &Command::Status, Duration::from_secs(5)).await? {
        Reply::Live(live) => live,
        other => return Err(Exit::new(Code::Internal, format!("unexpected answer {other:?}"))),
    };
    let reader = Context::reader(&config)?;
    let screen = Screen::read(&reader, *live)?;
    if context.json { Ok(out::json(&screen.json())?) } else { screen.print() }
}

struct Screen {
    now: Timestamp,
    live: Live,
    summary: Summary,
    feeds: Vec<FeedLine>,
    sinks: Vec<SinkBacklog>,
}

impl Screen {
    fn read(reader: &Reader, live: Live) -> Result<Self, Exit> {
        let now = now();
        Ok(Self { now, live, summary: reader.summary(now)?, feeds: reader.feeds(now)?, sinks: reader.backlog()? })
    }

    fn count(&self, state: FeedHealth) -> u64 {
        self.summary.feeds.iter().filter(|(s, _)| *s == state).map(|(_, n)| n).sum()
    }

    fn print(&self) -> Result<(), Exit> {
        let live = &self.live;
        let local = |at: Timestamp| at.to_zoned_datetime(jiff::tz::TimeZone::system()).strftime("%H:%M").to_string();
        out::line(&format!(
            "newswatch {}  up {}  {} (loaded {})  {} {}",
            live.version,
            ago(self.now.duration_since(live.started).as_secs()),
            live.config.display(),
            local(live.loaded),
            live.store.display(),
            bytes(self.summary.database_bytes)
        ))?;
        let mut feeds = vec![format!("{} ok", self.count(FeedHealth::Ok) + self.count(FeedHealth::Baseline))];
        feeds.extend(
            [
                FeedHealth::New,
                FeedHealth::Failing,
                FeedHealth::Silent,
                FeedHealth::Gap,
                FeedHealth::Moved,
                FeedHealth::Gone,
                FeedHealth::Quarantined,
                FeedHealth::Paused,
            ]
            .into_iter()
            .map(|state| (self.count(state), state.name()))
            .filter(|(n, name)| *n > 0 || *name == "failing")
            .map(|(n, name)| format!("{n} {name}")),
        );
        out::line(&format!("feeds     {}   slowest poll {} s late", feeds.join(" · "), live.late))?;
        let delay = |d: Option<Duration>| d.map_or_else(|| "–".into(), |d| ago(i64::try_from(d.as_secs()).unwrap_or(i64::MAX)));
        out::line(&format!(
            "articles  {} in 24 h   published→alert median {}, p95 {}",
            self.summary.articles_24h,
            delay(self.summary.delay_median),
            delay(self.summary.delay_p95)
        ))?;
        let pairs = |pairs: Vec<String>, none: &str| if pairs.is_empty() { none.to_string() } else { pairs.join(" · ") };
        let alerts = self.summary.alerts_24h.iter().map(|(watch, n)| format!("{} {n}", out::plain(watch))).collect();
        let suppressed = self.summary.suppressed_24h.iter().map(|(reason, n)| format!("{n} {}", reason.name())).collect();
        out::line(&format!("alerts    {}   suppressed: {}", pairs(alerts, "none in 24 h"), pairs(suppressed, "none")))?;
        out::line(&format!("outbox    {}", pairs(self.sinks.iter().map(|sink| self.sink(sink)).collect(), "no sinks")))?;
        let attention = self.attention();
        if !attention.is_empty() {
            out::line(&format!("attention {}", attention.join("\n          ")))?;
        }
        Ok(())
    }

    fn sink(&self, sink: &SinkBacklog) -> String {
        let mut text = format!("{} {}", out::plain(&sink.sink), sink.rows);
        if let (Some(oldest), true) = (sink.oldest, sink.rows > 0) {
            text += &format!(" waiting for {}", ago(self.now.duration_since(oldest).as_secs()));
        }
        if let Some(reason) = &sink.reason {
            text += &format!(" ({})", out::plain(reason));
        }
        if sink.dead > 0 {
            text += &format!(", {} dead", sink.dead);
        }
        text
    }

    /// What a person should look at.
    fn attention(&self) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        if !self.live.kept.is_empty() {
            lines.push(format!("runs on the last configuration that loaded: {}", self.live.kept.join("; ")));
        }
        lines.extend(self.live.refused.iter().map(|problem| format!("last reload REFUSED {problem}")));
        lines.extend(self.live.disk_full.iter().map(|reason| format!("waiting for disk space: {reason}")));
        if !self.live.stuck.is_empty() {
            lines.push(format!("no progress in {}", self.live.stuck.join(", ")));
        }
        let bad = |feed: &&FeedLine| !matches!(feed.state, FeedHealth::Ok | FeedHealth::Baseline | FeedHealth::New | FeedHealth::Paused);
        let bad: Vec<&FeedLine> = self.feeds.iter().filter(bad).collect();
        lines.extend(
            bad.iter()
                .take(10)
                .map(|feed| format!("{} {}: {}", out::plain(&feed.name), feed.state.name(), out::plain(feed.reason.as_deref().unwrap_or_default()))),
        );
        if bad.len() > 10 {
            lines.push(format!("and {} more feeds: newswatch feeds list", bad.len() - 10));
        }
        lines
    }

    fn json(&self) -> Value {
        let live = &self.live;
        let states = FeedHealth::ALL.iter().map(|state| (state.name().to_string(), json!(self.count(*state)))).collect::<Map<_, _>>();
        let seconds = |d: Option<Duration>| d.map(|d| d.as_secs());
        json!({
            "version": live.version,
            "pid": live.pid,
            "started": live.started,
            "config": live.config,
            "loaded": live.loaded,
            "kept": live.kept,
            "refused": live.refused,
            "store": live.store,
            "store_bytes": self.summary.database_bytes,
            "disk_full": live.disk_full,
            "stuck": live.stuck,
            "watches": live.watches,
            "feeds": states,
            "late": live.late,
            "polls": live.polls,
            "articles_24h": self.summary.articles_24h,
            "alerts_24h": self.summary.alerts_24h.iter().map(|(watch, n)| (watch.clone(), json!(n))).collect::<Map<_, _>>(),
            "suppressed_24h": self.summary.suppressed_24h.iter().map(|(reason, n)| (reason.name().to_string(), json!(n))).collect::<Map<_, _>>(),
            "delay_median": seconds(self.summary.delay_median),
            "delay_p95": seconds(self.summary.delay_p95),
            "last_seq": self.summary.last_seq,
            "outbox": self.sinks.iter().map(|sink| json!({
                "sink": sink.sink, "waiting": sink.rows, "dead": sink.dead, "oldest": sink.oldest, "next": sink.next, "reason": sink.reason,
            })).collect::<Vec<_>>(),
            "attention": self.attention(),
        })
    }
}
