//! How long one deadline takes, for every kind of limit over four years of days.

use std::hint::black_box;

use chrono::{Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Weekday};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use domain::calendar::{Calendar, DayKind, Hours, SpecialDay};
use domain::deadline::{due, near_due, shift};
use domain::limit::Limit;
use domain::time::{Instant, instant};

/// The first weekday of every month off, which is about as many days as the law gives.
fn calendar() -> Calendar {
    let date = |year, month| NaiveDate::from_ymd_opt(year, month, 1).expect("a date");
    let time = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0).expect("a time");
    let holidays: Vec<SpecialDay> = (2024..=2027)
        .flat_map(|year| (1..=12).map(move |month| date(year, month)))
        .map(|first| match first.weekday() {
            Weekday::Sat => first + Days::new(2),
            Weekday::Sun => first + Days::new(1),
            Weekday::Mon | Weekday::Tue | Weekday::Wed | Weekday::Thu | Weekday::Fri => first,
        })
        .map(|date| SpecialDay {
            date,
            kind: DayKind::Holiday,
            name: String::new(),
            source: String::new(),
            provisional: date.year() == 2027,
        })
        .collect();
    let hours = Hours {
        from: date(2024, 1),
        opens: vec![(time(7, 30), time(11, 30)), (time(13, 30), time(17, 0))],
    };
    let last = NaiveDate::from_ymd_opt(2027, 12, 31).expect("a date");
    Calendar::new("bench", date(2024, 1), last, &holidays, &[hours]).expect("a sound calendar")
}

/// Receipts spread over three years and all hours, so that no lookup stays warm.
fn receipts() -> impl FnMut() -> Instant {
    let first = instant(
        NaiveDate::from_ymd_opt(2024, 1, 1).expect("a date"),
        NaiveTime::MIN,
    );
    let mut step = 0_i64;
    move || {
        step = (step + 7_919) % 94_607;
        first + TimeDelta::microseconds(step * 1_000_003_000)
    }
}

fn deadlines(criterion: &mut Criterion) {
    let calendar = calendar();
    let mut group = criterion.benchmark_group("due");
    for limit in [
        Limit::WorkingDays(3),
        Limit::WorkingDays(200),
        Limit::WorkingHours(8),
        Limit::WorkingHours(400),
        Limit::CalendarDays(30),
        Limit::CalendarMonths(1),
        Limit::ElapsedHours(12),
        Limit::SameDay,
    ] {
        group.bench_function(limit.to_string(), |bencher| {
            bencher.iter_batched(
                receipts(),
                |received| due(black_box(received), black_box(limit), &calendar),
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();

    criterion.bench_function("shift 10wd by a week", |bencher| {
        bencher.iter_batched(
            receipts(),
            |due| {
                let from = due - TimeDelta::days(2);
                let to = from + TimeDelta::days(7);
                shift(black_box(due), Limit::WorkingDays(10), from, to, &calendar)
            },
            BatchSize::SmallInput,
        );
    });
    criterion.bench_function("near due", |bencher| {
        bencher.iter_batched(
            receipts(),
            |now| {
                let due = now + TimeDelta::days(3);
                near_due(now, black_box(due), now + TimeDelta::days(1), &calendar)
            },
            BatchSize::SmallInput,
        );
    });
}

criterion_group!(benches, deadlines);
criterion_main!(benches);
