//! `grpc.health.v1.Health`: SERVING while this process is ready.

use std::pin::Pin;
use std::time::Duration;

use futures::{Stream, stream};
use motcua_http::Health;
use tonic::{Request, Response, Status, async_trait};
use tonic_health::ServingStatus;
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};

use crate::proto::services;

/// See the health checking protocol of gRPC.
pub(crate) struct Healths(pub Health);

/// How often a watch looks.
const LOOK: Duration = Duration::from_secs(1);

type Turns = Pin<Box<dyn Stream<Item = Result<HealthCheckResponse, Status>> + Send>>;

#[async_trait]
impl tonic_health::pb::health_server::Health for Healths {
    type WatchStream = Turns;

    async fn check(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckResponse>, Status> {
        if !exists(&request.get_ref().service) {
            return Err(Status::not_found("there is no such service"));
        }
        Ok(Response::new(turn(state(&self.0).await)))
    }

    async fn watch(&self, request: Request<HealthCheckRequest>) -> Result<Response<Turns>, Status> {
        // By the protocol, a caller may watch a service that does not exist yet; it is unknown
        // until then.
        let exists = exists(&request.get_ref().service);
        let watched = (self.0.clone(), None);
        let turns = stream::unfold(watched, move |(health, last)| async move {
            if last == Some(ServingStatus::NotServing) && health.is_closing() {
                return None;
            }
            let now = loop {
                let now = if exists {
                    state(&health).await
                } else {
                    ServingStatus::Unknown
                };
                if last != Some(now) {
                    break now;
                }
                tokio::select! {
                    () = health.closing() => {}
                    () = tokio::time::sleep(LOOK) => {}
                }
                if health.is_closing() && !exists {
                    return None;
                }
            };
            Some((Ok(turn(now)), (health, Some(now))))
        });
        Ok(Response::new(Box::pin(turns)))
    }
}

/// The empty name is the server as a whole.
fn exists(service: &str) -> bool {
    service.is_empty() || services().any(|known| known == service)
}

async fn state(health: &Health) -> ServingStatus {
    if health.readiness().await.is_ready() {
        ServingStatus::Serving
    } else {
        ServingStatus::NotServing
    }
}

fn turn(state: ServingStatus) -> HealthCheckResponse {
    HealthCheckResponse {
        status: state as i32,
    }
}
