//! Properties of every deadline, for random cases.

use chrono::TimeDelta;
use domain::calendar::Calendar;
use domain::deadline::ledger::Interval;
use domain::deadline::{Ledger, due, near_due, shift, working_time_left};
use domain::limit::Limit;
use domain::time::{Instant, local_day};
use proptest::prelude::{Just, Strategy, prop_oneof, proptest};
use proptest::test_runner::{Config, RngSeed};
use proptest::{prop_assert, prop_assert_eq, prop_assume};

use crate::offices::{at, national, odd_hours, seasons};

fn fixed() -> Config {
    Config {
        cases: 512,
        rng_seed: RngSeed::Fixed(2026),
        failure_persistence: None,
        ..Config::default()
    }
}

fn office() -> impl Strategy<Value = Calendar> {
    prop_oneof![Just(national()), Just(seasons()), Just(odd_hours())]
}

/// A moment from 2024 to the middle of 2027, to the microsecond.
fn moment() -> impl Strategy<Value = Instant> {
    let (first, last) = (at("2024-01-01 00:00"), at("2027-06-30 00:00"));
    (first.timestamp_micros()..last.timestamp_micros())
        .prop_map(|micros| Instant::from_timestamp_micros(micros).expect("a moment of our years"))
}

fn any_limit() -> impl Strategy<Value = Limit> {
    prop_oneof![
        (1..60_u16).prop_map(Limit::WorkingDays),
        (1..200_u16).prop_map(Limit::WorkingHours),
        (1..120_u16).prop_map(Limit::CalendarDays),
        (1..5_u16).prop_map(Limit::CalendarMonths),
        (1..500_u16).prop_map(Limit::ElapsedHours),
        Just(Limit::SameDay),
    ]
}

fn open_time() -> impl Strategy<Value = TimeDelta> {
    (0..400_000_000_000_i64).prop_map(TimeDelta::microseconds)
}

proptest! {
    #![proptest_config(fixed())]

    #[test]
    fn adding_no_time_to_an_open_moment_changes_nothing(
        calendar in office(), moment in moment(), zero in Just(TimeDelta::zero()),
    ) {
        let open = calendar.add_open_time(moment, zero).expect("years ahead");
        prop_assert!(open >= moment);
        prop_assert_eq!(calendar.add_open_time(open, zero), Ok(open));
        prop_assert_eq!(calendar.open_time_between(moment, open), Ok(zero));
    }

    #[test]
    fn time_added_in_two_parts_is_the_sum(
        calendar in office(), moment in moment(), a in open_time(), b in open_time(),
    ) {
        let first = calendar.add_open_time(moment, a).expect("years ahead");
        prop_assert_eq!(
            calendar.add_open_time(first, b),
            calendar.add_open_time(moment, a + b)
        );
    }

    #[test]
    fn time_added_is_the_time_between(
        calendar in office(), moment in moment(), amount in open_time(),
    ) {
        let end = calendar.add_open_time(moment, amount).expect("years ahead");
        prop_assert_eq!(calendar.open_time_between(moment, end), Ok(amount));
    }

    #[test]
    fn nothing_but_elapsed_hours_ends_on_a_day_off(
        calendar in office(), moment in moment(), limit in any_limit(),
    ) {
        let due = due(moment, limit, &calendar).expect("years ahead").at;
        prop_assert!(due >= moment);
        if matches!(limit, Limit::ElapsedHours(_)) {
            return Ok(());
        }
        let closing = calendar.closing(local_day(due)).expect("years ahead");
        prop_assert!(closing.is_some_and(|closing| due <= closing));
        if limit.in_days() {
            prop_assert_eq!(closing, Some(due));
        }
    }

    #[test]
    fn a_later_receipt_is_never_due_earlier(
        calendar in office(), a in moment(), b in moment(), near in 0..200_000_000_000_i64,
        limit in any_limit(),
    ) {
        let due = |received| due(received, limit, &calendar).expect("years ahead").at;
        let (first, last) = (a.min(b), a.max(b));
        prop_assert!(due(first) <= due(last));
        let soon = a + TimeDelta::microseconds(near);
        prop_assert!(due(a) <= due(soon));
    }

    #[test]
    fn a_stop_takes_no_working_time_away(
        calendar in office(), received in moment(), days in 1..40_u16, hours in 1..100_u16,
        wait in 0..500_000_000_000_i64, length in 0..1_500_000_000_000_i64,
    ) {
        let from = received + TimeDelta::microseconds(wait);
        let to = from + TimeDelta::microseconds(length);

        let limit = Limit::WorkingHours(hours);
        let original = due(received, limit, &calendar).expect("years ahead").at;
        prop_assume!(from <= original);
        let moved = shift(original, limit, from, to, &calendar).expect("years ahead").at;
        let worked = calendar.open_time_between(received, from).expect("years ahead")
            + calendar.open_time_between(to, moved).expect("years ahead");
        prop_assert_eq!(worked, TimeDelta::hours(hours.into()));

        let limit = Limit::WorkingDays(days);
        let original = due(received, limit, &calendar).expect("years ahead").at;
        prop_assume!(from <= original);
        let moved = shift(original, limit, from, to, &calendar).expect("years ahead").at;
        let between = |a, b| {
            calendar.working_days_after_until(local_day(a), local_day(b)).expect("years ahead")
        };
        prop_assert_eq!(between(received, from) + between(to, moved), u32::from(days));
    }

    #[test]
    fn working_time_left_only_shrinks_and_near_stays_near(
        calendar in office(), received in moment(), limit in any_limit(),
        a in 0..3_000_000_000_000_i64, b in 0..3_000_000_000_000_i64,
    ) {
        let due = due(received, limit, &calendar).expect("years ahead").at;
        let first = received + TimeDelta::microseconds(a.min(b));
        let last = received + TimeDelta::microseconds(a.max(b));
        let left = |now| working_time_left(now, due, &calendar).expect("years ahead");
        let near = |now| near_due(received, due, now, &calendar).expect("years ahead");
        prop_assert!(left(first) >= left(last));
        prop_assert!(near(last) || !near(first));
        prop_assert!(near(due));
    }

    #[test]
    fn a_ledger_does_not_care_for_the_order_of_its_stops(
        stops in proptest::collection::vec((0..300_i64, 0..40_i64), 0..12), turn in 0..12_usize,
    ) {
        let start = at("2026-08-03 00:00");
        let hour = |hours| start + TimeDelta::hours(hours);
        let mut stops: Vec<Interval> = stops
            .into_iter()
            .map(|(from, length)| Interval { from: hour(from), to: Some(hour(from + length)) })
            .collect();
        let ledger = Ledger::from(stops.clone());
        // Hour by hour: a moment is stopped if any of the stops covers it.
        let covered = (0..400)
            .filter(|&h| stops.iter().any(|stop| {
                stop.from <= hour(h) && stop.to.is_some_and(|to| hour(h) < to)
            }))
            .count();
        prop_assert_eq!(ledger.total_elapsed(hour(400)), TimeDelta::hours(covered as i64));
        prop_assert!(ledger.intervals().is_sorted_by(|a, b| a.to < Some(b.from)));
        let middle = turn.min(stops.len());
        stops.rotate_left(middle);
        prop_assert_eq!(Ledger::from(stops), ledger);
    }
}
