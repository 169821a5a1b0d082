//! Requests that are no calls: not JSON, another type, another path, too large.

use axum::body::Body;
use domain::role::Role;
use http::{Method, Request};
use serde_json::json;

use crate::access::ways::{reception, writes};
use crate::calling::{Answer, Json, methods, path_of};
use crate::witness::Witness;
use crate::world::{WARD, World};

struct Office {
    json: Json,
    witness: Witness,
    token: String,
    before: i64,
    _world: World,
}

impl Office {
    async fn open() -> Self {
        let world = World::at("2026-08-03 10:00").await;
        let (json, witness) = (Json::over(&world), Witness::of(&world).await);
        let token = world.token(Role::Chairman, WARD).await;
        let before = witness.seen().await;
        Self {
            json,
            witness,
            token,
            before,
            _world: world,
        }
    }

    fn request(&self, method: &str, body: impl Into<Body>) -> Request<Body> {
        Request::post(path_of(method))
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {}", self.token))
            .body(body.into())
            .unwrap()
    }

    /// Sends a request that must write nothing, and returns the answer.
    async fn refuses(&self, request: Request<Body>) -> Answer {
        let answer = Answer::read(self.json.send(request).await).await;
        assert!(answer.http.is_client_error(), "{}", answer.json);
        assert!(!answer.message().is_empty() && !answer.vietnamese().is_empty());
        assert_eq!(answer.headers["content-type"], "application/json");
        assert_eq!(self.witness.seen().await, self.before, "it wrote something");
        answer
    }
}

#[tokio::test]
async fn what_is_not_json_is_said_not_to_be() {
    let office = Office::open().await;
    let good = reception(WARD).to_string();
    let bodies: Vec<Vec<u8>> = vec![
        b"{".to_vec(),
        good.as_bytes()[..good.len() - 1].to_vec(),
        [good.as_bytes(), b"}"].concat(),
        good.replace('"', "'").into_bytes(),
        b"request_id=1&name=2".to_vec(),
        b"<dossier/>".to_vec(),
        [b"\xef\xbb\xbf", good.as_bytes()].concat(),
        [&b"{\"name\":\"\xff\xfe\"}"[..], b""].concat(),
        [b"[".repeat(5_000), b"]".repeat(5_000)].concat(),
        b"NaN".to_vec(),
        vec![0, 0, 0, 0, 0],
    ];
    for body in bodies {
        let shown = String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
        let answer = office.refuses(office.request("ReceiveDossier", body)).await;
        let expected = (400, "INVALID_ARGUMENT", "MALFORMED_JSON");
        assert_eq!(answer.refused(), expected, "{shown}");
        assert!(
            answer.message().contains("not JSON"),
            "{shown}: {}",
            answer.message()
        );
    }
}

#[tokio::test]
async fn json_that_is_no_object_is_a_wrong_body() {
    let office = Office::open().await;
    for body in ["[]", "7", "\"x\"", "null", "true", "[{}]"] {
        let answer = office.refuses(office.request("ReceiveDossier", body)).await;
        assert_eq!(answer.refused().2, "INVALID_FIELDS", "{body}");
        let wrong = answer.wrong();
        assert_eq!(wrong[0].0, "body", "{body}");
        assert!(
            wrong[0].1.starts_with("expected an object"),
            "{body}: {}",
            wrong[0].1
        );
    }
    // An empty body is an object without fields.
    let answer = office.refuses(office.request("ReceiveDossier", "")).await;
    assert!(
        answer
            .wrong()
            .iter()
            .any(|(field, _)| *field == "procedure")
    );
}

#[tokio::test]
async fn a_field_that_does_not_exist_is_refused_in_every_method_and_never_ignored() {
    let office = Office::open().await;
    for method in methods() {
        for unknown in ["ghi_chu", "State", "request-id"] {
            let body = json!({ (unknown): "x" }).to_string();
            let answer = office.refuses(office.request(method.name(), body)).await;
            let place = format!("{} with {unknown}", method.name());
            assert_eq!(answer.refused().2, "INVALID_FIELDS", "{place}");
            let wrong = answer.wrong();
            assert_eq!(wrong[0].0, unknown, "{place}");
            let known = method.input().fields().next().unwrap();
            assert!(wrong[0].1.contains(known.name()), "{place}: {}", wrong[0].1);
        }
    }
}

#[tokio::test]
async fn nobody_sets_what_only_the_office_decides() {
    let office = Office::open().await;
    for output in [
        "state",
        "overdue",
        "effective_due_time",
        "code",
        "receive_time",
        "unit",
    ] {
        for method in methods().into_iter().filter(|method| writes(method.name())) {
            // A part's unit is an input: another unit gets the part, and never the acting one.
            if method.input().get_field_by_name(output).is_some() {
                continue;
            }
            let body = json!({ (output): "x" }).to_string();
            let answer = office.refuses(office.request(method.name(), body)).await;
            assert_eq!(answer.wrong()[0].0, output, "{}", method.name());
        }
    }
}

#[tokio::test]
async fn another_content_type_is_415_and_json_with_a_charset_is_json() {
    let office = Office::open().await;
    let good = reception(WARD).to_string();
    for wrong in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/jsonp",
        "application/json-patch+json",
        "application/problem+json",
        "json",
        "",
    ] {
        let mut request = office.request("ReceiveDossier", good.clone());
        request
            .headers_mut()
            .insert("content-type", wrong.parse().unwrap());
        let answer = office.refuses(request).await;
        let expected = (415, "INVALID_ARGUMENT", "UNSUPPORTED_MEDIA_TYPE");
        assert_eq!(answer.refused(), expected, "{wrong}");
        assert!(
            answer.message().contains("application/json"),
            "{}",
            answer.message()
        );
    }
    let mut request = office.request("ReceiveDossier", good.clone());
    request.headers_mut().remove("content-type");
    assert_eq!(office.refuses(request).await.refused().0, 415);
    let mut request = office.request("ReceiveDossier", good);
    let charset = "Application/JSON; charset=UTF-8".parse().unwrap();
    request.headers_mut().insert("content-type", charset);
    Answer::read(office.json.send(request).await).await.good();
}

#[tokio::test]
async fn another_path_is_404_and_another_verb_405() {
    let office = Office::open().await;
    for path in [
        "/motcua.v1.DossierService/DeleteDossier",
        "/motcua.v1.DossierService/receiveDossier",
        "/motcua.v1.DossierService/ReceiveDossier/",
        "/motcua.v1.DossierService/",
        "/motcua.v1.DossierService",
        "/motcua.v2.DossierService/ReceiveDossier",
        "/DossierService/ReceiveDossier",
        "/motcua.v1.WorklistService/ReceiveDossier",
        "/rest/dossiers",
        "/../etc/passwd",
    ] {
        let mut request = office.request("ReceiveDossier", reception(WARD).to_string());
        *request.uri_mut() = path.parse().unwrap();
        let answer = office.refuses(request).await;
        assert_eq!(
            answer.refused(),
            (404, "UNIMPLEMENTED", "METHOD_UNKNOWN"),
            "{path}"
        );
        assert!(answer.message().contains(path), "{}", answer.message());
    }
    for verb in [Method::GET, Method::PUT, Method::PATCH, Method::DELETE] {
        let mut request = office.request("ReceiveDossier", reception(WARD).to_string());
        *request.method_mut() = verb.clone();
        let answer = office.refuses(request).await;
        assert_eq!(answer.refused().0, 405, "{verb}");
        assert_eq!(answer.headers["allow"], "POST", "{verb}");
    }
}

#[tokio::test]
async fn a_body_is_read_as_far_as_its_method_permits() {
    let office = Office::open().await;
    let of_length = |length: usize| {
        let frame = r#"{"name":""}"#.len();
        format!(r#"{{"name":"{}"}}"#, "x".repeat(length - frame))
    };
    let most = grpc::serve::most_bytes("ReceiveDossier");
    assert_eq!(most, 64 * 1024);
    let answer = office
        .refuses(office.request("ReceiveDossier", of_length(most)))
        .await;
    assert_eq!(answer.refused().2, "INVALID_FIELDS", "it was read");
    for length in [most + 1, 4 * most] {
        let answer = office
            .refuses(office.request("ReceiveDossier", of_length(length)))
            .await;
        assert_eq!(
            answer.refused(),
            (413, "OUT_OF_RANGE", "BODY_TOO_LARGE"),
            "{length} bytes"
        );
    }
}
