//! How far other systems have been told of one dossier, over the wire and on its page.

use chrono::TimeDelta;
use domain::role::Role;
use portal::simulate::{Faults, Simulator};
use serde_json::json;

use super::ways::{Remote, Working};
use crate::backend::Backend;
use crate::calling::Json;
use crate::pages::browser::{Browser, account, router};
use crate::world::{OTHER_WARD, THREE_DAYS, WARD, World};

on_both!(when_an_event_happened_was_recorded_and_was_acknowledged_is_told_by_remote);

async fn when_an_event_happened_was_recorded_and_was_acknowledged_is_told_by_remote(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let simulator = Simulator::new(Faults::default(), 1);
    let remote = Remote::over(&simulator).await;
    let view = world.receive(WARD, THREE_DAYS).await;
    let code = view.dossier.label();
    let json = Json::over(&world);
    let desk = world.token(Role::Receptionist, WARD).await;
    let exchange = async |token: &str| {
        let asked = json!({ "name": code });
        json.call(token, "GetDossierExchange", &asked).await
    };
    let nothing = exchange(&desk).await.good();
    let remotes = nothing["remotes"].as_array();
    assert!(
        remotes.is_none_or(Vec::is_empty),
        "nobody is told: {nothing}"
    );

    // The portal hears of the reception after twelve minutes: two more than systems may take.
    world.pass(TimeDelta::minutes(12));
    let working = Working::begin(&world.engine, remote.settings(""), "one");
    remote.has_taken(&simulator, 1).await;
    remote.is_all_delivered(&world.store).await;
    working.stop().await;
    let told = exchange(&desk).await.good();
    let cong = &told["remotes"][0];
    assert_eq!(cong["remote"], "cong");
    assert_eq!(cong["acknowledged_event"], 1);
    assert_eq!(cong["state"], "STATE_RECEIVED");
    assert_eq!(cong["event_time"], "2026-08-03T03:00:00Z");
    assert_eq!(cong["record_time"], "2026-08-03T03:00:00Z");
    assert_eq!(cong["acknowledge_time"], "2026-08-03T03:12:00Z");
    assert_eq!(cong["first_acknowledge_time"], "2026-08-03T03:12:00Z");
    assert_eq!(
        (&cong["lag"], &cong["late"]),
        (&json!("720s"), &json!(true))
    );
    let waiting = cong["waiting_event"].as_u64();
    assert_eq!(waiting.unwrap_or(0), 0, "{cong}");

    // What is recorded while nobody tells the portal is not there, and the portal's own time is not moved.
    world.advance(&view, Role::Receptionist).await;
    world.pass(TimeDelta::minutes(1));
    let between = exchange(&desk).await.good();
    assert_eq!(between["remotes"][0]["acknowledged_event"], 1);

    // A portal that is away leaves the parcel waiting, and that can be seen.
    let address = remote.address.clone();
    let settings = remote.settings("");
    drop(remote);
    let away = Working::begin(&world.engine, settings, "two");
    let waits = crate::port::soon("the parcel", async {
        loop {
            let now = exchange(&desk).await.good();
            if now["remotes"][0]["reason"] == "NO_ANSWER" {
                break now;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    })
    .await;
    away.stop().await;
    let cong = &waits["remotes"][0];
    assert_eq!(cong["waiting_event"], 2, "{address} is gone: {cong}");
    assert_eq!(cong["waiting_since_time"], "2026-08-03T03:13:00Z");
    assert_eq!(cong["acknowledged_event"], 1, "nothing is invented");

    // A stranger sees nothing of it; the page says the same in words.
    let stranger = world.token(Role::Receptionist, OTHER_WARD).await;
    assert_eq!(exchange(&stranger).await.http, 404);
    let name = "Lương Thu Trang";
    account(&world, "trang.lt", name, Role::Receptionist, WARD).await;
    let router = router(&world, web::Settings::default());
    let mut browser = Browser::at(&router);
    browser.sign_in("trang.lt").await;
    let page = browser.get(&format!("/dossiers/{code}")).await;
    for words in ["cong", "10:12", "sau 12 phút", "chờ gửi từ 10:13", "Chậm"] {
        assert!(page.says(words), "{words}: {}", page.text());
    }
}
