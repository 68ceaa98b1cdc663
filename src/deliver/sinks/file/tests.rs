use super::append::AppendFile;
use super::trouble::FileTrouble;
use std::path::{Path, PathBuf};
use std::process::Command;

fn lines(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|t| t.as_bytes().to_vec()).collect()
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

fn log(dir: &tempfile::TempDir) -> PathBuf {
    dir.path().join("alerts.log")
}

#[tokio::test]
async fn lines_are_appended_to_what_is_there() {
    let dir = tempfile::tempdir().unwrap();
    let path = log(&dir);
    let mut file = AppendFile::new(path.clone());
    file.append(&lines(&["one", "two"])).await.unwrap();
    file.append(&lines(&["three"])).await.unwrap();
    file.append(&[]).await.unwrap();
    assert_eq!(read(&path), "one\ntwo\nthree\n");
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).unwrap().permissions());
    assert_eq!(mode & 0o137, 0, "nobody else reads it: {mode:o}");
}

#[tokio::test]
async fn a_rotated_log_is_a_new_file_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let path = log(&dir);
    let mut file = AppendFile::new(path.clone());
    file.append(&lines(&["one"])).await.unwrap();
    let old = dir.path().join("alerts.log.1");
    std::fs::rename(&path, &old).unwrap();
    file.append(&lines(&["two"])).await.unwrap();
    std::fs::remove_file(&path).unwrap();
    file.append(&lines(&["three"])).await.unwrap();
    std::fs::write(&path, "").unwrap();
    file.append(&lines(&["four"])).await.unwrap();
    assert_eq!((read(&old).as_str(), read(&path).as_str()), ("one\n", "four\n"));
}

#[tokio::test]
async fn a_restart_finds_the_lines_that_a_killed_process_left() {
    let dir = tempfile::tempdir().unwrap();
    let path = log(&dir);
    std::fs::write(&path, "zero\none\ntwo\nthr").unwrap();
    let mut file = AppendFile::new(path.clone());
    let appended = file.append(&lines(&["one", "two", "three", "four"])).await.unwrap();
    assert_eq!((read(&path).as_str(), appended.already_there), ("zero\none\ntwo\nthree\nfour\n", 2));
    let appended = file.append(&lines(&["one"])).await.unwrap();
    assert_eq!(appended.already_there, 0, "later on nothing is in doubt");
}

#[tokio::test]
async fn a_torn_last_line_of_someone_else_is_ended() {
    let dir = tempfile::tempdir().unwrap();
    let path = log(&dir);
    let mut file = AppendFile::new(path.clone());
    file.append(&lines(&["one"])).await.unwrap();
    std::fs::write(&path, "one\nan editor without a line e").unwrap();
    file.append(&lines(&["two"])).await.unwrap();
    assert_eq!(read(&path), "one\nan editor without a line e\ntwo\n");
}

#[tokio::test]
async fn only_the_end_of_a_long_log_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let path = log(&dir);
    let long = format!("first\n{}last\n", "x".repeat(99).add_line().repeat(60_000));
    std::fs::write(&path, &long).unwrap();
    let appended = AppendFile::new(path.clone()).append(&lines(&["first", "last", "new"])).await.unwrap();
    assert_eq!(appended.already_there, 1);
    assert!(read(&path).ends_with("last\nfirst\nnew\n"));
}

trait AddLine {
    fn add_line(self) -> String;
}

impl AddLine for String {
    fn add_line(mut self) -> String {
        self.push('\n');
        self
    }
}

#[tokio::test]
async fn what_is_no_file_is_refused_and_a_pipe_does_not_hang() {
    let dir = tempfile::tempdir().unwrap();
    let refused = |path: PathBuf| async move { AppendFile::new(path).append(&lines(&["one"])).await.unwrap_err().to_string() };
    assert!(refused(dir.path().to_path_buf()).await.contains("is a folder"));
    assert!(refused(dir.path().join("no/alerts.log")).await.contains("there is no folder"));
    let pipe = dir.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    assert!(refused(pipe).await.contains("no regular file"));
}

#[tokio::test]
async fn two_writers_do_not_mix() {
    let dir = tempfile::tempdir().unwrap();
    let path = log(&dir);
    let (mut one, mut other) = (AppendFile::new(path.clone()), AppendFile::new(path.clone()));
    for n in 0..50 {
        let (a, b) = (lines(&[&format!("a{n}"), &format!("a{n}.")]), lines(&[&format!("b{n}"), &format!("b{n}.")]));
        let (first, second) = tokio::join!(one.append(&a), other.append(&b));
        first.unwrap();
        second.unwrap();
    }
    let text = read(&path);
    let all: Vec<&str> = text.lines().collect();
    assert_eq!(all.len(), 200);
    for pair in all.chunks(2) {
        assert_eq!(format!("{}.", pair[0]), pair[1], "batches stay together");
    }
}

/// Another writer of ours may be about to cut off what it could not write whole: nothing of ours may stand behind it then.
#[tokio::test]
async fn a_writer_waits_for_the_other_one() {
    let dir = tempfile::tempdir().unwrap();
    let path = log(&dir);
    let other = std::fs::File::create(&path).unwrap();
    rustix::fs::flock(&other, rustix::fs::FlockOperation::LockExclusive).unwrap();
    let mut file = AppendFile::new(path.clone());
    let batch = lines(&["one"]);
    let (appended, ()) = tokio::join!(file.append(&batch), async {
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        assert_eq!(read(&path), "", "not yet");
        drop(other);
    });
    appended.unwrap();
    assert_eq!(read(&path), "one\n");
}

/// A small file system of its own, if we may mount one.
struct Small(PathBuf);

impl Small {
    fn mount(dir: &tempfile::TempDir, options: &str) -> Option<Self> {
        let at = dir.path().join("small");
        std::fs::create_dir(&at).unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(&at).output().is_ok_and(|o| o.status.success());
        if !mounted {
            assert!(std::env::var_os("CI").is_none() || !rustix::process::geteuid().is_root(), "root, and no tmpfs");
            eprintln!("SKIPPED: only root can mount a tmpfs");
            return None;
        }
        Some(Self(at))
    }

    fn remount(&self, options: &str) {
        assert!(Command::new("mount").args(["-o", &format!("remount,{options}")]).arg(&self.0).status().unwrap().success());
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[tokio::test]
async fn a_full_disk_leaves_whole_lines_and_goes_on_when_there_is_space() {
    let dir = tempfile::tempdir().unwrap();
    let Some(small) = Small::mount(&dir, "size=1m") else { return };
    let (path, ballast) = (small.0.join("alerts.log"), small.0.join("ballast"));
    let mut file = AppendFile::new(path.clone());
    file.append(&lines(&["before"])).await.unwrap();
    // All but two pages.
    std::fs::write(&ballast, vec![0; (1 << 20) - 3 * 4096]).unwrap();
    let batch: Vec<Vec<u8>> = (0..200).map(|n| format!("{n:0>200}").into_bytes()).collect();
    for _ in 0..5 {
        let error = file.append(&batch).await.unwrap_err();
        assert!(matches!(&error, FileTrouble::Full(text) if text.contains("no space left for")), "{error:?}");
        assert_eq!(read(&path), "before\n", "what was begun is cut off again");
    }
    std::fs::remove_file(&ballast).unwrap();
    file.append(&batch).await.unwrap();
    let text = read(&path);
    assert_eq!(text.lines().count(), 201);
    assert_eq!(text.lines().skip(1).map(str::len).min(), Some(200));
}

#[tokio::test]
async fn a_read_only_folder_is_told_with_its_cure() {
    let dir = tempfile::tempdir().unwrap();
    let Some(small) = Small::mount(&dir, "size=1m") else { return };
    small.remount("ro");
    let path = small.0.join("alerts.log");
    let folder = small.0.display();
    let cure = format!("{folder} is read-only for this service. systemctl edit newswatch: ReadWritePaths={folder}");
    assert_eq!(AppendFile::new(path.clone()).append(&lines(&["one"])).await.unwrap_err().to_string(), cure);
    assert_eq!(super::check_folder(&path), Err(cure));
    small.remount("rw");
    AppendFile::new(path.clone()).append(&lines(&["one"])).await.unwrap();
    assert_eq!(read(&path), "one\n");
}
