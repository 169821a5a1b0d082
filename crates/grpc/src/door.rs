//! What is looked at before a request's body is read: who sends it, how it is written, and how
//! long it may be.

use app::error::reasons;
use app::security::{self, Event};
use app::{Error, Gate};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::HeaderMap;
use http::header::CONTENT_ENCODING;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use motcua_http::Peer;
use tonic::Status;

use crate::call::{self, Calls};
use crate::proto;
use crate::status;

/// The most bytes of a request: what a person enters at a desk, with room to spare.
const MOST_BYTES: usize = 64 * 1024;

/// The most bytes of the few requests that carry a whole list or a whole text.
const MOST_BYTES_OF_LISTS: usize = 1024 * 1024;

/// The requests that may be so long.
const LISTS: [&str; 4] = [
    "ImportReceptions",
    "ProposeDocument",
    "MergeUnits",
    "ResolveDossier",
];

/// The most bytes that a request of a method may have.
#[must_use]
pub fn most_bytes(method: &str) -> usize {
    if LISTS.contains(&method) {
        MOST_BYTES_OF_LISTS
    } else {
        MOST_BYTES
    }
}

/// The services, and what the gateway asks before it reads a body.
#[derive(Clone)]
pub(crate) struct Doors {
    pub(crate) grpc: Router,
    pub(crate) calls: Calls,
}

/// Refuses a request by its headers alone; otherwise the most bytes that its body may have.
pub(crate) async fn admit(
    calls: &Calls,
    path: &str,
    headers: &HeaderMap,
    peer: Peer,
) -> Result<usize, Status> {
    if is_compressed(headers) {
        let message = "requests are not taken compressed; send it as it is";
        return Err(status::own(&reasons::UNSUPPORTED_MEDIA_TYPE, message));
    }
    let (service, method) = path
        .trim_start_matches('/')
        .split_once('/')
        .unwrap_or_default();
    if needs_token(service, method) {
        let known = known(calls, headers).await;
        if matches!(known, Err(Error::Unauthenticated)) {
            security::note(Event::TokenRefused, Some(peer.0));
        }
        known.map_err(status::of)?;
    }
    Ok(most_bytes(method))
}

async fn known(calls: &Calls, headers: &HeaderMap) -> Result<(), Error> {
    let gate: &Gate = &calls.gate;
    let asking = async {
        let secret = call::secret_of(headers)?;
        calls.engine().authenticate(&secret).await
    };
    gate.read(None, asking).await.map(drop)
}

/// Look-ups, health and the contract itself are for everybody, and so is the word that there is
/// no such method.
pub(crate) fn needs_token(service: &str, method: &str) -> bool {
    let ours = service.starts_with(proto::PACKAGE) && service != "motcua.v1.LookupService";
    let found = ours.then(|| proto::pool().get_service_by_name(service));
    found
        .flatten()
        .is_some_and(|service| service.methods().any(|known| known.name() == method))
}

/// A small compressed message can become any size.
fn is_compressed(headers: &HeaderMap) -> bool {
    let encodings = [headers.get(CONTENT_ENCODING), headers.get("grpc-encoding")];
    encodings
        .into_iter()
        .flatten()
        .any(|encoding| encoding != "identity")
}

/// Stands before the services of gRPC, where refusals are gRPC's.
pub(crate) async fn guard(State(calls): State<Calls>, request: Request, next: Next) -> Response {
    let peer = Peer::of(request.extensions());
    let admitted = admit(&calls, request.uri().path(), request.headers(), peer).await;
    let most = match admitted {
        Ok(most) => most,
        Err(status) => return status.into_http(),
    };
    // Five bytes stand before each message.
    let limited = request.map(|body| {
        let body = Limited::new(body, most + 5);
        Body::new(body.map_err(move |error| unreadable(error, most)))
    });
    next.run(limited).await
}

/// Why a body could not be read, as a status that tonic hands on.
fn unreadable(error: axum::BoxError, most: usize) -> axum::BoxError {
    if error.is::<LengthLimitError>() {
        Box::new(too_long(most))
    } else if motcua_http::is_too_slow(error.as_ref()) {
        Box::new(too_slow())
    } else {
        error
    }
}

/// The answer to a body that is longer than its method permits.
pub(crate) fn too_long(most: usize) -> Status {
    let message = format!("the message may have at most {most} bytes");
    status::own(&reasons::BODY_TOO_LARGE, &message)
}

/// The answer to a body that did not come in time.
pub(crate) fn too_slow() -> Status {
    let message = motcua_http::TooSlow.to_string();
    status::own(&reasons::DEADLINE_EXCEEDED, &message)
}
