//! Reports: on-time and online rates from events.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::catalogue::Catalogue;
use domain::dossier::Dossier;
use domain::id::{ProvinceCode, UnitCode};
use domain::indicator::{Period, Report, Tally};
use domain::time::{self, Instant};
use domain::unit::Unit;

use crate::access::{self, Caller, Method};
use crate::catalogues::Catalogues;
use crate::engine::Engine;
use crate::error::Error;
use crate::ports::{ReadTx, ReportRow, ReportWanted, Scope, Sums, SumsWanted};

/// Whose rates are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RateUnits {
    /// One unit's.
    One(UnitCode),
    /// Those of all units of a province, also of units without a dossier.
    Province(ProvinceCode),
    /// Those of every unit that has a dossier, in all provinces.
    All,
}

/// To which unit a dossier counts when units were merged or divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UnitBasis {
    /// To the one that was resolving it at the period's end, be it still there or not.
    #[default]
    Recorded,
    /// To the one that has taken over from that one by today.
    Current,
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
        access::check_role(caller, Method::GetRates)?;
        match &query.units {
            RateUnits::One(unit) => access::check_unit(caller, Method::GetRates, unit)?,
            RateUnits::Province(province) => {
                if !caller.reaches_province() || *province != caller.province {
                    return Err(Error::UnitDenied {
                        method: Method::GetRates.name(),
                    });
                }
            }
            RateUnits::All if caller.reaches_province() => {
                query.units = RateUnits::Province(caller.province.clone());
            }
            RateUnits::All => {
                return Err(Error::UnitDenied {
                    method: Method::GetRates.name(),
                });
            }
        }
        let read = self.office.store.read().await?;
        rates(read.as_ref(), &self.office.catalogues, &query, self.now()).await
    }
}

/// On-time and online rates. Who may ask is the caller's business.
///
/// A dossier counts whole at the unit that is resolving it at the period's end, or at the one
/// that has taken over from it.
pub async fn rates(
    read: &dyn ReadTx,
    catalogues: &Catalogues,
    query: &RatesQuery,
    now: Instant,
) -> Result<Report, Error> {
    if query.to < query.from {
        return Err(Error::invalid("to", "must not be before from"));
    }
    let as_of = query.as_of.unwrap_or(now);
    let period = Period {
        from: query.from,
        to: query.to,
        as_of,
    };
    let mut tallies: BTreeMap<UnitCode, (String, Tally)> = BTreeMap::new();
    let today = time::local_day(now);
    // The days on which the units that count are looked for, and the last one for their names.
    let (first, last) = match query.basis {
        UnitBasis::Recorded => (query.from, query.to),
        UnitBasis::Current => (today, today),
    };
    let name_of = |unit: &Unit| unit.name_on(last).to_owned();
    let mut listed = |unit: &Unit| {
        tallies.insert(unit.code.clone(), (name_of(unit), Tally::default()));
    };
    let scopes = match &query.units {
        RateUnits::One(code) => {
            let unit = catalogues
                .find_unit(code.as_str())
                .ok_or_else(|| Error::NotFound {
                    what: "unit",
                    name: code.to_string(),
                })?;
            if unit.code.as_str() == unit.code.level_one() {
                let catalogue = catalogues.of(&unit.province);
                there(&catalogue, &unit.province, first, last).for_each(&mut listed);
                vec![Scope::Province(unit.province.clone())]
            } else {
                listed(&unit);
                // What it decided may lie with its heirs by now, and theirs with it.
                let catalogue = catalogues.of(&unit.province);
                let kin = catalogue.lineage.kin(&unit.code).into_iter().collect();
                vec![Scope::Units(unit.province, kin)]
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
            there(&catalogue, province, first, last).for_each(&mut listed);
            vec![Scope::Province(province.clone())]
        }
        RateUnits::All => catalogues
            .provinces()
            .into_iter()
            .map(Scope::Province)
            .collect(),
    };
    let only = match &query.units {
        RateUnits::One(code) if code.as_str() != code.level_one() => Some(code),
        RateUnits::One(_) | RateUnits::Province(_) | RateUnits::All => None,
    };
    for scope in scopes {
        let catalogue = catalogues.of(scope.province());
        // Sums answer what is asked of today's knowledge; an earlier one is read from histories.
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
                if tally == Tally::default() || only.is_some_and(|only| only != counts) {
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
            from: period.begins(),
            until: period.ends(),
            as_of,
            only_apart,
        };
        for row in read.report_rows(&wanted).await? {
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
            if only.is_some_and(|unit| unit != counts) {
                continue;
            }
            let (_, tally) = tallies
                .entry(counts.clone())
                .or_insert_with_key(named(&catalogue, last));
            tally.add(&dossier, &period);
        }
    }
    Ok(Report::new(&period, tallies))
}

/// The numbers of all dossiers that do not stand apart, by unit.
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

/// An empty row for a unit, under the name that it bore on a day.
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

/// Whether all that a former unit ever decided belongs to its heir today, so that its sums do
/// too: not so where a unit goes on that was divided, and another one has what was its before.
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

fn state_at_end(row: ReportRow, period: &Period) -> Option<Dossier> {
    match row {
        ReportRow::Settled(dossier) => Some(*dossier),
        ReportRow::History(records) => period.counted(&records),
    }
}
