//! A dossier (*hồ sơ*) and what may happen to it.
//!
//! Two layers. The lifecycle is law, so it is code: [`State`], [`decide`]. The steps inside
//! *processing* are regulation, so they are data: [`crate::procedure`]. A [`Dossier`] is the fold
//! of its [`Record`]s; a database row holds nothing else.

pub mod acts;
mod allowed;
pub mod change;
pub mod channel;
pub mod circumstances;
pub mod clock;
mod components;
mod consultation;
pub mod contents;
pub mod correction;
mod counting;
pub mod custody;
mod decide;
pub mod event;
pub mod fee;
pub mod file;
mod fold;
pub mod imported;
mod interest;
mod leg;
pub mod legal;
mod mark;
pub mod mirror;
mod moving;
pub mod paper;
pub mod private;
pub mod rating;
mod refusal;
pub mod reminder;
pub mod result;
mod rules;
mod sealing;
mod stage;
mod state;
mod status;
mod steps;
mod stored;
mod term;
pub mod times;
mod transit;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use acts::{Action, Command, Extension, Reception, Spec, Standing, Submission, Urgency};
pub use allowed::{allowed_actions, usual_action};
pub use change::{Rewrite, Surroundings, rewrite};
pub use channel::Channel;
pub use circumstances::{Circumstances, Origin, QueueTicket, Setting};
pub use clock::Clock;
pub use components::list_is_confirmed;
pub use consultation::{Consultation, MOST_CONSULTATIONS};
pub use correction::Corrections;
pub use custody::Custody;
pub use decide::{Decision, decide, receive, receive_offline, submit};
pub use event::{Event, Record};
pub use fee::{FeeState, PaymentMethod};
pub use file::{ElectronicFile, FileHash};
pub use imported::{ImportNumber, Imported, Oddity};
pub use interest::{Interest, Precedence};
pub use leg::{Leg, MOST_LEGS};
pub use mark::OpenMark;
pub use mirror::{Conflict, Mirror};
pub use paper::{Paper, PaperCopy, Reuse};
pub use rating::{Rating, RatingMethod, Score};
pub use refusal::Refusal;
pub use result::{ElectronicResult, Signature, SignatureFormat};
pub use rules::{Acting, Rules};
pub use stage::{Stage, Stages};
pub use state::{Back, State};
pub use status::Status;
pub use steps::next_steps;
pub use term::Term;
pub use transit::{Transit, refuse_beyond_reach};

use self::correction::Change;
use crate::code::AnyCode;
use crate::id::{ActorId, CaseId, ComponentCode, DossierId, ProcedureCode, ProvinceCode, UnitCode};
use crate::procedure::Kind;
use crate::time::{self, Instant};

/// A dossier: the sum of its events. It holds no personal value.
///
/// What is not there is not written, so that a row has no more than what is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dossier {
    /// Its identity within the province. It names no unit, because units change.
    pub id: DossierId,
    /// The province.
    pub province: ProvinceCode,
    /// How many events it has.
    pub version: u32,
    /// Its code: ours from reception on, or the portal's; none until one is sealed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<AnyCode>,
    /// The codes of this dossier in other systems.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub external_codes: Vec<AnyCode>,
    /// The procedure.
    pub procedure: ProcedureCode,
    /// The version under which it was received. It keeps that version.
    pub procedure_version: u16,
    /// The case of the procedure.
    pub case: CaseId,
    /// Procedure or petition.
    pub kind: Kind,
    /// The system that decides the dossier, if it is not this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mirrored: Option<String>,
    /// How it was handed in.
    pub channel: Channel,
    /// Who helped to hand it in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assisted_by: Option<ActorId>,
    /// The papers that came.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<ComponentCode>,
    /// Details of each paper, as far as they were given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub papers: Vec<Paper>,
    /// The required papers that were not there when it was taken in, for a reason that was kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub incomplete: Vec<ComponentCode>,
    /// The unit whose desk receives it.
    pub receiving: UnitCode,
    /// The unit that decides it.
    pub resolving: UnitCode,
    /// The unit where the result is fetched.
    pub returning: UnitCode,
    /// Where it stands.
    pub state: State,
    /// The person who has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<ActorId>,
    /// When it was submitted, if it was.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "chrono::serde::ts_microseconds_option"
    )]
    pub submitted: Option<Instant>,
    /// When the desk must answer a submission; none while the desk waits for papers, because asking
    /// for them is an answer.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "chrono::serde::ts_microseconds_option"
    )]
    pub answer_due: Option<Instant>,
    /// When it was received, if it was.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "chrono::serde::ts_microseconds_option"
    )]
    pub received: Option<Instant>,
    /// When processing ended: resolved, stopped, withdrawn or refused.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "chrono::serde::ts_microseconds_option"
    )]
    pub ended: Option<Instant>,
    /// When the citizen got the result.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "chrono::serde::ts_microseconds_option"
    )]
    pub returned: Option<Instant>,
    /// When it entered its state or step.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub since: Instant,
    /// When anything last happened to it.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub last: Instant,
    /// Its clock, from reception on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<Clock>,
    /// The number of requests for papers, before and after reception.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub supplements: u8,
    /// That one more request for papers is permitted, until it is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplement_permit: Option<acts::permit_supplement::Permit>,
    /// Whether a request for papers came later than the procedure permits.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub notice_late: bool,
    /// When the citizen must answer.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "chrono::serde::ts_microseconds_option"
    )]
    pub respond_by: Option<Instant>,
    /// An apology moved the due time.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub extended: bool,
    /// The number of apologies that came too late to move the due time.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub apologies: u8,
    /// The time for verification was used.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub verified: bool,
    /// The amount that is requested and not yet paid, in đồng.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee_open_vnd: Option<u64>,
    /// What was paid, in đồng.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub fee_paid_vnd: u64,
    /// The part of it that was refunded, in đồng.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub fee_refunded_vnd: u64,
    /// The method of the last payment, if given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee_method: Option<PaymentMethod>,
    /// The payments that carry the payer's reference.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub payments: Vec<fee::Payment>,
    /// The last reminder since the dossier last moved, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminder: Option<reminder::Reminder>,
    /// How it came about.
    #[serde(default, skip_serializing_if = "Circumstances::is_usual")]
    pub circumstances: Circumstances,
    /// The number of transfers to another unit.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub transfers: u16,
    /// What other systems said of it.
    #[serde(default, skip_serializing_if = "Mirror::is_empty")]
    pub mirror: Mirror,
    /// Who holds its papers.
    #[serde(default, skip_serializing_if = "Custody::is_empty")]
    pub custody: Custody,
    /// Whether it ended because no papers came in time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub expired: bool,
    /// How many announced outages moved its due time.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub outages: u16,
    /// Whether its due time moved when the old or the new one had passed, so that only its history
    /// tells at which moments it was late.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub due_moved_late: bool,
    /// Its way to the unit that decides it, if another unit received it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transit: Option<Transit>,
    /// Whether another unit decides it than the one for which it was received.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub moved: bool,
    /// The last day on which successors of its units took it over, if they did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub succeeded: Option<NaiveDate>,
    /// The parts that other agencies do, by number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub legs: Vec<Leg>,
    /// The consultations of other units, by number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consultations: Vec<Consultation>,
    /// How it was received offline, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offline: Option<Offline>,
    /// The origin of its history, if another system wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported: Option<Imported>,
    /// The files of its result, when there are any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub results: Vec<ElectronicResult>,
    /// The citizen's rating, once given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<Rating>,
    /// The corrections. The fields that due times, rates and reports depend on keep the first
    /// record: `channel`, `case`, `ended`.
    #[serde(default, skip_serializing_if = "Corrections::is_empty")]
    pub corrections: Corrections,
}

/// How an offline desk received a dossier. The moment is the dossier's time of reception.
///
/// Source: Decree 61/2018/NĐ-CP, Art. 39.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offline {
    /// Its number within the day, from a block that the desk had reserved.
    pub number: u32,
    /// When it was entered.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub entered: Instant,
}

impl Dossier {
    /// The national status.
    #[must_use]
    pub fn status(&self) -> Status {
        self.state.status()
    }

    /// Its code, or its id while it has none: the name to show to a person.
    #[must_use]
    pub fn label(&self) -> String {
        self.code
            .as_ref()
            .map_or_else(|| self.id.to_string(), ToString::to_string)
    }

    /// The legal day since which its present units have it: the day of its beginning, or of the
    /// last succession of its units.
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

    /// When it began: at submission, or at reception.
    #[must_use]
    pub fn begun(&self) -> Option<Instant> {
        self.submitted.or(self.received)
    }

    /// What the working unit must meet: the effective due time, or the time for answering a
    /// submission.
    #[must_use]
    pub fn due(&self) -> Option<Instant> {
        match &self.clock {
            Some(clock) => clock.effective_due,
            None => self.answer_due,
        }
    }

    /// The required papers that were missing at reception and have not come since.
    pub fn missing(&self) -> impl Iterator<Item = &ComponentCode> {
        let missing = self.incomplete.iter();
        missing.filter(|component| !self.components.contains(component))
    }

    /// The channel, as last corrected. Rates use the first record.
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

    /// The case, as last corrected. The limit follows from the first record.
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

    /// When processing ended, as last corrected. Rates use the first record.
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

    /// The units to which its legs may belong.
    pub(crate) fn units(&self) -> Units<'_> {
        Units {
            receiving: &self.receiving,
            resolving: &self.resolving,
        }
    }
}

/// The units of a dossier to which its legs may belong.
pub(crate) struct Units<'a> {
    /// The one that receives it.
    pub receiving: &'a UnitCode,
    /// The one that decides it.
    pub resolving: &'a UnitCode,
}

pub(crate) fn is_zero<T: Default + PartialEq>(count: &T) -> bool {
    *count == T::default()
}
