//! The receipt on paper (*giấy tiếp nhận hồ sơ và hẹn trả kết quả*).

use documents::forms::Form;
use documents::slip::{Paper, Receipt};
use documents::{Head, Printed};
use domain::language::Language;

use super::names::{agency, fee, place, returned_at};
use crate::accounts::Directory;
use crate::receipt_sheet::{ReceiptSheet, SheetPaper};

/// The receipt of a sheet; none of a dossier that nobody has received.
pub(super) fn filled(
    sheet: &ReceiptSheet,
    form: Form,
    directory: &Directory,
    site: &str,
) -> Option<Receipt> {
    let (view, dossier) = (&sheet.view, &sheet.view.dossier);
    let received = dossier.received?;
    let received_by = sheet.received_by.as_ref();
    let person = view.applicant.clone().unwrap_or_default();
    let limit = dossier.clock.as_ref().and_then(|clock| clock.limit);
    let code = dossier.label();
    Some(Receipt {
        head: Head {
            agency: agency(&sheet.receiving.name),
            place: place(&sheet.receiving.name).to_owned(),
            day: received,
            form,
            printed: Printed(sheet.print.number),
        },
        applicant: person.name,
        address: person.address,
        phone: person.phone,
        procedure: view.procedure.name.clone(),
        procedure_code: view.procedure.code.to_string(),
        papers: sheet.papers.iter().map(paper).collect(),
        fee: fee(view),
        limit: limit.map_or_else(String::new, |limit| limit.words(Language::Vietnamese)),
        received,
        due: dossier.clock.as_ref().and_then(|clock| clock.original_due),
        arithmetic: sheet
            .receipt
            .explanation
            .as_ref()
            .map_or_else(Vec::new, |explained| {
                let lines = explained.lines(Language::Vietnamese);
                // The first line states the rule, which the form prints above; the last states the
                // moment.
                let inner = lines.len().saturating_sub(2);
                lines.into_iter().skip(1).take(inner).collect()
            }),
        returned_at: returned_at(&sheet.returning),
        lookup: match sheet.lookup_token.as_str() {
            "" => format!("{site}/lookup?code={code}"),
            token => format!("{site}/lookup?code={code}&token={token}"),
        },
        lookup_words: format!("{}/lookup", site.split("://").nth(1).unwrap_or_default()),
        pin: sheet.receipt.pin.clone(),
        receiver: received_by.map_or_else(String::new, |actor| directory.name(actor)),
        code: code.clone(),
    })
}

fn paper(paper: &SheetPaper) -> Paper {
    Paper {
        name: paper.name.clone(),
        original: paper.originals,
        certified: paper.certified,
        plain: paper.plain + paper.electronic,
    }
}
