//! Paging: a page token works only for its own list, and the pages together are the whole list.

use domain::role::Role;
use serde_json::{Value, json};

use crate::calling::Json;
use crate::world::{OTHER_WARD, PROVINCE, THREE_DAYS, WARD, World};

#[tokio::test]
async fn a_page_token_belongs_to_its_question() {
    let world = World::at("2026-08-03 10:00").await;
    let json = Json::over(&world);
    let token = world.token(Role::Chairman, PROVINCE).await;
    for ward in [WARD, WARD, OTHER_WARD, OTHER_WARD] {
        world.receive(ward, THREE_DAYS).await;
    }
    let first = json
        .call(&token, "ListDossiers", &json!({ "page_size": 1 }))
        .await
        .good();
    let other = json!({ "page_size": 1, "unit": WARD });
    let of_ward = json.call(&token, "ListDossiers", &other).await.good();
    let worklist = json
        .call(&token, "ListWorklist", &json!({ "page_size": 1 }))
        .await
        .good();
    let next = |page: &Value| page["next_page_token"].clone();
    let someone = world.token(Role::Chairman, WARD).await;
    for (who, method, body) in [
        (
            &token,
            "ListDossiers",
            json!({ "page_token": next(&of_ward) }),
        ),
        (
            &token,
            "ListDossiers",
            json!({ "page_token": next(&worklist) }),
        ),
        (
            &token,
            "ListDossiers",
            json!({ "page_token": next(&first), "unit": WARD }),
        ),
        (
            &token,
            "ListDossiers",
            json!({ "page_token": next(&first), "channel": "CHANNEL_DESK" }),
        ),
        (
            &token,
            "ListDossiers",
            json!({ "page_token": next(&first), "states": [2] }),
        ),
        (
            &token,
            "ListDossiers",
            json!({ "page_token": next(&first), "procedure": THREE_DAYS }),
        ),
        (
            &token,
            "ListWorklist",
            json!({ "page_token": next(&first) }),
        ),
        (
            &token,
            "ListWorklist",
            json!({ "page_token": next(&worklist), "unit": WARD }),
        ),
        (&token, "ListUnits", json!({ "page_token": next(&first) })),
        (
            &someone,
            "ListDossiers",
            json!({ "page_token": next(&first) }),
        ),
        (
            &someone,
            "ListWorklist",
            json!({ "page_token": next(&worklist) }),
        ),
    ] {
        assert!(!body["page_token"].as_str().unwrap().is_empty());
        let answer = json.call(who, method, &body).await;
        let wrong = answer.wrong();
        assert_eq!(wrong[0].0, "page_token", "{method} {body}");
    }
}

#[tokio::test]
async fn pages_of_any_size_are_the_same_list() {
    let world = World::at("2026-08-03 10:00").await;
    let json = Json::over(&world);
    let token = world.token(Role::Chairman, WARD).await;
    for _ in 0..7 {
        world.receive(WARD, THREE_DAYS).await;
    }
    for method in ["ListDossiers", "ListWorklist"] {
        let names = |page: &Value| -> Vec<Value> {
            page["dossiers"]
                .as_array()
                .unwrap()
                .iter()
                .map(|d| d["name"].clone())
                .collect()
        };
        let whole = json
            .call(&token, method, &json!({ "page_size": i32::MAX }))
            .await
            .good();
        assert_eq!(names(&whole).len(), 7);
        assert_eq!(whole["next_page_token"], "");
        for size in 1..=7 {
            let (mut seen, mut body) = (Vec::new(), json!({ "page_size": size }));
            loop {
                let page = json.call(&token, method, &body).await.good();
                seen.extend(names(&page));
                assert!(
                    seen.len() <= 7,
                    "{method} by {size} does not come to an end"
                );
                body["page_token"] = page["next_page_token"].clone();
                if body["page_token"] == "" {
                    break;
                }
                assert_eq!(names(&page).len(), size, "{method} by {size}");
            }
            assert_eq!(seen, names(&whole), "{method} by {size}");
        }
    }
}
