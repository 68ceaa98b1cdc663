//! Character references, decoded once as browsers do: names with and without their semicolon, numbers, the old Windows numbers.
//!
//! Must not know: tags, words.

use htmlize::{BARE_ENTITY_MAX_LENGTH, ENTITIES};

/// What 0x80 to 0x9F stand for, where that is not themselves.
const WINDOWS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜',
    '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];
/// Characters of the longest name looked at, with its semicolon.
const LONGEST: usize = 33;

/// The text with every reference decoded; what is none stays.
pub(super) fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        rest = match after.strip_prefix('#') {
            Some(number) => numeric(number, &mut out),
            None => named(after, &mut out),
        }
        .unwrap_or_else(|| {
            out.push('&');
            after
        });
    }
    out.push_str(rest);
    out
}

/// Decodes the number that `text` begins with; gives what follows it.
fn numeric<'a>(text: &'a str, out: &mut String) -> Option<&'a str> {
    let (digits, radix) = text.strip_prefix(['x', 'X']).map_or((text, 10), |hex| (hex, 16));
    let rest = digits.trim_start_matches(|c: char| c.is_digit(radix));
    let number = digits.get(..digits.len() - rest.len()).filter(|n| !n.is_empty())?;
    let value = number.chars().fold(0_u32, |v, c| v.saturating_mul(radix).saturating_add(c.to_digit(radix).unwrap_or(0)));
    match value {
        0 => out.push('\u{fffd}'),
        0x80..=0x9f => out.extend(WINDOWS.get(value as usize - 0x80)),
        0x1..=0x8 | 0xb | 0xe..=0x1f | 0x7f | 0xfdd0..=0xfdef => {}
        _ if value & 0xfffe == 0xfffe && value <= 0x10_ffff => {}
        _ => out.push(char::from_u32(value).unwrap_or('\u{fffd}')),
    }
    Some(rest.strip_prefix(';').unwrap_or(rest))
}

/// Decodes the name that `text`, behind an `&`, begins with; gives what follows it.
fn named<'a>(text: &'a str, out: &mut String) -> Option<&'a str> {
    let end = text.char_indices().take(LONGEST).find(|&(_, c)| matches!(c, '\t' | '\n' | '\u{c}' | ' ' | '<' | '&' | '#' | ';'));
    if let Some((end, ';')) = end
        && let Some(value) = text.get(..=end).and_then(lookup)
    {
        out.push_str(value);
        return text.get(end + 1..);
    }
    // The longest name wins: `&notin` is `¬in` only because `&notin` needs its semicolon.
    let (name, value) = (2..BARE_ENTITY_MAX_LENGTH).rev().filter_map(|n| text.get(..n)).find_map(|name| Some((name, lookup(name)?)))?;
    out.push_str(value);
    text.get(name.len()..)
}

/// What a name stands for, with its semicolon or, the old ones, without.
fn lookup(name: &str) -> Option<&'static str> {
    let value = ENTITIES.get(format!("&{name}").as_bytes())?;
    std::str::from_utf8(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_decoded_once() {
        for (text, want) in [
            ("AT&amp;T", "AT&T"),
            ("&amp;amp;", "&amp;"),
            ("&ampx &AMP", "&x &"),
            ("&notit; &notin;", "¬it; ∉"),
            ("&#1048;&#x438;&#X418 &#0; &#150; &#xfdd0;", "ИиИ \u{fffd} – "),
            ("&#; &#x; &; & &unknown; &a", "&#; &#x; &; & &unknown; &a"),
            ("&#99999999999;", "\u{fffd}"),
            ("&CounterClockwiseContourIntegral;", "∳"),
            ("&scaron;&Alpha;&NotEqualTilde;&thorn&frac12x", "šΑ≂\u{338}þ½x"),
        ] {
            assert_eq!(unescape(text), want, "{text}");
        }
    }
}
