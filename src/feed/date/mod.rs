//! Dates as feeds write them: RFC 822 and 3339 and what people make of them, zone names, localized months and digits, other calendars.
//!
//! Must not know: which element a date stood in, a clock (`now` is an argument), where a feed comes from (its zone is an argument).

mod calendar;
mod lex;
mod words;

use calendar::Calendar;
use jiff::civil::{Date, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use lex::{Piece, Pieces};

/// A date of this year or before stands for "no date".
const LAST_SENTINEL_YEAR: i16 = 1989;
/// A date later than this after now is a mistake, or an event's; it is no date of publication.
const FUTURE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// A reading that lies further ahead than this loses against one that does not.
const AHEAD: SignedDuration = SignedDuration::from_hours(48);

/// How to read a date that does not say everything.
#[derive(Debug, Clone, Copy)]
pub struct Reference<'a> {
    /// The feed's zone, for a date without one; none: UTC.
    pub timezone: Option<&'a TimeZone>,
    /// Against which a year is completed and the far future is judged.
    pub now: Timestamp,
}

/// What a time without its date says.
#[derive(Debug, Clone, Copy)]
struct Clock {
    time: Time,
    /// It was written with AM or PM.
    halves: bool,
    next_day: bool,
}

/// Where a date is local.
enum Zone {
    Fixed(i32),
    Named(TimeZone),
}

/// The moment that `text` names; none when it names none, or one that can't be meant: 1970-01-01, any year up to 1989, the far future.
pub fn parse(text: &str, reference: Reference<'_>) -> Option<Timestamp> {
    let mut pieces = Pieces::of(text)?;
    if let Some(moment) = counted(&pieces) {
        return judged(moment, reference.now);
    }
    let clock = clock(&mut pieces);
    let zone = zone(&mut pieces, clock.is_some());
    let (date, clock) = match numbered(&mut pieces, clock, reference.now).or_else(|| named(&mut pieces, reference.now)) {
        Some(date) => (date, clock.or_else(|| late_clock(&mut pieces))),
        None => compact(&pieces, clock)?,
    };
    let (time, days) = clock.map_or((Time::midnight(), 0), |clock| (clock.time, i64::from(clock.next_day)));
    let moment = date.checked_add(SignedDuration::from_hours(24 * days)).ok()?.to_datetime(time);
    let moment = match zone {
        Some(Zone::Fixed(seconds)) => Offset::from_seconds(seconds).ok()?.to_timestamp(moment).ok()?,
        Some(Zone::Named(zone)) => zone.to_ambiguous_timestamp(moment).compatible().ok()?,
        None => match reference.timezone {
            Some(zone) => zone.to_ambiguous_timestamp(moment).compatible().ok()?,
            None => Offset::UTC.to_timestamp(moment).ok()?,
        },
    };
    judged(moment, reference.now)
}

/// In whole seconds, unless it can't be meant.
fn judged(moment: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let moment = Timestamp::from_second(moment.as_second()).ok()?;
    let year = Offset::UTC.to_datetime(moment).year();
    (year > LAST_SENTINEL_YEAR && moment <= now.saturating_add(FUTURE).unwrap_or(now)).then_some(moment)
}

/// Seconds, milliseconds or microseconds since 1970, and nothing else.
fn counted(pieces: &Pieces) -> Option<Timestamp> {
    let [Piece::Number { value, digits, .. }] = pieces.all.as_slice() else { return None };
    let value = i64::try_from(*value).ok()?;
    match digits {
        9 | 10 => Timestamp::from_second(value).ok(),
        13 => Timestamp::from_millisecond(value).ok(),
        16 => Timestamp::from_microsecond(value).ok(),
        _ => None,
    }
}

/// `20:15`, `8:15:04.5 PM`, `24:00`.
fn clock(pieces: &mut Pieces) -> Option<Clock> {
    let at = (0..pieces.all.len()).find(|&at| {
        let hour = pieces.number(at).is_some_and(|(hour, digits)| digits <= 2 && hour <= 24);
        let minute = pieces.number(at + 2).is_some_and(|(minute, digits)| digits <= 2 && minute <= 59);
        hour && minute && pieces.mark(at + 1) == Some(':') && !(at > 0 && pieces.mark(at - 1) == Some('+'))
    })?;
    let (hour, minute) = (pieces.number(at)?.0, pieces.number(at + 2)?.0);
    let mut end = at + 3;
    let mut second = 0;
    if pieces.mark(end) == Some(':')
        && let Some((value, _)) = pieces.number(end + 1).filter(|&(value, digits)| digits <= 2 && value <= 60)
    {
        second = value.min(59);
        end += 2;
        if matches!(pieces.mark(end), Some('.' | ',')) && !pieces.spaced(end + 1) && pieces.number(end + 1).is_some() {
            end += 2;
        }
    }
    let mut half = pieces.half(end);
    if let Some((_, taken)) = half {
        end += taken;
    } else if at > 0 {
        // `à 12:15` is no morning, `2026م 08:15` no afternoon.
        half = pieces.half(at - 1).filter(|_| pieces.word(at - 1).is_some_and(|word| word.chars().nth(1).is_some()));
    }
    pieces.take(at..end);
    let hour = match half.map(|(afternoon, _)| afternoon) {
        Some(true) if hour < 12 => hour + 12,
        Some(false) if hour == 12 => 0,
        _ => hour,
    };
    pieces.after_clock = end;
    clock_of(hour, minute, second, half.is_some())
}

fn clock_of(hour: u64, minute: u64, second: u64, halves: bool) -> Option<Clock> {
    let next_day = hour == 24;
    let hour = if next_day { 0 } else { i8::try_from(hour).ok()? };
    let time = Time::new(hour, i8::try_from(minute).ok()?, i8::try_from(second).ok()?, 0).ok()?;
    Some(Clock { time, halves, next_day })
}

/// `20.15` or `20h15` that stands beside a date.
fn late_clock(pieces: &mut Pieces) -> Option<Clock> {
    let at = (0..pieces.all.len()).find(|&at| {
        let parts = pieces.free(at).zip(pieces.free(at + 2));
        let joined = matches!(pieces.mark(at + 1), Some('.')) || pieces.word(at + 1) == Some("h");
        joined && parts.is_some_and(|((hour, _), (minute, digits))| (0..=23).contains(&hour) && minute <= 59 && digits == 2)
    })?;
    let (hour, minute) = (pieces.number(at)?.0, pieces.number(at + 2)?.0);
    pieces.take(at..at + 3);
    clock_of(hour, minute, 0, false)
}

/// `+0300`, `+03`, `+3:30`, `GMT+3`, `MSK`, `Asia/Baku`.
fn zone(pieces: &mut Pieces, has_clock: bool) -> Option<Zone> {
    if !has_clock {
        return None;
    }
    let from = pieces.after_clock;
    for at in from..pieces.all.len() {
        if matches!(pieces.mark(at), Some('+' | '-')) && (at == from || at == from + 1) {
            if let Some((seconds, taken)) = offset(pieces, at) {
                pieces.take(at..at + taken);
                return Some(Zone::Fixed(seconds));
            }
            continue;
        }
        let Some(word) = pieces.word(at) else { continue };
        if pieces.mark(at + 1) == Some('/')
            && let Some(city) = pieces.word(at + 2)
        {
            if matches!(word, "asia" | "europe" | "africa" | "america" | "australia" | "pacific" | "atlantic" | "indian" | "etc") {
                let named = TimeZone::get(&format!("{word}/{city}")).ok()?;
                pieces.take(at..at + 3);
                return Some(Zone::Named(named));
            }
            continue;
        }
        if words::month(word).is_some() && words::zone(word).is_none() {
            continue;
        }
        if let Some(seconds) = words::zone(word) {
            let more = if matches!(pieces.mark(at + 1), Some('+' | '-')) && seconds == 0 { offset(pieces, at + 1) } else { None };
            pieces.take(at..at + 1 + more.map_or(0, |(_, taken)| taken));
            return Some(Zone::Fixed(more.map_or(seconds, |(more, _)| more)));
        }
    }
    None
}

/// Seconds east of Greenwich, and how many pieces say so.
fn offset(pieces: &Pieces, at: usize) -> Option<(i32, usize)> {
    let sign = if pieces.mark(at) == Some('-') { -1 } else { 1 };
    let (value, digits) = pieces.number(at + 1)?;
    let value = i32::try_from(value).ok()?;
    let (hours, minutes, taken) = match digits {
        1 | 2 if pieces.mark(at + 2) == Some(':') => (value, i32::try_from(pieces.number(at + 3)?.0).ok()?, 4),
        1 | 2 if !matches!(pieces.mark(at + 2), Some('.' | '/' | '-')) && pieces.word(at + 2).is_none_or(|word| words::month(word).is_none()) => {
            (value, 0, 2)
        }
        // `20:15 - 1405/09/03` is no zone.
        3 | 4 if !matches!(pieces.mark(at + 2), Some('.' | '/' | '-')) => (value / 100, value % 100, 2),
        _ => return None,
    };
    (hours <= 14 && minutes < 60).then_some((sign * (hours * 3600 + minutes * 60), taken))
}

/// A year of two digits, as RFC 2822 and most software take it.
const fn full_year(year: i64, digits: usize) -> i64 {
    match year {
        0..=68 if digits <= 2 => 2000 + year,
        69..=99 if digits <= 2 => 1900 + year,
        _ => year,
    }
}

/// The day of a year of any calendar that numbers can mean: Jalali years are 13xx and 14xx, lunar ones too but then later, Buddhist ones 25xx.
fn any_day(year: i64, month: i64, day: i64, now: Timestamp) -> Option<Date> {
    match year {
        1300..=1500 => {
            let solar = calendar::day(Calendar::Jalali, year, month, day);
            solar.filter(|date| !ahead(*date, now)).or_else(|| calendar::day(Calendar::Hijri, year, month, day)).or(solar)
        }
        2400..=2700 => calendar::day(Calendar::Gregorian, year - 543, month, day),
        _ => calendar::day(Calendar::Gregorian, year, month, day),
    }
}

fn ahead(date: Date, now: Timestamp) -> bool {
    Offset::UTC.to_timestamp(date.to_datetime(Time::midnight())).map_or(true, |moment| moment > now.saturating_add(AHEAD).unwrap_or(now))
}

/// Three numbers: `2022-11-15`, `15.11.2022`, `11/15/22`, `2022年11月15日`; two: `2022-11`, `2022-319`.
fn numbered(pieces: &mut Pieces, clock: Option<Clock>, now: Timestamp) -> Option<Date> {
    let joins = |at: usize| match pieces.all.get(at) {
        Some(Piece::Mark { mark: '-' | '/' | '.', .. }) => 1,
        Some(Piece::Word { word, .. })
            if matches!(word.as_str(), "年" | "月" | "년" | "월") || *word == words::fold("년") || *word == words::fold("월") =>
        {
            1
        }
        Some(Piece::Number { spaced: true, .. }) => 0,
        _ => usize::MAX,
    };
    for at in 0..pieces.all.len() {
        let Some((a, a_digits)) = pieces.free(at) else { continue };
        let first = joins(at + 1);
        let Some((b, b_digits)) = first.checked_add(at + 1).and_then(|at| pieces.free(at)) else { continue };
        let second_at = at + 2 + first;
        let second = joins(second_at);
        let third = second.checked_add(second_at).and_then(|at| pieces.free(at).map(|number| (number, at)));
        let mark = pieces.mark(at + 1);
        let Some(((c, c_digits), end)) = third.filter(|_| a_digits <= 4 && b_digits <= 2) else {
            if a_digits == 4 && mark == Some('-') {
                let date = if b_digits == 3 { day_of_year(a, b) } else { any_day(a, b, 1, now) };
                if date.is_some() {
                    pieces.take(at..second_at);
                    return date;
                }
            }
            continue;
        };
        if first == 0 && a_digits != 4 && c_digits != 4 {
            continue;
        }
        let date = triple([a, b, c], [a_digits, c_digits], mark, clock.is_some_and(|clock| clock.halves), now);
        if date.is_some() {
            pieces.take(at..end + 1);
            return date;
        }
    }
    None
}

fn day_of_year(year: i64, day: i64) -> Option<Date> {
    let first = calendar::day(Calendar::Gregorian, year, 1, 1)?;
    (1..=366).contains(&day).then(|| first.checked_add(SignedDuration::from_hours(24 * (day - 1))).ok()).flatten()
}

/// Three numbers in the order that makes a day; of several, the first that is not ahead of now.
fn triple([a, b, c]: [i64; 3], [a_digits, c_digits]: [usize; 2], mark: Option<char>, american: bool, now: Timestamp) -> Option<Date> {
    let day = |year, digits, month, day| any_day(full_year(year, digits), month, day, now);
    if a_digits >= 3 {
        return day(a, a_digits, b, c).or_else(|| day(a, a_digits, c, b));
    }
    let day_first = day(c, c_digits, b, a);
    let month_first = if mark == Some('.') { None } else { day(c, c_digits, a, b) };
    if c_digits >= 3 {
        let (first, second) = if american && mark == Some('/') { (month_first, day_first) } else { (day_first, month_first) };
        return first.filter(|date| !ahead(*date, now)).or(second).or(first);
    }
    if mark == Some('.') {
        return day_first;
    }
    // Two digits everywhere: the latest day that is not ahead. News is new.
    let year_first = day(a, a_digits, b, c);
    let among = if american { [month_first, year_first] } else { [day_first, year_first] };
    among.into_iter().flatten().filter(|date| !ahead(*date, now)).max().or(month_first)
}

/// A month by name among numbers: `15 Nov 2022`, `November 15, 2022`, `۲۴ آبان ۱۴۰۱`, `15 noyabr`.
fn named(pieces: &mut Pieces, now: Timestamp) -> Option<Date> {
    let (at, length, calendar, month) = pieces.month()?;
    let numbers = (0..pieces.all.len()).filter_map(|at| pieces.free(at).map(|number| (number, at))).filter(|((_, digits), _)| *digits <= 4);
    let numbers: Vec<_> = numbers.collect();
    let long = numbers.iter().find(|((_, digits), _)| *digits == 4).copied();
    let mut short = numbers.iter().filter(|((_, digits), _)| *digits <= 2);
    let (first, second) = (short.next().copied(), short.next().copied());
    let (day, year) = match (first, second, long) {
        (day, _, Some(year)) => (day, Some(year)),
        (Some(year), Some(day), None) if year.0.0 > 31 => (Some(day), Some(year)),
        (Some(day), Some(year), None) if year.0.1 == 2 => (Some(day), Some(year)),
        (Some(day), _, None) => (Some(day), None),
        (None, _, None) => return None,
    };
    pieces.take(at..at + length);
    for (_, at) in day.into_iter().chain(year) {
        pieces.take(at..at + 1);
    }
    let number = day.map_or(1, |((day, _), _)| day);
    let month = i64::from(month);
    let calendar_of = |year: i64| if year >= 1700 { Calendar::Gregorian } else { calendar };
    match year {
        Some(((year, digits), _)) => {
            let year = full_year(year, digits);
            let year = if (2400..=2700).contains(&year) { year - 543 } else { year };
            calendar::day(calendar_of(year), year, month, number)
        }
        None => {
            let this = i64::from(Offset::UTC.to_datetime(now).year());
            let years = match calendar {
                Calendar::Gregorian => [this + 1, this, this - 1],
                Calendar::Jalali => [this - 620, this - 621, this - 622],
                Calendar::Hijri => [this - 578, this - 579, this - 580],
            };
            years.into_iter().filter_map(|year| calendar::day(calendar, year, month, number)).find(|date| !ahead(*date, now))
        }
    }
}

/// One number that holds a date: `20221115`, `20221115201504`, `20221115T201504`, `2022319`, `2022`.
fn compact(pieces: &Pieces, clock: Option<Clock>) -> Option<(Date, Option<Clock>)> {
    let (at, (value, digits)) = (0..pieces.all.len()).find_map(|at| pieces.free(at).map(|number| (at, number)))?;
    let alone = (0..pieces.all.len())
        .filter(|&other| other != at)
        .all(|other| pieces.taken(other) || pieces.word(other) == Some("t") || pieces.word(at + 1) == Some("t"));
    if !alone {
        return None;
    }
    let part = |divisor: i64, modulus: i64| (value / divisor) % modulus;
    let gregorian = |year, month, day| calendar::day(Calendar::Gregorian, year, month, day);
    let unsigned = |n: i64| u64::try_from(n).unwrap_or(99);
    let clock_at = |seconds: bool, value: i64| {
        let (value, second) = if seconds { (value / 100, value % 100) } else { (value, 0) };
        clock_of(unsigned(value / 100 % 100), unsigned(value % 100), unsigned(second.min(59)), false)
    };
    match digits {
        4 => Some((gregorian(value, 1, 1)?, clock)),
        6 => Some((gregorian(full_year(part(10_000, 100), 2), part(100, 100), part(1, 100))?, clock)),
        7 => Some((day_of_year(value / 1000, value % 1000)?, clock)),
        8 => {
            let date = gregorian(part(10_000, 10_000), part(100, 100), part(1, 100))?;
            let joined = if pieces.word(at + 1) == Some("t") { pieces.number_i64(at + 2) } else { None };
            let joined = match joined {
                Some((time, 6)) => clock_at(true, time),
                Some((time, 4)) => clock_at(false, time),
                _ => None,
            };
            Some((date, clock.or(joined)))
        }
        12 => Some((gregorian(part(100_000_000, 10_000), part(1_000_000, 100), part(10_000, 100))?, clock_at(false, value % 10_000))),
        14 => Some((gregorian(part(10_000_000_000, 10_000), part(100_000_000, 100), part(1_000_000, 100))?, clock_at(true, value % 1_000_000))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        let now: Timestamp = "2026-11-24T12:00:00Z".parse().unwrap();
        parse(text, Reference { timezone: None, now }).map(|moment| moment.to_string())
    }

    #[track_caller]
    fn is(text: &str, want: &str) {
        assert_eq!(read(text).as_deref(), Some(want), "{text}");
    }

    #[test]
    fn the_standards() {
        is("Tue, 24 Nov 2026 10:15:04 +0400", "2026-11-24T06:15:04Z");
        is("2026-11-24T10:15:04.5Z", "2026-11-24T10:15:04Z");
        is("24 Nov 26 10:15 GMT", "2026-11-24T10:15:00Z");
        is("20261124T101504Z", "2026-11-24T10:15:04Z");
        is("2026-328", "2026-11-24T00:00:00Z");
    }

    #[test]
    fn the_order_of_three_numbers() {
        is("24.11.2026", "2026-11-24T00:00:00Z");
        is("24-11-26", "2026-11-24T00:00:00Z");
        is("26-11-24", "2026-11-24T00:00:00Z");
        is("11/24/2026 8:15 PM", "2026-11-24T20:15:00Z");
        is("05/12/2026", "2026-05-12T00:00:00Z");
        is("05/10/2026", "2026-10-05T00:00:00Z");
        is("2026年11月24日 20:15", "2026-11-24T20:15:00Z");
    }

    #[test]
    fn the_region() {
        is("24 noyabr 2026, 10:15", "2026-11-24T10:15:00Z");
        is("сегодня, 24 ноября, 10:15 (МСК)", "2026-11-24T07:15:00Z");
        is("سه‌شنبه ۳ آذر ۱۴۰۵ ساعت ۱۰:۱۵", "2026-11-24T10:15:00Z");
        is("24 تشرين الثاني 2026 - 10:15 م", "2026-11-24T22:15:00Z");
        is("24 Kas 2026 Sal 20.15", "2026-11-24T20:15:00Z");
        is("Tue Nov 24 10:15:04 MSK 2026", "2026-11-24T07:15:04Z");
        is("10:15 - 1405/09/03", "2026-11-24T10:15:00Z");
        is("24 novembre 2026 à 12h15", "2026-11-24T12:15:00Z");
        is("mardi 24 novembre 2026 à 12:15", "2026-11-24T12:15:00Z");
        is("24 نوفمبر 2026م 08:15", "2026-11-24T08:15:00Z");
        is("24 نومبر 2026 08:15 شام", "2026-11-24T20:15:00Z");
        is("15-nji noýabr 2026, 20:15", "2026-11-15T20:15:00Z");
        is("2026-жылдын 24-ноябры, 10:15", "2026-11-24T10:15:00Z");
        is("Paz, 22 Kas 2026 10:15:00 +0300", "2026-11-22T07:15:00Z");
    }

    #[test]
    fn a_year_left_out_is_the_last_such_day() {
        is("25 noyabr, 10:15", "2026-11-25T10:15:00Z");
        is("28 dekabr, 10:15", "2025-12-28T10:15:00Z");
    }

    #[test]
    fn what_names_no_moment() {
        for text in [
            "",
            "now",
            "2 hours ago",
            "yesterday 10:15",
            "Thu, 01 Jan 1970 00:00:00 +0000",
            "0001-01-01T00:00:00",
            "2026-11-31",
            "15 Foo 2026",
            "2030-01-01",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_feed_s_own_zone_is_for_dates_without_one() {
        let zone = TimeZone::fixed(Offset::constant(4));
        let now: Timestamp = "2026-11-24T12:00:00Z".parse().unwrap();
        let read = |text| parse(text, Reference { timezone: Some(&zone), now }).map(|moment| moment.to_string());
        assert_eq!(read("2026-11-24 10:15").as_deref(), Some("2026-11-24T06:15:00Z"));
        assert_eq!(read("2026-11-24 10:15 UTC").as_deref(), Some("2026-11-24T10:15:00Z"));
    }
}
