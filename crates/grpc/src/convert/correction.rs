//! Corrections, as they are sent.

use app::view::View;
use domain::dossier::correction::{Change, CorrectionOutcome, KeptCorrection};
use domain::time;

use super::person::person;
use super::request_context::{channel_of, unit_name};
use super::time::timestamp;
use crate::proto;

/// Draws the corrections of a dossier.
pub fn corrections(view: &View) -> Vec<proto::Correction> {
    let kept = view.dossier.corrections.all();
    kept.iter().map(|kept| drawn(kept, view)).collect()
}

fn drawn(kept: &KeptCorrection, view: &View) -> proto::Correction {
    use proto::correction::State;
    let change = &kept.correction.change;
    let (old_value, new_value) = values(change);
    let (old_applicant, new_applicant) = match change {
        Change::Applicant { old, item, .. } => (view.people.get(old), view.people.get(item)),
        Change::Channel { .. }
        | Change::Case { .. }
        | Change::ReturningUnit { .. }
        | Change::ExternalCode { .. }
        | Change::EndTime { .. } => (None, None),
    };
    let state = match &kept.verdict {
        None => State::Proposed,
        Some(CorrectionOutcome { approved: true, .. }) => State::Approved,
        Some(CorrectionOutcome {
            approved: false, ..
        }) => State::Rejected,
    };
    let verdict = kept.verdict.as_ref();
    proto::Correction {
        number: kept.correction.number.into(),
        state: state.into(),
        field: change.field().into(),
        old_value: old_value.unwrap_or_default(),
        new_value: new_value.unwrap_or_default(),
        old_applicant: old_applicant.map(person),
        new_applicant: new_applicant.map(person),
        author: kept.correction.author.to_string(),
        approver: verdict
            .map(|verdict| verdict.approver.to_string())
            .unwrap_or_default(),
        propose_time: Some(timestamp(kept.proposed)),
        decide_time: verdict.map(|verdict| timestamp(verdict.at)),
    }
}

/// Both values in words; none for a personal or a missing value.
pub fn values(change: &Change) -> (Option<String>, Option<String>) {
    match change {
        Change::Applicant { .. } => (None, None),
        Change::Channel { old, new } => (
            Some(channel_of(*old).as_str_name().into()),
            Some(channel_of(*new).as_str_name().into()),
        ),
        Change::Case { old, new } => (Some(old.to_string()), Some(new.to_string())),
        Change::ReturningUnit { old, new } => (Some(unit_name(old)), Some(unit_name(new))),
        Change::ExternalCode { old, new } => (
            old.as_ref().map(ToString::to_string),
            new.as_ref().map(ToString::to_string),
        ),
        Change::EndTime { old, new } => (Some(time::rfc3339(*old)), Some(time::rfc3339(*new))),
    }
}
