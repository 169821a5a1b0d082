//! The parts of a linked procedure (*liên thông*). They open by themselves.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::steps::{Flaw, flaw, length_of, length_within, limits, longest_way_to, unit_within};
use super::{Case, Mark, Step};
use crate::id::{LegId, StepId};
use crate::limit::Limit;

/// The unit of a dossier to which a planned leg belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LegUnit {
    /// The one that decides the dossier.
    Resolving,
    /// The one whose desk takes it in.
    Receiving,
}

/// A text that names no unit of a dossier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no unit of a leg: expected resolving or receiving")]
pub struct UnknownLegUnit {
    /// What was given.
    pub text: String,
}

impl FromStr for LegUnit {
    type Err = UnknownLegUnit;

    fn from_str(text: &str) -> Result<Self, UnknownLegUnit> {
        match text {
            "resolving" => Ok(Self::Resolving),
            "receiving" => Ok(Self::Receiving),
            other => Err(UnknownLegUnit {
                text: other.chars().take(64).collect(),
            }),
        }
    }
}

impl fmt::Display for LegUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Resolving => "resolving",
            Self::Receiving => "receiving",
        })
    }
}

/// The part of one agency in every dossier of a linked procedure.
///
/// Source: Decree 61/2018/NĐ-CP, Art. 19(6): an electronic dossier goes to all agencies at once,
/// with the lead, each agency's part, and its due time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedLeg {
    /// Its id within the procedure.
    pub id: LegId,
    /// The agency's task, as shown to officials.
    pub name: String,
    /// The agency that does it; empty means the unit itself.
    ///
    /// The police and the social insurance are no units of a province, so the unit follows their
    /// leg and records its result.
    pub agency: String,
    /// The unit that answers for it.
    pub unit: LegUnit,
    /// Whether it leads the others.
    pub lead: bool,
    /// How long it may take from its opening, in the hours of its unit.
    pub limit: Limit,
    /// The step after which it opens; none means at reception.
    pub after: Option<StepId>,
    /// How sure its limit is.
    pub mark: Mark,
    /// Where its limit comes from.
    pub source: String,
}

/// Every fault of the legs, given the steps and the cases whose limits they must keep.
///
/// A flaw names the place of the leg in the list. The steps must be sound already. The steps before
/// a leg and the leg's own limit together may not exceed the limit of any case.
#[must_use]
pub fn leg_flaws(legs: &[PlannedLeg], steps: &[Step], cases: &[Case]) -> Vec<Flaw> {
    let mut found = Vec::new();
    let mut leads = None;
    for (at, leg) in legs.iter().enumerate() {
        let id = &leg.id;
        if legs[..at].iter().any(|earlier| earlier.id == *id) {
            found.push(flaw(at, format!("leg {id} is listed twice")));
        }
        if leg.lead {
            if let Some(leader) = leads.replace(id) {
                let reason = format!("leg {id} leads, but {leader} does already");
                found.push(flaw(at, reason));
            }
            if leg.after.is_some() {
                let reason = format!("leg {id} leads, so it opens at reception, without `after`");
                found.push(flaw(at, reason));
            }
        }
        match opens_behind(leg, steps) {
            Ok(step) => found.extend(limits(cases).filter_map(|(case, limit)| {
                Some(flaw(at, too_long(leg, step, steps, case, limit)?))
            })),
            Err(reason) => found.push(flaw(at, reason)),
        }
    }
    if !legs.is_empty() && leads.is_none() {
        let reason = "no leg has `lead = true`: one leads the others".to_owned();
        found.push(flaw(0, reason));
    }
    found
}

/// The place of the step after which a leg opens; none at reception.
fn opens_behind(leg: &PlannedLeg, steps: &[Step]) -> Result<Option<usize>, String> {
    let Some(after) = &leg.after else {
        return Ok(None);
    };
    let (id, place) = (&leg.id, steps.iter().position(|step| step.id == *after));
    match place {
        None => Err(format!("leg {id} opens after {after}, which is no step")),
        Some(place) if steps[place].next.is_empty() => Err(format!(
            "leg {id} opens after {after}, but no step follows that"
        )),
        Some(_) => Ok(place),
    }
}

/// Why a leg does not fit into one limit, if it does not.
fn too_long(
    leg: &PlannedLeg,
    after: Option<usize>,
    steps: &[Step],
    case: &Case,
    limit: Limit,
) -> Option<String> {
    let (id, own, case) = (&leg.id, leg.limit, &case.id);
    let Some(length) = length_within(own, limit) else {
        return Some(format!(
            "limit {own} of leg {id} cannot be compared with the limit {limit} of case {case}; \
             expected {}",
            unit_within(limit)
        ));
    };
    let before = after.map_or(0, |after| longest_way_to(steps, after, limit));
    let most = length_of(limit);
    (before + length > most).then(|| {
        format!(
            "leg {id} may take {length} after {before} of steps; the limit {limit} of case {case} \
             leaves {most}"
        )
    })
}
