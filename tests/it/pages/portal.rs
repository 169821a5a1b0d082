//! The page of whoever looks after other systems.

use app::portal::NewWebhook;
use app::ports::Store;
use domain::role::Role;
use http::StatusCode;
use portal::simulate::{Faults, Simulator};
use web::Settings;

use super::browser::{Browser, account, router};
use crate::access::ways::{REMOTE, is_parked};
use crate::backend::Backend;
use crate::portal::reading::{AGENCY, PENDING, There, reader};
use crate::portal::ways::Remote;
use crate::world::{PROVINCE, THREE_DAYS, WARD, World, who};

on_both!(an_administrator_sees_what_is_parked_and_why_and_sends_it_again);

async fn an_administrator_sees_what_is_parked_and_why_and_sends_it_again(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    account(&world, "quan.tri", "Đỗ Quản Trị", Role::Admin, PROVINCE).await;
    let router = router(&world, Settings::default());
    let mut browser = Browser::at(&router);
    browser.sign_in("quan.tri").await;
    let empty = browser.get("/portal").await;
    assert!(
        empty.says("Chưa hệ thống nào được kết nối"),
        "{}",
        empty.text()
    );
    let dossier = world.receive(WARD, THREE_DAYS).await.dossier;
    is_parked(&world, dossier.id).await;
    let page = browser.get("/portal").await;
    assert_eq!(page.status, StatusCode::OK);
    let text = page.text();
    assert!(text.contains(&format!("{REMOTE} 0 – 1 –")), "{text}");
    assert!(text.contains(&dossier.label()), "{text}");
    assert!(text.contains("Bị từ chối"), "{text}");
    assert!(!text.contains("Mẫu"), "nobody is named: {text}");
    let csrf = page.field("csrf");
    let id = page.field("request_id");
    let name = format!("dossiers/{}", dossier.id);
    let fields = [
        ("csrf", csrf.as_str()),
        ("request_id", &id),
        ("dossier", &name),
    ];
    let path = format!("/portal/{REMOTE}/retry");
    let sent = browser.post(&path, &fields).await;
    assert_eq!(sent.location(), "/portal?sent=1");
    let after = browser.get("/portal?sent=1&lang=en").await.text();
    assert!(after.contains("1 dossiers are sent again"), "{after}");
    assert!(after.contains("Nothing waits for a person"), "{after}");
    let forged = browser.post(&path, &[("request_id", &id)]).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
}

on_both!(what_came_of_reading_the_product_in_use_stands_beside_it_with_dates_that_are_not_the_laws);

async fn what_came_of_reading_the_product_in_use_stands_beside_it_with_dates_that_are_not_the_laws(
    on: Backend,
) {
    let world = World::on(on, "2026-08-05 10:00").await;
    let simulator = Simulator::new(Faults::default(), 1);
    let remote = Remote::over(&simulator).await;
    let generous = There {
        due: "2026-08-10T17:00:00.000+0700",
        ..PENDING
    };
    let odd = There {
        code: "H60.02215-260803-0002",
        status: "Chờ ký số",
        ..PENDING
    };
    simulator.product_has(AGENCY, generous.row());
    simulator.product_has(AGENCY, odd.row());
    reader(&world, &remote).read().await.unwrap();
    account(&world, "quan.tri", "Đỗ Quản Trị", Role::Admin, PROVINCE).await;
    let router = router(&world, Settings::default());
    let mut browser = Browser::at(&router);
    browser.sign_in("quan.tri").await;
    let page = browser.get("/portal").await;
    let text = page.text();
    assert!(text.contains("2 dòng, 2 hồ sơ mới"), "{text}");
    assert!(text.contains("Giá trị chưa có trong bảng"), "{text}");
    assert!(text.contains("Chờ ký số"), "{text}");
    let dates = text.split("Hẹn trả khác với luật").nth(1).unwrap();
    assert!(
        dates.contains(PENDING.code) && !dates.contains(odd.code),
        "{text}"
    );
    assert!(dates.contains("Thứ"), "the arithmetic, day by day: {dates}");
    assert!(!text.contains("MẪU"), "nobody is named: {text}");
}

on_both!(an_administrator_sees_who_is_told_of_every_event_and_tells_it_again);

async fn an_administrator_sees_who_is_told_of_every_event_and_tells_it_again(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    account(&world, "quan.tri", "Đỗ Quản Trị", Role::Admin, PROVINCE).await;
    let router = router(&world, Settings::default());
    let mut browser = Browser::at(&router);
    browser.sign_in("quan.tri").await;
    let empty = browser.get("/webhooks").await;
    assert!(empty.says("Chưa phần mềm nào được báo"), "{}", empty.text());
    let admin = who(Role::Admin, PROVINCE);
    let added = world.engine.add_webhook(
        &admin,
        NewWebhook {
            request: world.identity().request_id,
            name: "qlvb".to_owned(),
            address: "https://qlvb.example.gov.vn/motcua".to_owned(),
            is_inside: false,
            kinds: vec!["received", "resolved"],
            cursor: None,
        },
    );
    let secret = added.await.unwrap().secret_text();
    let dossier = world.receive(WARD, THREE_DAYS).await.dossier;
    let page = browser.get("/webhooks").await;
    let text = page.text();
    assert!(
        text.contains("https://qlvb.example.gov.vn/motcua"),
        "{text}"
    );
    assert!(!page.html.contains(&secret), "no secret is shown");
    let csrf = page.field("csrf");
    let id = page.field("request_id");
    let fields = [("csrf", csrf.as_str()), ("request_id", &id), ("cursor", "")];
    let told = browser.post("/webhooks/qlvb/replay", &fields).await;
    assert_eq!(told.location(), "/webhooks?sent=qlvb");
    let after = browser.get("/webhooks?sent=qlvb&lang=en").await.text();
    assert!(after.contains("qlvb is told again"), "{after}");
    // Its place in the feed is before everything again.
    let read = world.store.read().await.unwrap();
    let remotes = read.remotes(&admin.province).await.unwrap();
    let remote = remotes.iter().find(|remote| remote.name == "webhook.qlvb");
    assert_eq!(remote.unwrap().cursor, "");
    drop(dossier);
    let wrong = [
        ("csrf", csrf.as_str()),
        ("request_id", &id),
        ("cursor", "nowhere"),
    ];
    let refused = browser.post("/webhooks/qlvb/replay", &wrong).await;
    assert!(refused.status.is_client_error(), "{}", refused.status);
    let forged = browser
        .post("/webhooks/qlvb/replay", &[("request_id", &id)])
        .await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn whoever_looks_after_one_ward_does_not_see_the_provinces_other_systems() {
    let world = World::at("2026-08-03 10:00").await;
    account(&world, "thinh.hd", "Hoàng Đức Thịnh", Role::Chairman, WARD).await;
    let router = router(&world, Settings::default());
    let mut browser = Browser::at(&router);
    browser.sign_in("thinh.hd").await;
    let page = browser.get("/portal").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    let own = browser.get(&format!("/units/{WARD}")).await;
    assert!(!own.html.contains("href=\"/portal\""));
}
