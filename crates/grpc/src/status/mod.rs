//! How an error is told: one table from [`app::Error`] to a gRPC status with details.
//!
//! Every status carries an `ErrorInfo` with a stable reason, and a `LocalizedMessage` in the
//! clerk's language; the message of the status itself is English. [`reasons`] lists them all.

pub mod reasons;
mod vietnamese;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use app::{Error, FieldError};
use domain::dossier::{Action, Refusal, Status as State};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

/// The domain of every reason.
pub const DOMAIN: &str = "motcua";

/// The most bytes of encoded details, so that they stay below 4 KiB in base 64: a status rides
/// in headers, and a list longer than the header limit breaks the connection instead.
const MOST_BYTES: usize = 3_000;

/// The most wrong fields that are listed.
const MOST_FIELDS: usize = 20;

/// The most bytes of a message, of each of the two languages.
const LONGEST_MESSAGE: usize = 600;

/// The most bytes of a variable, and of the problem of a field.
const LONGEST: usize = 200;

/// The most bytes of a field's path.
const LONGEST_PATH: usize = 80;

/// How long a caller waits before it sends the same request again.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// What happened and what to do, in Vietnamese.
pub(crate) fn vietnamese(error: &Error) -> String {
    vietnamese::message(error)
}

/// The status of an error. An internal one is logged here, once, with its causes.
#[must_use]
pub fn of(error: Error) -> Status {
    let code = code(&error);
    let reason = error.reason();
    let told = match error {
        Error::Internal(cause) => return internal(cause.as_ref()),
        Error::Unavailable(Some(ref cause)) => {
            tracing::warn!(reason, cause = chain(cause), "a call could not be answered");
            Told::new(reason, &error)
        }
        Error::Invalid(ref fields) => Told::fields(reason, &error, fields),
        Error::Refused {
            ref refusal,
            status,
            ref allowed,
        } => Told::refusal(refusal, status, allowed),
        Error::NotFound { .. }
        | Error::Stale { .. }
        | Error::RequestReused { .. }
        | Error::CodeTaken { .. }
        | Error::Publication(_)
        | Error::Unauthenticated
        | Error::RoleDenied { .. }
        | Error::UnitDenied { .. }
        | Error::CursorExpired
        | Error::TooMany { .. }
        | Error::QueueFull
        | Error::Unavailable(None) => Told::new(reason, &error),
    };
    told.status(code)
}

/// The code of an error.
#[must_use]
pub fn code(error: &Error) -> Code {
    match error {
        Error::Invalid(_) | Error::RequestReused { .. } => Code::InvalidArgument,
        Error::NotFound { .. } => Code::NotFound,
        Error::Refused { .. } | Error::Publication(_) => Code::FailedPrecondition,
        Error::Stale { .. } => Code::Aborted,
        Error::CodeTaken { .. } => Code::AlreadyExists,
        Error::Unauthenticated => Code::Unauthenticated,
        Error::RoleDenied { .. } | Error::UnitDenied { .. } => Code::PermissionDenied,
        Error::CursorExpired => Code::OutOfRange,
        Error::TooMany { .. } | Error::QueueFull => Code::ResourceExhausted,
        Error::Unavailable(_) => Code::Unavailable,
        Error::Internal(_) => Code::Internal,
    }
}

/// A message that is none of the contract.
#[must_use]
pub fn malformed(problem: &str) -> Status {
    own(&reasons::MALFORMED_MESSAGE, problem)
}

/// A refusal of the transport in words of its own.
pub(crate) fn own(reason: &'static reasons::Reason, message: &str) -> Status {
    Told::own(reason, message).status(reason.code)
}

/// A call that took longer than the caller or the server waits.
#[must_use]
pub fn deadline_exceeded() -> Status {
    let reason = &reasons::DEADLINE_EXCEEDED;
    own(reason, reason.cause)
}

/// A server that is about to stop: a stream ends with this and is resumed elsewhere.
#[must_use]
pub fn stopping() -> Status {
    of(Error::Unavailable(None))
}

/// Gives a reason to a status that the transport made without one.
#[must_use]
pub fn with_reason(status: Status) -> Status {
    if !status.details().is_empty() {
        return status;
    }
    let reason = match status.code() {
        Code::OutOfRange | Code::ResourceExhausted => &reasons::BODY_TOO_LARGE,
        Code::Unimplemented => &reasons::METHOD_UNKNOWN,
        Code::Cancelled | Code::DeadlineExceeded => &reasons::DEADLINE_EXCEEDED,
        // Broken frames; our own faults have details.
        Code::Internal => &reasons::MALFORMED_MESSAGE,
        // Health answers NOT_FOUND for a service that it does not know.
        _ => return status,
    };
    let message = match status.message() {
        "" => reason.cause,
        message => message,
    };
    own(reason, message)
}

/// The causes of an error in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text.push_str(": ");
        text.push_str(&next.to_string());
        cause = next.source();
    }
    text
}

/// A fault of ours: the caller gets a number under which the log has the causes.
fn internal(cause: &(dyn std::error::Error + 'static)) -> Status {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed) + 1;
    let incident = format!("{}-{number}", std::process::id());
    tracing::error!(incident, cause = chain(cause), "an internal error occurred");
    let mut told = Told::own(
        &reasons::INTERNAL,
        &format!("an internal error occurred; its number in the log is {incident}"),
    );
    told.vietnamese = format!("Hệ thống gặp lỗi. Báo quản trị viên mã sự cố {incident}.");
    told.put("incident", &incident);
    told.status(Code::Internal)
}

/// What is told of an error.
struct Told {
    reason: &'static str,
    english: String,
    vietnamese: String,
    metadata: HashMap<String, String>,
    fields: Vec<FieldError>,
    details: ErrorDetails,
}

impl Told {
    fn new(reason: &'static str, error: &Error) -> Self {
        let mut told = Self {
            reason,
            english: error.to_string(),
            vietnamese: vietnamese::message(error),
            metadata: HashMap::new(),
            fields: Vec::new(),
            details: ErrorDetails::new(),
        };
        told.variables(error);
        told
    }

    fn own(reason: &'static reasons::Reason, english: &str) -> Self {
        Self {
            reason: reason.reason,
            english: english.to_owned(),
            vietnamese: reason.vietnamese.to_owned(),
            metadata: HashMap::new(),
            fields: Vec::new(),
            details: ErrorDetails::new(),
        }
    }

    fn fields(reason: &'static str, error: &Error, fields: &[FieldError]) -> Self {
        let mut told = Self::new(reason, error);
        let problems: Vec<_> = fields
            .iter()
            .take(3)
            .map(|field| format!("{} {}", field.field, field.problem))
            .collect();
        let more = fields.len().saturating_sub(problems.len());
        told.english = problems.join("; ");
        if more > 0 {
            told.english = format!("{}; and {more} more", told.english);
        }
        let names: Vec<_> = fields.iter().map(|field| field.field.as_str()).collect();
        told.put("fields", &names.join(","));
        told.put("count", &fields.len().to_string());
        told.fields = fields
            .iter()
            .take(MOST_FIELDS)
            .map(|field| {
                FieldError::new(
                    cut(&field.field, LONGEST_PATH),
                    cut(&field.problem, LONGEST),
                )
            })
            .collect();
        told
    }

    fn refusal(refusal: &Refusal, status: Option<State>, allowed: &[Action]) -> Self {
        let mut told = Self {
            reason: refusal.reason(),
            english: refusal.message_en(),
            vietnamese: refusal.message_vi(),
            metadata: HashMap::new(),
            fields: Vec::new(),
            details: ErrorDetails::new(),
        };
        for (name, value) in refusal.details() {
            told.put(name, &value);
        }
        if let Some(status) = status {
            told.put("state", status.as_str());
        }
        let allowed: Vec<_> = allowed.iter().map(|action| action.method()).collect();
        told.put("allowed", &allowed.join(","));
        // The message says the same in full.
        told.details
            .add_precondition_failure_violation(refusal.reason(), "dossier", "");
        told
    }

    /// Every variable of the message, by name.
    fn variables(&mut self, error: &Error) {
        match error {
            Error::NotFound { what, name } => {
                self.put("what", what);
                self.put("name", name);
                self.details
                    .set_resource_info(*what, cut(name, LONGEST), "", "");
            }
            Error::Stale {
                dossier,
                current,
                given,
            } => {
                self.put("dossier", dossier);
                self.put("current", current);
                self.put("given", given);
            }
            Error::RequestReused { request_id } => self.put("request_id", request_id),
            Error::CodeTaken { code, dossier } => {
                self.put("code", code);
                self.put("dossier", dossier);
                self.details
                    .set_resource_info("dossier", cut(dossier, LONGEST), "", "");
            }
            Error::Publication(obstacle) => {
                for (name, value) in obstacle.details() {
                    self.put(name, &value);
                }
            }
            Error::RoleDenied { role, method } => {
                self.put("role", role);
                self.put("method", method);
            }
            Error::UnitDenied { method } => self.put("method", method),
            Error::TooMany { seconds } => {
                self.put("seconds", &seconds.to_string());
                let wait = Duration::from_secs((*seconds).into());
                self.details.set_retry_info(Some(wait));
            }
            Error::QueueFull | Error::Unavailable(_) => {
                self.details.set_retry_info(Some(RETRY_AFTER));
            }
            Error::Invalid(_)
            | Error::Refused { .. }
            | Error::Unauthenticated
            | Error::CursorExpired
            | Error::Internal(_) => {}
        }
    }

    fn put(&mut self, name: &str, value: &str) {
        self.metadata.insert(name.to_owned(), cut(value, LONGEST));
    }

    /// Encodes it, leaving out the last fields of a list that would grow too long.
    fn status(mut self, code: Code) -> Status {
        self.details
            .set_error_info(self.reason, DOMAIN, self.metadata);
        self.details
            .set_localized_message("vi-VN", cut(&self.vietnamese, LONGEST_MESSAGE));
        let message = cut(&self.english, LONGEST_MESSAGE);
        loop {
            let mut details = self.details.clone();
            for field in &self.fields {
                details.add_bad_request_violation(&field.field, &field.problem);
            }
            let status = Status::with_error_details(code, &message, details);
            if status.details().len() <= MOST_BYTES || self.fields.pop().is_none() {
                return status;
            }
        }
    }
}

/// At most so many bytes of a text, in whole characters.
fn cut(text: &str, longest: usize) -> String {
    const MORE: &str = "…";
    if text.len() <= longest {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(longest - MORE.len());
    format!("{}{MORE}", &text[..end])
}
