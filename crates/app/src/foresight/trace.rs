//! What a forecast knows of one dossier: its places, its stops, and its end.
//!
//! It has no field for a person and none for free text, so no forecast can depend on a person.

use domain::calendar::Calendar;
use domain::catalogue::Catalogue;
use domain::dossier::{Dossier, Event, Record, State, Status};
use domain::id::{DossierId, ProcedureCode, UnitCode};
use domain::limit::Limit;
use domain::procedure::Kind;
use domain::time::{Instant, local_day};
use domain::unit::UnitKind;
use forecast::log::{Case, DeadlineMove, Ending, Event as Passed, Leg, Stop};

/// Whether a dossier's limit also elapses at night and on days off.
pub(crate) fn counts_elapsed(dossier: &Dossier) -> bool {
    let limit = dossier.clock.as_ref().and_then(|clock| clock.limit);
    matches!(limit, Some(Limit::ElapsedHours(_)))
}

/// A dossier from its reception on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Trace {
    pub dossier: DossierId,
    /// The version at which it was read.
    pub version: u32,
    pub matter: Kind,
    /// The unit that decides it, whose calendar counts.
    pub unit: UnitCode,
    pub procedure: ProcedureCode,
    /// Whether its limit also elapses at night and on days off.
    pub elapsed: bool,
    /// The effective due time.
    pub due: Instant,
    /// Its events, in the form of a log.
    pub case: Case,
    /// The names of the case's activities.
    pub names: Vec<String>,
}

impl Trace {
    /// Reads a history; none for a dossier that is not received, has no due time, or is decided by
    /// another system.
    pub fn of(records: &[Record], catalogue: &Catalogue) -> Option<Self> {
        let mut reading = Reading::default();
        let mut folded: Option<Dossier> = None;
        for record in records {
            let dossier = match folded {
                None => Dossier::begin(record)?,
                Some(dossier) => dossier.apply(record),
            };
            reading.take(&record.event, record.event_time, &dossier);
            folded = Some(dossier);
        }
        let dossier = folded?;
        if dossier.mirrored.is_some() {
            return None;
        }
        let due = dossier.clock.as_ref()?.effective_due?;
        let procedures = &catalogue.procedures;
        let field = procedures.get(&dossier.procedure, dossier.procedure_version);
        let field = field.map(|procedure| procedure.field.clone());
        let Reading {
            mut case, names, ..
        } = reading;
        case.id = dossier.id.to_string();
        case.types = vec![field.unwrap_or_default(), dossier.procedure.to_string()];
        case.start = dossier.received?;
        case.end = dossier.ended;
        case.ending = match dossier.status() {
            Status::Refused | Status::Withdrawn | Status::Stopped => Ending::Without,
            Status::Submitted
            | Status::Received
            | Status::Processing
            | Status::SupplementRequested
            | Status::PaymentRequested
            | Status::Resolved
            | Status::Returned => Ending::Result,
        };
        case.legs = legs(&dossier);
        case.unit = dossier.resolving.to_string();
        case.unit_kind = unit_kind(catalogue, &dossier.resolving).to_owned();
        if let (Some(end), Some(stop)) = (case.end, case.stops.last_mut()) {
            stop.to.get_or_insert(end);
        }
        Some(Self {
            dossier: dossier.id,
            version: dossier.version,
            matter: dossier.kind,
            elapsed: counts_elapsed(&dossier),
            procedure: dossier.procedure,
            unit: dossier.resolving,
            due,
            case,
            names,
        })
    }

    /// Whether a calendar contains all its days.
    pub fn lies_in(&self, calendar: &Calendar) -> bool {
        let first = [Some(self.case.start), self.case.deadline];
        let events = self.case.events.iter().map(|event| event.at);
        let moved = self.case.moved.iter().map(|moved| moved.deadline);
        let ends = first.into_iter().chain([self.case.end]).flatten();
        let mut all = ends.chain(events).chain(moved);
        all.all(|at| calendar.is_working_day(local_day(at)).is_ok())
    }
}

/// A history that is being read.
#[derive(Default)]
struct Reading {
    case: Case,
    names: Vec<String>,
    last: Option<Instant>,
    due: Option<Instant>,
}

impl Reading {
    fn take(&mut self, event: &Event, happened: Instant, dossier: &Dossier) {
        if dossier.received.is_none() {
            return;
        }
        // An imported event may lie before the event recorded ahead of it.
        let at = self.last.map_or(happened, |last| Ord::max(last, happened));
        self.last = Some(at);
        let clock = dossier.clock.as_ref();
        let due = clock.and_then(|clock| clock.effective_due);
        match (self.due, due) {
            (None, Some(due)) => self.case.deadline = Some(due),
            (Some(was), Some(due)) if was != due => {
                self.case.moved.push(DeadlineMove { at, deadline: due });
            }
            (Some(_) | None, Some(_) | None) => {}
        }
        self.due = due.or(self.due);
        let stands = clock.is_some_and(|clock| clock.standing.is_some());
        let open = (self.case.stops.last_mut()).filter(|stop| stop.to.is_none());
        match (open, stands) {
            (Some(stop), false) => stop.to = Some(at),
            (None, true) => self.case.stops.push(Stop { from: at, to: None }),
            (Some(_), true) | (None, false) => {}
        }
        if let Some(name) = place(event, dossier) {
            let known = self.names.iter().position(|known| *known == name);
            let activity = known.unwrap_or(self.names.len());
            if known.is_none() {
                self.names.push(name);
            }
            let activity = u32::try_from(activity).unwrap_or(u32::MAX);
            self.case.events.push(Passed { activity, at });
        }
    }
}

/// The legs and consultations of a dossier.
fn legs(dossier: &Dossier) -> Vec<Leg> {
    let legs = dossier.legs.iter().map(|leg| Leg {
        name: format!("{LEG}{}", leg.unit),
        from: leg.opened,
        to: leg.ended(dossier),
    });
    let asked = dossier.consultations.iter().map(|asked| Leg {
        name: format!("{ASKED}{}", asked.unit),
        from: asked.opened,
        to: asked.ended(dossier),
    });
    legs.chain(asked).collect()
}

/// The kind of unit that must keep its due times. Each kind has its own alarm levels.
pub(crate) fn unit_kind(catalogue: &Catalogue, unit: &UnitCode) -> &'static str {
    let kind = catalogue.units.get(unit).map(|unit| unit.kind);
    match kind {
        Some(UnitKind::Province) => "province",
        Some(UnitKind::ProvincialCentre) => "provincial_centre",
        Some(UnitKind::Commune) => "commune",
        None => "",
    }
}

/// The name of the place to which an event moved a dossier; none for an event that moved it nowhere
/// or ended it.
fn place(event: &Event, dossier: &Dossier) -> Option<String> {
    let moved = matches!(
        event,
        Event::Received(_)
            | Event::Advanced(_)
            | Event::SupplementRequested(_)
            | Event::SupplementRecorded(_)
            | Event::PaymentRequested(_)
            | Event::PaymentRecorded(_)
    );
    if !moved {
        return None;
    }
    match &dossier.state {
        State::Received => Some(DESK.to_owned()),
        State::Processing { step: Some(step) } => Some(format!("{STEP}{step}")),
        State::Processing { step: None } => Some(PROCESSING.to_owned()),
        State::SupplementRequested { .. } => Some(PAPERS.to_owned()),
        State::PaymentRequested { .. } => Some(PAYMENT.to_owned()),
        State::Submitted
        | State::Refused
        | State::Withdrawn
        | State::Stopped
        | State::Resolved
        | State::Returned => None,
    }
}

/// The names of places in a model. Models are stored with them, so they must not change.
pub(crate) const DESK: &str = "desk";
pub(crate) const PROCESSING: &str = "processing";
pub(crate) const PAPERS: &str = "papers";
pub(crate) const PAYMENT: &str = "payment";
/// The prefixes of the names of steps, legs and consultations.
pub(crate) const STEP: &str = "step:";
pub(crate) const LEG: &str = "leg:";
pub(crate) const ASKED: &str = "asked:";
