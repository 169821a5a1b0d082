//! Where a dossier's time went: spans of work and of waiting, computed from its events.
//!
//! The main line is where the dossier itself was: its spans follow each other without a gap or an
//! overlap. Legs and consultations run beside it. Source of the questions: Circular
//! 01/2018/TT-VPCP, Art. 13 (the time of each participating unit).

use chrono::TimeDelta;

use super::{Back, Dossier, Record, State};
use crate::calendar::{Calendar, Calendars};
use crate::deadline::ledger::Interval;
use crate::deadline::{Ledger, Length};
use crate::id::{StepId, UnitCode};
use crate::time::Instant;

/// What a span of time was spent on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SpentOn {
    /// At the desk: before its answer, or received and not yet handed over.
    Desk,
    /// In the offices.
    Office {
        /// The step; none if the procedure publishes no steps.
        step: Option<StepId>,
    },
    /// With the citizen, who was asked for papers.
    Papers,
    /// With the citizen, who was asked for a payment.
    Payment,
    /// At the desk, where the result waits for the citizen.
    Result,
    /// Another agency's leg.
    Leg {
        /// Its number.
        number: u16,
    },
    /// A question to another unit.
    Consultation {
        /// Its number.
        number: u16,
    },
}

impl SpentOn {
    /// Whether the span is on the main line.
    #[must_use]
    pub fn is_main_line(&self) -> bool {
        match self {
            SpentOn::Desk
            | SpentOn::Office { .. }
            | SpentOn::Papers
            | SpentOn::Payment
            | SpentOn::Result => true,
            SpentOn::Leg { .. } | SpentOn::Consultation { .. } => false,
        }
    }
}

/// A stretch of time that one unit answers for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// What it was spent on.
    pub part: SpentOn,
    /// The unit; for a wait for the citizen, the unit that waits.
    pub unit: UnitCode,
    /// Its first moment.
    pub from: Instant,
    /// Its last moment; for a span that goes on, the moment of the question.
    pub to: Instant,
    /// Whether it goes on.
    pub ongoing: bool,
    /// The unit's open time within it; none if the calendar does not reach that far.
    pub working: Option<TimeDelta>,
}

/// The open time of one unit, by what it was spent on. None where a calendar does not reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitTimes {
    /// The unit.
    pub unit: UnitCode,
    /// At its desk, before the offices had the dossier.
    pub desk: Option<TimeDelta>,
    /// In its offices.
    pub office: Option<TimeDelta>,
    /// Waiting for the citizen.
    pub citizen: Option<TimeDelta>,
    /// With the result at its desk.
    pub result: Option<TimeDelta>,
    /// With legs; overlapping legs count each.
    pub legs: Option<TimeDelta>,
    /// With consultations of it; overlapping ones count each.
    pub consultations: Option<TimeDelta>,
}

/// Open time by who had to act; each moment counts once.
///
/// Measured in the hours of the unit on the main line. None where a calendar does not reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Split {
    /// The desk and the offices themselves.
    pub own: Option<TimeDelta>,
    /// The citizen, for papers or a payment.
    pub citizen: Option<TimeDelta>,
    /// Another unit, whose leg or consultation was open.
    pub others: Option<TimeDelta>,
}

/// Where the time of a dossier went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Times {
    /// The main line in order, then legs and consultations, each by number.
    pub spans: Vec<Span>,
    /// The sums of each unit, in the order in which the dossier reached them.
    pub units: Vec<UnitTimes>,
    /// How long the office waited for the citizen after reception, in the unit of the limit;
    /// elapsed time if there is no limit. None before reception, or where the calendar does not
    /// reach.
    pub waited: Option<Length>,
    /// From reception to the end of processing, or until now.
    pub processing: Split,
    /// The part of `processing` after the effective due time.
    pub late: Split,
}

impl Times {
    /// Reads a history up to a moment, which is never before the last event.
    ///
    /// None if the first event cannot begin a dossier.
    #[must_use]
    pub fn of(records: &[Record], calendars: &Calendars, now: Instant) -> Option<Self> {
        let dossier = Dossier::fold(records)?;
        let now = Ord::max(now, dossier.last);
        let mut spans = main_line(records, calendars, now);
        let (processing, late) = splits(&dossier, &spans, calendars, now);
        spans.extend(beside(&dossier, calendars, now));
        let units = sums(&spans);
        let calendar = calendars.for_unit(dossier.resolving.as_str());
        Some(Self {
            waited: waited(&dossier, calendar, now),
            spans,
            units,
            processing,
            late,
        })
    }
}

/// The main line of a dossier, span by span.
fn main_line(records: &[Record], calendars: &Calendars, now: Instant) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut dossier: Option<Dossier> = None;
    let mut place: Option<(SpentOn, UnitCode, Instant)> = None;
    let mut close = |place: Option<(SpentOn, UnitCode, Instant)>, to: Instant, ongoing: bool| {
        if let Some((part, unit, from)) = place.filter(|(_, _, from)| *from < to) {
            spans.push(span(part, unit, from, to, ongoing, calendars));
        }
    };
    for record in records {
        dossier = match dossier {
            None => Dossier::begin(record),
            Some(dossier) => Some(dossier.apply(record)),
        };
        let Some(dossier) = &dossier else { continue };
        let next = whereabouts(dossier);
        let same = match (&place, &next) {
            (Some((part, unit, _)), Some(next)) => (part, unit) == (&next.0, &next.1),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        if !same {
            // An imported event may lie before the event recorded ahead of it.
            let at = dossier.last;
            close(place.take(), at, false);
            place = next.map(|(part, unit)| (part, unit, at));
        }
    }
    close(place, now, true);
    spans
}

/// The part and unit of the main line now; none once nothing is left to do.
fn whereabouts(dossier: &Dossier) -> Option<(SpentOn, UnitCode)> {
    // The desk answers for a dossier until the offices have it, the offices after that; a wait
    // belongs to the unit that waits.
    let (part, unit) = match &dossier.state {
        State::Submitted | State::Received => (SpentOn::Desk, &dossier.receiving),
        State::Processing { step } => (SpentOn::Office { step: step.clone() }, &dossier.resolving),
        State::SupplementRequested {
            back: Back::Submitted,
        } => (SpentOn::Papers, &dossier.receiving),
        State::SupplementRequested {
            back: Back::Received | Back::Processing { .. },
        } => (SpentOn::Papers, &dossier.resolving),
        State::PaymentRequested { .. } => (SpentOn::Payment, &dossier.resolving),
        State::Resolved => (SpentOn::Result, &dossier.returning),
        State::Refused | State::Withdrawn | State::Stopped | State::Returned => return None,
    };
    Some((part, unit.clone()))
}

/// What other units did meanwhile.
fn beside(dossier: &Dossier, calendars: &Calendars, now: Instant) -> Vec<Span> {
    let legs = dossier.legs.iter().map(|leg| {
        let part = SpentOn::Leg { number: leg.number };
        (part, &leg.unit, leg.opened, leg.ended(dossier))
    });
    let asked = dossier.consultations.iter().map(|asked| {
        let part = SpentOn::Consultation {
            number: asked.number,
        };
        (part, &asked.unit, asked.opened, asked.ended(dossier))
    });
    legs.chain(asked)
        .map(|(part, unit, from, ended)| {
            let to = ended.unwrap_or(now);
            span(part, unit.clone(), from, to, ended.is_none(), calendars)
        })
        .collect()
}

fn span(
    part: SpentOn,
    unit: UnitCode,
    from: Instant,
    to: Instant,
    ongoing: bool,
    calendars: &Calendars,
) -> Span {
    let working = open_time(calendars.for_unit(unit.as_str()), from, to);
    Span {
        part,
        unit,
        from,
        to,
        ongoing,
        working,
    }
}

/// The open time; none only where the calendar does not reach.
fn open_time(calendar: &Calendar, from: Instant, to: Instant) -> Option<TimeDelta> {
    calendar.open_time_between(from, to).ok()
}

fn sums(spans: &[Span]) -> Vec<UnitTimes> {
    let mut units: Vec<UnitTimes> = Vec::new();
    for span in spans {
        let at = match units.iter().position(|known| known.unit == span.unit) {
            Some(at) => at,
            None => {
                let zero = Some(TimeDelta::zero());
                units.push(UnitTimes {
                    unit: span.unit.clone(),
                    desk: zero,
                    office: zero,
                    citizen: zero,
                    result: zero,
                    legs: zero,
                    consultations: zero,
                });
                units.len() - 1
            }
        };
        let times = &mut units[at];
        let sum = match &span.part {
            SpentOn::Desk => &mut times.desk,
            SpentOn::Office { .. } => &mut times.office,
            SpentOn::Papers | SpentOn::Payment => &mut times.citizen,
            SpentOn::Result => &mut times.result,
            SpentOn::Leg { .. } => &mut times.legs,
            SpentOn::Consultation { .. } => &mut times.consultations,
        };
        add(sum, span.working);
    }
    units
}

fn add(sum: &mut Option<TimeDelta>, more: Option<TimeDelta>) {
    *sum = sum.zip(more).map(|(sum, more)| sum + more);
}

/// Who had to act, in all of processing and after the due time.
fn splits(
    dossier: &Dossier,
    main_line: &[Span],
    calendars: &Calendars,
    now: Instant,
) -> (Split, Split) {
    let nothing = || Split {
        own: Some(TimeDelta::zero()),
        citizen: Some(TimeDelta::zero()),
        others: Some(TimeDelta::zero()),
    };
    let Some(received) = dossier.received else {
        return (nothing(), nothing());
    };
    let end = dossier.ended.unwrap_or(now);
    let clock = dossier.clock.as_ref();
    // A dossier does not become late while its clock stands.
    let due = clock
        .filter(|clock| clock.standing.is_none())
        .and_then(|clock| clock.effective_due)
        .unwrap_or(end);
    let mut processing = nothing();
    let mut late = nothing();
    for span in main_line {
        // A leg of the same unit is its own time; only other units take time off it.
        let others = others_at_it(dossier, &span.unit, now);
        let calendar = calendars.for_unit(span.unit.as_str());
        for (split, from) in [
            (&mut processing, received),
            // From the due time on, whoever had the dossier kept it late.
            (&mut late, Ord::max(received, due)),
        ] {
            let (from, to) = (Ord::max(span.from, from), Ord::min(span.to, end));
            if from < to {
                split_span(split, &span.part, (from, to), &others, calendar);
            }
        }
    }
    (processing, late)
}

fn split_span(
    split: &mut Split,
    part: &SpentOn,
    (from, to): (Instant, Instant),
    others: &Ledger,
    calendar: &Calendar,
) {
    let whole = open_time(calendar, from, to);
    match part {
        SpentOn::Papers | SpentOn::Payment => add(&mut split.citizen, whole),
        SpentOn::Desk | SpentOn::Office { .. } => {
            let mut others_time = Some(TimeDelta::zero());
            for open in others.intervals() {
                let ends = open.to.map_or(to, |ends| Ord::min(ends, to));
                let begins = Ord::max(open.from, from);
                if begins < ends {
                    add(&mut others_time, open_time(calendar, begins, ends));
                }
            }
            let own = whole.zip(others_time).map(|(whole, others)| whole - others);
            add(&mut split.own, own);
            add(&mut split.others, others_time);
        }
        // Processing is over, and legs and consultations are not on the main line.
        SpentOn::Result | SpentOn::Leg { .. } | SpentOn::Consultation { .. } => {}
    }
}

/// When any other unit had an open leg or consultation, merged.
fn others_at_it(dossier: &Dossier, own: &UnitCode, now: Instant) -> Ledger {
    let legs = (dossier.legs.iter())
        .filter(|leg| leg.unit != *own)
        .map(|leg| (leg.opened, leg.ended(dossier)));
    let asked = (dossier.consultations.iter())
        .filter(|asked| asked.unit != *own)
        .map(|asked| (asked.opened, asked.ended(dossier)));
    let intervals: Vec<_> = legs
        .chain(asked)
        .map(|(from, ended)| Interval {
            from,
            to: Some(ended.unwrap_or(now)),
        })
        .collect();
    Ledger::from(intervals)
}

fn waited(dossier: &Dossier, calendar: &Calendar, now: Instant) -> Option<Length> {
    let clock = dossier.clock.as_ref()?;
    match clock.limit {
        Some(limit) => clock.waits.total_length(limit, now, calendar).ok(),
        None => Some(Length::Elapsed(clock.waits.total_elapsed(now))),
    }
}
