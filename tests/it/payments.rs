//! A requested payment stays due until it is complete, however often a bank reports it. The citizen
//! sees the date that they were told last.

use domain::role::Role;
use serde_json::{Value, json};

use crate::access::ways::{Units, ready_for, reception};
use crate::backend::Backend;
use crate::calling::{Json, fresh_id};
use crate::world::{WARD, World};

fn on(dossier: &Value, mut more: Value) -> Value {
    more["name"] = dossier["name"].clone();
    more["etag"] = dossier["etag"].clone();
    more["request_id"] = json!(fresh_id());
    more
}

on_both!(a_part_of_a_payment_leaves_the_rest_due_and_one_reference_is_one_payment);

async fn a_part_of_a_payment_leaves_the_rest_due_and_one_reference_is_one_payment(on_db: Backend) {
    let world = World::on(on_db, "2026-08-03 09:00").await;
    let json = Json::over(&world);
    let desk = world.token(Role::Receptionist, WARD).await;
    let ready = ready_for(&world, "RequestPayment", Units::only(WARD)).await;
    let name = json!({ "name": ready.dossier.label() });
    let dossier = json.call(&desk, "GetDossier", &name).await.good();

    let asked = on(
        &dossier,
        json!({ "amount_vnd": 500_000, "reason": "lệ phí" }),
    );
    let asked = json.call(&desk, "RequestPayment", &asked).await.good();
    let one = json!({ "amount_vnd": 1, "reference": "FT26215/0001" });
    let part = on(&asked, one.clone());
    let part = json.call(&desk, "RecordPayment", &part).await.good();
    assert_eq!(part["state"], "STATE_PAYMENT_REQUESTED");
    assert_eq!(part["fee_state"], "FEE_STATE_DUE");
    assert_eq!(
        (&part["fee_paid_vnd"], &part["fee_open_vnd"]),
        (&json!("1"), &json!("499999"))
    );

    // The bank reports the same payment again, with a new request id.
    let again = on(&part, one);
    let again = json.call(&desk, "RecordPayment", &again).await.good();
    assert_eq!(again["etag"], part["etag"], "one payment");
    assert_eq!(again["fee_paid_vnd"], "1");
    let other = on(
        &part,
        json!({ "amount_vnd": 2, "reference": "FT26215/0001" }),
    );
    let other = json.call(&desk, "RecordPayment", &other).await;
    assert_eq!(
        other.refused(),
        (400, "FAILED_PRECONDITION", "PAYMENT_KNOWN")
    );

    let over = on(
        &part,
        json!({ "amount_vnd": 500_000, "reference": "FT26215/0002" }),
    );
    let over = json.call(&desk, "RecordPayment", &over).await;
    assert_eq!(
        over.refused(),
        (400, "FAILED_PRECONDITION", "PAYMENT_TOO_LARGE")
    );
    assert_eq!(over.variable("open_vnd"), Some("499999"));

    let rest = on(
        &part,
        json!({ "amount_vnd": 499_999, "reference": "FT26215/0002" }),
    );
    let paid = json.call(&desk, "RecordPayment", &rest).await.good();
    assert_eq!(paid["state"], "STATE_PROCESSING");
    assert_eq!(paid["fee_state"], "FEE_STATE_PAID");
    assert_eq!(
        (&paid["fee_paid_vnd"], &paid["fee_open_vnd"]),
        (&json!("500000"), &Value::Null)
    );
}

on_both!(a_late_apology_moves_the_date_that_the_citizen_is_shown_and_nothing_else);

async fn a_late_apology_moves_the_date_that_the_citizen_is_shown_and_nothing_else(on_db: Backend) {
    let world = World::on(on_db, "2026-08-03 09:00").await;
    let json = Json::over(&world);
    let desk = world.token(Role::Receptionist, WARD).await;
    let leader = world.token(Role::Leader, WARD).await;
    let received = json
        .call(&desk, "ReceiveDossier", &reception(WARD))
        .await
        .good();
    assert_eq!(received["effective_due_time"], "2026-08-06T10:00:00Z");
    assert_eq!(received["apology_file_by_time"], "2026-08-05T10:00:00Z");

    // On the due day an apology is too late to move the date. A Sunday becomes the Monday after it.
    world.set("2026-08-06 08:00");
    let apology = json!({ "reason": "chờ xác minh", "due_time": "2026-08-09T17:00:00+07:00" });
    let late = on(&received, json!({ "apology": apology }));
    let late = json.call(&leader, "ExtendDossier", &late).await.good();
    assert_eq!(late["effective_due_time"], received["effective_due_time"]);
    assert_eq!(late["promised_due_time"], "2026-08-10T10:00:00Z");
    assert_eq!(late["apology_file_by_time"], Value::Null);
    assert_eq!(late["extended"], false);

    let receipt = &received["receipt"]["pin"];
    let look = json!({ "code": received["code"], "pin": receipt });
    let seen = json.call(&desk, "LookupDossier", &look).await.good();
    assert_eq!(seen["details"]["promised_due_time"], "2026-08-10T10:00:00Z");
}
