//! Measures how long a fit on a million events takes, and how many dossiers one core scores.

use std::hint::black_box;
use std::sync::Arc;

use chrono::{NaiveDate, NaiveTime, TimeDelta};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use domain::calendar::{Calendar, Hours};
use domain::time::instant;
use forecast::artefact::Artefact;
use forecast::backtest::{Backtest, Looks, Protocol, Refit};
use forecast::forecaster::Forecaster;
use forecast::level::{Level, Precision};
use forecast::log::{Case, Deadline, Event, Log};
use forecast::planned::Plan;
use forecast::running::Running;
use forecast::situation::Situation;
use forecast::working_time::{VietNam, WorkingTime};

fn date(year: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, 1, 1).expect("a date")
}

fn office() -> WorkingTime {
    let time = |hour| NaiveTime::from_hms_opt(hour, 0, 0).expect("a time");
    let hours = Hours {
        from: date(2023),
        opens: vec![(time(8), time(18))],
    };
    let calendar = Calendar::new("bench", date(2023), date(2030), &[], &[hours]);
    WorkingTime::new(calendar.expect("a sound calendar"), Box::new(VietNam))
}

/// Twenty steps, five events a case, two years.
fn log(events: usize) -> Log {
    let mut state = 1_u64;
    let mut below = move |bound: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) % bound
    };
    let cases = events / 5;
    let first = instant(date(2024), NaiveTime::MIN);
    let cases = (0..cases as i64).map(|number| {
        let start = first + TimeDelta::seconds(number * 63_000_000 / cases as i64);
        let mut at = start;
        let events = (0..5).map(|place| {
            let event = Event {
                activity: (place * 4 + below(4)) as u32,
                at,
            };
            at += TimeDelta::minutes(below(3_000) as i64);
            event
        });
        let events: Vec<Event> = events.collect();
        Case {
            id: format!("{number:08}"),
            types: vec![below(100).to_string()],
            start,
            end: Some(at),
            events,
            ..Case::default()
        }
    });
    let cases = cases.collect();
    Log {
        activities: (0..20).map(|step| format!("step {step:02}")).collect(),
        cases,
    }
}

const PROTOCOL: Protocol = Protocol {
    deadline: Deadline::Percentile(80),
    split: 0.999,
    finished_only: false,
    refit: Refit::Never,
    looks: Looks::Daily,
};

fn fit(criterion: &mut Criterion) {
    let office = office();
    let log = log(1_000_000);
    let mut group = criterion.benchmark_group("fit");
    group.sample_size(10);
    group.bench_function("a million events", |bencher| {
        bencher.iter(|| {
            Backtest::new(&log, &office, PROTOCOL)
                .expect("a sound log")
                .fit()
        });
    });
    group.finish();
}

fn score(criterion: &mut Criterion) {
    let office = office();
    let log = log(200_000);
    let model = Backtest::new(&log, &office, PROTOCOL)
        .expect("a sound log")
        .fit();
    let open: Vec<Situation> = log
        .cases
        .iter()
        .take(10_000)
        .map(|case| {
            let (now, due) = (
                case.start + TimeDelta::days(2),
                case.start + TimeDelta::days(6),
            );
            let at = model.situation(&office, case, &log.activities, due, now);
            at.expect("days of the calendar")
        })
        .collect();
    let mut group = criterion.benchmark_group("score");
    group.throughput(Throughput::Elements(open.len() as u64));
    group.bench_function("ten thousand dossiers", |bencher| {
        bencher.iter(|| {
            let forecasts = open.iter().map(|at| model.forecast(black_box(at)));
            forecasts.map(|forecast| forecast.late).sum::<f64>()
        });
    });
    group.finish();
}

/// The log with a deadline five days after each start.
fn dated(events: usize) -> Log {
    let mut log = log(events);
    for case in &mut log.cases {
        case.deadline = Some(case.start + TimeDelta::days(5));
    }
    log
}

/// The daily fit of a whole province, including its validation and its levels.
fn artefact(criterion: &mut Criterion) {
    let office = office();
    let log = dated(1_000_000);
    let until = log.cases[log.cases.len() - 200].start;
    let fit = || Artefact::fit(&log, &[&office], until, Precision::default());
    println!("{} bytes", fit().expect("a sound log").to_bytes().len());
    let mut group = criterion.benchmark_group("artefact");
    group.sample_size(10);
    group.bench_function("a million events", |bencher| bencher.iter(fit));
    group.finish();
}

/// The calls behind a page of dossiers and behind a sweep over the open ones.
fn page(criterion: &mut Criterion) {
    let office = Arc::new(office());
    let log = dated(200_000);
    let until = log.cases[log.cases.len() - 200].start;
    let artefact = Artefact::fit(&log, &[&office], until, Precision::default());
    let artefact = Arc::new(artefact.expect("a sound log"));
    let forecaster = Forecaster::new(Some(artefact), Arc::clone(&office), "ward");
    let cases = log.cases.iter().step_by(97).take(50);
    let open: Vec<_> = cases
        .map(|case| {
            let now = case.start + TimeDelta::days(1);
            (case, now, case.deadline.expect("a deadline"))
        })
        .collect();
    let laid = |(case, now, due): &(&Case, _, _)| {
        let plan = Plan::default();
        let laid = forecaster.running(case, &log.activities, *due, *now, plan);
        laid.expect("days of the calendar")
    };
    let running: Vec<_> = open.iter().map(|open| (laid(open), open.1)).collect();
    let mut group = criterion.benchmark_group("page");
    group.bench_function("lay out fifty", |bencher| {
        bencher.iter(|| open.iter().map(laid).filter(Running::stands).count());
    });
    group.bench_function("score fifty", |bencher| {
        bencher.iter(|| {
            let prospects = running.iter();
            let late = prospects.map(|(running, now)| forecaster.prospect(running, *now));
            late.map(|prospect| prospect.expect("a day").late)
                .sum::<f64>()
        });
    });
    group.bench_function("explain fifty", |bencher| {
        bencher.iter(|| {
            let reasons = running.iter();
            let reasons = reasons.map(|(running, now)| forecaster.explain(None, running, *now));
            reasons
                .map(|reasons| reasons.expect("a day").len())
                .sum::<usize>()
        });
    });
    group.bench_function("next crossings of fifty", |bencher| {
        bencher.iter(|| {
            let crossings = running.iter().filter(|(running, now)| {
                let crossing = forecaster.crossing(Level::OnTrack, running, *now);
                crossing.expect("a day").is_some()
            });
            crossings.count()
        });
    });
    group.finish();
}

criterion_group!(benches, fit, artefact, score, page);
criterion_main!(benches);
