//! Answers of the port itself, and the HTTP status of each kind of error.

use app::error::Kind;
use app::error::reasons::Reason;
use axum::body::Body;
use axum::response::Response;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};

/// The HTTP status of a kind of error.
#[must_use]
pub fn status(kind: Kind) -> StatusCode {
    match kind {
        Kind::Invalid | Kind::Refused | Kind::Expired => StatusCode::BAD_REQUEST,
        Kind::Unsupported => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Kind::Unknown | Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Stale | Kind::Taken => StatusCode::CONFLICT,
        Kind::Unauthenticated => StatusCode::UNAUTHORIZED,
        Kind::Denied => StatusCode::FORBIDDEN,
        Kind::TooMany => StatusCode::TOO_MANY_REQUESTS,
        Kind::TimedOut => StatusCode::GATEWAY_TIMEOUT,
        Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The name of a kind in JSON, as in `google.rpc.Code`.
#[must_use]
pub fn code_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Invalid | Kind::Unsupported => "INVALID_ARGUMENT",
        Kind::TooLarge | Kind::Expired => "OUT_OF_RANGE",
        Kind::Unknown => "UNIMPLEMENTED",
        Kind::NotFound => "NOT_FOUND",
        Kind::Refused => "FAILED_PRECONDITION",
        Kind::Stale => "ABORTED",
        Kind::Taken => "ALREADY_EXISTS",
        Kind::Unauthenticated => "UNAUTHENTICATED",
        Kind::Denied => "PERMISSION_DENIED",
        Kind::TooMany => "RESOURCE_EXHAUSTED",
        Kind::TimedOut => "DEADLINE_EXCEEDED",
        Kind::Unavailable => "UNAVAILABLE",
        Kind::Internal => "INTERNAL",
    }
}

/// A refusal in JSON, in the form of every other error: with its reason, in both languages.
#[must_use]
pub fn refuse(reason: &Reason, message: &str) -> Response {
    let body = serde_json::json!({
        "code": code_name(reason.kind),
        "message": message,
        "details": [
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": reason.reason,
                "domain": "motcua",
                "metadata": {},
            },
            {
                "@type": "type.googleapis.com/google.rpc.LocalizedMessage",
                "locale": "vi-VN",
                "message": reason.vietnamese,
            },
        ],
    });
    json(status(reason.kind), body.to_string())
}

/// An answer in JSON.
#[must_use]
pub fn json(status: StatusCode, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
