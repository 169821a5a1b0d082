//! Dossiers that do not exist or have moved on, and request ids that were used before.

use domain::role::Role;
use serde_json::{Value, json};

use crate::access::ways::{Units, Way, caller_of, changes_a_dossier, ready_for, ways};
use crate::calling::{Json, fresh_id, methods};
use crate::witness::Witness;
use crate::world::{PROVINCE, WARD, World};

/// Each method that changes an existing dossier, with a good request.
async fn changes(world: &World) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    for method in methods() {
        if changes_a_dossier(&method) {
            let ready = ready_for(world, method.name(), Units::only(WARD)).await;
            let (Way::Named(body) | Way::Unnamed(body)) =
                ways(method.name(), WARD, &ready).remove(0);
            all.push((method.name().to_owned(), body));
        }
    }
    all
}

/// The token of the chairman, and that of the portal.
async fn tokens(world: &World) -> (String, String) {
    (
        world.token(Role::Chairman, PROVINCE).await,
        world.token(Role::Portal, PROVINCE).await,
    )
}

/// The token of a caller who may call the method.
fn of<'a>(method: &str, chairman: &'a str, portal: &'a str) -> &'a str {
    match caller_of(method) {
        Role::Portal => portal,
        _ => chairman,
    }
}

#[tokio::test]
async fn a_dossier_that_nobody_knows_is_not_found_by_any_method() {
    let world = World::at("2026-08-03 10:00").await;
    let (json, witness) = (Json::over(&world), Witness::of(&world).await);
    let (token, portal) = tokens(&world).await;
    let mut calls = changes(&world).await;
    calls.push(("GetDossier".into(), json!({})));
    calls.push(("ListDossierEvents".into(), json!({})));
    calls.push(("GetDossierTimes".into(), json!({})));
    calls.push(("GetDossierExchange".into(), json!({})));
    calls.push(("ListNoticeAgreements".into(), json!({})));
    let before = witness.seen().await;
    for (method, mut body) in calls {
        for name in [
            "dossiers/01kz2s0pw0ysv0ffffffffffff",
            "01kz2s0pw0ysv0ffffffffffff",
            "H60.02215-260803-0999",
            "dossiers/G22.99.08-260803-999999",
        ] {
            body["name"] = json!(name);
            let answer = json
                .call(of(&method, &token, &portal), &method, &body)
                .await;
            let place = format!("{method} of {name}");
            assert_eq!(answer.refused(), (404, "NOT_FOUND", "NOT_FOUND"), "{place}");
            let bare = name.strip_prefix("dossiers/").unwrap_or(name);
            assert!(
                answer.message().contains(bare),
                "{place}: {}",
                answer.message()
            );
            assert!(answer.vietnamese().contains("hồ sơ"), "{place}");
            assert_eq!(answer.variable("what"), Some("dossier"), "{place}");
            let named = answer.detail("ResourceInfo")["resource_name"]
                .as_str()
                .unwrap();
            assert!(named.contains(bare), "{place}: {named}");
        }
    }
    assert_eq!(witness.seen().await, before);
}

#[tokio::test]
async fn whoever_read_an_older_version_reads_again_first() {
    let world = World::at("2026-08-03 10:00").await;
    let (json, witness) = (Json::over(&world), Witness::of(&world).await);
    let (token, portal) = tokens(&world).await;
    let calls = changes(&world).await;
    let before = witness.seen().await;
    for (method, good) in &calls {
        for etag in ["v0", "v99", "1", "\"v1\"", "V1"] {
            let mut body = good.clone();
            body["etag"] = json!(etag);
            let answer = json.call(of(method, &token, &portal), method, &body).await;
            let place = format!("{method} at {etag}");
            assert_eq!(
                answer.refused(),
                (409, "ABORTED", "STALE_DOSSIER"),
                "{place}"
            );
            assert_eq!(answer.variable("given"), Some(etag), "{place}");
            assert_eq!(answer.variable("current"), good["etag"].as_str(), "{place}");
            assert!(answer.message().contains("read it again"), "{place}");
            assert!(answer.vietnamese().contains("tải lại"), "{place}");
        }
    }
    assert_eq!(witness.seen().await, before);
    for (method, good) in &calls {
        json.call(of(method, &token, &portal), method, good)
            .await
            .good();
    }
}

#[tokio::test]
async fn a_request_id_that_was_used_is_good_for_the_same_request_only() {
    let world = World::at("2026-08-03 10:00").await;
    let (json, witness) = (Json::over(&world), Witness::of(&world).await);
    let (token, portal) = tokens(&world).await;
    let calls = changes(&world).await;
    for (method, good) in &calls {
        let first = json.call(of(method, &token, &portal), method, good).await;
        assert_eq!(first.http, 200, "{method}: {}", first.json);
        let before = witness.seen().await;
        // The same dossier with another reason, and the same request for another dossier.
        let mut others = vec![good.clone()];
        others[0]["name"] =
            calls.iter().find(|(other, _)| other != method).unwrap().1["name"].clone();
        for (field, value) in [
            ("reason", json!("lý do khác")),
            ("amount_vnd", json!(8_001)),
            ("assignee", json!("nv-binh")),
            (
                "components",
                json!(["to-khai", "giay-to-ly-hon-hoac-khai-tu"]),
            ),
            ("proxy", json!(true)),
        ] {
            let descriptor = methods()
                .into_iter()
                .find(|found| found.name() == method)
                .unwrap();
            if descriptor.input().get_field_by_name(field).is_some() {
                let mut other = good.clone();
                other[field] = value;
                if field == "proxy" {
                    other["receiver"] = json!({ "name": "Trần Thị Mẫu" });
                }
                others.push(other);
            }
        }
        for other in &others {
            let answer = json.call(of(method, &token, &portal), method, other).await;
            let expected = (400, "INVALID_ARGUMENT", "REQUEST_ID_REUSED");
            assert_eq!(answer.refused(), expected, "{method} with {other}");
            assert_eq!(answer.variable("request_id"), good["request_id"].as_str());
            assert!(
                answer
                    .message()
                    .contains(good["request_id"].as_str().unwrap())
            );
            assert!(answer.vietnamese().contains("mã yêu cầu"));
        }
        // A repeat counts as the same request, whichever version the caller has read since.
        for etag in [good["etag"].clone(), first.json["etag"].clone()] {
            let mut again = good.clone();
            again["etag"] = etag;
            let again = json.call(of(method, &token, &portal), method, &again).await;
            assert_eq!(again.bytes, first.bytes, "{method} again");
        }
        assert_eq!(witness.seen().await, before, "{method}");
    }
}

#[tokio::test]
async fn an_id_used_for_one_method_is_used_for_all() {
    let world = World::at("2026-08-03 10:00").await;
    let (json, witness) = (Json::over(&world), Witness::of(&world).await);
    let (token, portal) = tokens(&world).await;
    let calls = changes(&world).await;
    let used = fresh_id();
    let mut first = calls[0].1.clone();
    first["request_id"] = json!(used);
    json.call(&token, &calls[0].0, &first).await.good();
    let before = witness.seen().await;
    for (method, good) in &calls[1..] {
        // A request id is unique for each actor, and the portal is another actor.
        if caller_of(method) != Role::Chairman {
            continue;
        }
        let mut body = good.clone();
        // Upper and lower case mean the same UUID.
        body["request_id"] = json!(used.to_uppercase());
        let answer = json.call(of(method, &token, &portal), method, &body).await;
        assert_eq!(answer.refused().2, "REQUEST_ID_REUSED", "{method}");
    }
    assert_eq!(witness.seen().await, before);
}
