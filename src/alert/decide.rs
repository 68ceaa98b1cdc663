//! One decision over a batch of hits and waits that are over.

use super::policy::younger;
use super::{AlertAge, Candidate, Decision, FiredWait, NewAlert, Policy, Reason, UndecidedHit, Wait, WatchPolicy, created};
use crate::model::{Severity, StoryId};
use jiff::Timestamp;
use std::collections::HashSet;

/// Decides every candidate and every wait that is over. Changes nothing: the store records the result whole, or not at all.
///
/// The order of the questions is the order of the reasons `why` gives: is the watch still there, is the entry young enough, was the story
/// told; then it waits for copies, or goes out at once where there is no wait.
pub fn decide(now: Timestamp, policy: &Policy, candidates: &[Candidate], fired: &[FiredWait]) -> Decision {
    let mut decision = Decision::default();
    let mut told: HashSet<(String, StoryId)> = HashSet::new();
    let mut waiting: HashSet<(String, StoryId)> = HashSet::new();
    for wait in fired {
        decision.fired.push((wait.watch.clone(), wait.story));
        if tell_group(now, policy, wait, &mut decision) {
            told.insert((wait.watch.clone(), wait.story));
        }
    }
    for candidate in candidates {
        let (hit, story) = (&candidate.hit, candidate.story);
        let key = (hit.hit.watch.clone(), story);
        let Some(watch) = policy.watches.get(&hit.hit.watch) else {
            decision.decided.push((hit.id, Reason::WatchRemoved));
            continue;
        };
        if let Some(reason) = too_old(now, policy, hit) {
            decision.decided.push((hit.id, reason));
            continue;
        }
        // A story begins with the first article that anybody is to be told of, so that a baseline leaves no stories behind.
        if hit.story.is_none() && !decision.stories.iter().any(|(known, _)| *known == story) {
            decision.stories.push((story, hit.article_id));
        }
        if !decision.members.contains(&(story, hit.article_id)) {
            decision.members.push((story, hit.article_id));
        }
        if hit.told.is_some() || told.contains(&key) {
            decision.decided.push((hit.id, Reason::StoryKnown));
        } else if policy.group_wait.is_zero() || watch.severity == Severity::Flash {
            decision.alerts.push(alert(now, policy, watch, story, hit, &[]));
            told.insert(key);
        } else {
            decision.grouped.push((hit.id, story));
            if !hit.waiting && waiting.insert(key) {
                let fires_at = now.checked_add(policy.group_wait).unwrap_or(now);
                decision.waits.push(Wait { watch: hit.hit.watch.clone(), story, fires_at });
            }
        }
    }
    decision
}

/// Says whether the watch has been told this story now, or was before.
fn tell_group(now: Timestamp, policy: &Policy, wait: &FiredWait, decision: &mut Decision) -> bool {
    let Some(watch) = policy.watches.get(&wait.watch) else {
        decision.decided.extend(wait.hits.iter().map(|hit| (hit.id, Reason::WatchRemoved)));
        return false;
    };
    if wait.hits.iter().any(|hit| hit.told.is_some()) {
        decision.decided.extend(wait.hits.iter().map(|hit| (hit.id, Reason::StoryKnown)));
        return true;
    }
    // Who was first: the earliest published, else the first seen.
    let Some(first) = wait.hits.iter().min_by_key(|hit| (hit.article.published.or(hit.article.fetched), hit.id)) else { return false };
    decision.alerts.push(alert(now, policy, watch, wait.story, first, &wait.hits.iter().collect::<Vec<_>>()));
    true
}

fn alert(now: Timestamp, policy: &Policy, watch: &WatchPolicy, story: StoryId, first: &UndecidedHit, others: &[&UndecidedHit]) -> NewAlert {
    let mut hits: Vec<i64> = others.iter().map(|hit| hit.id).collect();
    if hits.is_empty() {
        hits.push(first.id);
    }
    NewAlert { body: created(now, watch, story, first, others), hits, sinks: policy.route(&first.hit.watch, watch.severity), not_before: None }
}

/// Why the entry is too old to be told, if it is. Age counts from when we saw it, so that an outage of ours makes no entry old.
fn too_old(now: Timestamp, policy: &Policy, hit: &UndecidedHit) -> Option<Reason> {
    let Some(feed) = policy.feeds.get(&hit.feed) else {
        // The feed has left the configuration meanwhile: what its first poll found is old for all we know.
        return hit.baseline.then_some(Reason::Baseline);
    };
    let seen = hit.article.fetched.unwrap_or(now);
    let published = hit.article.published.or(hit.article.updated);
    if hit.baseline {
        return match (feed.first_poll_alert_age, published) {
            (AlertAge::Any, _) => None,
            (AlertAge::Within(limit), Some(published)) if younger(published, seen, limit) => None,
            (AlertAge::Within(_), _) => Some(Reason::Baseline),
        };
    }
    published.is_some_and(|published| !younger(published, seen, feed.max_alert_age)).then_some(Reason::TooOld)
}

#[cfg(test)]
mod tests {
    use super::super::{FeedPolicy, SinkPolicy};
    use super::*;
    use crate::model::{AlertId, Article, ArticleId, Hit};
    use std::time::Duration;

    fn now() -> Timestamp {
        "2026-11-24T10:00:00Z".parse().unwrap()
    }

    fn policy(group_wait: u64) -> Policy {
        let feed =
            FeedPolicy { first_poll_alert_age: AlertAge::Within(Duration::from_secs(6 * 3600)), max_alert_age: Duration::from_secs(30 * 86_400) };
        Policy {
            group_wait: Duration::from_secs(group_wait),
            feeds: [("f".to_string(), feed)].into(),
            watches: [("eco".to_string(), WatchPolicy::default())].into(),
            sinks: vec![SinkPolicy { name: "log".into(), watches: vec![], severity: None, alerts: true }],
        }
    }

    fn candidate(id: i64, published: Option<&str>) -> Candidate {
        let article_id = ArticleId([u8::try_from(id).unwrap(); 16]);
        let article = Article { published: published.map(|p| p.parse().unwrap()), fetched: Some(now()), ..Article::default() };
        let hit = UndecidedHit {
            id,
            article,
            article_id,
            feed: "f".into(),
            baseline: false,
            hit: Hit { watch: "eco".into(), score: 1, spans: vec![] },
            story: None,
            told: None,
            waiting: false,
        };
        Candidate { story: StoryId::of(&article_id), hit }
    }

    #[test]
    fn without_a_wait_a_hit_is_told_at_once_and_its_copies_are_known() {
        let first = candidate(1, None);
        let copy = Candidate { story: first.story, ..candidate(2, None) };
        let decision = decide(now(), &policy(0), &[first, copy], &[]);
        assert_eq!(decision.alerts.len(), 1);
        assert_eq!((&decision.alerts[0].hits[..], &decision.alerts[0].sinks[..]), (&[1][..], &["log".to_string()][..]));
        assert_eq!(decision.decided, [(2, Reason::StoryKnown)]);
        assert_eq!((decision.stories.len(), decision.members.len()), (1, 2));
    }

    #[test]
    fn with_a_wait_copies_gather_and_then_go_out_as_one() {
        let first = candidate(1, Some("2026-11-24T09:59:00Z"));
        let copy = Candidate { story: first.story, ..candidate(2, Some("2026-11-24T09:30:00Z")) };
        let decision = decide(now(), &policy(60), &[first.clone(), copy.clone()], &[]);
        assert_eq!(decision.waits, [Wait { watch: "eco".into(), story: first.story, fires_at: "2026-11-24T10:01:00Z".parse().unwrap() }]);
        assert_eq!((decision.grouped.len(), decision.alerts.len()), (2, 0));
        let wait = FiredWait { watch: "eco".into(), story: first.story, hits: vec![first.hit, copy.hit] };
        let decision = decide(now(), &policy(60), &[], std::slice::from_ref(&wait));
        assert_eq!(decision.alerts[0].hits, [1, 2]);
        assert_eq!(decision.alerts[0].body.article.published, wait.hits[1].article.published, "the earliest published speaks");
        assert_eq!(decision.alerts[0].body.also_in.len(), 1);
        assert_eq!(decision.fired, [("eco".to_string(), wait.story)]);
    }

    #[test]
    fn a_hit_that_comes_while_a_wait_fires_is_not_told_again() {
        let first = candidate(1, None);
        let late = Candidate { story: first.story, ..candidate(2, None) };
        let wait = FiredWait { watch: "eco".into(), story: first.story, hits: vec![first.hit] };
        let decision = decide(now(), &policy(60), &[late], &[wait]);
        assert_eq!(decision.alerts.len(), 1);
        assert_eq!(decision.decided, [(2, Reason::StoryKnown)]);
    }

    #[test]
    fn flash_does_not_wait() {
        let mut policy = policy(60);
        policy.watches.insert("eco".into(), WatchPolicy { severity: Severity::Flash, ..WatchPolicy::default() });
        assert_eq!(decide(now(), &policy, &[candidate(1, None)], &[]).alerts.len(), 1);
    }

    #[test]
    fn every_reason_not_to_tell_is_given() {
        let baseline = |published| {
            let mut c = candidate(1, published);
            c.hit.baseline = true;
            decide(now(), &policy(0), &[c], &[]).decided
        };
        assert_eq!(baseline(Some("2026-11-24T03:59:59Z")), [(1, Reason::Baseline)]);
        assert_eq!(baseline(None), [(1, Reason::Baseline)], "undated counts as old");
        assert_eq!(baseline(Some("2026-11-24T04:00:00Z")), []);
        let decided = |c: Candidate| decide(now(), &policy(0), &[c], &[]).decided;
        assert_eq!(decided(candidate(1, Some("2026-10-24T10:00:00Z"))), [(1, Reason::TooOld)]);
        assert_eq!(decided(candidate(1, Some("2026-10-26T10:00:00Z"))), []);
        assert_eq!(decided(candidate(1, None)), []);
        let mut known = candidate(1, None);
        known.hit.told = Some(AlertId([1; 16]));
        assert_eq!(decided(known), [(1, Reason::StoryKnown)]);
        let mut removed = candidate(1, None);
        removed.hit.hit.watch = "gone".into();
        assert_eq!(decided(removed), [(1, Reason::WatchRemoved)]);
    }
}
