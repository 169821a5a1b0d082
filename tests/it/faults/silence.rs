//! The database falls silent: it neither answers nor closes a connection. Callers are told to retry
//! within the time that a call may take, and the server finds the database again by itself.

use std::time::{Duration, Instant};

use grpc::proto::{GetDossierRequest, ListWorklistRequest};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use super::outage::Scene;
use crate::backend::Backend;
use crate::cluster;

/// How long a call may take. A caller that waits longer gets DEADLINE_EXCEEDED.
const A_CALL: Duration = Duration::from_secs(30);

#[tokio::test]
async fn a_server_of_the_database_that_stands_still_for_a_while_loses_no_answer() {
    if Backend::Postgres.is_skipped() {
        return;
    }
    let cluster = cluster::a_server_of_its_own();
    let url = cluster.url("postgres");
    ::store::migrate(&url, false).await.unwrap();
    let scene = Scene::begin(&url).await;
    for _ in 0..2 {
        cluster.freeze();
        let (put_off, readers) = tokio::join!(scene.puts_off(), who_reads(&scene));
        let () = put_off;
        for (what, took, answer) in readers {
            let status = answer.unwrap_err();
            assert_eq!(status.code(), Code::Unavailable, "{what}: {status:?}");
            assert!(status.get_details_retry_info().is_some(), "{what}");
            assert!(took < A_CALL, "{what} took {took:?}");
        }
        cluster.thaw();
        scene.goes_on().await;
        for (what, _, answer) in who_reads(&scene).await {
            assert!(answer.is_ok(), "{what}: {answer:?}");
        }
    }
    let (answers, put_off) = scene.end().await;
    println!("PostgreSQL stood still twice: {answers} answers, {put_off} put off, 0 lost");
}

/// What two callers who only read are told, and after how long.
async fn who_reads(scene: &Scene) -> [(&'static str, Duration, Result<(), Status>); 2] {
    let (bearer, unit, dossier) = scene.office.receptionist(&scene.server.address).await;
    let began = Instant::now();
    let mut dossiers = bearer.dossiers();
    let get = async {
        let request = GetDossierRequest {
            name: format!("dossiers/{dossier}"),
        };
        let answer = dossiers.get_dossier(request).await;
        ("GetDossier", began.elapsed(), answer.map(drop))
    };
    let mut worklists = bearer.worklists();
    let list = async {
        let request = ListWorklistRequest {
            unit: unit.to_string(),
            ..ListWorklistRequest::default()
        };
        let answer = worklists.list_worklist(request).await;
        ("ListWorklist", began.elapsed(), answer.map(drop))
    };
    tokio::join!(get, list).into()
}

/// On two threads, because starting a server blocks on the firewall before its database.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_a_firewall_has_forgotten_lose_no_answer() {
    if Backend::Postgres.is_skipped() {
        return;
    }
    let database = Backend::Postgres.database().await;
    let wall = Firewall::before(&database.url).await;
    let scene = Scene::begin(&wall.url).await;
    for _ in 0..2 {
        wall.forget();
        scene.goes_on().await;
    }
    let (answers, put_off) = scene.end().await;
    println!("connections forgotten twice: {answers} answers, {put_off} put off, 0 lost");
}

/// A proxy between a server and its database.
struct Firewall {
    /// The address of the database behind it.
    url: String,
    forgotten: watch::Sender<u64>,
}

impl Firewall {
    async fn before(url: &str) -> Self {
        let (user, place) = url.rsplit_once('@').unwrap();
        let (host, name) = place.split_once('/').unwrap();
        let host = host.to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let here = listener.local_addr().unwrap();
        let (forgotten, forgets) = watch::channel(0);
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let (host, mut forgets) = (host.clone(), forgets.clone());
                forgets.mark_unchanged();
                tokio::spawn(async move {
                    let mut far = TcpStream::connect(host).await.unwrap();
                    tokio::select! {
                        _ = copy_bidirectional(&mut near, &mut far) => {}
                        // Both connections stay open, and nothing passes any more.
                        _ = forgets.changed() => std::future::pending().await,
                    }
                });
            }
        });
        Self {
            url: format!("{user}@{here}/{name}"),
            forgotten,
        }
    }

    /// Drops everything on the present connections; new connections pass.
    fn forget(&self) {
        self.forgotten.send_modify(|times| *times += 1);
    }
}
