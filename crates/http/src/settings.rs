//! Limits of the port.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::tls::Certificate;

/// Limits of connections.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How many calls one connection may have in flight.
    pub max_concurrent_streams: u32,
    /// How many connections may be open; beyond, one that does nothing gives way to the next.
    pub max_connections: usize,
    /// How many of them one address may have. A ward's desks often share one.
    pub max_connections_per_peer: usize,
    /// Addresses of reverse proxies, whose word counts for whom a request comes from.
    pub trusted_proxies: Vec<IpAddr>,
    /// The certificate under which the port speaks TLS, and nothing else; none means clear text.
    pub certificate: Option<Arc<Certificate>>,
    /// The most bytes of headers.
    pub max_header_bytes: u32,
    /// How long an HTTP/2 connection may be silent before the server pings it.
    pub keepalive: Duration,
    /// How long a client has to answer that ping, and to send its headers.
    pub keepalive_timeout: Duration,
    /// How long the body of a request may take; one that comes slowly has longer, by its length.
    pub body_timeout: Duration,
    /// How old a connection gets before the server asks its client to connect again.
    pub max_connection_age: Duration,
    /// How long calls in flight may still run after that, and after the server is told to stop.
    pub grace: Duration,
    /// How long a client of HTTP/1.1 without a call in flight has to begin one more when the server
    /// stops: it can be told that its connection closes in an answer only, and would lose what it is
    /// just sending.
    pub last_call: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            max_concurrent_streams: 100,
            max_connections: 4_096,
            max_connections_per_peer: 512,
            trusted_proxies: Vec::new(),
            certificate: None,
            max_header_bytes: 16 * 1024,
            keepalive: Duration::from_secs(30),
            keepalive_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(10),
            max_connection_age: Duration::from_secs(30 * 60),
            grace: Duration::from_secs(10),
            last_call: Duration::from_millis(250),
        }
    }
}
