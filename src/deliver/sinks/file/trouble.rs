//! Why a file takes no line, in words that say what to do.

use rustix::fs::Access;
use std::io::{Error, ErrorKind};
use std::path::Path;

/// Why a batch does not stand in the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileTrouble {
    /// No space: it is tried again soon, until there is some.
    #[error("{0}")]
    Full(String),
    /// Anything else.
    #[error("{0}")]
    Failed(String),
}

/// What an error with the file at `path` means.
pub(super) fn of(path: &Path, error: &Error) -> FileTrouble {
    let file = path.display();
    match error.kind() {
        ErrorKind::StorageFull => FileTrouble::Full(format!("no space left for {file}")),
        ErrorKind::QuotaExceeded => FileTrouble::Full(format!("the disk quota is used up, no space for {file}")),
        ErrorKind::FileTooLarge => FileTrouble::Failed(format!("{file} has reached the largest size it may have: rotate it")),
        _ => FileTrouble::Failed(words(path, error)),
    }
}

fn words(path: &Path, error: &Error) -> String {
    let file = path.display();
    let folder = path.parent().unwrap_or(path).display();
    match error.kind() {
        ErrorKind::ReadOnlyFilesystem => format!("{folder} is read-only for this service. systemctl edit newswatch: ReadWritePaths={folder}"),
        ErrorKind::PermissionDenied if exists(path) => format!("{file} may not be written by {}: sudo chown newswatch: {file}", whoami()),
        ErrorKind::PermissionDenied => format!("{folder} may not be written by {}: sudo chown newswatch: {folder}", whoami()),
        ErrorKind::NotFound => format!("there is no folder {folder}: sudo install -d -o newswatch -g newswatch {folder}"),
        ErrorKind::NotADirectory => format!("{folder} is no folder"),
        ErrorKind::IsADirectory => format!("{file} is a folder; `path` names a file in it, such as {file}/alerts.log"),
        _ => format!("{file}: {error}"),
    }
}

fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

fn whoami() -> String {
    format!("user {}", rustix::process::geteuid().as_raw())
}

/// Can a line be appended at `path`? Looks only, creates nothing.
///
/// # Errors
/// What stands in the way, and the cure.
pub fn check_folder(path: &Path) -> Result<(), String> {
    let told = |error: &Error| Err(words(path, error));
    match path.metadata() {
        Ok(meta) if meta.is_dir() => return told(&ErrorKind::IsADirectory.into()),
        Ok(_) => return rustix::fs::access(path, Access::WRITE_OK).or_else(|e| told(&e.into())),
        Err(_) => {}
    }
    let folder = path.parent().unwrap_or(path);
    match folder.metadata() {
        Ok(meta) if !meta.is_dir() => told(&ErrorKind::NotADirectory.into()),
        Ok(_) => rustix::fs::access(folder, Access::WRITE_OK | Access::EXEC_OK).or_else(|e| told(&e.into())),
        Err(error) => told(&error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_name_the_folder_and_the_cure() {
        let path = Path::new("/srv/alerts/eco.log");
        let said = |kind: ErrorKind| of(path, &kind.into()).to_string();
        assert_eq!(
            said(ErrorKind::ReadOnlyFilesystem),
            "/srv/alerts is read-only for this service. systemctl edit newswatch: ReadWritePaths=/srv/alerts"
        );
        assert!(said(ErrorKind::NotFound).starts_with("there is no folder /srv/alerts: sudo install -d"));
        assert!(matches!(of(path, &ErrorKind::StorageFull.into()), FileTrouble::Full(_)));
        assert!(matches!(of(path, &ErrorKind::QuotaExceeded.into()), FileTrouble::Full(_)));
        assert!(matches!(of(path, &Error::from_raw_os_error(5)), FileTrouble::Failed(text) if text.contains("Input/output error")));
    }

    #[test]
    fn a_check_creates_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("alerts.log");
        assert_eq!(check_folder(&file), Ok(()));
        assert!(!file.exists());
        assert!(check_folder(&dir.path().join("no/alerts.log")).unwrap_err().contains("there is no folder"));
        assert!(check_folder(dir.path()).unwrap_err().contains("is a folder"));
        std::fs::write(&file, "").unwrap();
        assert_eq!(check_folder(&file), Ok(()));
        assert!(check_folder(&file.join("x.log")).unwrap_err().contains("is no folder"));
    }
}
