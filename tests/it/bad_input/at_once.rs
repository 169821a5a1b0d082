//! One answer names everything that is wrong, so that nobody corrects one field after another.

use domain::role::Role;
use serde_json::json;

use crate::access::ways::{Units, Way, ready_for, ways};
use crate::calling::{Json, fresh_id};
use crate::witness::Witness;
use crate::world::{PROVINCE, WARD, World};

#[tokio::test]
async fn a_form_with_every_field_wrong_gets_every_field_back() {
    let world = World::at("2026-08-03 10:00").await;
    let (json, witness) = (Json::over(&world), Witness::of(&world).await);
    let token = world.token(Role::Portal, PROVINCE).await;
    let before = witness.seen().await;
    let form = json!({
        "request_id": "1",
        "procedure": "9.999999",
        "case_id": "hai chữ",
        "portal_code": "?",
        "submit_time": "2026-08-04T00:00:00Z",
        "channel": "CHANNEL_DESK",
        "receiving_unit": "H60.99999",
        "resolving_unit": "H60.99998",
        "returning_unit": "H60.99997",
        "applicant": { "name": " ", "id_number": "1", "phone": "2", "address": "x".repeat(501) },
        "components": ["to-khai", "tờ khai"],
        "external_codes": ["?"],
        "assisted_by": "chị An",
    });
    let answer = json.call(&token, "SubmitDossier", &form).await;
    assert_eq!(
        answer.refused(),
        (400, "INVALID_ARGUMENT", "INVALID_FIELDS")
    );
    let mut wrong: Vec<&str> = answer.wrong().into_iter().map(|(field, _)| field).collect();
    wrong.sort_unstable();
    let expected = [
        "applicant.address",
        "applicant.id_number",
        "applicant.name",
        "applicant.phone",
        "assisted_by",
        "case_id",
        "channel",
        "components[1]",
        "external_codes[0]",
        "portal_code",
        "procedure",
        "receiving_unit",
        "request_id",
        "resolving_unit",
        "returning_unit",
        "submit_time",
    ];
    assert_eq!(wrong, expected);
    assert_eq!(answer.variable("count"), Some("16"));
    assert!(
        answer.message().ends_with("and 13 more"),
        "{}",
        answer.message()
    );
    assert!(
        answer.vietnamese().starts_with("Có 16 trường"),
        "{}",
        answer.vietnamese()
    );
    assert_eq!(witness.seen().await, before);
}

#[tokio::test]
async fn fields_of_another_kind_and_fields_that_do_not_exist_are_told_together() {
    let world = World::at("2026-08-03 10:00").await;
    let json = Json::over(&world);
    let token = world.token(Role::Chairman, WARD).await;
    let body = json!({
        "name": 7, "tuoi": 30, "applicant": { "hoTen": "A", "phone": 912 },
        "components": ["to-khai", 5], "channel": "FAX", "duplicate_intended": "no",
    });
    let answer = json.call(&token, "ReceiveDossier", &body).await;
    let mut wrong: Vec<&str> = answer.wrong().into_iter().map(|(field, _)| field).collect();
    wrong.sort_unstable();
    let expected = [
        "applicant.hoTen",
        "applicant.phone",
        "channel",
        "components[1]",
        "duplicate_intended",
        "name",
        "tuoi",
    ];
    assert_eq!(wrong, expected);
}

#[tokio::test]
async fn a_long_list_of_mistakes_is_cut_and_says_how_many_there_are() {
    let world = World::at("2026-08-03 10:00").await;
    let json = Json::over(&world);
    let token = world.token(Role::Chairman, WARD).await;
    let ready = ready_for(&world, "RecordSupplement", Units::only(WARD)).await;
    let Way::Named(mut body) = ways("RecordSupplement", WARD, &ready).remove(0) else {
        panic!("it names a dossier")
    };
    body["components"] = json!(vec!["hai chữ"; 50]);
    let answer = json.call(&token, "RecordSupplement", &body).await;
    assert_eq!(answer.variable("count"), Some("50"));
    let listed = answer.wrong();
    assert!(
        (10..=20).contains(&listed.len()),
        "{} are listed",
        listed.len()
    );
    assert_eq!(listed[0].0, "components[0]");
}

#[tokio::test]
async fn what_excludes_each_other_is_not_taken_together() {
    let world = World::at("2026-08-03 10:00").await;
    let (json, witness) = (Json::over(&world), Witness::of(&world).await);
    let token = world.token(Role::Chairman, WARD).await;
    let ready = ready_for(&world, "ExtendDossier", Units::only(WARD)).await;
    let Way::Named(good) = ways("ExtendDossier", WARD, &ready).remove(0) else {
        panic!("it names a dossier")
    };
    let before = witness.seen().await;
    let mut both = good.clone();
    both["verification"] = json!({ "reason": "xác minh" });
    let answer = json.call(&token, "ExtendDossier", &both).await;
    let expected = ("verification", "only one of the alternatives may be given");
    assert_eq!(answer.wrong(), [expected]);

    let mut neither = good.clone();
    neither.as_object_mut().unwrap().remove("apology");
    let answer = json.call(&token, "ExtendDossier", &neither).await;
    let expected = (
        "extension",
        "must be given; expected apology or verification",
    );
    assert_eq!(answer.wrong(), [expected]);

    // A proxy without a name, and a reception with an etag.
    let resolved = ready_for(&world, "ReturnResult", Units::only(WARD)).await;
    let after = witness.seen().await;
    assert_ne!(after, before);
    let proxy = json!({
        "name": resolved.dossier.label(), "etag": resolved.dossier.etag(),
        "request_id": fresh_id(), "proxy": true,
    });
    let answer = json.call(&token, "ReturnResult", &proxy).await;
    assert_eq!(answer.wrong()[0].0, "receiver");
    let mut reception = crate::access::ways::reception(WARD);
    reception["etag"] = json!("v1");
    let answer = json.call(&token, "ReceiveDossier", &reception).await;
    assert_eq!(
        answer.wrong(),
        [("etag", "must be left out unless `name` is given")]
    );
    assert_eq!(witness.seen().await, after);
}

#[tokio::test]
async fn an_acceptance_takes_nothing_that_was_submitted_before() {
    let world = World::at("2026-08-03 10:00").await;
    let (json, witness) = (Json::over(&world), Witness::of(&world).await);
    let token = world.token(Role::Receptionist, WARD).await;
    let submitted = ready_for(&world, "ReceiveDossier", Units::only(WARD)).await;
    let before = witness.seen().await;
    let mut body = crate::access::ways::reception(WARD);
    body["name"] = json!(submitted.dossier.label());
    body["etag"] = json!("v1");
    body["case_id"] = json!("standard");
    body["channel"] = json!("CHANNEL_DESK");
    body["resolving_unit"] = json!(WARD);
    body["returning_unit"] = json!(WARD);
    body["external_codes"] = json!(["G22.99-260803-0001"]);
    body["assisted_by"] = json!("nv-an");
    body["duplicate_intended"] = json!(true);
    let answer = json.call(&token, "ReceiveDossier", &body).await;
    let wrong: Vec<&str> = answer.wrong().into_iter().map(|(field, _)| field).collect();
    let expected = [
        "procedure",
        "case_id",
        "channel",
        "receiving_unit",
        "resolving_unit",
        "returning_unit",
        "applicant",
        "external_codes",
        "assisted_by",
        "duplicate_intended",
    ];
    assert_eq!(wrong, expected);
    assert_eq!(witness.seen().await, before);
}
