//! Fits models on the history of a province.

use std::collections::HashMap;
use std::sync::Arc;

use domain::calendar::Calendar;
use domain::catalogue::Catalogue;
use domain::digest::{hex, sha256};
use domain::dossier::{Event, Record};
use domain::id::ProvinceCode;
use domain::procedure::Kind;
use domain::time::Instant;
use forecast::artefact::Artefact;
use forecast::figures::Figures;
use forecast::level::Precision;
use forecast::log::Log;
use forecast::model::Size;
use forecast::working_time::WorkingTime;
use serde::Serialize;

use super::KeptModel;
use super::scoring::working_time;
use super::trace::Trace;
use crate::catalogues::Catalogues;
use crate::error::Error;
use crate::ports::{List, Scope, Store};

/// How many histories are read at once.
const PAGE: u32 = 500;

/// Models of a province, fitted on what was known before a moment.
///
/// One for procedures and one for petitions, each if there is anything to learn from. The reads go
/// page by page, each in a transaction of its own, so that no long transaction holds others up. The
/// store numbers the models.
pub async fn fit(
    store: &dyn Store,
    catalogues: &Catalogues,
    province: &ProvinceCode,
    until: Instant,
    now: Instant,
) -> Result<Vec<KeptModel>, Error> {
    let catalogue = catalogues.of(province);
    let mut growing = Growing::default();
    let mut list = List::all(Scope::Province(province.clone()), None, PAGE);
    loop {
        let read = store.read().await?;
        let page = read.list(&list).await?;
        let received = page.iter().filter(|dossier| dossier.received.is_some());
        let ids: Vec<_> = received.map(|dossier| dossier.id).collect();
        let mut histories = read.records_of(province, &ids).await?;
        drop(read);
        // In order of id, so that the same histories give the same bytes.
        for id in &ids {
            let mut records = histories.remove(id).unwrap_or_default();
            let imported = records.first().and_then(imported_at);
            records.retain(|record| known_at(record, imported) < until);
            growing.add(&records, &catalogue);
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
#[derive(Default)]
struct Growing {
    /// The calendars in order of appearance, each with whether all of its time counts.
    calendars: Vec<(Arc<Calendar>, bool)>,
    procedures: Numbered,
    petitions: Numbered,
}

/// A log whose activities are numbered in order of appearance.
#[derive(Default)]
struct Numbered {
    log: Log,
    numbers: HashMap<String, u32>,
}

impl Numbered {
    fn add(&mut self, trace: Trace, office: u16) {
        let Numbered { log, numbers } = self;
        let mut case = trace.case;
        case.office = office;
        for event in &mut case.events {
            let name = &trace.names[event.activity as usize];
            event.activity = *numbers.entry(name.clone()).or_insert_with(|| {
                log.activities.push(name.clone());
                u32::try_from(log.activities.len() - 1).unwrap_or(u32::MAX)
            });
        }
        log.cases.push(case);
    }
}

impl Growing {
    fn add(&mut self, records: &[Record], catalogue: &Catalogue) {
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
        let log = match trace.matter {
            Kind::Procedure => &mut self.procedures,
            Kind::Petition => &mut self.petitions,
        };
        log.add(trace, u16::try_from(office).unwrap_or_default());
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
        for (matter, Numbered { log, .. }) in [
            (Kind::Procedure, self.procedures),
            (Kind::Petition, self.petitions),
        ] {
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
