//! What past cases teach, one lesson a look; running cases teach too.

use crate::course::{Course, Prepared};
use crate::office::Moment;
use crate::root::{Life, Root};
use crate::sample::{Hours, Look, View, looks, situations};
use crate::situation::Situation;

/// Cases are dealt into this many folds, so that none is judged by its own outcome.
pub(crate) const FOLDS: usize = 5;

/// A case with the looks taken at it.
pub(crate) struct Watched {
    pub deadline: Moment,
    pub end: Option<Moment>,
    /// Whether that end was a result.
    pub resolved: bool,
    pub unit_kind: u32,
    /// Late or not, where the deadline lies before the horizon.
    pub late: Option<bool>,
    /// The position of each look in working days.
    pub days: Vec<f64>,
    /// Working days without lulls from each look to the end, or to the last sight of it.
    pub remaining: Vec<f64>,
    pub situations: Vec<Situation>,
}

/// Looks at courses, knowing nothing from the horizon on.
pub(crate) fn watch<'a>(
    courses: impl Iterator<Item = &'a Course>,
    prepared: &Prepared<'_>,
    horizon: Moment,
    view: &View<'_>,
) -> Vec<Watched> {
    courses
        .map(|course| {
            let known = course.known_before(horizon);
            let looks = looks(&known, prepared, horizon);
            let settled = known.is_settled(horizon);
            let hours = Hours::new(&known, view.pace(known.office));
            let until = match known.end {
                Some(end) => end.day,
                None => prepared.position(horizon, known.office),
            };
            let until = hours.at(until);
            let remaining = |look: &Look| (until - hours.at(look.at.day)).max(0.0);
            Watched {
                resolved: known.end.is_some() && !known.without,
                unit_kind: known.unit_kind,
                late: settled.then(|| known.is_late()),
                deadline: known.deadline,
                end: known.end,
                remaining: looks.iter().map(remaining).collect(),
                days: looks.iter().map(|look| look.at.day).collect(),
                situations: situations(&known, &looks, view),
            }
        })
        .collect()
}

impl Watched {
    /// On the root's curve; none without a look.
    pub fn life(&self) -> Option<Life> {
        let (first, remaining) = self.situations.first().zip(self.remaining.first())?;
        let elapsed = f64::from(first.elapsed);
        let allowance = (elapsed + f64::from(first.left)).max(1e-6);
        let to = (elapsed + remaining) / allowance;
        Some(Life {
            from: elapsed / allowance,
            to: match self.late {
                Some(true) => f64::INFINITY,
                Some(false) => to.min(1.0),
                None => to,
            },
            ended: self.end.is_some(),
        })
    }

    /// 1 for late and 0 for in time; while neither is known, the chance by the share alone.
    ///
    /// So the newest cases teach as well, and none is left out for having been quick or slow.
    /// Source: Efron, The two sample problem with censored data (1967), where what still runs is
    /// dealt out over what may become of it.
    fn outcome(&self, root: &Root) -> f64 {
        match (self.late, self.end) {
            (Some(late), _) => f64::from(u8::from(late)),
            (None, Some(_)) => 0.0,
            (None, None) => self.life().map_or(0.5, |life| root.late(life.to)),
        }
    }
}

/// What a look taught.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lesson {
    pub case: u32,
    pub situation: Situation,
    /// Working days to the end, or to the last sight of it.
    pub remaining: f32,
    /// Whether it ended there, with a result.
    pub ended: bool,
    /// 1 for late, 0 for in time; between them while nobody knows.
    pub late: f64,
    /// Whether its deadline lies before the horizon.
    pub settled: bool,
}

impl Lesson {
    pub fn fold(&self) -> usize {
        self.case as usize % FOLDS
    }
}

/// The lessons of watched cases, case by case.
pub(crate) fn lessons(watched: &[Watched], root: &Root) -> Vec<Lesson> {
    let mut lessons = Vec::with_capacity(watched.iter().map(|case| case.days.len()).sum());
    for (case, watched) in (0..).zip(watched) {
        let late = watched.outcome(root);
        for (place, situation) in watched.situations.iter().enumerate() {
            lessons.push(Lesson {
                case,
                situation: *situation,
                remaining: watched.remaining[place] as f32,
                ended: watched.resolved,
                late,
                settled: watched.late.is_some(),
            });
        }
    }
    lessons
}
