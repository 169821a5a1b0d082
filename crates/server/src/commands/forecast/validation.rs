//! What the training part alone shows: which switches gain, and what the protocol gives inside it.

use forecast::backtest::{Backtest, Protocol, Report, Tried};
use forecast::log::Log;
use forecast::working_time::WorkingTime;
use serde::Serialize;

use super::table::{number, plus_minus};

/// The shares of the training part from which a rehearsal learns.
const SPLITS: [f64; 4] = [0.5, 0.6, 0.7, 0.8];

/// The training part's own evidence.
#[derive(Serialize)]
pub(super) struct Validation {
    tried: Vec<Tried>,
    rehearsals: Vec<Rehearsal>,
}

/// The protocol on the training part, as if nothing after it had happened.
#[derive(Serialize)]
struct Rehearsal {
    split: f64,
    /// None if too few cases are left to learn from or to judge.
    report: Option<Report>,
}

impl Validation {
    /// Reads nothing from the end of the training part on.
    pub fn new(log: &Log, office: &WorkingTime, protocol: Protocol, trial: &Backtest<'_>) -> Self {
        let training = log.known_before(trial.split());
        let rehearse = |split: f64| {
            let trial = Backtest::new(&training, office, Protocol { split, ..protocol }).ok()?;
            Some(trial.judge(&trial.fit()))
        };
        Validation {
            tried: trial.fit_and_tell().1,
            rehearsals: SPLITS
                .into_iter()
                .map(|split| Rehearsal {
                    split,
                    report: rehearse(split),
                })
                .collect(),
        }
    }

    /// For people.
    pub fn page(&self) -> String {
        let mut lines = vec![row(["switch", "Brier", "gain in se", "on"])];
        if self.tried.is_empty() {
            lines.push("too few cases late or in time to choose by: the table alone".to_owned());
        }
        for tried in &self.tried {
            lines.push(row([
                &tried.what,
                &number(Some(tried.brier)),
                &format!("{:+.1}", tried.gain),
                if tried.kept { "yes" } else { "no" },
            ]));
        }
        lines.extend([
            String::new(),
            "the protocol inside the training part:".to_owned(),
            figures(
                "split",
                ["AUC", "20 % left", "Brier", "ECE", "interval holds"].map(str::to_owned),
            ),
        ]);
        for rehearsal in &self.rehearsals {
            let cells = match &rehearsal.report {
                Some(report) => [
                    plus_minus(report.auc, report.auc_se),
                    number(report.naive.auc),
                    number(report.brier),
                    number(report.ece),
                    number(report.interval_coverage),
                ],
                None => ["–"; 5].map(str::to_owned),
            };
            lines.push(figures(&rehearsal.split.to_string(), cells));
        }
        lines.join("\n") + "\n"
    }
}

fn row([what, brier, gain, on]: [&str; 4]) -> String {
    format!("{what:<44} {brier:>6} {gain:>11}  {on}")
}

fn figures(split: &str, [auc, naive, brier, ece, interval]: [String; 5]) -> String {
    format!("{split:<6} {auc:<15} {naive:>9} {brier:>7} {ece:>7} {interval:>15}")
}
