//! `WebhookService`.

use app::portal::{NewWebhook, SignedWebhook};
use app::ports::Webhook;
use domain::dossier::Event;
use domain::id::RequestId;
use tonic::{Request, Response, Status, async_trait};

use crate::call::Calls;
use crate::convert::{Fields, time};
use crate::proto;
use crate::proto::webhook_service_server::WebhookService;

/// See `WebhookService` in the contract.
pub(crate) struct Webhooks(pub Calls);

/// The longest name, in characters.
const LONGEST_NAME: usize = 30;

/// The longest address.
const LONGEST_ADDRESS: usize = 500;

/// The longest cursor.
const LONGEST_CURSOR: usize = 200;

#[async_trait]
impl WebhookService for Webhooks {
    async fn add_webhook(
        &self,
        request: Request<proto::AddWebhookRequest>,
    ) -> Result<Response<proto::WebhookSecret>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .write(&metadata, |engine, caller| async move {
                let mut fields = Fields::default();
                let id = request_id(&mut fields, &request.request_id);
                let name = name(&mut fields, &request.name);
                let address = fields.required("address", &request.address, LONGEST_ADDRESS);
                if !address.is_empty()
                    && let Err(expected) = app::portal::check_destination(&address, false)
                {
                    fields.wrong("address", expected);
                }
                let cursor = fields.text("cursor", &request.cursor, LONGEST_CURSOR);
                let kinds = fields.list("kinds", &request.kinds, Event::kind_named);
                let new = id.map(|request| NewWebhook {
                    request,
                    name,
                    address,
                    is_inside: false,
                    kinds,
                    cursor: (!cursor.is_empty()).then_some(cursor),
                });
                let new = fields.done(new)?;
                Ok(signed(engine.add_webhook(&caller, new).await?))
            })
            .await
    }

    async fn list_webhooks(
        &self,
        request: Request<proto::ListWebhooksRequest>,
    ) -> Result<Response<proto::ListWebhooksResponse>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .read(&metadata, |engine, caller| async move {
                let mut fields = Fields::default();
                let name = fields.text("name", &request.name, LONGEST_NAME);
                let name = fields.done(Some(name))?;
                let mut webhooks = engine.list_webhooks(&caller).await?;
                webhooks.retain(|webhook| name.is_empty() || webhook.name == name);
                Ok(proto::ListWebhooksResponse {
                    webhooks: webhooks.into_iter().map(webhook).collect(),
                })
            })
            .await
    }

    async fn rotate_webhook_secret(
        &self,
        request: Request<proto::RotateWebhookSecretRequest>,
    ) -> Result<Response<proto::WebhookSecret>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .write(&metadata, |engine, caller| async move {
                let mut fields = Fields::default();
                let id = request_id(&mut fields, &request.request_id);
                let name = name(&mut fields, &request.name);
                let id = fields.done(id)?;
                Ok(signed(engine.rotate_webhook(&caller, id, &name).await?))
            })
            .await
    }

    async fn remove_webhook(
        &self,
        request: Request<proto::RemoveWebhookRequest>,
    ) -> Result<Response<proto::RemoveWebhookResponse>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .write(&metadata, |engine, caller| async move {
                let mut fields = Fields::default();
                let id = request_id(&mut fields, &request.request_id);
                let name = name(&mut fields, &request.name);
                fields.done(id)?;
                engine.remove_webhook(&caller, &name).await?;
                Ok(proto::RemoveWebhookResponse {})
            })
            .await
    }

    async fn replay_webhook(
        &self,
        request: Request<proto::ReplayWebhookRequest>,
    ) -> Result<Response<proto::ReplayWebhookResponse>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.0
            .write(&metadata, |engine, caller| async move {
                let mut fields = Fields::default();
                let id = request_id(&mut fields, &request.request_id);
                let name = name(&mut fields, &request.name);
                let cursor = fields.text("cursor", &request.cursor, LONGEST_CURSOR);
                let id = fields.done(id)?;
                engine.replay_webhook(&caller, id, &name, &cursor).await?;
                Ok(proto::ReplayWebhookResponse {})
            })
            .await
    }
}

fn request_id(fields: &mut Fields, text: &str) -> Option<RequestId> {
    fields.parse("request_id", &text.to_ascii_lowercase(), RequestId::parse)
}

fn name(fields: &mut Fields, text: &str) -> String {
    let name = fields.required("name", text, LONGEST_NAME);
    if !name.is_empty() && !app::portal::is_webhook_name(&name) {
        fields.wrong("name", "expected at most 30 of a-z, 0-9 and -");
    }
    name
}

fn signed(signed: SignedWebhook) -> proto::WebhookSecret {
    proto::WebhookSecret {
        secret: signed.secret_text(),
        webhook: Some(webhook(signed.webhook)),
    }
}

fn webhook(webhook: Webhook) -> proto::Webhook {
    proto::Webhook {
        remote: webhook.remote(),
        name: webhook.name,
        address: webhook.address,
        inside: webhook.is_inside,
        kinds: webhook.kinds.iter().map(ToString::to_string).collect(),
        old_secret_until_time: webhook.old_until.map(time::timestamp),
        create_time: Some(time::timestamp(webhook.created)),
        created_by: webhook.created_by.to_string(),
    }
}
