//! A client hangs up, or the server stops, in the middle of a write. The write is done once, and a
//! repeat of the request finds it.

use std::sync::Arc;

use app::ports::Clock;
use app::{Engine, Parts};
use axum::extract::Request;
use axum::middleware::{self, Next};
use domain::role::Role;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tokio::sync::{Semaphore, mpsc};

use crate::access::ways::reception;
use crate::calling::{Answer, request};
use crate::held_store::HeldStore;
use crate::port::{Port, Settings, soon};
use crate::world::{NumberedIds, WARD, World, catalogue};

/// A server whose commits a test can hold up.
struct Slow {
    world: World,
    port: Port,
    /// Gets a message before each commit.
    arrived: mpsc::UnboundedReceiver<()>,
    /// Lets commits through.
    open: Arc<Semaphore>,
    /// Gets a message when a call is given up before its answer.
    given_up: mpsc::UnboundedReceiver<()>,
    token: String,
}

/// Sends a message when dropped, which is at the end of a call, answered or not.
struct Call {
    answered: bool,
    given_up: mpsc::UnboundedSender<()>,
}

impl Call {
    fn answered(&mut self) {
        self.answered = true;
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if !self.answered {
            let _nobody_asks = self.given_up.send(());
        }
    }
}

impl Slow {
    async fn start() -> Self {
        let world = World::at("2026-08-03 10:00").await;
        let token = world.token(Role::Receptionist, WARD).await;
        let (arrived, arrivals) = mpsc::unbounded_channel();
        let open = Arc::new(Semaphore::new(0));
        let held = HeldStore {
            store: world.store.clone(),
            arrived,
            open: open.clone(),
        };
        let engine = Engine::start(Parts {
            store: Arc::new(held),
            catalogue: catalogue(),
            clock: world.clock.clone() as Arc<dyn Clock>,
            ids: Arc::new(NumberedIds::default()),
            secret: b"a secret of the tests".to_vec(),
            queue: 16,
        });
        let (sender, given_up) = mpsc::unbounded_channel();
        let watched = middleware::from_fn(move |request: Request, next: Next| {
            let mut call = Call {
                answered: false,
                given_up: sender.clone(),
            };
            async move {
                let answer = next.run(request).await;
                call.answered();
                answer
            }
        });
        let around = |router: axum::Router| router.layer(watched);
        let port = Port::with(&engine, Settings::default(), around).await;
        Self {
            world,
            port,
            arrived: arrivals,
            open,
            given_up,
            token,
        }
    }

    async fn dossiers(&self) -> usize {
        let token = self.world.token(Role::Chairman, WARD).await;
        let list = self.port.post(&token, "ListDossiers", &json!({})).await;
        Answer::read(list).await.good()["dossiers"]
            .as_array()
            .unwrap()
            .len()
    }
}

#[tokio::test]
async fn a_client_that_hangs_up_cuts_no_transaction() {
    let mut slow = Slow::start().await;
    let body = reception(WARD);
    let (answer, line) = slow
        .port
        .send(request(&slow.token, "ReceiveDossier", &body))
        .await;
    let answer = tokio::spawn(answer);
    soon("the commit", slow.arrived.recv()).await.unwrap();
    line.abort();
    answer.abort();
    soon("the server noticing it", slow.given_up.recv())
        .await
        .unwrap();
    assert_eq!(slow.dossiers().await, 0, "nothing is committed yet");

    slow.open.add_permits(1);
    let again = slow.port.post(&slow.token, "ReceiveDossier", &body).await;
    let again = Answer::read(again).await.good();
    assert_eq!(again["code"], "H60.02215-260803-0001");
    assert_eq!(again["version"], 1);
    assert!(
        again["receipt"]["pin"].is_string(),
        "the receipt can still be printed"
    );
    assert_eq!(slow.dossiers().await, 1, "it was done once");
    assert!(
        slow.arrived.try_recv().is_err(),
        "the repeat had nothing to commit"
    );
}

#[tokio::test]
async fn a_client_over_grpc_that_stops_waiting_cuts_no_transaction() {
    use grpc::proto::ReceiveDossierRequest;
    use grpc::proto::dossier_service_client::DossierServiceClient;

    let mut slow = Slow::start().await;
    let body = reception(WARD);
    let receive = crate::calling::methods();
    let receive = receive
        .into_iter()
        .find(|method| method.name() == "ReceiveDossier")
        .unwrap();
    let message = prost_reflect::DynamicMessage::deserialize(receive.input(), &body).unwrap();
    let asked: ReceiveDossierRequest = message.transcode_to().unwrap();
    let mut client = DossierServiceClient::new(slow.port.channel().await);
    let asked = crate::port::with_token(&slow.token, asked);
    let calling = tokio::spawn(async move { client.receive_dossier(asked).await });
    soon("the commit", slow.arrived.recv()).await.unwrap();
    calling.abort();
    soon("the server noticing it", slow.given_up.recv())
        .await
        .unwrap();

    slow.open.add_permits(1);
    let again = slow.port.post(&slow.token, "ReceiveDossier", &body).await;
    assert_eq!(
        Answer::read(again).await.good()["code"],
        "H60.02215-260803-0001"
    );
    assert_eq!(slow.dossiers().await, 1);
}

#[tokio::test]
async fn a_caller_who_is_told_that_time_ran_out_finds_it_done() {
    let mut slow = Slow::start().await;
    let body = reception(WARD);
    let mut hurried = request(&slow.token, "ReceiveDossier", &body);
    hurried
        .headers_mut()
        .insert("grpc-timeout", "1m".parse().unwrap());
    let (answer, _line) = slow.port.send(hurried).await;
    let answer = Answer::read(soon("an answer", answer).await.unwrap()).await;
    assert_eq!(
        answer.refused(),
        (504, "DEADLINE_EXCEEDED", "DEADLINE_EXCEEDED")
    );
    assert!(
        answer.vietnamese().contains("cùng mã yêu cầu"),
        "{}",
        answer.vietnamese()
    );
    soon("the commit", slow.arrived.recv()).await.unwrap();
    slow.open.add_permits(1);
    let again = slow.port.post(&slow.token, "ReceiveDossier", &body).await;
    assert_eq!(
        Answer::read(again).await.good()["code"],
        "H60.02215-260803-0001"
    );
    assert_eq!(slow.dossiers().await, 1);
}

#[tokio::test]
async fn a_server_that_stops_finishes_what_it_began() {
    let mut slow = Slow::start().await;
    let body = reception(WARD);
    let (answer, _line) = slow
        .port
        .send(request(&slow.token, "ReceiveDossier", &body))
        .await;
    let answer = tokio::spawn(answer);
    soon("the commit", slow.arrived.recv()).await.unwrap();
    let address = slow.port.address;
    let ended = slow.port.begin_to_stop();
    // The listener closes before the last caller has its answer.
    soon("the closing of the door", async {
        while tokio::net::TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert!(!ended.is_finished());
    slow.open.add_permits(1);
    let answer = soon("the answer", answer).await.unwrap().unwrap();
    assert_eq!(answer.status(), 200);
    let bytes = answer.into_body().collect().await.unwrap().to_bytes();
    let dossier: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(dossier["code"], "H60.02215-260803-0001");
    soon("the end of the server", ended).await.unwrap().unwrap();
}
