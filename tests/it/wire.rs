//! The wire: the contract does not change unnoticed, and errors are complete.

mod calls;
mod descriptor;
mod fields;
mod json;
mod site;
mod status;

use std::path::{Path, PathBuf};

use axum::Router;
use axum::body::Body;
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

use crate::port::{Settings, Site};
use crate::world::World;

/// Compares a file of the repository with what the code generates; `UPDATE` writes the file
/// instead.
fn golden(path: &str, now: &str) {
    let path = root().join(path);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, now).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == now,
        "{} is not what the code says; UPDATE=1 rewrites it",
        path.display()
    );
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// The wire over a world.
fn router(world: &World) -> Router {
    Site::over(&world.engine, &Settings::default()).router
}

/// A call in JSON.
async fn call(router: &Router, token: &str, method: &str, body: &Value) -> (StatusCode, Value) {
    post(router, token, method, "application/json", body.to_string()).await
}

/// Posts any body.
async fn post(
    router: &Router,
    token: &str,
    method: &str,
    content_type: &str,
    body: impl Into<Body>,
) -> (StatusCode, Value) {
    let request = Request::post(format!("/motcua.v1.{method}"))
        .header("content-type", content_type)
        .header("authorization", format!("Bearer {token}"))
        .body(body.into())
        .unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    let json = serde_json::from_slice(&bytes)
        .unwrap_or_else(|_| panic!("no JSON: {}", String::from_utf8_lossy(&bytes)));
    (status, json)
}

/// The detail of an error with this type.
fn detail<'a>(error: &'a Value, name: &str) -> &'a Value {
    let wanted = format!("type.googleapis.com/google.rpc.{name}");
    error["details"]
        .as_array()
        .unwrap()
        .iter()
        .find(|detail| detail["@type"] == wanted.as_str())
        .unwrap_or_else(|| panic!("no {name} in {error}"))
}

/// The reason of an error.
fn reason(error: &Value) -> &str {
    detail(error, "ErrorInfo")["reason"].as_str().unwrap()
}

/// The fields that an error names.
fn wrong_fields(error: &Value) -> Vec<&str> {
    let violations = detail(error, "BadRequest")["field_violations"]
        .as_array()
        .unwrap();
    violations
        .iter()
        .map(|violation| violation["field"].as_str().unwrap())
        .collect()
}
