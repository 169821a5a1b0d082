//! Pages in the metrics and in the log. Calls of services are measured where their method is known.

use std::time::Duration;

use app::metrics::{self, Timer};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::StatusCode;

/// From how long on a page is slow, and is logged.
const SLOW: Duration = Duration::from_secs(1);

/// Paths that are no pages: services measure themselves, and health is asked for all the time.
const OTHERS: [&str; 4] = ["/motcua.", "/grpc.", "/healthz", "/readyz"];

pub(crate) async fn measured(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if OTHERS.iter().any(|other| path.starts_with(other)) {
        return next.run(request).await;
    }
    let began = Timer::start();
    let answer = next.run(request).await;
    let took = began.elapsed();
    let code = code(answer.status());
    metrics::get().call("page", code, took);
    let duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    // A page's path may hold a code that a citizen knows, so no line has it.
    if answer.status().is_server_error() {
        tracing::info!(code, duration_ms, "a page failed");
    } else if took >= SLOW {
        tracing::info!(code, duration_ms, "a page was slow");
    } else {
        tracing::debug!(code, duration_ms, "a page was answered");
    }
    answer
}

/// The name of a status among the codes of calls.
fn code(status: StatusCode) -> &'static str {
    match status {
        status if status.is_server_error() => match status {
            StatusCode::SERVICE_UNAVAILABLE => "UNAVAILABLE",
            StatusCode::GATEWAY_TIMEOUT => "DEADLINE_EXCEEDED",
            _ => "INTERNAL",
        },
        StatusCode::UNAUTHORIZED => "UNAUTHENTICATED",
        StatusCode::FORBIDDEN => "PERMISSION_DENIED",
        StatusCode::NOT_FOUND => "NOT_FOUND",
        StatusCode::TOO_MANY_REQUESTS => "RESOURCE_EXHAUSTED",
        status if status.is_client_error() => "INVALID_ARGUMENT",
        _ => "OK",
    }
}
