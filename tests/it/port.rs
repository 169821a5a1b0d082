//! A world behind a port of this machine, as offices reach it.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use app::{Engine, Gate, gate};
use axum::Router;
use axum::body::Body;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use motcua_http::Health;
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic::transport::Channel;

use crate::calling;

/// How long a test waits for anything before it gives up.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Waits for something that must happen. Panics with `what` if it does not.
pub async fn soon<T>(what: &str, coming: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, coming)
        .await
        .unwrap_or_else(|_| panic!("{what} did not come"))
}

/// The settings of a server, by the crate that reads them.
#[derive(Clone, Default)]
pub struct Settings {
    pub calls: gate::Limits,
    pub listen: motcua_http::Settings,
    pub services: grpc::serve::Settings,
}

/// Everything that a server answers with, without a port.
pub struct Site {
    pub router: Router,
    pub gate: Gate,
}

impl Site {
    pub fn over(engine: &Arc<Engine>, settings: &Settings) -> Self {
        let gate = Gate::new(&settings.calls);
        let health = Health::new(Arc::clone(engine), gate.clone());
        let services = grpc::serve::part(
            Arc::clone(engine),
            gate.clone(),
            &health,
            &settings.services,
        );
        Self {
            router: motcua_http::site(health, vec![services]),
            gate,
        }
    }
}

/// A running server.
pub struct Port {
    pub address: SocketAddr,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<std::io::Result<()>>,
}

impl Port {
    pub async fn open(engine: &Arc<Engine>) -> Self {
        Self::with(engine, Settings::default(), |router| router).await
    }

    /// Starts a server with given settings, and with something around the services.
    pub async fn with(
        engine: &Arc<Engine>,
        settings: Settings,
        around: impl FnOnce(Router) -> Router,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let Site { router, gate } = Site::over(engine, &settings);
        let (stop, stopped) = oneshot::channel();
        let router = around(router);
        let ended = tokio::spawn(async move {
            let shutdown = async {
                // If a test ends without stopping the server, the sender is dropped.
                let _dropped = stopped.await;
            };
            motcua_http::run(listener, router, &gate, &settings.listen, shutdown).await
        });
        Self {
            address,
            stop,
            ended,
        }
    }

    /// A channel for the generated client.
    pub async fn channel(&self) -> Channel {
        let address = format!("http://{}", self.address);
        Channel::from_shared(address)
            .unwrap()
            .connect()
            .await
            .unwrap()
    }

    /// Makes a call in JSON on its own connection. Dropping the answer hangs up.
    pub async fn post(&self, token: &str, method: &str, body: &Value) -> Response<Body> {
        let (answer, _line) = self.send(calling::request(token, method, body)).await;
        answer.await.unwrap().map(Body::new)
    }

    /// Sends a request on its own connection. Returns the coming answer, and the connection's task,
    /// whose abort cuts the connection.
    pub async fn send(
        &self,
        request: Request<Body>,
    ) -> (
        impl Future<Output = hyper::Result<Response<Incoming>>> + use<>,
        JoinHandle<()>,
    ) {
        let stream = TcpStream::connect(self.address).await.unwrap();
        let connected = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await;
        let (mut sender, connection) = connected.unwrap();
        let line = tokio::spawn(async move {
            let _cut_or_closed = connection.await;
        });
        let (mut parts, body) = request.into_parts();
        parts
            .headers
            .insert("host", self.address.to_string().parse().unwrap());
        let answer = sender.send_request(Request::from_parts(parts, body));
        (
            async move {
                let answer = answer.await;
                drop(sender);
                answer
            },
            line,
        )
    }

    /// Stops the server as an operator does, and waits until it has ended.
    pub async fn stop(self) {
        self.stop.send(()).unwrap();
        soon("the end of the server", self.ended)
            .await
            .unwrap()
            .unwrap();
    }

    /// Stops the server without waiting for anybody who is still connected.
    pub fn begin_to_stop(self) -> JoinHandle<std::io::Result<()>> {
        self.stop.send(()).unwrap();
        self.ended
    }
}

/// A request of the generated client with a token.
pub fn with_token<T>(token: &str, message: T) -> tonic::Request<T> {
    let mut request = tonic::Request::new(message);
    let bearer = format!("Bearer {token}").parse().unwrap();
    request.metadata_mut().insert("authorization", bearer);
    request
}
