//! The tables, and every step that led to them.
//!
//! Times are microseconds since 1970, days are whole days since 1970, ids and hashes are 16 bytes. A step that has been released is never changed.

/// Marks a SQLite file as ours ("Nwtc").
pub const APPLICATION_ID: i64 = 0x4e77_7463;

/// The steps in order; the database's `user_version` is how many of them it has taken.
pub const STEPS: &[&str] = &[FIRST];

/// Of a new file. Two articles' texts go into a page of 4 KiB with a quarter left empty, five into one of 8.
pub const PAGE_SIZE: i64 = 8192;

const FIRST: &str = "
CREATE TABLE meta(key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE feed(
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    retired INTEGER NOT NULL DEFAULT 0,
    state INTEGER NOT NULL DEFAULT 0,
    reason TEXT,
    since INTEGER,
    etag TEXT,
    last_modified TEXT,
    body_hash BLOB,
    meaning BLOB,
    next_due INTEGER,
    polls INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0,
    last_new INTEGER,
    last_poll INTEGER,
    moved_to TEXT,
    baseline_done INTEGER NOT NULL DEFAULT 0,
    read_day INTEGER,       -- when its last document was read
    confirmed_day INTEGER   -- when that document was last said to be unchanged
) STRICT;
CREATE TABLE feed_event(n INTEGER PRIMARY KEY, feed INTEGER NOT NULL, at INTEGER NOT NULL, state INTEGER NOT NULL, reason TEXT) STRICT;
CREATE INDEX feed_event_of ON feed_event(feed, at);

-- Clustered by feed: a poll touches the few pages of its own feed.
CREATE TABLE seen(
    feed INTEGER NOT NULL,
    key BLOB NOT NULL,
    last_in INTEGER NOT NULL,   -- the day it last stood in the document
    PRIMARY KEY(feed, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE article(
    n INTEGER PRIMARY KEY,
    id BLOB NOT NULL,
    feed INTEGER NOT NULL,
    link TEXT,
    url_key BLOB,
    lang TEXT,
    published INTEGER,
    fetched INTEGER NOT NULL,
    matched_gen INTEGER NOT NULL,
    baseline INTEGER NOT NULL,
    matched INTEGER NOT NULL,           -- it has hits
    kept INTEGER NOT NULL DEFAULT 0     -- an alert tells it
) STRICT;
-- Only of articles with hits, which decisions look up: ids and URLs are spread over the whole index, so that each row costs the write of a page.
-- An article without hits is unique because its entry is seen once, and `why` finds it by reading the table through.
CREATE UNIQUE INDEX article_id ON article(id) WHERE matched = 1;
CREATE INDEX article_url ON article(url_key) WHERE matched = 1;
CREATE INDEX article_age ON article(kept, fetched, feed);
-- zstd over JSON; apart from `article`, so that counting and ageing read no texts.
CREATE TABLE article_text(article INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;

-- AUTOINCREMENT: a decision names hits by number, so a number is never used again.
CREATE TABLE hit(
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    article INTEGER NOT NULL,
    watch TEXT NOT NULL,
    watch_hash BLOB NOT NULL,
    score INTEGER NOT NULL,
    spans TEXT NOT NULL,
    state INTEGER NOT NULL DEFAULT 0,   -- 0 undecided, 1 grouped, 2 decided
    reason TEXT,
    story BLOB,
    alert INTEGER,
    at INTEGER,                         -- when it got its state
    UNIQUE(article, watch)
) STRICT;
CREATE INDEX hit_undecided ON hit(n) WHERE state = 0;
CREATE INDEX hit_grouped ON hit(watch, story) WHERE state = 1;
CREATE INDEX hit_decided ON hit(at, reason) WHERE state = 2;
CREATE INDEX hit_told ON hit(alert) WHERE alert IS NOT NULL;

CREATE TABLE story(id BLOB PRIMARY KEY, first BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE story_article(article INTEGER PRIMARY KEY, story BLOB NOT NULL) STRICT;
CREATE INDEX story_article_of ON story_article(story);
CREATE TABLE wait(watch TEXT NOT NULL, story BLOB NOT NULL, fires_at INTEGER NOT NULL, PRIMARY KEY(watch, story)) STRICT, WITHOUT ROWID;

-- AUTOINCREMENT: `seq` never goes back, whatever is pruned.
CREATE TABLE alert(
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    watch TEXT NOT NULL,
    story BLOB NOT NULL,
    article BLOB,
    at INTEGER NOT NULL,
    published INTEGER,
    body BLOB NOT NULL
) STRICT;
CREATE INDEX alert_story ON alert(story, watch);
CREATE INDEX alert_watch ON alert(watch, seq);
CREATE INDEX alert_at ON alert(at);

CREATE TABLE sink(
    name TEXT PRIMARY KEY,
    configured INTEGER NOT NULL DEFAULT 1,
    state INTEGER NOT NULL DEFAULT 0,
    since INTEGER,
    reason TEXT,
    backlog INTEGER NOT NULL DEFAULT 0, -- rows of the outbox, kept in step with them
    overflow_seq INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE outbox(
    sink TEXT NOT NULL,
    seq INTEGER NOT NULL,
    key TEXT NOT NULL,
    state INTEGER NOT NULL DEFAULT 0,   -- 0 waiting, 1 sending, 2 dead
    not_before INTEGER,
    next INTEGER,
    tries INTEGER NOT NULL DEFAULT 0,
    reason TEXT,
    claimed INTEGER,
    unknown INTEGER NOT NULL DEFAULT 0, -- its owner died while it was sending
    PRIMARY KEY(sink, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_fresh ON outbox(sink, seq) WHERE state = 0 AND tries = 0;
CREATE INDEX outbox_retry ON outbox(sink, seq) WHERE state = 0 AND tries > 0;
CREATE INDEX outbox_held ON outbox(sink, seq) WHERE state <> 0;
CREATE INDEX outbox_seq ON outbox(seq);
CREATE TABLE delivered(seq INTEGER NOT NULL, sink TEXT NOT NULL, at INTEGER, PRIMARY KEY(seq, sink)) STRICT, WITHOUT ROWID;
";
