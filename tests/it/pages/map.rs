//! The map of a province.

use domain::role::Role;
use web::Settings;

use super::browser::{Browser, account, router};
use crate::world::{OTHER_WARD, PROVINCE, THREE_DAYS, WARD, World};

#[tokio::test]
async fn the_map_says_of_each_commune_what_the_table_says() {
    let world = World::at("2026-08-03 10:00").await;
    account(&world, "tinh.sn", "Sở Nội vụ", Role::Province, PROVINCE).await;
    for _ in 0..3 {
        world.receive(WARD, THREE_DAYS).await;
    }
    world.set("2026-08-10 09:00");
    world.receive(OTHER_WARD, THREE_DAYS).await;
    let router = router(&world, Settings::default());
    let mut browser = Browser::at(&router);
    browser.sign_in("tinh.sn").await;
    let table = browser.get("/province").await;
    assert!(table.html.contains("href=\"/province/map\""));
    let map = browser.get("/province/map").await;
    for said in [
        "Phường Minh Xuân: 3 đang giải quyết, 3 quá hạn",
        "Phường Nông Tiến: 1 đang giải quyết, 0 quá hạn",
    ] {
        assert!(
            map.html.contains(&format!("aria-label=\"{said}\"")),
            "{said}"
        );
    }
    let row = table.html.split("Phường Minh Xuân</a>").nth(1).unwrap();
    let row = row.split("</tr>").next().unwrap();
    assert!(
        row.starts_with("</th><td class=\"num\">3</td><td class=\"num hot\">"),
        "{row}"
    );
    let marks = map.html.matches("<title>").count() - 1;
    assert_eq!(marks, 124, "a mark for each commune");
    assert!(map.says("Từ 3 hồ sơ quá hạn: 1 đơn vị"), "{}", map.text());
    assert!(
        map.html.contains("<rect class=\"c-late\""),
        "a form of its own, not only a colour"
    );
}
