//! Papers change hands (*bàn giao hồ sơ*): only who holds them can give them.

use serde::{Deserialize, Serialize};

use super::act::{Act, Fact, Written};
use super::arrive::{self, Arrived};
use super::spec::{OnMirror, Spec, Standing, Urgency, always};
use crate::deadline::hand_over;
use crate::dossier::components::refuse_unknown;
use crate::dossier::custody::{self, Party};
use crate::dossier::private::PrivateValues;
use crate::dossier::refusal::Refusal;
use crate::dossier::rules::Rules;
use crate::dossier::stage::{Stage, Stages};
use crate::dossier::{Channel, Dossier};
use crate::id::{ActorId, ComponentCode, UnitCode};
use crate::role::Role;
use crate::time::Instant;

/// Hand papers over.
///
/// Only the hand-over to the deciding unit has a due time; it proves that the dossier has arrived. If no holder is recorded, as for an
/// electronic dossier, the named giver is believed.
#[derive(Debug, Clone)]
pub struct HandOver {
    /// The giver; the caller if not named.
    pub giver: Option<ActorId>,
    /// Who takes.
    pub receiver: ActorId,
    /// The receiver's unit; the deciding unit if not named.
    pub receiver_unit: Option<UnitCode>,
    /// Which papers; the whole dossier when none is named.
    pub components: Vec<ComponentCode>,
    /// Which of them are originals.
    pub originals: Vec<ComponentCode>,
    /// Whether paper changes hands, and not the electronic dossier alone.
    pub on_paper: bool,
}

impl<E: From<HandedOver> + From<Arrived>> Act<E> for HandOver {
    const SPEC: Spec = Spec {
        method: "HandOverDossier",
        vi: "bàn giao hồ sơ",
        en: "Hand papers over",
        roles: &[
            Role::Receptionist,
            Role::Officer,
            Role::Leader,
            Role::Chairman,
        ],
        units: Standing::Holding,
        states: Stages::UNDER_WAY.and(Stage::Resolved),
        moves: &[],
        on_mirror: OnMirror::Refused,
        possible: always,
        urgency: Urgency::Running,
        order: 11,
        primary: Stages::NONE,
    };

    fn decide(
        &self,
        on: &Dossier,
        rules: &Rules<'_>,
        now: Instant,
        _private: &mut PrivateValues<'_>,
    ) -> Result<Vec<E>, Refusal> {
        refuse_unknown(&self.components, rules.procedure)?;
        refuse_unknown(&self.originals, rules.procedure)?;
        let giver = self.giver.as_ref().unwrap_or(&rules.acting.actor);
        let from = match &on.custody.holder {
            Some(holder) if holder.party.actor == *giver => holder.party.clone(),
            Some(holder) => {
                return Err(Refusal::NotHolder {
                    giver: giver.clone(),
                    holder: Box::new(holder.clone()),
                });
            }
            None => Party {
                actor: giver.clone(),
                unit: rules.acting.unit.clone(),
            },
        };
        let unit = self.receiver_unit.as_ref().unwrap_or(&on.resolving);
        let to = Party {
            actor: self.receiver.clone(),
            unit: unit.clone(),
        };
        if from == to {
            return Err(Refusal::AlreadyHolder { receiver: to.actor });
        }
        let was_due = to.unit == on.resolving;
        let late = was_due && on.custody.hand_over_by.is_some_and(|by| now > by);
        let handed_over = HandedOver {
            from,
            to,
            components: self.components.clone(),
            originals: self.originals.clone(),
            on_paper: self.on_paper,
            late,
        };
        let arrived = if was_due {
            arrive::proven(on, now, rules.calendar)?
        } else {
            None
        };
        let mut facts = vec![handed_over.into()];
        facts.extend(arrived.map(E::from));
        Ok(facts)
    }

    fn units_named(&self) -> Vec<(&'static str, &UnitCode)> {
        let unit = self.receiver_unit.as_ref();
        unit.map(|unit| ("receiver_unit", unit))
            .into_iter()
            .collect()
    }
}

/// When a unit must hand over the papers that it received.
///
/// None without papers. None past the end of the calendar, because an unpublished calendar must not
/// keep anybody from handing a dossier in.
pub(super) fn due_after_reception(
    unit: &UnitCode,
    channel: Channel,
    rules: &Rules<'_>,
    now: Instant,
) -> Option<Instant> {
    let calendar = rules.calendars.for_unit(unit.as_str());
    channel
        .is_paper()
        .then(|| hand_over::by(now, calendar).ok())
        .flatten()
}

/// Papers changed hands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedOver {
    /// Who gave.
    pub from: Party,
    /// Who took.
    pub to: Party,
    /// Which papers; the whole dossier when none is named.
    pub components: Vec<ComponentCode>,
    /// Which of them are originals.
    pub originals: Vec<ComponentCode>,
    /// Whether paper changed hands, and not the electronic dossier alone.
    pub on_paper: bool,
    /// Whether this hand-over had a due time and missed it.
    pub late: bool,
}

impl Fact for HandedOver {
    fn apply(&self, to: &mut Dossier, by: &Written<'_>) {
        let was_due = self.to.unit == to.resolving;
        let line = custody::CustodyChange {
            at: by.at,
            from: self.from.clone(),
            to: self.to.clone(),
            components: self.components.clone(),
            originals: self.originals.clone(),
            on_paper: self.on_paper,
            late: self.late,
        };
        to.custody.pass(line, was_due);
    }
}
