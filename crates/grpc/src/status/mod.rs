//! How an error becomes a status: one table from [`app::error::Kind`] to gRPC codes, and the
//! details.
//!
//! Every status carries an `ErrorInfo` with a stable reason, and a `LocalizedMessage` in the
//! clerk's language; the message of the status itself is English. [`app::error::reasons`] lists all
//! reasons.

mod document;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use app::error::reasons::{self, Reason};
use app::error::{Error, FieldError, Kind};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

pub use document::document;

/// The domain of every reason.
pub const DOMAIN: &str = "motcua";

/// The most bytes of encoded details, so that they stay below 4 KiB in base 64. A status travels in
/// headers, and details beyond the header limit would break the connection.
const MOST_BYTES: usize = 3_000;

/// The most wrong fields that are listed.
const MOST_FIELDS: usize = 20;

/// The most bytes of a message, in each of the two languages.
const LONGEST_MESSAGE: usize = 600;

/// The most bytes of a name, and of the problem of a field.
const LONGEST: usize = 200;

/// The most bytes of a variable: `allowed` names every method that a state permits.
const LONGEST_VARIABLE: usize = 320;

/// The most bytes of a field's path.
const LONGEST_PATH: usize = 80;

/// The code of a kind of error.
#[must_use]
pub fn code(kind: Kind) -> Code {
    match kind {
        Kind::Invalid | Kind::Unsupported => Code::InvalidArgument,
        Kind::TooLarge | Kind::Expired => Code::OutOfRange,
        Kind::Unknown => Code::Unimplemented,
        Kind::NotFound => Code::NotFound,
        Kind::Refused => Code::FailedPrecondition,
        Kind::Stale => Code::Aborted,
        Kind::Taken => Code::AlreadyExists,
        Kind::Unauthenticated => Code::Unauthenticated,
        Kind::Denied => Code::PermissionDenied,
        Kind::TooMany => Code::ResourceExhausted,
        Kind::TimedOut => Code::DeadlineExceeded,
        Kind::Unavailable => Code::Unavailable,
        Kind::Internal => Code::Internal,
    }
}

/// The status of an error. An internal error is logged here, once, with its causes.
#[must_use]
#[expect(
    clippy::needless_pass_by_value,
    reason = "it ends the error, and stands as it is in map_err"
)]
pub fn of(error: Error) -> Status {
    if let Error::Internal(cause) = &error {
        return internal(cause.as_ref());
    }
    if let Error::Unavailable(Some(cause)) = &error {
        let reason = error.reason();
        tracing::warn!(reason, cause = chain(cause), "a call could not be answered");
    }
    Told::new(&error).status(code(error.kind()))
}

/// A message that does not belong to the contract.
#[must_use]
pub fn malformed(problem: &str) -> Status {
    own(&reasons::MALFORMED_MESSAGE, problem)
}

/// An error of the transport, with its own words.
pub(crate) fn own(reason: &'static Reason, message: &str) -> Status {
    Told::own(reason, message).status(code(reason.kind))
}

/// The server is about to stop: a stream ends with this, and the client resumes it elsewhere.
#[must_use]
pub fn stopping() -> Status {
    of(Error::Unavailable(None))
}

/// Adds a reason to a status that the transport made without one.
#[must_use]
pub fn with_reason(status: Status) -> Status {
    if !status.details().is_empty() {
        return status;
    }
    let reason = match status.code() {
        Code::OutOfRange | Code::ResourceExhausted => &reasons::BODY_TOO_LARGE,
        Code::Unimplemented => &reasons::METHOD_UNKNOWN,
        Code::Cancelled | Code::DeadlineExceeded => &reasons::DEADLINE_EXCEEDED,
        // Broken frames. Our own faults have details.
        Code::Internal => &reasons::MALFORMED_MESSAGE,
        // Health answers NOT_FOUND for an unknown service.
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

/// A fault of ours. The caller gets a number under which the log has the causes.
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
    fn new(error: &Error) -> Self {
        let mut told = Self {
            reason: error.reason(),
            english: error.to_string(),
            vietnamese: error.vietnamese(),
            metadata: HashMap::new(),
            fields: Vec::new(),
            details: ErrorDetails::new(),
        };
        for (name, value) in error.variables() {
            told.put(name, &value);
        }
        if let Some(wait) = error.retry_after() {
            told.details.set_retry_info(Some(wait));
        }
        told.particulars(error);
        told
    }

    fn own(reason: &'static Reason, english: &str) -> Self {
        Self {
            reason: reason.reason,
            english: english.to_owned(),
            vietnamese: reason.vietnamese.to_owned(),
            metadata: HashMap::new(),
            fields: Vec::new(),
            details: ErrorDetails::new(),
        }
    }

    /// The details that have a message of their own in gRPC.
    fn particulars(&mut self, error: &Error) {
        match error {
            Error::Invalid(fields) => {
                let listed = fields.iter().take(MOST_FIELDS).map(|field| {
                    FieldError::new(
                        cut(&field.field, LONGEST_PATH),
                        cut(&field.problem, LONGEST),
                    )
                });
                self.fields = listed.collect();
            }
            Error::Refused { refusal, .. } => {
                // The message says the same in full.
                self.details
                    .add_precondition_failure_violation(refusal.reason(), "dossier", "");
            }
            Error::NotFound { what, name } => {
                self.details
                    .set_resource_info(*what, cut(name, LONGEST), "", "");
            }
            Error::CodeTaken { dossier, .. } => {
                self.details
                    .set_resource_info("dossier", cut(dossier, LONGEST), "", "");
            }
            Error::Stale { .. }
            | Error::RequestReused { .. }
            | Error::Unauthenticated
            | Error::RoleDenied { .. }
            | Error::UnitDenied { .. }
            | Error::OwnAccess { .. }
            | Error::Publication(_)
            | Error::CursorExpired
            | Error::TooMany { .. }
            | Error::TooManyStreams { .. }
            | Error::QueueFull
            | Error::TimedOut
            | Error::Unavailable(_)
            | Error::ClockBehind { .. }
            | Error::Internal(_) => {}
        }
    }

    fn put(&mut self, name: &str, value: &str) {
        self.metadata
            .insert(name.to_owned(), cut(value, LONGEST_VARIABLE));
    }

    /// Encodes the status. It leaves out the last fields of a list that would grow too long.
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

/// At most this many bytes of a text, in whole characters.
fn cut(text: &str, longest: usize) -> String {
    const MORE: &str = "…";
    if text.len() <= longest {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(longest - MORE.len());
    format!("{}{MORE}", &text[..end])
}
