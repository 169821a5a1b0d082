//! Measures speed and memory and prints the table of docs/forecast.md. Given the page, it replaces the
//! table there. Beside the seconds on the clock stand those of processors, which tell more where others
//! work on the machine too.
//!
//! `cargo run --release -p motcua-forecast --example speed [docs/forecast.md]`
#![expect(
    clippy::unwrap_used,
    reason = "what the made-up log lays down is there"
)]

#[path = "../tests/forecast/basis.rs"]
mod basis;

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant as Clock;

use basis::{Chance, date, office};
use chrono::TimeDelta;
use domain::time::day_start;
use forecast::artefact::Artefact;
use forecast::backtest::{Backtest, Protocol};
use forecast::forecaster::Forecaster;
use forecast::level::{Level, Precision};
use forecast::log::{Case, Deadline, Event, Log};
use forecast::planned::Plan;

const BEGINS: &str = "<!-- speed begins -->\n";
const ENDS: &str = "<!-- speed ends -->\n";

/// Twenty steps, a hundred types, so many events a case, three years; due so many days after the start.
fn log(cases: u64, events: u64, due: i64) -> Log {
    let mut chance = Chance(1);
    let first = day_start(date(2024, 4, 1));
    let seconds = 3 * 365 * 86_400;
    let cases = (0..cases).map(|number| {
        let start = first + TimeDelta::seconds((number * seconds / cases).cast_signed());
        let mut at = start;
        let events = (0..events).map(|place| {
            let step = place * 20 / events + chance.below(20 / events);
            let event = Event {
                activity: u32::try_from(step).unwrap(),
                at,
            };
            at += TimeDelta::minutes(chance.below(3_000).cast_signed());
            event
        });
        let events: Vec<Event> = events.collect();
        Case {
            id: format!("{number:08}"),
            types: vec![chance.below(100).to_string()],
            start,
            end: Some(at),
            deadline: Some(start + TimeDelta::days(due)),
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

/// The most memory that this process ever had, in MB.
fn peak_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kilobytes = line.unwrap().split_whitespace().nth(1).unwrap();
    kilobytes.parse::<f64>().unwrap() / 1_024.0
}

/// The seconds for which processors have worked for this process.
fn processor_seconds() -> f64 {
    let status = std::fs::read_to_string("/proc/self/stat").unwrap();
    let (_, numbers) = status.rsplit_once(')').unwrap();
    let ticks = |place: usize| -> f64 {
        let number = numbers.split_whitespace().nth(place);
        number.unwrap().parse().unwrap()
    };
    (ticks(11) + ticks(12)) / 100.0
}

/// The best of some runs, in seconds: what the machine gives when nobody else asks.
fn seconds<T>(runs: u32, mut work: impl FnMut() -> T) -> f64 {
    let run = |_| {
        let began = Clock::now();
        black_box(work());
        began.elapsed().as_secs_f64()
    };
    (0..runs).map(run).fold(f64::INFINITY, f64::min)
}

fn main() {
    let mut rows = Vec::new();
    // Before everything else, for the memory of a process only grows.
    rows.push(backtest());
    rows.extend(fit());
    rows.extend(page());
    let mut table = String::from("| what | measured | goal |\n|---|---|---|\n");
    for [what, measured, goal] in rows {
        table.push_str(&format!("| {what} | {measured} | {goal} |\n"));
    }
    print!("{table}");
    if let Some(path) = std::env::args().nth(1) {
        let text = std::fs::read_to_string(&path).unwrap();
        let (before, rest) = text.split_once(BEGINS).unwrap();
        let (_, after) = rest.split_once(ENDS).unwrap();
        std::fs::write(&path, format!("{before}{BEGINS}{table}{ENDS}{after}")).unwrap();
    }
}

type Row = [String; 3];

fn backtest() -> Row {
    let office = office();
    let log = log(LOOKED_AT, 5, 5);
    let held = peak_mb();
    let (began, worked) = (Clock::now(), processor_seconds());
    let protocol = Protocol::new(Deadline::Given, 0.5);
    let trial = Backtest::consuming(log, &office, protocol).unwrap();
    let report = trial.judge(&trial.fit());
    let took = began.elapsed().as_secs_f64();
    let worked = processor_seconds() - worked;
    let looks = 2.0 * f64::from(u32::try_from(report.samples_test).unwrap()) / 1e6;
    [
        format!("a backtest: {looks:.1} million looks, the later half judged"),
        format!(
            "{took:.1} s, {worked:.1} s of processors, {:.0} MB, of which the log alone takes {held:.0}",
            peak_mb()
        ),
        "3 million looks: 30 s, 300 MB".into(),
    ]
}

/// Cases of the backtest; each is looked at some ten times.
const LOOKED_AT: u64 = 375_000;

fn fit() -> [Row; 2] {
    let office = office();
    let log = log(200_000, 5, 5);
    let until = log.cases[log.cases.len() - 200].start;
    let fit = || Artefact::fit(&log, &[&office], until, Precision::default()).unwrap();
    let worked = processor_seconds();
    let took = seconds(2, fit);
    let worked = (processor_seconds() - worked) / 2.0;
    let bytes = u32::try_from(fit().to_bytes().len()).unwrap();
    [
        [
            "a fit of a million events, validation and levels included".into(),
            format!("{took:.1} s, {worked:.1} s of processors"),
            "10 s".into(),
        ],
        [
            "its model".into(),
            format!("{:.1} MB", f64::from(bytes) / 1e6),
            "5 MB".into(),
        ],
    ]
}

fn page() -> [Row; 4] {
    let office = Arc::new(office());
    let log = log(20_000, 5, 5);
    let until = log.cases[log.cases.len() - 200].start;
    let artefact = Artefact::fit(&log, &[&office], until, Precision::default()).unwrap();
    let forecaster = Forecaster::new(Some(Arc::new(artefact)), Arc::clone(&office), "ward");
    let open: Vec<_> = log.cases.iter().step_by(2).collect();
    let laid: Vec<_> = open
        .iter()
        .map(|case| {
            let now = case.start + TimeDelta::days(1);
            let due = case.deadline.unwrap();
            let laid = forecaster.running(case, &log.activities, due, now, Plan::default());
            (laid.unwrap(), now)
        })
        .collect();
    let scored = seconds(20, || {
        let each = laid.iter();
        each.map(|(laid, now)| forecaster.prospect(laid, *now).unwrap().late)
            .sum::<f64>()
    });
    let a_second = f64::from(u32::try_from(laid.len()).unwrap()) / scored;
    let fifty: Vec<_> = open.iter().step_by(97).take(50).collect();
    let lays = |case: &Case| {
        let now = case.start + TimeDelta::days(1);
        let due = case.deadline.unwrap();
        let laid = forecaster.running(case, &log.activities, due, now, Plan::default());
        (laid.unwrap(), now)
    };
    let flags = seconds(200, || {
        let told = fifty.iter().map(|case| {
            let (laid, now) = lays(case);
            let prospect = forecaster.prospect(&laid, now).unwrap();
            let reasons = forecaster.explain(None, &laid, now).unwrap();
            (prospect.late, reasons.len())
        });
        told.collect::<Vec<_>>()
    });
    let crossings = seconds(20, || {
        let crossed = fifty.iter().filter(|case| {
            let (laid, now) = lays(case);
            let next = forecaster.crossing(Level::OnTrack, &laid, now).unwrap();
            next.is_some()
        });
        crossed.count()
    });
    [
        [
            "chances of dossiers that are laid out, interval included".into(),
            format!("{:.2} million a second", a_second / 1e6),
            "0.5 million a second".into(),
        ],
        [
            "a page of fifty flags: laid out, judged and explained".into(),
            format!("{:.2} ms", flags * 1e3),
            "1 ms".into(),
        ],
        [
            "the same and when each level changes next".into(),
            format!("{:.2} ms", (crossings) * 1e3),
            "–".into(),
        ],
        [
            "the most memory of all this".into(),
            format!("{:.0} MB", peak_mb()),
            "–".into(),
        ],
    ]
}
