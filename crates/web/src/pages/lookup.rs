//! `/lookup`: a citizen's view, opened with the code on the receipt. No account, no script, no
//! names.

use std::sync::Arc;

use app::Error;
use app::lookup::{self, Lookup, LookupDetails};
use app::receipt::Proof;
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use domain::dossier::Status;
use domain::language::Language;
use domain::time::Instant;
use http::StatusCode;
use motcua_http::Peer;

use crate::Pages;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::frame::{Frame, html};
use crate::say::Format;
use crate::visit::Visit;
use crate::words::{Markup, Words};

/// The routes of this page. A PIN must not stand in an address, so a form sends it. A QR code
/// carries a token instead.
pub fn routes() -> Router<Arc<Pages>> {
    Router::new().route("/lookup", get(ask).post(answer))
}

#[derive(Template)]
#[template(path = "lookup.html")]
struct AskPage {
    frame: Frame,
    code: String,
    wrong: Option<Markup>,
    limit: Option<Markup>,
}

/// The form; or, for a scanned receipt, the answer at once.
async fn ask(State(pages): State<Arc<Pages>>, visit: Visit, peer: Peer) -> Result<Response, Fault> {
    let fields = Fields::of(&visit.uri);
    if fields.some("token").is_some() {
        return look(&pages, &visit, peer, &fields).await;
    }
    Ok(html(&AskPage {
        frame: Frame::public(&pages, &visit, visit.words().t("lookup.title")),
        code: fields.get("code").to_owned(),
        wrong: None,
        limit: None,
    }))
}

async fn answer(
    State(pages): State<Arc<Pages>>,
    visit: Visit,
    peer: Peer,
    fields: Fields,
) -> Result<Response, Fault> {
    look(&pages, &visit, peer, &fields).await
}

async fn look(
    pages: &Pages,
    visit: &Visit,
    peer: Peer,
    fields: &Fields,
) -> Result<Response, Fault> {
    let code = fields.get("code");
    // People copy the code from paper, so spaces and case do not matter.
    let plain: String = code
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .collect();
    let plain = plain.to_uppercase();
    let proof = Proof::given(fields.get("pin"), fields.get("token"));
    let looked = pages.engine.lookup(&plain, proof, peer.0);
    match looked.await {
        Ok(found) => {
            let now = pages.engine.now();
            let result = LookupResult::of(&found, visit.words(), visit.say());
            Ok(html(&ResultPage {
                frame: Frame::public(pages, visit, result.title.clone()),
                code: found.code,
                result,
                as_of: visit.say().full_moment(now),
            }))
        }
        // An unknown code, a wrong PIN and a malformed code get the same answer, so that nobody can
        // find out which codes exist.
        Err(Error::NotFound { .. } | Error::Invalid(_)) => {
            Ok(again(pages, visit, code, StatusCode::NOT_FOUND, None))
        }
        Err(Error::TooMany { seconds }) => {
            let minutes = visit.say().count(u64::from(seconds.div_ceil(60)));
            let wait = visit
                .words()
                .fill("lookup.wait", &[("minutes", minutes.into())]);
            let status = StatusCode::TOO_MANY_REQUESTS;
            Ok(again(pages, visit, code, status, Some(wait)))
        }
        Err(other) => Err(other.into()),
    }
}

fn again(
    pages: &Pages,
    visit: &Visit,
    code: &str,
    status: StatusCode,
    limit: Option<Markup>,
) -> Response {
    let words = visit.words();
    let mut answer = html(&AskPage {
        frame: Frame::public(pages, visit, words.t("lookup.not_found")),
        code: code.to_owned(),
        wrong: limit.is_none().then(|| words.t("lookup.wrong")),
        limit,
    });
    *answer.status_mut() = status;
    answer
}

#[derive(Template)]
#[template(path = "lookup_result.html")]
struct ResultPage {
    frame: Frame,
    code: String,
    result: LookupResult,
    as_of: String,
}

/// The content of the page.
struct LookupResult {
    title: Markup,
    heading: Markup,
    procedure: Option<String>,
    /// The promised date, or the apology for it.
    date: Option<DateBlock>,
    /// What the citizen must do now.
    to_do: Markup,
    /// When that is due, if there is a moment.
    to_do_by: Option<String>,
    /// By when the desk answers a submission.
    answer_by: Option<String>,
    /// Whether the dossier waits for the citizen.
    waits: bool,
    steps: Vec<StepLine>,
    /// Whether the citizen gave the PIN.
    detailed: bool,
}

struct DateBlock {
    class: &'static str,
    heading: Markup,
    promise: String,
    more: Markup,
}

struct StepLine {
    class: &'static str,
    name: String,
    when: String,
    is_now: bool,
}

impl LookupResult {
    fn of(found: &Lookup, words: &Words, say: Format) -> Self {
        let stage = Stage::of(found);
        let heading = words.t(stage.key());
        let details = found.details.as_ref();
        let code = found.code.as_str();
        let title = words.fill(
            "lookup.result_title",
            &[("state", (&heading).into()), ("code", code.into())],
        );
        Self {
            title,
            procedure: details.map(|details| details.procedure.clone()),
            date: details.and_then(|details| date(stage, details, words, say)),
            to_do: words.t(stage.to_do_key()),
            to_do_by: details
                .and_then(|details| details.respond_by)
                .filter(|_| stage == Stage::WaitsForPapers)
                .map(|by| say.full_moment(by)),
            answer_by: details
                .and_then(|details| details.answer_due)
                .map(|by| say.full_moment(by)),
            waits: stage.waits(),
            steps: details.map_or_else(Vec::new, |details| steps(details, say, stage)),
            detailed: details.is_some(),
            heading,
        }
    }
}

/// The stage of a dossier, in a citizen's terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Submitted,
    Handled,
    Extended,
    Overdue,
    WaitsForPapers,
    WaitsForPayment,
    WaitsForCitizen,
    Ready,
    Ended,
    Refused,
    Withdrawn,
    Stopped,
    Returned,
}

impl Stage {
    /// The stage of a found dossier. Without the PIN only three stages are told.
    fn of(found: &Lookup) -> Self {
        let Some(details) = &found.details else {
            return match found.stage {
                lookup::Stage::Handled => Self::Handled,
                lookup::Stage::WaitingForCitizen => Self::WaitsForCitizen,
                lookup::Stage::Finished => Self::Ended,
            };
        };
        match details.status {
            Status::Submitted => Self::Submitted,
            Status::Received | Status::Processing if details.overdue => Self::Overdue,
            Status::Received | Status::Processing => {
                let moved = details.promised_due != details.original_due;
                if moved { Self::Extended } else { Self::Handled }
            }
            Status::SupplementRequested => Self::WaitsForPapers,
            Status::PaymentRequested => Self::WaitsForPayment,
            Status::Resolved => Self::Ready,
            Status::Refused => Self::Refused,
            Status::Withdrawn => Self::Withdrawn,
            Status::Stopped => Self::Stopped,
            Status::Returned => Self::Returned,
        }
    }

    fn waits(self) -> bool {
        match self {
            Self::WaitsForPapers | Self::WaitsForPayment | Self::WaitsForCitizen => true,
            Self::Submitted
            | Self::Handled
            | Self::Extended
            | Self::Overdue
            | Self::Ready
            | Self::Ended
            | Self::Refused
            | Self::Withdrawn
            | Self::Stopped
            | Self::Returned => false,
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::Submitted => "lookup.state.submitted",
            Self::Handled => "lookup.state.handled",
            Self::Extended => "lookup.state.extended",
            Self::Overdue => "lookup.state.overdue",
            Self::WaitsForPapers => "lookup.state.papers",
            Self::WaitsForPayment => "lookup.state.payment",
            Self::WaitsForCitizen => "lookup.state.citizen",
            Self::Ready => "lookup.state.ready",
            Self::Ended => "lookup.state.ended",
            Self::Refused => "lookup.state.refused",
            Self::Withdrawn => "lookup.state.withdrawn",
            Self::Stopped => "lookup.state.stopped",
            Self::Returned => "lookup.state.returned",
        }
    }

    fn to_do_key(self) -> &'static str {
        match self {
            Self::Submitted => "lookup.do.submitted",
            Self::Handled | Self::Extended => "lookup.do.nothing",
            Self::Overdue => "lookup.do.overdue",
            Self::WaitsForPapers => "lookup.do.papers",
            Self::WaitsForPayment => "lookup.do.payment",
            Self::WaitsForCitizen => "lookup.do.citizen",
            Self::Ready => "lookup.do.ready",
            Self::Ended => "lookup.do.ended",
            Self::Refused => "lookup.do.refused",
            Self::Withdrawn => "lookup.do.withdrawn",
            Self::Stopped => "lookup.do.stopped",
            Self::Returned => "lookup.do.returned",
        }
    }
}

fn date(stage: Stage, details: &LookupDetails, words: &Words, say: Format) -> Option<DateBlock> {
    let promised = details.promised_due.or(details.effective_due)?;
    let first = details.original_due.unwrap_or(promised);
    match stage {
        Stage::Handled => Some(DateBlock {
            class: "is-ok",
            heading: words.t("lookup.date.promised"),
            promise: before(promised, say),
            more: words.t("lookup.date.bring"),
        }),
        Stage::Extended => Some(DateBlock {
            class: "is-risk",
            heading: words.t("lookup.date.moved"),
            promise: before(promised, say),
            more: words.fill(
                "lookup.date.first",
                &[("date", say.full_moment(first).into())],
            ),
        }),
        Stage::Overdue => Some(DateBlock {
            class: "is-late",
            heading: words.t("lookup.date.late"),
            promise: words
                .fill(
                    "lookup.date.was",
                    &[("date", say.full_moment(promised).into())],
                )
                .as_str()
                .to_owned(),
            more: words.t("lookup.date.no_new"),
        }),
        Stage::WaitsForPapers | Stage::WaitsForPayment if details.clock_standing => {
            Some(DateBlock {
                class: "",
                heading: words.t("lookup.date.when"),
                promise: String::new(),
                more: words.t("lookup.date.stands"),
            })
        }
        Stage::Submitted
        | Stage::WaitsForPapers
        | Stage::WaitsForPayment
        | Stage::WaitsForCitizen
        | Stage::Ready
        | Stage::Ended
        | Stage::Refused
        | Stage::Withdrawn
        | Stage::Stopped
        | Stage::Returned => None,
    }
}

/// `Trước 17:00 thứ Ba, 08/12/2026`.
fn before(at: Instant, say: Format) -> String {
    let moment = say.full_moment(at);
    match say.0 {
        Language::Vietnamese => format!("Trước {moment}"),
        Language::English => format!("By {moment}"),
    }
}

fn steps(details: &LookupDetails, say: Format, stage: Stage) -> Vec<StepLine> {
    let count = details.steps.len();
    let lines = details.steps.iter().enumerate().map(|(at, step)| {
        let is_last = at + 1 == count;
        let ended = matches!(
            stage,
            Stage::Refused | Stage::Withdrawn | Stage::Stopped | Stage::Returned
        );
        StepLine {
            class: match (is_last, stage.waits()) {
                (true, true) => "stop",
                (true, false) if !ended => "now",
                (true, false) | (false, _) => "done",
            },
            name: match say.0 {
                Language::Vietnamese => step.label_vi.clone(),
                Language::English => step.label_en.clone(),
            },
            when: say.full_moment(step.at),
            is_now: is_last && !ended,
        }
    });
    lines.collect()
}
