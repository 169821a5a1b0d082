//! Rates, and what the public is told of a dossier, as they are sent.

use app::lookup::{Lookup, LookupDetails, Stage};
use domain::indicator::{RATES, Rate, Report, Row};
use domain::satisfaction::{self, Satisfaction};

use super::rating::rating;
use super::request_context::state_of;
use super::row::row;
use super::time::timestamp;
use crate::proto;
use crate::proto::lookup_dossier_response as told;

/// Draws a report.
pub fn rates(report: Report) -> proto::Rates {
    proto::Rates {
        from: report.from.to_string(),
        to: report.to.to_string(),
        as_of: report.as_of,
        units: report.units.iter().map(unit_rates).collect(),
        total: Some(unit_rates(&report.total)),
    }
}

fn unit_rates(unit: &Row) -> proto::UnitRates {
    row(&RATES, unit, "UnitRates")
}

/// Draws a rate.
pub fn rate(rate: Rate) -> proto::Rate {
    proto::Rate {
        num: rate.num,
        den: rate.den,
        rate: rate.rate,
    }
}

/// Draws what citizens thought.
pub fn ratings(report: Satisfaction) -> proto::Ratings {
    proto::Ratings {
        from: report.from.to_string(),
        to: report.to.to_string(),
        as_of: report.as_of,
        units: report.units.into_iter().map(unit_ratings).collect(),
        total: Some(unit_ratings(report.total)),
    }
}

fn unit_ratings(row: satisfaction::SatisfactionRow) -> proto::UnitRatings {
    proto::UnitRatings {
        ratings: row.scores.ratings(),
        scores: row.scores.counts().to_vec(),
        mean_score: row.scores.mean(),
        dissatisfied_rate: Some(rate(row.scores.dissatisfied())),
        small: row.is_small(),
        unit: row.unit,
        name: row.name,
    }
}

/// Draws what the public is told.
pub fn lookup(lookup: Lookup) -> proto::LookupDossierResponse {
    proto::LookupDossierResponse {
        code: lookup.code,
        stage: match lookup.stage {
            Stage::Handled => told::Stage::Handled,
            Stage::WaitingForCitizen => told::Stage::WaitingForCitizen,
            Stage::Finished => told::Stage::Finished,
        }
        .into(),
        stage_name: lookup.stage.name_vi().into(),
        state: (lookup.details.as_ref())
            .map_or(proto::dossier::State::Unspecified, |details| {
                state_of(details.status)
            })
            .into(),
        state_name: (lookup.details.as_ref())
            .map(|details| details.status.name_vi().into())
            .unwrap_or_default(),
        completion_percent: lookup.completion_percent,
        details: lookup.details.map(details),
    }
}

fn details(details: LookupDetails) -> told::Details {
    told::Details {
        procedure_name: details.procedure,
        submit_time: details.submitted.map(timestamp),
        receive_time: details.received.map(timestamp),
        original_due_time: details.original_due.map(timestamp),
        effective_due_time: details.effective_due.map(timestamp),
        promised_due_time: details.promised_due.map(timestamp),
        clock_standing: details.clock_standing,
        overdue: details.overdue,
        respond_by_time: details.respond_by.map(timestamp),
        answer_due_time: details.answer_due.map(timestamp),
        end_time: details.ended.map(timestamp),
        return_time: details.returned.map(timestamp),
        rating: details.rating.map(rating),
        steps: details
            .steps
            .into_iter()
            .map(|step| told::Step {
                label_vi: step.label_vi,
                label_en: step.label_en,
                time: Some(timestamp(step.at)),
            })
            .collect(),
    }
}
