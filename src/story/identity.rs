//! Identity by entry and by canonical URL.

use crate::model::{ArticleId, StoryId, hash128};
use std::collections::HashMap;

/// A canonical URL, hashed: two feeds that carry the same page share it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct UrlKey(pub [u8; 16]);

impl UrlKey {
    /// The key of a URL in canonical form.
    pub fn of(canonical: &str) -> Self {
        Self(hash128([b"url".as_slice(), canonical.as_bytes()]))
    }
}

/// The proposals of one decision: what is recorded, and what the decision itself has proposed so far, so that two hits of one batch that
/// are one story get one story.
#[derive(Debug, Default)]
pub struct Batch {
    by_article: HashMap<ArticleId, StoryId>,
    by_url: HashMap<UrlKey, StoryId>,
}

impl Batch {
    /// The story of `article`: the `recorded` one (its own, or another article's of the same URL), else one proposed in this batch, else a
    /// new one.
    pub fn propose(&mut self, article: ArticleId, url: Option<UrlKey>, recorded: Option<StoryId>) -> StoryId {
        let known = recorded.or_else(|| self.by_article.get(&article).copied()).or_else(|| url.and_then(|url| self.by_url.get(&url).copied()));
        let story = known.unwrap_or_else(|| StoryId::of(&article));
        self.by_article.insert(article, story);
        if let Some(url) = url {
            self.by_url.entry(url).or_insert(story);
        }
        story
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn article(n: u8) -> ArticleId {
        ArticleId([n; 16])
    }

    #[test]
    fn one_page_in_two_feeds_is_one_story() {
        let mut batch = Batch::default();
        let url = Some(UrlKey::of("https://news.test/1"));
        assert_eq!(batch.propose(article(1), url, None), batch.propose(article(2), url, None));
        assert_ne!(batch.propose(article(1), url, None), batch.propose(article(3), None, None));
    }

    #[test]
    fn another_hit_on_an_article_stays_in_its_story() {
        let mut batch = Batch::default();
        assert_eq!(batch.propose(article(1), None, None), batch.propose(article(1), None, None));
    }

    #[test]
    fn what_is_recorded_stands() {
        let mut batch = Batch::default();
        let url = Some(UrlKey::of("https://news.test/1"));
        let recorded = StoryId([9; 16]);
        assert_eq!(batch.propose(article(1), url, Some(recorded)), recorded);
        assert_eq!(batch.propose(article(2), url, None), recorded, "and holds for the rest of the batch");
    }
}
