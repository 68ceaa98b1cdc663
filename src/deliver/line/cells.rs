//! The columns' contents, clean and cut to what any line may carry.

use super::clean::{clean, link, quoted};
use crate::model::{AlertArticle, AlertBody};
use jiff::tz::TimeZone;
use std::collections::BTreeSet;

/// Characters of a title that a line carries.
const TITLE: usize = 1_000;
/// Characters of any other cell.
const CELL: usize = 200;
/// What stands where nothing is known.
const UNKNOWN: &str = "–";

/// One alert, column by column. Every text is one line, free of controls, not yet isolated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cells {
    leading: [String; Self::LEADING],
    /// The headline.
    pub title: String,
    /// ASCII only, without blanks.
    pub link: Option<String>,
}

impl Cells {
    /// Columns before the title.
    pub const LEADING: usize = 9;

    pub fn of(alert: &AlertBody, tz: &TimeZone) -> Self {
        let article = &alert.article;
        let leading = [
            alert.timestamp.to_zoned_datetime(tz.clone()).strftime("%Y-%m-%d %H:%M:%S%:::z").to_string(),
            cell(&alert.watch),
            alert.severity.name().to_string(),
            what(alert),
            article.lang.as_deref().map_or_else(|| UNKNOWN.to_string(), cell),
            outlet(article).as_deref().map_or_else(|| UNKNOWN.to_string(), cell),
            format!("×{}", outlets(alert)),
            alert.story_id.short(),
            keyword(alert),
        ];
        Self { leading, title: title(article), link: article.link.as_deref().and_then(link) }
    }

    /// Time, watch, severity, news, language, outlet, outlets so far, story, keyword.
    pub fn leading(&self) -> [&str; Self::LEADING] {
        self.leading.each_ref().map(String::as_str)
    }
}

fn cell(text: &str) -> String {
    let clean = clean(text, CELL);
    if clean.is_empty() { UNKNOWN.to_string() } else { clean }
}

fn what(alert: &AlertBody) -> String {
    match alert.r#type.as_str() {
        "alert.created" => "new".to_string(),
        "alert.updated" => format!("+{}", alert.update),
        "alert.corrected" => "correction".to_string(),
        "test.sent" => "test".to_string(),
        other => cell(other),
    }
}

/// Who tells it: the outlet an aggregator took it from, else the feed, else the link's host.
fn outlet(article: &AlertArticle) -> Option<String> {
    let known = |text: &Option<String>| text.as_deref().filter(|t| !t.trim().is_empty()).map(str::to_string);
    known(&article.source.title).or_else(|| known(&article.feed)).or_else(|| host(article.link.as_deref()))
}

fn host(link: Option<&str>) -> Option<String> {
    let url = url::Url::parse(link?).ok()?;
    url.host_str().map(|host| host.trim_start_matches("www.").to_string())
}

/// How many outlets carry the story, as far as the alert knows; one outlet counts once.
pub fn outlets(alert: &AlertBody) -> u64 {
    let mut names = BTreeSet::new();
    names.extend(outlet(&alert.article));
    names.extend(alert.also_in.iter().filter_map(|also| also.feed.clone().or_else(|| host(also.link.as_deref()))));
    (names.len().max(1) as u64).saturating_add(alert.also_in_more)
}

/// The first keyword that hit, quoted as its script quotes.
fn keyword(alert: &AlertBody) -> String {
    let Some(hit) = alert.hits.first() else { return UNKNOWN.to_string() };
    let text = [&hit.clause, &hit.text].into_iter().map(|t| clean(t, CELL)).find(|t| !t.is_empty());
    text.map_or_else(|| UNKNOWN.to_string(), |text| quoted(&text))
}

/// The headline; for an entry without one, the beginning of its summary, else its link.
fn title(article: &AlertArticle) -> String {
    [&article.title, &article.summary, &article.link]
        .into_iter()
        .flatten()
        .map(|text| clean(text, TITLE))
        .find(|text| !text.is_empty())
        .unwrap_or_else(|| UNKNOWN.to_string())
}
