//! The `[[version.leg]]` tables: the parts of other agencies in a linked procedure.

use serde::Deserialize;
use toml::Spanned;

use super::file::Reading;
use crate::id::StepId;
use crate::procedure::{Case, LegUnit, Mark, PlannedLeg, Step, leg_flaws};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLeg {
    id: Spanned<String>,
    name: Spanned<String>,
    #[serde(default)]
    agency: String,
    unit: Option<Spanned<String>>,
    #[serde(default)]
    lead: bool,
    limit: Spanned<String>,
    after: Option<Spanned<String>>,
    mark: Spanned<Mark>,
    source: Spanned<String>,
}

/// Reads the legs of a version, in the order in which they open.
pub(super) fn read(
    reading: &mut Reading<'_>,
    raw: &[Spanned<RawLeg>],
    steps: &[Step],
    cases: &[Case],
) -> Vec<PlannedLeg> {
    let mut whole = true;
    let mut legs = Vec::new();
    for raw in raw {
        let leg = leg(reading, raw.get_ref());
        whole &= leg.is_some();
        legs.extend(leg);
    }
    if whole {
        for flaw in leg_flaws(&legs, steps, cases) {
            reading.fault(&raw[flaw.at].get_ref().id.span(), flaw.reason);
        }
    }
    legs
}

fn leg(reading: &mut Reading<'_>, raw: &RawLeg) -> Option<PlannedLeg> {
    let id = reading.parse("id", &raw.id);
    let name = reading.text("name", &raw.name);
    let unit = match &raw.unit {
        None => Some(LegUnit::Resolving),
        Some(unit) => reading.parse("unit", unit),
    };
    let limit = reading.parse("limit", &raw.limit);
    let after: Option<StepId> = reading.parse_if_given("after", raw.after.as_ref());
    let source = reading.text("source", &raw.source);
    if *raw.mark.get_ref() == Mark::Unknown {
        let reason = "mark is unknown; a leg needs a limit: choose one and mark it template";
        reading.fault(&raw.mark.span(), reason);
    }
    if after.is_some() != raw.after.is_some() {
        return None;
    }
    Some(PlannedLeg {
        id: id?,
        name,
        agency: raw.agency.trim().to_owned(),
        unit: unit?,
        lead: raw.lead,
        limit: limit?,
        after,
        mark: *raw.mark.get_ref(),
        source,
    })
}
