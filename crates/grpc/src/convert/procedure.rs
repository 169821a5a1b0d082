//! Procedures as they are sent.

use chrono::NaiveDate;
use domain::limit::Limit;
use domain::procedure::{
    Authority, Case, Fee, Mark, OnExpiry, OnlineLevel, PaperRules, PlannedLeg, Procedure, Step,
};

use super::dossier::vnd;
use super::request_context::{channel_of, kind_of, policy_of};
use crate::proto;
use crate::proto::procedure as part;

/// Draws a version of a procedure, with what the rules say of its papers on a day.
pub fn procedure(procedure: &Procedure, rules: &PaperRules, day: NaiveDate) -> proto::Procedure {
    proto::Procedure {
        name: format!(
            "procedures/{}/versions/{}",
            procedure.code, procedure.version
        ),
        code: procedure.code.to_string(),
        version: procedure.version.into(),
        first_day: procedure.from.to_string(),
        display_name: procedure.name.clone(),
        field: procedure.field.clone(),
        kind: kind_of(procedure.kind).into(),
        mirrored_from: match &procedure.authority {
            Authority::Ours => String::new(),
            Authority::Mirrored { system } => system.clone(),
        },
        clock_policy: policy_of(procedure.clock).into(),
        clock_mark: mark(procedure.clock_mark),
        clock_source: procedure.clock_source.clone(),
        on_the_spot: procedure.on_the_spot,
        supplement_max: procedure.supplement_max.into(),
        supplement_notice_working_days: procedure.supplement_notice_wd.into(),
        supplement_window: limit(procedure.supplement_window),
        cutoff: if procedure.cutoff.is_none() {
            String::new()
        } else {
            procedure.cutoff.to_string()
        },
        cutoff_mark: mark(procedure.cutoff_mark),
        cutoff_source: procedure.cutoff_source.clone(),
        on_expiry: match procedure.on_expiry {
            OnExpiry::Wait => part::OnExpiry::Wait,
            OnExpiry::Close => part::OnExpiry::Close,
            OnExpiry::Refuse => part::OnExpiry::Refuse,
        }
        .into(),
        expiry_mark: mark(procedure.expiry_mark),
        expiry_source: procedure.expiry_source.clone(),
        decision: procedure.decision.clone(),
        source: procedure.source.clone(),
        online_level: match procedure.online {
            OnlineLevel::Full => part::OnlineLevel::Full,
            OnlineLevel::Partial => part::OnlineLevel::Partial,
            OnlineLevel::Information => part::OnlineLevel::Information,
            OnlineLevel::Unknown => part::OnlineLevel::Unknown,
        }
        .into(),
        cases: procedure.cases.iter().map(case).collect(),
        components: procedure
            .components
            .iter()
            .map(|component| part::Component {
                code: component.code.to_string(),
                display_name: component.name.clone(),
                required: component.required,
                not_scanned: rules
                    .not_scanned(&procedure.code, &component.code, day)
                    .map(|why| why.to_string())
                    .unwrap_or_default(),
                replaced_by: rules
                    .replaced_by(&procedure.code, &component.code, day)
                    .map(ToString::to_string)
                    .unwrap_or_default(),
            })
            .collect(),
        components_mark: mark(procedure.components_mark),
        steps: procedure.steps.iter().map(step).collect(),
        steps_mark: mark(procedure.steps_mark),
        hash: procedure.hash_hex(),
        legs: procedure.legs.iter().map(leg).collect(),
    }
}

fn case(case: &Case) -> part::Case {
    part::Case {
        id: case.id.to_string(),
        display_name: case.name.clone(),
        limit: limit(case.limit),
        limits_by_channel: case
            .limits_by_channel
            .iter()
            .map(|(channel, limit)| part::ChannelLimit {
                channel: channel_of(*channel).into(),
                limit: limit.to_string(),
            })
            .collect(),
        limit_mark: mark(case.limit_mark),
        limit_source: case.limit_source.clone(),
        verification: case
            .verification
            .map(|verification| verification.to_string())
            .unwrap_or_default(),
        fees: case.fees.iter().map(fee).collect(),
        note: case.note.clone(),
    }
}

/// Draws a fee.
pub fn fee(fee: &Fee) -> part::Fee {
    part::Fee {
        channel: fee.channel.map(channel_of).unwrap_or_default().into(),
        amount_vnd: fee.amount_vnd.map(vnd),
        text: fee.text.clone(),
        mark: mark(fee.mark),
        source: fee.source.clone(),
    }
}

fn step(step: &Step) -> part::Step {
    part::Step {
        id: step.id.to_string(),
        display_name: step.name.clone(),
        role: step.role.to_string(),
        agency: step.agency.clone(),
        allowance: limit(step.allowance),
        next: step.next.iter().map(ToString::to_string).collect(),
        finish: step.finish,
    }
}

fn leg(leg: &PlannedLeg) -> part::Leg {
    part::Leg {
        id: leg.id.to_string(),
        display_name: leg.name.clone(),
        agency: leg.agency.clone(),
        unit: leg.unit.to_string(),
        lead: leg.lead,
        limit: leg.limit.to_string(),
        after: leg
            .after
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        mark: mark(leg.mark),
        source: leg.source.clone(),
    }
}

fn limit(limit: Option<Limit>) -> String {
    limit.map(|limit| limit.to_string()).unwrap_or_default()
}

/// Draws how sure something is.
pub fn mark(mark: Mark) -> i32 {
    match mark {
        Mark::Statute => proto::Mark::Statute,
        Mark::Circular => proto::Mark::Circular,
        Mark::Dataset => proto::Mark::Dataset,
        Mark::Recalled => proto::Mark::Recalled,
        Mark::Derived => proto::Mark::Derived,
        Mark::Template => proto::Mark::Template,
        Mark::Unknown => proto::Mark::Unknown,
    }
    .into()
}
