//! Sends to an address that somebody else chose: bounded in time and length, along no redirect, and not
//! into the network that the server stands in.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use app::portal::{check_destination, is_private};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect;

/// The longest answer that is read. Only its status counts; the rest is read so that the connection can
/// be used again.
const MOST_BYTES: usize = 64 * 1024;

/// What a receiver answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answered {
    /// It has it.
    Taken,
    /// It wants no more.
    Gone,
    /// The address is one to which nothing may go.
    Forbidden(String),
    /// It surely has not taken it.
    Refused(String),
    /// It has taken it or not.
    Unknown(String),
}

/// Sends to one address.
#[derive(Debug, Clone)]
pub(crate) struct Sender {
    client: reqwest::Client,
    address: reqwest::Url,
}

impl Sender {
    pub(crate) fn new(address: &str, is_inside: bool, timeout: Duration) -> Result<Self, String> {
        check_destination(address, is_inside).map_err(str::to_owned)?;
        let address = reqwest::Url::parse(address).map_err(|wrong| wrong.to_string())?;
        // The first one stays when another client has installed it.
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let mut client = reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            .no_proxy()
            .timeout(timeout)
            .connect_timeout(timeout)
            .user_agent(concat!("motcua/", env!("CARGO_PKG_VERSION")));
        if !is_inside {
            client = client.dns_resolver(Arc::new(Outside));
        }
        let client = client.build().map_err(|wrong| wrong.to_string())?;
        Ok(Self { client, address })
    }

    /// Sends a signed body.
    pub(crate) async fn send(
        &self,
        id: &str,
        seconds: i64,
        signature: &str,
        body: String,
    ) -> Answered {
        let request = self
            .client
            .post(self.address.clone())
            .header(
                "content-type",
                "application/cloudevents+json; charset=utf-8",
            )
            .header("webhook-id", id)
            .header("webhook-timestamp", seconds)
            .header("webhook-signature", signature)
            .body(body);
        let mut response = match request.send().await {
            Ok(response) => response,
            Err(error) if leads_inside(&error) => {
                return Answered::Forbidden(LEADS_INSIDE.to_owned());
            }
            Err(error) if error.is_connect() => return Answered::Refused(chain(&error)),
            Err(error) => return Answered::Unknown(chain(&error)),
        };
        let status = response.status();
        let mut read = 0;
        while let Ok(Some(chunk)) = response.chunk().await {
            read += chunk.len();
            if read > MOST_BYTES {
                break;
            }
        }
        match status.as_u16() {
            200..=299 => Answered::Taken,
            410 => Answered::Gone,
            other @ 300..=399 => {
                Answered::Refused(format!("HTTP {other}: redirects are not followed"))
            }
            // Another server's 5xx may hide that the one behind it has taken it.
            other @ (400..=499 | 503) => Answered::Refused(format!("HTTP {other}")),
            other => Answered::Unknown(format!("HTTP {other}")),
        }
    }
}

const LEADS_INSIDE: &str = "the name leads to a private, local or reserved address";

/// Finds the addresses of a name and refuses one of which any lies inside: whoever owns the name says
/// where it leads, anew each time.
#[derive(Debug)]
struct Outside;

#[derive(Debug)]
struct Inside;

impl std::fmt::Display for Inside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(LEADS_INSIDE)
    }
}

impl std::error::Error for Inside {}

impl Resolve for Outside {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let found: Vec<SocketAddr> = found.collect();
            if found.iter().any(|address| is_private(address.ip())) {
                return Err(Box::new(Inside) as Box<dyn std::error::Error + Send + Sync>);
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

fn leads_inside(error: &reqwest::Error) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        if inner.is::<Inside>() || inner.to_string() == LEADS_INSIDE {
            return true;
        }
        cause = inner.source();
    }
    false
}

/// An error's causes, without the address, which may hold a secret.
fn chain(error: &reqwest::Error) -> String {
    let mut words = Vec::new();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        words.push(inner.to_string());
        cause = inner.source();
    }
    if words.is_empty() {
        return "the call failed".to_owned();
    }
    words.join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_that_leads_inside_is_refused_after_it_is_resolved() {
        let name = "localhost".parse::<Name>().unwrap();
        let Err(refused) = Outside.resolve(name).await else {
            panic!("it is taken");
        };
        assert_eq!(refused.to_string(), LEADS_INSIDE);
        // A name that looks public and is not, as an attacker's own would be.
        let sender = Sender {
            address: reqwest::Url::parse("https://localhost:1/").unwrap(),
            ..Sender::new("https://example.org/", false, Duration::from_secs(5)).unwrap()
        };
        let sent = sender.send("a.1", 0, "", String::new()).await;
        assert_eq!(sent, Answered::Forbidden(LEADS_INSIDE.to_owned()));
    }
}
