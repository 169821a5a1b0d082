//! The step after each step that takes the most time.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::quiet_period::Pace;
use crate::sample::Hours;
use crate::situation::Codes;
use crate::trace::KnownTrace;

/// Of the steps after another, the one that takes the most time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct SlowestRemaining {
    pub after: u16,
    pub slowest: u16,
    /// Mean working days at the slowest step, over the cases that came to it.
    pub days: f32,
}

/// For each step, the later one on which finished cases spent the most time in total.
pub(crate) fn slowest_remaining(
    traces: &[KnownTrace<'_>],
    codes: &Codes,
    steps: usize,
) -> Vec<SlowestRemaining> {
    let whole = Pace::default();
    let mut spent = BTreeMap::<(u16, u16), (f64, u32)>::new();
    for trace in traces {
        let Some(end) = trace.end else { continue };
        let hours = Hours::new(trace, &whole);
        // Each step in order of first arrival, with its time until the next event or the end.
        let mut stays: Vec<(u16, f64)> = Vec::new();
        for (place, event) in trace.events.iter().take(64).enumerate() {
            let next = trace.events.get(place + 1).map_or(end, |next| next.at());
            let code = codes.activity(event.activity);
            let stay = (hours.at(next.day) - hours.at(event.day)).max(0.0);
            match stays.iter_mut().find(|(known, _)| *known == code) {
                Some((_, total)) => *total += stay,
                None => stays.push((code, stay)),
            }
        }
        for (place, (from, _)) in stays.iter().enumerate() {
            for (later, stay) in &stays[place + 1..] {
                let sum = spent.entry((*from, *later)).or_default();
                *sum = (sum.0 + stay, sum.1 + 1);
            }
        }
    }
    let mut slowest: Vec<Option<(f64, SlowestRemaining)>> = vec![None; steps];
    for ((after, later), (total, cases)) in spent {
        let Some(best) = slowest.get_mut(usize::from(after)) else {
            continue;
        };
        if best.as_ref().is_none_or(|(most, _)| total > *most) {
            let days = (total / f64::from(cases) * 1e3).round() as f32 / 1e3;
            *best = Some((
                total,
                SlowestRemaining {
                    after,
                    slowest: later,
                    days,
                },
            ));
        }
    }
    slowest
        .into_iter()
        .flatten()
        .map(|(_, slowest_remaining)| slowest_remaining)
        .collect()
}
