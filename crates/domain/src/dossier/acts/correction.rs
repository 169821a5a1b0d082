//! Corrections (*đính chính*): proposed by one person, decided by another.

use serde::{Deserialize, Serialize};

use super::act::{Act, Fact, Told, Written};
use super::spec::{OnMirror, Spec, Standing, Urgency, always};
use crate::code::AnyCode;
use crate::dossier::Dossier;
use crate::dossier::correction::{Change, Corrected, Correction, Decided};
use crate::dossier::private::{PrivateValues, Words};
use crate::dossier::refusal::Refusal;
use crate::dossier::rules::Rules;
use crate::dossier::stage::Stages;
use crate::id::UnitCode;
use crate::procedure::Procedure;
use crate::role::Role;
use crate::time::Instant;

/// Propose to correct what was recorded.
///
/// A field has at most one open correction, so the approver sees exactly what the approval changes.
#[derive(Debug, Clone)]
pub struct Correct {
    /// What should stand instead.
    pub corrected: Corrected,
    /// Why.
    pub reason: Words,
}

impl<E: From<Correction>> Act<E> for Correct {
    const SPEC: Spec = Spec {
        method: "CorrectDossier",
        vi: "đề nghị đính chính",
        en: "Propose a correction",
        roles: &[
            Role::Receptionist,
            Role::Officer,
            Role::Leader,
            Role::Chairman,
        ],
        units: Standing::ResolvingOrReceiving,
        states: Stages::ALL,
        moves: &[],
        on_mirror: OnMirror::Refused,
        possible: always,
        urgency: Urgency::Running,
        order: 51,
        primary: Stages::NONE,
    };

    fn decide(
        &self,
        on: &Dossier,
        rules: &Rules<'_>,
        _now: Instant,
        private: &mut PrivateValues<'_>,
    ) -> Result<Vec<E>, Refusal> {
        let change = change(on, &self.corrected, rules.procedure, private)?;
        let mut open = on.corrections.open();
        if let Some(open) = open.find(|open| open.change.field() == change.field()) {
            return Err(Refusal::CorrectionOpen {
                number: open.number,
            });
        }
        let proposed = Correction {
            number: on.corrections.next_number(),
            author: rules.acting.actor.clone(),
            reason: private.words("reason", &self.reason),
            change,
        };
        Ok(vec![proposed.into()])
    }

    fn units_named(&self) -> Vec<(&'static str, &UnitCode)> {
        if let Corrected::ReturningUnit(unit) = &self.corrected {
            vec![("returning_unit", unit)]
        } else {
            Vec::new()
        }
    }

    /// The proposal claims the code, so no other dossier takes it before the decision.
    fn claims_code(&self) -> Option<&AnyCode> {
        if let Corrected::ExternalCode { new, .. } = &self.corrected {
            new.as_ref()
        } else {
            None
        }
    }
}

/// Somebody said that something was recorded wrongly.
impl Fact for Correction {
    fn apply(&self, to: &mut Dossier, by: &Written<'_>) {
        to.corrections.propose(self, by.at);
    }
}

/// Decide on a correction that another person proposed.
#[derive(Debug, Clone)]
pub struct DecideCorrection {
    /// Its number within the dossier.
    pub number: u16,
    /// Whether it is put in force.
    pub approve: bool,
    /// A remark, if there is one.
    pub note: Words,
}

impl<E: From<Approved> + From<Rejected>> Act<E> for DecideCorrection {
    const SPEC: Spec = Spec {
        method: "DecideCorrection",
        vi: "duyệt đính chính",
        en: "Decide on a correction",
        roles: &[Role::Leader, Role::Chairman],
        units: Standing::ResolvingOrReceiving,
        states: Stages::ALL,
        moves: &[],
        on_mirror: OnMirror::Refused,
        possible: has_open,
        urgency: Urgency::Running,
        order: 14,
        primary: Stages::NONE,
    };

    fn decide(
        &self,
        on: &Dossier,
        rules: &Rules<'_>,
        _now: Instant,
        private: &mut PrivateValues<'_>,
    ) -> Result<Vec<E>, Refusal> {
        let number = self.number;
        let mut open = on.corrections.open();
        let correction = open
            .find(|open| open.number == number)
            .ok_or(Refusal::CorrectionUnknown { number })?;
        if correction.author == rules.acting.actor {
            return Err(Refusal::SamePerson {
                actor: correction.author.clone(),
            });
        }
        let remarked = !self.note.is_empty();
        let decided = Decided {
            correction: correction.clone(),
            approver: rules.acting.actor.clone(),
            note: remarked.then(|| private.words("note", &self.note)),
        };
        Ok(vec![if self.approve {
            Approved(decided).into()
        } else {
            Rejected(decided).into()
        }])
    }
}

fn has_open(on: &Dossier, _: &Procedure, _: Role) -> bool {
    on.corrections.open().next().is_some()
}

/// Another person put the correction in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Approved(pub Decided);

impl Fact for Approved {
    fn apply(&self, to: &mut Dossier, by: &Written<'_>) {
        to.corrections.decide(&self.0, true, by.at);
        put_in_force(&self.0.correction.change, to);
    }

    fn told(&self, _procedure: &Procedure) -> Option<Told> {
        Told::of("Đã đính chính hồ sơ", "Corrected")
    }
}

/// Another person turned the correction down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rejected(pub Decided);

impl Fact for Rejected {
    fn apply(&self, to: &mut Dossier, by: &Written<'_>) {
        to.corrections.decide(&self.0, false, by.at);
    }
}

/// Puts a correction in force if no rule judges by the field. Corrections of all other fields stand
/// in `corrections` alone.
fn put_in_force(change: &Change, to: &mut Dossier) {
    match change {
        Change::ReturningUnit { new, .. } => to.returning = new.clone(),
        Change::ExternalCode { old, new } => {
            to.external_codes.retain(|code| Some(code) != old.as_ref());
            to.external_codes.extend(new.clone());
        }
        Change::Applicant { .. }
        | Change::Channel { .. }
        | Change::Case { .. }
        | Change::EndTime { .. } => {}
    }
}

fn change(
    dossier: &Dossier,
    corrected: &Corrected,
    procedure: &Procedure,
    private: &mut PrivateValues<'_>,
) -> Result<Change, Refusal> {
    let change = match corrected {
        Corrected::Applicant(person) => {
            let (item, new) = private.own_person("applicant", person);
            Change::Applicant {
                old: dossier.corrections.applicant_item().to_owned(),
                item,
                new,
            }
        }
        Corrected::Channel(new) => Change::Channel {
            old: dossier.corrected_channel(),
            new: *new,
        },
        Corrected::Case(new) => {
            procedure.case(new).ok_or_else(|| Refusal::CaseUnknown {
                case: new.clone(),
                known: procedure.cases.iter().map(|case| case.id.clone()).collect(),
            })?;
            Change::Case {
                old: dossier.corrected_case().clone(),
                new: new.clone(),
            }
        }
        Corrected::ReturningUnit(new) => Change::ReturningUnit {
            old: dossier.returning.clone(),
            new: new.clone(),
        },
        Corrected::ExternalCode { old, new } => {
            if let Some(old) = old
                && !dossier.external_codes.contains(old)
            {
                return Err(Refusal::CodeNotOfDossier { code: old.clone() });
            }
            if let Some(new) = new
                && (dossier.external_codes.contains(new) || dossier.code.as_ref() == Some(new))
            {
                return Err(Refusal::NothingToCorrect);
            }
            Change::ExternalCode {
                old: old.clone(),
                new: new.clone(),
            }
        }
        Corrected::EndTime(new) => {
            let recorded = dossier.ended.ok_or(Refusal::NotEnded)?;
            let begun = dossier.received.or(dossier.submitted).unwrap_or(recorded);
            // A clerk records an end after it happened, so the true end is not later than the
            // record.
            if *new < begun || *new > recorded {
                return Err(Refusal::EndTimeImpossible { begun, recorded });
            }
            Change::EndTime {
                old: dossier.corrected_end().unwrap_or(recorded),
                new: *new,
            }
        }
    };
    let same = match &change {
        Change::Applicant { .. } => false,
        Change::Channel { old, new } => old == new,
        Change::Case { old, new } => old == new,
        Change::ReturningUnit { old, new } => old == new,
        Change::ExternalCode { old, new } => old == new,
        Change::EndTime { old, new } => old == new,
    };
    if same {
        return Err(Refusal::NothingToCorrect);
    }
    Ok(change)
}
