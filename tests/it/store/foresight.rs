//! The fitted models, and the flag log.

use app::foresight::{Flag, FlagReason, KeptModel, Level};
use app::ports::{LookAtEnds, Scope, Store, WriteForecasts};
use domain::procedure::Kind;
use sea_orm::ConnectionTrait;

use crate::backend::Backend;

use super::data::{OTHER_WARD, TestStore, WARD, a_dossier, a_store, at, id, province, unit};

fn a_model(matter: Kind, day: i64, bytes: &[u8]) -> KeptModel {
    KeptModel {
        province: province(),
        number: 0,
        matter,
        begins: at(0),
        until: at(1 + day * 24 * 60),
        made: at(2 + day * 24 * 60),
        figures: r#"{"brier":0.1}"#.into(),
        hash: domain::digest::hex(&domain::digest::sha256(bytes)),
        bytes: Some(bytes.to_vec()),
    }
}

fn a_flag(dossier: u64, ordinal: u32, minutes: i64, level: Level) -> Flag {
    Flag {
        province: province(),
        dossier: id(dossier),
        ordinal,
        unit: unit(WARD),
        at: at(minutes),
        before: if level == Level::OnTrack {
            Level::AtRisk
        } else {
            Level::OnTrack
        },
        level,
        late: 0.734_512,
        reasons: vec![FlagReason {
            code: "COMPARABLE".into(),
            parameters: vec![("settled".into(), "214".into())],
            vi: "Trong 214 hồ sơ tương tự, 131 hồ sơ trễ hạn.".into(),
            en: "Of 214 comparable dossiers, 131 ended late.".into(),
        }],
        model: Some(3),
    }
}

/// A store with so many dossiers of a ward.
async fn with_dossiers(on: Backend, count: u64) -> TestStore {
    let store = a_store(on).await;
    let changes = (1..=count).map(|number| a_dossier(number).received_change());
    store.write(changes.collect()).await;
    store
}

on_every_database!(models_are_numbered_by_province_and_the_latest_of_each_matter_counts);

async fn models_are_numbered_by_province_and_the_latest_of_each_matter_counts(on: Backend) {
    let store = a_store(on).await;
    let mut kept = Vec::new();
    for (matter, day, bytes) in [
        (Kind::Procedure, 1, b"one"),
        (Kind::Petition, 1, b"two"),
        (Kind::Procedure, 2, b"six"),
    ] {
        let model = a_model(matter, day, bytes);
        kept.push(store.keep_model(&model).await.unwrap());
    }
    let numbers: Vec<u64> = kept.iter().map(|model| model.number).collect();
    assert_eq!(numbers, [1, 2, 3]);
    let read = store.read().await.unwrap();
    assert_eq!(read.models(&province()).await.unwrap(), kept[1..]);
    let latest = read.model_numbers().await.unwrap();
    assert_eq!(latest.into_iter().collect::<Vec<_>>(), [(province(), 3)]);
}

on_every_database!(the_same_model_of_the_same_period_is_kept_once);

async fn the_same_model_of_the_same_period_is_kept_once(on: Backend) {
    let store = a_store(on).await;
    let model = a_model(Kind::Procedure, 1, b"one");
    let first = store.keep_model(&model).await.unwrap();
    let again = store.keep_model(&model).await.unwrap();
    assert_eq!(again, first);
    assert_eq!(store.count("forecast_model").await, 1);
    // An import has added dossiers to the same period, so the fit gives another model.
    let other = a_model(Kind::Procedure, 1, b"two");
    assert_eq!(store.keep_model(&other).await.unwrap().number, 2);
}

on_every_database!(of_old_models_the_hash_stays_and_the_bytes_go);

async fn of_old_models_the_hash_stays_and_the_bytes_go(on: Backend) {
    let store = a_store(on).await;
    for day in 1..=10 {
        let model = a_model(Kind::Procedure, day, &[u8::try_from(day).unwrap()]);
        store.keep_model(&model).await.unwrap();
    }
    assert_eq!(store.count("forecast_model").await, 10);
    let left = "SELECT count(bytes) FROM forecast_model";
    assert_eq!(store.number(left).await, 7);
    let oldest = "SELECT min(number) FROM forecast_model WHERE bytes IS NOT NULL";
    assert_eq!(store.number(oldest).await, 4);
}

on_every_database!(a_flag_is_written_once_whoever_comes_first);

async fn a_flag_is_written_once_whoever_comes_first(on: Backend) {
    let store = with_dossiers(on, 1).await;
    let flag = a_flag(1, 1, 5, Level::AtRisk);
    assert_eq!(store.raise(std::slice::from_ref(&flag)).await.unwrap(), 1);
    // Another process finds the same level a moment later.
    let later = a_flag(1, 1, 6, Level::AtRisk);
    let cleared = a_flag(1, 2, 7, Level::OnTrack);
    assert_eq!(store.raise(&[later, cleared.clone()]).await.unwrap(), 1);
    let read = store.read().await.unwrap();
    let all = read.flags_of(&province(), &[id(1)]).await.unwrap();
    assert_eq!(all[&id(1)], [flag, cleared.clone()]);
    let last = read.last_flags(&province(), &[id(1), id(2)]).await.unwrap();
    assert_eq!(last.into_iter().collect::<Vec<_>>(), [(id(1), cleared)]);
}

on_every_database!(the_flag_log_is_read_in_order_by_unit_and_from_any_place);

async fn the_flag_log_is_read_in_order_by_unit_and_from_any_place(on: Backend) {
    let store = with_dossiers(on, 3).await;
    let flags: Vec<Flag> = (1..=3)
        .map(|number| {
            let mut flag = a_flag(number, 1, number.cast_signed(), Level::Watch);
            if number == 2 {
                flag.unit = unit(OTHER_WARD);
                flag.model = None;
            }
            flag
        })
        .collect();
    for flag in &flags {
        store.raise(std::slice::from_ref(flag)).await.unwrap();
    }
    flags_settle(&store, 3).await;
    let end = store.flags_head().await.unwrap().last;
    let read = store.read().await.unwrap();
    let whole = Scope::Province(province());
    let found = read.flags(&whole, 0, end, 10).await.unwrap();
    let (places, read_back): (Vec<u64>, Vec<Flag>) = found.into_iter().unzip();
    assert_eq!(read_back, flags);
    assert!(places.is_sorted() && *places.last().unwrap() <= end);
    let after_first = read.flags(&whole, places[0], end, 1).await.unwrap();
    assert_eq!(after_first[0].1, flags[1]);
    let other = Scope::Units(province(), vec![unit(OTHER_WARD)]);
    let found = read.flags(&other, 0, end, 10).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].1, flags[1]);
}

/// Waits for the flag log. On a server, transactions of other tests hold it up.
async fn flags_settle(store: &TestStore, count: usize) {
    for _ in 0..1_000 {
        let end = store.flags_head().await.unwrap().last;
        let read = store.read().await.unwrap();
        let found = read.flags(&Scope::Province(province()), 0, end, 100).await;
        if found.unwrap().len() >= count {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the flag log never shows {count} flags");
}

on_every_database!(a_flag_is_never_changed_and_never_deleted);

async fn a_flag_is_never_changed_and_never_deleted(on: Backend) {
    let store = with_dossiers(on, 1).await;
    store.raise(&[a_flag(1, 1, 5, Level::Watch)]).await.unwrap();
    let db = store.raw().await;
    for tampering in [
        "UPDATE flag SET late = 0",
        "UPDATE flag SET seen = seen - 1",
        "DELETE FROM flag",
    ] {
        let refused = db.execute_unprepared(tampering).await;
        assert!(refused.is_err(), "{tampering}");
    }
    db.close().await.unwrap();
}

on_every_database!(a_place_in_the_feed_tells_in_which_provinces_anything_happened);

async fn a_place_in_the_feed_tells_in_which_provinces_anything_happened(on: Backend) {
    let store = with_dossiers(on, 1).await;
    store.settled().await;
    let other = domain::id::ProvinceCode::parse("01").unwrap();
    let both = [other, province()];
    let read = store.read().await.unwrap();
    assert_eq!(read.moved_since(&both, 0).await.unwrap(), both[1..]);
    let head = store.feed_head().await.unwrap().last;
    let since = read.moved_since(&both, head).await.unwrap();
    assert!(since.is_empty());
}
