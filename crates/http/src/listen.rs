//! Connections: HTTP/1.1 and HTTP/2 on one port, with a limit on everything.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use app::Gate;
use axum::Router;
use axum::body::Body;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::header::{CONNECTION, HeaderValue};
use hyper::service::service_fn;
use hyper::{Request, Version};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tower::ServiceExt;

use crate::connections::{Connections, Taken};
use crate::peer::Peer;
use crate::settings::Settings;
use crate::slow::Timed;

/// How long the port stays open after a request to stop: whoever is just connecting is still served.
const LINGER: Duration = Duration::from_millis(250);

/// How long a connection that gives way to another has to close.
const GIVES_WAY: Duration = Duration::from_secs(1);

/// Serves a router until `shutdown` ends.
///
/// Then everybody is told first: readiness fails, HTTP/2 connections get GOAWAY, others
/// `connection: close` with their next answer. Whoever connects a moment later is still served.
/// The calls in flight are finished, but no longer than the grace, and open streams end.
pub async fn run(
    listener: TcpListener,
    router: Router,
    gate: &Gate,
    settings: &Settings,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let (stop, stops) = watch::channel(false);
    let port = Port {
        connections: Connections::new(
            settings.max_connections,
            settings.max_connections_per_peer,
            settings.trusted_proxies.clone(),
        ),
        server: Arc::new(server(settings)),
        settings: Arc::new(settings.clone()),
        router,
        stops,
    };
    let mut shutdown = pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            () = port.accept(&listener) => {}
        }
    }
    gate.close();
    stop.send_replace(true);
    let mut lingered = pin!(tokio::time::sleep(LINGER));
    loop {
        tokio::select! {
            biased;
            () = port.accept(&listener) => {}
            () = &mut lingered => break,
        }
    }
    drop(listener);
    let emptied = tokio::time::timeout(settings.grace, port.connections.emptied());
    if emptied.await.is_err() {
        tracing::warn!("connections were still open when the grace ended");
    }
    Ok(())
}

fn server(settings: &Settings) -> Builder<TokioExecutor> {
    let mut server = Builder::new(TokioExecutor::new());
    server
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(settings.keepalive_timeout)
        .max_buf_size(settings.max_header_bytes as usize);
    server
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(settings.max_concurrent_streams)
        .max_header_list_size(settings.max_header_bytes)
        .keep_alive_interval(settings.keepalive)
        .keep_alive_timeout(settings.keepalive_timeout);
    server
}

/// What every connection needs.
#[derive(Clone)]
struct Port {
    connections: Arc<Connections>,
    server: Arc<Builder<TokioExecutor>>,
    settings: Arc<Settings>,
    router: Router,
    stops: watch::Receiver<bool>,
}

impl Port {
    /// Takes one connection in. Nothing is lost when this is given up on the way.
    async fn accept(&self, listener: &TcpListener) {
        self.connections.room().await;
        let (stream, address) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file descriptors, or a client that left already: others go on.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
                return;
            }
        };
        // Without a place it is closed at once.
        if let Some(taken) = self.connections.take(address.ip().to_canonical()) {
            tokio::spawn(self.clone().begin(stream, address, taken));
        }
    }

    /// Waits for the first byte: no other limit holds before it, and whoever connects and says
    /// nothing would keep a place. A handshake of TLS belongs behind it.
    async fn begin(self, stream: TcpStream, address: SocketAddr, taken: Taken) {
        // Answers are small, so delaying them to fill a packet gains nothing.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection keeps delaying small answers");
        }
        let mut first_byte = [0];
        let speaks = tokio::select! {
            first = stream.peek(&mut first_byte) => matches!(first, Ok(length) if length > 0),
            () = tokio::time::sleep(self.settings.keepalive_timeout) => false,
            () = taken.place.leave.notified() => false,
            () = self.stopped_and_lingered() => false,
        };
        if !speaks {
            return;
        }
        let peer = Peer(address.ip().to_canonical());
        let Some(certificate) = &self.settings.certificate else {
            return self.serve(stream, peer, &taken).await;
        };
        let shakes_hands = certificate.acceptor().accept(stream);
        let shaken = tokio::time::timeout(self.settings.keepalive_timeout, shakes_hands).await;
        match shaken {
            Ok(Ok(stream)) => self.serve(stream, peer, &taken).await,
            // Clear text, another version of TLS, or a client that does not trust the certificate.
            Ok(Err(error)) => tracing::debug!(%error, %peer, "a handshake failed"),
            Err(_elapsed) => tracing::debug!(%peer, "a handshake did not end in time"),
        }
    }

    async fn serve<S>(&self, stream: S, peer: Peer, taken: &Taken)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let settings = &self.settings;
        let service = service_fn(|mut request: Request<Incoming>| {
            let is_http2 = request.version() == Version::HTTP_2;
            let call = taken.place.begin(is_http2);
            let (place, stops) = (Arc::clone(&taken.place), self.stops.clone());
            let peer = peer.behind(&settings.trusted_proxies, request.headers());
            request.extensions_mut().insert(peer);
            let request =
                request.map(|body| Body::new(Timed::new(body, peer.0, settings.body_timeout)));
            let answer = self.router.clone().oneshot(request);
            async move {
                let answer = answer.await;
                // The call lasts until the last byte of its answer.
                answer.map(|mut answer| {
                    // What has begun to be sent cannot say it any more, so it is said here, where
                    // the answer is made.
                    if !is_http2 && *stops.borrow() {
                        let close = HeaderValue::from_static("close");
                        answer.headers_mut().insert(CONNECTION, close);
                        place.told.notify_one();
                    }
                    answer.map(|body| {
                        body.map_frame(move |frame| {
                            let _in_flight = &call;
                            frame
                        })
                    })
                })
            }
        });
        let io = TokioIo::new(stream);
        let mut connection = pin!(self.server.serve_connection(io, service));
        let (ended, grace) = tokio::select! {
            ended = connection.as_mut() => (Some(ended), settings.grace),
            () = tokio::time::sleep(settings.max_connection_age) => (None, settings.grace),
            () = taken.place.leave.notified() => (None, GIVES_WAY),
            () = self.stopped(taken) => (None, settings.grace),
        };
        let ended = match ended {
            Some(ended) => Ok(ended),
            None => {
                connection.as_mut().graceful_shutdown();
                tokio::time::timeout(grace, connection).await
            }
        };
        match ended {
            Ok(Ok(())) => {}
            // A client that resets its connection is no fault of ours.
            Ok(Err(error)) => tracing::debug!(%error, "a connection broke"),
            Err(_elapsed) => tracing::debug!("a connection outlived its grace"),
        }
    }

    /// Waits until the server stops and the client can be told without losing a call.
    async fn stopped(&self, taken: &Taken) {
        self.told_to_stop().await;
        if !taken.place.speaks_http2() {
            let told = taken.place.told.notified();
            let _told = tokio::time::timeout(self.settings.last_call, told).await;
        }
    }

    async fn stopped_and_lingered(&self) {
        self.told_to_stop().await;
        tokio::time::sleep(LINGER).await;
    }

    async fn told_to_stop(&self) {
        let mut stops = self.stops.clone();
        // An error means that the server is no more, which is a stop too.
        let _gone = stops.wait_for(|stop| *stop).await.is_err();
    }
}
