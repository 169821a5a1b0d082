//! One port for gRPC, gRPC-Web and JSON.

use std::sync::Arc;
use std::time::Duration;

use app::Engine;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{any, get};
use futures::FutureExt;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Request, StatusCode};
use tokio::sync::watch;
use tonic::service::Routes;
use tonic::{Code, Status};
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;
use tonic_web::GrpcWebLayer;
use tower::util::MapResponse;
use tower::{Layer, ServiceExt};
use tracing::Instrument;

use crate::call::Calls;
use crate::json;
use crate::proto;
use crate::proto::catalogue_service_server::CatalogueServiceServer;
use crate::proto::dossier_service_server::DossierServiceServer;
use crate::proto::event_service_server::EventServiceServer;
use crate::proto::lookup_service_server::LookupServiceServer;
use crate::proto::report_service_server::ReportServiceServer;
use crate::proto::worklist_service_server::WorklistServiceServer;
use crate::service::{Catalogue, Dossiers, Events, Lookups, Reports, Worklists};
use crate::status;

pub use crate::listen::run;

/// The largest message that is read: dossiers carry codes of papers, not the papers.
pub const MOST_BYTES: usize = 1024 * 1024;

/// What an operator may set.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Whether clients may ask for the contract itself.
    pub reflection: bool,
    /// How long a call may take; streams are not limited.
    pub timeout: Duration,
    /// How many calls may be in flight; more are told to come again.
    pub max_calls: usize,
    /// How often an open stream looks without having been woken.
    pub poll: Duration,
    /// The on-time rate that units are to reach, from 0 to 1.
    pub target: f64,
    /// How many calls one connection may have in flight.
    pub max_concurrent_streams: u32,
    /// How many connections may be open; more wait to be accepted.
    pub max_connections: usize,
    /// The most bytes of headers.
    pub max_header_bytes: u32,
    /// How long a silent HTTP/2 connection lasts before it is asked whether it is alive.
    pub keepalive: Duration,
    /// How long it has to answer, and a client to send its headers.
    pub keepalive_timeout: Duration,
    /// How old a connection grows before its client is asked to connect anew.
    pub max_connection_age: Duration,
    /// How long calls in flight have to finish then, and when the server stops.
    pub grace: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            reflection: true,
            timeout: Duration::from_secs(30),
            max_calls: 4_096,
            poll: Duration::from_secs(5),
            target: 0.95,
            max_concurrent_streams: 100,
            max_connections: 4_096,
            max_header_bytes: 16 * 1024,
            keepalive: Duration::from_secs(30),
            keepalive_timeout: Duration::from_secs(10),
            max_connection_age: Duration::from_secs(30 * 60),
            grace: Duration::from_secs(10),
        }
    }
}

/// The wire, ready to be bound to a port or called in process.
pub struct Wire {
    /// Answers everything. More routes may be merged into it.
    pub router: Router,
    /// Tells clients that the server stops.
    pub lifecycle: Lifecycle,
}

/// Tells clients that the server stops.
pub struct Lifecycle {
    health: HealthReporter,
    stopping: watch::Sender<bool>,
}

impl Lifecycle {
    /// Reports NOT_SERVING and ends open streams; calls in flight go on.
    pub async fn stop(&self) {
        for service in services() {
            self.health
                .set_service_status(service, ServingStatus::NotServing)
                .await;
        }
        self.stopping.send_replace(true);
    }
}

/// The router alone, for whoever never stops it.
pub fn router(engine: Arc<Engine>, settings: &Settings) -> Router {
    wire(engine, settings).router
}

/// Puts the services over an engine.
#[must_use]
pub fn wire(engine: Arc<Engine>, settings: &Settings) -> Wire {
    let (stopping, stops) = watch::channel(false);
    let calls = Calls::new(engine, settings, stops);
    let health = HealthReporter::new();
    for service in services() {
        health
            .set_service_status(service, ServingStatus::Serving)
            .now_or_never()
            .expect("nobody else knows the reporter yet");
    }
    let grpc = grpc(&calls, settings, &health);
    let mut router = Router::new().route("/", get(index));
    for service in services().chain(REFLECTION).filter(|name| !name.is_empty()) {
        router = router.route(&format!("/{service}/{{*method}}"), any(dispatch));
    }
    Wire {
        router: router.fallback(nothing).with_state(grpc),
        lifecycle: Lifecycle { health, stopping },
    }
}

const REFLECTION: [&str; 2] = [
    "grpc.reflection.v1.ServerReflection",
    "grpc.reflection.v1alpha.ServerReflection",
];

/// The services that have a health of their own; the empty name is the server as a whole.
fn services() -> impl Iterator<Item = &'static str> {
    ["", "grpc.health.v1.Health"].into_iter().chain(SERVICES)
}

/// The services of the contract.
pub const SERVICES: [&str; 6] = [
    "motcua.v1.CatalogueService",
    "motcua.v1.DossierService",
    "motcua.v1.EventService",
    "motcua.v1.LookupService",
    "motcua.v1.ReportService",
    "motcua.v1.WorklistService",
];

macro_rules! limited {
    ($server:ident, $service:expr) => {
        $server::new($service)
            .max_decoding_message_size(MOST_BYTES)
            .accept_compressed(tonic::codec::CompressionEncoding::Gzip)
            .send_compressed(tonic::codec::CompressionEncoding::Gzip)
    };
}

/// The gRPC part, gRPC-Web included.
fn grpc(calls: &Calls, settings: &Settings, health: &HealthReporter) -> Router {
    let mut routes = Routes::new(limited!(CatalogueServiceServer, Catalogue(calls.clone())))
        .add_service(limited!(DossierServiceServer, Dossiers(calls.clone())))
        .add_service(limited!(EventServiceServer, Events(calls.clone())))
        .add_service(limited!(LookupServiceServer, Lookups(calls.clone())))
        .add_service(limited!(ReportServiceServer, Reports(calls.clone())))
        .add_service(limited!(WorklistServiceServer, Worklists(calls.clone())))
        .add_service(tonic_health::pb::health_server::HealthServer::new(
            tonic_health::server::HealthService::from_health_reporter(health.clone()),
        ));
    if settings.reflection {
        // Clients differ in which of the two they ask.
        let builder = || {
            tonic_reflection::server::Builder::configure()
                .register_encoded_file_descriptor_set(proto::FILE_DESCRIPTOR_SET)
                .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        };
        let fit = "the build wrote descriptors that fit together";
        routes = routes
            .add_service(builder().build_v1().expect(fit))
            .add_service(builder().build_v1alpha().expect(fit));
    }
    let reasoned = MapResponse::new(routes.prepare(), with_reason);
    Router::new().fallback_service(GrpcWebLayer::new().layer(reasoned))
}

type Answer = http::Response<tonic::body::Body>;

/// Gives a reason to a refusal of the transport, such as an unknown method.
fn with_reason(answer: Answer) -> Answer {
    match Status::from_header_map(answer.headers()) {
        Some(status) if status.details().is_empty() && status.code() != Code::Ok => {
            status::with_reason(status).into_http()
        }
        Some(_) | None => answer,
    }
}

/// Sends a call to the services, straight or through JSON.
async fn dispatch(State(grpc): State<Router>, request: Request<Body>) -> Response {
    let is_grpc = is_grpc(request.headers());
    // The path is one of ours and holds nothing personal; bodies are never logged.
    let span = tracing::info_span!("rpc", method = request.uri().path(), json = !is_grpc);
    let answer = async move {
        if is_grpc {
            match grpc.oneshot(request).await {
                Ok(response) => response,
                Err(never) => match never {},
            }
        } else {
            json::call(grpc, request).await
        }
    };
    answer.instrument(span).await
}

/// Answers what is at no path.
async fn nothing(State(grpc): State<Router>, request: Request<Body>) -> Response {
    if is_grpc(request.headers()) {
        dispatch(State(grpc), request).await
    } else {
        json::not_found(request.uri().path())
    }
}

fn is_grpc(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"application/grpc"))
}

/// Every method there is, so that a first look at the port tells where to go on.
async fn index() -> Response {
    let mut services = serde_json::Map::new();
    for name in SERVICES {
        let methods: Vec<String> = proto::pool()
            .get_service_by_name(name)
            .map(|service| {
                service
                    .methods()
                    .map(|method| format!("/{name}/{}", method.name()))
                    .collect()
            })
            .unwrap_or_default();
        services.insert(name.to_owned(), methods.into());
    }
    let body = serde_json::json!({
        "name": "motcua",
        "call": "POST /Service/Method with content-type application/json and authorization Bearer TOKEN",
        "services": services,
    });
    json::answer(StatusCode::OK, body.to_string())
}
