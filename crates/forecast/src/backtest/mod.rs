//! How good the forecast would have been on a log: one fixed protocol.
//!
//! The model learns from cases started before the split, and only from what was
//! known of them by then; it is judged on the cases started later.

mod alarm;
mod hysteresis;
mod measure;
mod report;

use domain::time::Instant;

use crate::artefact::Figures;
use crate::level::{Sight, Thresholds, judge};
use crate::log::{Deadline, Error, Log};
use crate::model::{Learned, Model};
use crate::rolling::{Foreseen, beats, foreseen, replay};
use crate::sample::{Prefix, View, situations};
use crate::trace::{Prepared, Split, Trace};
use crate::training_row::{ObservedCase, observe};
use crate::working_time::WorkingTime;

pub use crate::selection::Tried;
pub use report::{Alarm, Alarms, Bin, Landmarks, Naive, Report};

use alarm::Trace as ObservedPath;
use hysteresis::LevelPath;
use measure::{Judged, Scored};

/// What of the protocol a caller chooses.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Protocol {
    /// How cases get their deadline.
    pub deadline: Deadline,
    /// The share of cases, by start, that the model learns from.
    pub split: f64,
}

/// A log made ready, before anything is learned.
pub struct Backtest<'a> {
    log: &'a Log,
    prepared: Prepared<'a>,
}

impl<'a> Backtest<'a> {
    /// Drops, splits and gives deadlines.
    pub fn new(log: &'a Log, office: &'a WorkingTime, protocol: Protocol) -> Result<Self, Error> {
        let split = Split::Share(protocol.split);
        Backtest::of(log, &[office], protocol.deadline, split)
    }

    pub(crate) fn of(
        log: &'a Log,
        offices: &[&'a WorkingTime],
        deadline: Deadline,
        split: Split,
    ) -> Result<Self, Error> {
        let prepared = Prepared::new(log, offices, deadline, split)?;
        Ok(Backtest { log, prepared })
    }

    pub(crate) fn prepared(&self) -> &Prepared<'a> {
        &self.prepared
    }

    /// Where the training part ends.
    #[must_use]
    pub fn split(&self) -> Instant {
        self.prepared.split_at
    }

    /// Fits a model on the training part.
    #[must_use]
    pub fn fit(&self) -> Model {
        self.fit_and_tell().0
    }

    /// Fits a model on the training part, and tells which switches were tried.
    #[must_use]
    pub fn fit_and_tell(&self) -> (Model, Vec<Tried>) {
        let learned = self.learn();
        (learned.model, learned.tried)
    }

    pub(crate) fn learn(&self) -> Learned {
        Model::learn(&self.prepared, &self.log.activities)
    }

    /// Judges a model on the test part.
    #[must_use]
    pub fn judge(&self, model: &Model) -> Report {
        self.tested(model, |test, landmarks| self.report(model, test, landmarks))
    }

    /// Judges a model and its levels on the test part by the figures that are kept with them.
    pub(crate) fn figures(&self, model: &Model, thresholds: &Thresholds) -> Figures {
        self.tested(model, |test, _| {
            let scored = test.scored();
            let naive = scored.iter().zip(&test.naive);
            let naive: Vec<Scored> = naive
                .map(|(scored, &score)| Scored { score, ..*scored })
                .collect();
            let walks = test.walks(model, thresholds);
            let flag = hysteresis::flags(&walks);
            Figures {
                brier: measure::brier(&scored),
                auc: measure::auc(&scored),
                naive_auc: measure::auc(&naive),
                ece: measure::calibration_error(&scored),
                coverage: test.coverage(model),
                precision: flag.at_risk.precision,
                recall: flag.at_risk.recall,
                median_lead_wd: flag.at_risk.median_lead_wd,
                raised_again: flag.raised_again,
                will_be_late_precision: flag.will_be_late.precision,
                will_be_late_recall: flag.will_be_late.recall,
            }
        })
    }

    /// Looks at the test cases through a model.
    fn tested<T>(&self, model: &Model, told: impl FnOnce(&Test<'_>, [Option<f64>; 3]) -> T) -> T {
        let prepared = &self.prepared;
        let horizon = prepared.log_end;
        let codes = model.codes(prepared.named(&self.log.activities));
        let view = View {
            codes: &codes,
            paces: &model.paces(&prepared.offices),
        };
        // Cases of the training part whose deadline passes later teach the rolling correction
        // when it does; they are not judged.
        let running: Vec<&Trace> = prepared
            .traces
            .iter()
            .filter(|trace| {
                !trace.deadline.before(prepared.split) && trace.deadline.before(horizon)
            })
            .collect();
        let judged_from = running.partition_point(|trace| trace.start.before(prepared.split));
        let observed = observe(running.iter().copied(), prepared, horizon, &view);
        let chances: Vec<f64> = observed
            .iter()
            .flat_map(|case| &case.situations)
            .map(|at| model.foreseen(at))
            .collect();
        let mut looks = foreseen(&observed, &chances);
        let ordinary = looks.len();
        let landmarks = self.landmarks(&running[judged_from..], model, &view);
        looks.extend(landmarks.iter().flatten().map(|landmark| landmark.foreseen));
        let corrected = match model.rolling {
            Some(rolling) => {
                let mut beats = beats(&observed, model.table());
                beats.retain(|beat| beat.day >= prepared.split.day);
                replay(rolling, &beats, &looks).0
            }
            None => looks.iter().map(|look| look.chance).collect(),
        };
        let (ordinary, special) = corrected.split_at(ordinary);
        let skipped = observed[..judged_from]
            .iter()
            .map(|case| case.days.len())
            .sum();
        let test = Test {
            observed: &observed[judged_from..],
            chances: &ordinary[skipped..],
            naive: naive(&running[judged_from..], &observed[judged_from..]),
        };
        let mut special = special.iter();
        let landmarks = landmarks.map(|marks| {
            let scored: Vec<Scored> = marks
                .iter()
                .zip(special.by_ref())
                .map(|(mark, &score)| Scored {
                    score,
                    late: mark.late,
                    case: 0,
                })
                .collect();
            measure::auc(&scored)
        });
        told(&test, landmarks)
    }

    fn report(&self, model: &Model, test: &Test<'_>, landmarks: [Option<f64>; 3]) -> Report {
        let scored = test.scored();
        let judged = Judged::new(&scored, &test.naive);
        let late = test
            .observed
            .iter()
            .filter(|case| case.late == Some(true))
            .count();
        let ratio = |part: usize, whole: usize| (whole > 0).then(|| part as f64 / whole as f64);
        Report {
            cases_train: self.prepared.training().len(),
            cases_test: test.observed.len(),
            samples_test: scored.len(),
            split_time: self.prepared.split_at,
            dropped: self.prepared.dropped,
            late_share: ratio(late, test.observed.len()),
            auc: judged.auc,
            auc_se: judged.auc_se,
            brier: measure::brier(&scored),
            ece: measure::calibration_error(&scored),
            landmark_auc: Landmarks::new(landmarks),
            alarm: Alarms::new(model.alarms().iter().map(|alarm| {
                alarm::measure(&test.traces(), |look| {
                    alarm.level.is_some_and(|level| look.chance >= level)
                })
                .filter(|_| alarm.level.is_some())
            })),
            interval_coverage: test.coverage(model),
            naive: Naive::new(
                judged.naive_auc,
                alarm::measure(&test.traces(), |look| look.share >= 0.8),
            ),
            fit_seconds: None,
            model_bytes: model.to_bytes().len(),
            gain: judged.gain,
            calibration: measure::calibration(&scored),
        }
    }

    /// Cases still open at a quarter, half and three quarters of their allowance.
    fn landmarks(&self, traces: &[&Trace], model: &Model, view: &View<'_>) -> [Vec<Landmark>; 3] {
        [0.25, 0.5, 0.75].map(|share| {
            let landmark = |trace: &&Trace| {
                let position = trace.start.day + share * trace.allowance();
                let office = self.prepared.offices.get(trace.office)?;
                let at = office.moment(office.moment_of(position).ok()?).ok()?;
                if trace.end.is_some_and(|end| !at.before(end)) || !at.before(trace.deadline) {
                    return None;
                }
                let seen = trace.events.partition_point(|event| !at.before(event.at));
                let situation = situations(trace, &[Prefix { at, seen }], view).pop()?;
                let chance = model.foreseen(&situation);
                Some(Landmark {
                    foreseen: Foreseen {
                        day: at.day,
                        chance,
                    },
                    late: trace.is_late(),
                })
            };
            traces.iter().filter_map(landmark).collect()
        })
    }
}

/// The naive rule as a score: the part of the allowance used up, on the plain calendar.
fn naive(traces: &[&Trace], observed: &[ObservedCase]) -> Vec<f64> {
    let mut shares = Vec::new();
    for (trace, observed) in traces.iter().zip(observed) {
        let allowance = trace.allowance().max(1e-9);
        let share = |day: &f64| ((day - trace.start.day) / allowance).clamp(0.0, 1.0);
        shares.extend(observed.days.iter().map(share));
    }
    shares
}

/// One case at one landmark.
struct Landmark {
    foreseen: Foreseen,
    late: bool,
}

/// The cases to judge by, and the chance of each look at them.
struct Test<'a> {
    observed: &'a [ObservedCase],
    chances: &'a [f64],
    /// The part of the allowance used up at each look, on the plain calendar.
    naive: Vec<f64>,
}

impl Test<'_> {
    fn each(&self) -> impl Iterator<Item = (u32, &ObservedCase, &[f64])> {
        let mut rest = self.chances;
        (0..).zip(self.observed).map(move |(number, case)| {
            let (own, others) = rest.split_at(case.days.len());
            rest = others;
            (number, case, own)
        })
    }

    fn scored(&self) -> Vec<Scored> {
        let scored = self.each().flat_map(|(case, observed, own)| {
            let late = observed.late == Some(true);
            own.iter().map(move |&score| Scored { score, late, case })
        });
        scored.collect()
    }

    fn traces(&self) -> Vec<ObservedPath> {
        let mut naive = self.naive.iter();
        self.each()
            .map(|(_, case, own)| ObservedPath {
                late: case.late == Some(true),
                deadline: case.deadline.day,
                looks: case
                    .days
                    .iter()
                    .zip(own)
                    .zip(naive.by_ref())
                    .map(|((&day, &chance), &share)| alarm::ScoredPrefix { day, chance, share })
                    .collect(),
            })
            .collect()
    }

    /// The levels that each case went through, look by look.
    fn walks(&self, model: &Model, thresholds: &Thresholds) -> Vec<LevelPath> {
        self.each()
            .map(|(_, case, own)| {
                let mut level = None;
                let looks = case.days.iter().zip(&case.situations).zip(own);
                let levels = looks.map(|((&day, at), &late)| {
                    let sight = Sight {
                        late,
                        soonest: model.interval(at).0,
                        left: f64::from(at.left),
                        overdue: false,
                    };
                    let now = judge(level, sight, thresholds);
                    level = Some(now);
                    (day, now)
                });
                LevelPath {
                    late: case.late == Some(true),
                    deadline: case.deadline.day,
                    levels: levels.collect(),
                }
            })
            .collect()
    }

    /// The share of looks whose interval held the end.
    ///
    /// A case still running when the log ends counts as missed once the interval has passed;
    /// before that nobody can say, and the look is left out.
    fn coverage(&self, model: &Model) -> Option<f64> {
        let (mut inside, mut judged) = (0_u32, 0_u32);
        for case in self.observed {
            for (remaining, at) in case.remaining.iter().zip(&case.situations) {
                let Some((low, high)) = model.known_interval(at) else {
                    continue;
                };
                if case.end.is_some() {
                    inside += u32::from((low..=high).contains(remaining));
                    judged += 1;
                } else {
                    judged += u32::from(high < *remaining);
                }
            }
        }
        (judged > 0).then(|| f64::from(inside) / f64::from(judged))
    }
}
