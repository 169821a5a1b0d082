//! Corrections: proposed by one person, decided by another.

use super::Rules;
use super::vault::Vault;
use crate::dossier::Dossier;
use crate::dossier::correction::{Change, Corrected, Correction, Decided};
use crate::dossier::event::Event;
use crate::dossier::private::Words;
use crate::dossier::refusal::Refusal;
use crate::procedure::Procedure;

/// Somebody says that something was recorded wrongly.
///
/// One correction of a field at a time, so that whoever approves sees what it changes.
pub(super) fn propose(
    dossier: &Dossier,
    corrected: &Corrected,
    reason: &Words,
    rules: &Rules<'_>,
    vault: &mut Vault<'_>,
) -> Result<Event, Refusal> {
    let change = change(dossier, corrected, rules.procedure, vault)?;
    if let Some(open) = dossier
        .corrections
        .open()
        .find(|open| open.change.field() == change.field())
    {
        return Err(Refusal::CorrectionOpen {
            number: open.number,
        });
    }
    Ok(Event::CorrectionProposed(Correction {
        number: dossier.corrections.next_number(),
        author: rules.acting.actor.clone(),
        reason: vault.words("reason", reason),
        change,
    }))
}

/// Another person approves or rejects it.
pub(super) fn decide(
    dossier: &Dossier,
    number: u16,
    approve: bool,
    note: &Words,
    rules: &Rules<'_>,
    vault: &mut Vault<'_>,
) -> Result<Event, Refusal> {
    let open = dossier.corrections.open();
    let correction = open
        .into_iter()
        .find(|open| open.number == number)
        .ok_or(Refusal::CorrectionUnknown { number })?;
    if correction.author == rules.acting.actor {
        return Err(Refusal::SamePerson {
            actor: correction.author.clone(),
        });
    }
    let decided = Decided {
        correction: correction.clone(),
        approver: rules.acting.actor.clone(),
        note: (!note.is_empty()).then(|| vault.words("note", note)),
    };
    Ok(if approve {
        Event::CorrectionApproved(decided)
    } else {
        Event::CorrectionRejected(decided)
    })
}

fn change(
    dossier: &Dossier,
    corrected: &Corrected,
    procedure: &Procedure,
    vault: &mut Vault<'_>,
) -> Result<Change, Refusal> {
    let change = match corrected {
        Corrected::Applicant(person) => {
            let (item, new) = vault.own_person("applicant", person);
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
            // The button is pressed after the deed, so the deed was not later than it.
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
