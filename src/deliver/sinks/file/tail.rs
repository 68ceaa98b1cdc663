//! What to append, given how the file ends.
//!
//! Pure. Must not know: files.

use std::collections::HashSet;

/// The bytes to append.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    /// Whole lines, but for the rest of a torn one that they may begin with.
    pub bytes: Vec<u8>,
    /// Lines left out because they stand in the file.
    pub already_there: usize,
}

/// `end` is the end of the file (all of a short one). A torn last line is ended before anything is appended; if it is the beginning of
/// the very line to be written, it is completed instead. With a `doubt`, lines that stand there already are not written again.
pub(super) fn plan(end: &[u8], lines: &[Vec<u8>], doubt: bool) -> Plan {
    let (whole, torn) = match end.iter().rposition(|&b| b == b'\n') {
        Some(at) => end.split_at(at + 1),
        None => (&[] as &[u8], end),
    };
    let mut there: HashSet<&[u8]> = HashSet::new();
    if doubt {
        // A line that was cut by the beginning of `end` equals none of ours.
        there.extend(whole.split(|&b| b == b'\n').filter(|line| !line.is_empty()));
    }
    let missing: Vec<&[u8]> = lines.iter().map(Vec::as_slice).filter(|line| !there.contains(line)).collect();
    let mut already_there = lines.len() - missing.len();
    let mut bytes = Vec::with_capacity(missing.iter().map(|line| line.len() + 1).sum::<usize>() + 1);
    let mut rest = missing.as_slice();
    if !torn.is_empty() {
        if let Some((first, others)) = rest.split_first()
            && let Some(tail) = first.strip_prefix(torn)
        {
            already_there += usize::from(tail.is_empty());
            bytes.extend_from_slice(tail);
            rest = others;
        }
        bytes.push(b'\n');
    }
    for line in rest {
        bytes.extend_from_slice(line);
        bytes.push(b'\n');
    }
    Plan { bytes, already_there }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lines(texts: &[&str]) -> Vec<Vec<u8>> {
        texts.iter().map(|t| t.as_bytes().to_vec()).collect()
    }

    fn text(end: &str, texts: &[&str], doubt: bool) -> (String, usize) {
        let plan = plan(end.as_bytes(), &lines(texts), doubt);
        (String::from_utf8(plan.bytes).unwrap(), plan.already_there)
    }

    #[test]
    fn whole_files_are_just_appended_to() {
        assert_eq!(text("", &["one", "two"], true), ("one\ntwo\n".into(), 0));
        assert_eq!(text("zero\n", &["one"], true), ("one\n".into(), 0));
    }

    #[test]
    fn a_torn_line_is_ended_or_completed() {
        assert_eq!(text("zero\nze", &["one"], false), ("\none\n".into(), 0));
        assert_eq!(text("zero\non", &["one", "two"], false), ("e\ntwo\n".into(), 0));
        assert_eq!(text("zero\none", &["one", "two"], true), ("\ntwo\n".into(), 1), "only its end was missing");
        assert_eq!(text("on", &["one"], true), ("e\n".into(), 0));
    }

    #[test]
    fn lines_that_stand_there_are_left_out_only_in_doubt() {
        assert_eq!(text("one\ntwo\n", &["one", "two", "three"], true), ("three\n".into(), 2));
        assert_eq!(text("one\ntwo\nthr", &["one", "two", "three"], true), ("ee\n".into(), 2));
        assert_eq!(text("one\n", &["one"], false), ("one\n".into(), 0));
        assert_eq!(text("one\n", &["one"], true), (String::new(), 1));
    }

    proptest! {
        /// Wherever an earlier attempt was cut off, the file ends up with every line exactly once, and nothing else.
        #[test]
        fn any_cut_is_mended(texts in proptest::collection::hash_set("[a-c]{1,6}", 1..8), cut in 0.0f64..1.0) {
            let texts: Vec<Vec<u8>> = texts.into_iter().map(String::into_bytes).collect();
            let mut whole = b"before\n".to_vec();
            texts.iter().for_each(|t| { whole.extend_from_slice(t); whole.push(b'\n'); });
            let cut = 7 + ((whole.len() - 7) as f64 * cut) as usize;
            let mut file = whole[..cut].to_vec();
            let next = plan(&file, &texts, true);
            file.extend_from_slice(&next.bytes);
            prop_assert_eq!(String::from_utf8(file).unwrap(), String::from_utf8(whole).unwrap());
        }
    }
}
