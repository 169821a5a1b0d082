//! A dossier (*hồ sơ*) and what may happen to it.
//!
//! Two layers. The lifecycle is law, so it is code: [`State`], [`decide`]. The steps inside
//! *processing* are regulation, so they are data: [`crate::procedure`]. A [`Dossier`] is the
//! fold of its [`Record`]s; the row that a database keeps is nothing else.

mod allowed;
pub mod channel;
pub mod circumstances;
pub mod clock;
pub mod command;
mod consultation;
pub mod correction;
pub mod custody;
mod decide;
pub mod event;
pub mod fee;
pub mod file;
pub mod imported;
mod interest;
mod leg;
pub mod legal;
pub mod migration;
pub mod mirror;
pub mod paper;
pub mod parts;
pub mod private;
pub mod rating;
pub mod recalculation;
mod refusal;
pub mod result;
mod rewrite;
mod sealing;
mod state;
mod status;
pub mod times;

use chrono::NaiveDate;
use correction::Change;
use serde::{Deserialize, Serialize};

pub use allowed::{allowed_actions, next_steps};
pub use channel::Channel;
pub use circumstances::{Circumstances, Origin, QueueTicket, Setting};
pub use clock::Clock;
pub use command::{Action, Command, Extension, Reception, Submission, Term};
pub use consultation::{Consultation, MOST_CONSULTATIONS};
pub use correction::Corrections;
pub use custody::Custody;
pub use decide::{Acting, Decision, Rules, decide, receive, receive_offline, submit};
pub use event::{Event, Record};
pub use fee::{FeeState, PaymentMethod};
pub use file::{ElectronicFile, FileHash};
pub use imported::{ImportNumber, Imported, Oddity};
pub use interest::Interest;
pub use leg::{Leg, MOST_LEGS};
pub use mirror::{Conflict, Mirror};
pub use paper::{Paper, PaperCopy, Reuse};
pub use rating::{Rating, RatingMethod, Score};
pub use refusal::Refusal;
pub use result::{ElectronicResult, Signature, SignatureFormat};
pub use rewrite::{Rewrite, Surroundings, rewrite, succeed};
pub use state::{Back, State};
pub use status::Status;

use self::mirror::Claim;
use crate::code::AnyCode;
use crate::deadline::ledger::Ledger;
use crate::id::{ActorId, CaseId, ComponentCode, DossierId, ProcedureCode, ProvinceCode, UnitCode};
use crate::procedure::Kind;
use crate::time::{self, Instant};

/// A dossier: what its events add up to. Holds no personal value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dossier {
    /// Its identity within the province; never a unit, for units change.
    pub id: DossierId,
    /// The province.
    pub province: ProvinceCode,
    /// How many events it has.
    pub version: u32,
    /// Its code: ours from reception on, or the portal's; none until one is sealed in.
    pub code: Option<AnyCode>,
    /// Codes that other systems know it by.
    pub external_codes: Vec<AnyCode>,
    /// The procedure.
    pub procedure: ProcedureCode,
    /// The version it was received under, which it keeps.
    pub procedure_version: u16,
    /// The case of the procedure.
    pub case: CaseId,
    /// Procedure or petition.
    pub kind: Kind,
    /// The system whose word counts, when it is not ours.
    pub mirrored: Option<String>,
    /// How it was handed in.
    pub channel: Channel,
    /// Who helped to hand it in.
    pub assisted_by: Option<ActorId>,
    /// The papers that came.
    pub components: Vec<ComponentCode>,
    /// What is known of each of them, as far as it was said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub papers: Vec<Paper>,
    /// The unit whose desk takes it in.
    pub receiving: UnitCode,
    /// The unit that decides it.
    pub resolving: UnitCode,
    /// The unit where the result is fetched.
    pub returning: UnitCode,
    /// Where it stands.
    pub state: State,
    /// The person who has it.
    pub assignee: Option<ActorId>,
    /// When it was submitted, if it was.
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub submitted: Option<Instant>,
    /// By when the desk must answer a submission; none while it waits for papers, for
    /// asking for them is an answer.
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub answer_due: Option<Instant>,
    /// When it was received, if it was.
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub received: Option<Instant>,
    /// When processing ended: resolved, stopped, withdrawn or refused.
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub ended: Option<Instant>,
    /// When the citizen got the result.
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub returned: Option<Instant>,
    /// When it came into its state or step.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub since: Instant,
    /// When anything last happened to it.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub last: Instant,
    /// Its clock, from reception on.
    pub clock: Option<Clock>,
    /// How often papers were asked for, before and after reception.
    pub supplements: u8,
    /// Papers were asked for later than the procedure permits.
    pub notice_late: bool,
    /// By when the citizen is to answer.
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub respond_by: Option<Instant>,
    /// An apology moved the due time.
    pub extended: bool,
    /// How many apologies came too late to move it.
    pub apologies: u8,
    /// The time for verification was used.
    pub verified: bool,
    /// What was asked for and not yet paid, in đồng.
    pub fee_open_vnd: Option<u64>,
    /// What was paid, in đồng.
    pub fee_paid_vnd: u64,
    /// What of it was given back, in đồng.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub fee_refunded_vnd: u64,
    /// How it was last paid, if said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee_method: Option<PaymentMethod>,
    /// How it came about.
    #[serde(default, skip_serializing_if = "Circumstances::is_usual")]
    pub circumstances: Circumstances,
    /// How often another unit took it over.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub transfers: u16,
    /// What other systems said of it.
    #[serde(default, skip_serializing_if = "Mirror::is_empty")]
    pub mirror: Mirror,
    /// Who holds its papers.
    #[serde(default, skip_serializing_if = "Custody::is_empty")]
    pub custody: Custody,
    /// Another unit decides it than the one it was received for.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub moved: bool,
    /// The last day on which heirs of its units took it over, if they did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub succeeded: Option<NaiveDate>,
    /// What other agencies do of it, by number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub legs: Vec<Leg>,
    /// What other units were asked, by number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consultations: Vec<Consultation>,
    /// How it was received without a line, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offline: Option<Offline>,
    /// Where its history comes from, when another system wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported: Option<Imported>,
    /// The files of its result, when there are any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub results: Vec<ElectronicResult>,
    /// What the citizen thought of it, once said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<Rating>,
    /// What was recorded wrongly. The fields that due times, rates and reports rest on keep
    /// what was recorded first: `channel`, `case`, `ended`.
    #[serde(default, skip_serializing_if = "Corrections::is_empty")]
    pub corrections: Corrections,
}

/// How a desk without a line took a dossier in. When it did is the dossier's time of reception.
///
/// Source: Decree 61/2018/NĐ-CP, Art. 39.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offline {
    /// The number of the day that it bears, of a block that the desk had taken along.
    pub number: u32,
    /// When it was entered.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub entered: Instant,
}

impl Dossier {
    /// Folds a history. None when it is empty or does not begin with a beginning.
    #[must_use]
    pub fn fold<'a>(records: impl IntoIterator<Item = &'a Record>) -> Option<Self> {
        let mut records = records.into_iter();
        let begun = Self::begin(records.next()?)?;
        Some(records.fold(begun, Self::apply))
    }

    /// The dossier that its first event begins; none for an event that begins nothing.
    #[must_use]
    pub fn begin(record: &Record) -> Option<Self> {
        let blank = match &record.event {
            Event::Submitted(facts) => Self {
                mirrored: facts.mirrored.clone(),
                answer_due: facts.answer_due,
                submitted: Some(record.event_time),
                ..Self::blank(record, &Beginning::from(facts))
            },
            Event::Received(facts) => Self::blank(record, &Beginning::from(facts)),
            Event::Refused { .. }
            | Event::SupplementRequested(_)
            | Event::SupplementRecorded { .. }
            | Event::Advanced { .. }
            | Event::Assigned { .. }
            | Event::Transferred(_)
            | Event::HandedOver(_)
            | Event::PaymentRequested { .. }
            | Event::PaymentRecorded { .. }
            | Event::FeePaid { .. }
            | Event::Refunded { .. }
            | Event::Extended { .. }
            | Event::Apologised { .. }
            | Event::VerificationBegun { .. }
            | Event::Withdrawn { .. }
            | Event::Stopped { .. }
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
            | Event::Recalculated(_)
            | Event::Migrated { .. }
            | Event::CorrectionProposed(_)
            | Event::CorrectionApproved(_)
            | Event::CorrectionRejected(_) => return None,
        };
        Some(blank.apply(record))
    }

    /// Folds one event in. Cannot fail: an event is a fact.
    #[must_use]
    pub fn apply(mut self, record: &Record) -> Self {
        let at = record.event_time;
        let resolving = self.resolving.clone();
        self.version = record.version;
        self.last = Ord::max(self.last, at);
        match &record.event {
            // All that a submission says was taken when the dossier began.
            Event::Submitted(_) => {}
            Event::Received(facts) => self.receive(facts, record),
            Event::Refused { .. } => self.end(State::Refused, at),
            Event::SupplementRequested(facts) => {
                let back = match std::mem::replace(&mut self.state, State::Received) {
                    State::Submitted => Back::Submitted,
                    State::Processing { step } => Back::Processing { step },
                    State::Received
                    | State::Refused
                    | State::SupplementRequested { .. }
                    | State::PaymentRequested { .. }
                    | State::Withdrawn
                    | State::Stopped
                    | State::Resolved
                    | State::Returned => Back::Received,
                };
                self.enter(State::SupplementRequested { back }, at);
                self.supplements = self.supplements.saturating_add(1);
                self.notice_late |= facts.notice_late;
                self.respond_by = facts.respond_by;
                self.answer_due = self.answer_due.filter(|_| self.received.is_some());
                self.begin_wait(facts.stands, at);
            }
            Event::SupplementRecorded {
                components,
                papers,
                answer_due,
                moved,
            } => {
                self.add_components(components, papers);
                self.respond_by = None;
                self.answer_due = answer_due.or(self.answer_due);
                self.end_wait(moved.as_ref(), at);
                if let State::SupplementRequested { back } = self.state.clone() {
                    self.enter(back.into(), at);
                }
            }
            Event::Advanced { step, assignee } => {
                self.enter(State::Processing { step: step.clone() }, at);
                self.assignee.clone_from(assignee);
            }
            Event::Assigned { assignee } => self.assignee = Some(assignee.clone()),
            Event::Transferred(facts) => {
                self.resolving = facts.to.clone();
                self.transfers = self.transfers.saturating_add(1);
                if let Some(returning) = &facts.returning {
                    self.returning = returning.clone();
                }
                // Whoever had it was a person of the other unit.
                self.assignee = None;
                self.custody.redirect(at, facts.hand_over_by);
            }
            Event::HandedOver(facts) => {
                let was_due = facts.to.unit == self.resolving;
                self.custody.pass(facts, at, was_due);
            }
            Event::PaymentRequested {
                amount_vnd, stands, ..
            } => {
                let step = self.state.step().cloned();
                self.enter(State::PaymentRequested { step }, at);
                self.fee_open_vnd = Some(*amount_vnd);
                self.begin_wait(*stands, at);
            }
            Event::FeePaid { amount_vnd, method } => self.pay(*amount_vnd, *method),
            Event::Refunded { amount_vnd, .. } => {
                self.fee_refunded_vnd = self.fee_refunded_vnd.saturating_add(*amount_vnd);
            }
            Event::PaymentRecorded {
                amount_vnd,
                method,
                moved,
            } => {
                let step = self.state.step().cloned();
                self.enter(State::Processing { step }, at);
                self.fee_open_vnd = None;
                self.pay(*amount_vnd, *method);
                self.end_wait(moved.as_ref(), at);
            }
            Event::Extended { moved, .. } => {
                self.extended = true;
                self.move_due(Some(moved));
            }
            Event::Apologised { .. } => self.apologies = self.apologies.saturating_add(1),
            Event::VerificationBegun { moved, .. } => {
                self.verified = true;
                self.move_due(moved.as_ref());
            }
            Event::Withdrawn { moved, .. } => {
                self.end_wait(moved.as_ref(), at);
                self.end(State::Withdrawn, at);
            }
            Event::Stopped { moved, .. } => {
                self.end_wait(moved.as_ref(), at);
                self.end(State::Stopped, at);
            }
            Event::LegOpened(facts) => self.legs.push(Leg {
                number: facts.number,
                unit: facts.unit.clone(),
                lead: facts.lead,
                limit: facts.limit,
                due: facts.due,
                provisional: facts.provisional,
                opened: at,
                closed: None,
                planned: facts.planned.clone(),
                agency: facts.agency.clone(),
            }),
            Event::LegClosed { number, .. } => {
                let leg = self.legs.iter_mut().find(|leg| leg.number == *number);
                if let Some(leg) = leg {
                    leg.closed = Some(at);
                }
            }
            Event::ConsultationOpened(facts) => self.consultations.push(Consultation {
                number: facts.number,
                unit: facts.unit.clone(),
                limit: facts.limit,
                due: facts.due,
                provisional: facts.provisional,
                opened: at,
                answered: None,
            }),
            Event::ConsultationClosed { number, .. } => {
                let mut all = self.consultations.iter_mut();
                if let Some(asked) = all.find(|asked| asked.number == *number) {
                    asked.answered = Some(at);
                }
            }
            Event::Resolved { results } => {
                self.results.clone_from(results);
                self.end(State::Resolved, at);
            }
            Event::MirroredStatus(claim) => self.mirror(claim, at),
            Event::Conflicted(facts) => self.mirror.conflicts.push(Conflict {
                number: facts.number,
                claim: facts.claim.clone(),
                why: facts.why,
                came: at,
                settled: None,
            }),
            Event::ConflictSettled {
                number, applied, ..
            } => self.settle(*number, *applied, at),
            Event::Returned { .. } => {
                self.returned = Some(at);
                self.enter(State::Returned, at);
            }
            Event::Rated { score, method, .. } => {
                self.rating = Some(Rating {
                    score: *score,
                    method: *method,
                    at,
                });
            }
            Event::Succeeded { day, units } => {
                self.succeeded = Some(*day);
                let pass = |unit: &mut UnitCode| {
                    if let Some(passed) = units.iter().find(|passed| passed.old == *unit) {
                        unit.clone_from(&passed.new);
                    }
                };
                pass(&mut self.returning);
                // Whoever holds the papers belongs to the new unit as well.
                if let Some(holder) = &mut self.custody.holder {
                    pass(&mut holder.party.unit);
                }
                // Who took in and decided what has ended, did so under its own name.
                if self.ended.is_none() {
                    pass(&mut self.receiving);
                    pass(&mut self.resolving);
                    let legs = self.legs.iter_mut().filter(|leg| leg.closed.is_none());
                    let asked = self.consultations.iter_mut();
                    let asked = asked.filter(|asked| asked.answered.is_none());
                    legs.map(|leg| &mut leg.unit)
                        .chain(asked.map(|asked| &mut asked.unit))
                        .for_each(pass);
                }
            }
            Event::Recalculated(facts) => {
                self.answer_due = facts.answer_due.or(self.answer_due);
                self.move_due(facts.moved.as_ref());
                if let Some(clock) = &mut self.clock {
                    clock.legal_due = facts
                        .legal_due
                        .filter(|legal| Some(*legal) != clock.effective_due);
                }
                facts.parts.apply_to(&mut self);
            }
            Event::Migrated {
                procedure_version,
                step,
            } => {
                self.procedure_version = *procedure_version;
                self.state = std::mem::replace(&mut self.state, State::Received).at(step);
            }
            Event::CorrectionProposed(correction) => self.corrections.propose(correction, at),
            Event::CorrectionApproved(decided) => {
                self.corrections.decide(decided, true, at);
                self.correct(&decided.correction.change);
            }
            Event::CorrectionRejected(decided) => self.corrections.decide(decided, false, at),
        }
        self.moved |= self.resolving != resolving;
        self
    }

    /// The national status.
    #[must_use]
    pub fn status(&self) -> Status {
        self.state.status()
    }

    /// Its code, or its id while it has none: what a person would be shown.
    #[must_use]
    pub fn label(&self) -> String {
        self.code
            .as_ref()
            .map_or_else(|| self.id.to_string(), ToString::to_string)
    }

    /// The legal day since which it has belonged to its units: that of its beginning, or of the
    /// last change of units that it went through.
    #[must_use]
    pub fn units_since(&self) -> NaiveDate {
        let begun = self.begun().unwrap_or(self.since);
        let begun = time::local_day(begun);
        self.succeeded.map_or(begun, |day| begun.max(day))
    }

    /// The etag of this version.
    #[must_use]
    pub fn etag(&self) -> String {
        format!("v{}", self.version)
    }

    /// When it began: submitted, or received at a desk.
    #[must_use]
    pub fn begun(&self) -> Option<Instant> {
        self.submitted.or(self.received)
    }

    /// What the unit that works on it must meet: the effective due time, or the time by
    /// which a submission must be answered.
    #[must_use]
    pub fn due(&self) -> Option<Instant> {
        match &self.clock {
            Some(clock) => clock.effective_due,
            None => self.answer_due,
        }
    }

    /// The channel, as last corrected. Rates count by the one recorded first.
    #[must_use]
    pub fn corrected_channel(&self) -> Channel {
        let corrected = self.corrections.in_force().rev().find_map(|change| {
            if let Change::Channel { new, .. } = change {
                Some(*new)
            } else {
                None
            }
        });
        corrected.unwrap_or(self.channel)
    }

    /// The case, as last corrected. The limit follows from the one recorded first.
    #[must_use]
    pub fn corrected_case(&self) -> &CaseId {
        let corrected = self.corrections.in_force().rev().find_map(|change| {
            if let Change::Case { new, .. } = change {
                Some(new)
            } else {
                None
            }
        });
        corrected.unwrap_or(&self.case)
    }

    /// When processing ended, as last corrected. Rates judge by the time recorded first.
    #[must_use]
    pub fn corrected_end(&self) -> Option<Instant> {
        let corrected = self.corrections.in_force().rev().find_map(|change| {
            if let Change::EndTime { new, .. } = change {
                Some(*new)
            } else {
                None
            }
        });
        corrected.or(self.ended)
    }

    fn blank(record: &Record, facts: &Beginning<'_>) -> Self {
        Self {
            id: record.dossier,
            province: record.province.clone(),
            version: record.version,
            code: facts.code.cloned(),
            external_codes: facts.external_codes.to_vec(),
            procedure: facts.procedure.clone(),
            procedure_version: facts.procedure_version,
            case: facts.case.clone(),
            kind: facts.kind,
            mirrored: None,
            channel: facts.channel,
            assisted_by: facts.assisted_by.cloned(),
            components: facts.components.to_vec(),
            papers: facts.papers.to_vec(),
            receiving: facts.receiving.clone(),
            resolving: facts.resolving.clone(),
            returning: facts.returning.clone(),
            state: State::Submitted,
            assignee: None,
            submitted: None,
            answer_due: None,
            received: None,
            ended: None,
            returned: None,
            since: record.event_time,
            last: record.event_time,
            clock: None,
            supplements: 0,
            notice_late: false,
            respond_by: None,
            extended: false,
            apologies: 0,
            verified: false,
            fee_open_vnd: None,
            fee_paid_vnd: 0,
            fee_refunded_vnd: 0,
            fee_method: None,
            circumstances: facts.circumstances.clone(),
            transfers: 0,
            mirror: Mirror::default(),
            custody: Custody::default(),
            moved: false,
            succeeded: None,
            legs: Vec::new(),
            consultations: Vec::new(),
            offline: None,
            imported: None,
            results: Vec::new(),
            rating: None,
            corrections: Corrections::default(),
        }
    }

    fn receive(&mut self, facts: &event::Received, record: &Record) {
        let at = record.event_time;
        if let Some(by) = facts.hand_over_by {
            let party = custody::Party {
                actor: record.actor.clone(),
                unit: record.unit.clone(),
            };
            self.custody.begin(party, at, by);
        }
        if facts.code.is_some() {
            self.code.clone_from(&facts.code);
        }
        self.procedure_version = facts.procedure_version;
        self.case = facts.case.clone();
        self.add_components(&facts.components, &facts.papers);
        self.received = Some(at);
        self.imported.clone_from(&facts.imported);
        self.offline = facts.offline_number.map(|number| Offline {
            number,
            entered: facts.offline_entered.unwrap_or(record.record_time),
        });
        self.enter(State::Received, at);
        self.clock = Some(Clock {
            started: at,
            limit: facts.limit,
            policy: facts.policy,
            original_due: facts.due,
            effective_due: facts.due,
            promised_due: facts.due,
            legal_due: None,
            provisional: facts.provisional,
            waits: Ledger::default(),
            standing: None,
            resumed: None,
        });
    }

    fn pay(&mut self, amount_vnd: u64, method: Option<PaymentMethod>) {
        self.fee_paid_vnd = self.fee_paid_vnd.saturating_add(amount_vnd);
        self.fee_method = method.or(self.fee_method);
    }

    /// Takes the authority's word: state, times and due time are what it says.
    ///
    /// The first reception and the first due time stay, whatever comes later: no clock starts anew
    /// because a dossier went from one system to another.
    fn mirror(&mut self, claim: &Claim, told: Instant) {
        let at = claim.at;
        let asked = matches!(self.state, State::SupplementRequested { .. });
        self.since = at;
        self.returned = None;
        self.state = match claim.status {
            Status::Submitted => State::Submitted,
            Status::Received => {
                self.received.get_or_insert(at);
                State::Received
            }
            Status::Refused => State::Refused,
            Status::Processing => State::Processing { step: None },
            Status::SupplementRequested => {
                self.supplements = self.supplements.saturating_add(u8::from(!asked));
                let back = match self.received {
                    Some(_) => Back::Processing { step: None },
                    None => Back::Submitted,
                };
                State::SupplementRequested { back }
            }
            Status::PaymentRequested => State::PaymentRequested { step: None },
            Status::Withdrawn => State::Withdrawn,
            Status::Stopped => State::Stopped,
            Status::Resolved => State::Resolved,
            Status::Returned => {
                self.returned = Some(at);
                State::Returned
            }
        };
        if claim.status.is_open() {
            self.ended = None;
        } else if self.ended.is_none() {
            self.ended = Some(at);
            self.mirror.ended_belatedly |= at < told;
        }
        if let Some(due) = claim.due {
            self.clock
                .get_or_insert_with(|| Clock::told_elsewhere(self.received.unwrap_or(at), due))
                .is_told(due);
        }
        self.mirror.applied.push(claim.clone());
    }

    fn settle(&mut self, number: u16, applied: bool, at: Instant) {
        let conflicts = &mut self.mirror.conflicts;
        let Some(conflict) = conflicts.iter_mut().find(|it| it.number == number) else {
            return;
        };
        conflict.settled = Some(mirror::Settled { at, applied });
        if applied {
            let claim = conflict.claim.clone();
            self.mirror(&claim, at);
        }
    }

    fn enter(&mut self, state: State, at: Instant) {
        self.state = state;
        self.since = at;
    }

    fn end(&mut self, state: State, at: Instant) {
        self.enter(state, at);
        // Another system may have written an end before its reception; it counts at the
        // reception, or a month would resolve what it never received.
        self.ended = Some(Ord::max(at, self.received.unwrap_or(at)));
        self.respond_by = None;
        self.custody.close(at);
    }

    /// Puts a correction in force where nothing is judged by the field. The others are kept
    /// in `corrections` alone.
    fn correct(&mut self, change: &Change) {
        match change {
            Change::ReturningUnit { new, .. } => self.returning = new.clone(),
            Change::ExternalCode { old, new } => {
                self.external_codes
                    .retain(|code| Some(code) != old.as_ref());
                self.external_codes.extend(new.clone());
            }
            Change::Applicant { .. }
            | Change::Channel { .. }
            | Change::Case { .. }
            | Change::EndTime { .. } => {}
        }
    }

    fn add_components(&mut self, components: &[ComponentCode], papers: &[Paper]) {
        for paper in papers {
            if !self.papers.contains(paper) {
                self.papers.push(paper.clone());
            }
        }
        for component in components {
            if !self.components.contains(component) {
                self.components.push(component.clone());
            }
        }
    }

    fn begin_wait(&mut self, stands: bool, at: Instant) {
        if let Some(clock) = &mut self.clock {
            clock.waits.open(at);
            clock.standing = stands.then_some(clock::Standing { since: at });
        }
    }

    fn end_wait(&mut self, moved: Option<&clock::Moved>, at: Instant) {
        if let Some(clock) = &mut self.clock {
            clock.waits.close(at);
            if clock.standing.take().is_some() {
                clock.resumed = Some(at);
            }
        }
        self.move_due(moved);
    }

    fn move_due(&mut self, moved: Option<&clock::Moved>) {
        if let (Some(clock), Some(moved)) = (&mut self.clock, moved) {
            clock.apply(moved);
        }
    }
}

fn is_zero<T: Default + PartialEq>(count: &T) -> bool {
    *count == T::default()
}

/// What the two events that begin a dossier have in common.
struct Beginning<'a> {
    code: Option<&'a AnyCode>,
    external_codes: &'a [AnyCode],
    procedure: &'a ProcedureCode,
    procedure_version: u16,
    case: &'a CaseId,
    kind: Kind,
    channel: Channel,
    assisted_by: Option<&'a ActorId>,
    components: &'a [ComponentCode],
    papers: &'a [Paper],
    circumstances: &'a Circumstances,
    receiving: &'a UnitCode,
    resolving: &'a UnitCode,
    returning: &'a UnitCode,
}

macro_rules! beginning {
    ($facts:ident, $code:expr) => {
        Beginning {
            code: $code,
            external_codes: &$facts.external_codes,
            procedure: &$facts.procedure,
            procedure_version: $facts.procedure_version,
            case: &$facts.case,
            kind: $facts.procedure_kind,
            channel: $facts.channel,
            assisted_by: $facts.assisted_by.as_ref(),
            components: &$facts.components,
            papers: &$facts.papers,
            circumstances: &$facts.circumstances,
            receiving: &$facts.receiving,
            resolving: &$facts.resolving,
            returning: &$facts.returning,
        }
    };
}

impl<'a> From<&'a event::Submitted> for Beginning<'a> {
    fn from(facts: &'a event::Submitted) -> Self {
        beginning!(facts, Some(&facts.code))
    }
}

impl<'a> From<&'a event::Received> for Beginning<'a> {
    fn from(facts: &'a event::Received) -> Self {
        beginning!(facts, facts.code.as_ref())
    }
}
