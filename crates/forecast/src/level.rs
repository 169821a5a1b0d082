//! Five levels of concern about a dossier, and when one becomes another.
//!
//! A level is raised when the chance reaches a threshold and cleared only when the chance has
//! fallen well below it, so that a wavering chance does not make the flag flicker. The caller gives
//! the level before, so a restart changes nothing.

use serde::{Deserialize, Serialize};

use crate::shrink::{chance, logit};

/// The level of concern about a dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Nothing speaks for a delay.
    OnTrack,
    /// Worth a look.
    Watch,
    /// More likely late than most.
    AtRisk,
    /// In nine of ten such cases the remaining work no longer fits into the time left.
    WillBeLate,
    /// The deadline has passed.
    Overdue,
}

impl Level {
    /// All levels, the calmest first.
    pub const ALL: [Level; 5] = [
        Level::OnTrack,
        Level::Watch,
        Level::AtRisk,
        Level::WillBeLate,
        Level::Overdue,
    ];

    /// The name, as stored and as sent to programs. Part of the contract.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Level::OnTrack => "on_track",
            Level::Watch => "watch",
            Level::AtRisk => "at_risk",
            Level::WillBeLate => "will_be_late",
            Level::Overdue => "overdue",
        }
    }

    /// Reads [`Level::name`] back.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Level> {
        Level::ALL.into_iter().find(|level| level.name() == name)
    }

    /// Whether the level says that a delay is likely. A track record counts such levels as
    /// warnings.
    #[must_use]
    pub fn warns(self) -> bool {
        match self {
            Level::OnTrack | Level::Watch => false,
            Level::AtRisk | Level::WillBeLate | Level::Overdue => true,
        }
    }

    /// Whether the citizen should be told now, while an apology can still move the date.
    #[must_use]
    pub fn calls_for_an_apology(self) -> bool {
        match self {
            Level::WillBeLate => true,
            // From the due day on, an apology no longer moves the date.
            Level::OnTrack | Level::Watch | Level::AtRisk | Level::Overdue => false,
        }
    }
}

/// What decides a level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sight {
    /// The chance of ending late.
    pub late: f64,
    /// Whether the forecast rests on a plan alone that needs more time than is left.
    pub plan_lacks_time: bool,
    /// Whether the deadline has passed. The clock decides this, never the model.
    pub overdue: bool,
}

/// The chance from which a level is raised, and the chance below which it is cleared.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Threshold {
    /// Raised from this chance on.
    pub raise: f64,
    /// Cleared below this chance.
    pub clear: f64,
}

/// The margin in log-odds: a level is cleared when the odds have fallen to three fifths (e^-0.5) of
/// the threshold's.
const MARGIN: f64 = 0.5;
/// No fit lowers the threshold of [`Level::WillBeLate`] below this chance. At it, nine in ten such
/// dossiers need more time than is left, so even the soonest of the three ends lies after the
/// deadline.
pub const CANNOT_FIT: f64 = 0.9;

impl Threshold {
    /// Raised from a chance on, and cleared a fixed margin of log-odds below it.
    #[must_use]
    pub fn at(raise: f64) -> Threshold {
        let raise = raise.clamp(0.005, 0.995);
        // JSON reads six digits back exactly.
        let short = |value: f64| (value * 1e6).floor() / 1e6;
        Threshold {
            raise: short(raise),
            clear: short(chance(logit(raise) - MARGIN)),
        }
    }

    fn holds(self, late: f64, held: bool) -> bool {
        late >= if held { self.clear } else { self.raise }
    }
}

/// Thresholds of one kind of unit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Thresholds {
    /// For [`Level::Watch`].
    pub watch: Threshold,
    /// For [`Level::AtRisk`].
    pub at_risk: Threshold,
    /// For [`Level::WillBeLate`]; never below [`CANNOT_FIT`].
    pub will_be_late: Threshold,
}

/// The shares of flagged dossiers that should end late, level by level.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Precision {
    /// Of the dossiers that ever reached [`Level::Watch`].
    pub watch: f64,
    /// Of those that ever reached [`Level::AtRisk`].
    pub at_risk: f64,
    /// Of those that ever reached [`Level::WillBeLate`].
    pub will_be_late: f64,
}

impl Default for Precision {
    /// Four in ten watched, six in ten at risk, nine in ten that will be late.
    fn default() -> Precision {
        Precision {
            watch: 0.4,
            at_risk: 0.6,
            will_be_late: CANNOT_FIT,
        }
    }
}

impl Thresholds {
    /// Thresholds without cases to fit on. A chance that is right needs no fit: of dossiers with a
    /// chance of 0.6, six in ten end late.
    #[must_use]
    pub fn stated(precision: Precision) -> Thresholds {
        Thresholds {
            watch: Threshold::at(precision.watch),
            at_risk: Threshold::at(precision.at_risk),
            will_be_late: Threshold::at(precision.will_be_late.max(CANNOT_FIT)),
        }
    }
}

impl Default for Thresholds {
    fn default() -> Thresholds {
        Thresholds::stated(Precision::default())
    }
}

/// The level of a dossier whose level before was `previous`, or none.
#[must_use]
pub fn judge(previous: Option<Level>, sight: Sight, thresholds: &Thresholds) -> Level {
    let was = |level: Level| previous.is_some_and(|previous| previous >= level);
    if sight.overdue {
        return Level::Overdue;
    }
    let holds = |threshold: Threshold, level| threshold.holds(sight.late, was(level));
    if holds(thresholds.will_be_late, Level::WillBeLate) {
        Level::WillBeLate
    } else if holds(thresholds.at_risk, Level::AtRisk) {
        Level::AtRisk
    } else if sight.plan_lacks_time || holds(thresholds.watch, Level::Watch) {
        Level::Watch
    } else {
        Level::OnTrack
    }
}

#[cfg(test)]
mod tests {
    use super::{Level, Precision, Sight, Threshold, Thresholds, judge};

    fn sight(late: f64) -> Sight {
        Sight {
            late,
            plan_lacks_time: false,
            overdue: false,
        }
    }

    fn level(previous: Option<Level>, sight: Sight) -> Level {
        judge(previous, sight, &Thresholds::default())
    }

    #[test]
    fn the_chance_decides_and_a_missing_history_changes_nothing() {
        for (late, expected) in [
            (0.0, Level::OnTrack),
            (0.39, Level::OnTrack),
            (0.4, Level::Watch),
            (0.59, Level::Watch),
            (0.6, Level::AtRisk),
            (0.89, Level::AtRisk),
            (0.9, Level::WillBeLate),
            (1.0, Level::WillBeLate),
        ] {
            assert_eq!(level(None, sight(late)), expected, "{late}");
            assert_eq!(level(Some(Level::OnTrack), sight(late)), expected, "{late}");
        }
    }

    #[test]
    fn a_flag_once_raised_stays_until_the_chance_has_fallen_well_below() {
        let threshold = Threshold::at(0.6);
        assert!((0.47..0.48).contains(&threshold.clear), "{threshold:?}");
        for (late, expected) in [
            (0.55, Level::AtRisk),
            (0.48, Level::AtRisk),
            (0.47, Level::Watch),
        ] {
            assert_eq!(level(Some(Level::AtRisk), sight(late)), expected, "{late}");
        }
        assert_eq!(level(Some(Level::Watch), sight(0.3)), Level::Watch);
        assert_eq!(level(Some(Level::Watch), sight(0.25)), Level::OnTrack);
    }

    #[test]
    fn a_chance_that_wavers_around_a_threshold_makes_one_flag() {
        let mut now = Level::OnTrack;
        let mut crossings = 0;
        for step in 0..200 {
            let late = 0.6 + if step % 2 == 0 { 0.04 } else { -0.04 };
            let next = level(Some(now), sight(late));
            crossings += u32::from(next != now);
            now = next;
        }
        assert_eq!(crossings, 1);
    }

    #[test]
    fn what_cannot_fit_will_be_late_whatever_was_fitted() {
        let eager = Thresholds::stated(Precision {
            will_be_late: 0.5,
            ..Precision::default()
        });
        assert_eq!(judge(None, sight(0.89), &eager), Level::AtRisk);
        assert_eq!(judge(None, sight(0.9), &eager), Level::WillBeLate);
        let before = Some(Level::WillBeLate);
        assert_eq!(judge(before, sight(0.86), &eager), Level::WillBeLate);
        assert_eq!(judge(before, sight(0.8), &eager), Level::AtRisk);
    }

    #[test]
    fn a_plan_that_lacks_time_is_at_least_watched() {
        let short = |late| Sight {
            plan_lacks_time: true,
            ..sight(late)
        };
        assert_eq!(level(None, short(0.1)), Level::Watch);
        assert_eq!(level(None, short(0.7)), Level::AtRisk);
    }

    #[test]
    fn the_clock_alone_decides_what_is_overdue() {
        for late in [0.0, 1.0] {
            let passed = Sight {
                overdue: true,
                ..sight(late)
            };
            for previous in [None, Some(Level::OnTrack), Some(Level::Overdue)] {
                assert_eq!(level(previous, passed), Level::Overdue);
            }
        }
        // The law moved the date later, so the dossier is no longer overdue.
        assert_eq!(level(Some(Level::Overdue), sight(0.1)), Level::OnTrack);
    }

    #[test]
    fn a_worse_level_before_never_makes_a_better_one_now() {
        for late in 0..=100 {
            for plan_lacks_time in [false, true] {
                let sight = Sight {
                    plan_lacks_time,
                    ..sight(f64::from(late) / 100.0)
                };
                let levels = Level::ALL.map(|previous| level(Some(previous), sight));
                assert!(levels.is_sorted(), "{sight:?}: {levels:?}");
            }
        }
    }

    #[test]
    fn names_are_read_back_and_match_what_is_stored() {
        for level in Level::ALL {
            assert_eq!(Level::from_name(level.name()), Some(level));
            let stored = serde_json::to_string(&level).expect("a name");
            assert_eq!(stored, format!("\"{}\"", level.name()));
        }
        assert_eq!(Level::from_name("calm"), None);
    }

    #[test]
    fn thresholds_survive_json() {
        let thresholds = Thresholds::stated(Precision {
            watch: 0.333_333_333,
            at_risk: 0.712_345_678_9,
            will_be_late: 0.912_345_678_9,
        });
        let text = serde_json::to_string(&thresholds).expect("numbers");
        let back: Thresholds = serde_json::from_str(&text).expect("what was written");
        assert_eq!(back, thresholds);
    }
}
