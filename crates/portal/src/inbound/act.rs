//! What a citizen does at a portal to a dossier that the portal handed in.

use domain::code::AnyCode;
use domain::dossier::acts::payment::RecordPayment;
use domain::dossier::acts::supplement::RecordSupplement;
use domain::dossier::acts::withdraw::Withdraw;
use domain::dossier::private::Words;
use domain::dossier::{Command, PaymentMethod};
use domain::id::{Reference, RequestId};
use serde_json::Value;

use super::problem::Problem;
use super::reader::Reader;

/// What the citizen did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    /// Brought the papers that were asked for.
    Supplement,
    /// Took the dossier back.
    Withdrawal,
    /// Paid.
    Payment,
}

/// The longest reason, in characters.
const LONGEST_REASON: usize = 2_000;

/// The largest payment in đồng: far above any fee, far below what overflows a sum.
const MOST_VND: u64 = 1_000_000_000_000;

/// A deed, read.
#[derive(Debug)]
pub(super) struct ReadDeed {
    /// The portal's own id of it: the same one is done once.
    pub request: RequestId,
    pub code: AnyCode,
    pub command: Command,
    /// The fields that came and are not taken over.
    pub ignored: Vec<String>,
}

impl Deed {
    /// Reads what a portal says of it; all wrong fields are told at once.
    pub fn read(self, value: &Value) -> Result<ReadDeed, Vec<Problem>> {
        let mut reader = Reader::of(value)?;
        let request = reader.required("MaYeuCau").to_ascii_lowercase();
        let request = reader.parsed("MaYeuCau", &request, RequestId::parse, "mã UUID");
        let code = reader.required("MaHoSo");
        let code = reader.parsed("MaHoSo", &code, AnyCode::of_a_portal, "mã hồ sơ của cổng");
        let command = match self {
            Deed::Supplement => supplement(&mut reader),
            Deed::Withdrawal => withdrawal(&mut reader),
            Deed::Payment => payment(&mut reader),
        };
        let ignored = reader.besides(self.fields());
        match (request, code, command) {
            (Some(request), Some(code), Some(command)) if reader.problems.is_empty() => {
                Ok(ReadDeed {
                    request,
                    code,
                    command,
                    ignored,
                })
            }
            _ => Err(reader.problems),
        }
    }

    fn fields(self) -> &'static [&'static str] {
        match self {
            Deed::Supplement => &["MaYeuCau", "MaHoSo", "TaiLieuNop"],
            Deed::Withdrawal => &["MaYeuCau", "MaHoSo", "LyDo"],
            Deed::Payment => &["MaYeuCau", "MaHoSo", "SoTien", "MaGiaoDich"],
        }
    }
}

fn supplement(reader: &mut Reader<'_>) -> Option<Command> {
    let papers = reader.papers();
    if papers.is_empty() && reader.problems.is_empty() {
        reader.wrong(Problem::missing("TaiLieuNop"));
    }
    let components = Vec::new();
    Some(RecordSupplement { components, papers }.into())
}

fn withdrawal(reader: &mut Reader<'_>) -> Option<Command> {
    let reason = reader.own("LyDo");
    let reason = Words::new(&reader.bounded("LyDo", reason, LONGEST_REASON));
    Some(Withdraw { reason }.into())
}

fn payment(reader: &mut Reader<'_>) -> Option<Command> {
    let amount = reader.required("SoTien");
    let amount_vnd = amount.parse::<u64>().ok();
    let amount_vnd = amount_vnd.filter(|amount| (1..=MOST_VND).contains(amount));
    if amount_vnd.is_none() && !amount.is_empty() {
        reader.wrong(Problem::not_a(
            "SoTien",
            &format!("số đồng từ 1 đến {MOST_VND}"),
            &format!("an amount in đồng from 1 to {MOST_VND}"),
        ));
    }
    // The platform's own number of the transaction: without it, one payment that is told twice would be
    // two.
    let reference = reader.required("MaGiaoDich");
    let reference = reader.parsed("MaGiaoDich", &reference, Reference::parse, "mã giao dịch");
    Some(
        RecordPayment {
            amount_vnd: amount_vnd?,
            method: Some(PaymentMethod::Portal),
            reference: Some(reference?),
        }
        .into(),
    )
}
