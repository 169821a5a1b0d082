//! Each call in the metrics and in the log, under the trace that its caller gave it.

use std::fmt::Write;
use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use app::metrics::{self, Timer};
use axum::body::Body;
use axum::response::Response;
use http::{HeaderMap, Request, StatusCode};
use prost_reflect::MethodDescriptor;
use tonic::{Code, Status};
use tracing::{Instrument, Span};

use crate::json::{Coded, code_name};
use crate::proto;

/// Runs a call, counts it, and writes a line: at `info` when it was slow or failed, else at `debug`.
pub(crate) async fn observed(
    slow: Duration,
    is_grpc: bool,
    request: Request<Body>,
    call: impl AsyncFnOnce(Request<Body>) -> Response,
) -> Response {
    let method = method(request.uri().path());
    let (trace, caller_span) = trace(request.headers());
    let span = tracing::info_span!("rpc", method, json = !is_grpc, trace, caller_span);
    let began = Timer::start();
    let answer = call(request).instrument(span.clone()).await;
    let took = began.elapsed();
    let code = code_of(&answer);
    metrics::get().call(method, code_name(code), took);
    tell(&span, code, took, slow);
    answer
}

fn tell(span: &Span, code: Code, took: Duration, slow: Duration) {
    let _inside = span.enter();
    let duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let code_name = code_name(code);
    if has_failed(code) {
        tracing::info!(code = code_name, duration_ms, "a call failed");
    } else if took >= slow {
        tracing::info!(code = code_name, duration_ms, "a call was slow");
    } else {
        tracing::debug!(code = code_name, duration_ms, "a call was answered");
    }
}

/// Whether the fault is ours or the machine's. What a caller may not or cannot do is no failure.
fn has_failed(code: Code) -> bool {
    match code {
        Code::Unknown
        | Code::DeadlineExceeded
        | Code::ResourceExhausted
        | Code::Internal
        | Code::Unavailable
        | Code::DataLoss => true,
        Code::Ok
        | Code::Cancelled
        | Code::InvalidArgument
        | Code::NotFound
        | Code::AlreadyExists
        | Code::PermissionDenied
        | Code::FailedPrecondition
        | Code::Aborted
        | Code::OutOfRange
        | Code::Unimplemented
        | Code::Unauthenticated => false,
    }
}

fn code_of(answer: &Response) -> Code {
    if let Some(Coded(code)) = answer.extensions().get() {
        return *code;
    }
    if let Some(status) = Status::from_header_map(answer.headers()) {
        return status.code();
    }
    match answer.status() {
        status if status.is_success() => Code::Ok,
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => Code::Unimplemented,
        StatusCode::UNSUPPORTED_MEDIA_TYPE | StatusCode::BAD_REQUEST => Code::InvalidArgument,
        StatusCode::PAYLOAD_TOO_LARGE => Code::OutOfRange,
        StatusCode::SERVICE_UNAVAILABLE => Code::Unavailable,
        _ => Code::Internal,
    }
}

/// The method's name; a path that is none of ours counts as `unknown`, for callers may make up as many
/// as they like.
fn method(path: &str) -> &'static str {
    static METHODS: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
        let all = proto::pool().services().flat_map(|service| {
            let methods: Vec<MethodDescriptor> = service.methods().collect();
            methods
        });
        all.map(|method| {
            let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
            (path, method.name().to_owned())
        })
        .collect()
    });
    let known = METHODS.iter().find(|(known, _)| known == path);
    match known {
        Some((_, name)) => name,
        None if path.starts_with("/grpc.reflection.") => "ServerReflectionInfo",
        None => "unknown",
    }
}

/// Trace and span of `traceparent: 00-TRACE-SPAN-FLAGS`, or a new trace and no span.
fn trace(headers: &HeaderMap) -> (String, Option<String>) {
    let given = headers
        .get("traceparent")
        .and_then(|value| value.to_str().ok());
    let part = |at: usize, length: usize| {
        let part = given?.split('-').nth(at)?;
        let is_one = part.len() == length
            && part.bytes().all(|byte| byte.is_ascii_hexdigit())
            && part.bytes().any(|byte| byte != b'0');
        is_one.then(|| part.to_ascii_lowercase())
    };
    match part(1, 32) {
        Some(trace) => (trace, part(2, 16)),
        None => (new_trace(), None),
    }
}

/// Tells calls apart, and protects nothing: so it takes no chance from the port that ids come from.
fn new_trace() -> String {
    static KEYS: LazyLock<[RandomState; 2]> = LazyLock::new(Default::default);
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let mut text = String::with_capacity(32);
    for key in &*KEYS {
        // Writing into a text cannot fail.
        let _never = write!(text, "{:016x}", key.hash_one(number));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_gives_the_trace_and_nonsense_gets_a_new_one() {
        let mut headers = HeaderMap::new();
        let given = "00-4BF92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        headers.insert("traceparent", given.parse().unwrap());
        let (given, caller_span) = trace(&headers);
        assert_eq!(given, "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!(caller_span.as_deref(), Some("00f067aa0ba902b7"));
        for wrong in [
            "",
            "00-x-y-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "\"evil\nline",
        ] {
            let mut headers = HeaderMap::new();
            if let Ok(value) = wrong.parse() {
                headers.insert("traceparent", value);
            }
            let (new, caller_span) = trace(&headers);
            assert_eq!((new.len(), caller_span), (32, None));
            assert_ne!(new, trace(&headers).0, "each call has its own");
        }
    }

    #[test]
    fn a_path_that_somebody_makes_up_is_no_name_of_a_method() {
        assert_eq!(method("/motcua.v1.DossierService/GetDossier"), "GetDossier");
        assert_eq!(method("/grpc.health.v1.Health/Check"), "Check");
        assert_eq!(method("/motcua.v1.DossierService/Evil"), "unknown");
    }
}
