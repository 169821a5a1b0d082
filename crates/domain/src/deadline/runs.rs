//! Gathers the days of an explanation into runs that one sentence can tell.

use crate::limit::Limit;

use super::explain::{Counted, DayLine, Explanation, Reason};

/// Counted days up to which every weekend between them is told on its own line.
const A_WEEK: usize = 5;

/// Days in a row that share a line.
pub(super) struct Run<'a> {
    /// The days in order; at least one.
    pub(super) days: &'a [DayLine],
    /// Whether plain weekends lie among them, uncounted.
    pub(super) skips_weekends: bool,
    /// Whether this is the last day of the limit, off, so that the due day is a later one.
    pub(super) moves_on: bool,
}

impl<'a> Run<'a> {
    fn of(days: &'a [DayLine]) -> Run<'a> {
        Run {
            days,
            skips_weekends: false,
            moves_on: false,
        }
    }
}

/// The runs of an explanation, without a day of receipt that does not count.
pub(super) fn runs(explanation: &Explanation) -> Vec<Run<'_>> {
    let days = match explanation.days.split_first() {
        Some((first, rest)) if first.reason == Reason::Receipt => rest,
        Some(_) | None => &explanation.days[..],
    };
    match explanation.limit {
        Limit::CalendarDays(_) | Limit::CalendarMonths(_) => calendar_runs(days),
        Limit::WorkingDays(_)
        | Limit::WorkingHours(_)
        | Limit::ElapsedHours(_)
        | Limit::SameDay => working_runs(days),
    }
}

/// All counted days in one run, days off included; then those the due day moved over.
fn calendar_runs(days: &[DayLine]) -> Vec<Run<'_>> {
    let (counted, moved_over) = days.split_at(days.partition_point(|day| day.counted.is_some()));
    let mut runs = Vec::new();
    let (before, last) = if moved_over.is_empty() {
        (counted, None)
    } else {
        (
            &counted[..counted.len().saturating_sub(1)],
            counted.last_chunk::<1>(),
        )
    };
    if !before.is_empty() {
        runs.push(Run::of(before));
    }
    if let Some(last) = last {
        runs.push(Run {
            moves_on: true,
            ..Run::of(last)
        });
    }
    runs.extend(moved_over.chunk_by(alike).map(Run::of));
    runs
}

/// Runs of alike days; ordinary weeks become one run when there are many.
fn working_runs(mut days: &[DayLine]) -> Vec<Run<'_>> {
    let mut runs = Vec::new();
    while !days.is_empty() {
        let weeks = ordinary_weeks(days);
        let counted = days[..weeks]
            .iter()
            .filter(|day| day.counted.is_some())
            .count();
        let skips_weekends = counted > A_WEEK && counted < weeks;
        let length = if skips_weekends {
            weeks
        } else {
            days.chunk_by(alike).next().map_or(0, <[DayLine]>::len)
        };
        let (run, rest) = days.split_at(length);
        runs.push(Run {
            skips_weekends,
            ..Run::of(run)
        });
        days = rest;
    }
    runs
}

/// How many of these days, from the first, are ordinary weeks: days counted
/// alike with plain weekends between them, and a counted day at either end.
fn ordinary_weeks(days: &[DayLine]) -> usize {
    let Some(first) = days.first() else { return 0 };
    let counts = |day: &DayLine| day.reason == Reason::Working && counted_alike(first, day);
    let skipped = |day: &DayLine| day.reason == Reason::Weekend;
    if first.counted.is_none() || !counts(first) {
        return 0;
    }
    let ordinary = days
        .iter()
        .take_while(|day| counts(day) || skipped(day))
        .count();
    1 + days[..ordinary].iter().rposition(counts).unwrap_or(0)
}

fn alike(a: &DayLine, b: &DayLine) -> bool {
    counted_alike(a, b)
        && match (&a.reason, &b.reason) {
            (Reason::Special(a), Reason::Special(b)) => {
                (a.kind, &a.name, &a.source, a.provisional)
                    == (b.kind, &b.name, &b.source, b.provisional)
            }
            (a, b) => a == b,
        }
}

/// Whether two days added as much, or both nothing.
fn counted_alike(a: &DayLine, b: &DayLine) -> bool {
    match (a.counted, b.counted) {
        (None, None) | (Some(Counted::Day(_)), Some(Counted::Day(_))) => true,
        (Some(Counted::OpenTime(a)), Some(Counted::OpenTime(b))) => a == b,
        (None, Some(_))
        | (Some(_), None)
        | (Some(Counted::Day(_)), Some(Counted::OpenTime(_)))
        | (Some(Counted::OpenTime(_)), Some(Counted::Day(_))) => false,
    }
}
