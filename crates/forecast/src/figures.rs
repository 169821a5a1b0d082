//! How good a fit was inside its own period.

use serde::{Deserialize, Serialize};

/// How good the forecast was inside the period it was fitted on: fitted on the earlier part and
/// judged on the later, at three cuts, averaged. What could not be computed is absent.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Figures {
    /// The mean squared error of the chance.
    pub brier: Option<f64>,
    /// How often a look at a late case has the higher chance than a look at one in time.
    pub auc: Option<f64>,
    /// The same, of the part of the allowance used up alone.
    pub naive_auc: Option<f64>,
    /// How far the chance is from the share that came late.
    pub ece: Option<f64>,
    /// How often the 80 % interval held the end.
    pub coverage: Option<f64>,
    /// Late ones among those flagged at risk.
    pub precision: Option<f64>,
    /// Flagged ones among the late.
    pub recall: Option<f64>,
    /// Working days from the flag to the deadline, of flagged late cases.
    pub median_lead_wd: Option<f64>,
    /// Those whose flag was given up and raised again, among the flagged.
    pub raised_again: Option<f64>,
    /// Late ones among those told that they will be late.
    pub will_be_late_precision: Option<f64>,
    /// Those told so among the late.
    pub will_be_late_recall: Option<f64>,
}
