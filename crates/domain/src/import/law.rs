//! Whether a due time that another system promised is the one that the law gives.

use crate::catalogue::Catalogue;
use crate::deadline::{Explanation, Start, explain_from};
use crate::dossier::Dossier;
use crate::time::{self, Instant};

/// A due time of another system, and another one by the law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueDifference {
    /// What the other system promised.
    pub given: Instant,
    /// What the law gives, with every day of the count.
    pub law: Explanation,
}

/// Compares the due time of an imported dossier with the law's: the limit of its procedure, for its channel, from
/// its reception. None where they agree, or where one of them is not known.
///
/// A limit in days is compared by the day. The other system's pauses and extensions are not known, so what it moved
/// for a good reason differs, too.
#[must_use]
pub fn due_difference(dossier: &Dossier, catalogue: &Catalogue) -> Option<DueDifference> {
    dossier.imported.as_ref()?;
    let (received, given) = (dossier.received?, dossier.due()?);
    let (code, version) = (&dossier.procedure, dossier.procedure_version);
    let procedure = catalogue.procedures.get(code, version)?;
    let case = procedure.case(&dossier.case);
    let case = case.unwrap_or_else(|| procedure.default_case());
    let limit = case.limit_for(dossier.channel)?;
    let start = Start {
        received,
        arrival: None,
        cutoff: procedure.cutoff,
    };
    let calendar = catalogue.calendars.for_unit(dossier.resolving.as_str());
    // Beyond the calendar nobody knows what the law gives.
    let law = explain_from(&start, limit, calendar).ok()?;
    let agrees = if limit.in_days() {
        time::local_day(given) == time::local_day(law.due)
    } else {
        (given - law.due).num_minutes() == 0
    };
    (!agrees).then_some(DueDifference { given, law })
}
