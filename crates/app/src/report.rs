//! Reports: on-time and online rates from events and tallies.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use domain::catalogue::Catalogue;
use domain::dossier::Dossier;
use domain::id::{DossierId, ProvinceCode, UnitCode};
use domain::indicator::{Period, Report, Tally};
use domain::time::{self, Instant};
use domain::unit::Unit;

use crate::access::{self, Caller, Method};
use crate::catalogues::Catalogues;
use crate::context::Context;
use crate::engine::Engine;
use crate::error::Error;
use crate::ports::{ReadTx, ReportRow, ReportWanted, Scope, Sums, SumsWanted, UnitPending};

pub use crate::rate_units::RateUnits;

/// The unit that counts a dossier if units were merged or divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UnitBasis {
    /// The unit that was resolving it at the period's end, whether or not it still exists.
    #[default]
    Recorded,
    /// The unit that has taken over from that one by today.
    Current,
}

impl UnitBasis {
    /// The only unit that counts, if units count as recorded: what became another's later counts there too.
    pub(crate) fn alone(self, only: Option<&UnitCode>) -> Option<UnitCode> {
        match self {
            UnitBasis::Recorded => only.cloned(),
            UnitBasis::Current => None,
        }
    }

    /// The days on which the units that count are looked for, and the last one for their names.
    pub(crate) fn days(
        self,
        from: NaiveDate,
        to: NaiveDate,
        today: NaiveDate,
    ) -> (NaiveDate, NaiveDate) {
        match self {
            UnitBasis::Recorded => (from, to),
            UnitBasis::Current => (today, today),
        }
    }
}

/// Which rates are wanted.
#[derive(Debug, Clone)]
pub struct RatesQuery {
    /// Whose.
    pub units: RateUnits,
    /// The first local day.
    pub from: NaiveDate,
    /// The last local day.
    pub to: NaiveDate,
    /// What had been recorded by then; by now when none.
    pub as_of: Option<Instant>,
    /// To which unit a dossier counts.
    pub basis: UnitBasis,
}

impl Engine {
    /// On-time and online rates of what the caller may look at.
    pub async fn rates(&self, caller: &Caller, mut query: RatesQuery) -> Result<Report, Error> {
        query.units = permitted(caller, Method::GetRates, query.units)?;
        let read = self.context.store.read().await?;
        rates(read.as_ref(), &self.context.catalogues, &query, self.now()).await
    }
}

impl Engine {
    /// The rates of several periods. Those of periods that are over may be a quarter of an hour old.
    pub async fn rate_series(
        &self,
        caller: &Caller,
        units: RateUnits,
        periods: &[(NaiveDate, NaiveDate)],
    ) -> Result<Vec<Report>, Error> {
        let units = permitted(caller, Method::GetRates, units)?;
        let read = self.context.store.read().await?;
        self.rates_of_periods(read.as_ref(), &units, periods).await
    }

    /// The same. It does not check the caller.
    pub(crate) async fn rates_of_periods(
        &self,
        read: &dyn ReadTx,
        units: &RateUnits,
        periods: &[(NaiveDate, NaiveDate)],
    ) -> Result<Vec<Report>, Error> {
        let now = self.now();
        let mut rates = Vec::with_capacity(periods.len());
        for period in periods {
            let report = rates_lately(&self.context, read, units.clone(), *period, now);
            rates.push(report.await?);
        }
        Ok(rates)
    }

    /// What is pending now at each unit of a province, as the units' own worklists count it.
    pub async fn pending_by_unit(
        &self,
        caller: &Caller,
        province: ProvinceCode,
    ) -> Result<HashMap<UnitCode, UnitPending>, Error> {
        permitted(
            caller,
            Method::GetRates,
            RateUnits::Province(province.clone()),
        )?;
        let read = self.context.store.read().await?;
        Ok(read.pending_by_unit(&province, self.now()).await?)
    }
}

/// The rates from one day to another, as a page tells them: of days that are over they may be a quarter of an
/// hour old. It does not check the caller.
pub(crate) async fn rates_lately(
    context: &Context,
    read: &dyn ReadTx,
    units: RateUnits,
    (from, to): (NaiveDate, NaiveDate),
    now: Instant,
) -> Result<Report, Error> {
    let query = RatesQuery {
        units,
        from,
        to,
        as_of: None,
        basis: UnitBasis::Recorded,
    };
    if time::local_day(now) <= to {
        return rates(read, &context.catalogues, &query, now).await;
    }
    let key = (query.units.clone(), from, to);
    if let Some(known) = context.closed.rates.get(&key, now) {
        return Ok(known);
    }
    let report = rates(read, &context.catalogues, &query, now).await?;
    context.closed.rates.keep(key, now, report.clone());
    Ok(report)
}

/// On-time and online rates. It does not check the caller.
///
/// A dossier counts whole at the unit that is resolving it at the period's end, or at that unit's
/// successor.
pub async fn rates(
    read: &dyn ReadTx,
    catalogues: &Catalogues,
    query: &RatesQuery,
    now: Instant,
) -> Result<Report, Error> {
    let as_of = checked(query, now)?;
    let period = Period {
        from: query.from,
        to: query.to,
        as_of,
    };
    let today = time::local_day(now);
    let (first, last) = query.basis.days(query.from, query.to, today);
    let Asked {
        scopes,
        listed,
        only,
    } = asked(catalogues, &query.units, first, last)?;
    let listed = listed.into_iter();
    let mut tallies: BTreeMap<UnitCode, (String, Tally)> = listed
        .map(|(unit, name)| (unit, (name, Tally::default())))
        .collect();
    for scope in scopes {
        let catalogue = catalogues.of(scope.province());
        // Tallies hold today's knowledge only; a report as of an earlier moment reads histories.
        let only_apart = query.as_of.is_none()
            && match query.basis {
                UnitBasis::Recorded => true,
                UnitBasis::Current => sums_pass_whole(&catalogue, scope.province(), today),
            };
        if only_apart {
            for (unit, tally) in summed(read, &scope, &period).await? {
                let counts = match query.basis {
                    UnitBasis::Recorded => &unit,
                    UnitBasis::Current => catalogue.lineage.working(&unit, today),
                };
                if tally == Tally::default() || only.as_ref().is_some_and(|only| only != counts) {
                    continue;
                }
                let (_, own) = tallies
                    .entry(counts.clone())
                    .or_insert_with_key(named(&catalogue, last));
                own.merge(&tally);
            }
        }
        let wanted = ReportWanted {
            scope,
            counts: query.basis.alone(only.as_ref()),
            from: period.begins(),
            until: period.ends(),
            as_of,
            only_apart,
        };
        let mut pages = RowPages::of(read, &wanted);
        while let Some(page) = pages.next().await? {
            for row in page {
                let Some(dossier) = state_at_end(row, &period) else {
                    continue;
                };
                let counts = match query.basis {
                    UnitBasis::Recorded => &dossier.resolving,
                    UnitBasis::Current => {
                        let since = dossier.units_since();
                        catalogue
                            .lineage
                            .successor(&dossier.resolving, since, today)
                    }
                };
                if only.as_ref().is_some_and(|only| only != counts) {
                    continue;
                }
                let mut tally = Tally::default();
                tally.add(&dossier, &period);
                // A unit that has ended gets no row for a dossier that counts nowhere.
                if tally == Tally::default() {
                    continue;
                }
                let (_, own) = tallies
                    .entry(counts.clone())
                    .or_insert_with_key(named(&catalogue, last));
                own.merge(&tally);
            }
        }
    }
    Ok(Report::new(&period, tallies))
}

/// The moment as of which a report counts. Refuses a period that ends before it begins, and one
/// that lies in the future.
pub(crate) fn checked(query: &RatesQuery, now: Instant) -> Result<Instant, Error> {
    if query.to < query.from {
        return Err(Error::invalid("to", "must not be before from"));
    }
    let as_of = query.as_of.unwrap_or(now);
    if as_of > now {
        return Err(Error::invalid("as_of", "must not be later than now"));
    }
    let day = time::local_day(as_of);
    if query.from > day {
        let problem = format!("must not be in the future; it is {day} there");
        return Err(Error::invalid("from", problem));
    }
    Ok(as_of)
}

/// The units of an answer; refuses a caller who may not ask for them.
pub(crate) fn permitted(
    caller: &Caller,
    method: Method,
    units: RateUnits,
) -> Result<RateUnits, Error> {
    access::check_role(caller, method)?;
    let denied = || Error::UnitDenied {
        method: method.name(),
    };
    match units {
        RateUnits::One(unit) => {
            access::check_unit(caller, method, &unit)?;
            Ok(RateUnits::One(unit))
        }
        RateUnits::Province(province) => {
            let own = caller.reaches_province() && province == caller.province;
            own.then_some(RateUnits::Province(province))
                .ok_or_else(denied)
        }
        RateUnits::All if caller.reaches_province() => {
            Ok(RateUnits::Province(caller.province.clone()))
        }
        RateUnits::All => Err(denied()),
    }
}

/// The scope of a report's queries.
pub(crate) struct Asked {
    /// What to read.
    pub scopes: Vec<Scope>,
    /// The units that always have a row, with their names.
    pub listed: BTreeMap<UnitCode, String>,
    /// The only unit that counts, if one was named.
    pub only: Option<UnitCode>,
}

/// Where to look for what some units did, which existed between two days; named as on the last.
pub(crate) fn asked(
    catalogues: &Catalogues,
    units: &RateUnits,
    first: NaiveDate,
    last: NaiveDate,
) -> Result<Asked, Error> {
    let mut asked = Asked {
        scopes: Vec::new(),
        listed: BTreeMap::new(),
        only: None,
    };
    let mut list = |unit: &Unit| {
        let name = unit.name_on(last).to_owned();
        asked.listed.insert(unit.code.clone(), name);
    };
    match units {
        RateUnits::One(code) => {
            let unit = catalogues
                .find_unit(code.as_str())
                .ok_or_else(|| Error::NotFound {
                    what: "unit",
                    name: code.to_string(),
                })?;
            let catalogue = catalogues.of(&unit.province);
            if unit.code.as_str() == unit.code.level_one() {
                there(&catalogue, &unit.province, first, last).for_each(&mut list);
                asked.scopes.push(Scope::Province(unit.province.clone()));
            } else {
                list(&unit);
                // The unit's successors may have its dossiers by now, and its own predecessors'
                // dossiers count too.
                let kin = catalogue.lineage.kin(&unit.code).into_iter().collect();
                asked.only = Some(code.clone());
                asked.scopes.push(Scope::Units(unit.province, kin));
            }
        }
        RateUnits::Province(province) => {
            let catalogue = catalogues.of(province);
            catalogue
                .units
                .province(province)
                .ok_or_else(|| Error::NotFound {
                    what: "province",
                    name: province.to_string(),
                })?;
            there(&catalogue, province, first, last).for_each(&mut list);
            asked.scopes.push(Scope::Province(province.clone()));
        }
        RateUnits::All => {
            let provinces = catalogues.provinces().into_iter();
            asked.scopes.extend(provinces.map(Scope::Province));
        }
    }
    Ok(asked)
}

/// The sums of all dossiers that the tallies hold, by unit.
async fn summed(
    read: &dyn ReadTx,
    scope: &Scope,
    period: &Period,
) -> Result<Vec<(UnitCode, Tally)>, Error> {
    let wanted = SumsWanted {
        scope: scope.clone(),
        from: period.from,
        to: period.to,
    };
    let sums = read.sums(&wanted).await?;
    let overdue = read
        .overdue(scope, period.judged_at(), period.ends())
        .await?;
    let tally = |(unit, sums): (UnitCode, Sums)| {
        let late = overdue.get(&unit).copied().unwrap_or(0);
        let tally = Tally::from_sums(&sums.before, &sums.within, late);
        (unit, tally)
    };
    Ok(sums.into_iter().map(tally).collect())
}

/// An empty row for a unit, under its name on a day.
fn named(catalogue: &Catalogue, day: NaiveDate) -> impl Fn(&UnitCode) -> (String, Tally) + '_ {
    move |code| {
        let unit = catalogue.units.get(code);
        let name = unit.map(|unit| unit.name_on(day).to_owned());
        let name = name.unwrap_or_default();
        (name, Tally::default())
    }
}

/// The centre and communes that existed on some of the days.
fn there<'a>(
    catalogue: &'a Catalogue,
    province: &ProvinceCode,
    first: NaiveDate,
    last: NaiveDate,
) -> impl Iterator<Item = &'a Unit> {
    catalogue
        .units
        .in_province(province)
        .chain(catalogue.units.ended_in_province(province))
        .filter(move |unit| unit.exists_between(first, last))
}

/// Whether everything that former units ever decided belongs to their heirs today, so that their
/// sums do too. It does not if a divided unit goes on while another unit has a part of its
/// dossiers.
fn sums_pass_whole(catalogue: &Catalogue, province: &ProvinceCode, today: NaiveDate) -> bool {
    let here = |unit: &UnitCode| {
        let unit = catalogue.units.get(unit);
        unit.is_some_and(|unit| unit.province == *province)
    };
    let successions = catalogue.lineage.iter();
    !successions
        .filter(|known| known.day() <= today)
        .any(|known| {
            known
                .iter()
                .any(|(old, heirs)| heirs.main() != old && !known.ends(old) && here(old))
        })
}

/// How many dossiers a report holds at a time.
pub(crate) const PAGE: u32 = 500;

/// The dossiers that rates are made of, a few at a time: no province is too large to be counted.
pub(crate) struct RowPages<'a> {
    read: &'a dyn ReadTx,
    wanted: &'a ReportWanted,
    ids: std::vec::IntoIter<DossierId>,
    after: Option<DossierId>,
    all_known: bool,
}

impl<'a> RowPages<'a> {
    pub(crate) fn of(read: &'a dyn ReadTx, wanted: &'a ReportWanted) -> Self {
        Self {
            read,
            wanted,
            ids: Vec::new().into_iter(),
            after: None,
            all_known: false,
        }
    }

    /// The next rows; none at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<ReportRow>>, Error> {
        if self.ids.len() == 0 && !self.all_known {
            let limit = at_once(self.wanted);
            let ids = self.read.report_ids(self.wanted, self.after, limit).await?;
            self.all_known = ids.len() < limit as usize;
            self.after = ids.last().copied().or(self.after);
            self.ids = ids.into_iter();
        }
        let part: Vec<DossierId> = self.ids.by_ref().take(PAGE as usize).collect();
        if part.is_empty() {
            return Ok(None);
        }
        Ok(Some(self.read.report_rows(self.wanted, &part).await?))
    }
}

/// How many dossiers are found at a time: those of some units and those apart at once, those of a province step
/// by step.
pub(crate) fn at_once(wanted: &ReportWanted) -> u32 {
    match &wanted.scope {
        Scope::Province(_) if !wanted.only_apart => PAGE,
        Scope::Province(_) | Scope::Units(..) => u32::MAX,
    }
}

pub(crate) fn state_at_end(row: ReportRow, period: &Period) -> Option<Dossier> {
    match row {
        ReportRow::Settled(dossier) => Some(*dossier),
        ReportRow::History(records) => period.counted(&records),
    }
}
