//! The press's server: one RSS feed per outlet, growing as time passes.

use super::stories::{EDITION, OUTLETS, Outlet, STORIES};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode, header};
use hyper_util::rt::TokioIo;
use jiff::fmt::rfc2822;
use jiff::{SignedDuration, Timestamp};
use std::fmt::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::time::{Instant, timeout};

/// Entries a document holds at most: the newest.
const WINDOW: usize = 20;

/// The server, bound to a free port of loopback.
#[derive(Debug)]
pub struct Press {
    listener: TcpListener,
    address: SocketAddr,
    started: Timestamp,
    since: Instant,
}

impl Press {
    /// Opens the press; its first articles are dated `now`.
    ///
    /// # Errors
    /// When loopback has no free port.
    pub async fn open(now: Timestamp) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address, started: now, since: Instant::now() })
    }

    /// The address of an outlet's feed.
    pub fn url(&self, outlet: &Outlet) -> String {
        format!("http://{}/{}/rss", self.address, outlet.slug)
    }

    /// Serves for ever; drop the future to close the press.
    pub async fn serve(self) {
        loop {
            let Ok((stream, _)) = self.listener.accept().await else {
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            let answer = service_fn(|request: Request<Incoming>| async move {
                let outlet = OUTLETS.iter().find(|o| request.uri().path() == format!("/{}/rss", o.slug));
                let (status, body) = match outlet {
                    Some(outlet) => (StatusCode::OK, document(outlet, self.started, self.since.elapsed())),
                    None => (StatusCode::NOT_FOUND, String::new()),
                };
                Response::builder()
                    .status(status)
                    .header(header::CONTENT_TYPE, "application/rss+xml; charset=utf-8")
                    .body(Full::new(Bytes::from(body)))
            });
            let mut http = hyper::server::conn::http1::Builder::new();
            http.keep_alive(false);
            // One client, tiny answers: one connection after the other.
            let _ = timeout(Duration::from_secs(1), http.serve_connection(TokioIo::new(stream), answer)).await;
        }
    }
}

/// An outlet's feed as it stands `elapsed` after the press `started`.
pub fn document(outlet: &Outlet, started: Timestamp, elapsed: Duration) -> String {
    let second = elapsed.as_secs();
    let mut items: Vec<(u64, String)> = Vec::new();
    for edition in 0..=second / EDITION {
        for story in STORIES.iter().filter(|s| s.outlet == outlet.slug && edition * EDITION + s.at <= second) {
            let at = edition * EDITION + story.at;
            let published = i64::try_from(at).ok().and_then(|s| started.checked_add(SignedDuration::from_secs(s)).ok()).unwrap_or(started);
            let again = if edition == 0 { String::new() } else { format!(" ({})", edition + 1) };
            items.push((
                at,
                format!(
                    "<item><title>{}{again}</title><link>https://press.invalid/{}/{edition}</link><guid isPermaLink=\"false\">{}-{}-{edition}</guid>\
                     <pubDate>{}</pubDate><description>{}</description></item>\n",
                    story.title,
                    story.page,
                    outlet.slug,
                    story.page,
                    rfc2822::DateTimePrinter::new().timestamp_to_string(&published).unwrap_or_default(),
                    story.summary,
                ),
            ));
        }
    }
    items.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\"><channel>");
    let _ = writeln!(
        xml,
        "<title>{}</title><link>https://press.invalid/{}</link><description/><language>{}</language>",
        outlet.name, outlet.slug, outlet.lang
    );
    items.iter().take(WINDOW).for_each(|(_, item)| xml.push_str(item));
    xml.push_str("</channel></rss>\n");
    xml
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feed_grows_as_time_passes_and_keeps_to_its_window() {
        let count = |seconds| document(&OUTLETS[0], Timestamp::UNIX_EPOCH, Duration::from_secs(seconds)).matches("<item>").count();
        assert_eq!((count(0), count(6), count(14)), (1, 2, 3));
        assert_eq!(count(3_600), WINDOW);
    }

    #[test]
    fn every_story_belongs_to_an_outlet_and_some_are_syndicated() {
        assert!(STORIES.iter().all(|s| OUTLETS.iter().any(|o| o.slug == s.outlet)));
        let copies = STORIES.iter().filter(|s| STORIES.iter().any(|t| t.page == s.page && t.outlet != s.outlet)).count();
        assert!(copies >= 4);
    }
}
