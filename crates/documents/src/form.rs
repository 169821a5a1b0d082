//! A form: what it is for, its number, title and layout, and its content.

use chrono::NaiveDate;
use domain::id::ProcedureCode;
use minijinja::Value;
use serde::Deserialize;

use crate::codes::Invalid;

/// What a form is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The receipt with the promised date (*giấy tiếp nhận và hẹn trả*).
    #[serde(rename = "slip")]
    Receipt,
    /// The request for papers (*phiếu yêu cầu bổ sung*).
    Supplement,
    /// The refusal, at intake or after it (*phiếu từ chối*).
    Refusal,
    /// The apology with a new date (*văn bản xin lỗi và đề nghị gia hạn*).
    Apology,
    /// The answer to the applicant's request to stop (*thông báo dừng giải quyết*).
    Stop,
    /// Who gave the dossier to whom, and when (*phiếu kiểm soát quá trình giải quyết*).
    Control,
    /// The register of a desk (*sổ theo dõi hồ sơ*).
    Register,
    /// The list with which papers go to those who decide (*giấy bàn giao hồ sơ*).
    HandOver,
    /// The receipt for a result (*phiếu bàn giao kết quả*).
    Result,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 9] = [
        Kind::Receipt,
        Kind::Supplement,
        Kind::Refusal,
        Kind::Apology,
        Kind::Stop,
        Kind::Control,
        Kind::Register,
        Kind::HandOver,
        Kind::Result,
    ];

    /// Those that tell one dossier.
    pub const OF_A_DOSSIER: [Kind; 7] = [
        Kind::Receipt,
        Kind::Supplement,
        Kind::Refusal,
        Kind::Apology,
        Kind::Stop,
        Kind::Control,
        Kind::Result,
    ];

    /// The name of the kind in data and in addresses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Receipt => "slip",
            Kind::Supplement => "supplement",
            Kind::Refusal => "refusal",
            Kind::Apology => "apology",
            Kind::Stop => "stop",
            Kind::Control => "control",
            Kind::Register => "register",
            Kind::HandOver => "hand_over",
            Kind::Result => "result",
        }
    }
}

/// One version of a form.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// The kind of form.
    pub kind: Kind,
    /// The first day of its use.
    pub from: NaiveDate,
    /// The procedures whose own texts name the form; every other procedure when empty.
    #[serde(default)]
    pub procedures: Vec<ProcedureCode>,
    /// The regulation that the form belongs to; empty if none has it.
    pub set: String,
    /// The number of the form in that regulation; empty if it has none.
    pub number: String,
    /// The title of the form.
    pub title: String,
    /// The file of the layout; that of the kind's name when empty.
    #[serde(default)]
    pub template: String,
    /// The source of set, number and title.
    pub source: String,
    /// How much of the form has a source.
    pub mark: Mark,
}

impl Form {
    /// The file of the layout.
    #[must_use]
    pub fn template(&self) -> String {
        match self.template.as_str() {
            "" => format!("{}.html", self.kind.as_str()),
            named => named.to_owned(),
        }
    }

    /// Whether the form is one of those of a procedure.
    pub(crate) fn names(&self, procedure: &ProcedureCode) -> bool {
        self.procedures.contains(procedure)
    }
}

/// How much of a form has a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// Nothing but practice: no regulation has the form.
    Practice,
    /// Number and title. The order of the fields follows forms in use.
    Titles,
    /// The whole form, compared with the regulation's annex.
    Whole,
}

/// A form with its content.
pub trait Filled {
    /// The version of the form.
    fn form(&self) -> &Form;

    /// The content, as layouts name it. Errors: [`Invalid`] if a code cannot be drawn.
    fn values(&self) -> Result<Value, Invalid>;
}
