//! A portal to test against: it speaks both protocols, keeps what it is told, and fails as asked. Beside it stands
//! the one-stop product of the same province, which is searched.
//!
//! It is strict where real ones are: values are strings, a dossier is created once, progress comes in
//! chunks of ten and only for a dossier that it has.

mod answer;
mod citizens;
mod faults;
mod ledger;
mod product;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};

pub use citizens::Citizens;
pub use faults::{Fault, Faults};
pub use ledger::{Counts, Kept, Ledger};

use answer::{Answered, Does, answer};
use faults::Dice;
use product::{Product, Searched};

/// A simulated portal. Clones are the same one.
#[derive(Clone)]
pub struct Simulator {
    inner: Arc<Mutex<Inner>>,
}

struct Inner {
    ledger: Ledger,
    product: Product,
    faults: Faults,
    dice: Dice,
}

impl Simulator {
    /// A portal that knows nothing yet. The same seed fails at the same requests.
    #[must_use]
    pub fn new(faults: Faults, seed: u64) -> Self {
        let inner = Inner {
            ledger: Ledger::default(),
            product: Product::default(),
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

    /// Gives the product beside it a dossier of an agency, in the form of the product's own answers, in place of
    /// the one with that code.
    pub fn product_has(&self, agency: &str, row: Value) {
        self.inner().product.has(agency, row);
    }

    /// Gives the product a list of `{"agency": …, "dossier": {…}}`. Returns how many there were.
    ///
    /// Errors: what was expected.
    pub fn product_takes(&self, list: &[u8]) -> Result<usize, String> {
        let rows: Vec<Value> = serde_json::from_slice(list).map_err(|error| error.to_string())?;
        for (at, row) in (1..).zip(&rows) {
            let agency = row.get("agency").and_then(Value::as_str);
            let dossier = row.get("dossier");
            let has_code = dossier.is_some_and(|dossier| dossier["code"].is_string());
            let (Some(agency), Some(dossier), true) = (agency, dossier, has_code) else {
                return Err(format!(
                    "item {at}: expected agency, and dossier with a code"
                ));
            };
            self.product_has(agency, dossier.clone());
        }
        Ok(rows.len())
    }

    /// Its routes: the protocols, the product's search, `GET /ledger`, `POST /faults`, and `POST /product`.
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
            .route("/product", post(set_product))
            .route(TOKENS, post(give_token))
            .route("/pa/dossier/search", get(search))
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

    /// The fault of the next request, once its time is over.
    async fn turn(&self) -> Option<Fault> {
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
        let is_slow = fault == Some(Fault::Slow);
        tokio::time::sleep(if is_slow { slow } else { quick }).await;
        fault
    }

    /// Answers one call, with whatever fault its turn brings.
    async fn call(&self, headers: &HeaderMap, body: &Bytes, does: Does) -> Response {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let key = text("idempotency-key").unwrap_or_default().to_owned();
        let bearer = text("authorization").map(ToOwned::to_owned);
        let body: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
        let fault = self.turn().await;
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

/// Where the product gives tokens.
pub const TOKENS: &str = "/realms/digo/protocol/openid-connect/token";

async fn give_token(State(portal): State<Simulator>, body: Bytes) -> Response {
    let fault = portal.turn().await;
    let answered = match portal.inner().product.token(&body) {
        Some(body) => Answered { status: 200, body },
        None => Answered {
            status: 400,
            body: json!({ "error": "invalid_client" }),
        },
    };
    reading(&answered, fault)
}

async fn search(State(portal): State<Simulator>, uri: Uri, headers: HeaderMap) -> Response {
    let fault = portal.turn().await;
    let bearer = headers
        .get("authorization")
        .and_then(|value| value.to_str().ok());
    let searched = Searched::of(uri.query().unwrap_or_default());
    let product = &mut portal.inner().product;
    let page = product.page(bearer.unwrap_or_default(), &searched, fault);
    let answered = match page {
        Some(body) => Answered { status: 200, body },
        None => Answered {
            status: 401,
            body: json!({ "error": "invalid_token" }),
        },
    };
    reading(&answered, fault)
}

/// The answer to a question that changes nothing, with what a fault makes of it.
fn reading(answered: &Answered, fault: Option<Fault>) -> Response {
    match fault {
        Some(Fault::Broken) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Some(Fault::Lost) => StatusCode::BAD_GATEWAY.into_response(),
        Some(Fault::Cut) => cut(answered),
        Some(Fault::Slow | Fault::Duplicate | Fault::Session | Fault::Exists | Fault::Skew)
        | None => respond(answered),
    }
}

async fn set_product(State(portal): State<Simulator>, body: Bytes) -> Response {
    match portal.product_takes(&body) {
        Ok(taken) => motcua_http::json(StatusCode::OK, json!({ "taken": taken }).to_string()),
        Err(wrong) => motcua_http::json(
            StatusCode::BAD_REQUEST,
            json!({ "message": wrong }).to_string(),
        ),
    }
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
