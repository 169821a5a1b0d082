//! A dossier whose authority is another system: what that system said, and what contradicts it.
//!
//! Each stage has exactly one authoritative system (Decree 224/2026/NĐ-CP, Art. 15(1)(h) and (i)).
//! Its word is taken as it comes; a message that cannot be true beside what is known is kept as a
//! [`Conflict`] for a person to look at, and changes nothing.

use serde::{Deserialize, Serialize};

use super::Dossier;
use super::status::Status;
use crate::id::{Reference, SystemName};
use crate::time::Instant;

/// A message about a dossier from another system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Which system says so.
    pub system: SystemName,
    /// What that system calls its message or the dossier.
    pub reference: Reference,
    /// The status it gives.
    pub status: Status,
    /// When the dossier came into it, by that system's clock.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub at: Instant,
    /// The due time that the system gives; none when it says nothing of one.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "chrono::serde::ts_microseconds_option"
    )]
    pub due: Option<Instant>,
}

/// Why a message cannot be true beside what is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Contradiction {
    /// It speaks of a time before what was said last.
    Older,
    /// The status does not follow the one that is known.
    Transition,
    /// It does not come from the system whose word counts.
    OtherSystem,
    /// Our own word counts for this dossier.
    Ours,
}

impl Contradiction {
    /// Every contradiction.
    pub const ALL: [Contradiction; 4] = [
        Contradiction::Older,
        Contradiction::Transition,
        Contradiction::OtherSystem,
        Contradiction::Ours,
    ];

    /// The word used in data.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Contradiction::Older => "OLDER",
            Contradiction::Transition => "TRANSITION",
            Contradiction::OtherSystem => "OTHER_SYSTEM",
            Contradiction::Ours => "OURS",
        }
    }
}

/// A message that contradicts what is known. Kept for good, settled or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// Its number within the dossier, from 1.
    pub number: u16,
    /// What was said.
    pub claim: Claim,
    /// Why it was not believed.
    pub why: Contradiction,
    /// When it came.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub came: Instant,
    /// How a person settled it, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled: Option<Settled>,
}

/// How a conflict was settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// When.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub at: Instant,
    /// Whether the message was believed after all.
    pub applied: bool,
}

/// What other systems said of a dossier.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mirror {
    /// What was taken as it came, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub applied: Vec<Claim>,
    /// What contradicted, in the order of coming.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<Conflict>,
    /// Something had happened here since the end that its system told of: until then it was
    /// pending, though it had ended.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ended_belatedly: bool,
}

impl Dossier {
    /// Whether another system deals with it, and nothing that it says waits to be settled here.
    #[must_use]
    pub fn is_elsewhere(&self) -> bool {
        self.mirrored.is_some() && self.mirror.open().next().is_none()
    }
}

impl Mirror {
    /// Whether nothing was ever said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.applied.is_empty() && self.conflicts.is_empty()
    }

    /// The conflicts that nobody has settled yet.
    pub fn open(&self) -> impl Iterator<Item = &Conflict> {
        self.conflicts.iter().filter(|it| it.settled.is_none())
    }

    /// Whether a dossier that had ended went on after all.
    #[must_use]
    pub fn reopened(&self) -> bool {
        self.applied
            .windows(2)
            .any(|pair| !pair[0].status.is_open() && pair[1].status.is_open())
    }

    /// Whether a message said that the dossier was accepted, or implied it.
    fn accepted(&self) -> bool {
        self.applied.iter().any(|claim| match claim.status {
            Status::Received
            | Status::Processing
            | Status::PaymentRequested
            | Status::Stopped
            | Status::Resolved
            | Status::Returned => true,
            Status::Submitted
            | Status::Refused
            | Status::SupplementRequested
            | Status::Withdrawn => false,
        })
    }
}

/// What a message means beside what is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is the word of the authority, and follows.
    Follows,
    /// It was said before, word for word.
    Known,
    /// It cannot be true beside what is known.
    Contradicts(Contradiction),
}

/// Weighs a message against what is known of a dossier.
#[must_use]
pub fn weigh(dossier: &Dossier, claim: &Claim) -> Verdict {
    let mirror = &dossier.mirror;
    let said = mirror.conflicts.iter().map(|conflict| &conflict.claim);
    if mirror.applied.iter().chain(said).any(|said| said == claim) {
        return Verdict::Known;
    }
    let Some(authority) = &dossier.mirrored else {
        return Verdict::Contradicts(Contradiction::Ours);
    };
    if authority != claim.system.as_str() {
        return Verdict::Contradicts(Contradiction::OtherSystem);
    }
    if is_older(dossier, claim) {
        return Verdict::Contradicts(Contradiction::Older);
    }
    if follows(dossier).contains(&claim.status) {
        Verdict::Follows
    } else {
        Verdict::Contradicts(Contradiction::Transition)
    }
}

/// Whether a message speaks of a time before what was said last, or before the submission.
#[must_use]
pub fn is_older(dossier: &Dossier, claim: &Claim) -> bool {
    let last = dossier.mirror.applied.last().map(|said| said.at);
    last.or(dossier.submitted)
        .is_some_and(|known| claim.at < known)
}

/// The statuses that may follow in the national list.
///
/// A system that reports less than every step is no contradiction: processing (4) implies that the
/// dossier was accepted (2), and a result given back (10) that it was ready (9), as Decision
/// 766/QĐ-TTg takes it in item 2.1. An open status may be reported again, with another due time.
#[must_use]
pub fn follows(dossier: &Dossier) -> &'static [Status] {
    use Status::{
        PaymentRequested, Processing, Received, Refused, Resolved, Returned, Stopped, Submitted,
        SupplementRequested, Withdrawn,
    };
    match dossier.status() {
        Submitted => &[
            Submitted,
            Received,
            Refused,
            Processing,
            SupplementRequested,
            Withdrawn,
        ],
        Received => &[
            Received,
            Processing,
            SupplementRequested,
            PaymentRequested,
            Withdrawn,
            Stopped,
            Resolved,
            Returned,
        ],
        Processing => &[
            Processing,
            SupplementRequested,
            PaymentRequested,
            Withdrawn,
            Stopped,
            Resolved,
            Returned,
        ],
        SupplementRequested if dossier.mirror.accepted() => &[
            SupplementRequested,
            Received,
            Processing,
            Withdrawn,
            Stopped,
        ],
        SupplementRequested => &[
            SupplementRequested,
            Submitted,
            Received,
            Refused,
            Processing,
            Withdrawn,
        ],
        PaymentRequested => &[PaymentRequested, Processing, Withdrawn, Stopped],
        // A result that is found wrong goes back (Decree 61/2018/NĐ-CP, Art. 21(1)).
        Resolved => &[Processing, Returned],
        Refused | Withdrawn | Stopped | Returned => &[],
    }
}
