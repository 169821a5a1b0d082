//! When the papers of a dossier must leave the desk (*chuyển hồ sơ*). Not the citizen's due time.

use chrono::NaiveTime;

use crate::calendar::{Calendar, Error};
use crate::time::{Instant, instant, local_day};

/// The last moment of a day at which papers still go on that same day.
///
/// Exactly 15:00:00 is the same day; a microsecond later is the next working day.
///
/// Source: Decree 61/2018/NĐ-CP, Article 18(2) and (3).
pub const HAND_OVER_CUT_OFF: NaiveTime = match NaiveTime::from_hms_opt(15, 0, 0) {
    Some(time) => time,
    None => panic!("three in the afternoon is a time of day"),
};

/// By when papers must be handed over that came in, or were to be sent on, at a moment.
///
/// Closing time of that day; the opening of the next working day for what came after
/// [`HAND_OVER_CUT_OFF`], on a day off, or after an office had closed that closes before the
/// cut-off. The hours are those of the unit that sends.
///
/// Errors: [`Error`] if a day is needed that the calendar does not publish.
/// Source: Decree 61/2018/NĐ-CP, Article 18(2) and (3).
/// Example: Monday 23 November 2026 15:30 = Wednesday 25 November 07:30, because the 24th is a
/// holiday.
pub fn by(from: Instant, calendar: &Calendar) -> Result<Instant, Error> {
    let day = local_day(from);
    if let Some(closing) = calendar.closing(day)?
        && from <= closing
        && from <= instant(day, HAND_OVER_CUT_OFF)
    {
        return Ok(closing);
    }
    let next = calendar.nth_working_day_after(day, 1)?;
    Ok(calendar
        .opening(next)?
        .expect("a working day has an opening time"))
}
