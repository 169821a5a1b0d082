//! The facts of a dossier. They never change and hold no personal values.

use serde::{Deserialize, Serialize};

use super::Dossier;
use super::acts::act::{Fact, Told, Written};
use super::acts::{
    advance, arrive, assign, consultation, correction, extend, hand_over, leg, mirror, payment,
    permit_supplement, rate, receive, refund, refuse, remind, resolve, return_result, stop, submit,
    supplement, transfer, withdraw,
};
use super::change::{expiry, migration, recalculation, succession};
use super::correction::Correction;
use super::counting::Counting;
use super::imported::DueRestated;
use super::mirror::Claim;
use crate::calendar;
use crate::digest::sha256;
use crate::id::{ActorId, DossierId, Invalid, ProvinceCode, RequestId, UnitCode};
use crate::procedure::Procedure;
use crate::role::Role;
use crate::time::Instant;

/// Writes [`Event`] from the list of facts. The text of a kind is stored, so it never changes.
macro_rules! events {
    ($(#[doc = $doc:literal] $name:ident($fact:path) = $kind:literal,)*) => {
        /// What happened.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "kind")]
        pub enum Event {
            $(#[doc = $doc] #[serde(rename = $kind)] $name($fact),)*
        }

        $(impl From<$fact> for Event {
            fn from(fact: $fact) -> Self {
                Event::$name(fact)
            }
        })*

        impl Event {
            /// Every kind.
            pub const KINDS: &'static [&'static str] = &[$($kind,)*];

            /// The kind in data: `supplement_requested`.
            #[must_use]
            pub fn kind(&self) -> &'static str {
                match self {
                    $(Event::$name(_) => $kind,)*
                }
            }

            /// Reads the fact of a kind. None for a kind that nobody knows.
            pub(super) fn read(kind: &[u8], bytes: &[u8]) -> Option<serde_json::Result<Self>> {
                Some(match kind {
                    $(kind if kind == $kind.as_bytes() => {
                        serde_json::from_slice::<$fact>(bytes).map(Event::$name)
                    })*
                    _ => return None,
                })
            }

            /// See [`Fact::apply`].
            pub(super) fn apply(&self, to: &mut Dossier, by: &Written<'_>) {
                match self {
                    $(Event::$name(fact) => fact.apply(to, by),)*
                }
            }

            /// See [`Fact::recount`].
            pub(super) fn recount(
                &mut self,
                on: Option<&Dossier>,
                counting: &Counting<'_>,
            ) -> Result<(), calendar::Error> {
                match self {
                    $(Event::$name(fact) => fact.recount(on, counting),)*
                }
            }

            /// See [`Fact::told`].
            #[must_use]
            pub fn told(&self, procedure: &Procedure) -> Option<Told> {
                match self {
                    $(Event::$name(fact) => fact.told(procedure),)*
                }
            }
        }
    };
}

events! {
    /// A portal handed a dossier in.
    Submitted(submit::Submitted) = "submitted",
    /// A desk took a dossier in, or accepted a submitted one. The clock starts.
    Received(receive::Received) = "received",
    /// Refused at intake.
    Refused(refuse::Refused) = "refused",
    /// Papers were asked for.
    SupplementRequested(supplement::SupplementRequested) = "supplement_requested",
    /// One more request for papers was permitted.
    SupplementPermitted(permit_supplement::SupplementPermitted) = "supplement_permitted",
    /// The papers came.
    SupplementRecorded(supplement::SupplementRecorded) = "supplement_recorded",
    /// The competent agency got what another unit had received.
    Arrived(arrive::Arrived) = "arrived",
    /// The dossier went to a step.
    Advanced(advance::Advanced) = "advanced",
    /// A person was given the dossier.
    Assigned(assign::Assigned) = "assigned",
    /// Another unit decides it from now on. Clock, code and version of the procedure stay.
    Transferred(transfer::Transferred) = "transferred",
    /// Papers changed hands.
    HandedOver(hand_over::HandedOver) = "handed_over",
    /// A payment was asked for.
    PaymentRequested(payment::PaymentRequested) = "payment_requested",
    /// The payment came.
    PaymentRecorded(payment::PaymentRecorded) = "payment_recorded",
    /// A part of the requested payment came; the rest stays due.
    PartPaid(payment::PartPaid) = "part_paid",
    /// A fee was paid without a request for payment, at reception or with the result.
    FeePaid(payment::FeePaid) = "fee_paid",
    /// A payment was given back.
    Refunded(refund::Refunded) = "refunded",
    /// Whoever was to move was reminded.
    Reminded(remind::Reminded) = "reminded",
    /// An apology was filed in time, with a new due time.
    Extended(extend::Extended) = "extended",
    /// An apology was filed too late to move the due time.
    Apologised(extend::Apologised) = "apologised",
    /// Verification began, with the time that the law gives for it.
    VerificationBegun(extend::VerificationBegun) = "verification_begun",
    /// The citizen took the dossier back.
    Withdrawn(withdraw::Withdrawn) = "withdrawn",
    /// The agency stopped the dossier.
    Stopped(stop::Stopped) = "stopped",
    /// The citizen did not answer a request for papers in time.
    Expired(expiry::Expired) = "expired",
    /// Another agency was given its part of the dossier.
    LegOpened(leg::LegOpened) = "leg_opened",
    /// The result of a leg was there.
    LegClosed(leg::LegClosed) = "leg_closed",
    /// Another unit was asked.
    ConsultationOpened(consultation::ConsultationOpened) = "consultation_opened",
    /// The answer came.
    ConsultationClosed(consultation::ConsultationClosed) = "consultation_closed",
    /// Agencies that were asked said nothing in time, which counts as consent.
    ConsentedBySilence(consultation::ConsentedBySilence) = "consented_by_silence",
    /// The result was ready at the desk.
    Resolved(resolve::Resolved) = "resolved",
    /// The deciding system gave a status, with the time that the system states.
    MirroredStatus(Claim) = "mirrored_status",
    /// A message of another system contradicts the known facts. Nothing else changes.
    Conflicted(mirror::Conflicted) = "conflicted",
    /// A person settled such a contradiction.
    ConflictSettled(mirror::ConflictSettled) = "conflict_settled",
    /// The citizen got the result.
    Returned(return_result::Returned) = "returned",
    /// The citizen rated the handling.
    Rated(rate::Rated) = "rated",
    /// Units were merged or divided, and their successors took the dossier over.
    Succeeded(succession::Succeeded) = "succeeded",
    /// A published calendar gave other due times.
    Recalculated(recalculation::Recalculated) = "recalculated",
    /// The dossier moved to another version of its procedure; no due time changed.
    Migrated(migration::Migrated) = "migrated",
    /// The system that an import came from gave another due time.
    DueRestated(DueRestated) = "due_restated",
    /// Somebody said that something was recorded wrongly.
    CorrectionProposed(Correction) = "correction_proposed",
    /// Another person put the correction in force.
    CorrectionApproved(correction::Approved) = "correction_approved",
    /// Another person turned the correction down.
    CorrectionRejected(correction::Rejected) = "correction_rejected",
}

impl Event {
    /// The kind that a word names.
    pub fn kind_named(word: &str) -> Result<&'static str, Invalid> {
        let mut known = Event::KINDS.iter();
        let found = known.find(|kind| **kind == word.trim());
        found.copied().ok_or_else(|| Invalid {
            text: word.chars().take(64).collect(),
            expected: "the kind of an event, such as received",
        })
    }

    /// When the event happened, if it was decided at `now` and the dossier's last event was at
    /// `last`.
    ///
    /// The report of another system carries that system's time. It never lies before the last known
    /// event, because a history only goes forward.
    #[must_use]
    pub fn happened(&self, now: Instant, last: Instant) -> Instant {
        if let Event::MirroredStatus(claim) = self {
            Ord::max(claim.at, last)
        } else {
            now
        }
    }
}

/// An event as it is kept: what happened to which dossier, when, and by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The province that the dossier belongs to.
    pub province: ProvinceCode,
    /// The dossier.
    pub dossier: DossierId,
    /// The version of the dossier after this event; the first is 1.
    pub version: u32,
    /// When it happened.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub event_time: Instant,
    /// When the record was written. Never before the event.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub record_time: Instant,
    /// Who did it.
    pub actor: ActorId,
    /// In which role.
    pub role: Role,
    /// For which unit.
    pub unit: UnitCode,
    /// The request that caused it.
    pub request_id: RequestId,
    /// What happened.
    pub event: Event,
}

impl Record {
    /// The exact bytes of the record, which the audit chain hashes.
    ///
    /// JSON with sorted keys, no white space and no fractions, in UTF-8: the form of RFC 8785 for
    /// the values that occur here. Times are microseconds since 1970 in UTC.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let dossier = self.dossier.to_string();
        self.frame(&dossier).around(&self.event_bytes())
    }

    /// The part of [`Record::to_bytes`] that says what happened. The rest is the frame.
    #[must_use]
    pub fn event_bytes(&self) -> Vec<u8> {
        let tree = serde_json::to_value(&self.event);
        let tree = tree.expect("events hold only texts, numbers and lists");
        serde_json::to_vec(&tree).expect("a JSON value is always JSON")
    }

    /// Reads whole bytes back.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }

    /// What its bytes have around the event. The text of the dossier's id comes from outside, because
    /// a record does not hold it as text.
    #[must_use]
    pub fn frame<'a>(&'a self, dossier: &'a str) -> Frame<'a> {
        Frame {
            province: self.province.as_str(),
            dossier,
            version: self.version.into(),
            event_time: self.event_time.timestamp_micros(),
            record_time: self.record_time.timestamp_micros(),
            actor: self.actor.as_str(),
            role: self.role.as_str(),
            unit: self.unit.as_str(),
            request_id: self.request_id.as_str(),
        }
    }
}

/// What the bytes of a record have around the event: texts that no JSON has to escape, and numbers.
/// A row keeps these as columns and need not keep them twice.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    /// See [`Record::province`].
    pub province: &'a str,
    /// See [`Record::dossier`].
    pub dossier: &'a str,
    /// See [`Record::version`].
    pub version: i64,
    /// See [`Record::event_time`].
    pub event_time: i64,
    /// See [`Record::record_time`].
    pub record_time: i64,
    /// See [`Record::actor`].
    pub actor: &'a str,
    /// See [`Record::role`].
    pub role: &'a str,
    /// See [`Record::unit`].
    pub unit: &'a str,
    /// See [`Record::request_id`].
    pub request_id: &'a str,
}

impl Frame<'_> {
    /// The bytes of the whole record, around those of its event. The keys are sorted.
    #[must_use]
    pub fn around(&self, event: &[u8]) -> Vec<u8> {
        let (before, after) = (self.before(), self.after());
        [before.as_bytes(), event, after.as_bytes()].concat()
    }

    /// The event's part of the bytes of a whole record; none if anything around it differs.
    #[must_use]
    pub fn within<'b>(&self, bytes: &'b [u8]) -> Option<&'b [u8]> {
        let rest = bytes.strip_prefix(self.before().as_bytes())?;
        rest.strip_suffix(self.after().as_bytes())
    }

    fn before(&self) -> String {
        format!(
            r#"{{"actor":"{}","dossier":"{}","event":"#,
            self.actor, self.dossier
        )
    }

    fn after(&self) -> String {
        format!(
            r#","event_time":{},"province":"{}","record_time":{},"request_id":"{}","role":"{}","unit":"{}","version":{}}}"#,
            self.event_time,
            self.province,
            self.record_time,
            self.request_id,
            self.role,
            self.unit,
            self.version
        )
    }
}

/// Enough of the hash of a record's bytes to notice that any of them changed.
#[must_use]
pub fn digest(bytes: &[u8]) -> [u8; 8] {
    let [a, b, c, d, e, f, g, h, ..] = sha256(bytes);
    [a, b, c, d, e, f, g, h]
}
