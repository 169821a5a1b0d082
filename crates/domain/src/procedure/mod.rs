//! Procedures (*thủ tục hành chính*): versioned documents that say how long, how much, which papers
//! and which steps.
//!
//! A [`Procedure`] is one version. Only [`crate::catalogue`] makes it and refuses faults, so other
//! code does not check it again. [`Procedures`] picks the version of a day.

mod boundary;
mod cells;
mod legs;
mod opinions;
mod paper_rules;
mod set;
mod steps;
mod terms;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::deadline::Cutoff;
use crate::id::{CaseId, ComponentCode, ProcedureCode, StepId};
use crate::limit::Limit;
use crate::role::Role;

pub use boundary::{Boundaries, Reach, ReachRule};
pub use cells::{MarkedCell, cells_by_mark};
pub use legs::{LegUnit, PlannedLeg, UnknownLegUnit, leg_flaws};
pub use opinions::{OpinionRule, OpinionRules, Silence};
pub use paper_rules::{DataFailure, PaperRule, PaperRules, Says, Unscanned};
pub use set::{InvalidVersions, Procedures};
pub use steps::{Flaw, LONGEST_SAME_DAY_HOURS, flaws};
pub use terms::{Case, Fee, Mark, UnknownVerification, Verification};

/// What a document in the catalogue governs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An administrative procedure (*thủ tục hành chính*).
    Procedure,
    /// A petition or report from a citizen (*phản ánh, kiến nghị*), counted apart in reports.
    Petition,
}

/// What a stop does to the due time; [`crate::deadline`] applies it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClockPolicy {
    /// A complete supplement counts as a new receipt. Source: NĐ 61/2018 Art. 19(4).
    RestartOnComplete,
    /// The stop is not counted; the promised date stays. Source: QĐ 766/QĐ-TTg, item 2.1.
    ExcludeInterval,
    /// The due time moves by the length of the stop, and the citizen is told.
    ShiftDue,
    /// The clock never stops: same-day civil status and certification.
    NoStop,
    /// The clock stands from the payment request to the payment, and at no other time.
    StopWhileFinancial,
}

/// What follows when a citizen who was asked for papers has not answered in time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnExpiry {
    /// The dossier waits on; a person may stop it.
    #[default]
    Wait,
    /// It is closed (*dừng xử lý*, national status 8). Source: Decree 63/2024/NĐ-CP as amended by
    /// 301/2026/NĐ-CP, for the groups of birth and death.
    Close,
    /// It is refused, and a new dossier is needed. Source: Decree 217/2026/NĐ-CP, Art. 54, for
    /// building permits.
    Refuse,
}

/// Which system decides the status of a dossier.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authority {
    /// This engine.
    Ours,
    /// A ministry's system; here the dossier is a mirror. Source: NĐ 224/2026 Art. 15(1)(h)(i).
    Mirrored {
        /// The system's name.
        system: String,
    },
}

/// How much of a procedure can be done online. Source: NĐ 224/2026 Art. 14.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnlineLevel {
    /// All of it (*toàn trình*).
    Full,
    /// Part of it (*một phần*).
    Partial,
    /// Only information (*cung cấp thông tin*).
    Information,
    /// Not sourced.
    Unknown,
}

/// A paper the dossier must or may contain (*thành phần hồ sơ*).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Component {
    /// Its code within the procedure.
    pub code: ComponentCode,
    /// Its name, as printed on the receipt.
    pub name: String,
    /// Whether a dossier without it is incomplete.
    pub required: bool,
}

/// One step of the internal process (*quy trình nội bộ*).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Its id within the procedure.
    pub id: StepId,
    /// Its name, as shown to officials.
    pub name: String,
    /// Who does it.
    pub role: Role,
    /// The agency that does it; empty means the resolving unit itself.
    pub agency: String,
    /// How long it may take; `None` means the due time alone bounds it.
    pub allowance: Option<Limit>,
    /// Where the dossier may go from here; going back for rework is allowed.
    pub next: Vec<StepId>,
    /// Whether the dossier may be resolved from here.
    pub finish: bool,
}

/// One version of a procedure. Published, it never changes; a change is a new version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Procedure {
    /// The national base code, or `x-name` where none is sourced.
    pub code: ProcedureCode,
    /// The version, from 1 upwards within the code.
    pub version: u16,
    /// The first day dossiers are received under it.
    pub from: NaiveDate,
    /// The procedures that take over from it; nothing is received under such a version.
    pub replaced_by: Vec<ProcedureCode>,
    /// The name.
    pub name: String,
    /// The field (*lĩnh vực*).
    pub field: String,
    /// Procedure or petition.
    pub kind: Kind,
    /// Whose system decides.
    pub authority: Authority,
    /// How sure the authority is.
    pub authority_mark: Mark,
    /// What a stop does to the due time.
    pub clock: ClockPolicy,
    /// How sure the clock policy is.
    pub clock_mark: Mark,
    /// Where the clock policy comes from.
    pub clock_source: String,
    /// How late in the day a dossier may come and still be received on that day.
    pub cutoff: Cutoff,
    /// How sure the cut-off is; unknown without one.
    pub cutoff_mark: Mark,
    /// Where the cut-off comes from.
    pub cutoff_source: String,
    /// Whether the result may be given back at once, without a receipt (NĐ 61/2018 Art. 17(4)).
    pub on_the_spot: bool,
    /// How many supplement requests are allowed (NĐ 61/2018 Art. 11(2)(c): one).
    pub supplement_max: u8,
    /// The working days after reception within which a request for a supplement is not flagged (NĐ
    /// 61/2018 Art. 19(4): three).
    pub supplement_notice_wd: u16,
    /// How long the citizen has to answer, if known.
    pub supplement_window: Option<Limit>,
    /// What follows if the citizen has not answered by then.
    pub on_expiry: OnExpiry,
    /// How sure that is; unknown if nothing follows.
    pub expiry_mark: Mark,
    /// Where it comes from.
    pub expiry_source: String,
    /// The decision that approved the internal process; empty while none is known.
    pub decision: String,
    /// Where the facts of this version come from.
    pub source: String,
    /// How much can be done online.
    pub online: OnlineLevel,
    /// How sure the online level is.
    pub online_mark: Mark,
    /// The cases (*trường hợp*); never empty.
    pub cases: Vec<Case>,
    /// The papers.
    pub components: Vec<Component>,
    /// How sure the papers are.
    pub components_mark: Mark,
    /// The steps; empty in an outline and in a mirrored procedure.
    pub steps: Vec<Step>,
    /// How sure the steps are: [`Mark::Template`] until a province's approved process replaces them.
    pub steps_mark: Mark,
    /// The parts that open by themselves; empty unless the procedure is a linked one. Exactly one
    /// leads.
    pub legs: Vec<PlannedLeg>,
    /// SHA-256 of the version's content; comments and layout do not count.
    pub hash: [u8; 32],
}

impl Procedure {
    /// The case with this id.
    #[must_use]
    pub fn case(&self, id: &CaseId) -> Option<&Case> {
        self.cases.iter().find(|case| case.id == *id)
    }

    /// The case of a dossier for which nobody chose one: the first.
    #[must_use]
    pub fn default_case(&self) -> &Case {
        self.cases
            .first()
            .expect("the catalogue refuses a version without a case")
    }

    /// The step with this id.
    #[must_use]
    pub fn step(&self, id: &StepId) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == *id)
    }

    /// Where processing begins; an outline has no such step.
    #[must_use]
    pub fn first_step(&self) -> Option<&Step> {
        self.steps.first()
    }

    /// Whether no internal process is known: the dossier is received, resolved and returned without
    /// steps.
    #[must_use]
    pub fn is_outline(&self) -> bool {
        self.steps.is_empty()
    }

    /// The content hash in hexadecimal.
    #[must_use]
    pub fn hash_hex(&self) -> String {
        crate::digest::hex(&self.hash)
    }
}
