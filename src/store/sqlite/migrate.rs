//! Brings a database up to the version this program knows, a copy first.

use super::super::{OpenError, say};
use super::connect::refusal;
use super::{files, schema};
use rusqlite::{Connection, TransactionBehavior};
use std::path::Path;

/// Bytes up to which a database is checked whole at start: some tenths of a second.
const CHECKED_WHOLE: u64 = 64 << 20;

/// Refuses a database that is not ours or too new; says its version. 0: it is empty.
pub fn version(db: &Connection, path: &Path, steps: &[&str]) -> Result<i64, OpenError> {
    let ask = |pragma: &str| db.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0)).map_err(|e| refusal(path, e));
    let found = ask("user_version")?;
    let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(|e| refusal(path, e))?;
    if tables > 0 && ask("application_id")? != schema::APPLICATION_ID {
        return Err(OpenError::Foreign { path: path.into() });
    }
    let known = i64::try_from(steps.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(OpenError::Newer { path: path.into(), found, known });
    }
    Ok(found)
}

/// Takes the steps that the database has not taken, all in one transaction.
pub fn migrate(db: &mut Connection, path: &Path, steps: &[&str]) -> Result<(), OpenError> {
    let from = version(db, path, steps)?;
    let to = i64::try_from(steps.len()).unwrap_or(i64::MAX);
    if from == to {
        return Ok(());
    }
    let copy = files::before(path, to);
    if from > 0 {
        keep_copy(db, path, &copy)?;
    }
    let run = |db: &mut Connection| -> rusqlite::Result<()> {
        let step = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for sql in steps.iter().skip(usize::try_from(from).unwrap_or_default()) {
            step.execute_batch(sql)?;
        }
        step.pragma_update(None, "application_id", schema::APPLICATION_ID)?;
        step.pragma_update(None, "user_version", to)?;
        step.commit()
    };
    run(db).map_err(|e| refusal(path, e))?;
    if from > 0 {
        say::migrated(path, from, to, &copy);
    }
    Ok(())
}

/// A whole copy or none: written under another name first.
fn keep_copy(db: &Connection, path: &Path, copy: &Path) -> Result<(), OpenError> {
    let half = copy.with_extension("part");
    let failed = |e: std::io::Error| files::refusal(copy, &e);
    // An earlier attempt may have left one.
    let _ = std::fs::remove_file(&half);
    let name = half.to_str().ok_or_else(|| OpenError::Io { path: half.clone(), detail: "its name is not UTF-8".into() })?;
    db.execute("VACUUM INTO ?1", [name]).map_err(|e| refusal(path, e))?;
    std::fs::File::open(&half).and_then(|file| file.sync_all()).map_err(failed)?;
    std::fs::rename(&half, copy).map_err(failed)?;
    files::sync_directory(path)
}

/// Looks for damage: through the whole of a small database, at both ends of every table of a large one.
pub fn check(db: &Connection, path: &Path) -> Result<(), OpenError> {
    let corrupt = |detail: String| OpenError::Corrupt { path: path.into(), detail, backup: files::newest_copy(path) };
    if std::fs::metadata(path).is_ok_and(|m| m.len() <= CHECKED_WHOLE) {
        let found: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(|e| refusal(path, e))?;
        return if found == "ok" { Ok(()) } else { Err(corrupt(found.replace('\n', " "))) };
    }
    let ends = |db: &Connection| -> rusqlite::Result<()> {
        let mut names = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")?;
        let names: Vec<String> = names.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        for name in names {
            db.query_row(&format!("SELECT count(*) FROM (SELECT * FROM \"{name}\" LIMIT 1)"), [], |_| Ok(()))?;
        }
        for last in ["SELECT max(n) FROM article", "SELECT max(article) FROM article_text", "SELECT max(n) FROM hit", "SELECT max(seq) FROM alert"] {
            db.query_row(last, [], |_| Ok(()))?;
        }
        Ok(())
    };
    ends(db).map_err(|e| refusal(path, e))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn database(path: &Path) -> Connection {
        files::open_or_make(path).unwrap();
        super::super::connect::writer(path).unwrap()
    }

    #[test]
    fn a_copy_from_before_the_step_stays() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.db");
        let mut db = database(&path);
        let first = ["CREATE TABLE t(x)"];
        migrate(&mut db, &path, &first).unwrap();
        assert!(!files::before(&path, 1).exists(), "there was nothing to keep");
        db.execute("INSERT INTO t VALUES(7)", []).unwrap();
        let both = ["CREATE TABLE t(x)", "ALTER TABLE t ADD COLUMN y DEFAULT 8"];
        migrate(&mut db, &path, &both).unwrap();
        assert_eq!(db.query_row("SELECT x + y FROM t", [], |r| r.get::<_, i64>(0)).unwrap(), 15);
        let copy = Connection::open(files::before(&path, 2)).unwrap();
        assert_eq!(copy.query_row("SELECT * FROM t", [], |r| r.get::<_, i64>(0)).unwrap(), 7);
        assert!(copy.query_row("SELECT y FROM t", [], |_| Ok(())).is_err());
        migrate(&mut db, &path, &both).unwrap();
    }

    #[test]
    fn a_step_that_fails_leaves_all_as_it_was() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.db");
        let mut db = database(&path);
        migrate(&mut db, &path, &["CREATE TABLE t(x)"]).unwrap();
        assert!(migrate(&mut db, &path, &["CREATE TABLE t(x)", "CREATE TABLE u(x)", "nonsense"]).is_err());
        assert_eq!(version(&db, &path, &["", ""]).unwrap(), 1);
        assert!(db.query_row("SELECT * FROM u", [], |_| Ok(())).is_err());
    }

    #[test]
    fn a_newer_one_and_another_programs_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.db");
        let mut db = database(&path);
        migrate(&mut db, &path, &["CREATE TABLE t(x)", "CREATE TABLE u(x)"]).unwrap();
        let newer = migrate(&mut db, &path, &["CREATE TABLE t(x)"]).unwrap_err();
        assert!(matches!(newer, OpenError::Newer { found: 2, known: 1, .. }) && newer.exit_code() == 78);
        assert!(newer.to_string().contains("a.db.before-2"), "{newer}");
        db.pragma_update(None, "application_id", 0).unwrap();
        assert!(matches!(migrate(&mut db, &path, &["", ""]), Err(OpenError::Foreign { .. })));
    }
}
