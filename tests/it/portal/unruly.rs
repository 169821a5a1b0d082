//! Remotes that redirect, never end, say too much, or that nobody vouches for: each call is bounded, nothing counts
//! as told, and all goes out once the remote answers as it should.

use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use app::portal::ParcelQuery;
use app::ports::Parcel;
use axum::Router;
use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use domain::role::Role;
use futures::StreamExt;
use portal::simulate::{Faults, Simulator};
use tokio::net::TcpListener;

use super::ways::{Remote, Working};
use crate::backend::Backend;
use crate::faults::program::{How, Program};
use crate::world::{PROVINCE, THREE_DAYS, WARD, World, who};

/// How a remote behaves.
#[derive(Debug, Clone, Copy)]
enum Manner {
    Redirects,
    NeverEnds,
    SaysTooMuch,
    SaysNothingOfUse,
}

/// Answers every call in its manner; what a redirect leads to is counted.
async fn unruly(manner: Manner, followed: Arc<AtomicUsize>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let elsewhere = format!("{address}/elsewhere");
    let answer = move || async move {
        let answer = Response::builder().header("content-type", "application/json");
        let piece = Bytes::from_static(&[b' '; 1024]);
        match manner {
            Manner::Redirects => answer
                .status(307)
                .header("location", elsewhere)
                .body(Body::empty()),
            Manner::NeverEnds => {
                let drops = futures::stream::unfold((), |()| async {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    Some((Ok::<_, Infallible>(Bytes::from_static(b" ")), ()))
                });
                answer.body(Body::from_stream(drops))
            }
            Manner::SaysTooMuch => {
                let flood = futures::stream::repeat(Ok::<_, Infallible>(piece)).take(64 * 1024);
                answer.body(Body::from_stream(flood))
            }
            Manner::SaysNothingOfUse => answer.body(Body::from("<html>Bảo trì hệ thống</html>")),
        }
        .unwrap()
    };
    let found = move || async move {
        followed.fetch_add(1, Ordering::Relaxed);
        r#"{"error_code": "0"}"#
    };
    let router = Router::new()
        .route("/elsewhere", axum::routing::any(found))
        .fallback(answer);
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// The one parcel that is under way.
async fn parcel(world: &World) -> Option<Parcel> {
    let query = ParcelQuery {
        remote: "cong".to_owned(),
        dossier: None,
        parked: false,
        page: app::page::PageQuery::default(),
    };
    let admin = who(Role::Admin, PROVINCE);
    let page = world.engine.portal_parcels(&admin, query).await.ok()?;
    page.items.into_iter().next().map(|(parcel, _)| parcel)
}

/// Waits until a try has failed, and returns what is known of it.
async fn fails(world: &World) -> Parcel {
    let last = Mutex::new(None);
    crate::port::soon("a try that fails", async {
        loop {
            if let Some(parcel) = parcel(world).await.filter(|one| !one.words.is_empty()) {
                *last.lock().unwrap() = Some(parcel);
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    last.into_inner().unwrap().unwrap()
}

#[tokio::test]
async fn whatever_a_remote_does_nothing_counts_as_told_until_it_answers_as_it_should() {
    for (manner, words) in [
        (Manner::Redirects, "307"),
        (Manner::NeverEnds, "timed out"),
        (Manner::SaysTooMuch, "longer than 1048576 bytes"),
        (Manner::SaysNothingOfUse, "HTTP 200"),
    ] {
        let world = World::at("2026-08-03 10:00").await;
        let view = world.receive(WARD, THREE_DAYS).await;
        let simulator = Simulator::new(Faults::default(), 1);
        let good = Remote::over(&simulator).await;
        let followed = Arc::new(AtomicUsize::new(0));
        let mut settings = good.settings("");
        settings.address = unruly(manner, Arc::clone(&followed)).await;
        let began = std::time::Instant::now();
        let working = Working::begin(&world.engine, settings, "one");
        let failed = fails(&world).await;
        assert_eq!(failed.reason, "NO_ANSWER", "{manner:?}: {}", failed.words);
        assert!(failed.words.contains(words), "{manner:?}: {}", failed.words);
        working.stop().await;
        assert!(began.elapsed() < Duration::from_secs(20), "{manner:?}");
        assert_eq!(
            followed.load(Ordering::Relaxed),
            0,
            "no redirect is followed"
        );
        assert_eq!(parcel(&world).await.unwrap().first, 1, "nothing is lost");

        // The operator sets the address right.
        world.pass(chrono::TimeDelta::hours(1));
        let working = Working::begin(&world.engine, good.settings(""), "two");
        good.is_all_delivered(&world.store).await;
        working.stop().await;
        let ledger = simulator.ledger();
        assert_eq!(
            ledger.dossiers[&view.dossier.label()].rows.len(),
            1,
            "{manner:?}"
        );
    }
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_no_remote() {
    let world = World::at("2026-08-03 10:00").await;
    world.receive(WARD, THREE_DAYS).await;
    // Any server with a certificate of its own making.
    let database = Backend::Sqlite.database().await;
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = crate::tls::issue(folder.path(), "own");
    let how = How::default()
        .with("MOTCUA_TLS_CERTIFICATE", certificate.to_str().unwrap())
        .with("MOTCUA_TLS_KEY", key.to_str().unwrap());
    let server = Program::serve(&database.url, folder.path(), &how);
    let simulator = Simulator::new(Faults::default(), 1);
    let mut settings = Remote::over(&simulator).await.settings("");
    settings.address.clone_from(&server.address);
    let working = Working::begin(&world.engine, settings, "one");
    let failed = fails(&world).await;
    working.stop().await;
    assert_eq!(failed.reason, "NO_ANSWER");
    let words = failed.words.to_lowercase();
    assert!(words.contains("certificate"), "{words}");
}
