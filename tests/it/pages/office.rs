//! Those who set an office up walk through their pages by keyboard alone, and people of several units
//! through theirs.

use domain::role::Role;
use http::StatusCode;
use serde_json::json;
use web::Settings;

use super::browser::{Browser, account, router};
use super::keyboard::Tab;
use super::walk::{DESK, sign_in};
use crate::access::ways::is_parked;
use crate::backend::Backend;
use crate::world::{OTHER_WARD, PROVINCE, THREE_DAYS, WARD, World};

/// Gives somebody one more unit, on the page of their account.
async fn add_unit(admin: &mut Browser, name: &str, unit: &str) -> StatusCode {
    let path = format!("/setup/people/{name}");
    let csrf = admin.get(&path).await.field("csrf");
    let fields = [("csrf", csrf.as_str()), ("unit", unit)];
    admin.post(&format!("{path}/units"), &fields).await.status
}

on_both!(whoever_works_for_two_units_chooses_one_and_sees_and_changes_which_it_is);

async fn whoever_works_for_two_units_chooses_one_and_sees_and_changes_which_it_is(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    account(
        &world,
        "quan.tri",
        "Quản trị hệ thống",
        Role::Admin,
        PROVINCE,
    )
    .await;
    account(
        &world,
        "trang.lt",
        "Lương Thu Trang",
        Role::Receptionist,
        WARD,
    )
    .await;
    world.receive(OTHER_WARD, THREE_DAYS).await;
    let router = router(&world, Settings::default());
    let (mut admin, mut clerk) = (Browser::at(&router), Browser::at(&router));
    admin.sign_in("quan.tri").await;
    let alone = clerk.sign_in("trang.lt").await;
    assert_eq!(
        alone.location(),
        format!("/desk/{WARD}"),
        "one unit is no choice"
    );
    let page = clerk.get(alone.location()).await;
    assert!(!page.says("Đổi đơn vị"), "{}", page.text());

    assert_eq!(
        add_unit(&mut admin, "trang.lt", OTHER_WARD).await,
        StatusCode::SEE_OTHER
    );
    for wrong in [OTHER_WARD, PROVINCE, "H60.99999"] {
        let refused = add_unit(&mut admin, "trang.lt", wrong).await;
        assert_eq!(refused, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
    let person = admin.get("/setup/people/trang.lt").await;
    assert!(person.says("Phường Minh Xuân,"), "{}", person.text());

    let mut clerk = Browser::at(&router);
    let came = clerk.sign_in("trang.lt").await;
    assert_eq!(came.location(), "/unit");
    let choice = clerk.get("/unit").await;
    assert!(
        choice.html.contains(&format!("/unit/{WARD}")),
        "{}",
        choice.text()
    );
    let chosen = clerk.get(&format!("/unit/{OTHER_WARD}")).await;
    assert_eq!(chosen.location(), format!("/desk/{OTHER_WARD}"));
    // A page of no unit shows the chosen one, a page of a unit its own.
    let brand = |html: &str| {
        let at = html.find("class=\"brand\"").unwrap();
        html[at..]
            .split("<span>")
            .nth(1)
            .unwrap()
            .split('<')
            .next()
            .unwrap()
            .to_owned()
    };
    let password = brand(&clerk.get("/password").await.html);
    let other = brand(&clerk.get(&format!("/desk/{OTHER_WARD}")).await.html);
    assert_eq!(password, other);
    let first = clerk.get(&format!("/desk/{WARD}")).await;
    assert_eq!(brand(&first.html), "Phường Minh Xuân");
    assert!(first.says("Đổi đơn vị"));
    assert_eq!(
        clerk.get("/start").await.location(),
        format!("/desk/{OTHER_WARD}")
    );
    let foreign = clerk.get(&format!("/unit/{PROVINCE}")).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);

    // What is taken away is gone at once; the last one stays.
    let csrf = admin.get("/setup/people/trang.lt").await.field("csrf");
    let fields = [("csrf", csrf.as_str()), ("remove", OTHER_WARD)];
    let sent = admin.post("/setup/people/trang.lt/units", &fields).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    let gone = clerk.get(&format!("/desk/{OTHER_WARD}")).await;
    assert_eq!(gone.status, StatusCode::FORBIDDEN);
    let fields = [("csrf", csrf.as_str()), ("remove", WARD)];
    let sent = admin.post("/setup/people/trang.lt/units", &fields).await;
    assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY);
}

on_both!(a_new_person_gets_several_units_on_one_form_without_a_script);

async fn a_new_person_gets_several_units_on_one_form_without_a_script(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    account(&world, "quan.tri", "Quản trị", Role::Admin, PROVINCE).await;
    let router = router(&world, Settings::default());
    let mut admin = Browser::at(&router);
    admin.sign_in("quan.tri").await;
    let form = admin.get("/setup/people").await;
    let fields = |csrf: &str| -> Vec<(String, String)> {
        [
            ("csrf", csrf),
            ("full_name", "Lương Thu Trang"),
            ("name", "trang.lt"),
            ("position", "Chuyên viên"),
            ("role", "receptionist"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    };
    let send = |csrf: &str, more: &[(&str, &str)]| {
        let mut all = fields(csrf);
        let more = more
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        all.extend(more);
        all
    };
    let post = async |admin: &mut Browser, fields: Vec<(String, String)>| {
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        admin.post("/setup/people", &fields).await
    };
    // Another field keeps all that was typed, and makes nobody.
    let csrf = form.field("csrf");
    let wider = post(&mut admin, send(&csrf, &[("unit", WARD), ("more", "1")])).await;
    assert_eq!(wider.status, StatusCode::OK, "{}", wider.text());
    assert_eq!(wider.field("full_name"), "Lương Thu Trang");
    assert_eq!(wider.html.matches("name=\"unit\"").count(), 2);
    assert!(wider.html.contains("id=\"unit-2\"") && wider.html.contains("data-focus"));
    let chosen = format!("value=\"{WARD}\" selected");
    assert_eq!(
        wider.html.matches(&chosen).count(),
        1,
        "the first stays chosen"
    );

    // A unit that does not belong to the role is told at the first field; all stay as chosen.
    let wrong = send(&csrf, &[("unit", WARD), ("unit", PROVINCE)]);
    let wrong = post(&mut admin, wrong).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        wrong.says("Vai trò này không thuộc đơn vị đã chọn"),
        "{}",
        wrong.text()
    );
    assert_eq!(wrong.html.matches("name=\"unit\"").count(), 2);

    // The same unit twice is one, and a field that was left empty is none.
    let all = [
        ("unit", WARD),
        ("unit", OTHER_WARD),
        ("unit", WARD),
        ("unit", ""),
    ];
    let made = post(&mut admin, send(&csrf, &all)).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text());
    assert!(made.html.contains("id=\"one-time\""), "{}", made.text());
    let json = crate::calling::Json::over(&world);
    let token = world.token(Role::Admin, PROVINCE).await;
    let users = json.call(&token, "ListUsers", &json!({})).await.good();
    let users = users["users"].as_array().unwrap();
    let trang = users
        .iter()
        .find(|user| user["full_name"] == "Lương Thu Trang");
    assert_eq!(
        trang.unwrap()["units"],
        json!([format!("units/{WARD}"), format!("units/{OTHER_WARD}")]),
        "{trang:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_administrator_imports_a_list_by_keyboard_alone() {
    let world = World::at("2026-08-03 10:00").await;
    account(&world, "quan.tri", "Quản trị", Role::Admin, PROVINCE).await;
    let router = router(&world, super::import::settings(&world));
    let tab = Tab::before(&router, "/signin", DESK).await;
    sign_in(&tab, "quan.tri");
    tab.open("/import");
    // Sent without a file, the page says so, with the focus on what is missing.
    tab.reach("Tab", "file");
    tab.leads(|| tab.press("Control+Enter"));
    let focus = "document.activeElement.hasAttribute('data-focus')";
    assert_eq!(tab.value(focus), json!(true));
    assert!(tab.says("Chọn tệp danh sách"));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("danh-sach.csv");
    std::fs::write(&file, super::import::LIST).unwrap();
    tab.reach("Tab", "file");
    tab.chooses(&file);
    tab.reach("Tab", "map");
    tab.types("dossiers");
    assert_eq!(
        tab.value("document.activeElement.value"),
        json!("dossiers.toml")
    );
    tab.leads(|| tab.press("Control+Enter"));
    tab.until(
        "what was found",
        "document.body.innerText.includes('Chưa ghi gì')",
    );
    assert!(tab.says("2 hồ sơ mới") && tab.says("Phường Lạ"));
    let read = tab.path();
    tab.leads(|| tab.press("Control+Enter"));
    assert_eq!(tab.path(), read);
    tab.until(
        "the import",
        "document.body.innerText.includes('Đã nhập xong')",
    );
    tab.reach_words("Thiết lập");
    // Escape leads back to where another list is chosen.
    tab.leads(|| tab.press("Escape"));
    assert_eq!(tab.path(), "/import");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_administrator_sets_up_a_person_and_other_systems_by_keyboard_alone() {
    let world = World::at("2026-08-03 10:00").await;
    account(
        &world,
        "quan.tri",
        "Quản trị hệ thống",
        Role::Admin,
        PROVINCE,
    )
    .await;
    let parked = world.receive(WARD, THREE_DAYS).await.dossier;
    is_parked(&world, parked.id).await;
    let router = router(&world, Settings::default());
    let tab = Tab::before(&router, "/signin", DESK).await;
    sign_in(&tab, "quan.tri");
    assert_eq!(tab.path(), "/setup");
    tab.reach_words("Thêm người");
    tab.leads(|| tab.press("Enter"));
    assert_eq!(tab.path(), "/setup/people");
    // Sent empty, the page says what is wrong, and the focus is there.
    tab.reach("Tab", "full_name");
    tab.leads(|| tab.press("Control+Enter"));
    assert!(tab.says("Chưa tạo được tài khoản"));
    let focus = "document.activeElement.hasAttribute('data-focus')";
    assert_eq!(tab.value(focus), json!(true));
    tab.reach("Tab", "full_name");
    tab.types("Lương Thu Trang");
    tab.reach("Tab", "name");
    tab.types("trang.lt");
    tab.reach("Tab", "unit");
    tab.types("Phuong Minh Xuan");
    tab.value(&format!("document.querySelector('#unit').value = '{WARD}'"));
    tab.leads(|| tab.press("Control+Enter"));
    let password = tab.value("document.querySelector('#one-time').innerText");
    assert_eq!(password.as_str().unwrap().len(), 19, "{password}");

    tab.open("/portal");
    tab.reach_words("Gửi lại");
    tab.leads(|| tab.press("Enter"));
    assert_eq!(tab.path(), "/portal");
    assert!(tab.says("1 hồ sơ"), "what was parked is sent again");

    // The new person must choose a password of their own before anything else.
    tab.reach_words("Đăng xuất");
    tab.leads(|| tab.press("Enter"));
    tab.reach("Tab", "name");
    tab.types("trang.lt");
    tab.press("Tab");
    tab.types(password.as_str().unwrap());
    tab.leads(|| tab.press("Enter"));
    assert_eq!(tab.path(), "/password");
    for field in ["new", "again"] {
        tab.reach("Tab", field);
        tab.types("một mật khẩu mới");
    }
    tab.leads(|| tab.press("Enter"));
    assert_eq!(tab.path(), format!("/desk/{WARD}"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn days_off_are_tried_proposed_and_approved_and_a_procedure_and_the_map_read_by_keyboard_alone()
 {
    let world = World::at("2026-08-03 10:00").await;
    account(&world, "tinh.sn", "Sở Nội vụ", Role::Province, PROVINCE).await;
    account(
        &world,
        "quan.tri",
        "Quản trị hệ thống",
        Role::Admin,
        PROVINCE,
    )
    .await;
    world.receive(WARD, THREE_DAYS).await;
    let router = router(&world, Settings::default());
    let tab = Tab::before(&router, "/signin", DESK).await;
    sign_in(&tab, "tinh.sn");
    tab.open("/calendar/try?off=2026-08-05&make_up=2026-08-08");
    tab.until(
        "the trial",
        "document.body.innerText.includes('hồ sơ có hạn muộn hơn')",
    );
    tab.reach("Tab", "name");
    tab.types("Nghỉ hoán đổi");
    tab.reach("Tab", "source");
    tab.types("12/TB-BNV");
    tab.leads(|| tab.press("Control+Enter"));
    assert_eq!(tab.path(), "/documents/1");

    tab.open("/procedures");
    tab.reach_words("Tên hoặc mã thủ tục");
    tab.types("hon nhan");
    tab.leads(|| tab.press("Enter"));
    tab.reach_words("hôn nhân");
    tab.leads(|| tab.press("Enter"));
    assert!(tab.path().starts_with("/procedures/"), "{}", tab.path());

    tab.open("/province/map");
    tab.leads(|| tab.press("Escape"));
    assert_eq!(tab.path(), "/province");

    tab.reach_words("Đăng xuất");
    tab.leads(|| tab.press("Enter"));
    sign_in(&tab, "quan.tri");
    tab.open("/documents");
    tab.reach_words("1.");
    tab.leads(|| tab.press("Enter"));
    assert_eq!(tab.path(), "/documents/1");
    tab.leads(|| tab.press("Control+Enter"));
    assert_eq!(tab.path(), "/documents/1");
    let open = "document.querySelector('form[action$=\"/approve\"]') !== null";
    assert_eq!(tab.value(open), json!(false), "nothing is left to decide");
}
