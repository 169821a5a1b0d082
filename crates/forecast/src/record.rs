//! A unit's month in retrospect: how good the flags were, and an alarm when they stop being right.

use crate::poisson_binomial::PoissonBinomial;

/// The calibration table has ten parts, each a tenth of the chance.
const TENTHS: usize = 10;
/// Working days over which drift is watched.
pub const DRIFT_DAYS: u32 = 60;
/// If the chances are right, the number of late dossiers leaves the band once in a hundred times.
const BAND: f64 = 0.99;
/// With fewer dossiers, drift is not judged.
const ENOUGH: usize = 30;

/// A dossier whose deadline has passed, and its forecast before.
#[derive(Debug, Clone, PartialEq)]
pub struct Settled {
    /// Whether the dossier ended late, or has not ended.
    pub late: bool,
    /// Whether it ended without a result. No flag on it was right or wrong, but its chance counted
    /// it as never late, so it counts wherever chances are added up.
    pub without: bool,
    /// Working days from the first warning to the deadline; none without a warning in time.
    pub lead: Option<f64>,
    /// Whether somebody acted on the dossier within a working day after that warning.
    pub acted: bool,
    /// Working days from reception to the deadline, if known.
    pub allowance: Option<f64>,
    /// The chance at half of the allowance, or at the first look if that came later; none if the
    /// dossier had ended by then.
    pub told: Option<f64>,
}

/// Dossiers with about the same chance.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Tenth {
    /// How many dossiers.
    pub dossiers: u32,
    /// Their mean chance.
    pub told: f64,
    /// The share that ended late.
    pub late: f64,
}

/// A unit's month in retrospect.
#[derive(Debug, Clone, PartialEq)]
pub struct FlagRecord {
    /// Dossiers whose deadline fell into the month.
    pub settled: u32,
    /// Late dossiers among them.
    pub late: u32,
    /// Dossiers with a warning before the deadline.
    pub flagged: u32,
    /// Late dossiers among the flagged.
    pub flagged_late: u32,
    /// Flagged dossiers on which somebody acted within a working day.
    pub acted: u32,
    /// Of those acted on, the dossiers that ended in time.
    pub saved: u32,
    /// Late dossiers without a warning.
    pub missed: u32,
    /// The median of working days from the warning to the deadline, over flagged late dossiers.
    pub median_lead_wd: Option<f64>,
    /// The same as a share of the allowance, which compares limits of a day fairly with longer
    /// ones.
    pub median_lead_share: Option<f64>,
    /// The mean squared error of the chances; none without chances.
    pub brier: Option<f64>,
    /// Chance against outcome, by tenths of the chance. A tenth without dossiers is empty.
    pub calibration: [Tenth; TENTHS],
}

impl FlagRecord {
    /// The share of late dossiers among the flagged; none without flags.
    #[must_use]
    pub fn precision(&self) -> Option<f64> {
        (self.flagged > 0).then(|| f64::from(self.flagged_late) / f64::from(self.flagged))
    }

    /// The share of flagged dossiers among the late; none without late ones.
    #[must_use]
    pub fn recall(&self) -> Option<f64> {
        (self.late > 0).then(|| f64::from(self.flagged_late) / f64::from(self.late))
    }
}

/// Summarises the dossiers whose deadline fell into a month.
#[must_use]
pub fn record(settled: &[Settled]) -> FlagRecord {
    let with_result = settled.iter().filter(|settled| !settled.without);
    let settled: &[Settled] = &with_result.cloned().collect::<Vec<Settled>>();
    let count = |is: &dyn Fn(&Settled) -> bool| {
        let count = settled.iter().filter(|settled| is(settled)).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    };
    let flagged_late = count(&|settled| settled.late && settled.lead.is_some());
    let late = count(&|settled| settled.late);
    let leads = settled.iter().filter(|settled| settled.late);
    let mut leads: Vec<f64> = leads.filter_map(|settled| settled.lead).collect();
    leads.sort_by(f64::total_cmp);
    let shares = settled.iter().filter(|settled| settled.late);
    let shares = shares.filter_map(|settled| {
        let allowance = settled.allowance.filter(|allowance| *allowance > 0.0)?;
        Some((settled.lead? / allowance).clamp(0.0, 1.0))
    });
    let mut shares: Vec<f64> = shares.collect();
    shares.sort_by(f64::total_cmp);
    let told = told(settled);
    let errors = told
        .iter()
        .map(|(chance, late)| (chance - f64::from(u8::from(*late))).powi(2));
    FlagRecord {
        settled: count(&|_| true),
        late,
        flagged: count(&|settled| settled.lead.is_some()),
        flagged_late,
        acted: count(&|settled| settled.lead.is_some() && settled.acted),
        saved: count(&|settled| settled.lead.is_some() && settled.acted && !settled.late),
        missed: late - flagged_late,
        median_lead_wd: median(&leads),
        median_lead_share: median(&shares),
        brier: (!told.is_empty()).then(|| errors.sum::<f64>() / told.len() as f64),
        calibration: calibration(&told),
    }
}

/// The sum of the chances of recent dossiers against the outcomes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drift {
    /// Dossiers that had a chance.
    pub dossiers: u32,
    /// The sum of their chances.
    pub expected_late: f64,
    /// How many were late.
    pub late: u32,
    /// The 99 % interval for the number of late dossiers if the chances are right.
    pub band: (u32, u32),
    /// Whether the number of late dossiers lies outside the band.
    pub alarm: bool,
}

/// Compares chances and outcomes. The caller passes the dossiers whose deadline fell into the last
/// [`DRIFT_DAYS`] working days.
///
/// None below thirty dossiers: so few say nothing about the forecast.
#[must_use]
pub fn drift(settled: &[Settled]) -> Option<Drift> {
    let told = told(settled);
    if told.len() < ENOUGH {
        return None;
    }
    let (low, high) = PoissonBinomial::new(told.iter().map(|(chance, _)| *chance)).between(BAND);
    let late = told.iter().filter(|(_, late)| *late).count();
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Some(Drift {
        dossiers: count(told.len()),
        expected_late: told.iter().map(|(chance, _)| chance).sum(),
        late: count(late),
        band: (count(low), count(high)),
        alarm: !(low..=high).contains(&late),
    })
}

/// The chances with their outcomes.
fn told(settled: &[Settled]) -> Vec<(f64, bool)> {
    let told = settled.iter().filter_map(|settled| {
        let chance = settled.told.filter(|chance| chance.is_finite())?;
        Some((chance.clamp(0.0, 1.0), settled.late))
    });
    told.collect()
}

fn calibration(told: &[(f64, bool)]) -> [Tenth; TENTHS] {
    let mut tenths = [Tenth::default(); TENTHS];
    for (chance, late) in told {
        let place = ((chance * TENTHS as f64) as usize).min(TENTHS - 1);
        let tenth = &mut tenths[place];
        tenth.dossiers += 1;
        tenth.told += chance;
        tenth.late += f64::from(u8::from(*late));
    }
    for tenth in tenths.iter_mut().filter(|tenth| tenth.dossiers > 0) {
        tenth.told /= f64::from(tenth.dossiers);
        tenth.late /= f64::from(tenth.dossiers);
    }
    tenths
}

fn median(sorted: &[f64]) -> Option<f64> {
    let middle = sorted.len() / 2;
    let upper = sorted.get(middle)?;
    Some(if sorted.len() % 2 == 1 {
        *upper
    } else {
        f64::midpoint(sorted[middle - 1], *upper)
    })
}

#[cfg(test)]
mod tests {
    use super::{Settled, drift, record};

    fn settled(late: bool, lead: Option<f64>, told: f64) -> Settled {
        Settled {
            late,
            without: false,
            lead,
            acted: lead.is_some_and(|lead| lead >= 4.0),
            allowance: Some(10.0),
            told: Some(told),
        }
    }

    #[test]
    fn a_month_is_looked_back_on_as_reckoned_by_hand() {
        let month = [
            settled(true, Some(4.0), 0.9),
            settled(true, Some(2.0), 0.7),
            settled(true, None, 0.2),
            settled(false, Some(5.0), 0.65),
            settled(false, None, 0.1),
            Settled {
                late: false,
                without: false,
                lead: None,
                acted: false,
                allowance: None,
                told: None,
            },
            Settled {
                without: true,
                ..settled(false, Some(3.0), 0.9)
            },
        ];
        let record = record(&month);
        assert_eq!((record.settled, record.late), (6, 3));
        assert_eq!(
            (record.flagged, record.flagged_late, record.missed),
            (3, 2, 1)
        );
        assert_eq!((record.acted, record.saved), (2, 1));
        assert_eq!(record.median_lead_wd, Some(3.0));
        assert!((record.median_lead_share.expect("leads") - 0.3).abs() < 1e-12);
        assert_eq!(
            (record.precision(), record.recall()),
            (Some(2.0 / 3.0), Some(2.0 / 3.0))
        );
        let brier = (0.01 + 0.09 + 0.64 + 0.4225 + 0.01) / 5.0;
        assert!((record.brier.expect("chances") - brier).abs() < 1e-12);
        let six = record.calibration[6];
        assert_eq!((six.dossiers, six.told, six.late), (1, 0.65, 0.0));
        assert_eq!(record.calibration[9].late, 1.0);
    }

    #[test]
    fn a_month_without_dossiers_has_no_rates() {
        let record = record(&[]);
        assert_eq!((record.precision(), record.recall()), (None, None));
        assert_eq!((record.brier, record.median_lead_wd), (None, None));
        assert_eq!(drift(&[]), None);
    }

    #[test]
    fn chances_told_of_dossiers_that_were_withdrawn_add_up_with_the_others() {
        // Three in ten are late, and the chance told of each knew that one in ten leaves before.
        let month: Vec<Settled> = (0..200)
            .map(|place| Settled {
                without: place % 10 == 9,
                ..settled(place % 10 < 3, None, 0.3)
            })
            .collect();
        let drift = drift(&month).expect("enough dossiers");
        assert_eq!((drift.dossiers, drift.late), (200, 60));
        assert!((drift.expected_late - 60.0).abs() < 1e-9);
        assert_eq!(record(&month).settled, 180);
    }

    #[test]
    fn drift_is_seen_when_more_or_fewer_come_late_than_chance_allows() {
        let told = |late: u32| -> Vec<Settled> {
            (0..200)
                .map(|place| settled(place < late, None, 0.3))
                .collect()
        };
        // Sixty are expected, with a standard deviation of six and a half.
        for (late, alarm) in [
            (60, false),
            (46, false),
            (75, false),
            (40, true),
            (80, true),
        ] {
            let drift = drift(&told(late)).expect("enough dossiers");
            assert_eq!(drift.alarm, alarm, "{drift:?}");
            assert!((drift.expected_late - 60.0).abs() < 1e-9);
        }
        assert_eq!(drift(&told(0)[..29]), None);
    }
}
