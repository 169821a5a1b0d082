//! What was received and ended by unit and day, here and at another system.

use chrono::{NaiveDate, TimeDelta};
use domain::role::Role;
use portal::simulate::{Faults, Simulator};

use super::ways::{Remote, Working};
use crate::backend::Backend;
use crate::world::{OTHER_WARD, PROVINCE, THREE_DAYS, WARD, World, unit, who};

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
