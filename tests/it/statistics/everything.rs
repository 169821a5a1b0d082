//! The query of a report chooses the dossiers that may count, and misses none: the numbers are those
//! of a count over every event of the database, at any moment of looking.

use app::Catalogues;
use app::ports::{Store, Verifiable};
use app::report::{RateUnits, RatesQuery, UnitBasis};
use app::statistics::statistics;
use chrono::{Days, NaiveDate};
use domain::dossier::Record;
use domain::id::{ProvinceCode, UnitCode};
use domain::indicator::{Called, Period, Seen, Statistics};
use domain::time::{self, Instant};
use store::SeaStore;

use crate::world::catalogue;

/// How many reports are compared.
const REPORTS: usize = 60;

/// Every event of a province, dossier by dossier.
async fn histories(store: &SeaStore, province: &ProvinceCode) -> Vec<Vec<Record>> {
    let kept = store.snapshot().await.unwrap();
    let mut all = Vec::new();
    let mut after = None;
    loop {
        let page = kept.dossiers(province, after, 500).await.unwrap();
        let Some(last) = page.last() else { return all };
        after = Some(last.id);
        let events = page.into_iter().map(|dossier| {
            let events = dossier.events.into_iter();
            events
                .map(|event| Record::from_bytes(&event.bytes).unwrap())
                .collect()
        });
        all.extend(events);
    }
}

/// The same report as [`app::statistics::statistics`] gives, counted over every event that was
/// recorded by the moment of looking.
fn counted(histories: &[Vec<Record>], period: Period, only: Option<&UnitCode>) -> Statistics {
    let catalogue = catalogue();
    let mut statistics = Statistics::new(period);
    for records in histories {
        let known = records.iter();
        let known: Vec<Record> = known
            .filter(|record| record.record_time <= period.as_of)
            .cloned()
            .collect();
        if let Some(seen) = Seen::new(&known, &period) {
            statistics.add(&seen, &catalogue, |unit, _| unit.clone());
        }
    }
    statistics.keep(only);
    statistics
}

/// Compares [`REPORTS`] reports with a count over all events. The moments and the units are drawn
/// from the events themselves, so the reports lie all over the time of the database.
pub async fn is_counted(store: &SeaStore, province: &str, now: Instant) {
    let province = ProvinceCode::parse(province).unwrap();
    let histories = histories(store, &province).await;
    let mut moments: Vec<Instant> = histories
        .iter()
        .flatten()
        .map(|record| record.record_time)
        .collect();
    moments.sort_unstable();
    let mut units: Vec<UnitCode> = histories
        .iter()
        .flatten()
        .map(|record| record.unit.clone())
        .collect();
    units.sort_unstable();
    units.dedup();
    let mut dossiers = 0;
    for number in 0..REPORTS {
        let as_of = match number % 3 {
            0 => now,
            _ => moments[number * 7_919 % moments.len()],
        };
        let last: NaiveDate = time::local_day(as_of);
        let days = [0, 6, 29, 89, 364][number % 5];
        let back = [0, 0, 11, 40][number % 4];
        let to = last - Days::new(back);
        let from = to - Days::new(days);
        let unit = match number % 4 {
            0 => None,
            _ => Some(units[number * 31 % units.len()].clone()),
        };
        let query = RatesQuery {
            units: match &unit {
                Some(unit) => RateUnits::One(unit.clone()),
                None => RateUnits::Province(province.clone()),
            },
            from,
            to,
            as_of: Some(as_of),
            basis: UnitBasis::Recorded,
        };
        let read = store.read().await.unwrap();
        let catalogues = Catalogues::read(catalogue(), read.as_ref()).await.unwrap();
        let reported = statistics(read.as_ref(), &catalogues, &query, now)
            .await
            .unwrap();
        let period = Period { from, to, as_of };
        let whole = counted(&histories, period, unit.as_ref());
        let whole = whole.ii06a(|_| Called::default());
        let reported = reported.ii06a();
        let what = format!("{unit:?} {from} {to} as of {as_of}");
        assert_eq!(reported.units.len(), whole.units.len(), "{what}");
        for (one, other) in reported.units.iter().zip(&whole.units) {
            assert_eq!(one.unit, other.unit, "{what}");
            assert_eq!(one.row, other.row, "{what}, {}", one.unit);
            assert_eq!(one.fields, other.fields, "{what}, {}", one.unit);
            assert_eq!(one.bridge, other.bridge, "{what}, {}", one.unit);
            assert_eq!(one.memo, other.memo, "{what}, {}", one.unit);
        }
        assert_eq!(reported.total.memo, whole.total.memo, "{what}");
        dossiers += reported.total.row.get(domain::indicator::Cell::Total);
    }
    assert!(dossiers > 1_000, "{dossiers} are counted in all reports");
}
