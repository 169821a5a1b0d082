//! What the forecast of a dossier guarantees, with and without history.

use std::sync::Arc;

use chrono::{NaiveDate, NaiveTime, TimeDelta};
use domain::deadline::Language;
use domain::limit::Limit;
use domain::time::{Instant, instant};
use forecast::forecaster::Forecaster;
use forecast::level::Level;
use forecast::log::{Case, Event};
use forecast::planned::{Plan, Work};
use forecast::working_time::{TimeScale, VietNam, WorkingTime};

use crate::invented::{calendar, office};

fn at(day: u32, hour: u32, minute: u32) -> Instant {
    let date = NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
    instant(date, NaiveTime::from_hms_opt(hour, minute, 0).unwrap())
}

fn received(start: Instant) -> Case {
    Case {
        start,
        events: vec![Event {
            activity: 0,
            at: start,
        }],
        ..Case::default()
    }
}

fn work(days: f64) -> Work {
    Work {
        name: "thẩm định".to_owned(),
        days,
    }
}

/// Five, three and two planned working days; no step has begun.
fn untouched() -> Plan {
    Plan {
        current: Some(work(5.0)),
        later: vec![work(3.0), work(2.0)],
        ..Plan::default()
    }
}

#[test]
fn an_untouched_dossier_never_grows_safer_and_is_watched_once_its_plan_lacks_time() {
    let forecaster = Forecaster::new(None, Arc::new(office()), "ward");
    let start = at(2, 9, 0);
    // Fifteen working days.
    let due = at(23, 18, 0);
    let names = ["desk".to_owned()];
    let laid = forecaster.running(&received(start), &names, due, start, untouched());
    let laid = laid.unwrap();
    let mut before = 0.0;
    let mut level = Level::OnTrack;
    for hours in 0..520 {
        let now = start + TimeDelta::hours(hours);
        let prospect = forecaster.prospect(&laid, now).unwrap();
        assert!(prospect.late >= before, "{now}: {prospect:?}");
        before = prospect.late;
        let next = forecaster.level(Some(level), &laid, now).unwrap();
        assert!(next >= level, "{now}: {level:?} to {next:?}");
        level = next;
        if prospect.left < 10.0 {
            assert!(level >= Level::Watch, "{now}: {prospect:?}");
            let first = &forecaster.explain(Some(level), &laid, now).unwrap()[0];
            let said = first.words(Language::Vietnamese, forecaster.scale());
            assert!(
                level == Level::Overdue || said.contains("theo kế hoạch"),
                "{said}"
            );
        }
    }
    assert_eq!(level, Level::Overdue);
}

#[test]
fn of_two_untouched_alike_the_one_that_has_lain_longer_is_never_safer() {
    let forecaster = Forecaster::new(None, Arc::new(office()), "ward");
    let (due, now) = (at(2, 18, 0), at(2, 15, 0));
    let names = ["desk".to_owned()];
    let late = |start: Instant| {
        let plan = Plan {
            current: Some(work(0.5)),
            ..Plan::default()
        };
        let laid = forecaster.running(&received(start), &names, due, now, plan);
        forecaster.prospect(&laid.unwrap(), now).unwrap().late
    };
    assert!(late(at(2, 8, 0)) >= late(at(2, 14, 30)));
}

#[test]
fn a_limit_in_elapsed_hours_runs_over_the_night_in_the_forecast_and_in_its_words() {
    let office = WorkingTime::elapsed(&calendar(), Box::new(VietNam));
    let scale = office.scale();
    assert!(scale.elapsed);
    let forecaster = Forecaster::new(None, Arc::new(office), "ward");
    // Twelve hours from Friday 17:30, in an office that closes at 18:00.
    let (start, due) = (at(20, 17, 30), at(21, 5, 30));
    let plan = Plan::of(&[], None, Limit::ElapsedHours(12), scale);
    let plan = Plan {
        current: plan.current.map(|work| Work {
            days: work.days / 2.0,
            ..work
        }),
        ..plan
    };
    let names = ["desk".to_owned()];
    let laid = forecaster.running(&received(start), &names, due, start, plan);
    let laid = laid.unwrap();
    let prospect = forecaster.prospect(&laid, start).unwrap();
    assert!((prospect.left - 0.5).abs() < 1e-9, "{prospect:?}");
    assert_eq!(
        forecaster.level(None, &laid, start).unwrap(),
        Level::OnTrack
    );
    let first = &forecaster.explain(None, &laid, start).unwrap()[0];
    let said = first.words(Language::Vietnamese, scale);
    assert!(said.starts_with("Còn 12 giờ;"), "{said}");
    assert!(!said.contains("làm việc"), "{said}");
    let night = start + TimeDelta::hours(11);
    assert!(forecaster.level(None, &laid, night).unwrap() > Level::OnTrack);
}

#[test]
fn a_plan_of_a_limit_in_elapsed_hours_is_told_on_its_own_clock() {
    let clock = TimeScale {
        hours_a_day: 24.0,
        elapsed: true,
    };
    let plan = Plan::of(&[], None, Limit::ElapsedHours(12), clock);
    assert_eq!(plan.current.map(|work| work.days), Some(0.5));
}
