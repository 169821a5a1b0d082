//! Acts on the wire, one file an act as in the domain: each reads the act's request and tells its
//! facts.

mod advance;
mod arrive;
mod assign;
mod change;
mod consultation;
mod correction;
mod details;
mod extend;
mod hand_over;
mod leg;
mod mirror;
mod payment;
mod permit_supplement;
mod rate;
mod receive;
mod refund;
mod refuse;
mod remind;
mod resolve;
mod return_result;
mod stop;
mod submit;
mod supplement;
mod transfer;
mod withdraw;

use app::RequestIdentity;
use app::view::DossierName;
use domain::dossier::private::Words;
use domain::dossier::{Command, Event, Term};
use prost_types::Timestamp;

pub use details::Details;

use crate::convert::fields::LONGEST_TEXT;
use crate::convert::identity::{Write, identity};
use crate::convert::{Fields, RequestContext};

/// A command, and the dossier to which it is addressed.
pub struct Addressed {
    /// Under which id.
    pub identity: RequestIdentity,
    /// Which dossier.
    pub name: DossierName,
    /// At which version.
    pub etag: String,
    /// What is asked.
    pub command: Command,
}

/// A request that moves a dossier.
pub trait CommandRequest: Write {
    /// The name of the dossier.
    fn name(&self) -> &str;

    /// The version last read.
    fn etag(&self) -> &str;

    /// The command; none if the request cannot even be read.
    fn command(&self, fields: &mut Fields, context: &RequestContext) -> Option<Command>;
}

/// Reads a command, or reports every wrong field of the request.
pub fn command<R: CommandRequest>(
    request: &R,
    context: &RequestContext,
) -> Result<Addressed, app::Error> {
    let mut fields = Fields::default();
    let name = fields.parse("name", request.name(), DossierName::parse);
    let etag = fields.etag(request.etag());
    let identity = identity(request, &mut fields);
    let command = request.command(&mut fields, context);
    let addressed = (|| {
        Some(Addressed {
            identity: identity?,
            name: name?,
            etag,
            command: command?,
        })
    })();
    fields.done(addressed)
}

/// Defines how a request becomes an act: `command_request!(StopDossierRequest => Stop, |given, fields, known|
/// …)`.
macro_rules! command_request {
    ($request:ident => $act:ty, |$given:ident, $fields:ident, $context:ident| $read:expr) => {
        impl crate::convert::identity::Write for crate::proto::$request {
            const METHOD: &'static str =
                <$act as domain::dossier::acts::Act<domain::dossier::Event>>::SPEC.method;

            fn request_id_mut(&mut self) -> &mut String {
                &mut self.request_id
            }

            fn etag_mut(&mut self) -> Option<&mut String> {
                Some(&mut self.etag)
            }
        }

        impl super::CommandRequest for crate::proto::$request {
            fn name(&self) -> &str {
                &self.name
            }

            fn etag(&self) -> &str {
                &self.etag
            }

            fn command(
                &self,
                $fields: &mut crate::convert::Fields,
                $context: &crate::convert::RequestContext,
            ) -> Option<domain::dossier::Command> {
                fn read(
                    $given: &crate::proto::$request,
                    $fields: &mut crate::convert::Fields,
                    $context: &crate::convert::RequestContext,
                ) -> Option<$act> {
                    $read
                }
                read(self, $fields, $context).map(domain::dossier::Command::from)
            }
        }
    };
}
use command_request;

/// Something that happened, told by name.
trait Tells {
    fn tell(&self, details: &mut Details);
}

impl Details {
    /// What an event says.
    pub fn of(event: &Event) -> Self {
        let mut details = Self::default();
        match event {
            Event::Submitted(fact) => fact.tell(&mut details),
            Event::Received(fact) => fact.tell(&mut details),
            Event::Refused(fact) => fact.tell(&mut details),
            Event::SupplementRequested(fact) => fact.tell(&mut details),
            Event::SupplementPermitted(fact) => fact.tell(&mut details),
            Event::SupplementRecorded(fact) => fact.tell(&mut details),
            Event::Arrived(fact) => fact.tell(&mut details),
            Event::Advanced(fact) => fact.tell(&mut details),
            Event::Assigned(fact) => fact.tell(&mut details),
            Event::Transferred(fact) => fact.tell(&mut details),
            Event::HandedOver(fact) => fact.tell(&mut details),
            Event::PaymentRequested(fact) => fact.tell(&mut details),
            Event::PaymentRecorded(fact) => fact.tell(&mut details),
            Event::PartPaid(fact) => fact.tell(&mut details),
            Event::FeePaid(fact) => fact.tell(&mut details),
            Event::Refunded(fact) => fact.tell(&mut details),
            Event::Reminded(fact) => fact.tell(&mut details),
            Event::Extended(fact) => fact.tell(&mut details),
            Event::Apologised(fact) => fact.tell(&mut details),
            Event::VerificationBegun(fact) => fact.tell(&mut details),
            Event::Withdrawn(fact) => fact.tell(&mut details),
            Event::Stopped(fact) => fact.tell(&mut details),
            Event::Expired(fact) => fact.tell(&mut details),
            Event::LegOpened(fact) => fact.tell(&mut details),
            Event::LegClosed(fact) => fact.tell(&mut details),
            Event::ConsultationOpened(fact) => fact.tell(&mut details),
            Event::ConsultationClosed(fact) => fact.tell(&mut details),
            Event::ConsentedBySilence(fact) => fact.tell(&mut details),
            Event::Resolved(fact) => fact.tell(&mut details),
            Event::MirroredStatus(fact) => fact.tell(&mut details),
            Event::Conflicted(fact) => fact.tell(&mut details),
            Event::ConflictSettled(fact) => fact.tell(&mut details),
            Event::Returned(fact) => fact.tell(&mut details),
            Event::Rated(fact) => fact.tell(&mut details),
            Event::Succeeded(fact) => fact.tell(&mut details),
            Event::Recalculated(fact) => fact.tell(&mut details),
            Event::Migrated(fact) => fact.tell(&mut details),
            Event::DueRestated(fact) => fact.tell(&mut details),
            Event::CorrectionProposed(fact) => fact.tell(&mut details),
            Event::CorrectionApproved(fact) => fact.tell(&mut details),
            Event::CorrectionRejected(fact) => fact.tell(&mut details),
        }
        details
    }
}

impl Fields {
    /// The version that the caller last read. A change must name it.
    pub fn etag(&mut self, etag: &str) -> String {
        if etag.trim().is_empty() {
            self.wrong(
                "etag",
                "must not be empty; expected the etag of the last read",
            );
        }
        etag.trim().to_owned()
    }

    pub(crate) fn words(&mut self, field: &str, text: &str) -> Words {
        Words::new(&self.required(field, text, LONGEST_TEXT))
    }

    pub(super) fn optional_words(&mut self, field: &str, text: &str) -> Words {
        Words::new(&self.text(field, text, LONGEST_TEXT))
    }

    /// The number of a leg or a consultation.
    pub(super) fn number(&mut self, field: &str, number: u32) -> Option<u16> {
        let number = u16::try_from(number).ok().filter(|number| *number > 0);
        if number.is_none() {
            self.wrong(field, "expected a number from 1 to 65535");
        }
        number
    }

    pub(super) fn within(&mut self, limit: &str) -> Option<Term> {
        self.time_limit("limit", limit).map(Term::Within)
    }

    pub(super) fn by(&mut self, at: &Timestamp, context: &RequestContext) -> Option<Term> {
        let at = self.coming("due_time", Some(at), context.calendar(None));
        at.map(Term::By)
    }

    pub(super) fn no_term(&mut self) -> Option<Term> {
        self.wrong("term", "must be given; expected limit or due_time");
        None
    }
}
