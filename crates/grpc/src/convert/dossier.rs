//! A dossier as it is sent.

use app::view::{Receipt, View};
use domain::deadline::Language;
use domain::dossier::acts::permit_supplement::Permit;
use domain::dossier::custody::{CustodyChange, Holder};
use domain::dossier::mirror::{Conflict, Contradiction};
use domain::dossier::reminder::Reminder;
use domain::dossier::{Clock, list_is_confirmed, usual_action};
use domain::dossier::{Consultation, Leg};
use domain::limit::Limit;
use domain::procedure::Procedure;

use super::circumstances::{fee_state_of, incident_area_of, method_of, origin_of, setting_of};
use super::paper::paper;
use super::person::person;
use super::rating::rating;
use super::request_context::{channel_of, kind_of, policy_of, state_of, unit_name};
use super::result;
use super::time::{duration, timestamp};
use super::{correction, foresight};
use crate::proto;

/// A dossier as a caller may see it, for the wire.
pub fn dossier(view: &View) -> proto::Dossier {
    let dossier = &view.dossier;
    let status = dossier.status();
    let clock = dossier.clock.as_ref();
    let step = dossier.state.step();
    let standing = clock.and_then(|clock| clock.standing);
    let imported = dossier.imported.as_ref();
    let said = dossier.mirror.applied.last();
    proto::Dossier {
        name: format!("dossiers/{}", dossier.id),
        code: dossier
            .code
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        external_codes: dossier
            .external_codes
            .iter()
            .map(ToString::to_string)
            .collect(),
        etag: dossier.etag(),
        version: dossier.version,
        state: state_of(status).into(),
        national_code: status.code().into(),
        state_name: status.name_vi().into(),
        procedure: format!("procedures/{}", dossier.procedure),
        procedure_version: dossier.procedure_version.into(),
        procedure_name: view.procedure.name.clone(),
        case_id: dossier.case.to_string(),
        kind: kind_of(dossier.kind).into(),
        channel: channel_of(dossier.channel).into(),
        assisted_by: dossier
            .assisted_by
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        receiving_unit: unit_name(&dossier.receiving),
        resolving_unit: unit_name(&dossier.resolving),
        returning_unit: unit_name(&dossier.returning),
        step: step.map(ToString::to_string).unwrap_or_default(),
        step_name: step
            .and_then(|id| view.procedure.step(id))
            .map(|step| step.name.clone())
            .unwrap_or_default(),
        assignee: dossier
            .assignee
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        applicant: view.applicant.as_ref().map(person),
        components: dossier.components.iter().map(ToString::to_string).collect(),
        submit_time: dossier.submitted.map(timestamp),
        answer_due_time: dossier.answer_due.map(timestamp),
        alert_time: view.timing.alert_at.map(timestamp),
        receive_time: dossier.received.map(timestamp),
        end_time: dossier.ended.map(timestamp),
        return_time: dossier.returned.map(timestamp),
        last_event_time: Some(timestamp(dossier.last)),
        limit: limit(clock.and_then(|clock| clock.limit)),
        clock_policy: clock
            .map(|clock| policy_of(clock.policy))
            .unwrap_or_default()
            .into(),
        original_due_time: clock.and_then(|clock| clock.original_due).map(timestamp),
        effective_due_time: clock.and_then(|clock| clock.effective_due).map(timestamp),
        promised_due_time: clock.and_then(|clock| clock.promised_due).map(timestamp),
        legal_due_time: clock.and_then(Clock::legal_due).map(timestamp),
        due_provisional: clock.is_some_and(|clock| clock.provisional),
        clock_standing: standing.is_some(),
        standing_since_time: standing.map(|standing| timestamp(standing.since)),
        overdue: view.timing.overdue,
        near_due: view.timing.near_due,
        working_time_left: view.timing.working_time_left.map(duration),
        apology_file_by_time: view.timing.apology_by.map(timestamp),
        supplement_count: dossier.supplements.into(),
        supplement_notice_late: dossier.notice_late,
        respond_by_time: dossier.respond_by.map(timestamp),
        extended: dossier.extended,
        late_apologies: dossier.apologies.into(),
        fee_open_vnd: dossier.fee_open_vnd.map(vnd),
        fee_paid_vnd: vnd(dossier.fee_paid_vnd),
        fee_refunded_vnd: vnd(dossier.fee_refunded_vnd),
        fee_method: dossier.fee_method.map(method_of).unwrap_or_default().into(),
        fee_state: fee_state_of(dossier).into(),
        origin: origin_of(dossier).into(),
        setting: setting_of(dossier).into(),
        incident_area: incident_area_of(dossier),
        queue_ticket: dossier
            .circumstances
            .queue_ticket
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        state_since_time: Some(timestamp(dossier.since)),
        step_role: step
            .and_then(|id| view.procedure.step(id))
            .map(|step| step.role.to_string())
            .unwrap_or_default(),
        due_for_unit_time: view.for_unit.and_then(|part| part.due).map(timestamp),
        overdue_for_unit: view.for_unit.is_some_and(|part| part.overdue),
        near_due_for_unit: view.for_unit.is_some_and(|part| part.near_due),
        mirrored_from: dossier.mirrored.clone().unwrap_or_default(),
        allowed_actions: view.allowed.iter().map(ToString::to_string).collect(),
        actions: actions(view),
        accepted_incomplete: !dossier.incomplete.is_empty(),
        missing_components: dossier.missing().map(ToString::to_string).collect(),
        components_unconfirmed: !list_is_confirmed(&view.procedure),
        arrive_by_time: dossier.transit.map(|transit| timestamp(transit.by)),
        arrive_time: (dossier.transit)
            .and_then(|transit| transit.arrived)
            .map(timestamp),
        arrived_late: dossier.transit.is_some_and(|it| it.is_late(view.at)),
        decided_outside: dossier.transit.is_some_and(|it| it.outside),
        expired: dossier.expired,
        outage_moves: dossier.outages.into(),
        reminder: dossier.reminder.as_ref().map(reminder),
        supplement_permit: dossier.supplement_permit.as_ref().map(permit),
        next_steps: next_steps(view),
        receipt: view.receipt.as_ref().map(receipt),
        legs: dossier.legs.iter().map(|one| leg(one, view)).collect(),
        consultations: dossier
            .consultations
            .iter()
            .map(|one| consultation(one, view))
            .collect(),
        late_units: late_units(view),
        hand_over_by_time: dossier.custody.hand_over_by.map(timestamp),
        hand_over_late: view.timing.hand_over_late,
        holder: dossier.custody.holder.as_ref().map(holder),
        hand_overs: dossier.custody.chain.iter().map(hand_over).collect(),
        import_name: imported
            .map(|imported| format!("imports/{}", imported.import))
            .unwrap_or_default(),
        offline: dossier.offline.map(|offline| proto::Offline {
            number: i32::try_from(offline.number).unwrap_or(i32::MAX),
            receive_time: dossier.received.map(timestamp),
            record_time: Some(timestamp(offline.entered)),
        }),
        import_case: imported
            .map(|imported| imported.case.clone())
            .unwrap_or_default(),
        import_oddities: imported
            .map(|imported| imported.oddities.iter().map(ToString::to_string).collect())
            .unwrap_or_default(),
        corrections: correction::corrections(view),
        mirrored_reference: said
            .map(|claim| claim.reference.to_string())
            .unwrap_or_default(),
        mirrored_status_time: said.map(|claim| timestamp(claim.at)),
        conflicts: dossier.mirror.conflicts.iter().map(conflict).collect(),
        open_conflicts: count(dossier.mirror.open().count()),
        transfer_count: dossier.transfers.into(),
        rating: dossier.rating.map(rating),
        results: dossier.results.iter().map(result::result).collect(),
        papers: dossier.papers.iter().map(paper).collect(),
        digitised_count: count(dossier.digitised()),
        reused_count: count(dossier.reused()),
        forecast: view.foreseen.as_ref().map(foresight::forecast),
    }
}

fn count(items: usize) -> u32 {
    u32::try_from(items).unwrap_or(u32::MAX)
}

fn conflict(conflict: &Conflict) -> proto::Conflict {
    use proto::conflict::Reason;
    let claim = &conflict.claim;
    let reason = match conflict.why {
        Contradiction::Older => Reason::Older,
        Contradiction::Transition => Reason::Transition,
        Contradiction::OtherSystem => Reason::OtherSystem,
        Contradiction::Ours => Reason::Ours,
    };
    proto::Conflict {
        number: conflict.number.into(),
        reason: reason.into(),
        system: claim.system.to_string(),
        reference: claim.reference.to_string(),
        state: state_of(claim.status).into(),
        status_time: Some(timestamp(claim.at)),
        due_time: claim.due.map(timestamp),
        arrive_time: Some(timestamp(conflict.came)),
        settle_time: conflict.settled.map(|settled| timestamp(settled.at)),
        applied: conflict.settled.is_some_and(|settled| settled.applied),
    }
}

fn holder(holder: &Holder) -> proto::Holder {
    proto::Holder {
        actor: holder.party.actor.to_string(),
        unit: unit_name(&holder.party.unit),
        since_time: Some(timestamp(holder.since)),
    }
}

fn hand_over(line: &CustodyChange) -> proto::HandOver {
    proto::HandOver {
        hand_over_time: Some(timestamp(line.at)),
        giver: line.from.actor.to_string(),
        giver_unit: unit_name(&line.from.unit),
        receiver: line.to.actor.to_string(),
        receiver_unit: unit_name(&line.to.unit),
        components: line.components.iter().map(ToString::to_string).collect(),
        originals: line.originals.iter().map(ToString::to_string).collect(),
        on_paper: line.on_paper,
        late: line.late,
    }
}

/// The procedure's name for a leg; empty if a person opened it.
fn planned(leg: &Leg, procedure: &Procedure) -> String {
    let mut legs = procedure.legs.iter();
    let known = legs.find(|known| Some(&known.id) == leg.planned.as_ref());
    known.map(|known| known.name.clone()).unwrap_or_default()
}

fn leg(leg: &Leg, view: &View) -> proto::Leg {
    proto::Leg {
        number: leg.number.into(),
        unit: unit_name(&leg.unit),
        lead: leg.lead,
        limit: limit(leg.limit),
        due_time: Some(timestamp(leg.due)),
        due_provisional: leg.provisional,
        open_time: Some(timestamp(leg.opened)),
        close_time: leg.closed.map(timestamp),
        open: leg.ended(&view.dossier).is_none(),
        late: leg.is_late(&view.dossier, view.at),
        leg_id: leg
            .planned
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        display_name: planned(leg, &view.procedure),
        agency: leg.agency.clone(),
    }
}

fn consultation(asked: &Consultation, view: &View) -> proto::Consultation {
    proto::Consultation {
        number: asked.number.into(),
        unit: unit_name(&asked.unit),
        limit: limit(asked.limit),
        due_time: Some(timestamp(asked.due)),
        due_provisional: asked.provisional,
        open_time: Some(timestamp(asked.opened)),
        close_time: asked.answered.map(timestamp),
        open: asked.ended(&view.dossier).is_none(),
        late: asked.is_late(&view.dossier, view.at),
        silence_consents: asked.silence_consents,
        consented: asked.consented,
    }
}

fn limit(limit: Option<Limit>) -> String {
    limit.map(|limit| limit.to_string()).unwrap_or_default()
}

fn late_units(view: &View) -> Vec<String> {
    let dossier = &view.dossier;
    let legs = (dossier.legs.iter())
        .filter(|leg| leg.is_late(dossier, view.at))
        .map(|leg| &leg.unit);
    let asked = (dossier.consultations.iter())
        .filter(|asked| asked.is_late(dossier, view.at))
        .map(|asked| &asked.unit);
    let mut units: Vec<String> = Vec::new();
    for name in legs.chain(asked).map(unit_name) {
        if !units.contains(&name) {
            units.push(name);
        }
    }
    units
}

/// An amount for the wire. An amount that does not fit cannot occur; it would show as the largest.
pub fn vnd(amount: u64) -> i64 {
    i64::try_from(amount).unwrap_or(i64::MAX)
}

fn permit(permit: &Permit) -> proto::SupplementPermit {
    proto::SupplementPermit {
        permit_time: Some(timestamp(permit.at)),
        actor: permit.by.to_string(),
    }
}

fn reminder(reminder: &Reminder) -> proto::Reminder {
    proto::Reminder {
        remind_time: Some(timestamp(reminder.at)),
        actor: reminder.by.to_string(),
        role: reminder.role.to_string(),
        receiver: reminder
            .receiver
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        count: reminder.count.into(),
    }
}

/// The acts that the caller may do, in the order of buttons.
fn actions(view: &View) -> Vec<proto::AllowedAction> {
    let next = usual_action(&view.dossier, &view.allowed);
    let mut actions: Vec<_> = view
        .allowed
        .iter()
        .map(|action| {
            let spec = action.spec();
            proto::AllowedAction {
                method: spec.method.into(),
                label_vi: spec.vi.into(),
                label_en: spec.en.into(),
                order: spec.order.into(),
                primary: next == Some(*action),
            }
        })
        .collect();
    actions.sort_by_key(|action| action.order);
    actions
}

fn next_steps(view: &View) -> Vec<proto::NextStep> {
    view.next_steps
        .iter()
        .map(|id| {
            let step = view.procedure.step(id);
            proto::NextStep {
                id: id.to_string(),
                name: step.map(|step| step.name.clone()).unwrap_or_default(),
                role: step.map(|step| step.role.to_string()).unwrap_or_default(),
            }
        })
        .collect()
}

fn receipt(receipt: &Receipt) -> proto::Receipt {
    let lines = |language| {
        receipt
            .explanation
            .as_ref()
            .map(|explanation| explanation.lines(language))
            .unwrap_or_default()
    };
    proto::Receipt {
        pin: receipt.pin.clone(),
        explanation_vi: lines(Language::Vietnamese),
        explanation_en: lines(Language::English),
    }
}
