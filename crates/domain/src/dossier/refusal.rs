//! Why a command cannot be done: stable reasons, in the clerk's language and in English.

use chrono::NaiveDate;

use super::acts::spec::Spec;
use super::mirror::Contradiction;
use super::status::Status;
use crate::calendar;
use crate::code::AnyCode;
use crate::dossier::custody::Holder;
use crate::id::{ActorId, CaseId, ComponentCode, ProcedureCode, Reference, StepId, UnitCode};
use crate::role::Role;
use crate::time::{self, Instant};

/// Why a command is refused. Nothing was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The command does not belong to the state.
    WrongState {
        /// What was asked.
        act: &'static Spec,
        /// Where the dossier stands.
        status: Status,
    },
    /// Another system's word counts for this dossier.
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
    /// The step does not follow the one where the dossier is.
    StepNotNext {
        /// The step asked for; none when it was left out.
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
    /// The procedure does not give results back on the spot.
    NotOnTheSpot,
    /// Only a petition is about an incident in a place.
    NotAPetition {
        /// The procedure.
        procedure: ProcedureCode,
    },
    /// Papers were already asked for as often as permitted.
    SupplementUsed {
        /// How often that is.
        permitted: u8,
    },
    /// The extension was already used.
    ExtensionUsed,
    /// The procedure gives no time for verification, or it was already used.
    NoVerification,
    /// There is no due time that could be extended.
    NoDueTime,
    /// More came than was asked for.
    PaymentTooLarge {
        /// What is still due, in đồng.
        open_vnd: u64,
    },
    /// A payment with this reference is recorded, of another amount.
    PaymentKnown {
        /// The payer's reference of the transaction.
        reference: Reference,
        /// The amount that is recorded, in đồng.
        amount_vnd: u64,
    },
    /// More is to be given back than was paid and not given back yet.
    RefundTooLarge {
        /// What could be given back, in đồng.
        kept_vnd: u64,
    },
    /// The new due time is not later than the one in force.
    DueNotLater {
        /// The one in force.
        due: Instant,
    },
    /// The clock stands, so there is nothing to extend yet.
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
    /// The dossier has no leg with this number, or its result is there already.
    LegNotOpen {
        /// The number.
        number: u16,
        /// The legs that are open.
        open: Vec<u16>,
    },
    /// The dossier has as many legs as one may have.
    TooManyLegs {
        /// How many that is.
        most: usize,
    },
    /// The dossier has no consultation with this number, or it was answered.
    ConsultationNotOpen {
        /// The number.
        number: u16,
        /// Those that wait for an answer.
        open: Vec<u16>,
    },
    /// The dossier has as many consultations as one may have.
    TooManyConsultations {
        /// How many that is.
        most: usize,
    },
    /// There is no open conflict with this number.
    NoOpenConflict {
        /// The number.
        number: u16,
        /// The numbers of those that are open.
        open: Vec<u16>,
    },
    /// The message cannot be believed, whoever settles the conflict.
    NotCredible {
        /// The number of the conflict.
        number: u16,
        /// Why not.
        why: Contradiction,
    },
    /// An open dossier of the same person and procedure exists.
    PossibleDuplicate {
        /// Its code, or its id while it has none.
        existing: String,
    },
    /// The citizen has said already what they think of it.
    AlreadyRated {
        /// When.
        at: Instant,
    },
    /// Nothing would change by the correction.
    NothingToCorrect,
    /// A correction of the same field waits for its decision.
    CorrectionOpen {
        /// Its number.
        number: u16,
    },
    /// No correction with this number waits for a decision.
    CorrectionUnknown {
        /// The number asked for.
        number: u16,
    },
    /// Who decides on it proposed it.
    SamePerson {
        /// That person.
        actor: ActorId,
    },
    /// The dossier does not have the code that should be corrected.
    CodeNotOfDossier {
        /// The code.
        code: AnyCode,
    },
    /// Processing has not ended, so there is no end to speak of.
    NotEnded,
    /// Processing cannot have ended then.
    EndTimeImpossible {
        /// When it came in.
        begun: Instant,
        /// When its end was recorded.
        recorded: Instant,
    },
    /// The unit's numbering has gone on to a later day.
    DayOver {
        /// The day that numbers are wanted of.
        day: NaiveDate,
        /// The day that they are of by now.
        newest: NaiveDate,
    },
    /// The number is in no block, or was used or given back before.
    NumberNotOpen {
        /// The number.
        number: u32,
        /// What became of it: `used` or `void`; none when it is in no block of the day.
        state: Option<&'static str>,
    },
    /// The calendar does not reach far enough.
    Calendar(calendar::Error),
}

impl From<calendar::Error> for Refusal {
    fn from(error: calendar::Error) -> Self {
        Refusal::Calendar(error)
    }
}

impl Refusal {
    /// The stable reason: part of the contract.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Refusal::WrongState { .. } => "WRONG_STATE",
            Refusal::Mirrored { .. } => "MIRRORED",
            Refusal::ProcedureNotInForce { .. } => "PROCEDURE_NOT_IN_FORCE",
            Refusal::CaseUnknown { .. } => "CASE_UNKNOWN",
            Refusal::ComponentsUnknown { .. } => "COMPONENTS_UNKNOWN",
            Refusal::ComponentsMissing { .. } => "COMPONENTS_MISSING",
            Refusal::StepNotNext { .. } => "STEP_NOT_NEXT",
            Refusal::StepNotFinal { .. } => "STEP_NOT_FINAL",
            Refusal::StepOfOtherRole { .. } => "STEP_OF_OTHER_ROLE",
            Refusal::NotOnTheSpot => "NOT_ON_THE_SPOT",
            Refusal::NotAPetition { .. } => "NOT_A_PETITION",
            Refusal::SupplementUsed { .. } => "SUPPLEMENT_USED",
            Refusal::ExtensionUsed => "EXTENSION_USED",
            Refusal::NoVerification => "NO_VERIFICATION",
            Refusal::NoDueTime => "NO_DUE_TIME",
            Refusal::PaymentTooLarge { .. } => "PAYMENT_TOO_LARGE",
            Refusal::PaymentKnown { .. } => "PAYMENT_KNOWN",
            Refusal::RefundTooLarge { .. } => "REFUND_TOO_LARGE",
            Refusal::DueNotLater { .. } => "DUE_NOT_LATER",
            Refusal::ClockStands => "CLOCK_STANDS",
            Refusal::AlreadyThere { .. } => "ALREADY_THERE",
            Refusal::NotHolder { .. } => "NOT_HOLDER",
            Refusal::AlreadyHolder { .. } => "ALREADY_HOLDER",
            Refusal::LeadTaken { .. } => "LEAD_TAKEN",
            Refusal::LegsOpen { .. } => "LEGS_OPEN",
            Refusal::LegNotOpen { .. } => "LEG_NOT_OPEN",
            Refusal::TooManyLegs { .. } => "TOO_MANY_LEGS",
            Refusal::ConsultationNotOpen { .. } => "CONSULTATION_NOT_OPEN",
            Refusal::TooManyConsultations { .. } => "TOO_MANY_CONSULTATIONS",
            Refusal::NoOpenConflict { .. } => "NO_OPEN_CONFLICT",
            Refusal::NotCredible { .. } => "NOT_CREDIBLE",
            Refusal::PossibleDuplicate { .. } => "POSSIBLE_DUPLICATE",
            Refusal::AlreadyRated { .. } => "ALREADY_RATED",
            Refusal::NothingToCorrect => "NOTHING_TO_CORRECT",
            Refusal::CorrectionOpen { .. } => "CORRECTION_OPEN",
            Refusal::CorrectionUnknown { .. } => "CORRECTION_UNKNOWN",
            Refusal::SamePerson { .. } => "SAME_PERSON",
            Refusal::CodeNotOfDossier { .. } => "CODE_NOT_OF_DOSSIER",
            Refusal::NotEnded => "NOT_ENDED",
            Refusal::EndTimeImpossible { .. } => "END_TIME_IMPOSSIBLE",
            Refusal::DayOver { .. } => "DAY_OVER",
            Refusal::NumberNotOpen { .. } => "NUMBER_NOT_OPEN",
            Refusal::Calendar(calendar::Error::Begins { .. }) => "CALENDAR_BEGINS",
            Refusal::Calendar(calendar::Error::Ends { .. }) => "CALENDAR_ENDS",
        }
    }

    /// Every variable of the messages, by name.
    #[must_use]
    pub fn details(&self) -> Vec<(&'static str, String)> {
        match self {
            Refusal::WrongState { act, status } => {
                vec![
                    ("action", act.method.into()),
                    ("state", status.as_str().into()),
                ]
            }
            Refusal::Mirrored { system } => vec![("system", system.clone())],
            Refusal::NotAPetition { procedure } => vec![("procedure", procedure.to_string())],
            Refusal::ProcedureNotInForce { procedure, day } => {
                vec![
                    ("procedure", procedure.to_string()),
                    ("day", day.to_string()),
                ]
            }
            Refusal::CaseUnknown { case, known } => {
                vec![("case", case.to_string()), ("known", list(known))]
            }
            Refusal::ComponentsUnknown { components }
            | Refusal::ComponentsMissing { components } => {
                vec![("components", list(components))]
            }
            Refusal::StepNotNext { step, next } => vec![
                (
                    "step",
                    step.as_ref().map(ToString::to_string).unwrap_or_default(),
                ),
                ("next", list(next)),
            ],
            Refusal::StepNotFinal { step, next } => {
                vec![("step", step.to_string()), ("next", list(next))]
            }
            Refusal::StepOfOtherRole { step, role } => {
                vec![("step", step.to_string()), ("role", role.to_string())]
            }
            Refusal::NotOnTheSpot
            | Refusal::ExtensionUsed
            | Refusal::NoVerification
            | Refusal::NoDueTime
            | Refusal::ClockStands
            | Refusal::NothingToCorrect
            | Refusal::NotEnded => Vec::new(),
            Refusal::CorrectionOpen { number } | Refusal::CorrectionUnknown { number } => {
                vec![("number", number.to_string())]
            }
            Refusal::SamePerson { actor } => vec![("actor", actor.to_string())],
            Refusal::CodeNotOfDossier { code } => vec![("code", code.to_string())],
            Refusal::EndTimeImpossible { begun, recorded } => vec![
                ("begin_time", time::rfc3339(*begun)),
                ("end_time", time::rfc3339(*recorded)),
            ],
            Refusal::SupplementUsed { permitted } => vec![("permitted", permitted.to_string())],
            Refusal::PaymentTooLarge { open_vnd } => vec![("open_vnd", open_vnd.to_string())],
            Refusal::PaymentKnown {
                reference,
                amount_vnd,
            } => vec![
                ("reference", reference.to_string()),
                ("amount_vnd", amount_vnd.to_string()),
            ],
            Refusal::RefundTooLarge { kept_vnd } => vec![("kept_vnd", kept_vnd.to_string())],
            Refusal::DueNotLater { due } => vec![("due_time", time::rfc3339(*due))],
            Refusal::AlreadyRated { at } => vec![("rate_time", time::rfc3339(*at))],
            Refusal::AlreadyThere { unit } => vec![("unit", unit.to_string())],
            Refusal::NotHolder { giver, holder } => vec![
                ("giver", giver.to_string()),
                ("holder", holder.party.actor.to_string()),
                ("holder_unit", holder.party.unit.to_string()),
                ("since_time", time::rfc3339(holder.since)),
            ],
            Refusal::AlreadyHolder { receiver } => vec![("receiver", receiver.to_string())],
            Refusal::LeadTaken { leg, unit } => {
                vec![("leg", leg.to_string()), ("unit", unit.to_string())]
            }
            Refusal::LegsOpen { legs } => vec![("legs", numbered(legs))],
            Refusal::LegNotOpen { number, open }
            | Refusal::ConsultationNotOpen { number, open } => {
                vec![("number", number.to_string()), ("open", list(open))]
            }
            Refusal::TooManyLegs { most } | Refusal::TooManyConsultations { most } => {
                vec![("most", most.to_string())]
            }
            Refusal::NoOpenConflict { number, open } => {
                vec![("conflict", number.to_string()), ("open", list(open))]
            }
            Refusal::NotCredible { number, why } => vec![
                ("conflict", number.to_string()),
                ("contradiction", why.as_str().into()),
            ],
            Refusal::PossibleDuplicate { existing } => vec![("existing", existing.clone())],
            Refusal::DayOver { day, newest } => {
                vec![("day", day.to_string()), ("newest", newest.to_string())]
            }
            Refusal::NumberNotOpen { number, state } => {
                let state = state.map(|state| ("number_state", state.to_owned()));
                std::iter::once(("number", number.to_string()))
                    .chain(state)
                    .collect()
            }
            Refusal::Calendar(calendar::Error::Begins { first_day }) => {
                vec![("first_day", first_day.to_string())]
            }
            Refusal::Calendar(calendar::Error::Ends { last_day }) => {
                vec![("last_day", last_day.to_string())]
            }
        }
    }

    /// What happened and what was expected, in English.
    #[must_use]
    pub fn message_en(&self) -> String {
        match self {
            Refusal::WrongState { act, status } => {
                format!(
                    "{} is not possible while the dossier is {}",
                    act.method,
                    status.name_en()
                )
            }
            Refusal::Mirrored { system } => {
                format!("this dossier is a mirror; only {system} may change it")
            }
            Refusal::ProcedureNotInForce { procedure, day } => {
                format!("procedure {procedure} has no version in force on {day}")
            }
            Refusal::CaseUnknown { case, known } => {
                format!("the procedure has no case {case}; it has {}", list(known))
            }
            Refusal::ComponentsUnknown { components } => {
                format!("the procedure does not name {}", list(components))
            }
            Refusal::ComponentsMissing { components } => {
                format!("required components are missing: {}", list(components))
            }
            Refusal::StepNotNext { next, .. } if next.is_empty() => "no step follows here".into(),
            Refusal::StepNotNext {
                step: Some(step),
                next,
            } => {
                format!(
                    "step {step} does not follow here; the next step is one of: {}",
                    list(next)
                )
            }
            Refusal::StepNotNext { step: None, next } => {
                format!("a step is needed; the next step is one of: {}", list(next))
            }
            Refusal::StepNotFinal { step, next } => {
                format!(
                    "a dossier cannot be resolved at step {step}; it goes on to: {}",
                    list(next)
                )
            }
            Refusal::StepOfOtherRole { step, role } => {
                format!("step {step} belongs to the role {role}")
            }
            Refusal::NotAPetition { procedure } => format!(
                "procedure {procedure} is no petition; only a petition is about an incident in a place"
            ),
            Refusal::NotOnTheSpot => {
                "this procedure is not given back on the spot; advance the dossier first".into()
            }
            Refusal::SupplementUsed { permitted } => format!(
                "papers may be requested at most {permitted} time(s); a further request needs a reason and its legal basis"
            ),
            Refusal::ExtensionUsed => "the dossier was already extended once".into(),
            Refusal::NoVerification => {
                "the procedure gives no time for verification, or it was already used".into()
            }
            Refusal::NoDueTime => "the dossier has no due time that could be extended".into(),
            Refusal::PaymentTooLarge { open_vnd } => {
                format!("{open_vnd} đồng are still due; more would have to be given back")
            }
            Refusal::PaymentKnown {
                reference,
                amount_vnd,
            } => format!("payment {reference} is recorded already, of {amount_vnd} đồng"),
            Refusal::RefundTooLarge { kept_vnd } => {
                format!("at most {kept_vnd} đồng, paid and not yet given back, can be given back")
            }
            Refusal::DueNotLater { due } => {
                format!(
                    "the new due time must be later than {}",
                    time::rfc3339(*due)
                )
            }
            Refusal::ClockStands => {
                "the clock stands until the citizen answers; there is nothing to extend yet".into()
            }
            Refusal::AlreadyThere { unit } => format!("unit {unit} decides this dossier already"),
            Refusal::NotHolder { giver, holder } => format!(
                "{giver} does not hold the papers; {} of {} has held them since {}",
                holder.party.actor,
                holder.party.unit,
                time::rfc3339(holder.since)
            ),
            Refusal::AlreadyHolder { receiver } => {
                format!("{receiver} holds the papers already; expected somebody else")
            }
            Refusal::LeadTaken { leg, unit } => {
                format!("leg {leg} of {unit} leads this dossier already; only one may")
            }
            Refusal::LegsOpen { legs } => format!(
                "a dossier is resolved when its legs are closed; still open: {}",
                numbered(legs)
            ),
            Refusal::LegNotOpen { number, open } => {
                format!(
                    "the dossier has no open leg {number}; open: {}",
                    list_or_none(open)
                )
            }
            Refusal::TooManyLegs { most } => format!("a dossier has at most {most} legs"),
            Refusal::ConsultationNotOpen { number, open } => format!(
                "the dossier has no unanswered consultation {number}; unanswered: {}",
                list_or_none(open)
            ),
            Refusal::TooManyConsultations { most } => {
                format!("a dossier has at most {most} consultations")
            }
            Refusal::NoOpenConflict { number, open } if open.is_empty() => {
                format!("conflict {number} is not open, nor is any other")
            }
            Refusal::NoOpenConflict { number, open } => {
                format!(
                    "conflict {number} is not open; those open are: {}",
                    list(open)
                )
            }
            Refusal::NotCredible { number, why } => format!(
                "the message of conflict {number} cannot be believed, as it is {}; expected it to be settled without",
                why.as_str()
            ),
            Refusal::PossibleDuplicate { existing } => format!(
                "the same person has an open dossier for this procedure: {existing}; set duplicate_intended to receive a second one"
            ),
            Refusal::AlreadyRated { at } => format!(
                "the dossier was rated on {}; it is rated once",
                time::rfc3339(*at)
            ),
            Refusal::NothingToCorrect => "the correction changes nothing".into(),
            Refusal::CorrectionOpen { number } => format!(
                "correction {number} of the same field waits for a decision; decide on it first"
            ),
            Refusal::CorrectionUnknown { number } => {
                format!("no correction {number} waits for a decision")
            }
            Refusal::SamePerson { actor } => {
                format!("{actor} proposed it; another person must decide")
            }
            Refusal::CodeNotOfDossier { code } => {
                format!("the dossier does not have the external code {code}")
            }
            Refusal::NotEnded => "processing has not ended, so its end cannot be corrected".into(),
            Refusal::EndTimeImpossible { begun, recorded } => format!(
                "processing ended between {} and {}; expected a time between them",
                time::rfc3339(*begun),
                time::rfc3339(*recorded)
            ),
            Refusal::DayOver { day, newest } => format!(
                "numbers of {day} can no longer be taken: the unit's numbering has come to {newest}"
            ),
            Refusal::NumberNotOpen {
                number,
                state: None,
            } => {
                format!("number {number} is in no block of this unit and day")
            }
            Refusal::NumberNotOpen {
                number,
                state: Some(state),
            } => format!("number {number} is {state} already"),
            Refusal::Calendar(error) => error.to_string(),
        }
    }

    /// The same for the clerk, in Vietnamese.
    #[must_use]
    pub fn message_vi(&self) -> String {
        match self {
            Refusal::WrongState { act, status } => format!(
                "Không thể {} khi hồ sơ đang ở trạng thái “{}”.",
                act.vi,
                status.name_vi()
            ),
            Refusal::Mirrored { system } => {
                format!("Hồ sơ này được đồng bộ từ {system}; chỉ hệ thống đó được cập nhật.")
            }
            Refusal::ProcedureNotInForce { procedure, day } => format!(
                "Thủ tục {procedure} không có phiên bản nào có hiệu lực vào ngày {}.",
                day.format("%d/%m/%Y")
            ),
            Refusal::CaseUnknown { case, known } => {
                format!(
                    "Thủ tục không có trường hợp {case}; các trường hợp: {}.",
                    list(known)
                )
            }
            Refusal::ComponentsUnknown { components } => {
                format!("Thủ tục không có thành phần hồ sơ: {}.", list(components))
            }
            Refusal::ComponentsMissing { components } => {
                format!("Thiếu thành phần hồ sơ bắt buộc: {}.", list(components))
            }
            Refusal::StepNotNext { next, .. } if next.is_empty() => {
                "Không có bước tiếp theo nào từ đây.".into()
            }
            Refusal::StepNotNext {
                step: Some(step),
                next,
            } => format!(
                "Không thể chuyển đến bước {step}; bước tiếp theo là một trong: {}.",
                list(next)
            ),
            Refusal::StepNotNext { step: None, next } => {
                format!("Cần chọn bước tiếp theo, một trong: {}.", list(next))
            }
            Refusal::StepNotFinal { step, next } => format!(
                "Không thể kết thúc hồ sơ ở bước {step}; cần chuyển đến: {}.",
                list(next)
            ),
            Refusal::StepOfOtherRole { step, role } => {
                format!("Bước {step} thuộc vai trò {role}.")
            }
            Refusal::NotAPetition { procedure } => format!(
                "Thủ tục {procedure} không phải phản ánh, kiến nghị nên không có địa điểm xảy ra vụ việc."
            ),
            Refusal::NotOnTheSpot => {
                "Thủ tục này không trả kết quả ngay; cần chuyển xử lý trước.".into()
            }
            Refusal::SupplementUsed { permitted } => format!(
                "Chỉ được yêu cầu bổ sung {permitted} lần; yêu cầu thêm phải có lý do và căn cứ pháp lý."
            ),
            Refusal::ExtensionUsed => "Hồ sơ đã được gia hạn một lần.".into(),
            Refusal::NoVerification => {
                "Thủ tục không có thời gian xác minh, hoặc đã sử dụng.".into()
            }
            Refusal::NoDueTime => "Hồ sơ không có hạn trả để gia hạn.".into(),
            Refusal::PaymentTooLarge { open_vnd } => format!(
                "Số tiền còn phải nộp là {open_vnd} đồng; không ghi nhận quá số tiền đã yêu cầu."
            ),
            Refusal::PaymentKnown {
                reference,
                amount_vnd,
            } => format!(
                "Giao dịch {reference} đã được ghi nhận với số tiền {amount_vnd} đồng; hãy kiểm tra lại số tiền."
            ),
            Refusal::RefundTooLarge { kept_vnd } => {
                format!("Chỉ có thể hoàn tối đa {kept_vnd} đồng đã thu và chưa hoàn.")
            }
            Refusal::DueNotLater { due } => format!(
                "Hạn trả mới phải sau {}.",
                time::local(*due).format("%H:%M ngày %d/%m/%Y")
            ),
            Refusal::ClockStands => {
                "Hồ sơ đang tạm dừng tính thời gian chờ công dân; chưa thể gia hạn.".into()
            }
            Refusal::AlreadyThere { unit } => {
                format!("Hồ sơ đang do đơn vị {unit} giải quyết; cần chọn đơn vị khác.")
            }
            Refusal::NotHolder { giver, holder } => format!(
                "{giver} không giữ hồ sơ; {} ({}) đang giữ từ {}.",
                holder.party.actor,
                holder.party.unit,
                time::local(holder.since).format("%H:%M ngày %d/%m/%Y")
            ),
            Refusal::AlreadyHolder { receiver } => {
                format!("{receiver} đang giữ hồ sơ; cần chọn người nhận khác.")
            }
            Refusal::LeadTaken { leg, unit } => {
                format!("Nhánh {leg} của {unit} đã là đơn vị chủ trì; chỉ có một đơn vị chủ trì.")
            }
            Refusal::LegsOpen { legs } => format!(
                "Chưa thể kết thúc hồ sơ: các nhánh liên thông chưa xong: {}.",
                numbered(legs)
            ),
            Refusal::LegNotOpen { number, .. } => {
                format!("Hồ sơ không có nhánh liên thông {number} đang thực hiện.")
            }
            Refusal::TooManyLegs { most } => {
                format!("Một hồ sơ có nhiều nhất {most} nhánh liên thông.")
            }
            Refusal::ConsultationNotOpen { number, .. } => {
                format!("Hồ sơ không có yêu cầu lấy ý kiến {number} đang chờ trả lời.")
            }
            Refusal::TooManyConsultations { most } => {
                format!("Một hồ sơ có nhiều nhất {most} yêu cầu lấy ý kiến.")
            }
            Refusal::NoOpenConflict { number, open } if open.is_empty() => {
                format!("Không có mâu thuẫn số {number} đang mở.")
            }
            Refusal::NoOpenConflict { number, open } => format!(
                "Không có mâu thuẫn số {number} đang mở; đang mở: {}.",
                list(open)
            ),
            Refusal::NotCredible { number, .. } => format!(
                "Thông điệp của mâu thuẫn số {number} không thể áp dụng; chỉ có thể ghi nhận đã xử lý."
            ),
            Refusal::PossibleDuplicate { existing } => format!(
                "Người này đang có hồ sơ chưa giải quyết của cùng thủ tục: {existing}. Chọn “vẫn tiếp nhận” nếu là hồ sơ khác."
            ),
            Refusal::AlreadyRated { at } => format!(
                "Hồ sơ đã được đánh giá lúc {}; mỗi hồ sơ chỉ đánh giá một lần.",
                time::local(*at).format("%H:%M ngày %d/%m/%Y")
            ),
            Refusal::NothingToCorrect => "Nội dung đính chính không thay đổi gì.".into(),
            Refusal::CorrectionOpen { number } => {
                format!("Đính chính số {number} của cùng nội dung đang chờ duyệt.")
            }
            Refusal::CorrectionUnknown { number } => {
                format!("Không có đính chính số {number} đang chờ duyệt.")
            }
            Refusal::SamePerson { actor } => {
                format!("{actor} là người đề nghị; phải do người khác duyệt.")
            }
            Refusal::CodeNotOfDossier { code } => {
                format!("Hồ sơ không có mã ngoài {code}.")
            }
            Refusal::NotEnded => {
                "Hồ sơ chưa kết thúc xử lý nên chưa có thời điểm kết thúc để đính chính.".into()
            }
            Refusal::EndTimeImpossible { begun, recorded } => format!(
                "Thời điểm kết thúc phải trong khoảng từ {} đến {}.",
                time::local(*begun).format("%H:%M ngày %d/%m/%Y"),
                time::local(*recorded).format("%H:%M ngày %d/%m/%Y")
            ),
            Refusal::DayOver { day, newest } => format!(
                "Không thể lấy số của ngày {}: đơn vị đã cấp số đến ngày {}.",
                day.format("%d/%m/%Y"),
                newest.format("%d/%m/%Y")
            ),
            Refusal::NumberNotOpen {
                number,
                state: None,
            } => {
                format!("Số {number} không thuộc khối số nào của đơn vị trong ngày này.")
            }
            Refusal::NumberNotOpen { number, .. } => {
                format!("Số {number} đã được sử dụng hoặc đã hủy.")
            }
            Refusal::Calendar(calendar::Error::Begins { first_day }) => format!(
                "Lịch làm việc chỉ có từ ngày {}.",
                first_day.format("%d/%m/%Y")
            ),
            Refusal::Calendar(calendar::Error::Ends { last_day }) => format!(
                "Lịch làm việc mới công bố đến ngày {}; chưa thể tính hạn.",
                last_day.format("%d/%m/%Y")
            ),
        }
    }
}

fn numbered(legs: &[(u16, UnitCode)]) -> String {
    let legs: Vec<_> = legs
        .iter()
        .map(|(number, unit)| format!("{number} ({unit})"))
        .collect();
    legs.join(", ")
}

fn list_or_none(numbers: &[u16]) -> String {
    if numbers.is_empty() {
        "none".into()
    } else {
        list(numbers)
    }
}

fn list<T: ToString>(items: &[T]) -> String {
    items
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}
