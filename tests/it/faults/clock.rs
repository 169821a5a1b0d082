//! Wrong clocks: set back, set forward and corrected, and machines in other time zones.

use app::Error;
use chrono::TimeDelta;
use domain::code::AnyCode;
use domain::deadline::due;
use domain::dossier::Dossier;
use domain::role::Role;
use domain::time::local_day;
use serde_json::json;

use super::audit::{Auditor, Whose};
use super::ledger::Acknowledged;
use super::office::Office;
use super::program::{How, Program};
use crate::backend::Backend;
use crate::bad_input::refused::handed_in;
use crate::calling::{Json, fresh_id};
use crate::world::{THREE_DAYS, WARD, World, catalogue, moment};

/// Moments of receptions, first by a correct clock, then by one a day ahead, each with the expected
/// number.
const CAME: [(&str, &str); 3] = [
    ("2026-08-04 00:30", "H60.02215-260804-0001"),
    ("2026-08-04 09:00", "H60.02215-260804-0002"),
    ("2026-08-05 09:00", "H60.02215-260805-0001"),
];

on_both!(a_clock_that_was_set_back_writes_nothing_until_it_is_right);

async fn a_clock_that_was_set_back_writes_nothing_until_it_is_right(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let wire = Json::over(&world);
    let desk = world.token(Role::Receptionist, WARD).await;
    let chairman = world.token(Role::Chairman, WARD).await;
    let received = world.receive(WARD, THREE_DAYS).await;
    world.set("2026-08-25 10:00");
    let late = world.advance(&received, Role::Receptionist).await;
    // With the clock 19 days back, a late dossier would seem to end in time.
    world.set("2026-08-06 10:00");
    assert!(matches!(
        world.engine.check_clock().await,
        Err(Error::ClockBehind { .. })
    ));
    let mut body = handed_in(THREE_DAYS);
    let refused = wire.call(&desk, "ReceiveDossier", &body).await;
    assert_eq!(refused.refused(), (503, "UNAVAILABLE", "CLOCK_BEHIND"));
    assert_eq!(
        refused.variable("newest"),
        Some("2026-08-25T10:00:00+07:00")
    );
    assert_eq!(refused.variable("clock"), Some("2026-08-06T10:00:00+07:00"));
    assert!(refused.vietnamese().contains("Đồng hồ"));
    // Reads still work, and so does repeating a request that was answered before.
    let name = json!({ "name": late.dossier.label() });
    let read = wire.call(&chairman, "GetDossier", &name).await.good();
    assert_eq!(read["etag"], late.dossier.etag());
    world.set("2026-08-25 10:00");
    let first = wire.call(&desk, "ReceiveDossier", &body).await.good();
    world.set("2026-08-25 09:00");
    let again = wire.call(&desk, "ReceiveDossier", &body).await.good();
    assert_eq!(first, again);

    // The engine waits out a second of difference, and records nothing earlier than what is stored.
    world.set("2026-08-25 10:00");
    world.pass(-TimeDelta::milliseconds(300));
    body["request_id"] = json!(fresh_id());
    let waits = wire.call(&desk, "ReceiveDossier", &body);
    let caught_up = async {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        world.pass(TimeDelta::milliseconds(400));
    };
    let (answer, ()) = futures::future::join(waits, caught_up).await;
    let waited = answer.good();
    let read = app::ports::Store::read(world.store.as_ref()).await.unwrap();
    let code = AnyCode::parse(waited["code"].as_str().unwrap()).unwrap();
    let key = read
        .by_code(&domain::id::ProvinceCode::parse("08").unwrap(), &code)
        .await
        .unwrap()
        .unwrap();
    let records = read.records(&key).await.unwrap();
    assert_eq!(records[0].record_time, moment("2026-08-25 10:00"));
    assert!(records[0].event_time < records[0].record_time);
}

on_both!(a_clock_that_runs_ahead_changes_no_order_and_no_due_time);

async fn a_clock_that_runs_ahead_changes_no_order_and_no_due_time(on: Backend) {
    let world = World::on(on, CAME[0].0).await;
    let mut views = Vec::new();
    let mut answers = Vec::new();
    let mut note = |view: &app::view::View, request: u64| {
        answers.push(Acknowledged {
            request: format!("00000000-0000-4000-8000-{request:012x}"),
            dossier: view.dossier.id.to_string(),
            version: view.dossier.version,
            code: view.dossier.label(),
            at: moment(CAME[0].0),
        });
    };
    let mut request = 0;
    for (local, code) in CAME {
        world.set(local);
        let view = world.receive(WARD, THREE_DAYS).await;
        request += 1;
        note(&view, request);
        assert_eq!(view.dossier.label(), code, "at {local}");
        assert_eq!(view.dossier.received, Some(moment(local)));
        views.push(view);
        // Every caller continues with the dossiers from before, whatever the clock said.
        for view in &mut views {
            if view.dossier.version < 3 {
                let role = [Role::Receptionist, Role::Officer][view.dossier.version as usize - 1];
                *view = world.advance(view, role).await;
                request += 1;
                note(view, request);
            }
        }
    }
    for view in &views {
        let dossier = &view.dossier;
        let clock = dossier.clock.as_ref().unwrap();
        let calendars = &catalogue().calendars;
        let calendar = calendars.for_unit(WARD);
        let expected = due(dossier.received.unwrap(), clock.limit.unwrap(), calendar).unwrap();
        assert_eq!(clock.effective_due, Some(expected.at));
        let key = (dossier.province.clone(), dossier.id);
        let read = app::ports::Store::read(world.store.as_ref()).await.unwrap();
        let records = read.records(&key).await.unwrap();
        assert!(
            records.is_sorted_by_key(|record| record.event_time),
            "{records:?}"
        );
        assert!(
            records
                .iter()
                .all(|record| record.record_time >= record.event_time)
        );
        assert_eq!(Dossier::fold(&records).as_ref(), Some(dossier));
    }
    // The feed keeps the order of writing.
    world.feed_settles(answers.len()).await;
    let read = app::ports::Store::read(world.store.as_ref()).await.unwrap();
    let scope = app::ports::Scope::Province(views[0].dossier.province.clone());
    let feed = read.feed(&scope, 0, u64::MAX, 100).await.unwrap();
    let order = feed.iter().map(|(_, record)| record.request_id.to_string());
    assert!(order.eq(answers.iter().map(|answer| answer.request.clone())));
    let auditor = Auditor::of(&world.url).await.unwrap();
    let found = auditor.look(Whose::All(&answers)).await.unwrap();
    found.assert_clean("by wrong clocks");
    auditor.close().await;
}

#[tokio::test]
async fn a_machine_in_another_time_zone_gives_the_same_days_and_due_times() {
    // Twelve hours behind Greenwich and fourteen ahead of it. At any moment at least one of the two
    // machines has another date than Viet Nam.
    for zone in ["AAA+12", "BBB-14"] {
        let database = Backend::Sqlite.database().await;
        let folder = tempfile::tempdir().unwrap();
        let mut office = Office::open(&database.url, 1).await;
        let server = Program::serve(&database.url, folder.path(), &How::in_zone(zone));
        office.work_for(&server.address, 5).await;
        server.kill();
        let store = ::store::SeaStore::open(&database.url, ::store::Options::default())
            .await
            .unwrap();
        let read = app::ports::Store::read(&store).await.unwrap();
        let code = domain::code::AnyCode::parse(&office.ledger.since(0)[0].code).unwrap();
        let key = read
            .by_code(&domain::id::ProvinceCode::parse("08").unwrap(), &code)
            .await
            .unwrap()
            .unwrap();
        let dossier = read.dossier(&key).await.unwrap().unwrap().dossier;
        let received = dossier.received.unwrap();
        let day = local_day(received).format("%y%m%d").to_string();
        assert_eq!(
            code.as_str(),
            format!("{}-{day}-0001", dossier.receiving),
            "{zone}"
        );
        let clock = dossier.clock.as_ref().unwrap();
        let calendars = &catalogue().calendars;
        let calendar = calendars.for_unit(dossier.resolving.as_str());
        let expected = due(received, clock.limit.unwrap(), calendar).unwrap();
        assert_eq!(clock.effective_due, Some(expected.at), "{zone}");
    }
}
