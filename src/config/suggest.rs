//! "Did you mean": the nearest of the names that would be right.

/// Longer names are nobody's slip.
const LONGEST: usize = 64;

/// The candidate that is a slip or two away from `wrong`, the nearest one, and how many slips.
pub(super) fn nearest<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<(usize, &'a str)> {
    if wrong.chars().nth(LONGEST).is_some() {
        return None;
    }
    let wrong = letters(wrong);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let right = letters(candidate);
        let allowed = if wrong.len().min(right.len()) < 4 { 1 } else { 2 };
        if right.len() > LONGEST || right.len().abs_diff(wrong.len()) > allowed {
            continue;
        }
        let distance = slips(&wrong, &right);
        if distance <= allowed && distance < right.len() && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best
}

/// Case and the choice between `-` and `_` are no slips.
fn letters(text: &str) -> Vec<char> {
    text.chars().flat_map(char::to_lowercase).map(|c| if c == '-' { '_' } else { c }).collect()
}

/// Letters added, left out, replaced, or two neighbours swapped (optimal string alignment).
fn slips(a: &[char], b: &[char]) -> usize {
    let width = b.len() + 1;
    let mut before = vec![0; width];
    let mut last: Vec<usize> = (0..width).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; width];
        for j in 1..width {
            let differs = usize::from(a[i - 1] != b[j - 1]);
            row[j] = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + differs);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_meant() {
        let keys = ["name", "keywords", "query", "except", "with", "without", "keep", "keep_alerts"];
        let nearest = |wrong| nearest(wrong, keys).map(|(_, right)| right);
        assert_eq!(nearest("keyword"), Some("keywords"));
        assert_eq!(nearest("keywrods"), Some("keywords"));
        assert_eq!(nearest("Name"), Some("name"));
        assert_eq!(nearest("keep-alerts"), Some("keep_alerts"));
        assert_eq!(nearest("wiht"), Some("with"));
        assert_eq!(nearest("colour"), None);
        assert_eq!(nearest(""), None);
        assert_eq!(nearest(&"k".repeat(10_000)), None);
    }

    #[test]
    fn slips_are_counted_as_people_make_them() {
        let count = |a: &str, b: &str| slips(&letters(a), &letters(b));
        assert_eq!(count("", "ab"), 2);
        assert_eq!(count("ab", "ba"), 1);
        assert_eq!(count("kitten", "sitting"), 3);
        assert_eq!(count("same", "same"), 0);
    }
}
