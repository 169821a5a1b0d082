//! The port's own answers, whichever adapters are on it.

use app::Gate;
use axum::Router;
use axum::body::Body;
use axum::response::Html;
use axum::routing::{get, post};
use domain::role::Role;
use http::{Method, Request, StatusCode};
use http_body_util::BodyExt;
use motcua_http::{Health, Part, Peer};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::calling::Answer;
use crate::port::{Port, Settings};
use crate::world::{WARD, World};

/// The services beside a part with its own pages.
async fn with_pages() -> (World, Router) {
    let world = World::at("2026-08-03 10:00").await;
    let gate = Gate::new(&Settings::default().calls);
    let health = Health::new(world.engine.clone(), gate.clone());
    let settings = grpc::serve::Settings::default();
    let services = grpc::serve::part(world.engine.clone(), gate, &health, &settings);
    let pages = Router::new()
        .route(
            "/tra-cuu",
            get(|peer: Peer| async move { peer.to_string() }),
        )
        .route("/gui", post(|body: String| async move { body }));
    let nothing = Router::new().fallback(|| async { Html("không có trang này") });
    let pages = Part::new("pages", pages)
        .body_limit(8)
        .home("/tra-cuu")
        .unknown_paths(|headers| headers.contains_key("cookie"), nothing);
    let site = motcua_http::site(health, vec![services, pages]);
    (world, site)
}

fn asked(method: Method, path: &str) -> Request<Body> {
    let mut request = Request::new(Body::empty());
    *request.method_mut() = method;
    *request.uri_mut() = path.parse().unwrap();
    request
}

async fn answer(site: &Router, request: Request<Body>) -> Answer {
    Answer::read(site.clone().oneshot(request).await.unwrap()).await
}

#[tokio::test]
async fn the_first_page_lists_every_method_and_sends_a_browser_to_the_pages() {
    let (_world, site) = with_pages().await;
    let listed = answer(&site, asked(Method::GET, "/")).await.good();
    let methods = &listed["services"]["motcua.v1.LookupService"];
    assert_eq!(methods[0], "/motcua.v1.LookupService/LookupDossier");

    let mut browser = asked(Method::GET, "/");
    browser
        .headers_mut()
        .insert("accept", "text/html,*/*;q=0.8".parse().unwrap());
    let sent = site.clone().oneshot(browser).await.unwrap();
    assert_eq!(sent.status(), StatusCode::SEE_OTHER);
    assert_eq!(sent.headers()["location"], "/tra-cuu");
}

#[tokio::test]
async fn where_nobody_answers_the_port_says_so_in_both_languages() {
    let (_world, site) = with_pages().await;
    let nowhere = answer(&site, asked(Method::GET, "/khong-co")).await;
    assert_eq!(nowhere.refused(), (404, "UNIMPLEMENTED", "METHOD_UNKNOWN"));
    assert!(nowhere.message().contains("/khong-co"));
    assert!(nowhere.vietnamese().contains("Không có"));

    let verb = answer(&site, asked(Method::DELETE, "/tra-cuu")).await;
    assert_eq!(verb.refused(), (405, "UNIMPLEMENTED", "METHOD_UNKNOWN"));
    assert_eq!(verb.headers["allow"], "GET,HEAD");

    let mut long = Request::post("/gui").body(Body::from("123456789")).unwrap();
    long.headers_mut()
        .insert("content-length", "9".parse().unwrap());
    let long = answer(&site, long).await;
    assert_eq!(long.refused(), (413, "OUT_OF_RANGE", "BODY_TOO_LARGE"));

    let mut of_pages = asked(Method::GET, "/khong-co");
    of_pages
        .headers_mut()
        .insert("cookie", "a=b".parse().unwrap());
    let page = site.clone().oneshot(of_pages).await.unwrap();
    let page = page.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(page, "không có trang này", "in the form of the part");
}

#[tokio::test]
async fn a_handler_learns_from_which_address_it_is_called() {
    let world = World::at("2026-08-03 10:00").await;
    let around = |router: Router| {
        let own = Router::new().route("/toi", get(|peer: Peer| async move { peer.to_string() }));
        router.merge(own)
    };
    let port = Port::with(&world.engine, Settings::default(), around).await;
    let (answer, _line) = port.send(asked(Method::GET, "/toi")).await;
    let told = answer.await.unwrap().collect().await.unwrap().to_bytes();
    assert_eq!(told, "127.0.0.1");
}

#[tokio::test]
async fn a_server_is_alive_without_its_database_and_ready_only_with_it() {
    let world = World::at("2026-08-03 10:00").await;
    let (router, gate) = {
        let site = crate::port::Site::over(&world.engine, &Settings::default());
        (site.router, site.gate)
    };
    let ready = answer(&router, asked(Method::GET, "/readyz")).await.good();
    assert_eq!(ready["status"], "ready");
    assert_eq!(ready["checks"]["database"], "ok");
    gate.close();
    let stopping = answer(&router, asked(Method::GET, "/readyz")).await;
    assert_eq!(stopping.http, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(stopping.json["checks"], json!({ "server": "it stops" }));
    let alive: Value = answer(&router, asked(Method::GET, "/healthz")).await.good();
    assert_eq!(alive["status"], "alive");
    // A connected client is still answered.
    let token = world.token(Role::Chairman, WARD).await;
    let json = crate::calling::Json(router);
    json.call(&token, "ListDossiers", &json!({})).await.good();
}
