//! Another unit decides the dossier from now on (*chuyển hồ sơ đến đơn vị khác*).

use serde::{Deserialize, Serialize};

use super::act::{Act, Fact, Told, Written};
use super::spec::{OnMirror, Spec, Standing, Urgency, always};
use crate::deadline::hand_over;
use crate::dossier::Dossier;
use crate::dossier::private::{Commitment, PrivateValues, Words};
use crate::dossier::refusal::Refusal;
use crate::dossier::rules::Rules;
use crate::dossier::stage::Stages;
use crate::id::UnitCode;
use crate::procedure::Procedure;
use crate::role::Role;
use crate::time::Instant;

/// Let another unit of the province decide the dossier.
///
/// The receiving unit stays the same, and nothing changes for the citizen: neither clock nor code
/// nor version of the procedure.
///
/// Source: Decree 61/2018/NĐ-CP, Art. 18(3); Decree 118/2025/NĐ-CP (regardless of boundary).
#[derive(Debug, Clone)]
pub struct Transfer {
    /// That unit.
    pub to: UnitCode,
    /// The unit where the citizen collects the result from now on; unchanged if not given.
    pub returning: Option<UnitCode>,
    /// Why.
    pub reason: Words,
}

impl<E: From<Transferred>> Act<E> for Transfer {
    const SPEC: Spec = Spec {
        method: "TransferDossier",
        vi: "chuyển hồ sơ đến đơn vị khác",
        en: "Transfer to another unit",
        roles: &[Role::Receptionist, Role::Leader, Role::Chairman],
        units: Standing::Resolving,
        states: Stages::UNDER_WAY,
        moves: &[],
        on_mirror: OnMirror::Refused,
        possible: always,
        urgency: Urgency::Running,
        order: 40,
        primary: Stages::NONE,
    };

    fn decide(
        &self,
        on: &Dossier,
        rules: &Rules<'_>,
        now: Instant,
        private: &mut PrivateValues<'_>,
    ) -> Result<Vec<E>, Refusal> {
        if self.to == on.resolving {
            return Err(Refusal::AlreadyThere {
                unit: self.to.clone(),
            });
        }
        let holder = on.custody.holder.as_ref();
        // The unit that holds the papers sends them, so its hours count.
        let sender = holder.map_or(&on.resolving, |holder| &holder.party.unit);
        let sends = *sender != self.to && (holder.is_some() || on.channel.is_paper());
        let hours = rules.calendars.for_unit(sender.as_str());
        let hand_over_by = sends.then(|| hand_over::by(now, hours).ok()).flatten();
        let transferred = Transferred {
            from: on.resolving.clone(),
            to: self.to.clone(),
            returning: self.returning.clone(),
            reason: private.words("reason", &self.reason),
            hand_over_by,
        };
        Ok(vec![transferred.into()])
    }

    fn units_named(&self) -> Vec<(&'static str, &UnitCode)> {
        let returning = self.returning.as_ref();
        let returning = returning.map(|unit| ("returning_unit", unit));
        [("resolving_unit", &self.to)]
            .into_iter()
            .chain(returning)
            .collect()
    }
}

/// Another unit decides the dossier from now on. Clock, code and version of the procedure stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transferred {
    /// The unit that decided it so far.
    pub from: UnitCode,
    /// The unit that decides it now.
    pub to: UnitCode,
    /// The unit where the citizen now collects the result; none if that stays.
    pub returning: Option<UnitCode>,
    /// Why.
    pub reason: Commitment,
    /// When the papers must reach that unit; none if no papers go there.
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub hand_over_by: Option<Instant>,
}

impl Fact for Transferred {
    fn apply(&self, to: &mut Dossier, by: &Written<'_>) {
        to.moved |= to.resolving != self.to;
        to.resolving = self.to.clone();
        to.transfers = to.transfers.saturating_add(1);
        if let Some(returning) = &self.returning {
            to.returning = returning.clone();
        }
        // The assignee and the reminded person belong to the old unit.
        to.assignee = None;
        to.reminder = None;
        to.custody.redirect(by.at, self.hand_over_by);
    }

    fn told(&self, _procedure: &Procedure) -> Option<Told> {
        Told::of("Chuyển đến đơn vị khác", "Sent on to another unit")
    }
}
