//! What the law gives: due times as one calendar alone would have made them.
//!
//! Due times depend on what happened and on the calendar. What happened are facts: that
//! papers were asked for in time, that a clock stood, that an apology was filed. How far each
//! of them moves a due time is counted anew here, in the calendar given, with the functions
//! that also decide on a dossier's commands.

use super::decide::closing_if_in_days;
use super::event::{Event, Record};
use super::{Clock, Dossier};
use crate::calendar::{self, Calendar, Calendars};
use crate::deadline;
use crate::id::UnitCode;
use crate::limit::Limit;
use crate::procedure::{Procedures, Verification};
use crate::time::Instant;

/// What due times rest on, besides the history.
#[derive(Clone, Copy)]
pub struct Law<'a> {
    /// The calendars of all units; each event counts in the hours of the unit that decided then.
    pub calendars: &'a Calendars,
    /// The time within which a submission must be answered, where a rule gives one.
    pub answer_limit: Option<Limit>,
    /// All versions of all procedures, which say what verification adds.
    pub procedures: &'a Procedures,
}

impl Law<'_> {
    /// What verification adds in the case of a dossier, by the version that it is under.
    fn verification(&self, dossier: &Dossier) -> Option<Verification> {
        let version = dossier.procedure_version;
        let procedure = self.procedures.get(&dossier.procedure, version)?;
        procedure.case(&dossier.case)?.verification
    }
}

/// What one calendar alone makes of a dossier's due times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Legal {
    /// The legal due time; none before reception and without a limit.
    pub due: Option<Instant>,
    /// The date that the citizen would have been told.
    pub promised: Option<Instant>,
    /// Whether it rests on a provisional day.
    pub provisional: bool,
    /// By when the desk would have to answer a submission; none once it is received.
    pub answer_due: Option<Instant>,
}

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
                unanswered,
            };
            let Some(event) = counting.anew(dossier.as_ref(), record)? else {
                continue;
            };
            let record = Record {
                event,
                ..Record::clone(record)
            };
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
            let answered = counting.answer(dossier.answer_due, dossier.submitted?);
            return Some(answered.map(|answer_due| Self {
                answer_due,
                ..legal
            }));
        };
        // A wait of no length leaves no interval, but may have started the clock anew.
        let restarted = dossier.received != Some(clock.started);
        let waited = !clock.waits.intervals().is_empty();
        if restarted || waited || dossier.extended || dossier.verified {
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
        Event::Succeeded { units, .. } => units
            .iter()
            .find(|passed| passed.old == *unit)
            .map_or(unit, |passed| &passed.new),
        _ => unit,
    })
}

/// Counting one event anew, in the hours of the unit that decided then.
struct Counting<'a> {
    law: &'a Law<'a>,
    calendar: &'a Calendar,
    /// Whether a submission still waits for its answer at the end of the history.
    unanswered: bool,
}

impl Counting<'_> {
    /// The event with its due times counted anew; none for one that only recalculated.
    fn anew(
        &self,
        dossier: Option<&Dossier>,
        record: &Record,
    ) -> Result<Option<Event>, calendar::Error> {
        let at = record.event_time;
        let mut event = record.event.clone();
        let clock = dossier.and_then(|dossier| dossier.clock.as_ref());
        match &mut event {
            Event::Submitted(facts) => {
                facts.answer_due = self.answer(facts.answer_due, at)?;
            }
            Event::Received(facts) => {
                // A due time without a limit came from elsewhere and stays what it was.
                if let Some(limit) = facts.limit {
                    let due = deadline::due(at, limit, self.calendar)?;
                    facts.due = Some(due.at);
                    facts.provisional = due.provisional;
                }
            }
            Event::SupplementRecorded {
                answer_due, moved, ..
            } => {
                *answer_due = self.answer(*answer_due, at)?;
                *moved = self.after_wait(clock, at)?;
            }
            Event::PaymentRecorded { moved, .. } => *moved = self.after_wait(clock, at)?,
            Event::Extended { moved, .. } => {
                if let Some(clock) = clock {
                    let named = closing_if_in_days(moved.effective_due, clock, self.calendar)?;
                    let due = clock
                        .effective_due
                        .map_or(named, |due| Ord::max(due, named));
                    moved.effective_due = due;
                    moved.promised_due = Some(due);
                }
            }
            Event::VerificationBegun {
                moved: moved @ Some(_),
                ..
            } => {
                // So does what was added to a due time from elsewhere.
                if let (Some(dossier), Some(clock)) = (dossier, clock)
                    && clock.limit.is_some()
                    && let Some(extra) = self.law.verification(dossier)
                {
                    *moved = clock.after_verification(extra, at, self.calendar)?;
                }
            }
            Event::Withdrawn { moved, .. } | Event::Stopped { moved, .. } => {
                *moved = clock.and_then(|clock| clock.after_wait_cut_short(at, self.calendar));
            }
            Event::Recalculated(_) => return Ok(None),
            Event::VerificationBegun { moved: None, .. }
            | Event::Refused { .. }
            | Event::SupplementRequested(_)
            | Event::Advanced { .. }
            | Event::Assigned { .. }
            | Event::Transferred(_)
            | Event::HandedOver(_)
            | Event::PaymentRequested { .. }
            | Event::FeePaid { .. }
            | Event::Refunded { .. }
            | Event::Apologised { .. }
            | Event::LegOpened(_)
            | Event::LegClosed { .. }
            | Event::ConsultationOpened(_)
            | Event::ConsultationClosed { .. }
            | Event::Resolved { .. }
            | Event::MirroredStatus(_)
            | Event::Conflicted(_)
            | Event::ConflictSettled { .. }
            | Event::Returned { .. }
            | Event::Rated { .. }
            | Event::Succeeded { .. }
            | Event::CorrectionProposed(_)
            | Event::CorrectionApproved(_)
            | Event::CorrectionRejected(_)
            | Event::Migrated { .. } => {}
        }
        Ok(Some(event))
    }

    fn after_wait(
        &self,
        clock: Option<&Clock>,
        at: Instant,
    ) -> Result<Option<super::clock::Moved>, calendar::Error> {
        match clock {
            Some(clock) => clock.after_wait(at, self.calendar),
            None => Ok(None),
        }
    }

    /// Only what had to be answered then has to be answered at all.
    fn answer(
        &self,
        told: Option<Instant>,
        from: Instant,
    ) -> Result<Option<Instant>, calendar::Error> {
        match (told, self.law.answer_limit) {
            (Some(_), Some(limit)) if self.unanswered => {
                Ok(Some(deadline::due(from, limit, self.calendar)?.at))
            }
            (told, _) => Ok(told),
        }
    }
}
