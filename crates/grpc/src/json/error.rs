//! Errors in JSON.

use app::error::reasons;
use axum::response::Response;
use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};
use motcua_http::json;
use prost_reflect::{DynamicMessage, SerializeOptions};
use serde_json::Value;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::proto;

/// The name of a code, as in `google.rpc.Code`.
#[must_use]
pub fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}

/// Whether this is the name of a code.
#[must_use]
pub fn code_name_exists(name: &str) -> bool {
    (0..=16).any(|number| code_name(Code::from_i32(number)) == name)
}

/// The HTTP status of a code.
#[must_use]
pub fn http_status(code: Code) -> StatusCode {
    match code {
        Code::Ok => StatusCode::OK,
        Code::InvalidArgument | Code::FailedPrecondition | Code::OutOfRange => {
            StatusCode::BAD_REQUEST
        }
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::PermissionDenied => StatusCode::FORBIDDEN,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::AlreadyExists | Code::Aborted => StatusCode::CONFLICT,
        Code::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
        Code::Unimplemented => StatusCode::NOT_IMPLEMENTED,
        Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Code::DeadlineExceeded | Code::Cancelled => StatusCode::GATEWAY_TIMEOUT,
        Code::Unknown | Code::Internal | Code::DataLoss => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The HTTP status of a gRPC status. Its reason decides, because a reason is more precise than a
/// code.
fn http_status_of(status: &Status) -> StatusCode {
    let reason = status.get_details_error_info().map(|info| info.reason);
    match reason.as_deref().and_then(reasons::find) {
        Some(reason) => motcua_http::status(reason.kind),
        None => http_status(status.code()),
    }
}

/// The code of an answer, for whoever counts and logs it: HTTP has fewer of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Coded(pub Code);

/// The answer for a status.
pub(crate) fn respond(status: &Status) -> Response {
    let mut response = json(http_status_of(status), body(status).to_string());
    response.extensions_mut().insert(Coded(status.code()));
    let wait = status
        .get_details_retry_info()
        .and_then(|retry| retry.retry_delay)
        .map(|delay| delay.as_secs().max(1));
    if let Some(seconds) = wait {
        response
            .headers_mut()
            .insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    if status.code() == Code::Unauthenticated {
        response.headers_mut().insert(
            http::header::WWW_AUTHENTICATE,
            HeaderValue::from_static("Bearer"),
        );
    }
    response
}

/// A status as JSON: code, message and details with their types.
pub(super) fn body(status: &Status) -> Value {
    serde_json::json!({
        "code": code_name(status.code()),
        "message": status.message(),
        "details": details(status).unwrap_or_else(|| serde_json::json!([])),
    })
}

fn details(status: &Status) -> Option<Value> {
    let descriptor = proto::pool().get_message_by_name("google.rpc.Status")?;
    let message = DynamicMessage::decode(descriptor, status.details()).ok()?;
    let options = SerializeOptions::new().use_proto_field_name(true);
    let mut whole = message
        .serialize_with_options(serde_json::value::Serializer, &options)
        .ok()?;
    whole.get_mut("details").map(Value::take)
}
