//! How good the flags were: a unit's month looked back on, and an alarm when they stop being right.

use crate::poisson_binomial::PoissonBinomial;

/// Parts of the calibration table, each a tenth.
const TENTHS: usize = 10;
/// Working days over which drift is watched.
pub const DRIFT_DAYS: u32 = 60;
/// Where the chances were right, the count of late ones leaves the band one time in a hundred.
const BAND: f64 = 0.99;
/// Dossiers below which no drift is seen.
const ENOUGH: usize = 30;

/// A dossier whose deadline has passed, and what was said of it before.
#[derive(Debug, Clone, PartialEq)]
pub struct Settled {
    /// Whether it ended late, or has not ended.
    pub late: bool,
    /// Working days from the first flag that warned to the deadline; none if none did in time.
    pub lead: Option<f64>,
    /// Whether somebody acted on it within a working day after that flag.
    pub acted: bool,
    /// Working days from its reception to the deadline, where that is known.
    pub allowance: Option<f64>,
    /// The chance told of it at half of its allowance, or at its first sight if that was later;
    /// none if it had ended by then.
    pub told: Option<f64>,
}

/// Dossiers of which about the same was told.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Tenth {
    /// How many.
    pub dossiers: u32,
    /// The mean chance told.
    pub told: f64,
    /// The share that was late.
    pub late: f64,
}

/// A unit's month.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Dossiers whose deadline fell into it.
    pub settled: u32,
    /// Of those, the late ones.
    pub late: u32,
    /// Warned of before the deadline.
    pub flagged: u32,
    /// Of the flagged, the late ones.
    pub flagged_late: u32,
    /// Of the flagged, those on which somebody acted within a working day.
    pub acted: u32,
    /// Of these, those that ended in time after all.
    pub saved: u32,
    /// Late ones that nobody was warned of.
    pub missed: u32,
    /// Working days from the flag to the deadline, of flagged late dossiers.
    pub median_lead_wd: Option<f64>,
    /// The same as a share of the allowance, by which limits of a day are judged fairly.
    pub median_lead_share: Option<f64>,
    /// The mean squared error of the chances told; none if none was.
    pub brier: Option<f64>,
    /// Chance against outcome by tenths of the chance; a tenth without dossiers is empty.
    pub calibration: [Tenth; TENTHS],
}

impl Record {
    /// The late ones among the flagged; none without flags.
    #[must_use]
    pub fn precision(&self) -> Option<f64> {
        (self.flagged > 0).then(|| f64::from(self.flagged_late) / f64::from(self.flagged))
    }

    /// The flagged ones among the late; none without late ones.
    #[must_use]
    pub fn recall(&self) -> Option<f64> {
        (self.late > 0).then(|| f64::from(self.flagged_late) / f64::from(self.late))
    }
}

/// Looks back on the dossiers whose deadline fell into a month.
#[must_use]
pub fn record(settled: &[Settled]) -> Record {
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
    Record {
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

/// What the chances of the last weeks add up to, against what came.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drift {
    /// Dossiers of which a chance was told.
    pub dossiers: u32,
    /// What their chances add up to.
    pub expected_late: f64,
    /// How many were late.
    pub late: u32,
    /// Between which counts 99 % lie where the chances are right.
    pub band: (u32, u32),
    /// Whether the count left the band.
    pub alarm: bool,
}

/// Watches the dossiers whose deadline fell into the last [`DRIFT_DAYS`] working days.
///
/// None below thirty dossiers: so few say nothing of the forecast.
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

/// The chances that were told, and what came.
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
                lead: None,
                acted: false,
                allowance: None,
                told: None,
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
