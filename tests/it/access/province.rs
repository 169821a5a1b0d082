//! A token for a province's own identifier reaches all its units, and none of another province.

use domain::role::Role;

use super::table::{Says, table};
use super::ways::{Units, Way, ready_for, ways};
use crate::calling::{Json, lines_until};
use crate::witness::Witness;
use crate::world::{OTHER_WARD, PROVINCE, WARD, World};

/// Phường Ba Đình in Hà Nội.
const ELSEWHERE: &str = "Y01.00004";

#[tokio::test]
async fn a_province_token_reaches_every_unit_of_its_province() {
    let world = World::at("2026-08-03 10:00").await;
    let json = Json::over(&world);
    for (method, roles) in table() {
        for (role, says) in roles.into_iter().filter(|(_, says)| *says == Says::Own) {
            let token = world.token(role, PROVINCE).await;
            for ward in [WARD, OTHER_WARD] {
                let ready = ready_for(&world, &method, Units::only(ward)).await;
                for way in ways(&method, ward, &ready) {
                    let (Way::Named(body) | Way::Unnamed(body)) = way;
                    let answer = json.open(&token, &method, &body).await;
                    assert_eq!(answer.status(), 200, "{method} as {role}, {says:?}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_province_token_reaches_nothing_of_another_province() {
    let world = World::at("2026-08-03 10:00").await;
    let (json, witness) = (Json::over(&world), Witness::of(&world).await);
    for (method, roles) in table() {
        let theirs = ready_for(&world, &method, Units::only(ELSEWHERE)).await;
        for (role, _) in roles.into_iter().filter(|(_, says)| *says == Says::Own) {
            let token = world.token(role, PROVINCE).await;
            let before = witness.seen().await;
            for way in ways(&method, ELSEWHERE, &theirs) {
                match way {
                    // For this caller, a dossier of another province does not exist.
                    Way::Named(body) if body.get("name").is_some() => {
                        let refused = json.call(&token, &method, &body).await;
                        let expected = (404, "NOT_FOUND", "NOT_FOUND");
                        assert_eq!(refused.refused(), expected, "{method} as {role}");
                    }
                    Way::Named(body) => {
                        let refused = json.call(&token, &method, &body).await;
                        let expected = (403, "PERMISSION_DENIED", "UNIT_DENIED");
                        assert_eq!(refused.refused(), expected, "{method} as {role}");
                    }
                    Way::Unnamed(_) if method == "WatchEvents" => {}
                    Way::Unnamed(body) => {
                        let told = json.call(&token, &method, &body).await.good().to_string();
                        let id = theirs.dossier.id.to_string();
                        assert!(!told.contains(&id), "{method} as {role}: {told}");
                    }
                }
            }
            assert_eq!(
                witness.seen().await,
                before,
                "{method} as {role} wrote something"
            );
        }
    }
}

#[tokio::test]
async fn the_stream_of_a_province_skips_what_happens_in_others() {
    let world = World::at("2026-08-03 10:00").await;
    let json = Json::over(&world);
    world.receive(ELSEWHERE, crate::world::THREE_DAYS).await;
    let here = world.receive(OTHER_WARD, crate::world::THREE_DAYS).await;
    let token = world.token(Role::Auditor, PROVINCE).await;
    let stream = json
        .open(&token, "WatchEvents", &serde_json::json!({}))
        .await;
    let first = lines_until(stream, |_| true).await.remove(0);
    assert_eq!(first["dossier"], format!("dossiers/{}", here.dossier.id));
}
