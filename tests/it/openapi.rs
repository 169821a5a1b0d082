//! The contract as OpenAPI: whole, and true of what is answered.

use serde_json::{Value, json};

use crate::calling::{Answer, Json, fresh_id, methods, path_of};
use crate::world::{OTHER_WARD, PROVINCE, THREE_DAYS, WARD, World};
use domain::role::Role;

fn document() -> Value {
    grpc::openapi::document("http://127.0.0.1:7080")
}

fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(reference) => {
            let found = document.pointer(reference.strip_prefix('#').unwrap());
            found.unwrap_or_else(|| panic!("{reference} refers to nothing"))
        }
        None => schema,
    }
}

/// Where a value is not what a schema says; the part of JSON Schema that the document uses.
fn misfits(document: &Value, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    let schema = resolved(document, schema);
    if let Some(any) = schema["anyOf"].as_array() {
        let fits = any.iter().any(|one| {
            let mut misfit = Vec::new();
            misfits(document, one, value, at, &mut misfit);
            misfit.is_empty()
        });
        if !fits {
            found.push(format!("{at}: {value} is none of {any:?}"));
        }
        return;
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_i64() || number.is_u64() => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        other => panic!("{at}: no type but {other}"),
    };
    let is_whole = kind == "integer" && kinds.contains(&"number");
    if !kinds.contains(&kind) && !is_whole {
        found.push(format!("{at}: {value} is no {kinds:?}"));
        return;
    }
    if let (Some(names), Value::String(_)) = (schema["enum"].as_array(), value)
        && !names.contains(value)
    {
        found.push(format!("{at}: {value} is none of {names:?}"));
    }
    for (place, item) in value.as_array().into_iter().flatten().enumerate() {
        misfits(
            document,
            &schema["items"],
            item,
            &format!("{at}[{place}]"),
            found,
        );
    }
    for (name, item) in value.as_object().into_iter().flatten() {
        let inner = format!("{at}.{name}");
        match (&schema["properties"][name], &schema["additionalProperties"]) {
            (Value::Null, Value::Object(_)) => {
                misfits(
                    document,
                    &schema["additionalProperties"],
                    item,
                    &inner,
                    found,
                );
            }
            (Value::Null, Value::Bool(true)) => {}
            (Value::Null, _) if schema["properties"].is_object() => {
                found.push(format!("{inner} is in no schema"));
            }
            (Value::Null, _) => {}
            (own, _) => misfits(document, own, item, &inner, found),
        }
    }
    if value.is_object() {
        for name in schema["required"].as_array().into_iter().flatten() {
            if value.get(name.as_str().unwrap()).is_none() {
                found.push(format!("{at}: {name} is not there"));
            }
        }
    }
}

#[test]
fn every_method_is_described_with_request_answer_and_error_and_every_reference_leads_somewhere() {
    let document = document();
    for method in methods() {
        let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
        let operation = &document["paths"][&path]["post"];
        let about = operation["description"].as_str().unwrap_or_default();
        assert!(about.len() > 20, "{path}: {about:?}");
        let request = &operation["requestBody"]["content"]["application/json"]["schema"];
        assert!(request.is_object(), "{path}");
        let is_public = operation["security"] == json!([]);
        assert_eq!(is_public, path.contains("LookupService"), "{path}");
        assert!(operation["responses"]["default"].is_object(), "{path}");
    }
    let mut open = vec![&document];
    let mut references = 0;
    while let Some(value) = open.pop() {
        if value.get("$ref").is_some() {
            references += 1;
            assert!(resolved(&document, value).is_object(), "{value}");
        }
        open.extend(value.as_array().into_iter().flatten());
        open.extend(
            value
                .as_object()
                .into_iter()
                .flatten()
                .map(|(_, inner)| inner),
        );
    }
    assert!(references > 300, "{references}");
    let reasons = &document["components"]["schemas"]["Error"]["properties"]["details"];
    assert!(reasons.to_string().contains("STALE_DOSSIER"));
}

#[tokio::test]
async fn what_is_answered_is_what_the_document_says() {
    let document = document();
    let world = World::at("2026-08-03 10:00").await;
    let json_calls = Json::over(&world);
    let receptionist = world.token(Role::Receptionist, WARD).await;
    let chairman = world.token(Role::Chairman, WARD).await;
    let province = world.token(Role::Province, PROVINCE).await;
    let view = world.receive(WARD, THREE_DAYS).await;
    let name = format!("dossiers/{}", view.dossier.id);
    let month = json!({ "province": "08", "from": "2026-08-01", "to": "2026-08-31" });
    let mut looked_at = 0;
    for (token, method, body) in [
        (&receptionist, "GetDossier", json!({ "name": name })),
        (&receptionist, "ListDossiers", json!({})),
        (&receptionist, "ListWorklist", json!({ "unit": WARD })),
        (&receptionist, "GetWorklistCounts", json!({ "unit": WARD })),
        (&receptionist, "ListUnits", json!({})),
        (&receptionist, "ListProcedures", json!({})),
        (&receptionist, "GetDossierTimes", json!({ "name": name })),
        (
            &receptionist,
            "GetReceipt",
            json!({ "name": name, "request_id": fresh_id() }),
        ),
        (&chairman, "GetOutlook", json!({ "unit": WARD })),
        (&province, "ListEvents", json!({})),
        (&province, "GetRates", month),
        // Refusals.
        (
            &receptionist,
            "GetDossier",
            json!({ "name": "dossiers/none" }),
        ),
        (&receptionist, "ListWorklist", json!({ "unit": OTHER_WARD })),
        (&receptionist, "ReceiveDossier", json!({})),
    ] {
        let Answer { http, json, .. } = json_calls.call(token, method, &body).await;
        let responses = &document["paths"][&path_of(method)]["post"]["responses"];
        let response = if http.is_success() {
            looked_at += 1;
            &responses["200"]
        } else {
            resolved(&document, &responses["default"])
        };
        let schema = &response["content"]["application/json"]["schema"];
        let mut found = Vec::new();
        misfits(&document, schema, &json, method, &mut found);
        assert!(found.is_empty(), "{method} {http}: {found:#?}");
    }
    assert!(looked_at >= 9, "only {looked_at} calls succeeded");
}

#[tokio::test]
async fn the_document_is_on_the_port_and_scripts_of_other_sites_call_only_where_that_is_set() {
    use http::{Method, Request};

    let world = World::at("2026-08-03 10:00").await;
    let plain = Json::over(&world);
    let mut settings = crate::port::Settings::default();
    settings.services.origins = vec!["https://desk.example".to_owned()];
    let shared = Json(crate::port::Site::over(&world.engine, &settings).router);
    let asked = Request::get("/openapi.json")
        .body(axum::body::Body::empty())
        .unwrap();
    let told = Answer::read(plain.send(asked).await).await.good();
    assert_eq!(told["openapi"], "3.1.0");
    let asks_first = |origin: &str| {
        Request::builder()
            .method(Method::OPTIONS)
            .uri(path_of("GetDossier"))
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header(
                "access-control-request-headers",
                "authorization,content-type",
            )
            .body(axum::body::Body::empty())
            .unwrap()
    };
    let allowed = |answer: &http::Response<axum::body::Body>| {
        let value = answer.headers().get("access-control-allow-origin");
        value.map(|value| value.to_str().unwrap().to_owned())
    };
    let answer = shared.send(asks_first("https://desk.example")).await;
    assert_eq!(allowed(&answer).as_deref(), Some("https://desk.example"));
    assert!(answer.status().is_success());
    let headers = answer.headers()["access-control-allow-headers"]
        .to_str()
        .unwrap();
    assert!(headers.contains("authorization"), "{headers}");
    assert_eq!(
        allowed(&shared.send(asks_first("https://evil.example")).await),
        None
    );
    assert_eq!(
        allowed(&plain.send(asks_first("https://desk.example")).await),
        None
    );
}

#[tokio::test]
async fn the_api_page_asks_nothing_of_other_sites_and_runs_no_script() {
    let world = World::at("2026-08-03 10:00").await;
    let json = Json::over(&world);
    let get = async |path: &str| {
        let request = http::Request::get(path).body(axum::body::Body::empty());
        let answer = json.send(request.unwrap()).await;
        let headers = answer.headers().clone();
        let bytes = http_body_util::BodyExt::collect(answer.into_body()).await;
        let text = String::from_utf8(bytes.unwrap().to_bytes().to_vec()).unwrap();
        (headers, text)
    };
    for path in ["/api", "/api/DossierService", "/api/nothing"] {
        let (headers, page) = get(path).await;
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.starts_with("default-src 'none'; style-src 'self';"),
            "{policy}"
        );
        for foreign in ["<script", "http://", "https://", "style="] {
            assert!(!page.contains(foreign), "{path} has {foreign}");
        }
    }
    let (headers, _) = get("/api.css").await;
    assert_eq!(headers["content-type"], "text/css");
}

#[test]
fn every_file_of_the_contract_names_a_package_in_each_language() {
    let files = grpc::proto::pool().files();
    let ours: Vec<_> = files
        .filter(|file| file.package_name() == grpc::proto::PACKAGE)
        .collect();
    assert!(ours.len() >= 12, "{} files", ours.len());
    for file in ours {
        let options = file
            .file_descriptor_proto()
            .options
            .clone()
            .unwrap_or_default();
        let name = file.name();
        assert_eq!(options.csharp_namespace(), "Motcua.V1", "{name}");
        assert_eq!(options.go_package(), "motcua/v1;motcuav1", "{name}");
        assert_eq!(options.java_package(), "vn.motcua.v1", "{name}");
        assert!(options.java_multiple_files(), "{name}");
    }
}
