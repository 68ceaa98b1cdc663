//! A file as text with lines, and the two places files come from: the disk, and the copy that was kept.
//!
//! Must not know: TOML.

use crate::model::{Origin, Problem};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Bytes of one file that are read.
const MAX_FILE: u64 = 16 << 20;

/// Where files come from. Paths are absolute.
pub(super) trait Files {
    /// All bytes of a file.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;
    /// Names of the files of a folder, sorted, without hidden ones (editors leave locks and backups there).
    fn list(&self, folder: &Path) -> io::Result<Vec<String>>;
    /// The file behind links and dots: two names of one file have one identity.
    fn identity(&self, path: &Path) -> PathBuf;
}

/// The disk.
pub(super) struct Disk;

impl Files for Disk {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        read_bounded(path, MAX_FILE)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            if let Ok(name) = entry.file_name().into_string()
                && !name.starts_with('.')
                && entry.path().metadata().is_ok_and(|meta| meta.is_file())
            {
                names.push(name);
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    fn identity(&self, path: &Path) -> PathBuf {
        path.canonicalize().unwrap_or_else(|_| path.to_path_buf())
    }
}

/// Files held in memory under the paths that they came from.
pub(super) struct Held(pub BTreeMap<PathBuf, Vec<u8>>);

impl Files for Held {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.0.get(path).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        let inside = self.0.keys().filter(|path| path.parent() == Some(folder));
        Ok(inside.filter_map(|path| Some(path.file_name()?.to_str()?.to_string())).filter(|name| !name.starts_with('.')).collect())
    }

    fn identity(&self, path: &Path) -> PathBuf {
        path.to_path_buf()
    }
}

/// All bytes of a file that has at most `limit` of them.
pub(super) fn read_bounded(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("larger than {limit} bytes")));
    }
    Ok(bytes)
}

/// What an I/O error means to a person, without the number.
pub(super) fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file".into(),
        io::ErrorKind::PermissionDenied => "permission denied".into(),
        io::ErrorKind::IsADirectory => "a folder, not a file".into(),
        _ => error.to_string(),
    }
}

/// One file's text and where its lines begin.
#[derive(Debug)]
pub(super) struct Source {
    /// How messages name it.
    pub shown: Arc<Path>,
    /// Where it stands, absolute.
    pub path: PathBuf,
    /// Without a byte order mark.
    pub text: String,
    starts: Vec<usize>,
    /// The last place asked for, as byte and column: the next one is mostly a little further on the same line.
    last: Cell<(usize, usize)>,
}

impl Source {
    /// Text from the bytes of a file, without a byte order mark.
    ///
    /// # Errors
    /// Not UTF-8: says where, and how to mend it.
    pub fn new(path: PathBuf, shown: &Path, bytes: Vec<u8>) -> Result<Self, Problem> {
        let shown: Arc<Path> = shown.into();
        let utf16 = matches!(bytes.as_slice(), [0xff, 0xfe, ..] | [0xfe, 0xff, ..]);
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let valid = error.utf8_error().valid_up_to();
                let head = String::from_utf8_lossy(error.as_bytes().get(..valid).unwrap_or_default()).into_owned();
                let end = head.len();
                let at = Self::of(path, Arc::clone(&shown), head).origin(end);
                let encoding = if utf16 { "UTF-16".into() } else { guess(error.as_bytes()) };
                let file = shown.display();
                let cure = format!("Save it as UTF-8 in your editor, or: iconv -f {encoding} -t UTF-8 {file} -o {file}.new");
                return Err(Problem::new(Some(at), format!("this file is not UTF-8, it looks like {encoding}. {cure}")));
            }
        };
        let text = text.strip_prefix('\u{feff}').map(str::to_string).unwrap_or(text);
        Ok(Self::of(path, shown, text))
    }

    fn of(path: PathBuf, shown: Arc<Path>, text: String) -> Self {
        let starts = std::iter::once(0).chain(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(index, _)| index + 1)).collect();
        Self { shown, path, text, starts, last: Cell::new((0, 1)) }
    }

    /// The place of a byte.
    pub fn origin(&self, offset: usize) -> Origin {
        let offset = offset.min(self.text.len());
        let line = self.line_number(offset);
        let start = self.starts.get(line - 1).copied().unwrap_or(0);
        let (known, column) = self.last.get();
        let (from, column) = if (start..=offset).contains(&known) { (known, column) } else { (start, 1) };
        let column = column + self.text.get(from..offset).unwrap_or_default().chars().count();
        self.last.set((offset, column));
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Origin { file: Arc::clone(&self.shown), line: number(line), column: number(column) }
    }

    /// The line of a byte, from 1.
    pub fn line_number(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset).max(1)
    }

    /// First byte and text of the line that a byte stands in, without its end.
    pub fn line(&self, offset: usize) -> (usize, &str) {
        let line = self.line_number(offset);
        let start = self.starts.get(line - 1).copied().unwrap_or(0);
        let end = self.starts.get(line).map_or(self.text.len(), |next| next - 1);
        (start, self.text.get(start..end).unwrap_or_default().trim_end_matches('\r'))
    }
}

fn guess(bytes: &[u8]) -> String {
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(None, chardetng::Utf8Detection::Deny).name().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(bytes: &[u8]) -> Result<Source, Problem> {
        Source::new("/x/a.toml".into(), Path::new("a.toml"), bytes.to_vec())
    }

    #[test]
    fn places_count_characters_from_one() {
        let s = source("\u{feff}a = 1\nəğ = 2\r\n\n".as_bytes()).unwrap();
        let place = |offset| s.origin(offset).to_string();
        assert_eq!(place(0), "a.toml:1:1");
        assert_eq!(place(6), "a.toml:2:1");
        assert_eq!(place(10), "a.toml:2:3");
        assert_eq!(place(s.text.len()), "a.toml:4:1");
        assert_eq!(place(9999), "a.toml:4:1");
        assert_eq!([place(12), place(8), place(6), place(13)], ["a.toml:2:5", "a.toml:2:2", "a.toml:2:1", "a.toml:2:6"], "in any order");
        assert_eq!(s.line(10), (6, "əğ = 2"));
    }

    #[test]
    fn what_is_not_utf8_is_told_with_the_cure() {
        let problem = source(b"name = \"eco\"\nexcept = [\"\xfd\xfe\xf0\"]\n").unwrap_err().to_string();
        assert!(problem.starts_with("a.toml:2:12: this file is not UTF-8, it looks like windows-125"), "{problem}");
        assert!(problem.contains("iconv -f windows-125"), "{problem}");
        let problem = source(b"\xff\xfea\0").unwrap_err().to_string();
        assert!(problem.starts_with("a.toml:1:1: this file is not UTF-8, it looks like UTF-16."), "{problem}");
    }
}
