//! What a backtest found, in the shape it is printed. What cannot be computed is absent.

use domain::time::Instant;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// Figures of one backtest. The names are a contract.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Cases started before the split.
    pub cases_train: usize,
    /// Cases started later whose deadline passed within the log.
    pub cases_test: usize,
    /// Looks at the test cases.
    pub samples_test: usize,
    /// Where the log is split.
    #[serde(serialize_with = "utc")]
    pub split_time: Instant,
    /// Cases the protocol does not use.
    pub dropped: usize,
    /// Cases that began so late that only quick ones of their time are in a log of finished cases.
    pub dropped_truncated: usize,
    /// Late ones among the training cases whose deadline had passed.
    pub late_share_train: Option<f64>,
    /// Late ones among the test cases.
    pub late_share: Option<f64>,
    /// How often a look at a late case has the higher chance than a look at one in time.
    pub auc: Option<f64>,
    /// Its standard error, over draws of cases.
    pub auc_se: Option<f64>,
    /// The mean squared error of the chance.
    pub brier: Option<f64>,
    /// Its standard error, over draws of cases.
    pub brier_se: Option<f64>,
    /// How far the chance is from the share that came late.
    pub ece: Option<f64>,
    /// At fixed parts of the allowance, one look a case.
    pub landmark_auc: Landmarks,
    /// Flags at levels fitted in training.
    pub alarm: Alarms,
    /// How often the interval for the end held it.
    pub interval_coverage: Option<f64>,
    /// By how many days, nights and days off included, the middle of the three ends missed the end.
    pub mae_days: Option<f64>,
    /// The rule "a fifth of the allowance left".
    pub naive: Naive,
    /// What flags are worth for each case, by how many handlings an avoided lateness pays.
    pub net_benefit: NetBenefit,
    /// How long the fit took, if the caller measured it.
    pub fit_seconds: Option<f64>,
    /// The size of the model as kept.
    pub model_bytes: usize,
    /// Between which values 95 % of the draws put the gain in AUC over the naive rule.
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

/// What a flag was worth, case by case.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct FlagWorth {
    /// How many were flagged.
    pub flagged: Option<u32>,
    /// Late ones among the flagged.
    pub precision: Option<f64>,
    /// Flagged ones among the late.
    pub recall: Option<f64>,
    /// Working days from the flag to the deadline, of flagged late cases.
    pub median_lead_wd: Option<f64>,
}

/// A flag for each precision it was fitted for.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Alarms {
    /// Six in ten flagged should be late.
    #[serde(rename = "0.6")]
    pub six: FlagWorth,
    /// Eight in ten.
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

/// The naive rule beside ours.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Naive {
    /// With the part of the allowance used up as the score.
    pub auc: Option<f64>,
    /// It has one level, so both precisions name the same flag.
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
    /// Flags from the level that paid most in training.
    pub ours: f64,
    /// Flags when a fifth of the allowance is left.
    pub naive: f64,
    /// The same where only flags a working day ahead avoid anything.
    pub ours_one_day: f64,
    /// By the naive rule.
    pub naive_one_day: f64,
    /// The same with two working days.
    pub ours_two_days: f64,
    /// By the naive rule.
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
    /// Their mean chance.
    pub foreseen: f64,
    /// The share that was late.
    pub late: f64,
    /// How many.
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
