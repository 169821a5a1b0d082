//! The findings of a backtest, in the shape in which they are printed. A figure that cannot be
//! computed is `None`.

use domain::time::Instant;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// Figures of one backtest. Programs read them, so the field names are a contract.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Cases started before the split.
    pub cases_train: usize,
    /// Cases started after the split whose deadline passed within the log.
    pub cases_test: usize,
    /// Looks at the test cases.
    pub samples_test: usize,
    /// The moment that splits training from test.
    #[serde(serialize_with = "utc")]
    pub split_time: Instant,
    /// Cases that the protocol does not use.
    pub dropped: usize,
    /// Cases that began so late that a log of finished cases holds only the quick ones among them.
    pub dropped_truncated: usize,
    /// The share of late cases among the training cases whose deadline had passed.
    pub late_share_train: Option<f64>,
    /// The share of late cases among the test cases.
    pub late_share: Option<f64>,
    /// How often, of a look at a late case and a look at a case in time, the late one has the
    /// higher chance.
    pub auc: Option<f64>,
    /// The standard error of `auc`, over draws of cases.
    pub auc_se: Option<f64>,
    /// The mean squared error of the chance.
    pub brier: Option<f64>,
    /// The standard error of `brier`, over draws of cases.
    pub brier_se: Option<f64>,
    /// The mean distance between the chance and the share that ended late.
    pub ece: Option<f64>,
    /// The area at fixed parts of the allowance, with one look a case.
    pub landmark_auc: Landmarks,
    /// Flags at levels fitted in training.
    pub alarm: Alarms,
    /// How often the end fell into the interval.
    pub interval_coverage: Option<f64>,
    /// The mean distance in days, nights and days off included, between the middle forecast and the
    /// end.
    pub mae_days: Option<f64>,
    /// The figures of the rule "flag when a fifth of the allowance is left".
    pub naive: Naive,
    /// The net benefit of flags for each case, by the number of handlings that an avoided lateness
    /// pays.
    pub net_benefit: NetBenefit,
    /// How long the fit took, if the caller measured it.
    pub fit_seconds: Option<f64>,
    /// The bytes of the stored model.
    pub model_bytes: usize,
    /// The range of 95 % of the draws for the gain in AUC over the naive rule.
    #[serde(skip)]
    pub gain: Option<(f64, f64)>,
    /// Chance against outcome, part by part.
    #[serde(skip)]
    pub calibration: Vec<Bin>,
}

fn utc<S: Serializer>(at: &Instant, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true))
}

/// The area under the curve at three parts of the allowance.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Landmarks {
    /// At a quarter.
    #[serde(rename = "25")]
    pub quarter: Option<f64>,
    /// At half.
    #[serde(rename = "50")]
    pub half: Option<f64>,
    /// At three quarters.
    #[serde(rename = "75")]
    pub three_quarters: Option<f64>,
}

impl Landmarks {
    pub(super) fn new([quarter, half, three_quarters]: [Option<f64>; 3]) -> Landmarks {
        Landmarks {
            quarter,
            half,
            three_quarters,
        }
    }
}

/// What a flag was worth, counted by case.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct FlagWorth {
    /// How many cases were flagged.
    pub flagged: Option<u32>,
    /// The share of late cases among the flagged.
    pub precision: Option<f64>,
    /// The share of flagged cases among the late.
    pub recall: Option<f64>,
    /// The median of working days from the flag to the deadline, over flagged late cases.
    pub median_lead_wd: Option<f64>,
}

/// The worth of flags at the level of each fitted precision.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Alarms {
    /// Fitted so that six in ten flagged cases end late.
    #[serde(rename = "0.6")]
    pub six: FlagWorth,
    /// Fitted so that eight in ten do.
    #[serde(rename = "0.8")]
    pub eight: FlagWorth,
}

impl Alarms {
    pub(super) fn new(mut alarms: impl Iterator<Item = Option<FlagWorth>>) -> Alarms {
        let mut next = || alarms.next().flatten().unwrap_or_default();
        Alarms {
            six: next(),
            eight: next(),
        }
    }
}

/// The naive rule, for comparison.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Naive {
    /// The area with the used part of the allowance as the score.
    pub auc: Option<f64>,
    /// The naive rule has one level, so both precisions show the same flag.
    pub alarm: Alarms,
}

impl Naive {
    pub(super) fn new(auc: Option<f64>, alarm: Option<FlagWorth>) -> Naive {
        let alarm = alarm.unwrap_or_default();
        Naive {
            auc,
            alarm: Alarms {
                six: alarm,
                eight: alarm,
            },
        }
    }
}

/// The net benefit of flags for each case, in handlings.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Benefit {
    /// Flags at the level that paid most in training.
    pub ours: f64,
    /// Flags of the naive rule, when a fifth of the allowance is left.
    pub naive: f64,
    /// As `ours`, if a flag avoids a lateness only when it comes a working day ahead.
    pub ours_one_day: f64,
    /// As `naive`, with a working day ahead.
    pub naive_one_day: f64,
    /// As `ours`, with two working days ahead.
    pub ours_two_days: f64,
    /// As `naive`, with two working days ahead.
    pub naive_two_days: f64,
}

/// For each number of handlings that an avoided lateness pays, the benefit; empty without cases.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NetBenefit(pub Vec<(u8, Benefit)>);

impl Serialize for NetBenefit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (pays, benefit) in &self.0 {
            map.serialize_entry(&pays.to_string(), benefit)?;
        }
        map.end()
    }
}

/// Looks with about the same chance.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Bin {
    /// Their mean chance. While looks are still being added, the sum.
    pub foreseen: f64,
    /// The share that ended late. While looks are still being added, the count.
    pub late: f64,
    /// How many looks.
    pub looks: usize,
}

impl Bin {
    pub(super) fn add(&mut self, chance: f64, late: bool) {
        self.foreseen += chance;
        self.late += f64::from(u8::from(late));
        self.looks += 1;
    }

    pub(super) fn averaged(&self) -> Bin {
        let looks = self.looks.max(1) as f64;
        Bin {
            foreseen: self.foreseen / looks,
            late: self.late / looks,
            looks: self.looks,
        }
    }
}
