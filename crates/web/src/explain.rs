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
use http::header::RETRY_AFTER;

use crate::Pages;
use crate::fault::{Fault, Unexplained};
use crate::fields::MOST_BYTES;
use crate::frame::{Frame, html};
use crate::pages::sign_in;
use crate::visit::{Visit, language};
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
}

/// Replaces a handler's [`Fault`] by a page in the visitor's language.
pub async fn explain(State(pages): State<Arc<Pages>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let language = language(&parts);
    let uri = parts.uri.clone();
    // The session may be over; then the sign-in page must carry the form's content, so it is kept.
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
