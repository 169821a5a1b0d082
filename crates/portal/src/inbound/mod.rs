//! A portal hands dossiers in: `POST /portal/v1/dossiers`.
//!
//! What is handed in goes through the use case of every submission. The code is the key: the same
//! dossier twice is one dossier. Each item of a call is answered by itself, so that one wrong item
//! keeps no other one out, and nothing is dropped without a word.

mod item;
mod problem;
mod signature;
mod strict;

use std::sync::Arc;

use app::{Engine, Error, Gate, RequestIdentity};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::post;
use domain::digest::sha256;
use domain::id::RequestId;
use motcua_http::Part;
use serde_json::{Value, json};

use item::{Item, MOST_ITEMS};
use problem::Problem;
use strict::Strict;

pub use signature::{REPLAY_WINDOW_SECONDS, Sender, sign};

/// Where dossiers are handed in.
pub const PATH: &str = "/portal/v1/dossiers";

/// The most bytes of a call.
const MOST_BYTES: usize = 1024 * 1024;

#[derive(Clone)]
struct Inbound {
    engine: Arc<Engine>,
    gate: Gate,
    senders: Arc<Vec<Sender>>,
}

/// The route, on the port of everything else.
#[must_use]
pub fn part(engine: Arc<Engine>, gate: Gate, senders: Vec<Sender>) -> Part {
    let inbound = Inbound {
        engine,
        gate,
        senders: Arc::new(senders),
    };
    let router = Router::new().route(PATH, post(hand_in)).with_state(inbound);
    Part::new("portal", router)
        .body_limit(MOST_BYTES)
        .index(json!([PATH]))
}

async fn hand_in(State(inbound): State<Inbound>, headers: HeaderMap, body: Bytes) -> Response {
    let now = inbound.engine.now();
    let sender = match signature::check(&inbound.senders, &headers, &body, now) {
        Ok(sender) => sender.clone(),
        Err(problem) => {
            tracing::warn!(reason = problem.reason, "a portal's call is refused");
            return refuse(StatusCode::UNAUTHORIZED, &problem);
        }
    };
    let items = match read(&body) {
        Ok(items) => items,
        Err(problem) => return refuse(StatusCode::BAD_REQUEST, &problem),
    };
    let mut answers = Vec::with_capacity(items.len());
    let (mut taken, mut worst) = (0, None);
    for item in &items {
        let (answer, error) = inbound.take(&sender, item).await;
        if let Some(kind) = error {
            worst = worst.or(Some(kind));
        } else {
            taken += 1;
        }
        answers.push(answer);
    }
    // One code for programs that read no more than that.
    let (status, code) = match (taken, worst) {
        (_, None) => (StatusCode::OK, "0"),
        (0, Some(status)) => (status, "-1"),
        (_, Some(_)) => (StatusCode::MULTI_STATUS, "1"),
    };
    let body = json!({"error_code": code, "items": answers});
    motcua_http::json(status, body.to_string())
}

/// The dossiers of a call: one, a list, or a list under `data`.
fn read(body: &Bytes) -> Result<Vec<Value>, Problem> {
    let Strict(read) = serde_json::from_slice(body).map_err(|error| {
        Problem::new(
            "",
            "INVALID_JSON",
            format!("nội dung không phải JSON hợp lệ (dòng {})", error.line()),
            format!("the body is no JSON: {error}"),
        )
    })?;
    let items = match read {
        Value::Array(items) => items,
        Value::Object(mut fields) => match fields.get("data") {
            Some(Value::Array(_)) => match fields.remove("data") {
                Some(Value::Array(items)) => items,
                _ => Vec::new(),
            },
            Some(_) => return Err(Problem::not_a("data", "danh sách", "a list")),
            None => vec![Value::Object(fields)],
        },
        _ => {
            return Err(Problem::not_a(
                "",
                "hồ sơ hoặc danh sách hồ sơ",
                "a dossier or a list",
            ));
        }
    };
    if items.is_empty() || items.len() > MOST_ITEMS {
        return Err(Problem::new(
            "data",
            "INVALID_FIELDS",
            format!(
                "phải có từ 1 đến {MOST_ITEMS} hồ sơ, không phải {}",
                items.len()
            ),
            format!("must have 1 to {MOST_ITEMS} dossiers, not {}", items.len()),
        ));
    }
    Ok(items)
}

impl Inbound {
    /// Takes one dossier, and says what became of it.
    async fn take(&self, sender: &Sender, value: &Value) -> (Value, Option<StatusCode>) {
        let catalogue = self.engine.catalogue(&sender.province);
        let code = value
            .get("MaHoSo")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let item = match Item::read(value, &sender.province, &catalogue, self.engine.now()) {
            Ok(item) => item,
            Err(problems) => {
                return (refusal(code, &problems), Some(StatusCode::BAD_REQUEST));
            }
        };
        let ignored = item.ignored.clone();
        match self.submit(sender, value, item).await {
            Ok((dossier, status)) => {
                let answer = json!({
                    "MaHoSo": code,
                    "result": "TAKEN",
                    "dossier": format!("dossiers/{dossier}"),
                    "TrangThaiHoSo": status,
                    "ignored": ignored,
                });
                (answer, None)
            }
            Err(error) => {
                let status = motcua_http::status(error.kind());
                if let Error::Internal(cause) = &error {
                    tracing::error!(error = cause.as_ref() as &dyn std::error::Error, "hand-in");
                }
                (refusal(code, &Problem::of(&error)), Some(status))
            }
        }
    }

    async fn submit(
        &self,
        sender: &Sender,
        value: &Value,
        item: Item,
    ) -> Result<(String, String), Error> {
        let caller = self.engine.portal_sender(&sender.province, &sender.name)?;
        let identity = RequestIdentity {
            request_id: request_id(&sender.name, item.submission.portal_code.as_str()),
            // The keys of an object are sorted, so that their order does not matter.
            content: value.to_string().into_bytes(),
        };
        let engine = Arc::clone(&self.engine);
        let Item {
            procedure,
            submission,
            ..
        } = item;
        let work = async move {
            let view = engine
                .submit(&caller, identity, &procedure, submission)
                .await?;
            let status = view.dossier.status().code().to_string();
            Ok((view.dossier.id.to_string(), status))
        };
        self.gate.write(None, work).await
    }
}

/// One request for each code of a remote, however often it comes: a UUID of version 8.
fn request_id(remote: &str, code: &str) -> RequestId {
    let hash = sha256(format!("{remote}\n{code}").as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex = domain::digest::hex(&bytes);
    let parts = [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ];
    RequestId::parse(&parts.join("-")).expect("it is written as a UUID is")
}

fn refusal(code: &str, problems: &[Problem]) -> Value {
    let errors: Vec<Value> = problems.iter().map(Problem::to_json).collect();
    json!({"MaHoSo": code, "result": "REFUSED", "errors": errors})
}

fn refuse(status: StatusCode, problem: &Problem) -> Response {
    let body = json!({"error_code": "-1", "items": [], "errors": [problem.to_json()]});
    motcua_http::json(status, body.to_string())
}
