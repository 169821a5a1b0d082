//! The net benefit of flags if a flag costs one handling and a lateness avoided in time pays
//! several.

use super::alarm::Flag;
use super::report::{Benefit, NetBenefit};
use super::scores::{FlagOf, Scores};
use crate::alarm::{BENEFITS, LEADS};

/// Measures the net benefit for each number of handlings that an avoided lateness pays.
pub(super) fn measure(said: &Scores<'_>) -> NetBenefit {
    let cases = said.cases().count();
    if cases == 0 {
        return NetBenefit::default();
    }
    let naive: Vec<Flag> = said.flags(FlagOf::Naive).collect();
    let benefits = BENEFITS.iter().enumerate().map(|(place, pays)| {
        let worth = |flags: &[Flag], needed: f64| net(flags, f64::from(*pays), needed, cases);
        let [ours, ours_one_day, ours_two_days] = [0, 1, 2].map(|lead| {
            let needed = LEADS[lead];
            let place = lead * BENEFITS.len() + place;
            let flags = said.flags(FlagOf::Benefit(place, needed));
            worth(&flags.collect::<Vec<Flag>>(), needed)
        });
        let benefit = Benefit {
            ours,
            naive: worth(&naive, LEADS[0]),
            ours_one_day,
            naive_one_day: worth(&naive, LEADS[1]),
            ours_two_days,
            naive_two_days: worth(&naive, LEADS[2]),
        };
        (*pays, benefit)
    });
    NetBenefit(benefits.collect())
}

fn net(flags: &[Flag], pays: f64, needed: f64, cases: usize) -> f64 {
    let leads = flags
        .iter()
        .filter_map(|flag| Some((flag.late, flag.lead?)));
    let worth = leads.map(|(late, lead)| {
        let avoided = late && lead >= needed;
        if avoided { pays - 1.0 } else { -1.0 }
    });
    worth.sum::<f64>() / cases as f64
}

#[cfg(test)]
mod tests {
    use super::net;
    use crate::backtest::alarm::Flag;

    #[test]
    fn a_flag_costs_one_and_pays_where_it_comes_early_enough() {
        let flag = |late, lead| Flag { late, lead };
        let flags = [
            flag(true, Some(2.0)),
            flag(true, Some(0.5)),
            flag(false, Some(3.0)),
            flag(true, None),
        ];
        // Three flags; two late ones in time, one of them a day ahead.
        assert_eq!(net(&flags, 5.0, 0.0, 4), (10.0 - 3.0) / 4.0);
        assert_eq!(net(&flags, 5.0, 1.0, 4), (5.0 - 3.0) / 4.0);
    }
}
