//! What a hostile client meets: before the token is read, on a slow connection, and while the
//! server stops.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::middleware::{Next, from_fn};
use domain::role::Role;
use grpc::proto;
use grpc::proto::dossier_service_client::DossierServiceClient;
use grpc::proto::worklist_service_client::WorklistServiceClient;
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tonic::Code;
use tonic_types::StatusExt;
use tower::ServiceExt;

use crate::calling::{Answer, Json, path_of};
use crate::port::{PATIENCE, Port, Settings, Site, soon, with_token};
use crate::world::{THREE_DAYS, WARD, World};

fn security_events(name: &str) -> u64 {
    let counts = app::security::counts();
    counts.iter().find(|(known, _)| *known == name).unwrap().1
}

/// A body that panics if anybody reads it.
fn unreadable() -> Body {
    let read = || -> std::io::Result<bytes::Bytes> { panic!("somebody read the body") };
    Body::from_stream(futures::stream::once(async move { read() }))
}

#[tokio::test]
async fn nothing_of_a_body_is_read_before_the_token() {
    let world = World::at("2026-08-03 10:00").await;
    let router = Site::over(&world.engine, &Settings::default()).router;
    let refused = security_events("token_refused");
    for token in [None, Some("Bearer mct_wrong")] {
        let mut request = Request::post(path_of("ImportReceptions"))
            .header("content-type", "application/json")
            .body(unreadable())
            .unwrap();
        if let Some(token) = token {
            let token = token.parse().unwrap();
            request.headers_mut().insert("authorization", token);
        }
        let answer = Answer::read(router.clone().oneshot(request).await.unwrap()).await;
        let nobody = (401, "UNAUTHENTICATED", "UNAUTHENTICATED");
        assert_eq!(answer.refused(), nobody);
    }
    let request = Request::post(path_of("ImportReceptions"))
        .version(http::Version::HTTP_2)
        .header("content-type", "application/grpc")
        .body(unreadable())
        .unwrap();
    let answer = router.oneshot(request).await.unwrap();
    let status = tonic::Status::from_header_map(answer.headers()).unwrap();
    assert_eq!(status.code(), Code::Unauthenticated);
    assert!(security_events("token_refused") >= refused + 3);
}

#[tokio::test]
async fn a_compressed_request_is_not_unpacked() {
    let world = World::at("2026-08-03 10:00").await;
    let router = Site::over(&world.engine, &Settings::default()).router;
    for (content, header) in [
        ("application/json", "content-encoding"),
        ("application/grpc", "grpc-encoding"),
    ] {
        let request = Request::post(path_of("LookupDossier"))
            .version(http::Version::HTTP_2)
            .header("content-type", content)
            .header(header, "gzip")
            .body(unreadable())
            .unwrap();
        let answer = router.clone().oneshot(request).await.unwrap();
        if content == "application/json" {
            let answer = Answer::read(answer).await;
            let expected = (415, "INVALID_ARGUMENT", "UNSUPPORTED_MEDIA_TYPE");
            assert_eq!(answer.refused(), expected);
        } else {
            let status = tonic::Status::from_header_map(answer.headers()).unwrap();
            let info = status.get_details_error_info().unwrap();
            assert_eq!(info.reason, "UNSUPPORTED_MEDIA_TYPE");
        }
    }
}

#[tokio::test]
async fn a_request_is_as_long_and_as_heavy_as_its_method_permits_on_both_wires() {
    let world = World::at("2026-08-03 10:00").await;
    let token = world.token(Role::Receptionist, WARD).await;
    let port = Port::open(&world.engine).await;
    let mut client = DossierServiceClient::new(port.channel().await);
    let reason = |status: tonic::Status| status.get_details_error_info().unwrap().reason;

    let long = proto::GetDossierRequest {
        name: "x".repeat(65 * 1024),
    };
    let told = client.get_dossier(with_token(&token, long)).await;
    assert_eq!(reason(told.unwrap_err()), "BODY_TOO_LARGE");

    let many = proto::ImportReceptionsRequest {
        requests: vec![Default::default(); 50_000],
        ..Default::default()
    };
    let told = client.import_receptions(with_token(&token, many)).await;
    assert_eq!(reason(told.unwrap_err()), "BODY_TOO_LARGE");

    let json = Json::over(&world);
    let requests = vec![json!({}); 50_000];
    let answer = json
        .call(&token, "ImportReceptions", &json!({ "requests": requests }))
        .await;
    assert_eq!(answer.http, StatusCode::BAD_REQUEST, "{}", answer.json);
    assert!(answer.message().contains("at most 20000 values"));
}

/// Sends the head of a request whose body never follows.
async fn head_without_body(port: &Port) -> TcpStream {
    let mut stream = TcpStream::connect(port.address).await.unwrap();
    let head = format!(
        "POST {} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n",
        path_of("LookupDossier")
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

async fn what_comes(mut stream: TcpStream) -> String {
    let mut told = Vec::new();
    // A reset ends the answer just like a close.
    let _end = stream.read_to_end(&mut told).await;
    String::from_utf8_lossy(&told).into_owned()
}

#[tokio::test]
async fn a_body_that_never_comes_is_given_up_in_words() {
    let world = World::at("2026-08-03 10:00").await;
    let settings = Settings {
        listen: motcua_http::Settings {
            body_timeout: Duration::from_millis(50),
            ..motcua_http::Settings::default()
        },
        ..Settings::default()
    };
    let port = Port::with(&world.engine, settings, |router| router).await;
    let told = soon("an answer", what_comes(head_without_body(&port).await)).await;
    assert!(told.starts_with("HTTP/1.1 504"), "{told}");
    assert!(told.contains("did not come in time"), "{told}");
}

#[tokio::test]
async fn whoever_does_nothing_gives_way_and_one_address_never_has_all_places() {
    let world = World::at("2026-08-03 10:00").await;
    let settings = |max_connections, max_connections_per_peer| Settings {
        listen: motcua_http::Settings {
            max_connections,
            max_connections_per_peer,
            ..motcua_http::Settings::default()
        },
        ..Settings::default()
    };
    // Eight silent connections occupy all places; then a ninth makes a request.
    let port = Port::with(&world.engine, settings(8, 100), |router| router).await;
    let mut silent = Vec::new();
    for _ in 0..8 {
        silent.push(TcpStream::connect(port.address).await.unwrap());
    }
    let asked = || Request::get("/healthz").body(Body::empty()).unwrap();
    let (answer, _line) = port.send(asked()).await;
    let answer = soon("an answer", answer).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);

    let port = Port::with(&world.engine, settings(100, 2), |router| router).await;
    let _first = head_without_body(&port).await;
    let _second = head_without_body(&port).await;
    let third = TcpStream::connect(port.address).await.unwrap();
    let told = soon("the end of the third", what_comes(third)).await;
    assert_eq!(told, "", "closed at once");
}

/// A server that counts the calls that it begins.
async fn counting(world: &World, last_call: Duration) -> (Port, Arc<AtomicU64>) {
    let settings = Settings {
        listen: motcua_http::Settings {
            last_call,
            ..motcua_http::Settings::default()
        },
        ..Settings::default()
    };
    let begun = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&begun);
    let count = move |request: Request<Body>, next: Next| {
        counted.fetch_add(1, Ordering::Relaxed);
        next.run(request)
    };
    let around = |router: Router| router.layer(from_fn(count));
    (Port::with(&world.engine, settings, around).await, begun)
}

fn health() -> Request<Body> {
    let request = Request::get("/healthz").header("host", "x");
    request.body(Body::empty()).unwrap()
}

#[tokio::test]
async fn a_client_that_keeps_its_connection_is_told_in_an_answer_before_it_is_closed() {
    let world = World::at("2026-08-03 10:00").await;
    let (port, begun) = counting(&world, PATIENCE).await;
    let stream = TcpStream::connect(port.address).await.unwrap();
    let connected = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await;
    let (mut sender, line) = connected.unwrap();
    let line = tokio::spawn(line);
    let first = sender.send_request(health()).await.unwrap();
    assert_eq!(first.headers().get("connection"), None);
    first.into_body().collect().await.unwrap();

    // The client has no call in flight when the server stops, and then makes more calls.
    let ended = port.begin_to_stop();
    let mut answered = 1;
    let told = async {
        loop {
            sender.ready().await.unwrap();
            let answer = sender.send_request(health()).await.unwrap();
            let closes = answer.headers().get("connection").cloned();
            answer.into_body().collect().await.unwrap();
            answered += 1;
            if let Some(closes) = closes {
                return closes;
            }
        }
    };
    assert_eq!(soon("the word that it closes", told).await, "close");
    assert_eq!(begun.load(Ordering::Relaxed), answered);
    soon("the end of the connection", line)
        .await
        .unwrap()
        .unwrap();
    soon("the end of the server", ended).await.unwrap().unwrap();
}

/// Whether the server answered a call, from its client's view.
fn is_answered<T>(told: &Result<T, tonic::Status>) -> bool {
    match told {
        Ok(_) => true,
        // The error has details of ours, so the server did answer, if only to say that it stops.
        Err(status) => status.get_details_error_info().is_some(),
    }
}

#[tokio::test]
async fn under_load_every_call_that_a_stopping_server_begins_is_answered() {
    let world = World::at("2026-08-03 10:00").await;
    let token = world.token(Role::Chairman, WARD).await;
    world.receive(WARD, THREE_DAYS).await;
    let (port, begun) = counting(&world, Duration::from_millis(250)).await;
    let (answered, enough) = (Arc::new(AtomicU64::new(0)), Arc::new(Notify::new()));
    let count = |answered: &AtomicU64, enough: &Notify| {
        if answered.fetch_add(1, Ordering::Relaxed) == 200 {
            enough.notify_one();
        }
    };
    let mut callers = Vec::new();
    for _ in 0..8 {
        let address = port.address;
        let counts = (answered.clone(), enough.clone());
        // Each caller keeps its connection until told otherwise, and reconnects until nobody
        // listens.
        callers.push(tokio::spawn(async move {
            while let Ok(stream) = TcpStream::connect(address).await {
                let io = TokioIo::new(stream);
                let Ok((mut sender, line)) = hyper::client::conn::http1::handshake(io).await else {
                    continue;
                };
                tokio::spawn(line);
                while sender.ready().await.is_ok() {
                    let Ok(answer) = sender.send_request(health()).await else {
                        break;
                    };
                    if answer.into_body().collect().await.is_ok() {
                        count(&counts.0, &counts.1);
                    }
                }
            }
        }));
        let mut client = WorklistServiceClient::new(port.channel().await);
        let counts = (answered.clone(), enough.clone());
        let token = token.clone();
        callers.push(tokio::spawn(async move {
            loop {
                let asked = proto::GetWorklistCountsRequest::default();
                let told = client.get_worklist_counts(with_token(&token, asked)).await;
                if is_answered(&told) {
                    count(&counts.0, &counts.1);
                } else if TcpStream::connect(address).await.is_err() {
                    return;
                }
            }
        }));
    }
    soon("a loaded server", enough.notified()).await;
    soon("the end of the server", port.stop()).await;
    for caller in callers {
        soon("the end of a caller", caller).await.unwrap();
    }
    let (begun, answered) = (
        begun.load(Ordering::Relaxed),
        answered.load(Ordering::Relaxed),
    );
    assert_eq!(
        begun, answered,
        "calls that were begun, and calls that were answered"
    );
}
