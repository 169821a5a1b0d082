//! Two made-up provinces. In the first nothing changes: the levels keep what they promise, and no
//! drift is seen. The second slows down, and the drift is seen soon.
//!
//! The same with 20,000 dossiers each: `cargo run --release -p motcua-forecast --example promise`.

use std::sync::Arc;

use forecast::backtest::{Backtest, Looks, Protocol};
use forecast::log::Deadline;
use forecast::promise::live;

use crate::invented::office;
use crate::province::Province;

#[test]
fn in_a_still_world_levels_keep_what_they_promise_and_no_drift_is_seen() {
    let province = Province::new(2_026, 4_000, 1.0);
    let quarters = live(&province.log, &Arc::new(office()), province.first, 2).unwrap();
    for quarter in &quarters {
        for kept in quarter.kept {
            assert!(kept.flagged >= 30, "{quarter:?}");
            assert!(kept.is_kept(), "{kept:?} in {quarter:?}");
        }
        assert!(quarter.recall >= Some(0.95), "{quarter:?}");
        assert!(quarter.ahead >= Some(0.85), "{quarter:?}");
        let drift = quarter.drift.unwrap();
        assert!(!drift.alarm, "{quarter:?}");
    }
}

#[test]
fn where_all_work_slows_down_the_alarm_comes_within_two_months() {
    let province = Province::new(2_026, 8_000, 1.8);
    let quarters = live(&province.log, &Arc::new(office()), province.first, 1).unwrap();
    // Work is slow in the second and third month of the quarter.
    assert!(quarters[0].drift.unwrap().alarm, "{quarters:?}");
}

/// A flag costs one handling, and a lateness avoided in time pays two to ten. A flag when a fifth of
/// the time is left costs no model, so it is the least that a forecast must be worth.
#[test]
fn flags_are_never_worth_less_than_a_flag_when_a_fifth_of_the_time_is_left() {
    for (dossiers, slower) in [(4_000, 1.0), (8_000, 1.8)] {
        let province = Province::new(2_026, dossiers, slower);
        let office = office();
        let protocol = Protocol {
            looks: Looks::ByShare,
            ..Protocol::new(Deadline::Given, 0.5)
        };
        let trial = Backtest::new(&province.log, &office, protocol).unwrap();
        let report = trial.judge(&trial.fit());
        assert_eq!(report.net_benefit.0.len(), 9);
        for (pays, benefit) in &report.net_benefit.0 {
            let by_lead = [
                (benefit.ours, benefit.naive),
                (benefit.ours_one_day, benefit.naive_one_day),
                (benefit.ours_two_days, benefit.naive_two_days),
            ];
            for (ours, naive) in by_lead {
                assert!(ours >= naive, "{dossiers} dossiers, {pays}: {benefit:?}");
            }
        }
    }
}
