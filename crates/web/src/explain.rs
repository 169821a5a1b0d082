//! Draws the page for an answer that a handler left as a [`Fault`].

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use domain::language::Language;
use http::Method;
use http::header::{CONTENT_TYPE, RETRY_AFTER};

use crate::Pages;
use crate::fault::{Fault, Unexplained};
use crate::fields::{Fields, MOST_BYTES};
use crate::frame::{Frame, html};
use crate::pages::sign_in;
use crate::visit::{CHOOSE_PASSWORD, SESSION, Visit, cookie, language};
use crate::words::{Markup, Words};

#[derive(Template)]
#[template(path = "fault.html")]
struct FaultPage {
    frame: Frame,
    heading: Markup,
    text: Markup,
    said: Option<String>,
    wait: Option<Markup>,
    home: bool,
    /// The form to send again: its address and fields.
    again: Option<(String, Vec<(String, String)>)>,
}

/// Replaces a handler's [`Fault`] by a page in the visitor's language.
pub async fn explain(State(pages): State<Arc<Pages>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let language = language(&parts);
    let uri = parts.uri.clone();
    let secret = cookie(&parts.headers, SESSION);
    let own = (parts.headers.get("sec-fetch-site")).is_some_and(|site| site == "same-origin");
    // The session may be over; then the sign-in page must carry the form's content, so it is kept.
    // A file is larger than any form, and is chosen again.
    let is_file = (parts.headers.get(CONTENT_TYPE))
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("multipart/"));
    let (sent, body) = match parts.method {
        Method::POST if !is_file => match axum::body::to_bytes(body, MOST_BYTES).await {
            Ok(sent) => (sent.clone(), Some(Body::from(sent))),
            Err(_too_large) => (Bytes::new(), None),
        },
        _ => (Bytes::new(), Some(body)),
    };
    let mut answer = match body {
        Some(body) => next.run(Request::from_parts(parts, body)).await,
        None => Fault::TooLarge.into_response(),
    };
    let unexplained = answer.extensions_mut().remove::<Unexplained>();
    let Some(unexplained) = unexplained else {
        return answer;
    };
    let visit = Visit {
        language,
        has_chosen: false,
        signed_in: None,
        secret,
        uri,
        peer: String::new(),
    };
    let sent = std::str::from_utf8(&sent).unwrap_or_default();
    // A password stands in no page.
    let path = visit.uri.path();
    let may_stand = path != CHOOSE_PASSWORD && !path.starts_with("/signin");
    if unexplained.key == "fault.signed_out" && !sent.is_empty() && may_stand {
        return sign_in::interrupted(&pages, &visit, sent);
    }
    // What was typed stands in the page, so that it can be sent again. A form of another site is not
    // offered again.
    let is_safe = match unexplained.key {
        "fault.away" => true,
        "fault.old_form" => own,
        _ => false,
    };
    let again = (is_safe && may_stand && !sent.is_empty()).then(|| {
        let fields = Fields::sent(sent);
        let typed = fields.pairs().filter(|(name, _)| *name != "csrf");
        let typed = typed.map(|(name, value)| (name.to_owned(), value.to_owned()));
        (visit.uri.path().to_owned(), typed.collect())
    });
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
        again,
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
