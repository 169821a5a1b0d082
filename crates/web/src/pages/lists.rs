//! `/units/{unit}/register` and `/units/{unit}/hand-over`: the lists of a desk on A4, from the
//! dossiers' own data.

use std::sync::Arc;

use app::forms::{agency, lower_first, place, way_out};
use app::page::{MAX_SIZE, PageQuery};
use app::ports::DossierFilter;
use app::read::ListQuery;
use app::view::View;
use app::worklist::{Whose, WorklistFilter, WorklistQuery};
use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use chrono::NaiveDate;
use documents::forms::{Form, Kind};
use documents::hand_over::{HandOverList, HandOverRow};
use documents::register::{Register, RegisterRow};
use documents::{Head, Printed};
use domain::catalogue::Catalogue;
use domain::dossier::{Channel, Status};
use domain::id::UnitCode;
use domain::time::{self, Instant};

use super::list::unit_of;
use super::paper::{forms, listed};
use crate::Pages;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::visit::Staff;

/// The routes of these lists.
pub fn routes() -> Router<Arc<Pages>> {
    Router::new()
        .route("/units/{unit}/register", get(register))
        .route("/units/{unit}/hand-over", get(hand_over))
}

/// The most dossiers on one list: a ward's busy month.
const MOST_ROWS: usize = 2_000;

/// A list of a unit.
struct Sheet {
    unit: UnitCode,
    name: String,
    catalogue: Arc<Catalogue>,
    now: Instant,
    form: Form,
}

impl Sheet {
    fn of(
        pages: &Pages,
        staff: &Staff,
        unit: &str,
        kind: Kind,
        day: NaiveDate,
    ) -> Result<Self, Fault> {
        let catalogue = pages.engine.catalogue(&staff.caller().province);
        let (unit, name) = unit_of(&catalogue, unit)?;
        let forms = forms(pages, staff)?;
        let form = forms.on(kind, None, day).ok_or(Fault::NoPage)?.clone();
        Ok(Self {
            unit,
            name,
            catalogue,
            now: pages.engine.now(),
            form,
        })
    }

    fn head(&self) -> Head {
        Head {
            agency: agency(&self.name),
            place: place(&self.name).to_owned(),
            day: self.now,
            form: self.form.clone(),
            printed: Printed(1),
        }
    }

    fn unit_name(&self, unit: &UnitCode) -> String {
        let known = self.catalogue.units.get(unit);
        known.map_or_else(|| unit.to_string(), |unit| unit.name.clone())
    }
}

async fn register(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    Path(unit): Path<String>,
) -> Result<Response, Fault> {
    let fields = Fields::of(&staff.visit.uri);
    let today = time::local_day(pages.engine.now());
    let to: NaiveDate = fields.get("to").parse().unwrap_or(today);
    let from: NaiveDate = fields.get("from").parse().unwrap_or(to);
    let sheet = Sheet::of(&pages, &staff, &unit, Kind::Register, to)?;
    let mut query = ListQuery {
        unit: Some(sheet.unit.clone()),
        filter: DossierFilter {
            received_from: Some(time::day_start(from)),
            received_until: to.succ_opt().map(time::day_start),
            elsewhere: Some(false),
            ..DossierFilter::default()
        },
        page: PageQuery {
            size: MAX_SIZE.cast_signed(),
            token: String::new(),
        },
        ..ListQuery::default()
    };
    let mut taken: Vec<View> = Vec::new();
    loop {
        let page = pages.engine.list(staff.caller(), query.clone()).await?;
        let own = |view: &View| view.dossier.receiving == sheet.unit;
        taken.extend(page.items.into_iter().filter(own));
        if page.next.is_empty() || taken.len() >= MOST_ROWS {
            break;
        }
        query.page.token = page.next;
    }
    taken.sort_by_key(|view| view.dossier.received);
    let register = Register {
        head: sheet.head(),
        from,
        to,
        rows: taken.iter().map(|view| line(&sheet, view)).collect(),
    };
    listed(&pages, &staff, &sheet.unit, &register)
}

fn line(sheet: &Sheet, view: &View) -> RegisterRow {
    let dossier = &view.dossier;
    let person = view.applicant.clone().unwrap_or_default();
    let chain = dossier.custody.chain.iter();
    let mut given = chain.filter(|change| change.to.unit == dossier.resolving);
    let arrived = dossier.transit.and_then(|transit| transit.arrived);
    let ended = matches!(dossier.status(), Status::Resolved | Status::Returned);
    RegisterRow {
        code: dossier.label(),
        procedure: view.procedure.name.clone(),
        applicant: person.name,
        address: person.address,
        phone: person.phone,
        resolving: sheet.unit_name(&dossier.resolving),
        received: dossier.received,
        due: dossier.clock.as_ref().and_then(|clock| clock.promised_due),
        sent: given.next().map(|change| change.at).or(arrived),
        resolved: dossier.ended.filter(|_| ended),
        returned: dossier.returned,
        came_by: came_by(dossier.channel).to_owned(),
        went_by: dossier
            .returned
            .map_or_else(String::new, |_| way_out(Channel::Desk).to_owned()),
        note: match dossier.status() {
            Status::Withdrawn => "công dân rút hồ sơ",
            Status::Stopped => "dừng xử lý",
            Status::Refused => "từ chối",
            Status::SupplementRequested => "chờ bổ sung",
            Status::Submitted
            | Status::Received
            | Status::Processing
            | Status::PaymentRequested
            | Status::Resolved
            | Status::Returned => "",
        }
        .to_owned(),
    }
}

fn came_by(channel: Channel) -> &'static str {
    match channel {
        Channel::Desk => "trực tiếp",
        Channel::Post => "bưu chính",
        Channel::Online => "trực tuyến",
    }
}

async fn hand_over(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    Path(unit): Path<String>,
) -> Result<Response, Fault> {
    let today = time::local_day(pages.engine.now());
    let sheet = Sheet::of(&pages, &staff, &unit, Kind::HandOver, today)?;
    let mut query = WorklistQuery {
        whose: Whose {
            unit: Some(sheet.unit.clone()),
            ..Whose::default()
        },
        only: vec![WorklistFilter::NotHandedOver],
        page: PageQuery {
            size: MAX_SIZE.cast_signed(),
            token: String::new(),
        },
        ..WorklistQuery::default()
    };
    let mut rows = Vec::new();
    loop {
        let page = pages.engine.worklist(staff.caller(), query.clone()).await?;
        rows.extend(page.items.iter().map(|view| {
            let dossier = &view.dossier;
            let applicant = view.applicant.as_ref();
            HandOverRow {
                code: dossier.label(),
                procedure: view.procedure.name.clone(),
                applicant: applicant.map_or_else(String::new, |person| person.name.clone()),
                taker: sheet.unit_name(&dossier.resolving),
                by: dossier.custody.hand_over_by,
                due: dossier.clock.as_ref().and_then(|clock| clock.promised_due),
            }
        }));
        if page.next.is_empty() || rows.len() >= MOST_ROWS {
            break;
        }
        query.page.token = page.next;
    }
    let list = HandOverList {
        giver: format!("Bộ phận Một cửa {}", lower_first(&sheet.name)),
        head: sheet.head(),
        rows,
    };
    listed(&pages, &staff, &sheet.unit, &list)
}
