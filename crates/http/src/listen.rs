//! Connections: HTTP/1.1 and HTTP/2 on one port, with a limit on everything.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use app::Gate;
use axum::Router;
use axum::body::Body;
use hyper::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tower::ServiceExt;

use crate::peer::Peer;
use crate::settings::Settings;

/// Serves a router until `shutdown` ends. Then the gate is closed, so that open streams end, and
/// the calls in flight are finished, but no longer than the grace.
pub async fn run(
    listener: TcpListener,
    router: Router,
    gate: &Gate,
    settings: &Settings,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let server = Arc::new(server(settings));
    let places = Arc::new(Semaphore::new(settings.max_connections));
    let (stop, stops) = watch::channel(false);
    let mut shutdown = pin!(shutdown);
    loop {
        let place = Arc::clone(&places)
            .acquire_owned()
            .await
            .expect("the semaphore is never closed");
        let (stream, address) = tokio::select! {
            () = &mut shutdown => break,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of file descriptors, or a client that left already: others go on.
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
        };
        let connection = Connection {
            server: Arc::clone(&server),
            router: router.clone(),
            peer: Peer(address.ip()),
            stops: stops.clone(),
            patience: settings.keepalive_timeout,
            age: settings.max_connection_age,
            grace: settings.grace,
        };
        tokio::spawn(async move {
            let _place = place;
            connection.serve(stream).await;
        });
    }
    gate.close();
    drop(listener);
    drop(stops);
    stop.send_replace(true);
    // Every connection holds a receiver until it has ended.
    if tokio::time::timeout(settings.grace, stop.closed())
        .await
        .is_err()
    {
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

struct Connection {
    server: Arc<Builder<TokioExecutor>>,
    router: Router,
    peer: Peer,
    stops: watch::Receiver<bool>,
    patience: Duration,
    age: Duration,
    grace: Duration,
}

impl Connection {
    async fn serve(mut self, stream: TcpStream) {
        // Answers are small and wanted at once.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection keeps delaying small answers");
        }
        // No other limit holds before the first byte: whoever connects and says nothing would
        // keep a place.
        let mut first_byte = [0];
        let speaks = tokio::select! {
            first = tokio::time::timeout(self.patience, stream.peek(&mut first_byte)) => {
                matches!(first, Ok(Ok(length)) if length > 0)
            }
            _ = self.stops.wait_for(|stop| *stop) => false,
        };
        if !speaks {
            return;
        }
        let (router, peer) = (self.router, self.peer);
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(peer);
            router.clone().oneshot(request.map(Body::new))
        });
        let mut connection = pin!(self.server.serve_connection(TokioIo::new(stream), service));
        let ended = tokio::select! {
            ended = connection.as_mut() => Some(ended),
            () = tokio::time::sleep(self.age) => None,
            _ = self.stops.wait_for(|stop| *stop) => None,
        };
        let ended = match ended {
            Some(ended) => Ok(ended),
            None => {
                connection.as_mut().graceful_shutdown();
                tokio::time::timeout(self.grace, connection).await
            }
        };
        match ended {
            Ok(Ok(())) => {}
            // A client that resets its connection is no fault of ours.
            Ok(Err(error)) => tracing::debug!(%error, "a connection broke"),
            Err(_elapsed) => tracing::debug!("a connection outlived its grace"),
        }
    }
}
