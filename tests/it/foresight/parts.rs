//! The month of a dossier with parts of other units. The dossier counts in the month of its own due
//! time, at the deciding unit.

use app::foresight::KeptModel;
use app::ports::WriteForecasts;
use domain::role::Role;
use serde_json::{Value, json};

use super::{finish, read};
use crate::backend::Backend;
use crate::calling::{Json, fresh_id};
use crate::world::{OTHER_WARD, PROVINCE, THREE_DAYS, WARD, World};

/// A chairman's numbers of a unit and month; without a unit, those of the province.
async fn asked(world: &World, unit: &str, month: &str, method: &str, numbers: [&str; 2]) -> Value {
    let body = json!({ "unit": unit, "month": month });
    let token = match unit {
        "" => world.token(Role::Province, PROVINCE).await,
        unit => world.token(Role::Chairman, unit).await,
    };
    let told = Json::over(world).call(&token, method, &body).await.good();
    numbers.iter().map(|name| told[*name].clone()).collect()
}

async fn open(world: &World, unit: &str, month: &str) -> Value {
    asked(world, unit, month, "GetOutlook", ["open", "overdue"]).await
}

async fn judged(world: &World, unit: &str, month: &str) -> Value {
    asked(world, unit, month, "GetFlagRecord", ["settled", "late"]).await
}

on_both!(a_dossier_counts_in_its_own_month_and_for_the_unit_that_decides_it);

async fn a_dossier_counts_in_its_own_month_and_for_the_unit_that_decides_it(on: Backend) {
    let world = World::on(on, "2026-08-27 10:00").await;
    // Before the first model, nothing is judged.
    let first = KeptModel {
        province: super::province(),
        number: 1,
        matter: domain::procedure::Kind::Procedure,
        begins: world.engine.now() - chrono::TimeDelta::days(30),
        until: world.engine.now(),
        made: world.engine.now(),
        figures: "{}".into(),
        hash: "0".repeat(64),
        bytes: None,
    };
    world.store.keep_model(&first).await.unwrap();
    let json = Json::over(&world);
    let token = world.token(Role::Officer, WARD).await;
    let view = world.receive(WARD, THREE_DAYS).await;
    let name = format!("dossiers/{}", view.dossier.id);
    let told = json
        .call(&token, "GetDossier", &json!({ "name": name }))
        .await;
    let mut told = told.good();
    assert_eq!(told["effective_due_time"], "2026-09-04T10:00:00Z");
    // A leg of the deciding unit, a leg of another unit, and a consultation: all due on 28 August.
    for (method, mut body) in [
        (
            "OpenLeg",
            json!({ "unit": WARD, "task": "chủ trì", "limit": "1wd", "lead": true }),
        ),
        (
            "OpenLeg",
            json!({ "unit": OTHER_WARD, "task": "cấp thẻ", "limit": "1wd" }),
        ),
        (
            "OpenConsultation",
            json!({ "unit": OTHER_WARD, "question": "có không", "limit": "1wd" }),
        ),
    ] {
        body["name"] = told["name"].clone();
        body["etag"] = told["etag"].clone();
        body["request_id"] = json!(fresh_id());
        told = json.call(&token, method, &body).await.good();
    }
    assert_eq!(told["legs"][0]["due_time"], "2026-08-28T10:00:00Z");

    for whose in [WARD, ""] {
        assert_eq!(open(&world, whose, "2026-08").await, json!([0, 0]));
        assert_eq!(open(&world, whose, "2026-09").await, json!([1, 0]));
    }
    for month in ["2026-08", "2026-09"] {
        assert_eq!(
            open(&world, OTHER_WARD, month).await,
            json!([0, 0]),
            "{month}"
        );
    }

    // Open and late, then ended: the dossier is judged once, in the month of its own due time.
    world.set("2026-09-15 09:00");
    assert_eq!(open(&world, WARD, "2026-09").await, json!([1, 1]));
    for ended in [false, true] {
        if ended {
            let there = world.token(Role::Officer, OTHER_WARD).await;
            for (token, number) in [(&token, 1), (&there, 2)] {
                let body = json!({ "name": told["name"], "etag": told["etag"], "number": number,
                                   "request_id": fresh_id() });
                told = json.call(token, "CloseLeg", &body).await.good();
            }
            let now = read(&world, &view).await;
            finish(&world, now, 0).await;
        }
        for (whose, month, count) in [
            (WARD, "2026-08", 0),
            (WARD, "2026-09", 1),
            ("", "2026-08", 0),
            ("", "2026-09", 1),
            (OTHER_WARD, "2026-08", 0),
            (OTHER_WARD, "2026-09", 0),
        ] {
            let told = judged(&world, whose, month).await;
            assert_eq!(told, json!([count, count]), "{whose} {month} {ended}");
        }
    }
}
