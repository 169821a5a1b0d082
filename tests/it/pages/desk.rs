//! A desk takes a dossier in and prints its receipt, and the dossier goes its way.

use domain::role::Role;
use http::StatusCode;
use web::Settings;

use super::browser::{Browser, Shown, account, router};
use crate::backend::Backend;
use crate::world::{THREE_DAYS, WARD, World};

/// The fields of a reception, as the page has them.
fn reception<'a>(page: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    page.iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect()
}

fn filled(page: &Shown, name: &str) -> Vec<(&'static str, String)> {
    vec![
        ("csrf", page.field("csrf")),
        ("request_id", page.field("request_id")),
        ("procedure", THREE_DAYS.to_owned()),
        ("name", name.to_owned()),
        ("id_number", "000000000412".to_owned()),
        ("phone", "0900 000 412".to_owned()),
        ("paper", "to-khai".to_owned()),
        ("channel", "desk".to_owned()),
        ("accept", "1".to_owned()),
    ]
}

on_both!(a_clerk_takes_a_dossier_in_once_however_often_the_form_is_sent);

async fn a_clerk_takes_a_dossier_in_once_however_often_the_form_is_sent(on: Backend) {
    let world = World::on(on, "2026-08-03 07:30").await;
    account(
        &world,
        "trang.lt",
        "Lương Thu Trang",
        Role::Receptionist,
        WARD,
    )
    .await;
    let router = router(&world, Settings::default());
    let mut browser = Browser::at(&router);
    let page = browser.sign_in("trang.lt").await;
    assert_eq!(
        page.location(),
        "/desk/H60.02215",
        "a clerk begins at the desk"
    );
    let page = browser.get(page.location()).await;

    // A search keeps what was typed, ignores accents, and shows the due date before anything is
    // written.
    let csrf = page.field("csrf");
    let typed = [
        ("csrf", csrf.as_str()),
        ("find", "xac nhan hon nhan"),
        ("name", "Nông Thị Hương"),
        ("search", "1"),
    ];
    let found = browser.post("/desk/H60.02215", &typed).await;
    assert!(found.says("17:00 thứ Năm, 06/08/2026"), "{}", found.text());
    assert_eq!(found.field("name"), "Nông Thị Hương");

    let fields = filled(&found, "Nông Thị Hương");
    let first = browser.post("/desk/H60.02215", &reception(&fields)).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER, "{}", first.text());
    let again = browser.post("/desk/H60.02215", &reception(&fields)).await;
    assert_eq!(again.location(), first.location(), "one dossier");
    let done = browser.get(first.location()).await;
    assert!(
        done.says("Đã tiếp nhận hồ sơ H60.02215-260803-0001"),
        "{}",
        done.text()
    );
    assert!(done.says("Nông Thị Hương") && done.says("mã PIN"));

    // A second dossier of the same person raises a question, and the clerk answers it.
    let page = browser.get("/desk/H60.02215").await;
    let mut fields = filled(&page, "Nông Thị Hương");
    let asked = browser.post("/desk/H60.02215", &reception(&fields)).await;
    assert_eq!(asked.status, StatusCode::CONFLICT);
    assert!(asked.says("Người này đang có hồ sơ cùng thủ tục chưa giải quyết xong"));
    assert_eq!(asked.field("phone"), "0900 000 412", "what was typed stays");
    fields.push(("duplicate", "second".to_owned()));
    let second = browser.post("/desk/H60.02215", &reception(&fields)).await;
    assert_eq!(second.status, StatusCode::SEE_OTHER, "{}", second.text());
}

#[tokio::test]
async fn wrong_fields_are_named_at_the_top_and_where_they_are_and_nothing_typed_is_lost() {
    let world = World::at("2026-08-03 07:30").await;
    account(
        &world,
        "trang.lt",
        "Lương Thu Trang",
        Role::Receptionist,
        WARD,
    )
    .await;
    let router = router(&world, Settings::default());
    let mut browser = Browser::at(&router);
    browser.sign_in("trang.lt").await;
    let page = browser.get("/desk/H60.02215").await;
    let csrf = page.field("csrf");
    let fields = [
        ("csrf", csrf.as_str()),
        ("procedure", THREE_DAYS),
        ("name", ""),
        ("id_number", "0000412"),
        ("phone", "0900"),
        ("address", "Tổ 6"),
        ("accept", "1"),
    ];
    let page = browser.post("/desk/H60.02215", &fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    for said in [
        "Nhập họ và tên",
        "Số định danh phải có 9 đến 12 chữ số",
        "Số điện thoại phải có 8 đến 15 chữ số",
    ] {
        assert_eq!(page.text().matches(said).count(), 2, "{said}");
    }
    assert_eq!(page.field("address"), "Tổ 6");
    assert!(page.html.contains("<title>Lỗi:"));
    let foreign = [("csrf", "x"), ("accept", "1")];
    let page = browser.post("/desk/H60.02215", &foreign).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
}

on_both!(a_dossier_goes_from_the_desk_to_the_citizen_over_its_page);

async fn a_dossier_goes_from_the_desk_to_the_citizen_over_its_page(on: Backend) {
    let world = World::on(on, "2026-08-03 07:30").await;
    account(&world, "thinh.hd", "Hoàng Đức Thịnh", Role::Chairman, WARD).await;
    let view = world.receive(WARD, THREE_DAYS).await;
    let router = router(&world, Settings::default());
    let mut browser = Browser::at(&router);
    browser.sign_in("thinh.hd").await;
    let own = format!("/dossiers/{}", view.dossier.id);
    let page = browser.get(&own).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    assert!(
        page.says("Hẹn trả 17:00 thứ Năm 06/08, còn 4 ngày làm việc"),
        "{}",
        page.text()
    );
    assert!(
        page.says("Chuyển bước") && !page.says("Trả kết quả In"),
        "{}",
        page.text()
    );

    let act = |name: &str| format!("{own}/{name}");
    let form = browser.get(&act("AdvanceDossier")).await;
    let send = |form: &Shown, more: &[(&'static str, &str)]| {
        let mut fields: Vec<(&'static str, String)> = vec![
            ("csrf", form.field("csrf")),
            ("request_id", form.field("request_id")),
            ("etag", form.field("etag")),
        ];
        fields.extend(
            more.iter()
                .map(|(name, value)| (*name, (*value).to_owned())),
        );
        fields
    };
    // A browser sends the option that the form has preselected.
    let fields = send(&form, &[("step", "appraise")]);
    let stale = send(&form, &[("items", "Trích lục ly hôn"), ("reason", "Thiếu")]);
    let page = browser
        .post(&act("AdvanceDossier"), &reception(&fields))
        .await;
    assert_eq!(page.location(), own, "{}", page.text());

    // The slower of two people keeps what they typed, and sees the dossier's new state.
    let mut stale = stale;
    stale[1].1 = browser
        .get(&act("RequestSupplement"))
        .await
        .field("request_id");
    let page = browser
        .post(&act("RequestSupplement"), &reception(&stale))
        .await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.says("hồ sơ vừa được người khác xử lý") && page.html.contains("Trích lục ly hôn"));
    let form = page;
    let fields = send(&form, &[("items", ""), ("reason", "Thiếu")]);
    let page = browser
        .post(&act("RequestSupplement"), &reception(&fields))
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.says("Ghi giấy tờ, nội dung cần bổ sung"));
    let fields = send(
        &form,
        &[("items", "Trích lục ly hôn"), ("reason", "Thiếu giấy")],
    );
    let page = browser
        .post(&act("RequestSupplement"), &reception(&fields))
        .await;
    assert_eq!(page.location(), own, "{}", page.text());
    let page = browser.get(&own).await;
    assert!(
        page.says("Chờ công dân") && page.says("Thiếu giấy"),
        "{}",
        page.text()
    );
    assert!(page.says("Yêu cầu bổ sung giấy tờ") && page.says("Hoàng Đức Thịnh"));
}

on_both!(a_desk_sees_what_it_received_today_and_finds_first_what_it_receives_most);

async fn a_desk_sees_what_it_received_today_and_finds_first_what_it_receives_most(on: Backend) {
    let world = World::on(on, "2026-07-31 09:00").await;
    account(
        &world,
        "trang.lt",
        "Lương Thu Trang",
        Role::Receptionist,
        WARD,
    )
    .await;
    let router = router(&world, Settings::default());
    let mut browser = Browser::at(&router);
    browser.sign_in("trang.lt").await;
    let page = browser.get("/desk/H60.02215").await;
    assert!(page.says("Hôm nay chưa nhận hồ sơ nào"), "{}", page.text());
    assert!(!page.says("đứng trước"), "nothing was received yet");

    world.receive(WARD, "1.001193").await;
    world.set("2026-08-03 09:00");
    browser.sign_in("trang.lt").await;
    let one = world.receive(WARD, THREE_DAYS).await;
    let other = world.receive(WARD, THREE_DAYS).await;
    world.receive("H60.02212", THREE_DAYS).await;
    let page = browser.get("/desk/H60.02215").await;
    assert!(page.says("Hôm nay đã nhận 2 hồ sơ"), "{}", page.text());
    assert!(page.says("quầy nhận nhiều nhất 30 ngày qua đứng trước"));
    let place = |code: &str| page.html.find(&format!("value=\"{code}\"")).unwrap();
    assert!(place(THREE_DAYS) < place("1.001193"));
    let offered = page.html.matches("name=\"procedure\"").count();
    assert_eq!(offered, 8, "others follow by code");

    // The number opens exactly its rows.
    let address = "/units/H60.02215/received?day=2026-08-03";
    assert!(page.html.contains(&format!("href=\"{address}\"")));
    let list = browser.get(address).await;
    assert!(
        list.says("Hồ sơ đã nhận thứ Hai, 03/08/2026"),
        "{}",
        list.text()
    );
    assert!(list.says("2 hồ sơ"));
    for view in [&one, &other] {
        assert!(list.says(&view.dossier.label()));
    }
    assert_eq!(list.html.matches("H60.02212-").count(), 0);
    let none = browser
        .get("/units/H60.02215/received?day=2026-08-01")
        .await;
    assert!(none.says("Quầy này không nhận hồ sơ nào trong ngày này."));
}
