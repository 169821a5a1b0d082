//! Which of a dossier's units must be the caller's own.

use std::collections::BTreeSet;

use domain::dossier::{Action, Standing};
use domain::role::Role;

use super::table::{Says, standing, table};
use super::ways::{Units, Way, caller_of, ready_for, ways, writes};
use crate::calling::{Json, methods};
use crate::witness::Witness;
use crate::world::{OTHER_WARD, WARD, World};

/// A dossier that is received at one desk, decided in another ward and returned in a third.
const APART: Units<'static> = Units {
    receiving: WARD,
    resolving: OTHER_WARD,
    returning: "H60.00691",
};

/// A ward that has no part in the dossier.
const STRANGER: &str = "H60.00694";

/// The methods that the document's words mean: acts by name, the other methods in words.
fn meant_by(words: &str) -> Vec<String> {
    let mut methods = Vec::new();
    for part in words.split(',').map(str::trim) {
        match part {
            "take numbers along" => methods.push("ReserveNumbers".to_owned()),
            "print a receipt" => methods.push("GetReceipt".to_owned()),
            "give numbers back" => methods.push("VoidNumbers".to_owned()),
            "read" => {
                let reads = [
                    "GetDossier",
                    "ListDossierEvents",
                    "GetDossierTimes",
                    "GetDossierExchange",
                    "PrintForm",
                    "SetNoticeAgreement",
                    "ListNoticeAgreements",
                ];
                methods.extend(reads.map(str::to_owned));
            }
            act => {
                let known = Action::ALL.iter().any(|action| action.method() == act);
                assert!(known, "which method is meant by {act}?");
                methods.push(act.to_owned());
            }
        }
    }
    methods
}

fn own_units(words: &str) -> BTreeSet<&'static str> {
    let mut units = BTreeSet::new();
    let any = words.ends_with("is any of these");
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
async fn each_act_is_done_by_the_unit_that_it_belongs_to() {
    let mut spoken_of = BTreeSet::new();
    for (doing, who) in standing() {
        for method in meant_by(&doing) {
            spoken_of.insert(method.clone());
            let method = method.as_str();
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
                        // A caller who may read the dossier learns whose act it is. Any other
                        // caller does not even learn that the dossier exists.
                        let denied = if unit == STRANGER && body.get("name").is_some() {
                            (404, "NOT_FOUND", "NOT_FOUND")
                        } else {
                            (403, "PERMISSION_DENIED", "UNIT_DENIED")
                        };
                        assert_eq!(answer.refused(), denied, "{method} by {unit}");
                        assert_eq!(witness.seen().await, before, "{method} by {unit}");
                    }
                }
            }
        }
    }
    // Methods on the catalogue concern the whole province, so the document names no unit for them.
    let of_dossiers = |method: &String| writes(method) && caller_of(method) == Role::Chairman;
    let writing = table().into_keys().filter(of_dossiers);
    let unsaid: Vec<_> = writing
        .filter(|method| !spoken_of.contains(method))
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
                    .find(|(doing, _)| meant_by(doing).iter().any(|method| method == button));
                let own = own_units(&row.unwrap().1);
                assert!(own.contains(unit), "{button} is shown to {role} of {unit}");
            }
        }
    }
}

/// A field may name a unit that an act brings in. Without its hook in the act, such a field would
/// let a unit of another province, or an unknown one, into a dossier.
#[tokio::test]
async fn whatever_unit_an_act_brings_in_is_of_the_same_province() {
    // Phường Ba Đình lies in Hà Nội.
    let strange = "Y01.00004";
    let mut tried = 0;
    for action in &Action::ALL[1..] {
        let method = action.method();
        let request = methods()
            .into_iter()
            .find(|known| known.name() == method)
            .unwrap()
            .input();
        let units: Vec<String> = request
            .fields()
            .map(|field| field.name().to_owned())
            .filter(|name| name == "unit" || name.ends_with("_unit"))
            // `receiving_unit` is the caller's own desk, which the access rules judge.
            .filter(|name| name != "receiving_unit")
            // A reception regardless of boundary may name any; how far it reaches, the list says.
            .filter(|name| (method, name.as_str()) != ("ReceiveDossier", "resolving_unit"))
            // The agency that a refusal points to may be any.
            .filter(|name| (method, name.as_str()) != ("RefuseDossier", "competent_unit"))
            .collect();
        for field in units {
            let world = World::at("2026-08-03 10:00").await;
            let ready = ready_for(&world, method, APART).await;
            let own = match action.spec().units {
                Standing::Resolving => APART.resolving,
                _ => APART.receiving,
            };
            let token = world.token(caller_of(method), own).await;
            let way = ways(method, APART.receiving, &ready).pop().unwrap();
            let (Way::Named(mut body) | Way::Unnamed(mut body)) = way;
            // `CorrectDossier` takes exactly one of several fields.
            if method == "CorrectDossier" {
                body.as_object_mut().unwrap().remove("channel");
            }
            body[field.as_str()] = strange.into();
            let answer = Json::over(&world).call(&token, method, &body).await;
            let wrong: Vec<&str> = answer.wrong().into_iter().map(|(name, _)| name).collect();
            assert_eq!(wrong, [field.as_str()], "{method}.{field}");
            tried += 1;
        }
    }
    assert!(tried >= 7, "{tried} fields name a unit");
}
