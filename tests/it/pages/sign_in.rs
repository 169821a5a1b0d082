//! Signing in, staying signed in, and signing out.

use app::ports::Clock;
use chrono::TimeDelta;
use domain::id::ActorId;
use domain::role::Role;
use http::StatusCode;
use web::Settings;

use super::browser::{Browser, PASSWORD, account, router, trial};
use crate::backend::Backend;
use crate::world::{OTHER_WARD, PROVINCE, THREE_DAYS, WARD, World, who};

on_both!(an_official_signs_in_with_name_and_password_and_sees_their_ward);

async fn an_official_signs_in_with_name_and_password_and_sees_their_ward(on: Backend) {
    let world = World::on(on, "2026-08-03 07:30").await;
    account(&world, "thinh.hd", "Hoàng Đức Thịnh", Role::Chairman, WARD).await;
    let router = router(&world, Settings::default());
    let mut browser = Browser::at(&router);

    let page = browser.get("/").await;
    let page = browser.get(page.location()).await;
    assert_eq!(page.location(), "/signin");
    let page = browser.get("/units/H60.02215?q=1").await;
    assert_eq!(page.location(), "/signin?next=%2Funits%2FH60.02215%3Fq%3D1");
    let page = browser.get(page.location()).await;
    assert_eq!(page.field("next"), "/units/H60.02215?q=1");

    // Upper and lower case of the name do not matter, because nobody remembers them.
    let page = browser.sign_in("Thinh.HD").await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert_eq!(page.location(), "/units/H60.02215");
    let cookie = page.headers.get("set-cookie").unwrap().to_str().unwrap();
    assert!(cookie.contains("HttpOnly; SameSite=Lax"), "{cookie}");

    let page = browser.get(page.location()).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.says("Hoàng Đức Thịnh") && page.says("Phường Minh Xuân"));
    let page = browser.get(&format!("/units/{OTHER_WARD}")).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN, "one access table");
    assert!(page.says("Anh, chị không được giao việc này"));
}

on_both!(a_wrong_password_and_an_unknown_name_read_the_same_and_slow_down);

async fn a_wrong_password_and_an_unknown_name_read_the_same_and_slow_down(on: Backend) {
    let world = World::on(on, "2026-08-03 07:30").await;
    account(&world, "thinh.hd", "Hoàng Đức Thịnh", Role::Chairman, WARD).await;
    let router = router(&world, Settings::default());
    let mut browser = Browser::at(&router);
    let mut said = Vec::new();
    for name in ["thinh.hd", "nobody"] {
        let fields = [("name", name), ("password", "sai rồi, sai rồi")];
        let page = browser.post("/signin", &fields).await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED);
        assert_eq!(page.field("name"), name, "what was typed stays");
        said.push(page.text().replace(name, ""));
    }
    assert_eq!(said[0], said[1]);
    assert!(said[0].contains("Tên đăng nhập hoặc mật khẩu chưa đúng"));
    assert!(browser.session().is_none());

    let wrong = [("name", "thinh.hd"), ("password", "sai rồi, sai rồi")];
    for _ in 0..4 {
        browser.post("/signin", &wrong).await;
    }
    let page = browser.sign_in("thinh.hd").await;
    assert!(page.says("Đã nhập sai nhiều lần"), "{}", page.text());
    world.pass(TimeDelta::seconds(3));
    let page = browser.sign_in("thinh.hd").await;
    assert_eq!(
        page.status,
        StatusCode::SEE_OTHER,
        "it slows down, it does not shut"
    );
}

on_both!(a_session_ends_by_signing_out_by_idling_and_by_disabling_the_account);

async fn a_session_ends_by_signing_out_by_idling_and_by_disabling_the_account(on: Backend) {
    let world = World::on(on, "2026-08-03 07:30").await;
    account(&world, "thinh.hd", "Hoàng Đức Thịnh", Role::Chairman, WARD).await;
    let router = router(&world, Settings::default());
    let home = format!("/units/{WARD}");

    let mut browser = Browser::at(&router);
    browser.sign_in("thinh.hd").await;
    let page = browser.get(&home).await;
    let secret = browser.session().unwrap().to_owned();
    let csrf = page.field("csrf");
    let page = browser.post("/signout", &[("csrf", "x")]).await;
    assert_eq!(
        page.status,
        StatusCode::FORBIDDEN,
        "not from a page of ours"
    );
    let page = browser.post("/signout", &[("csrf", &csrf)]).await;
    assert_eq!(page.location(), "/signin");
    // After signing out, the old secret is worthless to whoever kept it.
    browser.set_session(&secret);
    assert_eq!(browser.get(&home).await.status, StatusCode::SEE_OTHER);

    let mut browser = Browser::at(&router);
    browser.sign_in("thinh.hd").await;
    for _ in 0..3 {
        world.pass(TimeDelta::minutes(29));
        assert_eq!(browser.get(&home).await.status, StatusCode::OK, "in use");
    }
    world.pass(TimeDelta::minutes(31));
    assert_eq!(
        browser.get(&home).await.status,
        StatusCode::SEE_OTHER,
        "idle"
    );

    let mut browser = Browser::at(&router);
    browser.sign_in("thinh.hd").await;
    let actor = ActorId::parse("thinh.hd").unwrap();
    let (admin, identity) = (who(Role::Admin, PROVINCE), world.identity());
    let disabled = world.engine.disable_user(&admin, &identity, &actor);
    disabled.await.unwrap();
    assert_eq!(browser.get(&home).await.status, StatusCode::SEE_OTHER);
    let page = browser.sign_in("thinh.hd").await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
}

on_both!(a_session_opened_with_a_token_ends_with_the_token);

async fn a_session_opened_with_a_token_ends_with_the_token(on: Backend) {
    use app::ports::{Store, WriteTokens};
    let world = World::on(on, "2026-08-03 07:30").await;
    let token = world.token(Role::Province, PROVINCE).await;
    let router = router(&world, Settings::default());
    let mut browser = Browser::at(&router);
    let page = browser.post("/signin/token", &[("token", "mct_0")]).await;
    assert!(page.says("Mã truy cập chưa đúng"));
    let page = browser.post("/signin/token", &[("token", &token)]).await;
    assert_eq!(page.location(), "/province");
    assert_eq!(browser.get("/units/H60").await.status, StatusCode::OK);
    let tokens = world.store.read().await.unwrap().tokens().await.unwrap();
    let now = world.clock.now();
    assert!(world.store.revoke_token(&tokens[0].id, now).await.unwrap());
    tokio::time::sleep(std::time::Duration::from_millis(600)).await;
    assert_eq!(
        browser.get("/units/H60").await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn the_demo_offers_its_roles_with_one_click_and_says_that_all_is_made_up() {
    let world = World::at("2026-08-03 07:30").await;
    let settings = Settings {
        demo: vec![trial(&world, Role::Chairman, WARD).await],
        ..Settings::default()
    };
    let router = router(&world, settings);
    let mut browser = Browser::at(&router);
    let page = browser.get("/signin").await;
    assert!(page.says("đều là bịa đặt") && page.says("Chủ tịch"));
    let page = browser.post("/signin/demo", &[("role", "admin")]).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND, "only what is offered");
    let page = browser.post("/signin/demo", &[("role", "chairman")]).await;
    assert_eq!(page.location(), "/units/H60.02215");
    assert!(browser.get(page.location()).await.says("đều là bịa đặt"));
}

#[tokio::test]
async fn a_session_that_ends_in_the_middle_of_a_form_loses_nothing_that_was_typed() {
    let world = World::at("2026-08-03 07:30").await;
    account(&world, "thinh.hd", "Hoàng Đức Thịnh", Role::Chairman, WARD).await;
    let view = world.receive(WARD, THREE_DAYS).await;
    let view = world.advance(&view, Role::Receptionist).await;
    let router = router(&world, Settings::default());
    let mut browser = Browser::at(&router);
    browser.sign_in("thinh.hd").await;
    let form = format!("/dossiers/{}/RequestSupplement", view.dossier.id);
    let page = browser.get(&form).await;
    let (request_id, etag, csrf) = (
        page.field("request_id"),
        page.field("etag"),
        page.field("csrf"),
    );
    world.pass(TimeDelta::minutes(31));
    let typed = [
        ("csrf", csrf.as_str()),
        ("request_id", request_id.as_str()),
        ("etag", etag.as_str()),
        ("items", "Trích lục ly hôn"),
        ("reason", "Thiếu \"trích lục\""),
    ];
    let asked = browser.post(&form, &typed).await;
    assert_eq!(asked.status, StatusCode::UNAUTHORIZED);
    assert!(asked.says("Phiên làm việc đã kết thúc"), "{}", asked.text());

    // After a wrong password the page asks again and still keeps the form.
    let kept = asked
        .field("kept")
        .replace("&#38;", "&")
        .replace("&amp;", "&");
    let next = asked.field("next");
    let sign_in = |password: &'static str| {
        vec![
            ("name", "thinh.hd"),
            ("password", password),
            ("next", next.as_str()),
            ("kept", kept.as_str()),
        ]
    };
    let wrong = browser.post("/signin", &sign_in("sai mật khẩu rồi")).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        wrong
            .field("kept")
            .replace("&#38;", "&")
            .replace("&amp;", "&"),
        kept
    );
    let again = browser.post("/signin", &sign_in(PASSWORD)).await;
    assert!(again.says("Gửi lại"), "{}", again.text());
    assert_eq!(again.field("items"), "Trích lục ly hôn");

    let csrf = again.field("csrf");
    let mut typed = typed;
    typed[0].1 = &csrf;
    let done = browser.post(&form, &typed).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    let twice = browser.post(&form, &typed).await;
    assert_eq!(
        twice.location(),
        done.location(),
        "sent twice, written once"
    );
    let page = browser.get(done.location()).await;
    assert!(
        page.says("Thiếu \"trích lục\"") || page.says("Thiếu &#34;trích lục&#34;"),
        "{}",
        page.text()
    );
}
