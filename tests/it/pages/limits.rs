//! Every field that people fill in has a limit, and words at the field say it.

use domain::role::Role;
use http::StatusCode;
use web::Settings;

use super::browser::{Browser, Shown, account, router};
use crate::world::{PROVINCE, THREE_DAYS, WARD, World};

/// The path of a form, its fields with their limits, and what else it needs.
type Form = (
    &'static str,
    &'static [(&'static str, usize)],
    &'static [(&'static str, &'static str)],
);

/// What stands at a field of a page that refused what was typed into it.
fn at_the_field(page: &Shown, field: &str) -> String {
    let mark = format!("id=\"{field}-e\"");
    let (_, rest) =
        (page.html.split_once(&mark)).unwrap_or_else(|| panic!("{field}: {}", page.text()));
    let (said, _) = rest.split_once("</p>").unwrap();
    said.rsplit('>').next().unwrap().trim().to_owned()
}

#[tokio::test]
async fn every_field_of_every_form_has_a_limit_of_its_own_and_says_it() {
    let world = World::at("2026-08-03 07:30").await;
    account(&world, "quan.tri", "Quản trị", Role::Admin, PROVINCE).await;
    account(
        &world,
        "trang.lt",
        "Lương Thu Trang",
        Role::Receptionist,
        WARD,
    )
    .await;
    let router = router(&world, Settings::default());
    let long = |letters: usize| "ư".repeat(letters);

    let mut visitor = Browser::at(&router);
    for (name, password, said) in [
        (long(61), "1234567890".to_owned(), true),
        ("trang.lt".to_owned(), long(201), true),
        ("trang.lt".to_owned(), long(200), false),
    ] {
        let fields = [("name", name.as_str()), ("password", password.as_str())];
        let page = visitor.post("/signin", &fields).await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED);
        let words = "Tên đăng nhập tối đa 60 ký tự, mật khẩu tối đa 200 ký tự.";
        assert_eq!(
            at_the_field(&page, "name") == words,
            said,
            "{}",
            page.text()
        );
        assert_eq!(page.field("name"), name, "what was typed stays");
    }
    let token = long(201);
    let page = visitor
        .post("/signin/token", &[("token", token.as_str())])
        .await;
    assert_eq!(
        at_the_field(&page, "token"),
        "Mã truy cập tối đa 200 ký tự."
    );

    let mut admin = Browser::at(&router);
    admin.sign_in("quan.tri").await;
    let forms: [Form; 5] = [
        (
            "/setup/people",
            &[("full_name", 200), ("name", 60), ("position", 200)],
            &[("role", "receptionist"), ("unit", WARD)],
        ),
        (
            "/setup/units",
            &[("name", 200)],
            &[("code", "H60.99"), ("statistics_code", "99999")],
        ),
        (
            "/password",
            &[("current", 200), ("new", 200), ("again", 200)],
            &[],
        ),
        (
            "/calendar/propose",
            &[("name", 200), ("source", 200), ("reason", 2_000)],
            &[("off", "2026-12-28"), ("kind", "holiday")],
        ),
        (
            "/documents/new",
            &[("path", 200), ("reason", 2_000)],
            &[("text", "x")],
        ),
    ];
    for (path, limits, others) in forms {
        let form = match path {
            "/calendar/propose" => "/calendar/try?off=2026-12-28&kind=holiday",
            _ => path,
        };
        let csrf = admin.get(form).await.field("csrf");
        for (field, most) in limits {
            let typed = long(most + 1);
            let mut fields = vec![("csrf", csrf.as_str()), (*field, typed.as_str())];
            fields.extend_from_slice(others);
            let page = admin.post(path, &fields).await;
            assert_eq!(
                page.status,
                StatusCode::UNPROCESSABLE_ENTITY,
                "{path} {field}"
            );
            let count = if *most == 2_000 {
                "2.000".to_owned()
            } else {
                most.to_string()
            };
            assert_eq!(
                at_the_field(&page, field),
                format!("Tối đa {count} ký tự"),
                "{path}"
            );
            assert!(
                page.html.contains(&format!("href=\"#{field}\"")),
                "{path} {field}"
            );
        }
    }

    let mut clerk = Browser::at(&router);
    clerk.sign_in("trang.lt").await;
    let page = clerk.get("/desk/H60.02215").await;
    let (csrf, request_id) = (page.field("csrf"), page.field("request_id"));
    for (field, most, said) in [
        ("find", 200, "Tối đa 200 ký tự"),
        ("incomplete", 2_000, "Tối đa 2.000 ký tự"),
        ("name", 200, "Họ và tên dài quá 200 ký tự"),
        ("address", 500, "Nơi cư trú dài quá 500 ký tự"),
    ] {
        let typed = long(most + 1);
        let fields = [
            ("csrf", csrf.as_str()),
            ("request_id", request_id.as_str()),
            (field, typed.as_str()),
            ("procedure", THREE_DAYS),
            ("name", "Nông Thị Hương"),
            ("accept", "1"),
        ];
        let page = clerk.post("/desk/H60.02215", &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
        if field == "incomplete" {
            // Its papers are drawn for the procedure that was chosen.
            assert!(page.says(said), "{}", page.text());
        } else {
            assert_eq!(at_the_field(&page, field), said);
        }
    }

    // What is searched for is cut, for the address may say anything.
    let searched = "q".repeat(5_000);
    for path in ["/setup/units", "/procedures"] {
        let page = admin.get(&format!("{path}?q={searched}")).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        let shown = |letters: usize| format!("value=\"{}\"", "q".repeat(letters));
        assert!(
            page.html.contains(&shown(200)) && !page.html.contains(&shown(5_000)),
            "{path}"
        );
    }
}
