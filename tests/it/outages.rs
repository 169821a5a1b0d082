//! Announced outages, proposed by one person and approved by a second; windows for papers that end.

use app::page::PageQuery;
use app::publication::Draft;
use app::publication::calendar::Trial;
use domain::dossier::Status;
use domain::role::Role;
use domain::time::rfc3339;

use crate::backend::Backend;
use crate::publication::{carried_out, dossier, of_the_province, propose, publish, shipped};
use crate::world::{OTHER_WARD, THREE_DAYS, WARD, World, ask_for_papers, moment};

on_both!(an_announced_outage_moves_what_it_hit_once_and_is_counted_apart);
on_both!(a_window_for_papers_that_is_over_ends_the_dossier_and_older_versions_wait_on);

/// The procedure whose version of September 2026 closes what gets no answer in 7 working days.
pub const BIRTH: &str = "3.000722";

pub fn outages(rows: &[&str]) -> String {
    let shipped = shipped("calendar/outages.csv");
    format!("{}\n{}\n", shipped.trim_end(), rows.join("\n"))
}

/// From Tuesday afternoon to Thursday morning, at one ward.
pub const TWO_DAYS: &str =
    "H60.02215,,2026-08-04 14:00,2026-08-06 08:00,12/TB-UBND,statute,Thông báo 12/TB-UBND";

async fn an_announced_outage_moves_what_it_hit_once_and_is_counted_apart(on: Backend) {
    let world = World::on(on, "2026-08-03 09:00").await;
    let hit = world.receive(WARD, THREE_DAYS).await.dossier;
    let other = world.receive(OTHER_WARD, THREE_DAYS).await.dossier;
    world.set("2026-08-05 09:00");
    let lan = of_the_province("lan");
    let draft = |rows: &[&str]| Draft {
        path: "calendar/outages.csv".into(),
        text: outages(rows),
        reason: "thông báo 12".into(),
    };
    let ahead = world
        .engine
        .propose_document(&lan, draft(&[TWO_DAYS]))
        .await;
    let told = ahead.expect_err("the recovery lies ahead").to_string();
    assert!(told.contains("recovery"), "{told}");

    world.set("2026-08-06 08:30");
    let twice = world
        .engine
        .propose_document(&lan, draft(&[TWO_DAYS, TWO_DAYS]))
        .await;
    let told = twice.expect_err("it overlaps itself").to_string();
    assert!(told.contains("overlaps"), "{told}");

    // A dry run shows what would move, and nobody approves what they proposed.
    let document = propose(&world, "calendar/outages.csv", outages(&[TWO_DAYS])).await;
    let trial = Trial::Document(document.number);
    let page = PageQuery {
        size: 10,
        token: String::new(),
    };
    let (effects, found) = world
        .engine
        .calendar_changes(&lan, &trial, &page)
        .await
        .unwrap();
    assert_eq!((effects.sums().later, found.items.len()), (1, 1));
    assert!(
        world
            .engine
            .approve_document(&lan, document.number)
            .await
            .is_err()
    );
    assert_eq!(
        dossier(&world, hit.id).await.due(),
        hit.due(),
        "nothing yet"
    );

    publish(&world, "calendar/outages.csv", outages(&[TWO_DAYS])).await;
    carried_out(&world).await;
    let moved = dossier(&world, hit.id).await;
    let due = moved.due().map(rfc3339);
    assert_eq!(
        due.as_deref(),
        Some("2026-08-10T17:00:00+07:00"),
        "two days"
    );
    assert_eq!((moved.outages, moved.version), (1, hit.version + 1));
    assert_eq!(moved.clock.as_ref().unwrap().promised_due, moved.due());
    let same = dossier(&world, other.id).await;
    assert_eq!((same.due(), same.version), (other.due(), other.version));
    carried_out(&world).await;
    assert_eq!(dossier(&world, hit.id).await.version, moved.version, "once");
}

async fn a_window_for_papers_that_is_over_ends_the_dossier_and_older_versions_wait_on(on: Backend) {
    // The version of 1 September waits on; that of the day after closes.
    let world = World::on(on, "2026-08-28 09:00").await;
    let old = world.receive(WARD, BIRTH).await;
    world.set("2026-09-03 09:00");
    let new = world.receive(WARD, BIRTH).await;
    assert!(old.dossier.procedure_version < new.dossier.procedure_version);
    let mut asked = Vec::new();
    for view in [&old, &new] {
        let waits = world
            .act(view, Role::Officer, ask_for_papers())
            .await
            .unwrap();
        asked.push(waits.dossier);
    }
    // Seven working days after Thursday 3 September.
    let over = asked[1].respond_by.unwrap();
    assert_eq!(over, moment("2026-09-14 17:00"));
    world.move_to(over);
    assert_eq!(world.engine.end_expired().await.unwrap(), 0, "not before");
    world.set("2026-09-14 17:01");
    assert_eq!(world.engine.end_expired().await.unwrap(), 1);
    assert_eq!(world.engine.end_expired().await.unwrap(), 0, "once");
    let ended = dossier(&world, new.dossier.id).await;
    assert_eq!((ended.status(), ended.expired), (Status::Stopped, true));
    assert_eq!(ended.ended, Some(moment("2026-09-14 17:01")));
    let waits = dossier(&world, old.dossier.id).await;
    assert_eq!(waits.status(), Status::SupplementRequested);
}
