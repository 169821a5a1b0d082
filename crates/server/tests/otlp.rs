//! With the feature `otlp`, a collector of OpenTelemetry gets calls as traces and lines as logs.
#![cfg(feature = "otlp")]
#![expect(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::post;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use http_body_util::{BodyExt, StreamBody};
use prost::Message;
use tempfile::TempDir;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";

/// What this test reads of the messages of OTLP, by the numbers of its proto files.
mod sent {
    #[derive(Clone, PartialEq, prost::Message)]
    pub struct Traces {
        #[prost(message, repeated, tag = "1")]
        pub resources: Vec<ResourceSpans>,
    }
    #[derive(Clone, PartialEq, prost::Message)]
    pub struct ResourceSpans {
        #[prost(message, optional, tag = "1")]
        pub resource: Option<Resource>,
        #[prost(message, repeated, tag = "2")]
        pub scopes: Vec<ScopeSpans>,
    }
    #[derive(Clone, PartialEq, prost::Message)]
    pub struct Resource {
        #[prost(message, repeated, tag = "1")]
        pub attributes: Vec<Attribute>,
    }
    #[derive(Clone, PartialEq, prost::Message)]
    pub struct Attribute {
        #[prost(string, tag = "1")]
        pub key: String,
        #[prost(message, optional, tag = "2")]
        pub value: Option<Text>,
    }
    #[derive(Clone, PartialEq, prost::Message)]
    pub struct Text {
        #[prost(string, tag = "1")]
        pub text: String,
    }
    #[derive(Clone, PartialEq, prost::Message)]
    pub struct ScopeSpans {
        #[prost(message, repeated, tag = "2")]
        pub spans: Vec<Span>,
    }
    #[derive(Clone, PartialEq, prost::Message)]
    pub struct Span {
        #[prost(bytes = "vec", tag = "1")]
        pub trace: Vec<u8>,
        #[prost(bytes = "vec", tag = "2")]
        pub span: Vec<u8>,
        #[prost(bytes = "vec", tag = "4")]
        pub parent: Vec<u8>,
        #[prost(string, tag = "5")]
        pub name: String,
        #[prost(int32, tag = "6")]
        pub kind: i32,
        #[prost(fixed64, tag = "7")]
        pub begun: u64,
        #[prost(fixed64, tag = "8")]
        pub ended: u64,
        #[prost(message, repeated, tag = "9")]
        pub attributes: Vec<Attribute>,
    }
    #[derive(Clone, PartialEq, prost::Message)]
    pub struct Logs {
        #[prost(message, repeated, tag = "1")]
        pub resources: Vec<ResourceLogs>,
    }
    #[derive(Clone, PartialEq, prost::Message)]
    pub struct ResourceLogs {
        #[prost(message, repeated, tag = "2")]
        pub scopes: Vec<ScopeLogs>,
    }
    #[derive(Clone, PartialEq, prost::Message)]
    pub struct ScopeLogs {
        #[prost(message, repeated, tag = "2")]
        pub lines: Vec<Line>,
    }
    #[derive(Clone, PartialEq, prost::Message)]
    pub struct Line {
        #[prost(message, optional, tag = "5")]
        pub body: Option<Text>,
        #[prost(message, repeated, tag = "6")]
        pub attributes: Vec<Attribute>,
        #[prost(bytes = "vec", tag = "9")]
        pub trace: Vec<u8>,
        #[prost(bytes = "vec", tag = "10")]
        pub span: Vec<u8>,
    }
}

#[derive(Default)]
struct Heard {
    spans: Vec<sent::Span>,
    services: Vec<String>,
    lines: Vec<sent::Line>,
}

/// A collector that keeps what it is told.
#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Heard>>);

impl Collector {
    async fn open(&self) -> String {
        let traces = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
        let logs = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";
        let router = Router::new()
            .route(traces, post(hear_spans))
            .route(logs, post(hear_lines))
            .with_state(self.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://{address}")
    }
}

/// The message of a call of gRPC, behind its five bytes of frame.
async fn read<M: Message + Default>(request: Request) -> M {
    let body = request.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(body[0], 0, "nothing is compressed");
    M::decode(&body[5..]).unwrap()
}

/// An empty message, and `OK`.
fn thanks() -> Response {
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", HeaderValue::from_static("0"));
    let frames = [
        Ok::<_, std::convert::Infallible>(hyper::body::Frame::data(Bytes::from_static(&[0; 5]))),
        Ok(hyper::body::Frame::trailers(trailers)),
    ];
    let body = Body::new(StreamBody::new(futures::stream::iter(frames)));
    let answer = Response::builder().header("content-type", "application/grpc");
    answer.body(body).unwrap()
}

async fn hear_spans(State(collector): State<Collector>, request: Request) -> Response {
    let traces: sent::Traces = read(request).await;
    let mut heard = collector.0.lock().unwrap();
    for of in traces.resources {
        let attributes = of.resource.unwrap_or_default().attributes;
        let name = attributes.into_iter().find(|it| it.key == "service.name");
        heard
            .services
            .extend(name.and_then(|it| it.value).map(|it| it.text));
        heard
            .spans
            .extend(of.scopes.into_iter().flat_map(|scope| scope.spans));
    }
    thanks()
}

async fn hear_lines(State(collector): State<Collector>, request: Request) -> Response {
    let logs: sent::Logs = read(request).await;
    let scopes = logs.resources.into_iter().flat_map(|of| of.scopes);
    let lines = scopes.flat_map(|scope| scope.lines);
    collector.0.lock().unwrap().lines.extend(lines);
    thanks()
}

struct Served {
    process: Child,
    address: String,
    /// Kept, because a server whose output nobody takes stops.
    _said: BufReader<ChildStdout>,
    folder: TempDir,
}

fn serve(collector: &str) -> Served {
    let folder = tempfile::tempdir().unwrap();
    let mut process = Command::new(env!("CARGO_BIN_EXE_motcua"))
        .args(["serve", "--migrate", "--listen", "127.0.0.1:0"])
        .env_clear()
        .env("MOTCUA_OTLP", collector)
        .env("MOTCUA_LOG", "debug,sqlx=warn,sea_orm=warn")
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(process.stdout.take().unwrap());
    let mut lines = said.by_ref().lines().map(Result::unwrap);
    let address = lines.find_map(|line| Some(line.strip_prefix("grpc ")?.to_owned()));
    Served {
        process,
        address: address.expect("the server starts"),
        _said: said,
        folder,
    }
}

/// Stops it as an operator does, and waits for its end.
fn stop(served: &mut Served) {
    let id = served.process.id().to_string();
    let told = Command::new("kill").args(["-TERM", &id]).status().unwrap();
    assert!(told.success());
    assert!(served.process.wait().unwrap().success());
}

fn look_up(address: &str, traceparent: &str) {
    let url = format!("{address}/motcua.v1.LookupService/LookupDossier");
    let asked = Command::new("curl")
        .args(["--silent", "--data", "{}", "--header"])
        .args(["content-type: application/json", "--header"])
        .arg(format!("traceparent: {traceparent}"))
        .arg(&url)
        .output();
    assert!(asked.unwrap().status.success());
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_hears_of_each_call_in_the_trace_of_its_caller_with_its_lines() {
    let collector = Collector::default();
    let address = collector.open().await;
    tokio::task::spawn_blocking(move || {
        let mut served = serve(&address);
        look_up(&served.address, &format!("00-{TRACE}-{CALLER}-01"));
        look_up(&served.address, "nonsense");
        // What is not sent yet is sent at the end.
        stop(&mut served);
    })
    .await
    .unwrap();

    let heard = collector.0.lock().unwrap();
    assert!(!heard.services.is_empty());
    assert!(heard.services.iter().all(|name| name == "motcua"));
    let calls: Vec<_> = heard
        .spans
        .iter()
        .filter(|it| it.name == "LookupDossier")
        .collect();
    assert_eq!(calls.len(), 2, "{:?}", heard.spans);
    let ours: Vec<_> = calls.iter().filter(|it| hex(&it.trace) == TRACE).collect();
    assert_eq!(ours.len(), 1, "the caller's trace is kept");
    let ours = ours[0];
    assert_eq!(
        hex(&ours.parent),
        CALLER,
        "the caller's span is the one above"
    );
    assert_eq!(ours.kind, 2, "a server's");
    assert!(ours.begun <= ours.ended && ours.begun > 0);
    let code = ours.attributes.iter().find(|it| it.key == "code").unwrap();
    assert_eq!(code.value.as_ref().unwrap().text, "INVALID_ARGUMENT");
    let other = calls.iter().find(|it| hex(&it.trace) != TRACE).unwrap();
    assert!(
        other.parent.is_empty(),
        "a call that names no trace begins one"
    );

    let said = |line: &&sent::Line| {
        line.body
            .as_ref()
            .is_some_and(|it| it.text == "a call was answered")
    };
    let lines: Vec<_> = heard.lines.iter().filter(said).collect();
    assert_eq!(lines.len(), 2);
    for call in calls {
        let of = |line: &&&sent::Line| line.trace == call.trace && line.span == call.span;
        assert_eq!(
            lines.iter().filter(of).count(),
            1,
            "each line names its call"
        );
    }
    let serving = heard
        .lines
        .iter()
        .any(|line| line.body.as_ref().is_some_and(|it| it.text == "serving"));
    assert!(serving, "what belongs to no call is told, too");
}

/// Asks as somebody with a token, and returns the answer.
fn ask(served: &Served, token: &str, path: &str, body: Option<&str>) -> String {
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--header"])
        .arg(format!("authorization: Bearer {token}"))
        .args(["--header", "content-type: application/json"]);
    if let Some(body) = body {
        curl.args(["--data", body]);
    }
    let told = curl.arg(format!("{}{path}", served.address)).output();
    String::from_utf8(told.unwrap().stdout).unwrap()
}

/// A token of a ward's desk.
fn token(served: &Served) -> String {
    let told = Command::new(env!("CARGO_BIN_EXE_motcua"))
        .args(["token", "--actor", "desk", "--role", "receptionist"])
        .args(["--unit", "02215"])
        .env_clear()
        .current_dir(served.folder.path())
        .output()
        .unwrap();
    let told = String::from_utf8(told.stdout).unwrap();
    told.trim().lines().last().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_hears_how_long_batches_commits_pages_and_readings_took() {
    let collector = Collector::default();
    let address = collector.open().await;
    tokio::task::spawn_blocking(move || {
        let mut served = serve(&address);
        let token = token(&served);
        let received = ask(
            &served,
            &token,
            "/motcua.v1.DossierService/ReceiveDossier",
            Some(
                r#"{"request_id": "00000000-0000-4000-8000-000000000001",
                    "procedure": "1.004873", "receiving_unit": "02215",
                    "applicant": {"name": "NGUYỄN VĂN MẪU", "id_number": "000000000001"},
                    "components": ["to-khai"]}"#,
            ),
        );
        let name = received
            .split('"')
            .find(|part| part.starts_with("dossiers/"));
        let name = name.unwrap_or_else(|| panic!("{received}"));
        let asked = format!("{{\"name\": \"{name}\"}}");
        ask(
            &served,
            &token,
            "/motcua.v1.DossierService/GetDossier",
            Some(&asked),
        );
        ask(&served, &token, "/search?q=NGUY%E1%BB%84N", None);
        stop(&mut served);
    })
    .await
    .unwrap();

    let heard = collector.0.lock().unwrap();
    let named = |name: &str| {
        let mut of_it = heard.spans.iter().filter(|span| span.name == name);
        of_it.next().unwrap_or_else(|| panic!("no span {name}"))
    };
    let batch = named("batch");
    for part in ["load", "commit"] {
        let part = named(part);
        assert_eq!(part.parent, batch.span, "a batch has it");
        assert!(batch.begun <= part.begun && part.ended <= batch.ended);
    }
    let read = named("GetDossier");
    let readings: Vec<_> = heard
        .spans
        .iter()
        .filter(|it| it.parent == read.span)
        .collect();
    assert!(
        readings.iter().any(|span| span.name == "reading"),
        "{readings:?}"
    );
    // A page is told by where it is, never by what somebody looked for.
    let page = named("page");
    let area = page.attributes.iter().find(|it| it.key == "area").unwrap();
    assert_eq!(area.value.as_ref().unwrap().text, "search");
    assert!(!format!("{:?}", heard.spans).contains("NGUY"));
}

#[test]
fn a_collector_that_is_not_there_holds_nothing_up() {
    // A port that nobody listens on any more.
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", gone.local_addr().unwrap());
    drop(gone);
    let mut served = serve(&address);
    look_up(&served.address, "");
    let began = std::time::Instant::now();
    stop(&mut served);
    assert!(began.elapsed().as_secs() < 15, "{:?}", began.elapsed());
}
