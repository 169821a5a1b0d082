//! What the law gives: due times as one calendar alone would have made them.
//!
//! Due times depend on what happened and on the calendar. What happened are facts: that
//! papers were asked for in time, that a clock stood, that an apology was filed. How far each
//! of them moves a due time is counted anew here, in the calendar given, with the functions
//! that also decide on a dossier's commands.

use super::Dossier;
use super::counting::Counting;
pub use super::counting::{Law, Legal};
use super::event::{Event, Record};
use crate::calendar;
use crate::deadline;
use crate::id::UnitCode;

impl Legal {
    /// From the history of a dossier. None when it does not begin with a beginning.
    ///
    /// Recalculations are left out, for they are what this answers.
    ///
    /// Errors: [`calendar::Error`] if the calendar does not reach far enough.
    pub fn of<'a>(
        records: impl IntoIterator<Item = &'a Record>,
        law: &Law<'_>,
    ) -> Result<Option<Self>, calendar::Error> {
        let records: Vec<&Record> = records.into_iter().collect();
        // By when a submission was to be answered is nobody's question once it is received.
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

    /// The same without the history, of a dossier that nothing has moved yet.
    ///
    /// None when only its history can tell.
    pub fn of_unmoved(dossier: &Dossier, law: &Law<'_>) -> Option<Result<Self, calendar::Error>> {
        // An end may have cut a wait of no length short, which leaves no interval either.
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
        // A wait of no length leaves no interval, but may have started the clock anew.
        let restarted = dossier.received != Some(clock.started);
        let waited = !clock.waits.intervals().is_empty();
        let told = dossier.extended || dossier.apologies > 0;
        if restarted || waited || told || dossier.verified {
            return None;
        }
        let due = match clock.limit {
            Some(limit) => deadline::due(clock.started, limit, calendar),
            // A due time without a limit came from elsewhere and stays what it was.
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

/// The unit that decided when something happened.
fn deciding<'a>(dossier: Option<&'a Dossier>, record: &'a Record) -> Option<&'a UnitCode> {
    match (dossier, &record.event) {
        (Some(dossier), _) => Some(&dossier.resolving),
        (None, Event::Submitted(facts)) => Some(&facts.resolving),
        (None, Event::Received(facts)) => Some(&facts.resolving),
        (None, _) => None,
    }
}

/// The unit that a unit has become since: its hours are those that count.
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
