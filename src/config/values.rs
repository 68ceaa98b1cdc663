//! Durations, sizes, rates and other values that are written as one text.
//!
//! Must not know: TOML, files. Errors say what is wrong and what to write.

use super::Rate;
use std::time::Duration;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
/// No duration is longer: instants computed with it must exist.
pub(super) const CENTURY: Duration = Duration::from_secs(36_500 * DAY);

/// "90s", "15m", "6h", "30d": one whole number, one unit.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("{} is no duration. Write a whole number and s, m, h or d, such as \"90s\", \"15m\", \"6h\" or \"30d\".", quoted(text));
    let (number, unit) = split_unit(text).ok_or_else(wrong)?;
    let seconds = match unit {
        "s" => 1,
        "m" => MINUTE,
        "h" => HOUR,
        "d" => DAY,
        _ => return Err(wrong()),
    };
    number
        .checked_mul(seconds)
        .map(Duration::from_secs)
        .filter(|duration| *duration <= CENTURY)
        .ok_or_else(|| format!("{} is longer than a century. Write a shorter one.", quoted(text)))
}

/// As [`duration`] reads it, in the largest unit that is exact.
pub(super) fn spell_duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let unit = [(DAY, "d"), (HOUR, "h"), (MINUTE, "m")].into_iter().find(|(size, _)| seconds > 0 && seconds.is_multiple_of(*size));
    let (size, letter) = unit.unwrap_or((1, "s"));
    format!("{}{letter}", seconds / size)
}

const UNITS: [(&str, u64); 9] = [
    ("TiB", 1 << 40),
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("TB", 1_000_000_000_000),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("kB", 1_000),
    ("B", 1),
];

/// "500MB", "2GB", "10MiB": bytes.
pub(super) fn size(text: &str) -> Result<u64, String> {
    let wrong = || format!("{} is no size. Write a whole number and MB or GB, such as \"500MB\" or \"2GB\".", quoted(text));
    let (number, unit) = split_unit(text).ok_or_else(wrong)?;
    let bytes = UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit)).map(|(_, bytes)| *bytes).ok_or_else(wrong)?;
    number.checked_mul(bytes).filter(|bytes| *bytes <= 1 << 60).ok_or_else(|| format!("{} is more than any disk holds.", quoted(text)))
}

/// As [`size`] reads it.
pub(super) fn spell_size(bytes: u64) -> String {
    let exact = UNITS.iter().filter(|(_, unit)| bytes > 0 && bytes.is_multiple_of(*unit)).max_by_key(|(_, unit)| *unit);
    let (name, unit) = exact.copied().unwrap_or(("B", 1));
    format!("{}{name}", bytes / unit)
}

/// "30/m": so many in a second, minute, hour or day.
pub(super) fn rate(text: &str) -> Result<Rate, String> {
    let wrong = || format!("{} is no rate. Write a whole number, / and s, m, h or d, such as \"30/m\".", quoted(text));
    let (count, unit) = text.split_once('/').ok_or_else(wrong)?;
    let per = match unit.trim() {
        "s" => 1,
        "m" => MINUTE,
        "h" => HOUR,
        "d" => DAY,
        _ => return Err(wrong()),
    };
    let count = count.trim().parse().ok().filter(|count| *count > 0).ok_or_else(wrong)?;
    Ok(Rate { count, per: Duration::from_secs(per) })
}

/// As [`rate`] reads it.
pub(super) fn spell_rate(rate: Rate) -> String {
    let unit = match rate.per.as_secs() {
        1 => "s",
        MINUTE => "m",
        HOUR => "h",
        _ => "d",
    };
    format!("{}/{unit}", rate.count)
}

/// A language tag by its shape (BCP 47), in lower case.
pub(super) fn language(text: &str) -> Result<String, String> {
    let mut parts = text.split('-');
    let first = parts.next().is_some_and(|part| (2..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphabetic()));
    let rest = parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    if first && rest && text.len() <= 35 {
        Ok(text.to_ascii_lowercase())
    } else {
        Err(format!("{} is no language code. Write one such as \"az\", \"fa\" or \"ru\".", quoted(text)))
    }
}

/// A country's two letters (ISO 3166), as capitals.
pub(super) fn country(text: &str) -> Result<String, String> {
    if text.len() == 2 && text.bytes().all(|b| b.is_ascii_alphabetic()) {
        Ok(text.to_ascii_uppercase())
    } else {
        Err(format!("{} is no country code. Write its two letters, such as \"AZ\" or \"IR\".", quoted(text)))
    }
}

/// A name that people read in lists and lines: something visible, on one line.
pub(super) fn name(text: &str) -> Result<String, String> {
    if text.trim().is_empty() {
        Err("the name is empty. Write one.".into())
    } else if text.trim() != text {
        Err(format!("the name {} begins or ends with a space. Write {}.", quoted(text), quoted(text.trim())))
    } else if text.chars().any(char::is_control) {
        Err("the name has a line break or another control character in it. Write it on one line.".into())
    } else if text.chars().count() > 100 {
        Err("the name is longer than 100 characters. Write a shorter one.".into())
    } else {
        Ok(text.into())
    }
}

/// What `@name` can spell: letters, digits, `-` and `_`.
pub(super) fn list_name(text: &str) -> Result<String, String> {
    let name = name(text)?;
    if name.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_') {
        Ok(name)
    } else {
        Err(format!("{} cannot be written as @name in a query. Use letters, digits, - and _ only.", quoted(text)))
    }
}

/// Text that a header can carry.
pub(super) fn header_text(text: &str) -> Result<String, String> {
    if text.is_empty() || !text.bytes().all(|b| (0x20..0x7f).contains(&b)) || text.trim() != text {
        Err("only visible ASCII characters can be sent here. Write it with those, on one line.".into())
    } else if text.len() > 500 {
        Err("this is longer than 500 characters. Write a shorter one.".into())
    } else {
        Ok(text.into())
    }
}

/// A number and its unit, with or without a space between them.
fn split_unit(text: &str) -> Option<(u64, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits)?;
    Some((number.parse().ok()?, unit.trim_start_matches(' ')))
}

/// What was written, in quotes, on one line, not too long: for messages.
pub(super) fn quoted(text: &str) -> String {
    let mut shown = String::new();
    for c in text.chars().take(60) {
        if c.is_control() { shown.extend(c.escape_debug()) } else { shown.push(c) }
    }
    if text.chars().nth(60).is_some() {
        shown.push('…');
    }
    format!("\"{shown}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_a_number_and_a_unit() {
        for (text, seconds) in [("0s", 0), ("90s", 90), ("15m", 900), ("6h", 21_600), ("30d", 2_592_000), ("5 m", 300)] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "15", "m", "500ms", "1.5h", "15M", "1h30m", "-5m", " 5m", "5m ", "٥m", "2w", "15 min"] {
            assert!(duration(text).is_err_and(|e| e.contains("is no duration")), "{text}");
        }
        assert!(duration("40000d").is_err_and(|e| e.contains("century")));
        assert!(duration("18446744073709551615d").is_err());
        assert!(duration("99999999999999999999s").is_err());
    }

    #[test]
    fn sizes_are_a_number_and_a_unit() {
        for (text, bytes) in [("2GB", 2_000_000_000), ("500 MB", 500_000_000), ("10MiB", 10 << 20), ("64kb", 64_000)] {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for text in ["", "2", "GB", "2 G", "1.5GB", "-2GB", "99999999999TB"] {
            assert!(size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn rates_are_a_number_in_a_unit_of_time() {
        assert_eq!(rate("30/m"), Ok(Rate { count: 30, per: Duration::from_secs(60) }));
        for text in ["30", "0/m", "30/min", "-1/s", "/s"] {
            assert!(rate(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_spelled_reads_back() {
        for seconds in [0, 1, 59, 60, 90, 3600, 5400, 86_400, 7_776_000, 86_401] {
            let one = Duration::from_secs(seconds);
            assert_eq!(duration(&spell_duration(one)), Ok(one));
        }
        assert_eq!(spell_duration(Duration::from_secs(7_776_000)), "90d");
        for bytes in [0, 7, 2_000_000_000, 10 << 20, 1 << 30, 64_000] {
            assert_eq!(size(&spell_size(bytes)), Ok(bytes));
        }
        assert_eq!(spell_size(2_000_000_000), "2GB");
        assert_eq!(spell_size(10 << 20), "10MiB");
        for text in ["5/s", "30/m", "100/h", "1/d"] {
            assert_eq!(rate(text).map(spell_rate), Ok(text.to_string()));
        }
    }

    #[test]
    fn codes_have_their_shape() {
        assert_eq!(language("az"), Ok("az".into()));
        assert_eq!(language("uz-Cyrl-UZ"), Ok("uz-cyrl-uz".into()));
        assert!(["", "azerbaijani", "a", "az_AZ", "az-", "-az", "فا"].iter().all(|text| language(text).is_err()));
        assert_eq!(country("az"), Ok("AZ".into()));
        assert!(["", "AZE", "1A", "ə"].iter().all(|text| country(text).is_err()));
    }

    #[test]
    fn names_are_one_visible_line() {
        assert_eq!(name("İran xəbərləri"), Ok("İran xəbərləri".into()));
        assert!(["", "  ", " a", "a\nb", "a\tb", &"x".repeat(101)].iter().all(|text| name(text).is_err()));
        assert!(list_name("ölkələr-2").is_ok());
        assert!(list_name("a b").is_err());
        assert!(header_text("newswatch (desk@example.org)").is_ok());
        assert!(["", "a\r\nb", "ə", " a"].iter().all(|text| header_text(text).is_err()));
        assert_eq!(quoted("a\nb"), "\"a\\nb\"");
        assert_eq!(quoted(&"x".repeat(100)).chars().count(), 63);
    }
}
