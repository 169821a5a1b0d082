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
/// `E` is whatever can hold the facts that may follow; an implementation names them:
/// `impl<E: From<Refunded>> Act<E> for RefundPayment`.
pub trait Act<E> {
    /// What is known of it before anybody asks.
    const SPEC: Spec;

    /// What follows: the facts, in order.
    ///
    /// Only asked where [`Spec::states`] has the state of the dossier. `now` is the moment at
    /// which it was asked, never before what last happened to the dossier.
    fn decide(
        &self,
        on: &Dossier,
        rules: &Rules<'_>,
        now: Instant,
        private: &mut PrivateValues<'_>,
    ) -> Result<Vec<E>, Refusal>;

    /// The units that it brings in, by field. They must be there, and of the same province.
    fn units_named(&self) -> Vec<(&'static str, &UnitCode)> {
        Vec::new()
    }

    /// A moment that must be still to come, by field.
    fn promised_time(&self) -> Option<(&'static str, Instant)> {
        None
    }

    /// A code that the dossier is to have, and no other one.
    fn claims_code(&self) -> Option<&AnyCode> {
        None
    }

    /// The unit of whose own part it speaks: it may do so beside the one that decides.
    fn own_part<'d>(&self, _on: &'d Dossier) -> Option<&'d UnitCode> {
        None
    }
}

/// Something that happened to a dossier.
pub trait Fact {
    /// Folds it in. Cannot fail: it happened.
    fn apply(&self, to: &mut Dossier, by: &Written<'_>);

    /// Counts its due times anew, where it has any. `on` is the dossier before it.
    fn recount(
        &mut self,
        _on: Option<&Dossier>,
        _counting: &Counting<'_>,
    ) -> Result<(), calendar::Error> {
        Ok(())
    }

    /// What it is called to the citizen; none for what is the office's own business.
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

/// What a fact is called to the citizen.
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
