//! Birth dates: three fields, or all in one as `01-12-1992` (G-6.1).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::text::letters_and_digits;
use crate::moment::Moment;

/// A day on which somebody alive was born.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BirthDate(Date);

/// Why it is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// Nothing typed.
    Empty,
    /// One or two of day, month and year are missing.
    Incomplete,
    /// No such day in the calendar, or not a date at all.
    NoSuchDay,
    /// Not yet.
    Future,
    /// Longer ago than anybody lives.
    TooLongAgo,
}

/// Nobody alive is older.
const OLDEST_YEARS: i16 = 125;

/// The names of the months in the portal's three languages, full; the first three letters are enough.
const MONTHS: [[&str; 3]; 12] = [
    ["enero", "january", "janvye"],
    ["febrero", "february", "fevriye"],
    ["marzo", "march", "mas"],
    ["abril", "april", "avril"],
    ["mayo", "may", "me"],
    ["junio", "june", "jen"],
    ["julio", "july", "jiye"],
    ["agosto", "august", "out"],
    ["septiembre", "september", "septanm"],
    ["octubre", "october", "oktob"],
    ["noviembre", "november", "novanm"],
    ["diciembre", "december", "desanm"],
];

impl BirthDate {
    /// From the three fields; a whole date typed or pasted in the first is understood.
    ///
    /// # Errors
    /// What is wrong with it on the day of `now`.
    pub fn parse(day: &str, month: &str, year: &str, now: Moment) -> Result<Self, Wrong> {
        let (day, month, year) = (day.trim(), month.trim(), year.trim());
        if month.is_empty() && year.is_empty() && !day.is_empty() {
            let mut parts = day.split(['-', '/', '.', ' ']).filter(|part| !part.is_empty() && *part != "de");
            return match (parts.next(), parts.next(), parts.next(), parts.next()) {
                (Some(day), Some(month), Some(year), None) => Self::from_parts(day, month, year, now),
                (Some(_), None, ..) if day.len() <= 2 => Err(Wrong::Incomplete),
                _ => Err(Wrong::NoSuchDay),
            };
        }
        match [day, month, year].iter().filter(|part| part.is_empty()).count() {
            0 => Self::from_parts(day, month, year, now),
            3 => Err(Wrong::Empty),
            _ => Err(Wrong::Incomplete),
        }
    }

    fn from_parts(day: &str, month: &str, year: &str, now: Moment) -> Result<Self, Wrong> {
        let number = |text: &str, digits: usize| {
            (text.len() <= digits && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse::<i16>().ok()).flatten()
        };
        let month = number(month, 2).and_then(|month| i8::try_from(month).ok()).or_else(|| month_named(month));
        let date = match (number(day, 2).and_then(|day| i8::try_from(day).ok()), month, number(year, 4)) {
            (Some(day), Some(month), Some(year)) if year >= 1000 => Date::new(year, month, day).ok(),
            _ => None,
        }
        .ok_or(Wrong::NoSuchDay)?;
        let today = now.day_in_chile().ok_or(Wrong::NoSuchDay)?;
        if date > today {
            Err(Wrong::Future)
        } else if date.year() < today.year() - OLDEST_YEARS {
            Err(Wrong::TooLongAgo)
        } else {
            Ok(Self(date))
        }
    }

    /// Day, month, year as numbers.
    pub fn parts(self) -> (i8, i8, i16) {
        (self.0.day(), self.0.month(), self.0.year())
    }

    /// `01-12-1992`
    pub fn written(self) -> String {
        self.0.strftime("%d-%m-%Y").to_string()
    }

    /// The digits in the orders in which people put a date into a key.
    pub(super) fn digit_orders(self) -> [String; 4] {
        ["%d%m%Y", "%Y%m%d", "%d%m%y", "%y%m%d"].map(|order| self.0.strftime(order).to_string())
    }
}

fn month_named(text: &str) -> Option<i8> {
    let text = letters_and_digits(text);
    let position =
        MONTHS.iter().position(|names| names.iter().any(|name| *name == text || (text.len() >= 3 && name.starts_with(&text))))?;
    i8::try_from(position + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-22
    const NOW: i64 = 1_795_348_800_000_000;

    fn parse(day: &str, month: &str, year: &str) -> Result<String, Wrong> {
        BirthDate::parse(day, month, year, Moment::from_micros(NOW)).map(BirthDate::written)
    }

    #[test]
    fn dates_are_read_in_many_forms() {
        for (day, month, year) in [
            ("1", "12", "1992"),
            ("01", "diciembre", "1992"),
            ("01-12-1992", "", ""),
            ("1 de diciembre de 1992", "", ""),
            ("01/12/1992", "", ""),
            ("1", "Dec", "1992"),
            (" 1 ", "desanm", " 1992 "),
        ] {
            assert_eq!(parse(day, month, year).as_deref(), Ok("01-12-1992"), "{day} {month} {year}");
        }
        assert_eq!(parse("29", "2", "2000").as_deref(), Ok("29-02-2000"));
    }

    #[test]
    fn what_is_no_birth_date_is_said() {
        assert_eq!(parse("", " ", ""), Err(Wrong::Empty));
        assert_eq!(parse("1", "", "1992"), Err(Wrong::Incomplete));
        assert_eq!(parse("1", "", ""), Err(Wrong::Incomplete));
        assert_eq!(parse("30", "2", "1992"), Err(Wrong::NoSuchDay));
        assert_eq!(parse("29", "2", "1900"), Err(Wrong::NoSuchDay));
        assert_eq!(parse("ayer", "", ""), Err(Wrong::NoSuchDay));
        assert_eq!(parse("1", "1", "92"), Err(Wrong::NoSuchDay));
        assert_eq!(parse("23", "11", "2026"), Err(Wrong::Future));
        assert_eq!(parse("1", "1", "1880"), Err(Wrong::TooLongAgo));
        assert_eq!(parse("1😀", "1", "1980"), Err(Wrong::NoSuchDay));
    }
}
