//! The page of a dossier that is in danger says what to do about it, as the chairman's page does.

use domain::dossier::Extension;
use domain::dossier::private::Words;
use domain::role::Role;
use web::Settings;

use super::browser::{Browser, account, router};
use crate::backend::Backend;
use crate::world::{THREE_DAYS, WARD, World, moment};

on_both!(the_page_of_a_late_dossier_says_what_to_do_until_the_citizen_has_another_date);

async fn the_page_of_a_late_dossier_says_what_to_do_until_the_citizen_has_another_date(
    on: Backend,
) {
    let world = World::on(on, "2026-08-03 09:00").await;
    account(&world, "thinh.hd", "Hoàng Đức Thịnh", Role::Chairman, WARD).await;
    let view = world.receive(WARD, THREE_DAYS).await;
    let view = world.advance(&view, Role::Receptionist).await;
    let router = router(&world, Settings::default());
    let mut browser = Browser::at(&router);
    browser.sign_in("thinh.hd").await;
    let path = format!("/dossiers/{}", view.dossier.id);
    let calm = browser.get(&path).await;
    let advice = "Xin lỗi công dân và hẹn lại ngày trả.";
    assert!(
        !calm.says(advice) && !calm.says("Nhắc xong"),
        "{}",
        calm.text()
    );

    world.set("2026-08-07 09:00");
    browser.sign_in("thinh.hd").await;
    let late = browser.get(&path).await;
    assert!(late.says(advice), "{}", late.text());
    let form = format!("{path}/ExtendDossier");
    let main = late.html.find("btn main-btn").unwrap();
    assert!(late.html[main..].starts_with(&format!("btn main-btn\" href=\"{form}\"")));

    // A citizen who was told another date waits for it, not for a second letter.
    let apology = Extension::Apology {
        reason: Words::new("Phải xác minh tại nơi cư trú trước đây"),
        due: moment("2026-08-12 17:00"),
    };
    world
        .act(&view, Role::Leader, apology.into())
        .await
        .unwrap();
    let told = browser.get(&path).await;
    assert!(!told.says(advice), "{}", told.text());
    assert!(told.says("Giao người xử lý ngay"), "{}", told.text());
}

on_both!(the_page_of_a_dossier_that_is_over_says_when_and_no_longer_who_holds_it);

async fn the_page_of_a_dossier_that_is_over_says_when_and_no_longer_who_holds_it(on: Backend) {
    let world = World::on(on, "2026-08-03 09:00").await;
    let clerk = Role::Receptionist;
    account(&world, "trang.lt", "Lương Thu Trang", clerk, WARD).await;
    let view = world.receive(WARD, THREE_DAYS).await;
    world.set("2026-08-05 10:00");
    let view = world.finish(view).await;
    let mut browser = Browser::at(&router(&world, Settings::default()));
    browser.sign_in("trang.lt").await;
    let path = format!("/dossiers/{}", view.dossier.id);
    let over = browser.get(&path).await;
    let said = "Xong 10:00 hôm nay; hẹn trả 17:00 ngày mai, 06/08 Đã kết thúc.";
    assert!(over.says(said), "{}", over.text());
    assert!(!over.says("Chưa ai giữ"), "{}", over.text());
    let rate = browser.get(&format!("{path}/RecordPayment")).await;
    assert!(!rate.says(", ."), "{}", rate.text());
}
