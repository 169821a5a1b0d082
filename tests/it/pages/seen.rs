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
    NumberedIds, PROVINCE, StandingClock, THREE_DAYS, WARD, World, ask_for_papers, catalogue,
    moment,
};

/// A ward with dossiers of each kind, and the pages that show them.
struct Ward {
    router: Router,
    sessions: HashMap<String, String>,
    pages: Vec<String>,
    _world: World,
}

async fn a_ward() -> Ward {
    let world = World::at("2026-08-03 10:00").await;
    let people = [
        ("thinh.hd", "Hoàng Đức Thịnh", Role::Chairman, WARD),
        ("trang.lt", "Lương Thu Trang", Role::Receptionist, WARD),
        ("tinh.sn", "Sở Nội vụ", Role::Province, PROVINCE),
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
    let router = router(&world, Settings::default());
    let mut sessions = HashMap::new();
    for (name, ..) in people {
        let mut browser = Browser::at(&router);
        browser.sign_in(name).await;
        sessions.insert(name.to_owned(), browser.session().unwrap().to_owned());
    }
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
        _world: world,
    }
}

/// The same address in English.
fn in_english(page: &str) -> String {
    let mark = if page.contains('?') { '&' } else { '?' };
    format!("{page}{mark}lang=en")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn axe_finds_nothing_on_any_page_in_either_language_and_width_or_by_night() {
    let ward = a_ward().await;
    let mut by_day = Vec::new();
    for page in &ward.pages {
        let look = |width, searched| Look { width, searched };
        by_day.push((page.clone(), look(1366, true)));
        by_day.push((page.clone(), look(360, true)));
        by_day.push((page.clone(), look(320, false)));
        by_day.push((in_english(page), look(1366, true)));
        by_day.push((in_english(page), look(320, false)));
    }
    let wrong = Glass::look(&ward.router, &ward.sessions, &by_day, false).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let by_night: Vec<_> = by_day.into_iter().step_by(5).collect();
    let wrong = Glass::look(&ward.router, &ward.sessions, &by_night, true).await;
    assert!(wrong.is_empty(), "by night: {}", wrong.join("\n"));
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
    let settings = Settings {
        demo: trials.collect(),
        ..Settings::default()
    };
    let store = store as Arc<dyn AccountStore>;
    let router = router_over(&engine, &store, settings);
    let mut sessions = HashMap::new();
    let mut first = String::new();
    for role in ["chairman", "receptionist", "province"] {
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
            (1366, 1500),
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
        ("signin", "/signin".to_owned(), desk, false),
        ("lookup-360", "/lookup".to_owned(), phone, false),
    ];
    for (name, path, size, dark) in pictures {
        glass.picture(&path, size, dark, &screens.join(format!("{name}.png")));
    }
}
