//! What cannot be shown or done, as a page in words.
//!
//! A handler returns a [`Fault`]; [`explain`] draws it in the language of the visit. Faults of a
//! form's fields never come here: the form shows them itself.

use std::sync::Arc;

use app::Error;
use askama::Template;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use domain::language::Language;
use http::header::{ACCEPT, RETRY_AFTER};
use http::{HeaderMap, Method, StatusCode};

use crate::frame::{Frame, html};
use crate::pages::sign_in;
use crate::visit::{Visit, language};
use crate::words::{Markup, Words};
use crate::{MOST_BYTES, Pages};

/// Why a page cannot be shown.
#[derive(Debug)]
pub enum Fault {
    /// A use case said no, or could not answer.
    App(Error),
    /// A form that did not come from a page of this session.
    ForeignForm,
    /// Something else than a form was sent.
    NotAForm,
    /// More was sent than a form holds.
    TooLarge,
    /// Nothing is at this address.
    NoPage,
    /// The address does not take this.
    WrongMethod,
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::App(error)
    }
}

/// What [`explain`] finds in an answer that still needs its page.
#[derive(Debug, Clone)]
struct Unexplained {
    /// The beginning of the keys of its texts.
    key: &'static str,
    /// What is said beyond, in Vietnamese and English.
    said: Option<(String, String)>,
    /// How many seconds to wait.
    wait: Option<u32>,
}

impl Fault {
    fn status(&self) -> StatusCode {
        match self {
            Fault::App(error) => motcua_http::status(error.kind()),
            Fault::ForeignForm => StatusCode::FORBIDDEN,
            Fault::NotAForm => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Fault::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Fault::NoPage => StatusCode::NOT_FOUND,
            Fault::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
        }
    }

    fn unexplained(&self) -> Unexplained {
        let key = match self {
            Fault::App(error) => match error {
                Error::NotFound { .. } => "fault.not_found",
                Error::Unauthenticated => "fault.signed_out",
                Error::RoleDenied { .. } | Error::UnitDenied { .. } => "fault.forbidden",
                Error::Stale { .. } => "fault.stale",
                Error::TooMany { .. } => "fault.too_many",
                Error::QueueFull | Error::Unavailable(_) | Error::TimedOut => "fault.away",
                Error::Internal(_) => "fault.internal",
                _ => "fault.refused",
            },
            Fault::ForeignForm => "fault.foreign_form",
            Fault::NotAForm => "fault.refused",
            Fault::TooLarge => "fault.too_large",
            Fault::NoPage => "fault.no_page",
            Fault::WrongMethod => "fault.wrong_method",
        };
        let said = match self {
            Fault::App(
                error @ (Error::Refused { .. } | Error::Invalid(_) | Error::CodeTaken { .. }),
            ) => Some((error.vietnamese(), error.to_string())),
            _ => None,
        };
        let wait = match self {
            Fault::App(Error::TooMany { seconds }) => Some(*seconds),
            Fault::App(Error::QueueFull | Error::Unavailable(_)) => Some(15),
            _ => None,
        };
        Unexplained { key, said, wait }
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        if let Fault::App(error @ Error::Internal(_)) = &self {
            let error = error as &dyn std::error::Error;
            tracing::error!(error, "a page could not be made");
        }
        let mut answer = self.status().into_response();
        let unexplained = self.unexplained();
        if let Some(wait) = unexplained.wait {
            answer.headers_mut().insert(RETRY_AFTER, wait.into());
        }
        answer.extensions_mut().insert(unexplained);
        answer
    }
}

#[derive(Template)]
#[template(path = "fault.html")]
struct FaultPage {
    frame: Frame,
    heading: Markup,
    text: Markup,
    said: Option<String>,
    wait: Option<Markup>,
    home: bool,
}

/// Draws the page of an answer that has none yet.
pub async fn explain(State(pages): State<Arc<Pages>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let language = language(&parts);
    let uri = parts.uri.clone();
    // What a form holds is kept beside, for the case that its session is over.
    let sent = match parts.method {
        Method::POST => axum::body::to_bytes(body, MOST_BYTES).await.ok(),
        _ => Some(Bytes::new()),
    };
    let mut answer = match &sent {
        Some(sent) => {
            let body = Body::from(sent.clone());
            next.run(Request::from_parts(parts, body)).await
        }
        None => Fault::TooLarge.into_response(),
    };
    let unexplained = answer.extensions_mut().remove::<Unexplained>();
    let Some(unexplained) = unexplained else {
        return answer;
    };
    let visit = Visit {
        language,
        signed_in: None,
        secret: None,
        uri,
        peer: String::new(),
    };
    let sent = sent.unwrap_or_default();
    let sent = std::str::from_utf8(&sent).unwrap_or_default();
    if unexplained.key == "fault.signed_out" && !sent.is_empty() {
        return sign_in::interrupted(&pages, &visit, sent);
    }
    let words = Words::of(language);
    let part = |name: &str| words.t(&format!("{}.{name}", unexplained.key));
    let heading = part("heading");
    let page = FaultPage {
        text: part("text"),
        said: unexplained.said.map(|(vi, en)| match language {
            Language::Vietnamese => vi,
            Language::English => en,
        }),
        wait: unexplained.wait.map(|seconds| {
            let seconds = visit.say().count(u64::from(seconds));
            words.fill("fault.wait", &[("seconds", seconds.into())])
        }),
        home: unexplained.key != "fault.signed_out",
        frame: Frame::public(&pages, &visit, heading.clone()),
        heading,
    };
    let mut drawn = html(&page);
    *drawn.status_mut() = answer.status();
    if let Some(wait) = answer.headers().get(RETRY_AFTER) {
        drawn.headers_mut().insert(RETRY_AFTER, wait.clone());
    }
    drawn
}

/// Whether a browser asks, and no program.
#[must_use]
pub fn wants_html(headers: &HeaderMap) -> bool {
    headers.get_all(ACCEPT).iter().any(|value| {
        value
            .to_str()
            .is_ok_and(|value| value.contains("text/html"))
    })
}
