//! The wire and the command report the same numbers as the engine.

use domain::role::Role;
use serde_json::{Value, json};

use super::{Office, a_month, province, query};
use crate::backend::Backend;
use crate::world::{PROVINCE, WARD, who};

/// Removes 0, false, empty and null from both sides, because the wire may leave them out.
fn bare(value: &Value) -> Value {
    match value {
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| (key.clone(), bare(value)))
            .filter(|(_, value)| !value.is_null())
            .collect(),
        Value::Array(items) => items.iter().map(bare).collect(),
        Value::Number(number) => number.as_f64().map_or(Value::Null, |number| json!(number)),
        other => other.clone(),
    }
}

fn same(wire: &Value, engine: &Value) {
    let (wire, engine) = (bare(wire), bare(engine));
    let optional = ["successor", "average", "lower_bound"];
    let drop = |value: &Value| strip(value, &optional);
    assert_eq!(drop(&wire), drop(&engine));
}

/// Removes keys that only one side writes when they are empty.
fn strip(value: &Value, keys: &[&str]) -> Value {
    match value {
        Value::Object(map) => map
            .iter()
            .filter(|(key, value)| {
                let nothing =
                    **value == json!("") || **value == json!([]) || **value == json!(false);
                !(keys.contains(&key.as_str()) && nothing)
            })
            .map(|(key, value)| (key.clone(), strip(value, keys)))
            .collect(),
        Value::Array(items) => items.iter().map(|item| strip(item, keys)).collect(),
        other => other.clone(),
    }
}

on_both!(form_and_index_are_on_the_wire_what_the_engine_counts);

async fn form_and_index_are_on_the_wire_what_the_engine_counts(on: Backend) {
    let office = Office::on(on, "2026-08-03 10:00").await;
    a_month(&office).await;
    let caller = who(Role::Province, PROVINCE);
    for (from, to) in [("2026-08-01", "2026-08-31"), ("2026-09-01", "2026-09-30")] {
        let counted = office
            .world
            .engine
            .statistics(&caller, app::access::Method::GetIi06a, query(from, to))
            .await;
        let counted = counted.unwrap();
        same(
            &office.form(from, to).await,
            &serde_json::to_value(counted.ii06a()).unwrap(),
        );
        let asked = province(from, to);
        let index = office
            .asks(Role::Province, PROVINCE, "GetI766", &asked)
            .await;
        same(&index, &serde_json::to_value(counted.i766()).unwrap());
    }
    let form = office.form("2026-08-01", "2026-08-31").await;
    let total = &form["total"]["row"];
    assert_eq!(
        total["total"], 4,
        "what nobody has accepted is not received"
    );
    assert_eq!((&total["early"], &total["late"]), (&json!(1), &json!(1)));
    let one = json!({ "unit": WARD, "from": "2026-08-01", "to": "2026-08-31" });
    let one = office.asks(Role::Chairman, WARD, "GetIi06a", &one).await;
    let ward = form["units"].as_array().unwrap();
    let ward = ward.iter().find(|unit| unit["unit"] == WARD).unwrap();
    assert_eq!(
        &one["units"][0], ward,
        "a unit alone is what it is among all"
    );
    assert_eq!(one["total"]["row"], ward["row"]);
}

on_both!(the_same_moment_gives_the_same_report_for_ever);

async fn the_same_moment_gives_the_same_report_for_ever(on: Backend) {
    let office = Office::on(on, "2026-08-03 10:00").await;
    a_month(&office).await;
    let mut asked = province("2026-08-01", "2026-08-31");
    asked["as_of"] = json!("2026-09-10T02:00:00Z");
    let first = office
        .asks(Role::Province, PROVINCE, "GetIi06a", &asked)
        .await;
    // The pending dossier ends, and a reception inside the period is recorded late.
    office.world.set("2026-09-20 09:00");
    let late = office.world.receive(WARD, crate::world::THREE_DAYS).await;
    office.world.finish(late).await;
    let again = office
        .asks(Role::Province, PROVINCE, "GetIi06a", &asked)
        .await;
    assert_eq!(first, again);
    asked["as_of"] = json!("2026-08-04T02:00:00Z");
    let then = office
        .asks(Role::Province, PROVINCE, "GetIi06a", &asked)
        .await;
    assert_eq!(
        then["total"]["row"]["pending"], 4,
        "nothing had ended by then"
    );
}
