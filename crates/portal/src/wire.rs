//! Calls to a remote: bounded in time and length, without redirects.

use std::time::Duration;

use reqwest::redirect;
use serde_json::Value;

/// The longest answer that is read.
const MOST_BYTES: usize = 1024 * 1024;

/// A client of one remote.
#[derive(Debug, Clone)]
pub struct Wire {
    client: reqwest::Client,
    address: String,
}

/// An answer: its status, and its body where that is JSON.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Option<Value>,
}

impl Wire {
    /// A client with a limit for each call.
    pub fn new(address: &str, timeout: Duration) -> Result<Self, String> {
        // The first one stays when another client has installed it.
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            .no_proxy()
            .timeout(timeout)
            .connect_timeout(timeout)
            .user_agent(concat!("motcua/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| chain(&error))?;
        Ok(Self {
            client,
            address: address.trim_end_matches('/').to_owned(),
        })
    }

    /// Posts JSON below the address. The error says what happened, in words.
    pub async fn post(
        &self,
        path: &str,
        headers: &[(&'static str, &str)],
        body: &Value,
    ) -> Result<Answer, String> {
        let request = self.client.post(format!("{}/{path}", self.address));
        let request = request.header("content-type", "application/json; charset=utf-8");
        send(request.body(body.to_string()), headers).await
    }

    /// Asks below the address. The error says what happened, in words.
    pub async fn get(
        &self,
        path: &str,
        query: &[(&str, String)],
        headers: &[(&'static str, &str)],
    ) -> Result<Answer, String> {
        let query = form(query.iter().map(|(name, value)| (*name, value.as_str())));
        let request = self.client.get(format!("{}/{path}?{query}", self.address));
        send(request, headers).await
    }

    /// Posts a form to the address itself. The error says what happened, in words.
    pub async fn post_form<'f>(
        &self,
        fields: impl IntoIterator<Item = (&'f str, &'f str)>,
    ) -> Result<Answer, String> {
        let request = self.client.post(&self.address);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        send(request.body(form(fields)), &[]).await
    }
}

fn form<'f>(fields: impl IntoIterator<Item = (&'f str, &'f str)>) -> String {
    let mut written = form_urlencoded::Serializer::new(String::new());
    written.extend_pairs(fields);
    written.finish()
}

/// Sends a request, and reads an answer of bounded length.
async fn send(
    mut request: reqwest::RequestBuilder,
    headers: &[(&'static str, &str)],
) -> Result<Answer, String> {
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut response = request.send().await.map_err(|error| chain(&error))?;
    let status = response.status().as_u16();
    let mut bytes: Vec<u8> = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| chain(&error))? {
        if bytes.len() + chunk.len() > MOST_BYTES {
            return Err(format!("the answer is longer than {MOST_BYTES} bytes"));
        }
        bytes.extend_from_slice(&chunk);
    }
    let body = serde_json::from_slice(&bytes).ok();
    Ok(Answer { status, body })
}

/// An error with its causes, and without the address, which may hold a secret.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut words = Vec::new();
    let mut cause = error.source();
    while let Some(inner) = cause {
        words.push(inner.to_string());
        cause = inner.source();
    }
    if words.is_empty() {
        words.push("the call failed".to_owned());
    }
    words.join(": ")
}
