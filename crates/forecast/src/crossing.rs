//! Computes, without polling, when a dossier's level changes next if nothing happens to the
//! dossier.
//!
//! A chance jumps only when the dossier passes from one cell of the table to another, when the
//! office opens for another day, or when planned work overruns. Between two such moments the chance
//! moves in one direction. So the search visits these moments in order, and halves the interval in
//! which the level changes.

use chrono::{DurationRound, TimeDelta};
use domain::calendar::Error;
use domain::time::Instant;

use crate::forecaster::Forecaster;
use crate::layer::SHARES;
use crate::level::{Level, judge};
use crate::running::Running;

/// The next level of a dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crossing {
    /// The first whole second at which the dossier has this level.
    pub at: Instant,
    /// The level.
    pub level: Level,
}

/// The resolution of the search.
const SECOND: TimeDelta = TimeDelta::seconds(1);

impl Forecaster {
    /// The next change of level after `now`, if nothing happens to the dossier. None if the dossier
    /// is overdue, if its clock stands, or if its level stays.
    ///
    /// `level` is the level at `now`.
    pub fn crossing(
        &self,
        level: Level,
        running: &Running,
        now: Instant,
    ) -> Result<Option<Crossing>, Error> {
        if running.is_overdue(now) || running.stands() {
            return Ok(None);
        }
        let judged = |at: Instant| -> Result<Level, Error> {
            let glance = running.at(self.wall(), at)?;
            let prospect = self.expect(running, &glance);
            Ok(judge(Some(level), prospect.sight(), self.thresholds()))
        };
        let mut before = whole_second(now);
        for moment in self.moments(running, now)? {
            // The last moment before the jump, the jump, and the first moment after it. A jump is
            // computed to within a second, hence the two seconds.
            let sides = [moment - SECOND * 2, moment, moment + SECOND];
            for at in sides {
                if at <= before {
                    continue;
                }
                let after = judged(at)?;
                if after == level {
                    before = at;
                    continue;
                }
                let (mut low, mut high, mut found) = (before, at, after);
                while high - low > SECOND {
                    let middle = whole_second(low + (high - low) / 2);
                    let there = judged(middle)?;
                    if there == level {
                        low = middle;
                    } else {
                        (high, found) = (middle, there);
                    }
                }
                return Ok(Some(Crossing {
                    at: high,
                    level: found,
                }));
            }
        }
        Ok(None)
    }

    /// The moments of possible jumps after `now`, in order, and last the second after the deadline.
    fn moments(&self, running: &Running, now: Instant) -> Result<Vec<Instant>, Error> {
        let wall = self.wall();
        let glance = running.at(wall, now)?;
        let (start, since, due) = running.span();
        let mut positions = Vec::new();
        if let Some(artefact) = self.artefact() {
            let shares = (1..SHARES).map(|part| f64::from(part) / f64::from(SHARES));
            positions.extend(shares.map(|share| start + share * (due - start)));
            let (waited, left) = artefact.model().table().jumps();
            positions.extend(waited.map(|days| since + f64::from(days)));
            positions.extend(left.map(|days| due - f64::from(days)));
            positions.extend(artefact.steps_of_legs(running));
        }
        let bends = running.plan.bends(running.progress(&glance));
        positions.extend(bends.into_iter().map(|days| glance.now + days));
        positions.retain(|position| glance.now < *position && *position <= due);
        let mut moments = self.office().openings(now, running.deadline)?;
        for position in positions {
            moments.push(whole_second(running.moment(wall, position)?));
        }
        moments.retain(|moment| now < *moment && *moment < running.deadline);
        moments.extend([
            whole_second(running.deadline),
            whole_second(running.deadline) + SECOND,
        ]);
        moments.sort_unstable();
        moments.dedup();
        Ok(moments)
    }
}

/// The first whole second at or after a moment.
fn whole_second(at: Instant) -> Instant {
    let floor = at.duration_trunc(SECOND).unwrap_or(at);
    if floor < at { floor + SECOND } else { floor }
}
