//! Rolling correction: when the last weeks finished more or less than usual, expect more of the same.
//!
//! Every day an open case has a known chance of ending. The sum of those chances is what should
//! have ended; the ratio of what did to what should have is the pace, and it takes no deadline to
//! pass before it is known. Source: the standardised mortality ratio of Breslow and Day,
//! Statistical methods in cancer research II (1987), held at one by a gamma prior.

use serde::{Deserialize, Serialize};

use crate::table::Table;
use crate::training_row::ObservedCase;

/// Ends' worth of evidence for the usual pace: with so many, it is known within a sixth.
const LEAN: f64 = 40.0;

/// Ends of late, faded to a day.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Rolling {
    /// Working days after which an end counts half.
    half: f64,
    ended: f64,
    expected: f64,
    /// The position they are faded to.
    day: f64,
}

/// A stretch of one case's life: whether it ended there, and the chance that it would.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Beat {
    /// The position of its end.
    pub day: f64,
    ended: f64,
    expected: f64,
}

impl Rolling {
    pub fn new(half: f64) -> Rolling {
        Rolling {
            half,
            ended: 0.0,
            expected: 0.0,
            day: 0.0,
        }
    }

    /// Rounded to what JSON reads back exactly.
    pub fn rounded(self) -> Rolling {
        let round = |value: f64| (value * 1e6).round() / 1e6;
        Rolling {
            half: self.half,
            ended: round(self.ended),
            expected: round(self.expected),
            day: round(self.day),
        }
    }

    fn faded(&self, day: f64) -> f64 {
        0.5_f64.powf((day - self.day).max(0.0) / self.half)
    }

    /// Takes one more stretch in; they come in order of day.
    fn observe(&mut self, beat: Beat) {
        let faded = self.faded(beat.day);
        self.ended = self.ended * faded + beat.ended;
        self.expected = self.expected * faded + beat.expected;
        self.day = self.day.max(beat.day);
    }

    /// A chance of outlasting the deadline, at the pace of a day.
    pub fn correct(&self, day: f64, foreseen: f64) -> f64 {
        let faded = self.faded(day);
        let pace = (self.ended * faded + LEAN) / (self.expected * faded + LEAN);
        foreseen.powf(pace.clamp(0.25, 4.0))
    }
}

/// A look, judged before any correction.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Foreseen {
    /// The position of the look.
    pub day: f64,
    pub chance: f64,
}

/// Corrects looks by what had happened before each of them; gives the last state back.
///
/// `beats` are in order of day, the looks in any.
pub(crate) fn replay(
    mut rolling: Rolling,
    beats: &[Beat],
    looks: &[Foreseen],
) -> (Vec<f64>, Rolling) {
    let mut order: Vec<usize> = (0..looks.len()).collect();
    order.sort_by(|a, b| looks[*a].day.total_cmp(&looks[*b].day).then(a.cmp(b)));
    let mut corrected = vec![0.0; looks.len()];
    let mut waiting = beats.iter().peekable();
    for place in order {
        let look = looks[place];
        while let Some(next) = waiting.next_if(|next| next.day < look.day) {
            rolling.observe(*next);
        }
        corrected[place] = rolling.correct(look.day, look.chance);
    }
    for rest in waiting {
        rolling.observe(*rest);
    }
    (corrected, rolling)
}

/// The stretches between looks at observed cases, in order of day.
pub(crate) fn beats(observed: &[ObservedCase], table: &Table) -> Vec<Beat> {
    let mut beats = Vec::new();
    let mut beat = |day, ended, expected| {
        beats.push(Beat {
            day,
            ended,
            expected,
        });
    };
    for case in observed {
        let outlasts = case.situations.iter().map(|at| table.baseline(at).ln());
        let outlasts: Vec<f64> = outlasts.collect();
        for (pair, day) in outlasts.windows(2).zip(case.days.iter().skip(1)) {
            beat(*day, 0.0, (pair[1] - pair[0]).max(0.0));
        }
        let Some(last) = outlasts.last() else {
            continue;
        };
        match (case.late, case.end) {
            (Some(true), _) => beat(case.deadline.day, 0.0, -last),
            (Some(false) | None, Some(end)) => beat(end.day, 1.0, 0.0),
            (Some(false) | None, None) => {}
        }
    }
    beats.sort_by(|a, b| a.day.total_cmp(&b.day));
    beats
}

/// The looks at observed cases beside their chances.
pub(crate) fn foreseen(observed: &[ObservedCase], chances: &[f64]) -> Vec<Foreseen> {
    let days = observed.iter().flat_map(|case| &case.days);
    let looks = days.zip(chances);
    looks
        .map(|(&day, &chance)| Foreseen { day, chance })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Beat, Foreseen, Rolling, replay};

    fn corrected(beats: &[Beat], day: f64) -> f64 {
        let look = Foreseen { day, chance: 0.5 };
        replay(Rolling::new(20.0), beats, &[look]).0[0]
    }

    #[test]
    fn more_ends_than_expected_lower_the_chance_of_ending_late_and_fade_away() {
        let beat = |ended, expected| Beat {
            day: 10.0,
            ended,
            expected,
        };
        assert_eq!(corrected(&[], 11.0), 0.5);
        assert_eq!(corrected(&[beat(40.0, 40.0)], 11.0), 0.5);
        let quick = corrected(&[beat(80.0, 40.0)], 11.0);
        let later = corrected(&[beat(80.0, 40.0)], 200.0);
        assert!(quick < 0.42 && later > 0.49, "{quick} {later}");
        assert!(corrected(&[beat(20.0, 80.0)], 11.0) > 0.5);
        // What happens after a look does not touch it.
        assert_eq!(corrected(&[beat(80.0, 40.0)], 9.0), 0.5);
    }
}
