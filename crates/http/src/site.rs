//! Merges what the adapters put on the port into one router.

use std::sync::Arc;
use std::time::Duration;

use app::error::reasons;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use http::header::{ACCEPT, ALLOW, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use http_body_util::Limited;
use serde_json::{Map, Value, json};
use tower::ServiceExt;
use tower_http::cors::CorsLayer;

use crate::answer::{self, refuse};
use crate::health::Health;
use crate::measure::measured;

/// What one adapter puts on the port.
pub struct Part {
    name: &'static str,
    router: Router,
    index: Value,
    home: Option<&'static str>,
    unknown: Option<Unknown>,
}

/// Answers unknown paths for requests of one kind.
#[derive(Clone)]
struct Unknown {
    asks: fn(&HeaderMap) -> bool,
    answers: Router,
}

impl Part {
    /// The routes of an adapter. Its name is the heading in `GET /`.
    #[must_use]
    pub fn new(name: &'static str, router: Router) -> Self {
        Self {
            name,
            router,
            index: Value::Null,
            home: None,
            unknown: None,
        }
    }

    /// Limits the body of requests on these routes. A longer body is answered with 413 and an error
    /// in JSON.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        let limit = move |request: Request, next: Next| limited(bytes, request, next);
        self.router = self.router.layer(middleware::from_fn(limit));
        self
    }

    /// Lets scripts of these sites call these routes from a browser; without one, no browser lets them.
    ///
    /// A script brings a token of its own; cookies are for the pages, and are not sent along.
    #[must_use]
    pub fn origins(mut self, origins: &[String]) -> Self {
        let origins: Vec<HeaderValue> = origins
            .iter()
            .filter_map(|origin| HeaderValue::from_str(origin).ok())
            .collect();
        if !origins.is_empty() {
            self.router = self.router.layer(cors(origins));
        }
        self
    }

    /// What `GET /` shows a program about this part.
    #[must_use]
    pub fn index(mut self, index: Value) -> Self {
        self.index = index;
        self
    }

    /// The path to which `GET /` sends a browser. The first part that has a home decides.
    #[must_use]
    pub fn home(mut self, path: &'static str) -> Self {
        self.home = Some(path);
        self
    }

    /// Answers unknown paths in this part's own form if the headers of the request ask for it: a
    /// page for a browser, a status for a gRPC client. Other requests get JSON.
    #[must_use]
    pub fn unknown_paths(mut self, asks: fn(&HeaderMap) -> bool, answers: Router) -> Self {
        self.unknown = Some(Unknown { asks, answers });
        self
    }
}

fn cors(origins: Vec<HeaderValue>) -> CorsLayer {
    let asked = ["grpc-timeout", "traceparent", "x-grpc-web", "x-user-agent"];
    let told = ["grpc-message", "grpc-status", "grpc-status-details-bin"];
    CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers(
            [AUTHORIZATION, CONTENT_TYPE]
                .into_iter()
                .chain(asked.map(HeaderName::from_static))
                .collect::<Vec<_>>(),
        )
        .expose_headers(
            [RETRY_AFTER]
                .into_iter()
                .chain(told.map(HeaderName::from_static))
                .collect::<Vec<_>>(),
        )
        .max_age(Duration::from_secs(3_600))
}

/// Merges the parts and adds the port's own paths.
///
/// # Panics
///
/// If two parts have the same route.
pub fn site(health: Health, parts: Vec<Part>) -> Router {
    let mut index = Map::from_iter([("name".to_owned(), "motcua".into())]);
    let mut home = None;
    let mut unknown = Vec::new();
    let mut router = self::health(health);
    for part in parts {
        if !part.index.is_null() {
            index.insert(part.name.to_owned(), part.index);
        }
        home = home.or(part.home);
        unknown.extend(part.unknown);
        router = router.merge(part.router.with_state(()));
    }
    let index = Arc::new(Index {
        text: Value::from(index).to_string(),
        home,
    });
    router
        .route("/", get(first_page).with_state(index))
        .method_not_allowed_fallback(wrong_verb)
        .fallback(nothing)
        .with_state(Arc::new(unknown))
        .layer(middleware::from_fn(measured))
}

/// Whether the process is alive and can serve.
pub(crate) fn health<S: Clone + Send + Sync + 'static>(health: Health) -> Router<S> {
    Router::new()
        .route("/healthz", get(alive))
        .route("/readyz", get(ready).with_state(health))
}

/// Says that the process runs, and nothing about the database. A supervisor restarts what is not
/// alive, and a restart does not help against a missing database.
async fn alive() -> Response {
    answer::json(StatusCode::OK, json!({ "status": "alive" }).to_string())
}

/// Says whether calls can be answered here, and if not, why.
async fn ready(State(health): State<Health>) -> Response {
    let readiness = health.readiness().await;
    let checks: Map<String, Value> = readiness
        .checks
        .iter()
        .map(|check| {
            let found = check.failed.as_deref().unwrap_or("ok");
            (check.name.to_owned(), found.into())
        })
        .collect();
    let (status, word) = if readiness.is_ready() {
        (StatusCode::OK, "ready")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready")
    };
    answer::json(
        status,
        json!({ "status": word, "checks": checks }).to_string(),
    )
}

struct Index {
    text: String,
    home: Option<&'static str>,
}

/// Lists every part, so that a first look at the port shows where to go on.
async fn first_page(State(index): State<Arc<Index>>, headers: HeaderMap) -> Response {
    match index.home {
        Some(home) if is_browser(&headers) => Redirect::to(home).into_response(),
        Some(_) | None => answer::json(StatusCode::OK, index.text.clone()),
    }
}

fn is_browser(headers: &HeaderMap) -> bool {
    let accepted = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    accepted.is_some_and(|accepted| accepted.contains("text/html"))
}

async fn nothing(State(unknown): State<Arc<Vec<Unknown>>>, request: Request) -> Response {
    let own = unknown.iter().find(|part| (part.asks)(request.headers()));
    if let Some(part) = own {
        return match part.answers.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
    }
    let path: String = request.uri().path().chars().take(200).collect();
    let message = format!("there is nothing at {path}; GET / lists what there is");
    refuse(&reasons::METHOD_UNKNOWN, &message)
}

async fn wrong_verb() -> Response {
    let mut response = refuse(
        &reasons::METHOD_UNKNOWN,
        "this path is not called with this verb; the header `allow` names the right one",
    );
    *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    response
}

async fn limited(most: usize, request: Request, next: Next) -> Response {
    let length = request.headers().get(CONTENT_LENGTH);
    let length: Option<usize> = length.and_then(|value| value.to_str().ok()?.parse().ok());
    if length.is_some_and(|length| length > most) {
        let message = format!("the body may have at most {most} bytes");
        return refuse(&reasons::BODY_TOO_LARGE, &message);
    }
    let limited = request.map(|body| Body::new(Limited::new(body, most)));
    next.run(limited).await
}

/// The answer to a wrong verb; it names the right one.
#[must_use]
pub fn only(verb: &'static str) -> Response {
    let mut response = refuse(&reasons::METHOD_UNKNOWN, &format!("call it with {verb}"));
    *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    response
        .headers_mut()
        .insert(ALLOW, HeaderValue::from_static(verb));
    response
}
