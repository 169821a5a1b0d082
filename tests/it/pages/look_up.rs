//! What a citizen sees with the code on the receipt.

use domain::role::Role;
use http::StatusCode;
use web::Settings;

use super::browser::{Browser, router};
use crate::backend::Backend;
use crate::world::{THREE_DAYS, WARD, World};

on_both!(the_code_tells_the_state_and_the_pin_tells_the_rest);

async fn the_code_tells_the_state_and_the_pin_tells_the_rest(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let view = world.receive(WARD, THREE_DAYS).await;
    let code = view.dossier.code.clone().unwrap().to_string();
    let pin = view.receipt.clone().unwrap().pin;
    let router = router(&world, Settings::default());
    let mut browser = Browser::at(&router);

    let page = browser.get("/lookup").await;
    assert_eq!(page.status, StatusCode::OK);
    // In lower case and with blanks, as people copy it from paper.
    let typed = code.to_lowercase().replace('-', " - ");
    let page = browser.post("/lookup", &[("code", &typed)]).await;
    assert!(
        page.says("Đang giải quyết") && page.says(&code),
        "{}",
        page.text()
    );
    assert!(
        !page.says("17:00") && !page.says("xác nhận"),
        "the state alone"
    );

    let page = browser
        .post("/lookup", &[("code", &code), ("pin", &pin)])
        .await;
    assert!(
        page.says("Trước 17:00 thứ Năm, 06/08/2026"),
        "{}",
        page.text()
    );
    assert!(page.says("Không cần làm gì.") && page.says("Đã tiếp nhận"));
    let name = view.applicant.unwrap().name;
    assert!(!page.html.contains(&name), "no name, to nobody");
    let page = browser
        .post("/lookup?lang=en", &[("code", &code), ("pin", &pin)])
        .await;
    assert!(
        page.says("By 17:00 Thursday, 6 August 2026"),
        "{}",
        page.text()
    );
}

on_both!(an_unknown_code_and_a_wrong_pin_read_the_same);

async fn an_unknown_code_and_a_wrong_pin_read_the_same(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let view = world.receive(WARD, THREE_DAYS).await;
    let code = view.dossier.code.clone().unwrap().to_string();
    let router = router(&world, Settings::default());
    let mut browser = Browser::at(&router);
    let unknown = "H60.02215-260803-0999";
    let mut said = Vec::new();
    for typed in [code.as_str(), unknown, "<b>không phải mã</b>"] {
        let page = browser
            .post("/lookup", &[("code", typed), ("pin", "ZZZZZZ")])
            .await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        assert!(!page.html.contains("<b>không"), "what was typed is escaped");
        said.push(page.text().replace(&code, "").replace(unknown, ""));
    }
    assert_eq!(said[0], said[1]);
    assert!(said[2].contains("Không tìm thấy hồ sơ với mã hoặc mã PIN này"));
}

on_both!(a_citizen_learns_that_papers_are_wanted_and_that_it_is_late);

async fn a_citizen_learns_that_papers_are_wanted_and_that_it_is_late(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let view = world.receive(WARD, THREE_DAYS).await;
    let code = view.dossier.code.clone().unwrap().to_string();
    let pin = view.receipt.clone().unwrap().pin;
    let router = router(&world, Settings::default());
    let mut browser = Browser::at(&router);
    let fields = [("code", code.as_str()), ("pin", pin.as_str())];
    let view = world.advance(&view, Role::Receptionist).await;
    world.set("2026-08-10 08:00");
    let page = browser.post("/lookup", &fields).await;
    assert!(page.says("Trễ hẹn, đang giải quyết"), "{}", page.text());
    assert!(page.says("Đã hẹn: 17:00 thứ Năm, 06/08/2026"));

    let asked = world
        .act(&view, Role::Officer, crate::world::ask_for_papers())
        .await;
    asked.unwrap();
    let page = browser.post("/lookup", &fields).await;
    assert!(
        page.says("Đang chờ ông, bà bổ sung giấy tờ"),
        "{}",
        page.text()
    );
    let page = browser.post("/lookup", &[("code", &code)]).await;
    assert!(page.says("Đang chờ ông, bà") && !page.says("bổ sung giấy tờ"));
}
