//! The worth of flags, counted per case and not per look.

use super::report::FlagWorth;

/// The first flag of one case, if any, and the outcome.
pub(super) struct Flag {
    pub late: bool,
    /// Working days from the flag to the deadline; none without a flag.
    pub lead: Option<f64>,
}

/// Counts flags, hits and lead times.
pub(super) fn worth(flags: impl Iterator<Item = Flag>) -> FlagWorth {
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
    FlagWorth {
        flagged: Some(flagged),
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
