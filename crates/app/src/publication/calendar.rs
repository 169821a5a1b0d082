//! Shows what a calendar would do to the open dossiers of a province, before it is published.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::calendar::{DayKind, InvalidCalendar, SpecialDay};
use domain::catalogue::Catalogue;
use domain::dossier::change::recalculation::{Recalculation, Unmoved, recalculate};
use domain::dossier::legal::Legal;
use domain::dossier::{Dossier, Record, Status};
use domain::id::{DossierId, ProvinceCode};
use domain::time::Instant;

use crate::access::{self, Caller, Method};
use crate::catalogues::law;
use crate::engine::Engine;
use crate::error::{Error, FieldError};
use crate::page::{Page, PageQuery, cut};
use crate::ports::{DossierFilter, List, ReadTx, Scope};

/// How many dossiers are read at once.
const PAGE: u32 = 2_000;

/// A calendar that is tried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trial {
    /// A text that was proposed.
    Document(u64),
    /// The calendar in force with a few more days.
    Days(Days),
}

/// Days that nobody has proposed yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Days {
    /// Working days that would be off.
    pub off: Vec<NaiveDate>,
    /// Weekend days that would be worked.
    pub make_up: Vec<NaiveDate>,
}

/// What a calendar would do to one dossier.
#[derive(Debug, Clone)]
pub struct DueChange {
    /// The dossier as it stands.
    pub dossier: Dossier,
    /// The change of its due times; none if they lie beyond the calendar, and then the dossier
    /// keeps its present ones.
    pub recalculation: Option<Recalculation>,
}

/// What a calendar would do.
#[derive(Debug, Clone, Default)]
pub struct Effects {
    /// How many open dossiers were examined.
    pub seen: u64,
    /// Those that it would change, by id.
    pub changes: Vec<DueChange>,
}

/// How many dossiers a calendar would change, and how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ChangeCounts {
    /// Their due time moves later.
    pub later: u64,
    /// Dossiers that keep a promised due time, although the calendar gives an earlier one.
    pub promised: u64,
    /// They were overdue and stay so.
    pub overdue: u64,
    /// Dossiers whose due time lies beyond the calendar and stays.
    pub beyond: u64,
    /// Dossiers with a leg, a consultation or a hand-over of papers that would be due later.
    pub parts: u64,
}

impl Effects {
    /// The sums. A dossier whose only change is the provisional mark is in none of them.
    #[must_use]
    pub fn sums(&self) -> ChangeCounts {
        let mut sums = ChangeCounts::default();
        for change in &self.changes {
            match &change.recalculation {
                None => sums.beyond += 1,
                Some(done) => {
                    sums.later += u64::from(done.after > done.before);
                    sums.parts += u64::from(!done.parts.is_empty());
                    match done.kept {
                        Some(Unmoved::Promised) => sums.promised += 1,
                        Some(Unmoved::Overdue) => sums.overdue += 1,
                        None => {}
                    }
                }
            }
        }
        sums
    }
}

impl Engine {
    /// What a calendar would do to the open dossiers of the caller's province: the sums over all,
    /// and a page of them.
    pub async fn calendar_changes(
        &self,
        caller: &Caller,
        trial: &Trial,
        page: &PageQuery,
    ) -> Result<(Effects, Page<DueChange>), Error> {
        access::check_role(caller, Method::ListCalendarChanges)?;
        let limit = page.limit()?;
        let question = format!("calendar {} {trial:?}", caller.province);
        let after = page.after(&question)?;
        let catalogue = match trial {
            Trial::Document(number) => {
                let document = self.document_of(&caller.province, *number).await?;
                self.still_fits(&document).await?
            }
            Trial::Days(days) => with_days(&self.catalogue(&caller.province), days)?,
        };
        // What an outage made late is not late, so it is judged by the outage's beginning.
        let in_force = self.catalogue(&caller.province);
        let known: Vec<_> = in_force.calendars.all_outages().collect();
        let more = catalogue.calendars.all_outages();
        let more = more.filter(|outage| !known.contains(outage));
        let judged = more.map(|outage| outage.from).min();
        let judged = judged.unwrap_or_else(|| self.now());
        let read = self.context.store.read().await?;
        let effects = effects(read.as_ref(), &caller.province, &catalogue, judged).await?;
        let listed = effects.changes.iter().filter(|change| {
            let id = change.dossier.id.to_string();
            after.as_deref().is_none_or(|after| id.as_str() > after)
        });
        let listed = listed.take(limit as usize + 1).cloned().collect();
        let page = cut(listed, limit, &question, |change: &DueChange| {
            change.dossier.id.to_string()
        });
        Ok((effects, page))
    }
}

/// A catalogue whose calendars have a few more days.
///
/// Errors: days that contradict the calendar or each other, as wrong fields.
pub fn with_days(base: &Catalogue, days: &Days) -> Result<Catalogue, Error> {
    let special = |kind: DayKind| {
        move |date: &NaiveDate| SpecialDay {
            date: *date,
            kind,
            name: "ngày được thử".to_owned(),
            source: "chưa công bố".to_owned(),
            provisional: false,
        }
    };
    let off = days.off.iter().map(special(DayKind::SwapOff));
    let make_up = days.make_up.iter().map(special(DayKind::MakeUp));
    let more: Vec<SpecialDay> = off.chain(make_up).collect();
    let calendars = base
        .calendars
        .with_days(&more)
        .map_err(|invalid| Error::Invalid(vec![misfit(days, &invalid)]))?;
    let mut new = base.clone();
    new.calendars = calendars;
    Ok(new)
}

/// Finds the given day that contradicts the calendar.
fn misfit(days: &Days, invalid: &InvalidCalendar) -> FieldError {
    let date = match invalid {
        InvalidCalendar::OutOfRange { date, .. }
        | InvalidCalendar::Twice { date }
        | InvalidCalendar::OffOnWeekend { date, .. }
        | InvalidCalendar::MakeUpOnWeekday { date, .. } => Some(*date),
        InvalidCalendar::NoDays { .. }
        | InvalidCalendar::NoHours { .. }
        | InvalidCalendar::HoursTwice { .. }
        | InvalidCalendar::NeverOpen { .. }
        | InvalidCalendar::OutOfOrder { .. } => None,
    };
    let place = |list: &[NaiveDate]| list.iter().rposition(|day| Some(*day) == date);
    let field = match (place(&days.make_up), place(&days.off)) {
        (Some(at), _) => format!("make_up_days[{at}]"),
        (None, Some(at)) => format!("off_days[{at}]"),
        (None, None) => "off_days".to_owned(),
    };
    FieldError::new(field, invalid.to_string())
}

/// What a catalogue's calendars would do to the open dossiers of a province, if published at a
/// moment. It does not check the caller.
pub async fn effects(
    read: &dyn ReadTx,
    province: &ProvinceCode,
    catalogue: &Catalogue,
    published: Instant,
) -> Result<Effects, Error> {
    let mut effects = Effects::default();
    let mut after = None;
    loop {
        let list = List {
            scope: Scope::Province(province.clone()),
            filter: DossierFilter {
                statuses: Status::ALL
                    .into_iter()
                    .filter(|status| status.is_open())
                    .collect(),
                ..DossierFilter::default()
            },
            after,
            limit: PAGE,
        };
        let dossiers = read.list(&list).await?;
        let Some(last) = dossiers.last() else {
            return Ok(effects);
        };
        after = Some(last.id);
        effects.seen += dossiers.len() as u64;
        let moved: Vec<DossierId> = (dossiers.iter())
            .filter(|dossier| Legal::of_unmoved(dossier, &law(catalogue)).is_none())
            .map(|dossier| dossier.id)
            .collect();
        let histories = read.records_of(province, &moved).await?;
        let changed = dossiers
            .into_iter()
            .filter_map(|dossier| effect(dossier, catalogue, &histories, published));
        effects.changes.extend(changed);
    }
}

fn effect(
    dossier: Dossier,
    catalogue: &Catalogue,
    histories: &HashMap<DossierId, Vec<Record>>,
    published: Instant,
) -> Option<DueChange> {
    let law = law(catalogue);
    let legal = match Legal::of_unmoved(&dossier, &law) {
        Some(legal) => legal.map(Some),
        None => Legal::of(histories.get(&dossier.id)?, &law),
    };
    let recalculation = match legal {
        Ok(legal) => Some(recalculate(&dossier, &legal?, law.calendars, published)?),
        Err(_beyond) if dossier.mirrored.is_some() => return None,
        Err(_beyond) => None,
    };
    Some(DueChange {
        dossier,
        recalculation,
    })
}

/// Whether a published calendar may change a dossier: a quick check that saves reading most
/// histories.
pub(crate) fn may_change(dossier: &Dossier, catalogue: &Catalogue, published: Instant) -> bool {
    if dossier.ended.is_some() {
        return false;
    }
    let law = law(catalogue);
    match Legal::of_unmoved(dossier, &law) {
        Some(Ok(legal)) => recalculate(dossier, &legal, law.calendars, published).is_some(),
        Some(Err(_beyond)) => false,
        None => true,
    }
}
