//! People who walk through the pages with the keyboard alone, in a real Chromium.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use domain::role::Role;
use serde_json::json;
use web::Settings;

use super::browser::{PASSWORD, account, router};
use super::keyboard::Tab;
use crate::world::{PROVINCE, THREE_DAYS, WARD, World};

/// The window of a desk.
pub const DESK: (u32, u32) = (1366, 768);

/// Signs in by keyboard.
pub fn sign_in(tab: &Tab, name: &str) {
    tab.reach("Tab", "name");
    tab.types(name);
    tab.press("Tab");
    tab.types(PASSWORD);
    tab.leads(|| tab.press("Enter"));
}

/// Presses Tab until an act's button has the focus, opens what hides it, and presses Enter.
#[track_caller]
fn choose(tab: &Tab, act: &str) {
    let here = format!("(a => !!a && (a.href || '').endsWith('/{act}'))(document.activeElement)");
    let fold = "(a => a.tagName === 'SUMMARY' && !a.parentElement.open)(document.activeElement)";
    for _ in 0..120 {
        if tab.value(&here) == json!(true) {
            tab.leads(|| tab.press("Enter"));
            return;
        }
        if tab.value(fold) == json!(true) {
            tab.press("Enter");
        }
        tab.press("Tab");
    }
    panic!("no {act} on {}", tab.path());
}

/// Sends the form of an act, and is back at the dossier.
#[track_caller]
fn send(tab: &Tab, dossier: &str) {
    tab.leads(|| tab.press("Control+Enter"));
    let said = tab.value("document.body.innerText.slice(0, 600)");
    assert_eq!(tab.path(), dossier, "{said}");
}

/// Finds a procedure at the desk, takes a dossier of it in, and prints its slip. The keys and the
/// seconds from the end of the name to the slip.
fn takes_in(tab: &Tab, find: &str, name: &str, phone: &str) -> (u32, f64) {
    tab.reach("Tab", "find");
    tab.types(find);
    tab.leads(|| tab.press("Enter"));
    tab.reach("Tab", "name");
    tab.types(name);
    tab.keys();
    let begun = Instant::now();
    tab.reach("Enter", "phone");
    tab.types(phone);
    tab.leads(|| tab.press("Control+Enter"));
    let said = tab.value("document.body.innerText.slice(0, 900)");
    assert!(tab.says("Đã tiếp nhận hồ sơ"), "{said}");
    tab.leads(|| tab.press("F9"));
    assert!(tab.path().ends_with("/print/slip"), "{}", tab.path());
    (tab.keys(), begun.elapsed().as_secs_f64())
}

fn run(program: &str, words: &[&str], file: &Path) -> String {
    let done = Command::new(program)
        .args(words)
        .arg(file)
        .output()
        .unwrap();
    String::from_utf8_lossy(&done.stdout).into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clerk_and_a_chairman_walk_a_dossier_from_the_desk_to_the_citizen_by_keyboard_alone() {
    let world = World::at("2026-08-03 07:30").await;
    account(
        &world,
        "trang.lt",
        "Lương Thu Trang",
        Role::Receptionist,
        WARD,
    )
    .await;
    account(&world, "thinh.hd", "Hoàng Đức Thịnh", Role::Chairman, WARD).await;
    let router = router(&world, Settings::default());
    let tab = Tab::before(&router, "/signin", DESK).await;
    sign_in(&tab, "trang.lt");
    assert_eq!(tab.path(), format!("/desk/{WARD}"));
    let (keys, seconds) = takes_in(&tab, "xac nhan hon nhan", "Nông Thị Hương", "0900000412");
    println!("slip of {THREE_DAYS}: {keys} keys, {seconds:.1} s after the name");
    assert!(keys <= 16, "{keys} keys after the name");

    // The slip as PDF: one page of A5, and both codes are read back.
    let folder = tempfile::tempdir().unwrap();
    let pdf = folder.path().join("slip.pdf");
    tab.prints(&pdf);
    let told = run("pdfinfo", &[], &pdf);
    assert!(told.contains("Pages:           1\n"), "{told}");
    assert!(told.contains("419.") || told.contains("420 x"), "{told}");
    let picture = folder.path().join("slip.png");
    let drawn = Command::new("pdftoppm")
        .args(["-r", "203", "-gray", "-png", "-singlefile"])
        .args([&pdf, &folder.path().join("slip")])
        .status()
        .unwrap();
    assert!(drawn.success());
    let read = run("zbarimg", &["-q"], &picture);
    let code = "H60.02215-260803-0001";
    assert!(read.contains(&format!("CODE-128:{code}")), "{read}");
    assert!(read.contains(&format!("lookup?code={code}")), "{read}");

    // Escape leads back to the dossier, from where it goes to its first step.
    tab.leads(|| tab.press("Escape"));
    let dossier = tab.path();
    choose(&tab, "AdvanceDossier");
    send(&tab, &dossier);

    // The chairman finds it by the scanner's key, asks for a paper, and gets it.
    drop(tab);
    let tab = Tab::before(&router, "/signin", DESK).await;
    sign_in(&tab, "thinh.hd");
    tab.press("F4");
    tab.types(code);
    tab.leads(|| tab.press("Enter"));
    if tab.path() != dossier {
        tab.reach_words(code);
        tab.leads(|| tab.press("Enter"));
    }
    assert_eq!(tab.path(), dossier);
    choose(&tab, "RequestSupplement");
    tab.reach("Tab", "items");
    tab.types("Trích lục ghi chú ly hôn");
    tab.reach("Tab", "reason");
    tab.types("Tờ khai ghi đã ly hôn");
    send(&tab, &dossier);
    choose(&tab, "print/supplement");
    assert!(tab.says("Trích lục ghi chú ly hôn"));
    tab.leads(|| tab.press("Escape"));
    world.set("2026-08-04 08:00");
    // Nobody is signed in over night.
    tab.open(&dossier);
    sign_in(&tab, "thinh.hd");
    choose(&tab, "RecordSupplement");
    send(&tab, &dossier);

    // The extension, with its letter.
    choose(&tab, "ExtendDossier");
    tab.reach("Tab", "reason");
    tab.types("Phải xác minh tại nơi cư trú trước đây");
    tab.reach("Tab", "date");
    tab.types("08142026");
    assert_eq!(tab.value("document.activeElement.value"), "2026-08-14");
    send(&tab, &dossier);
    choose(&tab, "print/apology");
    assert!(tab.says("Ngày hẹn mới: 17 giờ 00 phút, ngày 14 tháng 8 năm 2026"));
    tab.leads(|| tab.press("Escape"));

    // To the end of the steps, and to the citizen.
    for _ in 0..4 {
        let more = "!!document.querySelector('a[href$=\"/AdvanceDossier\"]') \
                    && !document.querySelector('a[href$=\"/ResolveDossier\"]')";
        if tab.value(more) != json!(true) {
            break;
        }
        choose(&tab, "AdvanceDossier");
        send(&tab, &dossier);
    }
    choose(&tab, "ResolveDossier");
    send(&tab, &dossier);
    choose(&tab, "ReturnResult");
    send(&tab, &dossier);
    choose(&tab, "print/result");
    assert!(tab.says("PHIẾU BÀN GIAO KẾT QUẢ"));
    tab.leads(|| tab.press("Escape"));
    choose(&tab, "print/control");
    assert!(tab.says("PHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slip_is_few_keys_and_seconds_away_from_the_name_for_three_procedures() {
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
    let tab = Tab::before(&router, "/signin", DESK).await;
    sign_in(&tab, "trang.lt");
    for (find, name, phone) in [
        ("xac nhan hon nhan", "Nông Thị Hương", "0900000412"),
        ("dang ky khai sinh", "Bàn Hữu Khánh", "0900000413"),
        ("giay phep xay dung", "Ma Văn Lâm", "0900000414"),
    ] {
        let (keys, seconds) = takes_in(&tab, find, name, phone);
        println!("{find}: {keys} keys, {seconds:.2} s from the name to the slip");
        assert!(keys <= 16, "{find}: {keys} keys");
        tab.leads(|| tab.press("Escape"));
        tab.open(&format!("/desk/{WARD}"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_goes_back_after_a_reception_finds_the_desk_and_not_the_browsers_question() {
    let world = World::at("2026-08-03 07:30").await;
    let clerk = Role::Receptionist;
    account(&world, "trang.lt", "Lương Thu Trang", clerk, WARD).await;
    let router = router(&world, Settings::default());
    let tab = Tab::before(&router, "/signin", DESK).await;
    sign_in(&tab, "trang.lt");
    tab.reach("Tab", "find");
    tab.types("xac nhan hon nhan");
    tab.leads(|| tab.press("Enter"));
    tab.reach("Tab", "name");
    tab.types("Nông Thị Hương");
    tab.leads(|| tab.press("Control+Enter"));
    assert!(tab.says("Đã tiếp nhận hồ sơ"));
    tab.value("history.back()");
    // Either a fresh desk, or the form as it was left; what happens then is told without a browser.
    let desk = format!("location.pathname === '/desk/{WARD}' && !!document.querySelector('#name')");
    tab.until("the desk", &desk);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_number_of_the_chairmans_page_opens_exactly_its_rows() {
    let world = World::at("2026-08-03 07:30").await;
    account(&world, "thinh.hd", "Hoàng Đức Thịnh", Role::Chairman, WARD).await;
    for procedure in [THREE_DAYS, THREE_DAYS, "1.013225"] {
        world.receive(WARD, procedure).await;
    }
    world.submit(WARD, THREE_DAYS, "G22.99-260803-000001").await;
    world.set("2026-08-07 08:00");
    let router = router(&world, Settings::default());
    let tab = Tab::before(&router, "/signin", DESK).await;
    sign_in(&tab, "thinh.hd");
    let numbers = "[...document.querySelectorAll('.nums a')].map(a => [a.getAttribute('href'), \
                   a.querySelector('b').innerText])";
    let numbers = tab.value(numbers);
    let numbers = numbers.as_array().unwrap();
    assert_eq!(numbers.len(), 7, "{numbers:?}");
    for number in numbers {
        let (href, count) = (number[0].as_str().unwrap(), number[1].as_str().unwrap());
        tab.open(href);
        let rows = tab.value("document.querySelectorAll('main tbody tr').length");
        assert_eq!(rows.to_string(), count, "{href}");
    }
    // The same in English, and on a narrow telephone nothing is wider than the window.
    tab.open(&format!("/units/{WARD}"));
    let other = tab.value("document.querySelector('a[hreflang], a[lang]').getAttribute('href')");
    tab.open(other.as_str().unwrap());
    assert_eq!(tab.value("document.documentElement.lang"), "en");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clerk_without_scripts_on_a_narrow_screen_takes_a_dossier_in() {
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
    let tab = Tab::before(&router, "/signin", (320, 640)).await;
    tab.without_scripts();
    tab.open("/signin");
    sign_in(&tab, "trang.lt");
    tab.reach("Tab", "find");
    tab.types("xac nhan hon nhan");
    tab.leads(|| tab.press("Enter"));
    assert!(tab.says("17:00 thứ Năm, 06/08/2026"));
    tab.reach("Tab", "name");
    tab.types("Nông Thị Hương");
    tab.reach("Tab", "phone");
    tab.types("0900000412");
    tab.reach("Tab", "accept");
    tab.leads(|| tab.press("Enter"));
    assert!(tab.says("Đã tiếp nhận hồ sơ H60.02215-260803-0001"));
    let wide = "document.documentElement.scrollWidth <= 320";
    assert_eq!(tab.value(wide), json!(true), "no page scrolls sideways");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_province_sorts_by_a_link_and_leads_down_to_the_ward_with_the_same_number() {
    let world = World::at("2026-08-03 07:30").await;
    account(&world, "lan.nt", "Nguyễn Thị Lan", Role::Province, PROVINCE).await;
    for _ in 0..3 {
        world.receive(WARD, THREE_DAYS).await;
    }
    world.set("2026-08-07 08:00");
    let router = router(&world, Settings::default());
    let tab = Tab::before(&router, "/signin", DESK).await;
    sign_in(&tab, "lan.nt");
    tab.open("/province");
    let sorts = "[...document.querySelectorAll('thead a')].map(a => a.getAttribute('href'))";
    let sorts = tab.value(sorts);
    let sorts = sorts.as_array().unwrap();
    assert!(!sorts.is_empty(), "columns sort by links");
    for sort in sorts {
        tab.open(sort.as_str().unwrap());
        let sorted = "document.querySelectorAll('th[aria-sort]:not([aria-sort=none])').length";
        assert_eq!(tab.value(sorted), json!(1), "{sort}");
        let rows = tab.value("document.querySelectorAll('main tbody tr').length");
        assert_eq!(rows, json!(125), "{sort}");
    }
    let row = format!(
        "(r => r && [...r.querySelectorAll('td')].map(t => t.innerText))\
         ([...document.querySelectorAll('main tbody tr')].find(r => r.innerHTML.includes('{WARD}')))"
    );
    let cells = tab.value(&row);
    assert!(
        cells.as_array().unwrap().iter().any(|cell| cell == "3"),
        "{cells}"
    );
    tab.open(&format!("/units/{WARD}"));
    let pending = tab.value("document.querySelector('.nums a b').innerText");
    assert_eq!(pending, "3", "the same number below");
}
