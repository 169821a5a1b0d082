//! What was received and ended by unit and day, here and at another system.

use chrono::{NaiveDate, TimeDelta};
use domain::role::Role;
use portal::simulate::{Faults, Simulator};

use serde_json::json;
use web::Settings;

use super::ways::{Remote, Working};
use crate::backend::Backend;
use crate::calling::Json;
use crate::pages::browser::{Browser, account, router};
use crate::world::{OTHER_WARD, PROVINCE, THREE_DAYS, WARD, World, moment, unit, who};

on_both!(what_differs_here_and_there_is_counted_by_unit_and_day);

async fn what_differs_here_and_there_is_counted_by_unit_and_day(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let simulator = Simulator::new(Faults::default(), 1);
    let remote = Remote::over(&simulator).await;
    let day = NaiveDate::from_ymd_opt(2026, 8, 3).unwrap();
    let admin = who(Role::Admin, PROVINCE);
    let sheet = async || {
        let sheet = world.engine.portal_sheet(&admin, "cong", day, day);
        sheet.await.unwrap()
    };
    let first = world.receive(WARD, THREE_DAYS).await;
    world.receive(OTHER_WARD, THREE_DAYS).await;
    let before = sheet().await;
    assert_eq!(before.acknowledged(), (0, 2));
    assert_eq!(before.differ.len(), 2);
    // The remote learns of it a quarter of an hour later.
    world.pass(TimeDelta::minutes(15));
    let working = Working::begin(&world.engine, remote.settings(""), "one");
    remote.has_taken(&simulator, 2).await;
    remote.is_all_delivered(&world.store).await;
    working.stop().await;
    let told = sheet().await;
    assert_eq!(told.acknowledged(), (2, 2));
    assert!(told.differ.is_empty());
    let line = &told.lines[&(unit(WARD), day)];
    assert_eq!(
        (line.here, line.late),
        (line.there, 1),
        "ten minutes are over"
    );
    assert_eq!(line.slowest.num_minutes(), 15);
    // What happens while nobody tells it differs, and which dossier it is can be seen.
    let finished = world.finish(first).await;
    world.receive(WARD, THREE_DAYS).await;
    let apart = sheet().await;
    let line = &apart.lines[&(unit(WARD), day)];
    assert_eq!((line.here.received, line.here.ended), (2, 1));
    assert_eq!((line.there.received, line.there.ended), (1, 0));
    assert_eq!(line.differ, 2);
    assert!(apart.differ.contains(&finished.dossier.id));
    // A comparison that finds everything there takes no time.
    let working = Working::begin(&world.engine, remote.settings(""), "two");
    remote.is_all_delivered(&world.store).await;
    crate::port::soon("the rest", async {
        while !sheet().await.differ.is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    })
    .await;
    let request = world.identity().request_id;
    let ordered = world.engine.portal_reconcile(&admin, request, "cong").await;
    ordered.unwrap();
    world.pass(TimeDelta::hours(1));
    crate::port::soon("the comparison", async {
        loop {
            let status = world.engine.portal_status(&admin).await.unwrap();
            if status[0].remote.walk.is_none() && status[0].remote.walked.is_some() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    })
    .await;
    remote.is_all_delivered(&world.store).await;
    working.stop().await;
    let line = &sheet().await.lines[&(unit(WARD), day)].clone();
    assert_eq!(line.slowest.num_minutes(), 15);
}

on_both!(a_night_in_which_all_was_compared_leaves_a_sheet_that_stays_as_it_was);

async fn a_night_in_which_all_was_compared_leaves_a_sheet_that_stays_as_it_was(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let simulator = Simulator::new(Faults::default(), 1);
    let remote = Remote::over(&simulator).await;
    world.receive(WARD, THREE_DAYS).await;
    world.receive(OTHER_WARD, THREE_DAYS).await;
    world.pass(TimeDelta::minutes(15));
    let working = Working::begin(&world.engine, remote.settings(""), "one");
    remote.has_taken(&simulator, 2).await;
    remote.is_all_delivered(&world.store).await;
    let json = Json::over(&world);
    let token = world.token(Role::Province, PROVINCE).await;
    let asked = json!({ "remote": "cong" });
    let kept = async || json.call(&token, "ListExchangeSheets", &asked).await.good();
    assert_eq!(kept().await["sheets"], json!([]), "no night is over");

    world.set("2026-08-04 02:00");
    let admin = who(Role::Admin, PROVINCE);
    crate::port::soon("the night's comparison", async {
        loop {
            let status = world.engine.portal_status(&admin).await.unwrap();
            let walked = status[0].remote.walked;
            if walked.is_some_and(|at| at >= moment("2026-08-04 02:00")) {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    })
    .await;
    world.set("2026-08-04 05:00");
    crate::port::soon("the night's sheet", async {
        while kept().await["sheets"] == json!([]) {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    })
    .await;
    working.stop().await;
    let told = kept().await;
    let sheets = told["sheets"].as_array().unwrap();
    let night = &sheets[0];
    assert_eq!((sheets.len(), &night["night"]), (1, &json!("2026-08-04")));
    assert_eq!(
        (&night["from"], &night["to"]),
        (&json!("2026-07-04"), &json!("2026-08-03"))
    );
    let sheet = &night["sheet"];
    assert_eq!(sheet["received_count"], json!("2"));
    assert_eq!(sheet["acknowledged_count"], json!("2"));
    assert_eq!(sheet["late_count"], json!("2"), "a quarter of an hour each");
    assert_eq!(sheet["longest_lag"], json!("900s"));
    assert_eq!(sheet["lines"].as_array().unwrap().len(), 2);

    // What happens afterwards changes nothing of it, and the page shows it.
    world.receive(WARD, THREE_DAYS).await;
    let status = world.engine.portal_status(&admin).await.unwrap();
    let night = "2026-08-04".parse().unwrap();
    let again = world.engine.keep_sheet(&status[0].remote, night);
    again.await.unwrap();
    assert_eq!(kept().await, told);
    account(&world, "tinh", "Hoàng Văn Tỉnh", Role::Province, PROVINCE).await;
    let router = router(&world, Settings::default());
    let mut browser = Browser::at(&router);
    browser.sign_in("tinh").await;
    let page = browser.get("/portal").await;
    assert!(page.says("Đối chiếu hằng đêm"), "{}", page.text());
    assert!(page.says("2 / 0 / 2"), "{}", page.text());
}
