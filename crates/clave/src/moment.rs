//! Instants, as the database stores them and as people in Chile read them.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// Where people read times.
pub const ZONE: &str = "America/Santiago";

/// An instant in UTC microseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Moment(i64);

impl Moment {
    /// Before anything.
    pub const MIN: Self = Self(0);

    /// From UTC microseconds.
    pub fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// UTC microseconds.
    pub fn micros(self) -> i64 {
        self.0
    }

    /// From whole seconds, as tokens write times (RFC 7519, 2).
    /// From whole seconds, as tokens write them (RFC 7519 2).
    pub fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000_000))
    }

    /// Whole seconds that have passed.
    /// Whole seconds, as tokens write them (RFC 7519 2).
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// This much later.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(micros(span)))
    }

    /// This much earlier.
    #[must_use]
    pub fn minus(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(micros(span)))
    }

    /// How long until `later`; zero when it has passed.
    pub fn until(self, later: Self) -> Duration {
        Duration::from_micros(u64::try_from(later.0.saturating_sub(self.0)).unwrap_or(0))
    }

    /// `28-05-2019 10:47` in Chile (G-4.2).
    pub fn in_chile(self) -> String {
        self.zoned().map_or_else(String::new, |zoned| zoned.strftime("%d-%m-%Y %H:%M").to_string())
    }

    /// `2019-05-28 10:47:09` in Chile, as RCE writes it.
    pub fn civil_in_chile(self) -> String {
        self.zoned().map_or_else(String::new, |zoned| zoned.strftime("%Y-%m-%d %H:%M:%S").to_string())
    }

    /// `2019-05-28T14:47:00Z`, for machines.
    pub fn iso(self) -> String {
        Timestamp::from_microsecond(self.0).map_or_else(|_| String::new(), |at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
    }

    /// The calendar day in Chile: birth dates are compared with it.
    pub fn day_in_chile(self) -> Option<Date> {
        self.zoned().map(|zoned| zoned.date())
    }

    /// The beginning of a day in Chile, written as `2019-05-28`.
    pub fn midnight_in_chile(day: &str) -> Option<Self> {
        Self::midnight(day.parse().ok()?)
    }

    /// The beginning of the day after.
    pub fn next_midnight_in_chile(day: &str) -> Option<Self> {
        Self::midnight(day.parse::<Date>().ok()?.tomorrow().ok()?)
    }

    fn midnight(day: Date) -> Option<Self> {
        let midnight = day.to_zoned(TimeZone::get(ZONE).ok()?).ok()?;
        Some(Self(midnight.timestamp().as_microsecond()))
    }

    fn zoned(self) -> Option<jiff::Zoned> {
        let at = Timestamp::from_microsecond(self.0).ok()?;
        // The zone data is compiled in, so that a bare container shows the same hours.
        Some(at.to_zoned(TimeZone::get(ZONE).ok()?))
    }
}

fn micros(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}

impl From<Moment> for sql::Value {
    fn from(moment: Moment) -> Self {
        moment.0.into()
    }
}

impl sql::Typed for Moment {
    const NULL: sql::Value = sql::Value::Int(None);
}

impl sql::Column for Moment {
    fn read(row: &sql::Row, column: &str) -> sql::Result<Self> {
        row.get(column).map(Self)
    }
}

/// Where «now» comes from.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's wall clock.
    System,
    /// A clock that tests move.
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// The wall time. Read once a request, into `Cx`.
    pub fn now(&self) -> Moment {
        match self {
            #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
            Self::System => Moment(Timestamp::now().as_microsecond()),
            Self::Set(micros) => Moment(micros.load(Ordering::SeqCst)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_shown_as_in_the_guide_in_chilean_time() {
        let moment = Moment::from_micros("2019-05-28T14:47:00Z".parse::<Timestamp>().unwrap().as_microsecond());
        assert_eq!(moment.in_chile(), "28-05-2019 10:47");
        let summer = Moment::from_micros("2026-01-15T14:47:00Z".parse::<Timestamp>().unwrap().as_microsecond());
        assert_eq!(summer.in_chile(), "15-01-2026 11:47");
        assert_eq!(Moment::midnight_in_chile("2019-05-28").unwrap().iso(), "2019-05-28T04:00:00Z");
        assert_eq!(Moment::midnight_in_chile("28-05-2019"), None);
        assert_eq!(Moment::next_midnight_in_chile("2019-12-31").unwrap().iso(), "2020-01-01T03:00:00Z");
    }
}
