//! The made-up province is busy, labelled as made up, and consistent with its own events.

use std::collections::BTreeMap;
use std::sync::Arc;

use app::ports::{Clock, List, Scope, Store};
use app::report::{RateUnits, RatesQuery};
use chrono::TimeDelta;
use domain::dossier::{Channel, Dossier, Record, Status};
use domain::id::ProvinceCode;
use domain::time;
use store::{Options, SeaStore};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_is_lived_in_and_every_row_is_the_fold_of_its_events() {
    let catalogue = Arc::new(server::catalogue::read(None).unwrap());
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("demo.db").display());
    let (now, ids) = (server::clock::SystemClock.now(), server::clock::SystemIds);
    let demo = demo::build(&database, Arc::clone(&catalogue), b"secret", now, &ids)
        .await
        .unwrap();
    let options = Options {
        readers: 2,
        ..Options::default()
    };
    let store = SeaStore::open(&database, options).await.unwrap();
    let read = store.read().await.unwrap();
    let province = ProvinceCode::parse("08").unwrap();

    let mut dossiers: Vec<Dossier> = Vec::new();
    loop {
        let list = List::all(
            Scope::Province(province.clone()),
            dossiers.last().map(|dossier| dossier.id),
            1_000,
        );
        let page = read.list(&list).await.unwrap();
        let last = page.len() < 1_000;
        dossiers.extend(page);
        if last {
            break;
        }
    }
    assert_eq!(dossiers.len(), demo.dossiers);
    assert!(dossiers.len() > 3_500);
    let mut by_status: BTreeMap<Status, usize> = BTreeMap::new();
    for dossier in &dossiers {
        *by_status.entry(dossier.status()).or_default() += 1;
    }
    // A dossier is *received* for an hour or two only, so on a Sunday morning none is.
    by_status.remove(&Status::Received);
    assert_eq!(
        by_status.len(),
        9,
        "every other status occurs: {by_status:?}"
    );
    for channel in Channel::ALL {
        assert!(
            dossiers.iter().any(|dossier| dossier.channel == channel),
            "{channel}"
        );
    }
    let late = |dossier: &&Dossier| {
        let due = dossier.clock.as_ref().and_then(|clock| clock.effective_due);
        dossier
            .ended
            .zip(due)
            .is_some_and(|(ended, due)| ended > due)
    };
    let late = dossiers.iter().filter(late).count();
    assert!(late > 50 && late * 5 < dossiers.len(), "{late} are late");

    let handed = dossiers.iter().filter(|it| !it.custody.chain.is_empty());
    assert!(handed.count() > 500, "papers go from hand to hand");
    let late = dossiers.iter().filter(|it| it.custody.late).count();
    assert!((5..200).contains(&late), "{late} of them late");

    // Every tenth dossier is folded again from its stored bytes.
    for dossier in dossiers.iter().step_by(10) {
        let key = (dossier.province.clone(), dossier.id);
        let bytes = read.record_bytes(&key).await.unwrap();
        let records: Vec<Record> = bytes
            .iter()
            .map(|bytes| Record::from_bytes(bytes).unwrap())
            .collect();
        assert_eq!(Dossier::fold(&records).as_ref(), Some(dossier));
        assert!(
            records
                .windows(2)
                .all(|pair| pair[0].event_time <= pair[1].event_time)
        );
    }

    let catalogues = app::Catalogues::new(Arc::clone(&catalogue));
    // In any period, the numbers of every unit add up.
    let now = server::clock::SystemClock.now();
    let today = time::local_day(now);
    let mut carried = 0;
    for (from, to) in [(110, 81), (80, 51), (50, 21), (20, 0)] {
        let query = RatesQuery {
            units: RateUnits::Province(province.clone()),
            from: today - TimeDelta::days(from),
            to: today - TimeDelta::days(to),
            as_of: None,
            basis: app::report::UnitBasis::Recorded,
        };
        let report = app::report::rates(read.as_ref(), &catalogues, &query, now)
            .await
            .unwrap();
        assert_eq!(report.units.len(), 125);
        let query = RatesQuery {
            as_of: Some(now),
            ..query
        };
        let read_anew = app::report::rates(read.as_ref(), &catalogues, &query, now)
            .await
            .unwrap();
        assert_eq!(report, read_anew, "sums and histories say the same");
        for row in report.units.iter().chain([&report.total]) {
            assert_eq!(
                row.carried_over + row.received,
                row.resolved + row.pending_in_time + row.pending_late,
                "{row:?}"
            );
        }
        assert_eq!(report.total.carried_over, carried, "as many as were left");
        carried = report.total.pending_in_time + report.total.pending_late;
    }

    assert_eq!(demo.tokens.len(), 8, "one for each role");
    drop(read);
    store.close().await.unwrap();
}
