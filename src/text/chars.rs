//! What one character is to the tokeniser and what it folds to: one lookup in a table that is generated, never edited
//! (`tests/text_table.rs` makes `fold.bin` and `fold.txt` from ICU4X and fails when they differ).
//!
//! Must not know: words, forms, fields.

/// What characters that fold to several are made of, one text without separators.
static MANY: &str = include_str!("fold.txt");
/// Pages of 64 characters.
const PAGES: usize = 0x11_0000 >> 6;
/// `fold.bin`: for each page the number of its block, a little-endian `u16`; then the blocks, 64 little-endian `u32` each.
const BLOCKS: usize = (include_bytes!("fold.bin").len() - 2 * PAGES) / 256;

static INDEX: [u16; PAGES] = {
    let data = include_bytes!("fold.bin");
    let mut out = [0; PAGES];
    let mut i = 0;
    while i < PAGES {
        out[i] = u16::from_le_bytes([data[2 * i], data[2 * i + 1]]);
        i += 1;
    }
    out
};
static ENTRIES: [[u32; 64]; BLOCKS] = {
    let data = include_bytes!("fold.bin");
    let mut out = [[0; 64]; BLOCKS];
    let mut i = 0;
    while i < BLOCKS * 64 {
        let at = 2 * PAGES + 4 * i;
        out[i / 64][i % 64] = u32::from_le_bytes([data[at], data[at + 1], data[at + 2], data[at + 3]]);
        i += 1;
    }
    out
};

/// Parts of words: letters and numbers that are no decimal digits.
pub(super) const LETTER: u8 = 1;
/// Decimal digits of any script.
pub(super) const DIGIT: u8 = 2;
/// Letters that are apostrophes: ʻ ʼ ʹ.
pub(super) const LETTER_APOSTROPHE: u8 = 3;
/// Combining marks that may stand inside a word.
pub(super) const MARK: u8 = 4;
/// Soft hyphen, bidi marks, zero-width spaces.
pub(super) const IGNORED: u8 = 5;
/// Apostrophes that are no letters.
pub(super) const APOSTROPHE: u8 = 6;
/// The zero-width non-joiner.
pub(super) const ZWNJ: u8 = 7;
/// Han, Kana, Hangul: a word each.
pub(super) const CJK: u8 = 8;
/// Signs among Han, Kana, Hangul; words too.
pub(super) const CJK_SIGN: u8 = 9;

const ALPHA: u32 = 1 << 4;
const COMPOSES: u32 = 1 << 5;

/// What a character folds to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Folded {
    /// One character.
    One(char),
    /// Nothing.
    None,
    /// Several.
    Many(&'static str),
    /// The two or three letters of a Hangul syllable.
    Hangul([char; 2], Option<char>),
}

/// One entry of the table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry(u32);

impl Entry {
    /// One of the constants above; 0 and 10 (white space) stand in no word.
    pub(super) const fn class(self) -> u8 {
        (self.0 & 15) as u8
    }

    /// A letter (general category L).
    pub(super) const fn is_alpha(self) -> bool {
        self.0 & ALPHA != 0
    }

    /// A Cyrillic letter that a mark behind it makes another letter (и, й).
    pub(super) const fn composes(self) -> bool {
        self.0 & COMPOSES != 0
    }

    /// What `c`, whose entry this is, folds to.
    pub(super) fn folded(self, c: char) -> Folded {
        match self.0 >> 6 & 3 {
            0 => Folded::One(char::from_u32((c as u32).wrapping_add(self.0 >> 8) & 0x00ff_ffff).unwrap_or(c)),
            1 => Folded::None,
            2 => {
                let (at, len) = ((self.0 >> 16) as usize, (self.0 >> 8 & 255) as usize);
                Folded::Many(MANY.get(at..at + len).unwrap_or(""))
            }
            _ => {
                let s = (c as u32).wrapping_sub(0xac00);
                let jamo = |base: u32, i: u32| char::from_u32(base + i).unwrap_or(c);
                Folded::Hangul([jamo(0x1100, s / 588), jamo(0x1161, s % 588 / 28)], (!s.is_multiple_of(28)).then(|| jamo(0x11a7, s % 28)))
            }
        }
    }
}

/// The entry of a character.
#[inline]
pub(super) fn entry(c: char) -> Entry {
    let block = INDEX.get(c as usize >> 6).map_or(0, |&b| b as usize);
    Entry(ENTRIES.get(block).map_or(0, |b| b[c as usize & 63]))
}

/// A character of a word that is no Han, Kana, Hangul and no mark: a letter, a number.
#[inline]
pub(super) const fn is_word(class: u8) -> bool {
    matches!(class, LETTER | DIGIT | LETTER_APOSTROPHE)
}

/// A letter, as general category L means it.
pub(super) fn is_alpha(c: char) -> bool {
    entry(c).is_alpha()
}

/// A combining mark that the fold drops (the Cyrillic ones it keeps).
pub(super) const fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}' | '\u{5bf}'..='\u{5c7}' | '\u{610}'..='\u{61a}'
        | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6dc}' | '\u{6df}'..='\u{6e8}' | '\u{6ea}'..='\u{6ed}')
}

/// Soft hyphen, bidi marks, zero-width spaces: of no meaning anywhere. (The zero-width non-joiner is none of them.)
pub(super) const fn is_ignored(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200d}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// The zero-width non-joiner.
pub(super) const NON_JOINER: char = '\u{200c}';

/// Whatever is typed for an apostrophe.
pub const fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{2018}' | '\u{2bb}' | '\u{2bc}' | '\u{2b9}' | '`' | '\u{b4}' | '\u{2032}' | '\u{ff07}')
}

/// Whatever is typed for a hyphen.
pub(super) const fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}' | '\u{2011}' | '\u{2013}' | '\u{2212}' | '\u{fe63}' | '\u{ff0d}')
}

/// What ends a sentence.
pub(super) const fn is_stop(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '؟' | '۔' | '。')
}

/// Signs that count where they touch a word.
pub(super) const fn is_symbol(c: char) -> bool {
    matches!(c, '#' | '@' | '+' | '&' | '$' | '%')
}

/// White space; the four information separators are some here.
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}')
}

/// Han, Kana, Hangul.
pub fn is_cjk(c: char) -> bool {
    matches!(entry(c).class(), CJK | CJK_SIGN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_folds_what_the_design_names() {
        for (c, want) in [
            ('İ', 'i'),
            ('I', 'i'),
            ('ı', 'i'),
            ('Ə', 'e'),
            ('Ł', 'l'),
            ('ø', 'o'),
            ('ё', 'е'),
            ('ӣ', 'и'),
            ('Й', 'й'),
            ('Қ', 'қ'),
            ('ئ', 'ی'),
            ('ك', 'ک'),
            ('ۃ', 'ه'),
            ('٣', '3'),
            ('۳', '3'),
        ] {
            assert_eq!(entry(c).folded(c), Folded::One(want), "{c}");
        }
        assert_eq!(entry('ß').folded('ß'), Folded::Many("ss"));
        assert_eq!(entry('ـ').folded('ـ'), Folded::None);
        assert_eq!(entry('한').folded('한'), Folded::Hangul(['\u{1112}', '\u{1161}'], Some('\u{11ab}')));
    }

    #[test]
    fn the_classes_of_the_table_agree_with_the_lists() {
        for c in (0..0x11_0000).filter_map(char::from_u32) {
            let class = entry(c).class();
            assert_eq!(is_apostrophe(c), matches!(class, APOSTROPHE | LETTER_APOSTROPHE), "{c:?}");
            assert_eq!(is_ignored(c), class == IGNORED, "{c:?}");
            assert!(!is_mark(c) || class == MARK || matches!(c, '\u{6e5}' | '\u{6e6}'), "{c:?}");
            assert!(class != MARK || is_mark(c), "{c:?}");
            assert_eq!(c == NON_JOINER, class == ZWNJ, "{c:?}");
        }
    }
}
