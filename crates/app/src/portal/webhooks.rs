//! Other software is told of every event at an address of its own.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::TimeDelta;
use domain::digest::hex;
use domain::id::{ProvinceCode, RequestId};

use super::reach::check_destination;
use crate::access::{self, Caller, Method};
use crate::engine::Engine;
use crate::error::Error;
use crate::feed;
use crate::ports::Webhook;

/// A webhook that is to be added.
#[derive(Debug, Clone)]
pub struct NewWebhook {
    /// The request that adds it.
    pub request: RequestId,
    /// Its name.
    pub name: String,
    /// Where it is told.
    pub address: String,
    /// It may be an address of a private network.
    pub is_inside: bool,
    /// The kinds of events it is told of; every one when empty.
    pub kinds: Vec<&'static str>,
    /// It is told what comes after this place in the feed; from now on if there is none.
    pub cursor: Option<String>,
}

/// A webhook with the secret that signs what it is told.
#[derive(Clone)]
pub struct SignedWebhook {
    /// The webhook.
    pub webhook: Webhook,
    /// The newest secret.
    pub secret: [u8; 32],
}

/// Whether a text can be a webhook's name.
#[must_use]
pub fn is_webhook_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !name.is_empty() && name.len() <= 30 && name.bytes().all(plain)
}

impl SignedWebhook {
    /// The secret as Standard Webhooks writes it.
    #[must_use]
    pub fn secret_text(&self) -> String {
        format!("whsec_{}", BASE64_STANDARD.encode(self.secret))
    }
}

/// How long the secret before signs beside a new one: so long a receiver has to take the new one.
pub const OLD_SECRET_LASTS: TimeDelta = TimeDelta::hours(24);

impl Engine {
    /// Adds a webhook for the caller's province.
    pub async fn add_webhook(
        &self,
        caller: &Caller,
        new: NewWebhook,
    ) -> Result<SignedWebhook, Error> {
        access::check_province(caller, Method::AddWebhook)?;
        check_destination(&new.address, new.is_inside)
            .map_err(|expected| Error::invalid("address", expected))?;
        let asked = new.cursor.as_deref().unwrap_or(feed::NOW);
        let reader = self.portal_reader(&caller.province)?;
        let cursor = match asked {
            feed::NOW => self.feed(&reader, asked, 1).await?.next,
            "" => String::new(),
            // A cursor of another feed is refused here, not by a worker at night.
            _ => {
                self.feed(&reader, asked, 1).await?;
                asked.to_owned()
            }
        };
        let webhook = Webhook {
            province: caller.province.clone(),
            name: new.name,
            address: new.address,
            is_inside: new.is_inside,
            kinds: new.kinds,
            salt: hex(&self.chance()),
            generation: 1,
            old_until: None,
            created: self.now(),
            created_by: caller.actor.clone(),
            last_request: new.request,
        };
        let added = self.context.store.add_webhook(&webhook, &cursor).await?;
        self.tell();
        if added {
            return Ok(self.signed(webhook));
        }
        let read = self.context.store.read().await?;
        let found = read.webhooks(Some(&caller.province)).await?;
        let found = found.into_iter().find(|found| found.name == webhook.name);
        // The same request again gets the same answer.
        match found.filter(|found| found.last_request == webhook.last_request) {
            Some(found) => Ok(self.signed(found)),
            None => Err(Error::invalid(
                "name",
                "must be one that no webhook has; remove that one first",
            )),
        }
    }

    /// The webhooks of the caller's province, by name.
    pub async fn list_webhooks(&self, caller: &Caller) -> Result<Vec<Webhook>, Error> {
        access::check_role(caller, Method::ListWebhooks)?;
        let read = self.context.store.read().await?;
        Ok(read.webhooks(Some(&caller.province)).await?)
    }

    /// Begins another secret. The one before signs beside it for [`OLD_SECRET_LASTS`].
    pub async fn rotate_webhook(
        &self,
        caller: &Caller,
        request: RequestId,
        name: &str,
    ) -> Result<SignedWebhook, Error> {
        access::check_province(caller, Method::RotateWebhookSecret)?;
        let until = self.now() + OLD_SECRET_LASTS;
        let store = &self.context.store;
        let rotated = store
            .rotate_webhook(&caller.province, name, &request, until)
            .await?;
        self.tell();
        rotated
            .map(|webhook| self.signed(webhook))
            .ok_or_else(|| unknown(name))
    }

    /// Removes a webhook, and what is under way to it.
    pub async fn remove_webhook(&self, caller: &Caller, name: &str) -> Result<(), Error> {
        access::check_province(caller, Method::RemoveWebhook)?;
        let store = &self.context.store;
        store.remove_webhook(&caller.province, name).await?;
        self.tell();
        // One that is gone is what was asked for.
        Ok(())
    }

    /// Lets a webhook be told anew what comes after a place in the feed; everything if it is empty.
    pub async fn replay_webhook(
        &self,
        caller: &Caller,
        request: RequestId,
        name: &str,
        cursor: &str,
    ) -> Result<(), Error> {
        access::check_province(caller, Method::ReplayWebhook)?;
        if !cursor.is_empty() {
            let reader = self.portal_reader(&caller.province)?;
            self.feed(&reader, cursor, 1).await?;
        }
        let store = &self.context.store;
        let found = store
            .rewind_webhook(&caller.province, name, &request, cursor)
            .await?;
        self.tell();
        if found { Ok(()) } else { Err(unknown(name)) }
    }

    /// Every webhook, for whoever tells them.
    pub async fn all_webhooks(&self) -> Result<Vec<Webhook>, Error> {
        let read = self.context.store.read().await?;
        Ok(read.webhooks(None).await?)
    }

    /// The secrets that sign what a webhook is told now, the newest first.
    #[must_use]
    pub fn webhook_secrets(&self, webhook: &Webhook) -> Vec<[u8; 32]> {
        let now = self.now();
        let of = |generation| self.secret_of(&webhook.province, &webhook.salt, generation);
        let mut secrets = vec![of(webhook.generation)];
        if webhook.old_until.is_some_and(|until| now < until) && webhook.generation > 1 {
            secrets.push(of(webhook.generation - 1));
        }
        secrets
    }

    fn signed(&self, webhook: Webhook) -> SignedWebhook {
        let secret = self.secret_of(&webhook.province, &webhook.salt, webhook.generation);
        SignedWebhook { webhook, secret }
    }

    fn secret_of(&self, province: &ProvinceCode, salt: &str, generation: u32) -> [u8; 32] {
        self.context.keys.webhook(province, salt, generation)
    }
}

fn unknown(name: &str) -> Error {
    Error::NotFound {
        what: "webhook",
        name: name.to_owned(),
    }
}
