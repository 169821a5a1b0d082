//! One error for all use cases, with a variant for each reaction of a caller.
//!
//! [`Kind`] is the class by which an adapter answers, [`reasons`] is the table of all reasons with
//! cause and remedy, and [`Error::vietnamese`] and [`Display`](std::fmt::Display) give the words.

pub mod fields;
mod kind;
pub mod reasons;
mod words;

use std::time::Duration;

use domain::dossier::{Action, Refusal, Status};
use domain::time::{self, Instant};

use crate::ports::StoreError;
use crate::publication::obstacle::Obstacle;

pub use fields::FieldError;
pub use kind::Kind;

/// How long a caller waits before it sends the same request again.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Why a use case failed. Unless a variant says otherwise, nothing was written.
#[derive(Debug)]
pub enum Error {
    /// Fields are wrong; all of them are listed.
    Invalid(Vec<FieldError>),
    /// There is no such thing.
    NotFound {
        /// The kind of thing: `dossier`.
        what: &'static str,
        /// What it was called.
        name: String,
    },
    /// The law or the procedure does not permit it.
    Refused {
        /// Why.
        refusal: Refusal,
        /// The state of the dossier; none if there is no dossier yet.
        status: Option<Status>,
        /// The acts that are possible now.
        allowed: Vec<Action>,
    },
    /// The dossier changed since the caller read it.
    Stale {
        /// The dossier.
        dossier: String,
        /// Its present etag.
        current: String,
        /// The etag that was given.
        given: String,
    },
    /// The same request id came with other content.
    RequestReused {
        /// The id.
        request_id: String,
    },
    /// The portal's code already belongs to a dossier.
    CodeTaken {
        /// The code.
        code: String,
        /// The dossier.
        dossier: String,
    },
    /// No token, or an unknown, expired or revoked one.
    Unauthenticated,
    /// The role may not do this at all.
    RoleDenied {
        /// The caller's role.
        role: &'static str,
        /// The method.
        method: &'static str,
    },
    /// The role may do this, but not for this unit.
    UnitDenied {
        /// The method.
        method: &'static str,
    },
    /// Nobody changes what they may do themselves.
    OwnAccess {
        /// The method.
        method: &'static str,
    },
    /// A text of the catalogue cannot be published.
    Publication(Obstacle),
    /// The cursor does not belong to this feed, or lies beyond its end.
    CursorExpired,
    /// Too many tries; wait.
    TooMany {
        /// How long.
        seconds: u32,
    },
    /// The token has as many streams open as one may have.
    TooManyStreams {
        /// How many that is.
        most: usize,
    },
    /// Too many calls are in flight, too many commands wait, or one unit has too many of them.
    /// Nothing was done.
    QueueFull,
    /// The answer took longer than the caller or the server waits; a write may have been done.
    TimedOut,
    /// The store does not answer, or the server stops. The same request may be sent again; its
    /// request id settles whether it was written.
    Unavailable(Option<StoreError>),
    /// The clock of this machine is behind what was recorded, so nothing is written; the same request
    /// may be sent again.
    ClockBehind {
        /// The newest record time.
        newest: Instant,
        /// What the clock says.
        now: Instant,
    },
    /// A fault of ours.
    Internal(Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// The stable reason: part of the contract.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Error::Invalid(_) => "INVALID_FIELDS",
            Error::NotFound { .. } => "NOT_FOUND",
            Error::Refused { refusal, .. } => refusal.reason(),
            Error::Stale { .. } => "STALE_DOSSIER",
            Error::RequestReused { .. } => "REQUEST_ID_REUSED",
            Error::CodeTaken { .. } => "CODE_TAKEN",
            Error::Unauthenticated => "UNAUTHENTICATED",
            Error::RoleDenied { .. } => "ROLE_DENIED",
            Error::UnitDenied { .. } => "UNIT_DENIED",
            Error::OwnAccess { .. } => "OWN_ACCESS",
            Error::Publication(obstacle) => obstacle.reason(),
            Error::CursorExpired => "CURSOR_EXPIRED",
            Error::TooMany { .. } => "TOO_MANY_TRIES",
            Error::TooManyStreams { .. } => "TOO_MANY_STREAMS",
            Error::QueueFull => "QUEUE_FULL",
            Error::TimedOut => "DEADLINE_EXCEEDED",
            Error::Unavailable(_) => "UNAVAILABLE",
            Error::ClockBehind { .. } => "CLOCK_BEHIND",
            Error::Internal(_) => "INTERNAL",
        }
    }

    /// The class that an adapter answers with.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Error::Invalid(_) | Error::RequestReused { .. } => Kind::Invalid,
            Error::NotFound { .. } => Kind::NotFound,
            Error::Refused { .. } | Error::Publication(_) => Kind::Refused,
            Error::Stale { .. } => Kind::Stale,
            Error::CodeTaken { .. } => Kind::Taken,
            Error::Unauthenticated => Kind::Unauthenticated,
            Error::RoleDenied { .. } | Error::UnitDenied { .. } | Error::OwnAccess { .. } => {
                Kind::Denied
            }
            Error::CursorExpired => Kind::Expired,
            Error::TooMany { .. } | Error::TooManyStreams { .. } | Error::QueueFull => {
                Kind::TooMany
            }
            Error::TimedOut => Kind::TimedOut,
            Error::Unavailable(_) | Error::ClockBehind { .. } => Kind::Unavailable,
            Error::Internal(_) => Kind::Internal,
        }
    }

    /// Every variable of the message, by name.
    #[must_use]
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        match self {
            Error::Invalid(fields) => {
                let names: Vec<_> = fields.iter().map(|field| field.field.as_str()).collect();
                vec![
                    ("fields", names.join(",")),
                    ("count", fields.len().to_string()),
                ]
            }
            Error::NotFound { what, name } => {
                vec![("what", (*what).into()), ("name", name.clone())]
            }
            Error::Refused {
                refusal,
                status,
                allowed,
            } => {
                let allowed: Vec<_> = allowed.iter().map(|action| action.method()).collect();
                let mut variables = refusal.details();
                variables.extend(status.map(|status| ("state", status.as_str().to_owned())));
                variables.push(("allowed", allowed.join(",")));
                variables
            }
            Error::Stale {
                dossier,
                current,
                given,
            } => vec![
                ("dossier", dossier.clone()),
                ("current", current.clone()),
                ("given", given.clone()),
            ],
            Error::RequestReused { request_id } => vec![("request_id", request_id.clone())],
            Error::CodeTaken { code, dossier } => {
                vec![("code", code.clone()), ("dossier", dossier.clone())]
            }
            Error::Publication(obstacle) => obstacle.details(),
            Error::RoleDenied { role, method } => {
                vec![("role", (*role).into()), ("method", (*method).into())]
            }
            Error::UnitDenied { method } | Error::OwnAccess { method } => {
                vec![("method", (*method).into())]
            }
            Error::TooMany { seconds } => vec![("seconds", seconds.to_string())],
            Error::TooManyStreams { most } => vec![("most", most.to_string())],
            Error::Unauthenticated
            | Error::CursorExpired
            | Error::QueueFull
            | Error::TimedOut
            | Error::Unavailable(_)
            | Error::Internal(_) => Vec::new(),
            Error::ClockBehind { newest, now } => vec![
                ("newest", time::rfc3339(*newest)),
                ("clock", time::rfc3339(*now)),
            ],
        }
    }

    /// How long the caller should wait before it retries; none if a retry is useless.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Error::TooMany { seconds } => Some(Duration::from_secs((*seconds).into())),
            Error::QueueFull | Error::Unavailable(_) | Error::ClockBehind { .. } => {
                Some(RETRY_AFTER)
            }
            Error::Invalid(_)
            | Error::NotFound { .. }
            | Error::Refused { .. }
            | Error::Stale { .. }
            | Error::RequestReused { .. }
            | Error::CodeTaken { .. }
            | Error::Unauthenticated
            | Error::RoleDenied { .. }
            | Error::UnitDenied { .. }
            | Error::OwnAccess { .. }
            | Error::Publication(_)
            | Error::CursorExpired
            | Error::TooManyStreams { .. }
            | Error::TimedOut
            | Error::Internal(_) => None,
        }
    }

    /// The same, with a dossier that was not found under the name that the caller gave it, so
    /// that one of another unit is answered like one that is nowhere.
    #[must_use]
    pub(crate) fn named(self, given: impl std::fmt::Display) -> Self {
        match self {
            Error::NotFound {
                what: "dossier", ..
            } => Error::NotFound {
                what: "dossier",
                name: given.to_string(),
            },
            other => other,
        }
    }

    /// A single wrong field.
    pub fn invalid(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Error::Invalid(vec![FieldError::new(field, problem)])
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) => Error::Unavailable(Some(error)),
            StoreError::Inconsistent { .. } | StoreError::Database(_) => {
                Error::Internal(Box::new(error))
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Unavailable(cause) => cause.as_ref().map(|cause| cause as _),
            Error::Internal(cause) => Some(cause.as_ref()),
            Error::Invalid(_)
            | Error::ClockBehind { .. }
            | Error::NotFound { .. }
            | Error::Refused { .. }
            | Error::Stale { .. }
            | Error::RequestReused { .. }
            | Error::CodeTaken { .. }
            | Error::Unauthenticated
            | Error::RoleDenied { .. }
            | Error::UnitDenied { .. }
            | Error::OwnAccess { .. }
            | Error::Publication(_)
            | Error::CursorExpired
            | Error::TooMany { .. }
            | Error::TooManyStreams { .. }
            | Error::QueueFull
            | Error::TimedOut => None,
        }
    }
}
