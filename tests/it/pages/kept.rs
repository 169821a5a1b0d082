//! Two tabs, the back button, a reload: nothing that was typed is lost, and nothing is done twice.

use chrono::TimeDelta;
use domain::role::Role;
use http::StatusCode;
use web::Settings;

use super::browser::{Browser, account, router};
use crate::world::{THREE_DAYS, WARD, World};

async fn a_desk() -> (World, axum::Router) {
    let world = World::at("2026-08-03 07:30").await;
    let role = Role::Receptionist;
    account(&world, "trang.lt", "Lương Thu Trang", role, WARD).await;
    let router = router(&world, Settings::default());
    (world, router)
}

fn reception<'a>(csrf: &'a str, request_id: &'a str, name: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("csrf", csrf),
        ("request_id", request_id),
        ("procedure", THREE_DAYS),
        ("name", name),
        ("paper", "to-khai"),
        ("accept", "1"),
    ]
}

#[tokio::test]
async fn a_form_from_before_the_last_sign_in_keeps_what_was_typed_and_is_sent_with_one_click() {
    let (_world, router) = a_desk().await;
    let mut browser = Browser::at(&router);
    browser.sign_in("trang.lt").await;
    let first_tab = browser.get("/desk/H60.02215").await;
    let (csrf, id) = (first_tab.field("csrf"), first_tab.field("request_id"));
    // In a second tab the same person signs in again.
    browser.sign_in("trang.lt").await;
    let old = browser
        .post("/desk/H60.02215", &reception(&csrf, &id, "Nông Thị Hương"))
        .await;
    assert_eq!(old.status, StatusCode::FORBIDDEN);
    assert!(
        old.says("mở từ trước lần đăng nhập mới nhất"),
        "{}",
        old.text()
    );
    assert_eq!(old.field("name"), "Nông Thị Hương");
    assert_eq!(old.field("request_id"), id, "it stays one request");
    let now = old.field("csrf");
    assert_ne!(now, csrf);
    let done = browser
        .post("/desk/H60.02215", &reception(&now, &id, "Nông Thị Hương"))
        .await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());

    // A form of another site is not offered again, whatever it holds.
    let elsewhere = [("sec-fetch-site", "cross-site")];
    let foreign = browser
        .post_with("/desk/H60.02215", &reception("x", &id, "Kẻ Lạ"), &elsewhere)
        .await;
    assert!(!foreign.html.contains("Kẻ Lạ"));
    let silent = browser
        .post_with("/desk/H60.02215", &reception("x", &id, "Kẻ Lạ"), &[])
        .await;
    assert!(
        !silent.html.contains("Kẻ Lạ"),
        "nor one that does not say where it is from"
    );
}

#[tokio::test]
async fn whoever_goes_back_and_sends_again_or_reloads_has_one_dossier() {
    let (_world, router) = a_desk().await;
    let mut browser = Browser::at(&router);
    browser.sign_in("trang.lt").await;
    let form = browser.get("/desk/H60.02215").await;
    let (csrf, id) = (form.field("csrf"), form.field("request_id"));
    let fields = reception(&csrf, &id, "Nông Thị Hương");
    let done = browser.post("/desk/H60.02215", &fields).await;
    // Back, and send once more: the same request, so the same dossier.
    let again = browser.post("/desk/H60.02215", &fields).await;
    assert_eq!(again.location(), done.location());
    // The page after it has its own address: a reload takes nothing in.
    let one = browser.get(done.location()).await;
    let two = browser.get(done.location()).await;
    assert_eq!(one.text(), two.text());
    // A second tab has a form of its own, and asks before it takes in the same person twice.
    let other = browser.get("/desk/H60.02215").await;
    let other_id = other.field("request_id");
    assert_ne!(other_id, id);
    let fields = reception(&csrf, &other_id, "Nông Thị Hương");
    let asked = browser.post("/desk/H60.02215", &fields).await;
    assert!(
        asked.status == StatusCode::CONFLICT || asked.status == StatusCode::SEE_OTHER,
        "{}",
        asked.text()
    );
}

#[tokio::test]
async fn a_session_that_ends_at_the_desk_takes_the_reception_after_the_next_sign_in() {
    let (world, router) = a_desk().await;
    let mut browser = Browser::at(&router);
    browser.sign_in("trang.lt").await;
    let form = browser.get("/desk/H60.02215").await;
    let (csrf, id) = (form.field("csrf"), form.field("request_id"));
    world.pass(TimeDelta::minutes(31));
    let asked = browser
        .post("/desk/H60.02215", &reception(&csrf, &id, "Nông Thị Hương"))
        .await;
    assert_eq!(asked.status, StatusCode::UNAUTHORIZED);
    let kept = asked
        .field("kept")
        .replace("&#38;", "&")
        .replace("&amp;", "&");
    assert!(kept.contains("request_id"));
    let sign_in = [
        ("name", "trang.lt"),
        ("password", super::browser::PASSWORD),
        ("next", "/desk/H60.02215"),
        ("kept", kept.as_str()),
    ];
    let again = browser.post("/signin", &sign_in).await;
    assert!(again.says("Gửi lại"), "{}", again.text());
    let csrf = again.field("csrf");
    let fields = reception(&csrf, &id, "Nông Thị Hương");
    let done = browser.post("/desk/H60.02215", &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    let twice = browser.post("/desk/H60.02215", &fields).await;
    assert_eq!(twice.location(), done.location());
}

#[tokio::test]
async fn a_password_that_was_typed_when_the_session_ended_stands_in_no_page() {
    let (world, router) = a_desk().await;
    let mut browser = Browser::at(&router);
    browser.sign_in("trang.lt").await;
    let csrf = browser.get("/password").await.field("csrf");
    world.pass(TimeDelta::minutes(31));
    let new = "một mật khẩu khác hẳn";
    let fields = [("csrf", csrf.as_str()), ("new", new), ("again", new)];
    let asked = browser.post("/password", &fields).await;
    assert_eq!(asked.status, StatusCode::UNAUTHORIZED);
    assert!(!asked.html.contains("m%E1%BB%99t") && !asked.html.contains(new));
}

#[tokio::test]
async fn a_form_that_was_gone_back_to_and_filled_in_for_somebody_else_is_kept_and_sent_once_more() {
    let (world, router) = a_desk().await;
    let mut browser = Browser::at(&router);
    browser.sign_in("trang.lt").await;
    let form = browser.get("/desk/H60.02215").await;
    let (csrf, id) = (form.field("csrf"), form.field("request_id"));
    let first = reception(&csrf, &id, "Nông Thị Hương");
    let first = browser.post("/desk/H60.02215", &first).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER);
    let other = reception(&csrf, &id, "Bàn Hữu Khánh");
    let asked = browser.post("/desk/H60.02215", &other).await;
    assert_eq!(asked.status, StatusCode::CONFLICT, "{}", asked.text());
    assert!(asked.says("đã được gửi trước đó"), "{}", asked.text());
    assert_eq!(asked.field("name"), "Bàn Hữu Khánh");
    let fresh = asked.field("request_id");
    assert_ne!(fresh, id);
    let second = reception(&csrf, &fresh, "Bàn Hữu Khánh");
    let second = browser.post("/desk/H60.02215", &second).await;
    assert_eq!(second.status, StatusCode::SEE_OTHER, "{}", second.text());
    assert_ne!(second.location(), first.location());

    // The same with an act.
    let view = world.receive(WARD, THREE_DAYS).await;
    let path = format!("/dossiers/{}/RequestSupplement", view.dossier.id);
    let form = browser.get(&path).await;
    let (etag, id) = (form.field("etag"), form.field("request_id"));
    let send = async |browser: &mut Browser, reason: &'static str| {
        let fields = [
            ("csrf", csrf.as_str()),
            ("etag", etag.as_str()),
            ("request_id", id.as_str()),
            ("items", "Bản sao"),
            ("reason", reason),
        ];
        browser.post(&path, &fields).await
    };
    let done = send(&mut browser, "thiếu bản sao").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    let again = send(&mut browser, "lý do khác").await;
    assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.text());
    assert!(again.says("đã được gửi trước đó"), "{}", again.text());
    assert_ne!(again.field("request_id"), id);
}

#[tokio::test]
async fn a_desk_takes_no_name_number_or_text_that_the_wire_refuses() {
    let (_world, router) = a_desk().await;
    let mut browser = Browser::at(&router);
    browser.sign_in("trang.lt").await;
    let form = browser.get("/desk/H60.02215").await;
    let (csrf, id) = (form.field("csrf"), form.field("request_id"));
    let long = |length: usize| "ế".repeat(length);
    for (field, value, said) in [
        ("name", long(201), "dài quá 200 ký tự"),
        ("address", long(501), "dài quá 500 ký tự"),
        ("phone", "0912345678 gọi anh Ba".to_owned(), "Số điện thoại"),
        ("id_number", "12345678901234".to_owned(), "Số định danh"),
        ("incomplete", long(2_001), "Tối đa 2.000 ký tự"),
    ] {
        let mut fields = reception(&csrf, &id, "Nông Thị Hương");
        fields.retain(|(name, _)| *name != field);
        fields.push((field, &value));
        let refused = browser.post("/desk/H60.02215", &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
        assert!(refused.says(said), "{field}: {}", refused.text());
    }
    let huge = long(10_001);
    let mut fields = reception(&csrf, &id, "Nông Thị Hương");
    fields.push(("find", &huge));
    let refused = browser.post("/desk/H60.02215", &fields).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
}
