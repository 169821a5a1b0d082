//! Each night's sheet, kept: how far another system was apart when all dossiers had been compared.

use chrono::{NaiveDate, TimeDelta};
use domain::id::{DossierId, UnitCode};
use domain::time::{self, Instant};
use serde::{Deserialize, Serialize};

use super::sheet::{Counts, Sheet};
use crate::access::{self, Caller, Method};
use crate::engine::Engine;
use crate::error::Error;
use crate::page::{self, Page, PageQuery};
use crate::ports::{KeptText, Remote};

/// How many days of receptions a kept sheet looks back.
const DAYS: i64 = 31;

/// How many of the dossiers that differ it names.
const NAMED: usize = 200;

/// A night's sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptSheet {
    /// The day on which the night ended.
    pub night: NaiveDate,
    /// When it was made.
    pub made: Instant,
    /// What was found.
    pub found: Found,
}

/// What a night's sheet says of the dossiers of the last days.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// The first day of reception.
    pub from: NaiveDate,
    /// The last one.
    pub to: NaiveDate,
    /// How many there were here.
    pub here: Counts,
    /// How many the other system had.
    pub there: Counts,
    /// How many stood otherwise there than here, or were not there.
    pub differ: u64,
    /// How many had an event that took longer than systems may take.
    pub late: u64,
    /// The longest that an event took, in milliseconds.
    pub slowest_ms: i64,
    /// Units and days with anything that differed or was late.
    pub lines: Vec<FoundLine>,
    /// The first of those that differed.
    pub dossiers: Vec<DossierId>,
}

/// What a night's sheet says of a unit and a day of reception.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FoundLine {
    /// The unit.
    pub unit: UnitCode,
    /// The day.
    pub day: NaiveDate,
    /// See [`Found::here`].
    pub here: Counts,
    /// See [`Found::there`].
    pub there: Counts,
    /// See [`Found::differ`].
    pub differ: u64,
    /// See [`Found::late`].
    pub late: u64,
    /// See [`Found::slowest_ms`].
    pub slowest_ms: i64,
}

impl Found {
    fn of(sheet: &Sheet, from: NaiveDate, to: NaiveDate) -> Self {
        let sum = sheet.sum();
        let lines = sheet.lines.iter();
        let apart = lines.filter(|(_, line)| line.differ > 0 || line.late > 0);
        Self {
            from,
            to,
            here: sum.here,
            there: sum.there,
            differ: sum.differ,
            late: sum.late,
            slowest_ms: sum.slowest.num_milliseconds(),
            lines: apart
                .map(|((unit, day), line)| FoundLine {
                    unit: unit.clone(),
                    day: *day,
                    here: line.here,
                    there: line.there,
                    differ: line.differ,
                    late: line.late,
                    slowest_ms: line.slowest.num_milliseconds(),
                })
                .collect(),
            dossiers: sheet.differ.iter().take(NAMED).copied().collect(),
        }
    }
}

impl Engine {
    /// Keeps the sheet of a night at whose end a remote had been compared. One that is there stays.
    pub async fn keep_sheet(&self, remote: &Remote, night: NaiveDate) -> Result<(), Error> {
        let read = self.context.store.read().await?;
        let last = read
            .kept_sheets(&remote.province, &remote.name, None, 1)
            .await?;
        drop(read);
        if last.first().is_some_and(|last| last.night >= night) {
            return Ok(());
        }
        let (from, to) = (night - TimeDelta::days(DAYS), night - TimeDelta::days(1));
        let sheet = self.sheet(&remote.province, &remote.name, from, to).await?;
        let text = serde_json::to_string(&Found::of(&sheet, from, to));
        let kept = KeptText {
            province: remote.province.clone(),
            remote: remote.name.clone(),
            night,
            made: time::to_micros(self.now()),
            text: text.map_err(|error| Error::Internal(Box::new(error)))?,
        };
        Ok(self.context.store.keep_sheet(&kept).await?)
    }

    /// The nights' sheets of a remote, the latest first.
    pub async fn kept_sheets(
        &self,
        caller: &Caller,
        remote: &str,
        query: &PageQuery,
    ) -> Result<Page<KeptSheet>, Error> {
        access::check_province(caller, Method::ListExchangeSheets)?;
        let limit = query.limit()?;
        let question = format!("sheets {remote}");
        let before: Option<NaiveDate> = match query.after(&question)? {
            Some(place) => Some(place.parse().map_err(|_not_ours| {
                Error::invalid("page_token", "must be a next_page_token of this method")
            })?),
            None => None,
        };
        let read = self.context.store.read().await?;
        self.known_remote(read.as_ref(), caller, remote).await?;
        let found = read.kept_sheets(&caller.province, remote, before, limit + 1);
        let cut = page::cut(found.await?, limit, &question, |kept| {
            kept.night.to_string()
        });
        let items = cut.items.into_iter().map(|kept| {
            let found = serde_json::from_str(&kept.text);
            Ok(KeptSheet {
                night: kept.night,
                made: kept.made,
                found: found.map_err(|error| Error::Internal(Box::new(error)))?,
            })
        });
        Ok(Page {
            items: items.collect::<Result<_, Error>>()?,
            next: cut.next,
            total: None,
            at_least: false,
        })
    }
}
