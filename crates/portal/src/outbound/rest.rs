//! The REST flow of a ministry's adapter: a token, and a path for each step.

use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::adapter::Password;
use super::card::Card;
use super::map::Map;
use super::reply::{Had, Trouble, rows_of};
use super::verdict::{Verdict, judge};
use crate::settings::RemoteSettings;
use crate::wire::Wire;

/// A client of a remote that speaks it.
#[derive(Debug)]
pub struct Rest {
    wire: Wire,
    map: Map,
    client: String,
    secret: Password,
    token: Mutex<Option<String>>,
}

impl Rest {
    pub(super) fn new(wire: Wire, map: Map, settings: &RemoteSettings, password: &str) -> Self {
        Self {
            wire,
            map,
            client: settings.username.clone(),
            secret: Password(password.to_owned()),
            token: Mutex::new(None),
        }
    }

    pub(super) fn map(&self) -> &Map {
        &self.map
    }

    pub(super) async fn look_up(&self, code: &str) -> Result<Option<Had>, Trouble> {
        match self.call("lookup", "", &json!({"MaHoSo": code})).await {
            Ok(answer) => Ok(answer.get("data").map(|found| rows_of(&self.map, found))),
            Err(Trouble::Absent) => Ok(None),
            Err(trouble) => Err(trouble),
        }
    }

    pub(super) async fn tell_dossier(
        &self,
        key: &str,
        exists: bool,
        card: &Card,
    ) -> Result<(), Trouble> {
        let dossier = self.map.dossier(card)?;
        // The first time the whole dossier is handed over; later only its status moves there.
        let path = if exists { "status" } else { "dossier" };
        self.call(path, key, &dossier.into()).await.map(drop)
    }

    pub(super) async fn tell_progress(&self, key: &str, rows: &[&Card]) -> Result<(), Trouble> {
        let rows = self.map.progress(rows)?;
        let body = json!({ "data": rows });
        self.call("progress", key, &body).await.map(drop)
    }

    async fn call(&self, path: &str, key: &str, body: &Value) -> Result<Value, Trouble> {
        for _try in 0..2 {
            let token = self.token().await?;
            let bearer = format!("Bearer {token}");
            let mut headers = vec![("authorization", bearer.as_str())];
            if !key.is_empty() {
                headers.push(("idempotency-key", key));
            }
            let answer = self.wire.post(self.map.path(path), &headers, body).await;
            let answer = answer.map_err(Trouble::Away)?;
            match judge(&self.map.codes, answer.status, answer.body.as_ref()) {
                Verdict::Taken => return Ok(answer.body.unwrap_or_default()),
                Verdict::Session => self.forget(&token).await,
                Verdict::Absent => return Err(Trouble::Absent),
                Verdict::Busy(words) => return Err(Trouble::Away(words)),
                Verdict::Refused(words) => return Err(Trouble::Refused(words)),
            }
        }
        Err(Trouble::Away(
            "the remote forgets each token at once".to_owned(),
        ))
    }

    async fn token(&self) -> Result<String, Trouble> {
        let mut kept = self.token.lock().await;
        if let Some(token) = kept.as_ref() {
            return Ok(token.clone());
        }
        let body = json!({"client_id": self.client, "client_secret": self.secret.0});
        let answer = self.wire.post(self.map.path("sign_in"), &[], &body).await;
        let answer = answer.map_err(Trouble::Away)?;
        let verdict = judge(&self.map.codes, answer.status, answer.body.as_ref());
        let given = answer
            .body
            .as_ref()
            .and_then(|body| body.get("access_token"));
        let given = given
            .and_then(Value::as_str)
            .filter(|given| !given.is_empty());
        match (verdict, given) {
            (Verdict::Taken, Some(given)) => {
                *kept = Some(given.to_owned());
                Ok(given.to_owned())
            }
            (Verdict::Busy(words) | Verdict::Refused(words), _) => Err(Trouble::Away(format!(
                "the remote gives us no token: {words}"
            ))),
            (Verdict::Taken | Verdict::Session | Verdict::Absent, _) => {
                Err(Trouble::Away("the remote gives us no token".to_owned()))
            }
        }
    }

    async fn forget(&self, old: &str) {
        let mut kept = self.token.lock().await;
        if kept.as_deref() == Some(old) {
            *kept = None;
        }
    }
}
