//! Which of a dossier's units must be the caller's own.

use std::collections::BTreeSet;

use domain::role::Role;

use super::table::{Says, standing, table};
use super::ways::{Units, Way, caller_of, ready_for, ways, writes};
use crate::calling::Json;
use crate::witness::Witness;
use crate::world::{OTHER_WARD, WARD, World};

/// Received at one desk, decided in another ward, fetched in a third.
const APART: Units<'static> = Units {
    receiving: WARD,
    resolving: OTHER_WARD,
    returning: "H60.00691",
};

/// A ward that has nothing to do with it.
const STRANGER: &str = "H60.00694";

/// The methods that the words of the document mean.
fn meant_by(words: &str) -> Vec<&'static str> {
    let one = |words: &str| match words {
        "submit" => vec!["SubmitDossier"],
        "receive" => vec!["ReceiveDossier"],
        "refuse" => vec!["RefuseDossier"],
        "request a supplement" => vec!["RequestSupplement"],
        "advance" => vec!["AdvanceDossier"],
        "resolve" => vec!["ResolveDossier"],
        "request a payment" => vec!["RequestPayment"],
        "record a supplement or a payment" => vec!["RecordSupplement", "RecordPayment"],
        "give a payment back" => vec!["RefundPayment"],
        "withdraw" => vec!["WithdrawDossier"],
        "assign" => vec!["AssignDossier"],
        "transfer" => vec!["TransferDossier"],
        "hand over" => vec!["HandOverDossier"],
        "extend" => vec!["ExtendDossier"],
        "stop" => vec!["StopDossier"],
        "open a leg or a consultation" => vec!["OpenLeg", "OpenConsultation"],
        "close a leg or a consultation" => vec!["CloseLeg", "CloseConsultation"],
        "correct" => vec!["CorrectDossier"],
        "decide on a correction" => vec!["DecideCorrection"],
        "take numbers along" => vec!["ReserveNumbers"],
        "give numbers back" => vec!["VoidNumbers"],
        "record a mirrored status" => vec!["RecordMirroredStatus"],
        "settle a conflict" => vec!["SettleConflict"],
        "return the result" => vec!["ReturnResult"],
        "take a rating down" => vec!["RateDossier"],
        "read" => vec!["GetDossier", "ListDossierEvents", "GetDossierTimes"],
        other => panic!("which method is meant by {other}?"),
    };
    words.split(',').flat_map(|part| one(part.trim())).collect()
}

fn own_units(words: &str) -> BTreeSet<&'static str> {
    let mut units = BTreeSet::new();
    let any = words == "is any of these";
    if any || words.contains("receive") {
        units.insert(APART.receiving);
    }
    if any || words.contains("decides") {
        units.insert(APART.resolving);
    }
    if any || words.contains("gives the result back") {
        units.insert(APART.returning);
    }
    assert!(!units.is_empty(), "which unit {words}?");
    units
}

#[tokio::test]
async fn each_thing_is_done_by_the_unit_whose_it_is() {
    let mut spoken_of = BTreeSet::new();
    for (doing, who) in standing() {
        for method in meant_by(&doing) {
            spoken_of.insert(method);
            let world = World::at("2026-08-03 10:00").await;
            let (json, witness) = (Json::over(&world), Witness::of(&world).await);
            let own = own_units(&who);
            for unit in [STRANGER, APART.receiving, APART.resolving, APART.returning] {
                let ready = ready_for(&world, method, APART).await;
                let token = world.token(caller_of(method), unit).await;
                for way in ways(method, APART.receiving, &ready) {
                    let (Way::Named(mut body) | Way::Unnamed(mut body)) = way;
                    if body.get("receiving_unit").is_some() {
                        body["resolving_unit"] = APART.resolving.into();
                        body["returning_unit"] = APART.returning.into();
                    }
                    let before = witness.seen().await;
                    let answer = json.call(&token, method, &body).await;
                    if own.contains(unit) {
                        answer.good();
                    } else {
                        let denied = (403, "PERMISSION_DENIED", "UNIT_DENIED");
                        assert_eq!(answer.refused(), denied, "{method} by {unit}");
                        assert_eq!(witness.seen().await, before, "{method} by {unit}");
                    }
                }
            }
        }
    }
    // Whoever changes the catalogue does so for the whole province.
    let of_dossiers = |method: &String| writes(method) && caller_of(method) == Role::Chairman;
    let writing = table().into_keys().filter(of_dossiers);
    let unsaid: Vec<_> = writing
        .filter(|method| !spoken_of.contains(method.as_str()))
        .collect();
    assert!(
        unsaid.is_empty(),
        "docs/access.md does not say whose {unsaid:?} is"
    );
}

#[tokio::test]
async fn a_dossier_is_on_the_lists_of_all_its_units_and_of_no_other() {
    let world = World::at("2026-08-03 10:00").await;
    let json = Json::over(&world);
    let dossier = ready_for(&world, "AdvanceDossier", APART).await.dossier;
    for method in [
        "ListDossiers",
        "ListWorklist",
        "SearchDossiers",
        "ListEvents",
    ] {
        for unit in [STRANGER, APART.receiving, APART.resolving, APART.returning] {
            let token = world.token(Role::Chairman, unit).await;
            let body = match method {
                "SearchDossiers" => serde_json::json!({ "query": dossier.label() }),
                _ => serde_json::json!({}),
            };
            let told = json.call(&token, method, &body).await.good().to_string();
            let there = told.contains(&dossier.id.to_string());
            assert_eq!(there, unit != STRANGER, "{method} by {unit}: {told}");
        }
    }
}

#[tokio::test]
async fn the_buttons_of_a_caller_are_those_that_the_caller_may_press() {
    let world = World::at("2026-08-03 10:00").await;
    let json = Json::over(&world);
    let dossier = ready_for(&world, "AdvanceDossier", APART).await.dossier;
    let name = serde_json::json!({ "name": dossier.label() });
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Admin) {
        for unit in [APART.receiving, APART.resolving, APART.returning] {
            let token = world.token(role, unit).await;
            let shown = json.call(&token, "GetDossier", &name).await.good();
            for button in shown["allowed_actions"].as_array().unwrap() {
                let button = button.as_str().unwrap();
                let says = table()[button]
                    .iter()
                    .find(|(other, _)| *other == role)
                    .unwrap()
                    .1;
                assert_eq!(says, Says::Own, "{button} is shown to {role}");
                let doing = standing();
                let row = doing
                    .iter()
                    .find(|(doing, _)| meant_by(doing).contains(&button));
                let own = own_units(&row.unwrap().1);
                assert!(own.contains(unit), "{button} is shown to {role} of {unit}");
            }
        }
    }
}
