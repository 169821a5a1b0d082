//! A new law changes no report of the months before its day: the answers about them are the same bytes
//! with the catalogue as it was and with the one of today.

use std::sync::Arc;

use app::ports::{Clock, Store};
use app::view::View;
use app::{Engine, Parts};
use chrono::NaiveDate;
use domain::catalogue::{Catalogue, SourceFile};
use domain::role::Role;
use serde_json::json;

use crate::backend::Backend;
use crate::calling::Json;
use crate::port::{Settings, Site};
use crate::publication::{OFF_6_AUGUST, calendar_with, carried_out, publish};
use crate::world::{
    NumberedIds, PROVINCE, SECRET, WARD, World, at_the_desk, catalogue, procedure_code, who,
};

/// The shipped catalogue without what begins on a day or later.
fn as_before(day: NaiveDate) -> Arc<Catalogue> {
    let mut left = Vec::new();
    let mut files = server::catalogue::shipped_files();
    for file in &mut files {
        if file.path.contains("/procedures/") && file.path.ends_with(".toml") {
            left.extend(older_versions(file, day));
        }
    }
    for file in &mut files {
        if file.path.ends_with("/published.csv") {
            keep_lines(file, |cells| {
                let known = |(code, version): &(String, String)| {
                    (code.as_str(), version.as_str()) == (cells[0], cells[1])
                };
                left.iter().any(known)
            });
        } else if file.path.contains("/intake/") && file.text.contains(",from,") {
            keep_lines(file, |cells| {
                let days = cells
                    .iter()
                    .filter_map(|cell| cell.parse::<NaiveDate>().ok());
                days.min().is_none_or(|from| from < day)
            });
        }
    }
    files.retain(|file| !file.text.trim().is_empty());
    Arc::new(Catalogue::parse(&files).unwrap_or_else(|faults| panic!("{faults:#?}")))
}

/// How many rules of each kind a catalogue has.
fn rules(catalogue: &Catalogue) -> [usize; 4] {
    [
        catalogue.procedures.iter().count(),
        catalogue.papers.0.len(),
        catalogue.boundaries.permits.len(),
        usize::from(catalogue.boundaries.arrival_counts_from.is_some()),
    ]
}

/// Takes the newer versions out of a file; the code and number of those that stay.
fn older_versions(file: &mut SourceFile, day: NaiveDate) -> Vec<(String, String)> {
    let mut table: toml::Table = toml::from_str(&file.text).unwrap();
    let code = table["code"].as_str().unwrap().to_owned();
    let versions = table["version"].as_array_mut().unwrap();
    versions.retain(|version| {
        let from = version["from"].to_string();
        from.parse::<NaiveDate>().unwrap() < day
    });
    let numbers = versions.iter().map(|version| version["number"].to_string());
    let left: Vec<_> = numbers.map(|number| (code.clone(), number)).collect();
    file.text = match left.is_empty() {
        true => String::new(),
        false => toml::to_string(&table).unwrap(),
    };
    left
}

/// Keeps comments, the header, and the lines of a list that pass.
fn keep_lines(file: &mut SourceFile, passes: impl Fn(&[&str]) -> bool) {
    let mut header = false;
    let lines = file.text.lines().filter(|line| {
        if line.starts_with('#') || !std::mem::replace(&mut header, true) {
            return true;
        }
        passes(&line.split(',').collect::<Vec<_>>())
    });
    file.text = lines.map(|line| format!("{line}\n")).collect();
}

/// The ward's desk takes a dossier in with all papers that the version of that day names.
async fn receives(world: &World, procedure: &str) -> View {
    let mut reception = at_the_desk(WARD, procedure);
    let day = domain::time::local_day(world.clock.now());
    let catalogue = catalogue();
    let version = catalogue.procedures.find(procedure, day).unwrap();
    let components = version.components.iter().map(|it| it.code.clone());
    reception.content.components = components.collect();
    let clerk = who(Role::Receptionist, WARD);
    let code = procedure_code(procedure);
    let received = world
        .engine
        .receive(&clerk, world.identity(), &code, reception);
    received.await.unwrap()
}

on_both!(a_new_law_changes_no_byte_of_the_reports_of_the_months_before_it);

async fn a_new_law_changes_no_byte_of_the_reports_of_the_months_before_it(on: Backend) {
    // The day of each new rule, and a day of the month before and after it.
    for (day, before, after) in [
        ("2025-11-15", "2025-11-03", "2025-11-17"),
        ("2026-07-01", "2026-06-15", "2026-07-02"),
        ("2026-08-05", "2026-07-20", "2026-08-06"),
        ("2026-09-01", "2026-08-10", "2026-09-03"),
        ("2026-12-01", "2026-11-16", "2026-12-03"),
    ] {
        let day: NaiveDate = day.parse().unwrap();
        let world = World::on(on, &format!("{before} 08:00")).await;
        for procedure in ["1.013225", "1.004873", "2.000884", "1.001193"] {
            let one = receives(&world, procedure).await;
            world.finish(one).await;
            receives(&world, procedure).await;
        }
        let token = world.token(Role::Province, PROVINCE).await;
        world.set(&format!("{after} 08:00"));
        receives(&world, "1.004873").await;

        let old = Engine::start(Parts {
            store: Arc::clone(&world.store) as Arc<dyn Store>,
            catalogue: as_before(day),
            clock: Arc::clone(&world.clock) as Arc<dyn Clock>,
            ids: Arc::new(NumberedIds::default()),
            secret: SECRET.to_vec(),
            queue: 16,
        });
        assert_ne!(
            rules(&as_before(day)),
            rules(&catalogue()),
            "{day}: the law is new"
        );
        let (new, old) = (
            Json::over(&world),
            Json(Site::over(&old, &Settings::default()).router),
        );
        let month = before.get(..8).unwrap();
        let asked = json!({
            "province": "08",
            "from": format!("{month}01"),
            "to": day.pred_opt().unwrap().to_string(),
        });
        for method in ["GetRates", "GetIi06a", "GetI766"] {
            let told = new.call(&token, method, &asked).await;
            assert_eq!(told.http, 200, "{method} {day}: {:?}", told.json);
            let was = old.call(&token, method, &asked).await;
            assert_eq!(told.bytes, was.bytes, "{method} before {day}");
            assert!(
                told.json.to_string().len() > 400,
                "{method}: {:?}",
                told.json
            );
        }
    }
}

on_both!(a_day_off_that_is_announced_later_changes_no_byte_of_a_report_as_of_before);

async fn a_day_off_that_is_announced_later_changes_no_byte_of_a_report_as_of_before(on: Backend) {
    let world = World::on(on, "2026-08-03 08:00").await;
    let view = receives(&world, "1.004873").await;
    world.set("2026-08-07 09:00");
    world.finish(view).await;
    let token = world.token(Role::Province, PROVINCE).await;
    let json = Json::over(&world);
    world.set("2026-08-12 09:00");
    let then = json!({
        "province": "08", "from": "2026-08-01", "to": "2026-08-31", "as_of": "2026-08-10T02:00:00Z",
    });
    let now = json!({ "province": "08", "from": "2026-08-01", "to": "2026-08-31" });
    let methods = ["GetRates", "GetIi06a", "GetI766", "GetPerformance"];
    let mut told = Vec::new();
    for method in methods {
        told.push(json.call(&token, method, &then).await.bytes);
    }
    let mean = async || {
        let index = json.call(&token, "GetI766", &now).await.good();
        let items = index["total"]["items"].as_array().unwrap();
        let item = items.iter().find(|item| item["item"] == "2.2").unwrap();
        item["average"][0]["mean"].as_f64().unwrap()
    };
    assert_eq!(mean().await.to_bits(), 4.0_f64.to_bits());
    publish(
        &world,
        "calendar/national.csv",
        calendar_with(&[OFF_6_AUGUST]),
    )
    .await;
    carried_out(&world).await;
    assert_eq!(
        mean().await.to_bits(),
        3.0_f64.to_bits(),
        "as of now the day was off"
    );
    for (method, told) in methods.into_iter().zip(told) {
        let again = json.call(&token, method, &then).await;
        assert_eq!(again.bytes, told, "{method}: {}", again.json);
    }
}
