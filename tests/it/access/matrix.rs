//! Calls every method as every role, on the caller's own unit and on another one.

use domain::role::Role;
use serde_json::Value;

use super::table::{Says, table};
use super::ways::{Units, Way, ready_for, ways, writes};
use crate::calling::{Answer, Json, lines_until};
use crate::witness::Witness;
use crate::world::{OTHER_WARD, PROVINCE, WARD, World};

/// A method called as one role, in a world of its own.
#[derive(Clone, Copy)]
struct Trial<'a> {
    json: &'a Json,
    witness: &'a Witness,
    method: &'a str,
    role: Role,
    token: &'a str,
}

impl Trial<'_> {
    /// The call succeeds, and writes if the method writes. A stream is read up to the caller's own
    /// dossier, which is the last one written.
    async fn succeeds(&self, body: &Value, own: &str) -> String {
        let before = self.witness.seen().await;
        let answer = self.json.open(self.token, self.method, body).await;
        let place = format!("{} as {} with {body}", self.method, self.role);
        assert_eq!(
            answer.status(),
            200,
            "{place}: {}",
            Answer::read(answer).await.json
        );
        let told = if self.method.starts_with("Watch") {
            let is_last = |line: &Value| line["event"].is_null() || line.to_string().contains(own);
            lines_until(answer, is_last).await
        } else {
            vec![Answer::read(answer).await.json]
        };
        let wrote = self.witness.seen().await != before;
        // `writes` looks for a request id. `ImportReceptions` has one in each of its receptions.
        let changes = writes(self.method) || self.method == "ImportReceptions";
        assert_eq!(wrote, changes, "{place} wrote: {wrote}");
        format!("{told:?}")
    }

    /// The call is denied for this reason, and writes nothing.
    /// A dossier that the caller may not read gets the same answer as one that does not exist.
    async fn is_not_theirs(&self, body: &Value) {
        if body.get("name").is_none() {
            return self.is_denied("UNIT_DENIED", body).await;
        }
        let before = self.witness.seen().await;
        let answer = self.json.call(self.token, self.method, body).await;
        let place = format!("{} as {} with {body}", self.method, self.role);
        let nowhere = (404, "NOT_FOUND", "NOT_FOUND");
        assert_eq!(answer.refused(), nowhere, "{place}");
        assert_eq!(self.witness.seen().await, before, "{place} wrote something");
    }

    async fn is_denied(&self, reason: &str, body: &Value) {
        let before = self.witness.seen().await;
        let answer = self.json.call(self.token, self.method, body).await;
        let place = format!("{} as {} with {body}", self.method, self.role);
        assert_eq!(
            answer.refused(),
            (403, "PERMISSION_DENIED", reason),
            "{place}"
        );
        assert_eq!(answer.variable("method"), Some(self.method), "{place}");
        assert!(!answer.vietnamese().is_empty());
        assert_eq!(self.witness.seen().await, before, "{place} wrote something");
    }
}

async fn every_role_is_told_what_the_table_says(chosen: impl Fn(&str) -> bool) {
    for (method, roles) in table().into_iter().filter(|(method, _)| chosen(method)) {
        let world = World::at("2026-08-03 10:00").await;
        let (json, witness) = (Json::over(&world), Witness::of(&world).await);
        let other = ready_for(&world, &method, Units::only(OTHER_WARD)).await;
        for (role, says) in roles {
            let token = world.token(role, WARD).await;
            let own = ready_for(&world, &method, Units::only(WARD)).await;
            // An act by one role is not possible a second time, so each role gets a fresh dossier.
            let again;
            let other = if says == Says::All && writes(&method) {
                again = ready_for(&world, &method, Units::only(OTHER_WARD)).await;
                &again
            } else {
                &other
            };
            let trial = Trial {
                json: &json,
                witness: &witness,
                method: &method,
                role,
                token: &token,
            };
            let (own_id, other_id) = (own.dossier.id.to_string(), other.dossier.id.to_string());
            let on_own = ways(&method, WARD, &own);
            let on_other = ways(&method, OTHER_WARD, other);
            for (own_way, other_way) in on_own.iter().zip(&on_other) {
                match (says, own_way, other_way) {
                    (Says::Own, Way::Named(mine), Way::Named(theirs)) => {
                        trial.succeeds(mine, &own_id).await;
                        trial.is_not_theirs(theirs).await;
                    }
                    (Says::Own, Way::Unnamed(mine), Way::Unnamed(theirs)) => {
                        let told = trial.succeeds(mine, &own_id).await;
                        assert!(told.contains(&own_id), "{method} as {role}: {told}");
                        assert!(!told.contains(&other_id), "{method} as {role}: {told}");
                        if mine != theirs {
                            let told = trial.succeeds(theirs, &own_id).await;
                            assert!(!told.contains(&other_id), "{method} as {role}: {told}");
                        }
                    }
                    (Says::All, Way::Named(mine), Way::Named(theirs)) => {
                        trial.succeeds(mine, &own_id).await;
                        trial.succeeds(theirs, &own_id).await;
                    }
                    (Says::Province, Way::Named(mine), Way::Named(_)) => {
                        trial.is_denied("UNIT_DENIED", mine).await;
                        let token = world.token(role, PROVINCE).await;
                        let token = token.as_str();
                        let trial = Trial { token, ..trial };
                        trial.succeeds(mine, &own_id).await;
                    }
                    (Says::Never, own_way, other_way) => {
                        for way in [own_way, other_way] {
                            let (Way::Named(body) | Way::Unnamed(body)) = way;
                            trial.is_denied("ROLE_DENIED", body).await;
                        }
                    }
                    (_, _, _) => panic!("{method} is called in different ways"),
                }
            }
        }
    }
}

#[tokio::test]
async fn whoever_moves_a_dossier_is_of_its_unit_and_of_the_right_role() {
    every_role_is_told_what_the_table_says(writes).await;
}

#[tokio::test]
async fn whoever_reads_is_told_of_the_own_units_only() {
    every_role_is_told_what_the_table_says(|method| !writes(method)).await;
}

#[tokio::test]
async fn counts_without_a_unit_are_those_of_the_own_units() {
    let world = World::at("2026-08-03 10:00").await;
    let json = Json::over(&world);
    world.receive(OTHER_WARD, crate::world::THREE_DAYS).await;
    let token = world.token(Role::Chairman, WARD).await;
    let empty = serde_json::json!({});
    assert_eq!(
        json.call(&token, "GetWorklistCounts", &empty).await.good()["open"],
        0
    );
    let watched = json.open(&token, "WatchWorklist", &empty).await;
    assert_eq!(lines_until(watched, |_| true).await[0]["open"], 0);
    world.receive(WARD, crate::world::THREE_DAYS).await;
    assert_eq!(
        json.call(&token, "GetWorklistCounts", &empty).await.good()["open"],
        1
    );
}

#[tokio::test]
async fn rates_of_a_whole_province_are_not_for_one_of_its_wards() {
    let world = World::at("2026-08-03 10:00").await;
    let (json, witness) = (Json::over(&world), Witness::of(&world).await);
    for method in [
        "GetRates",
        "GetRatings",
        "GetIi06a",
        "GetI766",
        "ListReportDossiers",
        "GetSeries",
        "GetPerformance",
    ] {
        for (role, says) in &table()[method] {
            let token = world.token(*role, WARD).await;
            let reason = if *says == Says::Never {
                "ROLE_DENIED"
            } else {
                "UNIT_DENIED"
            };
            let trial = Trial {
                json: &json,
                witness: &witness,
                method,
                role: *role,
                token: &token,
            };
            for scope in ["province", "unit", "all"] {
                let mut body = serde_json::json!({ "from": "2026-08-01", "to": "2026-08-31" });
                match method {
                    "ListReportDossiers" => body["number"] = "total".into(),
                    "GetSeries" => body["grain"] = "GRAIN_MONTH".into(),
                    _ => {}
                }
                body[scope] = match scope {
                    "all" => true.into(),
                    "unit" => crate::world::PROVINCE.into(),
                    _ => "08".into(),
                };
                trial.is_denied(reason, &body).await;
            }
        }
    }
}
