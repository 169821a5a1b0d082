//! Texts of the catalogue, their effects, and jobs, for the wire.

use app::ports::{Document, DocumentState, Job};
use app::publication::calendar::{DueChange, Effects};
use app::publication::procedure::{Broken, Replayed};
use domain::dossier::Dossier;
use domain::dossier::change::migration::Break;
use domain::dossier::change::parts::Parts;
use domain::dossier::change::recalculation::Unmoved;
use domain::id::UnitCode;
use domain::time::Instant;

use super::request_context::unit_name;
use super::time::timestamp;
use crate::proto;

/// A text without its content, as in lists.
pub fn listed(document: &Document) -> proto::Document {
    use proto::document::State;
    let (state, decided) = match &document.state {
        DocumentState::Proposed => (State::Proposed, None),
        DocumentState::Published { by, at } => (State::Published, Some((by, *at))),
        DocumentState::Rejected { by, at } => (State::Rejected, Some((by, *at))),
    };
    let proposal = &document.proposal;
    proto::Document {
        name: format!("documents/{}", document.number),
        path: proposal.path.clone(),
        hash: document.hash.clone(),
        state: state.into(),
        reason: proposal.reason.clone(),
        author: proposal.author.to_string(),
        propose_time: Some(timestamp(proposal.at)),
        decider: decided.map(|(by, _)| by.to_string()).unwrap_or_default(),
        decide_time: decided.map(|(_, at)| timestamp(at)),
        text: String::new(),
    }
}

/// A text with its contents.
pub fn document(document: &Document) -> proto::Document {
    proto::Document {
        text: document.proposal.text.clone(),
        ..listed(document)
    }
}

/// A page of a calendar's effects, under the sums over all.
pub fn changes(
    effects: &Effects,
    page: &[DueChange],
    next: String,
) -> proto::ListCalendarChangesResponse {
    let sums = effects.sums();
    proto::ListCalendarChangesResponse {
        changes: page.iter().map(change).collect(),
        next_page_token: next,
        seen_count: effects.seen,
        later_count: sums.later,
        promised_count: sums.promised,
        overdue_count: sums.overdue,
        beyond_count: sums.beyond,
        parts_count: sums.parts,
    }
}

/// The parts of other units that would be due later.
fn parts(dossier: &Dossier, moved: &Parts) -> Vec<proto::calendar_change::Part> {
    let part = |kind: &str, number: u16, unit: &UnitCode, old: Instant, new: Instant| {
        proto::calendar_change::Part {
            kind: kind.to_owned(),
            number: number.into(),
            unit: unit_name(unit),
            old_due_time: Some(timestamp(old)),
            new_due_time: Some(timestamp(new)),
        }
    };
    let legs = moved.legs.iter().filter_map(|moved| {
        let leg = (dossier.legs.iter()).find(|leg| leg.number == moved.number)?;
        Some(part("leg", leg.number, &leg.unit, leg.due, moved.due))
    });
    let asked = moved.consultations.iter().filter_map(|moved| {
        let mut all = dossier.consultations.iter();
        let asked = all.find(|asked| asked.number == moved.number)?;
        Some(part(
            "consultation",
            asked.number,
            &asked.unit,
            asked.due,
            moved.due,
        ))
    });
    let custody = &dossier.custody;
    let papers = custody
        .hand_over_by
        .zip(moved.hand_over_by)
        .map(|(old, new)| {
            let holder = custody.holder.as_ref();
            let unit = holder.map_or(&dossier.receiving, |holder| &holder.party.unit);
            part("hand_over", 0, unit, old, new)
        });
    legs.chain(asked).chain(papers).collect()
}

fn change(change: &DueChange) -> proto::CalendarChange {
    use proto::calendar_change::Kept as Told;
    let dossier = &change.dossier;
    let clock = dossier.clock.as_ref();
    let drawn = proto::CalendarChange {
        dossier: format!("dossiers/{}", dossier.id),
        code: code(dossier),
        unit: unit_name(&dossier.resolving),
        procedure: format!("procedures/{}", dossier.procedure),
        old_due_time: dossier.due().map(timestamp),
        ..proto::CalendarChange::default()
    };
    match &change.recalculation {
        None => proto::CalendarChange {
            new_due_time: drawn.old_due_time,
            promised_due_time: clock.and_then(|clock| clock.promised_due).map(timestamp),
            kept: Told::Beyond.into(),
            due_provisional: clock.is_some_and(|clock| clock.provisional),
            ..drawn
        },
        Some(done) => proto::CalendarChange {
            new_due_time: done.after.map(timestamp),
            legal_due_time: done.legal.map(timestamp),
            promised_due_time: done.promised.map(timestamp),
            kept: match done.kept {
                None => Told::Unspecified,
                Some(Unmoved::Promised) => Told::Promised,
                Some(Unmoved::Overdue) => Told::Overdue,
            }
            .into(),
            due_provisional: done.provisional,
            parts: parts(dossier, &done.parts),
            ..drawn
        },
    }
}

/// A page of what a version would break, under the sums over all.
pub fn breaks(
    replayed: &Replayed,
    page: &[Broken],
    next: String,
) -> proto::ListProcedureBreaksResponse {
    proto::ListProcedureBreaksResponse {
        dossiers: page.iter().map(broken).collect(),
        next_page_token: next,
        seen_count: replayed.seen,
        barred_count: replayed.barred,
    }
}

fn broken(broken: &Broken) -> proto::ProcedureBreak {
    let dossier = &broken.dossier;
    let told = |found: &Break| proto::procedure_break::Break {
        reason: found.reason().to_owned(),
        message: found.message(),
        bars: found.bars(),
    };
    proto::ProcedureBreak {
        dossier: format!("dossiers/{}", dossier.id),
        code: code(dossier),
        unit: unit_name(&dossier.resolving),
        procedure_version: dossier.procedure_version.into(),
        step: dossier
            .state
            .step()
            .map(ToString::to_string)
            .unwrap_or_default(),
        breaks: broken.breaks.iter().map(told).collect(),
        barred: broken.breaks.iter().any(Break::bars),
    }
}

/// A job.
pub fn job(job: &Job) -> proto::Job {
    proto::Job {
        name: format!("jobs/{}", job.id),
        kind: job.kind.clone(),
        actor: job.actor.to_string(),
        begin_time: Some(timestamp(job.begun)),
        end_time: job.ended.map(timestamp),
        seen_count: job.seen,
        changed_count: job.changed,
    }
}

fn code(dossier: &Dossier) -> String {
    dossier
        .code
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default()
}
