//! Days of other calendars as days of ours, by arithmetic.
//!
//! Must not know: how a date is written.

use jiff::ToSpan as _;
use jiff::civil::Date;

/// A calendar that feeds date by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Calendar {
    /// Ours.
    Gregorian,
    /// The solar Hijri calendar of Iran and Afghanistan.
    Jalali,
    /// The lunar Hijri calendar, tabular: within a day of what is announced.
    Hijri,
}

/// Julian day number of 1970-01-01.
const UNIX_DAY: i64 = 2_440_588;

fn from_julian_day(day: i64) -> Option<Date> {
    Date::constant(1970, 1, 1).checked_add((day - UNIX_DAY).days()).ok()
}

/// The day `day` of the month `month` of the year `year`, if there is such a day.
pub fn day(calendar: Calendar, year: i64, month: i64, day: i64) -> Option<Date> {
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    match calendar {
        Calendar::Gregorian => Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok(),
        Calendar::Jalali => jalali(year, month, day),
        Calendar::Hijri => hijri(year, month, day),
    }
}

/// The 33-year cycle: leap where `(25 y + 11) mod 33 < 8`. It agrees with the observed equinox throughout the years that feeds can name.
fn jalali(year: i64, month: i64, day: i64) -> Option<Date> {
    let leap = (25 * year + 11).rem_euclid(33) < 8;
    let length = match month {
        1..=6 => 31,
        12 if !leap => 29,
        _ => 30,
    };
    if !(1200..=1600).contains(&year) || day > length {
        return None;
    }
    from_julian_day(1_948_319 + 365 * (year - 1) + (8 * year + 21) / 33 + 30 * (month - 1) + (month - 1).min(6) + day)
}

/// The 30-year cycle of the tabular calendar.
fn hijri(year: i64, month: i64, day: i64) -> Option<Date> {
    if !(1300..=1600).contains(&year) || day > 30 {
        return None;
    }
    from_julian_day(1_948_439 + 354 * (year - 1) + (11 * year + 3) / 30 + (59 * (month - 1) + 1) / 2 + day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_year_is_where_iran_keeps_it() {
        for (year, at) in [(1399, (2020, 3, 20)), (1400, (2021, 3, 21)), (1403, (2024, 3, 20)), (1404, (2025, 3, 21)), (1408, (2029, 3, 20))] {
            assert_eq!(day(Calendar::Jalali, year, 1, 1), Date::new(at.0, at.1, at.2).ok(), "{year}");
        }
    }

    #[test]
    fn a_century_agrees_with_icu() {
        use icu_calendar::cal::Persian;
        let mut date = Date::constant(1980, 1, 1);
        while date.year() < 2080 {
            let iso = icu_calendar::Date::try_new_iso(date.year().into(), date.month().unsigned_abs(), date.day().unsigned_abs()).unwrap();
            let persian = iso.to_calendar(Persian);
            let (year, month, of_month) = (persian.year().extended_year(), persian.month().ordinal, persian.day_of_month().0);
            assert_eq!(day(Calendar::Jalali, year.into(), month.into(), of_month.into()), Some(date), "{year}-{month}-{of_month}");
            date = date.tomorrow().unwrap();
        }
    }

    #[test]
    fn a_day_that_the_month_has_not_is_none() {
        assert_eq!(day(Calendar::Jalali, 1404, 12, 30), None);
        assert!(day(Calendar::Jalali, 1403, 12, 30).is_some());
        assert_eq!(day(Calendar::Gregorian, 2022, 11, 31), None);
        assert_eq!(day(Calendar::Hijri, 1445, 1, 1), Date::new(2023, 7, 19).ok());
    }
}
