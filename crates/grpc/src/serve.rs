//! gRPC, gRPC-Web and JSON as one part of the port.

use std::sync::Arc;

use app::{Engine, Gate};
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::middleware;
use axum::response::Response;
use axum::routing::{any, get};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Request, StatusCode};
use motcua_http::{Health, Part};
use tonic::service::Routes;
use tonic::{Code, Status};
use tonic_health::pb::health_server::HealthServer;
use tonic_web::GrpcWebLayer;
use tower::util::MapResponse;
use tower::{Layer, ServiceExt};

use crate::call::Calls;
use crate::door::{self, Doors};
use crate::health::Healths;
use crate::json;
use crate::observe;
use crate::openapi;
use crate::proto::access_service_server::AccessServiceServer;
use crate::proto::catalogue_service_server::CatalogueServiceServer;
use crate::proto::dossier_service_server::DossierServiceServer;
use crate::proto::event_service_server::EventServiceServer;
use crate::proto::lookup_service_server::LookupServiceServer;
use crate::proto::portal_service_server::PortalServiceServer;
use crate::proto::report_service_server::ReportServiceServer;
use crate::proto::webhook_service_server::WebhookServiceServer;
use crate::proto::worklist_service_server::WorklistServiceServer;
use crate::proto::{self, services};
use crate::reference;
use crate::service::{
    Access, Catalogue, Dossiers, Events, Lookups, Portals, Reports, Webhooks, Worklists,
};
use crate::status;

pub use crate::door::most_bytes;
pub use crate::proto::SERVICES;
pub use crate::settings::Settings;

/// Puts the services over an engine.
#[must_use]
pub fn part(engine: Arc<Engine>, gate: Gate, health: &Health, settings: &Settings) -> Part {
    let calls = Calls::new(engine, gate, settings);
    let grpc = grpc(&calls, settings, health);
    let doors = Doors { grpc, calls };
    let mut router = Router::new();
    for service in services().chain(REFLECTION) {
        router = router.route(&format!("/{service}/{{*method}}"), any(dispatch));
    }
    let described = openapi::with("/", &settings.beside).to_string();
    let described = move || async move { motcua_http::json(StatusCode::OK, described) };
    router = router
        .route("/openapi.json", get(described))
        .merge(reference::routes());
    let unknown = Router::new().fallback(dispatch).with_state(doors.clone());
    Part::new("services", router.with_state(doors))
        .origins(&settings.origins)
        .index(index())
        .unknown_paths(is_grpc, unknown)
}

const REFLECTION: [&str; 2] = [
    "grpc.reflection.v1.ServerReflection",
    "grpc.reflection.v1alpha.ServerReflection",
];

macro_rules! limited {
    ($server:ident, $service:expr) => {
        $server::new($service)
            .max_decoding_message_size(door::most_bytes("ImportReceptions"))
            .send_compressed(tonic::codec::CompressionEncoding::Gzip)
    };
}

/// The gRPC part, gRPC-Web included.
fn grpc(calls: &Calls, settings: &Settings, health: &Health) -> Router {
    let mut routes = Routes::new(limited!(CatalogueServiceServer, Catalogue(calls.clone())))
        .add_service(limited!(AccessServiceServer, Access(calls.clone())))
        .add_service(limited!(DossierServiceServer, Dossiers(calls.clone())))
        .add_service(limited!(EventServiceServer, Events(calls.clone())))
        .add_service(limited!(LookupServiceServer, Lookups(calls.clone())))
        .add_service(limited!(PortalServiceServer, Portals(calls.clone())))
        .add_service(limited!(ReportServiceServer, Reports(calls.clone())))
        .add_service(limited!(WebhookServiceServer, Webhooks(calls.clone())))
        .add_service(limited!(WorklistServiceServer, Worklists(calls.clone())))
        .add_service(HealthServer::new(Healths(health.clone())));
    if settings.reflection {
        // Clients differ in which of the two versions they ask for.
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
    let guarded = Router::new()
        .fallback_service(reasoned)
        .layer(middleware::from_fn_with_state(calls.clone(), door::guard));
    Router::new().fallback_service(GrpcWebLayer::new().layer(guarded))
}

type Answer = http::Response<tonic::body::Body>;

/// Adds a reason to an error of the transport, such as an unknown method.
fn with_reason(answer: Answer) -> Answer {
    match Status::from_header_map(answer.headers()) {
        Some(status) if status.details().is_empty() && status.code() != Code::Ok => {
            status::with_reason(status).into_http()
        }
        Some(_) | None => answer,
    }
}

/// Sends a call to the services, directly or through JSON.
async fn dispatch(State(doors): State<Doors>, request: Request<Body>) -> Response {
    let is_grpc = is_grpc(request.headers());
    let slow = doors.calls.slow;
    observe::observed(slow, is_grpc, request, async |request| {
        if is_grpc {
            match doors.grpc.oneshot(request).await {
                Ok(response) => response,
                Err(never) => match never {},
            }
        } else {
            json::call(doors, request).await
        }
    })
    .await
}

fn is_grpc(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"application/grpc"))
}

/// All methods, and how to call one.
fn index() -> serde_json::Value {
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
    services.into()
}
