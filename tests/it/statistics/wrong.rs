//! What no report can answer is refused by the field that is wrong; where nothing is, no rate is told.

use domain::role::Role;
use serde_json::{Value, json};

use super::Office;
use crate::backend::Backend;
use crate::merger::TAN_QUANG;
use crate::world::{PROVINCE, THREE_DAYS, WARD};

on_both!(every_report_refuses_what_it_cannot_answer_and_tells_no_rate_of_nothing);

/// Each report, and what it is asked for beside unit and period.
fn reports() -> Vec<(&'static str, Value)> {
    vec![
        ("GetRates", json!({})),
        ("GetIi06a", json!({})),
        ("GetI766", json!({})),
        ("GetPerformance", json!({})),
        ("GetSeries", json!({ "grain": "GRAIN_MONTH" })),
        ("ListReportDossiers", json!({ "number": "total" })),
    ]
}

fn asked(more: &Value, other: &Value) -> Value {
    let mut body = json!({ "unit": WARD, "from": "2026-08-01", "to": "2026-08-31" });
    for part in [more, other] {
        for (key, value) in part.as_object().unwrap() {
            body[key] = value.clone();
        }
    }
    body
}

/// Every rate that an answer tells.
fn rates(of: &Value, found: &mut Vec<f64>) {
    match of {
        Value::Object(map) => {
            for (key, value) in map {
                if key == "rate" || key == "points" {
                    found.extend(value.as_f64());
                }
                rates(value, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| rates(item, found)),
        _ => {}
    }
}

async fn every_report_refuses_what_it_cannot_answer_and_tells_no_rate_of_nothing(on: Backend) {
    let office = Office::on(on, "2026-08-03 10:00").await;
    office.world.receive(WARD, THREE_DAYS).await;
    office.world.set("2026-09-10 09:00");
    let token = office.world.token(Role::Province, PROVINCE).await;
    for (method, more) in reports() {
        let field = |other: Value, expected: &'static str| {
            let body = asked(&more, &other);
            let (json, token) = (&office.json, &token);
            async move {
                let answer = json.call(token, method, &body).await;
                let wrong = answer.wrong();
                assert_eq!(wrong[0].0, expected, "{method} {body}: {}", answer.json);
            }
        };
        field(json!({ "from": "" }), "from").await;
        field(json!({ "to": "" }), "to").await;
        field(json!({ "from": "2026-02-30" }), "from").await;
        field(json!({ "from": "2026-09-01" }), "to").await;
        field(json!({ "from": "2026-09-11", "to": "2026-09-30" }), "from").await;
        field(json!({ "as_of": "2026-09-10T02:00:01Z" }), "as_of").await;
        field(json!({ "unit": "phuong-nao-do" }), "unit").await;
        field(json!({ "unit": "H60.99999" }), "unit").await;

        let before = json!({ "from": "2020-01-01", "to": "2020-01-31" });
        for other in [before, json!({ "unit": TAN_QUANG })] {
            let body = asked(&more, &other);
            let told = office.json.call(&token, method, &body).await.good();
            let mut found = Vec::new();
            rates(&told, &mut found);
            found.retain(|rate| *rate != 0.0 || method != "GetI766");
            assert!(found.is_empty(), "{method} {body}: {told}");
        }
    }
    for method in ["GetIi06a", "GetI766"] {
        let body = asked(&json!({}), &json!({ "unit": TAN_QUANG }));
        let told = office.json.call(&token, method, &body).await.good();
        assert_eq!(told["total"]["successor"], WARD, "{method}: {told}");
    }
}
