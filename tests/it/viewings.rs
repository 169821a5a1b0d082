//! Who looked at personal data, on a page or over the wire, stands in the log that auditors read.

use app::administration::LogQuery;
use app::page::PageQuery;
use app::ports::{AccessEventKind, Store, Viewed, WriteAccess};
use chrono::TimeDelta;
use domain::id::{ActorId, ProvinceCode};
use domain::role::Role;
use domain::time::Instant;
use sea_orm::ConnectionTrait;
use serde_json::json;
use web::Settings;

use crate::backend::Backend;
use crate::calling::Json;
use crate::pages::browser::{Browser, PASSWORD, account, router};
use crate::world::{PROVINCE, THREE_DAYS, WARD, World, moment, who};

/// The log in short, the oldest first, read in pages of so many lines.
async fn log(world: &World, size: i32) -> Vec<String> {
    let (auditor, mut token, mut lines) = (who(Role::Auditor, PROVINCE), String::new(), Vec::new());
    loop {
        let query = LogQuery {
            user: None,
            page: PageQuery { size, token },
        };
        let page = world.engine.access_log(&auditor, query).await.unwrap();
        lines.extend(page.items.iter().map(|event| {
            let kind = event.kind.as_str();
            format!("{} {kind} {}", event.actor, event.detail)
        }));
        token = page.next;
        if token.is_empty() {
            lines.reverse();
            return lines;
        }
    }
}

fn looks(log: Vec<String>) -> Vec<String> {
    log.into_iter()
        .filter(|line| line.contains(" personal_"))
        .collect()
}

on_every_database!(whoever_opens_finds_or_lists_a_dossier_with_its_name_is_in_the_log);

async fn whoever_opens_finds_or_lists_a_dossier_with_its_name_is_in_the_log(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let json = Json::over(&world);
    let officer = world.token(Role::Officer, WARD).await;
    let province = world.token(Role::Province, PROVINCE).await;
    let view = world.receive(WARD, THREE_DAYS).await;
    let code = view.dossier.label();
    let name = view.applicant.clone().unwrap().name;
    let by_name = json!({ "name": format!("dossiers/{}", view.dossier.id) });
    let asked = [
        ("GetDossier", by_name.clone()),
        ("GetDossier", by_name.clone()),
        ("SearchDossiers", json!({ "query": name })),
        ("ListWorklist", json!({ "unit": format!("units/{WARD}") })),
        ("ListDossiers", json!({})),
    ];
    for (method, body) in &asked {
        json.call(&officer, method, body).await.good();
    }
    for (method, body) in &asked[..1] {
        // A role that sees a mask sees nobody's data.
        json.call(&province, method, body).await.good();
    }
    let actor = world.engine.authenticate(&officer).await.unwrap().actor;
    let told = looks(log(&world, 50).await);
    let expected = [
        format!("{actor} personal_viewed {code}"),
        format!("{actor} personal_searched 1 found"),
        format!("{actor} personal_listed {WARD}"),
        format!("{actor} personal_listed all units"),
    ];
    assert_eq!(told, expected);
    for line in &told {
        assert!(!line.contains(&name), "{line}");
    }

    world.pass(TimeDelta::minutes(61));
    json.call(&officer, "GetDossier", &by_name).await.good();
    let later = looks(log(&world, 1).await);
    assert_eq!(
        later.len(),
        5,
        "an hour later it is a look of its own: {later:?}"
    );
    assert_eq!(later[..4], expected, "line by line it is the same log");
}

on_every_database!(pages_are_noted_as_calls_are_and_so_is_a_password_that_its_owner_changes);

async fn pages_are_noted_as_calls_are_and_so_is_a_password_that_its_owner_changes(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    account(
        &world,
        "trang.lt",
        "Lương Thu Trang",
        Role::Receptionist,
        WARD,
    )
    .await;
    account(
        &world,
        "quan.tri",
        "Quản trị hệ thống",
        Role::Admin,
        PROVINCE,
    )
    .await;
    let router = router(&world, Settings::default());
    let view = world.receive(WARD, THREE_DAYS).await;
    let (id, code) = (view.dossier.id, view.dossier.label());
    let mut browser = Browser::at(&router);
    browser.sign_in("trang.lt").await;
    browser.get(&format!("/dossiers/{id}")).await;
    browser.get(&format!("/dossiers/{id}/print/slip")).await;
    browser.get(&format!("/units/{WARD}/list")).await;
    let told = looks(log(&world, 50).await);
    assert_eq!(
        told,
        [
            format!("trang.lt personal_viewed {code}"),
            format!("trang.lt personal_listed {WARD}"),
        ]
    );

    let page = browser.get("/password").await;
    let csrf = page.field("csrf");
    let chosen = "một mật khẩu khác hẳn";
    let fields = [
        ("csrf", csrf.as_str()),
        ("current", PASSWORD),
        ("new", chosen),
        ("again", chosen),
    ];
    let page = browser.post("/password", &fields).await;
    assert_eq!(page.location(), "/start");
    let log = log(&world, 50).await;
    let changed = "trang.lt password_set chosen by its owner";
    assert!(log.iter().any(|line| line == changed), "{log:?}");

    // An administrator sees nobody's data, so opening a dossier is no look.
    let mut admin = Browser::at(&router);
    admin.sign_in("quan.tri").await;
    admin.get(&format!("/dossiers/{id}")).await;
    assert_eq!(looks(self::log(&world, 50).await).len(), 2);
}

/// A look of an invented clerk.
fn look(number: i64, at: Instant) -> Viewed {
    Viewed {
        province: ProvinceCode::parse("08").unwrap(),
        at: at + TimeDelta::seconds(number),
        actor: ActorId::parse("clerk").unwrap(),
        kind: AccessEventKind::PersonalViewed,
        token: None,
        detail: format!("H60.02215-240105-{number:04}"),
    }
}

on_every_database!(viewings_whose_time_is_over_go_piece_by_piece_and_nothing_else_does);

async fn viewings_whose_time_is_over_go_piece_by_piece_and_nothing_else_does(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let json = Json::over(&world);
    let admin = world.token(Role::Admin, PROVINCE).await;
    let added = json!({
        "request_id": crate::calling::fresh_id(), "name": "can.bo",
        "full_name": "Nguyễn Văn Mẫu", "roles": ["officer"], "units": [WARD],
    });
    json.call(&admin, "CreateUser", &added).await.good();
    let changes = log(&world, 200).await;
    // Two and a half pieces of long ago, one look on the first day that stays, two of yesterday.
    let long_ago: Vec<Viewed> = (0..2_500)
        .map(|number| look(number, moment("2024-08-01 08:00")))
        .collect();
    let lately = [
        look(0, moment("2024-08-03 00:00")),
        look(1, moment("2026-08-02 09:00")),
        look(2, moment("2026-08-02 09:00")),
    ];
    world.store.record_viewed(&long_ago).await.unwrap();
    world.store.record_viewed(&lately).await.unwrap();
    let read = world.store.read().await.unwrap();
    let oldest = read.oldest_viewed().await.unwrap();
    drop(read);
    assert_eq!(oldest, Some(long_ago[0].at));

    // By hand none goes, neither an old nor a new one.
    let db = sea_orm::Database::connect(&world.url).await.unwrap();
    let refused = db.execute_unprepared("DELETE FROM viewed").await;
    assert!(
        refused
            .unwrap_err()
            .to_string()
            .contains("its time is over")
    );

    assert_eq!(world.engine.forget_viewings(24).await.unwrap(), 2_500);
    assert_eq!(world.engine.forget_viewings(24).await.unwrap(), 0);
    let left = log(&world, 200).await;
    assert_eq!(looks(left.clone()).len(), lately.len());
    let others: Vec<_> = left
        .into_iter()
        .filter(|line| changes.contains(line))
        .collect();
    assert_eq!(others, changes, "the log of changes stays");
    let refused = db.execute_unprepared("DELETE FROM viewed").await;
    assert!(refused.is_err(), "what has time left is kept");
    let back = db
        .execute_unprepared("UPDATE viewed_since SET at = at - 1")
        .await;
    assert!(back.is_err(), "the moment only moves on");

    // The last one stays, however old it is, so that no number comes again.
    world.pass(TimeDelta::days(4_000));
    assert_eq!(world.engine.forget_viewings(24).await.unwrap(), 2);
    world
        .store
        .record_viewed(&[look(3, world.engine.now())])
        .await
        .unwrap();
    let numbers = "SELECT min(number) * 10000 + max(number) FROM viewed";
    let row = sea_orm::Statement::from_string(on.dialect(), numbers);
    let row = db.query_one_raw(row).await.unwrap().unwrap();
    assert_eq!(
        row.try_get_by_index::<i64>(0).unwrap(),
        2_503 * 10_000 + 2_504
    );
}
