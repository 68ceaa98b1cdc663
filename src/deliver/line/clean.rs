//! Making a publisher's text harmless: no controls, no direction overrides, one line, and its direction kept to itself.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// First strong isolate, and its end: what stands between has its own direction and moves nothing around it.
const ISOLATE: char = '\u{2068}';
const POP: char = '\u{2069}';
/// Marks stacked on one letter beyond this only serve to climb into other lines.
const MARKS: usize = 6;

/// The text on one line: controls and invisible steering removed, white space (line breaks and tabs included) joined to single
/// spaces, at most `most` characters.
pub(super) fn clean(text: &str, most: usize) -> String {
    let mut out = String::new();
    let (mut count, mut marks, mut blank) = (0, 0, false);
    for c in text.chars() {
        if c.is_whitespace() || (c.is_control() && c != '\u{1b}') {
            blank = true;
            continue;
        }
        if steers(c) {
            continue;
        }
        if c.width() == Some(0) {
            marks += 1;
            if marks > MARKS {
                continue;
            }
        } else {
            marks = 0;
        }
        let pending = blank && !out.is_empty();
        if count + usize::from(pending) + 1 > most {
            break;
        }
        if pending {
            out.push(' ');
            count += 1;
        }
        blank = false;
        out.push(c);
        count += 1;
    }
    out
}

/// Characters that show nothing and change how others are shown, or what a terminal does. The joiners (U+200C, U+200D) stay: Persian
/// is spelled with them.
const fn steers(c: char) -> bool {
    matches!(c,
        '\u{1b}'                                     // escape
        | '\u{ad}' | '\u{61c}' | '\u{180e}'          // soft hyphen, Arabic letter mark, Mongolian separator
        | '\u{200b}' | '\u{200e}' | '\u{200f}'       // zero width space, left-to-right and right-to-left marks
        | '\u{202a}'..='\u{202e}'                    // embeddings and overrides
        | '\u{2060}'..='\u{206f}'                    // invisible operators, isolates, deprecated format characters
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}'       // byte order mark, interlinear annotation
        | '\u{e0000}'..='\u{e007f}') // tags
}

/// Does it hold a letter of a script written from right to left?
pub(super) fn right_to_left(text: &str) -> bool {
    text.chars().any(|c| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}'))
}

/// Isolated if it has a direction to keep to itself; else as it is, so that plain text stays plain to `grep`.
pub(super) fn isolated(text: &str) -> String {
    if right_to_left(text) { format!("{ISOLATE}{text}{POP}") } else { text.to_string() }
}

/// In the quotes of its script.
pub(super) fn quoted(text: &str) -> String {
    if right_to_left(text) { format!("«{text}»") } else { format!("\"{text}\"") }
}

/// A link that stays one word in a tab-separated line: ASCII without blanks and controls.
pub(super) fn link(text: &str) -> Option<String> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic()) {
        return Some(text.to_string());
    }
    url::Url::parse(text).ok().map(String::from).filter(|url| url.bytes().all(|b| b.is_ascii_graphic()))
}

/// A link that a terminal may open: nothing but a web page.
pub(super) fn terminal_link(link: &str) -> Option<&str> {
    let scheme = link.split_once("://")?.0;
    (scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http")).then_some(link)
}

/// Columns that it takes on a terminal.
pub(super) fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// Cut to `most` columns, the last of them `…`, if it takes more.
pub(super) fn cut_to_width(text: &str, most: usize) -> String {
    if width(text) <= most {
        return text.to_string();
    }
    let mut out = String::new();
    let mut used = 1;
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > most {
            break;
        }
        out.push(c);
    }
    out.truncate(out.trim_end().len());
    out.push('…');
    out
}
