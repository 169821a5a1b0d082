//! What happened to a dossier: facts, never changed, without personal values.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::channel::Channel;
use super::circumstances::Circumstances;
use super::clock::Moved;
use super::correction::{Correction, Decided};
use super::custody::Party;
use super::fee::PaymentMethod;
use super::imported::Imported;
use super::mirror::{Claim, Contradiction};
use super::paper::Paper;
use super::parts::Parts;
use super::private::Commitment;
use super::rating::{RatingMethod, Score};
use super::result::ElectronicResult;
use crate::code::AnyCode;
use crate::id::{
    ActorId, CaseId, ComponentCode, DossierId, LegId, ProcedureCode, ProvinceCode, RequestId,
    StepId, UnitCode,
};
use crate::limit::Limit;
use crate::procedure::{ClockPolicy, Kind};
use crate::role::Role;
use crate::time::Instant;

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// A portal handed a dossier in.
    Submitted(Submitted),
    /// A desk took a dossier in, or accepted a submitted one. The clock starts.
    Received(Received),
    /// Refused at intake.
    Refused {
        /// Why.
        reason: Commitment,
        /// The right agency, when this one is not.
        competent: Option<UnitCode>,
    },
    /// Papers were asked for.
    SupplementRequested(SupplementRequested),
    /// The papers came.
    SupplementRecorded {
        /// What came.
        components: Vec<ComponentCode>,
        /// What is known of each of them, as far as it was said.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        papers: Vec<Paper>,
        /// By when the desk must answer again, when it has not accepted the dossier yet.
        #[serde(with = "chrono::serde::ts_microseconds_option")]
        answer_due: Option<Instant>,
        /// How the due times moved.
        moved: Option<Moved>,
    },
    /// The dossier went to a step.
    Advanced {
        /// The step; none when the procedure has no published process.
        step: Option<StepId>,
        /// Who took it there.
        assignee: Option<ActorId>,
    },
    /// A person was given the dossier.
    Assigned {
        /// The person.
        assignee: ActorId,
    },
    /// Another unit decides it from now on. Clock, code and version of the procedure stay.
    Transferred(Transferred),
    /// Papers changed hands.
    HandedOver(HandedOver),
    /// A payment was asked for.
    PaymentRequested {
        /// The amount in đồng.
        amount_vnd: u64,
        /// What for.
        reason: Commitment,
        /// Whether the clock stands until it comes.
        stands: bool,
    },
    /// The payment came.
    PaymentRecorded {
        /// The amount in đồng.
        amount_vnd: u64,
        /// How it was paid, if said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        method: Option<PaymentMethod>,
        /// How the due times moved.
        moved: Option<Moved>,
    },
    /// A fee was paid that nobody had asked for apart, at reception or with the result.
    FeePaid {
        /// The amount in đồng.
        amount_vnd: u64,
        /// How it was paid, if said.
        method: Option<PaymentMethod>,
    },
    /// A payment was given back.
    Refunded {
        /// The amount in đồng.
        amount_vnd: u64,
        /// Why.
        reason: Commitment,
    },
    /// An apology was filed in time, with a new due time.
    Extended {
        /// Why.
        reason: Commitment,
        /// The new due times.
        moved: Moved,
    },
    /// An apology was filed too late to move the due time.
    Apologised {
        /// Why.
        reason: Commitment,
        /// The date named in it, for the letter only.
        #[serde(with = "chrono::serde::ts_microseconds")]
        proposed: Instant,
    },
    /// Verification began, with the time that the law gives for it.
    VerificationBegun {
        /// What is verified.
        reason: Commitment,
        /// How the due times moved; none when it began overdue.
        moved: Option<Moved>,
    },
    /// The citizen took the dossier back.
    Withdrawn {
        /// Why, if said.
        reason: Option<Commitment>,
        /// How the due times moved, if the clock was standing.
        moved: Option<Moved>,
    },
    /// The agency stopped the dossier.
    Stopped {
        /// Why.
        reason: Commitment,
        /// The rule it rests on.
        legal_basis: Commitment,
        /// How the due times moved, if the clock was standing.
        moved: Option<Moved>,
    },
    /// Another agency was given its part of the dossier.
    LegOpened(LegOpened),
    /// The result of a leg was there.
    LegClosed {
        /// The number of the leg.
        number: u16,
        /// What came of it, if said.
        result: Option<Commitment>,
    },
    /// Another unit was asked.
    ConsultationOpened(ConsultationOpened),
    /// The answer came.
    ConsultationClosed {
        /// The number of the consultation.
        number: u16,
        /// The answer.
        answer: Commitment,
    },
    /// The result was ready at the desk.
    Resolved {
        /// Its files, when it is electronic.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        results: Vec<ElectronicResult>,
    },
    /// The system whose word counts gave a status. It happened when that system says.
    MirroredStatus(Claim),
    /// A message of another system contradicts what is known. Nothing else changes.
    Conflicted(Conflicted),
    /// A person settled such a contradiction.
    ConflictSettled {
        /// Which one.
        number: u16,
        /// Why so.
        reason: Commitment,
        /// Whether the message is believed after all.
        applied: bool,
    },
    /// The citizen got the result.
    Returned {
        /// Who fetched it; none when the applicant did.
        receiver: Option<Commitment>,
        /// Whether the receiver acted for the applicant.
        proxy: bool,
        /// How it reached them.
        channel: Channel,
    },
    /// The citizen said what they thought of it.
    Rated {
        /// The score.
        score: Score,
        /// How it was given.
        method: RatingMethod,
        /// What was written beside it, if anything.
        comment: Option<Commitment>,
    },
    /// Units were merged or divided, and their heirs took the dossier over.
    Succeeded {
        /// The first day of the heirs.
        day: NaiveDate,
        /// From whom to whom.
        units: Vec<Passed>,
    },
    /// A published calendar gave other due times.
    Recalculated(Recalculated),
    /// The dossier went over to another version of its procedure; no due time changed.
    Migrated {
        /// The version that it keeps from now on.
        procedure_version: u16,
        /// Where that version has it; none when it stands at no step.
        step: Option<StepId>,
    },
    /// Somebody said that something was recorded wrongly.
    CorrectionProposed(Correction),
    /// Another person put the correction in force.
    CorrectionApproved(Decided),
    /// Another person turned the correction down.
    CorrectionRejected(Decided),
}

/// See [`Event::Submitted`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submitted {
    /// The portal's own code.
    pub code: AnyCode,
    /// Codes that other systems know it by.
    pub external_codes: Vec<AnyCode>,
    /// The procedure, and the version in force at submission.
    pub procedure: ProcedureCode,
    /// See `procedure`.
    pub procedure_version: u16,
    /// The case of the procedure.
    pub case: CaseId,
    /// Procedure or petition.
    pub procedure_kind: Kind,
    /// The system whose word counts, when it is not ours.
    pub mirrored: Option<String>,
    /// Online or by post.
    pub channel: Channel,
    /// Who helped.
    pub assisted_by: Option<ActorId>,
    /// The applicant.
    pub applicant: Commitment,
    /// The papers.
    pub components: Vec<ComponentCode>,
    /// What is known of each of them, as far as it was said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub papers: Vec<Paper>,
    /// The unit whose desk is to answer.
    pub receiving: UnitCode,
    /// The unit that decides.
    pub resolving: UnitCode,
    /// The unit where the result is fetched.
    pub returning: UnitCode,
    /// By when the desk must answer, where a rule says so.
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub answer_due: Option<Instant>,
    /// How it came about.
    #[serde(default, skip_serializing_if = "Circumstances::is_usual")]
    pub circumstances: Circumstances,
}

/// See [`Event::Received`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    /// The code; none between the decision and the commit, which seals the next number in.
    pub code: Option<AnyCode>,
    /// Codes that other systems know it by.
    pub external_codes: Vec<AnyCode>,
    /// The procedure, and the version that the dossier keeps.
    pub procedure: ProcedureCode,
    /// See `procedure`.
    pub procedure_version: u16,
    /// The case of the procedure.
    pub case: CaseId,
    /// Procedure or petition.
    pub procedure_kind: Kind,
    /// How it was handed in.
    pub channel: Channel,
    /// Who helped.
    pub assisted_by: Option<ActorId>,
    /// The applicant; none when a submitted dossier is accepted.
    pub applicant: Option<Commitment>,
    /// The papers found.
    pub components: Vec<ComponentCode>,
    /// What is known of each of them, as far as it was said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub papers: Vec<Paper>,
    /// The unit whose desk took it in.
    pub receiving: UnitCode,
    /// The unit that decides.
    pub resolving: UnitCode,
    /// The unit where the result is fetched.
    pub returning: UnitCode,
    /// The legal limit.
    pub limit: Option<Limit>,
    /// What stops do to the due time.
    pub policy: ClockPolicy,
    /// The due time told to the citizen.
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub due: Option<Instant>,
    /// Whether it rests on a provisional day.
    pub provisional: bool,
    /// By when the papers must be handed over; none when none came, or past the calendar.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "chrono::serde::ts_microseconds_option"
    )]
    pub hand_over_by: Option<Instant>,
    /// Where the history comes from, when another system wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported: Option<Imported>,
    /// How it came about.
    #[serde(default, skip_serializing_if = "Circumstances::is_usual")]
    pub circumstances: Circumstances,
    /// The number that the desk had taken along, when it was received without a line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offline_number: Option<u32>,
    /// When it was entered, where the record time does not say it: the event came with an export.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "chrono::serde::ts_microseconds_option"
    )]
    pub offline_entered: Option<Instant>,
}

/// See [`Event::Transferred`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transferred {
    /// The unit that decided it so far.
    pub from: UnitCode,
    /// The unit that decides it now.
    pub to: UnitCode,
    /// The unit where the result is fetched now; none when that stays.
    pub returning: Option<UnitCode>,
    /// Why.
    pub reason: Commitment,
    /// By when the papers must be handed to that unit; none when none are to go there.
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub hand_over_by: Option<Instant>,
}

/// See [`Event::HandedOver`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedOver {
    /// Who gave.
    pub from: Party,
    /// Who took.
    pub to: Party,
    /// Which papers; the whole dossier when none is named.
    pub components: Vec<ComponentCode>,
    /// Which of them are originals.
    pub originals: Vec<ComponentCode>,
    /// Whether paper changed hands, and not the electronic dossier alone.
    pub on_paper: bool,
    /// Whether it was due and should have been done before.
    pub late: bool,
}

/// One unit's place in a dossier, taken over by another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passed {
    /// The unit that had it.
    pub old: UnitCode,
    /// The unit that has it.
    pub new: UnitCode,
}
/// See [`Event::Conflicted`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflicted {
    /// Its number within the dossier, from 1.
    pub number: u16,
    /// What was said.
    pub claim: Claim,
    /// Why it cannot be true beside what is known.
    pub why: Contradiction,
}

/// See [`Event::SupplementRequested`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupplementRequested {
    /// What is missing.
    pub items: Vec<MissingItem>,
    /// Why.
    pub reason: Commitment,
    /// The last moment for the citizen.
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub respond_by: Option<Instant>,
    /// Asked later after reception than the procedure permits; flagged, not refused.
    pub notice_late: bool,
    /// What permits a request beyond the permitted number.
    pub exception: Option<Exception>,
    /// Whether the clock stands until the papers come.
    pub stands: bool,
}

/// One thing that is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingItem {
    /// The component, when the procedure names it.
    pub component: Option<ComponentCode>,
    /// What about it.
    pub note: Option<Commitment>,
}

/// What permits a supplement request beyond the permitted number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// Why it is needed.
    pub reason: Commitment,
    /// The rule that permits it.
    pub legal_basis: Commitment,
}

/// See [`Event::Recalculated`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recalculated {
    /// The document that published the calendar, by its number.
    pub document: String,
    /// SHA-256 of that document's text, in hexadecimal.
    pub hash: String,
    /// What the calendar gives from the events so far; none before reception or without a
    /// limit.
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub legal_due: Option<Instant>,
    /// How the due times moved; none when the old ones are kept.
    pub moved: Option<Moved>,
    /// By when the desk must answer a submission from now on, when that moved.
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub answer_due: Option<Instant>,
    /// How the due times of legs, questions and papers moved.
    #[serde(default, skip_serializing_if = "Parts::is_empty")]
    pub parts: Parts,
}

/// See [`Event::LegOpened`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegOpened {
    /// Its number within the dossier.
    pub number: u16,
    /// The unit that does it.
    pub unit: UnitCode,
    /// Whether it leads.
    pub lead: bool,
    /// What is asked of the unit.
    pub task: Commitment,
    /// The limit, when one was given instead of a due time.
    pub limit: Option<Limit>,
    /// By when, in the hours of its own unit.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub due: Instant,
    /// Whether that rests on a provisional day.
    pub provisional: bool,
    /// Which leg of the procedure it is, when it opened by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned: Option<LegId>,
    /// The agency that does it, when it is not the unit itself.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub agency: String,
}

/// See [`Event::ConsultationOpened`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsultationOpened {
    /// Its number within the dossier.
    pub number: u16,
    /// The unit that is asked.
    pub unit: UnitCode,
    /// The question.
    pub question: Commitment,
    /// The limit, when one was given instead of a due time.
    pub limit: Option<Limit>,
    /// By when, in the hours of the unit that is asked.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub due: Instant,
    /// Whether that rests on a provisional day.
    pub provisional: bool,
}

impl Event {
    /// When it happened, for one decided at `now` on a dossier to which something happened `last`.
    ///
    /// What another system reports happened when that system says, but never before what is
    /// known to have happened: a history goes forward.
    #[must_use]
    pub fn happened(&self, now: Instant, last: Instant) -> Instant {
        match self {
            Event::MirroredStatus(claim) => Ord::max(claim.at, last),
            _ => now,
        }
    }

    /// The kind in data: `supplement_requested`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Event::Submitted(_) => "submitted",
            Event::Received(_) => "received",
            Event::Refused { .. } => "refused",
            Event::SupplementRequested(_) => "supplement_requested",
            Event::SupplementRecorded { .. } => "supplement_recorded",
            Event::Advanced { .. } => "advanced",
            Event::Assigned { .. } => "assigned",
            Event::Transferred(_) => "transferred",
            Event::HandedOver(_) => "handed_over",
            Event::PaymentRequested { .. } => "payment_requested",
            Event::PaymentRecorded { .. } => "payment_recorded",
            Event::FeePaid { .. } => "fee_paid",
            Event::Refunded { .. } => "refunded",
            Event::Extended { .. } => "extended",
            Event::Apologised { .. } => "apologised",
            Event::VerificationBegun { .. } => "verification_begun",
            Event::Withdrawn { .. } => "withdrawn",
            Event::Stopped { .. } => "stopped",
            Event::LegOpened(_) => "leg_opened",
            Event::LegClosed { .. } => "leg_closed",
            Event::ConsultationOpened(_) => "consultation_opened",
            Event::ConsultationClosed { .. } => "consultation_closed",
            Event::Resolved { .. } => "resolved",
            Event::MirroredStatus(_) => "mirrored_status",
            Event::Conflicted(_) => "conflicted",
            Event::ConflictSettled { .. } => "conflict_settled",
            Event::Returned { .. } => "returned",
            Event::Rated { .. } => "rated",
            Event::Succeeded { .. } => "succeeded",
            Event::Recalculated(_) => "recalculated",
            Event::Migrated { .. } => "migrated",
            Event::CorrectionProposed(_) => "correction_proposed",
            Event::CorrectionApproved(_) => "correction_approved",
            Event::CorrectionRejected(_) => "correction_rejected",
        }
    }
}

/// An event as it is kept: what happened to which dossier, when, and by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The province that the dossier belongs to.
    pub province: ProvinceCode,
    /// The dossier.
    pub dossier: DossierId,
    /// The version of the dossier after this event; the first is 1.
    pub version: u32,
    /// When it happened.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub event_time: Instant,
    /// When we wrote it down. Never before the event.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub record_time: Instant,
    /// Who did it.
    pub actor: ActorId,
    /// In which role.
    pub role: Role,
    /// For which unit.
    pub unit: UnitCode,
    /// The request that caused it.
    pub request_id: RequestId,
    /// What happened.
    pub event: Event,
}

impl Record {
    /// The exact bytes that are stored, and that the audit chain hashes.
    ///
    /// JSON with sorted keys, no white space and no fractions, in UTF-8: the form of
    /// RFC 8785 for the values that occur here. Times are microseconds since 1970 in UTC.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let tree = serde_json::to_value(self).expect("records hold only texts, numbers and lists");
        serde_json::to_vec(&tree).expect("a JSON value is always JSON")
    }

    /// Reads stored bytes back.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }
}
