//! The rows that the store gives to a report.

use app::ports::{ReportRow, ReportWanted, Scope, Store};
use domain::dossier::acts::resolve::Resolved;
use domain::dossier::acts::return_result::Returned;
use domain::dossier::change::succession::{Passed, Succeeded};
use domain::dossier::{Channel, Event};
use domain::id::DossierId;

use crate::backend::Backend;

use super::data::{OTHER_WARD, TestStore, WARD, a_dossier, a_store, at, id, next, province, unit};

fn returned() -> Event {
    Event::Returned(Returned {
        receiver: None,
        proxy: false,
        channel: Channel::Desk,
    })
}

/// The rows for the hour from 9 to 10 o'clock: the ids, and the number of records for those that
/// come with their history.
async fn rows(store: &TestStore, scope: Scope, as_of: i64) -> Vec<(DossierId, Option<usize>)> {
    let read = store.read().await.unwrap();
    let wanted = ReportWanted {
        scope,
        counts: None,
        from: at(60),
        until: at(120),
        as_of: at(as_of),
        only_apart: false,
    };
    let ids = read.report_ids(&wanted, None, 1_000).await.unwrap();
    let mut rows: Vec<_> = read
        .report_rows(&wanted, &ids)
        .await
        .unwrap()
        .into_iter()
        .map(|row| match row {
            ReportRow::Settled(dossier) => (dossier.id, None),
            ReportRow::History(records) => {
                assert!(records.is_sorted_by_key(|record| record.version));
                (records[0].dossier, Some(records.len()))
            }
        })
        .collect();
    rows.sort_unstable();
    rows
}

fn whole() -> Scope {
    Scope::Province(province())
}

on_every_database!(
    what_ended_before_the_period_is_left_out_and_what_was_open_or_ended_in_it_is_not
);

async fn what_ended_before_the_period_is_left_out_and_what_was_open_or_ended_in_it_is_not(
    on: Backend,
) {
    let store = a_store(on).await;
    let written = store
        .write(
            (1..=4)
                .map(|number| a_dossier(number).received_change())
                .collect(),
        )
        .await;
    store
        .write(vec![
            next(
                &written[0],
                10,
                at(59),
                vec![Event::Resolved(Resolved {
                    results: Vec::new(),
                })],
            ),
            next(
                &written[1],
                11,
                at(60),
                vec![Event::Resolved(Resolved {
                    results: Vec::new(),
                })],
            ),
            next(
                &written[2],
                12,
                at(119),
                vec![Event::Resolved(Resolved {
                    results: Vec::new(),
                })],
            ),
        ])
        .await;
    assert_eq!(
        rows(&store, whole(), 1_000).await,
        [(id(2), None), (id(3), None), (id(4), None)]
    );
}

on_every_database!(what_happened_after_the_period_comes_with_its_history);

async fn what_happened_after_the_period_comes_with_its_history(on: Backend) {
    let store = a_store(on).await;
    let written = store.write(vec![a_dossier(1).received_change()]).await;
    store
        .write(vec![next(
            &written[0],
            10,
            at(120),
            vec![
                Event::Resolved(Resolved {
                    results: Vec::new(),
                }),
                returned(),
            ],
        )])
        .await;
    assert_eq!(rows(&store, whole(), 1_000).await, [(id(1), Some(3))]);
}

on_every_database!(what_was_recorded_after_as_of_is_not_known);

async fn what_was_recorded_after_as_of_is_not_known(on: Backend) {
    let store = a_store(on).await;
    let written = store
        .write(vec![
            a_dossier(1).received_change(),
            // Received before the period, and recorded after it.
            a_dossier(2).recorded(at(200)).received_change(),
        ])
        .await;
    store
        .write(vec![next(
            &written[0],
            10,
            at(30),
            vec![Event::Resolved(Resolved {
                results: Vec::new(),
            })],
        )])
        .await;
    assert_eq!(rows(&store, whole(), 29).await, [(id(1), Some(1))]);
    assert!(rows(&store, whole(), 30).await.is_empty());
    assert!(rows(&store, whole(), 199).await.is_empty());
    assert_eq!(rows(&store, whole(), 200).await, [(id(2), None)]);
}

on_every_database!(what_began_after_the_period_is_left_out);

async fn what_began_after_the_period_is_left_out(on: Backend) {
    let store = a_store(on).await;
    store
        .write(vec![
            a_dossier(1).received(at(119)).received_change(),
            a_dossier(2).received(at(120)).received_change(),
        ])
        .await;
    assert_eq!(rows(&store, whole(), 1_000).await, [(id(1), None)]);
}

on_every_database!(a_unit_reports_what_it_decides_once);

async fn a_unit_reports_what_it_decides_once(on: Backend) {
    let store = a_store(on).await;
    store
        .write(vec![
            a_dossier(1).received_change(),
            a_dossier(2).resolved_by(OTHER_WARD).received_change(),
            a_dossier(3).at(OTHER_WARD).received_change(),
        ])
        .await;
    let of =
        |units: &[&str]| Scope::Units(province(), units.iter().map(|code| unit(code)).collect());
    assert_eq!(
        rows(&store, of(&[WARD]), 1_000).await,
        [(id(1), None)],
        "the other ward decides the second"
    );
    assert_eq!(rows(&store, of(&[WARD, OTHER_WARD]), 1_000).await.len(), 3);
    assert!(rows(&store, of(&[]), 1_000).await.is_empty());
}

on_every_database!(a_unit_that_counts_alone_is_spared_what_always_was_its_kins);

async fn a_unit_that_counts_alone_is_spared_what_always_was_its_kins(on: Backend) {
    let store = a_store(on).await;
    let written = store
        .write(vec![
            a_dossier(1).received_change(),
            a_dossier(2).resolved_by(OTHER_WARD).received_change(),
            a_dossier(3).at(OTHER_WARD).received_change(),
            a_dossier(4).resolved_by(OTHER_WARD).received_change(),
            a_dossier(5).received_change(),
        ])
        .await;
    let succeeded = Event::Succeeded(Succeeded {
        day: domain::time::local_day(at(70)),
        units: vec![Passed {
            old: unit(WARD),
            new: unit(OTHER_WARD),
        }],
    });
    let passed_on = |dossier, request| next(dossier, request, at(70), vec![succeeded.clone()]);
    store
        .write(vec![passed_on(&written[3], 10), passed_on(&written[4], 11)])
        .await;
    let read = store.read().await.unwrap();
    let wanted = |counts: Option<&str>| ReportWanted {
        scope: Scope::Units(province(), vec![unit(WARD), unit(OTHER_WARD)]),
        counts: counts.map(unit),
        from: at(60),
        until: at(120),
        as_of: at(1_000),
        only_apart: false,
    };
    let ids = async |counts| {
        let wanted = wanted(counts);
        read.report_ids(&wanted, None, 1_000).await.unwrap()
    };
    assert_eq!(ids(None).await, [id(1), id(2), id(3), id(4), id(5)]);
    assert_eq!(
        ids(Some(WARD)).await,
        [id(1), id(2), id(4), id(5)],
        "the third never was the ward's; it had received the fourth, and decided the fifth"
    );
}

on_every_database!(a_report_takes_two_statements_however_many_dossiers);

async fn a_report_takes_two_statements_however_many_dossiers(on: Backend) {
    let store = a_store(on).await;
    let written = store
        .write(
            (0..40)
                .map(|number| a_dossier(number).received_change())
                .collect(),
        )
        .await;
    let later = written.iter().zip(100..).map(|(dossier, request)| {
        next(
            dossier,
            request,
            at(130),
            vec![Event::Resolved(Resolved {
                results: Vec::new(),
            })],
        )
    });
    store.write(later.collect()).await;
    let before = store.statements();
    assert_eq!(rows(&store, whole(), 1_000).await.len(), 40);
    assert_eq!(
        store.statements() - before,
        3,
        "their ids, their rows, their events"
    );
}
