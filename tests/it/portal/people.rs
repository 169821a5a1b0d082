//! People who give dossiers random histories over the wire, and who send a request again when the
//! server was killed before it answered.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use app::ports::Clock;
use app::tokens::{self, Grant};
use chrono::TimeDelta;
use domain::id::{ActorId, UnitCode};
use domain::role::Role;
use serde_json::{Value, json};
use server::clock::{SystemClock, SystemIds};
use store::SeaStore;

use crate::calling::{fresh_id, path_of};
use crate::faults::seeded::Seeded;
use crate::world::{THREE_DAYS, WARD};

/// How long anybody waits for a server to come back.
const PATIENCE: Duration = Duration::from_secs(60);

/// Callers of one ward, who find the server where it is now.
#[derive(Clone)]
pub struct People {
    client: reqwest::Client,
    address: Arc<Mutex<String>>,
    chairman: String,
    portal: String,
}

impl People {
    pub async fn of(store: &SeaStore) -> Self {
        let token = async |role: Role| {
            let grant = Grant {
                actor: ActorId::parse(&format!("{role}-{WARD}")).unwrap(),
                role,
                province: domain::id::ProvinceCode::parse("08").unwrap(),
                units: vec![UnitCode::parse(WARD).unwrap()],
                lasts: TimeDelta::days(3),
            };
            let issued = tokens::issue(store, &SystemIds, SystemClock.now(), grant).await;
            issued.unwrap().secret
        };
        Self {
            client: client(),
            address: Arc::default(),
            chairman: token(Role::Chairman).await,
            portal: token(Role::Portal).await,
        }
    }

    /// Where the server is from now on.
    pub fn go_to(&self, address: &str) {
        *self.address.lock().unwrap() = address.to_owned();
    }

    /// Gives a dossier its history; the same number gives the same choices.
    pub async fn live(&self, number: u64) {
        let mut seeded = Seeded(number);
        let mut dossier = self.begin(number, &mut seeded).await;
        for _act in 0..seeded.below(9) {
            let allowed = dossier["allowed_actions"].as_array().unwrap();
            let open: Vec<(&str, Value)> = allowed
                .iter()
                .filter_map(|method| {
                    let method = method.as_str().unwrap();
                    Some((method, body_of(method, &dossier)?))
                })
                .collect();
            if open.is_empty() {
                return;
            }
            let chosen = seeded.below(open.len() as u64) as usize;
            let (method, mut body) = open[chosen].clone();
            body["name"] = dossier["name"].clone();
            body["etag"] = dossier["etag"].clone();
            if let Ok(next) = self.call(&self.chairman, method, body).await {
                dossier = next;
            }
        }
    }

    async fn begin(&self, number: u64, seeded: &mut Seeded) -> Value {
        let content = json!({
            "procedure": THREE_DAYS,
            "receiving_unit": WARD,
            "components": ["to-khai"],
            "applicant": {
                "name": format!("Nguyễn Văn Mẫu {number}"),
                "id_number": format!("000{number:09}"),
                "phone": "0900000123",
            },
        });
        if seeded.below(2) == 0 {
            let mut desk = content;
            desk["channel"] = json!("CHANNEL_DESK");
            return self
                .call(&self.chairman, "ReceiveDossier", desk)
                .await
                .unwrap();
        }
        let mut online = content;
        online["channel"] = json!("CHANNEL_ONLINE");
        online["portal_code"] = json!(format!("G22.98-261121-{number:013}"));
        let submitted = self.call(&self.portal, "SubmitDossier", online).await;
        let submitted = submitted.unwrap();
        let read = json!({ "name": submitted["name"] });
        self.call(&self.chairman, "GetDossier", read).await.unwrap()
    }

    /// Calls until there is an answer, under one request id.
    async fn call(&self, token: &str, method: &str, mut body: Value) -> Result<Value, Value> {
        if method != "GetDossier" {
            body["request_id"] = json!(fresh_id());
        }
        let until = tokio::time::Instant::now() + PATIENCE;
        loop {
            let address = self.address.lock().unwrap().clone();
            let sent = self
                .client
                .post(format!("{address}{}", path_of(method)))
                .header("content-type", "application/json")
                .header("authorization", format!("Bearer {token}"))
                .body(body.to_string())
                .send()
                .await;
            if let Ok(response) = sent {
                let status = response.status();
                if let Ok(bytes) = response.bytes().await
                    && let Ok(answer) = serde_json::from_slice::<Value>(&bytes)
                {
                    if status.is_success() {
                        return Ok(answer);
                    }
                    if status.is_client_error() && status.as_u16() != 429 {
                        return Err(answer);
                    }
                }
            }
            assert!(
                tokio::time::Instant::now() < until,
                "{method} gets no answer"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// A client of HTTP for tests.
pub fn client() -> reqwest::Client {
    let _installed = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy();
    client.timeout(Duration::from_secs(20)).build().unwrap()
}

/// What is asked with an act; none for acts that these people do not do.
fn body_of(method: &str, dossier: &Value) -> Option<Value> {
    let why = "theo quy định";
    Some(match method {
        "ReceiveDossier" | "RecordSupplement" | "ResolveDossier" | "ReturnResult" => json!({}),
        "RefuseDossier" | "WithdrawDossier" => json!({ "reason": why }),
        "RequestSupplement" => json!({ "reason": why, "items": [{ "note": "bản gốc" }] }),
        "AdvanceDossier" => {
            let steps = dossier["next_steps"].as_array()?;
            json!({ "step": steps.first()?["id"] })
        }
        "AssignDossier" => json!({ "assignee": "nv-an" }),
        "RequestPayment" => json!({ "amount_vnd": 8_000, "reason": why }),
        "RecordPayment" => json!({ "amount_vnd": 8_000 }),
        "StopDossier" => json!({ "reason": why, "legal_basis": "Điều 19" }),
        "RemindDossier" => json!({ "words": "đề nghị xử lý trong ngày" }),
        _ => return None,
    })
}
