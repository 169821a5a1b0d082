//! Dossiers imported into a database that is in use. Every view and every act treats them as
//! dossiers of our own.

use app::foresight::Sweep;
use domain::role::Role;
use domain::time;
use serde_json::json;

use super::command::motcua;
use super::hidden::Desk;
use crate::backend::Backend;
use crate::calling::{Json, fresh_id};
use crate::world::{PROVINCE, WARD, World, who};

on_every_database!(a_pending_dossier_of_an_import_is_worked_on_like_any_other);

async fn a_pending_dossier_of_an_import_is_worked_on_like_any_other(on: Backend) {
    let world = World::on(on, "2026-08-21 09:00").await;
    // The third of three dossiers is pending, overdue since 7 August.
    Desk::beside(&world).await.run(3).await;
    let wire = Json::over(&world);
    let chairman = world.token(Role::Chairman, WARD).await;
    let province = world.token(Role::Auditor, PROVINCE).await;
    let code = "H60.02215-260804-0003";

    let worklist = wire
        .call(&chairman, "ListWorklist", &json!({}))
        .await
        .good();
    let row = &worklist["dossiers"][0];
    assert_eq!(row["code"], code, "{worklist}");
    assert_eq!(row["forecast"]["level"], "FORECAST_LEVEL_OVERDUE", "{row}");
    let counts = wire.call(&chairman, "GetWorklistCounts", &json!({})).await;
    assert_eq!(counts.good()["overdue"], 1);
    let name = json!({ "name": format!("dossiers/{code}") });
    let read = wire.call(&chairman, "GetDossier", &name).await.good();
    assert_eq!(read["state"], "STATE_RECEIVED", "{read}");
    let found = json!({ "query": code });
    let found = wire.call(&chairman, "SearchDossiers", &found).await.good();
    assert_eq!(found["dossiers"][0]["code"], code, "{found}");
    let listed = wire.call(&chairman, "ListDossiers", &json!({})).await;
    assert_eq!(listed.good()["dossiers"].as_array().unwrap().len(), 3);
    let events = wire.call(&chairman, "ListDossierEvents", &name).await;
    assert_eq!(events.good()["events"].as_array().unwrap().len(), 1);
    let times = wire.call(&chairman, "GetDossierTimes", &name).await;
    times.good();
    let outlook = wire.call(&chairman, "GetOutlook", &json!({})).await.good();
    assert_eq!(outlook["open"], 1, "{outlook}");

    // The fit learns from them, and the sweep flags the pending one.
    let today = time::day_start(time::local_day(world.engine.now()));
    let whole = who(Role::Auditor, PROVINCE).province;
    let fitted = world.engine.fit_forecasts(&whole, today).await.unwrap();
    assert_eq!(fitted.len(), 1);
    world.engine.sweep(&mut Sweep::default()).await.unwrap();
    let flags = wire.call(&province, "ListFlags", &json!({})).await.good();
    assert_eq!(
        flags["flags"][0]["level"], "FORECAST_LEVEL_OVERDUE",
        "{flags}"
    );

    let rates = json!({ "unit": WARD, "from": "2026-08-01", "to": "2026-08-31" });
    wire.call(&chairman, "GetRates", &rates).await.good();
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let words = ["export", out.to_str().unwrap(), "--database", &world.url];
    motcua(&words).await.unwrap();

    // The next command works, and so does a job that needs the history.
    let clerk = world.token(Role::Receptionist, WARD).await;
    let read = wire.call(&clerk, "GetDossier", &name).await.good();
    let step = read["next_steps"][0]["id"].clone();
    let advance = json!({
        "name": read["name"], "etag": read["etag"], "request_id": fresh_id(), "step": step,
    });
    let advanced = wire.call(&clerk, "AdvanceDossier", &advance).await.good();
    assert_eq!(advanced["state"], "STATE_PROCESSING", "{advanced}");
    let worklist = wire.call(&chairman, "ListWorklist", &json!({})).await;
    assert_eq!(worklist.good()["dossiers"][0]["etag"], advanced["etag"]);
}
