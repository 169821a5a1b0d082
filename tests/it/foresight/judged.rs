//! Flags are judged from the moment of the first model on.

use chrono::TimeDelta;
use domain::role::Role;
use serde_json::json;

use super::{fit, live};
use crate::backend::Backend;
use crate::calling::Json;
use crate::world::{THREE_DAYS, WARD, World};

on_both!(what_was_late_before_the_first_model_is_no_missed_warning);

async fn what_was_late_before_the_first_model_is_no_missed_warning(on: Backend) {
    let world = World::on(on, "2026-06-01 08:00").await;
    // One dossier in four of June and July ended late, and nobody could have been warned.
    live(&world, 0).await;
    world.set("2026-08-03 09:00");
    let json = Json::over(&world);
    let token = world.token(Role::Chairman, WARD).await;
    let late = json!({ "unit": WARD, "from": "2026-06-01", "to": "2026-07-31" });
    let late = json.call(&token, "GetIi06a", &late).await.good();
    assert!(
        late["total"]["row"]["late"].as_u64().unwrap() >= 5,
        "{late}"
    );
    let of = |month: &str| json!({ "unit": WARD, "month": month });
    let before = json
        .call(&token, "GetFlagRecord", &of("2026-07"))
        .await
        .good();
    assert!(
        before
            .get("judged_from_time")
            .is_none_or(serde_json::Value::is_null),
        "{before}"
    );
    assert_eq!(
        (&before["flagged"], &before["missed"]),
        (&json!(0), &json!(0)),
        "{before}"
    );

    fit(&world).await;
    // A record of a month that is over is kept for a quarter of an hour.
    world.pass(TimeDelta::minutes(16));
    for month in ["2026-06", "2026-07"] {
        let record = json.call(&token, "GetFlagRecord", &of(month)).await.good();
        assert_eq!(
            record["judged_from_time"], "2026-08-03T02:00:00Z",
            "{record}"
        );
        assert_eq!(
            (&record["late"], &record["missed"]),
            (&json!(0), &json!(0)),
            "{record}"
        );
    }
    // From then on a dossier that is late without a flag is a missed warning.
    world.receive(WARD, THREE_DAYS).await;
    world.set("2026-08-10 09:00");
    let august = json
        .call(&token, "GetFlagRecord", &of("2026-08"))
        .await
        .good();
    assert_eq!(
        (&august["late"], &august["missed"]),
        (&json!(1), &json!(1)),
        "{august}"
    );
}
