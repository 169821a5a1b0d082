//! How fast a unit works, why its late dossiers are late, and where they wait now.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::memo::is_resolved;
use super::period::Period;
use super::seen::Seen;
use super::verdict::{Finish, is_due_by_day, is_late};
use crate::calendar::Calendars;
use crate::dossier::Record;
use crate::dossier::times::{Span, SpentOn, Times};
use crate::id::UnitCode;
use crate::time::{self, Instant};

/// Who had a dossier at the moment at which it became late.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// The unit itself, at its desk or at one of its steps.
    OwnStep,
    /// The applicant, who was asked for papers.
    Applicant,
    /// Another unit, whose leg or answer was open.
    OtherUnit,
    /// The applicant, who was asked for a payment.
    Payment,
    /// Another system decides it, and its news came late.
    Sync,
}

impl Cause {
    /// Every cause.
    pub const ALL: [Cause; 5] = [
        Cause::OwnStep,
        Cause::Applicant,
        Cause::OtherUnit,
        Cause::Payment,
        Cause::Sync,
    ];
}

/// Where dossiers wait.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Waiting {
    /// The unit that has them.
    pub unit: UnitCode,
    /// The step; `desk`, `papers` or `payment` where it is none of the procedure.
    pub step: String,
}

/// How a unit works.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Performance {
    /// How many were resolved after so many working days.
    days: BTreeMap<u32, u32>,
    /// Open at the period's end.
    pub backlog: u32,
    /// Late ones, ended or open, by cause; those of another system are in no other number.
    late: BTreeMap<Cause, u32>,
    /// How many wait where, and the open time for which they have been there.
    waiting: BTreeMap<Waiting, (u32, TimeDelta)>,
}

impl Performance {
    /// Counts a dossier, seen in its history.
    pub fn add(&mut self, seen: &Seen, records: &[Record], period: &Period, calendars: &Calendars) {
        let dossier = &seen.dossier;
        let at = period.judged_at();
        if dossier.mirrored.is_some() {
            if dossier.received.is_some() && !seen.ended_before(period) && was_late(seen, at) {
                self.blame(Cause::Sync);
            }
            return;
        }
        if !seen.is_counted(period) {
            return;
        }
        let calendar = calendars.for_unit(seen.unit.as_str());
        if let (Some(received), Some(ended)) = (dossier.received, dossier.ended)
            && is_resolved(dossier)
        {
            let (first, last) = (time::local_day(received), time::local_day(ended));
            if let Ok(days) = calendar.working_days_after_until(first, last) {
                *self.days.entry(days).or_default() += 1;
            }
        }
        let open = dossier.ended.is_none();
        let late = was_late(seen, at);
        self.backlog += u32::from(open);
        if !open && !late {
            return;
        }
        let ends = period.ends();
        let known: Vec<Record> = records
            .iter()
            .filter(|record| record.event_time < ends && record.record_time <= period.as_of)
            .cloned()
            .collect();
        let Some(times) = Times::of(&known, calendars, at) else {
            return;
        };
        if late && let Some(due) = dossier.due() {
            self.blame(cause(&times.spans, due));
        }
        let here = times
            .spans
            .iter()
            .find(|span| span.ongoing && span.part.is_main_line());
        if let Some(span) = here.filter(|_| open) {
            let waiting = Waiting {
                unit: span.unit.clone(),
                step: step_of(&span.part),
            };
            let (dossiers, time) = self.waiting.entry(waiting).or_default();
            *dossiers += 1;
            *time += span.working.unwrap_or_default();
        }
    }

    fn blame(&mut self, cause: Cause) {
        *self.late.entry(cause).or_default() += 1;
    }

    /// Adds another unit's numbers.
    pub fn merge(&mut self, other: &Self) {
        for (days, dossiers) in &other.days {
            *self.days.entry(*days).or_default() += dossiers;
        }
        self.backlog += other.backlog;
        for (cause, dossiers) in &other.late {
            *self.late.entry(*cause).or_default() += dossiers;
        }
        for (place, (dossiers, time)) in &other.waiting {
            let own = self.waiting.entry(place.clone()).or_default();
            own.0 += dossiers;
            own.1 += *time;
        }
    }

    /// How many were resolved.
    #[must_use]
    pub fn resolved(&self) -> u32 {
        self.days.values().sum()
    }

    /// Half of those resolved took no longer than so many working days.
    #[must_use]
    pub fn median_days(&self) -> Option<f64> {
        let all = self.resolved();
        let nth = |nth: u32| {
            let mut passed = 0;
            let mut days = self.days.iter();
            let found = days.find(|(_, dossiers)| {
                passed += **dossiers;
                passed > nth
            });
            found.map(|(days, _)| f64::from(*days))
        };
        let (low, high) = (nth(all.checked_sub(1)? / 2)?, nth(all / 2)?);
        Some(f64::midpoint(low, high))
    }

    /// The mean of the working days that those resolved took.
    #[must_use]
    pub fn mean_days(&self) -> Option<f64> {
        let sum: f64 = self
            .days
            .iter()
            .map(|(days, dossiers)| f64::from(*days) * f64::from(*dossiers))
            .sum();
        let all = self.resolved();
        (all > 0).then(|| sum / f64::from(all))
    }

    /// How many are late for a cause.
    #[must_use]
    pub fn late(&self, cause: Cause) -> u32 {
        self.late.get(&cause).copied().unwrap_or(0)
    }

    /// Where most is lost now: dossiers times the time they have been there, the worst first.
    #[must_use]
    pub fn bottlenecks(&self, most: usize) -> Vec<(&Waiting, u32, TimeDelta)> {
        let places = self.waiting.iter();
        let mut all: Vec<_> = places
            .map(|(place, (dossiers, time))| (place, *dossiers, *time))
            .collect();
        // Places in a fixed order where as much is lost.
        all.sort_by(|one, other| other.2.cmp(&one.2).then(one.0.cmp(other.0)));
        all.truncate(most);
        all
    }
}

/// Whether a dossier ended late, or is open and late.
fn was_late(seen: &Seen, at: Instant) -> bool {
    let dossier = &seen.dossier;
    match (dossier.ended, dossier.due()) {
        (_, None) => false,
        (Some(ended), Some(due)) => Finish::of(ended, due, is_due_by_day(dossier)) == Finish::Late,
        (None, Some(_)) => is_late(dossier, at),
    }
}

/// Who had it at a moment.
fn cause(spans: &[Span], at: Instant) -> Cause {
    let then = |span: &&Span| span.from <= at && at < span.to;
    let mut beside = spans
        .iter()
        .filter(then)
        .filter(|span| !span.part.is_main_line());
    let mut main = spans
        .iter()
        .filter(then)
        .filter(|span| span.part.is_main_line());
    match main.next().map(|span| &span.part) {
        Some(SpentOn::Papers) => Cause::Applicant,
        Some(SpentOn::Payment) => Cause::Payment,
        _ if beside.next().is_some() => Cause::OtherUnit,
        _ => Cause::OwnStep,
    }
}

fn step_of(part: &SpentOn) -> String {
    match part {
        SpentOn::Office { step: Some(step) } => step.to_string(),
        SpentOn::Office { step: None } => "office".to_owned(),
        SpentOn::Desk => "desk".to_owned(),
        SpentOn::Papers => "papers".to_owned(),
        SpentOn::Payment => "payment".to_owned(),
        SpentOn::Result => "result".to_owned(),
        SpentOn::Leg { .. } => "leg".to_owned(),
        SpentOn::Consultation { .. } => "consultation".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_lies_in_the_middle_and_nothing_has_none() {
        let of = |days: &[u32]| {
            let mut own = Performance::default();
            for days in days {
                *own.days.entry(*days).or_default() += 1;
            }
            own
        };
        assert_eq!(of(&[]).median_days(), None);
        assert_eq!(of(&[]).mean_days(), None);
        assert_eq!(of(&[3]).median_days(), Some(3.0));
        assert_eq!(of(&[1, 1, 9]).median_days(), Some(1.0));
        assert_eq!(of(&[1, 2, 3, 20]).median_days(), Some(2.5));
        assert_eq!(of(&[1, 2, 3, 20]).mean_days(), Some(6.5));
    }
}
