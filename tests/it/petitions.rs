//! Petitions over the wire: their subject, and a worklist of their own.

use app::ports::Store;
use domain::role::Role;
use serde_json::{Value, json};

use crate::backend::Backend;
use crate::calling::{Json, fresh_id, lines_until};
use crate::world::{OTHER_WARD, THREE_DAYS, WARD, World};

const PETITION: &str = "x-phan-anh-hien-truong";

fn about(place: &str) -> Value {
    json!({
        "request_id": fresh_id(),
        "procedure": PETITION,
        "portal_code": "G22.99.08-260803-000001",
        "receiving_unit": WARD,
        "applicant": { "name": "Nguyễn Văn Mẫu" },
        "incident_place": place,
        "incident_area": "02212",
    })
}

on_every_database!(where_it_happened_is_told_to_those_who_may_read_names_and_is_in_no_event);

async fn where_it_happened_is_told_to_those_who_may_read_names_and_is_in_no_event(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let json = Json::over(&world);
    let portal = world.token(Role::Portal, WARD).await;
    let body = about("  trước cửa nhà số 5, ngõ Mẫu ");
    let sent = json.call(&portal, "SubmitDossier", &body).await.good();
    assert_eq!(sent["incident_area"], format!("units/{OTHER_WARD}"));

    let named = json!({ "name": sent["name"] });
    let officer = world.token(Role::Officer, WARD).await;
    let told = json
        .call(&officer, "ListDossierEvents", &named)
        .await
        .good();
    let first = &told["events"][0];
    assert_eq!(
        first["texts"]["incident_place"],
        "trước cửa nhà số 5, ngõ Mẫu"
    );
    assert_eq!(
        first["details"]["incident_area"],
        format!("units/{OTHER_WARD}")
    );
    assert!(!first["details"].to_string().contains("ngõ"));

    let read = world.store.read().await.unwrap();
    let id = domain::code::AnyCode::parse(sent["code"].as_str().unwrap()).unwrap();
    let key = read
        .by_code(&domain::id::ProvinceCode::parse("08").unwrap(), &id)
        .await
        .unwrap()
        .unwrap();
    let bytes = read.record_bytes(&key).await.unwrap().concat();
    assert!(!String::from_utf8(bytes).unwrap().contains("ngõ"));

    let strange = json!({ "code": sent["code"] });
    let public = json.call("", "LookupDossier", &strange).await;
    assert!(!public.json.to_string().contains("ngõ"));
}

on_every_database!(petitions_have_a_worklist_counts_and_a_stream_of_their_own);

async fn petitions_have_a_worklist_counts_and_a_stream_of_their_own(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let json = Json::over(&world);
    let chairman = world.token(Role::Chairman, WARD).await;
    let petition = world.receive(WARD, PETITION).await.dossier.label();
    let procedures = [
        world.receive(WARD, THREE_DAYS).await.dossier.label(),
        world.receive(WARD, THREE_DAYS).await.dossier.label(),
    ];
    for (kind, expected) in [
        ("KIND_PETITION", vec![petition.clone()]),
        ("KIND_PROCEDURE", procedures.to_vec()),
        (
            "KIND_UNSPECIFIED",
            [vec![petition], procedures.to_vec()].concat(),
        ),
    ] {
        let counted = json!({ "kind": kind });
        let counts = json.call(&chairman, "GetWorklistCounts", &counted).await;
        assert_eq!(counts.good()["open"], expected.len(), "{kind}");
        let watched = json.open(&chairman, "WatchWorklist", &counted).await;
        let first = lines_until(watched, |_| true).await;
        assert_eq!(first[0]["open"], expected.len(), "{kind}");

        let mut found = Vec::new();
        let mut token = Value::from("");
        loop {
            let body = json!({ "kind": kind, "page_size": 1, "page_token": token });
            let page = json.call(&chairman, "ListWorklist", &body).await.good();
            let codes = page["dossiers"].as_array().unwrap().iter();
            found.extend(codes.map(|dossier| dossier["code"].as_str().unwrap().to_owned()));
            token = page["next_page_token"].clone();
            if token == "" {
                break;
            }
        }
        found.sort();
        let mut expected = expected;
        expected.sort();
        assert_eq!(found, expected, "{kind}, page by page");
    }
    let body = json!({ "kind": "KIND_PETITION", "page_size": 1 });
    let page = json.call(&chairman, "ListWorklist", &body).await.good();
    assert_eq!(page["next_page_token"], "", "one petition, one page");
    let body = json!({ "page_size": 1 });
    let page = json.call(&chairman, "ListWorklist", &body).await.good();
    let token = page["next_page_token"].clone();
    let other = json!({ "kind": "KIND_PROCEDURE", "page_size": 1, "page_token": token });
    let refused = json.call(&chairman, "ListWorklist", &other).await;
    assert_eq!(refused.wrong()[0].0, "page_token", "of another question");
}
