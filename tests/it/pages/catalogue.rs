//! Procedures and calendars on pages, and their proposals by two people.

use app::publication::carrying::Followed;
use chrono::TimeDelta;
use domain::role::Role;
use http::StatusCode;
use web::Settings;

use super::browser::{Browser, account, router};
use crate::backend::Backend;
use crate::world::{PROVINCE, THREE_DAYS, WARD, World};

on_both!(a_new_day_off_is_tried_proposed_and_approved_by_two_people_on_their_pages);

async fn a_new_day_off_is_tried_proposed_and_approved_by_two_people_on_their_pages(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    for (name, role, at) in [
        ("mot.nguoi", Role::Province, PROVINCE),
        ("hai.nguoi", Role::Admin, PROVINCE),
        ("thinh.hd", Role::Chairman, WARD),
    ] {
        account(&world, name, name, role, at).await;
    }
    let view = world.receive(WARD, THREE_DAYS).await;
    let due = view.dossier.due().unwrap();
    let router = router(&world, Settings::default());
    let mut one = Browser::at(&router);
    one.sign_in("mot.nguoi").await;

    let tried = one
        .get("/calendar/try?off=2026-08-05&make_up=2026-08-08")
        .await;
    assert_eq!(tried.status, StatusCode::OK, "{}", tried.text());
    assert!(
        tried.says("1 hồ sơ có hạn muộn hơn") && tried.says(&view.dossier.label()),
        "{}",
        tried.text()
    );
    let csrf = tried.field("csrf");
    let mut fields = vec![
        ("csrf", csrf.as_str()),
        ("off", "2026-08-05"),
        ("make_up", "2026-08-08"),
        ("kind", "swap_off"),
        ("name", "Nghỉ hoán đổi"),
        ("source", ""),
    ];
    let wrong = one.post("/calendar/propose", &fields).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.says("Ghi số văn bản công bố"));
    assert_eq!(wrong.field("name"), "Nghỉ hoán đổi", "what was typed stays");
    fields[5].1 = "12/TB-BNV, ngày 01/08/2026";
    let proposed = one.post("/calendar/propose", &fields).await;
    assert_eq!(proposed.location(), "/documents/1", "{}", proposed.text());
    let again = one.post("/calendar/propose", &fields).await;
    assert_eq!(
        again.location(),
        "/documents/1",
        "sent twice, proposed once"
    );

    let page = one.get("/documents/1").await;
    assert!(page.says("Người đề nghị không tự duyệt được"));
    assert!(
        page.says("2026-08-05,swap_off,Nghỉ hoán đổi"),
        "{}",
        page.text()
    );
    let form = [("csrf", csrf.as_str())];
    let own = one.post("/documents/1/approve", &form).await;
    assert!(own.status.is_client_error(), "nobody approves their own");
    assert_eq!(
        world
            .engine
            .catalogue(&view.dossier.province)
            .calendars
            .national()
            .is_working_day("2026-08-05".parse().unwrap()),
        Ok(true)
    );

    let mut chairman = Browser::at(&router);
    chairman.sign_in("thinh.hd").await;
    assert_eq!(
        chairman.get("/documents/1").await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(chairman.get("/calendar").await.status, StatusCode::OK);

    let mut two = Browser::at(&router);
    two.sign_in("hai.nguoi").await;
    let page = two.get("/documents/1").await;
    assert!(page.says("Duyệt, có hiệu lực ngay"), "{}", page.text());
    let csrf = page.field("csrf");
    let form = [("csrf", csrf.as_str())];
    for _ in 0..2 {
        let approved = two.post("/documents/1/approve", &form).await;
        assert_eq!(approved.location(), "/documents/1", "{}", approved.text());
    }
    world.pass(TimeDelta::seconds(5));
    let mut followed = Followed::default();
    let now = app::ports::Clock::now(world.clock.as_ref());
    world
        .engine
        .carry_out_jobs(&mut followed, now)
        .await
        .unwrap();
    let page = two.get("/documents/1").await;
    assert!(page.says("xét 1 hồ sơ, 1 hồ sơ đổi hạn"), "{}", page.text());
    let page = chairman
        .get(&format!("/dossiers/{}", view.dossier.id))
        .await;
    assert!(page.says("hẹn 06/08, nay là 07/08"), "{}", page.text());
    let name = app::view::DossierName::Id(view.dossier.id);
    let caller = crate::world::who(Role::Chairman, WARD);
    let moved = world.engine.dossier(&caller, &name).await.unwrap();
    assert!(moved.dossier.due().unwrap() > due);
}

#[tokio::test]
async fn the_calendar_of_a_year_says_what_is_off_what_is_worked_and_what_is_provisional() {
    let world = World::at("2026-08-03 10:00").await;
    account(&world, "thinh.hd", "Hoàng Đức Thịnh", Role::Chairman, WARD).await;
    let router = router(&world, Settings::default());
    let mut browser = Browser::at(&router);
    browser.sign_in("thinh.hd").await;
    let page = browser.get("/calendar").await;
    assert!(page.says("Lịch làm việc năm 2026") && page.says("9441/TB-BNV (2025)"));
    assert!(
        page.html.contains("<td class=\"work\">22<span"),
        "a Saturday that is worked"
    );
    assert!(
        page.html
            .contains("<td class=\"off\">2<span class=\"hide\"> Nghỉ lễ, Tết: Quốc khánh")
    );
    let rows = page.html.matches("Nghỉ lễ, Tết: ").count();
    assert!(rows > 8, "{rows}");
    let page = browser.get("/calendar?year=2027").await;
    assert!(page.html.contains("class=\"off guess\"") && page.says("Tạm tính"));
    let page = browser.get("/calendar?year=1900").await;
    assert_eq!(page.status, StatusCode::OK, "the first year that there is");
}

#[tokio::test]
async fn a_procedure_shows_its_steps_its_versions_and_what_no_legal_text_confirms() {
    let world = World::at("2026-08-03 10:00").await;
    account(&world, "thinh.hd", "Hoàng Đức Thịnh", Role::Chairman, WARD).await;
    let router = router(&world, Settings::default());
    let mut browser = Browser::at(&router);
    browser.sign_in("thinh.hd").await;
    let list = browser.get("/procedures?q=tinh+trang+hon+nhan").await;
    assert!(list.html.contains("href=\"/procedures/1.004873\""));
    assert!(
        !list.html.contains("href=\"/procedures/1.000656\""),
        "the search holds"
    );
    let page = browser.get("/procedures/1.004873").await;
    assert!(
        page.says("Thời hạn chung: 3 ngày làm việc"),
        "{}",
        page.text()
    );
    assert!(page.html.contains("<svg class=\"chart flow\""));
    assert!(page.says("Luật Hộ tịch 2014") && page.says("Chưa xác nhận: mẫu"));
    assert!(!page.html.contains("style="));
    assert_eq!(
        browser.get("/procedures/9.999999").await.status,
        StatusCode::NOT_FOUND
    );
    let english = browser.get("/procedures/1.004873?lang=en").await;
    assert!(
        english.says("Limit in general: 3 working days"),
        "{}",
        english.text()
    );
}
