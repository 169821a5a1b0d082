//! What kind of failure a caller meets, whatever it is sent over.

/// The class of an error: what an adapter chooses its status by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The request is wrong, whatever the state of things.
    Invalid,
    /// The request is written in a form that nobody here reads.
    Unsupported,
    /// The request is longer than permitted.
    TooLarge,
    /// Nothing answers at this address.
    Unknown,
    /// There is no such thing, or not for this caller.
    NotFound,
    /// The law, the procedure or the state of things does not permit it.
    Refused,
    /// What the caller read has changed since.
    Stale,
    /// It belongs to somebody else already.
    Taken,
    /// Nobody knows who calls.
    Unauthenticated,
    /// The caller may not do this.
    Denied,
    /// A place to go on from that is no more.
    Expired,
    /// Too many at once; the same request may be sent again later.
    TooMany,
    /// It took too long; the same request may be sent again.
    TimedOut,
    /// It cannot be answered now; the same request may be sent again.
    Unavailable,
    /// A fault of ours.
    Internal,
}
