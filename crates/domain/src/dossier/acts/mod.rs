//! What people do to dossiers: one file an act.
//!
//! An act's file holds the request, the act's fixed properties ([`Spec`]), what follows
//! ([`Act::decide`]), the resulting facts ([`Fact`]) and their words to the citizen. The list below
//! is the only list of acts: it generates [`Action`] and [`Command`], and every table of acts reads
//! these two. `docs/lifecycle.md` draws states and acts from the specs.

pub(super) mod act;
pub mod advance;
pub mod arrive;
pub mod assign;
pub mod consultation;
pub mod correction;
pub mod extend;
pub mod hand_over;
pub mod leg;
pub mod mirror;
pub mod payment;
pub mod permit_supplement;
pub mod rate;
pub mod receive;
pub mod refund;
pub mod refuse;
pub mod remind;
pub mod resolve;
pub mod return_result;
pub(super) mod spec;
pub mod stop;
pub mod submit;
pub mod supplement;
pub mod transfer;
pub mod withdraw;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use act::{Act, Fact, Told, Written};
pub use advance::Advance;
pub use arrive::Arrive;
pub use assign::Assign;
pub use consultation::{CloseConsultation, OpenConsultation};
pub use correction::{Correct, DecideCorrection};
pub use extend::Extension;
pub use hand_over::HandOver;
pub use leg::{CloseLeg, OpenLeg};
pub use mirror::SettleConflict;
pub use payment::{RecordPayment, RequestPayment};
pub use permit_supplement::PermitSupplement;
pub use rate::RateDossier;
pub use receive::{Accept, Reception};
pub use refund::RefundPayment;
pub use refuse::Refuse;
pub use remind::Remind;
pub use resolve::Resolve;
pub use return_result::ReturnResult;
pub use spec::{Move, OnMirror, Spec, Standing, Urgency};
pub use stop::Stop;
pub use submit::Submission;
pub use supplement::{RecordSupplement, RequestSupplement, SupplementException, SupplementItem};
pub use transfer::Transfer;
pub use withdraw::Withdraw;

use super::Dossier;
use super::event::Event;
use super::mirror::Claim;
use super::private::PrivateValues;
use super::refusal::Refusal;
use super::rules::Rules;
use crate::code::AnyCode;
use crate::id::UnitCode;
use crate::time::Instant;

/// Writes [`Action`] and [`Command`] from the list of acts.
macro_rules! acts {
    (
        $(#[doc = $begun:literal] $begins:ident = $spec:path;)*
        { $(#[doc = $doc:literal] $name:ident($act:path),)* }
    ) => {
        /// The kind of an act: a verb, without what it carries.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
        )]
        #[serde(rename_all = "snake_case")]
        pub enum Action {
            $(#[doc = $begun] $begins,)*
            $(#[doc = $doc] $name,)*
        }

        impl Action {
            /// Every action, in the order of a dossier's life.
            pub const ALL: &'static [Action] = &[$(Action::$begins,)* $(Action::$name,)*];

            /// What is known of it.
            #[must_use]
            pub fn spec(self) -> &'static Spec {
                match self {
                    $(Action::$begins => &$spec,)*
                    $(Action::$name => &<$act as Act<Event>>::SPEC,)*
                }
            }
        }

        /// A requested act on an existing dossier.
        #[derive(Debug, Clone)]
        pub enum Command {
            $(#[doc = $doc] $name($act),)*
        }

        $(impl From<$act> for Command {
            fn from(act: $act) -> Self {
                Command::$name(act)
            }
        })*

        impl Command {
            /// The verb of this command.
            #[must_use]
            pub fn action(&self) -> Action {
                match self {
                    $(Command::$name(_) => Action::$name,)*
                }
            }

            /// See [`Act::decide`].
            pub(super) fn decide(
                &self,
                on: &Dossier,
                rules: &Rules<'_>,
                now: Instant,
                private: &mut PrivateValues<'_>,
            ) -> Result<Vec<Event>, Refusal> {
                match self {
                    $(Command::$name(act) => act.decide(on, rules, now, private),)*
                }
            }

            /// See [`Act::units_named`].
            #[must_use]
            pub fn units_named(&self) -> Vec<(&'static str, &UnitCode)> {
                match self {
                    $(Command::$name(act) => Act::<Event>::units_named(act),)*
                }
            }

            /// See [`Act::promised_time`].
            #[must_use]
            pub fn promised_time(&self) -> Option<(&'static str, Instant)> {
                match self {
                    $(Command::$name(act) => Act::<Event>::promised_time(act),)*
                }
            }

            /// See [`Act::claims_code`].
            #[must_use]
            pub fn claims_code(&self) -> Option<&AnyCode> {
                match self {
                    $(Command::$name(act) => Act::<Event>::claims_code(act),)*
                }
            }

            /// See [`Act::own_part`].
            #[must_use]
            pub fn own_part<'d>(&self, on: &'d Dossier) -> Option<&'d UnitCode> {
                match self {
                    $(Command::$name(act) => Act::<Event>::own_part(act, on),)*
                }
            }
        }
    };
}

acts! {
    /// A portal hands a dossier in.
    Submit = submit::SPEC;
    {
        /// The desk takes a dossier in, or accepts a submitted one.
        Receive(receive::Accept),
        /// The desk refuses a submitted dossier.
        Refuse(refuse::Refuse),
        /// The citizen is asked for papers, through the desk.
        RequestSupplement(supplement::RequestSupplement),
            /// Another person permits that papers are asked for once more.
        PermitSupplement(permit_supplement::PermitSupplement),
            /// The papers have come.
        RecordSupplement(supplement::RecordSupplement),
        /// The competent agency has what another unit received.
        Arrive(arrive::Arrive),
        /// The dossier goes to a step.
        Advance(advance::Advance),
        /// A person is given the dossier.
        Assign(assign::Assign),
        /// Another unit shall decide it.
        Transfer(transfer::Transfer),
        /// Papers change hands.
        HandOver(hand_over::HandOver),
        /// The citizen is asked for a payment.
        RequestPayment(payment::RequestPayment),
        /// The payment has come.
        RecordPayment(payment::RecordPayment),
        /// A payment is given back.
        RefundPayment(refund::RefundPayment),
        /// Whoever is to move is reminded.
        Remind(remind::Remind),
        /// More time, by law or with an apology.
        Extend(extend::Extension),
        /// The citizen takes the dossier back.
        Withdraw(withdraw::Withdraw),
        /// The agency stops the dossier.
        Stop(stop::Stop),
        /// Another agency gets its part of the dossier.
        OpenLeg(leg::OpenLeg),
        /// The result of a leg is there.
        CloseLeg(leg::CloseLeg),
        /// Another unit is asked.
        OpenConsultation(consultation::OpenConsultation),
        /// The answer has come.
        CloseConsultation(consultation::CloseConsultation),
        /// The result is ready at the desk.
        Resolve(resolve::Resolve),
        /// The citizen gets the result.
        Return(return_result::ReturnResult),
            /// The citizen says what they think of it.
        Rate(rate::RateDossier),
            /// Somebody says that something was recorded wrongly.
        Correct(correction::Correct),
        /// Another person approves or rejects a correction.
        DecideCorrection(correction::DecideCorrection),
        /// The system whose word counts gives a status.
        RecordMirrored(Claim),
        /// A person settles what another system's message contradicted.
        SettleConflict(mirror::SettleConflict),
    }
}

impl Action {
    /// The name of the method that carries it: `ReceiveDossier`.
    #[must_use]
    pub fn method(self) -> &'static str {
        self.spec().method
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.method())
    }
}
