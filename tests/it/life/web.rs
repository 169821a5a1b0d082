//! A web page speaks gRPC-Web to the same port.

use axum::body::Body;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use domain::role::Role;
use grpc::proto::{Dossier, GetDossierRequest, ReceiveDossierRequest};
use http::Request;
use http_body_util::BodyExt;
use prost::Message;
use serde_json::json;

use crate::access::ways::reception;
use crate::calling::{Answer, methods, path_of};
use crate::port::Port;
use crate::world::{WARD, World};

/// Makes a call as a web page does: the message, if one came, and the trailers as text.
async fn call(
    port: &Port,
    token: &str,
    method: &str,
    content_type: &str,
    message: &impl Message,
) -> (Option<Vec<u8>>, String) {
    let encoded = message.encode_to_vec();
    let mut frame = vec![0];
    frame.extend(u32::try_from(encoded.len()).unwrap().to_be_bytes());
    frame.extend(encoded);
    let text = content_type.contains("text");
    let body = if text {
        BASE64_STANDARD.encode(&frame).into_bytes()
    } else {
        frame
    };
    let request = Request::post(path_of(method))
        .header("content-type", content_type)
        .header("accept", content_type)
        .header("x-grpc-web", "1")
        .header("authorization", format!("Bearer {token}"))
        .body(Body::from(body))
        .unwrap();
    let (answer, _line) = port.send(request).await;
    let answer = answer.await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], content_type);
    let status = answer
        .headers()
        .get("grpc-status")
        .map(|code| code.to_str().unwrap().to_owned());
    let mut bytes = answer
        .into_body()
        .collect()
        .await
        .unwrap()
        .to_bytes()
        .to_vec();
    if text {
        // Each piece is encoded separately, and thus padded separately.
        let quads = bytes
            .chunks(4)
            .map(|quad| BASE64_STANDARD.decode(quad).unwrap());
        bytes = quads.flatten().collect();
    }
    let (mut message, mut trailers) = (
        None,
        status.map_or(String::new(), |s| format!("grpc-status:{s}")),
    );
    let mut rest = bytes.as_slice();
    while let Some((head, tail)) = rest.split_at_checked(5) {
        let length = u32::from_be_bytes(head[1..].try_into().unwrap()) as usize;
        let (frame, next) = tail.split_at(length);
        if head[0] & 0x80 == 0 {
            message = Some(frame.to_vec());
        } else {
            trailers.push_str(std::str::from_utf8(frame).unwrap());
        }
        rest = next;
    }
    (message, trailers)
}

#[tokio::test]
async fn a_page_hands_a_dossier_in_and_reads_it() {
    let world = World::at("2026-08-03 10:00").await;
    let port = Port::open(&world.engine).await;
    let token = world.token(Role::Receptionist, WARD).await;
    let body = reception(WARD);
    let receive = methods()
        .into_iter()
        .find(|method| method.name() == "ReceiveDossier")
        .unwrap();
    let message = prost_reflect::DynamicMessage::deserialize(receive.input(), &body).unwrap();
    let request: ReceiveDossierRequest = message.transcode_to().unwrap();
    let mut answers = Vec::new();
    for content_type in [
        "application/grpc-web+proto",
        "application/grpc-web-text+proto",
    ] {
        let (message, trailers) =
            call(&port, &token, "ReceiveDossier", content_type, &request).await;
        assert!(
            trailers.contains("grpc-status:0"),
            "{content_type}: {trailers}"
        );
        answers.push(message.unwrap());
    }
    assert_eq!(
        answers[0], answers[1],
        "the repeat in the other encoding is the same answer"
    );
    let received = Dossier::decode(answers[0].as_slice()).unwrap();
    assert_eq!(received.code, "H60.02215-260803-0001");

    let name = GetDossierRequest {
        name: received.code.clone(),
    };
    let (message, _) = call(
        &port,
        &token,
        "GetDossier",
        "application/grpc-web+proto",
        &name,
    )
    .await;
    let mut read = Dossier::decode(message.unwrap().as_slice()).unwrap();
    assert!(
        read.forecast.take().is_some(),
        "a write's answer has none, for a repeat must get the same"
    );
    assert_eq!(
        read,
        Dossier {
            receipt: None,
            ..received
        }
    );
    let listed = Answer::read(port.post(&token, "ListDossiers", &json!({})).await)
        .await
        .good();
    assert_eq!(listed["dossiers"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_page_is_refused_in_trailers_that_it_can_read() {
    let world = World::at("2026-08-03 10:00").await;
    let port = Port::open(&world.engine).await;
    let token = world.token(Role::Receptionist, WARD).await;
    let unknown = GetDossierRequest {
        name: "H60.02215-260803-0009".into(),
    };
    for (token, code) in [(token.as_str(), "5"), ("mct_0", "16")] {
        let (message, trailers) = call(
            &port,
            token,
            "GetDossier",
            "application/grpc-web+proto",
            &unknown,
        )
        .await;
        assert_eq!(message, None);
        assert!(
            trailers.contains(&format!("grpc-status:{code}")),
            "{trailers}"
        );
    }
}
