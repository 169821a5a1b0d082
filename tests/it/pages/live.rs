//! The bar of news on an open page, in a real Chromium whose line to the server breaks.

use domain::role::Role;
use serde_json::{Value, json};
use web::Settings;

use super::browser::{account, router};
use super::cable::Cable;
use super::keyboard::Tab;
use super::walk::{DESK, sign_in};
use crate::world::{THREE_DAYS, WARD, World};

/// The codes on the page, in their order.
const ROWS: &str = "[...document.querySelectorAll('main tbody tr .code')].map(c => c.innerText)";

/// Whether a note is there and says something.
fn says(selector: &str, text: &str) -> String {
    format!(
        "(n => !!n && !n.hidden && n.innerText.includes({}))(document.querySelector({}))",
        json!(text),
        json!(selector)
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_stream_shows_heals_and_tells_what_changed_meanwhile_and_no_row_moves() {
    let world = World::at("2026-08-03 07:30").await;
    account(&world, "thinh.hd", "Hoàng Đức Thịnh", Role::Chairman, WARD).await;
    for _ in 0..3 {
        world.receive(WARD, THREE_DAYS).await;
    }
    world.set("2026-08-03 08:00");
    let pages = router(&world, Settings::default());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let cable = Cable::to(listener.local_addr().unwrap()).await;
    tokio::spawn(async move { axum::serve(listener, pages).await });

    let base = format!("http://{}", cable.address);
    let tab = Tab::on(&base, "/signin", DESK);
    sign_in(&tab, "thinh.hd");
    tab.open(&format!("/units/{WARD}"));
    let rows = tab.value(ROWS);
    assert!(rows.as_array().unwrap().len() >= 3, "{rows}");
    let same = |when: &str, tab: &Tab| assert_eq!(tab.value(ROWS), rows, "{when}");
    assert_eq!(
        tab.value("document.querySelector('[data-live]').hidden"),
        json!(true)
    );

    world.set("2026-08-03 08:10");
    world.receive(WARD, THREE_DAYS).await;
    tab.until("the first news", &says("[data-live]", "1 thay đổi mới"));
    same("news moves nothing", &tab);

    cable.cut();
    tab.until(
        "the loss",
        &says("[data-offline]", "Mất kết nối với máy chủ từ "),
    );
    same("a loss moves nothing", &tab);
    let class = "document.querySelector('[data-offline]').className";
    assert!(tab.value(class).as_str().unwrap().contains("is-risk"));
    world.set("2026-08-03 08:20");
    world.receive(WARD, THREE_DAYS).await;

    cable.mend();
    tab.until(
        "the healing",
        &says("[data-offline]", "Đã có kết nối lại lúc "),
    );
    tab.until(
        "what changed meanwhile",
        &says("[data-live]", "2 thay đổi mới"),
    );
    same("healing moves nothing", &tab);

    tab.reach_words("Hiển thị");
    tab.leads(|| tab.press("Enter"));
    let after = tab.value(ROWS);
    assert_eq!(
        after.as_array().map(Vec::len),
        rows.as_array().map(|rows| rows.len() + 2),
        "asked for, the rows come: {after}"
    );
    assert_ne!(after, Value::Null);
}
