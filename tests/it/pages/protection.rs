//! The protections of every page.

use domain::role::Role;
use http::StatusCode;
use web::Settings;

use super::browser::{Browser, account, router};
use crate::world::{WARD, World};

#[tokio::test]
async fn every_page_forbids_what_is_inline_and_is_kept_by_nobody() {
    let world = World::at("2026-08-03 07:30").await;
    account(&world, "thinh.hd", "Hoàng Đức Thịnh", Role::Chairman, WARD).await;
    let router = router(&world, Settings::default());
    let mut browser = Browser::at(&router);
    browser.sign_in("thinh.hd").await;
    let own = format!("/units/{WARD}");
    for path in ["/signin", "/lookup", own.as_str(), "/nothing-here"] {
        let page = browser.get(path).await;
        let header = |name: &str| page.headers.get(name).map_or("", |it| it.to_str().unwrap());
        assert_eq!(
            header("content-security-policy"),
            web::guard::POLICY,
            "{path}"
        );
        assert_eq!(header("cache-control"), "no-store", "{path}");
        assert!(
            !page.html.contains("style=") && !page.html.contains("<style"),
            "{path}"
        );
        assert!(
            !page.html.contains("javascript:") && !page.html.contains(" on"),
            "{path}"
        );
        for script in page.html.split("<script").skip(1) {
            assert!(script.starts_with(" src=\"/assets/"), "{path}");
        }
        assert!(
            !page.html.contains("http://") && !page.html.contains("https://"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_form_of_another_site_signs_nobody_in() {
    let world = World::at("2026-08-03 07:30").await;
    account(&world, "thinh.hd", "Hoàng Đức Thịnh", Role::Chairman, WARD).await;
    let router = router(&world, Settings::default());
    let mut browser = Browser::at(&router);
    let fields = [("name", "thinh.hd"), ("password", super::browser::PASSWORD)];
    let elsewhere = [("sec-fetch-site", "cross-site")];
    let page = browser.post_with("/signin", &fields, &elsewhere).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(browser.session().is_none());
}

#[tokio::test]
async fn files_are_kept_for_a_year_under_names_that_change_with_them() {
    let world = World::at("2026-08-03 07:30").await;
    let router = router(&world, Settings::default());
    let mut browser = Browser::at(&router);
    let page = browser.get("/lookup").await;
    let sheet = page.html.split("href=\"/assets/").nth(1).unwrap();
    let sheet = format!("/assets/{}", sheet.split('"').next().unwrap());
    let file = browser.get(&sheet).await;
    assert_eq!(file.status, StatusCode::OK);
    let kept = file.headers.get("cache-control").unwrap().to_str().unwrap();
    assert!(kept.contains("immutable"));
    let page = browser.get("/assets/motcua.0000000000.css").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_not_there_is_said_in_words_to_people_and_in_json_to_programs() {
    let world = World::at("2026-08-03 07:30").await;
    let router = router(&world, Settings::default());
    let mut browser = Browser::at(&router);
    let page = browser.get("/nothing-here?lang=en").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.says("There is no page at this address"));
    let page = browser.get("/signin/demo").await;
    assert!(
        page.says("This page does not take such a request"),
        "{}",
        page.text()
    );
    let long = "x".repeat(300 * 1024);
    let page = browser.post("/signin", &[("name", &long)]).await;
    assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(page.says("What you sent is too long"));

    let request = http::Request::get("/nothing-here")
        .body(axum::body::Body::empty())
        .unwrap();
    let answer = tower::ServiceExt::oneshot(router, request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    let kind = answer.headers().get("content-type").unwrap();
    assert_eq!(kind, "application/json");
}
