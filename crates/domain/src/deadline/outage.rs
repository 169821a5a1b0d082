//! What announced outages do to a due time.

use super::{Due, stop};
use crate::calendar::{Calendar, Error, Outage};
use crate::limit::Limit;
use crate::time::Instant;

/// Moves a due time by an outage, as a stop of the clock moves it.
///
/// Counting had begun at `started`; `stood` are the stops that count already, in order of time. An
/// outage that begins after the due time moves nothing: overdue stays overdue. None if nothing
/// moves.
pub fn moved_by(
    outage: &Outage,
    due: Instant,
    limit: Limit,
    started: Instant,
    stood: &[(Instant, Option<Instant>)],
    calendar: &Calendar,
) -> Result<Option<Due>, Error> {
    let mut at = due;
    let mut provisional = false;
    for (from, to) in running(Ord::max(outage.from, started), outage.until, stood) {
        let new = stop::shift(at, limit, from, to, calendar)?;
        provisional |= new.provisional;
        at = new.at;
    }
    Ok((at != due).then_some(Due { at, provisional }))
}

/// The pieces of an interval during which the clock ran.
fn running(
    from: Instant,
    until: Instant,
    stood: &[(Instant, Option<Instant>)],
) -> Vec<(Instant, Instant)> {
    let mut pieces = Vec::new();
    let mut begins = from;
    for (stop, resumed) in stood {
        let end = Ord::min(*stop, until);
        if begins < end {
            pieces.push((begins, end));
        }
        begins = Ord::max(begins, resumed.unwrap_or(until));
    }
    if begins < until {
        pieces.push((begins, until));
    }
    pieces
}
