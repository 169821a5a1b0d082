//! A portal hands dossiers in, and tells what their citizens do: `POST /portal/v1/…`.
//!
//! What comes in goes through the use case that every such act goes through. A dossier's code and an
//! act's own id are keys: the same one twice is done once. Each item of a call is answered by itself, so
//! that one wrong item keeps no other one out, and nothing is dropped without a word.

mod act;
mod contract;
mod item;
mod problem;
mod reader;
mod signature;
mod strict;

use std::sync::Arc;

use app::view::View;
use app::{Engine, Error, Gate, RequestIdentity};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::post;
use domain::digest::sha256;
use domain::id::RequestId;
use domain::language::Language;
use motcua_http::Part;
use serde_json::{Value, json};

use act::Deed;
use item::Item;
use problem::Problem;
use reader::MOST_ITEMS;
use strict::Strict;

pub use contract::describe;
pub use signature::{REPLAY_WINDOW_SECONDS, Sender, sign};

/// Where dossiers are handed in.
pub const PATH: &str = "/portal/v1/dossiers";

/// Where papers come in that a citizen was asked for.
pub const SUPPLEMENTS: &str = "/portal/v1/supplements";

/// Where a citizen takes a dossier back.
pub const WITHDRAWALS: &str = "/portal/v1/withdrawals";

/// Where payments come in.
pub const PAYMENTS: &str = "/portal/v1/payments";

/// The most bytes of a call.
const MOST_BYTES: usize = 1024 * 1024;

#[derive(Clone)]
struct Inbound {
    engine: Arc<Engine>,
    gate: Gate,
    senders: Arc<Vec<Sender>>,
}

/// The routes, on the port of everything else.
#[must_use]
pub fn part(engine: Arc<Engine>, gate: Gate, senders: Vec<Sender>) -> Part {
    let inbound = Inbound {
        engine,
        gate,
        senders: Arc::new(senders),
    };
    let of = |deed: Option<Deed>| {
        post(
            move |State(inbound): State<Inbound>, headers: HeaderMap, body: Bytes| async move {
                inbound.call(deed, &headers, &body).await
            },
        )
    };
    let router = Router::new()
        .route(PATH, of(None))
        .route(SUPPLEMENTS, of(Some(Deed::Supplement)))
        .route(WITHDRAWALS, of(Some(Deed::Withdrawal)))
        .route(PAYMENTS, of(Some(Deed::Payment)))
        .with_state(inbound);
    Part::new("portal", router)
        .body_limit(MOST_BYTES)
        .index(json!([PATH, SUPPLEMENTS, WITHDRAWALS, PAYMENTS]))
}

/// The items of a call: one, a list, or a list under `data`.
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
                "phải có từ 1 đến {MOST_ITEMS} mục, không phải {}",
                items.len()
            ),
            format!("must have 1 to {MOST_ITEMS} items, not {}", items.len()),
        ));
    }
    Ok(items)
}

/// An item that was done, or why not and under which status.
type Outcome = Result<(View, Vec<String>), (Vec<Problem>, StatusCode)>;

impl Inbound {
    async fn call(&self, deed: Option<Deed>, headers: &HeaderMap, body: &Bytes) -> Response {
        let now = self.engine.now();
        let sender = match signature::check(&self.senders, headers, body, now) {
            Ok(sender) => sender.clone(),
            Err(problem) => {
                tracing::warn!(reason = problem.reason, "a portal's call is refused");
                return refuse(StatusCode::UNAUTHORIZED, &problem);
            }
        };
        let items = match read(body) {
            Ok(items) => items,
            Err(problem) => return refuse(StatusCode::BAD_REQUEST, &problem),
        };
        let mut answers = Vec::with_capacity(items.len());
        let (mut taken, mut worst) = (0, None);
        for item in &items {
            let outcome = match deed {
                None => self.take(&sender, item).await,
                Some(deed) => self.act(&sender, deed, item).await,
            };
            match &outcome {
                Ok(_) => taken += 1,
                Err((_, status)) => worst = worst.or(Some(*status)),
            }
            answers.push(answer(item, &outcome));
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

    /// Takes one dossier.
    async fn take(&self, sender: &Sender, value: &Value) -> Outcome {
        let catalogue = self.engine.catalogue(&sender.province);
        let item = Item::read(value, &sender.province, &catalogue, self.engine.now());
        let Item {
            procedure,
            submission,
            agreed,
            ignored,
        } = item.map_err(|problems| (problems, StatusCode::BAD_REQUEST))?;
        let identity = RequestIdentity {
            request_id: request_id(&sender.name, submission.portal_code.as_str()),
            content: content(value),
        };
        let engine = Arc::clone(&self.engine);
        let sender = sender.clone();
        let work = async move {
            let caller = engine.portal_sender(&sender.province, &sender.name)?;
            let view = engine
                .submit(&caller, identity, &procedure, submission)
                .await?;
            for (channel, address) in agreed {
                let (id, vi) = (view.dossier.id, Language::Vietnamese);
                engine
                    .agree_to_notices(&caller, id, channel, &address, vi)
                    .await?;
            }
            Ok(view)
        };
        let done = self.gate.write(None, work).await;
        done.map(|view| (view, ignored))
            .map_err(|error| failed(&error))
    }

    /// Does what a citizen did at the portal.
    async fn act(&self, sender: &Sender, deed: Deed, value: &Value) -> Outcome {
        let read = deed.read(value);
        let read = read.map_err(|problems| (problems, StatusCode::BAD_REQUEST))?;
        let identity = RequestIdentity {
            request_id: read.request,
            content: content(value),
        };
        let engine = Arc::clone(&self.engine);
        let sender = sender.clone();
        let work = async move {
            let caller = engine.portal_sender(&sender.province, &sender.name)?;
            engine
                .portal_act(&caller, identity, &read.code, read.command)
                .await
        };
        let done = self.gate.write(None, work).await;
        done.map(|view| (view, read.ignored))
            .map_err(|error| failed(&error))
    }
}

/// What a repeat must have in common with the first: the keys of an object are sorted, so that their
/// order does not matter.
fn content(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

fn failed(error: &Error) -> (Vec<Problem>, StatusCode) {
    if let Error::Internal(cause) = error {
        tracing::error!(
            error = cause.as_ref() as &dyn std::error::Error,
            "a portal's item"
        );
    }
    (Problem::of(error), motcua_http::status(error.kind()))
}

fn answer(item: &Value, outcome: &Outcome) -> Value {
    let given = |field| item.get(field).and_then(Value::as_str);
    let mut answer = match outcome {
        Ok((view, ignored)) => json!({
            "result": "TAKEN",
            "dossier": format!("dossiers/{}", view.dossier.id),
            "TrangThaiHoSo": view.dossier.status().code().to_string(),
            "ignored": ignored,
        }),
        Err((problems, _)) => {
            let errors: Vec<Value> = problems.iter().map(Problem::to_json).collect();
            json!({"result": "REFUSED", "errors": errors})
        }
    };
    answer["MaHoSo"] = given("MaHoSo").unwrap_or_default().into();
    if let Some(request) = given("MaYeuCau") {
        answer["MaYeuCau"] = request.into();
    }
    answer
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

fn refuse(status: StatusCode, problem: &Problem) -> Response {
    let body = json!({"error_code": "-1", "items": [], "errors": [problem.to_json()]});
    motcua_http::json(status, body.to_string())
}
