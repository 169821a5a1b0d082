//! Level, chance, expected ends and reasons of a forecast come from one distribution, so they never contradict.

use chrono::{DateTime, TimeDelta, Utc};
use domain::role::Role;
use serde_json::{Value, json};

use super::{fit, live, step};
use crate::backend::Backend;
use crate::calling::Json;
use crate::world::{THREE_DAYS, WARD, World};

fn time(value: &Value) -> Option<DateTime<Utc>> {
    value.as_str().map(|text| text.parse().unwrap())
}

/// Asserts that a row does not contradict itself; the chance it told.
fn agrees(row: &Value) -> f64 {
    let forecast = &row["forecast"];
    let chance = forecast["late_probability"].as_f64().unwrap_or_default();
    let level = forecast["level"].as_str().unwrap();
    let due = time(&row["effective_due_time"]).unwrap();
    let ends = ["earliest_end_time", "middle_end_time", "latest_end_time"];
    let [earliest, middle, latest] = ends.map(|end| time(&forecast[end]));
    if !level.ends_with("OVERDUE") {
        let (earliest, middle, latest) = (earliest.unwrap(), middle.unwrap(), latest.unwrap());
        assert!(earliest <= middle && middle <= latest, "{forecast:#}");
        assert_eq!(
            middle > due,
            chance >= 0.5,
            "the middle end and the chance: {row:#}"
        );
        assert_eq!(earliest > due, chance >= 0.9, "nine in ten: {row:#}");
        assert_eq!(latest > due, chance >= 0.1, "one in ten: {row:#}");
    }
    for reason in forecast["reasons"].as_array().unwrap() {
        let code = reason["code"].as_str().unwrap();
        if code.ends_with("CANNOT_FIT") {
            let late = ["WILL_BE_LATE", "OVERDUE"];
            assert!(
                late.iter().any(|wanted| level.ends_with(wanted)),
                "{forecast:#}"
            );
        }
    }
    chance
}

on_both!(level_chance_ends_and_reasons_of_a_row_never_contradict_each_other);

async fn level_chance_ends_and_reasons_of_a_row_never_contradict_each_other(on: Backend) {
    let world = World::on(on, "2026-06-01 08:00").await;
    live(&world, 0).await;
    world.set("2026-08-03 09:00");
    let json = Json::over(&world);
    let token = world.token(Role::Chairman, WARD).await;
    let (mut low, mut high) = (1.0_f64, 0.0_f64);
    for fitted in [false, true] {
        if fitted {
            fit(&world).await;
        }
        // One that nobody touches, one that was begun, and one of a procedure without history.
        world.receive(WARD, THREE_DAYS).await;
        let begun = world.receive(WARD, THREE_DAYS).await;
        step(&world, begun, 0).await;
        world.receive(WARD, "1.013225").await;
        for _ in 0..60 {
            world.pass(TimeDelta::minutes(97));
            let list = json.call(&token, "ListWorklist", &json!({})).await.good();
            for row in list["dossiers"].as_array().unwrap() {
                let chance = agrees(row);
                low = low.min(chance);
                high = high.max(chance);
            }
        }
    }
    assert!(
        low < 0.3 && high > 0.9,
        "all kinds were seen: {low} to {high}"
    );
}
