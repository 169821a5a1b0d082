//! One port for all adapters: listener, limits, health, merging of routers.
//!
//! An adapter makes a [`Part`] of an [`axum::Router`] whose state it has put in already. The
//! state is usually the engine, the [`Gate`](app::Gate) that every call goes through, and
//! settings of its own:
//!
//! ```no_run
//! # use std::sync::Arc;
//! use app::{Engine, Error, Gate};
//! use axum::extract::State;
//! use axum::http::StatusCode;
//! use axum::routing::get;
//! use axum::Router;
//! use motcua_http::{Part, Peer};
//!
//! #[derive(Clone)]
//! struct Pages {
//!     engine: Arc<Engine>,
//!     gate: Gate,
//! }
//!
//! async fn lookup(State(pages): State<Pages>, peer: Peer) -> Result<String, StatusCode> {
//!     let found = pages.gate.read(None, async {
//!         // A use case of `pages.engine`; who asks is `peer`.
//!         Ok::<_, Error>(format!("{peer}"))
//!     });
//!     found.await.map_err(|error| motcua_http::status(error.kind()))
//! }
//!
//! fn part(engine: Arc<Engine>, gate: Gate) -> Part {
//!     let router = Router::new()
//!         .route("/tra-cuu", get(lookup))
//!         .with_state(Pages { engine, gate });
//!     Part::new("web", router)
//!         .body_limit(64 * 1024)
//!         .home("/tra-cuu")
//! }
//! ```
//!
//! [`site`] merges the parts and adds what belongs to the port itself: `GET /`, `GET /healthz`,
//! `GET /readyz`, and answers in words where nobody answers. [`run`] serves the site until it is
//! told to stop.
#![warn(missing_docs)]

mod answer;
mod connections;
mod expiry;
mod health;
mod listen;
mod measure;
mod peer;
mod settings;
mod site;
mod slow;
mod tls;
mod watch;

pub use answer::{code_name, json, refuse, status};
pub use health::Health;
pub use listen::run;
pub use peer::Peer;
pub use settings::Settings;
pub use site::{Part, only, site};
pub use slow::{TooSlow, is_too_slow};
pub use tls::{Certificate, CertificateError};
pub use watch::watch;
