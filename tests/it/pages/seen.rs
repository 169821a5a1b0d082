//! Every page in a real Chromium: axe-core objects to nothing, and nothing scrolls sideways. Also
//! draws the pictures for the documents.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use app::ports::AccountStore;
use app::{Engine, Parts};
use axum::Router;
use domain::role::Role;
use store::{Options, SeaStore};
use web::{DemoRole, Settings};

use super::browser::{Browser, account, router, router_over};
use super::chromium::{Glass, Look};
use crate::world::{
    NumberedIds, OTHER_WARD, PROVINCE, StandingClock, THREE_DAYS, WARD, World, ask_for_papers,
    catalogue, moment, unit, who,
};

/// A ward with dossiers of each kind, and the pages that show them.
struct Ward {
    router: Router,
    sessions: HashMap<String, String>,
    pages: Vec<String>,
    /// Those that came with setting up, the catalogue and the map.
    office: Vec<String>,
    /// Those of a desk, of paper and of reports.
    desk: Vec<String>,
    /// What comes when a form is sent empty or wrong: the page and the form.
    refused: Vec<(String, &'static str)>,
    /// The same at the desk and at the doors.
    refused_at_the_desk: Vec<(String, &'static str)>,
    _world: World,
}

async fn a_ward() -> Ward {
    let world = World::at("2026-08-03 10:00").await;
    let people = [
        ("thinh.hd", "Hoàng Đức Thịnh", Role::Chairman, WARD),
        ("trang.lt", "Lương Thu Trang", Role::Receptionist, WARD),
        ("tinh.sn", "Sở Nội vụ", Role::Province, PROVINCE),
        ("quan.tri", "Quản trị hệ thống", Role::Admin, PROVINCE),
        ("hai.dv", "Hai Đơn Vị", Role::Chairman, WARD),
    ];
    for (name, full_name, role, at) in people {
        account(&world, name, full_name, role, at).await;
    }
    let late = world.receive(WARD, THREE_DAYS).await;
    let pin = late.receipt.clone().unwrap().pin;
    let late = world.advance(&late, Role::Receptionist).await;
    let waiting = world.receive(WARD, THREE_DAYS).await;
    let waiting = world.advance(&waiting, Role::Receptionist).await;
    let waiting = world
        .act(&waiting, Role::Officer, ask_for_papers())
        .await
        .unwrap();
    let submitted = world.submit(WARD, THREE_DAYS, "G22.99-260803-000001").await;
    world.set("2026-08-10 09:00");
    let done = world.receive(WARD, THREE_DAYS).await;
    let done = world.finish(done).await;
    crate::access::ways::is_parked(&world, done.dossier.id).await;
    let terms = app::administration::UserTerms {
        full_name: "Hai Đơn Vị".to_owned(),
        position: String::new(),
        roles: vec![Role::Chairman],
        units: vec![unit(WARD), unit(OTHER_WARD)],
    };
    let (admin, identity) = (who(Role::Admin, PROVINCE), world.identity());
    let two = domain::id::ActorId::parse("hai.dv").unwrap();
    let changed = world.engine.update_user(&admin, &identity, &two, terms);
    changed.await.unwrap();
    let router = router(&world, super::import::settings(&world));
    let mut sessions = HashMap::new();
    for (name, ..) in people {
        let mut browser = Browser::at(&router);
        browser.sign_in(name).await;
        sessions.insert(name.to_owned(), browser.session().unwrap().to_owned());
    }
    let upload = prepared(&world, &router).await;
    let code = late.dossier.label();
    let chairman = |path: &str| format!("/as/thinh.hd{path}");
    let own = |view: &app::view::View| format!("/dossiers/{}", view.dossier.id);
    let mut pages = vec![
        "/signin".to_owned(),
        "/lookup".to_owned(),
        format!("/lookup?code={code}"),
        format!("/lookup?code={code}&pin={pin}"),
        "/lookup?code=H60.02215-260803-9999".to_owned(),
        "/nowhere".to_owned(),
        chairman(&format!("/units/{WARD}")),
        chairman(&format!("/units/{WARD}/list")),
        chairman(&format!("/units/{WARD}/list?only=overdue&channel=post")),
        chairman(&format!("/units/{WARD}/done")),
        chairman("/search?q=khong+co"),
        chairman("/province"),
        format!("/as/trang.lt/desk/{WARD}"),
        "/as/tinh.sn/province".to_owned(),
        "/as/tinh.sn/province?q=khong+co".to_owned(),
        chairman(&own(&submitted)),
        chairman(&own(&waiting)),
        chairman(&own(&done)),
        chairman(&own(&late)),
        chairman(&format!("{}/print/slip", own(&late))),
    ];
    let admin = |path: &str| format!("/as/quan.tri{path}");
    let tried = "/calendar/try?off=2026-08-12&make_up=2026-08-15";
    let office = vec![
        chairman("/password"),
        chairman("/procedures"),
        chairman("/procedures?q=khong+co"),
        chairman("/procedures/1.004873"),
        chairman("/procedures/1.013225"),
        chairman("/procedures/1.004194"),
        chairman("/calendar"),
        chairman("/calendar?year=2027"),
        "/as/tinh.sn/province/map".to_owned(),
        format!("/as/tinh.sn{tried}"),
        "/as/tinh.sn/calendar/try?off=2026-08-15".to_owned(),
        admin("/setup"),
        admin("/setup/people"),
        admin("/setup/people/thinh.hd"),
        admin("/setup/units"),
        admin("/setup/units?q=khong+co"),
        admin("/import"),
        admin(&upload),
        admin("/import/0123"),
        admin("/documents"),
        admin("/documents/1"),
        admin("/documents/new?path=calendar/hours.csv"),
        admin("/documents/99"),
        admin("/portal"),
        "/as/tinh.sn/portal".to_owned(),
        chairman("/procedures/9.999999"),
        chairman("/setup"),
        "/as/hai.dv/unit".to_owned(),
        format!("/as/hai.dv/units/{WARD}"),
    ];
    let clerk = |path: &str| format!("/as/trang.lt{path}");
    let days = "from=2026-07-15&to=2026-08-14";
    let desk = vec![
        clerk(&format!("/desk/{WARD}?procedure={THREE_DAYS}")),
        clerk(&format!("/desk/{WARD}?find=khong+co")),
        clerk(&format!("/desk/{WARD}/done/{}", done.dossier.id)),
        clerk(&format!("/units/{WARD}/register")),
        clerk(&format!(
            "/units/{WARD}/register?from=2026-08-02&to=2026-08-01"
        )),
        clerk(&format!("/units/{WARD}/hand-over")),
        clerk(&format!("{}/print/control", own(&late))),
        clerk(&format!("{}/print/supplement", own(&waiting))),
        clerk(&format!("{}/print/result", own(&done))),
        chairman("/search?q=nguyen"),
        chairman(&format!("/units/{WARD}/report/ii06a?{days}")),
        chairman(&format!("/units/{WARD}/report/i766?{days}")),
        chairman(&format!(
            "/units/{WARD}/report/ii06a/dossiers?number=total&{days}"
        )),
        chairman(&format!(
            "/units/{WARD}/report/ii06a/dossiers?number=late&from=2024-07-15&to=2024-08-14"
        )),
        chairman(&format!("/units/{WARD}/report/06z?{days}")),
        admin("/webhooks"),
        format!("/lookup?code={}", done.dossier.label()),
        format!("/lookup?code={}", waiting.dossier.label()),
    ];
    let mut refused_at_the_desk = vec![
        (
            clerk(&format!("/desk/{WARD}?procedure={THREE_DAYS}")),
            "button[name=accept]",
        ),
        ("/signin".to_owned(), "form[action='/signin']"),
        ("/signin".to_owned(), "form[action='/signin/token']"),
    ];
    for (view, act) in [
        (&late, "ExtendDossier"),
        (&late, "RequestSupplement"),
        (&late, "TransferDossier"),
        (&late, "StopDossier"),
        (&late, "WithdrawDossier"),
        (&late, "OpenConsultation"),
        (&late, "RequestPayment"),
        (&late, "HandOverDossier"),
        (&late, "RemindDossier"),
        (&submitted, "RefuseDossier"),
    ] {
        refused_at_the_desk.push((
            chairman(&format!("{}/{act}", own(view))),
            "main form[method=post]",
        ));
    }
    let refused = vec![
        (admin("/setup/people"), "form[action='/setup/people']"),
        (
            admin("/setup/units"),
            "form[method=post][action='/setup/units']",
        ),
        (admin("/import"), "form[action='/import']"),
        (
            admin("/documents/new?path=calendar/hours.csv"),
            "main form[method=post]",
        ),
        (
            format!("/as/tinh.sn{tried}"),
            "form[action='/calendar/propose']",
        ),
        (chairman("/password"), "form[action='/password']"),
        (admin("/setup/people/thinh.hd"), "form[action$='/units']"),
    ];
    for act in [
        "ExtendDossier",
        "AssignDossier",
        "RequestSupplement",
        "TransferDossier",
    ] {
        pages.push(chairman(&format!("{}/{act}", own(&late))));
    }
    Ward {
        router,
        sessions,
        pages,
        office,
        desk,
        refused,
        refused_at_the_desk,
        _world: world,
    }
}

/// Leaves a proposal and an upload with a wrong row, and returns the address of the upload.
async fn prepared(world: &World, router: &Router) -> String {
    let days = app::publication::new_days::NewDays {
        off: None,
        make_up: "2026-08-15".parse().ok(),
        name: String::new(),
        source: "12/TB-BNV".to_owned(),
    };
    let caller = crate::world::who(Role::Province, PROVINCE);
    let proposed = world.engine.propose_days(&caller, &days, "theo thông báo");
    proposed.await.unwrap();
    let mut browser = Browser::at(router);
    browser.sign_in("quan.tri").await;
    let csrf = browser.get("/import").await.field("csrf");
    let list = "code,unit,procedure,channel,received,due,resolved,returned\n\
        H60.02215-260701-0001,02215,1.004873,online,2026-07-01 09:10,2026-07-06 17:00,,\n\
        H60.02215-260701-0003,Phường Lạ,1.004873,desk,2026-07-01 10:05,2026-07-06 17:00,,\n";
    let parts = [
        ("csrf", "", csrf.as_bytes()),
        ("map", "", b"dossiers.toml".as_slice()),
        ("file", "danh-sach.csv", list.as_bytes()),
    ];
    let sent = browser.upload("/import", &parts).await;
    let path = sent.location().to_owned();
    super::import::settled(&mut browser, &path).await;
    path
}

/// The same address in English.
fn in_english(page: &str) -> String {
    let mark = if page.contains('?') { '&' } else { '?' };
    format!("{page}{mark}lang=en")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn axe_finds_nothing_on_any_page_in_either_language_and_width_or_by_night() {
    let ward = a_ward().await;
    searched(&ward, &ward.pages).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn axe_finds_nothing_on_the_pages_of_the_office_in_either_language_and_width_or_by_night() {
    let ward = a_ward().await;
    searched(&ward, &ward.office).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn axe_finds_nothing_on_the_pages_of_a_desk_on_paper_and_on_reports() {
    let ward = a_ward().await;
    searched(&ward, &ward.desk).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn axe_finds_nothing_on_the_pages_of_the_office_that_refuse_a_form() {
    let ward = a_ward().await;
    refusing(&ward, &ward.refused).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn axe_finds_nothing_on_the_pages_of_a_desk_that_refuse_a_form() {
    let ward = a_ward().await;
    refusing(&ward, &ward.refused_at_the_desk).await;
}

async fn refusing(ward: &Ward, refused: &[(String, &'static str)]) {
    for dark in [false, true] {
        let mut looks = Vec::new();
        for (page, form) in refused {
            for (page, width) in [
                (page.clone(), 1366),
                (page.clone(), 360),
                (in_english(page), 360),
            ] {
                let sent = Some(*form);
                looks.push((
                    page,
                    Look {
                        width,
                        searched: true,
                        sent,
                    },
                ));
            }
        }
        let wrong = Glass::look(&ward.router, &ward.sessions, &looks, dark).await;
        assert!(wrong.is_empty(), "dark {dark}: {}", wrong.join("\n"));
    }
}

async fn searched(ward: &Ward, pages: &[String]) {
    let (mut by_day, mut by_night) = (Vec::new(), Vec::new());
    for page in pages {
        let look = |width, searched| Look {
            width,
            searched,
            sent: None,
        };
        by_day.push((page.clone(), look(1366, true)));
        by_day.push((page.clone(), look(360, true)));
        by_day.push((page.clone(), look(320, false)));
        by_day.push((in_english(page), look(1366, true)));
        by_day.push((in_english(page), look(320, false)));
        by_night.push((page.clone(), look(1366, true)));
        by_night.push((in_english(page), look(360, true)));
    }
    let wrong = Glass::look(&ward.router, &ward.sessions, &by_day, false).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let wrong = Glass::look(&ward.router, &ward.sessions, &by_night, true).await;
    assert!(wrong.is_empty(), "by night: {}", wrong.join("\n"));
}

/// What a desk goes through when the server is away for a while, told step by step.
const AWAY: &str = r##"(async function () {
  const until = async (so) => {
    for (let tries = 0; tries < 600 && !so(); tries++) { await new Promise(requestAnimationFrame); }
  };
  const frame = document.body.appendChild(document.createElement("iframe"));
  frame.style.cssText = "border:0;width:1200px;height:900px";
  await new Promise((done) => { frame.onload = done; frame.src = "/as/trang.lt/desk/H60.02215"; });
  const inner = frame.contentWindow, page = frame.contentDocument;
  const note = page.querySelector("[data-offline]"), name = page.querySelector("#name");
  const told = [{ hidden: note.hidden }];
  const fetched = inner.fetch;
  inner.fetch = () => Promise.reject(new Error("nobody answers"));
  name.value = "Nông Thị Hương";
  page.querySelector("[name=accept]").click();
  await until(() => !note.hidden);
  told.push({ said: note.textContent, late: note.classList.contains("is-risk"), typed: name.value, here: inner.location.pathname });
  inner.fetch = fetched;
  note.querySelector("button").click();
  await until(() => note.classList.contains("is-ok"));
  told.push({ said: note.textContent, typed: name.value });
  await fetch("/told", { method: "POST", body: JSON.stringify(told) });
})();"##;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_connection_shows_and_heals_and_the_form_stays_as_it_was_typed() {
    let ward = a_ward().await;
    let told = Glass::act(&ward.router, &ward.sessions, AWAY).await;
    let said = |at: usize| told[at]["said"].as_str().unwrap();
    assert_eq!(told[0]["hidden"], true);
    assert!(
        said(1).contains("Mất kết nối với máy chủ từ "),
        "{}",
        told[1]
    );
    assert!(!said(1).contains("{time}") && told[1]["late"] == true);
    assert_eq!(told[1]["typed"], "Nông Thị Hương");
    assert_eq!(
        told[1]["here"], "/as/trang.lt/desk/H60.02215",
        "the page stays"
    );
    assert!(said(2).contains("Đã có kết nối lại lúc "), "{}", told[2]);
    assert_eq!(told[2]["typed"], "Nông Thị Hương");
}

/// Draws `docs/screens` again, from the demo on one morning:
/// `cargo test -p motcua-tests --test it -- --ignored pictures_of_the_pages`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "writes docs/screens, and builds a year of a province for it"]
async fn pictures_of_the_pages() {
    let now = moment("2026-11-27 07:30");
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("demo.db").display());
    let ids = NumberedIds::default();
    let secret = b"the demo's secret protects nobody";
    let demo = ::demo::build(&database, catalogue(), secret, now, &ids)
        .await
        .unwrap();
    let store = Arc::new(SeaStore::open(&database, Options::default()).await.unwrap());
    let engine = Engine::start(Parts {
        store: Arc::clone(&store) as Arc<dyn app::ports::Store>,
        catalogue: catalogue(),
        clock: Arc::new(StandingClock::at(now)),
        ids: Arc::new(ids),
        secret: secret.to_vec(),
        queue: 64,
    });
    engine.refresh_models().await.unwrap();
    let trials = demo.tokens.iter().map(|(role, _, token)| DemoRole {
        role: *role,
        token: token.clone(),
    });
    let archive = Arc::clone(&store) as Arc<dyn app::import::Archive>;
    let reader = Arc::new(server::import::Reader);
    let uploads = app::import::uploads::Uploads::new(Arc::clone(&engine), archive, reader);
    let settings = Settings {
        demo: trials.collect(),
        uploads: Some(uploads),
        ..Settings::default()
    };
    let store = store as Arc<dyn AccountStore>;
    let router = router_over(&engine, &store, settings);
    let mut sessions = HashMap::new();
    let mut first = String::new();
    for role in ["chairman", "receptionist", "province", "admin"] {
        let mut browser = Browser::at(&router);
        browser.post("/signin/demo", &[("role", role)]).await;
        if role == "chairman" {
            let list = browser
                .get(&format!("/units/{WARD}/list?level=at_risk"))
                .await;
            let path = list.html.split("href=\"/dossiers/").nth(1).unwrap();
            first = format!("/dossiers/{}", path.split('"').next().unwrap());
        }
        sessions.insert(role.to_owned(), browser.session().unwrap().to_owned());
    }
    let glass = Glass::before(&router, sessions).await;
    let screens = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/screens");
    std::fs::create_dir_all(&screens).unwrap();
    let (desk, phone) = ((1366, 768), (360, 800));
    let unit = format!("/as/chairman/units/{WARD}");
    let pictures = [
        ("chairman", unit.clone(), desk, false),
        ("chairman-whole", unit.clone(), (1366, 3000), false),
        ("chairman-dark", unit.clone(), desk, true),
        ("chairman-360", unit.clone(), phone, false),
        (
            "list",
            format!("{unit}/list?only=waiting_for_citizen"),
            desk,
            false,
        ),
        (
            "empty",
            format!("{unit}/list?level=will_be_late&channel=post"),
            desk,
            false,
        ),
        (
            "dossier",
            format!("/as/chairman{first}"),
            (1366, 2150),
            false,
        ),
        (
            "extend",
            format!("/as/chairman{first}/ExtendDossier"),
            desk,
            false,
        ),
        ("desk", format!("/as/receptionist/desk/{WARD}"), desk, false),
        ("province", "/as/province/province".to_owned(), desk, false),
        (
            "map",
            "/as/province/province/map".to_owned(),
            (1366, 900),
            false,
        ),
        (
            "procedures",
            "/as/province/procedures".to_owned(),
            desk,
            false,
        ),
        (
            "procedure",
            "/as/province/procedures/1.013225".to_owned(),
            (1366, 1500),
            false,
        ),
        (
            "calendar",
            "/as/province/calendar".to_owned(),
            (1366, 1500),
            false,
        ),
        (
            "calendar-try",
            "/as/province/calendar/try?off=2026-12-24&make_up=2026-12-26".to_owned(),
            (1366, 1100),
            false,
        ),
        ("setup", "/as/admin/setup".to_owned(), desk, false),
        (
            "people",
            "/as/admin/setup/people".to_owned(),
            (1366, 900),
            false,
        ),
        ("import", "/as/admin/import".to_owned(), desk, false),
        ("setup-360", "/as/admin/setup".to_owned(), phone, false),
        (
            "procedure-360",
            "/as/province/procedures/1.004873".to_owned(),
            (360, 1600),
            false,
        ),
        (
            "calendar-dark",
            "/as/province/calendar".to_owned(),
            desk,
            true,
        ),
        ("signin", "/signin".to_owned(), desk, false),
        ("lookup-360", "/lookup".to_owned(), phone, false),
    ];
    for (name, path, size, dark) in pictures {
        glass.picture(&path, size, dark, &screens.join(format!("{name}.png")));
    }
}
