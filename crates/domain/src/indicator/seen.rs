//! A dossier as a report sees it: where it stood at the period's end, and what was done to it.

use chrono::NaiveDate;

use super::period::Period;
use crate::dossier::clock::{Clock, Moved};
use crate::dossier::{Channel, Dossier, Event, PaymentMethod, Record};
use crate::id::UnitCode;
use crate::procedure::Kind;
use crate::role::Role;
use crate::time::{self, Instant};

/// A dossier as a report sees it.
///
/// Made of the events that happened before the period's end and had been recorded by the moment
/// that the period is looked at from.
#[derive(Debug, Clone)]
pub struct Seen {
    /// As it stood at the period's end.
    pub dossier: Dossier,
    /// The unit that decided it when it ended, else at the period's end.
    pub unit: UnitCode,
    /// The unit that had it pending, with a due time, when the period began, and since when.
    pub eve: Option<(UnitCode, NaiveDate)>,
    /// Whether a correction of it was approved, whenever that was.
    pub corrected: bool,
    /// When it was first recorded here.
    pub recorded: Instant,
    /// When another system first acknowledged it, if one has; none where none acknowledges anything, or where it
    /// is not told of such dossiers.
    pub acknowledged: Option<Option<Instant>>,
    pub(super) did: Did,
}

/// What was done in the period, where nothing else is said.
#[derive(Debug, Clone, Default)]
pub(super) struct Did {
    pub stops: Vec<Stop>,
    /// Completions that began the count anew.
    pub restarts: u32,
    /// Requests for papers after the receipt.
    pub supplements: u32,
    /// Of these, later than the procedure permits.
    pub notices_late: u32,
    pub extended: u32,
    pub apologies: u32,
    pub verifications: u32,
    /// Ends after the receipt because no papers came in time.
    pub expired: u32,
    /// Moves of the due time by announced outages.
    pub outages: u32,
    /// Whether it came to the unit that decides later than the receipt allows for.
    pub arrived_late: u32,
    /// Answers to an online submission: accepted, refused, or papers asked for.
    pub answers: u32,
    /// Of these, after the desk should have answered.
    pub answers_late: u32,
    pub refused: u32,
    pub withdrawn_before_receipt: u32,
    pub supplements_before_receipt: u32,
    pub transfers: Vec<Transfer>,
    /// Something was asked for or paid, in the period or before.
    pub charged: bool,
    /// Each payment, in the period or before.
    pub paid: Vec<Option<PaymentMethod>>,
    /// Who submitted it, whenever that was.
    pub submitted_by: Option<Role>,
    /// Whether somebody apologised for it, whenever that was.
    pub apologised: bool,
    /// When papers were last asked for, whenever that was.
    pub papers_asked: Option<Instant>,
}

/// A request under which the clock stood.
#[derive(Debug, Clone)]
pub(super) struct Stop {
    pub from: Instant,
    /// When the clock ran on, or the dossier ended; none when it still stood at the period's end.
    pub until: Option<Instant>,
    /// Begun on the day of the due time as it stood.
    pub on_due_day: bool,
}

/// A dossier that one unit handed to another.
#[derive(Debug, Clone)]
pub(super) struct Transfer {
    pub from: UnitCode,
    pub to: UnitCode,
    pub day: NaiveDate,
    pub overdue: bool,
}

/// What a dossier was before an event.
struct Before {
    received: bool,
    due: Option<Instant>,
    stands: bool,
    answer_due: Option<Instant>,
}

impl Before {
    fn of(dossier: &Dossier) -> Self {
        let clock = dossier.clock.as_ref();
        Self {
            received: dossier.received.is_some(),
            due: clock.and_then(|clock| clock.effective_due),
            stands: clock.is_some_and(|clock| clock.standing.is_some()),
            answer_due: dossier.answer_due,
        }
    }
}

impl Seen {
    /// The kinds of events that change no number of a dossier whose papers were never asked for again. They
    /// are most of all events, so a report that only counts need not read them.
    pub const UNCOUNTED: [&'static str; 4] = ["advanced", "assigned", "reminded", "returned"];

    /// Whether a history without [`Seen::UNCOUNTED`] is counted like the whole: when papers are waited for,
    /// it matters whether work goes on.
    #[must_use]
    pub fn is_counted_by(records: &[Record]) -> bool {
        let asked = |record: &Record| matches!(record.event, Event::SupplementRequested(_));
        !records.iter().any(asked)
    }

    /// Looks at a history, in order of version. None when the dossier had not begun.
    #[must_use]
    pub fn new(records: &[Record], period: &Period) -> Option<Self> {
        let (begins, ends) = (period.begins(), period.ends());
        let known = || {
            records
                .iter()
                .filter(|record| record.record_time <= period.as_of)
        };
        let mut events = known().filter(|record| record.event_time < ends);
        let first = events.next()?;
        let mut dossier = Dossier::begin(first)?;
        let mut did = Did::default();
        let nothing = Before {
            received: false,
            due: None,
            stands: false,
            answer_due: None,
        };
        did.take(first, &nothing, &dossier, period);
        let mut decided = dossier.ended.map(|_| dossier.resolving.clone());
        let stood = |dossier: &Dossier| {
            let pending = is_counted(dossier) && dossier.ended.is_none();
            pending.then(|| (dossier.resolving.clone(), dossier.units_since()))
        };
        let (mut eve, mut in_order) = (None, true);
        let mut inside = first.event_time >= begins;
        for record in events {
            match (inside, record.event_time < begins) {
                (false, false) => {
                    eve = stood(&dossier);
                    inside = true;
                }
                (true, true) => in_order = false,
                (false, true) | (true, false) => {}
            }
            let before = Before::of(&dossier);
            dossier = dossier.apply(record);
            did.take(record, &before, &dossier, period);
            match (dossier.ended, &decided) {
                (Some(_), None) => decided = Some(dossier.resolving.clone()),
                (None, Some(_)) => decided = None,
                (Some(_), Some(_)) | (None, None) => {}
            }
        }
        if !inside {
            eve = stood(&dossier);
        }
        // What another system wrote need not be in order of time.
        if !in_order {
            let before = Dossier::fold(known().filter(|record| record.event_time < begins));
            eve = before.as_ref().and_then(stood);
        }
        let corrected = known().any(|record| matches!(record.event, Event::CorrectionApproved(_)));
        Some(Self {
            unit: decided.unwrap_or_else(|| dossier.resolving.clone()),
            eve,
            dossier,
            corrected,
            recorded: first.record_time,
            acknowledged: None,
            did,
        })
    }

    /// Whether it stands in the form: a procedure of ours, received, with a due time, and not ended
    /// before the period.
    #[must_use]
    pub fn is_counted(&self, period: &Period) -> bool {
        is_counted(&self.dossier) && !self.ended_before(period)
    }

    pub(super) fn ended_before(&self, period: &Period) -> bool {
        self.dossier.ended.is_some_and(|at| at < period.begins())
    }

    /// Whether it was received in the period.
    pub(super) fn came(&self, period: &Period) -> bool {
        self.dossier
            .received
            .is_some_and(|at| at >= period.begins())
    }
}

/// Whether a state is one of a dossier that the form counts.
fn is_counted(dossier: &Dossier) -> bool {
    let due = dossier.clock.as_ref().and_then(|clock| clock.effective_due);
    dossier.kind == Kind::Procedure
        && dossier.mirrored.is_none()
        && dossier.received.is_some()
        && due.is_some()
}

impl Did {
    fn take(&mut self, record: &Record, before: &Before, after: &Dossier, period: &Period) {
        let at = record.event_time;
        let stands = |clock: &Clock| clock.standing.is_some();
        if !after.clock.as_ref().is_some_and(stands)
            && let Some(open) = self
                .stops
                .iter_mut()
                .rev()
                .find(|stop| stop.until.is_none())
        {
            open.until = Some(at);
        }
        self.take_always(record);
        if at < period.begins() {
            return;
        }
        let is_online = after.channel == Channel::Online && after.submitted.is_some();
        let mut answered = || {
            if is_online && !before.received {
                self.answers += 1;
                self.answers_late += u32::from(before.answer_due.is_some_and(|due| at > due));
            }
        };
        match &record.event {
            Event::Received(_) => answered(),
            Event::Refused(_) => {
                answered();
                self.refused += 1;
            }
            Event::SupplementRequested(asked) => {
                answered();
                if before.received {
                    self.supplements += 1;
                    self.notices_late += u32::from(asked.notice_late);
                } else {
                    self.supplements_before_receipt += 1;
                }
                if asked.stands {
                    self.stop(at, before);
                }
            }
            Event::PaymentRequested(asked) if asked.stands => self.stop(at, before),
            Event::SupplementRecorded(came) => self.count_restart(came.moved.as_ref()),
            Event::PaymentRecorded(came) => self.count_restart(came.moved.as_ref()),
            Event::Extended(_) => self.extended += 1,
            Event::Apologised(_) => self.apologies += 1,
            Event::VerificationBegun(_) => self.verifications += 1,
            Event::Expired(_) if before.received => self.expired += 1,
            // No answer: that was the request for papers.
            Event::Expired(_) => self.refused += 1,
            Event::Recalculated(moved) if moved.outage => {
                self.outages += u32::from(moved.moved.is_some());
            }
            Event::Arrived(_) => {
                let late = after.transit.is_some_and(|transit| transit.is_late(at));
                self.arrived_late += u32::from(late);
            }
            Event::Withdrawn(_) if !before.received => self.withdrawn_before_receipt += 1,
            Event::Transferred(passed) => self.transfers.push(Transfer {
                from: passed.from.clone(),
                to: passed.to.clone(),
                day: time::local_day(at),
                overdue: !before.stands && before.due.is_some_and(|due| at > due),
            }),
            _ => {}
        }
    }

    /// What counts whenever it was.
    fn take_always(&mut self, record: &Record) {
        match &record.event {
            Event::Submitted(_) => self.submitted_by = Some(record.role),
            Event::SupplementRequested(_) => self.papers_asked = Some(record.event_time),
            Event::Extended(_) | Event::Apologised(_) => self.apologised = true,
            Event::PaymentRequested(asked) => self.charged |= asked.amount_vnd > 0,
            Event::PaymentRecorded(came) => self.pay(came.amount_vnd, came.method),
            Event::PartPaid(came) => self.pay(came.amount_vnd, came.method),
            Event::FeePaid(came) => self.pay(came.amount_vnd, came.method),
            _ => {}
        }
    }

    fn pay(&mut self, amount_vnd: u64, method: Option<PaymentMethod>) {
        self.charged |= amount_vnd > 0;
        self.paid.push(method);
    }

    fn count_restart(&mut self, moved: Option<&Moved>) {
        let anew = moved.and_then(|moved| moved.restarted);
        self.restarts += u32::from(anew.is_some());
    }

    fn stop(&mut self, at: Instant, before: &Before) {
        let due_day = before.due.map(time::local_day);
        self.stops.push(Stop {
            from: at,
            until: None,
            on_due_day: due_day == Some(time::local_day(at)),
        });
    }
}
