//! A forecast without history: the planned allowances of the remaining work against the working
//! time left.
//!
//! Eight in ten dossiers are assumed to keep their plan. The time needed then follows a
//! log-logistic law: the odds of being late fall with the cube of the time left for each day
//! planned. This law is a guess.

use domain::id::StepId;
use domain::limit::Limit;
use domain::procedure::Step;

use crate::model::Forecast;
use crate::working_time::TimeScale;

/// A remaining piece of work, and the working days planned for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Work {
    /// The name on the dossier's page.
    pub name: String,
    /// Planned working days.
    pub days: f64,
}

/// The remaining work of a dossier.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Plan {
    /// The present step; none if the procedure publishes no process.
    pub current: Option<Work>,
    /// Whether anybody has begun the present step. An untouched step keeps its whole allowance,
    /// however long it lies.
    pub begun: bool,
    /// The later steps, on the shortest way to the end.
    pub later: Vec<Work>,
    /// The work of other agencies, and how many working days each had already taken when the plan
    /// was made.
    pub legs: Vec<(Work, f64)>,
    /// Working days that nobody can shorten, for example a public notice.
    pub least: f64,
}

/// How far the work has come, in working days.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Progress {
    /// Since arrival at the present step.
    pub waited: f64,
    /// Since the plan was made.
    pub passed: f64,
}

/// Work that has overrun its plan usually takes this part of its time again. Under the law below,
/// half of the dossiers still at it are done within a factor of 2^(1/3), the cube root from
/// [`STEEP`].
const OVERRUN: f64 = 0.26;
/// The odds of keeping the plan: four to one, the assumed eight in ten.
const KEPT: f64 = 4.0;
/// The power with which the odds change with the time left.
const STEEP: f64 = 3.0;
/// The least working days needed, even if nothing is planned.
const SHORTEST: f64 = 0.05;

impl Plan {
    /// The plan for the shortest way from a step to the end, by planned time.
    ///
    /// A step without an allowance takes no planned time. If `current` is none or not among the
    /// steps, or no step has an allowance, the plan is the whole `limit`.
    #[must_use]
    pub fn of(steps: &[Step], current: Option<&StepId>, limit: Limit, clock: TimeScale) -> Plan {
        let days = |step: &Step| {
            step.allowance
                .map_or(0.0, |allowance| days_of(allowance, clock))
        };
        let place = current.and_then(|id| steps.iter().position(|step| step.id == *id));
        let Some(place) = place.filter(|_| steps.iter().any(|step| step.allowance.is_some()))
        else {
            return Plan {
                current: Some(Work {
                    name: String::new(),
                    days: days_of(limit, clock),
                }),
                ..Plan::default()
            };
        };
        let work = |place: usize| Work {
            name: steps[place].name.clone(),
            days: days(&steps[place]),
        };
        let way = shortest(steps, place, &days);
        Plan {
            current: Some(work(place)),
            later: way.into_iter().map(work).collect(),
            ..Plan::default()
        }
    }

    /// The plan as it would be with the present step done.
    pub(crate) fn without_current(&self) -> Plan {
        Plan {
            current: None,
            ..self.clone()
        }
    }

    /// Working days still planned at this progress.
    pub(crate) fn needed(&self, at: Progress) -> f64 {
        let legs = self.legs.iter();
        let legs = legs.map(|(leg, before)| rest(leg, before + at.passed));
        legs.fold(self.own(at), f64::max)
            .max(self.least - at.passed)
            .max(SHORTEST)
    }

    /// Working days planned for the dossier's own steps.
    fn own(&self, at: Progress) -> f64 {
        let current = self.current.as_ref();
        let current = current.map_or(0.0, |work| self.rest_of_current(work, at));
        current + self.later.iter().map(|work| work.days).sum::<f64>()
    }

    /// Working days planned for the steps after the present one.
    pub(crate) fn to_come(&self) -> f64 {
        self.later.iter().map(|work| work.days).sum()
    }

    fn rest_of_current(&self, work: &Work, at: Progress) -> f64 {
        rest(work, if self.begun { at.waited } else { 0.0 })
    }

    /// The longest remaining piece: the work, its remaining working days, and whether it is another
    /// agency's; none if no named work is left.
    pub(crate) fn longest(&self, at: Progress) -> Option<(&Work, f64, bool)> {
        let current = self.current.iter();
        let own = current.map(|work| (work, self.rest_of_current(work, at), false));
        let later = self.later.iter().map(|work| (work, work.days, false));
        let legs = self.legs.iter();
        let legs = legs.map(|(leg, before)| (leg, rest(leg, before + at.passed), true));
        own.chain(later)
            .chain(legs)
            .filter(|(work, days, _)| !work.name.is_empty() && *days > 0.0)
            .max_by(|a, b| a.1.total_cmp(&b.1))
    }

    /// The forecast with so many working days left.
    pub(crate) fn forecast(&self, left: f64, at: Progress) -> Forecast {
        let needed = self.needed(at);
        let middle = needed / KEPT.powf(1.0 / STEEP);
        let by = |share: f64| (middle * (share / (1.0 - share)).powf(1.0 / STEEP)).max(0.0);
        let least = (self.least - at.passed).max(0.0);
        Forecast {
            late: late(left, needed),
            soonest: by(0.1).max(least),
            middle: middle.max(least),
            latest: by(0.9).max(least),
        }
    }

    /// Working days from now at which the slope of [`Plan::needed`] may change.
    pub(crate) fn bends(&self, at: Progress) -> Vec<f64> {
        let turns = |work: &Work, done: f64| {
            // The rest of overrunning work first stops falling, then begins to rise.
            [work.days * (1.0 - OVERRUN) - done, work.days - done]
        };
        let mut bends = vec![self.least - at.passed];
        let begun = self.current.iter().filter(|_| self.begun);
        bends.extend(begun.flat_map(|work| turns(work, at.waited)));
        let legs = self.legs.iter();
        bends.extend(legs.flat_map(|(leg, before)| turns(leg, before + at.passed)));
        bends.push(0.0);
        bends.retain(|bend| *bend >= 0.0);
        bends.sort_by(f64::total_cmp);
        // Between two turns each piece changes linearly, so the longest piece changes only at
        // crossings.
        let mut crossings = Vec::new();
        let last = bends.last().copied().unwrap_or(0.0) + 1.0;
        for (place, from) in bends.iter().enumerate() {
            let to = bends.get(place + 1).copied().unwrap_or(last);
            let ends = [*from, to].map(|days| self.pieces(after(at, days)));
            for (one, first) in ends[0].iter().enumerate() {
                for (other, second) in ends[0].iter().enumerate().skip(one + 1) {
                    let before = first - second;
                    let change = (ends[1][one] - ends[1][other]) - before;
                    if change.abs() > 1e-12 {
                        crossings.push(from - before / change * (to - from));
                    }
                }
            }
        }
        bends.extend(crossings);
        bends.retain(|bend| *bend > 0.0);
        bends
    }

    /// The pieces of which [`Plan::needed`] is the longest.
    fn pieces(&self, at: Progress) -> Vec<f64> {
        let legs = self.legs.iter();
        let legs = legs.map(|(leg, before)| rest(leg, before + at.passed));
        [self.own(at), self.least - at.passed, SHORTEST]
            .into_iter()
            .chain(legs)
            .collect()
    }
}

fn after(at: Progress, days: f64) -> Progress {
    Progress {
        waited: at.waited + days,
        passed: at.passed + days,
    }
}

/// The working days that begun work still needs by plan.
fn rest(work: &Work, done: f64) -> f64 {
    let done = done.max(0.0);
    (work.days - done).max(OVERRUN * work.days.max(done))
}

/// The chance that work with so many planned days takes longer than the time left.
fn late(left: f64, needed: f64) -> f64 {
    if left <= 0.0 {
        return 1.0;
    }
    // A guess is never a certainty.
    (1.0 / (1.0 + KEPT * (left / needed).powf(STEEP))).clamp(0.002, 0.998)
}

/// About how many days of a time scale a limit plans for. An estimate for statistics, never a due
/// time.
fn days_of(limit: Limit, clock: TimeScale) -> f64 {
    // Of seven days five are worked.
    let week = if clock.elapsed { 1.0 } else { 5.0 / 7.0 };
    match limit {
        Limit::WorkingDays(days) if clock.elapsed => f64::from(days) * 7.0 / 5.0,
        Limit::WorkingDays(days) => f64::from(days),
        Limit::WorkingHours(hours) => f64::from(hours) / clock.hours_a_day.max(1.0),
        Limit::CalendarDays(days) => f64::from(days) * week,
        Limit::CalendarMonths(months) => f64::from(months) * 30.0 * week,
        Limit::ElapsedHours(hours) => f64::from(hours) / 24.0 * week,
        Limit::SameDay => 0.5,
    }
}

/// The indices of the steps after `from` on the shortest way to a final step.
fn shortest(steps: &[Step], from: usize, days: &impl Fn(&Step) -> f64) -> Vec<usize> {
    // For each step, the fewest days from it to an end, and the next step on that way.
    let mut best: Vec<Option<(f64, Option<usize>)>> = steps
        .iter()
        .map(|step| step.finish.then_some((0.0, None)))
        .collect();
    for _ in steps {
        for (place, step) in steps.iter().enumerate() {
            for id in &step.next {
                let Some(next) = steps.iter().position(|step| step.id == *id) else {
                    continue;
                };
                let Some((after, _)) = best[next] else {
                    continue;
                };
                let way = days(&steps[next]) + after;
                if best[place].is_none_or(|(least, _)| way < least) {
                    best[place] = Some((way, Some(next)));
                }
            }
        }
    }
    let next = |place: &usize| best[*place].and_then(|(_, next)| next);
    let way = std::iter::successors(next(&from), next);
    way.take(steps.len()).collect()
}

#[cfg(test)]
mod tests {
    use super::{Plan, Progress, Work};

    const FRESH: Progress = Progress {
        waited: 0.0,
        passed: 0.0,
    };

    fn work(days: f64) -> Work {
        Work {
            name: "thẩm định".to_owned(),
            days,
        }
    }

    fn plan() -> Plan {
        Plan {
            current: Some(work(2.0)),
            begun: true,
            later: vec![work(1.0), work(3.0)],
            ..Plan::default()
        }
    }

    #[test]
    fn two_in_ten_are_late_when_just_what_is_planned_is_left() {
        assert!((plan().forecast(6.0, FRESH).late - 0.2).abs() < 1e-12);
        assert!(plan().forecast(12.0, FRESH).late < 0.04);
        assert!(plan().forecast(3.0, FRESH).late > 0.6);
        assert_eq!(plan().forecast(0.0, FRESH).late, 1.0);
    }

    #[test]
    fn more_time_left_is_never_worse_and_no_number_is_missing() {
        let with_leg = Plan {
            legs: vec![(work(9.0), 1.0)],
            least: 4.0,
            ..plan()
        };
        for plan in [plan(), with_leg, Plan::default()] {
            for waited in [0.0, 1.0, 50.0] {
                let at = Progress {
                    waited,
                    passed: waited,
                };
                let mut before = 1.0;
                for hundredths in 0..3_000 {
                    let forecast = plan.forecast(f64::from(hundredths) / 100.0, at);
                    assert!(forecast.late <= before && (0.0..=1.0).contains(&forecast.late));
                    assert!(forecast.soonest <= forecast.middle);
                    assert!(forecast.middle <= forecast.latest && forecast.latest.is_finite());
                    before = forecast.late;
                }
            }
        }
    }

    #[test]
    fn a_leg_that_outlasts_the_steps_decides() {
        let leg = Plan {
            legs: vec![(work(9.0), 1.0)],
            ..plan()
        };
        assert_eq!(leg.needed(FRESH), 8.0);
        assert_eq!(
            leg.longest(FRESH).map(|(_, days, leg)| (days, leg)),
            Some((8.0, true))
        );
        assert_eq!(
            plan().longest(FRESH).map(|(_, days, leg)| (days, leg)),
            Some((3.0, false))
        );
    }

    #[test]
    fn work_that_overruns_takes_about_a_quarter_of_its_time_again() {
        let at = |waited| Progress {
            waited,
            passed: waited,
        };
        assert!((plan().needed(at(2.0)) - 4.52).abs() < 1e-12);
        assert!((plan().needed(at(40.0)) - 14.4).abs() < 1e-12);
    }

    #[test]
    fn a_step_that_nobody_touched_keeps_all_of_its_allowance() {
        let untouched = Plan {
            current: Some(work(5.0)),
            later: vec![work(3.0), work(2.0)],
            ..Plan::default()
        };
        // Fifteen days are allowed and ten are planned: while it lies, the chance only rises.
        let mut before = 0.0;
        for tenths in 0..150 {
            let waited = f64::from(tenths) / 10.0;
            let at = Progress {
                waited,
                passed: waited,
            };
            let forecast = untouched.forecast(15.0 - waited, at);
            assert_eq!(untouched.needed(at), 10.0);
            assert!(forecast.late >= before, "{waited}: {forecast:?}");
            before = forecast.late;
        }
    }

    #[test]
    fn while_the_plan_lacks_time_waiting_never_lowers_the_chance() {
        for begun in [false, true] {
            let plan = Plan { begun, ..plan() };
            let mut before = 0.0;
            for hundredths in 0..500 {
                let waited = f64::from(hundredths) / 100.0;
                let at = Progress {
                    waited,
                    passed: waited,
                };
                let late = plan.forecast(5.0 - waited, at).late;
                assert!(late >= before, "{waited}: {late} < {before}");
                before = late;
            }
        }
    }
}
