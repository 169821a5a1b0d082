//! Every field of every method: a missing, overlong or unknown value, or one of another kind, is
//! refused by name, and nothing is written.

use domain::role::Role;
use http::StatusCode;
use prost_reflect::{FieldDescriptor, Kind, MethodDescriptor};
use serde_json::{Value, json};

use super::json::reception;
use super::{call, reason, router, wrong_fields};
use crate::access::ways::caller_of;
use crate::world::{PROVINCE, THREE_DAYS, WARD, World};

fn methods() -> Vec<MethodDescriptor> {
    grpc::serve::SERVICES
        .iter()
        .flat_map(|name| {
            let service = grpc::proto::pool().get_service_by_name(name).unwrap();
            service.methods().collect::<Vec<_>>()
        })
        .collect()
}

fn path(method: &MethodDescriptor) -> String {
    format!("{}/{}", method.parent_service().name(), method.name())
}

/// A value that does not fit the field at all.
fn nonsense(field: &FieldDescriptor) -> Value {
    let one = match field.kind() {
        Kind::String | Kind::Bool => json!(7),
        Kind::Enum(_) => json!("NO_SUCH_VALUE"),
        Kind::Message(_) => json!("nonsense"),
        _ => json!("seven"),
    };
    if field.is_list() { json!([one]) } else { one }
}

#[tokio::test]
async fn a_value_of_another_kind_is_refused_by_name_in_every_method() {
    let world = World::at("2026-08-03 10:00").await;
    let (router, token) = (router(&world), world.token(Role::Chairman, WARD).await);
    for method in methods() {
        for field in method.input().fields() {
            let body = json!({ (field.name()): nonsense(&field) });
            let (status, error) = call(&router, &token, &path(&method), &body).await;
            let place = format!("{} {}", method.full_name(), field.name());
            assert_eq!(status, StatusCode::BAD_REQUEST, "{place}: {error}");
            assert_eq!(reason(&error), "INVALID_FIELDS", "{place}");
            let named = wrong_fields(&error)
                .iter()
                .any(|name| name.starts_with(field.name()));
            assert!(named, "{place}: {error}");
            assert!(
                error["message"].as_str().unwrap().contains("expected"),
                "{place}: {error}"
            );
        }
    }
}

#[tokio::test]
async fn a_text_without_sense_is_refused_by_name_in_every_method_that_changes_something() {
    let world = World::at("2026-08-03 10:00").await;
    let (router, token) = (router(&world), world.token(Role::Chairman, WARD).await);
    let service = grpc::proto::pool()
        .get_service_by_name("motcua.v1.DossierService")
        .unwrap();
    let writes =
        |method: &MethodDescriptor| method.input().get_field_by_name("request_id").is_some();
    for method in service.methods().filter(writes) {
        for field in method.input().fields() {
            let too_long = "dài quá ".repeat(1_000);
            let value = match field.kind() {
                Kind::String if field.is_list() => json!([too_long]),
                Kind::String => json!(too_long),
                Kind::Enum(_) => json!(99),
                Kind::Int64 => json!("-1"),
                Kind::Message(inner) if inner.full_name() == "google.protobuf.Timestamp" => {
                    json!("0001-01-01T00:00:00Z")
                }
                // A flag has no wrong value; other tests cover inner messages.
                _ => continue,
            };
            // The etag is only compared, never parsed.
            if field.name() == "etag" {
                continue;
            }
            let body = json!({ (field.name()): value });
            let (status, error) = call(&router, &token, &path(&method), &body).await;
            let place = format!("{} {}", method.full_name(), field.name());
            assert_eq!(status, StatusCode::BAD_REQUEST, "{place}: {error}");
            let named = wrong_fields(&error)
                .iter()
                .any(|name| name.starts_with(field.name()));
            assert!(named, "{place}: {error}");
        }
    }
    nothing_was_written(&world).await;
}

#[tokio::test]
async fn whatever_is_required_is_named_at_once_when_a_request_is_empty() {
    let world = World::at("2026-08-03 10:00").await;
    let router = router(&world);
    let mut told = String::new();
    for method in methods() {
        if method.is_server_streaming() {
            continue;
        }
        let role = caller_of(method.name());
        // An administrator needs the whole province.
        let of = if role == Role::Admin { PROVINCE } else { WARD };
        let token = world.token(role, of).await;
        let (status, answer) = call(&router, &token, &path(&method), &json!({})).await;
        let outcome = match status {
            StatusCode::OK => "answers".to_owned(),
            StatusCode::BAD_REQUEST => format!("needs {}", wrong_fields(&answer).join(", ")),
            other => panic!("{} answers {other}: {answer}", method.full_name()),
        };
        told += &format!("{} {outcome}\n", method.name());
    }
    super::golden("tests/it/wire/required.txt", &told);
    nothing_was_written(&world).await;
}

#[tokio::test]
async fn times_that_cannot_be_are_refused_by_name() {
    let world = World::at("2026-08-03 10:00").await;
    let (router, token) = (router(&world), world.token(Role::Portal, PROVINCE).await);
    let mut submission = reception(THREE_DAYS);
    submission["portal_code"] = json!("G22.99.08-260803-000001");
    for wrong in [
        "2026-08-03T03:00:01Z",
        "2030-01-01T00:00:00Z",
        "1999-01-01T00:00:00Z",
    ] {
        submission["submit_time"] = json!(wrong);
        let method = "DossierService/SubmitDossier";
        let (status, error) = call(&router, &token, method, &submission).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{wrong}: {error}");
        assert_eq!(wrong_fields(&error), ["submit_time"], "{wrong}");
    }
    nothing_was_written(&world).await;
    submission["submit_time"] = json!("2026-08-03T02:59:59Z");
    let (status, dossier) =
        call(&router, &token, "DossierService/SubmitDossier", &submission).await;
    assert_eq!(status, StatusCode::OK, "{dossier}");
    assert_eq!(dossier["channel"], "CHANNEL_ONLINE");
    assert_eq!(dossier["code"], "G22.99.08-260803-000001");
}

#[tokio::test]
async fn an_acceptance_takes_nothing_that_was_submitted_before() {
    let world = World::at("2026-08-03 10:00").await;
    let (router, token) = (router(&world), world.token(Role::Receptionist, WARD).await);
    let code = "G22.99.08-260803-000001";
    let submitted = world.submit(WARD, THREE_DAYS, code).await;
    let mut acceptance = reception(THREE_DAYS);
    acceptance["name"] = json!(code);
    let method = "DossierService/ReceiveDossier";
    let (status, error) = call(&router, &token, method, &acceptance).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(
        wrong_fields(&error),
        ["etag", "procedure", "receiving_unit", "applicant"]
    );
    let acceptance = json!({
        "name": format!("dossiers/{code}"),
        "etag": submitted.dossier.etag(),
        "request_id": "00000000-0000-4000-8000-0000000000aa",
    });
    let (status, dossier) = call(&router, &token, method, &acceptance).await;
    assert_eq!(status, StatusCode::OK, "{dossier}");
    assert_eq!(
        (&dossier["state"], &dossier["code"]),
        (&json!("STATE_RECEIVED"), &json!(code))
    );
}

async fn nothing_was_written(world: &World) {
    let province = crate::world::who(Role::Province, PROVINCE);
    let feed = world.engine.feed(&province, "", 0).await.unwrap();
    assert!(feed.entries.is_empty(), "a refused request wrote something");
}

/// Every field that a request may hold, at any depth.
fn fields_of(message: &prost_reflect::MessageDescriptor, found: &mut Vec<(String, String)>) {
    for field in message.fields() {
        let place = (message.full_name().to_owned(), field.name().to_owned());
        if found.contains(&place) {
            continue;
        }
        found.push(place);
        if let Kind::Message(inner) = field.kind()
            && inner.full_name().starts_with("motcua.")
        {
            fields_of(&inner, found);
        }
    }
}

#[test]
fn every_field_of_a_request_has_a_name_for_the_clerk() {
    let mut found = Vec::new();
    for method in methods() {
        fields_of(&method.input(), &mut found);
    }
    let nameless: Vec<_> = found
        .iter()
        .filter(|(_, field)| app::error::fields::label(field).is_none())
        .collect();
    assert!(nameless.is_empty(), "{nameless:?}");
}
