//! A feed's row, and what one poll of it brought.

use crate::model::{Article, EntryKey, Hit};
use jiff::Timestamp;

/// A feed as it is configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedRow {
    /// Its identity: its name if it has one, else its canonical configured URL.
    pub id: String,
    /// What lists show.
    pub name: String,
    /// As configured, secrets masked.
    pub url: String,
}

/// How a feed fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum FeedHealth {
    /// Not polled yet.
    #[default]
    New,
    /// Its first document is read; what stands in it counts as seen.
    Baseline,
    /// All is well.
    Ok,
    /// Backing off; never given up on.
    Failing,
    /// Nothing new for longer than its own rhythm explains.
    Silent,
    /// A poll shared nothing with the last one: some were missed.
    Gap,
    /// It answers from another address for good.
    Moved,
    /// It says that it is no more (410).
    Gone,
    /// Its job broke this program; left alone.
    Quarantined,
    /// By configuration.
    Paused,
}

impl FeedHealth {
    /// Every state, in the order of its number in the database.
    pub const ALL: [Self; 10] =
        [Self::New, Self::Baseline, Self::Ok, Self::Failing, Self::Silent, Self::Gap, Self::Moved, Self::Gone, Self::Quarantined, Self::Paused];

    /// As JSON spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Baseline => "baseline",
            Self::Ok => "ok",
            Self::Failing => "failing",
            Self::Silent => "silent",
            Self::Gap => "gap",
            Self::Moved => "moved",
            Self::Gone => "gone",
            Self::Quarantined => "quarantined",
            Self::Paused => "paused",
        }
    }
}

/// What a server gave to ask with the next time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validators {
    /// `ETag`, as sent.
    pub etag: Option<String>,
    /// `Last-Modified`, as sent.
    pub last_modified: Option<String>,
}

/// What the store remembers of a feed: enough to go on polling it as if nothing had happened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FeedState {
    /// Its identity.
    pub id: String,
    /// How it fares.
    pub state: FeedHealth,
    /// In words; none while all is well.
    pub reason: Option<String>,
    /// Of the last good document.
    pub validators: Option<Validators>,
    /// Of the last document's bytes.
    pub body_hash: Option<[u8; 16]>,
    /// Of what the last document said.
    pub meaning: Option<[u8; 16]>,
    /// When it is to be polled; none: at once.
    pub next_due: Option<Timestamp>,
    /// Polls in all.
    pub polls: u64,
    /// Failures in a row.
    pub failures: u32,
    /// When an unseen entry came last.
    pub last_new: Option<Timestamp>,
    /// When it was polled last.
    pub last_poll: Option<Timestamp>,
    /// Where a permanent redirect leads.
    pub moved_to: Option<String>,
    /// Its first document has been stored.
    pub baseline_done: bool,
}

/// One poll, to be recorded whole or not at all.
#[derive(Debug, Clone, PartialEq)]
pub struct PollOutcome {
    /// The feed's identity. The outcome of a feed that is no longer registered is dropped.
    pub feed: String,
    /// When the poll ended.
    pub at: Timestamp,
    /// When the next one is due.
    pub next_due: Timestamp,
    /// How the feed fares now.
    pub state: FeedHealth,
    /// In words; none while all is well.
    pub reason: Option<String>,
    /// Failures in a row, this one counted.
    pub failures: u32,
    /// Where a permanent redirect leads that is remembered; none remembers none.
    pub moved_to: Option<String>,
    /// What it brought.
    pub what: What,
}

/// What a poll brought.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// No document.
    Failed,
    /// The document that is known: a 304, the same bytes, or the same meaning.
    Unchanged {
        /// Those to save; none leaves the saved ones.
        validators: Option<Validators>,
        /// The one to save; none leaves the saved one.
        body_hash: Option<[u8; 16]>,
    },
    /// A document that was read.
    Read {
        /// Those to save; none saves none (a cut document's must not be).
        validators: Option<Validators>,
        /// Of its bytes; none saves none.
        body_hash: Option<[u8; 16]>,
        /// Of what it says; none saves none.
        meaning: Option<[u8; 16]>,
        /// The feed's first: its entries are its baseline.
        first: bool,
        /// Every entry of the document.
        entries: Vec<PolledEntry>,
    },
}

/// One entry of a document.
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::large_enum_variant)] // they live in one list for as long as a poll takes; most are `New` in a first one, `Known` later
pub enum PolledEntry {
    /// One that the store knows already ([`super::Store::known`]): it is only noted as still there.
    Known {
        /// What makes it the same entry.
        key: EntryKey,
    },
    /// One that may be new. It is recorded only if its key is unseen: of two polls that race, one records it.
    New {
        /// What makes it the same entry.
        key: EntryKey,
        /// Plain text; `fetched` set. The store derives `id` from (feed, key) and `feed` from the feed's row: what stands there is not kept.
        article: Article,
        /// [`crate::story::UrlKey`] of its canonical URL, if it has one.
        url_key: Option<[u8; 16]>,
        /// What the watches found.
        hits: Vec<MatchedHit>,
        /// The generation of the rules that looked.
        matched_gen: u64,
    },
}

impl PolledEntry {
    /// What makes it the same entry.
    pub const fn key(&self) -> EntryKey {
        match self {
            Self::Known { key } | Self::New { key, .. } => *key,
        }
    }
}

/// A hit and what the watch asked for when it hit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchedHit {
    /// The watch's name.
    pub watch: String,
    /// Of what the watch asks for.
    pub watch_hash: [u8; 16],
    /// What it found.
    pub hit: Hit,
}

/// What a poll added.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Committed {
    /// Entries that were unseen.
    pub new_articles: usize,
    /// Undecided hits in them.
    pub new_hits: usize,
    /// The feed is no longer registered: nothing was recorded.
    pub dropped: bool,
}
