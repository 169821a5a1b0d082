//! What every act answers, and what every fact does to a dossier.

use std::borrow::Cow;

use super::spec::Spec;
use crate::calendar;
use crate::code::AnyCode;
use crate::dossier::Dossier;
use crate::dossier::counting::Counting;
use crate::dossier::private::PrivateValues;
use crate::dossier::refusal::Refusal;
use crate::dossier::rules::Rules;
use crate::id::{ActorId, UnitCode};
use crate::procedure::Procedure;
use crate::time::Instant;

/// Something that people ask of a dossier.
///
/// `E` is the type that holds the facts which may follow. An implementation names those facts:
/// `impl<E: From<Refunded>> Act<E> for RefundPayment`.
pub trait Act<E> {
    /// The names, permissions and states of the act, the same for every request.
    const SPEC: Spec;

    /// Returns the facts that follow, in order.
    ///
    /// The caller has checked that [`Spec::states`] contains the state of the dossier. `now` is the
    /// moment of the request, never earlier than the dossier's last event.
    fn decide(
        &self,
        on: &Dossier,
        rules: &Rules<'_>,
        now: Instant,
        private: &mut PrivateValues<'_>,
    ) -> Result<Vec<E>, Refusal>;

    /// The units that the request names, by field. Each must exist, in the dossier's province.
    fn units_named(&self) -> Vec<(&'static str, &UnitCode)> {
        Vec::new()
    }

    /// A moment in the request that must lie in the future, by field.
    fn promised_time(&self) -> Option<(&'static str, Instant)> {
        None
    }

    /// A code that the request gives to this dossier, so that no other dossier may have it.
    fn claims_code(&self) -> Option<&AnyCode> {
        None
    }

    /// The unit on whose own part the act reports. Its people may act beside the deciding unit's.
    fn own_part<'d>(&self, _on: &'d Dossier) -> Option<&'d UnitCode> {
        None
    }
}

/// Something that happened to a dossier.
pub trait Fact {
    /// Folds the fact into the dossier. It cannot fail, because the fact has happened.
    fn apply(&self, to: &mut Dossier, by: &Written<'_>);

    /// Computes the fact's due times again, if it has any. `on` is the dossier before the fact.
    fn recount(
        &mut self,
        _on: Option<&Dossier>,
        _counting: &Counting<'_>,
    ) -> Result<(), calendar::Error> {
        Ok(())
    }

    /// What the citizen reads about the fact; none for facts that concern only the office.
    fn told(&self, _procedure: &Procedure) -> Option<Told> {
        None
    }
}

/// When a fact happened, when it was written down, and by whom.
#[derive(Clone, Copy)]
pub struct Written<'a> {
    /// When it happened.
    pub at: Instant,
    /// When it was written down.
    pub recorded: Instant,
    /// By whom.
    pub actor: &'a ActorId,
    /// For which unit.
    pub unit: &'a UnitCode,
}

/// The words of a fact for the citizen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// In Vietnamese.
    pub vi: Cow<'static, str>,
    /// In English.
    pub en: Cow<'static, str>,
}

impl Told {
    pub(in crate::dossier) fn of(vi: &'static str, en: &'static str) -> Option<Self> {
        Some(Self {
            vi: Cow::Borrowed(vi),
            en: Cow::Borrowed(en),
        })
    }
}
