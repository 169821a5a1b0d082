//! The statistical reports on screen: in print form, and each number with its dossiers.

use domain::role::Role;
use http::StatusCode;
use web::Settings;

use super::browser::{Browser, account, router};
use crate::backend::Backend;
use crate::world::{OTHER_WARD, THREE_DAYS, WARD, World};

on_both!(a_chairman_reads_the_form_and_opens_a_number_to_its_dossiers);

async fn a_chairman_reads_the_form_and_opens_a_number_to_its_dossiers(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    account(&world, "thinh.hd", "Hoàng Đức Thịnh", Role::Chairman, WARD).await;
    let late = world.receive(WARD, THREE_DAYS).await;
    world.receive(WARD, "1.013225").await;
    world.set("2026-08-17 09:00");
    let code = late.dossier.code.clone().unwrap().to_string();
    world.finish(late).await;
    let router = router(&world, Settings::default());
    let mut browser = Browser::at(&router);
    browser.sign_in("thinh.hd").await;

    let path = format!("/units/{WARD}/report/ii06a");
    let days = "from=2026-07-15&to=2026-08-14";
    let page = browser.get(&format!("{path}?{days}")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    assert!(page.says("TÌNH HÌNH, KẾT QUẢ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH"));
    assert!(page.says("Từ ngày 15/07/2026 đến ngày 14/08/2026"));
    let link = "number=pending_late&from=2026-07-15&to=2026-08-14";
    let html = page.html.replace("&#38;", "&").replace("&amp;", "&");
    assert!(html.contains(link), "{html}");
    let behind = format!("{path}/dossiers?number=pending_late&{days}");
    let behind = browser.get(&behind).await;
    assert!(behind.says(&code), "{}", behind.text());
    // A period without any dossier shows no rate.
    let empty = browser
        .get(&format!("{path}?from=2026-06-15&to=2026-07-14"))
        .await;
    assert!(empty.says("Không có hồ sơ."), "{}", empty.text());
    assert!(!empty.text().contains("100"), "{}", empty.text());

    // Both numbers of an item open what they count.
    let days_of = "from=2026-07-15&to=2026-08-14";
    let index = browser
        .get(&format!("/units/{WARD}/report/i766?{days_of}"))
        .await;
    let html = index.html.replace("&#38;", "&").replace("&amp;", "&");
    assert!(html.contains("class=\"p-bars\""), "points are drawn");
    assert!(html.contains("number=2.1&from=2026-07-15&to=2026-08-14&whole=1"));
    let behind = format!("/units/{WARD}/report/i766/dossiers?number=2.1&{days_of}");
    let on_time = browser.get(&behind).await;
    assert!(!on_time.says(&code), "{}", on_time.text());
    let all = browser.get(&format!("{behind}&whole=1")).await;
    assert!(all.says(&code) && all.says("2.1 Hồ sơ"), "{}", all.text());

    for sheet in ["07a", "i766"] {
        let page = browser
            .get(&format!("/units/{WARD}/report/{sheet}?{days}"))
            .await;
        assert_eq!(page.status, StatusCode::OK, "{sheet}: {}", page.text());
    }
    for (path, status) in [
        (
            format!("/units/{OTHER_WARD}/report/ii06a?{days}"),
            StatusCode::FORBIDDEN,
        ),
        (
            format!("/units/{WARD}/report/06z?{days}"),
            StatusCode::NOT_FOUND,
        ),
        (format!("{path}?from=hôm&to=nay"), StatusCode::BAD_REQUEST),
        (
            format!("{path}?from=2026-09-15&to=2026-10-14"),
            StatusCode::BAD_REQUEST,
        ),
        (
            format!("{path}/dossiers?number=none&{days}"),
            StatusCode::NOT_FOUND,
        ),
    ] {
        let page = browser.get(&path.replace('ô', "%C3%B4")).await;
        assert_eq!(page.status, status, "{path}: {}", page.text());
    }
}
