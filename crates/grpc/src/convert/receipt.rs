//! Receipts, as they are asked for and sent.

use app::Error;
use app::RequestIdentity;
use app::receipt_sheet::{Desk, ReceiptSheet, SheetPaper};
use app::view::DossierName;
use domain::deadline::Language;
use domain::id::ComponentCode;
use domain::limit::Limit;

use super::circumstances::fee_state_of;
use super::dossier::vnd;
use super::explanation::explanation;
use super::fields::Fields;
use super::identity::identity;
use super::person::person;
use super::procedure::{fee, mark};
use super::request_context::unit_name;
use super::time::timestamp;
use crate::proto;
use crate::proto::receipt_sheet as part;

/// Reads whose receipt is wanted, and under which id.
pub fn wanted(request: &proto::GetReceiptRequest) -> Result<(RequestIdentity, DossierName), Error> {
    let mut fields = Fields::default();
    let identity = identity(request, &mut fields);
    let name = fields.parse("name", &request.name, DossierName::parse);
    fields.done(identity.zip(name))
}

/// Draws a receipt.
pub fn sheet(sheet: &ReceiptSheet) -> proto::ReceiptSheet {
    let (dossier, procedure) = (&sheet.view.dossier, &sheet.view.procedure);
    let clock = dossier.clock.as_ref();
    let limit = clock.and_then(|clock| clock.limit);
    let words = |language| limit.map_or_else(String::new, |limit: Limit| limit.words(language));
    let case = procedure.case(dossier.corrected_case());
    let original = clock.and_then(|clock| clock.original_due);
    let promised = clock.and_then(|clock| clock.promised_due);
    proto::ReceiptSheet {
        dossier: format!("dossiers/{}", dossier.id),
        code: dossier.label(),
        print_number: sheet.print.number,
        print_time: Some(timestamp(sheet.print.at)),
        applicant: sheet.view.applicant.as_ref().map(person),
        procedure: format!(
            "procedures/{}/versions/{}",
            procedure.code, procedure.version
        ),
        procedure_name: procedure.name.clone(),
        case_name: case.map(|case| case.name.clone()).unwrap_or_default(),
        papers: sheet.papers.iter().map(paper).collect(),
        missing_papers: sheet.missing.iter().map(missing).collect(),
        components_unconfirmed: !domain::dossier::list_is_confirmed(procedure),
        fees: sheet.fees.iter().map(fee).collect(),
        fee_state: fee_state_of(dossier).into(),
        fee_open_vnd: dossier.fee_open_vnd.map(vnd),
        fee_paid_vnd: vnd(dossier.fee_paid_vnd),
        limit: limit.map(|limit| limit.to_string()).unwrap_or_default(),
        limit_vi: words(Language::Vietnamese),
        limit_en: words(Language::English),
        receive_time: dossier.received.map(timestamp),
        due_time: original.map(timestamp),
        promised_due_time: promised
            .filter(|promised| Some(*promised) != original)
            .map(timestamp),
        explanation: sheet.receipt.explanation.as_ref().map(explanation),
        receiving_desk: Some(desk(&sheet.receiving)),
        returning_desk: Some(desk(&sheet.returning)),
        received_by: (sheet.received_by.as_ref())
            .map(ToString::to_string)
            .unwrap_or_default(),
        pin: sheet.receipt.pin.clone(),
        lookup_token: sheet.lookup_token.clone(),
    }
}

fn paper(paper: &SheetPaper) -> part::Paper {
    part::Paper {
        component: paper.component.to_string(),
        display_name: paper.name.clone(),
        originals: paper.originals,
        certified: paper.certified,
        plain: paper.plain,
        electronic: paper.electronic,
    }
}

fn missing((component, name): &(ComponentCode, String)) -> part::Paper {
    part::Paper {
        component: component.to_string(),
        display_name: name.clone(),
        ..part::Paper::default()
    }
}

fn desk(desk: &Desk) -> part::Desk {
    part::Desk {
        unit: unit_name(&desk.unit),
        display_name: desk.name.clone(),
        address: desk.address.clone(),
        telephone: desk.telephone.clone(),
        contact_mark: mark(desk.mark),
        hours: desk.hours.clone(),
        hours_mark: mark(desk.hours_mark),
    }
}
