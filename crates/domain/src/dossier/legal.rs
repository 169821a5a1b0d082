//! The legal due times: what one calendar alone gives for a history.
//!
//! Due times depend on the events and on the calendar. Events are facts: papers asked for in time,
//! a clock that stood, an apology filed in time. This module counts again how far each fact moves a
//! due time under the given calendar, with the same functions that decide commands.

use super::Dossier;
use super::clock::Moved;
use super::counting::Counting;
pub use super::counting::{Law, Legal};
use super::event::{Event, Record};
use crate::calendar;
use crate::deadline::{self, Start, outage};
use crate::id::UnitCode;
use crate::time::Instant;

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
        let mut outages = Outages::default();
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
            if let Some(dossier) = &mut dossier {
                outages.end_by(record.event_time, dossier, law)?;
            }
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
            let Some(dossier) = &dossier else {
                return Ok(None);
            };
            outages.note(dossier);
        }
        if let Some(dossier) = &mut dossier {
            outages.end_by(Instant::MAX_UTC, dossier, law)?;
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
        // The way to the competent agency counts in the hours of another unit.
        let on_its_way = dossier.transit.is_some();
        // An outage hit the unit that decided then, which a merger has since replaced.
        let elsewhere = dossier.transfers > 0 || dossier.succeeded.is_some();
        if on_its_way || elsewhere || dossier.ended.is_some() || dossier.mirrored.is_some() {
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
        // What an outage moved follows from the moments of the stops too.
        let hit = law
            .calendars
            .outages(&dossier.resolving, &dossier.procedure);
        if hit.into_iter().any(|outage| clock.started < outage.until) {
            return None;
        }
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
            Some(limit) => {
                let start = Start {
                    cutoff: clock.cutoff,
                    ..Start::at(clock.started)
                };
                deadline::due_from(&start, limit, calendar)
            }
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

/// The outages that a fold has passed, and the stops that count besides them.
#[derive(Default)]
struct Outages {
    /// Until when they are counted. A unit that decides from then on was not hit by them.
    until: Option<Instant>,
    /// When the clock stood.
    stood: Vec<(Instant, Option<Instant>)>,
}

impl Outages {
    /// Remembers that the clock stands, or went on.
    fn note(&mut self, dossier: &Dossier) {
        let standing = dossier.clock.as_ref().and_then(|clock| clock.standing);
        let open = self.stood.last_mut().filter(|(_, to)| to.is_none());
        match (standing, open) {
            (Some(standing), None) => self.stood.push((standing.since, None)),
            (None, Some((_, to))) => *to = Some(dossier.last),
            (Some(_), Some(_)) | (None, None) => {}
        }
    }

    /// Counts the outages from which the system had recovered by a moment.
    fn end_by(
        &mut self,
        moment: Instant,
        dossier: &mut Dossier,
        law: &Law<'_>,
    ) -> Result<(), calendar::Error> {
        let after = self.until.replace(moment);
        let Some(clock) = dossier.clock.as_mut().filter(|_| dossier.ended.is_none()) else {
            return Ok(());
        };
        let calendar = law.calendars.for_unit(dossier.resolving.as_str());
        let hit = law
            .calendars
            .outages(&dossier.resolving, &dossier.procedure);
        for outage in hit {
            if outage.until > moment || after.is_some_and(|after| outage.until <= after) {
                continue;
            }
            let (Some(limit), Some(due)) = (clock.limit, clock.effective_due) else {
                continue;
            };
            let new = outage::moved_by(outage, due, limit, clock.started, &self.stood, calendar)?;
            if let Some(new) = new {
                let new = deadline::Due {
                    provisional: new.provisional || clock.provisional,
                    ..new
                };
                clock.apply(&Moved::to(new, Some(new.at), None));
            }
        }
        Ok(())
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
