//! Random cases, the same in every run, compared with the slow reference.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use domain::calendar::{Calendar, Error, Outage};
use domain::deadline::explain::Counted;
use domain::deadline::outage::moved_by;
use domain::deadline::{
    Arrival, Cutoff, Start, due, due_from, explain, explain_from, hand_over, shift,
};
use domain::limit::Limit;
use domain::time::{Instant, VIETNAM, local};

use crate::offices;
use crate::reference::{self, Office, Past};

/// Marsaglia's xorshift: good enough to choose cases, and equal on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len() as u64) as usize]
    }
}

fn both() -> [(Calendar, Office); 5] {
    [
        (offices::national(), reference::NATIONAL),
        (offices::eight_hours(), reference::EIGHT_HOURS),
        (offices::seasons(), reference::SEASONS),
        (offices::odd_hours(), reference::ODD_HOURS),
        (offices::four_weeks(), reference::FOUR_WEEKS),
    ]
}

/// A day in the calendar, a little outside of it, or next to a special day.
fn some_day(random: &mut Random, calendar: &Calendar) -> NaiveDate {
    const HOT: [&str; 12] = [
        "2024-02-10",
        "2024-05-02",
        "2025-04-28",
        "2026-01-05",
        "2026-02-18",
        "2026-08-22",
        "2026-09-01",
        "2026-11-22",
        "2027-01-03",
        "2027-02-07",
        "2027-04-30",
        "2027-09-04",
    ];
    if random.below(3) == 0 {
        let hot = *random.pick(&HOT);
        return offices::day(hot) + TimeDelta::days(random.below(25) as i64 - 15);
    }
    let days = (calendar.last_day() - calendar.first_day()).num_days() as u64;
    calendar.first_day() + TimeDelta::days(random.below(days + 5) as i64 - 2)
}

/// A time of day: any microsecond, or an edge of the hours and its neighbours.
fn some_time(random: &mut Random) -> NaiveTime {
    const EDGES: [(u32, u32); 17] = [
        (0, 0),
        (6, 30),
        (7, 0),
        (7, 30),
        (9, 0),
        (9, 30),
        (11, 0),
        (11, 30),
        (12, 15),
        (13, 30),
        (14, 0),
        (15, 0),
        (16, 30),
        (17, 0),
        (17, 30),
        (18, 45),
        (23, 59),
    ];
    if random.below(2) == 0 {
        return NaiveTime::MIN + TimeDelta::microseconds(random.below(86_400_000_000) as i64);
    }
    let (hour, minute) = *random.pick(&EDGES);
    let edge = NaiveTime::from_hms_opt(hour, minute, 0).expect("a time of day");
    // Before midnight lies another day, so the first edge wraps to the end of this one.
    edge + TimeDelta::microseconds(random.below(3) as i64 - 1)
}

/// A limit as number and unit; mostly small, sometimes long.
fn some_limit(random: &mut Random) -> (u32, &'static str) {
    let unit = *random.pick(&["wd", "wh", "d", "mo", "h", "same-day"]);
    let (often, rarely) = match unit {
        "wd" => (15, 120),
        "wh" => (24, 150),
        "d" => (45, 400),
        "mo" => (6, 50),
        "h" => (100, 10_000),
        _ => return (0, unit),
    };
    let most = if random.below(10) == 0 { rarely } else { often };
    (1 + random.below(most) as u32, unit)
}

fn parsed(number: u32, unit: &str) -> Limit {
    match unit {
        "same-day" => offices::limit(unit),
        _ => offices::limit(&format!("{number}{unit}")),
    }
}

fn instant(wall: NaiveDateTime) -> Instant {
    wall.and_local_timezone(VIETNAM)
        .single()
        .expect("one moment")
        .into()
}

fn past(error: Error) -> Past {
    match error {
        Error::Begins { .. } => Past::Begin,
        Error::Ends { .. } => Past::End,
    }
}

#[test]
fn a_hundred_thousand_deadlines_agree_with_the_slow_reference() {
    let mut random = Random(0x006d_6f74_6375_6131);
    let both = both();
    let (mut refused, mut provisional) = (0, 0);
    for case in 0..100_000 {
        let (calendar, office) = random.pick(&both);
        let received = some_day(&mut random, calendar).and_time(some_time(&mut random));
        let (number, unit) = some_limit(&mut random);
        let expected = office.due(received, number, unit);
        let answer = due(instant(received), parsed(number, unit), calendar)
            .map(|due| (local(due.at).naive_local(), due.provisional))
            .map_err(past);
        assert_eq!(
            answer,
            expected,
            "case {case}: {received} + {number}{unit} at {}",
            calendar.id()
        );
        refused += u32::from(answer.is_err());
        provisional += u32::from(answer.is_ok_and(|(_, provisional)| provisional));
    }
    // The comparison is worth little unless the cases reach the rare answers.
    assert!((5_000..40_000).contains(&refused), "{refused} refused");
    assert!(
        (2_000..40_000).contains(&provisional),
        "{provisional} provisional"
    );
}

#[test]
fn cut_offs_and_two_starts_agree_with_the_slow_reference() {
    let mut random = Random(0x6375_746f_6666_0001);
    let both = both();
    let (mut refused, mut moved, mut travelled) = (0, 0, 0);
    for case in 0..60_000 {
        // The desk that receives and the agency that decides have hours of their own.
        let (sender, desk) = random.pick(&both);
        let (calendar, office) = random.pick(&both);
        let received = some_day(&mut random, calendar).and_time(some_time(&mut random));
        let (number, unit) = some_limit(&mut random);
        let word = *random.pick(&["none", "15:00", "close-1h"]);
        let cutoff: Cutoff = word.parse().expect("a cut-off");
        let elsewhere = random.below(2) == 0;
        let expected = if elsewhere {
            desk.handed_over(received)
        } else {
            Ok(received)
        }
        .and_then(|reached| office.due_by(reached, word, number, unit));
        let limit = parsed(number, unit);
        let reached = if elsewhere {
            hand_over::by(instant(received), sender)
        } else {
            Ok(instant(received))
        };
        let answer = reached.and_then(|reached| {
            let start = Start {
                received: instant(received),
                arrival: elsewhere.then_some(Arrival {
                    at: reached,
                    expected: true,
                }),
                cutoff,
            };
            let due = due_from(&start, limit, calendar);
            let explained = explain_from(&start, limit, calendar);
            assert_eq!(
                explained.as_ref().map(|it| (it.due, it.provisional)).ok(),
                due.ok().map(|due| (due.at, due.provisional)),
                "case {case}: explained otherwise"
            );
            if let Ok(explained) = explained {
                moved += u32::from(explained.counted_from > reached);
                travelled += u32::from(reached > instant(received));
            }
            due
        });
        let answer = answer
            .map(|due| (local(due.at).naive_local(), due.provisional))
            .map_err(past);
        assert_eq!(
            answer,
            expected,
            "case {case}: {received} + {number}{unit}, {word}, elsewhere {elsewhere}, at {}",
            calendar.id()
        );
        refused += u32::from(answer.is_err());
    }
    assert!((3_000..30_000).contains(&refused), "{refused} refused");
    assert!(moved > 10_000, "{moved} counted from a later moment");
    assert!(travelled > 10_000, "{travelled} on their way");
}

#[test]
fn nothing_received_later_is_due_earlier_by_any_cut_off() {
    let mut random = Random(0x6f72_6465_7200_0001);
    let both = both();
    for _ in 0..20_000 {
        let (calendar, _) = random.pick(&both);
        let earlier = instant(some_day(&mut random, calendar).and_time(some_time(&mut random)));
        let later = earlier + TimeDelta::minutes(random.below(4 * 24 * 60) as i64);
        let (number, unit) = some_limit(&mut random);
        let limit = parsed(number, unit);
        let cutoff = *random.pick(&[Cutoff::None, Cutoff::Afternoon, Cutoff::LastHour]);
        let due = |received| {
            let start = Start {
                cutoff,
                ..Start::at(received)
            };
            due_from(&start, limit, calendar).map(|due| due.at)
        };
        if let (Ok(first), Ok(second)) = (due(earlier), due(later)) {
            assert!(
                first <= second,
                "{limit} by {cutoff}: {earlier} and {later}"
            );
        }
    }
}

#[test]
fn stops_agree_with_the_slow_reference() {
    let mut random = Random(0x7374_6f70_7300_0001);
    let both = both();
    let mut refused = 0;
    for case in 0..20_000 {
        let (calendar, office) = random.pick(&both);
        let (number, unit) = some_limit(&mut random);
        let from = some_day(&mut random, calendar).and_time(some_time(&mut random));
        let to = from + TimeDelta::microseconds(random.below(20 * 86_400_000_000) as i64);
        let near = from.date() + TimeDelta::days(random.below(20) as i64 - 2);
        let due = near.and_time(some_time(&mut random));
        let expected = office.shifted(due, unit, from, to);
        let limit = parsed(number.max(1), unit);
        let answer = shift(instant(due), limit, instant(from), instant(to), calendar)
            .map(|due| local(due.at).naive_local())
            .map_err(past);
        assert_eq!(
            answer,
            expected,
            "case {case}: due {due} stopped {from} to {to} in {unit} at {}",
            calendar.id()
        );
        refused += u32::from(answer.is_err());
    }
    assert!(refused > 1_000, "{refused} refused");
}

#[test]
fn outages_agree_with_the_slow_reference() {
    let mut random = Random(0x6f75_7461_6765_0001);
    let both = both();
    let mut moved = 0;
    for case in 0..20_000 {
        let (calendar, office) = random.pick(&both);
        let (number, unit) = some_limit(&mut random);
        let started = some_day(&mut random, calendar).and_time(some_time(&mut random));
        let later = |random: &mut Random, at: NaiveDateTime, days: u64| {
            at + TimeDelta::microseconds(random.below(days * 86_400_000_000) as i64)
        };
        let due = later(&mut random, started, 15);
        let from = later(&mut random, started - TimeDelta::days(2), 15);
        let until = later(&mut random, from, 6) + TimeDelta::minutes(1);
        let mut stood = Vec::new();
        let mut at = started;
        for _ in 0..random.below(4) {
            let stop = later(&mut random, at, 4) + TimeDelta::minutes(1);
            at = later(&mut random, stop, 3) + TimeDelta::minutes(1);
            stood.push((stop, Some(at)));
        }
        if random.below(4) == 0 {
            stood.push((later(&mut random, at, 4) + TimeDelta::minutes(1), None));
        }
        let expected = office.after_outage((due, unit), started, (from, until), &stood);
        let outage = Outage {
            from: instant(from),
            until: instant(until),
            units: None,
            procedure: None,
            document: "12/TB-UBND".into(),
        };
        let stops: Vec<_> = stood
            .iter()
            .map(|(stop, on)| (instant(*stop), on.map(instant)))
            .collect();
        let limit = parsed(number.max(1), unit);
        let answer = moved_by(
            &outage,
            instant(due),
            limit,
            instant(started),
            &stops,
            calendar,
        )
        .map(|due| due.map(|due| local(due.at).naive_local()))
        .map_err(past);
        moved += u32::from(matches!(answer, Ok(Some(_))));
        let told = format!("case {case}: due {due} in {unit}, out {from} to {until}, {stood:?}");
        assert_eq!(answer.map(|at| at.unwrap_or(due)), expected, "{told}");
    }
    assert!(moved > 3_000, "{moved} moved");
}

#[test]
fn sums_agree_with_the_slow_reference() {
    let mut random = Random(0x7375_6d73_0000_0001);
    for (calendar, office) in both() {
        for _ in 0..1_000 {
            let from = some_day(&mut random, &calendar).and_time(some_time(&mut random));
            let to = from + TimeDelta::microseconds(random.below(40 * 86_400_000_000) as i64);
            let (a, b) = (from.date(), to.date());
            assert_eq!(calendar.is_working_day(a).map_err(past), office.works(a));
            if a < b {
                assert_eq!(
                    calendar.working_days_after_until(a, b).map_err(past),
                    office.working_days_between(a, b),
                    "{a} to {b}"
                );
            }
            if from < to {
                assert_eq!(
                    calendar
                        .open_time_between(instant(from), instant(to))
                        .map(|time| time.num_microseconds().expect("weeks"))
                        .map_err(past),
                    office.open_time(from, to),
                    "{from} to {to}"
                );
            }
        }
    }
}

#[test]
fn an_explanation_counts_what_the_limit_asks() {
    let mut random = Random(0x6578_706c_6169_6e31);
    let both = both();
    for _ in 0..5_000 {
        let (calendar, _) = random.pick(&both);
        let received = instant(some_day(&mut random, calendar).and_time(some_time(&mut random)));
        let (number, unit) = some_limit(&mut random);
        let limit = parsed(number, unit);
        let due = due(received, limit, calendar);
        let explanation = explain(received, limit, calendar);
        let (Ok(due), Ok(explanation)) = (due, &explanation) else {
            assert_eq!(explanation.err(), due.err());
            continue;
        };
        assert_eq!(
            (explanation.due, explanation.provisional),
            (due.at, due.provisional)
        );
        let (mut days, mut time) = (0, TimeDelta::zero());
        for line in &explanation.days {
            match line.counted {
                Some(Counted::Day(day)) => {
                    days += 1;
                    assert_eq!(day, days);
                }
                Some(Counted::OpenTime(open)) => time += open,
                None => {}
            }
        }
        match limit {
            Limit::WorkingDays(n) | Limit::CalendarDays(n) => assert_eq!(days, u32::from(n)),
            Limit::WorkingHours(n) => assert_eq!(time, TimeDelta::hours(n.into())),
            Limit::SameDay => assert_eq!(days, 1),
            Limit::CalendarMonths(n) => assert!(days >= 28 * u32::from(n)),
            Limit::ElapsedHours(_) => assert!(explanation.days.is_empty()),
        }
        for language in [
            domain::deadline::Language::Vietnamese,
            domain::deadline::Language::English,
        ] {
            let lines = explanation.lines(language);
            assert!(lines.len() >= 3);
            assert!(
                lines
                    .iter()
                    .all(|line| line.ends_with('.') && !line.contains("  "))
            );
        }
    }
}
