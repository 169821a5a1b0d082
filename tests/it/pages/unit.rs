//! The page that a chairman opens in the morning.

use domain::role::Role;
use http::StatusCode;
use web::Settings;

use super::browser::{Browser, Shown, account, router};
use crate::backend::Backend;
use crate::world::{OTHER_WARD, PROVINCE, THREE_DAYS, WARD, World, ask_for_papers};

on_both!(a_chairman_sees_what_is_late_first_with_its_holder_and_its_reason);

async fn a_chairman_sees_what_is_late_first_with_its_holder_and_its_reason(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    account(&world, "thinh.hd", "Hoàng Đức Thịnh", Role::Chairman, WARD).await;
    let late = world.receive(WARD, THREE_DAYS).await;
    world.advance(&late, Role::Receptionist).await;
    world.set("2026-08-10 09:00");
    world.receive(WARD, THREE_DAYS).await;
    let router = router(&world, Settings::default());
    let mut browser = Browser::at(&router);
    browser.sign_in("thinh.hd").await;
    let page = browser.get(&format!("/units/{WARD}")).await;
    assert_eq!(page.status, StatusCode::OK);
    let text = page.text();
    assert!(text.contains("2 đang giải quyết"), "{text}");
    assert!(text.contains("1 quá hạn"), "{text}");
    assert!(
        text.contains("Quá hạn Ở bước này đã 5 ngày làm việc. Chưa xin lỗi công dân."),
        "{text}"
    );
    assert!(text.contains("Chưa ai giữ"), "{text}");
    let english = browser.get(&format!("/units/{WARD}?lang=en")).await.text();
    assert!(english.contains("Monday, 10 August 2026"), "{english}");
}

/// The numbers at the top, each with the address of its list.
fn numbers(page: &Shown) -> Vec<(String, u64)> {
    let list = page.html.split("<ul class=\"nums\"").nth(1).unwrap();
    let list = list.split("</ul>").next().unwrap();
    let numbers = list.split("<a href=\"").skip(1).map(|link| {
        let (href, rest) = link.split_once('"').unwrap();
        let count = rest.split("<b>").nth(1).unwrap().split('<').next().unwrap();
        (
            href.replace("&#38;", "&").replace("&amp;", "&"),
            count.parse().unwrap(),
        )
    });
    numbers.collect()
}

/// How many rows a list claims to have.
fn total(page: &Shown) -> u64 {
    let head = page.html.split("<h2 id=\"list\">").nth(1).expect("a list");
    head.split(' ').next().unwrap().parse().unwrap()
}

on_both!(each_number_of_the_morning_opens_exactly_its_rows);

async fn each_number_of_the_morning_opens_exactly_its_rows(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    account(&world, "thinh.hd", "Hoàng Đức Thịnh", Role::Chairman, WARD).await;
    let late = world.receive(WARD, THREE_DAYS).await;
    world.advance(&late, Role::Receptionist).await;
    let waiting = world.receive(WARD, THREE_DAYS).await;
    let waiting = world.advance(&waiting, Role::Receptionist).await;
    world
        .act(&waiting, Role::Officer, ask_for_papers())
        .await
        .unwrap();
    world.submit(WARD, THREE_DAYS, "G22.99-260803-000001").await;
    world.set("2026-08-05 09:00");
    let today = world.receive(WARD, THREE_DAYS).await;
    world.advance(&today, Role::Receptionist).await;
    world.set("2026-08-10 09:00");
    world.receive(WARD, THREE_DAYS).await;
    let done = world.receive(WARD, THREE_DAYS).await;
    world.finish(done).await;

    let router = router(&world, Settings::default());
    let mut browser = Browser::at(&router);
    browser.sign_in("thinh.hd").await;
    let page = browser.get(&format!("/units/{WARD}")).await;
    let numbers = numbers(&page);
    assert_eq!(numbers.len(), 7, "{}", page.text());
    let mut told = Vec::new();
    for (href, count) in &numbers {
        let list = browser.get(href).await;
        assert_eq!(list.status, StatusCode::OK, "{href}");
        if *count == 0 {
            assert!(
                list.html.contains("class=\"quiet\""),
                "{href} is empty in words"
            );
        }
        assert_eq!(total(&list), *count, "{href}");
        let rows = list.html.matches("<tr class=\"mark").count() as u64;
        assert_eq!(rows, *count, "{href}");
        told.push(*count);
    }
    assert_eq!(told[0], 5, "pending");
    assert_eq!(told[5], 1, "waiting for the citizen");
    assert!(told[1] >= 1, "overdue");
    assert_eq!(told[6], 1, "done today");

    // The steps where work piles up link to their rows too.
    let piled = page.html.split("id=\"piled\"").nth(1).unwrap();
    let link = piled.split("<td><a href=\"").nth(1).unwrap();
    let (href, rest) = link.split_once('"').unwrap();
    let count = rest.split("<td class=\"num\">").nth(1).unwrap();
    let count: u64 = count.split('<').next().unwrap().parse().unwrap();
    assert_eq!(total(&browser.get(href).await), count);
    // Beside them stands whether what is due soon fits the pace.
    assert!(piled.contains("phải qua bước này trong 5 ngày làm việc tới"));
}

on_both!(a_list_is_narrowed_sorted_searched_and_taken_along);

async fn a_list_is_narrowed_sorted_searched_and_taken_along(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    account(&world, "thinh.hd", "Hoàng Đức Thịnh", Role::Chairman, WARD).await;
    for _ in 0..27 {
        world.receive(WARD, THREE_DAYS).await;
    }
    let router = router(&world, Settings::default());
    let mut browser = Browser::at(&router);
    browser.sign_in("thinh.hd").await;
    let list = format!("/units/{WARD}/list");
    let page = browser.get(&list).await;
    assert!(
        page.says("27 hồ sơ") && page.says("1–25 trong 27 hồ sơ"),
        "{}",
        page.text()
    );
    let second = browser.get(&format!("{list}?page=2")).await;
    assert!(second.says("26–27 trong 27 hồ sơ"), "{}", second.text());
    assert_eq!(second.html.matches("<tr class=\"mark").count(), 2);

    // A column head is a link that sorts, shows the direction, and reverses it.
    let sorted = browser.get(&format!("{list}?sort=due")).await;
    assert!(
        sorted
            .html
            .contains("aria-sort=\"ascending\"><a href=\"/units/H60.02215/list?sort=-due\"")
    );

    // Search ignores accents, and each chip removes its own filter.
    let found = browser.get(&format!("{list}?q=0007&channel=desk")).await;
    assert!(found.says("1 hồ sơ"), "{}", found.text());
    assert!(
        found
            .html
            .contains("href=\"/units/H60.02215/list?channel=desk\"")
    );
    let none = browser
        .get(&format!("{list}?only=overdue&channel=desk"))
        .await;
    assert!(none.says("Không có hồ sơ nào phù hợp"));
    assert!(
        none.says("Xem tất cả · kênh nộp: trực tiếp (27)"),
        "{}",
        none.text()
    );
    assert!(none.says("Xem toàn bộ hồ sơ đang giải quyết (27)"));
    assert!(
        !none.says("Xem tất cả · quá hạn"),
        "an empty list leads nobody on"
    );

    // A file has exactly the rows of its address, over all pages.
    let csv = browser
        .get(&format!("/units/{WARD}/list.csv?sort=-due"))
        .await;
    assert!(csv.html.starts_with('\u{feff}'));
    assert_eq!(csv.html.lines().count(), 2 + 27, "{}", csv.html);
    let few = browser.get(&format!("/units/{WARD}/list.csv?q=0007")).await;
    assert_eq!(few.html.lines().count(), 2 + 1);
    assert!(few.html.contains("H60.02215-260803-0007"));
    let book = browser.get(&format!("/units/{WARD}/list.xlsx")).await;
    assert!(book.html.starts_with("PK"));
    let name = book.headers["content-disposition"].to_str().unwrap();
    assert!(name.contains("ho-so-H60.02215-20260803.xlsx"), "{name}");
}

on_both!(a_province_is_seen_on_one_page_with_each_ward_as_its_own_chairman_counts_it);

async fn a_province_is_seen_on_one_page_with_each_ward_as_its_own_chairman_counts_it(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    account(&world, "tinh.sn", "Sở Nội vụ", Role::Province, PROVINCE).await;
    account(&world, "thinh.hd", "Hoàng Đức Thịnh", Role::Chairman, WARD).await;
    let late = world.receive(WARD, THREE_DAYS).await;
    world.advance(&late, Role::Receptionist).await;
    world.receive(OTHER_WARD, THREE_DAYS).await;
    world.set("2026-08-10 09:00");
    world.receive(WARD, THREE_DAYS).await;
    let router = router(&world, Settings::default());
    let mut province = Browser::at(&router);
    let first = province.sign_in("tinh.sn").await;
    assert_eq!(first.location(), "/province");
    let page = province.get("/province").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    assert_eq!(page.html.matches("<th scope=\"row\">").count(), 125);
    let row = |page: &Shown, name: &str| {
        let at = page.html.find(&format!(">{name}</a></th>")).expect("a row");
        let cells = page.html[at..].split("</tr>").next().unwrap();
        let cells = cells.split("<td class=\"num").skip(1);
        let told = cells.map(|cell| {
            let inner = cell
                .split_once('>')
                .unwrap()
                .1
                .split("</td>")
                .next()
                .unwrap();
            inner
                .split("</a>")
                .next()
                .unwrap()
                .rsplit('>')
                .next()
                .unwrap()
                .to_owned()
        });
        told.take(4).collect::<Vec<_>>()
    };
    let ward = row(&page, "Phường Minh Xuân");
    assert_eq!(
        ward,
        ["2", "1", "0", "0"],
        "open, overdue, due today, waiting"
    );
    let units = page.html.split("id=\"units\"").nth(1).unwrap();
    let first = units.find("Phường Minh Xuân").unwrap();
    assert!(
        first < units.find("Xã Yên Thành").unwrap(),
        "most overdue first"
    );
    assert!(page.says("chưa có"), "a unit without any says so");

    let mut chairman = Browser::at(&router);
    chairman.sign_in("thinh.hd").await;
    let own = numbers(&chairman.get(&format!("/units/{WARD}")).await);
    assert_eq!(own[0].1.to_string(), ward[0]);
    assert_eq!(own[1].1.to_string(), ward[1]);
    let refused = chairman.get("/province").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);

    let named = province
        .get("/province?q=minh+xuan&sort=-open&period=report")
        .await;
    assert_eq!(named.html.matches("<th scope=\"row\">").count(), 1);
    let csv = province.get("/province.csv?q=minh+xuan").await;
    assert!(
        csv.html.contains("Phường Minh Xuân,2,1,0,0,"),
        "{}",
        csv.html
    );
}

on_both!(whoever_opens_a_page_behind_the_end_of_a_list_is_led_to_its_last_page);

async fn whoever_opens_a_page_behind_the_end_of_a_list_is_led_to_its_last_page(on: Backend) {
    let world = World::on(on, "2026-08-03 09:00").await;
    account(&world, "thinh.hd", "Hoàng Đức Thịnh", Role::Chairman, WARD).await;
    for _ in 0..26 {
        world.receive(WARD, THREE_DAYS).await;
    }
    let router = router(&world, Settings::default());
    let mut browser = Browser::at(&router);
    browser.sign_in("thinh.hd").await;
    let page = browser
        .get("/units/H60.02215/list?channel=desk&page=9")
        .await;
    assert_eq!(page.location(), "/units/H60.02215/list?channel=desk&page=2");
    let page = browser.get(page.location()).await;
    assert!(page.says("26–26 trong 26 hồ sơ"), "{}", page.text());
    let none = browser
        .get("/units/H60.02215/list?channel=post&page=9")
        .await;
    assert!(
        none.says("Không có hồ sơ nào phù hợp"),
        "there is no last page"
    );
}
