//! Mergers of units: requests and answers.

use app::merger::{Handover, Merged, Merger};
use domain::catalogue::{SourceFile, Successors};

use super::fields::{Fields, LONGEST_TEXT};
use super::request_context::unit_name;
use crate::proto;
use crate::proto::merge_units_response as told;

/// The longest table, in characters: some 50,000 units.
const LONGEST_TABLE: usize = 1_000_000;

/// Reads what is asked for.
pub fn merger(request: &proto::MergeUnitsRequest) -> Result<Merger, app::Error> {
    let mut fields = Fields::default();
    let day = fields.day("day", &request.day);
    let table = fields.required("table", &request.table, LONGEST_TABLE);
    let reason = fields.required("reason", &request.reason, LONGEST_TEXT);
    let mut choices = Vec::new();
    if fields.few("choices", request.choices.len()) {
        for (at, choice) in request.choices.iter().enumerate() {
            let mut unit = |name: &str, text: &str| {
                let text = fields.required(&format!("choices[{at}].{name}"), text, LONGEST_UNIT);
                text.strip_prefix("units/").unwrap_or(&text).to_owned()
            };
            choices.push((
                unit("old_unit", &choice.old_unit),
                unit("new_unit", &choice.new_unit),
            ));
        }
    }
    let merger = day.map(|day| Merger {
        day,
        table: SourceFile {
            path: Successors::path(day),
            text: table,
        },
        choices,
        reason,
        dry_run: request.validate_only,
    });
    fields.done(merger)
}

/// The longest name of a unit.
const LONGEST_UNIT: usize = 64;

/// Draws what was done.
pub fn merged(merged: &Merged) -> proto::MergeUnitsResponse {
    proto::MergeUnitsResponse {
        seen_count: count(merged.seen),
        moved_count: count(merged.moved),
        handovers: merged.handovers.iter().map(handover).collect(),
        job: merged.job.clone().unwrap_or_default(),
    }
}

fn handover(handover: &Handover) -> told::Handover {
    told::Handover {
        old_unit: unit_name(&handover.old),
        new_unit: unit_name(&handover.new),
        dossier_count: count(handover.dossiers),
    }
}

fn count(many: u64) -> u32 {
    u32::try_from(many).unwrap_or(u32::MAX)
}
