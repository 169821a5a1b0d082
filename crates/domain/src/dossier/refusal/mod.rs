//! Why a command is refused.
//!
//! The table in `table.rs` gives each refusal its stable reason and its texts.

mod table;

use chrono::NaiveDate;

use super::acts::spec::Spec;
use super::mirror::Contradiction;
use super::status::Status;
use crate::calendar;
use crate::code::AnyCode;
use crate::dossier::custody::Holder;
use crate::id::{ActorId, CaseId, ComponentCode, ProcedureCode, Reference, StepId, UnitCode};
use crate::procedure::{Reach, Unscanned};
use crate::role::Role;
use crate::time::Instant;

/// Why a command is refused. A refused command writes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The state does not permit the act.
    WrongState {
        /// What was asked.
        act: &'static Spec,
        /// Where the dossier stands.
        status: Status,
    },
    /// Another system decides this dossier.
    Mirrored {
        /// That system.
        system: String,
    },
    /// The procedure has no version in force on the day.
    ProcedureNotInForce {
        /// The procedure.
        procedure: ProcedureCode,
        /// The day.
        day: NaiveDate,
    },
    /// The procedure has no such case.
    CaseUnknown {
        /// The case.
        case: CaseId,
        /// The cases there are.
        known: Vec<CaseId>,
    },
    /// The procedure does not name these components.
    ComponentsUnknown {
        /// The components.
        components: Vec<ComponentCode>,
    },
    /// Required components are absent.
    ComponentsMissing {
        /// The components.
        components: Vec<ComponentCode>,
    },
    /// The step does not follow the dossier's present step.
    StepNotNext {
        /// The requested step; none if the request named none.
        step: Option<StepId>,
        /// The steps that follow.
        next: Vec<StepId>,
    },
    /// The dossier cannot be resolved from its step.
    StepNotFinal {
        /// The step it is at.
        step: StepId,
        /// The steps that follow.
        next: Vec<StepId>,
    },
    /// The step belongs to another role.
    StepOfOtherRole {
        /// The step it is at.
        step: StepId,
        /// The role it belongs to.
        role: Role,
    },
    /// The procedure does not return results on the spot.
    NotOnTheSpot,
    /// Only a petition has the place of an incident.
    NotAPetition {
        /// The procedure.
        procedure: ProcedureCode,
    },
    /// The desk has asked for papers as often as the procedure permits.
    SupplementUsed {
        /// How often that is.
        permitted: u8,
    },
    /// The extension was already used.
    ExtensionUsed,
    /// The procedure gives no time for verification, or the dossier has used it.
    NoVerification,
    /// The dossier has no due time to extend.
    NoDueTime,
    /// More came than was asked for.
    PaymentTooLarge {
        /// What is still due, in đồng.
        open_vnd: u64,
    },
    /// The dossier has a payment with this reference and another amount.
    PaymentKnown {
        /// The payer's reference of the transaction.
        reference: Reference,
        /// The recorded amount, in đồng.
        amount_vnd: u64,
    },
    /// The refund is larger than what was paid and not refunded.
    RefundTooLarge {
        /// The amount that could be refunded, in đồng.
        kept_vnd: u64,
    },
    /// The new due time is not later than the one in force.
    DueNotLater {
        /// The one in force.
        due: Instant,
    },
    /// The clock stands, so there is no running due time to extend.
    ClockStands,
    /// The unit decides the dossier already.
    AlreadyThere {
        /// The unit.
        unit: UnitCode,
    },
    /// Somebody else holds the papers.
    NotHolder {
        /// Who was to give them.
        giver: ActorId,
        /// Who holds them.
        holder: Box<Holder>,
    },
    /// The receiver holds the papers already.
    AlreadyHolder {
        /// The receiver.
        receiver: ActorId,
    },
    /// Another leg leads already.
    LeadTaken {
        /// The number of that leg.
        leg: u16,
        /// The unit that does it.
        unit: UnitCode,
    },
    /// Other agencies have not finished.
    LegsOpen {
        /// Their legs, by number and unit.
        legs: Vec<(u16, UnitCode)>,
    },
    /// The dossier has no leg with this number, or the leg's result has come.
    LegNotOpen {
        /// The number.
        number: u16,
        /// The legs that are open.
        open: Vec<u16>,
    },
    /// The dossier has the largest permitted number of legs.
    TooManyLegs {
        /// How many that is.
        most: usize,
    },
    /// The dossier has no consultation with this number, or its answer has come.
    ConsultationNotOpen {
        /// The number.
        number: u16,
        /// Those that wait for an answer.
        open: Vec<u16>,
    },
    /// The dossier has the largest permitted number of consultations.
    TooManyConsultations {
        /// How many that is.
        most: usize,
    },
    /// There is no open conflict with this number.
    NoOpenConflict {
        /// The number.
        number: u16,
        /// The numbers of the open ones.
        open: Vec<u16>,
    },
    /// The message cannot be believed, even by a person who settles the conflict.
    NotCredible {
        /// The number of the conflict.
        number: u16,
        /// Why not.
        why: Contradiction,
    },
    /// An open dossier of the same person and procedure exists.
    PossibleDuplicate {
        /// Its code, or its id while it has none; none when it is of a unit that the caller does
        /// not reach.
        existing: Option<String>,
    },
    /// The citizen has already rated the dossier.
    AlreadyRated {
        /// When.
        at: Instant,
    },
    /// Nothing would change by the correction.
    NothingToCorrect,
    /// An open correction concerns the same field.
    CorrectionOpen {
        /// Its number.
        number: u16,
    },
    /// No open correction has this number.
    CorrectionUnknown {
        /// The number asked for.
        number: u16,
    },
    /// Who decides on it proposed it.
    SamePerson {
        /// That person.
        actor: ActorId,
    },
    /// The dossier does not have the code to be corrected.
    CodeNotOfDossier {
        /// The code.
        code: AnyCode,
    },
    /// Processing has not ended, so its end cannot be corrected.
    NotEnded,
    /// Processing cannot have ended then.
    EndTimeImpossible {
        /// When it came in.
        begun: Instant,
        /// When its end was recorded.
        recorded: Instant,
    },
    /// The unit's numbering has moved on to a later day.
    DayOver {
        /// The day of the requested numbers.
        day: NaiveDate,
        /// The newest day with numbers.
        newest: NaiveDate,
    },
    /// The number is in no block, or was already used or voided.
    NumberNotOpen {
        /// The number.
        number: u32,
        /// Its present state: `used` or `void`; none if no block of the day holds it.
        state: Option<&'static str>,
    },
    /// Another request for papers is an exception that nobody has permitted.
    SupplementNotPermitted {
        /// How many are permitted.
        permitted: u8,
    },
    /// Papers may still be asked for without an exception.
    SupplementLeft {
        /// How many are permitted.
        permitted: u8,
    },
    /// The paper may not be scanned.
    PaperNotScanned {
        /// The paper.
        component: ComponentCode,
        /// Why not.
        why: Unscanned,
    },
    /// A database takes the place of the paper, so nobody is asked for it.
    ReplacedByData {
        /// The paper.
        component: ComponentCode,
        /// The database.
        database: Reference,
    },
    /// The procedure may not be received so far from the unit that decides it.
    BeyondReach {
        /// The procedure.
        procedure: ProcedureCode,
        /// The unit that was to decide.
        unit: UnitCode,
        /// How far it may be received.
        reach: Reach,
    },
    /// The dossier is not on its way to another unit.
    NotOnItsWay {
        /// When it arrived; none if the unit that received it decides it.
        arrived: Option<Instant>,
    },
    /// It cannot have arrived then.
    ArrivalImpossible {
        /// When it was received.
        received: Instant,
        /// The moment of the request.
        now: Instant,
    },
    /// It was not received, so it has no receipt.
    NotReceived,
    /// The calendar does not reach far enough.
    Calendar(calendar::Error),
}

impl From<calendar::Error> for Refusal {
    fn from(error: calendar::Error) -> Self {
        Refusal::Calendar(error)
    }
}
