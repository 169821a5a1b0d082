//! JSON beside gRPC. A body becomes the message of the method and goes through the same services in
//! this process; the answer becomes JSON. No method has code of its own here.
//!
//! Fields have the names of the contract (`request_id`), and an answer has all of them, with null
//! for an absent one. Requests may also use the other spelling (`requestId`). Amounts of 64 bits
//! are strings, as in the protobuf mapping.

mod error;
mod frames;
mod read;
mod tree;
mod write;

use app::error::reasons;
use axum::body::Body;
use axum::response::Response;
use bytes::{BufMut, Bytes, BytesMut};
use futures::{StreamExt, stream};
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, TE};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use motcua_http::{Peer, refuse};
use prost::Message;
use prost_reflect::{DynamicMessage, MethodDescriptor};
use tonic::{Code, Status};
use tower::ServiceExt;

use crate::door::{self, Doors};
use crate::proto;
use crate::status;
pub(crate) use error::Coded;
use error::respond;
pub use error::{code_name, code_name_exists, http_status};
use frames::Frames;

/// Headers that belong to the call and not to its encoding.
const PASSED_ON: [&str; 3] = ["authorization", "grpc-timeout", "traceparent"];

/// Answers a call in JSON.
pub(crate) async fn call(doors: Doors, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let Some(method) = method(parts.uri.path()) else {
        return not_found(parts.uri.path());
    };
    if parts.method != Method::POST {
        return motcua_http::only("POST");
    }
    if !is_json(&parts.headers) {
        let expected = "expected content-type application/json";
        return refuse(&reasons::UNSUPPORTED_MEDIA_TYPE, expected);
    }
    let peer = Peer::of(&parts.extensions);
    let path = parts.uri.path();
    let most = match door::admit(&doors.calls, path, &parts.headers, peer).await {
        Ok(most) => most,
        Err(status) => return respond(&status),
    };
    let body = match Limited::new(body, most).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => return respond(&door::too_long(most)),
        Err(error) if motcua_http::is_too_slow(error.as_ref()) => {
            return respond(&door::too_slow());
        }
        Err(_broken) => return respond(&status::malformed("the body ended too early")),
    };
    let message = match read::message(&method.input(), &body) {
        Ok(message) => message,
        Err(status) => return respond(&status),
    };
    let mut request = framed(&parts.headers, path, &message);
    request.extensions_mut().insert(peer);
    let answered = match doors.grpc.oneshot(request).await {
        Ok(answered) => answered,
        Err(never) => match never {},
    };
    if let Some(status) = Status::from_header_map(answered.headers())
        && status.code() != Code::Ok
    {
        return respond(&status);
    }
    let frames = Frames::new(answered.into_body());
    if method.is_server_streaming() {
        lines(method, frames)
    } else {
        one(&method, frames).await
    }
}

/// The answer to an unknown path.
fn not_found(path: &str) -> Response {
    let path: String = path.chars().take(200).collect();
    let message = format!("there is nothing at {path}; methods are at /motcua.v1.Service/Method");
    refuse(&reasons::METHOD_UNKNOWN, &message)
}

/// The method of a path such as `/motcua.v1.DossierService/GetDossier`.
fn method(path: &str) -> Option<MethodDescriptor> {
    let (service, name) = path.strip_prefix('/')?.split_once('/')?;
    let service = proto::pool().get_service_by_name(service)?;
    service.methods().find(|method| method.name() == name)
}

fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

/// The gRPC request for a message, as a client would send it.
fn framed(headers: &HeaderMap, path: &str, message: &DynamicMessage) -> Request<Body> {
    let length = message.encoded_len();
    let mut frame = BytesMut::with_capacity(length + 5);
    frame.put_u8(0);
    frame.put_u32(u32::try_from(length).expect("a body of one MiB makes no longer message"));
    message
        .encode(&mut frame)
        .expect("the buffer has room for the message");
    let mut request = Request::new(Body::from(frame.freeze()));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = path.parse().expect("it was a path before");
    *request.version_mut() = http::Version::HTTP_2;
    for name in PASSED_ON {
        if let Some(value) = headers.get(name) {
            request
                .headers_mut()
                .insert(HeaderName::from_static(name), value.clone());
        }
    }
    debug_assert_eq!(PASSED_ON[0], AUTHORIZATION.as_str());
    let headers = request.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    headers.insert(TE, HeaderValue::from_static("trailers"));
    request
}

async fn one(method: &MethodDescriptor, mut frames: Frames) -> Response {
    match frames.next().await {
        Some(Ok(message)) => match text(method, &message) {
            Ok(text) => motcua_http::json(StatusCode::OK, text),
            Err(status) => respond(&status),
        },
        Some(Err(status)) => respond(&status),
        None => respond(&status::with_reason(Status::internal("no answer came"))),
    }
}

/// One answer a line, as they come; an error is the last line.
fn lines(method: MethodDescriptor, frames: Frames) -> Response {
    let lines = stream::unfold(Some((method, frames)), |open| async move {
        let (method, mut frames) = open?;
        let answer = match frames.next().await? {
            Ok(message) => text(&method, &message),
            Err(status) => Err(status),
        };
        let (mut line, open) = match answer {
            Ok(line) => (line, Some((method, frames))),
            Err(status) => {
                let error = serde_json::json!({ "error": error::body(&status) });
                (error.to_string().into_bytes(), None)
            }
        };
        line.push(b'\n');
        Some((Ok::<_, std::convert::Infallible>(Bytes::from(line)), open))
    });
    let mut response = Response::new(Body::from_stream(lines.fuse()));
    response.headers_mut().insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/x-ndjson"),
    );
    response
}

fn text(method: &MethodDescriptor, message: &[u8]) -> Result<Vec<u8>, Status> {
    let unreadable =
        |error: &dyn std::error::Error| status::of(app::Error::Internal(error.to_string().into()));
    let message =
        DynamicMessage::decode(method.output(), message).map_err(|error| unreadable(&error))?;
    serde_json::to_vec(&write::Shown(&message)).map_err(|error| unreadable(&error))
}
