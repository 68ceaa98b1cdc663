//! What only the SQLite backend promises: its files, its lock, its settings, and what it says when it cannot be opened.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::string_slice,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::disallowed_methods
)] // a test fails by panicking

mod store_suite;

use newswatch::alert::Reason;
use newswatch::store::{AlertFilter, FeedRow, OpenError, Options, Outcome, Reader, Store, StoreError, What, lock_holder};
use rusqlite::Connection;
use std::io::{Seek, SeekFrom, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use store_suite::world::*;

fn place() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state/newswatch.db");
    (dir, path)
}

fn open(path: &Path) -> Result<Store, OpenError> {
    Store::open(&Options { ballast: 1 << 20, ..Options::at(path) }, Path::new("/run/newswatch/control.sock"))
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    PathBuf::from(format!("{}{suffix}", path.display()))
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn one_owner_at_a_time_and_everyone_finds_it() {
    let (_dir, path) = place();
    let store = open(&path).unwrap();
    let holder = lock_holder(&path).unwrap();
    assert_eq!((holder.pid, &*holder.socket), (std::process::id(), Path::new("/run/newswatch/control.sock")));
    let second = open(&path).unwrap_err();
    assert!(matches!(second, OpenError::Locked { .. }) && second.exit_code() == 69);
    assert!(second.to_string().contains(&std::process::id().to_string()), "{second}");
    store.close().await;
    assert_eq!(lock_holder(&path), None);
    open(&path).unwrap().close().await;
}

#[tokio::test]
async fn its_files_are_for_owner_and_group() {
    let (_dir, path) = place();
    let store = open(&path).unwrap();
    register(&store, &["a"]).await;
    assert_eq!(mode(path.parent().unwrap()), 0o750);
    for suffix in ["", "-wal", "-shm", ".lock", ".ballast"] {
        assert_eq!(mode(&beside(&path, suffix)) & 0o037, 0, "{suffix}: nobody but the owner writes, nobody but the group reads");
    }
    store.close().await;
}

#[tokio::test]
async fn its_settings_are_those_its_promises_rest_on() {
    let (_dir, path) = place();
    let store = open(&path).unwrap();
    register(&store, &["a"]).await;
    let db = Connection::open(&path).unwrap();
    let text: String = db.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
    assert_eq!(text, "wal");
    let number = |pragma: &str| db.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!((number("user_version"), number("auto_vacuum")), (1, 2));
    assert!(rusqlite::version_number() >= 3_051_003);
    store.close().await;
    assert!(beside(&path, "-wal").exists() && beside(&path, "-shm").exists(), "whoever may only read finds them");
    assert_eq!(std::fs::metadata(beside(&path, "-wal")).unwrap().len(), 0, "and the database is whole without them");
}

#[tokio::test]
async fn commands_read_with_and_without_a_daemon() {
    let (_dir, path) = place();
    let missing = Reader::open(&path).unwrap_err();
    assert!(matches!(missing, OpenError::NoDatabase { .. }) && missing.exit_code() == 69);
    assert!(!path.exists() && !path.parent().unwrap().exists(), "a reader makes nothing");
    let store = open(&path).unwrap();
    register(&store, &["a"]).await;
    let reader = Reader::open(&path).unwrap();
    tell(&store, "a", 0..3, &["log"]).await;
    assert_eq!(reader.alerts(&AlertFilter::default()).unwrap(), store.alerts(AlertFilter::default()).await.unwrap());
    assert_eq!(reader.feeds(at(1)).unwrap(), store.feeds(at(1)).await.unwrap());
    assert_eq!(reader.backlog().unwrap(), store.backlog().await.unwrap());
    store.close().await;
    assert_eq!(reader.alerts(&AlertFilter::default()).unwrap().len(), 3);
    drop(reader);
    assert_eq!(Reader::open(&path).unwrap().summary(at(1)).unwrap().last_seq, 3);
    std::fs::remove_file(beside(&path, "-wal")).unwrap();
    std::fs::remove_file(beside(&path, "-shm")).unwrap();
    assert_eq!(Reader::open(&path).unwrap().summary(at(1)).unwrap().last_seq, 3);
}

#[tokio::test]
async fn an_empty_file_is_no_database_yet() {
    let (dir, _) = place();
    let path = dir.path().join("a.db");
    std::fs::write(&path, "").unwrap();
    assert!(matches!(Reader::open(&path), Err(OpenError::NoDatabase { .. })));
    open(&path).unwrap().close().await;
    Reader::open(&path).unwrap();
}

#[tokio::test]
async fn a_newer_database_is_left_alone() {
    let (_dir, path) = place();
    open(&path).unwrap().close().await;
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    for error in [open(&path).unwrap_err(), Reader::open(&path).unwrap_err()] {
        assert!(matches!(error, OpenError::Newer { found: 99, known: 1, .. }) && error.exit_code() == 78);
        assert!(error.to_string().contains("99") && error.to_string().contains("knows 1"), "{error}");
    }
}

#[test]
fn another_programs_database_is_left_alone() {
    let (dir, _) = place();
    let path = dir.path().join("mail.db");
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE mail(x)").unwrap();
    let before = std::fs::read(&path).unwrap();
    let error = open(&path).unwrap_err();
    assert!(matches!(error, OpenError::Foreign { .. }) && error.exit_code() == 78, "{error}");
    let tables: i64 = Connection::open(&path).unwrap().query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).unwrap();
    assert_eq!(tables, 1);
    assert!(!before.is_empty());
}

#[tokio::test]
async fn a_damaged_database_is_refused_with_the_cure() {
    let (_dir, path) = place();
    let store = open(&path).unwrap();
    register(&store, &["a"]).await;
    poll(&store, "a", (0..500).map(|n| entry(n, &["eco"])).collect()).await;
    store.close().await;
    std::fs::copy(&path, beside(&path, ".before-1")).unwrap();
    let whole = std::fs::read(&path).unwrap();
    let damage = |place: usize| {
        std::fs::write(&path, &whole).unwrap();
        let mut file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
        file.seek(SeekFrom::Start(place as u64)).unwrap();
        file.write_all(&[0xa5; 3000]).unwrap();
    };
    let page = |n: usize| n * 8192;
    for place in [0, 100, page(whole.len() / 8192 / 2), page(whole.len() / 8192 - 1)] {
        damage(place);
        let error = open(&path).unwrap_err();
        assert_eq!(error.exit_code(), 74, "{place}: {error}");
        let text = error.to_string();
        assert!(text.contains("cp ") && text.contains(".before-1"), "{place}: {text}");
    }
    std::fs::write(&path, "this is a letter to the editor, not a database at all").unwrap();
    assert_eq!(open(&path).unwrap_err().exit_code(), 74);
    std::fs::write(&path, &whole).unwrap();
    open(&path).unwrap().close().await;
}

#[tokio::test]
async fn a_directory_in_the_way_is_named() {
    let (dir, _) = place();
    let error = open(dir.path()).unwrap_err();
    assert!(error.to_string().contains(&dir.path().display().to_string()), "{error}");
    std::fs::write(dir.path().join("file"), "").unwrap();
    let error = open(&dir.path().join("file/newswatch.db")).unwrap_err();
    assert!(matches!(error, OpenError::Io { .. } | OpenError::NotPermitted { .. }), "{error:?}");
}

#[tokio::test]
async fn a_database_under_way_survives_a_lost_owner() {
    // What a kill leaves: a log that nobody wrote back, and a lock that nobody holds.
    let (_dir, path) = place();
    let store = open(&path).unwrap();
    register(&store, &["a"]).await;
    tell(&store, "a", 0..3, &["log"]).await;
    claim(&store, "log", 2).await;
    let (_other, copy) = place();
    std::fs::create_dir_all(copy.parent().unwrap()).unwrap();
    for suffix in ["", "-wal"] {
        std::fs::copy(beside(&path, suffix), beside(&copy, suffix)).unwrap();
    }
    assert!(std::fs::metadata(beside(&copy, "-wal")).unwrap().len() > 0);
    let second = open(&copy).unwrap();
    assert_eq!(claim(&second, "log", 9).await.iter().map(|d| (d.seq, d.unknown)).collect::<Vec<_>>(), [(1, true), (2, true), (3, false)]);
    second.close().await;
    store.close().await;
}

#[tokio::test]
async fn waiting_polls_share_a_transaction() {
    let (_dir, path) = place();
    let store = open(&path).unwrap();
    let feeds: Vec<String> = (0..40).map(|n| format!("f{n}")).collect();
    store.register(feeds.iter().map(|id| feed(id)).collect(), at(0)).await.unwrap();
    let frames = || std::fs::metadata(beside(&path, "-wal")).unwrap().len();
    let before = frames();
    let polls = feeds.iter().map(|id| store.commit(outcome(id, at(1), What::Failed)));
    futures_util::future::try_join_all(polls).await.unwrap();
    let together = frames() - before;
    let before = frames();
    for id in &feeds {
        store.commit(outcome(id, at(2), What::Failed)).await.unwrap();
    }
    let apart = frames() - before;
    assert!(together * 5 < apart, "{together} bytes of log together, {apart} apart");
    store.close().await;
}

#[tokio::test]
async fn another_process_that_holds_the_lock_is_waited_for() {
    let (_dir, path) = place();
    let store = open(&path).unwrap();
    register(&store, &["a"]).await;
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let committing = tokio::spawn({
        let store = store.clone();
        async move { poll(&store, "a", vec![entry(1, &["eco"])]).await }
    });
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert!(!committing.is_finished());
    assert_eq!(store.known("a", vec![key(1)]).await.unwrap(), [false], "readers read on");
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(committing.await.unwrap().new_hits, 1);
    store.close().await;
}

#[tokio::test]
async fn a_reader_that_looks_long_does_not_stop_the_writer() {
    let (_dir, path) = place();
    let store = open(&path).unwrap();
    register(&store, &["a"]).await;
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN; SELECT * FROM feed").unwrap();
    poll(&store, "a", vec![entry(1, &["eco"])]).await;
    assert_eq!(store.known("a", vec![key(1)]).await.unwrap(), [true]);
    store.close().await;
}

#[tokio::test]
async fn a_request_that_breaks_a_rule_fails_alone() {
    let (_dir, path) = place();
    let store = open(&path).unwrap();
    register(&store, &["a"]).await;
    Connection::open(&path)
        .unwrap()
        .execute_batch("CREATE TRIGGER no BEFORE INSERT ON seen WHEN NEW.feed = 2 BEGIN SELECT raise(ABORT, 'no'); END")
        .unwrap();
    store.register(vec![feed("a"), feed("b")], at(0)).await.unwrap();
    let polls = ["a", "b", "a"].iter().zip(1..).map(|(id, n)| store.commit(outcome(id, at(1), read(vec![entry(n, &["eco"])]))));
    let ends = futures_util::future::join_all(polls).await;
    assert!(ends[0].is_ok() && ends[2].is_ok());
    assert!(matches!(&ends[1], Err(StoreError::Refused(why)) if why.contains("no")), "{:?}", ends[1]);
    assert_eq!(hits(&store).await.len(), 2);
    let b = store.register(vec![feed("a"), feed("b")], at(2)).await.unwrap().remove(1);
    assert_eq!(b.polls, 0, "nothing of it is recorded");
    store.close().await;
}

#[tokio::test]
async fn text_that_cannot_be_read_hides_nothing_else() {
    let (_dir, path) = place();
    let store = open(&path).unwrap();
    register(&store, &["a"]).await;
    poll(&store, "a", vec![entry(1, &["eco"])]).await;
    Connection::open(&path).unwrap().execute("UPDATE article_text SET body = x'00'", []).unwrap();
    let hit = hits(&store).await.remove(0);
    assert_eq!((hit.article.title, hit.article.link.as_deref()), (None, Some("https://outlet.test/1")));
    store.decide(ending(&hits(&store).await[0], Reason::TooOld)).await.unwrap();
    store.close().await;
}

#[tokio::test]
async fn a_repaired_database_counts_its_rows_anew() {
    let (_dir, path) = place();
    let store = open(&path).unwrap();
    register(&store, &["a"]).await;
    tell(&store, "a", 0..3, &["log"]).await;
    poll(&store, "a", vec![entry(9, &["eco"])]).await;
    store.decide(grouping(&hits(&store).await[0], at(60))).await.unwrap();
    store.close().await;
    Connection::open(&path).unwrap().execute_batch("DELETE FROM outbox WHERE seq = 1; DELETE FROM sink; DELETE FROM wait").unwrap();
    let store = open(&path).unwrap();
    assert_eq!(store.backlog().await.unwrap()[0].rows, 2);
    assert_eq!(store.undecided(at(60), 9).await.unwrap().fired.len(), 1);
    claim(&store, "log", 1).await;
    settle(&store, "log", 2, Outcome::Sent).await;
    assert_eq!(store.backlog().await.unwrap()[0].rows, 1);
    store.close().await;
}

#[tokio::test]
async fn a_store_is_given_up_when_nobody_holds_it_any_more() {
    let (_dir, path) = place();
    let store = open(&path).unwrap();
    store.register(vec![FeedRow { id: "a".into(), name: "a".into(), url: "u".into() }], at(0)).await.unwrap();
    drop(store);
    for _ in 0..200 {
        if lock_holder(&path).is_none() {
            open(&path).unwrap().close().await;
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the lock is still held");
}

/// Runs one of these tests as somebody else.
fn as_nobody(groups: &str, test: &str, path: &Path) -> Option<std::process::Output> {
    if !rustix::process::geteuid().is_root() {
        eprintln!("SKIPPED: only root can become somebody else");
        return None;
    }
    let mut command = std::process::Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", groups]).arg(std::env::current_exe().unwrap()).args(["--exact", test, "--nocapture"]);
    let output = command.env("NEWSWATCH_TEST_DB", path).output().unwrap();
    if !output.status.success() && output.stdout.is_empty() {
        eprintln!("SKIPPED: nobody may not run this test: {}", String::from_utf8_lossy(&output.stderr));
        return None;
    }
    Some(output)
}

#[test]
fn somebody_elses_look() {
    let Some(path) = std::env::var_os("NEWSWATCH_TEST_DB") else { return };
    match Reader::open(Path::new(&path)) {
        Ok(reader) => println!("LAST {}", reader.summary(at(1)).unwrap().last_seq),
        Err(error) => println!("EXIT {} {error}", error.exit_code()),
    }
}

#[tokio::test]
async fn who_is_in_the_group_may_look_and_who_is_not_is_told_so() {
    let (dir, path) = place();
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let store = open(&path).unwrap();
    register(&store, &["a"]).await;
    tell(&store, "a", 0..3, &[]).await;
    // adm, as on every Debian.
    let adm = 4;
    if rustix::process::geteuid().is_root() {
        for file in std::fs::read_dir(path.parent().unwrap()).unwrap().map(|e| e.unwrap().path()).chain([path.parent().unwrap().into()]) {
            std::os::unix::fs::chown(file, None, Some(adm)).unwrap();
        }
    }
    let look = |groups: &str| as_nobody(groups, "somebody_elses_look", &path).map(|output| String::from_utf8(output.stdout).unwrap());
    let Some(outside) = look("--clear-groups") else { return };
    assert!(outside.contains("EXIT 77") && outside.contains("belongs to group adm") && outside.contains("usermod -aG adm"), "{outside}");
    let inside = look("--groups=4").unwrap();
    assert!(inside.contains("LAST 3"), "while the daemon runs: {inside}");
    store.close().await;
    let inside = look("--groups=4").unwrap();
    assert!(inside.contains("LAST 3"), "and after a clean stop: {inside}");
}
