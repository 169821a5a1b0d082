//! The worth of levels when each is judged with the one before it in mind, as the engine does.

use super::alarm::{Flag, worth};
use super::report::FlagWorth;
use crate::level::Level;

/// The levels that one case went through.
pub(super) struct LevelPath {
    pub late: bool,
    pub deadline: f64,
    /// Position and level of each look.
    pub levels: Vec<(f64, Level)>,
}

/// The worth of the two levels that warn.
pub(super) struct Flags {
    pub at_risk: FlagWorth,
    pub will_be_late: FlagWorth,
    /// The share of flagged cases whose flag was cleared and raised again; none without flags.
    pub raised_again: Option<f64>,
}

/// Judges the first look at which each level is reached, and counts how often flags come back.
pub(super) fn flags(walks: &[LevelPath]) -> Flags {
    let seen = || walks.iter().filter(|walk| !walk.levels.is_empty());
    let from = |least: Level| {
        seen().map(move |walk| Flag {
            late: walk.late,
            lead: walk
                .levels
                .iter()
                .find(|(_, level)| *level >= least)
                .map(|(day, _)| walk.deadline - day),
        })
    };
    let raised = |walk: &LevelPath| {
        let warns = walk.levels.iter().map(|(_, level)| level.warns());
        let mut before = false;
        warns
            .filter(|warns| !std::mem::replace(&mut before, *warns) && *warns)
            .count()
    };
    let times: Vec<usize> = seen().map(raised).filter(|times| *times > 0).collect();
    let again = times.iter().filter(|times| **times > 1).count();
    Flags {
        at_risk: worth(from(Level::AtRisk)),
        will_be_late: worth(from(Level::WillBeLate)),
        raised_again: (!times.is_empty()).then(|| again as f64 / times.len() as f64),
    }
}

#[cfg(test)]
mod tests {
    use super::{LevelPath, flags};
    use crate::level::Level::{self, AtRisk, OnTrack, WillBeLate};

    fn walk(late: bool, levels: &[Level]) -> LevelPath {
        LevelPath {
            late,
            deadline: 10.0,
            levels: (0..).map(f64::from).zip(levels.iter().copied()).collect(),
        }
    }

    #[test]
    fn the_first_flag_counts_and_a_second_one_wavers() {
        let walks = [
            walk(true, &[OnTrack, AtRisk, WillBeLate]),
            walk(true, &[OnTrack, OnTrack]),
            walk(false, &[AtRisk, OnTrack, AtRisk, WillBeLate]),
            walk(true, &[]),
        ];
        let flags = flags(&walks);
        assert_eq!(flags.at_risk.precision, Some(0.5));
        assert_eq!(flags.at_risk.recall, Some(0.5));
        assert_eq!(flags.at_risk.median_lead_wd, Some(9.0));
        assert_eq!(flags.will_be_late.median_lead_wd, Some(8.0));
        assert_eq!(flags.raised_again, Some(0.5));
    }
}
