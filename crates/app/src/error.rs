//! One error for all use cases: variants for what a caller would do differently.

use domain::dossier::{Action, Refusal, Status};

use crate::ports::StoreError;
use crate::publication::Obstacle;

/// One field that is wrong, with what was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The path of the field as on the wire: `applicant.name`.
    pub field: String,
    /// What was expected: `must not be empty`.
    pub problem: String,
}

impl FieldError {
    /// A field and what was expected of it.
    pub fn new(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            problem: problem.into(),
        }
    }
}

/// Why a use case was not carried out. Unless said otherwise nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Fields are wrong; all of them are listed.
    #[error("{} field(s) are wrong", .0.len())]
    Invalid(Vec<FieldError>),
    /// There is no such thing.
    #[error("{what} `{name}` does not exist")]
    NotFound {
        /// The kind of thing: `dossier`.
        what: &'static str,
        /// What it was called.
        name: String,
    },
    /// The law or the procedure does not permit it.
    #[error("{}", .refusal.message_en())]
    Refused {
        /// Why.
        refusal: Refusal,
        /// Where the dossier stands; none when there is no dossier yet.
        status: Option<Status>,
        /// What can be asked of it now.
        allowed: Vec<Action>,
    },
    /// The dossier changed since the caller read it.
    #[error("dossier {dossier} is at {current}, not at {given}; read it again")]
    Stale {
        /// The dossier.
        dossier: String,
        /// Its present etag.
        current: String,
        /// The etag that was given.
        given: String,
    },
    /// The same request id came with other content.
    #[error("request id {request_id} was used before for another request")]
    RequestReused {
        /// The id.
        request_id: String,
    },
    /// The portal's code already belongs to a dossier.
    #[error("code {code} already belongs to dossier {dossier}")]
    CodeTaken {
        /// The code.
        code: String,
        /// The dossier.
        dossier: String,
    },
    /// No token, or one that is unknown, expired or revoked.
    #[error("a valid token is needed")]
    Unauthenticated,
    /// The role may not do this at all.
    #[error("the role {role} may not call {method}")]
    RoleDenied {
        /// The caller's role.
        role: &'static str,
        /// The method.
        method: &'static str,
    },
    /// The role may do this, but not for this unit.
    #[error("{method} is not permitted for another unit's dossier or figures")]
    UnitDenied {
        /// The method.
        method: &'static str,
    },
    /// A text of the catalogue cannot be published.
    #[error("{0}")]
    Publication(Obstacle),
    /// The cursor does not belong to this feed, or lies beyond its end.
    #[error("the cursor has expired; start again from the present state")]
    CursorExpired,
    /// Too many tries; wait.
    #[error("too many tries; wait {seconds} s")]
    TooMany {
        /// How long.
        seconds: u32,
    },
    /// Too many calls are in flight, too many commands wait, or too many of this unit; nothing was
    /// done.
    #[error("too many requests wait; send the same request again")]
    QueueFull,
    /// The store does not answer, or the server stops; the same request may be sent again. Whether
    /// it was written is settled by its request id.
    #[error("the service cannot answer now; send the same request again")]
    Unavailable(#[source] Option<StoreError>),
    /// A fault of ours.
    #[error("an internal error occurred")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
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
            Error::Publication(obstacle) => obstacle.reason(),
            Error::CursorExpired => "CURSOR_EXPIRED",
            Error::TooMany { .. } => "TOO_MANY_TRIES",
            Error::QueueFull => "QUEUE_FULL",
            Error::Unavailable(_) => "UNAVAILABLE",
            Error::Internal(_) => "INTERNAL",
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
