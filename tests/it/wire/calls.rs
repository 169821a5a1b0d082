//! Real connections: the generated client, gRPC-Web, compression, stopping.

use std::time::Duration;

use app::gate;
use axum::body::Body;
use domain::role::Role;
use grpc::proto;
use grpc::proto::catalogue_service_client::CatalogueServiceClient;
use grpc::proto::dossier_service_client::DossierServiceClient;
use grpc::proto::worklist_service_client::WorklistServiceClient;
use http::Request as HttpRequest;
use http_body_util::BodyExt;
use sea_orm::{ConnectOptions, ConnectionTrait, Database};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tonic::transport::Channel;
use tonic::{Code, Request};
use tonic_types::StatusExt;
use tower::ServiceExt;

use crate::port::{Settings, Site};
use crate::world::{THREE_DAYS, WARD, World};

struct Served {
    channel: Channel,
    stop: oneshot::Sender<()>,
    ended: tokio::task::JoinHandle<std::io::Result<()>>,
}

async fn serve(world: &World, settings: Settings) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let Site { router, gate } = Site::over(&world.engine, &settings);
    let (stop, stopped) = oneshot::channel();
    let ended = tokio::spawn(async move {
        let shutdown = async {
            stopped.await.unwrap();
        };
        motcua_http::run(listener, router, &gate, &settings.listen, shutdown).await
    });
    let channel = Channel::from_shared(format!("http://{address}"))
        .unwrap()
        .connect()
        .await
        .unwrap();
    Served {
        channel,
        stop,
        ended,
    }
}

fn with_token<T>(token: &str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    request
        .metadata_mut()
        .insert("authorization", format!("Bearer {token}").parse().unwrap());
    request
}

#[tokio::test]
async fn the_generated_client_reads_what_the_desk_wrote() {
    let world = World::at("2026-08-03 10:00").await;
    let token = world.token(Role::Chairman, WARD).await;
    let view = world.receive(WARD, THREE_DAYS).await;
    let served = serve(&world, Settings::default()).await;
    let mut client = DossierServiceClient::new(served.channel.clone());
    let code = view.dossier.code.as_ref().unwrap().to_string();
    for name in [
        code.clone(),
        format!("dossiers/{code}"),
        view.dossier.id.to_string(),
    ] {
        let asked = with_token(&token, proto::GetDossierRequest { name });
        let dossier = client.get_dossier(asked).await.unwrap().into_inner();
        assert_eq!(dossier.code, code);
        assert_eq!(dossier.applicant.unwrap().name, "Nguyễn Văn Mẫu");
    }
    let asked = proto::ListDossierEventsRequest { name: code };
    let events = client
        .list_dossier_events(with_token(&token, asked))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(events.events[0].kind, "received");

    let error = client
        .get_dossier(proto::GetDossierRequest::default())
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::Unauthenticated);
    assert_eq!(
        error.get_details_error_info().unwrap().reason,
        "UNAUTHENTICATED"
    );

    let huge = proto::GetDossierRequest {
        name: "x".repeat(2 * 1024 * 1024),
    };
    let error = client
        .get_dossier(with_token(&token, huge))
        .await
        .unwrap_err();
    assert_eq!(
        error.get_details_error_info().unwrap().reason,
        "BODY_TOO_LARGE"
    );
}

#[tokio::test]
async fn open_streams_and_connections_end_when_the_server_stops() {
    let world = World::at("2026-08-03 10:00").await;
    let token = world.token(Role::Chairman, WARD).await;
    let served = serve(&world, Settings::default()).await;
    let mut client = WorklistServiceClient::new(served.channel.clone());
    let asked = with_token(
        &token,
        proto::WatchWorklistRequest {
            unit: WARD.into(),
            kind: 0,
            ..Default::default()
        },
    );
    let mut counts = client.watch_worklist(asked).await.unwrap().into_inner();
    assert_eq!(
        counts.message().await.unwrap().unwrap().open,
        0,
        "the first comes at once"
    );
    let view = world.receive(WARD, THREE_DAYS).await;
    assert_eq!(counts.message().await.unwrap().unwrap().open, 1);
    world.advance(&view, Role::Receptionist).await;
    assert_eq!(
        counts.message().await.unwrap().unwrap().open,
        1,
        "a moved dossier is told of too"
    );

    served.stop.send(()).unwrap();
    let end = counts.message().await.unwrap_err();
    assert_eq!(end.code(), Code::Unavailable);
    drop((client, counts, served.channel));
    tokio::time::timeout(Duration::from_secs(5), served.ended)
        .await
        .expect("the server does not wait for its grace")
        .unwrap()
        .unwrap();
}

#[tokio::test]
async fn a_write_whose_caller_stops_waiting_is_done_all_the_same() {
    let world = World::at("2026-08-03 10:00").await;
    let token = world.token(Role::Receptionist, WARD).await;
    let hasty = Settings {
        calls: gate::Limits {
            timeout: Duration::from_millis(200),
            ..gate::Limits::default()
        },
        ..Settings::default()
    };
    let hasty = Site::over(&world.engine, &hasty).router;
    let method = "DossierService/ReceiveDossier";
    let body = super::json::reception(THREE_DAYS);
    // Another process locks the database, so that the write cannot finish in time.
    let mut options = ConnectOptions::new(&world.url);
    options.max_connections(1);
    let other = Database::connect(options).await.unwrap();
    other.execute_unprepared("BEGIN IMMEDIATE").await.unwrap();
    let (status, error) = super::call(&hasty, &token, method, &body).await;
    other.execute_unprepared("ROLLBACK").await.unwrap();
    assert_eq!(status.as_u16(), 504, "{error}");
    assert_eq!(super::reason(&error), "DEADLINE_EXCEEDED");
    let (_, dossier) = super::call(&super::router(&world), &token, method, &body).await;
    assert_eq!(
        dossier["code"], "H60.02215-260803-0001",
        "the same request, the same dossier"
    );
    let clerk = crate::world::who(Role::Receptionist, WARD);
    let feed = world.engine.feed(&clerk, "", 0).await.unwrap();
    assert_eq!(feed.entries.len(), 1);
}

#[tokio::test]
async fn a_repeat_gets_its_first_answer_although_the_date_in_it_has_passed() {
    let world = World::at("2026-08-03 10:00").await;
    let received = world.receive(WARD, "1.013225").await;
    let token = world.token(Role::Leader, WARD).await;
    let router = super::router(&world);
    let body = serde_json::json!({
        "request_id": "5f0c2d9e-7f35-4e57-9d3f-0a8a1b6f3c11",
        "name": received.dossier.label(), "etag": received.dossier.etag(),
        "apology": {"reason": "chờ xác minh", "due_time": "2026-09-10T17:00:00+07:00"},
    });
    let method = "DossierService/ExtendDossier";
    let (status, first) = super::call(&router, &token, method, &body).await;
    assert_eq!(status.as_u16(), 200, "{first}");
    world.set("2026-10-01 09:00");
    let (_, again) = super::call(&router, &token, method, &body).await;
    assert_eq!(again, first);
    // A first request with such a date is refused.
    let mut late = body.clone();
    late["request_id"] = "5f0c2d9e-7f35-4e57-9d3f-0a8a1b6f3c12".into();
    late["etag"] = first["etag"].clone();
    let (status, error) = super::call(&router, &token, method, &late).await;
    assert_eq!(status.as_u16(), 400);
    assert_eq!(super::reason(&error), "INVALID_FIELDS", "{error}");
    assert!(error.to_string().contains("apology.due_time"), "{error}");
}

/// What a call is told by a server without a free place, which stops or goes on.
async fn told_by_a_full_server(stops: bool) -> (u16, serde_json::Value) {
    let world = World::at("2026-08-03 10:00").await;
    let full = Settings {
        calls: gate::Limits {
            max_calls: 0,
            ..gate::Limits::default()
        },
        ..Settings::default()
    };
    let Site { router, gate } = Site::over(&world.engine, &full);
    if stops {
        gate.close();
    }
    let request = HttpRequest::post("/motcua.v1.WorklistService/GetWorklistCounts")
        .header("content-type", "application/json")
        .body(Body::empty())
        .unwrap();
    let response = router.oneshot(request).await.unwrap();
    assert_eq!(response.headers()["retry-after"], "1");
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap())
}

#[tokio::test]
async fn a_call_that_finds_no_place_is_told_that_there_are_too_many() {
    let (status, error) = told_by_a_full_server(false).await;
    assert_eq!(status, 429);
    assert_eq!(error["code"], "RESOURCE_EXHAUSTED");
    assert_eq!(super::reason(&error), "QUEUE_FULL", "{error}");
    assert!(
        super::detail(&error, "RetryInfo")["retry_delay"].is_string(),
        "{error}"
    );
}

#[tokio::test]
async fn a_call_that_finds_no_place_on_a_server_that_stops_is_told_to_go_elsewhere() {
    let (status, error) = told_by_a_full_server(true).await;
    assert_eq!(status, 503);
    assert_eq!(super::reason(&error), "UNAVAILABLE", "{error}");
}

#[tokio::test]
async fn a_connection_that_says_nothing_is_closed() {
    let world = World::at("2026-08-03 10:00").await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let settings = Settings {
        listen: motcua_http::Settings {
            keepalive_timeout: Duration::from_millis(20),
            ..motcua_http::Settings::default()
        },
        ..Settings::default()
    };
    let Site { router, gate } = Site::over(&world.engine, &settings);
    tokio::spawn(async move {
        let forever = std::future::pending();
        motcua_http::run(listener, router, &gate, &settings.listen, forever).await
    });
    let silent = tokio::net::TcpStream::connect(address).await.unwrap();
    silent.readable().await.unwrap();
    assert_eq!(
        silent.try_read(&mut [0; 8]).unwrap(),
        0,
        "closed, and nothing was said"
    );
}

#[tokio::test]
async fn a_revoked_token_ends_an_open_stream() {
    let world = World::at("2026-08-03 10:00").await;
    let token = world.token(Role::Chairman, WARD).await;
    let served = serve(&world, Settings::default()).await;
    let mut client = WorklistServiceClient::new(served.channel.clone());
    let asked = with_token(
        &token,
        proto::WatchWorklistRequest {
            unit: WARD.into(),
            kind: 0,
            ..Default::default()
        },
    );
    let mut counts = client.watch_worklist(asked).await.unwrap().into_inner();
    counts.message().await.unwrap().unwrap();
    let store: &dyn app::ports::Store = world.store.as_ref();
    let kept = store.read().await.unwrap().tokens().await.unwrap();
    store
        .revoke_token(&kept[0].id, world.engine.now())
        .await
        .unwrap();
    world.receive(WARD, THREE_DAYS).await;
    assert_eq!(
        counts.message().await.unwrap_err().code(),
        Code::Unauthenticated
    );
}

#[tokio::test]
async fn grpc_web_is_answered_on_the_same_path() {
    let world = World::at("2026-08-03 10:00").await;
    let token = world.token(Role::Chairman, WARD).await;
    let router = super::router(&world);
    let request = HttpRequest::post("/motcua.v1.WorklistService/GetWorklistCounts")
        .header("content-type", "application/grpc-web+proto")
        .header("authorization", format!("Bearer {token}"))
        .body(Body::from(vec![0u8; 5]))
        .unwrap();
    let response = router.oneshot(request).await.unwrap();
    assert_eq!(
        response.headers()["content-type"],
        "application/grpc-web+proto"
    );
    let body = response.into_body().collect().await.unwrap().to_bytes();
    let trailer = String::from_utf8_lossy(&body);
    assert!(trailer.contains("grpc-status:0"), "{trailer}");
}

#[tokio::test]
async fn bytes_that_are_no_message_are_the_callers_fault() {
    let world = World::at("2026-08-03 10:00").await;
    let router = super::router(&world);
    // Field 1, length 2, and two bytes that are not UTF-8.
    let token = world.token(Role::Officer, WARD).await;
    let request = HttpRequest::post("/motcua.v1.DossierService/GetDossier")
        .version(http::Version::HTTP_2)
        .header("content-type", "application/grpc")
        .header("authorization", format!("Bearer {token}"))
        .body(Body::from(vec![0, 0, 0, 0, 4, 0x0a, 2, 0xff, 0xff]))
        .unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let status = tonic::Status::from_header_map(response.headers()).unwrap();
    assert_eq!(status.code(), Code::InvalidArgument);
    assert_eq!(
        status.get_details_error_info().unwrap().reason,
        "MALFORMED_MESSAGE"
    );
    assert!(status.message().contains("name"), "{}", status.message());

    let request = HttpRequest::post("/motcua.v1.DossierService/NoSuchMethod")
        .version(http::Version::HTTP_2)
        .header("content-type", "application/grpc")
        .body(Body::empty())
        .unwrap();
    let response = router.oneshot(request).await.unwrap();
    let status = tonic::Status::from_header_map(response.headers()).unwrap();
    assert_eq!(status.code(), Code::Unimplemented);
    assert_eq!(
        status.get_details_error_info().unwrap().reason,
        "METHOD_UNKNOWN"
    );
}

#[tokio::test]
async fn the_catalogue_is_paged_and_a_token_fits_its_filters_only() {
    let world = World::at("2026-08-03 10:00").await;
    let token = world.token(Role::Officer, WARD).await;
    let served = serve(&world, Settings::default()).await;
    let mut client = CatalogueServiceClient::new(served.channel.clone());
    let mut asked = proto::ListUnitsRequest {
        province: "08".into(),
        page_size: 40,
        ..proto::ListUnitsRequest::default()
    };
    let mut seen = Vec::new();
    loop {
        let page = client
            .list_units(with_token(&token, asked.clone()))
            .await
            .unwrap()
            .into_inner();
        seen.extend(page.units.into_iter().map(|unit| unit.code));
        if page.next_page_token.is_empty() {
            break;
        }
        asked.page_token = page.next_page_token;
    }
    let mut sorted = seen.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!(seen, sorted, "each unit once, by code");
    assert!(seen.contains(&WARD.to_owned()) && seen.len() > 40);
    asked.province = "01".into();
    let error = client
        .list_units(with_token(&token, asked))
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::InvalidArgument);

    let asked = proto::ListUnitsRequest {
        query: "MINH XUAN".into(),
        ..proto::ListUnitsRequest::default()
    };
    let found = client
        .list_units(with_token(&token, asked))
        .await
        .unwrap()
        .into_inner();
    assert!(
        found.units.iter().any(|unit| unit.code == WARD),
        "accents do not matter"
    );
}

#[tokio::test]
async fn a_due_time_is_previewed_with_its_reasons() {
    let world = World::at("2026-08-28 10:00").await;
    let token = world.token(Role::Officer, WARD).await;
    let served = serve(&world, Settings::default()).await;
    let mut client = CatalogueServiceClient::new(served.channel.clone());
    let asked = proto::PreviewDueRequest {
        limit_of: Some(proto::preview_due_request::LimitOf::Limit("3wd".into())),
        ..proto::PreviewDueRequest::default()
    };
    let preview = client
        .preview_due(with_token(&token, asked))
        .await
        .unwrap()
        .into_inner();
    let due = crate::world::moment("2026-09-07 17:00").timestamp();
    assert_eq!(preview.due_time.unwrap().seconds, due);
    let explanation = preview.explanation.unwrap();
    assert_eq!(
        explanation
            .days
            .iter()
            .filter(|day| day.counted_day > 0)
            .count(),
        3
    );
    assert!(
        explanation
            .lines_en
            .last()
            .unwrap()
            .contains("7 September 2026")
    );

    let asked = proto::GetCalendarRequest {
        unit: WARD.into(),
        from: "2026-08-31".into(),
        to: "2026-09-03".into(),
    };
    let calendar = client
        .get_calendar(with_token(&token, asked))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(calendar.days.len(), 4);
    assert!(!calendar.days[0].working);
    assert_eq!(calendar.days[3].hours[0].open, "07:30");
    assert_eq!(calendar.days[3].hours.len(), 2);
}

#[tokio::test]
async fn the_contract_can_be_asked_for_unless_that_is_switched_off() {
    let world = World::at("2026-08-03 10:00").await;
    for (reflection, version) in [(true, "v1"), (true, "v1alpha"), (false, "v1")] {
        let settings = Settings {
            services: grpc::serve::Settings {
                reflection,
                ..grpc::serve::Settings::default()
            },
            ..Settings::default()
        };
        let router = Site::over(&world.engine, &settings).router;
        // Field 7, `list_services`, empty.
        let path = format!("/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo");
        let request = HttpRequest::post(path)
            .version(http::Version::HTTP_2)
            .header("content-type", "application/grpc")
            .body(Body::from(vec![0, 0, 0, 0, 2, 0x3a, 0]))
            .unwrap();
        let body = router.oneshot(request).await.unwrap().into_body();
        let answer = body.collect().await.unwrap().to_bytes();
        let told = String::from_utf8_lossy(&answer).contains("motcua.v1.DossierService");
        assert_eq!(told, reflection, "{version}");
    }
}
