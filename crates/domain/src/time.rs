//! Instants and legal days.
//!
//! Instants are UTC with microseconds. A legal day is a day in Asia/Ho_Chi_Minh,
//! which has been UTC+7 without daylight saving since 13 June 1975.

use chrono::{DateTime, DurationRound, FixedOffset, NaiveDate, NaiveTime, TimeDelta, Utc};

/// A moment, in UTC, to the microsecond.
pub type Instant = DateTime<Utc>;

/// The offset of Asia/Ho_Chi_Minh.
pub const VIETNAM: FixedOffset = match FixedOffset::east_opt(7 * 3600) {
    Some(offset) => offset,
    None => panic!("seven hours are a valid offset"),
};

/// The wall clock in Viet Nam at a moment.
#[must_use]
pub fn local(at: Instant) -> DateTime<FixedOffset> {
    at.with_timezone(&VIETNAM)
}

/// The legal day a moment belongs to.
#[must_use]
pub fn local_day(at: Instant) -> NaiveDate {
    local(at).date_naive()
}

/// The moment of a wall-clock time on a legal day.
#[must_use]
pub fn instant(day: NaiveDate, time: NaiveTime) -> Instant {
    day.and_time(time)
        .and_local_timezone(VIETNAM)
        .single()
        .expect("an offset without daylight saving maps each wall-clock time once")
        .with_timezone(&Utc)
}

/// Midnight at which a legal day begins.
#[must_use]
pub fn day_start(day: NaiveDate) -> Instant {
    instant(day, NaiveTime::MIN)
}

/// The moment cut to whole microseconds, as every database keeps it.
#[must_use]
pub fn to_micros(at: Instant) -> Instant {
    at.duration_trunc(TimeDelta::microseconds(1)).unwrap_or(at)
}

/// RFC 3339 with the offset of Viet Nam, whole seconds unless there is a fraction.
///
/// Example: `2026-08-26T17:00:00+07:00`.
#[must_use]
pub fn rfc3339(at: Instant) -> String {
    local(at).to_rfc3339_opts(chrono::SecondsFormat::AutoSi, false)
}
