//! All that a receipt prints (*giấy tiếp nhận hồ sơ và hẹn trả kết quả*, form 01), in one answer.
//!
//! Paper is lost and printers fail, so a receipt can be printed as often as it is needed. Each print
//! is written into a log of its own, since whoever holds the paper holds the PIN. Nothing of the
//! dossier changes by it: neither its version nor its etag.

use chrono::NaiveDate;
use domain::catalogue::Catalogue;
use domain::contact::Contact;
use domain::dossier::{Dossier, Event, PaperCopy};
use domain::id::{ActorId, ComponentCode, RequestId, UnitCode};
use domain::procedure::{Fee, Mark, Procedure};
use domain::{dossier::Refusal, time};

use crate::access::{Caller, Method};
use crate::engine::Engine;
use crate::error::Error;
use crate::keys;
use crate::ports::{Print, PrintWanted, Printed, PrintedForm};
use crate::view::{DossierName, Receipt, View};

/// All that a receipt prints.
#[derive(Debug, Clone)]
pub struct ReceiptSheet {
    /// The dossier, its procedure and who handed it in.
    pub view: View,
    /// Which print it is.
    pub print: Print,
    /// Who received it.
    pub received_by: Option<ActorId>,
    /// The papers that came.
    pub papers: Vec<SheetPaper>,
    /// The required papers that have not come, by code and name.
    pub missing: Vec<(ComponentCode, String)>,
    /// Where it was received.
    pub receiving: Desk,
    /// Where its result is fetched.
    pub returning: Desk,
    /// What the catalogue says that it costs.
    pub fees: Vec<Fee>,
    /// How its due time came about.
    pub receipt: Receipt,
    /// What the QR code carries in place of the PIN. Both are empty where another system gave out
    /// the receipt.
    pub lookup_token: String,
}

/// A paper, and how many of which kind came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetPaper {
    /// The component.
    pub component: ComponentCode,
    /// Its name.
    pub name: String,
    /// Originals.
    pub originals: u32,
    /// Certified copies.
    pub certified: u32,
    /// Plain copies.
    pub plain: u32,
    /// Files.
    pub electronic: u32,
}

/// A desk as citizens find it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Desk {
    /// The unit.
    pub unit: UnitCode,
    /// Its name.
    pub name: String,
    /// Its address; empty when the catalogue has none.
    pub address: String,
    /// Its telephone number; empty when the catalogue has none.
    pub telephone: String,
    /// How sure address and telephone are.
    pub mark: Mark,
    /// When it is open: as the catalogue says, else the counted hours of its calendar.
    pub hours: String,
    /// How sure the hours are.
    pub hours_mark: Mark,
}

impl Engine {
    /// Prints the receipt of a dossier, once more or for the first time.
    ///
    /// The same request is the same print. Errors: [`Refusal::NotReceived`] for a dossier that
    /// nobody has received.
    pub async fn print_receipt(
        &self,
        caller: &Caller,
        name: &DossierName,
        request_id: RequestId,
    ) -> Result<ReceiptSheet, Error> {
        let mut sheet = self.receipt_sheet(caller, name).await?;
        let form = PrintedForm::RECEIPT;
        self.saw_dossier(caller, &sheet.view);
        sheet.print = self
            .count_print(caller, &sheet.view, form, request_id)
            .await?;
        Ok(sheet)
    }

    /// Counts one more print of a form of a dossier that the caller has read. The dossier stays as it
    /// is.
    pub async fn count_print(
        &self,
        caller: &Caller,
        view: &View,
        form: PrintedForm,
        request_id: RequestId,
    ) -> Result<Print, Error> {
        let wanted = PrintWanted {
            key: (view.dossier.province.clone(), view.dossier.id),
            form,
            actor: caller.actor.clone(),
            request_id,
            at: time::to_micros(self.now()),
        };
        match self.context.store.record_print(&wanted).await? {
            Printed::Counted(print) => Ok(print),
            Printed::OtherRequest => Err(Error::RequestReused {
                request_id: wanted.request_id.to_string(),
            }),
        }
    }

    /// The sheet as a print that nobody has counted yet.
    async fn receipt_sheet(
        &self,
        caller: &Caller,
        name: &DossierName,
    ) -> Result<ReceiptSheet, Error> {
        let read = self.context.store.read().await?;
        let dossier = self
            .readable(read.as_ref(), caller, Method::GetReceipt, name)
            .await?;
        let key = (dossier.province.clone(), dossier.id);
        let view = self.view(read.as_ref(), caller, dossier).await?;
        if view.dossier.received.is_none() {
            return Err(Error::Refused {
                refusal: Refusal::NotReceived,
                status: Some(view.dossier.status()),
                allowed: view.allowed,
            });
        }
        let kept = read.pin_hash(&key).await?.unwrap_or_default();
        let records = read.records(&key).await?;
        let received = records.iter().find(|record| is_reception(&record.event));
        let id = view.dossier.id;
        let mut receipt = self.receipt(&view)?;
        let opens = keys::same(&kept, &self.context.keys.pin_hash(id, &receipt.pin));
        let mut lookup_token = self.context.keys.lookup_token(id);
        if !opens {
            receipt.pin.clear();
            lookup_token.clear();
        }
        let catalogue = self.catalogue(&view.dossier.province);
        let now = time::to_micros(self.now());
        let today = time::local_day(now);
        let desk = |unit: &UnitCode| Desk::of(unit, &catalogue, today);
        Ok(ReceiptSheet {
            received_by: received.map(|record| record.actor.clone()),
            papers: papers(&view.dossier, &view.procedure),
            missing: (view.dossier.missing())
                .map(|code| (code.clone(), component_name(code, &view.procedure)))
                .collect(),
            receiving: desk(&view.dossier.receiving),
            returning: desk(&view.dossier.returning),
            fees: fees(&view.dossier, &view.procedure),
            lookup_token,
            print: Print {
                number: 0,
                at: now,
                actor: caller.actor.clone(),
            },
            receipt,
            view,
        })
    }
}

fn is_reception(event: &Event) -> bool {
    matches!(event, Event::Received(_))
}

impl Desk {
    /// A desk, as the catalogue knows it on a day.
    #[must_use]
    pub fn of(unit: &UnitCode, catalogue: &Catalogue, today: NaiveDate) -> Self {
        let named = catalogue.units.get(unit);
        let contact = catalogue.contacts.get(unit);
        let told = contact.filter(|contact| !contact.hours.is_empty());
        let (hours, hours_mark) = match told {
            Some(Contact { hours, mark, .. }) => (hours.clone(), *mark),
            // The desk may be open for longer: only the hours that count are known.
            None => (counted_hours(unit, catalogue, today), Mark::Derived),
        };
        Self {
            unit: unit.clone(),
            name: named.map_or_else(|| unit.to_string(), |unit| unit.name_on(today).to_owned()),
            address: contact.map_or_else(String::new, |it| it.address.clone()),
            telephone: contact.map_or_else(String::new, |it| it.telephone.clone()),
            mark: contact.map_or(Mark::Unknown, |it| it.mark),
            hours,
            hours_mark,
        }
    }
}

/// `7:30–11:30, 13:30–17:00`.
fn counted_hours(unit: &UnitCode, catalogue: &Catalogue, today: NaiveDate) -> String {
    let calendar = catalogue.calendars.for_unit(unit.as_str());
    let hours = calendar.hours_on(today);
    let spans = hours.iter().map(|(opens, closes)| {
        let (opens, closes) = (opens.format("%-H:%M"), closes.format("%-H:%M"));
        format!("{opens}–{closes}")
    });
    spans.collect::<Vec<_>>().join(", ")
}

fn component_name(code: &ComponentCode, procedure: &Procedure) -> String {
    let named = procedure.components.iter().find(|it| it.code == *code);
    named.map_or_else(|| code.to_string(), |it| it.name.clone())
}

fn papers(dossier: &Dossier, procedure: &Procedure) -> Vec<SheetPaper> {
    let papers = dossier.components.iter().map(|code| {
        let of = |copy: PaperCopy| {
            let papers = dossier.papers.iter();
            let counted = papers.filter(|paper| paper.component == *code && paper.copy == copy);
            counted.map(|paper| u32::from(paper.count)).sum()
        };
        SheetPaper {
            component: code.clone(),
            name: component_name(code, procedure),
            originals: of(PaperCopy::Original),
            certified: of(PaperCopy::Certified),
            plain: of(PaperCopy::Plain),
            electronic: of(PaperCopy::Electronic),
        }
    });
    papers.collect()
}

/// What its case costs by its channel.
fn fees(dossier: &Dossier, procedure: &Procedure) -> Vec<Fee> {
    let case = procedure.case(dossier.corrected_case());
    let fees = case.map_or(&[][..], |case| &case.fees);
    let channel = dossier.corrected_channel();
    let own = fees
        .iter()
        .filter(|fee| fee.channel.is_none_or(|it| it == channel));
    own.cloned().collect()
}
