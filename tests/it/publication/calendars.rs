//! A calendar is published in a province with running dossiers.

use std::collections::HashMap;

use app::page::PageQuery;
use app::ports::{Store, WorklistPage};
use app::publication::calendar::{Days, DueChange, Effects, Trial};
use domain::dossier::acts::OpenLeg;
use domain::dossier::change::recalculation::Unmoved;
use domain::dossier::private::Words;
use domain::dossier::{Command, Dossier, Event, Term};
use domain::id::DossierId;
use domain::role::Role;

use super::{
    OFF_6_AUGUST, WORKED_8_AUGUST, calendar_with, carried_out, dossier, lived_in, of_the_province,
    propose, publish, shipped,
};
use serde_json::json;

use crate::backend::Backend;
use crate::calling::Json;
use crate::world::{OTHER_WARD, PROVINCE, THREE_DAYS, WARD, World, moment, unit, who};

/// Days that move due times later, touch promised dates and overdue dossiers, all at once.
const FOUR_DAYS: [&str; 4] = [
    "2026-07-22,swap_off,Nghỉ hoán đổi,CV 1/2026,confirmed",
    "2026-08-08,make_up,Làm bù,CV 1/2026,confirmed",
    "2026-08-13,swap_off,Nghỉ hoán đổi,CV 1/2026,confirmed",
    "2026-08-14,swap_off,Nghỉ hoán đổi,CV 1/2026,confirmed",
];

/// The whole result of a trial, page by page.
async fn tried(world: &World, trial: &Trial) -> (Effects, Vec<DueChange>) {
    let caller = of_the_province("lan");
    let mut page = PageQuery {
        size: 7,
        token: String::new(),
    };
    let mut all = Vec::new();
    loop {
        let (effects, found) = world
            .engine
            .calendar_changes(&caller, trial, &page)
            .await
            .unwrap();
        assert!(found.items.len() <= 7);
        all.extend(found.items);
        if found.next.is_empty() {
            return (effects, all);
        }
        page.token = found.next;
    }
}

async fn standing(world: &World, ids: &[DossierId]) -> HashMap<DossierId, Dossier> {
    let mut all = HashMap::new();
    for id in ids {
        all.insert(*id, dossier(world, *id).await);
    }
    all
}

/// Asserts that each row equals the fold of its events.
async fn rows_are_folds(world: &World, ids: &[DossierId]) {
    let read = world.store.read().await.unwrap();
    for id in ids {
        let key = (who(Role::Province, PROVINCE).province, *id);
        let row = read.dossier(&key).await.unwrap().unwrap().dossier;
        let records = read.records(&key).await.unwrap();
        assert_eq!(Dossier::fold(&records), Some(row));
    }
}

on_both!(what_a_dry_run_says_is_what_happens_and_running_twice_is_running_once);

async fn what_a_dry_run_says_is_what_happens_and_running_twice_is_running_once(on: Backend) {
    let world = World::on(on, "2026-07-20 09:00").await;
    let ids = lived_in(&world).await;
    let text = calendar_with(&FOUR_DAYS);
    let document = propose(&world, "calendar/national.csv", text).await;
    let before = standing(&world, &ids).await;
    let (effects, listed) = tried(&world, &Trial::Document(document.number)).await;
    assert_eq!(
        listed.len(),
        effects.changes.len(),
        "the pages are all of it"
    );
    let sums = effects.sums();
    assert!(
        sums.later > 5 && sums.promised > 1 && sums.overdue > 1,
        "{sums:?}"
    );
    assert_eq!(standing(&world, &ids).await, before, "nothing was written");

    let mai = of_the_province("mai");
    world
        .engine
        .approve_document(&mai, document.number)
        .await
        .unwrap();
    carried_out(&world).await;

    let after = standing(&world, &ids).await;
    let told: HashMap<DossierId, &DueChange> = listed
        .iter()
        .map(|change| (change.dossier.id, change))
        .collect();
    for id in &ids {
        let (before, after) = (&before[id], &after[id]);
        let Some(change) = told.get(id) else {
            assert_eq!(after, before, "not listed, not touched");
            continue;
        };
        let done = change.recalculation.as_ref().unwrap();
        assert_eq!(after.version, before.version + 1, "one event a dossier");
        assert_eq!((before.due(), after.due()), (done.before, done.after));
        assert!(after.due() >= before.due(), "never earlier");
        if let Some(clock) = &after.clock {
            assert_eq!(clock.legal_due(), done.legal);
            assert_eq!(clock.promised_due, done.promised);
            assert_eq!(done.kept.is_some(), clock.legal_due.is_some());
        }
    }
    rows_are_folds(&world, &ids).await;

    // Ordered again, under the same name or with a text of the same content.
    carried_out(&world).await;
    assert_eq!(standing(&world, &ids).await, after);
    world.pass(chrono::TimeDelta::seconds(1));
    let mut otherwise = FOUR_DAYS;
    otherwise.reverse();
    let same = calendar_with(&otherwise);
    publish(&world, "calendar/national.csv", same).await;
    carried_out(&world).await;
    assert_eq!(standing(&world, &ids).await, after);
    let jobs = world
        .engine
        .jobs(&mai, &PageQuery::default())
        .await
        .unwrap();
    let changed: Vec<_> = jobs
        .items
        .iter()
        .map(|job| (job.id.as_str(), job.changed, job.ended.is_some()))
        .collect();
    let first = effects.changes.len() as u64;
    assert_eq!(
        changed,
        [("calendar-2", 0, true), ("calendar-1", first, true)]
    );
}

on_both!(days_that_nobody_proposed_can_be_tried_and_say_the_same);

async fn days_that_nobody_proposed_can_be_tried_and_say_the_same(on: Backend) {
    let world = World::on(on, "2026-07-20 09:00").await;
    let ids = lived_in(&world).await;
    let day = |text: &str| text.parse().unwrap();
    let days = Trial::Days(Days {
        off: vec![day("2026-08-06")],
        make_up: vec![day("2026-08-08")],
    });
    let text = calendar_with(&[OFF_6_AUGUST, WORKED_8_AUGUST]);
    let document = propose(&world, "calendar/national.csv", text).await;
    let (tried_days, _) = tried(&world, &days).await;
    let (proposed, _) = tried(&world, &Trial::Document(document.number)).await;
    assert_eq!(tried_days.seen, proposed.seen);
    let told = |effects: &Effects| -> Vec<_> {
        let changes = effects.changes.iter();
        changes
            .map(|change| (change.dossier.id, change.recalculation.clone()))
            .collect()
    };
    assert!(!tried_days.changes.is_empty());
    assert_eq!(told(&tried_days), told(&proposed));
    assert!(tried_days.seen < ids.len() as u64, "only what is open");
}

#[tokio::test]
async fn who_waits_for_a_dossier_is_told_what_became_of_its_date() {
    let world = World::at("2026-08-03 10:00").await;
    let view = world.receive(WARD, THREE_DAYS).await;
    assert_eq!(view.dossier.due(), Some(moment("2026-08-06 17:00")));
    let text = calendar_with(&[OFF_6_AUGUST]);
    let document = publish(&world, "calendar/national.csv", text).await;
    carried_out(&world).await;
    let moved = dossier(&world, view.dossier.id).await;
    assert_eq!(moved.due(), Some(moment("2026-08-07 17:00")));

    // Worklists use the new date, the history names the document, and it made nobody late.
    let read = world.store.read().await.unwrap();
    let page = WorklistPage::all(who(Role::Chairman, WARD).scope(), None, 1);
    assert_eq!(read.worklist(&page).await.unwrap().first(), Some(&moved));
    let key = (moved.province.clone(), moved.id);
    let records = read.records(&key).await.unwrap();
    let record = records.last().unwrap();
    match &record.event {
        Event::Recalculated(facts) => {
            assert_eq!(facts.document, document.number.to_string());
            assert_eq!(facts.hash, document.hash);
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(record.actor.as_str(), "mai");
    assert_eq!(record.unit, unit(PROVINCE));

    // A dossier received from now on uses the new calendar at once.
    let later = world.receive(WARD, THREE_DAYS).await;
    assert_eq!(later.dossier.due(), moved.due());
    assert_eq!(later.dossier.version, 1);
}

on_both!(a_leg_of_another_unit_moves_as_the_dry_run_says_and_in_its_worklist);

async fn a_leg_of_another_unit_moves_as_the_dry_run_says_and_in_its_worklist(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let view = world.receive(WARD, super::TEN_DAYS).await;
    let leg = Command::OpenLeg(OpenLeg {
        unit: unit(OTHER_WARD),
        lead: false,
        task: Words::new("xác minh"),
        term: Term::Within("4wd".parse().unwrap()),
    });
    let sent = world.act(&view, Role::Officer, leg).await.unwrap();
    let json = Json::over(&world);
    let token = world.token(Role::Province, PROVINCE).await;
    let body = json!({ "off_days": ["2026-08-06"] });
    let told = json.call(&token, "ListCalendarChanges", &body).await.good();
    assert_eq!(told["parts_count"], "1");
    let part = json!({
        "kind": "leg",
        "number": 1,
        "unit": format!("units/{OTHER_WARD}"),
        "old_due_time": "2026-08-07T10:00:00Z",
        "new_due_time": "2026-08-10T10:00:00Z",
    });
    assert_eq!(told["changes"][0]["parts"], json!([part]));

    publish(
        &world,
        "calendar/national.csv",
        calendar_with(&[OFF_6_AUGUST]),
    )
    .await;
    carried_out(&world).await;
    let moved = dossier(&world, sent.dossier.id).await;
    assert_eq!(moved.version, sent.dossier.version + 1, "one event");
    assert_eq!(moved.legs[0].due, moment("2026-08-10 17:00"));
    let scope = who(Role::Chairman, OTHER_WARD).scope();
    let due = moment("2026-08-10 17:00").timestamp_micros();
    assert_eq!(WorklistPage::place(&scope, &moved), (due, moved.id));
    let read = world.store.read().await.unwrap();
    let page = WorklistPage::all(scope, Some((due - 1, moved.id)), 1);
    let found = read.worklist(&page).await.unwrap();
    assert_eq!(
        found.first(),
        Some(&moved),
        "in the place of its new due time"
    );
    rows_are_folds(&world, &[moved.id]).await;
}

#[tokio::test]
async fn hours_of_one_unit_move_only_that_units_dossiers() {
    let world = World::at("2026-08-03 10:00").await;
    let here = world.receive(WARD, THREE_DAYS).await;
    let there = world.receive(crate::world::OTHER_WARD, THREE_DAYS).await;
    let hours = shipped("calendar/hours.csv");
    let row = format!("{WARD},2026-08-01,07:30-11:30 13:30-17:30,QĐ 1/2026");
    let text = format!("{}\n{row}\n", hours.trim_end());
    publish(&world, "calendar/hours.csv", text).await;
    carried_out(&world).await;
    let here = dossier(&world, here.dossier.id).await;
    assert_eq!(here.due(), Some(moment("2026-08-06 17:30")));
    let same = dossier(&world, there.dossier.id).await;
    assert_eq!(same, there.dossier);
}

#[tokio::test]
async fn a_due_time_beyond_the_calendar_is_kept_and_listed() {
    let world = World::at("2027-12-27 10:00").await;
    let view = world.receive(WARD, THREE_DAYS).await;
    assert_eq!(view.dossier.due(), Some(moment("2027-12-30 17:00")));
    let days = Trial::Days(Days {
        off: vec!["2027-12-29".parse().unwrap(), "2027-12-30".parse().unwrap()],
        make_up: Vec::new(),
    });
    let (effects, listed) = tried(&world, &days).await;
    assert_eq!(effects.sums().beyond, 1);
    assert!(listed[0].recalculation.is_none());
    assert_eq!(effects.sums().later, 0);
}

#[tokio::test]
async fn why_a_date_stays_is_told_with_it() {
    let world = World::at("2026-07-20 10:00").await;
    let overdue = world.receive(WARD, THREE_DAYS).await;
    world.set("2026-08-03 10:00");
    let promised = world.receive(WARD, super::TEN_DAYS).await;
    world.set("2026-08-04 10:00");
    let day = |text: &str| vec![text.parse().unwrap()];
    let days = Trial::Days(Days {
        off: day("2026-07-22"),
        make_up: day("2026-08-08"),
    });
    let (_, listed) = tried(&world, &days).await;
    let kept = |id: DossierId| {
        let change = listed.iter().find(|change| change.dossier.id == id);
        change.unwrap().recalculation.as_ref().unwrap().clone()
    };
    let stays = kept(promised.dossier.id);
    assert_eq!(stays.kept, Some(Unmoved::Promised));
    assert_eq!(stays.after, stays.before);
    assert_eq!(stays.legal, Some(moment("2026-08-14 17:00")));
    let stays = kept(overdue.dossier.id);
    assert_eq!(stays.kept, Some(Unmoved::Overdue));
    assert_eq!(stays.after, Some(moment("2026-07-23 17:00")));
    assert_eq!(stays.legal, Some(moment("2026-07-24 17:00")));
}
