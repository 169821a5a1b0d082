//! Trends, times, causes and targets over the wire.

use domain::role::Role;
use serde_json::{Value, json};

use super::{Office, a_month, province};
use crate::backend::Backend;
use crate::world::{PROVINCE, THREE_DAYS, WARD};

fn with(mut asked: Value, more: &Value) -> Value {
    for (key, value) in more.as_object().unwrap() {
        asked[key] = value.clone();
    }
    asked
}

on_both!(a_series_is_the_report_of_each_of_its_periods);

async fn a_series_is_the_report_of_each_of_its_periods(on: Backend) {
    let office = Office::on(on, "2026-08-03 10:00").await;
    a_month(&office).await;
    let grain = json!({ "grain": "GRAIN_OFFICIAL_MONTH" });
    let asked = with(province("2026-07-15", "2026-10-14"), &grain);
    let series = office
        .asks(Role::Province, PROVINCE, "GetSeries", &asked)
        .await;
    let periods = series["periods"].as_array().unwrap();
    assert_eq!(periods.len(), 2, "the third has not begun on 10 September");
    for period in periods {
        let (from, to) = (
            period["from"].as_str().unwrap(),
            period["to"].as_str().unwrap(),
        );
        let asked = province(from, to);
        let rates = office
            .asks(Role::Province, PROVINCE, "GetRates", &asked)
            .await;
        assert_eq!(
            (&period["units"], &period["total"]),
            (&rates["units"], &rates["total"])
        );
    }
    assert_eq!(periods[0]["from"], "2026-07-15");
    // By field, by procedure and by channel, the rows add up to the same.
    for row in [
        "SERIES_ROW_FIELD",
        "SERIES_ROW_PROCEDURE",
        "SERIES_ROW_CHANNEL",
    ] {
        let asked = with(asked.clone(), &json!({ "row": row }));
        let grouped = office
            .asks(Role::Province, PROVINCE, "GetSeries", &asked)
            .await;
        for (one, other) in grouped["periods"].as_array().unwrap().iter().zip(periods) {
            assert_eq!(one["total"], other["total"], "{row}");
        }
    }
    let days = json!({ "grain": "GRAIN_DAY" });
    let long = with(province("2024-01-01", "2026-08-31"), &days);
    let token = office.world.token(Role::Province, PROVINCE).await;
    let refused = office.json.call(&token, "GetSeries", &long).await;
    assert_eq!(refused.wrong()[0].0, "grain");
}

on_both!(a_late_dossier_says_who_had_it_when_it_became_late_and_a_target_what_it_bears);

async fn a_late_dossier_says_who_had_it_when_it_became_late_and_a_target_what_it_bears(
    on: Backend,
) {
    let office = Office::on(on, "2026-08-03 10:00").await;
    let world = &office.world;
    let early = world.receive(WARD, THREE_DAYS).await;
    let late = world.receive(WARD, THREE_DAYS).await;
    world.receive(WARD, THREE_DAYS).await;
    let elsewhere = world.receive(WARD, THREE_DAYS).await;
    let leg = domain::dossier::acts::OpenLeg {
        unit: crate::world::unit(crate::world::OTHER_WARD),
        lead: false,
        task: domain::dossier::private::Words::new("xác minh"),
        term: domain::dossier::Term::Within(domain::limit::Limit::WorkingDays(9)),
    };
    let leg = domain::dossier::Command::OpenLeg(leg);
    world.act(&elsewhere, Role::Leader, leg).await.unwrap();
    world.set("2026-08-05 09:00");
    world.finish(early).await;
    world.set("2026-08-10 09:00");
    world.finish(late).await;
    world.set("2026-08-11 09:00");
    let asked = json!({ "unit": WARD, "from": "2026-08-01", "to": "2026-08-31" });
    let told = office
        .asks(Role::Chairman, WARD, "GetPerformance", &asked)
        .await;
    let unit = &told["units"][0];
    assert_eq!(unit["resolved"], 2);
    assert_eq!(unit["median_working_days"], 3.5, "2 and 5 working days");
    assert_eq!(unit["mean_working_days"], 3.5);
    assert_eq!(unit["backlog"], 2);
    assert_eq!(unit["late"]["own_step"], 2, "one ended late, one lies");
    assert_eq!(unit["late"]["other_unit"], 1);
    let places = unit["bottlenecks"].as_array().unwrap();
    assert_eq!(
        (&places[0]["unit"], &places[0]["step"]),
        (&json!(WARD), &json!("desk"))
    );
    assert_eq!(places[0]["dossiers"], 2);
    let target = |id: &str| {
        let mut all = unit["targets"].as_array().unwrap().iter();
        all.find(|target| target["target"] == id).unwrap().clone()
    };
    let on_time = target("province-on-time");
    assert_eq!(on_time["met"], false, "one of two");
    assert_eq!(on_time["actual"]["den"], 2);
    assert!(on_time["to_spare"].is_null());
    assert_eq!(target("commune-officials-identified")["computable"], false);
    assert!(told["procedures"].as_u64().unwrap() > 40);
}
