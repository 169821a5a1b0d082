//! A database that is exported and imported again gives the same reports.

use std::path::Path;

use app::ports::{Clock, List, Scope, Store};
use chrono::NaiveDate;
use domain::dossier::acts::{Accept, Stop};
use domain::dossier::private::Words;
use domain::dossier::{Command, Dossier, Record};
use domain::id::ProvinceCode;
use domain::indicator::Report;
use domain::role::Role;
use server::clock::SystemClock;
use store::{Options, SeaStore};

use super::command::{import, motcua, report};
use super::log;
use crate::backend::Backend;
use crate::world::{OTHER_WARD, THREE_DAYS, WARD, World};

pub async fn export(url: &str, folder: &Path, more: &[&str]) -> Result<(), String> {
    let mut words = vec!["export", folder.to_str().unwrap(), "--database", url];
    words.extend(more);
    motcua(&words).await
}

pub async fn import_again(folder: &Path, url: &str) {
    let map = folder.join("map.toml");
    let files = [folder.join("events.csv"), folder.join("cases.csv")];
    import(map.to_str().unwrap(), &[&files[0], &files[1]], url)
        .await
        .unwrap();
}

/// The units' rows of a report, without the moment of the report.
pub async fn rows(url: &str, province: &str, from: &str, to: &str) -> Vec<domain::indicator::Row> {
    let Report { units, .. } = report(url, province, from, to).await.rates;
    units
}

/// Asserts equal rates for a month, a day, two days, and a month after all dossiers.
pub async fn same_rates(one: &str, other: &str) {
    for (from, to) in [
        ("2026-08-01", "2026-08-31"),
        ("2026-08-03", "2026-08-03"),
        ("2026-08-03", "2026-08-04"),
        ("2026-09-01", "2026-09-30"),
    ] {
        assert_eq!(
            rows(other, "08", from, to).await,
            rows(one, "08", from, to).await,
            "{from} to {to}"
        );
    }
}

pub async fn dossiers(url: &str) -> Vec<(Dossier, Vec<Record>)> {
    let store = SeaStore::open(url, Options::default()).await.unwrap();
    let read = store.read().await.unwrap();
    let list = List::all(
        Scope::Province(ProvinceCode::parse("08").unwrap()),
        None,
        1_000,
    );
    let mut all = Vec::new();
    for dossier in read.list(&list).await.unwrap() {
        let key = (dossier.province.clone(), dossier.id);
        all.push((dossier, read.records(&key).await.unwrap()));
    }
    all
}

on_both!(dossiers_of_our_own_come_back_with_the_same_reports);

async fn dossiers_of_our_own_come_back_with_the_same_reports(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let one = world.receive(WARD, THREE_DAYS).await;
    let two = world.submit(WARD, THREE_DAYS, "G22.99-260803-000001").await;
    let accept = Command::Receive(Accept {
        components: Vec::new(),
        papers: Vec::new(),
        accept_incomplete: Words::default(),
    });
    let two = world.act(&two, Role::Receptionist, accept).await.unwrap();
    world.receive(OTHER_WARD, "1.013225").await;
    world.submit(WARD, "1.004222", "G22.99-260803-000010").await;
    world
        .submit(WARD, "x-phan-anh-hien-truong", "G22.99-260803-000011")
        .await;
    let stopped = world.receive(WARD, THREE_DAYS).await;
    let stop = Command::Stop(Stop {
        reason: Words::new("Mẫu Thị Lý Do"),
        legal_basis: Words::new("căn cứ mẫu"),
    });
    world.act(&stopped, Role::Leader, stop).await.unwrap();
    world.set("2026-08-05 09:00");
    world.finish(one).await;
    world.set("2026-08-10 09:00");
    world.finish(two).await;

    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    export(&world.url, &out, &[]).await.unwrap();
    for file in ["events.csv", "cases.csv", "dossiers.jsonl", "map.toml"] {
        let text = std::fs::read_to_string(out.join(file)).unwrap();
        for personal in ["Mẫu", "mẫu", "Nguyễn", "salt"] {
            assert!(!text.contains(personal), "{personal} is in {file}");
        }
    }

    let other = on.empty().await;
    import_again(&out, &other.url).await;
    same_rates(&world.url, &other.url).await;
    let before = dossiers(&world.url).await;
    let after = dossiers(&other.url).await;
    assert_eq!(before.len(), 6);
    for ((was, events), (is, again)) in before.iter().zip(&after) {
        assert_eq!(
            (was.id, &was.code, &was.state),
            (is.id, &is.code, &is.state)
        );
        assert_eq!(was.clock, is.clock);
        let times = |records: &[Record]| -> Vec<_> {
            records
                .iter()
                .map(|record| (record.event_time, record.event.kind()))
                .collect()
        };
        assert_eq!(times(events), times(again));
    }
}

on_both!(an_imported_log_comes_back_with_the_same_reports);

async fn an_imported_log_comes_back_with_the_same_reports(on: Backend) {
    let folder = tempfile::tempdir().unwrap();
    let log = log::invent(folder.path(), 120);
    let first = on.empty().await;
    import("wabo-receipt", &[&log.events, &log.cases], &first.url)
        .await
        .unwrap();
    let out = folder.path().join("out");
    export(&first.url, &out, &["--province", "99"])
        .await
        .unwrap();
    let second = on.empty().await;
    import_again(&out, &second.url).await;
    for month in 1..=12 {
        let from = NaiveDate::from_ymd_opt(2011, month, 1).unwrap().to_string();
        let to = NaiveDate::from_ymd_opt(2011, month, 28)
            .unwrap()
            .to_string();
        assert_eq!(
            rows(&second.url, "99", &from, &to).await,
            rows(&first.url, "99", &from, &to).await,
            "{from} to {to}"
        );
    }
}

on_both!(who_takes_names_out_is_written_down);

async fn who_takes_names_out_is_written_down(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    world.receive(WARD, THREE_DAYS).await;
    let province = ProvinceCode::parse("08").unwrap();
    let viewings = || async {
        let read = world.store.read().await.unwrap();
        read.viewings(&province).await.unwrap()
    };
    let folder = tempfile::tempdir().unwrap();
    let before = SystemClock.now();
    export(&world.url, &folder.path().join("plain"), &[])
        .await
        .unwrap();
    assert_eq!(viewings().await, []);
    let out = folder.path().join("personal");
    let with = ["--personal", "--actor", "nv-mau", "--reason", "kiểm tra"];
    export(&world.url, &out, &with).await.unwrap();
    let cases = std::fs::read_to_string(out.join("cases.csv")).unwrap();
    assert!(cases.contains("Mẫu"), "{cases}");
    let seen = viewings().await;
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].actor.as_str(), "nv-mau");
    assert_eq!(
        (seen[0].what.as_str(), seen[0].reason.as_str()),
        ("export", "kiểm tra")
    );
    assert!(seen[0].at >= before);
}

#[tokio::test]
async fn an_export_never_goes_over_another() {
    let world = World::at("2026-08-03 10:00").await;
    world.receive(WARD, THREE_DAYS).await;
    let folder = tempfile::tempdir().unwrap();
    export(&world.url, folder.path(), &[]).await.unwrap();
    let refused = export(&world.url, folder.path(), &[]).await.unwrap_err();
    assert!(refused.contains("is not empty"), "{refused}");
}
