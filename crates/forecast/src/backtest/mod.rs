//! Measures on a log how good the forecast would have been, by one fixed protocol.
//!
//! The model learns from cases started before the split, and only from what was known of them at
//! the split. It is judged on the cases started later.

mod alarm;
mod hysteresis;
mod measure;
mod net_benefit;
mod report;
mod scores;

use chrono::{Datelike, Months, NaiveTime};
use domain::time::Instant;

use crate::figures::Figures;
use crate::level::{Sight, Thresholds, judge};
use crate::log::{Deadline, Error, Log};
use crate::model::{Learned, Model};
use crate::trace::{Layout, Prepared};
use crate::working_time::{WorkMoment, WorkingTime};

pub use crate::selection::Tried;
pub use crate::trace::Looks;
pub use report::{Alarms, Benefit, Bin, FlagWorth, Landmarks, Naive, NetBenefit, Report};

use crate::trace::Split;
use hysteresis::LevelPath;
use measure::Judged;
use scores::Scores;

/// The choices that the protocol leaves to a caller.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Protocol {
    /// How cases get their deadline.
    pub deadline: Deadline,
    /// The share of cases, in order of start, from which the model learns.
    pub split: f64,
    /// Whether each case ends with its last event, so that the log holds finished cases only. Such
    /// a log misses the slow cases of its last weeks, so all cases that began then are left out.
    pub finished_only: bool,
    /// Whether to fit again during the test part.
    pub refit: Refit,
    /// When cases are looked at.
    pub looks: Looks,
}

impl Protocol {
    /// The protocol for event logs: one fit, daily looks.
    #[must_use]
    pub fn new(deadline: Deadline, split: f64) -> Protocol {
        Protocol {
            deadline,
            split,
            finished_only: false,
            refit: Refit::Never,
            looks: Looks::Daily,
        }
    }

    fn layout(self) -> Layout {
        Layout {
            deadline: self.deadline,
            split: Split::Share(self.split),
            looks: self.looks,
            finished_only: self.finished_only,
        }
    }
}

/// When the model is fitted again during the test part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Refit {
    /// Not at all.
    #[default]
    Never,
    /// At the beginning of each month, on all that was known by then, as the engine does.
    Month,
}

/// A log prepared for the protocol, before anything is learned.
pub struct Backtest<'a> {
    activities: Vec<String>,
    prepared: Prepared<'a>,
    refit: Refit,
}

impl<'a> Backtest<'a> {
    /// Drops unusable cases, splits by start, and gives each case its deadline.
    pub fn new(log: &Log, office: &'a WorkingTime, protocol: Protocol) -> Result<Self, Error> {
        Ok(Backtest {
            activities: log.activities.clone(),
            prepared: Prepared::new(log, &[office], protocol.layout())?,
            refit: protocol.refit,
        })
    }

    /// As [`Backtest::new`], but gives the memory of each case back once it is laid out: of a large
    /// log there is no room for both.
    pub fn consuming(
        mut log: Log,
        office: &'a WorkingTime,
        protocol: Protocol,
    ) -> Result<Self, Error> {
        Ok(Backtest {
            activities: std::mem::take(&mut log.activities),
            prepared: Prepared::consuming(log, &[office], protocol.layout())?,
            refit: protocol.refit,
        })
    }

    pub(crate) fn of(
        log: &Log,
        offices: &[&'a WorkingTime],
        layout: Layout,
    ) -> Result<Self, Error> {
        Ok(Backtest {
            activities: log.activities.clone(),
            prepared: Prepared::new(log, offices, layout)?,
            refit: Refit::Never,
        })
    }

    pub(crate) fn prepared(&self) -> &Prepared<'a> {
        &self.prepared
    }

    /// When the training part ends.
    #[must_use]
    pub fn split(&self) -> Instant {
        self.prepared.split_at
    }

    /// Fits a model on the training part.
    #[must_use]
    pub fn fit(&self) -> Model {
        self.fit_and_tell().0
    }

    /// Fits a model on the training part, and lists the switches that the choice tried.
    #[must_use]
    pub fn fit_and_tell(&self) -> (Model, Vec<Tried>) {
        let learned = self.learn();
        (learned.model, learned.tried)
    }

    pub(crate) fn learn(&self) -> Learned<'_> {
        self.learn_by(self.prepared.split)
    }

    fn learn_by(&self, moment: WorkMoment) -> Learned<'_> {
        Model::learn(&self.prepared, &self.activities, moment)
    }

    /// Judges a model on the test part.
    #[must_use]
    pub fn judge(&self, model: &Model) -> Report {
        self.report(model, &self.said(model))
    }

    /// Judges as [`Backtest::judge`], and passes each look to `each`: its case, its moment, the
    /// chance, and whether the case ended late.
    pub fn judge_each(
        &self,
        model: &Model,
        mut each: impl FnMut(&str, Instant, f64, bool),
    ) -> Report {
        let said = self.said(model);
        for (case, looks) in said.cases() {
            for (look, at) in looks.zip(said.moments(case)) {
                each(said.id(case), at, said.chance[look], case.late);
            }
        }
        self.report(model, &said)
    }

    /// Judges a model and its levels on the test part by the figures that an artefact stores.
    pub(crate) fn figures(&self, model: &Model, thresholds: &Thresholds) -> Figures {
        let said = self.said(model);
        let flag = hysteresis::flags(&walks(&said, thresholds));
        let calibration = measure::calibration(&said.chance, &said.outcomes);
        Figures {
            brier: measure::brier(&said.chance, &said.outcomes),
            auc: measure::auc(&said.chance, &said.outcomes),
            naive_auc: measure::auc(&said.share, &said.outcomes),
            ece: measure::calibration_error(&calibration),
            coverage: said.coverage(),
            precision: flag.at_risk.precision,
            recall: flag.at_risk.recall,
            median_lead_wd: flag.at_risk.median_lead_wd,
            raised_again: flag.raised_again,
            will_be_late_precision: flag.will_be_late.precision,
            will_be_late_recall: flag.will_be_late.recall,
        }
    }

    /// Scores the test cases, with one model or with each month's own.
    fn said(&self, model: &Model) -> Scores<'_> {
        let mut said = Scores::new(&self.prepared);
        let activities = &self.activities;
        let begins = self.refits();
        let first = begins.first().copied();
        said.take(model, activities, None, first);
        for (place, from) in begins.iter().enumerate() {
            let next = begins.get(place + 1).copied();
            let model = self.learn_by(*from).model;
            said.take(&model, activities, Some(*from), next);
        }
        said
    }

    /// The moments of the monthly fits, in order.
    fn refits(&self) -> Vec<WorkMoment> {
        let prepared = &self.prepared;
        let Some(office) = prepared
            .offices
            .first()
            .filter(|_| self.refit == Refit::Month)
        else {
            return Vec::new();
        };
        let first = office.local_day(prepared.split_at).with_day(1);
        let months = (1..).map_while(|months| first?.checked_add_months(Months::new(months)));
        let begins = months.map(|day| office.at(day.and_time(NaiveTime::MIN)));
        let begins = begins.map_while(|at| office.moment(at).ok());
        begins
            .take_while(|at| at.before(prepared.log_end))
            .collect()
    }

    fn report(&self, model: &Model, said: &Scores<'_>) -> Report {
        let judged = Judged::new(&said.chance, &said.share, &said.outcomes);
        let late = said.cases().filter(|(case, _)| case.late).count();
        let ratio = |part: usize, whole: usize| (whole > 0).then(|| part as f64 / whole as f64);
        let size = model.size();
        let flagged = |flag: scores::FlagOf| alarm::worth(said.flags(flag));
        let judges = said.cases().next().is_some();
        Report {
            cases_train: self.prepared.training().len(),
            cases_test: said.cases().count(),
            samples_test: said.chance.len(),
            split_time: self.prepared.split_at,
            dropped: self.prepared.dropped,
            dropped_truncated: self.prepared.dropped_truncated,
            late_share_train: ratio(size.late as usize, size.settled as usize),
            late_share: ratio(late, said.cases().count()),
            auc: judged.auc,
            auc_se: judged.auc_se,
            brier: measure::brier(&said.chance, &said.outcomes),
            brier_se: judged.brier_se,
            ece: measure::calibration_error(&judged.calibration),
            landmark_auc: Landmarks::new(
                said.ends
                    .landmarks
                    .each_ref()
                    .map(|(chances, outcomes)| measure::auc(chances, outcomes)),
            ),
            alarm: Alarms::new((0..2).map(|place| {
                let is_fitted = model.alarms().get(place)?.level.is_some();
                (judges && is_fitted).then(|| flagged(scores::FlagOf::Alarm(place)))
            })),
            interval_coverage: said.coverage(),
            mae_days: said.mean_error(),
            naive: Naive::new(
                judged.naive_auc,
                judges.then(|| flagged(scores::FlagOf::Naive)),
            ),
            net_benefit: net_benefit::measure(said),
            fit_seconds: None,
            model_bytes: model.to_bytes().len(),
            gain: judged.gain,
            calibration: judged.calibration,
        }
    }
}

/// The levels of each case, look by look.
fn walks(said: &Scores<'_>, thresholds: &Thresholds) -> Vec<LevelPath> {
    said.cases()
        .map(|(case, looks)| {
            let mut level = None;
            let levels = looks.map(|look| {
                let sight = Sight {
                    late: said.chance[look],
                    plan_lacks_time: false,
                    overdue: false,
                };
                let now = judge(level, sight, thresholds);
                level = Some(now);
                (said.day[look], now)
            });
            LevelPath {
                late: case.late,
                deadline: case.deadline,
                levels: levels.collect(),
            }
        })
        .collect()
}
