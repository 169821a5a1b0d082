//! `/portal`: how far every other system has been told, and what waits for a person. Nothing here names
//! a citizen: parcels hold codes, events, and the other system's words without long numbers.

use std::sync::Arc;

use app::access::Method;
use app::page::PageQuery;
use app::portal::{Counts, DueQuery, ParcelQuery, ReadingStatus, RemoteStatus};
use app::ports::{FindingKind, Parcel};
use app::view::DossierName;
use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use domain::dossier::Dossier;
use domain::id::RequestId;
use domain::import::DueDifference;
use domain::time::Instant;

use crate::Pages;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::frame::{Frame, Section, html};
use crate::visit::Staff;
use crate::words::{Markup, Put};

/// The address of this page.
pub const PATH: &str = "/portal";

/// The routes of this page.
pub fn routes() -> Router<Arc<Pages>> {
    Router::new()
        .route(PATH, get(shown))
        .route("/portal/{remote}/retry", post(retried))
}

/// How many parked dossiers of a remote the page shows; the rest come up as these go.
const SHOWN: i32 = 50;

/// How many nights of a remote the page shows.
const NIGHTS: i32 = 7;

#[derive(Template)]
#[template(path = "portal.html")]
struct PortalPage {
    frame: Frame,
    now: String,
    remotes: Vec<RemoteShown>,
    may_retry: bool,
    has_webhooks: bool,
    request_id: String,
    sent: Option<Markup>,
    readings: Vec<ReadingShown>,
    dates: Vec<DateShown>,
}

/// What came of reading a product.
struct ReadingShown {
    system: String,
    told: Markup,
    late: Option<Markup>,
    findings: Vec<FindingShown>,
}

struct FindingShown {
    kind: Markup,
    name: String,
    words: String,
}

/// A due time that is not the law's.
struct DateShown {
    code: String,
    href: String,
    given: String,
    law: String,
    lines: Vec<String>,
}

struct RemoteShown {
    name: String,
    waiting: String,
    oldest: String,
    parked: String,
    last_success: String,
    late: bool,
    unacknowledged: Option<Markup>,
    away: Option<Markup>,
    comparing: bool,
    parcels: Vec<ParcelShown>,
    nights: Vec<NightShown>,
}

/// What was found in a night.
struct NightShown {
    night: String,
    here: String,
    there: String,
    differ: String,
    late: String,
    slowest: String,
}

struct ParcelShown {
    code: String,
    href: String,
    since: String,
    reason: Markup,
    attempts: String,
    asked: String,
    answer: String,
}

async fn shown(State(pages): State<Arc<Pages>>, staff: Staff) -> Result<Response, Fault> {
    let (engine, caller) = (&pages.engine, staff.caller());
    let (words, say) = (staff.visit.words(), staff.visit.say());
    let mut remotes = Vec::new();
    let now = engine.now();
    for status in engine.portal_status(caller).await? {
        let parked = ParcelQuery {
            remote: status.remote.name.clone(),
            dossier: None,
            parked: true,
            page: PageQuery {
                size: SHOWN,
                token: String::new(),
            },
        };
        let parcels = engine.portal_parcels(caller, parked).await?;
        let parcels = parcels.items.iter();
        let parcels = parcels.map(|(parcel, code)| parcel_shown(&staff, parcel, code, now));
        let moment =
            |at: Option<Instant>| at.map_or_else(|| "–".to_owned(), |at| say.moment(at, now));
        let RemoteStatus {
            remote,
            count,
            late,
            unacknowledged,
            ..
        } = &status;
        let away = remote.closed_until.filter(|until| *until > now);
        remotes.push(RemoteShown {
            waiting: say.count(count.waiting),
            oldest: moment(count.oldest),
            parked: say.count(count.parked),
            last_success: moment(remote.last_success),
            late: *late,
            unacknowledged: (*unacknowledged > 0).then(|| {
                let count = say.count(*unacknowledged);
                words.fill("portal.unacknowledged", &[("count", Put::Text(count))])
            }),
            away: away.map(|until| {
                let (until, said) = (say.moment(until, now), &remote.last_words);
                words.fill(
                    "portal.away",
                    &[
                        ("until", Put::Text(until)),
                        ("words", Put::Text(said.clone())),
                    ],
                )
            }),
            comparing: remote.walk.is_some(),
            nights: nights(&pages, &staff, &remote.name).await?,
            parcels: parcels.collect(),
            name: remote.name.clone(),
        });
    }
    let mut readings = Vec::new();
    let mut dates = Vec::new();
    if caller.reaches_province() {
        let all = engine.readings(caller).await?;
        readings.extend(all.iter().map(|one| reading_shown(&staff, one, now)));
        let query = DueQuery {
            unit: None,
            with_ended: false,
            page: PageQuery {
                size: SHOWN,
                token: String::new(),
            },
        };
        let page = engine.due_differences(caller, query).await?;
        dates.extend(page.items.iter().map(|one| date_shown(&staff, one, now)));
    }
    let sent = Fields::of(&staff.visit.uri);
    let sent = sent
        .some("sent")
        .and_then(|count| count.parse::<u64>().ok());
    let sent = sent.map(|count| {
        let count = say.count(count);
        words.fill("portal.sent", &[("count", Put::Text(count))])
    });
    Ok(html(&PortalPage {
        frame: Frame::staff(&pages, &staff, Section::Portal, words.t("portal.title")),
        now: say.moment(now, now),
        may_retry: caller.may(Method::RetryParcels),
        has_webhooks: caller.may(Method::ListWebhooks),
        request_id: engine.request_id().to_string(),
        remotes,
        sent,
        readings,
        dates,
    }))
}

/// The last nights' sheets of a remote; none for who looks after a part of the province.
async fn nights(pages: &Pages, staff: &Staff, remote: &str) -> Result<Vec<NightShown>, Fault> {
    let (caller, say) = (staff.caller(), staff.visit.say());
    if !caller.reaches_province() {
        return Ok(Vec::new());
    }
    let last = PageQuery {
        size: NIGHTS,
        token: String::new(),
    };
    let kept = pages.engine.kept_sheets(caller, remote, &last).await?;
    let side = |counts: &Counts| {
        let counts = [counts.received, counts.ended, counts.pending()];
        counts.map(|count| say.count(count)).join(" / ")
    };
    let shown = kept.items.iter().map(|kept| {
        let found = &kept.found;
        NightShown {
            night: say.day(kept.night),
            here: side(&found.here),
            there: side(&found.there),
            differ: say.count(found.differ),
            late: say.count(found.late),
            slowest: say.count((found.slowest_ms / 1_000).unsigned_abs()),
        }
    });
    Ok(shown.collect())
}

fn reading_shown(staff: &Staff, status: &ReadingStatus, now: Instant) -> ReadingShown {
    let (words, say) = (staff.visit.words(), staff.visit.say());
    let ReadingStatus { reading, late } = status;
    let text = |text: String| Put::Text(text);
    let findings = reading.findings.iter().map(|finding| FindingShown {
        kind: words.t(match finding.kind {
            FindingKind::NoAnswer => "portal.f_no_answer",
            FindingKind::Refused => "portal.f_refused",
            FindingKind::Contradicts => "portal.f_contradicts",
            FindingKind::MovedHere => "portal.f_moved_here",
            FindingKind::Unlisted => "portal.f_unlisted",
        }),
        name: finding.name.clone(),
        words: finding.words.clone(),
    });
    ReadingShown {
        system: reading.system.clone(),
        told: words.fill(
            "portal.reading",
            &[
                ("at", text(say.moment(reading.begun, now))),
                ("rows", text(say.count(reading.rows))),
                ("added", text(say.count(reading.added))),
                ("updated", text(say.count(reading.updated))),
                ("failed", text(say.count(reading.failed))),
            ],
        ),
        late: late.then(|| {
            let next = text(say.moment(reading.next, now));
            words.fill("portal.reading_late", &[("next", next)])
        }),
        findings: findings.collect(),
    }
}

fn date_shown(
    staff: &Staff,
    (dossier, difference): &(Dossier, DueDifference),
    now: Instant,
) -> DateShown {
    let say = staff.visit.say();
    let DueDifference { given, law } = difference;
    DateShown {
        code: dossier.label(),
        href: format!("dossiers/{}", dossier.id),
        given: say.moment(*given, now),
        law: say.moment(law.due, now),
        lines: law.lines(staff.visit.language),
    }
}

fn parcel_shown(staff: &Staff, parcel: &Parcel, code: &str, now: Instant) -> ParcelShown {
    let (words, say) = (staff.visit.words(), staff.visit.say());
    let key = match parcel.reason.as_str() {
        "REFUSED" => "portal.refused",
        "CONFLICT" => "portal.conflict",
        "UNMAPPED" => "portal.unmapped",
        _ => "portal.no_answer",
    };
    ParcelShown {
        code: code.to_owned(),
        href: format!("dossiers/{}", parcel.dossier),
        since: say.moment(parcel.since, now),
        reason: words.t(key),
        attempts: say.times(parcel.attempts),
        asked: parcel.asked.clone(),
        answer: parcel.words.clone(),
    }
}

async fn retried(
    State(pages): State<Arc<Pages>>,
    staff: Staff,
    Path(remote): Path<String>,
    fields: Fields,
) -> Result<Response, Fault> {
    staff.check_form(&fields)?;
    let (engine, caller) = (&pages.engine, staff.caller());
    let request =
        RequestId::parse(fields.get("request_id")).map_err(|_not_from_here| Fault::ForeignForm)?;
    let dossier = match fields.some("dossier") {
        Some(text) => {
            let name = DossierName::parse(text).map_err(|_not_a_name| Fault::NoPage)?;
            Some(engine.portal_dossier(caller, &name).await?)
        }
        None => None,
    };
    let count = engine
        .portal_retry(caller, request, &remote, dossier)
        .await?;
    Ok(Redirect::to(&format!("{PATH}?sent={count}")).into_response())
}
