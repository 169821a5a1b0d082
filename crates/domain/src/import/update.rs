//! What a newer export of another system adds to a dossier that an earlier one brought.
//!
//! The newer rows make a history like the first ones. If what was recorded is the beginning of it, the
//! rest follows; anything else contradicts the record, which stays.

use super::history::{History, Past};
use crate::dossier::acts::receive::Received;
use crate::dossier::imported::DueRestated;
use crate::dossier::{Dossier, Event, Record};
use crate::id::UnitCode;
use crate::time::{self, Instant};

/// Why a newer export changes nothing about a dossier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Discrepancy {
    /// A desk here did something to it.
    #[error("{who} has moved it here since ({kind}, {}); it stays as it is", shown(.at))]
    MovedHere {
        /// Who.
        who: String,
        /// What they did.
        kind: &'static str,
        /// When.
        at: Instant,
    },
    /// The export gives another fact of the reception.
    #[error(
        "its {what} was recorded as {recorded}, and the file says {given}; it stays as recorded"
    )]
    Reception {
        /// Which fact.
        what: &'static str,
        /// As recorded.
        recorded: String,
        /// As the file has it.
        given: String,
    },
    /// It had ended, and in the export it has not.
    #[error(
        "it had ended ({kind}, {}), and the file says that it has not; it stays as recorded",
        shown(.at)
    )]
    EndedBefore {
        /// How it had ended.
        kind: &'static str,
        /// When.
        at: Instant,
    },
    /// The export gives another course of what was recorded.
    #[error("{recorded} was recorded, and the file says {given}; it stays as recorded")]
    Course {
        /// What was recorded.
        recorded: String,
        /// What the file has in its place.
        given: String,
    },
    /// The export adds something from before the reception.
    #[error(
        "the file says {given}, before the reception at {}; it stays as recorded",
        shown(.received)
    )]
    BeforeReception {
        /// What the file adds.
        given: String,
        /// When it was received.
        received: Instant,
    },
    /// The export gives another due time after the end.
    #[error(
        "the due time {recorded} was recorded, and the file says {given}; it stays as recorded"
    )]
    Due {
        /// As recorded.
        recorded: String,
        /// As the file has it.
        given: String,
    },
    /// The export of another motcua has another dossier under the name.
    #[error("the file has another dossier under its name; it stays as recorded")]
    Other,
    /// The salt of its commitments was erased.
    #[error("its personal values were erased, so that nothing can be compared; it stays as it is")]
    Erased,
}

/// A moment as the office reads it.
fn shown(at: &Instant) -> String {
    time::local(*at).format("%Y-%m-%d %H:%M").to_string()
}

/// The events that a newer export adds, in order.
///
/// `recorded` is the history of the dossier so far, `dossier` its fold, `of_import` tells whether an import
/// wrote a record. What jobs, citizens and reminders added beside the course of the dossier is passed
/// over.
pub fn newer(
    history: History,
    recorded: &[Record],
    dossier: &Dossier,
    of_import: impl Fn(&Record) -> bool,
    now: Instant,
) -> Result<Vec<Past>, Discrepancy> {
    // The events of an export of ours tell everything, ratings and due times too.
    let whole = history.id.is_some();
    let tells = |record: &&Record| whole || tells_the_course(record);
    let is_open = !history.events.iter().any(|past| ends(&past.event));
    let mut given = history.events.into_iter();
    let mut course = recorded.iter().filter(tells);
    let (Some(first), Some(reception)) = (course.next(), given.next()) else {
        return Ok(Vec::new());
    };
    // A desk that moved it knows it better than an export; this is said before any contradiction.
    let contradicts = |why: Discrepancy| {
        let mut here = recorded
            .iter()
            .filter(|record| tells_the_course(record) && !of_import(record));
        here.next_back()
            .map_or(why, |record| Discrepancy::MovedHere {
                who: record.actor.to_string(),
                kind: record.event.kind(),
                at: record.event_time,
            })
    };
    same_reception(first, &reception, dossier).map_err(contradicts)?;
    let end = recorded.iter().rfind(|record| ends(&record.event));
    if let (true, Some(end)) = (is_open, end) {
        return Err(contradicts(Discrepancy::EndedBefore {
            kind: end.event.kind(),
            at: end.event_time,
        }));
    }
    for record in course {
        let past = given.next();
        let same = |past: &Past| past.at == record.event_time && past.event == record.event;
        if past.as_ref().is_some_and(same) {
            continue;
        }
        let instead = past.map(|past| told(&past.event, past.at));
        return Err(contradicts(Discrepancy::Course {
            recorded: told(&record.event, record.event_time),
            given: instead.unwrap_or_else(|| "nothing of it".to_owned()),
        }));
    }
    let mut more: Vec<Past> = given.collect();
    if whole {
        return Ok(more);
    }
    if let Some(past) = more.iter().find(|past| past.at < first.event_time) {
        return Err(contradicts(Discrepancy::BeforeReception {
            given: told(&past.event, past.at),
            received: first.event_time,
        }));
    }
    let due = due_of(&reception.event);
    match (dossier.due(), due) {
        (was, is) if was == is => {}
        // An empty cell takes nothing back.
        (_, None) => {}
        (_, Some(due)) if dossier.ended.is_none() => {
            // The end is judged by it, so it comes before the end.
            let at = more.first().map_or(now, |past| Ord::min(past.at, now));
            let restated = Past {
                at,
                by: None,
                unit: dossier.resolving.clone(),
                event: Event::DueRestated(DueRestated { due }),
            };
            more.insert(0, restated);
        }
        (was, is) => {
            let named = |due: Option<Instant>| due.map_or("none".to_owned(), |due| shown(&due));
            return Err(contradicts(Discrepancy::Due {
                recorded: named(was),
                given: named(is),
            }));
        }
    }
    for past in &mut more {
        // Units may have been merged since.
        past.unit = dossier.resolving.clone();
    }
    Ok(more)
}

/// Whether an event ends the handling.
fn ends(event: &Event) -> bool {
    matches!(
        event,
        Event::Refused(_)
            | Event::Withdrawn(_)
            | Event::Stopped(_)
            | Event::Resolved(_)
            | Event::Returned(_)
    )
}

/// Whether a record is one that the other system could have told.
fn tells_the_course(record: &Record) -> bool {
    !matches!(
        record.event,
        Event::Rated(_)
            | Event::Reminded(_)
            | Event::Recalculated(_)
            | Event::Migrated(_)
            | Event::Succeeded(_)
            | Event::DueRestated(_)
    )
}

fn told(event: &Event, at: Instant) -> String {
    let step = match event {
        Event::Advanced(fact) => fact.step.as_ref().map(|step| format!(" to {step}")),
        _ => None,
    };
    format!(
        "{}{} at {}",
        event.kind(),
        step.unwrap_or_default(),
        shown(&at)
    )
}

fn due_of(event: &Event) -> Option<Instant> {
    match event {
        Event::Received(facts) => facts.due,
        _ => None,
    }
}

/// Compares the facts of the reception that an export can give.
fn same_reception(record: &Record, given: &Past, dossier: &Dossier) -> Result<(), Discrepancy> {
    let differs = |what, recorded: String, given: String| {
        if recorded == given {
            return Ok(());
        }
        Err(Discrepancy::Reception {
            what,
            recorded,
            given,
        })
    };
    let (Event::Received(was), Event::Received(is)) = (&record.event, &given.event) else {
        let (was, is) = (record.event.kind(), given.event.kind());
        differs("beginning", was.to_owned(), is.to_owned())?;
        return differs("beginning", shown(&record.event_time), shown(&given.at));
    };
    if record.event_time != given.at {
        differs(
            "reception",
            precisely(record.event_time),
            precisely(given.at),
        )?;
    }
    differs(
        "procedure",
        was.procedure.to_string(),
        is.procedure.to_string(),
    )?;
    differs(
        "channel",
        was.channel.as_str().to_owned(),
        is.channel.as_str().to_owned(),
    )?;
    let code = |facts: &Received| match &facts.code {
        Some(code) => code.to_string(),
        None => "none".to_owned(),
    };
    differs("code", code(was), code(is))?;
    for (what, was, is, now) in [
        (
            "receiving unit",
            &was.receiving,
            &is.receiving,
            &dossier.receiving,
        ),
        (
            "resolving unit",
            &was.resolving,
            &is.resolving,
            &dossier.resolving,
        ),
        (
            "returning unit",
            &was.returning,
            &is.returning,
            &dossier.returning,
        ),
    ] {
        // The other system may know of a merger as well.
        if is != now {
            differs(what, UnitCode::to_string(was), UnitCode::to_string(is))?;
        }
    }
    Ok(())
}

/// A moment by which two that the office would read alike are told apart.
fn precisely(at: Instant) -> String {
    time::local(at).format("%Y-%m-%d %H:%M:%S%.f").to_string()
}
