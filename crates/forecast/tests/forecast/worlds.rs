//! Two made-up provinces. In the first nothing changes: the levels keep what they promise, and no
//! drift is seen. The second slows down, and the drift is seen soon.
//!
//! The same with 20,000 dossiers each: `cargo run --release -p motcua-forecast --example promise`.

use std::sync::Arc;

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
