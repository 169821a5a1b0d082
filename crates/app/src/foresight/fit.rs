//! Fits models on the history of a province.

use std::collections::HashMap;
use std::sync::Arc;

use domain::calendar::Calendar;
use domain::catalogue::Catalogue;
use domain::digest::{hex, sha256};
use domain::dossier::{Event, Record};
use domain::id::{DossierId, ProvinceCode};
use domain::procedure::Kind;
use domain::time::Instant;
use forecast::artefact::Artefact;
use forecast::figures::Figures;
use forecast::level::Precision;
use forecast::log::{Case, Log};
use forecast::model::Size;
use forecast::working_time::WorkingTime;
use serde::Serialize;

use super::KeptModel;
use super::scoring::working_time;
use super::thinned::Thinned;
use super::trace::Trace;
use crate::catalogues::Catalogues;
use crate::error::Error;
use crate::ports::{List, Scope, Store};

/// How many histories are read at once.
const PAGE: u32 = 500;

/// A fit learns from fewer dossiers of a matter. A province has a million a year, which would take two
/// gigabytes, and tell hardly more than every eighth of them does.
const MOST: usize = 200_000;

/// Models of a province, fitted on what was known before a moment.
///
/// One for procedures and one for petitions, each if there is anything to learn from. The reads go
/// page by page, each in a transaction of its own, so that no long transaction holds others up. The
/// store numbers the models. Of more than [`MOST`] dossiers every second one is left out, or more of them.
pub async fn fit(
    store: &dyn Store,
    catalogues: &Catalogues,
    province: &ProvinceCode,
    until: Instant,
    now: Instant,
) -> Result<Vec<KeptModel>, Error> {
    let catalogue = catalogues.of(province);
    let mut growing = Growing::new();
    let mut list = List::all(Scope::Province(province.clone()), None, PAGE);
    loop {
        let read = store.read().await?;
        let page = read.list(&list).await?;
        let received = page.iter().filter(|dossier| dossier.received.is_some());
        let chosen = received.filter_map(|dossier| {
            let place = growing.log_of(dossier.kind).cases.next()?;
            Some((dossier.id, place))
        });
        let chosen: Vec<(DossierId, u64)> = chosen.collect();
        let ids: Vec<DossierId> = chosen.iter().map(|(id, _)| *id).collect();
        let mut histories = read.records_of(province, &ids).await?;
        drop(read);
        // In order of id, so that the same histories give the same bytes.
        for (id, place) in chosen {
            let mut records = histories.remove(&id).unwrap_or_default();
            let imported = records.first().and_then(imported_at);
            records.retain(|record| known_at(record, imported) < until);
            growing.add(place, &records, &catalogue);
        }
        match page.last() {
            Some(last) if page.len() == PAGE as usize => list.after = Some(last.id),
            Some(_) | None => break,
        }
        tokio::task::yield_now().await;
    }
    let province = province.clone();
    let fitting = tokio::task::spawn_blocking(move || growing.fit(&province, until, now));
    fitting
        .await
        .map_err(|error| Error::Internal(Box::new(error)))?
}

/// When a history was imported, if it was.
fn imported_at(first: &Record) -> Option<Instant> {
    let is_imported = match &first.event {
        Event::Received(received) => received.imported.is_some(),
        _ => false,
    };
    is_imported.then_some(first.record_time)
}

/// When something became known: at its record time. Imported events are the exception, because the
/// other system knew them long before the import.
fn known_at(record: &Record, imported: Option<Instant>) -> Instant {
    if Some(record.record_time) == imported {
        record.event_time
    } else {
        record.record_time
    }
}

/// Logs that grow dossier by dossier.
struct Growing {
    /// The calendars in order of appearance, each with whether all of its time counts.
    calendars: Vec<(Arc<Calendar>, bool)>,
    procedures: Numbered,
    petitions: Numbered,
}

/// Cases whose activities are numbered in order of appearance.
struct Numbered {
    cases: Thinned<Case>,
    activities: Vec<String>,
    numbers: HashMap<String, u32>,
}

impl Numbered {
    fn new() -> Self {
        Self {
            cases: Thinned::new(MOST),
            activities: Vec::new(),
            numbers: HashMap::new(),
        }
    }

    fn add(&mut self, place: u64, trace: Trace, office: u16) {
        let Numbered {
            cases,
            activities,
            numbers,
        } = self;
        let mut case = trace.case;
        case.office = office;
        for event in &mut case.events {
            let name = &trace.names[event.activity as usize];
            event.activity = *numbers.entry(name.clone()).or_insert_with(|| {
                activities.push(name.clone());
                u32::try_from(activities.len() - 1).unwrap_or(u32::MAX)
            });
        }
        cases.keep(place, case);
    }

    fn into_log(self) -> Log {
        Log {
            activities: self.activities,
            cases: self.cases.into_kept(),
        }
    }
}

impl Growing {
    fn new() -> Self {
        Self {
            calendars: Vec::new(),
            procedures: Numbered::new(),
            petitions: Numbered::new(),
        }
    }

    fn log_of(&mut self, matter: Kind) -> &mut Numbered {
        match matter {
            Kind::Procedure => &mut self.procedures,
            Kind::Petition => &mut self.petitions,
        }
    }

    fn add(&mut self, place: u64, records: &[Record], catalogue: &Catalogue) {
        let Some(trace) = Trace::of(records, catalogue) else {
            return;
        };
        let calendar = catalogue.calendars.for_unit(trace.unit.as_str());
        // A day outside every calendar cannot be counted, so the model learns nothing from such a
        // dossier.
        if !trace.lies_in(calendar) {
            return;
        }
        let known = self.calendars.iter();
        let known = known
            .clone()
            .position(|(known, elapsed)| Arc::ptr_eq(known, calendar) && *elapsed == trace.elapsed);
        let office = known.unwrap_or(self.calendars.len());
        if known.is_none() {
            self.calendars.push((Arc::clone(calendar), trace.elapsed));
        }
        let office = u16::try_from(office).unwrap_or_default();
        self.log_of(trace.matter).add(place, trace, office);
    }

    fn fit(
        self,
        province: &ProvinceCode,
        until: Instant,
        now: Instant,
    ) -> Result<Vec<KeptModel>, Error> {
        let offices = self.calendars.iter();
        let offices: Vec<WorkingTime> = offices
            .map(|(calendar, elapsed)| working_time(calendar, *elapsed))
            .collect();
        let offices: Vec<&WorkingTime> = offices.iter().collect();
        let mut kept = Vec::new();
        for (matter, cases) in [
            (Kind::Procedure, self.procedures),
            (Kind::Petition, self.petitions),
        ] {
            let log = cases.into_log();
            let artefact = match Artefact::fit(&log, &offices, until, Precision::default()) {
                Ok(artefact) => artefact,
                Err(forecast::log::Error::NoCases { .. }) => continue,
                Err(error) => return Err(Error::Internal(Box::new(error))),
            };
            let bytes = artefact.to_bytes();
            kept.push(KeptModel {
                province: province.clone(),
                number: 0,
                matter,
                begins: artefact.fitted_from(),
                until,
                made: now,
                figures: told(&artefact),
                hash: hex(&sha256(&bytes)),
                bytes: Some(bytes),
            });
        }
        Ok(kept)
    }
}

/// The size and quality of a fit, as JSON.
fn told(artefact: &Artefact) -> String {
    #[derive(Serialize)]
    struct ModelFigures<'a> {
        #[serde(flatten)]
        size: Size,
        #[serde(flatten)]
        figures: &'a Figures,
    }
    let told = ModelFigures {
        size: artefact.size(),
        figures: artefact.figures(),
    };
    serde_json::to_string(&told).expect("numbers are always JSON")
}
