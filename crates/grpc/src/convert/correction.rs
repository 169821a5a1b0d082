//! Corrections, as they are asked for and as they are sent.

use app::view::View;
use domain::code::AnyCode;
use domain::dossier::correction::{Change, Corrected, Kept, Verdict};
use domain::dossier::{Channel, Command};
use domain::id::CaseId;
use domain::time;

use super::command::{Moves, moves};
use super::dossier::person;
use super::fields::Fields;
use super::known::{Known, channel_of, unit_name};
use super::time::timestamp;
use crate::proto;

moves!(CorrectDossierRequest, |given, fields, known| {
    let reason = fields.words("reason", &given.reason);
    let corrected = corrected(given, fields, known)?;
    Some(Command::Correct { corrected, reason })
});

moves!(DecideCorrectionRequest, |given, fields, _known| {
    use proto::decide_correction_request::Verdict;
    let number = fields.number("number", given.number);
    let approve = match Verdict::try_from(given.verdict) {
        Ok(Verdict::Approve) => Some(true),
        Ok(Verdict::Reject) => Some(false),
        Ok(Verdict::Unspecified) | Err(_) => {
            fields.wrong("verdict", "expected one of VERDICT_APPROVE, VERDICT_REJECT");
            None
        }
    };
    let note = fields.optional_words("note", &given.note);
    Some(Command::DecideCorrection {
        number: number?,
        approve: approve?,
        note,
    })
});

fn corrected(
    given: &proto::CorrectDossierRequest,
    fields: &mut Fields,
    known: &Known,
) -> Option<Corrected> {
    use proto::correct_dossier_request::Correction as Given;
    match &given.correction {
        Some(Given::Applicant(person)) => Some(Corrected::Applicant(
            fields.person("applicant", Some(person)),
        )),
        Some(Given::Channel(number)) => {
            let channel = fields.channel("channel", *number, &Channel::ALL);
            // Not given is refused too: a correction to nothing is none.
            if *number == 0 {
                fields.wrong(
                    "channel",
                    "expected one of CHANNEL_DESK, CHANNEL_ONLINE, CHANNEL_POST",
                );
            }
            channel.map(Corrected::Channel)
        }
        Some(Given::CaseId(id)) => fields
            .parse("case_id", id, CaseId::parse)
            .map(Corrected::Case),
        Some(Given::ReturningUnit(unit)) => known
            .unit(fields, "returning_unit", unit)
            .map(Corrected::ReturningUnit),
        Some(Given::ExternalCode(code)) => {
            let old = fields.optional("external_code.old_code", &code.old_code, AnyCode::parse);
            let new = fields.optional("external_code.new_code", &code.new_code, AnyCode::parse);
            if code.old_code.trim().is_empty() && code.new_code.trim().is_empty() {
                fields.wrong("external_code", "expected old_code, new_code, or both");
            }
            Some(Corrected::ExternalCode { old, new })
        }
        Some(Given::EndTime(time)) => fields
            .fact("end_time", Some(time), known.calendar(None), known.now)
            .map(Corrected::EndTime),
        None => {
            fields.wrong(
                "correction",
                "must be given; expected applicant, channel, case_id, returning_unit, \
                 external_code or end_time",
            );
            None
        }
    }
}

/// Draws the corrections of a dossier.
pub fn corrections(view: &View) -> Vec<proto::Correction> {
    let kept = view.dossier.corrections.all();
    kept.iter().map(|kept| drawn(kept, view)).collect()
}

fn drawn(kept: &Kept, view: &View) -> proto::Correction {
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
        Some(Verdict { approved: true, .. }) => State::Approved,
        Some(Verdict {
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

/// Both values in words; none where they are personal, or where there is none.
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
