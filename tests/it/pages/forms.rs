//! Every legal form of a dossier on paper: from its own data, on one page, counted, without a change.

use std::path::Path;
use std::process::Command as Program;

use app::view::View;
use domain::dossier::acts::{Refuse, Stop, Withdraw};
use domain::dossier::private::Words;
use domain::dossier::{Channel, Command, Extension};
use domain::role::Role;
use http::StatusCode;
use serde_json::{Value, json};
use web::Settings;

use super::browser::{Browser, account, router};
use super::chromium::Glass;
use crate::backend::Backend;
use crate::calling::{Json, fresh_id};
use crate::world::{OTHER_WARD, PROVINCE, THREE_DAYS, WARD, World, ask_for_papers, moment, unit};

/// A dossier for each form that tells an event: the form's name in addresses, and what it says.
async fn one_of_each(world: &World) -> Vec<(View, &'static str, &'static [&'static str])> {
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

    let refused = world.submit(WARD, THREE_DAYS, "G22.99-260803-000001").await;
    let refuse = Command::Refuse(Refuse {
        reason: Words::new("Hồ sơ thuộc thẩm quyền của nơi thường trú."),
        competent: Some(unit(OTHER_WARD)),
    });
    let refused = world
        .act(&refused, Role::Receptionist, refuse)
        .await
        .unwrap();

    let stopped = world.receive(WARD, THREE_DAYS).await;
    let stopped = world.advance(&stopped, Role::Receptionist).await;
    let stop = Command::Stop(Stop {
        reason: Words::new("Tờ khai không đúng sự thật"),
        legal_basis: Words::new("Luật Hộ tịch, Điều 12"),
    });
    let stopped = world.act(&stopped, Role::Chairman, stop).await.unwrap();

    let withdrawn = world.receive(WARD, THREE_DAYS).await;
    let withdraw = Command::Withdraw(Withdraw {
        reason: Words::new("Không còn nhu cầu"),
    });
    let withdrawn = world
        .act(&withdrawn, Role::Receptionist, withdraw)
        .await
        .unwrap();

    let returned = world.receive(WARD, THREE_DAYS).await;
    let returned = world.finish(returned).await;

    vec![
        (
            asked,
            "supplement",
            &["Mẫu số 02", "PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ"],
        ),
        (
            late,
            "apology",
            &[
                "PHIẾU XIN LỖI VÀ HẸN LẠI NGÀY TRẢ KẾT QUẢ",
                "17 giờ 00 phút, ngày 12 tháng 8 năm 2026",
            ],
        ),
        (
            refused,
            "refusal",
            &[
                "Mẫu số 03",
                "PHIẾU TỪ CHỐI TIẾP NHẬN GIẢI QUYẾT HỒ SƠ",
                "không tiếp nhận, giải quyết",
                "nơi thường trú",
                "Cơ quan có thẩm quyền giải quyết: Ủy ban nhân dân phường",
            ],
        ),
        (
            stopped,
            "refusal",
            &[
                "không giải quyết hồ sơ này",
                "Căn cứ: Luật Hộ tịch, Điều 12",
            ],
        ),
        (
            withdrawn.clone(),
            "stop",
            &[
                "Mẫu số 05",
                "THÔNG BÁO DỪNG GIẢI QUYẾT HỒ SƠ",
                "ông, bà đề nghị dừng",
                "chưa ban hành quyết định, kết quả",
                "Không còn nhu cầu",
            ],
        ),
        (
            returned.clone(),
            "control",
            &[
                "Mẫu số 06",
                "PHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ",
                "1. Giao: người nộp hồ sơ",
                "trước hạn",
            ],
        ),
        (
            returned,
            "result",
            &["PHIẾU BÀN GIAO KẾT QUẢ", "Hình thức trả: tại quầy"],
        ),
        (
            withdrawn,
            "slip",
            &["Mẫu số 01", "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ"],
        ),
    ]
}

fn path(view: &View, form: &str) -> String {
    format!("/dossiers/{}/print/{form}", view.dossier.id)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_form_of_a_dossier_is_one_page_of_a5_counted_and_changes_nothing() {
    let world = World::at("2026-08-03 07:30").await;
    account(&world, "thinh.hd", "Hoàng Đức Thịnh", Role::Chairman, WARD).await;
    let forms = one_of_each(&world).await;
    let router = router(&world, Settings::default());
    let mut browser = Browser::at(&router);
    browser.sign_in("thinh.hd").await;
    let secret = browser.session().unwrap().to_owned();
    let glass = Glass::before(&router, [("thinh.hd".to_owned(), secret)].into()).await;
    let folder = drawn_into();
    let json = Json::over(&world);
    let token = world.token(Role::Chairman, WARD).await;
    for (at, (view, form, says)) in forms.iter().enumerate() {
        let own = browser.get(&format!("/dossiers/{}", view.dossier.id)).await;
        let link = format!("href=\"{}\"", path(view, form));
        assert!(
            own.html.contains(&link),
            "{form}: a button on the dossier's page"
        );
        let page = browser.get(&path(view, form)).await;
        assert_eq!(page.status, StatusCode::OK, "{form}: {}", page.text());
        for text in *says {
            assert!(page.says(text), "{form} says {text}: {}", page.text());
        }
        assert!(!page.says("In lại"), "{form}");
        let again = browser.get(&path(view, form)).await;
        assert!(again.says("In lại lần 2"), "{form}: {}", again.text());
        let vendor = format!("{form}-{at}-by-the-wire");
        let printed = by_the_wire(&json, &token, view, form).await;
        assert_eq!(
            printed["print_number"], 3,
            "{form}: one count for pages and wire"
        );
        let html = printed["html"].as_str().unwrap();
        let same = article(&again.html).replace("In lại lần 2", "In lại lần 3");
        assert_eq!(article(html), same, "{form}: the same on paper");
        std::fs::write(folder.path().join(format!("{vendor}.html")), html).unwrap();
        let pdf = super::paper::printed(folder.path(), &vendor);
        assert_eq!(sheet(&pdf, A5), (1, true), "{form} by the wire");
        let pdf = folder.path().join(format!("{form}-{at}.pdf"));
        glass.print(&format!("/as/thinh.hd{}", path(view, form)), &pdf);
        assert_eq!(sheet(&pdf, A5), (1, true), "{form}");

        let now = browser.get(&format!("/dossiers/{}", view.dossier.id)).await;
        assert_eq!(now.text(), own.text(), "{form}: printing changes nothing");
    }
    for (view, form) in [
        (&forms[0].0, "stop"),
        (&forms[0].0, "refusal"),
        (&forms[2].0, "control"),
    ] {
        let page = browser.get(&path(view, form)).await;
        assert_eq!(
            page.status,
            StatusCode::NOT_FOUND,
            "{form} tells nothing that happened"
        );
    }
}

/// The form as it stands on a page.
fn article(html: &str) -> &str {
    let begins = html.find("<article").expect("a form is an article");
    let ends = html.find("</article>").unwrap();
    &html[begins..ends]
}

/// A form as other software prints it.
async fn by_the_wire(json: &Json, token: &str, view: &View, form: &str) -> Value {
    let kind = match form {
        "slip" => "RECEIPT".to_owned(),
        other => other.to_uppercase(),
    };
    let wanted = json!({
        "name": format!("dossiers/{}", view.dossier.id), "request_id": fresh_id(),
        "kind": format!("FORM_KIND_{kind}"), "site": "http://localhost",
    });
    let printed = json.call(token, "PrintForm", &wanted).await.good();
    let again = json.call(token, "PrintForm", &wanted).await.good();
    assert_eq!(printed, again, "the same request is the same print");
    let mut other = wanted;
    other["kind"] = json!(if form == "slip" {
        "FORM_KIND_CONTROL"
    } else {
        "FORM_KIND_RECEIPT"
    });
    let refused = json.call(token, "PrintForm", &other).await;
    assert_ne!(refused.http, 200, "{form}: an id is of one print");
    printed
}

on_every_database!(a_form_that_tells_nothing_is_not_found_and_a_stranger_prints_none);

async fn a_form_that_tells_nothing_is_not_found_and_a_stranger_prints_none(on: Backend) {
    let world = World::on(on, "2026-08-03 07:30").await;
    let json = Json::over(&world);
    let view = world.receive(WARD, THREE_DAYS).await;
    let wanted = |kind: &str| {
        json!({
            "name": format!("dossiers/{}", view.dossier.id), "request_id": fresh_id(), "kind": kind,
        })
    };
    let officer = world.token(Role::Officer, WARD).await;
    let apology = wanted("FORM_KIND_APOLOGY");
    let nothing = json.call(&officer, "PrintForm", &apology).await;
    assert_eq!(nothing.refused().2, "NOT_FOUND");
    let control = wanted("FORM_KIND_CONTROL");
    let slip = json.call(&officer, "PrintForm", &control).await.good();
    assert_eq!(slip["page_size"], "A5");
    assert!(
        slip["html"]
            .as_str()
            .unwrap()
            .starts_with("<!doctype html>")
    );
    for (role, at) in [
        (Role::Officer, OTHER_WARD),
        (Role::Province, PROVINCE),
        (Role::Auditor, PROVINCE),
    ] {
        let token = world.token(role, at).await;
        let refused = json
            .call(&token, "PrintForm", &wanted("FORM_KIND_CONTROL"))
            .await;
        assert_ne!(refused.http, 200, "{role}");
    }
    for site in [
        "javascript:alert(1)",
        "motcua.example",
        "https://",
        "https://a.example/motcua",
    ] {
        let mut wrong = wanted("FORM_KIND_CONTROL");
        wrong["site"] = json!(site);
        let refused = json.call(&officer, "PrintForm", &wrong).await;
        assert_eq!(refused.wrong()[0].0, "site", "{site}");
    }
    let submitted = world.submit(WARD, THREE_DAYS, "G22.99-260803-000009").await;
    let desk = world.token(Role::Receptionist, WARD).await;
    let mut early = wanted("FORM_KIND_RECEIPT");
    early["name"] = json!(submitted.dossier.id.to_string());
    let refused = json.call(&desk, "PrintForm", &early).await;
    assert_eq!(refused.refused().2, "NOT_RECEIVED");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_register_and_the_hand_over_list_of_a_desk_are_a4_and_have_its_dossiers() {
    let world = World::at("2026-08-03 07:30").await;
    account(
        &world,
        "trang.lt",
        "Lương Thu Trang",
        Role::Receptionist,
        WARD,
    )
    .await;
    let first = world.receive(WARD, THREE_DAYS).await;
    let second = world.receive(WARD, "1.013225").await;
    let elsewhere = world.receive(OTHER_WARD, THREE_DAYS).await;
    let router = router(&world, Settings::default());
    let mut browser = Browser::at(&router);
    browser.sign_in("trang.lt").await;
    let secret = browser.session().unwrap().to_owned();
    let glass = Glass::before(&router, [("trang.lt".to_owned(), secret)].into()).await;
    let folder = drawn_into();
    for (list, number, title) in [
        ("register", "Mẫu số 07", "SỔ THEO DÕI HỒ SƠ"),
        ("hand-over", "", "GIẤY BÀN GIAO HỒ SƠ"),
    ] {
        let path = format!("/units/{WARD}/{list}");
        let page = browser.get(&path).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text());
        assert!(page.says(number) && page.says(title), "{}", page.text());
        assert!(page.says(&first.dossier.label()) && page.says(&second.dossier.label()));
        assert!(!page.says(&elsewhere.dossier.label()), "{list}");
        assert!(page.says("2 hồ sơ"), "{}", page.text());
        let pdf = folder.path().join(format!("{list}.pdf"));
        glass.print(&format!("/as/trang.lt{path}"), &pdf);
        assert_eq!(sheet(&pdf, A4_ACROSS), (1, true), "{list}");
    }
    let before = format!("/units/{WARD}/register?from=2026-08-01&to=2026-08-02");
    let page = browser.get(&before).await;
    assert!(page.says("Không tiếp nhận hồ sơ nào"), "{}", page.text());
}

on_both!(other_software_prints_the_lists_of_a_desk_as_the_pages_do);

async fn other_software_prints_the_lists_of_a_desk_as_the_pages_do(on: Backend) {
    let world = World::on(on, "2026-08-03 07:30").await;
    let clerk = Role::Receptionist;
    account(&world, "trang.lt", "Lương Thu Trang", clerk, WARD).await;
    let (json, token) = (Json::over(&world), world.token(clerk, WARD).await);
    let waiting = world.receive(WARD, THREE_DAYS).await;
    let posted = world.receive(WARD, THREE_DAYS).await;
    let posted = world.finish_by(posted, Channel::Post).await;
    world.set("2026-08-04 09:00");
    let later = world.receive(WARD, "1.013225").await;
    let router = router(&world, Settings::default());
    let mut browser = Browser::at(&router);
    browser.sign_in("trang.lt").await;

    let two_days = json!({
        "unit": WARD, "kind": "LIST_KIND_REGISTER", "day": "2026-08-03", "last_day": "2026-08-04",
    });
    let register = json.call(&token, "PrintList", &two_days).await.good();
    let path = format!("/units/{WARD}/register?from=2026-08-03&to=2026-08-04");
    let page = browser.get(&path).await;
    let html = register["html"].as_str().unwrap();
    assert_eq!(article(html), article(&page.html), "the same on paper");
    assert_eq!(
        (&register["dossiers"], &register["number"]),
        (&json!(3), &json!("07"))
    );
    for view in [&waiting, &posted, &later] {
        assert!(html.contains(&view.dossier.label()), "{html}");
    }
    assert_eq!(
        html.matches("qua bưu chính").count(),
        1,
        "the register says how the result went: {html}"
    );
    let one_day = json!({ "unit": WARD, "kind": "LIST_KIND_REGISTER", "day": "2026-08-03" });
    let register = json.call(&token, "PrintList", &one_day).await.good();
    assert_eq!(register["dossiers"], 2);
    assert!(
        !register["html"]
            .as_str()
            .unwrap()
            .contains(&later.dossier.label())
    );

    let hand_over = json!({ "unit": WARD, "kind": "LIST_KIND_HAND_OVER" });
    let list = json.call(&token, "PrintList", &hand_over).await.good();
    let page = browser.get(&format!("/units/{WARD}/hand-over")).await;
    assert_eq!(article(list["html"].as_str().unwrap()), article(&page.html));
    assert_eq!(
        (&list["dossiers"], &list["page_size"]),
        (&json!(2), &json!("A4 landscape"))
    );

    for (role, at, reason) in [
        (Role::Receptionist, OTHER_WARD, "UNIT_DENIED"),
        (Role::Province, PROVINCE, "ROLE_DENIED"),
        (Role::Auditor, PROVINCE, "ROLE_DENIED"),
    ] {
        let token = world.token(role, at).await;
        for list in [&one_day, &hand_over] {
            let refused = json.call(&token, "PrintList", list).await;
            assert_eq!(refused.refused().2, reason, "{role}");
        }
    }
    let dated = json!({ "unit": WARD, "kind": "LIST_KIND_HAND_OVER", "day": "2026-08-04" });
    let refused = json.call(&token, "PrintList", &dated).await;
    assert_eq!(refused.wrong()[0].0, "day", "what waits now has no day");
    let before = json!({ "unit": WARD, "kind": "LIST_KIND_REGISTER", "day": "2010-08-03" });
    let refused = json.call(&token, "PrintList", &before).await;
    assert_eq!(
        refused.refused().2,
        "NOT_FOUND",
        "no regulation had a form then"
    );
}

#[tokio::test]
async fn days_of_a_register_that_cannot_be_are_refused_beside_the_fields_with_what_was_typed() {
    let world = World::at("2026-08-03 07:30").await;
    let clerk = Role::Receptionist;
    account(&world, "trang.lt", "Lương Thu Trang", clerk, WARD).await;
    let mut browser = Browser::at(&router(&world, Settings::default()));
    browser.sign_in("trang.lt").await;
    for (from, to) in [
        ("2026-08-03", "2026-08-02"),
        ("2024-08-03", "2026-08-03"),
        ("hom nay", "2026-08-03"),
        ("2026-08-01", "+262142-12-31"),
    ] {
        let sent = |day: &str| day.replace('+', "%2B").replace(' ', "+");
        let query = format!("from={}&to={}", sent(from), sent(to));
        let page = browser
            .get(&format!("/units/{WARD}/register?{query}"))
            .await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{from} {to}");
        assert!(page.says("Chưa lập được sổ"), "{}", page.text());
        assert_eq!(
            (page.field("from").as_str(), page.field("to").as_str()),
            (from, to)
        );
        assert!(!page.html.contains("<article"), "nothing is printed");
    }
    let page = browser.get(&format!("/units/{WARD}/register")).await;
    assert_eq!(page.field("from"), "2026-08-03");
    let people = browser
        .get(&format!("/units/{WARD}/register?from=1/8/2026&to=3/8/2026"))
        .await;
    assert_eq!(people.field("from"), "2026-08-01", "as people write it");
}

/// The folder of the prints: one of its own, or the one of `MOTCUA_PRINTS` for who wants to look.
fn drawn_into() -> Prints {
    match std::env::var_os("MOTCUA_PRINTS") {
        Some(folder) => Prints::Kept(folder.into()),
        None => Prints::Gone(tempfile::tempdir().unwrap()),
    }
}

enum Prints {
    Kept(std::path::PathBuf),
    Gone(tempfile::TempDir),
}

impl Prints {
    fn path(&self) -> &Path {
        match self {
            Prints::Kept(folder) => folder,
            Prints::Gone(folder) => folder.path(),
        }
    }
}

/// The number of pages, and the sides of the first to the next point: Chromium's own grid is that coarse.
fn sheet(pdf: &Path, sides: [f64; 2]) -> (u32, bool) {
    let done = Program::new("pdfinfo").arg(pdf).output().unwrap();
    let told = String::from_utf8(done.stdout).unwrap();
    let line = |name: &str| {
        let mut lines = told.lines().filter_map(|line| line.strip_prefix(name));
        lines.next().unwrap_or_default().trim().to_owned()
    };
    let size = line("Page size:");
    let numbers = size.split(" pts").next().unwrap_or_default();
    let found: Vec<f64> = numbers
        .split(" x ")
        .map(|number| number.parse().unwrap())
        .collect();
    let fits = found
        .iter()
        .zip(sides)
        .all(|(found, side)| (found - side).abs() < 1.0);
    (line("Pages:").parse().unwrap(), fits)
}

const A5: [f64; 2] = [419.53, 595.28];
const A4_ACROSS: [f64; 2] = [841.89, 595.28];
