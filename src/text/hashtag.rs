//! Where the words of a hashtag begin: #ECOSummit2025, #ECOnun, #РегиональногоСотрудничества (QUERY.md, "Joining").
//!
//! Must not know: tokens, articles.

use super::chars::{DIGIT, entry, is_alpha, is_ignored, is_mark};
use super::endings::{ending_kinds, script};
use super::fold::fold;

/// Small letters behind an acronym, up to this many, are its ending if the list has them.
const ENDING: usize = 4;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Capital,
    Small,
    Caseless,
    Digit,
    Other,
}

fn shape(c: char) -> Shape {
    if c.is_uppercase() {
        Shape::Capital
    } else if c.is_lowercase() {
        Shape::Small
    } else if entry(c).class() == DIGIT {
        Shape::Digit
    } else if is_alpha(c) {
        Shape::Caseless
    } else {
        Shape::Other
    }
}

/// The bytes at which a word of the hashtag begins (never 0): a capital after a small letter, a capitalised word after capitals, digits after
/// letters and letters after digits. A mark belongs to its letter.
pub(super) fn cuts(raw: &str) -> Vec<usize> {
    use Shape::{Capital, Caseless, Digit, Small};
    let letters: Vec<(usize, char, Shape)> =
        raw.char_indices().filter(|&(_, c)| !is_mark(c) && !is_ignored(c)).map(|(at, c)| (at, c, shape(c))).collect();
    let before = |i: usize, n: usize| i.checked_sub(n).and_then(|i| letters.get(i)).map(|l| l.2);
    let mut found = Vec::new();
    for (i, &(at, _, this)) in letters.iter().enumerate().skip(1) {
        let cut = match (before(i, 1), this) {
            (Some(Small), Capital) | (Some(Capital | Small | Caseless), Digit) | (Some(Digit), Capital | Small | Caseless) => true,
            (Some(Capital), Capital) if before(i, 2) == Some(Capital) => {
                let small: String = letters.iter().skip(i + 1).take_while(|l| l.2 == Small).map(|l| l.1).collect();
                !small.is_empty() && !is_ending(&fold(&small))
            }
            _ => false,
        };
        if cut {
            found.push(at);
        }
    }
    found
}

fn is_ending(small: &str) -> bool {
    small.chars().count() <= ENDING && ending_kinds(script(small), small) != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hashtag_is_cut_where_its_words_begin() {
        for (raw, want) in [
            ("ECOSummit2025", "ECO Summit 2025"),
            ("ECOnun", "ECOnun"),
            ("ECOBank", "ECO Bank"),
            ("ECOSummits", "ECO Summits"),
            ("regionalcooperation", "regionalcooperation"),
            ("РегиональногоСотрудничества", "Регионального Сотрудничества"),
            ("تهران2025", "تهران 2025"),
            ("Tu\u{308}rkiyeOrdu", "Tu\u{308}rkiye Ordu"),
            ("A", "A"),
        ] {
            let mut parts = raw.to_string();
            for at in cuts(raw).into_iter().rev() {
                parts.insert(at, ' ');
            }
            assert_eq!(parts, want);
        }
    }
}
