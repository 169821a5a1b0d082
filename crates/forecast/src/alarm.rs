//! The chance from which a dossier is flagged.

use serde::{Deserialize, Serialize};

use crate::training_row::Observed;

/// Precisions for which a level is fitted.
const PRECISIONS: [f64; 2] = [0.6, 0.8];

/// The chance from which a dossier is flagged, fitted for one precision.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Alarm {
    /// The share of flagged dossiers that should end late.
    pub precision: f64,
    /// The lowest chance that kept this precision in training; none if no chance did.
    pub level: Option<f64>,
}

/// The highest chance that each settled case had at any of its looks, and whether it ended late;
/// highest first. `chances` has one for each look.
pub(crate) fn peaks(observed: &Observed, chances: &[f64]) -> Vec<(f64, bool)> {
    let mut peaks = Vec::new();
    for case in &observed.cases {
        let own = &chances[case.looks.clone()];
        let peak = own.iter().copied().reduce(f64::max);
        peaks.extend(peak.zip(case.late));
    }
    peaks.sort_by(|a, b| b.0.total_cmp(&a.0));
    peaks
}

/// The lowest level at which flags keep a precision. `peaks` come from [`peaks`], highest first.
pub(crate) fn level_for(precision: f64, peaks: &[(f64, bool)]) -> Option<f64> {
    let (mut flagged, mut late, mut level) = (0.0, 0.0, None);
    for (place, &(peak, is_late)) in peaks.iter().enumerate() {
        flagged += 1.0;
        late += f64::from(u8::from(is_late));
        let tied = peaks.get(place + 1).is_some_and(|next| next.0 >= peak);
        if !tied && late / flagged >= precision {
            // Rounded down so that the case at the level itself is flagged; rounded at all to be
            // short in JSON.
            level = Some((peak * 1e6).floor() / 1e6);
        }
    }
    level
}

/// Handlings that one avoided lateness pays for. A level is fitted for each number.
pub(crate) const BENEFITS: [u8; 9] = [2, 3, 4, 5, 6, 7, 8, 9, 10];

/// Working days of lead that a flag may need to avoid a lateness at all.
pub(crate) const LEADS: [f64; 3] = [0.0, 1.0, 2.0];

/// For each lead and each benefit, the level at which flags paid most in training. If no flag pays,
/// the level is 1, above every chance.
pub(crate) fn paying(observed: &Observed, chances: &[f64]) -> Vec<f64> {
    let mut levels = Vec::with_capacity(LEADS.len() * BENEFITS.len());
    for lead in LEADS {
        let mut peaks = Vec::new();
        for case in &observed.cases {
            let own = &chances[case.looks.clone()];
            let in_time = observed.days[case.looks.clone()].iter().zip(own);
            let in_time = in_time.filter(|(day, _)| case.deadline - **day >= lead);
            let peak = in_time.map(|(_, chance)| *chance).reduce(f64::max);
            peaks.extend(peak.zip(case.late));
        }
        peaks.sort_by(|a, b| b.0.total_cmp(&a.0));
        levels.extend(BENEFITS.iter().map(|pays| most_paying(*pays, &peaks)));
    }
    levels
}

fn most_paying(pays: u8, peaks: &[(f64, bool)]) -> f64 {
    let (mut worth, mut most, mut level) = (0.0, 0.0, 1.0);
    for (place, &(peak, is_late)) in peaks.iter().enumerate() {
        worth += f64::from(pays) * f64::from(u8::from(is_late)) - 1.0;
        let tied = peaks.get(place + 1).is_some_and(|next| next.0 >= peak);
        if !tied && worth > most {
            most = worth;
            level = (peak * 1e6).floor() / 1e6;
        }
    }
    level
}

/// A level for each precision.
pub(crate) fn alarms(peaks: &[(f64, bool)]) -> Vec<Alarm> {
    let alarm = |precision| Alarm {
        precision,
        level: level_for(precision, peaks),
    };
    PRECISIONS.into_iter().map(alarm).collect()
}
