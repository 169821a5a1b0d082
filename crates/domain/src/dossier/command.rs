//! What people ask of a dossier.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::channel::Channel;
use super::circumstances::{Origin, QueueTicket, Setting};
use super::correction::Corrected;
use super::fee::PaymentMethod;
use super::mirror::Claim;
use super::paper::Paper;
use super::private::{Person, Words};
use super::rating::{RatingMethod, Score};
use super::result::ElectronicResult;
use crate::code::AnyCode;
use crate::id::{ActorId, CaseId, ComponentCode, StepId, UnitCode};
use crate::limit::Limit;
use crate::time::Instant;

/// The kind of a command: a verb, without what it carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// A portal hands a dossier in.
    Submit,
    /// The desk takes a dossier in, or accepts a submitted one.
    Receive,
    /// The desk refuses a submitted dossier.
    Refuse,
    /// The citizen is asked for papers, through the desk.
    RequestSupplement,
    /// The papers have come.
    RecordSupplement,
    /// The dossier goes to a step.
    Advance,
    /// A person is given the dossier.
    Assign,
    /// Another unit shall decide it.
    Transfer,
    /// Papers change hands.
    HandOver,
    /// The citizen is asked for a payment.
    RequestPayment,
    /// The payment has come.
    RecordPayment,
    /// A payment is given back.
    RefundPayment,
    /// More time, by law or with an apology.
    Extend,
    /// The citizen takes the dossier back.
    Withdraw,
    /// The agency stops the dossier.
    Stop,
    /// Another agency gets its part of the dossier.
    OpenLeg,
    /// The result of a leg is there.
    CloseLeg,
    /// Another unit is asked.
    OpenConsultation,
    /// The answer has come.
    CloseConsultation,
    /// The result is ready at the desk.
    Resolve,
    /// The citizen gets the result.
    Return,
    /// The citizen says what they think of it.
    Rate,
    /// Somebody says that something was recorded wrongly.
    Correct,
    /// Another person approves or rejects a correction.
    DecideCorrection,
    /// The system whose word counts gives a status.
    RecordMirrored,
    /// A person settles what another system's message contradicted.
    SettleConflict,
}

impl Action {
    /// Every action, in the order of a dossier's life.
    pub const ALL: [Action; 26] = [
        Action::Submit,
        Action::Receive,
        Action::Refuse,
        Action::RequestSupplement,
        Action::RecordSupplement,
        Action::Advance,
        Action::Assign,
        Action::Transfer,
        Action::HandOver,
        Action::RequestPayment,
        Action::RecordPayment,
        Action::RefundPayment,
        Action::Extend,
        Action::Withdraw,
        Action::Stop,
        Action::OpenLeg,
        Action::CloseLeg,
        Action::OpenConsultation,
        Action::CloseConsultation,
        Action::Resolve,
        Action::Return,
        Action::Rate,
        Action::Correct,
        Action::DecideCorrection,
        Action::RecordMirrored,
        Action::SettleConflict,
    ];

    /// The name of the method that carries it: `ReceiveDossier`.
    #[must_use]
    pub fn method(self) -> &'static str {
        match self {
            Action::Submit => "SubmitDossier",
            Action::Receive => "ReceiveDossier",
            Action::Refuse => "RefuseDossier",
            Action::RequestSupplement => "RequestSupplement",
            Action::RecordSupplement => "RecordSupplement",
            Action::Advance => "AdvanceDossier",
            Action::Assign => "AssignDossier",
            Action::Transfer => "TransferDossier",
            Action::HandOver => "HandOverDossier",
            Action::RequestPayment => "RequestPayment",
            Action::RecordPayment => "RecordPayment",
            Action::RefundPayment => "RefundPayment",
            Action::Extend => "ExtendDossier",
            Action::Withdraw => "WithdrawDossier",
            Action::Stop => "StopDossier",
            Action::OpenLeg => "OpenLeg",
            Action::CloseLeg => "CloseLeg",
            Action::OpenConsultation => "OpenConsultation",
            Action::CloseConsultation => "CloseConsultation",
            Action::Resolve => "ResolveDossier",
            Action::Return => "ReturnResult",
            Action::Rate => "RateDossier",
            Action::Correct => "CorrectDossier",
            Action::DecideCorrection => "DecideCorrection",
            Action::RecordMirrored => "RecordMirroredStatus",
            Action::SettleConflict => "SettleConflict",
        }
    }

    /// What a clerk calls it.
    #[must_use]
    pub fn name_vi(self) -> &'static str {
        match self {
            Action::Submit => "nộp hồ sơ",
            Action::Receive => "tiếp nhận",
            Action::Refuse => "từ chối tiếp nhận",
            Action::RequestSupplement => "yêu cầu bổ sung",
            Action::RecordSupplement => "ghi nhận bổ sung",
            Action::Advance => "chuyển bước",
            Action::Assign => "phân công",
            Action::Transfer => "chuyển hồ sơ đến đơn vị khác",
            Action::HandOver => "bàn giao hồ sơ",
            Action::RequestPayment => "yêu cầu nghĩa vụ tài chính",
            Action::RecordPayment => "ghi nhận thanh toán",
            Action::RefundPayment => "hoàn phí",
            Action::Extend => "gia hạn",
            Action::Withdraw => "rút hồ sơ",
            Action::Stop => "dừng xử lý",
            Action::OpenLeg => "chuyển liên thông",
            Action::CloseLeg => "ghi nhận kết quả liên thông",
            Action::OpenConsultation => "lấy ý kiến",
            Action::CloseConsultation => "ghi nhận ý kiến",
            Action::Resolve => "xử lý xong",
            Action::Return => "trả kết quả",
            Action::Rate => "đánh giá",
            Action::Correct => "đề nghị đính chính",
            Action::DecideCorrection => "duyệt đính chính",
            Action::RecordMirrored => "cập nhật trạng thái đồng bộ",
            Action::SettleConflict => "xử lý mâu thuẫn dữ liệu",
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.method())
    }
}

/// What a desk takes in.
#[derive(Debug, Clone)]
pub struct Reception {
    /// The unit whose desk it is.
    pub receiving: UnitCode,
    /// Desk or post; what a desk enters for a citizen who has already submitted online is
    /// an acceptance instead.
    pub channel: Channel,
    /// What it asks for, and from whom.
    pub content: Contents,
}

/// What a portal hands in.
#[derive(Debug, Clone)]
pub struct Submission {
    /// The unit whose desk is to answer.
    pub receiving: UnitCode,
    /// The portal's own code, which stays the dossier's code.
    pub portal_code: AnyCode,
    /// When the citizen submitted; the moment of the call when not given.
    pub submitted: Option<Instant>,
    /// Online or by post.
    pub channel: Channel,
    /// What it asks for, and from whom.
    pub content: Contents,
}

/// What a dossier asks for, and who deals with it.
#[derive(Debug, Clone)]
pub struct Contents {
    /// The case of the procedure; its first one when none is given.
    pub case: Option<CaseId>,
    /// The applicant (*chủ hồ sơ*).
    pub applicant: Person,
    /// Who helped to submit: a clerk or a community digital team, by id.
    pub assisted_by: Option<ActorId>,
    /// The papers that came with it.
    pub components: Vec<ComponentCode>,
    /// What is known of each paper; of one that is not among `components`, too.
    pub papers: Vec<Paper>,
    /// Codes that other systems know it by.
    pub external_codes: Vec<AnyCode>,
    /// The unit that decides it; the receiving unit when none is given.
    pub resolving: Option<UnitCode>,
    /// The unit where the result is fetched; the receiving unit when none is given.
    pub returning: Option<UnitCode>,
    /// The caller knows of an open dossier of the same person and procedure and means a
    /// second one.
    pub duplicate_intended: bool,
    /// How it came about.
    pub circumstances: Circumstances,
}

/// How a dossier came about, besides its channel.
#[derive(Debug, Clone, Default)]
pub struct Circumstances {
    /// Who began it.
    pub origin: Origin,
    /// Where it was taken in.
    pub setting: Setting,
    /// The ticket that was drawn for it.
    pub queue_ticket: Option<QueueTicket>,
    /// Why no fee is taken; empty when one may be.
    pub fee_exemption: Words,
    /// The commune in which that happened which a petition is about.
    pub incident_area: Option<UnitCode>,
    /// Where exactly; empty when it has no place.
    pub incident_place: Words,
}

/// A command on a dossier that exists.
#[derive(Debug, Clone)]
pub enum Command {
    /// Accept a submitted dossier.
    Accept {
        /// Papers found at acceptance, beside those submitted.
        components: Vec<ComponentCode>,
        /// See [`Contents::papers`].
        papers: Vec<Paper>,
    },
    /// Refuse a submitted dossier (form 03).
    Refuse {
        /// Why.
        reason: Words,
        /// The right agency, when this one is not.
        competent: Option<UnitCode>,
    },
    /// Ask for papers (form 02): one structured list, complete at once.
    RequestSupplement {
        /// What is missing.
        items: Vec<SupplementItem>,
        /// Why.
        reason: Words,
        /// The last moment for the citizen; from the procedure when not given.
        respond_by: Option<Instant>,
        /// What permits a request beyond the permitted number.
        exception: Option<SupplementException>,
    },
    /// The papers have come, completely.
    RecordSupplement {
        /// What came.
        components: Vec<ComponentCode>,
        /// See [`Contents::papers`].
        papers: Vec<Paper>,
    },
    /// Go to a step.
    Advance {
        /// The step; none when the procedure has no published process.
        step: Option<StepId>,
        /// Who takes it there.
        assignee: Option<ActorId>,
    },
    /// Give the dossier to a person, at the step where it is.
    Assign {
        /// The person.
        assignee: ActorId,
    },
    /// Let another unit of the province decide it.
    Transfer {
        /// That unit.
        to: UnitCode,
        /// Where the result is fetched from now on; as before when not given.
        returning: Option<UnitCode>,
        /// Why.
        reason: Words,
    },
    /// Hand papers over.
    HandOver(HandOver),
    /// Ask for a payment.
    RequestPayment {
        /// The amount in đồng.
        amount_vnd: u64,
        /// What for.
        reason: Words,
    },
    /// The payment has come.
    ///
    /// Without a request before it, it is a fee paid at the desk and moves no state.
    RecordPayment {
        /// The amount in đồng.
        amount_vnd: u64,
        /// How it was paid, if said.
        method: Option<PaymentMethod>,
    },
    /// A payment is given back, in whole or in part.
    RefundPayment {
        /// The amount in đồng.
        amount_vnd: u64,
        /// Why.
        reason: Words,
    },
    /// More time.
    Extend(Extension),
    /// The citizen takes the dossier back.
    Withdraw {
        /// Why, if said.
        reason: Words,
    },
    /// Stop the dossier (form 05).
    Stop {
        /// Why.
        reason: Words,
        /// The rule it rests on.
        legal_basis: Words,
    },
    /// Give another agency its part of the dossier.
    OpenLeg {
        /// The unit that does it.
        unit: UnitCode,
        /// Whether it leads the others.
        lead: bool,
        /// What is asked of it.
        task: Words,
        /// By when.
        term: Term,
    },
    /// The result of a leg is there.
    CloseLeg {
        /// The number of the leg.
        number: u16,
        /// What came of it, if said.
        result: Words,
    },
    /// Ask another unit.
    OpenConsultation {
        /// The unit that is asked.
        unit: UnitCode,
        /// The question.
        question: Words,
        /// By when.
        term: Term,
    },
    /// The answer has come.
    CloseConsultation {
        /// The number of the consultation.
        number: u16,
        /// The answer.
        answer: Words,
    },
    /// The result is ready at the desk.
    Resolve {
        /// Its files, when it is electronic.
        results: Vec<ElectronicResult>,
    },
    /// Give the result to the citizen.
    Return {
        /// Who fetched it; the applicant when empty.
        receiver: Option<Person>,
        /// Whether the receiver acts for the applicant.
        proxy: bool,
        /// How it reached them.
        channel: Channel,
    },
    /// Take down what the citizen thinks of it.
    Rate {
        /// The score.
        score: Score,
        /// How it was given.
        method: RatingMethod,
        /// What was written beside it; empty when nothing was.
        comment: Words,
    },
    /// Propose to correct what was recorded.
    Correct {
        /// What should stand instead.
        corrected: Corrected,
        /// Why.
        reason: Words,
    },
    /// Decide on a correction that another person proposed.
    DecideCorrection {
        /// Its number within the dossier.
        number: u16,
        /// Whether it is put in force.
        approve: bool,
        /// A remark, if there is one.
        note: Words,
    },
    /// Take what another system says.
    RecordMirrored(Claim),
    /// Settle a conflict; the record of it stays.
    SettleConflict {
        /// Which one.
        number: u16,
        /// Believe the message after all.
        apply: bool,
        /// Why so.
        reason: Words,
    },
}

/// Papers that change hands.
#[derive(Debug, Clone)]
pub struct HandOver {
    /// Who gives; the caller when not given.
    pub giver: Option<ActorId>,
    /// Who takes.
    pub receiver: ActorId,
    /// The taker's unit; the one that decides the dossier when not given.
    pub receiver_unit: Option<UnitCode>,
    /// Which papers; the whole dossier when none is named.
    pub components: Vec<ComponentCode>,
    /// Which of them are originals.
    pub originals: Vec<ComponentCode>,
    /// Whether paper changes hands, and not the electronic dossier alone.
    pub on_paper: bool,
}

/// By when another unit is to do its part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Term {
    /// Within a limit that begins now, in the hours of that unit.
    Within(Limit),
    /// By a moment to come.
    By(Instant),
}

/// One thing that is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupplementItem {
    /// The component, when the procedure names it.
    pub component: Option<ComponentCode>,
    /// What about it.
    pub note: Words,
}

/// What permits a supplement request beyond the permitted number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupplementException {
    /// Why it is needed.
    pub reason: Words,
    /// The rule that permits it.
    pub legal_basis: Words,
}

/// More time.
#[derive(Debug, Clone)]
pub enum Extension {
    /// A written apology with a new date (form 04): once, filed by 24:00 of the day before
    /// the due day. Source: Decree 61/2018/NĐ-CP, Art. 19(9).
    Apology {
        /// Why.
        reason: Words,
        /// The proposed new due time.
        due: Instant,
    },
    /// Verification, where the law of the procedure gives more time for it.
    Verification {
        /// What is verified.
        reason: Words,
    },
}

impl Command {
    /// The verb of this command.
    #[must_use]
    pub fn action(&self) -> Action {
        match self {
            Command::Accept { .. } => Action::Receive,
            Command::Refuse { .. } => Action::Refuse,
            Command::RequestSupplement { .. } => Action::RequestSupplement,
            Command::RecordSupplement { .. } => Action::RecordSupplement,
            Command::Advance { .. } => Action::Advance,
            Command::Assign { .. } => Action::Assign,
            Command::Transfer { .. } => Action::Transfer,
            Command::HandOver(_) => Action::HandOver,
            Command::RequestPayment { .. } => Action::RequestPayment,
            Command::RecordPayment { .. } => Action::RecordPayment,
            Command::RefundPayment { .. } => Action::RefundPayment,
            Command::Extend(_) => Action::Extend,
            Command::Withdraw { .. } => Action::Withdraw,
            Command::Stop { .. } => Action::Stop,
            Command::OpenLeg { .. } => Action::OpenLeg,
            Command::CloseLeg { .. } => Action::CloseLeg,
            Command::OpenConsultation { .. } => Action::OpenConsultation,
            Command::CloseConsultation { .. } => Action::CloseConsultation,
            Command::Resolve { .. } => Action::Resolve,
            Command::Return { .. } => Action::Return,
            Command::Rate { .. } => Action::Rate,
            Command::Correct { .. } => Action::Correct,
            Command::DecideCorrection { .. } => Action::DecideCorrection,
            Command::RecordMirrored(_) => Action::RecordMirrored,
            Command::SettleConflict { .. } => Action::SettleConflict,
        }
    }
}
