//! What the flags were worth: per case, not per look.

use super::report::Alarm;

/// One look at a case.
pub(super) struct ScoredPrefix {
    /// Its position in working days.
    pub day: f64,
    pub chance: f64,
    /// The part of the allowance used up.
    pub share: f64,
}

/// A case, all its looks in order.
pub(super) struct Trace {
    pub late: bool,
    pub deadline: f64,
    pub looks: Vec<ScoredPrefix>,
}

/// Judges a flag that stands from the first look at which it is raised; none without cases.
pub(super) fn measure(traces: &[Trace], raised: impl Fn(&ScoredPrefix) -> bool) -> Option<Alarm> {
    // Nobody could have flagged a case that no look ever found open.
    let seen = traces.iter().filter(|trace| !trace.looks.is_empty());
    let flags = seen.map(|trace| Flag {
        late: trace.late,
        lead: trace
            .looks
            .iter()
            .find(|look| raised(look))
            .map(|first| trace.deadline - first.day),
    });
    (!traces.is_empty()).then(|| worth(flags))
}

/// What was said of one case, and what became of it.
pub(super) struct Flag {
    pub late: bool,
    /// Working days from the flag to the deadline; none without a flag.
    pub lead: Option<f64>,
}

/// What flags were worth.
pub(super) fn worth(flags: impl Iterator<Item = Flag>) -> Alarm {
    let (mut flagged, mut late) = (0_u32, 0_u32);
    let mut leads = Vec::new();
    for flag in flags {
        late += u32::from(flag.late);
        flagged += u32::from(flag.lead.is_some());
        leads.extend(flag.lead.filter(|_| flag.late));
    }
    leads.sort_by(f64::total_cmp);
    let hits = leads.len() as f64;
    let ratio = |whole: u32| (whole > 0).then(|| hits / f64::from(whole));
    Alarm {
        precision: ratio(flagged),
        recall: ratio(late),
        median_lead_wd: median(&leads),
    }
}

fn median(sorted: &[f64]) -> Option<f64> {
    let middle = sorted.len() / 2;
    let upper = sorted.get(middle)?;
    Some(if sorted.len() % 2 == 1 {
        *upper
    } else {
        (sorted[middle - 1] + upper) / 2.0
    })
}
