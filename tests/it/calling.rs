//! Calls in JSON, as a desk's program makes them, and their answers.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::BodyExt;
use prost_reflect::MethodDescriptor;
use serde_json::Value;
use tower::ServiceExt;

use crate::port::{Settings, Site};
use crate::world::World;

/// Every method of the contract.
pub fn methods() -> Vec<MethodDescriptor> {
    let pool = grpc::proto::pool();
    let ours = pool
        .services()
        .filter(|service| service.full_name().starts_with("motcua."));
    ours.flat_map(|service| service.methods().collect::<Vec<_>>())
        .collect()
}

/// The path of a method that is named without its service.
pub fn path_of(method: &str) -> String {
    let found = methods().into_iter().find(|found| found.name() == method);
    let found = found.unwrap_or_else(|| panic!("there is no method {method}"));
    format!("/{}/{method}", found.parent_service().full_name())
}

/// A request id that no other call of this run has.
pub fn fresh_id() -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(1);
    format!(
        "00000000-0000-4000-9000-{:012x}",
        NUMBER.fetch_add(1, Ordering::Relaxed)
    )
}

/// The JSON wire of a world, inside this process.
pub struct Json(pub Router);

impl Json {
    pub fn over(world: &World) -> Self {
        Self(Site::over(&world.engine, &Settings::default()).router)
    }

    /// Makes a call that ends, and reads its answer.
    pub async fn call(&self, token: &str, method: &str, body: &Value) -> Answer {
        Answer::read(self.open(token, method, body).await).await
    }

    /// Makes a call whose answer may stream.
    pub async fn open(&self, token: &str, method: &str, body: &Value) -> Response<Body> {
        self.send(request(token, method, body)).await
    }

    /// Sends any request.
    pub async fn send(&self, request: Request<Body>) -> Response<Body> {
        self.0.clone().oneshot(request).await.unwrap()
    }
}

/// A call as an HTTP request.
pub fn request(token: &str, method: &str, body: &Value) -> Request<Body> {
    Request::post(path_of(method))
        .header("content-type", "application/json")
        .header("authorization", format!("Bearer {token}"))
        .body(Body::from(body.to_string()))
        .unwrap()
}

/// The answer to a call.
pub struct Answer {
    pub http: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Bytes,
    pub json: Value,
}

impl Answer {
    pub async fn read<B>(response: Response<B>) -> Self
    where
        B: HttpBody<Data = Bytes, Error: std::fmt::Debug>,
    {
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let json = serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| panic!("no JSON: {}", String::from_utf8_lossy(&bytes)));
        Self {
            http: parts.status,
            headers: parts.headers,
            bytes,
            json,
        }
    }

    /// The body of a successful answer. Panics on an error.
    #[track_caller]
    pub fn good(self) -> Value {
        assert_eq!(self.http, StatusCode::OK, "{}", self.json);
        self.json
    }

    /// HTTP status, gRPC code and reason of an error.
    #[track_caller]
    pub fn refused(&self) -> (u16, &str, &str) {
        let code = self.json["code"].as_str();
        let code = code.unwrap_or_else(|| panic!("expected an error: {}", self.json));
        (
            self.http.as_u16(),
            code,
            self.detail("ErrorInfo")["reason"].as_str().unwrap(),
        )
    }

    pub fn message(&self) -> &str {
        self.json["message"].as_str().unwrap()
    }

    /// A variable of an error.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.detail("ErrorInfo")["metadata"][name].as_str()
    }

    /// The message for the clerk, in Vietnamese.
    pub fn vietnamese(&self) -> &str {
        let told = self.detail("LocalizedMessage");
        assert_eq!(told["locale"], "vi-VN", "{told}");
        told["message"].as_str().unwrap()
    }

    /// Whether the Vietnamese message names a field by its name on the form.
    pub fn names_on_the_form(&self, path: &str) -> bool {
        let innermost = path.rsplit('.').next().unwrap_or(path);
        let field = innermost.split('[').next().unwrap_or(innermost);
        let label = app::error::fields::label(field).unwrap_or(field);
        self.vietnamese().contains(label)
    }

    /// The wrong fields, each with what was expected.
    pub fn wrong(&self) -> Vec<(&str, &str)> {
        let violations = self.detail("BadRequest")["field_violations"]
            .as_array()
            .unwrap();
        violations
            .iter()
            .map(|wrong| {
                (
                    wrong["field"].as_str().unwrap(),
                    wrong["description"].as_str().unwrap(),
                )
            })
            .collect()
    }

    /// A detail of the error, by the name of its type.
    pub fn detail(&self, name: &str) -> &Value {
        let wanted = format!("type.googleapis.com/google.rpc.{name}");
        let details = self.json["details"].as_array();
        details
            .and_then(|all| all.iter().find(|detail| detail["@type"] == wanted.as_str()))
            .unwrap_or_else(|| panic!("no {name} in {}", self.json))
    }
}

/// Reads a streamed answer line by line until the wanted line.
pub async fn lines_until(
    response: Response<Body>,
    mut last: impl FnMut(&Value) -> bool,
) -> Vec<Value> {
    let mut body = response.into_body();
    let (mut seen, mut rest) = (Vec::new(), Vec::new());
    loop {
        let frame = tokio::time::timeout(crate::port::PATIENCE, body.frame()).await;
        let frame = frame.unwrap_or_else(|_| panic!("nothing more came after {seen:?}"));
        rest.extend(
            frame
                .expect("the stream goes on")
                .unwrap()
                .into_data()
                .unwrap(),
        );
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = rest.drain(..=end).collect();
            seen.push(serde_json::from_slice(&line).unwrap());
            if last(seen.last().unwrap()) {
                return seen;
            }
        }
    }
}
