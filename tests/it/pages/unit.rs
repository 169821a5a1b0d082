//! What a chairman looks at in the morning.

use domain::role::Role;
use http::StatusCode;
use web::Settings;

use super::browser::{Browser, account, router};
use crate::backend::Backend;
use crate::world::{THREE_DAYS, WARD, World};

on_both!(a_chairman_sees_what_is_late_first_with_its_holder_and_its_reason);

async fn a_chairman_sees_what_is_late_first_with_its_holder_and_its_reason(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    account(&world, "thinh.hd", "Hoàng Đức Thịnh", Role::Chairman, WARD).await;
    let late = world.receive(WARD, THREE_DAYS).await;
    world.advance(&late, Role::Receptionist).await;
    world.set("2026-08-10 09:00");
    world.receive(WARD, THREE_DAYS).await;
    let router = router(&world, Settings::default());
    let mut browser = Browser::at(&router);
    browser.sign_in("thinh.hd").await;
    let page = browser.get(&format!("/units/{WARD}")).await;
    assert_eq!(page.status, StatusCode::OK);
    let text = page.text();
    assert!(text.contains("2 đang giải quyết"), "{text}");
    assert!(text.contains("1 quá hạn"), "{text}");
    assert!(
        text.contains("Quá hạn Ở bước này đã 5 ngày làm việc. Chưa xin lỗi công dân."),
        "{text}"
    );
    assert!(text.contains("Chưa ai giữ"), "{text}");
    let english = browser.get(&format!("/units/{WARD}?lang=en")).await.text();
    assert!(english.contains("Monday, 10 August 2026"), "{english}");
}
