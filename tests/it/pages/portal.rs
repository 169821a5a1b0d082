//! The page of whoever looks after other systems.

use domain::role::Role;
use http::StatusCode;
use web::Settings;

use super::browser::{Browser, account, router};
use crate::access::ways::{REMOTE, is_parked};
use crate::backend::Backend;
use crate::world::{PROVINCE, THREE_DAYS, WARD, World};

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
