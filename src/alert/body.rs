//! The alert's body: what PRODUCT's surface promises, cut to what an alert may carry.

use super::{UndecidedHit, WatchPolicy};
use crate::model::{AlertArticle, AlertBody, AlertId, AlsoIn, HitLine, Span, StoryId};
use jiff::Timestamp;

/// Other articles an alert lists at most.
pub const ALSO_IN: usize = 30;
/// Bytes of JSON an alert has at most.
pub const BODY_BYTES: usize = 20_000;
/// Spans an alert shows at most.
const HITS: usize = 5;
/// Characters of a title, and of a summary.
const TITLE: usize = 1_000;
const SUMMARY: usize = 2_000;

/// The first word about a story to one watch: `first` is the article told, `others` the copies seen so far (`first` may be among them).
pub fn created(now: Timestamp, watch: &WatchPolicy, story: StoryId, first: &UndecidedHit, others: &[&UndecidedHit]) -> AlertBody {
    let mut article = AlertArticle::from(first.article.clone());
    cut(&mut article.title, TITLE);
    cut(&mut article.summary, SUMMARY);
    let copies = others.iter().filter(|other| other.article_id != first.article_id);
    let mut spans: Vec<&Span> = first.hit.spans.iter().collect();
    spans.sort_by_key(|span| watch.context.contains(&span.clause));
    let lines: Vec<AlsoIn> = copies.map(|other| also_in(&other.article)).collect();
    let mut body = AlertBody {
        v: 1,
        r#type: "alert.created".into(),
        timestamp: now,
        seq: 0,
        alert_id: AlertId::of("alert.created", &first.hit.watch, &story.0, 0),
        watch: first.hit.watch.clone(),
        severity: watch.severity,
        update: 0,
        story_id: story,
        article,
        hits: spans
            .into_iter()
            .take(HITS)
            .map(|s| HitLine {
                field: s.field,
                text: s.text.clone(),
                before: s.before.clone(),
                after: s.after.clone(),
                clause: s.clause.clone(),
                form: s.form.clone(),
            })
            .collect(),
        also_in_more: lines.len().saturating_sub(ALSO_IN) as u64,
        also_in: lines.into_iter().take(ALSO_IN).collect(),
    };
    fit(&mut body);
    body
}

/// The line of another article of the story.
pub fn also_in(article: &crate::model::Article) -> AlsoIn {
    let mut title = article.title.clone();
    cut(&mut title, TITLE);
    AlsoIn { feed: article.feed.clone(), title, link: article.link.clone(), published: article.published }
}

fn cut(text: &mut Option<String>, characters: usize) {
    if let Some(text) = text
        && let Some((at, _)) = text.char_indices().nth(characters)
    {
        text.truncate(at);
    }
}

/// Takes away what matters least until the body fits: copies (counted), tags, authors, the summary's end, long contexts, and last what a
/// publisher made absurdly long.
fn fit(body: &mut AlertBody) {
    let over = |body: &AlertBody| serde_json::to_vec(body).map_or(0, |bytes| bytes.len()) > BODY_BYTES;
    while over(body) {
        let summary = body.article.summary.as_ref().map_or(0, |s| s.chars().count());
        if body.also_in.pop().is_some() {
            body.also_in_more += 1;
        } else if !body.article.tags.is_empty() {
            body.article.tags.clear();
        } else if !body.article.authors.is_empty() {
            body.article.authors.clear();
        } else if summary > 0 {
            cut(&mut body.article.summary, if summary > 16 { summary / 2 } else { 0 });
            body.article.summary = body.article.summary.take().filter(|s| !s.is_empty());
        } else if body.hits.len() > 1 {
            body.hits.pop();
        } else if cut_longest(body) < 64 {
            break;
        }
    }
}

/// Halves the longest text that a publisher or an analyst wrote; says how long it was.
fn cut_longest(body: &mut AlertBody) -> usize {
    let article = &mut body.article;
    let mut texts: Vec<&mut String> = [&mut article.guid, &mut article.link, &mut article.title, &mut article.source.title, &mut article.source.url]
        .into_iter()
        .filter_map(Option::as_mut)
        .collect();
    texts.extend(body.hits.iter_mut().flat_map(|hit| [&mut hit.text, &mut hit.before, &mut hit.after, &mut hit.clause]));
    let Some(longest) = texts.into_iter().max_by_key(|text| text.len()) else { return 0 };
    let length = longest.len();
    let mut half = Some(std::mem::take(longest));
    let keep = half.as_ref().map_or(0, |text| text.chars().count() / 2);
    cut(&mut half, keep);
    *longest = half.unwrap_or_default();
    length
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Article, ArticleId, Field, Hit};

    fn hit(n: u8, article: Article) -> UndecidedHit {
        let span = Span {
            field: Field::Title,
            text: "ECO".into(),
            before: String::new(),
            after: " meets".into(),
            clause: "ECO".into(),
            form: "acronym".into(),
            byte_start: 0,
            byte_end: 3,
        };
        UndecidedHit {
            id: i64::from(n),
            article,
            article_id: ArticleId([n; 16]),
            feed: "f".into(),
            baseline: false,
            hit: Hit { watch: "eco".into(), score: 9, spans: vec![span; 9] },
            story: None,
            told: None,
            waiting: false,
        }
    }

    #[test]
    fn an_alert_is_cut_where_the_surface_says() {
        let article = Article { title: Some("ə".repeat(1_500)), summary: Some("x".repeat(3_000)), ..Article::default() };
        let first = hit(1, article);
        let others: Vec<_> = (1..=40).map(|n| hit(n, Article { title: Some("copy".into()), ..Article::default() })).collect();
        let body = created(Timestamp::UNIX_EPOCH, &WatchPolicy::default(), StoryId([1; 16]), &first, &others.iter().collect::<Vec<_>>());
        assert_eq!(body.article.title.as_ref().unwrap().chars().count(), 1_000);
        assert_eq!(body.article.summary.as_ref().unwrap().len(), 2_000);
        assert_eq!((body.also_in.len(), body.also_in_more), (30, 9), "39 copies besides the article itself");
        assert_eq!(body.hits.len(), 5);
    }

    #[test]
    fn what_was_looked_for_comes_before_what_only_shows_that_it_is_meant() {
        let mut first = hit(1, Article::default());
        first.hit.spans.truncate(2);
        first.hit.spans[0].clause = "Tehran".into();
        let watch = WatchPolicy { context: ["Tehran".to_string()].into(), ..WatchPolicy::default() };
        let body = created(Timestamp::UNIX_EPOCH, &watch, StoryId([1; 16]), &first, &[]);
        assert_eq!(body.hits.iter().map(|h| h.clause.as_str()).collect::<Vec<_>>(), ["ECO", "Tehran"]);
    }

    #[test]
    fn whatever_a_publisher_writes_an_alert_stays_small() {
        let huge = || Some("\u{1}".repeat(60_000));
        let article = Article {
            title: huge(),
            summary: huge(),
            guid: huge(),
            link: huge(),
            tags: vec!["t".repeat(500); 500],
            authors: vec!["a".repeat(500); 500],
            ..Article::default()
        };
        let body = created(Timestamp::UNIX_EPOCH, &WatchPolicy::default(), StoryId([1; 16]), &hit(1, article), &[]);
        assert!(serde_json::to_vec(&body).unwrap().len() <= BODY_BYTES);
    }
}
