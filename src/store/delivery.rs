//! The outbox: what is to be delivered to which sink, and how that went.

use crate::model::AlertId;
use jiff::Timestamp;

/// One alert to send to one sink. The sink holds it until it is settled, or the store is opened anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Orders the stream.
    pub seq: i64,
    /// Fixed before the first attempt: the same in every attempt, another one for each sink. Lower-case letters and digits.
    pub key: String,
    /// What it tells.
    pub alert_id: AlertId,
    /// For whom.
    pub watch: String,
    /// `alert.created`, …
    pub kind: String,
    /// The frozen JSON, without a line end.
    pub body: Vec<u8>,
    /// Attempts that counted.
    pub tries: u32,
    /// An earlier owner of the store held it when it died: it may have been sent.
    pub unknown: bool,
}

/// How a delivery went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// The sink.
    pub sink: String,
    /// Which.
    pub seq: i64,
    /// How it went.
    pub outcome: Outcome,
}

/// How a delivery went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It arrived: the row goes.
    Sent,
    /// Not yet.
    Retry {
        /// When to try again.
        next: Timestamp,
        /// In words.
        reason: String,
        /// The attempt counts against this alert (false while the sink itself is out).
        counts: bool,
    },
    /// Not ever, unless somebody says so.
    Dead {
        /// In words.
        reason: String,
    },
    /// It was not tried.
    Released,
}

/// Does a sink take anything?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SinkState {
    /// All is well.
    #[default]
    Closed,
    /// It fails: only probes go to it.
    Open,
    /// It said that it is no more (410).
    Disabled,
}

impl SinkState {
    /// Every state, in the order of its number in the database.
    pub const ALL: [Self; 3] = [Self::Closed, Self::Open, Self::Disabled];

    /// As JSON spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::Disabled => "disabled",
        }
    }
}

/// What one sink has before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SinkBacklog {
    /// Its name.
    pub sink: String,
    /// Undelivered rows that are not dead.
    pub rows: u64,
    /// When the oldest of them was decided.
    pub oldest: Option<Timestamp>,
    /// Rows that are dead.
    pub dead: u64,
    /// When the next one may be sent, if none may now.
    pub next: Option<Timestamp>,
    /// Does it take anything?
    pub state: SinkState,
    /// Since when.
    pub since: Option<Timestamp>,
    /// Why not.
    pub reason: Option<String>,
    /// The first alert that its cap kept out of its rows; the log of alerts has it.
    pub overflow: Option<i64>,
    /// It is no longer configured.
    pub orphan: bool,
}

/// Which rows of the outbox to show.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OutboxFilter {
    /// Of one sink.
    pub sink: Option<String>,
    /// Only after this one.
    pub after: Option<i64>,
    /// At most so many; none: all.
    pub limit: Option<usize>,
}

/// What a row of the outbox is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowState {
    /// To be sent, now or at its `next`.
    Waiting,
    /// A sink holds it.
    Sending,
    /// Not to be sent before an hour that has not come.
    Held,
    /// Given up.
    Dead,
    /// Its sink is no longer configured.
    Orphan,
}

impl RowState {
    /// As JSON spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sending => "sending",
            Self::Held => "held",
            Self::Dead => "dead",
            Self::Orphan => "orphan",
        }
    }
}

/// One undelivered row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxLine {
    /// The sink.
    pub sink: String,
    /// Which.
    pub seq: i64,
    /// What it tells.
    pub alert_id: AlertId,
    /// What it is at.
    pub state: RowState,
    /// Attempts that counted.
    pub tries: u32,
    /// When it may be sent; none: at once, or never.
    pub next: Option<Timestamp>,
    /// Why it has not been.
    pub reason: Option<String>,
}
