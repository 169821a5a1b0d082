//! The legal due times: what one calendar alone gives for a history.
//!
//! Due times depend on the events and on the calendar. Events are facts: papers asked for in time,
//! a clock that stood, an apology filed in time. This module counts again how far each fact moves a
//! due time under the given calendar, with the same functions that decide commands.

use super::Dossier;
use super::counting::Counting;
pub use super::counting::{Law, Legal};
use super::event::{Event, Record};
use crate::calendar;
use crate::deadline;
use crate::id::UnitCode;

impl Legal {
    /// The legal due times of a history. None if its first event cannot begin a dossier.
    ///
    /// Recalculations in the history are skipped, because their result is what this function
    /// computes.
    ///
    /// Errors: [`calendar::Error`] if the calendar does not reach far enough.
    pub fn of<'a>(
        records: impl IntoIterator<Item = &'a Record>,
        law: &Law<'_>,
    ) -> Result<Option<Self>, calendar::Error> {
        let records: Vec<&Record> = records.into_iter().collect();
        // After reception nobody asks any more when the submission was to be answered.
        let is_received = |record: &&Record| matches!(record.event, Event::Received(_));
        let unanswered = !records.iter().any(is_received);
        let mut dossier: Option<Dossier> = None;
        for (at, record) in records.iter().enumerate() {
            let Some(decided) = deciding(dossier.as_ref(), record) else {
                return Ok(None);
            };
            let calendar = law
                .calendars
                .for_unit(heir(decided, &records[at..]).as_str());
            let counting = Counting {
                law,
                calendar,
                at: record.event_time,
                unanswered,
            };
            if matches!(record.event, Event::Recalculated(_)) {
                continue;
            }
            // A copy: the recorded event keeps its own due times, only this fold has the new ones.
            let mut record = Record::clone(record);
            record.event.recount(dossier.as_ref(), &counting)?;
            dossier = match dossier {
                None => Dossier::begin(&record),
                Some(dossier) => Some(dossier.apply(&record)),
            };
            if dossier.is_none() {
                return Ok(None);
            }
        }
        Ok(dossier.map(|dossier| Self {
            due: dossier.clock.as_ref().and_then(|clock| clock.effective_due),
            promised: dossier.clock.as_ref().and_then(|clock| clock.promised_due),
            provisional: dossier
                .clock
                .as_ref()
                .is_some_and(|clock| clock.provisional),
            answer_due: dossier.answer_due.filter(|_| dossier.clock.is_none()),
        }))
    }

    /// The same without the history, for a dossier that nothing has moved yet.
    ///
    /// None if only the history can tell.
    pub fn of_unmoved(dossier: &Dossier, law: &Law<'_>) -> Option<Result<Self, calendar::Error>> {
        // A wait of no length leaves no interval, and the end may have cut such a wait short; only
        // the history shows it.
        if dossier.transfers > 0 || dossier.ended.is_some() || dossier.mirrored.is_some() {
            return None;
        }
        let calendar = law.calendars.for_unit(dossier.resolving.as_str());
        let counting = Counting {
            law,
            calendar,
            at: dossier.submitted.unwrap_or(dossier.since),
            unanswered: dossier.received.is_none(),
        };
        let mut legal = Self {
            due: None,
            promised: None,
            provisional: false,
            answer_due: None,
        };
        let Some(clock) = &dossier.clock else {
            if dossier.supplements > 0 {
                return None;
            }
            dossier.submitted?;
            let answered = counting.answer(dossier.answer_due);
            return Some(answered.map(|answer_due| Self {
                answer_due,
                ..legal
            }));
        };
        // A wait of no length leaves no interval, but it may have restarted the clock.
        let restarted = dossier.received != Some(clock.started);
        let waited = !clock.waits.intervals().is_empty();
        let told = dossier.extended || dossier.apologies > 0;
        // How far these moved the due time depends on their own moments, which only the history
        // has.
        if restarted || waited || told || dossier.verified {
            return None;
        }
        let due = match clock.limit {
            Some(limit) => deadline::due(clock.started, limit, calendar),
            // A due time without a limit came from another system, so it is not computed again.
            None => {
                legal.due = clock.original_due;
                legal.promised = clock.original_due;
                legal.provisional = clock.provisional;
                return Some(Ok(legal));
            }
        };
        Some(due.map(|due| {
            legal.due = Some(due.at);
            legal.promised = Some(due.at);
            legal.provisional = due.provisional;
            legal
        }))
    }
}

/// The unit that decided when the event happened.
fn deciding<'a>(dossier: Option<&'a Dossier>, record: &'a Record) -> Option<&'a UnitCode> {
    match (dossier, &record.event) {
        (Some(dossier), _) => Some(&dossier.resolving),
        (None, Event::Submitted(facts)) => Some(&facts.resolving),
        (None, Event::Received(facts)) => Some(&facts.resolving),
        (None, _) => None,
    }
}

/// The unit that has succeeded a unit since then: its hours count.
fn heir<'a>(unit: &'a UnitCode, since: &[&'a Record]) -> &'a UnitCode {
    since.iter().fold(unit, |unit, record| match &record.event {
        Event::Succeeded(succeeded) => succeeded
            .units
            .iter()
            .find(|passed| passed.old == *unit)
            .map_or(unit, |passed| &passed.new),
        _ => unit,
    })
}
