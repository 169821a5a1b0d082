//! A list that an administrator sends over the page.

use std::sync::Arc;

use app::import::Archive;
use app::import::uploads::Uploads;
use domain::role::Role;
use http::StatusCode;
use web::Settings;

use super::browser::{Browser, Shown, account, router};
use crate::backend::Backend;
use crate::world::{PROVINCE, WARD, World};

/// A list with two good rows and one of an unknown unit.
pub const LIST: &str = "code,unit,procedure,channel,received,due,resolved,returned\n\
    H60.02215-260701-0001,02215,1.004873,online,2026-07-01 09:10,2026-07-06 17:00,,\n\
    H60.02215-260701-0002,02215,1.004873,desk,2026-07-01 10:05,2026-07-06 17:00,2026-07-07 09:30,\n\
    H60.02215-260701-0003,Phường Lạ,1.004873,desk,2026-07-01 10:05,2026-07-06 17:00,,\n";

/// Settings with a page that takes lists.
pub fn settings(world: &World) -> Settings {
    let archive = Arc::clone(&world.store) as Arc<dyn Archive>;
    let reader = Arc::new(server::import::Reader);
    Settings {
        uploads: Some(Uploads::new(Arc::clone(&world.engine), archive, reader)),
        ..Settings::default()
    }
}

/// Looks again for as long as the page says that it will change.
pub async fn settled(browser: &mut Browser, path: &str) -> Shown {
    for _ in 0..1_000 {
        let page = browser.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text());
        if !page.html.contains("data-reload") {
            return page;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("{path} never settles");
}

on_both!(a_list_is_read_first_shown_row_by_row_and_written_once_when_confirmed);

async fn a_list_is_read_first_shown_row_by_row_and_written_once_when_confirmed(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    account(&world, "quan.tri", "Quản trị", Role::Admin, PROVINCE).await;
    account(&world, "thinh.hd", "Hoàng Đức Thịnh", Role::Chairman, WARD).await;
    let router = router(&world, settings(&world));
    let mut admin = Browser::at(&router);
    admin.sign_in("quan.tri").await;
    let mut chairman = Browser::at(&router);
    chairman.sign_in("thinh.hd").await;
    assert_eq!(chairman.get("/import").await.status, StatusCode::FORBIDDEN);
    let all = format!("/units/{WARD}/list");

    let form = admin.get("/import").await;
    let csrf = form.field("csrf");
    let part = |list: &'static str| {
        vec![
            ("csrf", "", csrf.as_bytes()),
            ("map", "", b"dossiers.toml".as_slice()),
            ("file", "danh-sach.csv", list.as_bytes()),
        ]
    };
    let empty = admin.upload("/import", &part("")).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.says("Chọn tệp danh sách"));
    let foreign = [("csrf", "", b"x".as_slice()), ("file", "a.csv", b"a")];
    let foreign = admin.upload("/import", &foreign).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);

    let sent = admin.upload("/import", &part(LIST)).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
    let path = sent.location().to_owned();
    let found = settled(&mut admin, &path).await;
    assert!(
        found.says("Chưa ghi gì") && found.says("2 hồ sơ mới") && found.says("1 dòng không nhận"),
        "{}",
        found.text()
    );
    assert!(
        found.says("4 đơn vị “Phường Lạ” không có trong danh mục"),
        "{}",
        found.text()
    );
    let list = chairman.get(&all).await;
    assert!(
        !list.says("H60.02215-260701-0001"),
        "nothing before the confirmation"
    );

    let csrf = found.field("csrf");
    for _ in 0..2 {
        let confirmed = admin.post(&path, &[("csrf", &csrf)]).await;
        assert_eq!(confirmed.location(), path);
    }
    let done = settled(&mut admin, &path).await;
    assert!(
        done.says("Đã nhập xong") && done.says("2 hồ sơ mới"),
        "{}",
        done.text()
    );
    let list = chairman.get(&all).await;
    assert!(list.says("H60.02215-260701-0001"), "{}", list.text());

    let again = admin.upload("/import", &part(LIST)).await;
    let again = again.location().to_owned();
    let found = settled(&mut admin, &again).await;
    assert!(
        found.says("0 hồ sơ mới") && found.says("2 hồ sơ đã có, không đổi"),
        "{}",
        found.text()
    );
}

#[tokio::test]
async fn a_file_that_is_no_list_is_refused_with_its_reason_and_an_unknown_upload_is_explained() {
    let world = World::at("2026-08-03 10:00").await;
    account(&world, "quan.tri", "Quản trị", Role::Admin, PROVINCE).await;
    let router = router(&world, settings(&world));
    let mut admin = Browser::at(&router);
    admin.sign_in("quan.tri").await;
    let csrf = admin.get("/import").await.field("csrf");
    let parts = [
        ("csrf", "", csrf.as_bytes()),
        ("map", "", b"dossiers.toml".as_slice()),
        ("file", "sai.csv", b"a,b\n1,2\n"),
    ];
    let sent = admin.upload("/import", &parts).await;
    let page = settled(&mut admin, sent.location()).await;
    assert!(
        page.says("Chưa đọc được") && page.says("sai.csv"),
        "{}",
        page.text()
    );
    let page = admin.get("/import/0123").await;
    assert!(page.says("không còn"), "{}", page.text());
}
