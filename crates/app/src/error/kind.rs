//! The kinds of failure, independent of the transport.

/// The class of an error. An adapter chooses its status by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The request is wrong in itself.
    Invalid,
    /// The request has a form that no adapter reads.
    Unsupported,
    /// The request is longer than permitted.
    TooLarge,
    /// Nothing answers at this address.
    Unknown,
    /// The thing does not exist, or not for this caller.
    NotFound,
    /// The law, the procedure or the state does not permit it.
    Refused,
    /// The data has changed since the caller read it.
    Stale,
    /// It belongs to somebody else already.
    Taken,
    /// Nobody knows who calls.
    Unauthenticated,
    /// The caller may not do this.
    Denied,
    /// The place to continue from no longer exists.
    Expired,
    /// Too many requests at once; the same request may be sent again later.
    TooMany,
    /// It took too long; the same request may be sent again.
    TimedOut,
    /// It cannot be answered now; the same request may be sent again.
    Unavailable,
    /// A fault of ours.
    Internal,
}
