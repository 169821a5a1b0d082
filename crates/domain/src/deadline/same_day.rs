//! The rule for limits within the day (*trong ngày*).

use chrono::NaiveTime;

use crate::calendar::{Calendar, Error};
use crate::time::{Instant, instant, local_day};

use super::{Due, closing_from};

/// The last moment of a day at which a same-day dossier is still due that day.
///
/// Exactly 15:00:00 is the same day; a microsecond later is the next working day.
/// It moves no other kind of limit. The words to the citizen (`words.rs`) spell the hour out, so a
/// change of the rule changes them too. The cut-off for papers between units has the same hour and
/// another source: [`HAND_OVER_CUT_OFF`](super::HAND_OVER_CUT_OFF).
///
/// Source: Law on Civil Status 2014, Article 5(3) (received after 15:00: the next
/// working day); Decree 23/2015/NĐ-CP, Article 7 (certification, the same rule).
pub const SAME_DAY_CUT_OFF: NaiveTime = match NaiveTime::from_hms_opt(15, 0, 0) {
    Some(time) => time,
    None => panic!("three in the afternoon is a time of day"),
};

/// Closing time of the day of receipt, or of the next working day.
///
/// The next working day takes over on a day off, after [`SAME_DAY_CUT_OFF`], and
/// after closing time where an office closes before the cut-off: nothing may be
/// due before it was received.
pub fn due(received: Instant, calendar: &Calendar) -> Result<Due, Error> {
    let day = local_day(received);
    let in_time = received <= instant(day, SAME_DAY_CUT_OFF)
        && calendar
            .closing(day)?
            .is_some_and(|closing| received <= closing);
    let last = if in_time {
        day
    } else {
        calendar.nth_working_day_after(day, 1)?
    };
    Ok(Due {
        provisional: calendar.has_provisional(day, last),
        ..closing_from(last, calendar)?
    })
}
