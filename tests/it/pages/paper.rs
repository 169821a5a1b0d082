//! Forms on paper: printed by a real Chromium, measured, and their codes read back by a scanner
//! program.

use std::path::Path;
use std::process::Command;

use domain::dossier::Extension;
use domain::dossier::private::Words;
use domain::role::Role;
use http::StatusCode;
use web::Settings;

use super::browser::{Browser, account, router};
use super::chromium::Glass;
use crate::world::{THREE_DAYS, WARD, World, ask_for_papers, moment};

#[tokio::test]
async fn a_receipt_fills_one_page_of_a5_and_both_codes_are_read_back() {
    let world = World::at("2026-08-03 07:30").await;
    account(
        &world,
        "trang.lt",
        "Lương Thu Trang",
        Role::Receptionist,
        WARD,
    )
    .await;
    let view = world.receive(WARD, THREE_DAYS).await;
    let code = view.dossier.code.clone().unwrap().to_string();
    let settings = Settings {
        address: Some("https://motcua.tuyenquang.example".to_owned()),
        ..Settings::default()
    };
    let router = router(&world, settings);
    let mut browser = Browser::at(&router);
    browser.sign_in("trang.lt").await;
    let path = format!("/dossiers/{}/print/slip", view.dossier.id);
    let page = browser.get(&path).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    assert!(page.says("GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ"));
    assert!(
        page.says("17 giờ 00 phút, ngày 06 tháng 8 năm 2026"),
        "{}",
        page.text()
    );
    assert!(page.says(&view.receipt.unwrap().pin));
    assert!(!page.says("In lại"));

    // The same page from a file, with the style sheet beside it, is what goes to the printer.
    let folder = tempfile::tempdir().unwrap();
    let sheet = page.html.split("href=\"/assets/").nth(1).unwrap();
    let sheet = format!("/assets/{}", sheet.split('"').next().unwrap());
    std::fs::write(
        folder.path().join("sheet.css"),
        browser.get(&sheet).await.html,
    )
    .unwrap();
    let html = page.html.replace(&sheet, "sheet.css");
    std::fs::write(folder.path().join("slip.html"), html).unwrap();
    let pdf = printed(folder.path(), "slip");

    let told = output(Command::new("pdfinfo").arg(&pdf));
    let line = |name: &str| {
        let mut lines = told.lines().filter_map(|line| line.strip_prefix(name));
        lines.next().unwrap_or_default().trim().to_owned()
    };
    assert_eq!(line("Pages:"), "1", "{told}");
    assert!(
        line("Page size:").starts_with("419.") || line("Page size:").starts_with("420"),
        "{told}"
    );
    let picture = folder.path().join("slip");
    output(
        Command::new("pdftoppm")
            .args(["-r", "203", "-gray", "-png", "-singlefile"])
            .arg(&pdf)
            .arg(&picture),
    );
    let read = output(
        Command::new("zbarimg")
            .args(["-q"])
            .arg(picture.with_extension("png")),
    );
    assert!(read.contains(&format!("CODE-128:{code}")), "{read}");
    let address = format!("QR-Code:https://motcua.tuyenquang.example/lookup?code={code}");
    assert!(read.contains(&address), "{read}");
    let again = browser.get(&path).await;
    assert!(again.says("In lại lần 2"), "{}", again.text());

    // A scan of the paper opens the dossier at once, without typing.
    let scanned = read.lines().find_map(|line| line.strip_prefix("QR-Code:"));
    let place = scanned
        .unwrap()
        .strip_prefix("https://motcua.tuyenquang.example");
    let shown = Browser::at(&router).get(place.unwrap()).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(shown.says("17:00"), "{}", shown.text());
}

/// Prints an HTML file of a folder with Chromium.
pub fn printed(folder: &Path, name: &str) -> std::path::PathBuf {
    let pdf = folder.join(format!("{name}.pdf"));
    let page = folder.join(format!("{name}.html"));
    output(
        Command::new("chromium")
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-pdf-header-footer",
            ])
            .arg(format!(
                "--user-data-dir={}",
                folder.join("profile").display()
            ))
            .arg(format!("--print-to-pdf={}", pdf.display()))
            .arg(format!("file://{}", page.display())),
    );
    pdf
}

fn output(command: &mut Command) -> String {
    let done = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(
        done.status.success(),
        "{command:?}: {said}{}",
        String::from_utf8_lossy(&done.stderr)
    );
    said
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_request_for_papers_and_the_apology_fill_one_page_of_a5_each() {
    let world = World::at("2026-08-03 07:30").await;
    account(&world, "thinh.hd", "Hoàng Đức Thịnh", Role::Chairman, WARD).await;
    let asked = world.receive(WARD, THREE_DAYS).await;
    let asked = world.advance(&asked, Role::Receptionist).await;
    let asked = world
        .act(&asked, Role::Officer, ask_for_papers())
        .await
        .unwrap();
    let late = world.receive(WARD, THREE_DAYS).await;
    let late = world.advance(&late, Role::Receptionist).await;
    let apology = Extension::Apology {
        reason: Words::new("Phải xác minh tại nơi cư trú trước đây"),
        due: moment("2026-08-12 17:00"),
    };
    let late = world
        .act(&late, Role::Leader, apology.into())
        .await
        .unwrap();
    let router = router(&world, Settings::default());
    let mut browser = Browser::at(&router);
    browser.sign_in("thinh.hd").await;
    let path =
        |view: &app::view::View, form: &str| format!("/dossiers/{}/print/{form}", view.dossier.id);
    let own = browser.get(&format!("/dossiers/{}", late.dossier.id)).await;
    assert!(own.says("In văn bản xin lỗi") && !own.says("In phiếu yêu cầu bổ sung"));
    let page = browser.get(&path(&late, "apology")).await;
    assert!(
        page.says("17 giờ 00 phút, ngày 06 tháng 8 năm 2026"),
        "{}",
        page.text()
    );
    assert!(
        page.says("17 giờ 00 phút, ngày 12 tháng 8 năm 2026"),
        "{}",
        page.text()
    );
    assert!(page.says("Phải xác minh tại nơi cư trú trước đây"));
    let page = browser.get(&path(&late, "supplement")).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND, "nothing was asked for");

    let secret = browser.session().unwrap().to_owned();
    let glass = Glass::before(&router, [("thinh.hd".to_owned(), secret)].into()).await;
    let folder = tempfile::tempdir().unwrap();
    for (view, form) in [(&asked, "supplement"), (&late, "apology")] {
        let pdf = folder.path().join(format!("{form}.pdf"));
        glass.print(&format!("/as/thinh.hd{}", path(view, form)), &pdf);
        let told = output(Command::new("pdfinfo").arg(&pdf));
        let pages = told.lines().find(|line| line.starts_with("Pages:"));
        assert!(
            pages.is_some_and(|line| line.ends_with(" 1")),
            "{form}: {told}"
        );
        let size = told.lines().find(|line| line.starts_with("Page size:"));
        assert!(
            size.is_some_and(|line| line.contains(" 419.") || line.contains(" 420")),
            "{told}"
        );
    }
}
