//! A feed's life: what a poll's outcome makes of its state, in words an operator understands. Pure: `now` is an argument.

use crate::feed::Entry;
use crate::store::FeedHealth;
use jiff::{SignedDuration, Timestamp};

/// Polls in a row that must be redirected to the same address before it is remembered: a misconfigured server does it once.
pub const SIGHTINGS: u32 = 3;
/// Gaps between entries that a rhythm is taken from.
const GAPS: usize = 20;
/// Nobody misses a feed sooner than this.
const AT_LEAST: SignedDuration = SignedDuration::from_hours(6);

/// How often a feed brings something, as its own document shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rhythm {
    /// Half of the gaps between entries are shorter.
    pub median: SignedDuration,
    /// The longest one.
    pub longest: SignedDuration,
}

impl Rhythm {
    /// From the dates of a document's entries; none with fewer than three gaps.
    pub fn of(entries: &[Entry]) -> Option<Self> {
        let mut dates: Vec<Timestamp> = entries.iter().filter_map(|entry| entry.article.published.or(entry.article.updated)).collect();
        dates.sort_unstable_by(|a, b| b.cmp(a));
        let mut gaps: Vec<SignedDuration> =
            dates.windows(2).filter_map(|pair| Some(pair.first()?.duration_since(*pair.get(1)?))).take(GAPS).collect();
        gaps.sort_unstable();
        let (median, longest) = (*gaps.get(gaps.len() / 2)?, *gaps.last()?);
        (gaps.len() >= 3).then_some(Self { median, longest })
    }

    /// How long it may bring nothing before that is worth a word: twenty times the usual gap, twice the longest one, and never under six
    /// hours.
    fn patience(self) -> SignedDuration {
        self.median.saturating_mul(20).max(self.longest.saturating_mul(2)).max(AT_LEAST)
    }
}

/// What is known of a feed after a poll that brought a document, or the known one again.
#[derive(Debug, Clone, Copy)]
pub struct Poll<'a> {
    /// When.
    pub now: Timestamp,
    /// It is the feed's first document, with so many entries.
    pub first: Option<usize>,
    /// It has entries, and not one of them stood in the last one.
    pub nothing_shared: bool,
    /// When an unseen entry came last.
    pub last_new: Option<Timestamp>,
    /// Of its document.
    pub rhythm: Option<Rhythm>,
    /// Where a permanent redirect leads that is remembered.
    pub moved_to: Option<&'a str>,
}

impl Poll<'_> {
    /// The feed's state, and the reason where it is not simply ok.
    pub fn state(&self) -> (FeedHealth, Option<String>) {
        if let Some(entries) = self.first {
            return (FeedHealth::Baseline, Some(format!("first poll: {entries} entries noted; what comes next is told")));
        }
        if self.nothing_shared {
            let reason = "nothing in this document stood in the last one: some entries came and went between the two polls and were missed";
            return (FeedHealth::Gap, Some(reason.into()));
        }
        if let (Some(last), Some(rhythm)) = (self.last_new, self.rhythm) {
            let quiet = self.now.duration_since(last);
            if quiet > rhythm.patience() {
                return (FeedHealth::Silent, Some(format!("usually every {}; nothing new for {}", spell(rhythm.median), spell(quiet))));
            }
        }
        match self.moved_to {
            Some(url) => {
                (FeedHealth::Moved, Some(format!("the publisher has moved it to {url} for good, where it is polled now. Write that as its url")))
            }
            None => (FeedHealth::Ok, None),
        }
    }
}

fn spell(span: SignedDuration) -> String {
    match span.as_secs() {
        s @ ..=119 => format!("{s} s"),
        s @ 120..=7_199 => format!("{} min", s / 60),
        s @ 7_200..=172_799 => format!("{} h", s / 3_600),
        s => format!("{} d", s / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Article, EntryKey};

    fn now() -> Timestamp {
        "2026-11-24T10:00:00Z".parse().unwrap()
    }

    fn every(minutes: i64, count: i64) -> Vec<Entry> {
        let at = |n: i64| now().checked_sub(SignedDuration::from_mins(n * minutes)).unwrap();
        (0..count).map(|n| Entry { key: EntryKey([0; 16]), article: Article { published: Some(at(n)), ..Article::default() } }).collect()
    }

    fn poll(rhythm: Option<Rhythm>, quiet_hours: i64) -> Poll<'static> {
        let last_new = Some(now().checked_sub(SignedDuration::from_hours(quiet_hours)).unwrap());
        Poll { now: now(), first: None, nothing_shared: false, last_new, rhythm, moved_to: None }
    }

    #[test]
    fn a_feed_is_silent_when_its_own_rhythm_does_not_explain_it() {
        let busy = Rhythm::of(&every(20, 10));
        assert_eq!(poll(busy, 5).state().0, FeedHealth::Ok, "never under six hours");
        let (state, reason) = poll(busy, 72).state();
        assert_eq!((state, reason.as_deref()), (FeedHealth::Silent, Some("usually every 20 min; nothing new for 3 d")));
        let weekly = Rhythm::of(&every(7 * 24 * 60, 10));
        assert_eq!(poll(weekly, 24 * 30).state().0, FeedHealth::Ok);
        assert_eq!(poll(Rhythm::of(&every(20, 3)), 72).state().0, FeedHealth::Ok, "three entries show no rhythm");
    }

    #[test]
    fn every_state_but_ok_has_a_reason() {
        let base = poll(None, 0);
        let states = [
            Poll { first: Some(3), ..base }.state(),
            Poll { nothing_shared: true, ..base }.state(),
            Poll { moved_to: Some("https://new.invalid/"), ..base }.state(),
        ];
        assert_eq!(states.each_ref().map(|(state, _)| *state), [FeedHealth::Baseline, FeedHealth::Gap, FeedHealth::Moved]);
        assert!(states.iter().all(|(_, reason)| reason.is_some()));
        assert_eq!(base.state(), (FeedHealth::Ok, None));
    }
}
