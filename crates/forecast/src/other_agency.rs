//! How long other agencies take: one curve for each kind of work.
//!
//! Source: Kaplan and Meier, Nonparametric estimation from incomplete observations (1958).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::quiet_period::Pace;
use crate::sample::Hours;
use crate::trace::KnownTrace;

/// With fewer answers than this, a kind of work gets no curve.
const ENOUGH: usize = 20;
/// The most steps kept of a curve, roughly.
const STEPS: usize = 24;

/// How long one kind of work takes until it is answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Answers {
    pub name: String,
    pub cases: u32,
    /// The curve: working days, and the share not answered by then.
    alive: Vec<(f32, f32)>,
}

impl Answers {
    /// The share that takes longer than so many working days.
    fn alive(&self, days: f64) -> f64 {
        let passed = self.alive.partition_point(|(at, _)| f64::from(*at) <= days);
        passed
            .checked_sub(1)
            .map_or(1.0, |last| f64::from(self.alive[last].1))
    }

    /// The chance that work which has waited `waited` working days is not answered within `more`.
    ///
    /// 0 beyond the longest wait ever seen, because nothing is known there.
    pub fn longer(&self, waited: f64, more: f64) -> f64 {
        let now = self.alive(waited);
        if now > 0.0 {
            self.alive(waited + more) / now
        } else {
            0.0
        }
    }

    /// Working days from now within which a share of the work that waited as long was answered.
    ///
    /// 0 beyond the longest wait ever seen, because nothing is known there.
    pub fn reaches(&self, waited: f64, share: f64) -> f64 {
        let left = self.alive(waited) * (1.0 - share);
        let later = self
            .alive
            .iter()
            .find(|(at, alive)| f64::from(*at) > waited && f64::from(*alive) <= left + 1e-9);
        let last = self.alive.last();
        later
            .or(last)
            .map_or(0.0, |(at, _)| (f64::from(*at) - waited).max(0.0))
    }

    /// Working days at which the curve steps.
    pub fn steps(&self) -> impl Iterator<Item = f64> {
        self.alive.iter().map(|(at, _)| f64::from(*at))
    }
}

/// The curves of all work that is requested often enough, in order of name.
pub(crate) fn answers(
    traces: &[KnownTrace<'_>],
    names: &[String],
    paces: &[Pace],
    until: impl Fn(usize) -> f64,
) -> Vec<Answers> {
    let mut spans = BTreeMap::<&str, Vec<(f64, bool)>>::new();
    for trace in traces
        .iter()
        .filter(|trace| !trace.beside().legs.is_empty())
    {
        let pace = paces.get(trace.office).unwrap_or(&paces[0]);
        let hours = Hours::new(trace, pace);
        let end = trace.end.map_or_else(|| until(trace.office), |end| end.day);
        for leg in &trace.beside().legs {
            let Some(name) = names.get(leg.name as usize) else {
                continue;
            };
            let to = leg.lasts.to.map_or(end, |to| to.day.min(end));
            let span = (hours.at(to) - hours.at(leg.lasts.from.day)).max(0.0);
            spans
                .entry(name)
                .or_default()
                .push((span, leg.lasts.to.is_some()));
        }
    }
    let often = spans
        .into_iter()
        .filter(|(_, spans)| spans.iter().filter(|(_, answered)| *answered).count() >= ENOUGH);
    often.map(|(name, spans)| curve(name, spans)).collect()
}

fn curve(name: &str, mut spans: Vec<(f64, bool)>) -> Answers {
    spans.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
    let mut running = spans.len() as f64;
    let mut alive = 1.0;
    let mut kept = 1.0;
    let mut steps: Vec<(f32, f32)> = Vec::new();
    for (span, answered) in &spans {
        if *answered {
            alive *= 1.0 - 1.0 / running;
            if kept - alive >= 1.0 / STEPS as f64 || running <= 1.0 {
                kept = alive;
                steps.push((short(*span), short(alive)));
            }
        }
        running -= 1.0;
    }
    Answers {
        name: name.to_owned(),
        cases: u32::try_from(spans.len()).unwrap_or(u32::MAX),
        alive: steps,
    }
}

fn short(value: f64) -> f32 {
    (value * 1e4).round() as f32 / 1e4
}

#[cfg(test)]
mod tests {
    use super::curve;

    #[test]
    fn what_has_waited_long_is_judged_by_what_waited_as_long() {
        // Half are answered on the second day, half on the tenth.
        let spans = (0..100).map(|place| (if place % 2 == 0 { 2.0 } else { 10.0 }, true));
        let answers = curve("land office", spans.collect());
        assert!((answers.longer(0.0, 5.0) - 0.5).abs() < 0.05);
        assert_eq!(answers.longer(3.0, 5.0), 1.0);
        assert_eq!(answers.longer(3.0, 7.0), 0.0);
        assert_eq!(answers.reaches(3.0, 0.5), 7.0);
        assert_eq!(answers.reaches(0.0, 0.1), 2.0);
        // Nothing ever waited so long.
        assert_eq!(
            (answers.longer(11.0, 1.0), answers.reaches(11.0, 0.5)),
            (0.0, 0.0)
        );
    }

    #[test]
    fn an_answer_still_awaited_counts_for_as_long_as_it_was() {
        let spans = (0..40).map(|place| (f64::from(place % 4), place % 2 == 0));
        let answers = curve("land office", spans.collect());
        assert!(answers.longer(0.0, 2.5) > 0.3, "{answers:?}");
    }
}
