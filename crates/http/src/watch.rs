//! The port of those who watch: metrics and health, apart from callers.

use std::future::Future;
use std::io;

use axum::Router;
use axum::response::Response;
use axum::routing::get;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use tokio::net::TcpListener;

use crate::answer;
use crate::health::Health;
use crate::site;

/// What Prometheus reads, as OpenMetrics text.
const METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Serves `/metrics`, `/healthz` and `/readyz` for as long as the process runs: whoever watches wants to
/// see how it stops, too.
pub async fn watch<F, T>(listener: TcpListener, health: Health, measures: F) -> io::Result<()>
where
    F: Fn() -> T + Clone + Send + Sync + 'static,
    T: Future<Output = String> + Send,
{
    let metrics = move || {
        let measured = measures();
        async move { shown(measured.await) }
    };
    let router = Router::new()
        .route("/metrics", get(metrics))
        .merge(site::health(health));
    axum::serve(listener, router).await
}

fn shown(text: String) -> Response {
    let mut response = answer::json(StatusCode::OK, text);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(METRICS));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
