//! Bytes to text: unpack what is gzip without saying so, find the encoding, drop what no text holds. Bounded.
//!
//! Order of belief: BOM, the pattern of UTF-16 without one, valid UTF-8, the HTTP header's charset, the document's own declaration, chardetng.
//!
//! Must not know: what the text is.

use super::MAX_BYTES;
use super::notes::Notes;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use memchr::memmem;
use std::borrow::Cow;
use std::io::Read as _;

/// The text of a document.
#[derive(Debug)]
pub struct Decoded<'a> {
    /// Without BOM and controls.
    pub text: Cow<'a, str>,
    /// The end of a packed stream never came.
    pub cut: bool,
    /// It is larger than what is read.
    pub bounded: bool,
}

/// Decodes a body. Never fails: what can't be decoded is replaced.
pub fn decode<'a>(bytes: &'a [u8], content_type: Option<&str>, notes: &mut Notes) -> Decoded<'a> {
    let (mut cut, mut bounded) = (false, false);
    let unpacked = if bytes.starts_with(&[0x1f, 0x8b]) { gunzip(bytes, &mut cut, notes) } else { Cow::Borrowed(bytes) };
    let mut decoded = match unpacked {
        Cow::Borrowed(bytes) => text_of(bytes, content_type, notes, &mut bounded),
        Cow::Owned(bytes) => Cow::Owned(text_of(&bytes, content_type, notes, &mut bounded).into_owned()),
    };
    if decoded.len() > MAX_BYTES {
        let end = (0..=MAX_BYTES).rev().find(|&end| decoded.is_char_boundary(end)).unwrap_or(0);
        bounded = true;
        decoded = match decoded {
            Cow::Borrowed(text) => Cow::Borrowed(text.get(..end).unwrap_or("")),
            Cow::Owned(mut text) => {
                text.truncate(end);
                Cow::Owned(text)
            }
        };
    }
    if bounded {
        notes.say(format!("larger than {} MiB: read to there", MAX_BYTES >> 20));
    }
    if has_controls(decoded.as_bytes()) {
        notes.say("control characters dropped, those that stand for windows-1252 letters mended".into());
        decoded = Cow::Owned(decoded.chars().filter_map(printable).collect());
    }
    Decoded { text: decoded, cut, bounded }
}

/// Bytes of characters that no text holds: below space but white space, DEL, U+0080 to U+009F.
fn has_controls(bytes: &[u8]) -> bool {
    let low = |b: &u8| (*b < b' ' && !matches!(*b, b'\t' | b'\n' | b'\r')) || *b == 0x7f;
    bytes.iter().any(low) || memchr::memchr_iter(0xc2, bytes).any(|at| bytes.get(at + 1).is_some_and(|next| *next < 0xa0))
}

/// The character, a windows-1252 one for what looks like it; none for a control.
fn printable(c: char) -> Option<char> {
    match c {
        '\t' | '\n' | '\r' => Some(c),
        '\0'..='\u{1f}' | '\u{7f}' | '\u{fffe}' | '\u{ffff}' => None,
        '\u{80}'..='\u{9f}' => {
            let byte = [u8::try_from(u32::from(c)).ok()?];
            WINDOWS_1252.decode_without_bom_handling(&byte).0.chars().next().filter(|c| !c.is_control())
        }
        _ => Some(c),
    }
}

fn gunzip<'a>(bytes: &'a [u8], cut: &mut bool, notes: &mut Notes) -> Cow<'a, [u8]> {
    let mut out = Vec::new();
    let limit = MAX_BYTES as u64 + 1;
    let whole = flate2::read::MultiGzDecoder::new(bytes).take(limit).read_to_end(&mut out);
    if whole.is_err() && out.is_empty() {
        return Cow::Borrowed(bytes);
    }
    notes.say("gzip that no header announced, unpacked".into());
    *cut |= whole.is_err();
    Cow::Owned(out)
}

fn text_of<'a>(bytes: &'a [u8], content_type: Option<&str>, notes: &mut Notes, bounded: &mut bool) -> Cow<'a, str> {
    let bytes = match bytes.get(..MAX_BYTES) {
        Some(most) if bytes.len() > MAX_BYTES => {
            *bounded = true;
            most
        }
        _ => bytes,
    };
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        let rest = bytes.get(length..).unwrap_or(&[]);
        // A BOM of UTF-8 before something else is a BOM that an editor left there.
        if encoding != UTF_8 || valid(rest).is_some() {
            return encoding.decode_without_bom_handling(rest).0;
        }
        return guess(rest, content_type, notes);
    }
    if let Some(encoding) = wide(bytes) {
        notes.say(format!("{} without a byte order mark", encoding.name()));
        return encoding.decode_without_bom_handling(bytes).0;
    }
    guess(bytes, content_type, notes)
}

/// The text if it is UTF-8, but for a character that the end cuts.
fn valid(bytes: &[u8]) -> Option<&str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) if error.error_len().is_none() => std::str::from_utf8(bytes.get(..error.valid_up_to())?).ok(),
        Err(_) => None,
    }
}

/// UTF-16 without a byte order mark: every other byte of mostly ASCII text is NUL.
fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    let start = bytes.iter().position(|b| *b != 0).map(|n| n & !1)?;
    let sample = bytes.get(start..)?;
    let sample = sample.get(..200).unwrap_or(sample);
    let nuls = |odd: usize| sample.iter().skip(odd).step_by(2).filter(|b| **b == 0).count();
    let (even, odd) = (nuls(0), nuls(1));
    let half = sample.len() / 2;
    match (even * 10, odd * 10) {
        _ if half < 4 => None,
        (even, odd) if odd >= half * 4 && even <= half => Some(UTF_16LE),
        (even, odd) if even >= half * 4 && odd <= half => Some(UTF_16BE),
        _ => None,
    }
}

fn guess<'a>(bytes: &'a [u8], content_type: Option<&str>, notes: &mut Notes) -> Cow<'a, str> {
    let header = content_type.and_then(|header| label(header.as_bytes(), b"charset"));
    let declared = declaration(bytes);
    let named = |label: Option<&[u8]>| {
        label.and_then(Encoding::for_label).filter(|encoding| !matches!(encoding.name(), "UTF-16LE" | "UTF-16BE" | "replacement"))
    };
    let (header, declared) = (named(header), named(declared));
    let escapes = || memchr::memchr(0x1b, bytes).is_some();
    if let Some(text) = valid(bytes) {
        // Seven-bit encodings are valid UTF-8 too.
        let seven_bit = declared.or(header).filter(|encoding| encoding.name() == "ISO-2022-JP" && escapes());
        return match seven_bit {
            Some(encoding) => encoding.decode_without_bom_handling(bytes).0,
            None => Cow::Borrowed(text),
        };
    }
    let says_utf8 = header == Some(UTF_8) || declared == Some(UTF_8);
    let other = [header, declared].into_iter().flatten().find(|encoding| *encoding != UTF_8);
    let encoding = match other {
        Some(encoding) => encoding,
        // A few broken bytes in what is UTF-8 otherwise.
        None if says_utf8 && mostly_utf8(bytes) => UTF_8,
        None => {
            let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
            detector.feed(bytes.get(..1 << 18).unwrap_or(bytes), true);
            let found = detector.guess(None, Utf8Detection::Allow);
            if found == UTF_8 && !mostly_utf8(bytes) { WINDOWS_1252 } else { found }
        }
    };
    if says_utf8 && encoding != UTF_8 {
        notes.say(format!("says UTF-8 and is {}", encoding.name()));
    } else if other.is_none() && encoding != UTF_8 {
        notes.say(format!("says no encoding, taken for {}", encoding.name()));
    }
    let (text, broken) = encoding.decode_without_bom_handling(bytes);
    if broken {
        notes.say(format!("bytes that are no {} replaced", encoding.name()));
    }
    text
}

/// More characters of several bytes than broken ones?
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().bytes().filter(|b| *b >= 0xc0).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good > bad
}

/// The encoding that the document declares: `<?xml … encoding="…"?>`, else `<meta … charset=…>`.
fn declaration(bytes: &[u8]) -> Option<&[u8]> {
    let head = bytes.get(..1 << 16).unwrap_or(bytes);
    let xml = memmem::find(head, b"<?xml").and_then(|at| head.get(at..)).and_then(|rest| {
        let end = memchr::memchr(b'>', rest).unwrap_or(rest.len());
        label(rest.get(..end)?, b"encoding")
    });
    xml.or_else(|| memmem::find(head, b"<meta").and_then(|at| label(head.get(at..)?, b"charset")))
}

/// The value of `name = "value"` in either kind of quotes or none.
fn label<'a>(text: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let at = text.windows(name.len()).position(|window| window.eq_ignore_ascii_case(name))?;
    let rest = text.get(at + name.len()..)?.trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let rest = rest.strip_prefix(b"\"").or_else(|| rest.strip_prefix(b"'")).unwrap_or(rest);
    let end = rest.iter().position(|b| matches!(b, b'"' | b'\'' | b';' | b'>' | b'?' | b'/' | b',') || b.is_ascii_whitespace()).unwrap_or(rest.len());
    rest.get(..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8], content_type: Option<&str>) -> String {
        decode(bytes, content_type, &mut Notes::default()).text.into_owned()
    }

    fn in_encoding(label: &str, text: &str) -> Vec<u8> {
        Encoding::for_label(label.as_bytes()).unwrap().encode(text).0.into_owned()
    }

    #[test]
    fn what_is_utf8_is_utf8_whatever_it_says() {
        let text = "<?xml version='1.0' encoding='windows-1251'?><a>İqtisadi</a>";
        assert_eq!(decoded(text.as_bytes(), Some("text/xml; charset=iso-8859-1")), text);
        let with_bom = [b"\xef\xbb\xbf", text.as_bytes()].concat();
        assert_eq!(decoded(&with_bom, None), text);
    }

    #[test]
    fn header_then_declaration_then_a_guess() {
        let text = "<?xml version=\"1.0\" encoding=\"koi8-r\"?><a>Организация экономического сотрудничества провела встречу министров</a>";
        assert_eq!(decoded(&in_encoding("windows-1251", text), Some("text/xml;charset=windows-1251")), text);
        assert_eq!(decoded(&in_encoding("koi8-r", text), None), text);
        assert_eq!(decoded(&in_encoding("koi8-r", text), Some("text/xml; charset=utf-8")), text);
        let silent = text.replace(" encoding=\"koi8-r\"", "");
        assert_eq!(decoded(&in_encoding("windows-1251", &silent), None), silent);
    }

    #[test]
    fn utf16_needs_no_mark_and_believes_no_declaration() {
        let text = "<?xml version=\"1.0\" encoding=\"utf-8\"?><a>Привет</a>";
        let le: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(decoded(&le, None), text);
        assert_eq!(decoded(&be, None), text);
        assert_eq!(decoded(&[b"\xfe\xff".as_slice(), &be].concat(), None), text);
    }

    #[test]
    fn a_few_broken_bytes_do_not_change_the_encoding() {
        let bytes = [b"<?xml encoding='utf-8'?><a>\xff".as_slice(), "Привет, мир".as_bytes()].concat();
        assert_eq!(decoded(&bytes, None), "<?xml encoding='utf-8'?><a>\u{fffd}Привет, мир");
        assert_eq!(decoded(b"<?xml encoding='utf-8'?><a>caf\xe9</a>", None), "<?xml encoding='utf-8'?><a>café</a>");
    }

    #[test]
    fn nuls_and_controls_go() {
        assert_eq!(decoded(b"\0\0\0<a>b\0\x0b\x1f\tc</a>", None), "<a>b\tc</a>");
        assert_eq!(decoded("<a>don\u{92}t \u{81}</a>".as_bytes(), None), "<a>don’t </a>");
    }
}
