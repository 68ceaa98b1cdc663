//! Taking possession of a store, step by step; looking into one.

use super::super::{OpenError, Options};
use super::backend::{Parts, Sqlite};
use super::ballast::Ballast;
use super::lock::Lock;
use super::prune::Keep;
use super::queue::queue;
use super::readers::Readers;
use super::writer::Writer;
use super::{connect, files, lock, migrate, outbox, schema};
use rusqlite::{Connection, TransactionBehavior};
use std::path::Path;
use tokio::sync::watch;

/// Makes or upgrades the store and starts its threads. Nothing of it is touched before the lock is held.
pub fn open(options: &Options, control_socket: &Path) -> Result<Sqlite, OpenError> {
    connect::check_version()?;
    let path = &options.path;
    files::make_directory(path)?;
    let (lock, db) = match possess(path, control_socket) {
        // On a full disk the ballast is what a start needs.
        Err(OpenError::Io { .. }) if files::ballast(path).exists() => {
            Ballast::give_up(path);
            possess(path, control_socket)?
        }
        possessed => possessed?,
    };
    let ballast = Ballast::set_up(path, options.ballast);
    let (queue, end) = queue();
    let (board, full) = watch::channel(None);
    let readers = Readers::start(path)?;
    let writer = Writer { db, path: path.clone(), queue: end, board, ballast, lock };
    std::thread::Builder::new().name("store-writer".into()).spawn(move || writer.run()).map_err(|e| files::refusal(path, &e))?;
    let keep = Keep { articles: options.keep, alerts: options.keep_alerts, bytes: options.max_size };
    Ok(Sqlite::new(Parts { queue, readers, full, keep, outbox_cap: options.outbox_cap }))
}

fn possess(path: &Path, control_socket: &Path) -> Result<(Lock, Connection), OpenError> {
    let lock = lock::take(path, control_socket)?;
    Ok((lock, prepare(path)?))
}

fn prepare(path: &Path) -> Result<Connection, OpenError> {
    let is_new = !path.exists();
    // Made by us, not by SQLite, so that its rights do not hang on a umask; its log takes over the same.
    drop(files::open_or_make(path)?);
    let mut db = connect::writer(path)?;
    migrate::migrate(&mut db, path, schema::STEPS)?;
    migrate::check(&db, path)?;
    let take_back = |db: &mut Connection| -> rusqlite::Result<()> {
        let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        outbox::take_back(&transaction)?;
        transaction.commit()
    };
    take_back(&mut db).map_err(|e| connect::refusal(path, e))?;
    if is_new {
        files::sync_directory(path)?;
    }
    Ok(db)
}

/// Opens a store to look into it. Never makes one.
pub fn open_reader(path: &Path) -> Result<Connection, OpenError> {
    std::fs::File::open(path).map_err(|e| files::refusal(path, &e))?;
    let db = connect::reader(path)?;
    let found = migrate::version(&db, path, schema::STEPS)?;
    match i64::try_from(schema::STEPS.len()).unwrap_or(i64::MAX) {
        _ if found == 0 => Err(OpenError::NoDatabase { path: path.into() }),
        known if found < known => Err(OpenError::Older { path: path.into(), found, known }),
        _ => Ok(db),
    }
}
