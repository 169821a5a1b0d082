//! The lists of a desk on A4, from the dossiers' own data: the register (*sổ theo dõi hồ sơ*) and the list with which
//! papers go to those who decide (*giấy bàn giao hồ sơ*). A list tells how things stand now, so its prints are not
//! counted.

use std::collections::HashMap;
use std::ops::RangeInclusive;

use chrono::{NaiveDate, TimeDelta};
use documents::forms::{Form, Forms, Kind};
use documents::hand_over::{HandOverList, HandOverRow};
use documents::register::{Register, RegisterRow};
use documents::{Head, Printed};
use domain::catalogue::Catalogue;
use domain::dossier::{Channel, Event, Record, Status};
use domain::id::{DossierId, UnitCode};
use domain::time::{self, Instant};

use super::drawn;
use super::names::{agency, lower_first, place, unit_name, way_out};
use crate::access::{self, Caller, Method};
use crate::engine::Engine;
use crate::error::Error;
use crate::page::{MAX_SIZE, PageQuery};
use crate::ports::DossierFilter;
use crate::read::ListQuery;
use crate::view::View;
use crate::worklist::{Whose, WorklistFilter, WorklistQuery};

/// The most dossiers on one list: a ward's busy month.
const MOST_ROWS: usize = 2_000;

/// The most days of a register, both ends included.
const MOST_DAYS: i64 = 366;

/// A list of a desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeskList {
    /// What the desk received on these days.
    Register(RangeInclusive<NaiveDate>),
    /// Whose papers have to go to those who decide, most urgent first.
    HandOver,
}

impl DeskList {
    /// The form of the list.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            DeskList::Register(_) => Kind::Register,
            DeskList::HandOver => Kind::HandOver,
        }
    }
}

/// A list of a desk on paper.
#[derive(Debug, Clone)]
pub struct ListSheet {
    /// The desk's unit.
    pub unit: UnitCode,
    /// The version of the form.
    pub form: Form,
    /// When the list was made.
    pub at: Instant,
    /// How many dossiers are on it.
    pub rows: usize,
    /// The list as one HTML article.
    pub article: String,
}

impl ListSheet {
    /// The list as a whole HTML document, for software that prints without our pages.
    #[must_use]
    pub fn whole_page(&self) -> String {
        let title = format!("{} – {}", self.form.title, self.unit);
        documents::whole_page(&title, &self.article)
    }
}

impl Engine {
    /// Prints a list of a unit's desk.
    ///
    /// Errors: a wrong `last_day`, where the days of a register end before they begin, are more than a year, or have
    /// more than 2,000 dossiers; [`Error::NotFound`] before the form's first day.
    pub async fn print_list(
        &self,
        caller: &Caller,
        unit: &UnitCode,
        list: &DeskList,
    ) -> Result<ListSheet, Error> {
        access::check_unit(caller, Method::PrintList, unit)?;
        let catalogue = self.catalogue(&caller.province);
        let now = self.now();
        let day = match list {
            DeskList::Register(days) => *days.end(),
            DeskList::HandOver => time::local_day(now),
        };
        let forms = Forms::of(&catalogue).map_err(|fault| Error::Internal(Box::new(fault)))?;
        let form = forms.on(list.kind(), None, day);
        let form = form.cloned().ok_or_else(|| Error::NotFound {
            what: "form",
            name: list.kind().as_str().to_owned(),
        })?;
        let name = unit_name(&catalogue, unit);
        let head = Head {
            agency: agency(&name),
            place: place(&name).to_owned(),
            day: now,
            form: form.clone(),
            printed: Printed(1),
        };
        let (rows, article) = match list {
            DeskList::Register(days) => {
                let rows = self.register(caller, unit, days, &catalogue).await?;
                let (from, to) = (*days.start(), *days.end());
                let register = Register {
                    head,
                    from,
                    to,
                    rows,
                };
                (register.rows.len(), drawn(&forms, &register)?)
            }
            DeskList::HandOver => {
                let list = HandOverList {
                    head,
                    giver: format!("Bộ phận Một cửa {}", lower_first(&name)),
                    rows: self.to_hand_over(caller, unit, &catalogue).await?,
                };
                (list.rows.len(), drawn(&forms, &list)?)
            }
        };
        Ok(ListSheet {
            unit: unit.clone(),
            form,
            at: now,
            rows,
            article,
        })
    }

    async fn register(
        &self,
        caller: &Caller,
        unit: &UnitCode,
        days: &RangeInclusive<NaiveDate>,
        catalogue: &Catalogue,
    ) -> Result<Vec<RegisterRow>, Error> {
        let (from, to) = (*days.start(), *days.end());
        let last = from + TimeDelta::days(MOST_DAYS - 1);
        if !(from..=last).contains(&to) {
            let problem = format!("must be from {from} to {last}");
            return Err(Error::invalid("last_day", problem));
        }
        let mut query = ListQuery {
            unit: Some(unit.clone()),
            filter: DossierFilter {
                received_from: Some(time::day_start(from)),
                received_until: to.succ_opt().map(time::day_start),
                elsewhere: Some(false),
                ..DossierFilter::default()
            },
            page: largest_page(),
            ..ListQuery::default()
        };
        let mut rows: Vec<(Option<Instant>, RegisterRow)> = Vec::new();
        loop {
            let mut page = self.list(caller, query.clone()).await?;
            page.items.retain(|view| view.dossier.receiving == *unit);
            let ways = self.ways_out(caller, &page.items).await?;
            for view in &page.items {
                let way = ways.get(&view.dossier.id).copied();
                let row = register_row(catalogue, view, way);
                rows.push((view.dossier.received, row));
            }
            if rows.len() > MOST_ROWS {
                let problem = format!("must not cover more than {MOST_ROWS} dossiers");
                return Err(Error::invalid("last_day", problem));
            }
            if page.next.is_empty() {
                break;
            }
            query.page.token = page.next;
        }
        rows.sort_by_key(|(received, _)| *received);
        Ok(rows.into_iter().map(|(_, row)| row).collect())
    }

    /// How the results of those dossiers went that were given back.
    async fn ways_out(
        &self,
        caller: &Caller,
        views: &[View],
    ) -> Result<HashMap<DossierId, Channel>, Error> {
        let returned = views.iter().map(|view| &view.dossier);
        let returned = returned.filter(|dossier| dossier.returned.is_some());
        let returned: Vec<DossierId> = returned.map(|dossier| dossier.id).collect();
        if returned.is_empty() {
            return Ok(HashMap::new());
        }
        let read = self.context.store.read().await?;
        let histories = read.records_of(&caller.province, &returned).await?;
        let way = |records: &Vec<Record>| {
            let mut newest_first = records.iter().rev();
            newest_first.find_map(|record| match &record.event {
                Event::Returned(returned) => Some(returned.channel),
                _ => None,
            })
        };
        let ways = histories.iter();
        Ok(ways
            .filter_map(|(id, records)| Some((*id, way(records)?)))
            .collect())
    }

    async fn to_hand_over(
        &self,
        caller: &Caller,
        unit: &UnitCode,
        catalogue: &Catalogue,
    ) -> Result<Vec<HandOverRow>, Error> {
        let mut query = WorklistQuery {
            whose: Whose {
                unit: Some(unit.clone()),
                ..Whose::default()
            },
            only: vec![WorklistFilter::NotHandedOver],
            page: largest_page(),
            ..WorklistQuery::default()
        };
        let mut rows = Vec::new();
        loop {
            let page = self.worklist(caller, query.clone()).await?;
            let taken = page.items.iter();
            rows.extend(taken.map(|view| hand_over_row(catalogue, view)));
            if page.next.is_empty() || rows.len() >= MOST_ROWS {
                // The list says how many are on it; the others are on the next one, once these have gone.
                rows.truncate(MOST_ROWS);
                return Ok(rows);
            }
            query.page.token = page.next;
        }
    }
}

fn largest_page() -> PageQuery {
    PageQuery {
        size: MAX_SIZE.cast_signed(),
        token: String::new(),
    }
}

fn register_row(catalogue: &Catalogue, view: &View, went_by: Option<Channel>) -> RegisterRow {
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
        resolving: unit_name(catalogue, &dossier.resolving),
        received: dossier.received,
        due: dossier.clock.as_ref().and_then(|clock| clock.promised_due),
        sent: given.next().map(|change| change.at).or(arrived),
        resolved: dossier.ended.filter(|_| ended),
        returned: dossier.returned,
        came_by: came_by(dossier.corrected_channel()).to_owned(),
        went_by: went_by.map_or_else(String::new, |channel| way_out(channel).to_owned()),
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

fn hand_over_row(catalogue: &Catalogue, view: &View) -> HandOverRow {
    let dossier = &view.dossier;
    let applicant = view.applicant.as_ref();
    HandOverRow {
        code: dossier.label(),
        procedure: view.procedure.name.clone(),
        applicant: applicant.map_or_else(String::new, |person| person.name.clone()),
        taker: unit_name(catalogue, &dossier.resolving),
        by: dossier.custody.hand_over_by,
        due: dossier.clock.as_ref().and_then(|clock| clock.promised_due),
    }
}
