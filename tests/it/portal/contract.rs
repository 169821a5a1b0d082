//! The contract of the store for what is under way: on every database, the same answers.

use app::ports::{
    Fault, Lease, LeaseClaim, Parcel, ParcelOrder, ParcelOutcome, ParcelPage, Posting, Remote,
    Settlement, Store, Told, WalkStep, WritePortal,
};
use chrono::TimeDelta;
use domain::id::{DossierId, ProvinceCode};
use domain::time::Instant;
use store::SeaStore;

use crate::backend::Backend;
use crate::world::{World, moment};

const REMOTE: &str = "cong";

fn province() -> ProvinceCode {
    ProvinceCode::parse("08").unwrap()
}

fn dossier(number: u8) -> DossierId {
    DossierId::new(1, 0, number.into())
}

fn now() -> Instant {
    moment("2026-08-03 10:00")
}

fn claim(holder: &str, at: Instant) -> LeaseClaim {
    LeaseClaim {
        province: province(),
        remote: REMOTE.to_owned(),
        holder: holder.to_owned(),
        at,
        until: at + TimeDelta::seconds(10),
        alone: false,
        begins: true,
    }
}

fn lease(remote: &Remote) -> Lease {
    Lease {
        province: province(),
        remote: REMOTE.to_owned(),
        epoch: remote.epoch,
    }
}

fn order(number: u64, at: Instant) -> ParcelOrder {
    ParcelOrder {
        request: crate::world::identity(number, "").request_id,
        at,
    }
}

fn posting(parcels: Vec<(DossierId, u32, u32)>) -> Posting {
    Posting {
        at: now(),
        parcels,
        ..Posting::default()
    }
}

fn fault() -> Fault {
    Fault {
        reason: "REFUSED",
        words: "code -1".to_owned(),
        asked: "dossier X".to_owned(),
    }
}

fn settlement(outcomes: Vec<(DossierId, ParcelOutcome)>) -> Settlement {
    Settlement {
        at: now(),
        outcomes,
        closed_until: None,
        failures: 0,
        told: Vec::new(),
    }
}

async fn due(store: &SeaStore, at: Instant) -> Vec<Parcel> {
    let read = store.read().await.unwrap();
    read.due_parcels(&province(), REMOTE, at, 100)
        .await
        .unwrap()
}

on_every_database!(one_process_at_a_time_works_for_a_remote_and_the_one_before_writes_nothing_more);

async fn one_process_at_a_time_works_for_a_remote_and_the_one_before_writes_nothing_more(
    on: Backend,
) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let store = world.store.as_ref();
    let first = store
        .lease_remote(&claim("a", now()))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((first.epoch, first.cursor.as_str()), (1, ""));
    assert_eq!(store.lease_remote(&claim("b", now())).await.unwrap(), None);
    // Renewing keeps the epoch.
    let later = now() + TimeDelta::seconds(5);
    let renewed = store
        .lease_remote(&claim("a", later))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(renewed.epoch, 1);
    let over = later + TimeDelta::seconds(11);
    let second = store
        .lease_remote(&claim("b", over))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((second.epoch, second.holder.as_str()), (2, "b"));
    let parcels = posting(vec![(dossier(1), 1, 1)]);
    assert!(!store.post_parcels(&lease(&first), &parcels).await.unwrap());
    assert!(due(store, over).await.is_empty(), "nothing is half written");
    assert!(store.post_parcels(&lease(&second), &parcels).await.unwrap());
    let delivered = settlement(vec![(dossier(1), ParcelOutcome::Delivered(1))]);
    assert!(
        !store
            .settle_parcels(&lease(&first), &delivered)
            .await
            .unwrap()
    );
    assert_eq!(due(store, over).await.len(), 1);
    // Where only one process can have the database open, whoever asks is alone.
    let alone = LeaseClaim {
        alone: true,
        ..claim("c", over)
    };
    assert_eq!(store.lease_remote(&alone).await.unwrap().unwrap().epoch, 3);
}

on_every_database!(a_parcel_that_is_under_way_is_widened_and_what_came_meanwhile_stays);

async fn a_parcel_that_is_under_way_is_widened_and_what_came_meanwhile_stays(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let store = world.store.as_ref();
    let remote = store
        .lease_remote(&claim("a", now()))
        .await
        .unwrap()
        .unwrap();
    let held = lease(&remote);
    let both = posting(vec![(dossier(1), 1, 2), (dossier(2), 4, 4)]);
    let both = Posting {
        cursor: Some("feed-7-ab".to_owned()),
        ..both
    };
    assert!(store.post_parcels(&held, &both).await.unwrap());
    assert!(
        store
            .post_parcels(&held, &posting(vec![(dossier(1), 3, 5)]))
            .await
            .unwrap()
    );
    let parcels = due(store, now()).await;
    let shape = |parcel: &Parcel| (parcel.first, parcel.last, parcel.epoch, parcel.attempts);
    assert_eq!(
        parcels.iter().map(shape).collect::<Vec<_>>(),
        [(1, 5, 1, 0), (4, 4, 1, 0)]
    );
    // Delivered up to what was known when it was sent.
    let done = settlement(vec![
        (dossier(1), ParcelOutcome::Delivered(2)),
        (dossier(2), ParcelOutcome::Delivered(4)),
    ]);
    assert!(store.settle_parcels(&held, &done).await.unwrap());
    let parcels = due(store, now()).await;
    assert_eq!(
        parcels.iter().map(shape).collect::<Vec<_>>(),
        [(3, 5, 1, 0)]
    );
    let read = store.read().await.unwrap();
    let kept = read.remotes(&province()).await.unwrap().remove(0);
    assert_eq!(kept.cursor, "feed-7-ab");
    assert_eq!(kept.last_success, Some(now()));
}

on_every_database!(what_failed_waits_or_is_parked_until_a_person_sends_it_again);

async fn what_failed_waits_or_is_parked_until_a_person_sends_it_again(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let store = world.store.as_ref();
    let remote = store
        .lease_remote(&claim("a", now()))
        .await
        .unwrap()
        .unwrap();
    let held = lease(&remote);
    let three = posting((1..=3).map(|number| (dossier(number), 2, 2)).collect());
    assert!(store.post_parcels(&held, &three).await.unwrap());
    let next = now() + TimeDelta::seconds(30);
    let later = |counts| ParcelOutcome::Later {
        next,
        counts,
        fault: fault(),
    };
    let failed = Settlement {
        closed_until: Some(next),
        failures: 6,
        ..settlement(vec![
            (dossier(1), later(true)),
            (dossier(2), later(false)),
            (dossier(3), ParcelOutcome::Parked(fault())),
        ])
    };
    assert!(store.settle_parcels(&held, &failed).await.unwrap());
    assert!(due(store, now()).await.is_empty());
    let shape = |parcel: &Parcel| (parcel.dossier, parcel.attempts, parcel.epoch);
    let waiting = due(store, next).await;
    assert_eq!(
        waiting.iter().map(shape).collect::<Vec<_>>(),
        [(dossier(1), 1, 0), (dossier(2), 0, 0)],
        "nobody knows what has arrived of them"
    );
    let page = ParcelPage {
        province: province(),
        remote: REMOTE.to_owned(),
        dossier: None,
        parked: true,
        after: None,
        limit: 10,
    };
    let read = store.read().await.unwrap();
    let parked = read.parcels(&page).await.unwrap();
    assert_eq!(parked.len(), 1);
    assert_eq!(parked[0].words, "code -1");
    let count = read.parcel_counts(&province()).await.unwrap().remove(0);
    assert_eq!(
        (count.waiting, count.parked, count.oldest),
        (2, 1, Some(now()))
    );
    let kept = read.remotes(&province()).await.unwrap().remove(0);
    assert_eq!((kept.failures, kept.closed_until), (6, Some(next)));
    assert_eq!(kept.last_words, "code -1");
    drop(read);
    // What is parked takes new events along, and stays parked.
    assert!(
        store
            .post_parcels(&held, &posting(vec![(dossier(3), 3, 3)]))
            .await
            .unwrap()
    );
    assert_eq!(due(store, next).await.len(), 2);
    let again = store
        .unpark(&province(), REMOTE, Some(dossier(3)), &order(1, next))
        .await;
    assert_eq!(again.unwrap(), 1);
    let parked = settlement(vec![(dossier(3), ParcelOutcome::Parked(fault()))]);
    assert!(store.settle_parcels(&held, &parked).await.unwrap());
    let repeated = store
        .unpark(&province(), REMOTE, None, &order(1, next))
        .await;
    assert_eq!(repeated.unwrap(), 0, "the same order sends nothing twice");
    assert_eq!(
        store
            .unpark(&province(), REMOTE, None, &order(2, next))
            .await
            .unwrap(),
        1
    );
    let sent = due(store, next).await;
    let third = sent
        .iter()
        .find(|parcel| parcel.dossier == dossier(3))
        .unwrap();
    assert_eq!((third.first, third.last, third.attempts), (2, 3, 0));
}

on_every_database!(a_comparison_is_ordered_begins_goes_on_and_ends);

async fn a_comparison_is_ordered_begins_goes_on_and_ends(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let store = world.store.as_ref();
    let remote = store
        .lease_remote(&claim("a", now()))
        .await
        .unwrap()
        .unwrap();
    store
        .order_walk(&province(), REMOTE, &order(1, now()))
        .await
        .unwrap();
    let walk = async || {
        let read = store.read().await.unwrap();
        let remote = read.remotes(&province()).await.unwrap().remove(0);
        (remote.walk.map(|walk| walk.after), remote.walked)
    };
    assert_eq!(walk().await, (Some(None), None));
    let step = |walk| Posting {
        walk,
        uncertain: true,
        ..posting(vec![(dossier(1), 1, 3)])
    };
    let held = lease(&remote);
    let reached = step(WalkStep::Reached(dossier(1)));
    assert!(store.post_parcels(&held, &reached).await.unwrap());
    assert_eq!(walk().await, (Some(Some(dossier(1))), None));
    assert_eq!(
        due(store, now()).await[0].epoch,
        0,
        "the remote is asked first"
    );
    assert!(
        store
            .post_parcels(&held, &step(WalkStep::Ends))
            .await
            .unwrap()
    );
    assert_eq!(walk().await, (None, Some(now())));
    store
        .order_walk(&province(), REMOTE, &order(1, now()))
        .await
        .unwrap();
    assert_eq!(
        walk().await,
        (None, Some(now())),
        "the same order begins none twice"
    );
}

on_every_database!(many_parcels_are_laid_in_and_settled_by_as_many_statements_as_one);

async fn many_parcels_are_laid_in_and_settled_by_as_many_statements_as_one(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let store = world.store.as_ref();
    let remote = store.lease_remote(&claim("one", now())).await.unwrap();
    let lease = lease(&remote.unwrap());
    let told = |dossier| Told {
        dossier,
        version: 1,
        status: 2,
        event_time: now(),
        record_time: now(),
        since: now(),
    };
    let mut costs = Vec::new();
    for dossiers in [vec![dossier(1)], (2..=60).map(dossier).collect::<Vec<_>>()] {
        let before = store.statements();
        let parcels = dossiers.iter().map(|id| (*id, 1, 1)).collect();
        assert!(store.post_parcels(&lease, &posting(parcels)).await.unwrap());
        let delivered = dossiers.iter().map(|id| (*id, ParcelOutcome::Delivered(1)));
        let settled = Settlement {
            told: dossiers.iter().map(|id| told(*id)).collect(),
            ..settlement(delivered.collect())
        };
        assert!(store.settle_parcels(&lease, &settled).await.unwrap());
        costs.push(store.statements() - before);
    }
    assert_eq!(costs[0], costs[1]);
    assert!(due(store, now()).await.is_empty(), "all were delivered");
}
