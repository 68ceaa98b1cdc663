//! The last good configuration: kept whole or not at all, and read as if it stood where it came from.
// A test fails by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use newswatch::config::{Config, SinkKind, keep, load_kept_with, load_with};
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

fn write(dir: &Path, name: &str, text: &str) -> PathBuf {
    let path = dir.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    path
}

fn vars(name: &str) -> Option<OsString> {
    (name == "HOOK_SECRET").then(|| "whsec_c2VjcmV0".into())
}

/// A configuration of four files, one of them beside the others' folder.
fn good(dir: &Path) -> Config {
    write(dir, "etc/watches.d/eco.toml", "[[watch]]\nname = \"eco\"\nkeywords = { file = \"../words/eco.txt\" }\n");
    write(dir, "etc/words/eco.txt", "ECO\n");
    write(dir, "etc/feeds.d/a.toml", "[[feed]]\nurl = \"https://report.az/\"\n");
    let secret = write(dir, "etc/hook.secret", "whsec_ZmlsZQ");
    fs::set_permissions(secret, fs::Permissions::from_mode(0o600)).unwrap();
    let main = write(
        dir,
        "etc/n.toml",
        "include = [\"feeds.d/*.toml\", \"watches.d/*.toml\"]\n[[sink]]\ntype = \"webhook\"\nurl = \"https://h.example/\"\nsecret = [{ file = \"hook.secret\" }, { env = \"HOOK_SECRET\" }]\n",
    );
    load_with(&main, &vars).unwrap()
}

fn files_below(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            found.extend(files_below(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found
}

#[test]
fn nothing_is_kept_at_first() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(load_kept_with(dir.path(), &vars), Ok(None));
}

#[test]
fn what_is_kept_reads_as_if_it_stood_where_it_came_from() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("state");
    let config = good(dir.path());
    keep(&config, &state).unwrap();
    // The originals break in every way, but for what is read where it stands: the secret.
    for file in files_below(&dir.path().join("etc")) {
        if !file.ends_with("hook.secret") {
            fs::remove_file(file).unwrap();
        }
    }
    write(dir.path(), "etc/watches.d/new.toml", "nonsense");
    let kept = load_kept_with(&state, &vars).unwrap().unwrap();
    assert_eq!(kept, config);
    let SinkKind::Webhook { secrets, .. } = &kept.sinks[0].kind else { panic!() };
    assert_eq!(secrets[0].reveal(), "whsec_ZmlsZQ");
    assert_eq!(kept.files.len(), 4);
}

#[test]
fn a_kept_copy_has_references_and_no_secrets_and_is_the_owners_alone() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("state");
    keep(&good(dir.path()), &state).unwrap();
    let files = files_below(&state);
    assert_eq!(files.len(), 5, "{files:?}");
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        assert!(!text.contains("whsec_"), "{}", file.display());
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600, "{}", file.display());
    }
    assert_eq!(fs::metadata(state.join("last-good")).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn a_newer_one_takes_its_place_and_an_equal_one_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("state");
    let config = good(dir.path());
    keep(&config, &state).unwrap();
    let before = files_below(&state);
    let written = fs::metadata(state.join("last-good/current")).unwrap().modified().unwrap();
    keep(&config, &state).unwrap();
    assert_eq!(files_below(&state), before);
    assert_eq!(fs::metadata(state.join("last-good/current")).unwrap().modified().unwrap(), written);

    write(dir.path(), "etc/feeds.d/b.toml", "[[feed]]\nurl = \"https://trend.az/\"\n");
    let newer = load_with(&config.main, &vars).unwrap();
    keep(&newer, &state).unwrap();
    assert_eq!(load_kept_with(&state, &vars).unwrap().unwrap(), newer);
    assert_eq!(files_below(&state).len(), 6, "the earlier copies are gone: {:?}", files_below(&state));
}

#[test]
fn a_crash_at_any_step_leaves_a_whole_one() {
    let dir = tempfile::tempdir().unwrap();
    let (state, aside) = (dir.path().join("state"), dir.path().join("aside"));
    let config = good(dir.path());
    keep(&config, &state).unwrap();
    write(dir.path(), "etc/feeds.d/b.toml", "[[feed]]\nurl = \"https://trend.az/\"\n");
    let newer = load_with(&config.main, &vars).unwrap();
    keep(&newer, &aside).unwrap();
    // What the newer one writes, in any order and cut anywhere, before `current` is renamed: the earlier one stays in force.
    for file in files_below(&aside) {
        let inside = file.strip_prefix(&aside).unwrap();
        if inside == Path::new("last-good/current") {
            write(&state, "last-good/current.new", "{\"v\":1,");
        } else {
            write(&state, inside.to_str().unwrap(), "[[fe");
        }
        assert_eq!(load_kept_with(&state, &vars).unwrap().unwrap(), config);
    }
    // What cannot be written aside is not written in place either.
    fs::remove_file(state.join("last-good/current.new")).unwrap();
    fs::create_dir(state.join("last-good/current.new")).unwrap();
    assert!(keep(&newer, &state).is_err());
    assert_eq!(load_kept_with(&state, &vars).unwrap().unwrap(), config);
    fs::remove_dir(state.join("last-good/current.new")).unwrap();
    // The next one is not hindered by what was left.
    keep(&newer, &state).unwrap();
    assert_eq!(load_kept_with(&state, &vars).unwrap().unwrap(), newer);
}

#[test]
fn a_damaged_copy_is_told_and_mended_by_the_next_good_one() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("state");
    let config = good(dir.path());
    keep(&config, &state).unwrap();
    let copy = files_below(&state).into_iter().find(|file| file.to_string_lossy().ends_with("a.toml")).unwrap();
    fs::write(&copy, "[[feed]]\nurl = \"https://elsewhere.example/\"\n").unwrap();
    let problems = load_kept_with(&state, &vars).unwrap_err();
    assert_eq!(
        problems[0].to_string(),
        format!("the last good configuration, kept in {}, is damaged: it has changed since it was kept.", copy.display())
    );
    fs::write(state.join("last-good/current"), "nonsense").unwrap();
    assert!(load_kept_with(&state, &vars).unwrap_err()[0].to_string().contains("is damaged: expected"), "{:?}", load_kept_with(&state, &vars));
    keep(&config, &state).unwrap();
    assert_eq!(load_kept_with(&state, &vars).unwrap().unwrap(), config);
}

#[test]
fn what_is_kept_is_what_was_read_not_what_stands_there_now() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("state");
    let config = good(dir.path());
    write(dir.path(), "etc/feeds.d/a.toml", "changed between reading and keeping");
    keep(&config, &state).unwrap();
    assert_eq!(load_kept_with(&state, &vars).unwrap().unwrap(), config);
}

#[test]
fn a_state_directory_that_takes_nothing_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let file = write(dir.path(), "state", "a file, not a folder");
    let message = keep(&good(dir.path()), &file).unwrap_err().to_string();
    assert!(message.starts_with("the configuration could not be kept in ") && message.contains("broken configuration"), "{message}");
}
