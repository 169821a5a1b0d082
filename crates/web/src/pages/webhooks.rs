//! `/webhooks`: the other software that is told of every event, what waits for it, and a button that tells it again.
//! Secrets are not shown; whoever adds one sees it once, in the command or over the wire.

use std::sync::Arc;

use app::access::Method;
use app::portal::RemoteStatus;
use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use domain::id::RequestId;
use domain::time::Instant;

use crate::Pages;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::frame::{Frame, Section, html};
use crate::visit::Staff;
use crate::words::{Markup, Put};

/// The address of this page.
pub const PATH: &str = "/webhooks";

/// The routes of this page.
pub fn routes() -> Router<Arc<Pages>> {
    Router::new()
        .route(PATH, get(shown))
        .route("/webhooks/{name}/replay", post(replayed))
}

#[derive(Template)]
#[template(path = "webhooks.html")]
struct WebhooksPage {
    frame: Frame,
    webhooks: Vec<WebhookShown>,
    may_replay: bool,
    request_id: String,
    sent: Option<Markup>,
}

struct WebhookShown {
    name: String,
    address: String,
    /// The kinds of events it is told of; none when of every one.
    kinds: Option<String>,
    created: String,
    waiting: String,
    parked: String,
    /// Where its parked deliveries stand; none without any.
    parked_at: Option<String>,
    last_success: String,
    /// What it said when it last failed; none if it has not since it last took something.
    said: Option<String>,
}

async fn shown(State(pages): State<Arc<Pages>>, staff: Staff) -> Result<Response, Fault> {
    let (engine, caller) = (&pages.engine, staff.caller());
    let (words, say) = (staff.visit.words(), staff.visit.say());
    let now = engine.now();
    let moment = |at: Option<Instant>| at.map_or_else(|| "–".to_owned(), |at| say.moment(at, now));
    let statuses = engine.portal_status(caller).await?;
    let mut webhooks = Vec::new();
    for webhook in engine.list_webhooks(caller).await? {
        let remote = webhook.remote();
        let status = statuses.iter().find(|status| status.remote.name == remote);
        let count = |of: fn(&RemoteStatus) -> u64| say.count(status.map_or(0, of));
        let has_parked = status.is_some_and(|status| status.count.parked > 0);
        let told = status.map(|status| &status.remote);
        let fails = told.filter(|told| told.last_failure > told.last_success);
        webhooks.push(WebhookShown {
            created: say.moment(webhook.created, now),
            waiting: count(|status| status.count.waiting),
            parked: count(|status| status.count.parked),
            parked_at: has_parked.then(|| format!("{}#{remote}", super::portal::PATH)),
            last_success: moment(told.and_then(|told| told.last_success)),
            said: fails.map(|told| told.last_words.clone()),
            name: webhook.name,
            kinds: (!webhook.kinds.is_empty()).then(|| webhook.kinds.join(", ")),
            address: webhook.address,
        });
    }
    let sent = Fields::of(&staff.visit.uri);
    let sent = sent.some("sent").map(|name| {
        let name = Put::Text(name.to_owned());
        words.fill("webhooks.sent", &[("name", name)])
    });
    Ok(html(&WebhooksPage {
        frame: Frame::staff(&pages, &staff, Section::Portal, words.t("webhooks.title")),
        may_replay: caller.may(Method::ReplayWebhook),
        request_id: engine.request_id().to_string(),
        webhooks,
        sent,
    }))
}

async fn replayed(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    Path(name): Path<String>,
    fields: Fields,
) -> Result<Response, Fault> {
    staff.check_form(&fields)?;
    let request =
        RequestId::parse(fields.get("request_id")).map_err(|_not_from_here| Fault::ForeignForm)?;
    let cursor = fields.get("cursor").trim();
    let told = (pages.engine).replay_webhook(staff.caller(), request, &name, cursor);
    told.await?;
    Ok(Redirect::to(&format!("{PATH}?sent={name}")).into_response())
}
