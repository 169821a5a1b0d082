//! Work and words of other units: legs and consultations, each with a due time of its own.

use super::Rules;
use super::vault::Vault;
use crate::deadline::{self, Due};
use crate::dossier::command::Term;
use crate::dossier::event::{self, Event};
use crate::dossier::private::Words;
use crate::dossier::refusal::Refusal;
use crate::dossier::{Dossier, MOST_CONSULTATIONS, MOST_LEGS};
use crate::id::UnitCode;
use crate::limit::Limit;
use crate::time::{self, Instant};

/// What is asked of which unit, by when.
pub(super) struct Asked<'a> {
    pub unit: &'a UnitCode,
    pub words: &'a Words,
    pub term: Term,
}

/// Gives another agency its part of the dossier; at most one of them leads.
///
/// Source: Decree 61/2018/NĐ-CP, Art. 19(6): the lead, what each does, and by when.
pub(super) fn open_leg(
    dossier: &Dossier,
    asked: &Asked<'_>,
    lead: bool,
    rules: &Rules<'_>,
    now: Instant,
    vault: &mut Vault<'_>,
) -> Result<Event, Refusal> {
    let to_come = dossier.legs_to_come(rules.procedure).count();
    let number = next(dossier.legs.len(), MOST_LEGS.saturating_sub(to_come))
        .ok_or(Refusal::TooManyLegs { most: MOST_LEGS })?;
    if let Some(leader) = dossier.legs.iter().find(|leg| lead && leg.lead) {
        return Err(Refusal::LeadTaken {
            leg: leader.number,
            unit: leader.unit.clone(),
        });
    }
    let due = due(asked, rules, now)?;
    Ok(Event::LegOpened(event::LegOpened {
        number,
        unit: asked.unit.clone(),
        lead,
        task: vault.words("task", asked.words),
        limit: limit(asked.term),
        due: due.at,
        provisional: due.provisional,
        planned: None,
        agency: String::new(),
    }))
}

/// The result of a leg is there.
pub(super) fn close_leg(
    dossier: &Dossier,
    number: u16,
    result: &Words,
    vault: &mut Vault<'_>,
) -> Result<Event, Refusal> {
    let open: Vec<u16> = dossier.open_legs().map(|leg| leg.number).collect();
    if !open.contains(&number) {
        return Err(Refusal::LegNotOpen { number, open });
    }
    Ok(Event::LegClosed {
        number,
        result: (!result.is_empty()).then(|| vault.words("result", result)),
    })
}

/// Asks another unit. No clock stops.
pub(super) fn open_consultation(
    dossier: &Dossier,
    asked: &Asked<'_>,
    rules: &Rules<'_>,
    now: Instant,
    vault: &mut Vault<'_>,
) -> Result<Event, Refusal> {
    let number = next(dossier.consultations.len(), MOST_CONSULTATIONS).ok_or(
        Refusal::TooManyConsultations {
            most: MOST_CONSULTATIONS,
        },
    )?;
    let due = due(asked, rules, now)?;
    Ok(Event::ConsultationOpened(event::ConsultationOpened {
        number,
        unit: asked.unit.clone(),
        question: vault.words("question", asked.words),
        limit: limit(asked.term),
        due: due.at,
        provisional: due.provisional,
    }))
}

/// The answer has come.
pub(super) fn close_consultation(
    dossier: &Dossier,
    number: u16,
    answer: &Words,
    vault: &mut Vault<'_>,
) -> Result<Event, Refusal> {
    let open: Vec<u16> = dossier
        .open_consultations()
        .map(|asked| asked.number)
        .collect();
    if !open.contains(&number) {
        return Err(Refusal::ConsultationNotOpen { number, open });
    }
    Ok(Event::ConsultationClosed {
        number,
        answer: vault.words("answer", answer),
    })
}

/// The number after so many; none when there may be no more.
fn next(count: usize, most: usize) -> Option<u16> {
    (count < most).then(|| u16::try_from(count + 1).expect("far fewer are permitted"))
}

/// A limit counts in the hours of the unit that has to meet it.
fn due(asked: &Asked<'_>, rules: &Rules<'_>, now: Instant) -> Result<Due, Refusal> {
    match asked.term {
        Term::Within(limit) => due_within(asked.unit, limit, rules, now),
        Term::By(at) => {
            let calendar = rules.calendars.for_unit(asked.unit.as_str());
            Ok(Due {
                at,
                provisional: calendar.has_provisional(time::local_day(now), time::local_day(at)),
            })
        }
    }
}

pub(super) fn due_within(
    unit: &UnitCode,
    limit: Limit,
    rules: &Rules<'_>,
    now: Instant,
) -> Result<Due, Refusal> {
    let calendar = rules.calendars.for_unit(unit.as_str());
    Ok(deadline::due(now, limit, calendar)?)
}

fn limit(term: Term) -> Option<Limit> {
    match term {
        Term::Within(limit) => Some(limit),
        Term::By(_) => None,
    }
}
