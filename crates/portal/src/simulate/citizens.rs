//! Citizens of a simulated portal, who hand dossiers in there, so that they come as from a real one.

use std::sync::Arc;
use std::time::Duration;

use app::Engine;
use domain::digest::{hex, sha256};
use domain::time;
use serde_json::json;

use super::Simulator;
use crate::inbound::{PATH, sign};

/// Citizens who hand dossiers in, one after the other.
#[derive(Debug, Clone)]
pub struct Citizens {
    /// Where motcua is.
    pub address: String,
    /// The name of the portal there.
    pub portal: String,
    /// The key that signs what it hands in.
    pub key: Vec<u8>,
    /// The unit that receives.
    pub unit: String,
    /// What they apply for.
    pub procedure: String,
}

impl Citizens {
    /// Hands a dossier in every so often, until nobody listens any more.
    pub async fn live(self, portal: Simulator, engine: Arc<Engine>, every: Duration) {
        let client = reqwest::Client::builder().no_proxy().timeout(every).build();
        let Ok(client) = client else { return };
        let mut number = 0_u32;
        loop {
            tokio::time::sleep(every).await;
            number += 1;
            let now = engine.now();
            let day = time::local(now).format("%y%m%d-%H%M%S");
            let code = format!("G22.98-{day}");
            let body = json!({
                "MaHoSo": code,
                "MaTTHC": self.procedure,
                "MaDonViTiepNhan": self.unit,
                "ChuHoSo": format!("CÔNG DÂN MẪU {number}"),
                "SoDienThoai": "0900000000",
                "TaiLieuNop": [{
                    "MaThanhPhanHoSo": "to-khai",
                    "HashTepTin": hex(&sha256(code.as_bytes())),
                    "KichThuoc": "2048",
                }],
                "DinhDanhCHS": [{ "LoaiDinhDanh": "1", "SoDinhDanh": format!("000{:09}", now.timestamp() % 1_000_000_000) }],
            });
            portal.hand_in(&code);
            let body = body.to_string();
            let seconds = now.timestamp();
            let sent = client
                .post(format!("{}{PATH}", self.address))
                .header("content-type", "application/json")
                .header("x-portal", &self.portal)
                .header("x-portal-timestamp", seconds)
                .header(
                    "x-portal-signature",
                    sign(&self.key, seconds, body.as_bytes()),
                )
                .body(body)
                .send()
                .await;
            match sent {
                Ok(answer) if answer.status().is_success() => {
                    tracing::info!(code, "a dossier is handed in by the simulated portal");
                }
                Ok(answer) => {
                    tracing::warn!(code, status = %answer.status(), "a dossier is refused");
                }
                Err(error) => tracing::warn!(code, %error, "a dossier cannot be handed in"),
            }
        }
    }
}
