//! A forecast without history: the planned allowances of what is still to be done, against the
//! working time left.
//!
//! Eight in ten are taken to keep what is planned; the time needed then follows a log-logistic law,
//! whose odds of being late fall with the cube of the time left for each day planned. That is a
//! guess, and said to be one.

use domain::id::StepId;
use domain::limit::Limit;
use domain::procedure::Step;

use crate::model::Forecast;

/// Something still to be done, and the working days planned for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Work {
    /// What it is called on the dossier's page.
    pub name: String,
    /// Planned working days.
    pub days: f64,
}

/// What is still to be done.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Plan {
    /// The step it is at; none where there is no published process.
    pub current: Option<Work>,
    /// The steps after it, on the shortest way to the end.
    pub later: Vec<Work>,
    /// What other agencies are at, and how many working days they had been at it already when the
    /// plan was drawn up.
    pub legs: Vec<(Work, f64)>,
    /// Working days that nobody can shorten, such as a public notice.
    pub least: f64,
}

/// How far on the work is, in working days.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Progress {
    /// At the current step.
    pub waited: f64,
    /// Since the plan was drawn up.
    pub passed: f64,
}

/// Of the time planned for it, the part that an overrun piece of work is taken to need still.
const OVERRUN: f64 = 0.1;
/// The odds of keeping the plan: four to one.
const KEPT: f64 = 4.0;
/// How fast the odds change with the time left.
const STEEP: f64 = 3.0;
/// Working days needed at least, where nothing is planned.
const SHORTEST: f64 = 0.05;

impl Plan {
    /// The shortest way from a step to the end, by what is planned for each step.
    ///
    /// A step without an allowance takes no planned time. `current` unknown to the steps, or none,
    /// gives a plan for the whole `limit`.
    #[must_use]
    pub fn of(steps: &[Step], current: Option<&StepId>, limit: Limit, hours_a_day: f64) -> Plan {
        let days = |step: &Step| {
            step.allowance
                .map_or(0.0, |allowance| working_days(allowance, hours_a_day))
        };
        let place = current.and_then(|id| steps.iter().position(|step| step.id == *id));
        let Some(place) = place.filter(|_| steps.iter().any(|step| step.allowance.is_some()))
        else {
            return Plan {
                current: Some(Work {
                    name: String::new(),
                    days: working_days(limit, hours_a_day),
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

    /// What would be left, were the current step done.
    pub(crate) fn without_current(&self) -> Plan {
        Plan {
            current: None,
            ..self.clone()
        }
    }

    /// Working days still planned, when the work is so far on.
    pub(crate) fn needed(&self, at: Progress) -> f64 {
        let own = self
            .current
            .as_ref()
            .map_or(0.0, |work| rest(work, at.waited));
        let own = own + self.later.iter().map(|work| work.days).sum::<f64>();
        let legs = self
            .legs
            .iter()
            .map(|(leg, before)| rest(leg, before + at.passed));
        legs.fold(own, f64::max)
            .max(self.least - at.passed)
            .max(SHORTEST)
    }

    /// The longest piece of what is left, and the working days planned for it; none if nothing is.
    pub(crate) fn longest(&self, at: Progress) -> Option<(&Work, f64, bool)> {
        let current = self.current.iter();
        let own = current.map(|work| (work, rest(work, at.waited), false));
        let later = self.later.iter().map(|work| (work, work.days, false));
        let legs = self.legs.iter();
        let legs = legs.map(|(leg, before)| (leg, rest(leg, before + at.passed), true));
        own.chain(later)
            .chain(legs)
            .filter(|(work, days, _)| !work.name.is_empty() && *days > 0.0)
            .max_by(|a, b| a.1.total_cmp(&b.1))
    }

    /// What is to be expected with so many working days left.
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

    /// Working days from now at which [`Plan::needed`] may bend.
    pub(crate) fn bends(&self, at: Progress) -> Vec<f64> {
        let until = |work: &Work, done: f64| work.days * (1.0 - OVERRUN) - done;
        let mut bends = vec![self.least - at.passed];
        bends.extend(self.current.iter().map(|work| until(work, at.waited)));
        let legs = self.legs.iter();
        bends.extend(legs.map(|(leg, before)| until(leg, before + at.passed)));
        // Where one piece of work overtakes another, one of the two stands still at its floor.
        let own: f64 = self.later.iter().map(|work| work.days).sum();
        let current = self.current.as_ref().map_or(0.0, |work| work.days);
        let mut lines = vec![(own + current - at.waited, own + current * OVERRUN)];
        let legs = self.legs.iter();
        lines.extend(legs.map(|(leg, before)| (leg.days - before - at.passed, leg.days * OVERRUN)));
        lines.push((self.least - at.passed, SHORTEST));
        for (falling, _) in &lines {
            bends.extend(lines.iter().map(|(_, floor)| falling - floor));
        }
        bends.retain(|bend| *bend > 0.0);
        bends
    }
}

/// The working days a piece of work is planned to need still.
fn rest(work: &Work, done: f64) -> f64 {
    (work.days - done.max(0.0)).max(work.days * OVERRUN)
}

/// The chance that what needs so many planned days takes longer than what is left.
fn late(left: f64, needed: f64) -> f64 {
    if left <= 0.0 {
        return 1.0;
    }
    1.0 / (1.0 + KEPT * (left / needed).powf(STEEP))
}

/// About how many working days a limit plans for. An estimate for statistics, never a due time.
fn working_days(limit: Limit, hours_a_day: f64) -> f64 {
    match limit {
        Limit::WorkingDays(days) => f64::from(days),
        Limit::WorkingHours(hours) => f64::from(hours) / hours_a_day.max(1.0),
        Limit::CalendarDays(days) => f64::from(days) * 5.0 / 7.0,
        Limit::CalendarMonths(months) => f64::from(months) * 21.0,
        Limit::ElapsedHours(hours) => f64::from(hours) / 24.0 * 5.0 / 7.0,
        Limit::SameDay => 0.5,
    }
}

/// The places after one on the shortest way to a finish.
fn shortest(steps: &[Step], from: usize, days: &impl Fn(&Step) -> f64) -> Vec<usize> {
    // The fewest days from each step to the end of its own way, and the next step on it.
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
    fn work_that_overruns_is_still_to_be_done() {
        let at = Progress {
            waited: 40.0,
            passed: 40.0,
        };
        assert!((plan().needed(at) - 4.2).abs() < 1e-12);
    }
}
