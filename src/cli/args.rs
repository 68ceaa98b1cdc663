//! The command line.

use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// Watches news feeds and tells what your watches ask for: each story once, no alert lost.
#[derive(Debug, Parser)]
#[command(name = "newswatch", version, propagate_version = true, max_term_width = 100)]
pub struct Cli {
    /// The configuration [default: $NEWSWATCH_CONFIG, $XDG_CONFIG_HOME/newswatch/newswatch.toml, /etc/newswatch/newswatch.toml]
    #[arg(short, long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// JSON Lines instead of text
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// An invented press on loopback and the real daemon with the shipped watches
    Demo {
        /// End after this long, such as 30s
        #[arg(long = "for", value_name = "SPAN")]
        span: Option<String>,
    },
    /// The daemon, in the foreground
    Run {
        /// Poll every feed that is due, decide, deliver, and end
        #[arg(long)]
        once: bool,
        /// With --once: exit 69 if a feed failed
        #[arg(long, requires = "once")]
        strict: bool,
    },
    /// Check the configuration: every problem at once
    Check {
        /// Show the effective configuration
        #[arg(long)]
        print: bool,
    },
    /// Have the running daemon load its configuration again
    Reload,
    /// Read one feed document
    Parse(Parse),
    /// Match articles against the watches
    #[command(name = "match")]
    Match(Match),
    /// The alerts so far
    Alerts(Alerts),
    /// Everything that happened to an article, an alert or a story
    Why {
        /// An id (or its beginning), or an article's URL
        #[arg(value_name = "ID|URL")]
        what: String,
    },
    /// How the running daemon is doing
    Status,
    /// Each watch over the archive: its hits, how they are written, what it just missed, what it costs
    Watches(Watches),
    /// Feeds with their health
    Feeds {
        /// What to do with them
        #[command(subcommand)]
        command: Feeds,
    },
    /// Where alerts go
    Sinks {
        /// What to do with them
        #[command(subcommand)]
        command: Sinks,
    },
    /// What is still to be delivered
    Outbox {
        /// What to do with it
        #[command(subcommand)]
        command: Outbox,
    },
    /// Write a query in its canonical form
    #[command(hide = true)]
    Fmt {
        /// The query
        query: String,
    },
    /// Completions for a shell
    #[command(hide = true)]
    Completions {
        /// Which
        shell: clap_complete::Shell,
    },
    /// Manual pages
    #[command(hide = true)]
    Man {
        /// Where to write them
        dir: PathBuf,
    },
}

/// `parse`
#[derive(Debug, Args)]
pub struct Parse {
    /// A file, a URL, or - for stdin
    #[arg(value_name = "FILE|URL|-", default_value = "-")]
    pub input: String,
    /// Only the entries, as JSON Lines that `match` reads
    #[arg(long)]
    pub entries: bool,
    /// The address the document came from; links are resolved against it
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// The Content-Type header it came with
    #[arg(long, value_name = "TYPE")]
    pub content_type: Option<String>,
    /// With the settings of this configured feed
    #[arg(long, value_name = "NAME")]
    pub feed: Option<String>,
    /// Fetch from private addresses too
    #[arg(long)]
    pub allow_private: bool,
}

/// `match`
#[derive(Debug, Args)]
pub struct Match {
    /// Articles as JSON Lines: a file, or - for stdin
    #[arg(value_name = "FILE|-", default_value = "-")]
    pub input: String,
    /// This query instead of the configured watches
    #[arg(long, value_name = "QUERY", conflicts_with = "watch")]
    pub query: Option<String>,
    /// Only this watch
    #[arg(long, value_name = "NAME")]
    pub watch: Option<String>,
    /// One text instead of a file
    #[arg(long, value_name = "TEXT", conflicts_with = "input")]
    pub text: Option<String>,
    /// Also the plain text of the fields, and why watches missed
    #[arg(long)]
    pub explain: bool,
    /// No output: exit 0 if something hit, 1 if nothing did
    #[arg(short, long)]
    pub quiet: bool,
}

/// `alerts`
#[derive(Debug, Args)]
pub struct Alerts {
    /// Only of this watch
    #[arg(long, value_name = "NAME")]
    pub watch: Option<String>,
    /// Only since then: 2d, 6h, or a time
    #[arg(long, value_name = "SPAN|TIME")]
    pub since: Option<String>,
    /// Only after this one, from the oldest on
    #[arg(long, value_name = "SEQ")]
    pub after: Option<i64>,
    /// Stay, and print what comes
    #[arg(long, short)]
    pub follow: bool,
    /// CSV for a spreadsheet
    #[arg(long, conflicts_with = "json")]
    pub csv: bool,
}

/// `watches`
#[derive(Debug, Args)]
pub struct Watches {
    /// Only this watch
    #[arg(long, value_name = "NAME")]
    pub watch: Option<String>,
    /// Only articles since then: 30d, 6h, or a time
    #[arg(long, value_name = "SPAN|TIME", default_value = "30d")]
    pub since: String,
}

/// `feeds`
#[derive(Debug, Subcommand)]
pub enum Feeds {
    /// Each feed with its state
    List,
    /// The feeds of a site
    Discover {
        /// The site, or one of its pages
        url: String,
        /// Look at private addresses too
        #[arg(long)]
        allow_private: bool,
    },
    /// Have the running daemon poll now
    Poll {
        /// A feed's name or URL
        #[arg(required_unless_present = "all")]
        name: Option<String>,
        /// Every feed
        #[arg(long, conflicts_with = "name")]
        all: bool,
        /// Unconditionally, also a feed that backs off
        #[arg(long)]
        force: bool,
    },
}

/// `sinks`
#[derive(Debug, Subcommand)]
pub enum Sinks {
    /// Each sink with its backlog
    List,
    /// Send a test through a sink
    Test {
        /// Its name
        name: String,
    },
    /// Print a fresh webhook secret
    Secret,
}

/// `outbox`
#[derive(Debug, Subcommand)]
pub enum Outbox {
    /// One line for each delivery that is not done
    List {
        /// Only of this sink
        #[arg(long, value_name = "NAME")]
        sink: Option<String>,
        /// Only after this alert
        #[arg(long, value_name = "SEQ")]
        after: Option<i64>,
    },
}
