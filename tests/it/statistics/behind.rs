//! Each number opens the dossiers that it counts.

use std::collections::BTreeSet;

use domain::indicator::Number;
use domain::role::Role;
use serde_json::json;

use super::{Office, a_month, number};
use crate::backend::Backend;
use crate::world::{OTHER_WARD, PROVINCE, WARD};

on_both!(each_number_of_the_form_and_beside_it_opens_as_many_dossiers);

async fn each_number_of_the_form_and_beside_it_opens_as_many_dossiers(on: Backend) {
    let office = Office::on(on, "2026-08-03 10:00").await;
    a_month(&office).await;
    let (from, to) = ("2026-08-01", "2026-08-31");
    let form = office.form(from, to).await;
    let mut met = BTreeSet::new();
    for name in Number::names().filter(|name| !name.contains('.')) {
        for unit in [WARD, OTHER_WARD] {
            let told = number(&form, unit, name);
            let rows = office.behind(unit, name, from, to).await;
            assert_eq!(rows.len() as u64, told, "{unit} {name}");
            if told > 0 {
                met.insert(name);
            }
        }
    }
    for name in [
        "total",
        "late",
        "pending",
        "passed_on",
        "came_in",
        "unanswered_late",
    ] {
        assert!(met.contains(name), "{name} opens nothing in this month");
    }
}

on_both!(a_field_and_the_whole_of_a_rate_open_their_own);

async fn a_field_and_the_whole_of_a_rate_open_their_own(on: Backend) {
    let office = Office::on(on, "2026-08-03 10:00").await;
    a_month(&office).await;
    let form = office.form("2026-08-01", "2026-08-31").await;
    let units = form["units"].as_array().unwrap();
    let ward = units.iter().find(|unit| unit["unit"] == WARD).unwrap();
    let asked = |more: serde_json::Value| {
        let mut asked = json!({ "unit": WARD, "from": "2026-08-01", "to": "2026-08-31" });
        for (key, value) in more.as_object().unwrap() {
            asked[key] = value.clone();
        }
        asked
    };
    for field in ward["fields"].as_array().unwrap() {
        let body = asked(json!({ "number": "total", "field": field["field"] }));
        let rows = office
            .asks(Role::Chairman, WARD, "ListReportDossiers", &body)
            .await;
        let rows = rows["dossiers"].as_array().unwrap().len();
        assert_eq!(json!(rows), field["row"]["total"], "{}", field["field"]);
    }
    let body = asked(json!({ "number": "e_result", "whole": true }));
    let rows = office
        .asks(Role::Chairman, WARD, "ListReportDossiers", &body)
        .await;
    let rows = rows["dossiers"].as_array().unwrap().len();
    assert_eq!(json!(rows), ward["memo"]["e_result"]["den"]);
    let body = asked(json!({ "number": "2.1" }));
    let rows = office
        .asks(Role::Chairman, WARD, "ListReportDossiers", &body)
        .await;
    let index = json!({ "unit": WARD, "from": "2026-08-01", "to": "2026-08-31" });
    let index = office
        .asks(Role::Province, PROVINCE, "GetI766", &index)
        .await;
    let items = index["total"]["items"].as_array().unwrap();
    let item = items.iter().find(|item| item["item"] == "2.1").unwrap();
    assert_eq!(
        json!(rows["dossiers"].as_array().unwrap().len()),
        item["num"]
    );
}
