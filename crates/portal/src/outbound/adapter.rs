//! The adapter protocol: a session, and services by name in one path.

use serde_json::{Map as Json, Value, json};
use tokio::sync::Mutex;

use super::card::Card;
use super::map::Map;
use super::reply::{Had, Trouble, rows_of};
use super::verdict::{Verdict, judge};
use crate::settings::RemoteSettings;
use crate::wire::Wire;

/// A client of a remote that speaks it.
#[derive(Debug)]
pub struct Adapter {
    wire: Wire,
    map: Map,
    organisation: String,
    destination: String,
    username: String,
    password: Password,
    session: Mutex<Option<String>>,
}

/// A password, which no debug output shows.
pub(super) struct Password(pub String);

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(..)")
    }
}

impl Adapter {
    pub(super) fn new(wire: Wire, map: Map, settings: &RemoteSettings, password: &str) -> Self {
        Self {
            wire,
            map,
            organisation: settings.organisation.clone(),
            destination: settings.destination.clone(),
            username: settings.username.clone(),
            password: Password(password.to_owned()),
            session: Mutex::new(None),
        }
    }

    pub(super) fn map(&self) -> &Map {
        &self.map
    }

    pub(super) async fn look_up(&self, code: &str) -> Result<Option<Had>, Trouble> {
        let body = Json::from_iter([("MaHoSo".to_owned(), Value::from(code))]);
        match self.call("TraCuuHoSo", "", body).await {
            Ok(answer) => {
                let found = match answer.get("data") {
                    Some(Value::Array(items)) => items.first(),
                    Some(Value::Object(_)) => answer.get("data"),
                    _ => None,
                };
                Ok(found.map(|found| rows_of(&self.map, found)))
            }
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
        let updating = if exists { "True" } else { "False" };
        let body = Json::from_iter([
            ("isUpdating".to_owned(), Value::from(updating)),
            ("data".to_owned(), json!([dossier])),
        ]);
        self.call("DongBoHoSoMC", key, body).await.map(drop)
    }

    pub(super) async fn tell_progress(&self, key: &str, rows: &[&Card]) -> Result<(), Trouble> {
        let rows = self.map.progress(rows)?;
        let body = Json::from_iter([("data".to_owned(), Value::from(rows))]);
        self.call("CapNhatTienDoHoSoMC", key, body).await.map(drop)
    }

    /// Calls a service; signs in before, and once more if the remote has forgotten the session.
    async fn call(
        &self,
        service: &str,
        key: &str,
        fields: Json<String, Value>,
    ) -> Result<Value, Trouble> {
        for _try in 0..2 {
            let session = self.session().await?;
            let mut body = fields.clone();
            body.insert("session".to_owned(), session.as_str().into());
            body.insert("madonvi".to_owned(), self.organisation.as_str().into());
            body.insert("service".to_owned(), service.into());
            let headers = self.headers(key);
            let path = self.map.path("integration");
            let answer = self.wire.post(path, &headers, &body.into()).await;
            let answer = answer.map_err(Trouble::Away)?;
            match judge(&self.map.codes, answer.status, answer.body.as_ref()) {
                Verdict::Taken => return Ok(answer.body.unwrap_or_default()),
                Verdict::Session => self.forget(&session).await,
                Verdict::Absent => return Err(Trouble::Absent),
                Verdict::Busy(words) => return Err(Trouble::Away(words)),
                Verdict::Refused(words) => return Err(Trouble::Refused(words)),
            }
        }
        Err(Trouble::Away(
            "the remote forgets each session at once".to_owned(),
        ))
    }

    fn headers<'a>(&'a self, key: &'a str) -> Vec<(&'static str, &'a str)> {
        let mut headers = Vec::new();
        if !self.destination.is_empty() {
            headers.push(("dstcode", self.destination.as_str()));
        }
        if !key.is_empty() {
            headers.push(("idempotency-key", key));
        }
        headers
    }

    /// The session; one sign-in serves all calls that wait for it.
    async fn session(&self) -> Result<String, Trouble> {
        let mut session = self.session.lock().await;
        if let Some(session) = session.as_ref() {
            return Ok(session.clone());
        }
        let body = json!({"username": self.username, "password": self.password.0});
        let path = self.map.path("sign_in");
        let answer = self.wire.post(path, &self.headers(""), &body).await;
        let answer = answer.map_err(Trouble::Away)?;
        match judge(&self.map.codes, answer.status, answer.body.as_ref()) {
            Verdict::Taken => {}
            Verdict::Busy(words) => return Err(Trouble::Away(words)),
            // A password is a matter of the remote, not of one dossier: nothing is parked for it.
            Verdict::Session | Verdict::Absent => {
                return Err(Trouble::Away("the remote refuses to sign us in".to_owned()));
            }
            Verdict::Refused(words) => {
                return Err(Trouble::Away(format!(
                    "the remote refuses to sign us in: {words}"
                )));
            }
        }
        let given = answer.body.as_ref().and_then(|body| body.get("session"));
        let given = given
            .and_then(Value::as_str)
            .filter(|given| !given.is_empty());
        let Some(given) = given else {
            return Err(Trouble::Away(
                "the remote signs us in without a session".to_owned(),
            ));
        };
        *session = Some(given.to_owned());
        Ok(given.to_owned())
    }

    /// Forgets a session, unless another call has already got a new one.
    async fn forget(&self, old: &str) {
        let mut session = self.session.lock().await;
        if session.as_deref() == Some(old) {
            *session = None;
        }
    }
}
