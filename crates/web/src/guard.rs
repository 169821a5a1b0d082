//! Protects every page: headers of the answer, and the origin of forms.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, ORIGIN, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderValue, Method};
use tracing::Instrument;

use crate::Pages;
use crate::fault::Fault;
use crate::visit::{LANGUAGE, asked_language};

/// No inline code or style, nothing from other sites, and no frame of another site around a page.
pub const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
    frame-ancestors 'none'";

/// Sets the headers of every page, and keeps a chosen language in a cookie.
pub async fn headers(request: Request, next: Next) -> Response {
    let chosen = asked_language(request.uri());
    let mut answer = next.run(request).await;
    let headers = answer.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    // Pages show personal data, so neither a proxy nor the browser may store them.
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    if let Some(language) = chosen {
        let cookie = format!("{LANGUAGE}={language}; Path=/; Max-Age=31536000; SameSite=Lax");
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            headers.append(http::header::SET_COOKIE, cookie);
        }
    }
    answer
}

/// Lets a page through the gate like any other call: with a place, a time limit, and a panic that
/// ends only its own page.
pub async fn through_the_gate(
    State(pages): State<Arc<Pages>>,
    request: Request,
    next: Next,
) -> Response {
    // Never the whole path, nor what is asked for: a search has a citizen's name.
    let area = request.uri().path().split('/').nth(1).unwrap_or_default();
    let span = tracing::info_span!("page", area, sends = request.method() == Method::POST);
    let page = async { Ok(next.run(request).await) }.instrument(span);
    match pages.gate.read(None, page).await {
        Ok(answer) => answer,
        Err(error) => Fault::App(error).into_response(),
    }
}

/// Refuses a form from a page of another site, whether the visitor is signed in or not.
pub async fn same_site(request: Request, next: Next) -> Response {
    let sends = request.method() == Method::POST;
    if sends && !is_same_site(request.headers()) {
        return Fault::ForeignForm.into_response();
    }
    next.run(request).await
}

/// Whether the browser says that the form comes from this site. A program sends neither header; it
/// passes, because it has no session to abuse.
fn is_same_site(headers: &HeaderMap) -> bool {
    let text = |value: Option<&HeaderValue>| {
        value.map(|value| value.to_str().unwrap_or("unreadable").to_owned())
    };
    if let Some(site) = text(headers.get("sec-fetch-site")) {
        return site == "same-origin" || site == "none";
    }
    match (text(headers.get(ORIGIN)), text(headers.get(HOST))) {
        (Some(origin), Some(host)) => origin
            .split_once("://")
            .is_some_and(|(_, from)| from.eq_ignore_ascii_case(&host)),
        // HTTP/2 has no Host header; its browsers send `sec-fetch-site`, judged above.
        (Some(_), None) | (None, _) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pairs = pairs.iter();
        pairs
            .map(|(name, value)| {
                let name = http::HeaderName::from_static(name);
                (name, HeaderValue::from_static(value))
            })
            .collect()
    }

    #[test]
    fn a_form_of_another_site_is_known_by_either_header() {
        assert!(is_same_site(&headers(&[("sec-fetch-site", "same-origin")])));
        assert!(!is_same_site(&headers(&[("sec-fetch-site", "cross-site")])));
        assert!(!is_same_site(&headers(&[("sec-fetch-site", "same-site")])));
        let host = ("host", "motcua.example");
        assert!(is_same_site(&headers(&[
            host,
            ("origin", "https://motcua.example")
        ])));
        assert!(!is_same_site(&headers(&[
            host,
            ("origin", "https://evil.example")
        ])));
        assert!(!is_same_site(&headers(&[host, ("origin", "null")])));
        assert!(is_same_site(&headers(&[host])));
    }

    #[test]
    fn nothing_inline_and_nothing_from_elsewhere_is_permitted() {
        assert!(!POLICY.contains("unsafe") && !POLICY.contains("http") && !POLICY.contains('*'));
    }
}
