//! A unit's month: how many dossiers will be late, the resulting rate, and where to act first.

use crate::poisson_binomial::PoissonBinomial;

/// The share in time that a unit should reach, unless another is configured.
pub const TARGET: f64 = 0.95;
/// How many dossiers are named to act on.
pub const FIRST: usize = 5;
/// A gain is divided by at least this many hours, so that the last minutes do not outweigh all
/// else.
const LEAST_HOURS: f64 = 1.0;

/// An open dossier that counts in the month: due in it, or overdue from before.
#[derive(Debug, Clone, PartialEq)]
pub struct Open<Id> {
    /// The dossier.
    pub id: Id,
    /// The chance that the dossier ends late; 1 if it is overdue.
    pub late: f64,
    /// Working hours to its deadline.
    pub left_hours: f64,
    /// How much the chance would fall if the present step had just been done:
    /// [`crate::forecaster::Forecaster::gain`].
    pub gain: f64,
}

/// Dossiers of the month that have already ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ended {
    /// Ended before or on their deadline.
    pub in_time: u32,
    /// Ended after it.
    pub late: u32,
}

/// A number with its 80 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The mean.
    pub expected: f64,
    /// One in ten lies below.
    pub low: f64,
    /// One in ten lies above.
    pub high: f64,
}

/// A dossier to act on, and the gain of acting.
#[derive(Debug, Clone, PartialEq)]
pub struct Act<Id> {
    /// The dossier.
    pub id: Id,
    /// The fall of the chance of a delay for each working hour left.
    pub gain_an_hour: f64,
}

/// A unit's month.
#[derive(Debug, Clone, PartialEq)]
pub struct Outlook<Id> {
    /// Dossiers of the month, ended and open.
    pub counted: u32,
    /// Late dossiers at the end of the month, including those late today.
    pub late: Estimate,
    /// The share in time at the end of the month; none without dossiers.
    pub rate: Option<Estimate>,
    /// How many more late dossiers than today miss the target; 0 if it is already missed. None
    /// without dossiers.
    pub breaks_at: Option<u32>,
    /// The dossiers for which a working hour gains the most, best first; at most [`FIRST`].
    pub act_first: Vec<Act<Id>>,
}

/// The outlook of a month. It takes the dossiers as independent of each other.
///
/// `target` is the share in time to reach. Late today are the dossiers that ended late and the open
/// ones with chance 1.
#[must_use]
pub fn outlook<Id: Clone + Ord>(open: &[Open<Id>], ended: Ended, target: f64) -> Outlook<Id> {
    let chances = || open.iter().map(|open| sound(open.late));
    let (low, high) = PoissonBinomial::new(chances()).between(0.8);
    let ended_late = f64::from(ended.late);
    let late = Estimate {
        expected: ended_late + chances().sum::<f64>(),
        low: ended_late + low as f64,
        high: ended_late + high as f64,
    };
    let open_count = u32::try_from(open.len()).unwrap_or(u32::MAX);
    let counted = ended
        .in_time
        .saturating_add(ended.late)
        .saturating_add(open_count);
    let all = f64::from(counted);
    let in_time = |late: f64| (1.0 - late / all).clamp(0.0, 1.0);
    let rate = (counted > 0).then(|| Estimate {
        expected: in_time(late.expected),
        low: in_time(late.high),
        high: in_time(late.low),
    });
    let overdue = chances().filter(|late| *late >= 1.0).count() as f64;
    let today = ended_late + overdue;
    Outlook {
        counted,
        late,
        rate,
        breaks_at: (counted > 0).then(|| breaks_at(all, today, target)),
        act_first: act_first(open),
    }
}

/// How many more late ones miss the target.
fn breaks_at(all: f64, late_today: f64, target: f64) -> u32 {
    // The small addend absorbs rounding: a target of 95 % allows exactly five of a hundred.
    let allowed = (all * (1.0 - target.clamp(0.0, 1.0)) + 1e-9).floor();
    if late_today > allowed {
        0
    } else {
        (allowed - late_today + 1.0) as u32
    }
}

/// A month's figures with the dossiers that have not come yet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WholeMonth {
    /// How many more dossiers will probably end in the month than are known today.
    pub arrivals: f64,
    /// The share in time at the end of the month, with these.
    pub rate: f64,
    /// [`Outlook::breaks_at`] with these.
    pub breaks_at: u32,
}

/// What ended lately.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lately {
    /// What ended.
    pub ended: Ended,
    /// On how many working days.
    pub days: u32,
}

/// A month's figures if as many dossiers end on each of its `days_left` working days as did lately.
///
/// `late_today` are the late ones among those known: ended, or overdue. Dossiers that are open and
/// counted in the month are among those that will end. The ones to come are taken to end in time as often as
/// those of late. None without a past to go by, or where nobody will come.
#[must_use]
pub fn whole_month<Id>(
    known: &Outlook<Id>,
    ended: Ended,
    late_today: u32,
    lately: Lately,
    days_left: u32,
    target: f64,
) -> Option<WholeMonth> {
    let Lately { ended: past, days } = lately;
    let all = f64::from(past.in_time.saturating_add(past.late));
    if days == 0 || all <= 0.0 {
        return None;
    }
    let to_end = all / f64::from(days) * f64::from(days_left);
    let done = f64::from(ended.in_time.saturating_add(ended.late));
    let open = f64::from(known.counted) - done;
    let arrivals = to_end - open;
    if arrivals < 0.5 {
        return None;
    }
    let in_time = f64::from(known.counted) - known.late.expected;
    let in_time = in_time + arrivals * f64::from(past.in_time) / all;
    let counted = f64::from(known.counted) + arrivals;
    Some(WholeMonth {
        arrivals,
        rate: (in_time / counted).clamp(0.0, 1.0),
        breaks_at: breaks_at(counted, f64::from(late_today), target),
    })
}

/// The dossiers that can still be saved, by the gain for each working hour left.
fn act_first<Id: Clone + Ord>(open: &[Open<Id>]) -> Vec<Act<Id>> {
    let can = open
        .iter()
        .filter(|open| open.gain > 0.0 && open.late < 1.0);
    let mut acts: Vec<Act<Id>> = can
        .map(|open| Act {
            id: open.id.clone(),
            gain_an_hour: open.gain / open.left_hours.max(LEAST_HOURS),
        })
        .collect();
    acts.sort_by(|a, b| {
        b.gain_an_hour
            .total_cmp(&a.gain_an_hour)
            .then(a.id.cmp(&b.id))
    });
    acts.truncate(FIRST);
    acts
}

/// A chance within 0 and 1; not-a-number counts as 0.5.
fn sound(chance: f64) -> f64 {
    if chance.is_nan() {
        0.5
    } else {
        chance.clamp(0.0, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Ended, Lately, Open, TARGET, outlook, whole_month};

    fn open(id: u32, late: f64, left_hours: f64, gain: f64) -> Open<u32> {
        Open {
            id,
            late,
            left_hours,
            gain,
        }
    }

    #[test]
    fn a_month_adds_what_is_certain_to_what_is_likely() {
        let ended = Ended {
            in_time: 88,
            late: 2,
        };
        let dossiers: Vec<_> = (0..10).map(|id| open(id, 0.5, 8.0, 0.0)).collect();
        let outlook = outlook(&dossiers, ended, TARGET);
        assert_eq!((outlook.counted, outlook.late.expected), (100, 7.0));
        assert_eq!((outlook.late.low, outlook.late.high), (5.0, 9.0));
        let rate = outlook.rate.expect("dossiers");
        assert!((rate.expected - 0.93).abs() < 1e-12);
        assert!((rate.low - 0.91).abs() < 1e-12 && (rate.high - 0.95).abs() < 1e-12);
        // Five of a hundred may be late and two are: the fourth more misses 95 %.
        assert_eq!(outlook.breaks_at, Some(4));
        assert!(outlook.act_first.is_empty());
    }

    #[test]
    fn on_the_first_of_a_month_those_who_are_still_to_come_count_too() {
        // Ten open dossiers, most of them late ones from the month before.
        let dossiers: Vec<_> = (0..10).map(|id| open(id, 0.8, 8.0, 0.0)).collect();
        let none = Ended::default();
        let known = outlook(&dossiers, none, TARGET);
        assert!((known.rate.expect("dossiers").expected - 0.2).abs() < 1e-9);
        // Five a day, nine of ten in time, on each of twenty-two days: ten of these 110 are known.
        let lately = |in_time, late| Lately {
            ended: Ended { in_time, late },
            days: 20,
        };
        let whole =
            |late_today, lately, left| whole_month(&known, none, late_today, lately, left, TARGET);
        let month = whole(2, lately(90, 10), 22).expect("a past");
        assert!((month.arrivals - 100.0).abs() < 1e-9);
        assert!((month.rate - 92.0 / 110.0).abs() < 1e-9, "{month:?}");
        // Of ten known, two late miss the target; of 110, five may be late.
        assert_eq!((known.breaks_at, month.breaks_at), (Some(1), 4));
        // On the last day, as many are open as end: nobody is to come.
        assert_eq!(whole(2, lately(90, 10), 1), None);
        assert_eq!(whole(2, lately(0, 0), 22), None);
    }

    #[test]
    fn a_target_already_missed_breaks_without_another_late_dossier() {
        let ended = Ended {
            in_time: 18,
            late: 1,
        };
        let overdue = [open(1, 1.0, 0.0, 0.0)];
        assert_eq!(outlook(&overdue, ended, TARGET).breaks_at, Some(0));
        let empty = outlook::<u32>(&[], Ended::default(), TARGET);
        assert_eq!(
            (empty.counted, empty.rate, empty.breaks_at),
            (0, None, None)
        );
        assert_eq!(empty.late.expected, 0.0);
    }

    #[test]
    fn five_are_named_where_an_hour_gains_the_most_and_none_that_is_lost() {
        let dossiers = [
            open(1, 0.9, 16.0, 0.8),
            open(2, 0.5, 4.0, 0.4),
            open(3, 0.5, 40.0, 0.5),
            open(4, 1.0, 0.0, 0.9),
            open(5, 0.3, 0.1, 0.04),
            open(6, 0.6, 8.0, 0.4),
            open(7, 0.6, 8.0, 0.4),
            open(8, 0.2, 8.0, 0.0),
            open(9, 0.2, 80.0, 0.1),
        ];
        let acts = outlook(&dossiers, Ended::default(), TARGET).act_first;
        let named: Vec<u32> = acts.iter().map(|act| act.id).collect();
        assert_eq!(named, [2, 1, 6, 7, 5]);
        assert!((acts[0].gain_an_hour - 0.1).abs() < 1e-12);
    }
}
