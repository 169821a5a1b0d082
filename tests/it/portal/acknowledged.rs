//! What a portal has acknowledged: an alarm while it has not, and item 1.4 of the index once it has.

use app::access::Method;
use app::report::RatesQuery;
use chrono::TimeDelta;
use domain::deadline;
use domain::indicator::{Item, Memo, Rate};
use domain::limit::Limit;
use domain::role::Role;
use portal::simulate::{Fault, Faults, Simulator};

use super::reading::{AGENCY, PENDING, reader};
use super::ways::{Remote, Working};
use crate::backend::Backend;
use crate::statistics::query;
use crate::world::{PROVINCE, THREE_DAYS, WARD, World, moment, who};

/// Item 1.4 of the province in August, as known at a moment.
async fn synchronised(world: &World, as_of: Option<&str>) -> Item {
    let mut asked = query("2026-08-01", "2026-08-31");
    asked.as_of = as_of.map(moment);
    let caller = who(Role::Province, PROVINCE);
    let counted = world.engine.statistics(&caller, Method::GetI766, asked);
    let index = counted.await.unwrap().i766();
    let mut items = index.total.items.into_iter();
    items.find(|item| item.item == "1.4").unwrap()
}

on_both!(what_a_portal_has_acknowledged_counts_in_the_index_and_before_that_nothing_is_known);

async fn what_a_portal_has_acknowledged_counts_in_the_index_and_before_that_nothing_is_known(
    on: Backend,
) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let simulator = Simulator::new(Faults::default(), 1);
    let remote = Remote::over(&simulator).await;
    world.receive(WARD, THREE_DAYS).await;
    world.receive(WARD, THREE_DAYS).await;
    let before = synchronised(&world, None).await;
    assert!(!before.computable);
    assert_eq!(
        (before.num, before.den, before.points),
        (None, Some(2), None)
    );
    world.set("2026-08-03 11:00");
    let working = Working::begin(&world.engine, remote.settings(""), "one");
    remote.has_taken(&simulator, 2).await;
    remote.is_all_delivered(&world.store).await;
    working.stop().await;
    let all = synchronised(&world, None).await;
    assert!(all.computable);
    assert_eq!(
        (all.num, all.den, all.points),
        (Some(2), Some(2), Some(6.0))
    );
    // What is not told yet counts against it, what another product tells does not.
    world.set("2026-08-05 10:00");
    world.receive(WARD, THREE_DAYS).await;
    simulator.product_has(AGENCY, PENDING.row());
    reader(&world, &remote).read().await.unwrap();
    let two = synchronised(&world, None).await;
    assert_eq!(
        (two.num, two.den, two.points),
        (Some(2), Some(3), Some(4.0))
    );
    // How late each was told stands beside the form, and the ratio in item 3.3.
    let mut asked = query("2026-08-01", "2026-08-31");
    let late = async |asked: &RatesQuery| {
        let caller = who(Role::Province, PROVINCE);
        let counted = world
            .engine
            .statistics(&caller, Method::GetI766, asked.clone());
        let counted = counted.await.unwrap();
        let items = counted.i766().total.items;
        let sync = items.iter().find(|item| item.item == "3.3").unwrap().sync;
        (counted.ii06a().total.memo.rate(Memo::SyncLate), sync)
    };
    assert_eq!(
        late(&asked).await,
        (Rate::new(2, 3), Some(Rate::new(2, 3))),
        "two were told after an hour, the third is ten minutes fresh at most"
    );
    asked.as_of = Some(moment("2026-08-03 10:30"));
    assert_eq!(late(&asked).await, (Rate::new(0, 0), None));
    // A report as of an earlier moment stays what it was.
    assert_eq!(synchronised(&world, Some("2026-08-03 10:30")).await, before);
    assert_eq!(synchronised(&world, Some("2026-08-03 12:00")).await, all);
}

on_both!(a_portal_that_takes_nothing_for_two_working_hours_raises_an_alarm_of_its_own);

async fn a_portal_that_takes_nothing_for_two_working_hours_raises_an_alarm_of_its_own(on: Backend) {
    let world = World::on(on, "2026-08-03 10:45").await;
    let simulator = Simulator::new(Faults::only(Fault::Broken, 1_000), 1);
    let remote = Remote::over(&simulator).await;
    world.receive(WARD, THREE_DAYS).await;
    let admin = who(Role::Admin, PROVINCE);
    let status = async || {
        let mut all = world.engine.portal_status(&admin).await.unwrap();
        all.remove(0)
    };
    let working = Working::begin(&world.engine, remote.settings(""), "one");
    crate::port::soon("a failure", async {
        while simulator.ledger().counts.requests == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    })
    .await;
    let begun = status().await;
    let calendars = &world.engine.catalogue(&admin.province).calendars;
    let limit = Limit::WorkingHours(2);
    let due = deadline::due(world.engine.now(), limit, calendars.national())
        .unwrap()
        .at;
    assert!(
        due - world.engine.now() > TimeDelta::hours(2),
        "over the noon"
    );
    assert_eq!((begun.acknowledge_by, begun.unacknowledged), (Some(due), 0));
    world.move_to(due);
    assert_eq!(
        status().await.unacknowledged,
        0,
        "the last moment is in time"
    );
    world.pass(TimeDelta::minutes(1));
    assert_eq!(status().await.unacknowledged, 1);
    simulator.fail(Faults::default());
    crate::port::soon("the dossier", async {
        // A try that failed at the last moment waits a little longer.
        while simulator.rows() == 0 || status().await.count.waiting > 0 {
            world.pass(TimeDelta::seconds(10));
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    })
    .await;
    working.stop().await;
    let taken = status().await;
    assert_eq!((taken.acknowledge_by, taken.unacknowledged), (None, 0));
}
