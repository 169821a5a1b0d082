//! A portal to test against: it speaks both protocols, keeps what it is told, and fails as asked.
//!
//! It is strict where real ones are: values are strings, a dossier is created once, progress comes in
//! chunks of ten and only for a dossier that it has.

mod answer;
mod citizens;
mod faults;
mod ledger;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};

pub use citizens::Citizens;
pub use faults::{Fault, Faults};
pub use ledger::{Counts, Kept, Ledger};

use answer::{Answered, Does, answer};
use faults::Dice;

/// A simulated portal. Clones are the same one.
#[derive(Clone)]
pub struct Simulator {
    inner: Arc<Mutex<Inner>>,
}

struct Inner {
    ledger: Ledger,
    faults: Faults,
    dice: Dice,
}

impl Simulator {
    /// A portal that knows nothing yet. The same seed fails at the same requests.
    #[must_use]
    pub fn new(faults: Faults, seed: u64) -> Self {
        let inner = Inner {
            ledger: Ledger::default(),
            faults,
            dice: Dice::new(seed),
        };
        Self {
            inner: Arc::new(Mutex::new(inner)),
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What it has, as it is now.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        self.inner().ledger.clone()
    }

    /// How many rows of progress it has, of all dossiers.
    #[must_use]
    pub fn rows(&self) -> usize {
        let inner = self.inner();
        inner
            .ledger
            .dossiers
            .values()
            .map(|kept| kept.rows.len())
            .sum()
    }

    /// Changes how it fails.
    pub fn fail(&self, faults: Faults) {
        self.inner().faults = faults;
    }

    /// Gives the portal a dossier, as if a citizen had handed it in there.
    pub fn hand_in(&self, code: &str) {
        self.inner().ledger.hand_in(code);
    }

    /// Its routes: the protocols, `GET /ledger`, and `POST /faults`.
    pub fn router(&self) -> Router {
        let shows = async |State(portal): State<Simulator>| {
            motcua_http::json(StatusCode::OK, portal.ledger().to_json().to_string())
        };
        Router::new()
            .route("/ledger", get(shows))
            .route("/faults", post(set_faults))
            .route("/auth", post(sign_in))
            .route("/integration", post(integration))
            .route("/token", post(token))
            .route("/ho-so", post(rest_dossier))
            .route("/trang-thai", post(rest_status))
            .route("/tien-trinh", post(rest_progress))
            .route("/tra-cuu", post(rest_lookup))
            .with_state(self.clone())
    }

    /// Serves until the future of a stop ends.
    pub async fn serve(
        &self,
        listener: tokio::net::TcpListener,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> std::io::Result<()> {
        axum::serve(listener, self.router())
            .with_graceful_shutdown(stop)
            .await
    }

    /// Answers one call, with whatever fault its turn brings.
    async fn call(&self, headers: &HeaderMap, body: &Bytes, does: Does) -> Response {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let key = text("idempotency-key").unwrap_or_default().to_owned();
        let bearer = text("authorization").map(ToOwned::to_owned);
        let body: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
        let (fault, quick, slow) = {
            let mut inner = self.inner();
            inner.ledger.counts.requests += 1;
            let Inner { faults, dice, .. } = &mut *inner;
            let fault = faults.next(dice);
            let slow = Duration::from_millis(faults.slow_ms);
            let quick = Duration::from_millis(faults.answer_ms);
            if let Some(fault) = fault {
                inner.ledger.counts.note(fault);
            }
            (fault, quick, slow)
        };
        tokio::time::sleep(if fault == Some(Fault::Slow) {
            slow
        } else {
            quick
        })
        .await;
        let once = |fault| {
            let mut inner = self.inner();
            let skew = inner.faults.skew_seconds;
            let ledger = &mut inner.ledger;
            answer(ledger, does, &body, &key, bearer.as_deref(), fault, skew)
        };
        match fault {
            Some(Fault::Broken) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            Some(Fault::Duplicate) => {
                let _first = once(fault);
                respond(&once(fault))
            }
            Some(Fault::Lost) => {
                let _taken = once(fault);
                StatusCode::BAD_GATEWAY.into_response()
            }
            Some(Fault::Cut) => cut(&once(fault)),
            Some(Fault::Slow | Fault::Session | Fault::Exists | Fault::Skew) | None => {
                respond(&once(fault))
            }
        }
    }
}

fn respond(answered: &Answered) -> Response {
    let status = StatusCode::from_u16(answered.status).unwrap_or(StatusCode::OK);
    motcua_http::json(status, answered.body.to_string())
}

/// An answer that ends in the middle.
fn cut(answered: &Answered) -> Response {
    let whole = Bytes::from(answered.body.to_string());
    let half = whole.slice(..whole.len() / 2);
    let pieces = futures::stream::iter([Ok(half), Err(std::io::Error::other("cut"))]);
    motcua_http::json(StatusCode::OK, Body::from_stream(pieces))
}

macro_rules! calls {
    ($($name:ident does $does:ident;)*) => {
        $(async fn $name(State(portal): State<Simulator>, headers: HeaderMap, body: Bytes) -> Response {
            portal.call(&headers, &body, Does::$does).await
        })*
    };
}

calls! {
    sign_in does SignIn;
    integration does Integration;
    token does Token;
    rest_dossier does RestDossier;
    rest_status does RestStatus;
    rest_progress does RestProgress;
    rest_lookup does RestLookup;
}

async fn set_faults(State(portal): State<Simulator>, body: Bytes) -> Response {
    let text = String::from_utf8_lossy(&body);
    match Faults::parse(text.trim()) {
        Ok(faults) => {
            portal.fail(faults);
            motcua_http::json(StatusCode::OK, "{}")
        }
        Err(wrong) => motcua_http::json(
            StatusCode::BAD_REQUEST,
            json!({ "message": wrong }).to_string(),
        ),
    }
}
