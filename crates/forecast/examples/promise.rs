//! Checks whether the levels keep what they promise in two made-up provinces of 20,000 dossiers: in
//! one nothing changes, the other slows down. Prints the tables of docs/forecast.md.
//!
//! `cargo run --release -p motcua-forecast --example promise [DOSSIERS] [SEED]`
#![expect(
    clippy::unwrap_used,
    reason = "what the made-up province lays down is there"
)]

#[path = "../tests/forecast/province.rs"]
mod province;

use std::sync::Arc;

use forecast::promise::{Kept, Quarter, live};
use province::{Province, office};

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
    }
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
