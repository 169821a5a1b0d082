//! Faults: why a page cannot be shown or an act not done.
//!
//! A handler returns a [`Fault`]; [`crate::explain`] draws it as a page in the visitor's language.
//! Faults in the fields of a form do not come here, because the form shows them itself.

use app::Error;
use axum::response::{IntoResponse, Response};
use http::header::{ACCEPT, RETRY_AFTER};
use http::{HeaderMap, StatusCode};

/// Why a page cannot be shown.
#[derive(Debug)]
pub enum Fault {
    /// A use case refused, or could not answer.
    App(Error),
    /// A form that did not come from a page of this site.
    ForeignForm,
    /// A form of a page that another session drew, such as one open in a second tab since before the
    /// last sign-in.
    OldForm,
    /// The body is not a form.
    NotAForm,
    /// The body is larger than any form.
    TooLarge,
    /// No page has this address.
    NoPage,
    /// The address does not take this method.
    WrongMethod,
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::App(error)
    }
}

/// Marks an answer for [`crate::explain`], which draws its page.
#[derive(Debug, Clone)]
pub(crate) struct Unexplained {
    /// The prefix of the keys of its texts.
    pub(crate) key: &'static str,
    /// The error's own words, in Vietnamese and English.
    pub(crate) said: Option<(String, String)>,
    /// How many seconds to wait before another try.
    pub(crate) wait: Option<u32>,
}

impl Fault {
    fn status(&self) -> StatusCode {
        match self {
            Fault::App(error) => motcua_http::status(error.kind()),
            Fault::ForeignForm | Fault::OldForm => StatusCode::FORBIDDEN,
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
                Error::RoleDenied { .. } | Error::UnitDenied { .. } | Error::OwnAccess { .. } => {
                    "fault.forbidden"
                }
                Error::Stale { .. } => "fault.stale",
                Error::TooMany { .. } => "fault.too_many",
                Error::QueueFull | Error::Unavailable(_) | Error::TimedOut => "fault.away",
                Error::Internal(_) => "fault.internal",
                _ => "fault.refused",
            },
            Fault::ForeignForm => "fault.foreign_form",
            Fault::OldForm => "fault.old_form",
            Fault::NotAForm => "fault.refused",
            Fault::TooLarge => "fault.too_large",
            Fault::NoPage => "fault.no_page",
            Fault::WrongMethod => "fault.wrong_method",
        };
        let said = match self {
            Fault::App(
                error @ (Error::Refused { .. }
                | Error::Invalid(_)
                | Error::CodeTaken { .. }
                | Error::Publication(_)),
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

/// Whether the request comes from a browser and not from a program.
#[must_use]
pub fn wants_html(headers: &HeaderMap) -> bool {
    headers.get_all(ACCEPT).iter().any(|value| {
        value
            .to_str()
            .is_ok_and(|value| value.contains("text/html"))
    })
}
