//! What stands between two words: does a sentence end there, may a phrase or a joined pair go over it.
//!
//! Must not know: forms, articles.

use super::chars::{is_hyphen, is_ignored, is_space, is_stop};
use super::html::Break;
use super::token::Gap;

/// What was read between two words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Between {
    /// A sentence ends here.
    pub(super) ended: bool,
    /// It does even if the first sign, a stop, is none.
    pub(super) hard: bool,
    /// How near the words are; [`Gap::Far`] if a sentence ended.
    pub(super) gap: Gap,
    /// The stop right after the word before.
    pub(super) sign: Option<char>,
}

/// Waits for the end of a sentence: `. ! ? ؟ ۔` + closing quotes + space, `。`, an empty line, a block, two `<br>`.
#[derive(Debug, Default)]
struct Watch {
    ended: bool,
    stop: bool,
    newline: bool,
    line: bool,
}

impl Watch {
    fn see(&mut self, c: char, tag: Option<Break>) {
        match tag {
            Some(Break::Block) => self.ended = true,
            Some(Break::Line) => {
                self.ended |= self.line || self.stop;
                (self.stop, self.newline, self.line) = (false, false, true);
            }
            None if is_space(c) => {
                self.ended |= self.stop || self.newline && c == '\n';
                self.newline |= c == '\n';
                self.stop = false;
            }
            None => {
                self.ended |= c == '。';
                self.stop = matches!(c, '.' | '!' | '?' | '؟' | '۔') || self.stop && matches!(c, '"' | '\'' | '”' | '“' | '’' | '»' | '›');
                (self.newline, self.line) = (false, false);
            }
        }
    }
}

/// Reads what stands between two words. `tag` tells of a byte offset from the beginning which tag the newline there was.
pub(super) fn read(between: &str, mut tag: impl FnMut(usize) -> Option<Break>) -> Between {
    let (mut soft, mut hard) = (Watch::default(), Watch::default());
    let (mut count, mut first, mut all_space, mut sign) = (0_usize, '\0', true, None);
    for (at, c) in between.char_indices().filter(|&(_, c)| !is_ignored(c)) {
        let tag = if c == '\n' { tag(at) } else { None };
        if count == 0 {
            first = c;
            sign = is_stop(c).then_some(c);
        }
        soft.see(c, tag);
        if count > 0 || sign.is_none() {
            hard.see(c, tag);
        }
        all_space &= is_space(c);
        count += 1;
    }
    let gap = match count {
        _ if soft.ended => Gap::Far,
        0 => Gap::Nothing,
        1 if is_hyphen(first) => Gap::Hyphen,
        1 if matches!(first, '_' | '/') => Gap::Space,
        _ if all_space => Gap::Space,
        _ => Gap::Far,
    };
    Between { ended: soft.ended, hard: hard.ended, gap, sign }
}

/// The gap between words where the stop after the first ends no sentence (Ş. Mirziyoyev).
pub(super) const fn after_initial(between: Between) -> Between {
    Between { ended: between.hard, ..between }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_where_the_design_says() {
        for (between, ended) in [
            (" ", false),
            (". ", true),
            (".", false),
            (".» ", true),
            ("؟ ", true),
            ("。", true),
            ("\n", false),
            ("\n \n", true),
            (", ", false),
            (".\u{200f} ", true),
        ] {
            assert_eq!(read(between, |_| None).ended, ended, "{between:?}");
        }
        assert!(read("\n", |_| Some(Break::Block)).ended);
        assert!(!read("\n", |_| Some(Break::Line)).ended);
        assert!(read("\n \n", |_| Some(Break::Line)).ended);
        assert!(read(".\n", |_| Some(Break::Line)).ended);
        assert!(!read(". ", |_| None).hard);
    }

    #[test]
    fn near_is_told_from_far() {
        for (between, gap) in [
            ("", Gap::Nothing),
            ("\u{200e}", Gap::Nothing),
            ("-", Gap::Hyphen),
            (" - ", Gap::Far),
            ("_", Gap::Space),
            ("/", Gap::Space),
            ("  \n", Gap::Space),
            (", ", Gap::Far),
            (" (", Gap::Far),
        ] {
            assert_eq!(read(between, |_| None).gap, gap, "{between:?}");
        }
    }
}
