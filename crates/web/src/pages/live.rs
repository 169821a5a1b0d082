//! `/units/{unit}/live`: a stream that tells an open page how many dossiers have changed since the
//! page was drawn. The page offers to show the changes and does not move by itself.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use app::ports::DossierFilter;
use app::read::ListQuery;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::id::UnitCode;
use domain::time::Instant;
use futures::stream;

use super::list;
use crate::Pages;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::visit::Staff;

/// The pause between two looks. Nobody reads faster.
const CALM: Duration = Duration::from_secs(5);

/// The route of the stream. It stays outside of the gate, because the gate limits a call's time.
pub fn routes() -> Router<Arc<Pages>> {
    Router::new().route("/units/{unit}/live", get(follow))
}

struct Watch {
    pages: Arc<Pages>,
    staff: Staff,
    unit: UnitCode,
    since: Instant,
    told: u64,
}

async fn follow(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    Path(unit): Path<String>,
) -> Result<Response, Fault> {
    let catalogue = pages.engine.catalogue(&staff.caller().province);
    let (unit, _) = list::unit_of(&catalogue, &unit)?;
    let since = Fields::of(&staff.visit.uri).get("since").parse();
    let since = since.ok().and_then(Instant::from_timestamp_micros);
    let watch = Watch {
        since: since.unwrap_or_else(|| pages.engine.now()),
        pages,
        staff,
        unit,
        told: 0,
    };
    // The first look refuses a caller who may not watch, before the stream begins.
    let first = watch.look().await?;
    let events = stream::unfold((watch, Some(first)), |(mut watch, first)| async move {
        let changed = match first {
            Some(changed) => changed,
            None => watch.next().await?,
        };
        Some((Ok::<_, Infallible>(watch.event(changed)), (watch, None)))
    });
    let alive = KeepAlive::new().interval(Duration::from_secs(15));
    Ok(Sse::new(events).keep_alive(alive).into_response())
}

impl Watch {
    /// How many dossiers of the unit have changed since the page was drawn.
    async fn look(&self) -> Result<u64, app::Error> {
        let query = ListQuery {
            unit: Some(self.unit.clone()),
            filter: DossierFilter {
                // The page already shows what changed at its own moment.
                changed_since: Some(self.since + chrono::TimeDelta::microseconds(1)),
                elsewhere: Some(false),
                ..DossierFilter::default()
            },
            counted: true,
            page: app::page::PageQuery {
                size: 1,
                token: String::new(),
            },
            ..ListQuery::default()
        };
        let gate = &self.pages.gate;
        let engine = &self.pages.engine;
        let page = gate
            .read(None, engine.list(self.staff.caller(), query))
            .await?;
        Ok(page.total.unwrap_or_default())
    }

    /// The next count that differs from the last one sent. None once the session is over or the
    /// server stops. The browser then connects again, and gets the sign-in page or waits.
    async fn next(&mut self) -> Option<u64> {
        loop {
            if !self.pages.gate.pause(CALM).await {
                return None;
            }
            let secret = self.staff.visit.secret.clone()?;
            let accounts = &self.pages.accounts;
            self.staff.signed_in = accounts.still_signed_in(&secret).await.ok()??;
            let changed = self.look().await.ok()?;
            if changed != self.told {
                return Some(changed);
            }
        }
    }

    fn event(&mut self, changed: u64) -> Event {
        self.told = changed;
        let (words, say) = (self.staff.visit.words(), self.staff.visit.say());
        let said = match changed {
            0 => String::new(),
            1 => words.t("live.one").plain(),
            more => words
                .fill("live.many", &[("count", say.count(more).into())])
                .plain(),
        };
        Event::default().data(said)
    }
}
