//! Tallies: written with every event, summed for any period, and recomputed after an upgrade.

use std::collections::HashMap;

use app::ports::{Change, Scope, Store, Sums, SumsWanted};
use chrono::{Days, NaiveDate, TimeDelta};
use domain::dossier::acts::resolve::Resolved;
use domain::dossier::{Channel, Event};
use domain::id::UnitCode;
use domain::tally::Measure;
use domain::time::{Instant, day_start};
use sea_orm::ConnectionTrait;

use crate::backend::Backend;

use super::data::{
    OTHER_WARD, TestStore, WARD, a_dossier, a_store, advanced, day, next, province, unit,
};

fn noon(day: NaiveDate) -> Instant {
    day_start(day) + TimeDelta::hours(12)
}

/// A year with one dossier a day, every third online. Every fifth stays open; the others end after
/// ten days, half of them late. The two wards take turns.
async fn a_year(store: &TestStore) -> NaiveDate {
    let first = NaiveDate::from_ymd_opt(2025, 8, 20).unwrap();
    let mut received: Vec<Change> = Vec::new();
    for number in 0..365 {
        let on = first + Days::new(number);
        let channel = if number % 3 == 0 {
            Channel::Online
        } else {
            Channel::Desk
        };
        let ward = if number % 2 == 0 { WARD } else { OTHER_WARD };
        let due = noon(on) + TimeDelta::days(if number % 4 < 2 { 9 } else { 11 });
        let dossier = a_dossier(number).at(ward).by(channel).on(on);
        received.push(dossier.received(noon(on)).due(Some(due)).received_change());
    }
    let written = store.write(received).await;
    let ended = (0..).zip(&written).filter(|(number, _)| number % 5 > 0);
    let ended = ended.map(|(number, dossier)| {
        let at = dossier.received.unwrap() + TimeDelta::days(10);
        next(
            dossier,
            1_000 + number,
            at,
            vec![
                advanced(),
                Event::Resolved(Resolved {
                    results: Vec::new(),
                }),
            ],
        )
    });
    store.write(ended.collect()).await;
    first
}

async fn sums(
    store: &TestStore,
    scope: Scope,
    from: NaiveDate,
    to: NaiveDate,
) -> HashMap<UnitCode, Sums> {
    let read = store.read().await.unwrap();
    read.sums(&SumsWanted { scope, from, to }).await.unwrap()
}

/// Received before the period; received in it online, and at the desk; ended in it; late among
/// these.
fn told(sums: &Sums) -> (i64, i64, i64, i64, i64) {
    let within = |channel| sums.within.get(&channel).copied().unwrap_or_default();
    let (online, desk) = (within(Channel::Online), within(Channel::Desk));
    (
        sums.before.get(Measure::Received),
        online.get(Measure::Received),
        desk.get(Measure::Received),
        online.ended() + desk.ended(),
        online.get(Measure::Late) + desk.get(Measure::Late),
    )
}

on_every_database!(a_period_is_summed_by_unit_and_channel_and_so_is_all_before_it);

async fn a_period_is_summed_by_unit_and_channel_and_so_is_all_before_it(on: Backend) {
    let store = a_store(on).await;
    let first = a_year(&store).await;
    let counted = |from: u64, to: u64, remainder: u64| {
        let of_ward = |number: &u64| number % 2 == remainder;
        let (mut before, mut online, mut desk, mut ended, mut late) = (0, 0, 0, 0, 0);
        for number in (0..365).filter(of_ward) {
            before += i64::from(number < from);
            let inside = number >= from && number <= to;
            online += i64::from(inside && number % 3 == 0);
            desk += i64::from(inside && number % 3 > 0);
            let ends = number % 5 > 0 && number + 10 >= from && number + 10 <= to;
            ended += i64::from(ends);
            late += i64::from(ends && number % 4 < 2);
        }
        (before, online, desk, ended, late)
    };
    // Whole months, parts of months, and single days.
    for (from, to) in [
        (12, 41),
        (0, 364),
        (26, 55),
        (100, 100),
        (7, 300),
        (133, 140),
    ] {
        let (begin, end) = (first + Days::new(from), first + Days::new(to));
        let all = sums(&store, Scope::Province(province()), begin, end).await;
        for (ward, remainder) in [(WARD, 0), (OTHER_WARD, 1)] {
            let expected = counted(from, to, remainder);
            let found = all.get(&unit(ward)).cloned().unwrap_or_default();
            assert_eq!(told(&found), expected, "{ward} {begin} to {end}");
            let scope = Scope::Units(province(), vec![unit(ward)]);
            let alone = sums(&store, scope, begin, end).await;
            assert_eq!(alone.get(&unit(ward)).cloned().unwrap_or_default(), found);
        }
    }
}

on_every_database!(who_was_overdue_at_a_moment_is_asked_of_the_dossiers);

async fn who_was_overdue_at_a_moment_is_asked_of_the_dossiers(on: Backend) {
    let store = a_store(on).await;
    let received = noon(day(2));
    let due = Some(noon(day(5)));
    let new = |number| a_dossier(number).received(received).due(due).on(day(2));
    let written = store
        .write(
            (1..=3)
                .map(|number| new(number).received_change())
                .collect(),
        )
        .await;
    store
        .write(vec![
            next(
                &written[1],
                11,
                noon(day(4)),
                vec![Event::Resolved(Resolved {
                    results: Vec::new(),
                })],
            ),
            next(
                &written[2],
                12,
                noon(day(8)),
                vec![Event::Resolved(Resolved {
                    results: Vec::new(),
                })],
            ),
        ])
        .await;
    let at = async |at: Instant| {
        let read = store.read().await.unwrap();
        let scope = Scope::Province(province());
        let found = read.overdue(&scope, at, at).await.unwrap();
        found.get(&unit(WARD)).copied().unwrap_or(0)
    };
    let micro = TimeDelta::microseconds(1);
    assert_eq!(at(noon(day(4))).await, 0);
    assert_eq!(
        at(noon(day(5)) + micro).await,
        0,
        "the whole due day is in time"
    );
    assert_eq!(at(noon(day(6))).await, 2);
    assert_eq!(
        at(noon(day(8))).await,
        2,
        "it ends at this moment, and was late until it"
    );
    assert_eq!(at(noon(day(8)) + micro).await, 1);
}

on_every_database!(what_an_upgrade_left_uncounted_is_counted_by_the_migration);

async fn what_an_upgrade_left_uncounted_is_counted_by_the_migration(on: Backend) {
    let store = a_store(on).await;
    let first = a_year(&store).await;
    let last = first + Days::new(364);
    let whole = || Scope::Province(province());
    let before = sums(&store, whole(), first, last).await;
    let late = async || {
        let read = store.read().await.unwrap();
        let (at, until) = (noon(last), noon(last));
        read.overdue(&whole(), at, until).await.unwrap()
    };
    let overdue = late().await;

    let raw = store.raw().await;
    for forgotten in ["DELETE FROM tally", "UPDATE dossier SET overdue_from = -1"] {
        raw.execute_unprepared(forgotten).await.unwrap();
    }
    raw.close().await.unwrap();
    let options = store::Options::default();
    let refused = store::SeaStore::open(&store.url, options).await.err();
    assert!(
        matches!(refused, Some(store::OpenError::Interrupted)),
        "{refused:?}"
    );

    assert!(store::migrate(&store.url, false).await.unwrap().is_empty());
    assert_eq!(sums(&store, whole(), first, last).await, before);
    assert_eq!(late().await, overdue);
}
