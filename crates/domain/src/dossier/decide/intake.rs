//! How a dossier comes in: submitted, received at a desk, or accepted after a submission.

use std::iter;

use super::components::refuse_unknown;
use super::custody::papers_due;
use super::vault::Vault;
use super::{Decision, Rules, planned};
use crate::code::{AnyCode, DossierCode};
use crate::deadline;
use crate::dossier::circumstances::Incident;
use crate::dossier::command::{self, Contents, Reception, Submission};
use crate::dossier::event::{self, Event};
use crate::dossier::refusal::Refusal;
use crate::dossier::{Channel, Circumstances, Dossier, Paper, paper};
use crate::id::ComponentCode;
use crate::limit::Limit;
use crate::procedure::{Authority, Case, Kind, Mark, Procedure};
use crate::time::Instant;

/// A portal hands a dossier in.
///
/// Of a procedure whose authority is another system, the dossier is a mirror.
pub fn submit(
    submission: &Submission,
    rules: &Rules<'_>,
    now: Instant,
) -> Result<Decision, Refusal> {
    let contents = &submission.content;
    let case = case_of(contents, rules.procedure)?;
    let components = paper::components(&contents.components, &contents.papers);
    refuse_unknown(&components, rules.procedure)?;
    let mirrored = match &rules.procedure.authority {
        Authority::Ours => None,
        Authority::Mirrored { system } => Some(system.clone()),
    };
    // A mirror is answered by its own system.
    let answer_due = match mirrored {
        None => answer_due(submission.submitted.unwrap_or(now), rules)?,
        Some(_) => None,
    };
    let mut vault = Vault::new(rules.salt, 1);
    let applicant = vault.person("applicant", &contents.applicant);
    let event = Event::Submitted(event::Submitted {
        code: submission.portal_code.clone(),
        external_codes: contents.external_codes.clone(),
        procedure: rules.procedure.code.clone(),
        procedure_version: rules.procedure.version,
        case: case.id.clone(),
        procedure_kind: rules.procedure.kind,
        mirrored,
        channel: submission.channel,
        assisted_by: contents.assisted_by.clone(),
        applicant,
        components,
        papers: contents.papers.clone(),
        circumstances: circumstances(contents, rules.procedure, &mut vault)?,
        receiving: submission.receiving.clone(),
        resolving: contents
            .resolving
            .clone()
            .unwrap_or_else(|| submission.receiving.clone()),
        returning: contents
            .returning
            .clone()
            .unwrap_or_else(|| submission.receiving.clone()),
        answer_due,
    });
    Ok(vault.decision(vec![event]))
}

/// A desk takes a dossier in. Its code is sealed in by the commit.
pub fn receive(
    reception: &Reception,
    rules: &Rules<'_>,
    now: Instant,
) -> Result<Decision, Refusal> {
    refuse_mirrored(rules.procedure)?;
    let contents = &reception.content;
    let case = case_of(contents, rules.procedure)?;
    let components = paper::components(&contents.components, &contents.papers);
    refuse_unknown(&components, rules.procedure)?;
    refuse_missing(&components, rules.procedure)?;
    let mut vault = Vault::new(rules.salt, 1);
    let applicant = Some(vault.person("applicant", &contents.applicant));
    let due = promise(case, reception.channel, rules, now)?;
    let receiving = &reception.receiving;
    let resolving = contents.resolving.as_ref().unwrap_or(receiving);
    let event = Event::Received(event::Received {
        code: None,
        external_codes: contents.external_codes.clone(),
        procedure: rules.procedure.code.clone(),
        procedure_version: rules.procedure.version,
        case: case.id.clone(),
        procedure_kind: rules.procedure.kind,
        channel: reception.channel,
        assisted_by: contents.assisted_by.clone(),
        applicant,
        components,
        papers: contents.papers.clone(),
        circumstances: circumstances(contents, rules.procedure, &mut vault)?,
        receiving: receiving.clone(),
        resolving: resolving.clone(),
        returning: contents.returning.as_ref().unwrap_or(receiving).clone(),
        limit: due.limit,
        policy: rules.procedure.clock,
        due: due.due.map(|due| due.at),
        provisional: due.due.is_some_and(|due| due.provisional),
        hand_over_by: papers_due(&reception.receiving, reception.channel, rules, now),
        imported: None,
        offline_number: None,
        offline_entered: None,
    });
    let legs = planned::at_reception(rules.procedure);
    let units = planned::Units {
        receiving,
        resolving,
    };
    let opened = planned::open(&legs, 0, &units, rules, now, &mut vault)?;
    Ok(vault.decision(iter::once(event).chain(opened).collect()))
}

/// A desk took a dossier in without a line, under a number that it had taken along. `at` is when
/// it did; due times count from there.
pub fn receive_offline(
    reception: &Reception,
    code: &DossierCode,
    rules: &Rules<'_>,
    at: Instant,
) -> Result<Decision, Refusal> {
    let mut decision = receive(reception, rules, at)?;
    for event in &mut decision.events {
        if let Event::Received(facts) = event {
            facts.code = Some(AnyCode::from(code));
            facts.offline_number = Some(code.serial());
        }
    }
    Ok(decision)
}

/// The desk accepts a submitted dossier: it keeps the portal's code and takes no number.
pub(super) fn accept(
    dossier: &Dossier,
    components: &[ComponentCode],
    papers: &[Paper],
    rules: &Rules<'_>,
    now: Instant,
) -> Result<Event, Refusal> {
    let components = paper::components(components, papers);
    refuse_mirrored(rules.procedure)?;
    let case = rules
        .procedure
        .case(&dossier.case)
        .ok_or_else(|| Refusal::CaseUnknown {
            case: dossier.case.clone(),
            known: rules
                .procedure
                .cases
                .iter()
                .map(|case| case.id.clone())
                .collect(),
        })?;
    refuse_unknown(&components, rules.procedure)?;
    let all: Vec<ComponentCode> = dossier
        .components
        .iter()
        .chain(&components)
        .cloned()
        .collect();
    refuse_missing(&all, rules.procedure)?;
    let due = promise(case, dossier.channel, rules, now)?;
    Ok(Event::Received(event::Received {
        code: dossier.code.clone(),
        external_codes: dossier.external_codes.clone(),
        procedure: dossier.procedure.clone(),
        procedure_version: rules.procedure.version,
        case: dossier.case.clone(),
        procedure_kind: dossier.kind,
        channel: dossier.channel,
        assisted_by: dossier.assisted_by.clone(),
        applicant: None,
        components,
        papers: papers.to_vec(),
        circumstances: dossier.circumstances.clone(),
        receiving: dossier.receiving.clone(),
        resolving: dossier.resolving.clone(),
        returning: dossier.returning.clone(),
        limit: due.limit,
        policy: rules.procedure.clock,
        due: due.due.map(|due| due.at),
        provisional: due.due.is_some_and(|due| due.provisional),
        hand_over_by: papers_due(&dossier.receiving, dossier.channel, rules, now),
        imported: None,
        offline_number: None,
        offline_entered: None,
    }))
}

fn circumstances(
    contents: &Contents,
    procedure: &Procedure,
    vault: &mut Vault<'_>,
) -> Result<Circumstances, Refusal> {
    let given = &contents.circumstances;
    let exempt = !given.fee_exemption.is_empty();
    Ok(Circumstances {
        origin: given.origin,
        setting: given.setting,
        queue_ticket: given.queue_ticket.clone(),
        fee_exemption: exempt.then(|| vault.words("fee_exemption", &given.fee_exemption)),
        incident: incident(given, procedure, vault)?,
    })
}

/// Where it happened: a petition is about a place, a procedure about a person's papers.
fn incident(
    given: &command::Circumstances,
    procedure: &Procedure,
    vault: &mut Vault<'_>,
) -> Result<Option<Incident>, Refusal> {
    let placed = !given.incident_place.is_empty();
    if !placed && given.incident_area.is_none() {
        return Ok(None);
    }
    match procedure.kind {
        Kind::Petition => Ok(Some(Incident {
            area: given.incident_area.clone(),
            place: placed.then(|| vault.words("incident_place", &given.incident_place)),
        })),
        Kind::Procedure => Err(Refusal::NotAPetition {
            procedure: procedure.code.clone(),
        }),
    }
}

/// By when the desk must answer what it has just got, where a rule says so.
pub(super) fn answer_due(from: Instant, rules: &Rules<'_>) -> Result<Option<Instant>, Refusal> {
    match rules.answer_limit {
        Some(limit) => Ok(Some(deadline::due(from, limit, rules.calendar)?.at)),
        None => Ok(None),
    }
}

fn refuse_mirrored(procedure: &Procedure) -> Result<(), Refusal> {
    match &procedure.authority {
        Authority::Ours => Ok(()),
        Authority::Mirrored { system } => Err(Refusal::Mirrored {
            system: system.clone(),
        }),
    }
}

fn case_of<'a>(contents: &Contents, procedure: &'a Procedure) -> Result<&'a Case, Refusal> {
    match &contents.case {
        None => Ok(procedure.default_case()),
        Some(id) => procedure.case(id).ok_or_else(|| Refusal::CaseUnknown {
            case: id.clone(),
            known: procedure.cases.iter().map(|case| case.id.clone()).collect(),
        }),
    }
}

/// Refuses a dossier without its required papers.
///
/// Only a list that was read in a legal text can refuse: nobody may ask for papers beyond the
/// law. Source: Decree 61/2018/NĐ-CP, Art. 5(1)(đ).
fn refuse_missing(present: &[ComponentCode], procedure: &Procedure) -> Result<(), Refusal> {
    let binding = match procedure.components_mark {
        Mark::Statute | Mark::Circular => true,
        Mark::Dataset | Mark::Recalled | Mark::Derived | Mark::Template | Mark::Unknown => false,
    };
    let missing: Vec<_> = procedure
        .components
        .iter()
        .filter(|component| binding && component.required && !present.contains(&component.code))
        .map(|component| component.code.clone())
        .collect();
    if missing.is_empty() {
        Ok(())
    } else {
        Err(Refusal::ComponentsMissing {
            components: missing,
        })
    }
}

struct Promise {
    limit: Option<Limit>,
    due: Option<deadline::Due>,
}

fn promise(
    case: &Case,
    channel: Channel,
    rules: &Rules<'_>,
    now: Instant,
) -> Result<Promise, Refusal> {
    let limit = case.limit_for(channel);
    let due = match limit {
        Some(limit) => Some(deadline::due(now, limit, rules.calendar)?),
        None => None,
    };
    Ok(Promise { limit, due })
}
