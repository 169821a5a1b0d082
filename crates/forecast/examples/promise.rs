//! Checks whether the levels keep what they promise in two made-up provinces of 20,000 dossiers: in
//! one nothing changes, the other slows down. Prints the tables of docs/forecast.md.
//!
//! `cargo run --release -p motcua-forecast --example promise [DOSSIERS] [SEED]`
#![expect(
    clippy::unwrap_used,
    reason = "what the made-up province lays down is there"
)]

#[path = "../tests/forecast/basis.rs"]
mod basis;
#[path = "../tests/forecast/province.rs"]
mod province;

use std::sync::Arc;

use basis::office;
use forecast::backtest::{Backtest, Looks, Protocol};
use forecast::log::Deadline;
use forecast::promise::{Kept, Quarter, live};
use forecast::working_time::WorkingTime;
use province::Province;

fn main() {
    let argument = |place: usize, otherwise: u64| {
        let given = std::env::args().nth(place);
        given.map_or(otherwise, |given| given.parse().unwrap())
    };
    let (dossiers, seed) = (argument(1, 20_000), argument(2, 2_026));
    let office = Arc::new(office());
    for (world, slower, quarters) in [
        ("A still world", 1.0, 4),
        (
            "All work takes 1.8 times as long from the second month on",
            1.8,
            2,
        ),
    ] {
        let province = Province::new(seed, dossiers, slower);
        let lived = live(&province.log, &office, province.first, quarters).unwrap();
        println!("{world}, {dossiers} dossiers, seed {seed}:\n");
        println!(
            "| quarter from | late of | watch (.4) | at risk (.6) | will be late (.9) \
             | expected late (80 %), came | drift | recall | a day ahead, at precision |"
        );
        println!("|---|---|---|---|---|---|---|---|---|");
        for quarter in &lived {
            println!("{}", row(quarter));
        }
        println!();
        worth(&province, &office);
    }
}

/// What flags are worth in the later half of the world, beside a flag when a fifth of the time is
/// left.
fn worth(province: &Province, office: &WorkingTime) {
    let protocol = Protocol {
        looks: Looks::ByShare,
        ..Protocol::new(Deadline::Given, 0.5)
    };
    let trial = Backtest::new(&province.log, office, protocol).unwrap();
    let report = trial.judge(&trial.fit());
    println!(
        "| an avoided lateness pays | 0 d ahead, 20 % left | 1 d, 20 % left | 2 d, 20 % left |"
    );
    println!("|---|---|---|---|");
    let shown = report.net_benefit.0.iter();
    for (pays, it) in shown.filter(|(pays, _)| [2, 5, 10].contains(pays)) {
        println!(
            "| {pays} | {:.3}, {:.3} | {:.3}, {:.3} | {:.3}, {:.3} |",
            it.ours,
            it.naive,
            it.ours_one_day,
            it.naive_one_day,
            it.ours_two_days,
            it.naive_two_days,
        );
    }
    println!();
}

fn row(quarter: &Quarter) -> String {
    let share = |value: Option<f64>| value.map_or("–".to_owned(), |value| format!("{value:.2}"));
    let kept = |kept: &Kept| {
        let mark = if kept.is_kept() { "" } else { " **missed**" };
        format!(
            "{} ± {:.2} of {}{mark}",
            share(kept.share()),
            kept.error(),
            kept.flagged
        )
    };
    let [watch, at_risk, will_be_late] = quarter.kept.each_ref().map(kept);
    let drift = match quarter.drift {
        Some(drift) if drift.alarm => "alarm",
        Some(_) => "silent",
        None => "–",
    };
    format!(
        "| {} | {} of {} | {watch} | {at_risk} | {will_be_late} | {:.0} ({}–{}), {} | {drift} | {} | {}, {} |",
        quarter.from,
        quarter.late,
        quarter.dossiers,
        quarter.expected_late,
        quarter.band.0,
        quarter.band.1,
        quarter.told_late,
        share(quarter.recall),
        share(quarter.ahead),
        share(quarter.ahead_precision),
    )
}
