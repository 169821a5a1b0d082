//! What the outlook advises, until when it helps, and what is due in the days ahead.

use domain::dossier::Command;
use domain::dossier::acts::Assign;
use domain::id::ActorId;
use domain::role::Role;
use serde_json::{Value, json};

use super::{act, somebody, step};
use crate::backend::Backend;
use crate::calling::Json;
use crate::world::{THREE_DAYS, WARD, World};

on_both!(the_outlook_says_what_to_do_and_until_when_and_counts_what_is_due_in_the_days_ahead);

async fn the_outlook_says_what_to_do_and_until_when_and_counts_what_is_due_in_the_days_ahead(
    on: Backend,
) {
    let world = World::on(on, "2026-08-03 09:00").await;
    let overdue = world.receive(WARD, THREE_DAYS).await;
    world.set("2026-08-10 09:00");
    let fresh = world.receive(WARD, THREE_DAYS).await;
    let fresh = step(&world, fresh, 0).await;
    let json = Json::over(&world);
    let token = world.token(Role::Chairman, WARD).await;
    let asked = async |more: Value| {
        let mut asked = json!({ "unit": WARD, "month": "2026-08" });
        let both = asked.as_object_mut().unwrap();
        both.extend(more.as_object().unwrap().clone());
        json.call(&token, "GetOutlook", &asked).await.good()
    };
    let outlook = asked(json!({})).await;

    // For the overdue one only an apology is left, and no moment is too late for it.
    let late = &outlook["overdue_first"][0];
    assert_eq!(late["dossier"], format!("dossiers/{}", overdue.dossier.id));
    assert_eq!(late["act"], "OUTLOOK_ACT_APOLOGISE");
    assert_eq!(late["act_by_time"], Value::Null);

    // Nobody has the other one yet. To assign it helps until some moment before it is due.
    let first = &outlook["act_first"][0];
    assert_eq!(first["dossier"], format!("dossiers/{}", fresh.dossier.id));
    assert_eq!(first["act"], "OUTLOOK_ACT_ASSIGN", "{first}");
    let by = first["act_by_time"].as_str().unwrap();
    let due = first["effective_due_time"].as_str().unwrap();
    assert!("2026-08-10T02:00:00Z" < by && by < due, "{first}");

    // Both are due within five working days, which is what is looked ahead unless asked otherwise.
    let counted = |outlook: &Value| {
        let levels = outlook["horizon_levels"].as_array().unwrap().clone();
        let counts = levels.iter().map(|level| level["count"].as_u64().unwrap());
        counts.sum::<u64>()
    };
    assert_eq!(counted(&outlook), 2, "{outlook}");
    let expected = |outlook: &Value| outlook["horizon_expected_late"].as_f64().unwrap();
    assert!(expected(&outlook) > 1.0 && expected(&outlook) < 2.0);
    assert_eq!(outlook, asked(json!({ "horizon_days": 5 })).await);
    let tomorrow = asked(json!({ "horizon_days": 1 })).await;
    assert_eq!(counted(&tomorrow), 1, "{tomorrow}");
    assert_eq!(expected(&tomorrow), 1.0, "the overdue one counts as late");
    let ends = |outlook: &Value| outlook["horizon_end_time"].as_str().unwrap().to_owned();
    assert!(ends(&tomorrow) < ends(&outlook), "{tomorrow}");
}

on_both!(who_has_it_is_reminded_in_time_and_at_the_last_step_signs_before_it_is_due);

async fn who_has_it_is_reminded_in_time_and_at_the_last_step_signs_before_it_is_due(on: Backend) {
    let world = World::on(on, "2026-08-10 09:00").await;
    let dossier = world.receive(WARD, THREE_DAYS).await;
    let appraised = step(&world, dossier, 0).await;
    world.set("2026-08-12 09:00");
    let json = Json::over(&world);
    let token = world.token(Role::Chairman, WARD).await;
    let advised = async || {
        let asked = json!({ "unit": WARD, "month": "2026-08" });
        let outlook = json.call(&token, "GetOutlook", &asked).await.good();
        outlook["act_first"][0].clone()
    };
    let assign = |to: &str| {
        Command::Assign(Assign {
            assignee: ActorId::parse(to).unwrap(),
        })
    };
    let unassigned = advised().await;
    assert_eq!(unassigned["act"], "OUTLOOK_ACT_ASSIGN", "{unassigned}");

    let leader = || somebody(Role::Leader, 0);
    let assigned = act(&world, &appraised, leader(), assign("nv-an")).await;
    let reminded = advised().await;
    assert_eq!(reminded["act"], "OUTLOOK_ACT_REMIND", "{reminded}");
    assert_eq!(
        reminded["act_by_time"], unassigned["act_by_time"],
        "what remains takes as long, whoever has it"
    );
    assert!(reminded["act_by_time"].as_str() > Some("2026-08-12T02:00:00Z"));
    assert!(reminded["act_by_time"].as_str() < reminded["effective_due_time"].as_str());

    let at_the_leader = step(&world, assigned, 0).await;
    act(&world, &at_the_leader, leader(), assign("ld-ha")).await;
    let to_sign = advised().await;
    assert_eq!(to_sign["act"], "OUTLOOK_ACT_SIGN", "{to_sign}");
    assert_eq!(to_sign["act_by_time"], to_sign["effective_due_time"]);

    // Once that is past, and nobody told the citizen another date, an apology is left.
    world.set("2026-08-14 09:00");
    let asked = json!({ "unit": WARD, "month": "2026-08" });
    let outlook = json.call(&token, "GetOutlook", &asked).await.good();
    let late = &outlook["overdue_first"][0];
    assert_eq!(late["act"], "OUTLOOK_ACT_APOLOGISE", "{late}");
}
