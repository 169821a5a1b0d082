//! The quality of a fit inside its own period.

use serde::{Deserialize, Serialize};

/// How good the forecast was inside its period. It was fitted on the earlier part and judged on the
/// later, at three cuts; each figure is the mean. A figure that could not be computed is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Figures {
    /// The mean squared error of the chance.
    pub brier: Option<f64>,
    /// How often, of a look at a late case and a look at a case in time, the late one has the
    /// higher chance.
    pub auc: Option<f64>,
    /// As `auc`, with the used part of the allowance alone as the score.
    pub naive_auc: Option<f64>,
    /// The mean distance between the chance and the share that ended late.
    pub ece: Option<f64>,
    /// How often the end fell into the 80 % interval.
    pub coverage: Option<f64>,
    /// The share of late cases among those flagged at risk.
    pub precision: Option<f64>,
    /// The share of flagged cases among the late.
    pub recall: Option<f64>,
    /// The median of working days from the flag to the deadline, over flagged late cases.
    pub median_lead_wd: Option<f64>,
    /// The share of flagged cases whose flag was cleared and raised again.
    pub raised_again: Option<f64>,
    /// The share of late cases among those at the level `WillBeLate`.
    pub will_be_late_precision: Option<f64>,
    /// The share of cases at that level among the late.
    pub will_be_late_recall: Option<f64>,
}
