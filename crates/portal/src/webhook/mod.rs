//! Other software is told of every event at an address of its own: CloudEvents 1.0, signed as Standard
//! Webhooks says.
//!
//! A webhook is a remote like any other: a place in the feed, parcels for what is in flight or parked, a
//! lease. It cannot be asked what it has, so an event may come twice, under the same id.

mod event;
mod follow;
pub(crate) mod send;
mod signature;

use std::sync::Arc;
use std::time::Duration;

use app::Engine;
use app::ports::Webhook;
use futures::FutureExt;
use futures::future::BoxFuture;

use crate::outbound::{Arrived, Begins, Errand, Task, Terms, Undelivered, Why};
use crate::patience::Patience;
use send::{Answered, Sender};

pub use follow::follow;
pub use signature::{sign, verify};

/// How long a receiver has to answer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The errand to one webhook.
pub struct Hook {
    engine: Arc<Engine>,
    webhook: Webhook,
    sender: Sender,
}

impl Hook {
    /// The errand to a webhook.
    ///
    /// Errors: what is wrong with its address.
    pub fn new(engine: Arc<Engine>, webhook: Webhook) -> Result<Self, String> {
        let sender = Sender::new(&webhook.address, webhook.is_inside, TIMEOUT)?;
        Ok(Self {
            engine,
            webhook,
            sender,
        })
    }

    /// How a worker deals with it.
    #[must_use]
    pub fn terms(&self) -> Terms {
        Terms {
            name: self.webhook.remote(),
            province: self.webhook.province.clone(),
            parallel: 8,
            compare: None,
            lease: 2 * TIMEOUT,
            begins: Begins::ByOrder,
            patience: Patience::default(),
        }
    }

    async fn tell(&self, task: Task) -> Result<Arrived, Undelivered> {
        let parcel = &task.parcel;
        let Some(history) = &task.history else {
            return Ok(Arrived::NotForIt);
        };
        let mut until = None;
        let mut arrived = Arrived::NotForIt;
        for event in event::of(&history.records, parcel.first, parcel.last) {
            let kinds = &self.webhook.kinds;
            if !kinds.is_empty() && !kinds.contains(&event.kind) {
                until = Some(event.version);
                continue;
            }
            let body = event.body.to_string();
            // Asked for each event: a secret may have been rotated since the last one.
            let secrets = self.engine.webhook_secrets(&self.webhook);
            let seconds = self.engine.now().timestamp();
            let signature = sign(&secrets, &event.id, seconds, body.as_bytes());
            let sent = self.sender.send(&event.id, seconds, &signature, body).await;
            let why = match sent {
                Answered::Taken => {
                    until = Some(event.version);
                    arrived = Arrived::There;
                    continue;
                }
                Answered::Gone => Why::Refused("HTTP 410".to_owned()),
                Answered::Forbidden(words) => Why::Refused(words),
                Answered::Refused(words) | Answered::Unknown(words) => Why::Away(words),
            };
            return Err(Undelivered {
                why,
                asked: format!("event {}", event.id),
                until,
            });
        }
        Ok(arrived)
    }
}

impl Errand for Hook {
    fn run(self: Arc<Self>, task: Task) -> BoxFuture<'static, Result<Arrived, Undelivered>> {
        async move { self.tell(task).await }.boxed()
    }
}
