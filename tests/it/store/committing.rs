//! The guarantees of a commit.

use std::collections::BTreeSet;
use std::sync::Arc;

use ::store::{Options, SeaStore};
use app::ports::{Batch, Change, CommitError, Store, StoreError, WriteBatches};
use domain::dossier::acts::resolve::Resolved;
use domain::dossier::private::{Content, Private, Words};
use domain::dossier::{Dossier, Event, Interest};
use sea_orm::ConnectionTrait;

use crate::backend::Backend;

use super::data::{
    OTHER_WARD, WARD, a_dossier, a_store, advanced, assigned, at, code, day, id, key, next, unit,
};

fn label(dossier: &Dossier) -> String {
    dossier.label()
}

on_every_database!(what_was_committed_is_read_back_as_it_was_written);

async fn what_was_committed_is_read_back_as_it_was_written(on: Backend) {
    let store = a_store(on).await;
    let written = store.write(vec![a_dossier(1).received_change()]).await;
    assert_eq!(written[0].label(), "H60.02215-261121-0001");
    let read = store.read().await.unwrap();
    let held = read.dossier(&key(1)).await.unwrap().unwrap();
    assert_eq!(held.dossier, written[0]);
    let records = read.records(&key(1)).await.unwrap();
    assert_eq!(
        Dossier::fold(&records).as_ref(),
        Some(&held.dossier),
        "the row is the fold of its events"
    );
    assert_eq!(
        read.record_bytes(&key(1)).await.unwrap(),
        [records[0].to_bytes()]
    );
    assert_eq!(records[0].event_time, at(0), "microseconds survive");
}

on_every_database!(dossiers_come_back_in_the_order_of_the_batch);

async fn dossiers_come_back_in_the_order_of_the_batch(on: Backend) {
    let store = a_store(on).await;
    let batch = [5, 2, 9].map(|number| a_dossier(number).received_change());
    let written = store.write(batch.to_vec()).await;
    let ids: Vec<_> = written.iter().map(|dossier| dossier.id).collect();
    assert_eq!(ids, [id(5), id(2), id(9)]);
    let labels: Vec<_> = written.iter().map(label).collect();
    assert_eq!(
        labels,
        [
            "H60.02215-261121-0001",
            "H60.02215-261121-0002",
            "H60.02215-261121-0003"
        ]
    );
}

on_every_database!(a_stale_change_clashes_and_nothing_of_its_batch_is_written);

async fn a_stale_change_clashes_and_nothing_of_its_batch_is_written(on: Backend) {
    let store = a_store(on).await;
    let first = store.write(vec![a_dossier(1).received_change()]).await;
    let stale = next(&first[0], 11, at(2), vec![assigned("nv-binh")]);
    store
        .write(vec![next(&first[0], 10, at(1), vec![advanced()])])
        .await;
    let clash = store
        .clash(vec![a_dossier(2).received_change(), stale])
        .await;
    assert_eq!(clash, [key(1)]);
    assert_eq!(store.count("dossier").await, 1);
    assert_eq!(store.count("event").await, 2);
    assert_eq!(store.number("SELECT last FROM counter").await, 1);
}

on_every_database!(a_dossier_that_is_there_cannot_be_new_again);

async fn a_dossier_that_is_there_cannot_be_new_again(on: Backend) {
    let store = a_store(on).await;
    store.write(vec![a_dossier(1).received_change()]).await;
    let again = a_dossier(1).request(2).received_change();
    assert_eq!(store.clash(vec![again]).await, [key(1)]);
}

on_every_database!(a_change_of_a_dossier_that_is_not_there_clashes);

async fn a_change_of_a_dossier_that_is_not_there_clashes(on: Backend) {
    let store = a_store(on).await;
    let elsewhere = a_store(on).await;
    let there = elsewhere.write(vec![a_dossier(1).received_change()]).await;
    let change = next(&there[0], 10, at(1), vec![advanced()]);
    assert_eq!(store.clash(vec![change]).await, [key(1)]);
    assert_eq!(store.count("dossier").await, 0);
}

on_every_database!(two_dossiers_change_in_one_batch_and_one_request_may_bring_two_events);

async fn two_dossiers_change_in_one_batch_and_one_request_may_bring_two_events(on: Backend) {
    let store = a_store(on).await;
    let first = store.write(vec![a_dossier(1).received_change()]).await;
    let two = next(&first[0], 10, at(1), vec![advanced(), assigned("nv-binh")]);
    let written = store.write(vec![two, a_dossier(2).received_change()]).await;
    assert_eq!((written[0].version, written[1].version), (3, 1));
    let read = store.read().await.unwrap();
    let records = read.records(&key(1)).await.unwrap();
    assert_eq!(Dossier::fold(&records).as_ref(), Some(&written[0]));
}

on_every_database!(a_request_that_was_seen_clashes_and_names_its_dossier);

async fn a_request_that_was_seen_clashes_and_names_its_dossier(on: Backend) {
    let store = a_store(on).await;
    store.write(vec![a_dossier(1).received_change()]).await;
    let repeated = a_dossier(2).request(1).received_change();
    let fresh = a_dossier(3).received_change();
    assert_eq!(store.clash(vec![fresh, repeated]).await, [key(2)]);
    assert_eq!(store.count("dossier").await, 1);
}

on_every_database!(a_seen_request_with_two_events_clashes);

async fn a_seen_request_with_two_events_clashes(on: Backend) {
    let store = a_store(on).await;
    let written = store.write(vec![a_dossier(1).received_change()]).await;
    let repeated = next(&written[0], 1, at(1), vec![advanced(), assigned("nv-binh")]);
    assert_eq!(store.clash(vec![repeated]).await, [key(1)]);
    assert_eq!(store.count("event").await, 1);
}

on_every_database!(a_code_that_is_taken_clashes_and_names_its_dossier);

async fn a_code_that_is_taken_clashes_and_names_its_dossier(on: Backend) {
    let store = a_store(on).await;
    let taken = "G22.99.08-261121-000001";
    store
        .write(vec![a_dossier(1).submitted_change(taken)])
        .await;
    let clash = store
        .clash(vec![
            a_dossier(2).submitted_change("G22.99.08-261121-000002"),
            a_dossier(3).submitted_change(taken),
        ])
        .await;
    assert_eq!(clash, [key(3)]);
    assert_eq!(store.count("code").await, 1);
}

on_every_database!(the_same_code_twice_in_one_batch_clashes);

async fn the_same_code_twice_in_one_batch_clashes(on: Backend) {
    let store = a_store(on).await;
    let code = "G22.99.08-261121-000001";
    let clash = store
        .clash(vec![
            a_dossier(1).submitted_change(code),
            a_dossier(2).submitted_change(code),
        ])
        .await;
    assert_eq!(clash, [key(2)]);
}

on_every_database!(a_dossier_may_be_given_a_code_it_has);

async fn a_dossier_may_be_given_a_code_it_has(on: Backend) {
    let store = a_store(on).await;
    let portal = "G22.99.08-261121-000001";
    let written = store
        .write(vec![a_dossier(1).submitted_change(portal)])
        .await;
    let mut again = next(&written[0], 10, at(1), vec![assigned("nv-binh")]);
    again.codes = vec![code(portal)];
    store.write(vec![again]).await;
}

on_every_database!(numbers_are_gapless_over_batches_and_rolled_back_batches);

async fn numbers_are_gapless_over_batches_and_rolled_back_batches(on: Backend) {
    let store = a_store(on).await;
    let mut codes = BTreeSet::new();
    for batch in 0..6_u64 {
        let mut changes: Vec<Change> = (0..4)
            .map(|number| a_dossier(10 * batch + number).received_change())
            .collect();
        let doomed = batch % 2 == 1;
        if doomed {
            // A request of the previous batch.
            changes.push(
                a_dossier(10 * batch + 9)
                    .request(10 * (batch - 1))
                    .received_change(),
            );
            store.clash(changes).await;
        } else {
            codes.extend(store.write(changes).await.iter().map(label));
        }
    }
    let expected: BTreeSet<String> = (1..=12)
        .map(|serial| format!("H60.02215-261121-{serial:04}"))
        .collect();
    assert_eq!(codes, expected);
}

on_every_database!(each_unit_and_each_province_counts_for_itself);

async fn each_unit_and_each_province_counts_for_itself(on: Backend) {
    let store = a_store(on).await;
    let written = store
        .write(vec![
            a_dossier(1).received_change(),
            a_dossier(2).at(OTHER_WARD).received_change(),
            a_dossier(3).received_change(),
            a_dossier(4).in_province("01").received_change(),
        ])
        .await;
    let labels: Vec<_> = written.iter().map(label).collect();
    assert_eq!(
        labels,
        [
            "H60.02215-261121-0001",
            "H60.02218-261121-0001",
            "H60.02215-261121-0002",
            "H60.02215-261121-0001"
        ]
    );
}

on_every_database!(a_units_day_goes_forward_within_a_batch_and_never_back);

async fn a_units_day_goes_forward_within_a_batch_and_never_back(on: Backend) {
    let store = a_store(on).await;
    let over_midnight = store
        .write(vec![
            a_dossier(1).on(day(21)).received_change(),
            a_dossier(2).on(day(22)).received_change(),
            a_dossier(3).on(day(21)).received_change(),
            a_dossier(4).at(OTHER_WARD).on(day(21)).received_change(),
        ])
        .await;
    let labels: Vec<_> = over_midnight.iter().map(label).collect();
    assert_eq!(
        labels,
        [
            "H60.02215-261121-0001",
            "H60.02215-261122-0001",
            "H60.02215-261122-0002",
            "H60.02218-261121-0001"
        ]
    );
    let clock_set_back = store
        .write(vec![a_dossier(5).on(day(20)).received_change()])
        .await;
    assert_eq!(clock_set_back[0].label(), "H60.02215-261122-0003");
}

on_every_database!(interest_follows_the_dossier_and_forgets_units_that_left);

async fn interest_follows_the_dossier_and_forgets_units_that_left(on: Backend) {
    let store = a_store(on).await;
    let written = store
        .write(vec![a_dossier(1).resolved_by(OTHER_WARD).received_change()])
        .await;
    assert_eq!(store.count("interest").await, 2);
    let mut resolved = next(
        &written[0],
        10,
        at(1),
        vec![Event::Resolved(Resolved {
            results: Vec::new(),
        })],
    );
    resolved
        .interest
        .retain(|interest| interest.unit == unit(WARD));
    let roles = Interest::RECEIVING + Interest::RETURNING;
    assert_eq!(resolved.interest[0].roles, roles);
    store.write(vec![resolved]).await;
    assert_eq!(store.count("interest").await, 1);
    assert_eq!(
        store.number("SELECT open FROM interest").await,
        0,
        "a resolved dossier is no work"
    );
}

on_every_database!(a_submitted_dossier_gets_its_pin_when_it_is_received);

async fn a_submitted_dossier_gets_its_pin_when_it_is_received(on: Backend) {
    let store = a_store(on).await;
    let portal = "G22.99.08-261121-000001";
    let written = store
        .write(vec![a_dossier(1).submitted_change(portal)])
        .await;
    let pin = |store: &SeaStore| {
        let store = store.clone();
        async move {
            let read = store.read().await.unwrap();
            read.pin_hash(&key(1)).await.unwrap()
        }
    };
    assert_eq!(pin(&store).await, None);
    let mut received = next(&written[0], 10, at(1), vec![advanced()]);
    received.pin_hash = Some("hash".into());
    store.write(vec![received]).await;
    assert_eq!(pin(&store).await.as_deref(), Some("hash"));
}

on_every_database!(a_personal_value_is_never_overwritten);

async fn a_personal_value_is_never_overwritten(on: Backend) {
    let store = a_store(on).await;
    let written = store.write(vec![a_dossier(1).received_change()]).await;
    let mut change = next(&written[0], 10, at(1), vec![advanced()]);
    change.private = vec![Private {
        item: "applicant".into(),
        content: Content::Words(Words::new("ai khác")),
    }];
    let refused = store
        .commit(Batch {
            changes: vec![change],
        })
        .await;
    assert!(matches!(
        refused,
        Err(CommitError::Store(StoreError::Database(_)))
    ));
    assert_eq!(store.count("event").await, 1, "nothing was written");
}

on_every_database!(an_event_cannot_be_changed_deleted_or_left_out);

async fn an_event_cannot_be_changed_deleted_or_left_out(on: Backend) {
    let store = a_store(on).await;
    let written = store.write(vec![a_dossier(1).received_change()]).await;
    store
        .write(vec![next(&written[0], 10, at(1), vec![advanced()])])
        .await;
    let db = store.raw().await;
    for (sql, why) in [
        ("UPDATE event SET bytes = content", "never changed"),
        ("UPDATE event SET role = 'chairman'", "never changed"),
        ("UPDATE event SET role = NULL", "never changed"),
        ("UPDATE event SET digest = NULL", "never changed"),
        (
            "UPDATE event SET record_time = record_time + 1",
            "never changed",
        ),
        ("DELETE FROM event", "never deleted"),
        (
            "INSERT INTO event (seq, province, dossier, version, event_time, record_time, actor, \
                 request, part, content, role, unit, bytes, digest) \
             SELECT seq + 1000, province, dossier, 9, event_time, record_time, actor, request, 9, \
                 content, role, unit, bytes, digest FROM event WHERE version = 1",
            "needs the one before it",
        ),
    ] {
        let refused = db.execute_unprepared(sql).await.unwrap_err().to_string();
        assert!(refused.contains(why), "{sql}: {refused}");
    }
}

on_every_database!(rows_that_cannot_be_are_refused_by_the_tables);

async fn rows_that_cannot_be_are_refused_by_the_tables(on: Backend) {
    let store = a_store(on).await;
    store.write(vec![a_dossier(1).received_change()]).await;
    let db = store.raw().await;
    for sql in [
        "UPDATE dossier SET status = 11",
        "UPDATE dossier SET version = 0",
        "UPDATE dossier SET channel = 'fax'",
        "UPDATE dossier SET due = 'tomorrow'",
        "UPDATE counter SET last = 0",
        "UPDATE interest SET open = 2",
        if on.is_postgres() {
            "UPDATE secret SET salt = '\\x00'"
        } else {
            "UPDATE secret SET salt = x'00'"
        },
        "DELETE FROM dossier",
    ] {
        assert!(db.execute_unprepared(sql).await.is_err(), "{sql}");
    }
}

on_every_database!(an_empty_batch_writes_nothing);

async fn an_empty_batch_writes_nothing(on: Backend) {
    let store = a_store(on).await;
    assert!(store.write(Vec::new()).await.is_empty());
    assert_eq!(store.statements(), 0);
}

on_every_database!(a_batch_larger_than_a_statement_can_carry_is_still_one_transaction);

async fn a_batch_larger_than_a_statement_can_carry_is_still_one_transaction(on: Backend) {
    let store = a_store(on).await;
    let batch = |numbers: std::ops::Range<u64>| {
        numbers
            .map(|number| a_dossier(number).received_change())
            .collect::<Vec<_>>()
    };
    let written = store.write(batch(0..3_500)).await;
    assert_eq!(written[3_499].label(), "H60.02215-261121-3500");
    let mut doomed = batch(4_000..7_500);
    doomed.push(a_dossier(9_000).request(0).received_change());
    assert_eq!(store.clash(doomed).await, [key(9_000)]);
    assert_eq!(store.count("dossier").await, 3_500);
}

on_every_database!(the_statements_of_a_batch_do_not_grow_with_it);

async fn the_statements_of_a_batch_do_not_grow_with_it(on: Backend) {
    let store = a_store(on).await;
    let statements_of = async |numbers: std::ops::Range<u64>| {
        let before = store.statements();
        let batch = numbers.map(|number| a_dossier(number).received_change());
        store.write(batch.collect()).await;
        store.statements() - before
    };
    let of_one = statements_of(0..1).await;
    assert_eq!(of_one, statements_of(1..101).await);
    let expected = if on.is_postgres() { 3 } else { 8 };
    assert_eq!(
        of_one, expected,
        "one a table; on a server the unit's lock, its counter, and one for all tables"
    );
}

on_every_database!(a_batch_that_wants_no_number_is_one_statement_on_a_server);

async fn a_batch_that_wants_no_number_is_one_statement_on_a_server(on: Backend) {
    let store = a_store(on).await;
    let before = store.statements();
    let batch = (1..4).map(|number| {
        let portal_code = format!("G22.99-261121-000000{number}");
        a_dossier(number).submitted_change(&portal_code)
    });
    store.write(batch.collect()).await;
    let expected = if on.is_postgres() { 1 } else { 6 };
    assert_eq!(store.statements() - before, expected);
    assert_eq!(store.count("code").await, 3);
}

on_every_database!(
    eight_committers_through_one_store_lose_nothing_and_skip_no_number,
    flavor = "multi_thread",
    worker_threads = 4
);

async fn eight_committers_through_one_store_lose_nothing_and_skip_no_number(on: Backend) {
    let store = Arc::new(a_store(on).await);
    let committers = (0..8_u64).map(|committer| {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            let mut codes = Vec::new();
            for round in 0..10 {
                let number = committer * 100 + round;
                let written = store.write(vec![a_dossier(number).received_change()]).await;
                codes.push(written[0].label());
                let read = store.read().await.unwrap();
                let held = read.dossier(&key(number)).await.unwrap();
                assert!(held.is_some(), "a read after a write sees it");
            }
            codes
        })
    });
    let mut codes = BTreeSet::new();
    for committer in committers.collect::<Vec<_>>() {
        codes.extend(committer.await.unwrap());
    }
    let expected: BTreeSet<String> = (1..=80)
        .map(|serial| format!("H60.02215-261121-{serial:04}"))
        .collect();
    assert_eq!(codes, expected);
    assert_eq!(store.count("event").await, 80);
}

on_every_database!(
    two_stores_on_one_database_move_a_dossier_once_per_version,
    flavor = "multi_thread",
    worker_threads = 2
);

async fn two_stores_on_one_database_move_a_dossier_once_per_version(on: Backend) {
    let here = a_store(on).await;
    let there = SeaStore::open(&here.url, Options::default()).await.unwrap();
    here.write(vec![a_dossier(1).received_change()]).await;
    let mut moves = Vec::new();
    for (mover, store) in [here.store.clone(), there].into_iter().enumerate() {
        moves.push(tokio::spawn(async move {
            let mut done = 0_u32;
            for round in 0..20 {
                let read = store.read().await.unwrap();
                let held = read.dossier(&key(1)).await.unwrap().unwrap();
                drop(read);
                let number = 1_000 * (mover as u64 + 1) + round;
                let change = next(&held.dossier, number, at(1), vec![assigned("nv-binh")]);
                match store
                    .commit(Batch {
                        changes: vec![change],
                    })
                    .await
                {
                    Ok(_) => done += 1,
                    Err(CommitError::Clash { dossiers }) => assert_eq!(dossiers, [key(1)]),
                    Err(error) => panic!("{error:?}"),
                }
            }
            done
        }));
    }
    let mut done = 1;
    for mover in moves {
        done += mover.await.unwrap();
    }
    let read = here.read().await.unwrap();
    let held = read.dossier(&key(1)).await.unwrap().unwrap();
    assert_eq!(held.dossier.version, done);
    assert_eq!(read.records(&key(1)).await.unwrap().len(), done as usize);
}

on_every_database!(a_caller_that_goes_away_does_not_cut_its_commit_in_half);

async fn a_caller_that_goes_away_does_not_cut_its_commit_in_half(on: Backend) {
    let store = a_store(on).await;
    for number in 0..20 {
        let batch = Batch {
            changes: vec![a_dossier(number).received_change()],
        };
        let commit = store.commit(batch);
        let polls = tokio::time::timeout(std::time::Duration::ZERO, commit).await;
        drop(polls);
    }
    store.write(vec![a_dossier(99).received_change()]).await;
    // Closing waits for the writes that have begun; no other can begin.
    store.close().await.unwrap();
    let dossiers = store.count("dossier").await;
    assert_eq!(store.count("event").await, dossiers);
    assert_eq!(store.number("SELECT last FROM counter").await, dossiers);
}
