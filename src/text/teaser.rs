//! Is one field a copy of another? A teaser often is the beginning of the article, cut with "…" or "Read more".
//!
//! Must not know: how words were found.

use super::chars::entry;

/// Where the sign begins that says that a text was cut here, if it ends so: `…`, `...`, the same in brackets, "Read more", several of them.
pub(super) fn cut_off(text: &str) -> Option<usize> {
    const MORE: &str = "read more";
    let mut end = text.len();
    let mut found = None;
    loop {
        let rest = text.get(..end)?;
        if let Some(start) = end.checked_sub(MORE.len()).filter(|&at| text.get(at..end).is_some_and(|t| t.eq_ignore_ascii_case(MORE))) {
            (end, found) = (start, Some(start));
            continue;
        }
        let Some(c) = rest.chars().next_back().filter(|&c| !is_word(c)) else { return found };
        end -= c.len_utf8();
        let here = text.get(end..)?;
        if here.starts_with('…') || here.starts_with("...") || here.starts_with(['[', '(']) && bracketed(here) {
            found = Some(end);
        }
    }
}

fn bracketed(text: &str) -> bool {
    text.get(1..).and_then(|t| t.strip_prefix('…').or_else(|| t.strip_prefix("..."))).is_some_and(|t| t.starts_with([']', ')']))
}

fn is_word(c: char) -> bool {
    c == '_' || matches!(entry(c).class(), 1..=3 | 8)
}

/// Does `small` stand in `big`, word by word? In time of their sum, whatever the texts.
pub(super) fn contains<T>(big: &[T], small: &[T], same: impl Fn(&T, &T) -> bool) -> bool {
    // Knuth, Morris, Pratt: how much of the beginning of `small` its first i+1 words end with.
    let mut borders: Vec<usize> = Vec::with_capacity(small.len());
    let longer = |borders: &[usize], mut have: usize, word: &T| loop {
        match small.get(have) {
            Some(next) if same(next, word) => return have + 1,
            _ if have == 0 => return 0,
            _ => have = borders.get(have - 1).copied().unwrap_or(0),
        }
    };
    for (i, word) in small.iter().enumerate() {
        let have = if i == 0 { 0 } else { longer(&borders, borders.last().copied().unwrap_or(0), word) };
        borders.push(have);
    }
    let mut have = 0;
    small.is_empty()
        || big.iter().any(|word| {
            have = longer(&borders, have, word);
            have == small.len()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_is_seen_at_the_end_only() {
        for (text, want) in [
            ("a word…", Some("…")),
            ("a word [...] ", Some("[...] ")),
            ("a word. Read More", Some("Read More")),
            ("wo... (…) read more »", Some("... (…) read more »")),
            ("so... it goes", None),
            ("a word.", None),
            ("[…", Some("…")),
        ] {
            assert_eq!(cut_off(text).and_then(|at| text.get(at..)), want, "{text}");
        }
    }

    #[test]
    fn a_copy_is_found_word_by_word() {
        let has = |big: &str, small: &str| contains(&big.split(' ').collect::<Vec<_>>(), &small.split(' ').collect::<Vec<_>>(), |a, b| a == b);
        assert!(has("a b a b a c", "a b a c"));
        assert!(has("a", "a"));
        assert!(!has("a b a b", "b b"));
        assert!(contains(&[1], &[], |a, b| a == b));
    }
}
