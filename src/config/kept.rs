//! The last configuration that loaded, kept in the state directory: a start with a broken one uses it.
//!
//! `<state>/last-good/` holds a folder of copies and `current`, which says which folder counts and where its files came from. The folder is complete
//! on the disk before `current` is renamed into place, so that a crash at any moment leaves a whole configuration, the earlier one or the new one.
//! What a secret refers to is never copied; what stands in the files themselves is readable to the service alone.
//!
//! Must not know: what the configuration says.

use super::source::{Files, Held, read_bounded, reason};
use super::{Config, Vars, load, process_env};
use crate::model::{Problem, hash128};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Bytes of `current` that are read.
const MAX_MANIFEST: u64 = 16 << 20;

/// Why a configuration could not be kept. The daemon says it and runs on.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// The state directory does not take it.
    #[error("the configuration could not be kept in {}: {source}. A start with a broken configuration will find no good one there", path.display())]
    Io {
        /// What was written.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A name that cannot be written down.
    #[error("the configuration cannot be kept: the name of {} is not UTF-8. Rename it", path.display())]
    Name {
        /// The file.
        path: PathBuf,
    },
}

/// `current`
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Manifest {
    v: u32,
    /// Beside `current`.
    folder: String,
    /// How messages name the main file, which is the first one.
    shown: String,
    files: Vec<Copied>,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Copied {
    /// Where it came from, absolute.
    path: String,
    /// In the folder.
    name: String,
    /// Of its bytes.
    hash: String,
}

/// Copies the files that `config` was read from into `<state>/last-good/`, all at once or not at all: a crash in between leaves the earlier ones.
/// What secrets refer to is never copied.
///
/// # Errors
/// [`KeepError`], which hurts nobody but the next start with a broken configuration.
pub fn keep(config: &Config, state: &Path) -> Result<(), KeepError> {
    let home = state.join("last-good");
    let manifest = describe(config)?;
    if held(&home).is_ok_and(|kept| kept.is_some_and(|(kept, _)| kept == manifest)) {
        return Ok(());
    }
    let folder = home.join(&manifest.folder);
    // Left by a crash: nothing refers to it yet.
    let _ = fs::remove_dir_all(&folder);
    fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder).map_err(failed(&folder))?;
    for (copied, file) in manifest.files.iter().zip(config.sources.iter()) {
        let path = folder.join(&copied.name);
        write(&path, &file.bytes).map_err(failed(&path))?;
    }
    sync(&folder).and_then(|()| sync(&home)).map_err(failed(&home))?;
    let (aside, current) = (home.join("current.new"), home.join("current"));
    let text = serde_json::to_vec_pretty(&manifest).map_err(|error| failed(&aside)(error.into()))?;
    write(&aside, &text).map_err(failed(&aside))?;
    fs::rename(&aside, &current).and_then(|()| sync(&home)).map_err(failed(&current))?;
    // The earlier copies have done their duty. What cannot be removed now is removed next time.
    for entry in fs::read_dir(&home).into_iter().flatten().flatten() {
        if entry.file_name() != *manifest.folder && entry.path().is_dir() {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    Ok(())
}

/// The configuration kept in `state`, read as if its files stood where they came from; none if none was kept.
///
/// # Errors
/// The problems it has by now (a file of certificates that is gone, a damaged copy).
pub fn load_kept(state: &Path) -> Result<Option<Config>, Vec<Problem>> {
    load_kept_with(state, &process_env)
}

/// As [`load_kept`], with the environment as an argument.
///
/// # Errors
/// As [`load_kept`].
pub fn load_kept_with(state: &Path, vars: Vars<'_>) -> Result<Option<Config>, Vec<Problem>> {
    let home = state.join("last-good");
    let Some((manifest, files)) = held(&home).map_err(|message| vec![Problem::new(None, message)])? else { return Ok(None) };
    let Some(main) = manifest.files.first() else { return Ok(None) };
    load::load(Path::new(&main.path), Path::new(&manifest.shown), &files, vars).map(Some)
}

fn failed(path: &Path) -> impl Fn(io::Error) -> KeepError + use<> {
    let path = path.to_path_buf();
    move |source| KeepError::Io { path: path.clone(), source }
}

fn describe(config: &Config) -> Result<Manifest, KeepError> {
    let text = |path: &Path| path.to_str().map(str::to_string).ok_or_else(|| KeepError::Name { path: path.to_path_buf() });
    let mut files = Vec::new();
    for (index, file) in config.sources.iter().enumerate() {
        let name = file.path.file_name().and_then(|name| name.to_str()).unwrap_or("file");
        files.push(Copied { path: text(&file.path)?, name: format!("{index:03}-{name}"), hash: hex(&hash128([&*file.bytes])) });
    }
    let shown = config.sources.first().map(|file| text(&file.shown)).transpose()?.unwrap_or_default();
    let parts = files.iter().flat_map(|file| [file.path.as_bytes(), file.hash.as_bytes()]);
    Ok(Manifest { v: 1, folder: hex(&hash128(parts)), shown, files })
}

/// What is kept, whole and undamaged; none if nothing is.
fn held(home: &Path) -> Result<Option<(Manifest, Held)>, String> {
    let current = home.join("current");
    let damaged = |path: &Path, why: &str| format!("the last good configuration, kept in {}, is damaged: {why}.", path.display());
    let text = match read_bounded(&current, MAX_MANIFEST) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("the last good configuration in {} cannot be read: {}.", current.display(), reason(&error))),
    };
    let manifest: Manifest = serde_json::from_slice(&text).map_err(|error| damaged(&current, &error.to_string()))?;
    let mut files = BTreeMap::new();
    for file in &manifest.files {
        // Names in `current` are ours; one with a folder in it is not.
        if [&file.name, &manifest.folder].iter().any(|name| name.contains('/') || name.starts_with('.')) {
            return Err(damaged(&current, "a name in it is not ours"));
        }
        let path = home.join(&manifest.folder).join(&file.name);
        let bytes = super::source::Disk.read(&path).map_err(|error| damaged(&path, &reason(&error)))?;
        if hex(&hash128([bytes.as_slice()])) != file.hash {
            return Err(damaged(&path, "it has changed since it was kept"));
        }
        files.insert(PathBuf::from(&file.path), bytes);
    }
    Ok(Some((manifest, Held(files))))
}

/// A new file that is on the disk when this returns.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
