//! Details of papers, from the desk to the database and back.

use domain::role::Role;
use serde_json::{Value, json};

use crate::access::ways::{fresh_code, reception};
use crate::backend::Backend;
use crate::calling::{Json, fresh_id};
use crate::world::{THREE_DAYS, WARD, World};

const HASH: &str = "a3f1c2d4e5b60718293a4b5c6d7e8f90a3f1c2d4e5b60718293a4b5c6d7e8f90";
const DIVORCE: &str = "giay-to-ly-hon-hoac-khai-tu";

/// The declaration, digitised at the desk.
fn declaration() -> Value {
    json!({
        "component": "to-khai", "copy": "PAPER_COPY_ORIGINAL", "count": 2, "digitised": true,
        "file": { "sha256": HASH.to_uppercase(), "size_bytes": "81234" },
    })
}

fn taken_from_the_store() -> Value {
    let reference = "000.00.00.G09-KQ002269";
    json!({
        "component": DIVORCE, "copy": "PAPER_COPY_ELECTRONIC",
        "reuse": { "source": "SOURCE_PERSONAL_STORE", "reference": reference },
    })
}

fn papers_requested() -> Value {
    json!({ "items": [{ "component": DIVORCE }], "reason": "chưa có giấy tờ ly hôn" })
}

async fn call(json: &Json, token: &str, method: &str, on: &Value, more: Value) -> Value {
    let mut body = more;
    for (field, known) in [("name", "name"), ("etag", "etag")] {
        body[field] = on[known].clone();
    }
    body["request_id"] = json!(fresh_id());
    json.call(token, method, &body).await.good()
}

on_every_database!(what_is_said_of_papers_is_kept_and_shown_until_the_end);

async fn what_is_said_of_papers_is_kept_and_shown_until_the_end(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let json = Json::over(&world);
    let token = world.token(Role::Chairman, WARD).await;
    let mut submission = reception(WARD);
    submission["procedure"] = json!(THREE_DAYS);
    submission["portal_code"] = json!(fresh_code());
    submission["components"] = json!([]);
    submission["papers"] = json!([{ "component": "to-khai", "copy": "PAPER_COPY_ELECTRONIC" }]);
    let submitted = json.call(&token, "SubmitDossier", &submission).await;
    let submitted = submitted.good();
    // A paper with details has come, so it needs no other mention.
    assert_eq!(submitted["components"], json!(["to-khai"]));
    assert_eq!(submitted["digitised_count"], 0);

    let brought = json!({ "papers": [declaration()] });
    let received = call(&json, &token, "ReceiveDossier", &submitted, brought).await;
    assert_eq!(received["papers"][1]["file"]["sha256"], HASH);
    assert_eq!(
        (&received["digitised_count"], &received["reused_count"]),
        (&json!(1), &json!(0))
    );
    let waiting = call(
        &json,
        &token,
        "RequestSupplement",
        &received,
        papers_requested(),
    )
    .await;
    let came = json!({ "papers": [taken_from_the_store()] });
    let came = call(&json, &token, "RecordSupplement", &waiting, came).await;
    assert_eq!(came["reused_count"], 1);

    let name = json!({ "name": came["name"] });
    let read = json.call(&token, "GetDossier", &name).await;
    let shown = json!([
        {
            "component": "to-khai", "copy": "PAPER_COPY_ELECTRONIC", "count": 1,
            "digitised": false, "file": null, "reuse": null,
        },
        {
            "component": "to-khai", "copy": "PAPER_COPY_ORIGINAL", "count": 2,
            "digitised": true, "file": { "sha256": HASH, "size_bytes": "81234" }, "reuse": null,
        },
        {
            "component": DIVORCE, "copy": "PAPER_COPY_ELECTRONIC", "count": 1, "digitised": false,
            "file": null,
            "reuse": {
                "source": "SOURCE_PERSONAL_STORE", "reference": "000.00.00.G09-KQ002269",
            },
        },
    ]);
    assert_eq!(read.good()["papers"], shown);
    let history = json.call(&token, "ListDossierEvents", &name).await.good();
    let told: Vec<&Value> = (history["events"].as_array().unwrap().iter())
        .filter_map(|event| event["details"].get("papers"))
        .collect();
    let digitised = format!("to-khai original 2 sha256:{HASH}");
    let reused = format!("{DIVORCE} electronic 1 personal_store");
    assert_eq!(
        told,
        ["to-khai electronic 1", digitised.as_str(), reused.as_str()]
    );
}

#[tokio::test]
async fn what_a_desk_wrote_down_without_a_line_says_as_much_of_its_papers() {
    let world = World::at("2026-08-03 10:00").await;
    let json = Json::over(&world);
    let token = world.token(Role::Receptionist, WARD).await;
    let block = json!({
        "unit": WARD, "day": "2026-08-03", "count": 1, "request_id": fresh_id(),
    });
    let block = json.call(&token, "ReserveNumbers", &block).await;
    let mut request = reception(WARD);
    request["number"] = block.good()["first"].clone();
    request["receive_time"] = json!("2026-08-03T09:00:00+07:00");
    request["papers"] = json!([declaration()]);
    request.as_object_mut().unwrap().remove("receiving_unit");
    let body = json!({ "unit": WARD, "day": "2026-08-03", "requests": [request] });
    let entered = json.call(&token, "ImportReceptions", &body).await.good();
    let dossier = &entered["outcomes"][0]["dossier"];
    assert_eq!(dossier["digitised_count"], 1, "{entered}");
    assert_eq!(dossier["papers"][0]["count"], 2);
}

on_both!(a_dossier_without_required_papers_is_refused_unless_the_desk_says_why);

async fn a_dossier_without_required_papers_is_refused_unless_the_desk_says_why(on: Backend) {
    let world = World::on(on, "2026-08-03 09:00").await;
    let json = Json::over(&world);
    let desk = world.token(Role::Receptionist, WARD).await;
    let mut body = reception(WARD);
    let required = body["components"].clone();
    body["components"] = json!([]);
    let refused = json.call(&desk, "ReceiveDossier", &body).await;
    let missing = (400, "FAILED_PRECONDITION", "COMPONENTS_MISSING");
    assert_eq!(refused.refused(), missing);
    let first = required[0].as_str().unwrap();
    assert!(refused.variable("components").unwrap().contains(first));

    body["request_id"] = json!(fresh_id());
    body["accept_incomplete"] = json!({ "reason": "hẹn nộp tờ khai trong ngày" });
    let taken = json.call(&desk, "ReceiveDossier", &body).await.good();
    assert_eq!(taken["accepted_incomplete"], true);
    assert_eq!(taken["missing_components"], required);
    assert_eq!(taken["components_unconfirmed"], true, "a template says so");

    let name = json!({ "name": taken["name"] });
    let told = json.call(&desk, "ListDossierEvents", &name).await.good();
    let begun = &told["events"][0];
    assert!(
        begun["details"]["missing_components"]
            .as_str()
            .unwrap()
            .contains(first)
    );
    assert_eq!(
        begun["texts"]["accept_incomplete"],
        "hẹn nộp tờ khai trong ngày"
    );

    let whole = json
        .call(&desk, "ReceiveDossier", &reception(WARD))
        .await
        .good();
    assert_eq!(whole["accepted_incomplete"], false);
    assert_eq!(whole["missing_components"], json!([]));
}

on_both!(papers_are_asked_for_once_more_by_one_and_permitted_by_another);

async fn papers_are_asked_for_once_more_by_one_and_permitted_by_another(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let json = Json::over(&world);
    let chairman = world.token(Role::Chairman, WARD).await;
    let leader = world.token(Role::Leader, WARD).await;
    let desk = world.token(Role::Receptionist, WARD).await;
    let mut dossier = json
        .call(&desk, "ReceiveDossier", &reception(WARD))
        .await
        .good();
    dossier = call(
        &json,
        &desk,
        "RequestSupplement",
        &dossier,
        papers_requested(),
    )
    .await;
    dossier = call(&json, &desk, "RecordSupplement", &dossier, json!({})).await;
    let acts = |dossier: &Value, act: &str| {
        let allowed = dossier["allowed_actions"].as_array().unwrap();
        allowed.contains(&json!(act))
    };
    assert!(!acts(&dossier, "RequestSupplement"));

    let why = json!({ "reason": "giấy xác nhận đã hết giá trị trong thời gian giải quyết" });
    dossier = call(&json, &leader, "PermitSupplement", &dossier, why.clone()).await;
    assert_eq!(
        dossier["supplement_permit"]["permit_time"],
        "2026-08-03T03:00:00Z"
    );
    assert!(
        !acts(&dossier, "RequestSupplement"),
        "not to whoever permitted it"
    );
    let named = json!({ "name": dossier["name"] });
    let to_the_desk = json.call(&desk, "GetDossier", &named).await.good();
    assert!(acts(&to_the_desk, "RequestSupplement"));

    let mut again = papers_requested();
    again["exception"] = json!({ "reason": "giấy tờ hết giá trị", "legal_basis": "Điều 19" });
    let mut alone = again.clone();
    alone["name"] = dossier["name"].clone();
    alone["etag"] = dossier["etag"].clone();
    alone["request_id"] = json!(fresh_id());
    let alone = json.call(&leader, "RequestSupplement", &alone).await;
    assert_eq!(alone.refused().2, "SAME_PERSON");
    dossier = call(&json, &desk, "RequestSupplement", &dossier, again).await;
    assert_eq!(dossier["state"], "STATE_SUPPLEMENT_REQUESTED");
    assert_eq!(dossier["supplement_permit"], Value::Null);

    let history = json
        .call(&chairman, "ListDossierEvents", &named)
        .await
        .good();
    let events = history["events"].as_array().unwrap();
    let permitted = events
        .iter()
        .find(|event| event["kind"] == "supplement_permitted");
    assert_eq!(permitted.unwrap()["texts"], why);
}
